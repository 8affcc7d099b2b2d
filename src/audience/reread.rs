//! Single rows read again, by their places.

use super::entry::IndexEntry;
use super::numbering::Number;
use super::numbers::{FoundNumber, NumberFault, find};
use super::rows::RowReader;
use super::settings::ListSettings;
use super::table::Table;
use super::visitor::ListRow;
use crate::model::{Diagnostic, Part, Person};

/// The people whom a row of a list of numbers names; a cell without a number names nobody.
pub(super) fn people_of<'r>(
    table: &'r Table,
    cells: &'r [&'r str],
    settings: &'r ListSettings,
) -> impl Iterator<Item = Result<Person, NumberFault>> + 'r {
    let texts = table.numbers.iter().filter_map(|at| cells.get(*at).copied());
    texts.flat_map(move |text| {
        let found = table
            .home(cells, settings)
            .and_then(|home| find(text, home, table.form));
        let (one, other) = match found {
            Ok(FoundNumber::International(number) | FoundNumber::National(number)) => (Some(Ok(number)), None),
            Ok(FoundNumber::Both {
                national,
                international,
            }) => (Some(Ok(national)), Some(Ok(international))),
            Err(NumberFault::Empty) => (None, None),
            Err(fault) => (Some(Err(fault)), None),
        };
        let numbers = one.into_iter().chain(other);
        numbers.map(|number: Result<Number, NumberFault>| number.map(|number| Person::from(number.msisdn)))
    })
}

/// Cells beyond the header that say nothing are no fault: spreadsheets write them.
pub(super) fn fit<'c>(cells: &'c [&'c str], columns: usize) -> Option<&'c [&'c str]> {
    let (cells, more) = cells.split_at_checked(columns)?;
    more.iter().all(|cell| cell.trim().is_empty()).then_some(cells)
}

/// Reads the rows of these entries again. A row that no longer holds its number is an error: the file has changed.
pub(super) fn each_row_of(
    tables: &[Table],
    entries: impl IntoIterator<Item = IndexEntry>,
    settings: &ListSettings,
    mut visit: impl FnMut(&ListRow<'_>),
) -> Result<(), Diagnostic> {
    let mut readers: Vec<RowReader<'_>> = tables.iter().map(RowReader::new).collect();
    for entry in entries {
        let source = entry.source();
        let (Some(table), Some(reader)) = (tables.get(source), readers.get_mut(source)) else {
            continue;
        };
        let is_same = reader.read(entry.offset(), |cells| {
            let Some(cells) = fit(cells, table.columns.len()) else {
                return false;
            };
            if table.is_list {
                return people_of(table, cells, settings).any(|person| person == Ok(entry.person()));
            }
            let text = cells.get(table.number).copied().unwrap_or_default();
            let found = table
                .home(cells, settings)
                .and_then(|home| find(text, home, table.form));
            match found.map(FoundNumber::taken) {
                Ok(number) if entry.person() == number.msisdn.into() => {
                    visit(&ListRow {
                        source,
                        line: 0,
                        offset: entry.offset(),
                        number: number.msisdn,
                        person: entry.person(),
                        bucket: Part::bucket(entry.person()),
                        country: number.country,
                        cells,
                    });
                    true
                }
                Ok(_) | Err(_) => false,
            }
        })?;
        if !is_same {
            return Err(table.bytes.changed());
        }
    }
    Ok(())
}
