//! POST, sent once; and what is done when its answer is lost.

use std::time::Duration;

use super::journal::{Call, CallOutcome as Known, Event};
use super::look::{Look, OwnBatches};
use super::people::note_other_people;
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use crate::model::{BatchId, WhyNot};
use crate::plan::Operation;
use crate::provider::{Created, Failure, NewBatch, Provider};

/// The outcome of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CreateEnding {
    /// It exists.
    Done(BatchId),
    /// It exists, and the answer did not show its reference: it is ours by its id.
    OtherReference(BatchId),
    /// Certainly not sent, and why.
    NotSent(String, Option<Failure>),
    /// Not sent, because a batch that this run created was canceled by another hand.
    Braked(String),
    /// Nothing was sent, because the run is ending or the provider was given up meanwhile.
    NotBegun,
    /// Unknown.
    Unknown(String),
}

/// Renders, reads the newest end of the list, looks at the clock, writes down, posts; polls when the answer is lost.
pub(super) async fn create<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    own: &OwnBatches,
) -> Result<CreateEnding, JournalFailed> {
    let mut batch = match rendered(run, operation) {
        Ok(batch) => batch,
        Err(ending) => return Ok(ending),
    };
    let look = Look::now(run, provider).await.judged(run, provider, own).await;
    if let Err(ending) = judged(run, provider, operation, &look) {
        return Ok(ending);
    }
    let Some(windows) = operation.windows_at(run.clock.now()) else {
        return Ok(too_late());
    };
    batch.windows = windows;
    write_down(run, provider, operation, &batch, None)?;
    let answer = provider.create(&batch).await;
    match noted(run, provider, operation, answer)? {
        Ok(ending) => Ok(ending),
        Err(failure) => settle(run, provider, operation, &failure, run.clock.watch()).await,
    }
}

/// The batch as it would be sent now, or why it cannot be.
pub(super) fn rendered<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    operation: &Operation,
) -> Result<NewBatch, CreateEnding> {
    let windows = operation.windows_at(run.clock.now()).ok_or_else(too_late)?;
    (run.payloads.batch(operation, windows)).map_err(|why| CreateEnding::NotSent(why.to_string(), None))
}

/// Whether what the newest end of the list shows lets a create go on.
pub(super) fn judged<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    look: &Look,
) -> Result<(), CreateEnding> {
    let newest = match &look.newest {
        Ok(newest) => newest,
        Err(error) => return Err(CreateEnding::NotSent(error.to_string(), Some(error.failure.clone()))),
    };
    if let Some(why) = run.disagreement(provider) {
        return Err(CreateEnding::NotSent(why, None));
    }
    if let Some(id) = &look.braked {
        return Err(CreateEnding::Braked(format!(
            "batch `{id}`, which this run had created, was canceled by another hand: nothing more is created"
        )));
    }
    match operation.stopped_by(newest) {
        Some(other) => {
            let why = format!(
                "batch `{}` of the same occurrence appeared since the plan was made",
                other.id
            );
            Err(CreateEnding::NotSent(why, None))
        }
        None => Ok(()),
    }
}

/// Writes the answer to a create down; what is lost is the error.
pub(super) fn noted<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    answer: Created,
) -> Result<Result<CreateEnding, Failure>, JournalFailed> {
    let note =
        |known, id: Option<&BatchId>| run.note_answer(provider.name(), &operation.reference, Call::Create, known, id);
    Ok(match answer {
        Created::Done(id) => {
            note(Known::Done, Some(&id))?;
            Ok(CreateEnding::Done(id))
        }
        Created::OtherReference(id) => {
            note(Known::Done, Some(&id))?;
            Ok(CreateEnding::OtherReference(id))
        }
        Created::OtherPeople(id, other) => {
            note(Known::Done, Some(&id))?;
            note_other_people(run, provider, &operation.reference, &id, other)?;
            Ok(CreateEnding::Done(id))
        }
        Created::NotSent(failure) => {
            note(Known::NotSent, None)?;
            Ok(CreateEnding::NotSent(failure.message.clone(), Some(failure)))
        }
        Created::Unknown(failure) => Err(failure),
    })
}

pub(super) fn too_late() -> CreateEnding {
    CreateEnding::NotSent(
        "too late: its window opens too soon or has passed, or the plan has expired".to_owned(),
        None,
    )
}

/// Notes that a create (or, with an id, a change in place) is about to leave.
pub(super) fn write_down<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    batch: &NewBatch,
    in_place: Option<&BatchId>,
) -> Result<(), JournalFailed> {
    let intent = Event::Intent {
        call: if in_place.is_some() { Call::Update } else { Call::Create },
        reason: operation.reason.as_str().to_owned(),
        batch_id: in_place.map(|id| id.0.clone()),
        windows: journaled(batch.windows.as_slice()),
        says: run.says(operation),
    };
    run.note(provider.name(), &operation.reference, intent)
}

/// Polls the complete list for our reference until `list_lag` has passed since the answer was given up; adopts the
/// batch if it is found. POST is never repeated.
pub(super) async fn settle<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    operation: &Operation,
    failure: &Failure,
    given_up: Duration,
) -> Result<CreateEnding, JournalFailed> {
    let patience = provider.settings().list_lag;
    let pause = (patience / 6).max(Duration::from_millis(200));
    loop {
        let is_last_look = run.clock.watch() >= given_up + patience;
        if let Ok(list) = provider.list_on().await {
            let found = list.batches.iter().find(|batch| {
                batch.reference.as_ref() == Some(&operation.reference)
                    && !operation
                        .peers
                        .known
                        .iter()
                        .any(|(name, id)| name == provider.name() && *id == batch.id)
            });
            if let Some(batch) = found {
                run.note_answer(
                    provider.name(),
                    &operation.reference,
                    Call::Create,
                    Known::Done,
                    Some(&batch.id),
                )?;
                return Ok(CreateEnding::Done(batch.id.clone()));
            }
        }
        if is_last_look || run.clock.is_interrupted() {
            run.note_answer(
                provider.name(),
                &operation.reference,
                Call::Create,
                Known::Unknown,
                None,
            )?;
            return Ok(CreateEnding::Unknown(format!(
                "the answer was lost ({}), and the list does not show the batch; the next run settles it",
                failure.message
            )));
        }
        run.clock.sleep(pause).await;
    }
}

/// The batch of an operation that changes another in place, for the windows of now.
pub(super) fn batch_in_place<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    operation: &Operation,
) -> Result<NewBatch, WhyNot> {
    let windows = (operation.windows_at(run.clock.now()))
        .ok_or("too late: its window opens too soon or has passed, or the plan has expired")?;
    (run.payloads.batch(operation, windows)).map_err(|error| WhyNot(error.to_string()))
}
