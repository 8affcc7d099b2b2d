//! `campanile test`: a campaign to the testers only, marked as a test in its reference.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::audience::{Expect, read_numbers};
use crate::campaign::Campaign;
use crate::cli::confirm::{Answer, confirm};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::sample::Sample;
use crate::cli::shown::Shown;
use crate::cli::signals::Interrupt;
use crate::cli::state::Lock;
use crate::cli::suppression_lists::suppressed_for;
use crate::cli::workspace::{self, Workspace};
use crate::cli::{accounts, lists};
use crate::model::{CampaignRef, NumberSet, Payload, Window, Windows, counted};
use crate::provider::{Created, Provider};

/// Send a campaign to the testers only
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile test black-friday\n  campanile test black-friday --row 2 --yes   # with the row in line 2 of its list"
)]
pub(crate) struct TestArgs {
    /// The campaign to send
    #[arg(value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaign: CampaignRef,
    /// Render with the row in this line of the campaign's CSV files, or this row of another kind of list
    #[arg(long, value_name = "LINE")]
    pub row: Option<u64>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// How long the testers' window stays open.
const OPEN_FOR: Duration = Duration::from_secs(3600);

/// One text of the campaign, to all testers.
struct Trial {
    text: Shown,
    to: Vec<Shown>,
    payload: Payload,
}

/// Renders every text for the testers, asks, sends a batch for each.
pub(crate) fn run(context: &Context, args: &TestArgs) -> Result<Exit, Failed> {
    let workspace = workspace::open(context)?;
    let campaign = match workspace.campaign(&args.campaign) {
        Ok(campaign) => campaign,
        Err(failed) => {
            workspace.require_valid()?;
            return Err(failed);
        }
    };
    let sample = Sample::new(context, &workspace, campaign, None).map_err(Failed::input)?;
    let testers = testers(context, &workspace, campaign)?;
    let rows = match args.row {
        Some(line) => sample.row_of_line(&workspace, campaign, line)?,
        None => Vec::new(),
    };
    let trials = trials(&sample, &rows, &testers)?;
    context.note(&format!(
        "from {}: {} to {}",
        campaign.sender,
        counted(trials.len() as u64, "text", "texts"),
        counted(testers.len() as u64, "tester", "testers")
    ));
    // Shown to the person who is asked; the log of a CI job gets counts.
    if !args.yes && std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        for trial in &trials {
            context.note(&sample.to_text(std::slice::from_ref(&trial.text)));
        }
    }
    crate::cli::runtime::runtime()?.block_on(async {
        if !args.yes {
            let interrupt = Interrupt::listen();
            let refused = match confirm("Send this to the testers?", "say `--yes`", &interrupt).await? {
                Answer::Yes => None,
                Answer::No => Some(Exit::Done),
                Answer::Interrupted(signal) => Some(signal),
            };
            if let Some(exit) = refused {
                context.note("nothing was sent");
                return Ok(exit);
            }
        }
        let _lock = Lock::take(workspace.root())?;
        send(context, &workspace, campaign, &sample, &trials).await
    })
}

/// The numbers of the testers' file. Suppression lists win here too.
fn testers(context: &Context, workspace: &Workspace, campaign: &Campaign) -> Result<NumberSet, Failed> {
    let list = workspace.project.testers.as_ref().ok_or_else(|| {
        Failed::new(Exit::Input, "the project has no testers").hint("name a list with `testers:` in campanile.yaml")
    })?;
    let all = lists::table_of(workspace, &list.origin, &list.place, &Expect::testers(list))
        .and_then(|table| read_numbers(vec![table], &lists::settings(workspace)))
        .map_err(Failed::input)?;
    let suppressed = suppressed_for(workspace, campaign).map_err(Failed::input)?;
    let testers = NumberSet::new(all.iter().filter(|number| !suppressed.contains(*number)));
    let left_out = all.len().saturating_sub(testers.len());
    if left_out > 0 {
        let whom = counted(left_out as u64, "tester is", "testers are");
        context.warn(&format!("{whom} on a suppression list, and is sent nothing"));
    }
    if testers.is_empty() {
        return Err(Failed::new(Exit::Input, "there is no tester to send to"));
    }
    Ok(testers)
}

fn trials(sample: &Sample, rows: &[Shown], testers: &NumberSet) -> Result<Vec<Trial>, Failed> {
    let texts = sample.each_text(rows)?;
    if texts.is_empty() {
        return Err(Failed::new(Exit::Input, "no list of the campaign has a row to take"));
    }
    let trial = |text: Shown| {
        let to = Sample::for_others(&text, testers);
        let payload = sample.payload(&to).ok_or_else(|| {
            Failed::new(Exit::Input, "these texts cannot be carried by the provider")
                .hint("`campanile validate` says why")
        })?;
        Ok(Trial { text, to, payload })
    };
    texts.into_iter().map(trial).collect()
}

async fn send(
    context: &Context,
    workspace: &Workspace,
    campaign: &Campaign,
    sample: &Sample,
    trials: &[Trial],
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
    let most = provider.settings().max_recipients_per_batch;
    let testers = trials.first().map_or(0, |trial| trial.payload.len());
    if testers > most as usize {
        return Err(Failed::new(Exit::Input, format!("more than {most} testers")));
    }
    let opens = context.clock.now() + workspace.project.settle;
    let mut sent: Vec<Value> = Vec::new();
    let mut told = String::new();
    for trial in trials {
        let windows = Windows::one(Window::new(opens, opens + OPEN_FOR).map_err(anyhow::Error::from)?);
        let payload = trial.payload.clone();
        let batch = sample.test_batch(&workspace.project, campaign, &trial.to, payload, windows);
        let before = |exit: Exit| if sent.is_empty() { exit } else { Exit::Partial };
        match provider.create(&batch).await {
            Created::Done(id) | Created::OtherReference(id) | Created::OtherPeople(id, _) => {
                let language = trial.text.language.as_ref().map(ToString::to_string);
                told.push_str(&format!("sent as a test: {} ({id}), opens {opens}\n", batch.reference));
                sent.push(json!({
                    "source": trial.text.source + 1,
                    "variant": trial.text.variant,
                    "language": language,
                    "reference": batch.reference.to_string(),
                    "batch_id": id.0,
                }));
            }
            Created::NotSent(failure) => {
                let message = format!("not sent: {failure}; {} of {} texts were", sent.len(), trials.len());
                return Err(Failed::new(before(Exit::Failed), message));
            }
            Created::Unknown(failure) => {
                return Err(Failed::new(Exit::Unknown, format!("the answer was lost: {failure}"))
                    .hint("look with `campanile status` before sending the test again"));
            }
        }
    }
    let first = |key: &str| sent.first().and_then(|one| one.get(key)).cloned();
    let document = || {
        pretty(&json!({
            "format_version": "1.0",
            "campaign": campaign.reference.as_str(),
            "reference": first("reference"),
            "batch_id": first("batch_id"),
            "opens": opens.to_string(),
            "recipients": testers,
            "texts": sent,
            "exit_code": 0,
        }))
    };
    context
        .emit_text(&document, &|| told.clone())
        .map_err(Failed::after_changes)?;
    accounts.close().await;
    Ok(Exit::Done)
}
