//! What quotes in rows mean: where rows end, and what is wrong with a cell's quotes.
//!
//! A quote opens a cell only where a cell begins, and closes it unless doubled; only a delimiter or a line end may
//! follow it (RFC 4180).

use std::path::Path;

use memchr::{memchr, memchr_iter, memrchr};

use super::diagnostics::STRUCTURE;
use crate::model::{Diagnostic, Place};

pub(super) fn line_of(file: &Path, line: u64) -> Place {
    Place::line(file, usize::try_from(line).unwrap_or(usize::MAX))
}

pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// What is wrong with the quotes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// The quote at this byte is not closed.
    Unclosed { open: usize },
    /// The cell whose quote is at this byte goes on after its closing quote.
    GoesOn {
        open: usize,
        /// Whether a backslash precedes the closing quote.
        has_backslash: bool,
    },
}

impl QuoteFault {
    /// Where the cell begins.
    pub(super) fn open(self) -> usize {
        match self {
            Self::Unclosed { open } | Self::GoesOn { open, .. } => open,
        }
    }

    /// As a fault of the list, at the line where the cell begins.
    pub(super) fn at(self, place: Place) -> Diagnostic {
        let (message, hint) = match self {
            Self::Unclosed { .. } => (
                "a quote opens here and is never closed",
                "close it; a quote inside a quoted cell is doubled: `\"\"`",
            ),
            Self::GoesOn {
                has_backslash: false, ..
            } => (
                "the quoted cell that begins here has text after its closing quote",
                "a quote inside a quoted cell is doubled: `\"Ann \"\"Nan\"\" Berg\"`",
            ),
            Self::GoesOn {
                has_backslash: true, ..
            } => (
                "the quoted cell that begins here has text after its closing quote, with a backslash before it",
                "this export escapes quotes with a backslash: export again with doubled quotes (`docs/lists.md` says how, by program)",
            ),
        };
        Diagnostic::error(&STRUCTURE, message).at(place).hint(hint)
    }
}

/// What the quotes in some rows mean.
pub(super) struct Scan {
    /// Just after the last line end outside quotes.
    pub(super) rows_end: Option<usize>,
    /// The first thing wrong; nothing after it has been looked at. A quote that is open at the end may be closed later.
    pub(super) fault: Option<QuoteFault>,
    pub(super) has_quotes: bool,
}

/// Reads bytes that begin where a row begins.
pub(super) fn scan(bytes: &[u8], delimiter: u8) -> Scan {
    let mut scan = Scan {
        rows_end: None,
        fault: None,
        has_quotes: false,
    };
    let rest = |from: usize| bytes.get(from..).unwrap_or_default();
    let mut from = 0;
    loop {
        let quote = memchr(b'"', rest(from)).map(|at| from + at);
        let outside = bytes.get(from..quote.unwrap_or(bytes.len())).unwrap_or_default();
        if let Some(at) = memrchr(b'\n', outside) {
            scan.rows_end = Some(from + at + 1);
        }
        let Some(open) = quote else {
            return scan;
        };
        scan.has_quotes = true;
        let before = open.checked_sub(1).and_then(|at| bytes.get(at));
        from = open + 1;
        if before.is_some_and(|byte| *byte != delimiter && *byte != b'\n' && *byte != b'\r') {
            // In the middle of a cell: a character like any other.
            continue;
        }
        loop {
            let Some(close) = memchr(b'"', rest(from)).map(|at| from + at) else {
                scan.fault = Some(QuoteFault::Unclosed { open });
                return scan;
            };
            from = close + 1;
            match bytes.get(from) {
                Some(b'"') => from += 1,
                None | Some(b'\n' | b'\r') => break,
                Some(next) if *next == delimiter => break,
                Some(_) => {
                    let has_backslash = bytes.get(close - 1) == Some(&b'\\');
                    scan.fault = Some(QuoteFault::GoesOn { open, has_backslash });
                    return scan;
                }
            }
        }
    }
}
