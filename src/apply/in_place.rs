//! Changes inside a planned batch (Sinch PUT and POST): nobody is added to a second batch, and a lost answer is settled
//! by reading, never by repeating.

use super::cancel::is_ours;
use super::create::{CreateEnding, batch_in_place, write_down};
use super::journal::{Call, CallOutcome as Known, Event};
use super::people::note_other_people;
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use crate::model::{ExistingBatch, Msisdn, ReportedState, WhyNot};
use crate::plan::{Operation, Target};
use crate::provider::{Failure, InPlace, Provider};

/// Puts new content, unless by `may_leave` nothing new may leave any more; a fresh read must then show the new
/// reference.
pub(super) async fn put<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    target: &Target,
    may_leave: &dyn Fn() -> bool,
) -> Result<CreateEnding, JournalFailed> {
    let batch = match batch_in_place(run, operation) {
        Ok(batch) => batch,
        Err(WhyNot(why)) => return Ok(CreateEnding::NotSent(why, None)),
    };
    if let Err(why) = read_planned(run, provider, operation, target).await {
        return Ok(why);
    }
    if !may_leave() {
        return Ok(CreateEnding::NotBegun);
    }
    write_down(run, provider, operation, &batch, Some(&target.id))?;
    let answer = provider.replace(&target.id, &batch).await;
    if let InPlace::Unknown(failure) = &answer
        && target.reference == operation.reference
    {
        // Drift: the reference was right before, so it does not show whether the PUT arrived; the next plan does.
        let (reference, id) = (&operation.reference, Some(&target.id));
        run.note_answer(provider.name(), reference, Call::Update, Known::Unknown, id)?;
        return Ok(CreateEnding::Unknown(failure.message.clone()));
    }
    settle(run, provider, operation, target, answer).await
}

/// Whether a provider has refused changes in place as such (405, or 403 for another cause than that it has begun).
pub(super) fn is_refused_as_such(ending: &CreateEnding) -> bool {
    match ending {
        CreateEnding::NotSent(_, Some(failure)) => matches!(failure.status, Some(403 | 405)),
        CreateEnding::NotSent(_, None)
        | CreateEnding::Done(_)
        | CreateEnding::OtherReference(_)
        | CreateEnding::Braked(_)
        | CreateEnding::NotBegun
        | CreateEnding::Unknown(_) => false,
    }
}

/// Takes people out, unless by `may_leave` nothing new may leave any more; a fresh read must then lack them.
pub(super) async fn remove<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    target: &Target,
    may_leave: &dyn Fn() -> bool,
) -> Result<CreateEnding, JournalFailed> {
    let people: Vec<Msisdn> = operation.removals().collect();
    if let Err(why) = read_planned(run, provider, operation, target).await {
        return Ok(why);
    }
    if !may_leave() {
        return Ok(CreateEnding::NotBegun);
    }
    let intent = Event::Intent {
        call: Call::Update,
        reason: operation.reason.as_str().to_owned(),
        batch_id: Some(target.id.0.clone()),
        windows: journaled(&target.windows),
        says: None,
    };
    run.note(provider.name(), &operation.reference, intent)?;
    let answer = provider
        .remove_recipients(&target.id, &people, &operation.reference)
        .await;
    let ending = settle(run, provider, operation, target, answer).await?;
    let CreateEnding::Done(id) = ending else {
        return Ok(ending);
    };
    match provider.recipients(&id).await {
        Ok(left) if people.iter().any(|number| left.contains(*number)) => Ok(CreateEnding::NotSent(
            "the provider still shows people who were taken out".to_owned(),
            None,
        )),
        Ok(_) => Ok(CreateEnding::Done(id)),
        Err(error) => Ok(CreateEnding::Unknown(error.to_string())),
    }
}

/// The precondition: still planned, still the content that the plan saw, still early enough.
async fn read_planned<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    target: &Target,
) -> Result<ExistingBatch, CreateEnding> {
    let refuse = |why: &str| Err(CreateEnding::NotSent(why.to_owned(), None));
    let fresh = match provider.get(&target.id).await {
        Ok(Some(fresh)) => fresh,
        Ok(None) => return refuse("the batch is gone from the provider"),
        Err(error) => return Err(CreateEnding::NotSent(error.to_string(), Some(error.failure))),
    };
    if let Some(why) = run.disagreement(provider) {
        return refuse(&why);
    }
    if fresh.state != ReportedState::Planned || !is_ours(&fresh, &target.reference) || fresh.windows != target.windows {
        return refuse("the batch is no longer what the plan saw");
    }
    let now = run.clock.now();
    if now > operation.deadline.begin_by || fresh.opens().is_none_or(|opens| opens <= now) {
        return refuse("too late: its window opens too soon or has passed, or the plan has expired");
    }
    Ok(fresh)
}

async fn settle<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    target: &Target,
    answer: InPlace,
) -> Result<CreateEnding, JournalFailed> {
    let note = |known| {
        run.note_answer(
            provider.name(),
            &operation.reference,
            Call::Update,
            known,
            Some(&target.id),
        )
    };
    let failure: Option<Failure> = match answer {
        InPlace::Done => None,
        InPlace::OtherPeople(other) => {
            note_other_people(run, provider, &operation.reference, &target.id, other)?;
            None
        }
        // It has begun: no failure of the provider, and nothing to fall back to.
        InPlace::Dispatched(failure) => {
            note(Known::NotSent)?;
            return Ok(CreateEnding::NotSent(failure.message, None));
        }
        InPlace::NotSent(failure) => {
            note(Known::NotSent)?;
            return Ok(CreateEnding::NotSent(failure.message.clone(), Some(failure)));
        }
        InPlace::Unknown(failure) => Some(failure),
    };
    match provider.get(&target.id).await {
        Ok(Some(fresh)) if is_ours(&fresh, &operation.reference) => {
            note(Known::Done)?;
            Ok(CreateEnding::Done(target.id.clone()))
        }
        Ok(Some(fresh)) if failure.is_none() && is_overtaken(&fresh, operation, target) => {
            note(Known::Done)?;
            let why = "carried out, and another run has put something else into the batch since";
            Ok(CreateEnding::NotSent(why.to_owned(), None))
        }
        Ok(Some(_)) => {
            note(Known::Unknown)?;
            let why = failure.map_or_else(
                || "the provider does not show the change".to_owned(),
                |failure| failure.message,
            );
            Ok(CreateEnding::Unknown(why))
        }
        Ok(None) => {
            note(Known::Unknown)?;
            Ok(CreateEnding::Unknown("the batch is gone from the provider".to_owned()))
        }
        Err(error) => {
            note(Known::Unknown)?;
            Ok(CreateEnding::Unknown(error.to_string()))
        }
    }
}

/// Whether a batch shows something in the same slot that was neither there before nor put there by this run.
fn is_overtaken(fresh: &ExistingBatch, operation: &Operation, target: &Target) -> bool {
    fresh.reference.as_ref().is_some_and(|shown| {
        let ours = &operation.reference;
        *shown != target.reference && (&shown.namespace, &shown.slot) == (&ours.namespace, &ours.slot)
    })
}
