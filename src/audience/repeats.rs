//! Rows that repeat somebody's number and would give another text.
//!
//! In: pairs of rows of one person, the first of which is sent. Out: a warning where one list has both, a note where an
//! earlier source wins, as the order of the sources says. Never: a text or a number.

use super::diagnostics::OTHER_TEXT;
use super::entry::IndexEntry;
use super::quotes::{count_lines, line_of};
use super::table::Table;
use crate::model::{Diagnostic, Place, counted};

/// Bytes read at a time to find a line.
const STEP: usize = 64 << 10;

/// Pairs of rows with different texts.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    in_one_list: Pairs,
    between_lists: Pairs,
}

#[derive(Debug, Default)]
struct Pairs {
    rows: u64,
    /// The first pair: the later row, then the one that is sent.
    example: Option<(IndexEntry, IndexEntry)>,
}

impl Repeats {
    /// `later` has another text than `first`, which is sent.
    pub(super) fn add(&mut self, later: IndexEntry, first: IndexEntry) {
        let pairs = if later.source() == first.source() {
            &mut self.in_one_list
        } else {
            &mut self.between_lists
        };
        pairs.merge(&Pairs {
            rows: 1,
            example: Some((later, first)),
        });
    }

    pub(super) fn merge(mut self, other: &Self) -> Self {
        self.in_one_list.merge(&other.in_one_list);
        self.between_lists.merge(&other.between_lists);
        self
    }

    /// At most a warning and a note.
    pub(super) fn report(&self, tables: &[Table]) -> Result<Vec<Diagnostic>, Diagnostic> {
        let told = [
            self.in_one_list.told(tables, Diagnostic::warning)?,
            self.between_lists.told(tables, Diagnostic::note)?,
        ];
        Ok(told.into_iter().flatten().collect())
    }
}

impl Pairs {
    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        let both = self.example.into_iter().chain(other.example);
        self.example = both.min_by_key(|(later, _)| later.place());
    }

    fn told(
        &self,
        tables: &[Table],
        severity: fn(&'static crate::model::Code, String) -> Diagnostic,
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let Some((later, first)) = self.example else {
            return Ok(None);
        };
        let (Some(table), Some(other)) = (tables.get(later.source()), tables.get(first.source())) else {
            return Ok(None);
        };
        let (line, first_line) = (line_at(table, later.offset())?, line_at(other, first.offset())?);
        let message = format!(
            "{} the number of an earlier row with another text, like {} after {} of `{}`; the earlier text is sent",
            counted(self.rows, "row repeats", "rows repeat"),
            table.row_at(line),
            other.row_at(first_line),
            other.file().display()
        );
        let place = match table.row_name(line) {
            Some(_) => Place::file(table.file()),
            None => line_of(table.file(), line),
        };
        let told = severity(&OTHER_TEXT, message).at(place);
        Ok(Some(told.hint(
            "remove the rows that are not meant; two texts to one person are two campaigns",
        )))
    }
}

/// The line in which the row at a byte begins.
fn line_at(table: &Table, offset: u64) -> Result<u64, Diagnostic> {
    let (mut line, mut at) = (table.rows_line, table.rows_at);
    let mut bytes = vec![0; STEP];
    while at < offset {
        let count = usize::try_from(offset - at).map_or(STEP, |left| left.min(STEP));
        let step = bytes.get_mut(..count).unwrap_or_default();
        table.bytes.read_exact_at(at, step)?;
        line += count_lines(step);
        at += count as u64;
    }
    Ok(line)
}
