//! Rows with quoted cells, told apart.
//!
//! In: whole rows whose quotes the cutter has found sound. Out: each row with its cells: quotes taken off, doubled ones
//! single, every line end inside a cell a line feed. Cells that say what the file says are borrowed from it; only the
//! others are written anew, into memory that serves row after row. Never: a quote lost, or a byte of one cell in
//! another.

use std::ops::Range;

use super::delimiters::each_delimiter;
use super::guards::{unguarded, unguarded_twice};

/// A cell as the file has it.
#[derive(Clone, Copy)]
struct CellSpan {
    from: usize,
    to: usize,
    /// Whether doubled quotes or carriage returns are in it.
    is_rewritten: bool,
}

/// One row, before its cells are looked at.
pub(super) struct Spans<'a> {
    /// Its bytes, without the line end.
    pub(super) range: Range<usize>,
    /// Line ends before its first byte.
    pub(super) lines_before: u64,
    /// Whether a cell holds a line end.
    pub(super) has_line_ends: bool,
    cells: &'a [CellSpan],
}

/// How far a cell is read.
#[derive(Clone, Copy)]
enum State {
    /// No quote has opened it.
    Plain,
    Quoted,
    /// After a quote that closes it, unless another follows.
    Closed(usize),
}

/// Calls `visit` with each row, also those without any byte.
pub(super) fn each_row_of_spans(bytes: &[u8], delimiter: u8, visit: &mut impl FnMut(&Spans<'_>)) {
    let mut cells: Vec<CellSpan> = Vec::new();
    let (mut row_from, mut cell_from) = (0, 0);
    let (mut lines, mut lines_before) = (0_u64, 0_u64);
    let (mut has_line_ends, mut is_rewritten) = (false, false);
    let mut state = State::Plain;
    let mut meet = |at: usize| {
        let byte = bytes.get(at).copied().unwrap_or(b'\n');
        lines += u64::from(byte == b'\n');
        match (state, byte) {
            (State::Quoted, b'"') => state = State::Closed(at),
            (State::Quoted, b'\r') => (has_line_ends, is_rewritten) = (true, true),
            // What is never closed is kept unchanged.
            (State::Quoted, b'\n') if at < bytes.len() => has_line_ends = true,
            (State::Quoted, _) if at < bytes.len() => {}
            (State::Closed(close), b'"') if close + 1 == at => (state, is_rewritten) = (State::Quoted, true),
            (State::Plain, b'"') if at == cell_from => state = State::Quoted,
            (State::Plain | State::Closed(_), b'"') => {}
            (State::Plain | State::Closed(_) | State::Quoted, end) => {
                cells.push(match state {
                    State::Closed(close) if close + 1 == at => CellSpan {
                        from: cell_from + 1,
                        to: close,
                        is_rewritten,
                    },
                    State::Closed(_) | State::Plain | State::Quoted => CellSpan {
                        from: cell_from,
                        to: at,
                        is_rewritten: false,
                    },
                });
                (state, is_rewritten) = (State::Plain, false);
                cell_from = at + 1;
                if end != delimiter {
                    visit(&Spans {
                        range: row_from..at,
                        lines_before,
                        has_line_ends,
                        cells: &cells,
                    });
                    cells.clear();
                    has_line_ends = false;
                    row_from = at + 1;
                    lines_before = lines;
                }
            }
        }
    };
    each_delimiter([delimiter, b'"', b'\n', b'\r'], bytes, &mut meet);
    meet(bytes.len());
}

/// Cells written anew, one after the other.
#[derive(Default)]
pub(super) struct WrittenCells {
    text: String,
    ends: Vec<usize>,
}

impl Spans<'_> {
    /// Appends the cells, borrowed from `text`, which begins at the byte `at`; those to be written anew are in
    /// `written`, and nothing else does.
    pub(super) fn cells<'t>(&self, text: &'t str, at: usize, written: &'t mut WrittenCells, cells: &mut Vec<&'t str>) {
        let of = |cell: &CellSpan| text.get(cell.from.saturating_sub(at)..cell.to.saturating_sub(at));
        written.text.clear();
        written.ends.clear();
        for cell in self.cells.iter().filter(|cell| cell.is_rewritten) {
            let from = written.text.len();
            rewrite(of(cell).unwrap_or_default(), &mut written.text);
            let guarded = written.text.get(from..).filter(|text| text.starts_with('='));
            if let Some(inside) = guarded.and_then(unguarded_twice) {
                written.text.truncate(from);
                written.text.push_str(&inside);
            }
            written.ends.push(written.text.len());
        }
        let mut ends = written.ends.iter();
        let mut from = 0;
        for cell in self.cells {
            let text = match ends.as_slice().first() {
                Some(end) if cell.is_rewritten => {
                    ends.next();
                    written.text.get(std::mem::replace(&mut from, *end)..*end)
                }
                Some(_) | None => of(cell),
            };
            let text = text.unwrap_or_default();
            cells.push(if text.starts_with('=') { unguarded(text) } else { text });
        }
    }
}

/// Doubled quotes become single, CRLF and CR line feeds.
fn rewrite(cell: &str, written: &mut String) {
    let mut rest = cell;
    while let Some(at) = rest.find(['"', '\r']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        written.push_str(before);
        let (becomes, length) = match from.as_bytes() {
            [b'"', b'"', ..] => ('"', 2),
            [b'\r', b'\n', ..] => ('\n', 2),
            [b'\r', ..] => ('\n', 1),
            _ => ('"', 1),
        };
        written.push(becomes);
        rest = from.get(length..).unwrap_or_default();
    }
    written.push_str(rest);
}
