//! What is wrong with single messages, until it is known which rows stay.

use std::collections::{BTreeMap, BTreeSet};

use super::compiled::{CompiledCampaign, CompiledSource};
use super::texts::NoText;
use crate::audience::{ListRow, Table};
use crate::campaign::diagnostics::LANGUAGE;
use crate::model::Diagnostic;
use crate::render::{Cause, ListNames, RowFaults, UnsendableRow, WireFault};
use crate::schedule::{NoZone, diagnostics as zone_diagnostics};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowProblem {
    Message(UnsendableRow),
    Zone(NoZone),
    Text(NoText),
}

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RowPlace {
    source: usize,
    line: u64,
    offset: u64,
}

/// Faults by kind, with their rows: a row may turn out to be a duplicate, and then nothing is wrong with it.
#[derive(Debug, Default)]
pub(super) struct RowProblems {
    rows: BTreeMap<RowProblem, BTreeSet<RowPlace>>,
    /// Rows that have left, by source and offset.
    gone: BTreeSet<(usize, u64)>,
}

impl RowProblems {
    pub(super) fn add(&mut self, trouble: RowProblem, row: &ListRow<'_>) {
        let at = RowPlace {
            source: row.source,
            line: row.line,
            offset: row.offset,
        };
        self.rows.entry(trouble).or_default().insert(at);
    }

    pub(super) fn forget(&mut self, row: &ListRow<'_>) {
        self.gone.insert((row.source, row.offset));
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        for (trouble, mut rows) in other.rows {
            self.rows.entry(trouble).or_default().append(&mut rows);
        }
        self.gone.append(&mut other.gone);
    }

    /// Errors, one for each kind and list. Texts that are the same for everybody may hold a provider's marks.
    pub(super) fn report(
        &self,
        compiled: &CompiledCampaign,
        tables: &[Table],
        personalized: bool,
        causes: &[Cause],
    ) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        for (source, (table, line)) in tables.iter().zip(&compiled.lines).enumerate() {
            let mut faults = RowFaults::default();
            for (trouble, rows) in &self.rows {
                let here = rows.iter().filter(|at| at.source == source);
                let stay = here.filter(|at| !self.gone.contains(&(at.source, at.offset)));
                match trouble {
                    RowProblem::Message(UnsendableRow::Wire(WireFault::PlaceholderMark(_))) if !personalized => {}
                    RowProblem::Message(fault) => stay.for_each(|at| faults.add(fault.clone(), at.line)),
                    RowProblem::Zone(why) => {
                        let lines: Vec<u64> = stay.map(|at| at.line).collect();
                        errors.extend(no_zone(compiled, table, *why, &lines));
                    }
                    RowProblem::Text(why) => {
                        let lines: Vec<u64> = stay.map(|at| at.line).collect();
                        errors.extend(no_text(line, table, why, &lines));
                    }
                }
            }
            let list = ListNames {
                file: table.file(),
                row: &|line| table.row_name(line),
            };
            let body = line.texts.all().first().map(|text| &text.body);
            errors.extend(
                body.into_iter()
                    .flat_map(|body| faults.diagnostics(body, &list, causes)),
            );
        }
        errors
    }
}

fn no_zone(compiled: &CompiledCampaign, table: &Table, why: NoZone, lines: &[u64]) -> Option<Diagnostic> {
    let own = compiled.settings.own_zones.as_ref()?;
    let what = match why {
        NoZone::UnknownName => "the time zone is no IANA name",
        NoZone::Nowhere => "no time zone is known",
    };
    let message = format!("{what} in {}", rows_of(table, lines)?);
    let fault = Diagnostic::error(&zone_diagnostics::NO_ZONE, message).at(own.place.clone());
    Some(match why {
        NoZone::UnknownName => fault.hint("names are like `Europe/Stockholm`; an empty cell counts as none"),
        NoZone::Nowhere => fault.hint("set `fallback` for recipients whose zone is not known"),
    })
}

fn no_text(line: &CompiledSource, table: &Table, why: &NoText, lines: &[u64]) -> Option<Diagnostic> {
    let what = match why {
        NoText::NoTag => "the language is no tag like `sv` or `pt-BR`".to_owned(),
        NoText::Missing(language) => format!("there is no text for `{language}`"),
        NoText::Nowhere => "no language is known".to_owned(),
    };
    let message = format!("{what} in {}", rows_of(table, lines)?);
    let fault = Diagnostic::error(&LANGUAGE, message).at(line.texts.rule_place()?.clone());
    Some(match why {
        NoText::NoTag => fault.hint("write tags of ISO 639 into the column; an empty cell counts as none"),
        NoText::Missing(_) => fault.hint("add a text in it, or set `fallback`"),
        NoText::Nowhere => fault.hint("set `fallback` for recipients whose language is not known"),
    })
}

/// `3 rows of `a.csv` (lines 4, 9, 12)`; nothing where there is none.
fn rows_of(table: &Table, lines: &[u64]) -> Option<String> {
    const LISTED: usize = 10;
    let name = |line: &u64| table.row_name(*line).unwrap_or_else(|| line.to_string());
    let first: Vec<String> = lines.iter().take(LISTED).map(name).collect();
    let more = match lines.len().checked_sub(LISTED) {
        None | Some(0) => String::new(),
        Some(more) => format!(" and {more} more"),
    };
    let (rows, word) = match lines.len() {
        0 => return None,
        1 => ("row", "line "),
        _ => ("rows", "lines "),
    };
    // Rows of a copy have names of their own.
    let word = if table.row_name(1).is_some() { "" } else { word };
    let file = table.file().display();
    Some(format!(
        "{} {rows} of `{file}` ({word}{}{more})",
        lines.len(),
        first.join(", ")
    ))
}
