//! Which rows a sample takes: those that would be sent to, or the one that somebody named.

use std::sync::Arc;

use crate::audience::{Audience, ListRow, RowFault, Table, Visitor};
use crate::campaign::Branches;
use crate::model::{Msisdn, NumberSet, SplitSalt};
use crate::render::{Matcher, OccurrenceVariable, Row as RenderRow};

/// From where the rows of a sample come.
pub(super) enum SampleSource {
    /// They are at hand.
    Audience(Arc<Audience>),
    /// The lists are read, without some people.
    Lists(NumberSet),
}

/// Leaves out the rows that `where` leaves out.
pub(super) struct Chooser {
    pub matchers: Vec<Option<Matcher>>,
    pub occurrence: Option<OccurrenceVariable>,
    pub salt: SplitSalt,
    pub branches: Branches,
}

impl Visitor for Chooser {
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault> {
        let Some(Some(matcher)) = self.matchers.get_mut(row.source) else {
            return Ok(true);
        };
        let row = RenderRow {
            recipient: row.number,
            country: row.country,
            fields: row.cells,
            occurrence: self.occurrence.as_ref(),
            salt: self.salt,
        };
        matcher
            .matches(&row)
            .map_err(|fault| RowFault::Visitor(Box::new(matcher.refused(&row, &fault))))
    }

    fn leaves_out(&mut self, source: usize, cells: &[&str]) -> bool {
        let Some(Some(matcher)) = self.matchers.get_mut(source) else {
            return false;
        };
        matcher.leaves_out(&RenderRow::without_number(cells, self.occurrence.as_ref(), self.salt))
    }

    fn sets_apart(&mut self, row: &ListRow<'_>) -> bool {
        self.branches.of(row.person).is_silent()
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn merge(&mut self, _: Self) {}
}

/// Finds the rows at a line.
pub(super) struct Finder {
    pub tables: Arc<[Table]>,
    pub line: u64,
    pub found: Vec<(Msisdn, usize)>,
}

impl Visitor for Finder {
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault> {
        let number = self.tables.get(row.source).map(|table| table.row_number(row.line));
        if number == Some(self.line) {
            self.found.push((row.number, row.source));
        }
        Ok(true)
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        self.found.sort_by_key(|(_, source)| *source);
    }
}
