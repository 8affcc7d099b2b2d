//! Creates that leave side by side: parts of one occurrence, which share nobody.
//!
//! One read of the newest end of the list and one write of the journal serve them all. Each is looked at again right before
//! it leaves; what may not leave any more is noted as not sent and told as `None`, for a later step of its own. What has left
//! is always waited for.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use super::create::{CreateEnding, noted, rendered, settle, too_late};
use super::journal::{Call, CallOutcome as Known, Event};
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use crate::model::{BatchId, ProviderName};
use crate::plan::Operation;
use crate::provider::{Created, Failure, FailureKind, NewBatch, Provider};

/// The read of the newest end is at most so old when a POST leaves.
const FRESH: Duration = Duration::from_secs(5);

/// A create on its way.
struct Leaving<'a> {
    place: usize,
    operation: &'a Operation,
    batch: NewBatch,
}

/// What came of sending one.
enum Sent {
    Ended(CreateEnding),
    Lost(Failure),
    /// It did not leave, through no fault of its own.
    Kept,
}

/// Carries out several creates at one provider; `None` where one was not tried.
pub(super) async fn create_together<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operations: &[Operation],
    own: &BTreeSet<(ProviderName, BatchId)>,
) -> Result<Vec<Option<CreateEnding>>, JournalFailed> {
    let mut endings: Vec<Option<CreateEnding>> = operations.iter().map(|_| None).collect();
    let mut end = |place: usize, ending: CreateEnding| {
        if let Some(slot) = endings.get_mut(place) {
            *slot = Some(ending);
        }
    };
    let mut leaving = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        match rendered(run, operation) {
            Ok(batch) => leaving.push(Leaving {
                place,
                operation,
                batch,
            }),
            Err(ending) => end(place, ending),
        }
    }
    let asked = run.clock.watch();
    let newest = provider.newest().await;
    let mut ready = Vec::new();
    for mut one in leaving {
        let judged = match &newest {
            Ok(newest) => super::create::judged(run, provider, one.operation, own, newest),
            Err(error) => Err(CreateEnding::NotSent(error.to_string(), Some(error.failure.clone()))),
        };
        match (judged, one.operation.windows_at(run.clock.now())) {
            (Err(ending), _) => end(one.place, ending),
            (Ok(()), None) => end(one.place, too_late()),
            (Ok(()), Some(windows)) => {
                one.batch.windows = windows;
                ready.push(one);
            }
        }
    }
    let intents = ready.iter().map(|one| {
        let intent = Event::Intent {
            call: Call::Create,
            reason: one.operation.reason.as_str().to_owned(),
            batch_id: None,
            windows: journaled(one.batch.windows.as_slice()),
            says: run.says(one.operation),
        };
        (&one.operation.reference, intent)
    });
    run.note_together(provider.name(), intents)?;
    let is_over = Cell::new(false);
    let sent = (ready.iter().enumerate()).map(|(turn, one)| send(run, provider, one, turn, asked, &is_over));
    let sent = all(sent.collect()).await;
    // Whatever became of the journal, what has left is known by now.
    for (one, sent) in ready.iter().zip(sent) {
        match sent? {
            Sent::Ended(ending) => end(one.place, ending),
            Sent::Lost(failure) => end(one.place, settle(run, provider, one.operation, &failure).await?),
            Sent::Kept => {}
        }
    }
    Ok(endings)
}

/// Waits for its turn, looks once more, posts.
async fn send<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    one: &Leaving<'_>,
    turn: usize,
    asked: Duration,
    is_over: &Cell<bool>,
) -> Result<Sent, JournalFailed> {
    let spacing = provider.capabilities().spacing;
    if turn > 0 && !spacing.is_zero() {
        run.clock
            .sleep(spacing.saturating_mul(u32::try_from(turn).unwrap_or(u32::MAX)))
            .await;
    }
    let is_fresh = run.clock.watch().saturating_sub(asked) + spacing <= FRESH;
    let may_leave = is_fresh
        && !is_over.get()
        && !run.clock.is_interrupted()
        && one.operation.windows_at(run.clock.now()).is_some();
    if !may_leave {
        run.note_answer(
            provider.name(),
            &one.operation.reference,
            Call::Create,
            Known::NotSent,
            None,
        )?;
        return Ok(Sent::Kept);
    }
    let answer = provider.create(&one.batch).await;
    if let Created::NotSent(failure) = &answer
        && failure.kind == FailureKind::Systemic
    {
        is_over.set(true);
    }
    let noted = noted(run, provider, one.operation, answer);
    is_over.set(is_over.get() || noted.is_err());
    Ok(match noted? {
        Ok(ending) => Sent::Ended(ending),
        Err(failure) => Sent::Lost(failure),
    })
}

/// Lets all of them go on side by side, until the last has ended.
async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    poll_fn(move |context| {
        for (future, done) in futures.iter_mut().zip(&mut done) {
            if done.is_none()
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            Poll::Ready(done.iter_mut().filter_map(Option::take).collect())
        } else {
            Poll::Pending
        }
    })
    .await
}
