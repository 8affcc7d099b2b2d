//! What became of a request that changes something: the one place that decides whether it may have been carried out.
//!
//! In: the answer, or none, and the statuses with which a provider certainly does nothing. Out: done, certainly not done,
//! or unknown. Never: "not done" because it is likely.

use serde::Serialize;

use super::super::{Canceled, Created, Failure, OtherPeople};
use super::{Answer, Client, NoAnswer, Write};
use crate::model::BatchId;

/// What is known of a change.
pub(in crate::provider) enum ChangeOutcome {
    /// Answered 2xx. Whether the answer says what was asked for is for the caller to see.
    Done(Answer),
    /// Certainly not carried out.
    Not(Refusal),
    /// Perhaps carried out.
    Unknown(Failure),
}

/// Why a change was not carried out.
pub(in crate::provider) struct Refusal {
    /// `None` when no byte has left.
    pub(in crate::provider) status: Option<u16>,
    /// The machine-readable code of the error body.
    pub(in crate::provider) code: Option<String>,
    /// For people.
    pub(in crate::provider) failure: Failure,
}

/// What a successful answer names.
pub(in crate::provider) struct Echoed {
    /// The batch.
    pub(in crate::provider) id: BatchId,
    /// Whether its reference came back letter by letter.
    pub(in crate::provider) is_kept: bool,
    /// How its people differ from those who were sent, where the answer shows them.
    pub(in crate::provider) other_people: Option<OtherPeople>,
}

/// Whether a provider with these refusals certainly does nothing when it answers so.
pub fn is_refusal(refusals: &[u16], status: u16) -> bool {
    refusals.contains(&status)
}

impl Client {
    /// Sends once. `refusals` are the statuses with which the provider certainly does nothing; `private` are texts of ours
    /// that a message must not repeat.
    pub(in crate::provider) async fn change(
        &self,
        method: Write,
        path: &str,
        body: Option<&impl Serialize>,
        refusals: &[u16],
        private: &[&str],
    ) -> ChangeOutcome {
        match self.write(method, path, &[], body).await {
            Ok(answer) if answer.is_success() => ChangeOutcome::Done(answer),
            Ok(answer) => {
                let failure = self.write_failure(&answer, private);
                if is_refusal(refusals, answer.status) {
                    ChangeOutcome::Not(Refusal {
                        status: Some(answer.status),
                        code: self.code(&answer),
                        failure,
                    })
                } else {
                    ChangeOutcome::Unknown(failure)
                }
            }
            Err(NoAnswer {
                nothing_left: true,
                failure,
            }) => ChangeOutcome::Not(Refusal {
                status: None,
                code: None,
                failure,
            }),
            Err(NoAnswer {
                nothing_left: false,
                failure,
            }) => ChangeOutcome::Unknown(failure),
        }
    }
}

impl ChangeOutcome {
    /// Of a batch that was to be made; an answer that does not name it leaves it open.
    pub(in crate::provider) fn created(self, echo: impl FnOnce(&Answer) -> Result<Echoed, Failure>) -> Created {
        match self {
            Self::Done(answer) => match echo(&answer) {
                Ok(Echoed { id, is_kept: false, .. }) => Created::OtherReference(id),
                Ok(Echoed {
                    id,
                    other_people: Some(other),
                    ..
                }) => Created::OtherPeople(id, other),
                Ok(Echoed {
                    id,
                    is_kept: true,
                    other_people: None,
                }) => Created::Done(id),
                Err(failure) => Created::Unknown(failure),
            },
            Self::Not(refusal) => Created::NotSent(refusal.failure),
            Self::Unknown(failure) => Created::Unknown(failure),
        }
    }

    /// Of a batch that was to be canceled. Which success is answered is documented by neither vendor in full: any of the
    /// usual three, with or without a body. None of them proves silence.
    pub(in crate::provider) fn canceled(self) -> Canceled {
        match self {
            Self::Done(answer) if matches!(answer.status, 200 | 202 | 204) => Canceled::Answered,
            Self::Done(answer) => Canceled::Unknown(answer.garbled("which does not say whether it was canceled")),
            Self::Not(Refusal { status: Some(404), .. }) => Canceled::Gone,
            Self::Not(refusal) => Canceled::NotSent(refusal.failure),
            Self::Unknown(failure) => Canceled::Unknown(failure),
        }
    }
}
