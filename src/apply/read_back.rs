//! After the last create: wait until the lists must show it, read everything, carry out the repairs and cancels that
//! are due, until nothing is left to do. Only operations that silence are carried out here, so guards need not be
//! asked.

use super::observe::{Observation, note_what_was_settled, observe};
use super::outcome::{Outcome, Report};
use super::progress::Progress;
use super::run_context::{RunClock, RunContext};
use super::walk::Walk;
use crate::model::Instant;
use crate::plan::{Action, How, Operation};
use crate::provider::Provider;

/// Looking again without end would hide a provider that never agrees.
const ROUNDS: usize = 5;

/// Reads back and repairs; fills `repairs`, `remaining` and `last_look`.
pub(super) async fn read_back<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, report: &mut Report) {
    let touched = |step: &super::outcome::Step| step.outcome != Outcome::Skipped;
    if !report.steps.iter().any(touched) {
        return;
    }
    let sent = report.steps.iter().any(|step| touched(step) && step.operation.sends());
    if sent {
        let lag = run
            .providers
            .iter()
            .map(|provider| provider.settings().list_lag)
            .max()
            .unwrap_or_default();
        if !lag.is_zero() {
            (run.progress)(&Progress::Waiting);
            run.clock.sleep(lag).await;
        }
    }
    for round in 0..ROUNDS {
        let Ok(seen) = observe(run).await else {
            report.remaining = None;
            return;
        };
        if !seen.skewed.is_empty() {
            // After a jump of the clock it is unknown when something was seen: the next run looks.
            report.remaining = None;
            return;
        }
        if note_what_was_settled(run, &seen).is_err() {
            return;
        }
        if round == 0 {
            doubt_what_is_not_shown(report, &seen);
        }
        report.remaining = Some(seen.plan.operations.len());
        let plan = seen.plan.operations.clone();
        let silencing: Vec<Operation> = plan
            .iter()
            .filter(|operation| only_silences(operation))
            .cloned()
            .collect();
        let is_settled = silencing.is_empty() || run.clock.is_interrupted();
        report.last_look = Some(seen.plan);
        if is_settled {
            return;
        }
        (run.progress)(&Progress::Repairing);
        let mut walk = Walk::among(&plan);
        let before = report.repairs.len();
        for operation in &silencing {
            report.repairs.push(walk.step(run, operation, None::<Instant>).await);
        }
        let progressed = report
            .repairs
            .iter()
            .skip(before)
            .any(|step| step.outcome == Outcome::Done);
        if let Some(halt) = walk.halt {
            report.halt = Some(halt);
            return;
        }
        if !progressed {
            return;
        }
    }
}

/// A create that was answered and that a complete list, `list_lag` later, does not show: its outcome is unknown.
fn doubt_what_is_not_shown(report: &mut Report, seen: &Observation) {
    for step in &mut report.steps {
        let Some(id) = step.batch_id.clone().filter(|_| step.operation.sends()) else {
            continue;
        };
        let provider = &step.operation.provider;
        let is_shown = (seen.observed.batches.iter()).any(|batch| batch.provider == *provider && batch.id == id);
        if step.outcome == Outcome::Done && !is_shown {
            step.outcome = Outcome::Unknown;
            step.error = Some(format!(
                "`{provider}` answered with batch `{id}`, and its list does not show it: look at it in the provider's portal; the next run looks again"
            ));
        }
    }
}

/// A cancel, or people taken out: fewer texts, never more.
fn only_silences(operation: &Operation) -> bool {
    match (operation.action, &operation.how) {
        (Action::Cancel, How::Cancel) | (Action::Update, How::RemoveInPlace(_)) => true,
        (Action::Create | Action::Replace | Action::Cancel | Action::Update, _) => false,
    }
}
