//! Rows as they are read, and what gathers something from them.

use super::row_faults::RowFault;
use crate::model::{Country, Msisdn, Person};

/// A row with a number that exists.
#[derive(Debug, Clone, Copy)]
pub struct ListRow<'a> {
    /// Which of the tables, from 0.
    pub source: usize,
    /// Its first line, from 1; 0 when the row is read again.
    pub line: u64,
    /// Where it begins in its file: together with `source` it names the row.
    pub offset: u64,
    /// As read: what is sent to.
    pub number: Msisdn,
    /// The subscriber, by the canonical number.
    pub person: Person,
    /// The person's bucket ([`crate::model::Part::bucket`]).
    pub bucket: u16,
    /// The number's country.
    pub country: Option<&'static Country>,
    /// Cells, in the order of [`super::Table::columns`].
    pub cells: &'a [&'a str],
}

/// Gathers something from the rows of an audience; each thread has its own.
pub trait Visitor: Send {
    /// Whether the row is a recipient (`where`). A fault is an error of the whole read.
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault>;
    /// Whether a row without a usable number takes no part anyway, as far as its cells alone say it.
    fn leaves_out(&mut self, _source: usize, _cells: &[&str]) -> bool {
        false
    }
    /// Whether the row's person is left out for a reason that the visitor keeps: asked of those who are on no suppression list.
    fn sets_apart(&mut self, _: &ListRow<'_>) -> bool {
        false
    }
    /// The row is a recipient, unless an earlier row has its person.
    fn add(&mut self, row: &ListRow<'_>);
    /// The row was added, here or by another visitor, and an earlier row has its person.
    fn remove(&mut self, row: &ListRow<'_>);
    /// A digest of what the row's person would be sent; `None`: nothing, or it is not known.
    fn text_digest(&mut self, _row: &ListRow<'_>) -> Option<u128> {
        None
    }
    /// Takes over what another has gathered.
    fn merge(&mut self, other: Self);
    /// What it knows about why nobody is left.
    fn why_nobody(&self) -> Vec<String> {
        Vec::new()
    }
}
