//! Rows of a database that speaks the protocol of `PostgreSQL`.
//!
//! In: a query and a connection. Out: what it gives, as CSV. The server is asked in one transaction that can only read
//! and sees one moment; the statement is first prepared alone and must describe rows, so that nothing in it can close
//! the parenthesis of COPY. Values are given as settings, never as text. Never: a password, or a cell, in a message.

mod address;
mod bounded;
mod dial;
mod refused;
mod server_error;
mod statement;
mod tls;

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::link::Link;
use super::on_thread::on_thread;
use super::opened::About;
use super::spool::Spool;
use super::{OpenError, OpenedSource, SourceKind, Sources, Trouble};
use crate::campaign::{ConnectionKind, Query, QueryRows, Secret, SourceConnection};
use crate::model::Diagnostic;
use crate::project::diagnostics;

use address::{Address, address};
use bounded::{Bounding, MessageBounds};
use dial::{Undialed, dial};
use refused::{Refused, is_no_copy};
use server_error::{line, plain, told};
use statement::{settings, without_semicolon};

/// How often a statement is prepared under another name.
const MOST_TRIES: u32 = 16;
/// How long a server may take to answer that it is there.
const CONNECT: Duration = Duration::from_secs(15);

impl SourceKind for &Query {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let name = self.name.as_path();
        let link = sources.link(name)?;
        let connection = link.connection(&self.source, name)?;
        let ConnectionKind::Postgres { url } = &connection.kind else {
            let why = "is not in a database";
            return Err(Trouble::new(name, &diagnostics::NOT_CONNECTED, why).into());
        };
        let address = read_address(sources, link, url, name)?;
        let sql = match &self.rows {
            QueryRows::Sql(path) => sources.text(path)?,
            QueryRows::Table(table) => format!("SELECT * FROM {}", quoted(table)),
        };
        let ca = connection
            .ca_file
            .as_deref()
            .map(|path| sources.text(path))
            .transpose()?;
        let as_of = if self.is_current { link.now } else { link.as_of };
        let password = address.config.get_password();
        let question = Question {
            name,
            file: match &self.rows {
                QueryRows::Sql(path) => path.as_path(),
                QueryRows::Table(_) => name,
            },
            sql: without_semicolon(&sql),
            params: self
                .params
                .iter()
                .map(|(name, value)| (format!("campanile.{name}"), value.clone()))
                .chain([("campanile.as_of".to_owned(), as_of.to_string())])
                .collect(),
            connection,
            password: password.map(|password| String::from_utf8_lossy(password).into_owned()),
        };
        // A session behind a pooler may have the setting of an earlier run, as an empty text: then the server would not
        // refuse it (findings/postgres-settings-outlive-their-transaction.sh).
        let has_value = |setting: &&str| *setting == "as_of" || self.params.contains_key(*setting);
        if let Some(without) = settings(&sql).into_iter().find(|setting| !has_value(setting)) {
            let why = format!("reads `campanile.{without}`, which has no value");
            let hint = format!("give it one: `params: {{ {without}: ... }}`");
            return Err(Trouble::new(name, &diagnostics::QUERY, why).hint(hint).into());
        }
        let key = format!("{self:?}\n{connection:?}\n{sql}");
        sources.fetched(name, key, || {
            // The server's own limit comes first, and says more.
            let patience = connection.timeout + question.patience() + question.patience();
            on_thread(name, patience, question.answered(address, ca.as_deref(), &sql))
        })
    }
}

fn read_address(sources: &Sources, link: &Link, url: &Secret, name: &Path) -> Result<Address, OpenError> {
    let secret = link.secret(url, &sources.root, &sources.allowed, name)?;
    address(secret.expose_secret()).map_err(|why| {
        let variable = match url {
            Secret::Env(variable) => variable.as_str(),
            Secret::Literal(_) | Secret::File(_) => "url_env",
        };
        Trouble::new(name, &diagnostics::NOT_CONNECTED, format!("cannot be read: {why}"))
            .hint(format!("correct the variable `{variable}`"))
            .into()
    })
}

/// Each part in quotes, so that it is a name and nothing else.
fn quoted(table: &str) -> String {
    let parts: Vec<String> = table.split('.').map(|part| format!("\"{part}\"")).collect();
    parts.join(".")
}

/// What a server is asked.
struct Question<'a> {
    name: &'a Path,
    /// For errors of the statement.
    file: &'a Path,
    sql: String,
    params: Vec<(String, String)>,
    connection: &'a SourceConnection,
    /// Of the URL: never told.
    password: Option<String>,
}

/// How rows are fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fetch {
    /// As a stream of CSV: the fastest.
    Copy,
    /// As rows of text, where a server has no COPY.
    Rows,
}

impl Question<'_> {
    /// How long the server may take to answer that it is there.
    fn patience(&self) -> Duration {
        CONNECT.min(self.connection.timeout)
    }

    /// What a server's error says, without the password: a server may repeat what it was sent.
    fn told(&self, error: &tokio_postgres::Error) -> String {
        let told = told(error);
        match self.password.as_deref().filter(|password| !password.is_empty()) {
            Some(password) => told.replace(password, "..."),
            None => told,
        }
    }

    async fn answered(&self, address: Address, ca: Option<&str>, written: &str) -> Result<OpenedSource, OpenError> {
        let tls = if address.is_encrypted {
            Some(tls::connector(ca).map_err(|why| self.trouble(&why.0))?)
        } else {
            None
        };
        let mut config = address.config;
        config.connect_timeout(self.patience());
        let bounds = MessageBounds::default();
        let connecting = async {
            match tls {
                Some(tls) => match config.connect(Bounding(tls, bounds.clone())).await {
                    Ok((client, connection)) => {
                        tokio::spawn(connection);
                        Ok(client)
                    }
                    Err(error) => Err(self.unreachable(&error)),
                },
                None => dial(&config, &bounds).await.map_err(|why| match why {
                    Undialed::Client(error) => self.unreachable(&error),
                    Undialed::Io(error) => self.trouble(&plain(&error.to_string())),
                }),
            }
        };
        let client = match tokio::time::timeout(self.patience(), connecting).await {
            Ok(client) => client?,
            Err(_) => return Err(self.trouble("no answer from the server")),
        };
        let warnings = self.warnings(&client).await;
        let mut fetch = Fetch::Copy;
        let mut tries = 0;
        let spool = loop {
            match self.fetch(&client, fetch, &bounds).await {
                Err(Refused::NoCopy) if fetch == Fetch::Copy => fetch = Fetch::Rows,
                Err(Refused::NameTaken) if tries < MOST_TRIES => tries += 1,
                fetched => break fetched,
            }
        };
        let spool = spool.map_err(|refused| match refused {
            Refused::NoCopy => self.trouble("the server gives no rows for it"),
            Refused::NameTaken => self.trouble("the names of its statements are taken by another program"),
            Refused::For(error) => bounds.why_cut().map_or(error, |why| self.trouble(why)),
        })?;
        let digest = Sha256::digest(written.as_bytes());
        let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        spool.finish(About {
            warnings,
            statement: Some(hex.concat()),
            ..About::default()
        })
    }

    /// One transaction that can only read, and sees one moment.
    async fn fetch(&self, client: &Client, fetch: Fetch, bounds: &MessageBounds) -> Result<Spool<'_>, Refused> {
        let failed = |error: tokio_postgres::Error| Refused::For(self.refused(&error));
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
            self.connection.timeout.as_millis()
        );
        client.batch_execute(&begin).await.map_err(failed)?;
        // Roles and databases may have settings of their own: a date must read the same for everybody.
        if fetch == Fetch::Copy {
            let spelling = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; \
                            SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex'; \
                            SET LOCAL extra_float_digits = 1";
            if client.batch_execute(spelling).await.is_err() {
                client.batch_execute("ROLLBACK").await.map_err(failed)?;
                return Err(Refused::NoCopy);
            }
        }
        for (name, value) in &self.params {
            // Without a name of its own: what is prepared outlives its transaction, and behind a pooler the next program
            // would find it.
            let texts: [(&(dyn ToSql + Sync), Type); 2] = [(name, Type::TEXT), (value, Type::TEXT)];
            let set = client.query_typed("SELECT set_config($1, $2, true)", &texts).await;
            set.map_err(failed)?;
        }
        let statement = match client.prepare(&self.sql).await {
            Ok(statement) => statement,
            Err(error) => return Err(self.unprepared(client, &error).await),
        };
        if statement.columns().is_empty() {
            return Err(Refused::For(self.wrong("gives no rows: it is no query".to_owned())));
        }
        if !statement.params().is_empty() {
            let why = "has parameters like `$1`, which nobody gives a value".to_owned();
            let hint =
                "name them: `params: { since: 2026-11-01 }`, and `current_setting('campanile.since')` in the query";
            return Err(Refused::For(self.wrong_with(why, hint)));
        }
        // Closed within the transaction: after it, a pooler would tell another server.
        drop(statement);
        let mut spool = Spool::new(self.name, self.connection.max_rows).map_err(Refused::For)?;
        bounds.await_rows();
        match fetch {
            Fetch::Copy => self.copy(client, &mut spool).await?,
            Fetch::Rows => self.rows(client, &mut spool).await?,
        }
        client.batch_execute("ROLLBACK").await.map_err(failed)?;
        Ok(spool)
    }

    /// Why a statement was not prepared: another program may have left one of its name to a pooler's server.
    async fn unprepared(&self, client: &Client, error: &tokio_postgres::Error) -> Refused {
        if error.code() != Some(&SqlState::DUPLICATE_PSTATEMENT) {
            return Refused::For(self.refused(error));
        }
        match client.batch_execute("ROLLBACK").await {
            Ok(()) => Refused::NameTaken,
            Err(error) => Refused::For(self.refused(&error)),
        }
    }

    async fn copy(&self, client: &Client, spool: &mut Spool<'_>) -> Result<(), Refused> {
        let copy = format!("COPY (\n{}\n) TO STDOUT (FORMAT csv, HEADER)", self.sql);
        let stream = match client.copy_out(copy.as_str()).await {
            Ok(stream) => stream,
            Err(error) if is_no_copy(&error) => {
                let rolled_back = client.batch_execute("ROLLBACK").await;
                rolled_back.map_err(|error| Refused::For(self.refused(&error)))?;
                return Err(Refused::NoCopy);
            }
            Err(error) => return Err(self.unprepared(client, &error).await),
        };
        let mut stream = pin!(stream);
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| Refused::For(self.refused(&error)))?;
            spool.stream(&bytes).map_err(Refused::For)?;
        }
        Ok(())
    }

    async fn rows(&self, client: &Client, spool: &mut Spool<'_>) -> Result<(), Refused> {
        let failed = |error: tokio_postgres::Error| Refused::For(self.refused(&error));
        let mut stream = pin!(client.simple_query_raw(&self.sql).await.map_err(failed)?);
        while let Some(message) = stream.next().await {
            match message.map_err(failed)? {
                SimpleQueryMessage::RowDescription(columns) => {
                    let heads = columns.iter().map(tokio_postgres::SimpleColumn::name);
                    spool.header(heads).map_err(Refused::For)?;
                }
                SimpleQueryMessage::Row(row) => {
                    let number = spool.rows() + 1;
                    let cells = (0..row.len()).map(|at| row.try_get(at).ok().flatten().unwrap_or_default());
                    spool.row(number, cells).map_err(Refused::For)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A role that may write is more than a campaign needs. A server that cannot answer is not asked twice.
    async fn warnings(&self, client: &Client) -> Vec<Diagnostic> {
        let question = "SELECT current_setting('is_superuser') = 'on' OR EXISTS (SELECT FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') \
             AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' \
             AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') \
             AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))";
        let may_write = match client.query_typed(question, &[]).await {
            Ok(rows) => rows.first().is_some_and(|row| row.try_get(0).unwrap_or(false)),
            Err(_) => false,
        };
        let message = format!("the role of `{}` may write to the database", self.source());
        may_write
            .then(|| {
                Diagnostic::warning(&diagnostics::MAY_WRITE, message)
                    .hint("give Campanile a role of its own that may only read what it sends to")
            })
            .into_iter()
            .collect()
    }

    fn source(&self) -> String {
        let first = self.name.components().next();
        first.map_or_else(String::new, |first| first.as_os_str().to_string_lossy().into_owned())
    }

    fn unreachable(&self, error: &tokio_postgres::Error) -> OpenError {
        Trouble::new(
            self.name,
            &diagnostics::NOT_CONNECTED,
            format!("cannot be read: {}", self.told(error)),
        )
        .into()
    }

    fn trouble(&self, why: &str) -> OpenError {
        Trouble::new(self.name, &diagnostics::NOT_CONNECTED, format!("cannot be read: {why}")).into()
    }

    fn wrong(&self, why: String) -> OpenError {
        Trouble::new(self.name, &diagnostics::QUERY, why).into()
    }

    fn wrong_with(&self, why: String, hint: &str) -> OpenError {
        Trouble::new(self.name, &diagnostics::QUERY, why).hint(hint).into()
    }

    /// An error of the server while it prepares or runs the statement.
    fn refused(&self, error: &tokio_postgres::Error) -> OpenError {
        let Some(code) = error.code() else {
            return self.unreachable(error);
        };
        let place = match line(error, &self.sql) {
            Some(line) => format!(" (line {line} of `{}`)", self.file.display()),
            None => String::new(),
        };
        let trouble = Trouble::new(
            self.name,
            &diagnostics::QUERY,
            format!("is refused: {}{place}", self.told(error)),
        );
        let trouble = if *code == SqlState::UNDEFINED_OBJECT {
            trouble.hint("every `campanile.NAME` that the query reads needs a value under `params`")
        } else if *code == SqlState::QUERY_CANCELED {
            let seconds = self.connection.timeout.as_secs();
            trouble.hint(format!(
                "it may run for {seconds} s: `statement_timeout` of the source in campanile.yaml"
            ))
        } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
            trouble.hint("a query of recipients only reads")
        } else if place.is_empty() {
            trouble.hint("run it with `psql` as the same role; what data says is not repeated here")
        } else {
            trouble
        };
        trouble.into()
    }
}
