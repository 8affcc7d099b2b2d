//! The header of a list as it is written: which delimiter, which heads, and where the rows begin.
//!
//! In: the first bytes of a list, and the delimiter that its source declares. Out: a [`Head`], or what is wrong. Never:
//! a row taken for a header.

use super::detect::delimiter_of;
use super::diagnostics::{EMPTY_FILE, ENCODING, HEADER, STRUCTURE};
use super::guards;
use super::quotes::{QuoteFault, count_lines, line_of, scan};
use super::rows::cells_of;
use super::source::Bytes;
use crate::model::Diagnostic;

/// The longest header row, in bytes.
const MAX_HEADER: usize = 256 << 10;

/// A header as written.
pub(super) struct Head {
    pub(super) delimiter: u8,
    /// Without what nobody sees.
    pub(super) names: Vec<String>,
    pub(super) line: u64,
    pub(super) rows_at: u64,
    pub(super) rows_line: u64,
    /// The row itself.
    row: Vec<u8>,
}

impl Head {
    /// `is_number` says whether a column of this name holds numbers.
    pub(super) fn read(
        bytes: &Bytes,
        declared: Option<u8>,
        is_number: impl Fn(&str) -> bool,
    ) -> Result<Self, Diagnostic> {
        let count = usize::try_from((bytes.size() - bytes.start).min(MAX_HEADER as u64)).unwrap_or(MAX_HEADER);
        let mut head = vec![0; count];
        bytes.read_exact_at(bytes.start, &mut head)?;
        let is_whole = bytes.start + count as u64 == bytes.size();
        let mut at = head.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let mut line = 1 + count_lines(head.get(..at).unwrap_or_default());
        let mut delimiter = declared;
        if let Some((separator, length)) = separator_line(head.get(at..).unwrap_or_default()) {
            delimiter = declared.or(Some(separator));
            at += length;
            line += 1;
        }
        let rest = head.get(at..).unwrap_or_default();
        if rest.iter().all(u8::is_ascii_whitespace) && is_whole {
            return Err(bytes
                .fault(&EMPTY_FILE, "the list is empty".to_owned())
                .hint("a list with nobody in it still has its header row"));
        }
        let delimiter = delimiter.unwrap_or_else(|| delimiter_of(rest, is_whole, is_number));
        let end = match header_end(rest, delimiter, is_whole) {
            Ok(end) => end,
            Err(Some(fault)) => return Err(fault.at(line_of(&bytes.file, line))),
            Err(None) => {
                return Err(bytes
                    .fault(&HEADER, "its first row does not end".to_owned())
                    .hint("is a quote opened there and never closed, or is this no CSV file?"));
            }
        };
        let row = rest.get(..end).unwrap_or_default();
        check_row(row, bytes, line)?;
        let names = cells_of(row, delimiter).ok_or_else(|| {
            Diagnostic::error(&ENCODING, "the list is not UTF-8")
                .at(line_of(&bytes.file, line))
                .hint("save it as UTF-8, or declare the encoding: `encoding: windows-1252`")
        })?;
        Ok(Self {
            delimiter,
            names: names.iter().map(|name| guards::head(name)).collect(),
            line,
            rows_at: bytes.start + (at + end) as u64,
            rows_line: line + count_lines(row),
            row: row.to_vec(),
        })
    }

    /// Another delimiter with which a head is the name of a number column, as it is declared.
    pub(super) fn better_delimiter(&self, is_number: impl Fn(&str) -> bool) -> Option<&'static str> {
        const WRITTEN: [(u8, &str); 7] = [
            (b',', ","),
            (b';', ";"),
            (b'\t', "tab"),
            (b'|', "|"),
            (b':', ":"),
            (b'^', "^"),
            (b'~', "~"),
        ];
        let found = WRITTEN.iter().find(|(delimiter, _)| {
            let names = cells_of(&self.row, *delimiter).unwrap_or_default();
            *delimiter != self.delimiter && names.len() > 1 && names.iter().any(|name| is_number(&guards::head(name)))
        });
        found.map(|(_, written)| *written)
    }
}

/// Bytes and line ends that no header has.
fn check_row(row: &[u8], bytes: &Bytes, line: u64) -> Result<(), Diagnostic> {
    if row.contains(&0) {
        return Err(Diagnostic::error(
            &ENCODING,
            "the list has NUL bytes: this looks like UTF-16 without a byte order mark",
        )
        .at(line_of(&bytes.file, line))
        .hint("save it as UTF-8, or declare `encoding: utf-16le` for the source"));
    }
    if row.strip_suffix(b"\n").is_none() && row.contains(&b'\r') && !is_single_row(row) {
        return Err(bytes
            .fault(&STRUCTURE, "has bare carriage returns for line ends".to_owned())
            .hint("save it with line ends of Windows (CRLF) or Unix (LF)"));
    }
    Ok(())
}

/// A lone carriage return at the very end is part of a line end that was cut.
fn is_single_row(row: &[u8]) -> bool {
    row.strip_suffix(b"\r").is_some_and(|row| !row.contains(&b'\r'))
}

/// `sep=;` as the first line, which spreadsheets write and read: the delimiter, and the line's length.
fn separator_line(head: &[u8]) -> Option<(u8, usize)> {
    let line_end = head
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(head.len(), |at| at + 1);
    let line = head.get(..line_end)?;
    let text = std::str::from_utf8(line)
        .ok()?
        .trim_end_matches(['\r', '\n'])
        .trim_matches('"');
    let separator = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))?;
    match separator.as_bytes() {
        [separator] if *separator == b'\t' || (separator.is_ascii_punctuation() && *separator != b'"') => {
            Some((*separator, line_end))
        }
        [b'\\', b't'] => Some((b'\t', line_end)),
        _ => None,
    }
}

/// Just after the header row; without a fault, it does not end within what was read.
fn header_end(rest: &[u8], delimiter: u8, is_whole: bool) -> Result<usize, Option<QuoteFault>> {
    let goes_on = |fault: &QuoteFault| matches!(fault, QuoteFault::GoesOn { .. });
    let mut from = 0;
    while let Some(line) = rest
        .get(from..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
    {
        let end = from + line + 1;
        match scan(rest.get(..end).unwrap_or_default(), delimiter).fault {
            None => return Ok(end),
            fault @ Some(QuoteFault::GoesOn { .. }) => return Err(fault),
            Some(QuoteFault::Unclosed { .. }) => from = end,
        }
    }
    match scan(rest, delimiter).fault {
        None if is_whole => Ok(rest.len()),
        fault => Err(fault.filter(goes_on)),
    }
}
