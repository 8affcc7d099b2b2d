//! What the numbers of one list are like, judged from all of its rows together.
//!
//! In: how each row was read. Out: faults where numbers that read both ways stay open, a note where the other rows
//! settle them, and a warning with the numbers that certainly reach no mobile. Never: a single number.

use super::diagnostics::{NUMBER, NUMBER_KIND};
use super::numbering::Number;
use super::numbers::FoundNumber;
use super::row_faults::{Faults, RowFault};
use super::settings::ListSettings;
use super::table::Table;
use crate::model::{Diagnostic, NumberKind, Place};

/// Counts of one list.
#[derive(Debug, Clone, Default)]
pub(super) struct Forms {
    national: u64,
    international: u64,
    both: u64,
    open: Faults,
    kinds: [u64; NumberKind::ALL.len()],
}

impl Forms {
    /// Counts a row's number and takes one reading of it: a number that reads both ways is national until the others
    /// say no.
    pub(super) fn take(&mut self, found: FoundNumber, line: u64, listed: usize) -> Number {
        match found {
            FoundNumber::International(number) => {
                self.international += 1;
                number
            }
            FoundNumber::National(number) => {
                self.national += 1;
                number
            }
            FoundNumber::Both { national, .. } => {
                self.both += 1;
                self.open.add(line, RowFault::BothWays, listed);
                national
            }
        }
    }

    /// Counts what a recipient's number is given to.
    pub(super) fn recipient(&mut self, kind: NumberKind) {
        let at = NumberKind::ALL.iter().position(|one| *one == kind);
        if let Some(count) = at.and_then(|at| self.kinds.get_mut(at)) {
            *count += 1;
        }
    }

    /// How many recipients have numbers of each kind that is not texted, in order of kinds.
    pub(super) fn refused(&self, settings: &ListSettings) -> Vec<(NumberKind, u64)> {
        let counted = NumberKind::ALL.into_iter().zip(self.kinds);
        (counted.filter(|(kind, count)| *count > 0 && settings.refuses(*kind))).collect()
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.national += other.national;
        self.international += other.international;
        self.both += other.both;
        self.open.merge(&other.open);
        self.kinds
            .iter_mut()
            .zip(other.kinds)
            .for_each(|(sum, more)| *sum += more);
    }

    /// Errors for numbers that stay open; else a note of what was taken, and warnings.
    pub(super) fn report(
        &self,
        table: &Table,
        settings: &ListSettings,
        errors: &mut Vec<Diagnostic>,
        notes: &mut Vec<Diagnostic>,
    ) {
        let place = || Place::file(&table.bytes.file);
        if self.both > 0 && (self.international > 0 || self.national == 0) {
            self.open.report(table, settings.listed_rows, errors, notes);
        } else if self.both > 0 {
            let message = format!(
                "{} of {} numbers can be read with a country code too; they are taken as national ones, as all others are",
                self.both,
                self.both + self.national
            );
            let note = Diagnostic::note(&NUMBER, message).at(place());
            notes.push(note.hint("`numbers: national` in the source says so"));
        }
        let counted = NumberKind::ALL.into_iter().zip(self.kinds);
        let (kinds, what): (Vec<(NumberKind, u64)>, _) = if settings.number_types.is_some() {
            (
                self.refused(settings),
                "some numbers are of kinds that `guards.number_types` does not name",
            )
        } else {
            let certain = counted.filter(|(kind, count)| kind.is_certainly_no_mobile() && *count > 0);
            (certain.collect(), "some numbers are no mobiles and get no texts")
        };
        if !kinds.is_empty() && !table.is_list {
            let shown: Vec<String> = (kinds.iter())
                .map(|(kind, count)| format!("{count} {}", kind.as_str()))
                .collect();
            let warning = Diagnostic::warning(&NUMBER_KIND, format!("{what}: {}", shown.join(", "))).at(place());
            notes.push(warning.hint(if settings.number_types.is_some() {
                "leave such rows out: `on_invalid: { wrong_type: skip }`"
            } else {
                "`guards.number_types: [mobile]` holds such a campaign, or leaves the rows out"
            }));
        }
    }
}
