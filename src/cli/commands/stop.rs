//! `campanile stop`: the emergency brake. Cancels everything planned of ours, and works when no YAML parses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::apply::{Call, CancelEnding, PayloadSource, Progress, RunClock as _, RunContext, cancel};
use crate::campaign::{Project, read_project};
use crate::cli::clock::SystemClock;
use crate::cli::confirm::{Answer, confirm_unless_interrupted};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::open_run::OpenRun;
use crate::cli::workspace::unknown_campaign;
use crate::cli::{accounts, state, workspace};
use crate::desired::{Desired, PayloadError};
use crate::model::{CampaignRef, ExistingBatch, Namespace, Reference, ReportedState, Windows, counted};
use crate::plan::{Operation, Policy, Target};
use crate::provider::{AnyProvider, NewBatch, Provider};

/// Emergency: cancel everything planned of ours
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile stop black-friday\n  campanile stop --all --yes\n  campanile stop --all --namespace acme --kind ip1 --token-env IP1_API_KEY   # when no YAML parses"
)]
pub struct StopArgs {
    /// Whose batches
    #[arg(value_name = "CAMPAIGN", required_unless_present = "all", conflicts_with = "all", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// Every campaign's
    #[arg(long)]
    pub all: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Instead of campanile.yaml: the namespace
    #[arg(long, requires = "kind", value_parser = |text: &str| Namespace::parse(text))]
    pub namespace: Option<Namespace>,
    /// Instead of campanile.yaml: which API
    #[arg(long, requires = "namespace", value_enum)]
    pub kind: Option<StopKind>,
    /// Instead of campanile.yaml: environment variable with the token
    #[arg(long, value_name = "NAME", requires = "kind")]
    pub token_env: Option<String>,
    /// Instead of campanile.yaml: file with the token
    #[arg(long, value_name = "FILE", requires = "kind", conflicts_with = "token_env")]
    pub token_file: Option<PathBuf>,
    /// Instead of campanile.yaml: where the API is
    #[arg(long, value_name = "URL", requires = "kind")]
    pub base_url: Option<String>,
    /// Instead of campanile.yaml: Sinch's region
    #[arg(long, requires = "kind")]
    pub region: Option<String>,
    /// Instead of campanile.yaml: Sinch's service plan
    #[arg(long, requires = "kind")]
    pub service_plan_id: Option<String>,
    /// Instead of campanile.yaml: how long a new batch may be missing from the list [default: 30s]
    #[arg(long, value_name = "DURATION", requires = "kind")]
    pub list_lag: Option<String>,
}

/// Which API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StopKind {
    /// iP.1 SMS API v2.
    Ip1,
    /// Sinch Batches.
    Sinch,
}

/// What a round of canceling came to.
#[derive(Debug, Default)]
struct StopCounts {
    canceled: BTreeSet<String>,
    left: BTreeMap<String, String>,
    unproved: BTreeMap<String, String>,
    campaigns: BTreeSet<CampaignRef>,
    /// Why a provider could not be asked.
    unread: BTreeSet<String>,
}

/// Lists and cancels until two complete lists, `list_lag` apart, show nothing planned.
pub fn run(context: &Context, args: &StopArgs) -> Result<Exit, Failed> {
    let (root, project, named) = if args.namespace.is_some() {
        let root = context.global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        (root, project_from_flags(args)?, BTreeSet::new())
    } else {
        let workspace = workspace::open(context).map_err(|failed| {
            failed
                .hint("`campanile stop --all --namespace NS --kind ip1 --token-env NAME` works without campanile.yaml")
        })?;
        let named = workspace.references();
        (workspace.root, workspace.project, named)
    };
    crate::cli::runtime()?.block_on(stop(context, args, &root, &project, &named))
}

async fn stop(
    context: &Context,
    args: &StopArgs,
    root: &Path,
    project: &Project,
    named: &BTreeSet<CampaignRef>,
) -> Result<Exit, Failed> {
    let (accounts, faults) = accounts::open_some(context, root, project).await?;
    if accounts.providers.is_empty() {
        return Err(Failed::input(faults));
    }
    context.show(&accounts.diagnostics);
    context.show(&faults);
    if context.clock.is_pretended() && !accounts.all_local {
        return Err(Failed::usage(
            "`--at` is refused by `stop` unless every provider is on this machine",
        ));
    }
    let policy = Policy {
        providers: accounts
            .facts
            .iter()
            .map(|facts| (facts.name.clone(), facts.clone()))
            .collect(),
        ..Policy::new(project.namespace.clone())
    };
    state::folder(root)?;
    let clock = context.clock.listening();
    let mut opened = OpenRun::new(context, root, project, &accounts, clock.clone(), policy);
    let progress = opened.progress();
    let desired = Desired::default();
    let run = opened.context(&desired, &NoPayloads);
    let mut counts = StopCounts {
        unread: faults.iter().map(|fault| fault.message.clone()).collect(),
        ..StopCounts::default()
    };
    let ours = ours(&run, &mut counts).await?;
    progress.clear();
    let is_named = |campaign: &&CampaignRef| {
        named.contains(*campaign) || references(&ours).any(|reference| reference.slot.campaign == **campaign)
    };
    let unknown: Vec<&CampaignRef> = args.campaigns.iter().filter(|name| !is_named(name)).collect();
    for name in &unknown {
        let here = references(&ours).map(|reference| &reference.slot.campaign);
        let failed = unknown_campaign(name, named.iter().chain(here));
        if unknown.len() == args.campaigns.len() {
            return Err(failed);
        }
        context.note(&format!("warning: {}; {}", failed.message, failed.hints.join("; ")));
    }
    let planned = planned(&run, args, ours);
    if planned.is_empty() {
        context.note("nothing of ours is planned");
    } else if !args.yes {
        let question = format!(
            "Cancel {}?",
            counted(planned.len() as u64, "planned batch", "planned batches")
        );
        let without = "say `--yes` to cancel without being asked";
        if confirm_unless_interrupted(&question, without, clock.interrupt()).await? != Answer::Yes {
            context.note("nothing was changed");
            let exit = report(context, &counts, &clock)?;
            accounts.close().await;
            return Ok(exit);
        }
    }
    let mut quiet_lists = 0;
    while quiet_lists < 2 && !clock.is_interrupted() {
        let ours = self::ours(&run, &mut counts).await?;
        let planned = self::planned(&run, args, ours);
        let fresh: Vec<&ExistingBatch> = planned
            .iter()
            .filter(|batch| !counts.left.contains_key(&batch.id.0))
            .collect();
        if fresh.is_empty() {
            quiet_lists += 1;
            let lag = accounts
                .providers
                .iter()
                .map(|provider| provider.capabilities().list_lag)
                .max()
                .unwrap_or_default();
            if quiet_lists < 2 {
                clock.sleep(lag).await;
            }
            continue;
        }
        quiet_lists = 0;
        for (index, batch) in fresh.iter().enumerate() {
            progress.tell(&Progress::Canceling {
                number: index + 1,
                all: fresh.len(),
            });
            cancel_one(&run, batch, &mut counts).await?;
        }
    }
    progress.clear();
    let mut exit = report(context, &counts, &clock)?;
    if !unknown.is_empty() {
        exit = exit.or(Exit::Usage);
    }
    accounts.close().await;
    Ok(exit)
}

/// All batches of ours, whatever became of them. A provider that cannot be read is told of, and the others are stopped
/// all the same.
async fn ours(
    run: &RunContext<'_, AnyProvider, SystemClock>,
    counts: &mut StopCounts,
) -> Result<Vec<ExistingBatch>, Failed> {
    let mut batches = Vec::new();
    let mut faults = Vec::new();
    for provider in run.providers {
        match provider.list().await {
            Ok(list) => batches.extend(list.batches),
            Err(error) => faults.push(error.diagnostic()),
        }
    }
    if faults.len() == run.providers.len() && counts.canceled.is_empty() && counts.left.is_empty() {
        return Err(Failed {
            diagnostics: faults,
            ..Failed::new(Exit::Failed, "no provider can be read; nothing was canceled")
        });
    }
    counts.unread.extend(faults.into_iter().map(|fault| fault.message));
    batches.retain(|batch| {
        let reference = batch.reference.as_ref();
        reference.is_some_and(|reference| reference.namespace == run.policy.namespace)
    });
    Ok(batches)
}

fn references(batches: &[ExistingBatch]) -> impl Iterator<Item = &Reference> {
    batches.iter().filter_map(|batch| batch.reference.as_ref())
}

/// Those that are planned and can still be canceled, soonest first.
fn planned(
    run: &RunContext<'_, AnyProvider, SystemClock>,
    args: &StopArgs,
    mut batches: Vec<ExistingBatch>,
) -> Vec<ExistingBatch> {
    let now = run.clock.now();
    batches.retain(|batch| {
        batch.state == ReportedState::Planned
            && batch.opens().is_none_or(|opens| opens > now)
            && batch
                .reference
                .as_ref()
                .is_some_and(|reference| args.all || args.campaigns.contains(&reference.slot.campaign))
    });
    batches.sort_by_key(|batch| (batch.opens(), batch.id.clone()));
    batches
}

async fn cancel_one(
    run: &RunContext<'_, AnyProvider, SystemClock>,
    batch: &ExistingBatch,
    counts: &mut StopCounts,
) -> Result<(), Failed> {
    let (Some(reference), Some(provider)) = (&batch.reference, run.provider(&batch.provider)) else {
        return Ok(());
    };
    counts.campaigns.insert(reference.slot.campaign.clone());
    let target = Target {
        provider: batch.provider.clone(),
        id: batch.id.clone(),
        reference: reference.clone(),
        by_id: false,
        windows: batch.windows.clone(),
    };
    let name = reference.to_string();
    let ending = cancel(run, provider, &target, Call::Stop, "stop")
        .await
        .map_err(anyhow::Error::from)?;
    match ending {
        CancelEnding::Silent | CancelEnding::SilentByOthers => {
            counts.canceled.insert(name);
        }
        CancelEnding::NotCanceled(why, _) => {
            counts.left.insert(batch.id.0.clone(), format!("{name}: {why}"));
        }
        CancelEnding::Unproved(why) => {
            counts.left.insert(batch.id.0.clone(), format!("{name}: {why}"));
            counts.unproved.insert(name, why);
        }
    }
    Ok(())
}

fn report(context: &Context, counts: &StopCounts, clock: &SystemClock) -> Result<Exit, Failed> {
    let exit = if !counts.unproved.is_empty() {
        Exit::Unknown
    } else if !counts.left.is_empty() || !counts.unread.is_empty() {
        Exit::Partial
    } else {
        Exit::Done
    };
    let exit = clock.interrupt().came().map_or(exit, |signal| exit.or(signal));
    let document = || {
        let commit: Vec<_> = counts
            .campaigns
            .iter()
            .map(|campaign| json!({ "campaign": campaign.as_str(), "line": "state: canceled" }))
            .collect();
        pretty(&json!({
            "format_version": "1.0",
            "canceled": counts.canceled,
            "left": counts.left.values().chain(&counts.unread).collect::<Vec<_>>(),
            "commit": commit,
            "exit_code": exit.code(),
        }))
    };
    context
        .emit_text(&document, &|| told(counts))
        .map_err(Failed::after_changes)?;
    Ok(exit)
}

fn told(counts: &StopCounts) -> String {
    let mut text = format!(
        "canceled {}\n",
        counted(counts.canceled.len() as u64, "batch", "batches")
    );
    for reference in &counts.canceled {
        let _ = writeln!(text, "- {reference}");
    }
    for why in counts.left.values() {
        let _ = writeln!(text, "! not canceled: {why}");
    }
    for why in &counts.unread {
        let _ = writeln!(text, "! not stopped: {why}");
    }
    if !counts.campaigns.is_empty() {
        text.push_str("\nto keep it so, commit to each campaign's file:\n");
    }
    for campaign in &counts.campaigns {
        let _ = writeln!(text, "  campaigns/{campaign}.yaml    state: canceled");
    }
    text
}

/// A project of one provider, when no YAML parses.
fn project_from_flags(args: &StopArgs) -> Result<Project, Failed> {
    let namespace = args
        .namespace
        .as_ref()
        .ok_or_else(|| Failed::usage("`--namespace` is missing"))?;
    let (kind, token) = match args.kind {
        Some(StopKind::Sinch) => ("sinch", "SINCH_API_TOKEN"),
        Some(StopKind::Ip1) | None => ("ip1", "IP1_API_KEY"),
    };
    let token = match (&args.token_env, &args.token_file) {
        (_, Some(file)) => json!({ "token_file": file }),
        (name, None) => json!({ "token_env": name.as_deref().unwrap_or(token) }),
    };
    let mut provider = json!({ "kind": kind });
    let given = [
        ("base_url", &args.base_url),
        ("region", &args.region),
        ("service_plan_id", &args.service_plan_id),
        ("list_lag", &args.list_lag),
    ];
    if let Some(object) = provider.as_object_mut() {
        object.extend(token.as_object().cloned().unwrap_or_default());
        object.extend(
            given
                .iter()
                .filter_map(|(key, value)| Some(((*key).to_owned(), json!(value.as_ref()?)))),
        );
    }
    // JSON is YAML: the same checks as for a file apply.
    let text = json!({ "namespace": namespace.as_str(), "providers": { kind: provider } }).to_string();
    read_project(Path::new("the command line"), &text)
        .map(|(project, _)| project)
        .map_err(|faults| Failed {
            exit: Exit::Usage,
            ..Failed::input(faults)
        })
}

/// `stop` creates nothing.
struct NoPayloads;

impl PayloadSource for NoPayloads {
    fn batch(&self, operation: &Operation, _: Windows) -> Result<NewBatch, PayloadError> {
        Err(PayloadError::NotDesired(operation.reference.clone()))
    }
}
