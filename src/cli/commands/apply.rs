//! `campanile apply`: plans (or takes a saved plan as an approval), shows, asks, carries out, reports.

use std::path::PathBuf;

use clap::Args;

use super::apply_checks::{require_agreeing_clocks, require_applicable, require_true_time};
use super::plan::exit_of_plan;
use super::show::{read_plan, render};
use crate::apply::{
    Halt, Observation, Orders, Outcome, Report, Step, carry_out, note_lists, note_what_was_settled, observe,
};
use crate::cli::accounts::{Accounts, unreadable};
use crate::cli::choice::Choice;
use crate::cli::clock::SystemClock;
use crate::cli::confirm::{Answer, confirm};
use crate::cli::context::{Context, Failed};
use crate::cli::diagnostics::NOT_REVIEWED;
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::cli::open_run::OpenRun;
use crate::cli::prepare::{Prepared, prepare_with_accounts};
use crate::cli::receipts::{as_of, require_same};
use crate::cli::state::Lock;
use crate::cli::suppress_first::suppress_first;
use crate::cli::{github, left_out, notify, state, workspace};
use crate::model::{CampaignRef, Diagnostic, Instant, Place, counted};
use crate::plan::Operation;
use crate::report::{
    AppliedOperation, AppliedSummary, AppliedView, FORMAT_VERSION, PlanView, applied_to_markdown, applied_to_text,
    diagnostic_to_view, document,
};

/// Carry out a plan
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile apply                # plans, shows, asks for `yes`\n  campanile apply --yes          # in CI\n  campanile apply plan.json      # these operations or fewer; exit 4 when something has moved"
)]
pub(crate) struct ApplyArgs {
    /// A plan saved with `plan --save`: an approval of these operations or fewer
    pub file: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// What to narrow and to allow
    #[command(flatten)]
    pub choice: Choice,
}

/// Plans, asks, carries out, reports.
pub(crate) fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failed> {
    let done = attempt(context, args);
    if let Err(failed) = &done {
        notify::failed(context, failed.exit);
    }
    done
}

fn attempt(context: &Context, args: &ApplyArgs) -> Result<Exit, Failed> {
    let approval = args.file.as_deref().map(read_plan).transpose()?;
    if let Some(saved) = &approval {
        require_applicable(context, saved)?;
    } else if !args.yes && !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        return Err(
            Failed::usage("nobody to ask: standard input is not a terminal; nothing was changed")
                .hint("say `--yes`, or apply a plan that was saved with `campanile plan --save FILE`"),
        );
    }
    let choice = match &approval {
        Some(saved) => Choice::of_saved(saved, &args.choice)?,
        None => args.choice.clone(),
    };
    let mut workspace = workspace::open(context)?;
    if let Some(instant) = approval.as_ref().and_then(as_of) {
        workspace.sources.read_as_of(instant);
    }
    let _lock = Lock::take(workspace.root())?;
    crate::cli::runtime::runtime()?.block_on(async {
        // An interruption from here on reports what was done.
        let clock = context.clock.listening();
        let (prepared, accounts) = match prepare_with_accounts(context, workspace, &choice).await {
            Ok(ready) => ready,
            Err(failed) => return Err(after_suppressing(context, args, &choice, failed).await),
        };
        if let Some(saved) = &approval {
            let unread = &prepared.state.desired.unread;
            require_same(saved, &prepared.workspace.receipts.views(), unread)?;
        }
        let run = (accounts, clock);
        apply(context, args, &prepared, run, &choice, approval.as_ref()).await
    })
}

/// A file has a fault: nothing is created, but who must not be texted is taken out all the same, where nobody would
/// have been asked first.
async fn after_suppressing(context: &Context, args: &ApplyArgs, choice: &Choice, failed: Failed) -> Failed {
    let is_agreed = args.yes || args.file.is_some();
    if failed.exit != Exit::Input || !is_agreed {
        return failed;
    }
    match suppress_first(context, choice).await {
        Ok(Some(taken)) => {
            let done = counted(taken.done as u64, "batch", "batches");
            let failed = failed.hint(format!("suppressed people were taken out of {done} all the same"));
            if taken.left == 0 {
                return failed;
            }
            let left = counted(taken.left as u64, "batch", "batches");
            Failed {
                exit: failed.exit.or(Exit::Partial),
                ..failed.hint(format!("{left} may still hold suppressed people: run again"))
            }
        }
        Ok(None) => failed,
        Err(other) => failed.hint(format!(
            "whether suppressed people are in planned batches is not known: {}",
            other.message
        )),
    }
}

async fn apply(
    context: &Context,
    args: &ApplyArgs,
    prepared: &Prepared,
    (accounts, clock): (Accounts, SystemClock),
    choice: &Choice,
    approval: Option<&PlanView>,
) -> Result<Exit, Failed> {
    let root = prepared.workspace.root();
    let interrupt = clock.interrupt().clone();
    require_true_time(context, &accounts, approval)?;
    let policy = prepared.policy(&accounts.facts, choice, false)?;
    state::folder(root)?;
    let mut opened = OpenRun::new(
        context,
        root,
        &prepared.workspace.project,
        &accounts,
        clock.clone(),
        policy,
    );
    opened.shorten_journal();
    let progress = opened.progress();
    let payloads = prepared.payloads();
    let run = opened.context(&prepared.state.desired, &payloads);
    let seen = observe(&run).await.map_err(unreadable)?;
    progress.clear();
    require_agreeing_clocks(&seen)?;
    let warnings: Vec<Diagnostic> = accounts
        .diagnostics
        .iter()
        .chain(&prepared.diagnostics)
        .cloned()
        .collect();
    if seen.plan.has_errors() {
        return Err(Failed::input(
            warnings.iter().chain(&seen.plan.diagnostics).cloned().collect(),
        ));
    }
    let view = prepared.view(context, &seen.plan, choice, &warnings);
    let mut smaller = Vec::new();
    let (operations, refused) = match approval {
        None => (seen.plan.operations.clone(), Vec::new()),
        Some(saved) => {
            let run = (&accounts, clock);
            let (approved, told) = left_out::approved(context, prepared, run, &seen, choice, saved).await?;
            smaller = told;
            (approved.operations, approved.refused.into_iter().collect())
        }
    };
    if !context.is_json() {
        context.print(&render(&view, Format::Text, context.layout()));
        context.show(&warnings);
        context.show(&seen.plan.diagnostics);
    }
    let before = exit_of_plan(&seen.plan, &warnings, choice.strict);
    let is_strictly_refused = choice.strict && before == Exit::Guard;
    if is_strictly_refused {
        // For people they have been printed.
        let told = if context.is_json() {
            warnings.iter().chain(&seen.plan.diagnostics).cloned().collect()
        } else {
            Vec::new()
        };
        return Err(Failed {
            diagnostics: told,
            ..Failed::new(
                Exit::Guard,
                "refused by `--strict`: there are warnings, or something is held that needs a person; nothing was changed",
            )
        }
        .hint("`campanile plan --strict` shows them"));
    }
    let refusals: Vec<Diagnostic> = (refused.iter())
        .map(|(campaign, operations)| refusal(prepared, campaign, operations))
        .chain(smaller)
        .collect();
    context.show(&refusals);
    if approval.is_none() && !args.yes && !operations.is_empty() {
        let question = format!(
            "Carry out {}?",
            counted(operations.len() as u64, "operation", "operations")
        );
        let exit = match confirm(&question, "say `--yes`", &interrupt).await? {
            Answer::Yes => None,
            Answer::No => Some(Exit::Done),
            Answer::Interrupted(signal) => Some(signal),
        };
        if let Some(exit) = exit {
            context.note("nothing was changed");
            if context.is_json() {
                let report = Report::untouched(operations, "not confirmed");
                let told = Told {
                    plan: &view,
                    warnings: &warnings,
                    refused: 0,
                    exit,
                };
                tell(context, prepared, &report, &seen, &told)?;
            }
            accounts.close().await;
            return Ok(exit);
        }
    }
    note_what_was_settled(&run, &seen).map_err(anyhow::Error::from)?;
    note_lists(&run, &seen.plan).map_err(anyhow::Error::from)?;
    let expires_at = approval.and_then(|saved| Instant::parse(&saved.expires_at).ok());
    let report = carry_out(&run, &Orders { operations, expires_at }).await;
    progress.clear();
    if !context.is_json() {
        context.show(&report.diagnostics);
    }
    github::annotate(context, &report.diagnostics);
    let refused_operations = refused.iter().map(|(_, operations)| operations.len()).sum();
    let mut exit = before.or(exit_of_report(&report, refused_operations));
    if seen.plan.is_waiting_for_a_person() {
        exit = exit.or(Exit::Guard);
    }
    if !refused.is_empty() {
        exit = exit.or(Exit::Stale);
    }
    if let Some(signal) = interrupt.came() {
        exit = exit.or(signal);
    }
    github::annotate(context, &warnings);
    github::annotate(context, &refusals);
    github::tell(context, &view, exit);
    notify::applied(context, &prepared.workspace, &view, report.count(Outcome::Done), exit).await;
    let warnings: Vec<Diagnostic> = warnings.into_iter().chain(refusals).collect();
    let told = Told {
        plan: &view,
        warnings: &warnings,
        refused: refused_operations,
        exit,
    };
    accounts.close().await;
    tell(context, prepared, &report, &seen, &told).map_err(|failed| {
        if report.steps.is_empty() {
            failed
        } else {
            failed.after_changes()
        }
    })?;
    Ok(exit)
}

/// Why a campaign of a saved plan is left alone.
fn refusal(prepared: &Prepared, campaign: &CampaignRef, operations: &[Operation]) -> Diagnostic {
    let first: Vec<String> = operations
        .iter()
        .take(3)
        .map(|operation| {
            let changed: Vec<&str> = operation.changed.iter().map(|changed| changed.as_str()).collect();
            let changed = if changed.is_empty() {
                String::new()
            } else {
                format!(", changed: {}", changed.join(", "))
            };
            format!(
                "{} {} ({}{changed})",
                operation.action.as_str(),
                operation.reference,
                operation.reason.as_str()
            )
        })
        .collect();
    let message = format!(
        "`{campaign}` has moved since the plan was made, and is refused; not in the reviewed plan: {}",
        first.join("; ")
    );
    let refused = Diagnostic::error(&NOT_REVIEWED, message)
        .hint("make a new plan with `campanile plan --save FILE`, and have it reviewed");
    let desired = &prepared.state.desired.campaigns;
    match desired.iter().find(|desired| desired.reference == *campaign) {
        Some(desired) => refused.at(Place::file(&desired.file)),
        None => refused,
    }
}

/// What was refused because it is not in the reviewed plan is left on purpose: it alone makes nothing partial.
fn exit_of_report(report: &Report, refused: usize) -> Exit {
    let mut exit = Exit::Done;
    if report.count(Outcome::Unknown) > 0 {
        exit = exit.or(Exit::Unknown);
    }
    let unfinished = report.count(Outcome::Failed) + report.count(Outcome::Skipped) > 0;
    let is_left = report.steps.iter().any(|step| step.outcome != Outcome::Skipped)
        && report.remaining.is_none_or(|remaining| remaining > refused);
    if unfinished || is_left {
        exit = exit.or(Exit::Partial);
    }
    match &report.halt {
        Some(Halt::Expired) => exit.or(Exit::Stale),
        Some(Halt::Journal(_) | Halt::Braked(_)) => exit.or(Exit::Partial),
        Some(Halt::Interrupted) | None => exit,
    }
}

/// What a report says besides the report itself.
struct Told<'a> {
    plan: &'a PlanView,
    warnings: &'a [Diagnostic],
    /// Operations that nobody reviewed.
    refused: usize,
    exit: Exit,
}

fn tell(
    context: &Context,
    prepared: &Prepared,
    report: &Report,
    seen: &Observation,
    told: &Told<'_>,
) -> Result<(), Failed> {
    let step_view = |step: &Step| {
        let mut operation = prepared.operation_view(context, &step.operation);
        operation.batch_id = step.batch_id.as_ref().map(|id| id.0.clone()).or(operation.batch_id);
        AppliedOperation {
            operation,
            outcome: step.outcome.as_str().to_owned(),
            error: step.error.clone(),
        }
    };
    let view = AppliedView {
        format_version: FORMAT_VERSION.to_owned(),
        summary: AppliedSummary {
            planned: report.steps.len() + report.repairs.len(),
            done: report.count(Outcome::Done),
            failed: report.count(Outcome::Failed),
            skipped: report.count(Outcome::Skipped),
            unknown: report.count(Outcome::Unknown),
            held: seen.plan.held.len(),
            refused: told.refused,
        },
        operations: report.steps.iter().map(step_view).collect(),
        repairs: report.repairs.iter().map(step_view).collect(),
        remaining: if report.steps.is_empty() {
            Some(told.refused)
        } else {
            report.remaining
        },
        exit_code: told.exit.code(),
        diagnostics: told
            .warnings
            .iter()
            .chain(&seen.plan.diagnostics)
            .chain(&report.diagnostics)
            .map(diagnostic_to_view)
            .collect(),
    };
    context.emit(&|format, layout| {
        Ok(match format {
            Format::Text | Format::Csv => applied_to_text(&view),
            Format::Json => document(&view),
            Format::Markdown => applied_to_markdown(&view, told.plan),
            Format::Html => render(told.plan, format, layout),
        })
    })
}
