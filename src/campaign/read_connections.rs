//! `sources` to [`SourceConnection`]s: what belongs to the kind is there, what does not is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::at::At;
use super::connection::{ConnectionKind, HttpsBase, SourceConnection};
use super::origin_file::{ConnectionFile, ConnectionKindFile};
use super::read_provider::env_name;
use super::reading::Reading;
use super::secret::Secret;
use super::tree::NodeId;
use super::wording::clip;
use super::{diagnostics, paths, urls};
use crate::model::Diagnostic;

/// Rows that are read unless `max_rows` says otherwise.
const MAX_ROWS: u64 = 10_000_000;

pub(super) fn connections(
    reading: &mut Reading<'_>,
    field: &At<BTreeMap<String, At<ConnectionFile>>>,
    allow_paths: &[PathBuf],
) -> BTreeMap<String, SourceConnection> {
    let mut connections = BTreeMap::new();
    for (name, entry) in field.given().into_iter().flatten() {
        let is_name = (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !is_name {
            let message = format!(
                "`{}` is not a name for a source: letters, digits, `-` and `_`",
                clip(name)
            );
            let mut fault = Diagnostic::error(&diagnostics::NAME, message);
            fault.place = entry.id().map(|id| reading.tree.key_place(id));
            reading.found.push(fault);
        }
        if let At::Given(id, typed) = entry
            && let Some(connection) = connection(reading, *id, typed, allow_paths)
        {
            connections.insert(name.clone(), connection);
        }
    }
    connections
}

fn connection(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ConnectionFile,
    allow_paths: &[PathBuf],
) -> Option<SourceConnection> {
    if typed.kind.is_absent() {
        let fault = reading.missing_fault(id, "kind");
        reading.push(id, fault.hint("`kind` is `postgres` or `https`"));
    }
    let kind = typed.kind.given().copied();
    if let Some(kind) = kind {
        refuse_foreign_keys(reading, kind, typed);
    }
    let url = env_name(reading, &typed.url_env);
    let kind = match kind? {
        ConnectionKindFile::Postgres => {
            if typed.url_env.is_absent() {
                let fault = reading.missing_fault(id, "url_env");
                let hint = "name the environment variable that holds `postgresql://USER:PASSWORD@HOST/DATABASE`";
                reading.push(id, fault.hint(hint));
            }
            ConnectionKind::Postgres { url: url? }
        }
        ConnectionKindFile::Https => https(reading, id, typed, url, allow_paths)?,
    };
    let ca_file = reading.parse(&typed.ca_file, &diagnostics::PATH, |text| {
        paths::resolve(Path::new(""), text, allow_paths)
    });
    let five_minutes = Duration::from_mins(5);
    let timeout = match kind {
        ConnectionKind::Postgres { .. } => reading.duration(&typed.statement_timeout, five_minutes),
        ConnectionKind::Https { .. } => reading.duration(&typed.timeout, five_minutes),
    };
    if timeout.is_zero() {
        let message = "a time-out of zero would wait for ever";
        let at = typed.statement_timeout.id().or(typed.timeout.id()).unwrap_or(id);
        reading.error(at, &diagnostics::OUT_OF_RANGE, message);
    }
    let max_rows = reading.parse(&typed.max_rows, &diagnostics::OUT_OF_RANGE, |rows| match rows {
        0 => Err("`max_rows` is at least 1"),
        rows => Ok(*rows),
    });
    Some(SourceConnection {
        kind,
        ca_file,
        timeout,
        max_rows: max_rows.unwrap_or(MAX_ROWS),
        place: reading.place(Some(id)),
    })
}

fn https(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ConnectionFile,
    url: Option<Secret>,
    allow_paths: &[PathBuf],
) -> Option<ConnectionKind> {
    let base = reading.parse(&typed.base_url, &diagnostics::URL, |text| urls::base_url(text));
    let token = env_name(reading, &typed.token_env);
    let token_file = reading.parse(&typed.token_file, &diagnostics::PATH, |text| {
        paths::resolve(Path::new(""), text, allow_paths).map(Secret::File)
    });
    match (typed.base_url.is_absent(), typed.url_env.is_absent()) {
        (true, true) => {
            let fault = reading.missing_fault(id, "base_url");
            let hint = "give `base_url`, or `url_env` where the URL itself is secret, as a signed one is";
            reading.push(id, fault.hint(hint));
        }
        (false, false) => {
            reading.error(id, &diagnostics::CONFLICT, "either `base_url` or `url_env`, not both");
        }
        (true, false) | (false, true) => {}
    }
    if !typed.token_env.is_absent() && !typed.token_file.is_absent() {
        let message = "either `token_env` or `token_file`, not both";
        reading.error(id, &diagnostics::CONFLICT, message);
    }
    let base = base.map(HttpsBase::Url).or(url.map(HttpsBase::Secret))?;
    Some(ConnectionKind::Https {
        base,
        token: token.or(token_file),
    })
}

/// A setting of the other kind would be ignored, so it is refused.
fn refuse_foreign_keys(reading: &mut Reading<'_>, kind: ConnectionKindFile, typed: &ConnectionFile) {
    let is_https = kind == ConnectionKindFile::Https;
    let fields = [
        ("base_url", typed.base_url.id(), is_https, "`https`"),
        ("token_env", typed.token_env.id(), is_https, "`https`"),
        ("token_file", typed.token_file.id(), is_https, "`https`"),
        ("timeout", typed.timeout.id(), is_https, "`https`"),
        (
            "statement_timeout",
            typed.statement_timeout.id(),
            !is_https,
            "`postgres`",
        ),
    ];
    for (key, id, is_allowed, whose) in fields {
        if let (Some(id), false) = (id, is_allowed) {
            reading.error(id, &diagnostics::CONFLICT, format!("`{key}` is for {whose} only"));
        }
    }
}
