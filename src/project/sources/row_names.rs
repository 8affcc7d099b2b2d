//! What a row of a copy is called where it came from: people look for it there, not in our copy.

use std::sync::Arc;

/// From lines of a copy to rows of the original.
#[derive(Debug, Clone, Default)]
pub(super) struct RowNames {
    /// In order of their lines; each holds up to the next one.
    spans: Vec<NameSpan>,
    /// The sheet, and the column at which its cells begin.
    sheet: Option<(Arc<str>, usize)>,
}

#[derive(Debug, Clone)]
struct NameSpan {
    line: u64,
    row: u64,
    part: Option<Arc<str>>,
}

impl RowNames {
    /// For a sheet of a workbook: cells have names.
    #[cfg(any(feature = "xlsx", test))]
    pub(super) fn of_sheet(name: &str, first_column: usize) -> Self {
        Self {
            spans: Vec::new(),
            sheet: Some((name.into(), first_column)),
        }
    }

    /// From this line of the copy on, rows count from `row`, in this part.
    pub(super) fn begin(&mut self, line: u64, row: u64, part: Option<&Arc<str>>) {
        if let Some(last) = self.spans.last()
            && last.row.wrapping_sub(last.line) == row.wrapping_sub(line)
            && last.part.as_ref() == part
        {
            return;
        }
        self.spans.push(NameSpan {
            line,
            row,
            part: part.cloned(),
        });
    }

    /// Which row it is there, from 1; of a sheet as the sheet counts.
    pub(super) fn number(&self, line: u64) -> u64 {
        self.at(line).map_or(line, |span| span.row + (line - span.line))
    }

    fn at(&self, line: u64) -> Option<&NameSpan> {
        let after = self.spans.partition_point(|span| span.line <= line);
        after.checked_sub(1).and_then(|at| self.spans.get(at))
    }

    /// `row 17`, `row 3 of part-0001.parquet`, `sheet Kunder, cell B17`; columns count from 0.
    pub(super) fn name(&self, line: u64, column: Option<usize>) -> String {
        let span = self.at(line);
        let row = self.number(line);
        match (&self.sheet, column, span.and_then(|span| span.part.as_ref())) {
            (Some((sheet, first)), Some(column), _) => {
                format!("sheet `{sheet}`, cell {}{row}", letters(first + column))
            }
            (Some((sheet, _)), None, _) => format!("sheet `{sheet}`, row {row}"),
            (None, _, Some(part)) => format!("row {row} of `{part}`"),
            (None, _, None) => format!("row {row}"),
        }
    }
}

/// 0 is `A`, 26 is `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut name = Vec::new();
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_called_what_it_is_called_where_it_came_from() {
        let mut names = RowNames::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a.csv".into(), "b.csv".into());
        names.begin(2, 1, Some(&a));
        names.begin(5, 2, Some(&a));
        names.begin(6, 1, Some(&b));
        for (line, expected) in [
            (2, "row 1 of `a.csv`"),
            (5, "row 2 of `a.csv`"),
            (6, "row 1 of `b.csv`"),
            (9, "row 4 of `b.csv`"),
        ] {
            assert_eq!(names.name(line, Some(0)), expected, "{line}");
        }
        let mut sheet = RowNames::of_sheet("Kunder", 1);
        sheet.begin(2, 4, None);
        assert_eq!(sheet.name(3, Some(26)), "sheet `Kunder`, cell AB5");
    }

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), expected);
        }
    }
}
