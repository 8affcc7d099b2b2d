//! Cancels, removals and changes in place that are under way side by side, each with a fresh read of its own.

use std::collections::BTreeSet;

use super::breaker::Gate;
use super::came::Came;
use super::cancel::{CancelEnding, Taking, take_away};
use super::create::CreateEnding;
use super::in_place::{put, remove};
use super::journal::Call;
use super::run_context::{JournalFailed, RunClock, RunContext};
use super::side_by_side::all;
use crate::plan::{How, Operation, OperationDigest, Target};
use crate::provider::Provider;

/// Cancels, or takes people out; `None` where nothing has left. What others of the plan wait for must be provably silent.
pub(super) async fn take_together<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operations: &[Operation],
    awaited: &BTreeSet<OperationDigest>,
    gate: &Gate<'_>,
) -> Result<Vec<Option<Came>>, JournalFailed> {
    let taken = operations.iter().map(|one| take(run, provider, one, awaited, gate));
    all(taken).await.into_iter().collect()
}

/// Puts new content into batches.
pub(super) async fn put_together<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operations: &[Operation],
    gate: &Gate<'_>,
) -> Result<Vec<CreateEnding>, JournalFailed> {
    let put = operations.iter().map(async |operation| {
        let Some(target) = &operation.target else {
            return Ok(CreateEnding::NotBegun);
        };
        let ending = put(run, provider, operation, target, &|| gate.is_open()).await;
        match &ending {
            Ok(ending) => gate.count(ending),
            Err(_) => gate.close(),
        }
        ending
    });
    all(put).await.into_iter().collect()
}

async fn take<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    awaited: &BTreeSet<OperationDigest>,
    gate: &Gate<'_>,
) -> Result<Option<Came>, JournalFailed> {
    let Some(target) = &operation.target else {
        return Ok(None);
    };
    let taken = match operation.how {
        How::RemoveInPlace(_) => remove_behind(run, provider, operation, target, gate).await,
        How::Cancel | How::Create | How::CancelThenCreate | How::PutInPlace => {
            let has_successor = awaited.contains(&operation.digest);
            cancel_behind(run, provider, operation, (target, has_successor), gate).await
        }
    };
    if taken.is_err() {
        gate.close();
    }
    taken
}

async fn remove_behind<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    target: &Target,
    gate: &Gate<'_>,
) -> Result<Option<Came>, JournalFailed> {
    let ending = remove(run, provider, operation, target, &|| gate.is_open()).await?;
    gate.count(&ending);
    Ok((ending != CreateEnding::NotBegun).then(|| Came::of_create(ending)))
}

async fn cancel_behind<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    (target, has_successor): (&Target, bool),
    gate: &Gate<'_>,
) -> Result<Option<Came>, JournalFailed> {
    let kind = Taking {
        call: Call::Cancel,
        reason: operation.reason.as_str(),
        has_successor,
    };
    let may_leave = || gate.is_open() && run.clock.now() <= operation.deadline.begin_by;
    let ending = take_away(run, provider, target, &kind, &may_leave).await?;
    gate.count_cancel(&ending);
    Ok((ending != CancelEnding::NotBegun).then(|| Came::of_cancel(ending, &target.id)))
}
