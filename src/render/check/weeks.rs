//! The lint for a week beside the wrong year. Around New Year an ISO week belongs to the year of its Thursday: 1 January
//! 2027 lies in week 53 of 2026, and `week 53 2027` does not exist.

use super::super::diagnostics::WEEK_AND_YEAR;
use super::super::syntax::{ExprKind, Filter, Span};
use super::finding::CheckFinding;
use crate::model::Diagnostic;

/// Where a template names the parts of `occurrence` that do not go together.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    week: bool,
    week_year: bool,
    year: Option<Span>,
}

impl Calendar {
    pub(super) fn note(&mut self, field: &str, span: &Span) {
        match field {
            "week" => self.week = true,
            "week_year" => self.week_year = true,
            "year" => {
                self.year.get_or_insert_with(|| span.clone());
            }
            _ => {}
        }
    }

    /// A week with the calendar's year and without its own.
    pub(super) fn finding(&self) -> Option<CheckFinding> {
        let span = self.year.clone().filter(|_| self.week && !self.week_year)?;
        let message = "`occurrence.year` beside `occurrence.week`: around New Year a week belongs to another year";
        let diagnostic = Diagnostic::warning(&WEEK_AND_YEAR, message);
        Some((
            span,
            diagnostic.hint("write `occurrence.week_year` for the year of the week"),
        ))
    }
}

/// The same in the `format` of a date: `%V` is a week, and `%G` its year.
pub(super) fn wrong_year_in_format(filter: &Filter) -> Option<CheckFinding> {
    if filter.name != "date" {
        return None;
    }
    let format = filter.arguments.iter().find(|argument| argument.name == "format")?;
    let ExprKind::Text(text) = &format.value.kind else {
        return None;
    };
    let has = |letter: char| {
        let mut characters = text.chars();
        let mut found = false;
        while let Some(character) = characters.next() {
            if character == '%' {
                let next = characters.find(|c| !matches!(c, '-' | '_' | '0'));
                found |= next == Some(letter);
            }
        }
        found
    };
    let week = has('V');
    let (wrong, right) = if week && !has('G') && !has('g') && (has('Y') || has('y')) {
        (
            "`%V` is a week, and `%Y` the year of the day",
            "write `%G`, the year of the week",
        )
    } else if has('G') && !week {
        (
            "`%G` is the year of the week, and there is no week",
            "write `%Y`, the year of the day",
        )
    } else {
        return None;
    };
    let message = format!("{wrong}: around New Year the two differ");
    let diagnostic = Diagnostic::warning(&WEEK_AND_YEAR, message);
    Some((format.value.span.clone(), diagnostic.hint(right)))
}
