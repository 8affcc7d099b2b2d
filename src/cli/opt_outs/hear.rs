//! What people have told every account: blacklists, incoming texts, groups.
//!
//! In: the project, its accounts, the file of opt-outs. Out: who must not be texted, what is new for the file, and what
//! could not be read. Never: a list that may be cut taken for the whole.

use std::time::Duration;

use super::file::{self, FileError};
use crate::audience::{Asked, Ledger, OptOut, What, asked};
use crate::campaign::{OptOuts, ProviderConfig};
use crate::cli::accounts::Accounts;
use crate::cli::context::Context;
use crate::cli::workspace::Workspace;
use crate::model::{Diagnostic, Instant, NumberSet, ProviderName};
use crate::plan::Unread;
use crate::provider::{AnyProvider, IncomingText, Provider, ReadError, diagnostics};

const DAY: Duration = Duration::from_hours(24);
/// Sinch shows incoming texts of the last 14 days; after this long without a pull some may be about to be forgotten.
const LONGEST_SILENCE: Duration = Duration::from_hours(13 * 24);
/// Texts that reached the provider's list late are read again; they are known by their ids.
const OVERLAP: Duration = DAY;

/// What every account was told.
#[derive(Debug, Default)]
pub struct Heard {
    /// In the order of the project's providers; those without opt-outs are left out.
    pub accounts: Vec<Account>,
    /// Whose opt-outs could not be read.
    pub unread: Vec<Unread>,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one account was told.
#[derive(Debug)]
pub struct Account {
    /// Whose.
    pub provider: ProviderName,
    /// How it was asked.
    pub way: Way,
    /// Who has opted out.
    pub numbers: NumberSet,
    /// Rows for the file: wishes that are not in it, and that it was asked now.
    pub news: Vec<OptOut>,
    /// Texts that a person should read.
    pub for_people: Vec<ForPerson>,
    /// What is written down and what is new together.
    pub ledger: Ledger,
    /// When it was asked before.
    pub last_pull: Option<Instant>,
}

/// How an account's opt-outs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The provider's own list, which it enforces.
    Blacklist,
    /// Incoming texts.
    Incoming,
    /// A group that fills itself.
    Group,
}

impl Way {
    /// In words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Blacklist => "its blacklist",
            Self::Incoming => "by text",
            Self::Group => "its group",
        }
    }

    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blacklist => "blacklist",
            Self::Incoming => "incoming",
            Self::Group => "group",
        }
    }
}

/// A text that holds an opt-out word among others.
#[derive(Debug)]
pub struct ForPerson {
    /// Masked.
    pub number: String,
    /// When it came in.
    pub received_at: Instant,
    /// The provider's id of it.
    pub id: String,
}

/// Asks every account.
pub async fn hear(context: &Context, workspace: &Workspace, accounts: &Accounts) -> Heard {
    let mut heard = Heard::default();
    for provider in &accounts.providers {
        let Some(config) = workspace.project.providers.get(provider.name()) else {
            continue;
        };
        match ask(context, workspace, provider, config).await {
            Ok(account) => heard.accounts.extend(account),
            Err(why) if config.opt_outs_declared => heard.unread.push(Unread {
                provider: provider.name().clone(),
                sandbox: config.is_sandbox(),
                why,
            }),
            Err(why) => {
                let message = format!("opt-outs at `{}` are not known: {why}", provider.name());
                heard.diagnostics.push(
                    Diagnostic::warning(&diagnostics::OPT_OUTS_UNREADABLE, message).hint(
                        "say how they come in: `opt_outs: { file: suppressions/opt-outs.csv }`, or `opt_outs: off`",
                    ),
                );
            }
        }
    }
    heard
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: ReadError) -> String {
    error.failure.to_string()
}

async fn ask(
    context: &Context,
    workspace: &Workspace,
    provider: &AnyProvider,
    config: &ProviderConfig,
) -> Result<Option<Account>, String> {
    let account = |way, numbers| Account {
        way,
        numbers,
        ..Account::by_text(provider.name(), Ledger::default(), None)
    };
    match &config.opt_outs {
        OptOuts::Off => Ok(None),
        OptOuts::Blacklist => {
            let numbers = provider.blacklist().await.map_err(told)?;
            Ok(Some(account(Way::Blacklist, numbers)))
        }
        OptOuts::Group { id } => {
            let numbers = provider.members(id).await.map_err(told)?;
            Ok(Some(account(Way::Group, numbers)))
        }
        OptOuts::Incoming { file } => {
            let ledger = match file {
                Some(path) => file::read(&workspace.root().join(path)).map_err(|error: FileError| error.to_string())?,
                None => Ledger::default(),
            };
            let now = context.clock.now();
            let last_pull = ledger.last_pull(provider.name().as_str());
            if let Some(last) = last_pull.filter(|last| now.since(*last) > LONGEST_SILENCE) {
                return Err(format!(
                    "nobody has asked since {last}, and Sinch forgets after 14 days: `campanile opt-outs pull`"
                ));
            }
            let texts = incoming(provider, last_pull, now).await?;
            let mut heard = Account::by_text(provider.name(), ledger, last_pull);
            heard.take(&texts);
            Ok(Some(heard))
        }
    }
}

/// Texts since the last pull, or of the whole 14 days.
pub async fn incoming(
    provider: &AnyProvider,
    last_pull: Option<Instant>,
    now: Instant,
) -> Result<Vec<IncomingText>, String> {
    let since = last_pull.map_or(now - DAY * 14, |last| last - OVERLAP);
    provider.incoming(since).await.map_err(told)
}

impl Account {
    /// An account whose people text, with what is written down.
    pub fn by_text(provider: &ProviderName, ledger: Ledger, last_pull: Option<Instant>) -> Self {
        Self {
            provider: provider.clone(),
            way: Way::Incoming,
            numbers: ledger.opted_out(),
            news: Vec::new(),
            for_people: Vec::new(),
            ledger,
            last_pull,
        }
    }

    /// Whether it is worth a row that it was asked: each would be a commit, so one a day must do.
    pub fn is_marker_due(&self, now: Instant) -> bool {
        !self.news.is_empty() || self.last_pull.is_none_or(|last| now.since(last) >= DAY)
    }

    /// Sorts texts into wishes, texts for a person, and others.
    pub fn take(&mut self, texts: &[IncomingText]) {
        for text in texts {
            let Some(body) = &text.body else { continue };
            match (asked(body), text.from) {
                (Asked::For(word), Some(number)) => {
                    let entry = OptOut {
                        instant: Some(text.received_at),
                        provider: self.provider.to_string(),
                        what: What::Wish {
                            number,
                            word: word.text.to_owned(),
                            id: Some(text.id.clone()),
                        },
                    };
                    if self.ledger.add(entry.clone()) {
                        self.news.push(entry);
                    }
                }
                (Asked::For(_) | Asked::NeedsPerson, number) => self.for_people.push(ForPerson {
                    number: number
                        .map_or_else(|| "a sender that is no number".to_owned(), crate::model::Msisdn::masked),
                    received_at: text.received_at,
                    id: text.id.clone(),
                }),
                (Asked::Nothing, _) => {}
            }
        }
        self.numbers = self.ledger.opted_out();
    }
}
