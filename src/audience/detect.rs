//! Which delimiter a list has, where its source does not say.
//!
//! In: its header and the rows after it. Out: the delimiter with which they agree. Never: commas in the words of a head
//! ("Notes (a, b, c)") preferred to the delimiter of every row.

use super::dialect::Dialect;
use super::guards;
use super::quotes::scan;
use super::rows::{cells_of, each_written_row};

/// Delimiters that are detected, in order of preference.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines looked at.
const LINES: usize = 100;

/// How well a delimiter fits; the greatest is taken.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    has_number_column: bool,
    /// Rows with as many cells as the header, in percent.
    agreeing: usize,
    cells: usize,
}

/// `rest` begins with the header; `is_number` says whether a column of this name holds numbers.
pub(super) fn delimiter_of(rest: &[u8], is_whole: bool, is_number: impl Fn(&str) -> bool) -> u8 {
    let mut best: Option<(Fit, u8)> = None;
    for delimiter in DELIMITERS {
        let fit = fit(sample(rest, is_whole), delimiter, &is_number);
        if let Some(fit) = fit.filter(|fit| best.as_ref().is_none_or(|(best, _)| fit > best)) {
            best = Some((fit, delimiter));
        }
    }
    best.map_or(b',', |(_, delimiter)| delimiter)
}

/// The first lines, the last of them whole.
fn sample(rest: &[u8], is_whole: bool) -> &[u8] {
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', rest).take(LINES).map(|at| at + 1).collect();
    match ends.last() {
        Some(end) if !is_whole || ends.len() == LINES => rest.get(..*end).unwrap_or(rest),
        Some(_) | None => rest,
    }
}

/// `None`: with this delimiter there is only one column.
fn fit(sample: &[u8], delimiter: u8, is_number: &impl Fn(&str) -> bool) -> Option<Fit> {
    let names = cells_of(sample, delimiter).filter(|names| names.len() > 1)?;
    // The bytes after the last sound row may be half of one.
    let end = scan(sample, delimiter).rows_end.unwrap_or(sample.len());
    let sample = sample.get(..end).unwrap_or_default();
    let (mut rows, mut agreeing) = (0_usize, 0_usize);
    each_written_row(sample, (0, 1), &Dialect::of(delimiter), &mut |row| {
        let Some(cells) = row.cells else { return };
        rows += 1;
        let more = cells.get(names.len()..);
        agreeing += usize::from(more.is_some_and(|more| more.iter().all(|cell| cell.trim().is_empty())));
    });
    Some(Fit {
        has_number_column: names.iter().any(|name| is_number(&guards::head(name))),
        // The header is one of the rows.
        agreeing: (agreeing * 100).checked_div(rows).unwrap_or(0),
        cells: names.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> char {
        char::from(delimiter_of(text.as_bytes(), true, |name| name == "msisdn"))
    }

    #[test]
    fn the_delimiter_is_the_one_that_rows_agree_on() {
        for (text, delimiter) in [
            ("msisdn;first_name;Notes (a, b, c, d)\n46701234567;Ann;x\n", ';'),
            ("msisdn;a,b\n46701234567;1,2\n", ';'),
            ("who;a,b\n46701234567;12\n", ';'),
            ("msisdn,name\n46701234567,\"a;b;c;d\"\n", ','),
            ("msisdn,name|nick|other\n46701234567,Ann\n", ','),
            ("msisdn\tname, first\n46701234567\tAnn\n", '\t'),
            ("msisdn;name\n46701234567;Ann, Bo\n46701234568;Cid, Dan, Eve\n", ';'),
            ("msisdn|name\n", '|'),
            ("msisdn\n46701234567\n", ','),
            ("msisdn;name\n46701234567;Ann;;\n", ';'),
            ("msisdn;name\n46701234567;\"never closed\n", ';'),
            ("\"msisdn\";\"a,b,c\"\n\"46701234567\";\"x\"\n", ';'),
        ] {
            assert_eq!(detected(text), delimiter, "{text}");
        }
    }

    #[test]
    fn half_a_row_at_the_end_of_what_was_read_does_not_count() {
        let text = b"who;name\n46701234567;Ann\n46701234568";
        assert_eq!(sample(text, false), b"who;name\n46701234567;Ann\n");
        assert_eq!(sample(text, true), text);
    }
}
