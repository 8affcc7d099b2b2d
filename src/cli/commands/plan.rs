//! `campanile plan`: reads the providers, changes nothing, shows what apply would do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::show::render;
use crate::apply::observe;
use crate::cli::accounts::{Accounts, unreadable};
use crate::cli::as_sent::desired_as_sent;
use crate::cli::choice::Choice;
use crate::cli::context::{Context, Failed, write_file};
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::cli::open_run::OpenRun;
use crate::cli::prepare::{Prepared, prepare, prepare_with_accounts};
use crate::cli::verify::verify;
use crate::cli::workspace::{OFFLINE, Workspace};
use crate::cli::{accounts, github, workspace};
use crate::model::{Diagnostic, Severity, parse_duration};
use crate::plan::{JournalFacts, Observed, Plan, decide};
use crate::report::{ChangeView, ComingView, Layout, coming, seal};

/// Show what apply would do; changes nothing
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  campanile plan\n  campanile plan --save plan.json --write markdown=plan.md\n  campanile plan --offline          # no account, no network: assumes that nothing exists yet\n  campanile plan --detailed-exitcode  # 2 when there is something to do"
)]
pub(crate) struct PlanArgs {
    /// What to narrow and to allow
    #[command(flatten)]
    pub choice: Choice,
    /// Assume that nothing exists; asks no provider; never applicable
    #[arg(long)]
    pub offline: bool,
    /// Keep the plan for `show` and `apply`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// How long a saved plan may be applied
    #[arg(long, value_name = "DURATION", default_value = "72h", value_parser = parse_duration)]
    pub expires: Duration,
    /// Exit with 2 when the plan has operations
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Tell what the files change against those of another project folder, like a checkout of the branch merged into
    #[arg(long, value_name = "DIR")]
    pub base: Option<PathBuf>,
    /// Ask the provider's own dry run (Sinch) and compare
    #[arg(long, conflicts_with = "offline")]
    pub verify: bool,
}

/// Reads, decides, shows; changes nothing.
pub(crate) fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failed> {
    let done = attempt(context, args);
    if let (Err(failed), Some(file)) = (&done, &args.save) {
        // `comment` reports it; what an earlier run saved there is no plan of these files.
        if let Err(unwritten) = write_file(file, failed.to_json().as_bytes()) {
            context.warn(&unwritten.message);
        }
    }
    done
}

fn attempt(context: &Context, args: &PlanArgs) -> Result<Exit, Failed> {
    let choice = Choice {
        expires: args.expires,
        ..args.choice.clone()
    };
    let mut workspace = workspace::open(context)?;
    let (prepared, plan, diagnostics) = if args.offline {
        workspace.sources.stay_offline(OFFLINE);
        let prepared = prepare(context, workspace, &choice)?;
        let (plan, diagnostics) = plan_offline(context, &prepared, &choice)?;
        (prepared, plan, diagnostics)
    } else {
        crate::cli::runtime::runtime()?.block_on(async {
            let (prepared, accounts) = prepare_with_accounts(context, workspace, &choice).await?;
            let (plan, diagnostics) = plan_online(context, args, &prepared, accounts, &choice).await?;
            Ok::<_, Failed>((prepared, plan, diagnostics))
        })?
    };
    let all: Vec<Diagnostic> = diagnostics.iter().chain(&plan.diagnostics).cloned().collect();
    if plan.has_errors() {
        return Err(Failed::input(all));
    }
    context.show(&all);
    let mut view = prepared.view(context, &plan, &choice, &diagnostics);
    if let Some(base) = &args.base {
        view.change = change(context, base, &prepared);
        let sealed = seal(&mut view);
        view.seal = sealed;
    }
    if let Some(file) = &args.save {
        write_file(file, render(&view, Format::Json, Layout::default()).as_bytes())?;
    }
    context.emit(&|format, layout| Ok(render(&view, format, layout)))?;
    let exit = exit_of_plan(&plan, &diagnostics, choice.strict);
    let has_operations = args.detailed_exitcode && !plan.operations.is_empty();
    let exit = if has_operations {
        exit.or(Exit::HasOperations)
    } else {
        exit
    };
    github::annotate(context, &all);
    github::tell(context, &view, exit);
    // The process ends here: to give back everything piece by piece would only keep the user waiting.
    std::mem::forget((prepared, plan, view));
    Ok(exit)
}

/// What these files want against those in `base`; nothing where those cannot be read.
fn change(context: &Context, base: &Path, prepared: &Prepared) -> Option<ChangeView> {
    let now = context.clock.now();
    let as_sent = |workspace: &Workspace| desired_as_sent(workspace, now, now + workspace.project.horizon).ok();
    let before = if base.join("campanile.yaml").exists() {
        let there = context.in_folder(base);
        let workspace = workspace::open(&there).ok()?;
        let is_readable = workspace.unreadable.is_empty();
        let wanted = is_readable.then(|| as_sent(&workspace));
        let Some(wanted) = wanted.flatten() else {
            context.note(&format!(
                "note: the files in `{}` have faults: what the change does is not shown",
                base.display()
            ));
            return None;
        };
        coming(&wanted.desired, now)
    } else {
        ComingView::default()
    };
    // Both sides alike: this plan leaves people out by what a provider holds, too.
    let after = if prepared.workspace.project.guards.leaves_out() {
        coming(&as_sent(&prepared.workspace)?.desired, now)
    } else {
        coming(&prepared.state.desired, now)
    };
    Some(ChangeView { before, after })
}

/// 3 when a guard holds something, or `--strict` refuses.
pub(crate) fn exit_of_plan(plan: &Plan, diagnostics: &[Diagnostic], strict: bool) -> Exit {
    let warned = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity <= Severity::Warning);
    if plan.is_refused_by_guard() || (strict && (warned || plan.is_refused_by_strict())) {
        Exit::Guard
    } else {
        Exit::Done
    }
}

/// What would be sent if nothing existed.
pub(crate) fn plan_offline(
    context: &Context,
    prepared: &Prepared,
    choice: &Choice,
) -> Result<(Plan, Vec<Diagnostic>), Failed> {
    let facts = accounts::offline_facts(&prepared.workspace.project)?;
    let policy = prepared.policy(&facts, choice, true)?;
    let nothing = Observed::default();
    let plan = decide(
        &prepared.state.desired,
        &nothing,
        &JournalFacts::default(),
        context.clock.now(),
        &policy,
    );
    Ok((plan, prepared.diagnostics.clone()))
}

async fn plan_online(
    context: &Context,
    args: &PlanArgs,
    prepared: &Prepared,
    accounts: Accounts,
    choice: &Choice,
) -> Result<(Plan, Vec<Diagnostic>), Failed> {
    let root = prepared.workspace.root();
    let policy = prepared.policy(&accounts.facts, choice, false)?;
    let clock = context.clock.listening();
    let mut opened = OpenRun::new(context, root, &prepared.workspace.project, &accounts, clock, policy);
    let progress = opened.progress();
    let payloads = prepared.payloads();
    let run = opened.context(&prepared.state.desired, &payloads);
    let seen = observe(&run).await.map_err(unreadable)?;
    let mut diagnostics: Vec<Diagnostic> = accounts
        .diagnostics
        .iter()
        .chain(&prepared.diagnostics)
        .cloned()
        .collect();
    diagnostics.extend(accounts.warnings(&seen.plan, &prepared.state.desired).await);
    if args.verify {
        diagnostics.extend(verify(&run, &seen.plan).await?);
    }
    progress.clear();
    accounts.close().await;
    Ok((seen.plan, diagnostics))
}
