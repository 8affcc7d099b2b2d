//! `campanile test`: a campaign to the testers only, marked as a test in its reference.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::campaign::{Campaign, OnInvalid};
use crate::cli::accounts;
use crate::cli::confirm::confirm;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::proof::{Proof, Shown};
use crate::cli::state::Lock;
use crate::cli::workspace::{self, Workspace};
use crate::model::{CampaignRef, Payload, Window, Windows, counted};
use crate::provider::{Created, Provider};

/// Send a campaign to the testers only
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile test black-friday\n  campanile test black-friday --row 2 --yes   # the tester in line 2 of testers.csv"
)]
pub struct TestArgs {
    /// Which
    #[arg(value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaign: CampaignRef,
    /// Only the tester in this line of the testers' file
    #[arg(long, value_name = "LINE")]
    pub row: Option<u64>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// How long the testers' window stays open.
const OPEN_FOR: Duration = Duration::from_secs(3600);

/// Renders for the testers, asks, sends one batch.
pub fn run(context: &Context, args: &TestArgs) -> Result<Exit, Failed> {
    let workspace = workspace::open(context)?;
    let campaign = match workspace.campaign(&args.campaign) {
        Ok(campaign) => for_testers(&workspace, campaign)?,
        Err(failed) => {
            workspace.require_valid()?;
            return Err(failed);
        }
    };
    let proof = Proof::new(context, &workspace, &campaign, None).map_err(|faults| {
        Failed::input(faults).hint("a test takes the columns of the testers' file, not of the campaign's lists")
    })?;
    let suppressed = proof.audience().total().suppressed;
    if suppressed > 0 {
        let whom = counted(suppressed, "tester stands", "testers stand");
        context.note(&format!("warning: {whom} on a suppression list, and is sent nothing"));
    }
    if proof.audience().is_empty() {
        return Err(Failed::new(Exit::Input, "there is no tester to send to"));
    }
    let shown = match args.row {
        Some(line) => proof.row_of_line(&workspace, &campaign, line)?,
        None => proof.first(usize::MAX)?,
    };
    let payload = proof.payload(&shown).ok_or_else(|| {
        Failed::new(Exit::Input, "these texts cannot be carried by the provider").hint("`campanile validate` tells why")
    })?;
    context.note(&format!(
        "from {}: {}",
        campaign.sender,
        counted(payload.len() as u64, "tester", "testers")
    ));
    // Shown to the person who is asked; the log of a CI job gets counts.
    if !args.yes && std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        context.note(&proof.to_text(&shown));
    }
    if !args.yes && !confirm("Send this to the testers?", "say `--yes`")? {
        context.note("nothing was sent");
        return Ok(Exit::Done);
    }
    let _lock = Lock::take(workspace.root())?;
    crate::cli::runtime()?.block_on(send(context, &workspace, &campaign, &proof, &shown, payload))
}

/// The campaign with the testers' file as its only source. Suppression lists win here too.
fn for_testers(workspace: &Workspace, campaign: &Campaign) -> Result<Campaign, Failed> {
    let testers = workspace.project.testers.clone().ok_or_else(|| {
        Failed::new(Exit::Input, "the project has no testers").hint("name a CSV file with `testers:` in campanile.yaml")
    })?;
    let mut campaign = campaign.clone();
    let Some(mut source) = campaign.sources.first().cloned() else {
        return Err(Failed::new(Exit::Input, "the campaign has no recipients"));
    };
    source.csv = testers;
    source.condition = None;
    source.number = None;
    source.encoding = None;
    source.delimiter = None;
    source.on_invalid = OnInvalid::Fail;
    campaign.sources = vec![source];
    Ok(campaign)
}

async fn send(
    context: &Context,
    workspace: &Workspace,
    campaign: &Campaign,
    proof: &Proof,
    shown: &[Shown],
    payload: Payload,
) -> Result<Exit, Failed> {
    let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
    let provider = accounts
        .providers
        .iter()
        .find(|provider| *provider.name() == campaign.provider);
    let Some(provider) = provider else {
        return Err(Failed::usage("the campaign's provider is not configured"));
    };
    if context.clock.is_pretended() && !accounts.all_local {
        return Err(Failed::usage(
            "`--at` is refused by `test` unless every provider is on this machine",
        ));
    }
    let most = provider.capabilities().max_recipients_per_batch;
    if payload.len() > most as usize {
        return Err(Failed::new(Exit::Input, format!("more than {most} testers")));
    }
    let testers = payload.len();
    let opens = context.clock.now() + workspace.project.settle;
    let windows = Windows::one(Window::new(opens, opens + OPEN_FOR).map_err(anyhow::Error::from)?);
    let batch = proof.test_batch(&workspace.project, campaign, shown, payload, windows)?;
    let exit = match provider.create(&batch).await {
        Created::Done(id) => {
            let document = || {
                pretty(&json!({
                    "format_version": "1.0",
                    "campaign": campaign.reference.as_str(),
                    "reference": batch.reference.to_string(),
                    "batch_id": id.0,
                    "opens": opens.to_string(),
                    "recipients": testers,
                    "exit_code": 0,
                }))
            };
            let told = || format!("sent as a test: {} ({id}), opens {opens}\n", batch.reference);
            context.emit_text(&document, &told).map_err(Failed::after_changes)?;
            Exit::Done
        }
        Created::NotSent(failure) => return Err(Failed::new(Exit::Failed, format!("not sent: {failure}"))),
        Created::Unknown(failure) => {
            return Err(Failed::new(Exit::Unknown, format!("the answer was lost: {failure}"))
                .hint("look with `campanile status` before sending the test again"));
        }
    };
    accounts.close().await;
    Ok(exit)
}
