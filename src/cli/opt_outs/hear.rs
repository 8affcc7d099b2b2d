//! Opt-outs at every account: blacklists, incoming texts, groups.
//!
//! In: the project, its accounts, the file of opt-outs. Out: who must not be texted, what is new for the file, and what
//! could not be read. Never: a list that may be cut taken for the whole.

use std::time::Duration;

use super::file::{self, FileError};
use super::heard::{DAY, Heard, HeardAccount, Way};
use crate::audience::Ledger;
use crate::campaign::{OptOuts, ProviderConfig};
use crate::cli::accounts::Accounts;
use crate::cli::context::Context;
use crate::cli::workspace::Workspace;
use crate::model::{Diagnostic, Instant, WhyNot};
use crate::plan::Unread;
use crate::provider::{AnyProvider, IncomingText, Provider, ReadError, diagnostics};

/// Sinch shows incoming texts of the last 14 days; after this long without a pull some may be about to be forgotten.
const LONGEST_SILENCE: Duration = Duration::from_hours(13 * 24);
/// Texts that reached the provider's list late are read again; they are known by their ids.
const OVERLAP: Duration = DAY;

/// Asks every account.
pub(crate) async fn hear(context: &Context, workspace: &Workspace, accounts: &Accounts) -> Heard {
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
                why: why.0,
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
fn told(error: ReadError) -> WhyNot {
    WhyNot(error.failure.to_string())
}

async fn ask(
    context: &Context,
    workspace: &Workspace,
    provider: &AnyProvider,
    config: &ProviderConfig,
) -> Result<Option<HeardAccount>, WhyNot> {
    let account = |way, numbers| HeardAccount {
        way,
        numbers,
        ..HeardAccount::by_text(provider.name(), Ledger::default(), None)
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
                Some(path) => {
                    file::read(&workspace.root().join(path)).map_err(|error: FileError| WhyNot(error.to_string()))?
                }
                None => Ledger::default(),
            };
            let now = context.clock.now();
            let last_pull = ledger.last_pull(provider.name().as_str());
            if let Some(last) = last_pull.filter(|last| now.since(*last) > LONGEST_SILENCE) {
                return Err(format!(
                    "nobody has asked since {last}, and Sinch forgets after 14 days: `campanile opt-outs pull`"
                )
                .into());
            }
            let texts = incoming(provider, last_pull, now).await?;
            let mut heard = HeardAccount::by_text(provider.name(), ledger, last_pull);
            heard.take(&texts);
            Ok(Some(heard))
        }
    }
}

/// Of accounts with a list of their own: texts of the last 14 days that a person should read. They may not be readable
/// where the account has no number that receives; the list counts all the same, so that is a warning.
pub(crate) async fn listen_for_people(workspace: &mut Workspace, accounts: &Accounts, now: Instant) {
    let heard = &mut workspace.heard;
    for account in heard
        .accounts
        .iter_mut()
        .filter(|account| account.way == Way::Blacklist)
    {
        let Some(provider) = accounts.find(&account.provider) else {
            continue;
        };
        match provider.incoming(now - DAY * 14).await.map_err(told) {
            Ok(texts) => account.compare(&texts),
            Err(why) => {
                let message = format!("incoming texts at `{}` cannot be read: {why}", account.provider);
                let warning = Diagnostic::warning(&diagnostics::OPT_OUTS_UNREADABLE, message);
                heard
                    .diagnostics
                    .push(warning.hint("its blacklist was read; read the texts in the portal"));
            }
        }
    }
}

/// Texts since the last pull, or of the whole 14 days.
pub(crate) async fn incoming(
    provider: &AnyProvider,
    last_pull: Option<Instant>,
    now: Instant,
) -> Result<Vec<IncomingText>, WhyNot> {
    let since = last_pull.map_or(now - DAY * 14, |last| last - OVERLAP);
    provider.incoming(since).await.map_err(told)
}
