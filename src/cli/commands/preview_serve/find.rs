//! A recipient by the line of a list or by what its first column says.
//!
//! In: what somebody typed, the audience, the files of its lists. Out: the place among the recipients. Never: a number of
//! somebody else.

use std::path::PathBuf;

use crate::audience::{Audience, ListRow};
use crate::model::Diagnostic;

/// Longer figures are no lines but numbers of people.
const LONGEST_LINE: usize = 7;

/// The first recipient on this line of a list, else the first whose first column is this text, else begins with it.
pub(super) fn find(audience: &Audience, lists: &[PathBuf], text: &str) -> Result<Option<usize>, Vec<Diagnostic>> {
    let line = text.parse::<u64>().ok().filter(|_| text.len() <= LONGEST_LINE);
    let mut lines = Lines::new(lists);
    let wanted = folded(text);
    let (mut by_line, mut equal, mut begins) = (None, None, None);
    let mut at = 0;
    audience
        .rows(0..audience.len(), |row| {
            if line.is_some() && by_line.is_none() && lines.of(row) == line {
                by_line = Some(at);
            }
            let first = row.cells.first().map(|cell| folded(cell)).unwrap_or_default();
            if !wanted.is_empty() && first == wanted {
                equal = equal.or(Some(at));
            } else if !wanted.is_empty() && first.starts_with(&wanted) {
                begins = begins.or(Some(at));
            }
            at += 1;
        })
        .map_err(|fault| vec![fault])?;
    Ok(by_line.or(equal).or(begins))
}

/// Without regard to case, and of a number its digits alone.
fn folded(text: &str) -> String {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let kept = text.trim().chars().filter(|c| !is_number || c.is_ascii_digit());
    kept.collect::<String>().to_lowercase()
}

/// Lines of rows, counted as they come: in order of lists and places.
struct Lines<'f> {
    files: &'f [PathBuf],
    source: usize,
    bytes: Vec<u8>,
    counted_to: usize,
    line: u64,
}

impl<'f> Lines<'f> {
    fn new(files: &'f [PathBuf]) -> Self {
        Self {
            files,
            source: usize::MAX,
            bytes: Vec::new(),
            counted_to: 0,
            line: 1,
        }
    }

    /// From 1; nothing of a list that is no plain file.
    #[expect(clippy::disallowed_methods, reason = "the lists of the campaign that is looked at")]
    fn of(&mut self, row: &ListRow<'_>) -> Option<u64> {
        if row.source != self.source {
            let file = self.files.get(row.source)?;
            *self = Self {
                source: row.source,
                bytes: std::fs::read(file).unwrap_or_default(),
                ..Self::new(self.files)
            };
        }
        let offset = usize::try_from(row.offset).ok()?;
        let between = self.bytes.get(self.counted_to..offset)?;
        let lines = between.split(|byte| *byte == b'\n').count();
        self.line += lines.saturating_sub(1) as u64;
        self.counted_to = offset;
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_numbers_in_any_spelling() {
        assert_eq!(folded(" Åsa "), "åsa");
        assert_eq!(folded("+46 70-174 06 05"), "46701740605");
        assert_eq!(folded("12 Angry"), "12 angry");
    }
}
