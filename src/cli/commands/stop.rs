//! `campanile stop`: the emergency brake. Cancels everything planned of ours, and works when no YAML parses.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::apply::{Brake, PayloadSource, Tally};
use crate::campaign::{Project, read_project};
use crate::cli::clock::SystemClock;
use crate::cli::confirm::{Answer, confirm};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::open_run::OpenRun;
use crate::cli::workspace::unknown_campaign;
use crate::cli::{accounts, state, workspace};
use crate::desired::{Desired, PayloadError};
use crate::model::{CampaignRef, Namespace, Windows, counted};
use crate::plan::{Operation, Policy};
use crate::provider::{AnyProvider, NewBatch};

/// Emergency: cancel everything planned of ours
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile stop black-friday\n  campanile stop --all --yes\n  campanile stop --all --namespace acme --kind ip1 --token-env IP1_API_KEY   # when no YAML parses"
)]
pub(crate) struct StopArgs {
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
pub(crate) enum StopKind {
    /// iP.1 SMS API v2.
    Ip1,
    /// Sinch Batches.
    Sinch,
}

/// The brake on real accounts.
type Pulled<'a, 'd> = Brake<'a, 'd, AnyProvider, SystemClock>;

/// Cancels what journal and pages show, then until two complete lists, `list_lag` apart, show nothing planned.
pub(crate) fn run(context: &Context, args: &StopArgs) -> Result<Exit, Failed> {
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
    crate::cli::runtime::runtime()?.block_on(stop(context, args, &root, &project, &named))
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
    let is_meant = |campaign: &CampaignRef| args.all || args.campaigns.contains(campaign);
    let unopened = faults.iter().map(|fault| fault.message.clone()).collect();
    let mut brake = Brake::new(&run, &is_meant, unopened);
    let mut exit = Exit::Done;
    if args.yes || wants_to(args, &mut brake, named, &clock).await? {
        brake.pull().await.map_err(anyhow::Error::from)?;
    } else {
        context.note("nothing was changed");
    }
    progress.clear();
    if let Some(diagnostics) = brake.unreadable() {
        return Err(Failed {
            diagnostics,
            ..Failed::new(Exit::Failed, "no provider can be read: nothing could be canceled")
        });
    }
    let unknown = unknown(args, named, &brake);
    for name in &unknown {
        let failed = unknown_campaign(name, named.iter().chain(&brake.seen));
        if unknown.len() == args.campaigns.len() && brake.tally.unread.is_empty() {
            return Err(failed);
        }
        context.warn(&format!("{}; {}", failed.message, failed.hints.join("; ")));
        exit = Exit::Usage;
    }
    if brake.tally.canceled.is_empty() && brake.tally.left.is_empty() && brake.tally.unread.is_empty() {
        context.note("nothing of ours is planned");
    }
    let exit = exit.or(report(context, &brake.tally, &clock)?);
    accounts.close().await;
    Ok(exit)
}

/// Campaigns that neither a file nor a provider nor the journal knows.
fn unknown<'a>(args: &'a StopArgs, named: &BTreeSet<CampaignRef>, brake: &Pulled<'_, '_>) -> Vec<&'a CampaignRef> {
    let is_known = |campaign: &&CampaignRef| named.contains(*campaign) || brake.seen.contains(*campaign);
    args.campaigns.iter().filter(|campaign| !is_known(campaign)).collect()
}

/// Looks at what is planned, and asks.
async fn wants_to(
    args: &StopArgs,
    brake: &mut Pulled<'_, '_>,
    named: &BTreeSet<CampaignRef>,
    clock: &SystemClock,
) -> Result<bool, Failed> {
    let planned = brake.look().await.map_err(anyhow::Error::from)?;
    if planned == 0 {
        // Nothing to ask about: what complete lists show after all is canceled.
        return Ok(unknown(args, named, brake).len() < args.campaigns.len() || args.all);
    }
    let question = format!(
        "Cancel {}?",
        counted(planned as u64, "planned batch", "planned batches")
    );
    let without = "say `--yes` to cancel without being asked";
    Ok(confirm(&question, without, clock.interrupt()).await? == Answer::Yes)
}

fn report(context: &Context, tally: &Tally, clock: &SystemClock) -> Result<Exit, Failed> {
    let exit = if !tally.unproved.is_empty() {
        Exit::Unknown
    } else if tally.is_complete() {
        Exit::Done
    } else {
        Exit::Partial
    };
    let exit = clock.interrupt().came().map_or(exit, |signal| exit.or(signal));
    let document = || {
        let commit: Vec<_> = tally
            .campaigns
            .iter()
            .map(|campaign| json!({ "campaign": campaign.as_str(), "line": "state: canceled" }))
            .collect();
        pretty(&json!({
            "format_version": "1.0",
            "canceled": tally.canceled,
            "left": tally.left.values().chain(unread(tally)).collect::<Vec<_>>(),
            "commit": commit,
            "exit_code": exit.code(),
        }))
    };
    context
        .emit_text(&document, &|| told(tally))
        .map_err(Failed::after_changes)?;
    Ok(exit)
}

fn unread(tally: &Tally) -> impl Iterator<Item = &String> {
    tally.unopened.iter().chain(tally.unread.values().flatten())
}

fn told(tally: &Tally) -> String {
    let mut text = format!(
        "canceled {}\n",
        counted(tally.canceled.len() as u64, "batch", "batches")
    );
    for reference in &tally.canceled {
        let _ = writeln!(text, "- {reference}");
    }
    for why in tally.left.values() {
        let _ = writeln!(text, "! not canceled: {why}");
    }
    for why in unread(tally) {
        let _ = writeln!(text, "! not stopped: {why}");
    }
    if !tally.campaigns.is_empty() {
        text.push_str("\nto keep it so, commit to each campaign's file:\n");
    }
    for campaign in &tally.campaigns {
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
