//! A list that ends without a line end, in a number that could have more digits: it may have been cut there, and
//! somebody else would be texted, or not be suppressed.

use super::Table;
use super::diagnostics::CUT;
use super::numbers::normalize;
use super::settings::ListSettings;
use crate::model::{Diagnostic, Place, Severity};

/// A longer row is not looked at.
const LONGEST: u64 = 4096;
/// A number is tried with so many digits more.
const DIGITS_MORE: u32 = 3;

/// A warning, or for a list of suppressed numbers an error, when the last number of the list could be longer in its
/// country's plan.
pub(super) fn fault(table: &Table, settings: &ListSettings) -> Option<Diagnostic> {
    let cell = last_cell(table)?;
    let is_number = |text: &str| normalize(text, settings.national_plan.as_ref()).is_ok();
    if !is_number(&cell) || !could_go_on(&cell, &is_number) {
        return None;
    }
    let message =
        "the list does not end with a line end, and its last number could be longer: it may have been cut off";
    let severity = if table.is_list {
        Severity::Error
    } else {
        Severity::Warning
    };
    let fault = Diagnostic {
        severity,
        ..Diagnostic::error(&CUT, message)
    };
    Some(
        fault
            .at(Place::file(table.file()))
            .hint("export the list again, or end its last line if it is whole"),
    )
}

/// The text after the last delimiter of a list without a final line end, if the number is there. A quoted
/// cell is closed.
fn last_cell(table: &Table) -> Option<String> {
    if table.number + 1 != table.columns.len() {
        return None;
    }
    let size = table.bytes.size();
    let start = table.rows_at.max(size.saturating_sub(LONGEST));
    let mut tail = vec![0; usize::try_from(size.checked_sub(start)?).ok()?];
    table.bytes.read_exact_at(start, &mut tail).ok()?;
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let row = tail.rsplit(is_end).next().filter(|row| !row.is_empty())?;
    let cell = row.rsplit(|byte| *byte == table.dialect.delimiter).next()?;
    let cell = std::str::from_utf8(cell).ok()?.trim();
    cell.ends_with(|last: char| last.is_ascii_digit())
        .then(|| cell.to_owned())
}

fn could_go_on(cell: &str, is_number: &impl Fn(&str) -> bool) -> bool {
    (1..=DIGITS_MORE).any(|digits| {
        let width = usize::try_from(digits).unwrap_or(1);
        (0..10_u32.pow(digits)).any(|more| is_number(&format!("{cell}{more:0width$}")))
    })
}
