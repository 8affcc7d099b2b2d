//! DELETE, and the proof that no message left.
//!
//! DELETE is sent on one ground alone: a fresh read says planned, and a fresh clock says that the first window opens at
//! least a minute ahead. At iP.1 DELETE on a sent batch may erase its history.

use std::time::Duration;

use super::journal::{Call, CallOutcome as Known, Event};
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use crate::model::{ExistingBatch, Proof, Reference, ReportedState};
use crate::plan::Target;
use crate::provider::{Canceled, Failure, Provider};

/// The least time between a DELETE and the first `opens`.
pub const GROUND: Duration = Duration::from_secs(60);

/// The outcome of a cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelEnding {
    /// By us, and proved: no message left.
    Silent,
    /// By somebody else before us, and proved: nothing of ours may take its place.
    SilentByOthers,
    /// Nothing was sent to the provider, or it refused.
    NotCanceled(String, Option<Failure>),
    /// Nothing was sent, because the run is ending or the provider was given up meanwhile.
    NotBegun,
    /// DELETE left, and silence is not proved.
    Unproved(String),
}

/// Reads, looks at the clock, deletes, proves.
pub async fn cancel<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    call: Call,
    reason: &str,
) -> Result<CancelEnding, JournalFailed> {
    let kind = Taking {
        call,
        reason,
        has_successor: false,
    };
    take_away(run, provider, target, &kind, &|| true).await
}

/// What a cancel is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taking<'a> {
    pub call: Call,
    pub reason: &'a str,
    /// Another batch is to take its place: it stays where a fresh read shows that nobody could prove its silence.
    pub has_successor: bool,
}

/// The same, unless by `may_leave` nothing new may leave any more right before DELETE would.
pub(super) async fn take_away<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    kind: &Taking<'_>,
    may_leave: &dyn Fn() -> bool,
) -> Result<CancelEnding, JournalFailed> {
    let Taking {
        call,
        reason,
        has_successor,
    } = *kind;
    let fresh = match provider.get(&target.id).await {
        Ok(Some(fresh)) => fresh,
        Ok(None) => {
            return Ok(CancelEnding::NotCanceled(
                "the batch is gone from the provider".to_owned(),
                None,
            ));
        }
        Err(error) => return Ok(CancelEnding::NotCanceled(error.to_string(), Some(error.failure))),
    };
    if let Some(refusal) = without_ground(run, provider, target, call, &fresh) {
        return Ok(refusal);
    }
    if has_successor && fresh.proof == Proof::Unprovable {
        let why = "the batch shows no messages, or others than a planned one has: its silence could not be proved, so it stays";
        return Ok(CancelEnding::NotCanceled(why.to_owned(), None));
    }
    if !may_leave() {
        return Ok(CancelEnding::NotBegun);
    }
    let intent = Event::Intent {
        call,
        reason: reason.to_owned(),
        batch_id: Some(target.id.0.clone()),
        windows: journaled(&fresh.windows),
        says: None,
    };
    run.note(provider.name(), &target.reference, intent)?;
    match provider.cancel(&target.id).await {
        Canceled::Answered => {
            let answered_at = run.clock.now();
            run.note_answer(provider.name(), &target.reference, call, Known::Done, Some(&target.id))?;
            let was_early = fresh.opens().is_some_and(|opens| opens >= answered_at + GROUND);
            prove(run, provider, target, was_early).await
        }
        Canceled::Gone => {
            run.note_answer(
                provider.name(),
                &target.reference,
                call,
                Known::NotSent,
                Some(&target.id),
            )?;
            Ok(CancelEnding::NotCanceled(
                "the batch was gone from the provider when it was to be canceled".to_owned(),
                None,
            ))
        }
        Canceled::NotSent(failure) => {
            run.note_answer(
                provider.name(),
                &target.reference,
                call,
                Known::NotSent,
                Some(&target.id),
            )?;
            Ok(CancelEnding::NotCanceled(failure.message.clone(), Some(failure)))
        }
        Canceled::Unknown(failure) => {
            run.note_answer(
                provider.name(),
                &target.reference,
                call,
                Known::Unknown,
                Some(&target.id),
            )?;
            match prove(run, provider, target, false).await? {
                CancelEnding::Silent => {
                    run.note_answer(provider.name(), &target.reference, call, Known::Done, Some(&target.id))?;
                    Ok(CancelEnding::Silent)
                }
                CancelEnding::Unproved(_) if is_gone_in_time(run, provider, target, &fresh).await => {
                    let event = Event::ProvedSilent {
                        batch_id: target.id.0.clone(),
                    };
                    run.note(provider.name(), &target.reference, event)?;
                    Ok(CancelEnding::Silent)
                }
                CancelEnding::SilentByOthers
                | CancelEnding::NotCanceled(..)
                | CancelEnding::NotBegun
                | CancelEnding::Unproved(_) => Ok(CancelEnding::Unproved(format!(
                    "the answer to DELETE was lost: {}",
                    failure.message
                ))),
            }
        }
    }
}

/// Whether a batch whose DELETE was not answered is gone for certain, and was before it could begin: it is not found,
/// two complete lists, `list_lag` apart, lack it, and all of that was seen a minute or more before it opens.
async fn is_gone_in_time<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    fresh: &ExistingBatch,
) -> bool {
    if !matches!(provider.get(&target.id).await, Ok(None)) {
        return false;
    }
    for look in 0..2 {
        if look > 0 {
            run.clock.sleep(provider.settings().list_lag).await;
        }
        match provider.list().await {
            Ok(list) if list.batches.iter().all(|batch| batch.id != target.id) => {}
            Ok(_) | Err(_) => return false,
        }
    }
    !run.clock.is_interrupted()
        && run.disagreement(provider).is_none()
        && fresh.opens().is_some_and(|opens| opens >= run.clock.now() + GROUND)
}

/// Why DELETE must not be sent, if so. Where the clocks disagree, both must allow it.
fn without_ground<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    call: Call,
    fresh: &ExistingBatch,
) -> Option<CancelEnding> {
    let refuse = |why: &str| Some(CancelEnding::NotCanceled(why.to_owned(), None));
    let is_theirs = match call {
        // The emergency brake goes by the id: what the provider made of our reference does not matter, unless it is
        // somebody else's.
        Call::Stop => {
            let theirs = fresh.reference.as_ref().map(|reference| &reference.namespace);
            theirs.is_some_and(|namespace| *namespace != target.reference.namespace)
        }
        Call::Create | Call::Update | Call::Cancel => !target.by_id && !is_ours(fresh, &target.reference),
    };
    if is_theirs {
        return refuse("the batch no longer carries the reference that the plan saw");
    }
    match fresh.state {
        ReportedState::Planned => {}
        ReportedState::Canceled if fresh.proof == Proof::NothingLeft => return Some(CancelEnding::SilentByOthers),
        ReportedState::Canceled => {
            return refuse("the batch was canceled by somebody else, and messages may have left");
        }
        ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
            return refuse("the batch has begun to be sent");
        }
    }
    match fresh.opens() {
        Some(opens) if opens >= run.latest_now(provider) + GROUND => None,
        Some(_) => refuse("the batch opens in less than a minute"),
        None => refuse("the provider does not say when the batch opens"),
    }
}

/// Whether a fresh read shows the reference that the plan saw.
pub(super) fn is_ours(fresh: &ExistingBatch, reference: &Reference) -> bool {
    fresh.reference.as_ref() == Some(reference)
}

/// Reads until silence is proved or `list_lag` has passed. Gone counts when our DELETE was answered early enough.
async fn prove<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    may_be_gone: bool,
) -> Result<CancelEnding, JournalFailed> {
    let patience = provider.settings().list_lag;
    let pause = (patience / 5).max(Duration::from_millis(200));
    let started = run.clock.watch();
    let mut last;
    loop {
        match provider.get(&target.id).await {
            Ok(Some(fresh)) if fresh.state == ReportedState::Canceled && fresh.proof == Proof::NothingLeft => {
                run.note(
                    provider.name(),
                    &target.reference,
                    Event::ProvedSilent {
                        batch_id: target.id.0.clone(),
                    },
                )?;
                return Ok(CancelEnding::Silent);
            }
            Ok(None) if may_be_gone => {
                run.note(
                    provider.name(),
                    &target.reference,
                    Event::ProvedSilent {
                        batch_id: target.id.0.clone(),
                    },
                )?;
                return Ok(CancelEnding::Silent);
            }
            Ok(Some(fresh)) if fresh.state == ReportedState::Canceled => {
                last = "canceled, but messages may have left before".to_owned();
            }
            Ok(Some(_)) => last = "the provider does not show it as canceled".to_owned(),
            Ok(None) => last = "the batch is gone, and it is unknown whether it was sent".to_owned(),
            Err(error) => last = error.to_string(),
        }
        if run.clock.watch() >= started + patience {
            return Ok(CancelEnding::Unproved(last));
        }
        run.clock.sleep(pause).await;
    }
}
