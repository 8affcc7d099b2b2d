//! DELETE, and the proof that no message left.
//!
//! DELETE is sent on one ground alone: a fresh read says planned, and a fresh clock says that the first window opens at
//! least a minute ahead. At iP.1 DELETE on a sent batch may erase its history.

use std::time::Duration;

use super::journal::{Call, Event, Outcome as Known};
use super::run_context::{Clock, JournalFailed, RunContext, journaled};
use crate::model::{ExistingBatch, Mutant, Proof, Reference, ReportedState, mutant};
use crate::plan::Target;
use crate::provider::{Canceled, Failure, Provider};

/// The least time between a DELETE and the first `opens`.
pub const GROUND: Duration = Duration::from_secs(60);

/// What a cancel came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// By us, and proved: no message left.
    Silent,
    /// By somebody else before us, and proved: nothing of ours may take its place.
    SilentByOthers,
    /// Nothing was sent to the provider, or it refused.
    NotCanceled(String, Option<Failure>),
    /// DELETE left, and silence is not proved.
    Unproved(String),
}

/// Reads, looks at the clock, deletes, proves.
pub async fn cancel<P: Provider, C: Clock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    call: Call,
    reason: &str,
) -> Result<Ending, JournalFailed> {
    if mutant(Mutant::ApplySkipsFreshRead) {
        provider.cancel(&target.id).await;
        return prove(run, provider, target, true).await;
    }
    let fresh = match provider.get(&target.id).await {
        Ok(Some(fresh)) => fresh,
        Ok(None) => {
            return Ok(Ending::NotCanceled(
                "the batch is gone from the provider".to_owned(),
                None,
            ));
        }
        Err(error) => return Ok(Ending::NotCanceled(error.to_string(), Some(error.failure))),
    };
    if let Some(refusal) = without_ground(run, provider, target, &fresh) {
        return Ok(refusal);
    }
    let intent = Event::Intent {
        call,
        reason: reason.to_owned(),
        batch_id: Some(target.id.0.clone()),
        windows: journaled(&fresh.windows),
    };
    run.note(provider.name(), &target.reference, intent)?;
    match provider.cancel(&target.id).await {
        Canceled::Answered => {
            let answered_at = run.clock.now();
            run.note_answer(provider.name(), &target.reference, call, Known::Done, Some(&target.id))?;
            if mutant(Mutant::ApplySkipsProof) {
                return Ok(Ending::Silent);
            }
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
            Ok(Ending::NotCanceled(
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
            Ok(Ending::NotCanceled(failure.message.clone(), Some(failure)))
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
                Ending::Silent => {
                    run.note_answer(provider.name(), &target.reference, call, Known::Done, Some(&target.id))?;
                    Ok(Ending::Silent)
                }
                Ending::SilentByOthers | Ending::NotCanceled(..) | Ending::Unproved(_) => Ok(Ending::Unproved(
                    format!("the answer to DELETE was lost: {}", failure.message),
                )),
            }
        }
    }
}

/// Why DELETE must not be sent, if so.
fn without_ground<P: Provider, C: Clock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    fresh: &ExistingBatch,
) -> Option<Ending> {
    let refuse = |why: &str| Some(Ending::NotCanceled(why.to_owned(), None));
    if let Some(why) = run.disagreement(provider) {
        return refuse(&why);
    }
    if !is_ours(fresh, &target.reference) {
        return refuse("the batch no longer carries the reference that the plan saw");
    }
    match fresh.state {
        ReportedState::Planned => {}
        ReportedState::Canceled if fresh.proof == Proof::NothingLeft => return Some(Ending::SilentByOthers),
        ReportedState::Canceled => {
            return refuse("the batch was canceled by somebody else, and messages may have left");
        }
        ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
            return refuse("the batch has begun to be sent");
        }
    }
    match fresh.opens() {
        Some(opens) if opens >= run.clock.now() + GROUND || mutant(Mutant::ApplySkipsClock) => None,
        Some(_) => refuse("the batch opens in less than a minute"),
        None => refuse("the provider does not say when the batch opens"),
    }
}

/// Whether a fresh read shows the reference that the plan saw.
pub fn is_ours(fresh: &ExistingBatch, reference: &Reference) -> bool {
    fresh.reference.as_ref() == Some(reference) || mutant(Mutant::ApplyIgnoresReference)
}

/// Reads until silence is proved or `list_lag` has passed. Gone counts when our DELETE was answered early enough.
async fn prove<P: Provider, C: Clock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    target: &Target,
    may_be_gone: bool,
) -> Result<Ending, JournalFailed> {
    let patience = provider.capabilities().list_lag;
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
                return Ok(Ending::Silent);
            }
            Ok(None) if may_be_gone || mutant(Mutant::ApplyTakesGoneForSilent) => {
                run.note(
                    provider.name(),
                    &target.reference,
                    Event::ProvedSilent {
                        batch_id: target.id.0.clone(),
                    },
                )?;
                return Ok(Ending::Silent);
            }
            Ok(Some(fresh)) if fresh.state == ReportedState::Canceled => {
                last = "canceled, but messages may have left before".to_owned();
            }
            Ok(Some(_)) => last = "the provider does not show it as canceled".to_owned(),
            Ok(None) => last = "the batch is gone, and nobody can tell whether it was sent".to_owned(),
            Err(error) => last = error.to_string(),
        }
        if run.clock.watch() >= started + patience {
            return Ok(Ending::Unproved(last));
        }
        run.clock.sleep(pause).await;
    }
}
