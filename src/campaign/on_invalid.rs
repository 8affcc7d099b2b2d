//! What happens with rows that cannot be sent.

use crate::model::InvalidRow;

/// What a faulty row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFault {
    /// It is an error.
    #[default]
    Fail,
    /// It is counted and listed, and left out.
    Skip,
}

/// What a row does by what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnInvalid {
    /// It has no number.
    pub empty: OnFault,
    /// Its number cannot be read.
    pub unreadable: OnFault,
    /// Its number is of a kind that `guards.number_types` does not name.
    pub wrong_type: OnFault,
}

impl OnInvalid {
    /// Every fault is an error.
    pub const FAIL: Self = Self::every(OnFault::Fail);
    /// Every faulty row is left out.
    pub const SKIP: Self = Self::every(OnFault::Skip);

    const fn every(fault: OnFault) -> Self {
        Self {
            empty: fault,
            unreadable: fault,
            wrong_type: fault,
        }
    }

    /// Whether such a row is left out.
    pub fn skips(self, what: InvalidRow) -> bool {
        let fault = match what {
            InvalidRow::Empty => self.empty,
            InvalidRow::Unreadable => self.unreadable,
            InvalidRow::WrongType => self.wrong_type,
        };
        fault == OnFault::Skip
    }
}
