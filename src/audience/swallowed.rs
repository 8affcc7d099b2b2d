//! Rows that ended up inside a cell.
//!
//! In: a row with a cell of several lines. Out: whether one of those lines reads as a row of the same list. Then a
//! quote may be missing, or one too many: the people of these lines would be somebody's text instead of recipients, or
//! remain unsuppressed.

use super::national_plan::NationalPlan;
use super::numbers::normalize;
use super::rows::cells_of;
use super::table::Table;

/// Whether a row that has more cells than the head has a number between quotes in the middle of a cell: then a line end
/// before it may be missing.
pub(super) fn joins_rows(cells: &[&str], table: &Table, plan: Option<&NationalPlan>) -> bool {
    let is_number = |cell: &&str| cell.contains('"') && cell.split('"').any(|part| normalize(part, plan).is_ok());
    cells.len() > table.columns.len() && cells.iter().any(is_number)
}

/// Whether a line of a cell, after its first, has a number where the list has its numbers, or after blank cells there. A
/// number alone is somebody's address in a note, unless the cell ends with it: then what follows it may have been its row.
pub(super) fn holds_a_row(cells: &[&str], table: &Table, plan: Option<&NationalPlan>) -> bool {
    cells.iter().any(|cell| {
        let mut lines = cell.split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            let inner = cells_of(line.as_bytes(), table.dialect.delimiter).unwrap_or_default();
            let is_row = inner.len() > 1 || lines.peek().is_none() || table.columns.len() == 1;
            let mut from_there = inner.iter().skip(table.number).map(|cell| cell.trim_matches(is_mark));
            let number = from_there.find(|cell| !cell.trim().is_empty());
            if is_row && number.is_some_and(|number| normalize(number, plan).is_ok()) {
                return true;
            }
        }
        false
    })
}

/// A stray mark beside a number, as of a broken escape, does not make it another word.
fn is_mark(letter: char) -> bool {
    letter.is_ascii_punctuation() && !matches!(letter, '+' | '(' | ')')
}
