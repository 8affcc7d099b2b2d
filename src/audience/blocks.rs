//! A list cut into blocks of whole rows, so that they can be parsed side by side.
//!
//! Quotes decide which line ends are row ends. A quote opens a cell only where a cell begins, and closes it unless
//! doubled; only a delimiter or a line end may follow it (RFC 4180). Other programs take the text that follows for part of
//! the cell: then two stray quotes close each other, and the rows between them become somebody's name. Never holds more
//! than one block and one row; a row that never ends is an error, not memory.

use std::path::Path;

use super::diagnostics::STRUCTURE;
use super::quotes::{QuoteFault, QuotedCell, count_lines, line_of, scan};
use super::table::Table;
use crate::model::Diagnostic;

/// Bytes of a row that is not whole, as far as rows are short.
const CARRIED: usize = 4 << 10;
/// The longest row: a quote that is never closed must not fill memory.
const MAX_ROW: usize = 1 << 20;

/// Whole rows of one table.
pub(super) struct Block {
    /// Which table.
    pub(super) source: usize,
    /// Where in the file it begins.
    pub(super) offset: u64,
    /// The line it begins at.
    pub(super) line: u64,
    /// What it says.
    pub(super) bytes: Vec<u8>,
    /// Whether there is a quote anywhere.
    pub(super) has_quotes: bool,
    /// Its quoted cells, in order; all are sound.
    pub(super) quoted: Vec<QuotedCell>,
}

/// Cuts table after table, from the first data row on.
pub(super) struct Cutter<'a> {
    tables: &'a [Table],
    source: usize,
    block: usize,
    /// Of the first byte that no block has held.
    offset: u64,
    line: u64,
    /// Read already, from `offset` on.
    carry: Vec<u8>,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(tables: &'a [Table], block: usize) -> Self {
        let mut cutter = Self {
            tables,
            source: 0,
            block: block.max(1),
            offset: 0,
            line: 0,
            carry: Vec::new(),
        };
        cutter.enter(0);
        cutter
    }

    fn enter(&mut self, source: usize) {
        self.source = source;
        self.carry.clear();
        if let Some(table) = self.tables.get(source) {
            self.offset = table.rows_at;
            self.line = table.rows_line;
        }
    }

    /// The next block, in the memory of a finished one. After an error, the next table's.
    pub(super) fn next(&mut self, mut memory: Vec<u8>) -> Option<Result<Block, Diagnostic>> {
        while let Some(table) = self.tables.get(self.source) {
            match self.cut(table, memory) {
                Ok(Cut::Block(block)) => return Some(Ok(block)),
                Ok(Cut::End(unused)) => {
                    memory = unused;
                    self.enter(self.source + 1);
                }
                Err(fault) => {
                    self.enter(self.source + 1);
                    return Some(Err(fault));
                }
            }
        }
        None
    }

    fn cut(&mut self, table: &Table, mut bytes: Vec<u8>) -> Result<Cut, Diagnostic> {
        // What a finished block held is written over: a block cleared first would be filled with zeros before it is read.
        let mut from = self.carry.len();
        bytes.resize(from.max(bytes.len()), 0);
        let carried = bytes.get_mut(..from).unwrap_or_default();
        carried.copy_from_slice(&self.carry);
        self.carry.clear();
        loop {
            let position = self.offset + from as u64;
            let left = table.bytes.size().saturating_sub(position);
            let count = usize::try_from(left.min(self.block as u64)).unwrap_or(self.block);
            // Room for what is carried over too, else the second block would move to memory of twice the size.
            bytes.reserve_exact((from + count + CARRIED).saturating_sub(bytes.len()));
            bytes.resize(from + count, 0);
            table
                .bytes
                .read_exact_at(position, bytes.get_mut(from..).unwrap_or_default())?;
            if bytes.is_empty() {
                return Ok(Cut::End(bytes));
            }
            let is_last = count as u64 == left;
            let mut scan = scan(&bytes, table.dialect.delimiter);
            let end = match scan.fault {
                None if is_last => Some(bytes.len()),
                // Rows before a quote that is wrong are read first: their faults count too.
                _ => scan.rows_end,
            };
            let Some(end) = end else {
                let is_final = bytes.len() > MAX_ROW || is_last;
                match scan.fault {
                    Some(fault @ QuoteFault::GoesOn { .. }) => return Err(self.quoted(table.file(), &bytes, fault)),
                    Some(fault) if is_final => return Err(self.quoted(table.file(), &bytes, fault)),
                    None if is_final => return Err(too_long(table.file(), self.line)),
                    Some(QuoteFault::Unclosed { .. }) | None => {}
                }
                from = bytes.len();
                continue;
            };
            self.carry.extend_from_slice(bytes.get(end..).unwrap_or_default());
            bytes.truncate(end);
            while scan.quoted.pop_if(|cell| cell.open as usize >= end).is_some() {}
            let block = Block {
                source: self.source,
                offset: self.offset,
                line: self.line,
                has_quotes: scan.has_quotes,
                quoted: scan.quoted,
                bytes,
            };
            self.offset += end as u64;
            self.line += count_lines(&block.bytes);
            return Ok(Cut::Block(block));
        }
    }

    fn quoted(&self, file: &Path, bytes: &[u8], fault: QuoteFault) -> Diagnostic {
        let line = self.line + count_lines(bytes.get(..fault.open()).unwrap_or_default());
        fault.at(line_of(file, line))
    }
}

enum Cut {
    Block(Block),
    End(Vec<u8>),
}

fn too_long(file: &Path, line: u64) -> Diagnostic {
    Diagnostic::error(&STRUCTURE, "a row of more than a megabyte").at(line_of(file, line))
}
