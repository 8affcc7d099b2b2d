//! `campanile opt-outs`: who has opted out at the providers, by counts; `pull` writes it down.

use clap::{Args, Subcommand};

use crate::audience::{OptOut, What};
use crate::campaign::OptOuts;
use crate::cli::accounts;
use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::cli::opt_outs::{
    FileError, HeardAccount, PullSummary, append, hear, incoming, listen_for_people, read_file,
};
use crate::cli::state::Lock;
use crate::cli::workspace::{self, Workspace};

/// Who has opted out at the providers; `pull` writes it down
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile opt-outs                  # counts by account and age; changes nothing\n  campanile opt-outs --needs-person   # texts that a person should read, with masked numbers\n  campanile opt-outs pull             # adds new ones to `opt_outs: { file: ... }`"
)]
pub(crate) struct OptOutsArgs {
    /// What to do
    #[command(subcommand)]
    pub action: Option<OptOutsAction>,
    /// List the texts that a person should read, with masked numbers and why
    #[arg(long, global = true)]
    pub needs_person: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum OptOutsAction {
    /// Add what is new to the file of opt-outs; running it again adds nothing
    Pull,
}

/// Asks, shows, and writes down where that is wanted.
pub(crate) fn run(context: &Context, args: &OptOutsArgs) -> Result<Exit, Failed> {
    let mut workspace = workspace::open(context)?;
    if workspace.project.providers.is_empty() {
        workspace.require_valid()?;
    }
    let is_pull = matches!(args.action, Some(OptOutsAction::Pull));
    if is_pull && context.global.sandbox {
        return Err(Failed::usage(
            "`opt-outs pull --sandbox` would write pretended opt-outs into the project's file",
        ));
    }
    let _lock = is_pull.then(|| Lock::take(workspace.root())).transpose()?;
    crate::cli::runtime::runtime()?.block_on(async {
        let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
        if is_pull && context.clock.is_pretended() && !accounts.all_local {
            return Err(Failed::usage(
                "`--at` is refused by `opt-outs pull` unless every provider is on this machine",
            ));
        }
        workspace.heard = hear(context, &workspace, &accounts).await;
        listen_for_people(&mut workspace, &accounts, context.clock.now()).await;
        let mut shown = PullSummary::new(context.clock.now(), args.needs_person);
        if is_pull {
            pull(context, &mut workspace, &accounts, &mut shown).await?;
        }
        accounts.close().await;
        let exit = shown.tell(context, &workspace)?;
        Ok(exit)
    })
}

/// Writes down what is new. An account that nobody has asked for too long is asked all the same: that is how it gets well.
async fn pull(
    context: &Context,
    workspace: &mut Workspace,
    accounts: &accounts::Accounts,
    shown: &mut PullSummary,
) -> Result<(), Failed> {
    let now = context.clock.now();
    for (name, config) in &workspace.project.providers {
        let OptOuts::Incoming { file: Some(path) } = &config.opt_outs else {
            continue;
        };
        let Some(provider) = accounts.find(name) else { continue };
        let file = workspace.root.join(path);
        let failed =
            |error: FileError| Failed::new(Exit::Failed, format!("`{}` cannot be used: {error}", path.display()));
        let known = workspace.heard.accounts.iter().any(|account| account.provider == *name);
        if !known {
            let ledger = read_file(&file).map_err(failed)?;
            let last_pull = ledger.last_pull(name.as_str());
            let Ok(texts) = incoming(provider, last_pull, now).await else {
                continue;
            };
            let mut account = HeardAccount::by_text(name, ledger, last_pull);
            account.take(&texts);
            shown.lost.extend(last_pull.map(|last| (name.clone(), last)));
            workspace.heard.unread.retain(|unread| unread.provider != *name);
            workspace.heard.accounts.push(account);
        }
        let Some(account) = workspace
            .heard
            .accounts
            .iter()
            .find(|account| account.provider == *name)
        else {
            continue;
        };
        let mut rows: Vec<OptOut> = account.news.clone();
        if account.is_marker_due(now) {
            rows.push(OptOut {
                instant: Some(now),
                provider: name.to_string(),
                what: What::Pulled,
            });
        }
        append(&file, &rows).map_err(failed)?;
        shown.written.insert(name.clone(), account.news.len());
    }
    Ok(())
}
