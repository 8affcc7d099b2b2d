//! What quotes in rows mean: where rows end, and what is wrong with a cell's quotes.
//!
//! A quote opens a cell only where a cell begins, and closes it unless doubled; only a delimiter or a line end may
//! follow it (RFC 4180).

use std::path::Path;

use memchr::{memchr, memchr_iter, memrchr};

use super::delimiters::each_delimiter;
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

/// A cell in quotes, by the places of its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QuotedCell {
    pub(super) open: u32,
    pub(super) close: u32,
    /// Whether doubled quotes are in it.
    pub(super) is_doubled: bool,
}

/// What the quotes in some rows mean.
pub(super) struct Scan {
    /// Just after the last line end outside quotes.
    pub(super) rows_end: Option<usize>,
    /// The first thing wrong; nothing after it has been looked at. A quote that is open at the end may be closed later.
    pub(super) fault: Option<QuoteFault>,
    pub(super) has_quotes: bool,
    /// Every sound one before the fault, in order.
    pub(super) quoted: Vec<QuotedCell>,
}

/// How far quotes are read.
#[derive(Clone, Copy)]
enum QuoteState {
    Outside,
    Inside {
        open: usize,
        is_doubled: bool,
    },
    /// After the first of two quotes that mean one.
    Doubled {
        open: usize,
    },
    Faulty(QuoteFault),
}

/// Reads bytes that begin where a row begins.
pub(super) fn scan(bytes: &[u8], delimiter: u8) -> Scan {
    let mut quoted = Vec::new();
    let first = memchr(b'"', bytes);
    let mut state = QuoteState::Outside;
    let from = first.unwrap_or(bytes.len());
    let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    each_delimiter([b'"'], bytes.get(from..).unwrap_or_default(), |at| {
        let at = from + at;
        state = match state {
            QuoteState::Outside if is_end(at.checked_sub(1).and_then(|before| bytes.get(before))) => {
                QuoteState::Inside {
                    open: at,
                    is_doubled: false,
                }
            }
            // In the middle of a cell: a character like any other.
            QuoteState::Outside => QuoteState::Outside,
            QuoteState::Doubled { open } => QuoteState::Inside { open, is_doubled: true },
            QuoteState::Inside { open, is_doubled } => match bytes.get(at + 1) {
                Some(b'"') => QuoteState::Doubled { open },
                next if is_end(next) => {
                    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                    quoted.push(QuotedCell {
                        open: place(open),
                        close: place(at),
                        is_doubled,
                    });
                    QuoteState::Outside
                }
                _ => QuoteState::Faulty(QuoteFault::GoesOn {
                    open,
                    has_backslash: bytes.get(at - 1) == Some(&b'\\'),
                }),
            },
            QuoteState::Faulty(fault) => QuoteState::Faulty(fault),
        };
    });
    let fault = match state {
        QuoteState::Outside => None,
        QuoteState::Inside { open, .. } | QuoteState::Doubled { open } => Some(QuoteFault::Unclosed { open }),
        QuoteState::Faulty(fault) => Some(fault),
    };
    Scan {
        rows_end: rows_end(bytes, fault.map_or(bytes.len(), QuoteFault::open), &quoted),
        fault,
        has_quotes: first.is_some(),
        quoted,
    }
}

/// Just after the last line end before `end` that is in no quoted cell.
fn rows_end(bytes: &[u8], mut end: usize, quoted: &[QuotedCell]) -> Option<usize> {
    for cell in quoted.iter().rev() {
        let after = cell.close as usize + 1;
        if let Some(at) = memrchr(b'\n', bytes.get(after..end).unwrap_or_default()) {
            return Some(after + at + 1);
        }
        end = cell.open as usize;
    }
    memrchr(b'\n', bytes.get(..end).unwrap_or_default()).map(|at| at + 1)
}
