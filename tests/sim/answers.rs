//! What becomes of a call that changes something, and how the adapter tells it: by the statuses of both vendors' pages,
//! by answers that are cut, garbled or lost, and by calls that are carried out long after their answer was given up.

use campanile::model::Api;
use campanile::provider::{Failure, FailureKind, IP1_REFUSALS, SINCH_REFUSALS, is_refusal as is_told_as_refusal};

use super::account::{MINUTE, Ms, SECOND};
use super::chance::Chance;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Carried out (or refused for what it asks), and told so.
    Answered,
    /// An error status; in truth it may have been carried out.
    Status { status: u16, carried_out: bool },
    /// Carried out; the answer is cut, garbage, or lacks the id.
    Unreadable,
    /// No byte left this machine.
    NoConnection,
    /// The connection broke.
    Lost { carried_out: bool },
    /// The answer was given up; it is carried out so much later.
    Late(Ms),
}

/// How an adapter tells it.
pub enum Told {
    Answer,
    NotSent(Failure),
    Unknown(Failure),
}

impl Fate {
    /// Something that is not an answer.
    pub fn pick(api: Api, may_be_late: bool, chance: &mut Chance) -> Self {
        let is_done = chance.in_thousand(600);
        let late = chance.pick(&[
            5 * SECOND,
            20 * SECOND,
            20 * SECOND,
            90 * SECOND,
            4 * MINUTE,
            11 * MINUTE,
        ]);
        let kind = chance.below(100);
        let status = chance.pick(&[
            400, 401, 403, 404, 405, 408, 408, 409, 409, 429, 429, 500, 500, 500, 503, 503,
        ]);
        match kind {
            0..40 => Self::Status {
                status,
                carried_out: is_done && !is_refusal(api, status),
            },
            40..50 => Self::Unreadable,
            50..55 => Self::NoConnection,
            55..92 => Self::Lost { carried_out: is_done },
            _ if may_be_late => Self::Late(late),
            _ => Self::Lost { carried_out: is_done },
        }
    }

    /// Whether it is carried out at once.
    pub fn is_carried_out(self) -> bool {
        match self {
            Self::Answered | Self::Unreadable => true,
            Self::Status { carried_out, .. } | Self::Lost { carried_out } => carried_out,
            Self::NoConnection | Self::Late(_) => false,
        }
    }

    /// What the adapter makes of it: by its own table of statuses.
    pub fn told(self, api: Api) -> Told {
        match self {
            Self::Answered => Told::Answer,
            Self::Status { status, .. } => {
                let failure = answered(status);
                let refusals: &[u16] = match api {
                    Api::Ip1 => &IP1_REFUSALS,
                    Api::Sinch => &SINCH_REFUSALS,
                };
                if is_told_as_refusal(refusals, status) {
                    Told::NotSent(failure)
                } else {
                    Told::Unknown(failure)
                }
            }
            Self::Unreadable => Told::Unknown(Failure::new(FailureKind::Garbled, "the answer cannot be read")),
            Self::NoConnection => Told::NotSent(Failure::new(FailureKind::Systemic, "no connection")),
            Self::Lost { .. } | Self::Late(_) => {
                Told::Unknown(Failure::new(FailureKind::Transient, "the answer was lost"))
            }
        }
    }

    /// Whether the vendors' pages promise that nothing was carried out.
    pub fn is_certainly_not_carried_out(self, api: Api) -> bool {
        match self {
            Self::NoConnection => true,
            Self::Status { status, .. } => is_refusal(api, status),
            Self::Answered | Self::Unreadable | Self::Lost { .. } | Self::Late(_) => false,
        }
    }
}

/// By the vendors' pages; the adapter has a table of its own.
fn is_refusal(api: Api, status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405) || status == 429 && api == Api::Sinch
}

/// A failure with this status.
pub fn answered(status: u16) -> Failure {
    let kind = match status {
        401 => FailureKind::Systemic,
        408 | 500.. => FailureKind::Transient,
        _ => FailureKind::Refused,
    };
    Failure {
        status: Some(status),
        ..Failure::new(kind, format!("answered {status}"))
    }
}
