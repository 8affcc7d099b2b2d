//! Rows of a block, and single rows read again.
//!
//! A delimiter or a line end outside quoted cells ends a cell, and the cutter has found those: blocks are split here.
//! Rows whose cells are not what the file says (doubled quotes, line ends of other systems inside), and files with bare
//! carriage returns, are split by `split`. Both must agree with each other and, on what is well formed, with the csv
//! crate: property tests keep that.

use std::borrow::Cow;

use encoding_rs::UTF_8;
use memchr::{memchr, memchr_iter};

use super::blocks::Block;
use super::delimiters::each_end;
use super::dialect::Dialect;
use super::guards::unguarded;
use super::quotes::scan;
use super::split::{WrittenCells, each_row_of_spans};
use super::table::Table;
use crate::model::Diagnostic;

/// A row before anything is known about its cells.
pub(super) struct RawRow<'a> {
    /// Of its first byte, in the file.
    pub(super) offset: u64,
    /// Its first line, from 1.
    pub(super) line: u64,
    /// `None`: not UTF-8.
    pub(super) cells: Option<&'a [&'a str]>,
    /// Whether a cell holds a line end.
    pub(super) has_line_ends: bool,
}

impl RawRow<'_> {
    pub(super) fn has_nul(&self) -> bool {
        self.cells
            .is_some_and(|cells| cells.iter().any(|cell| cell.contains('\0')))
    }
}

/// Calls `visit` for each row that is not blank.
pub(super) fn each_row(block: &Block, dialect: &Dialect, visit: &mut impl FnMut(&RawRow<'_>)) {
    if has_bare_returns(&block.bytes) {
        each_written_row(&block.bytes, (block.offset, block.line), dialect, visit);
    } else if !block.has_quotes {
        each_plain_row(block, dialect, visit);
    } else if let Some(text) = text_of(&block.bytes) {
        each_quoted_row(text, block, dialect, visit);
    } else {
        each_written_row(&block.bytes, (block.offset, block.line), dialect, visit);
    }
}

/// The cells of the first row, blank or not; `None`: not UTF-8.
pub(super) fn cells_of(rows: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut first = None;
    each_row_of_spans(rows, delimiter, &mut |spans| {
        if first.is_none() {
            let row = rows.get(spans.range.clone()).unwrap_or_default();
            first = Some(std::str::from_utf8(row).ok().map(|text| {
                let (mut written, mut cells) = (WrittenCells::default(), Vec::new());
                spans.cells(text, spans.range.start, &mut written, &mut cells);
                cells.into_iter().map(str::to_owned).collect()
            }));
        }
    });
    first.flatten()
}

/// A carriage return alone ends a row too, as in the csv crate.
fn has_bare_returns(bytes: &[u8]) -> bool {
    match memchr(b'\r', bytes) {
        None => false,
        Some(_) => memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')),
    }
}

/// Without quotes a delimiter ends a cell and a line end a row. All of a block is checked to be UTF-8 together, by the
/// decoder that needs 3 ms for a million rows where the standard library needs 42.
fn each_plain_row(block: &Block, dialect: &Dialect, visit: &mut impl FnMut(&RawRow<'_>)) {
    let (mut offset, mut line) = (block.offset, block.line);
    if let Some(text) = text_of(&block.bytes) {
        return each_text_row(text, offset, line, dialect, visit);
    }
    for row in block.bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(row) {
            Ok(text) => each_text_row(text, offset, line, dialect, visit),
            Err(_) => visit(&RawRow {
                offset,
                line,
                cells: None,
                has_line_ends: false,
            }),
        }
        offset += row.len() as u64;
        line += 1;
    }
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes)? {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

fn each_text_row(text: &str, offset: u64, mut line: u64, dialect: &Dialect, visit: &mut impl FnMut(&RawRow<'_>)) {
    let bytes = text.as_bytes();
    let mut cells: Vec<&str> = Vec::new();
    let (mut row, mut cell) = (0, 0);
    each_end([dialect.delimiter, b'\n'], bytes, |end| {
        cells.push(text.get(cell..end).unwrap_or_default());
        cell = end + 1;
        if bytes.get(end) == Some(&dialect.delimiter) {
            return;
        }
        if let Some(last) = cells.last_mut() {
            *last = last.strip_suffix('\r').unwrap_or(last);
        }
        if !is_blank(&cells) {
            dialect.empty_nulls(&mut cells);
            visit(&RawRow {
                offset: offset + row as u64,
                line,
                cells: Some(&cells),
                has_line_ends: false,
            });
        }
        cells.clear();
        row = end + 1;
        line += 1;
    });
}

/// The same with quoted cells, whose places are known: bytes within them end nothing.
fn each_quoted_row(text: &str, block: &Block, dialect: &Dialect, visit: &mut impl FnMut(&RawRow<'_>)) {
    let bytes = text.as_bytes();
    let has_returns = memchr(b'\r', bytes).is_some();
    let mut quoted = block.quoted.iter();
    let mut next = quoted.next();
    let mut cells: Vec<&str> = Vec::new();
    let (mut row, mut cell, mut line) = (0, 0, block.line);
    // Of the row so far.
    let (mut lines_inside, mut is_rewritten) = (0, false);
    each_end([dialect.delimiter, b'\n'], bytes, |at| {
        let is_delimiter = bytes.get(at) == Some(&dialect.delimiter);
        let text_of_cell = match next.filter(|span| (span.open as usize) < at) {
            Some(span) if at < span.close as usize => {
                lines_inside += u64::from(bytes.get(at) == Some(&b'\n'));
                return;
            }
            Some(span) => {
                is_rewritten |= span.is_doubled;
                next = quoted.next();
                text.get(span.open as usize + 1..span.close as usize)
            }
            None => text.get(cell..at).map(|own| {
                if is_delimiter {
                    own
                } else {
                    own.strip_suffix('\r').unwrap_or(own)
                }
            }),
        };
        let text_of_cell = text_of_cell.unwrap_or_default();
        cells.push(if text_of_cell.starts_with('=') {
            unguarded(text_of_cell)
        } else {
            text_of_cell
        });
        cell = at + 1;
        if is_delimiter {
            return;
        }
        if is_rewritten || (lines_inside > 0 && has_returns) {
            let written = bytes.get(row..at).unwrap_or_default();
            each_written_row(written, (block.offset + row as u64, line), dialect, visit);
        } else if !is_blank(&cells) {
            dialect.empty_nulls(&mut cells);
            visit(&RawRow {
                offset: block.offset + row as u64,
                line,
                cells: Some(&cells),
                has_line_ends: lines_inside > 0,
            });
        }
        cells.clear();
        row = at + 1;
        line += 1 + lines_inside;
        (lines_inside, is_rewritten) = (0, false);
    });
}

/// Rows of which some cells are written anew, or some are not UTF-8, whether their quotes are sound or not; they begin
/// at this byte and line of the file.
pub(super) fn each_written_row(
    bytes: &[u8],
    (offset, line): (u64, u64),
    dialect: &Dialect,
    visit: &mut impl FnMut(&RawRow<'_>),
) {
    let whole = text_of(bytes);
    let mut written = WrittenCells::default();
    let mut memory: Vec<&str> = Vec::new();
    each_row_of_spans(bytes, dialect.delimiter, &mut |spans| {
        let from = spans.range.start;
        let text = whole.map(|text| (text, 0)).or_else(|| {
            let row = bytes.get(spans.range.clone())?;
            Some((std::str::from_utf8(row).ok()?, from))
        });
        let is_text = text.is_some();
        let mut cells = recycle(std::mem::take(&mut memory));
        if let Some((text, at)) = text {
            spans.cells(text, at, &mut written, &mut cells);
        }
        if !is_text || !is_blank(&cells) {
            dialect.empty_nulls(&mut cells);
            visit(&RawRow {
                offset: offset + from as u64,
                line: line + spans.lines_before,
                cells: is_text.then_some(cells.as_slice()),
                has_line_ends: spans.has_line_ends,
            });
        }
        memory = recycle(cells);
    });
}

/// An empty vector of another lifetime in the same memory.
fn recycle<'b>(mut cells: Vec<&str>) -> Vec<&'b str> {
    cells.clear();
    cells.into_iter().map(|_| "").collect()
}

/// Spreadsheets end their exports with rows of delimiters alone.
fn is_blank(cells: &[&str]) -> bool {
    // Nearly every row begins with a letter, a digit or a mark: it is not asked further.
    let first = cells.first().and_then(|cell| cell.as_bytes().first());
    !first.is_some_and(u8::is_ascii_graphic) && cells.iter().all(|cell| cell.trim().is_empty())
}

/// Reads single rows again, each at its offset; neighbours cost one read.
pub(super) struct RowReader<'t> {
    table: &'t Table,
    window: Vec<u8>,
    offset: u64,
}

/// Bytes read around a row.
const WINDOW: usize = 8 << 10;

impl<'t> RowReader<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        Self {
            table,
            window: Vec::new(),
            offset: 0,
        }
    }

    /// Calls `visit` with the cells of the row at `offset`.
    pub(super) fn read<T>(&mut self, offset: u64, visit: impl FnOnce(&[&str]) -> T) -> Result<T, Diagnostic> {
        let mut wanted = WINDOW;
        let (start, end) = loop {
            if let Some(range) = self.row_at(offset) {
                break range;
            }
            let left = self.table.bytes.size().saturating_sub(offset);
            if left == 0 || (self.offset == offset && self.window.len() as u64 == left && !self.window.is_empty()) {
                return Err(self.table.bytes.changed());
            }
            let count = usize::try_from(left.min(wanted as u64)).unwrap_or(wanted);
            self.window.clear();
            self.window.resize(count, 0);
            self.offset = offset;
            self.table.bytes.read_exact_at(offset, &mut self.window)?;
            wanted *= 4;
        };
        let row = self.window.get(start..end).unwrap_or_default();
        let scan = scan(row, self.table.dialect.delimiter);
        let block = Block {
            source: 0,
            offset,
            line: 0,
            has_quotes: scan.has_quotes,
            quoted: scan.quoted,
            bytes: row.to_vec(),
        };
        let mut visit = Some(visit);
        let mut result = None;
        each_row(&block, &self.table.dialect, &mut |raw| {
            if let (Some(cells), Some(visit)) = (raw.cells, visit.take()) {
                result = Some(visit(cells));
            }
        });
        result.ok_or_else(|| self.table.bytes.changed())
    }

    /// The row's range in the window, if the window holds all of it.
    fn row_at(&self, offset: u64) -> Option<(usize, usize)> {
        let start = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        let mut end = start;
        loop {
            let rest = self.window.get(end..).filter(|rest| !rest.is_empty())?;
            let Some(line) = memchr(b'\n', rest) else {
                let is_last = self.offset + self.window.len() as u64 == self.table.bytes.size();
                return is_last.then_some((start, self.window.len()));
            };
            end += line + 1;
            let row = self.window.get(start..end)?;
            if scan(row, self.table.dialect.delimiter).fault.is_none() {
                return Some((start, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::quotes::Scan;
    use super::*;
    use proptest::prelude::*;

    type Seen = Vec<(u64, u64, Option<Vec<String>>)>;

    fn seen(block: &Block, each: impl Fn(&Block, &mut dyn FnMut(&RawRow<'_>))) -> Seen {
        let mut rows = Vec::new();
        each(block, &mut |row| {
            let cells = row
                .cells
                .map(|cells| cells.iter().map(|cell| (*cell).to_owned()).collect());
            rows.push((row.offset, row.line, cells));
        });
        rows
    }

    fn block(bytes: Vec<u8>) -> Block {
        let scan = scan(&bytes, b',');
        block_of(bytes, scan)
    }

    fn block_of(bytes: Vec<u8>, scan: Scan) -> Block {
        Block {
            source: 0,
            offset: 100,
            line: 7,
            has_quotes: scan.has_quotes,
            quoted: scan.quoted,
            bytes,
        }
    }

    /// What `split` makes of all of it.
    fn slowly(block: &Block, dialect: &Dialect) -> Seen {
        seen(block, |block, visit| {
            each_written_row(&block.bytes, (block.offset, block.line), dialect, &mut |row| visit(row));
        })
    }

    fn fast(block: &Block, dialect: &Dialect) -> Seen {
        seen(block, |block, visit| each_row(block, dialect, &mut |row| visit(row)))
    }

    /// What the csv crate makes of rows that are not blank.
    fn by_the_csv_crate(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(bytes);
        let rows = reader.records().map(|row| row.unwrap());
        rows.map(|row| {
            row.iter()
                .map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n"))
                .collect()
        })
        .filter(|row: &Vec<String>| !row.iter().all(|cell| cell.trim().is_empty()))
        .collect()
    }

    /// Texts of up to 40 pieces, each of which leaves quotes sound for the delimiter beside it.
    fn sound(piece: &'static str, delimiters: &'static [u8]) -> impl Strategy<Value = (String, u8)> {
        let pieces = prop::collection::vec(piece, 0..40);
        (pieces, prop::sample::select(delimiters)).prop_map(|(pieces, delimiter)| {
            let text = pieces.iter().fold(String::new(), |text, piece| {
                let longer = format!("{text}{piece}");
                match scan(longer.as_bytes(), delimiter).fault {
                    None => longer,
                    Some(_) => text,
                }
            });
            (text, delimiter)
        })
    }

    proptest! {
        #[test]
        fn rows_without_quotes_are_the_same_either_way(
            text in "([a-z0-9åé ;\t]{0,9}[,;]|[a-zå]{0,20}|\r\n|\n|,,\n|é){0,60}", delimiter in prop::sample::select(b",;\t".as_slice()),
            broken in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = text.into_bytes();
            if let Some(at) = broken.filter(|_| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = 0xff;
            }
            let block = block(bytes);
            prop_assume!(!has_bare_returns(&block.bytes));
            let dialect = Dialect::of(delimiter);
            let plain = seen(&block, |block, visit| each_plain_row(block, &dialect, &mut |row| visit(row)));
            prop_assert_eq!(plain, slowly(&block, &dialect));
        }

        #[test]
        fn rows_with_quotes_are_the_same_either_way(
            (text, delimiter) in sound(
                "[a-zå0-9 =]{0,4}[,;]|\"([a-zå,;\r\n]|\"\"){0,8}\"[,;\n]|=\"[a-z0-9]{0,4}\",|\"=\"\"[a-z]{0,3}\"\"\",|[a-z\"]{1,4}|\r\n|\n|\"\"\r\n|\"[a-z]\r\n\"\r\n",
                b",;",
            ),
            broken in prop::option::weighted(0.1, any::<prop::sample::Index>()),
        ) {
            let mut bytes = text.clone().into_bytes();
            if let Some(at) = broken.filter(|_| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = 0xff;
            }
            // A byte that took a quote's place may have made it unsound.
            if scan(&bytes, delimiter).fault.is_some() {
                bytes = text.into_bytes();
            }
            let scan = scan(&bytes, delimiter);
            let (block, dialect) = (block_of(bytes, scan), Dialect::of(delimiter));
            prop_assert_eq!(fast(&block, &dialect), slowly(&block, &dialect));
        }

        #[test]
        fn sound_rows_are_what_the_csv_crate_makes_of_them(
            (text, delimiter) in sound(
                "[a-zå0-9 ;=]{0,4}[,;]|\"([a-z,;\r\n]|\"\"){0,8}\"[,;\n\r]|[a-z\"]{1,4}|\r\n|\n|\r",
                b",;",
            ),
        ) {
            let dialect = Dialect::of(delimiter);
            let bytes = text.clone().into_bytes();
            let scan = scan(&bytes, delimiter);
            let ours = fast(&block_of(bytes, scan), &dialect);
            let ours: Vec<Vec<String>> = ours.into_iter().map(|(_, _, cells)| cells.unwrap()).collect();
            prop_assert_eq!(ours, by_the_csv_crate(text.as_bytes(), delimiter));
        }

        #[test]
        fn every_row_stands_where_it_says((text, _) in sound("[a-z]{0,4},|\"[a-z,\r\n]{0,6}\",|[a-z]{1,4}|\r\n|\n", b",")) {
            let dialect = Dialect::of(b',');
            let rows = fast(&block(text.clone().into_bytes()), &dialect);
            for (offset, line, cells) in rows {
                let (before, row) = text.split_at(usize::try_from(offset - 100).unwrap());
                prop_assert_eq!(line, 7 + u64::try_from(before.matches('\n').count()).unwrap());
                let again = fast(&block(row.as_bytes().to_vec()), &dialect);
                prop_assert_eq!(&again[0].2, &cells);
            }
        }
    }

    #[test]
    fn words_for_nothing_are_empty_cells() {
        let dialect = Dialect {
            delimiter: b',',
            null_values: vec!["NULL".to_owned(), "\\N".to_owned()],
        };
        for (text, expected) in [
            ("1,NULL,x\n", ["1", "", "x"]),
            ("1,\\N , NULLs\n", ["1", "", " NULLs"]),
            ("1,\"NULL\",null\n", ["1", "", "null"]),
        ] {
            let rows = fast(&block(text.into()), &dialect);
            assert_eq!(rows[0].2.as_ref().unwrap(), &expected);
        }
    }
}
