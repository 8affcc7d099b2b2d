//! What became of the rows of a list.

use crate::model::InvalidRows;

/// What became of the rows of one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that are not blank.
    pub rows: u64,
    /// Left out by `on_invalid`.
    pub invalid: InvalidRows,
    /// Left out by `where`.
    pub filtered: u64,
    /// On a suppression list.
    pub suppressed: u64,
    /// Left out by the visitor: the holdout, a control group.
    pub set_apart: u64,
    /// An earlier row has the person.
    pub duplicates: u64,
}

impl Counts {
    pub(super) fn merge(&mut self, other: Self) {
        let Self {
            rows,
            invalid,
            filtered,
            suppressed,
            set_apart,
            duplicates,
        } = other;
        self.rows += rows;
        self.invalid.merge(invalid);
        self.filtered += filtered;
        self.suppressed += suppressed;
        self.set_apart += set_apart;
        self.duplicates += duplicates;
    }

    /// Rows that are recipients.
    pub fn kept(self) -> u64 {
        self.rows - self.invalid.total() - self.filtered - self.suppressed - self.set_apart - self.duplicates
    }
}
