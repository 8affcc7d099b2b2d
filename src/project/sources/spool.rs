//! A nameless copy of rows as CSV: commas, UTF-8, a quote where it is needed.
//!
//! In: rows, or CSV as a server streams it. Out: an [`OpenedSource`]. Bounded: endless rows and huge cells end in an
//! error, not in a full disk.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::opened::{About, OpenedSource};
use super::row_names::RowNames;
use super::{OpenError, Trouble};
use crate::project::diagnostics;

/// Bytes of a copy.
const MOST_BYTES: u64 = 8 << 30;
/// Bytes of one row: the same bound that every list has.
const MOST_ROW_BYTES: u64 = 1 << 20;

/// A copy that is being written.
pub(super) struct Spool<'a> {
    name: &'a Path,
    out: BufWriter<File>,
    size: u64,
    most_rows: u64,
    /// The line that comes next, from 1.
    line: u64,
    /// Rows begun, the header not counted.
    rows: u64,
    has_header: bool,
    /// Of streamed CSV: within quotes, and bytes of the row so far.
    is_quoted: bool,
    row_bytes: u64,
    names: RowNames,
    part: Option<Arc<str>>,
    /// The row that is being made.
    record: Vec<u8>,
    /// Rows of the parts before.
    rows_before: u64,
}

#[cfg_attr(
    not(any(feature = "postgres", feature = "parquet", feature = "xlsx")),
    expect(dead_code, reason = "without these features nothing writes rows one by one")
)]
impl<'a> Spool<'a> {
    /// For a source of this name.
    pub(super) fn new(name: &'a Path, most_rows: u64) -> Result<Self, OpenError> {
        let file = tempfile::tempfile().map_err(|error| unwritable(name, &error))?;
        Ok(Self {
            name,
            out: BufWriter::with_capacity(1 << 18, file),
            size: 0,
            most_rows,
            line: 1,
            rows: 0,
            has_header: false,
            is_quoted: false,
            row_bytes: 0,
            names: RowNames::default(),
            part: None,
            record: Vec::new(),
            rows_before: 0,
        })
    }

    /// Calls rows and cells as a sheet does.
    #[cfg(feature = "xlsx")]
    pub(super) fn name_cells(&mut self, sheet: &str, first_column: usize) {
        self.names = RowNames::of_sheet(sheet, first_column);
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// From here on, rows come from this part and count from 1.
    pub(super) fn begin_part(&mut self, part: &Arc<str>) {
        self.part = Some(Arc::clone(part));
        self.rows_before = self.rows;
        let line = if self.has_header { self.line } else { self.line + 1 };
        self.names.begin(line, 1, Some(part));
    }

    /// Streamed CSV may end without a line end.
    pub(super) fn end_part(&mut self) -> Result<(), OpenError> {
        if self.row_bytes > 0 { self.stream(b"\n") } else { Ok(()) }
    }

    /// The heads, once.
    pub(super) fn header<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), OpenError> {
        if !self.has_header {
            self.record(cells)?;
            self.has_header = true;
        }
        Ok(())
    }

    /// One row, called `row` where it came from.
    pub(super) fn row<'c>(&mut self, row: u64, cells: impl Iterator<Item = &'c str>) -> Result<(), OpenError> {
        self.rows += 1;
        self.check_rows()?;
        let part = self.part.clone();
        self.names.begin(self.line, row, part.as_ref());
        self.record(cells)
    }

    fn record<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), OpenError> {
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        let mut count = 0_usize;
        for cell in cells {
            if count > 0 {
                record.push(b',');
            }
            count += 1;
            self.line += write_cell(cell, &mut record);
        }
        // A line with nothing on it is no row to a reader of CSV.
        if count == 1 && record.is_empty() {
            record.extend(b"\"\"");
        }
        record.push(b'\n');
        self.line += 1;
        let length = record.len() as u64;
        self.put(&record)?;
        self.record = record;
        self.check_row(length)
    }

    /// CSV with its header, as a server streams it: counted, and copied as it is.
    pub(super) fn stream(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\n')) {
            let (before, from) = rest.split_at(at);
            self.row_bytes += before.len() as u64 + 1;
            if from.first() == Some(&b'"') {
                self.is_quoted = !self.is_quoted;
            } else {
                self.end_of_line()?;
            }
            rest = from.get(1..).unwrap_or_default();
        }
        self.row_bytes += rest.len() as u64;
        self.check_row(self.row_bytes)?;
        self.put(bytes)
    }

    fn end_of_line(&mut self) -> Result<(), OpenError> {
        self.line += 1;
        if self.is_quoted {
            return Ok(());
        }
        self.check_row(self.row_bytes)?;
        self.row_bytes = 0;
        if self.has_header {
            self.rows += 1;
            self.check_rows()?;
        }
        self.has_header = true;
        let part = self.part.clone();
        self.names
            .begin(self.line, self.rows - self.rows_before + 1, part.as_ref());
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        self.size += bytes.len() as u64;
        if self.size > MOST_BYTES {
            let why = format!("gives more than is read ({MOST_BYTES} bytes)");
            return Err(Trouble::new(self.name, &diagnostics::TOO_MUCH, why).into());
        }
        self.out.write_all(bytes).map_err(|error| unwritable(self.name, &error))
    }

    fn check_rows(&self) -> Result<(), OpenError> {
        if self.rows <= self.most_rows {
            return Ok(());
        }
        let why = format!("gives more rows than `max_rows` ({})", self.most_rows);
        Err(Trouble::new(self.name, &diagnostics::TOO_MUCH, why)
            .hint("ask for fewer, or raise `max_rows` of the source in campanile.yaml")
            .into())
    }

    fn check_row(&self, bytes: u64) -> Result<(), OpenError> {
        if bytes <= MOST_ROW_BYTES {
            return Ok(());
        }
        let why = format!("has a row of more than a megabyte, after {} rows", self.rows);
        Err(Trouble::new(self.name, &diagnostics::TOO_MUCH, why).into())
    }

    /// The copy, to be read.
    pub(super) fn finish(mut self, mut about: About) -> Result<OpenedSource, OpenError> {
        self.out.flush().map_err(|error| unwritable(self.name, &error))?;
        let name = self.name;
        let file = self.out.into_inner().map_err(|error| unwritable(name, error.error()))?;
        about.names = Some(self.names);
        Ok(OpenedSource {
            file: Arc::new(file),
            size: self.size,
            original: None,
            about: Arc::new(about),
        })
    }
}

/// The line ends in it come back.
fn write_cell(cell: &str, record: &mut Vec<u8>) -> u64 {
    // All four come before the letters and digits that cells mostly have.
    let needs_quotes = |byte: u8| byte <= b',' && matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !cell.bytes().any(needs_quotes) {
        record.extend_from_slice(cell.as_bytes());
        return 0;
    }
    record.push(b'"');
    for (at, piece) in cell.split('"').enumerate() {
        if at > 0 {
            record.extend(b"\"\"");
        }
        record.extend_from_slice(piece.as_bytes());
    }
    record.push(b'"');
    cell.bytes().filter(|byte| *byte == b'\n').count() as u64
}

fn unwritable(name: &Path, error: &io::Error) -> OpenError {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "cannot be copied: the disk for temporary files is full".to_owned(),
        kind => format!("cannot be copied to a temporary file ({kind})"),
    };
    Trouble::new(name, &diagnostics::UNREADABLE, why).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &OpenedSource) -> String {
        let mut bytes = vec![0; usize::try_from(source.size()).unwrap()];
        source.read_at(0, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn rows_are_written_as_csv_and_keep_their_names() {
        let mut spool = Spool::new(Path::new("x"), 10).unwrap();
        spool.header(["msisdn", "na,me"].into_iter()).unwrap();
        spool.row(1, ["46701234567", "a\n\"b\""].into_iter()).unwrap();
        spool.row(2, ["46701234568", ""].into_iter()).unwrap();
        let source = spool.finish(About::default()).unwrap();
        assert_eq!(
            text(&source),
            "msisdn,\"na,me\"\n46701234567,\"a\n\"\"b\"\"\"\n46701234568,\n"
        );
        assert_eq!(source.row_name(4, None).as_deref(), Some("row 2"));
    }

    #[test]
    fn a_streamed_row_with_line_ends_is_one_row() {
        let mut spool = Spool::new(Path::new("x"), 2).unwrap();
        for piece in ["a,b\n1,\"x\n", "y\"\n2,\"\"\"\n\"\n"] {
            spool.stream(piece.as_bytes()).unwrap();
        }
        assert_eq!(spool.rows(), 2);
        assert!(spool.stream(b"3,z\n").is_err(), "one more than `max_rows`");
        let mut huge = Spool::new(Path::new("x"), 2).unwrap();
        huge.stream(b"a\n\"").unwrap();
        assert!((0..20).any(|_| huge.stream(&vec![b'x'; 1 << 16]).is_err()));
    }
}
