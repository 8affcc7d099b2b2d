//! Cells that a text uses and whose content nobody meant: words for nothing, destroyed text, empty cells.
//!
//! In: the rows that become messages, one by one, and those that leave again. Out: warnings and notes with counts and
//! first lines. Never: a cell in a message, except the words for nothing, which are a list of our own.

use std::collections::{BTreeMap, BTreeSet};

use super::compiled::{CompiledCampaign, CompiledSource};
use super::used_cell::UsedCell;
use crate::audience::{ListRow, Table, diagnostics};
use crate::model::{Diagnostic, all_eights};
use crate::render::{Destroyed, destroyed};

/// What programs write where there is nothing. Not among them: `Null` and `Na`, which are names.
const NOTHING: [&str; 30] = [
    "\\N",
    "NULL",
    "null",
    "(null)",
    "<null>",
    "[null]",
    "[NULL]",
    "NA",
    "N/A",
    "n/a",
    "<NA>",
    "NaN",
    "nan",
    "NaT",
    "None",
    "nil",
    "undefined",
    "#N/A",
    "#NV",
    "#N/D",
    "#SAKNAS!",
    "#REF!",
    "#REFERENS!",
    "#VALUE!",
    "#VÄRDEFEL!",
    "#WERT!",
    "#NAME?",
    "#NAMN?",
    "#DIV/0!",
    "#NUM!",
];
/// Lines kept of each kind, for the first of them.
const LINES: usize = 50;

/// Rows of one kind.
#[derive(Debug, Clone)]
struct RowsSeen<T> {
    rows: i64,
    /// Offset and line of the first ones, with what they show.
    first: BTreeMap<u64, (u64, T)>,
}

impl<T> Default for RowsSeen<T> {
    fn default() -> Self {
        Self {
            rows: 0,
            first: BTreeMap::new(),
        }
    }
}

impl<T> RowsSeen<T> {
    fn add(&mut self, row: &ListRow<'_>, by: i64, shown: impl FnOnce() -> T) {
        self.rows += by;
        if by > 0 && self.first.len() < LINES {
            self.first.insert(row.offset, (row.line, shown()));
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.first.extend(other.first);
        while self.first.len() > LINES {
            self.first.pop_last();
        }
    }

    /// Line of the first row that has stayed.
    fn first(&self, gone: &BTreeSet<u64>) -> Option<&(u64, T)> {
        self.first
            .iter()
            .find(|(offset, _)| !gone.contains(offset))
            .map(|(_, seen)| seen)
    }
}

/// What was seen in one column that a text uses.
#[derive(Debug, Clone, Default)]
struct ColumnDoubts {
    empty: RowsSeen<()>,
    nothing: BTreeMap<&'static str, RowsSeen<()>>,
    /// `\n`, as databases write a line end in their text formats.
    escaped: RowsSeen<&'static str>,
    destroyed: RowsSeen<Destroyed>,
}

/// What was seen in the rows of one list.
#[derive(Debug, Clone, Default)]
struct List {
    messages: i64,
    /// In the order of the text's cells.
    columns: Vec<ColumnDoubts>,
    /// Offsets of doubtful rows that have left.
    gone: BTreeSet<u64>,
}

/// What was seen in all lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts(Vec<List>);

impl Doubts {
    pub(super) fn new(compiled: &CompiledCampaign) -> Self {
        let lists = compiled.lines.iter().map(|line| List {
            columns: vec![ColumnDoubts::default(); line.cells.len()],
            ..List::default()
        });
        Self(lists.collect())
    }

    /// The row becomes a message of this text.
    pub(super) fn add(&mut self, line: &CompiledSource, text: usize, row: &ListRow<'_>) {
        self.look(line, text, row, 1);
    }

    /// The row was added, here or elsewhere, and leaves.
    pub(super) fn remove(&mut self, line: &CompiledSource, text: usize, row: &ListRow<'_>) {
        self.look(line, text, row, -1);
    }

    fn look(&mut self, line: &CompiledSource, text: usize, row: &ListRow<'_>, by: i64) {
        let Some(list) = self.0.get_mut(row.source) else {
            return;
        };
        let has_several = line.texts.all().len() > 1;
        list.messages += by;
        for (cell, column) in line.cells.iter().zip(&mut list.columns) {
            if has_several && !cell.texts.contains(&text) {
                continue;
            }
            let text = row.cells.get(cell.at).copied().unwrap_or_default();
            let text = match text.as_bytes() {
                [b' ', ..] | [.., b' '] => text.trim(),
                _ => text,
            };
            if text.is_empty() {
                column.empty.add(row, by, || ());
            } else if let Some(word) = word_for_nothing(text) {
                column.nothing.entry(word).or_default().add(row, by, || ());
            } else if is_plain(text) {
                continue;
            } else if let Some(escape) = escape(text) {
                column.escaped.add(row, by, || escape);
            } else if let Some(place) = destroyed(text) {
                column.destroyed.add(row, by, || place);
            } else {
                continue;
            }
            if by < 0 {
                list.gone.insert(row.offset);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
            return;
        }
        for (list, more) in self.0.iter_mut().zip(other.0) {
            list.messages += more.messages;
            list.gone.extend(more.gone);
            for (column, more) in list.columns.iter_mut().zip(more.columns) {
                column.empty.merge(more.empty);
                column.destroyed.merge(more.destroyed);
                column.escaped.merge(more.escaped);
                for (word, seen) in more.nothing {
                    column.nothing.entry(word).or_default().merge(seen);
                }
            }
        }
    }

    /// One for each column and kind.
    pub(super) fn report(&self, compiled: &CompiledCampaign, tables: &[Table]) -> Vec<Diagnostic> {
        let lists = self.0.iter().zip(&compiled.lines).zip(tables);
        lists
            .flat_map(|((list, line), table)| {
                let columns = list.columns.iter().zip(&line.cells);
                columns.flat_map(|(column, cell)| list.of_column(column, cell, table))
            })
            .collect()
    }
}

impl List {
    fn of_column(&self, column: &ColumnDoubts, cell: &UsedCell, table: &Table) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let name = &cell.name;
        let seen = column.nothing.iter().filter(|(_, seen)| seen.rows > 0);
        for (word, seen) in seen {
            let Some((line, ())) = seen.first(&self.gone) else {
                continue;
            };
            let (rows, say) = if seen.rows == 1 {
                ("row", "says")
            } else {
                ("rows", "say")
            };
            let message = format!(
                "{} {rows} {say} `{word}` in `{name}`, and so do their messages",
                seen.rows
            );
            let null = word.replace('\\', "\\\\");
            let told = Diagnostic::warning(&diagnostics::CELLS, message);
            found.push(table.told_at(told, *line).hint(format!(
                "if that is a word for nothing, say so in the source: `null_values: [\"{null}\"]`"
            )));
        }
        if let (1.., Some((line, escape))) = (column.escaped.rows, column.escaped.first(&self.gone)) {
            let rows = if column.escaped.rows == 1 {
                "row has"
            } else {
                "rows have"
            };
            let message = format!(
                "{} {rows} characters escaped with a backslash in `{name}`, like `{escape}`, and so do their messages",
                column.escaped.rows
            );
            let told = Diagnostic::warning(&diagnostics::CELLS, message);
            found.push(table.told_at(told, *line).hint(
                "the text formats of databases (`COPY ... TEXT`, `--batch`, TSV) write line ends so: export as CSV",
            ));
        }
        if let (1.., Some((line, place))) = (column.destroyed.rows, column.destroyed.first(&self.gone)) {
            let rows = if column.destroyed.rows == 1 {
                "row has"
            } else {
                "rows have"
            };
            let message = format!(
                "{} {rows} destroyed text in `{name}`; {} has {place}",
                column.destroyed.rows,
                table.row_at(*line)
            );
            let told = Diagnostic::warning(&diagnostics::CELLS, message);
            found.push(
                table
                    .told_at(told, *line)
                    .hint("export the list again, as UTF-8, from where the text is still whole"),
            );
        }
        if let (1.., true, Some((line, ()))) = (column.empty.rows, cell.is_bare, column.empty.first(&self.gone)) {
            let message = format!(
                "`{name}` is empty in {} of {} messages",
                column.empty.rows, self.messages
            );
            let told = Diagnostic::note(&diagnostics::CELLS, message);
            found.push(
                table
                    .told_at(told, *line)
                    .hint(format!("say what to print instead: `{{{{ {name} or 'friend' }}}}`")),
            );
        }
        found
    }
}

/// Whether a text is ASCII without a backslash, as most cells are.
fn is_plain(text: &str) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    all_eights(text.as_bytes(), |word| word & HIGH == 0 && has_no_backslash(word))
}

fn has_no_backslash(word: u64) -> bool {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let zero_where_it_is = word ^ 0x5c5c_5c5c_5c5c_5c5c;
    ((zero_where_it_is & LOW) + LOW) | zero_where_it_is | LOW == u64::MAX
}

/// The letters that mean a line end, a tab, a quote or a backslash after a backslash.
fn escape(text: &str) -> Option<&'static str> {
    const ESCAPES: [&str; 5] = ["\\n", "\\t", "\\r", "\\\"", "\\\\"];
    if all_eights(text.as_bytes(), has_no_backslash) {
        return None;
    }
    // `C:\new` is a path.
    let is_path = text.contains(":\\") && !text.contains(":\\\\");
    let found = ESCAPES.into_iter().find(|escape| text.contains(escape));
    found.filter(|escape| !is_path || escape.ends_with(['"', '\\']))
}

fn word_for_nothing(text: &str) -> Option<&'static str> {
    // Length and first letter tell most cells from them.
    let is_long = text.len() > 11;
    if is_long
        || !matches!(
            text.as_bytes().first(),
            Some(b'\\' | b'N' | b'n' | b'u' | b'#' | b'(' | b'<' | b'[')
        )
    {
        return None;
    }
    NOTHING.iter().find(|word| **word == text).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_for_nothing_are_exact() {
        for word in NOTHING {
            assert_eq!(word_for_nothing(word), Some(word));
        }
        for name in ["Null", "Na", "NaNa", "Nan", "Nadia", "none", "#1", "(null", ""] {
            assert_eq!(word_for_nothing(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn plain_texts_have_nothing_to_doubt(text in "([ -~\u{0}\u{7f}]{0,20}[\\\\å√\u{fffd}]?[ -~]{0,20})|([\\[-^a-z]{0,11})") {
            let has_backslash = text.contains('\\');
            prop_assert_eq!(all_eights(text.as_bytes(), has_no_backslash), !has_backslash);
            prop_assert_eq!(is_plain(&text), text.is_ascii() && !has_backslash);
            prop_assert!(!is_plain(&text) || (escape(&text).is_none() && destroyed(&text).is_none()));
        }
    }
}
