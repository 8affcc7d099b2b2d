//! Creates and replaces that are under way side by side, and share nobody.
//!
//! Cancels of what is to be replaced come first, and each is proved. Then one read of the newest end of the list and
//! one write of the journal serve all creates. Each is looked at again right before it leaves; what may not leave any
//! more is noted as not sent, for a later step of its own. What has left is always waited for. Where another group
//! follows, its look is made meanwhile: once all of this group have left and the first was answered, so that no more
//! requests are out at once.

use std::cell::Cell;
use std::time::Duration;

use super::breaker::Gate;
use super::cancel::{CancelEnding, Taking, take_away};
use super::create::{CreateEnding, judged, noted, rendered, settle, too_late};
use super::group::FRESH;
use super::journal::{Call, CallOutcome as Known, Event};
use super::look::{Look, OwnBatches};
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use super::side_by_side::{all, both, until};
use crate::model::Reference;
use crate::plan::Operation;
use crate::provider::{Failure, NewBatch, Provider};

/// What became of one operation of a group.
#[derive(Debug)]
pub(super) enum Ended {
    /// Nothing has left.
    NotBegun,
    /// Its text cannot be made: nothing has left.
    NotRendered(CreateEnding),
    /// The batch that was to be replaced is not silent by our cancel.
    NotSilent(CancelEnding),
    /// The batch that was to be replaced is silent, and the create has not left.
    NotCreated,
    /// The create has ended.
    Created(CreateEnding),
}

/// A create on its way.
struct Leaving<'a> {
    place: usize,
    operation: &'a Operation,
    batch: NewBatch,
}

/// What came of sending one.
enum Sent {
    Ended(CreateEnding),
    /// What failed, and when the answer was given up.
    Lost(Failure, Duration),
    /// It did not leave, through no fault of its own.
    Kept,
}

/// What a group is carried out with.
pub(super) struct Circumstances<'a> {
    /// What this run has created.
    pub own: &'a OwnBatches,
    pub gate: &'a Gate<'a>,
    /// A look that was made for this group while the last one was waited for.
    pub look: Option<Look>,
    /// Whether to make one for the next group.
    pub looks_ahead: bool,
}

/// How far a group has come.
#[derive(Default)]
struct Underway {
    /// So many have left, or were kept back.
    past_the_gate: Cell<usize>,
    /// So many are through.
    ended: Cell<usize>,
}

/// Carries out several creates and replaces at one provider; with the look for the next group, if one was made.
pub(super) async fn create_together<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operations: &[Operation],
    circumstances: Circumstances<'_>,
) -> Result<(Vec<Ended>, Option<Look>), JournalFailed> {
    let Circumstances {
        own,
        gate,
        look,
        looks_ahead,
    } = circumstances;
    let mut endings: Vec<Ended> = operations.iter().map(|_| Ended::NotBegun).collect();
    let mut leaving = Vec::new();
    for (place, (operation, slot)) in operations.iter().zip(&mut endings).enumerate() {
        // A text that cannot be made must not cost the batch that it would replace.
        match rendered(run, operation) {
            Ok(batch) => leaving.push(Leaving {
                place,
                operation,
                batch,
            }),
            Err(ending) => *slot = Ended::NotRendered(ending),
        }
    }
    let mut end = |place: usize, ending: Ended| {
        if let Some(slot) = endings.get_mut(place) {
            *slot = ending;
        }
    };
    let silenced = all(leaving.iter().map(|one| silence(run, provider, one.operation, gate))).await;
    let mut silent = Vec::new();
    for (one, silenced) in leaving.into_iter().zip(silenced) {
        match silenced? {
            Some(CancelEnding::NotBegun) => {}
            None => silent.push(one),
            Some(CancelEnding::Silent) => {
                end(one.place, Ended::NotCreated);
                silent.push(one);
            }
            Some(ending) => end(one.place, Ended::NotSilent(ending)),
        }
    }
    // What was replaced took its time.
    let is_used = |look: &Look| look.is_recent(run) && silent.iter().all(|one| one.operation.target.is_none());
    let look = match look.filter(is_used) {
        Some(look) => look,
        None => Look::now(run, provider).await,
    };
    let look = look.judged(run, provider, own).await;
    let mut ready = Vec::new();
    for mut one in silent {
        match (
            judged(run, provider, one.operation, &look),
            one.operation.windows_at(run.clock.now()),
        ) {
            (Err(ending), _) => {
                gate.count(&ending);
                end(one.place, Ended::Created(ending));
            }
            (Ok(()), None) => end(one.place, Ended::Created(too_late())),
            (Ok(()), Some(windows)) => {
                one.batch.windows = windows;
                ready.push(one);
            }
        }
        if look.newest.is_err() {
            // It has failed once: the others look again for themselves.
            break;
        }
    }
    run.note_together(provider.name(), ready.iter().map(|one| intent(run, one)))?;
    let underway = Underway::default();
    let sending =
        (ready.iter().enumerate()).map(|(turn, one)| send(run, provider, one, (turn, look.asked), gate, &underway));
    let ahead = async {
        if !looks_ahead || ready.is_empty() {
            return None;
        }
        until(|| underway.past_the_gate.get() == ready.len() && underway.ended.get() > 0).await;
        if gate.is_open() {
            Look::ahead(run, provider).await
        } else {
            None
        }
    };
    let (sent, ahead) = both(all(sending), ahead).await;
    // Whatever became of the journal, what has left is known by now.
    for (one, sent) in ready.iter().zip(sent) {
        match sent? {
            Sent::Ended(ending) => end(one.place, Ended::Created(ending)),
            Sent::Lost(failure, given_up) => {
                let ending = settle(run, provider, one.operation, &failure, given_up).await?;
                end(one.place, Ended::Created(ending));
            }
            Sent::Kept => {}
        }
    }
    Ok((endings, ahead))
}

/// What is written down before a create leaves.
fn intent<'a, P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, one: &Leaving<'a>) -> (&'a Reference, Event) {
    let intent = Event::Intent {
        call: Call::Create,
        reason: one.operation.reason.as_str().to_owned(),
        batch_id: None,
        windows: journaled(one.batch.windows.as_slice()),
        says: run.says(one.operation),
    };
    (&one.operation.reference, intent)
}

/// Cancels what an operation replaces; `None` where it replaces nothing.
async fn silence<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    gate: &Gate<'_>,
) -> Result<Option<CancelEnding>, JournalFailed> {
    let Some(target) = &operation.target else {
        return Ok(None);
    };
    let kind = Taking {
        call: Call::Cancel,
        reason: operation.reason.as_str(),
        has_successor: true,
    };
    let may_leave = || gate.is_open() && run.clock.now() <= operation.deadline.begin_by;
    let ending = take_away(run, provider, target, &kind, &may_leave).await;
    match &ending {
        Ok(ending) => gate.count_cancel(ending),
        Err(_) => gate.close(),
    }
    Ok(Some(ending?))
}

/// Waits until it may leave, reads once more, posts.
async fn send<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    one: &Leaving<'_>,
    (turn, asked): (usize, Duration),
    gate: &Gate<'_>,
    underway: &Underway,
) -> Result<Sent, JournalFailed> {
    let spacing = provider.settings().spacing;
    if turn > 0 && !spacing.is_zero() {
        run.clock
            .sleep(spacing.saturating_mul(u32::try_from(turn).unwrap_or(u32::MAX)))
            .await;
    }
    underway.past_the_gate.set(underway.past_the_gate.get() + 1);
    let sent = send_now(run, provider, one, asked, gate).await;
    if sent.is_err() {
        gate.close();
    }
    underway.ended.set(underway.ended.get() + 1);
    sent
}

async fn send_now<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    one: &Leaving<'_>,
    asked: Duration,
    gate: &Gate<'_>,
) -> Result<Sent, JournalFailed> {
    let is_fresh = run.clock.watch().saturating_sub(asked) + provider.settings().spacing <= FRESH;
    // A replace has begun with its cancel.
    let is_let = if one.operation.target.is_some() {
        gate.works()
    } else {
        gate.is_open()
    };
    if !is_let || !is_fresh || one.operation.windows_at(run.clock.now()).is_none() {
        let (name, reference) = (provider.name(), &one.operation.reference);
        run.note_answer(name, reference, Call::Create, Known::NotSent, None)?;
        return Ok(Sent::Kept);
    }
    let answer = provider.create(&one.batch).await;
    let given_up = run.clock.watch();
    Ok(match noted(run, provider, one.operation, answer)? {
        Ok(ending) => {
            gate.count(&ending);
            Sent::Ended(ending)
        }
        Err(failure) => Sent::Lost(failure, given_up),
    })
}
