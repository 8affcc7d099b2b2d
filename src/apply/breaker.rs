//! When a provider is left alone: at once where nothing would work any more, otherwise after failures in a row.

use std::cell::{Cell, RefCell};

use super::cancel::CancelEnding;
use super::create::CreateEnding;
use crate::provider::{Failure, FailureKind};

/// After this many 5xx answers or lost connections in a row a provider is left alone.
const FAILURES_IN_A_ROW: u32 = 5;

/// What has failed at one provider so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Breaker {
    in_a_row: u32,
    open: Option<String>,
}

impl Breaker {
    /// Why the provider is left alone, if so.
    pub(super) fn open(&self) -> Option<&str> {
        self.open.as_deref()
    }

    /// Counts the outcome of one operation.
    pub(super) fn count(&mut self, is_done: bool, failure: Option<&Failure>) {
        let Some(failure) = failure else {
            if is_done {
                self.in_a_row = 0;
            }
            return;
        };
        match failure.kind {
            FailureKind::Systemic => self.open = Some(failure.message.clone()),
            FailureKind::Transient | FailureKind::Garbled | FailureKind::TooLarge => {
                self.in_a_row += 1;
                if self.in_a_row >= FAILURES_IN_A_ROW {
                    self.open = Some(format!(
                        "{FAILURES_IN_A_ROW} failures in a row, the last: {}",
                        failure.message
                    ));
                }
            }
            FailureKind::Refused | FailureKind::Unsupported => self.in_a_row = 0,
        }
    }
}

/// Asked by each of several operations that are under way, right before its first call that changes something.
pub(super) struct Gate<'a> {
    breaker: RefCell<Breaker>,
    /// The journal cannot be written.
    is_closed: Cell<bool>,
    is_interrupted: &'a dyn Fn() -> bool,
}

impl<'a> Gate<'a> {
    /// Opens it with what has failed before.
    pub(super) fn new(breaker: Breaker, is_interrupted: &'a dyn Fn() -> bool) -> Self {
        Self {
            breaker: RefCell::new(breaker),
            is_closed: Cell::new(false),
            is_interrupted,
        }
    }

    /// Whether something new may leave.
    pub(super) fn is_open(&self) -> bool {
        self.works() && !(self.is_interrupted)()
    }

    /// Whether what has begun may go on: the provider and the journal still work.
    pub(super) fn works(&self) -> bool {
        !self.is_closed.get() && self.breaker.borrow().open().is_none()
    }

    /// The journal cannot be written.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
    }

    /// Counts the outcome of a create, or of a change in place.
    pub(super) fn count(&self, ending: &CreateEnding) {
        let failure = match ending {
            CreateEnding::NotSent(_, failure) => failure.as_ref(),
            CreateEnding::Done(_)
            | CreateEnding::OtherReference(_)
            | CreateEnding::Braked(_)
            | CreateEnding::NotBegun
            | CreateEnding::Unknown(_) => None,
        };
        let is_done = matches!(ending, CreateEnding::Done(_));
        self.breaker.borrow_mut().count(is_done, failure);
    }

    /// Counts the outcome of a cancel.
    pub(super) fn count_cancel(&self, ending: &CancelEnding) {
        let failure = match ending {
            CancelEnding::NotCanceled(_, failure) => failure.as_ref(),
            CancelEnding::Silent
            | CancelEnding::SilentByOthers
            | CancelEnding::NotBegun
            | CancelEnding::Unproved(_) => None,
        };
        let is_done = matches!(ending, CancelEnding::Silent | CancelEnding::SilentByOthers);
        self.breaker.borrow_mut().count(is_done, failure);
    }

    /// What has failed by now.
    pub(super) fn into_breaker(self) -> Breaker {
        self.breaker.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: FailureKind) -> CreateEnding {
        CreateEnding::NotSent(String::new(), Some(Failure::new(kind, "why")))
    }

    #[test]
    fn a_provider_is_left_alone_at_once_or_after_five_failures_in_a_row() {
        let opens_after = |endings: &[CreateEnding]| {
            let gate = Gate::new(Breaker::default(), &|| false);
            let counted = endings.iter().take_while(|ending| {
                gate.count(ending);
                gate.works()
            });
            counted.count() + 1
        };
        let lost = || failed(FailureKind::Transient);
        assert_eq!(opens_after(&[failed(FailureKind::Systemic)]), 1);
        assert_eq!(opens_after(&[lost(), lost(), lost(), lost(), lost(), lost()]), 5);
        let done = CreateEnding::Done(crate::model::BatchId("a".to_owned()));
        for between in [done, failed(FailureKind::Refused)] {
            let endings = [
                lost(),
                lost(),
                lost(),
                lost(),
                between,
                lost(),
                lost(),
                lost(),
                lost(),
                lost(),
            ];
            assert_eq!(opens_after(&endings), 10);
        }
        // Neither good nor bad: nobody knows.
        let unknown = CreateEnding::Unknown(String::new());
        assert_eq!(opens_after(&[lost(), lost(), unknown, lost(), lost(), lost()]), 6);
    }

    #[test]
    fn what_has_begun_goes_on_after_a_signal_and_nothing_after_the_journal_has_failed() {
        let is_interrupted = Cell::new(false);
        let asked = || is_interrupted.get();
        let gate = Gate::new(Breaker::default(), &asked);
        assert!(gate.is_open() && gate.works());
        is_interrupted.set(true);
        assert!(!gate.is_open() && gate.works());
        gate.close();
        assert!(!gate.works());
    }

    #[test]
    fn failures_before_a_group_count_with_those_in_it() {
        let mut breaker = Breaker::default();
        let failure = Failure::new(FailureKind::Garbled, "why");
        (0..4).for_each(|_| breaker.count(false, Some(&failure)));
        let gate = Gate::new(breaker, &|| false);
        gate.count_cancel(&CancelEnding::NotCanceled(String::new(), Some(failure)));
        assert!(!gate.works() && gate.into_breaker().open().is_some());
    }
}
