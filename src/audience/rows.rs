//! Rows of a block, and single rows read again.
//!
//! Blocks without a quote are split here, where cells can be borrowed from the block; all others by the csv crate. The
//! two must agree, which a property test keeps.

use std::borrow::Cow;

use encoding_rs::UTF_8;
use memchr::{memchr, memchr_iter};

use super::blocks::{Block, scan};
use super::delimiters::each_delimiter;
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
}

impl RawRow<'_> {
    pub(super) fn has_nul(&self) -> bool {
        self.cells
            .is_some_and(|cells| cells.iter().any(|cell| cell.contains('\0')))
    }
}

/// Calls `visit` for each row that is not blank.
pub(super) fn each_row(block: &Block, delimiter: u8, visit: &mut impl FnMut(&RawRow<'_>)) {
    if block.has_quotes || has_bare_returns(&block.bytes) {
        each_quoted_row(block, delimiter, visit);
    } else {
        each_plain_row(block, delimiter, visit);
    }
}

/// The csv crate ends a row at these too.
fn has_bare_returns(bytes: &[u8]) -> bool {
    match memchr(b'\r', bytes) {
        None => false,
        Some(_) => memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')),
    }
}

/// Without quotes a delimiter ends a cell and a line end a row. All of a block is checked to be UTF-8 together, by the
/// decoder that needs 3 ms for a million rows where the standard library needs 42.
fn each_plain_row(block: &Block, delimiter: u8, visit: &mut impl FnMut(&RawRow<'_>)) {
    let (mut offset, mut line) = (block.offset, block.line);
    if let Some(Cow::Borrowed(text)) = UTF_8.decode_without_bom_handling_and_without_replacement(&block.bytes) {
        return each_text_row(text, offset, line, delimiter, visit);
    }
    for row in block.bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(row) {
            Ok(text) => each_text_row(text, offset, line, delimiter, visit),
            Err(_) => visit(&RawRow {
                offset,
                line,
                cells: None,
            }),
        }
        offset += row.len() as u64;
        line += 1;
    }
}

fn each_text_row(text: &str, offset: u64, mut line: u64, delimiter: u8, visit: &mut impl FnMut(&RawRow<'_>)) {
    let bytes = text.as_bytes();
    let mut cells: Vec<&str> = Vec::new();
    let (mut row, mut cell) = (0, 0);
    let mut end_of_cell = |end: usize| {
        cells.push(text.get(cell..end).unwrap_or_default());
        cell = end + 1;
        if bytes.get(end) == Some(&delimiter) {
            return;
        }
        if let Some(last) = cells.last_mut() {
            *last = last.strip_suffix('\r').unwrap_or(last);
        }
        if !is_blank(&cells) {
            visit(&RawRow {
                offset: offset + row as u64,
                line,
                cells: Some(&cells),
            });
        }
        cells.clear();
        row = end + 1;
        line += 1;
    };
    each_delimiter(delimiter, b'\n', bytes, &mut end_of_cell);
    end_of_cell(bytes.len());
}

fn each_quoted_row(block: &Block, delimiter: u8, visit: &mut impl FnMut(&RawRow<'_>)) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(block.bytes.as_slice());
    let mut record = csv::ByteRecord::new();
    let mut memory: Vec<&str> = Vec::new();
    loop {
        let at = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let mut line = block.line + reader.position().line() - 1;
        if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
            return;
        }
        // The position before blank lines is not the row's.
        let mut start = at;
        while let Some(b'\n' | b'\r') = block.bytes.get(start) {
            line += u64::from(block.bytes.get(start) == Some(&b'\n'));
            start += 1;
        }
        let mut cells = recycle(memory);
        let is_text = fill(&record, &mut cells);
        if !is_text || !is_blank(&cells) {
            visit(&RawRow {
                offset: block.offset + start as u64,
                line,
                cells: is_text.then_some(cells.as_slice()),
            });
        }
        memory = recycle(cells);
    }
}

fn fill<'r>(record: &'r csv::ByteRecord, cells: &mut Vec<&'r str>) -> bool {
    let Ok(text) = std::str::from_utf8(record.as_slice()) else {
        return false;
    };
    (0..record.len()).all(|at| match record.range(at).and_then(|range| text.get(range)) {
        Some(cell) => {
            cells.push(cell);
            true
        }
        None => false,
    })
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
        let block = Block {
            source: 0,
            offset,
            line: 0,
            has_quotes: memchr(b'"', row).is_some(),
            bytes: row.to_vec(),
        };
        let mut visit = Some(visit);
        let mut result = None;
        each_row(&block, self.table.delimiter, &mut |raw| {
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
            if scan(row, self.table.delimiter).open_quote.is_none() {
                return Some((start, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
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

    proptest! {
        #[test]
        fn rows_without_quotes_are_what_the_csv_crate_makes_of_them(
            text in "([a-z0-9åé ;\t]{0,9}[,;]|[a-zå]{0,20}|\r\n|\n|,,\n|é){0,60}", delimiter in prop::sample::select(b",;\t".as_slice()),
            broken in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = text.into_bytes();
            if let Some(at) = broken.filter(|_| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = 0xff;
            }
            let block = Block { source: 0, offset: 100, line: 7, bytes, has_quotes: false };
            prop_assume!(!has_bare_returns(&block.bytes));
            let fast = seen(&block, |block, visit| each_plain_row(block, delimiter, &mut |row| visit(row)));
            let slow = seen(&block, |block, visit| each_quoted_row(block, delimiter, &mut |row| visit(row)));
            prop_assert_eq!(fast, slow);
        }
    }
}
