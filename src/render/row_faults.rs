//! Faults of rows, gathered: what, how often, and in which lines of the CSV. In: single faults as rows stream by, merged
//! over threads in any order. Out: one diagnostic per kind of fault. Never: a value of a row.

use std::collections::BTreeMap;
use std::path::Path;

use super::causes::Cause;
use super::diagnostics;
use super::fault::RenderFault;
use super::transport::WireFault;
use crate::model::{Diagnostic, Text};

/// How many line numbers a diagnostic lists.
const LISTED: usize = 10;
/// How many characters outside GSM-7 get a diagnostic of their own.
const CHARACTERS: usize = 20;

/// Why a row cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnsendableRow {
    /// It has no message.
    Render(RenderFault),
    /// The provider cannot carry its message.
    Wire(WireFault),
    /// `datacoding: gsm`, and this character is outside.
    OutsideGsm(char),
}

/// Faults by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowFaults(BTreeMap<UnsendableRow, Rows>);

/// What a list and its rows are called.
pub struct ListNames<'a> {
    /// The list.
    pub file: &'a Path,
    /// What the row at a line is called where it came from; `None`: by its line.
    pub row: &'a dyn Fn(u64) -> Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rows {
    count: u64,
    /// The lowest line numbers, ascending.
    lines: Vec<u64>,
    /// Units of the longest message that is too long.
    longest: usize,
}

impl Rows {
    fn add(&mut self, line: u64) {
        self.count += 1;
        let at = self.lines.partition_point(|other| *other < line);
        if at < LISTED {
            self.lines.insert(at, line);
            self.lines.truncate(LISTED);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.lines.extend(&other.lines);
        self.lines.sort_unstable();
        self.lines.truncate(LISTED);
        self.longest = self.longest.max(other.longest);
    }

    /// `3 rows of a.csv (lines 4, 9, 12)`.
    fn words(&self, list: &ListNames<'_>) -> String {
        let rows = if self.count == 1 { "row" } else { "rows" };
        let named: Option<Vec<String>> = self.lines.iter().map(|line| (list.row)(*line)).collect();
        let (word, lines) = match named {
            Some(names) => ("", names),
            None if self.lines.len() == 1 => ("line ", self.lines.iter().map(u64::to_string).collect()),
            None => ("lines ", self.lines.iter().map(u64::to_string).collect()),
        };
        let more = self.count.saturating_sub(u64::try_from(lines.len()).unwrap_or(0));
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        format!(
            "{} {rows} of `{}` ({word}{}{more})",
            self.count,
            list.file.display(),
            lines.join(", ")
        )
    }
}

impl RowFaults {
    /// Counts a fault of the row at this line of its CSV.
    pub fn add(&mut self, fault: UnsendableRow, line: u64) {
        let (fault, units) = match fault {
            // One kind however long each is.
            UnsendableRow::Wire(WireFault::TooLong { units, limit }) => {
                (UnsendableRow::Wire(WireFault::TooLong { units: 0, limit }), units)
            }
            fault => (fault, 0),
        };
        let rows = self.0.entry(fault).or_default();
        rows.add(line);
        rows.longest = rows.longest.max(units);
    }

    /// Adds the faults of other rows of the same CSV.
    pub fn merge(&mut self, other: &Self) {
        for (fault, rows) in &other.0 {
            self.0.entry(fault.clone()).or_default().merge(rows);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One error per kind of fault. `causes`: what each character costs, where it is known.
    pub fn diagnostics(&self, body: &Text, list: &ListNames<'_>, causes: &[Cause]) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut outside: Vec<(char, &Rows)> = Vec::new();
        for (fault, rows) in &self.0 {
            let words = rows.words(list);
            let place = body.place.clone();
            let diagnostic = match fault {
                UnsendableRow::OutsideGsm(character) => {
                    outside.push((*character, rows));
                    continue;
                }
                UnsendableRow::Render(RenderFault::Blank) => Diagnostic::error(
                    &diagnostics::BLANK_MESSAGE,
                    format!("the message is empty or blank in {words}"),
                )
                .at(place)
                .hint("leave such rows out with `where`, or give every branch a text"),
                UnsendableRow::Render(RenderFault::TooLong) => Diagnostic::error(
                    &diagnostics::TOO_LONG,
                    format!("the message is longer than any provider takes in {words}"),
                )
                .at(place),
                UnsendableRow::Render(RenderFault::Template { place, message }) => {
                    Diagnostic::error(&diagnostics::ROW_FAULT, format!("{message}, in {words}"))
                        .at(place.clone())
                        .hint("look at one with `campanile preview CAMPAIGN --row LINE`")
                }
                UnsendableRow::Wire(WireFault::TooLong { limit, .. }) => Diagnostic::error(
                    &diagnostics::TOO_LONG,
                    format!(
                        "the message is longer than the provider's {limit} characters in {words}; the longest has {}",
                        rows.longest
                    ),
                )
                .at(place),
                UnsendableRow::Wire(WireFault::PlaceholderMark(mark)) => Diagnostic::error(
                    &diagnostics::PLACEHOLDER_MARK,
                    format!(
                        "personalized text holds {mark}, which the provider may take for a placeholder, in {words}"
                    ),
                )
                .at(place)
                .hint("take the mark out of the text or the cells; a text that is the same for everybody may hold it"),
            };
            diagnostics.push(diagnostic);
        }
        outside.sort_by_key(|(character, rows)| (std::cmp::Reverse(rows.count), *character));
        let others = outside.len().saturating_sub(CHARACTERS);
        for (character, rows) in outside.into_iter().take(CHARACTERS) {
            let cause = causes.iter().find(|cause| cause.character == character);
            diagnostics.push(
                outside_gsm(character, rows, cause)
                    .at(body.place.clone())
                    .hint(format!("it is in {}", rows.words(list))),
            );
        }
        if others > 0 {
            let message = format!("{others} more characters are outside GSM-7");
            diagnostics.push(Diagnostic::error(&diagnostics::OUTSIDE_GSM, message).at(body.place.clone()));
        }
        diagnostics
    }
}

fn outside_gsm(character: char, rows: &Rows, cause: Option<&Cause>) -> Diagnostic {
    let code_point = format!("U+{:04X}", u32::from(character));
    let shown = if character.is_control() || character.is_whitespace() {
        String::new()
    } else {
        format!("`{character}` ")
    };
    let messages = if rows.count == 1 { "message" } else { "messages" };
    let message = format!("{shown}({code_point}) is outside GSM-7 in {} {messages}", rows.count);
    let mut diagnostic = Diagnostic::error(&diagnostics::OUTSIDE_GSM, message);
    if let Some(replacement) = cause.and_then(|cause| cause.replacement) {
        diagnostic = diagnostic.hint(format!("write `{replacement}` instead, or set `transliterate: latin`"));
    }
    let costs: Vec<String> = cause
        .map(|cause| cause.saves.amounts().map(|money| money.to_string()).collect())
        .unwrap_or_default();
    diagnostic.hint(if costs.is_empty() {
        "`datacoding: auto` lets such messages travel as UCS-2".to_owned()
    } else {
        format!(
            "`datacoding: auto` lets such messages travel as UCS-2, for {} more",
            costs.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Estimate, Money};

    fn faults(lines: &[u64]) -> RowFaults {
        let mut faults = RowFaults::default();
        for line in lines {
            faults.add(UnsendableRow::Render(RenderFault::Blank), *line);
        }
        faults
    }

    fn by_line() -> ListNames<'static> {
        ListNames {
            file: Path::new("r.csv"),
            row: &|_| None,
        }
    }

    fn shown(faults: &RowFaults) -> Vec<(String, String)> {
        let diagnostics = faults.diagnostics(&Text::default(), &by_line(), &[]);
        diagnostics
            .into_iter()
            .map(|one| (one.code.to_owned(), one.message))
            .collect()
    }

    #[test]
    fn rows_are_counted_and_the_first_lines_listed_whatever_the_order() {
        let all: Vec<u64> = (2..20).collect();
        let (mut ahead, mut behind) = (faults(&all[..9]), faults(&all[9..]));
        let tail = behind.clone();
        behind.merge(&ahead);
        ahead.merge(&tail);
        assert_eq!(ahead, behind);
        let message =
            "the message is empty or blank in 18 rows of `r.csv` (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more)";
        assert_eq!(shown(&ahead), [("C210".to_owned(), message.to_owned())]);
        assert_eq!(
            shown(&faults(&[7]))[0].1,
            "the message is empty or blank in 1 row of `r.csv` (line 7)"
        );
    }

    #[test]
    fn messages_that_are_too_long_are_one_fault() {
        let mut faults = RowFaults::default();
        for (line, units) in [(2, 1700), (3, 1900)] {
            faults.add(UnsendableRow::Wire(WireFault::TooLong { units, limit: 1600 }), line);
        }
        let message = "the message is longer than the provider's 1600 characters in 2 rows of `r.csv` (lines 2, 3); the longest has 1900";
        assert_eq!(shown(&faults), [("C212".to_owned(), message.to_owned())]);
    }

    #[test]
    fn a_character_outside_gsm_is_named_with_code_point_rows_and_money() {
        let mut faults = RowFaults::default();
        faults.add(UnsendableRow::OutsideGsm('’'), 4);
        let mut saves = Estimate::default();
        saves.add(Money::parse("421.40 SEK").unwrap());
        let cause = Cause {
            character: '’',
            messages: 1,
            extra_segments: 1,
            replacement: Some("'"),
            saves,
        };
        let found = faults.diagnostics(&Text::default(), &by_line(), &[cause]);
        assert_eq!(found[0].message, "`’` (U+2019) is outside GSM-7 in 1 message");
        assert_eq!(
            found[0].hints,
            [
                "write `'` instead, or set `transliterate: latin`",
                "`datacoding: auto` lets such messages travel as UCS-2, for 421.40 SEK more",
                "it is in 1 row of `r.csv` (line 4)",
            ]
        );
    }
}
