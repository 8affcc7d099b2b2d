//! Takes suppressed people out of planned batches even when an apply cannot go on because a file has a fault:
//! what can be read is used for that, and nothing else is done.

use super::choice::Choice;
use super::clock::SystemClock;
use super::context::{Context, Failed};
use super::desired::desired_as_far_as_readable;
use super::open_run::OpenRun;
use super::opt_outs::hear;
use super::prepare::Prepared;
use super::{accounts, state, workspace};
use crate::apply::{Observation, Orders, Outcome, RunContext, carry_out, note_what_was_settled, observe};
use crate::plan::{How, Operation, Reason};
use crate::provider::{AnyProvider, Provider};

/// What was taken out although the run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TakenOut {
    /// Batches that no longer hold a suppressed person.
    pub done: usize,
    /// Batches that may.
    pub left: usize,
}

/// Takes suppressed people out, for a run that holds the lock; `None` when there was nothing to do or nobody could be
/// asked.
pub(super) async fn suppress_first(context: &Context, choice: &Choice) -> Result<Option<TakenOut>, Failed> {
    let mut workspace = workspace::open(context)?;
    let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
    workspace.heard = hear(context, &workspace, &accounts).await;
    let desired = desired_as_far_as_readable(context, &workspace);
    let prepared = Prepared {
        workspace,
        state: desired,
        diagnostics: Vec::new(),
    };
    let root = prepared.workspace.root().to_owned();
    if context.clock.is_pretended() && !accounts.all_local {
        return Ok(None);
    }
    let policy = prepared.policy(&accounts.facts, choice, false)?;
    state::folder(&root)?;
    let clock = context.clock.listening();
    let mut opened = OpenRun::new(context, &root, &prepared.workspace.project, &accounts, clock, policy);
    let progress = opened.progress();
    let payloads = prepared.payloads();
    let run = opened.context(&prepared.state.desired, &payloads);
    let seen = observe(&run).await.map_err(accounts::unreadable)?;
    if !seen.skewed.is_empty() {
        return Ok(None);
    }
    let operations = taking_out(&run, &seen).await;
    if operations.is_empty() {
        accounts.close().await;
        return Ok(None);
    }
    note_what_was_settled(&run, &seen).map_err(anyhow::Error::from)?;
    let orders = Orders {
        operations,
        expires_at: None,
    };
    let report = carry_out(&run, &orders).await;
    progress.clear();
    accounts.close().await;
    let done = report.steps.iter().filter(|step| step.outcome == Outcome::Done).count();
    Ok(Some(TakenOut {
        done,
        left: report.steps.len() - done,
    }))
}

/// Cancels and removals because of suppressions; and of readable campaigns the replacements of batches that hold a
/// suppressed person, so that nobody else is silenced by it.
async fn taking_out(run: &RunContext<'_, AnyProvider, SystemClock>, seen: &Observation) -> Vec<Operation> {
    let mut chosen: Vec<Operation> = Vec::new();
    for operation in &seen.plan.operations {
        let builds_on_chosen = |one: &Operation| {
            let mut after = one.after.iter();
            after.all(|digest| chosen.iter().any(|before| before.digest == *digest))
        };
        let takes_out = match &operation.how {
            How::Cancel | How::RemoveInPlace(_) => operation.reason == Reason::Suppressed,
            How::PutInPlace | How::CancelThenCreate => {
                builds_on_chosen(operation) && holds_suppressed(run, operation).await
            }
            How::Create => !operation.after.is_empty() && builds_on_chosen(operation),
        };
        if takes_out {
            chosen.push(operation.clone());
        }
    }
    chosen
}

/// Whether the batch that an operation replaces holds somebody who must not be texted.
async fn holds_suppressed(run: &RunContext<'_, AnyProvider, SystemClock>, operation: &Operation) -> bool {
    let Some((target, provider)) =
        (operation.target.as_ref()).and_then(|target| Some((target, run.provider(&target.provider)?)))
    else {
        return false;
    };
    let suppressed = run.policy.suppressions.of(operation.campaign());
    match provider.recipients(&target.id).await {
        Ok(people) => people.iter().any(|number| suppressed.contains(number)),
        Err(_) => false,
    }
}
