//! The outcome of one operation, in the terms of a report.

use super::cancel::CancelEnding;
use super::create::CreateEnding;
use super::outcome::{Outcome, Step};
use crate::model::BatchId;
use crate::plan::Operation;
use crate::provider::Failure;

/// The outcome of one operation.
pub(super) struct Came {
    pub outcome: Outcome,
    pub batch_id: Option<BatchId>,
    pub error: Option<String>,
    pub failure: Option<Failure>,
    /// Whether others may build on it.
    pub well: bool,
    /// Somebody else cancels what this run creates.
    pub braked: Option<String>,
}

impl Came {
    pub(super) fn done(batch_id: Option<BatchId>) -> Self {
        Self {
            outcome: Outcome::Done,
            batch_id,
            error: None,
            failure: None,
            well: true,
            braked: None,
        }
    }

    pub(super) fn not(outcome: Outcome, error: impl Into<String>, failure: Option<Failure>) -> Self {
        Self {
            outcome,
            batch_id: None,
            error: Some(error.into()),
            failure,
            well: false,
            braked: None,
        }
    }

    /// Of a create, or a change in place.
    pub(super) fn of_create(ending: CreateEnding) -> Self {
        match ending {
            CreateEnding::Done(id) | CreateEnding::OtherReference(id) => Self::done(Some(id)),
            CreateEnding::NotSent(why, failure) => Self::not(Outcome::Failed, why, failure),
            CreateEnding::Braked(why) => Self {
                braked: Some(why.clone()),
                ..Self::not(Outcome::Skipped, why, None)
            },
            CreateEnding::NotBegun => Self::not(Outcome::Skipped, "the run ended before it was begun", None),
            CreateEnding::Unknown(why) => Self::not(Outcome::Unknown, why, None),
        }
    }

    /// Of a cancel.
    pub(super) fn of_cancel(ending: CancelEnding, id: &BatchId) -> Self {
        match ending {
            CancelEnding::Silent => Self::done(Some(id.clone())),
            CancelEnding::SilentByOthers => Self {
                well: false,
                ..Self::done(Some(id.clone()))
            },
            CancelEnding::NotCanceled(why, failure) => Self::not(Outcome::Failed, why, failure),
            CancelEnding::NotBegun => Self::not(Outcome::Skipped, "the run ended before it was begun", None),
            CancelEnding::Unproved(why) => Self::not(Outcome::Unknown, why, None),
        }
    }

    /// Of a replace whose target is not known to be silent by our own cancel: nothing may take its place.
    pub(super) fn of_replace_without_silence(self) -> Self {
        let outcome = match self.outcome {
            Outcome::Done => Outcome::Failed,
            Outcome::Failed | Outcome::Skipped | Outcome::Unknown => self.outcome,
        };
        let by_others = || "the batch was canceled by somebody else".to_owned();
        Self::not(outcome, self.error.unwrap_or_else(by_others), self.failure)
    }

    /// Of a replace whose target is silent.
    pub(super) fn of_replace_after_silence(self) -> Self {
        Self {
            error: self.error.map(|why| format!("canceled, but not created again: {why}")),
            ..self
        }
    }

    /// As the report has it.
    pub(super) fn step_of(self, operation: &Operation) -> Step {
        Step {
            operation: operation.clone(),
            outcome: self.outcome,
            batch_id: self.batch_id,
            error: self.error,
        }
    }
}
