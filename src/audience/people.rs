//! Everybody whom a campaign reaches, each once, and where their rows are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::counts::Counts;
use super::diagnostics::NOBODY;
use super::index::Index;
use super::reread::each_row_of;
use super::settings::ListSettings;
use super::table::Table;
use super::visitor::ListRow;
use crate::model::{Diagnostic, Msisdn, NumberKind, NumberSet, Part, Person};

/// The recipients of a campaign: 16 bytes a person; their rows are read again when they are needed.
#[derive(Clone)]
pub struct Audience {
    tables: Vec<Table>,
    index: Index,
    left_out: Vec<Person>,
    counts: Vec<Counts>,
    settings: ListSettings,
    notes: Vec<Diagnostic>,
    /// Rows with numbers of kinds that are not texted.
    refused: BTreeMap<NumberKind, u64>,
}

impl Audience {
    /// Nobody is an error, unless suppression lists, the holdout or a control group have made it so.
    pub(super) fn new(
        tables: Vec<Table>,
        (index, left_out, counts): (Index, Vec<Person>, Vec<Counts>),
        settings: ListSettings,
        notes: Vec<Diagnostic>,
    ) -> Result<Self, Diagnostic> {
        let audience = Self {
            tables,
            index,
            left_out,
            counts,
            settings,
            notes,
            refused: BTreeMap::new(),
        };
        let is_list = audience.tables.iter().all(|table| table.is_list);
        let may_be_empty = is_list || audience.settings.may_be_empty || audience.is_emptied_by_suppressions();
        if audience.is_empty() && !may_be_empty {
            return Err(audience.nobody());
        }
        Ok(audience)
    }

    /// Sorted rows, which campaigns that read the same lists share.
    pub(super) fn entries(&self) -> &Arc<Vec<u128>> {
        self.index.all()
    }

    /// Whether one of them, by its place there, is of its people.
    pub(super) fn has_entry(&self, at: usize) -> bool {
        self.index.has(at)
    }

    pub(super) fn settings(&self) -> &ListSettings {
        &self.settings
    }

    pub(super) fn with_refused(self, refused: BTreeMap<NumberKind, u64>) -> Self {
        Self { refused, ..self }
    }

    /// How many rows have numbers of kinds that `guards.number_types` does not name, by kind; they are among the
    /// people.
    pub fn refused_kinds(&self) -> Vec<(NumberKind, u64)> {
        self.refused.iter().map(|(kind, rows)| (*kind, *rows)).collect()
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is nobody, and there would be somebody without suppression lists, holdout and control groups.
    pub fn is_emptied_by_suppressions(&self) -> bool {
        let total = self.total();
        self.is_empty() && total.suppressed + total.set_apart > 0
    }

    /// Whether the number's person is among them.
    pub fn contains(&self, number: Msisdn) -> bool {
        self.index.find(number.into()).is_some()
    }

    /// Everybody: eight more bytes a person, once for all campaigns that read the same people together.
    pub fn numbers(&self) -> Arc<NumberSet> {
        Arc::clone(self.index.people())
    }

    /// The same one by one, in canonical spelling and no order that means anything: for comparing, not for sending.
    pub fn everybody(&self) -> Vec<Msisdn> {
        let numbers = self.index.entries().filter_map(|entry| entry.person().number());
        numbers.collect()
    }

    /// The same in the order of sources and rows.
    pub fn in_order(&self) -> Vec<Msisdn> {
        let mut entries: Vec<_> = self.index.entries().collect();
        entries.sort_unstable_by_key(|entry| entry.place());
        (entries.into_iter())
            .filter_map(|entry| entry.person().number())
            .collect()
    }

    /// Whom a suppression list leaves out, each once.
    pub fn left_out(&self) -> &[Person] {
        &self.left_out
    }

    /// What became of the rows of each table.
    pub fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// What became of all rows.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.counts.iter().for_each(|counts| total.merge(*counts));
        total
    }

    /// Whether the lists are still what they were, as far as that is visible.
    pub fn is_unchanged(&self) -> bool {
        self.tables.iter().all(|table| table.bytes.check_unchanged().is_ok())
    }

    /// What the reviewer should know: rows left out.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// The lists, in order.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Reads the rows of one part again, in an order that depends on the numbers alone. A file that has changed since
    /// is an error; rows visited before it was noticed must not be used.
    pub fn each_row_of_part(&self, part: Part, visit: impl FnMut(&ListRow<'_>)) -> Result<(), Diagnostic> {
        each_row_of(&self.tables, self.index.part(part), &self.settings, visit)?;
        self.tables.iter().try_for_each(|table| table.bytes.check_unchanged())
    }

    /// Reads everybody's row again, in the order of sources and rows.
    pub fn each_row(&self, visit: impl FnMut(&ListRow<'_>)) -> Result<(), Diagnostic> {
        self.rows(0..usize::MAX, visit)?;
        self.tables.iter().try_for_each(|table| table.bytes.check_unchanged())
    }

    /// Reads one person's row again; `false` when the number is not among them.
    pub fn row_of(&self, number: Msisdn, visit: impl FnMut(&ListRow<'_>)) -> Result<bool, Diagnostic> {
        match self.index.find(number.into()) {
            Some(entry) => each_row_of(&self.tables, [entry], &self.settings, visit).map(|()| true),
            None => Ok(false),
        }
    }

    /// Reads the first rows again, in order of sources and rows.
    pub fn first_rows(&self, limit: usize, visit: impl FnMut(&ListRow<'_>)) -> Result<(), Diagnostic> {
        self.rows(0..limit, visit)
    }

    /// Reads rows again by their place in the order of sources and rows, from 0; those beyond the last are none.
    pub fn rows(&self, places: Range<usize>, visit: impl FnMut(&ListRow<'_>)) -> Result<(), Diagnostic> {
        let mut entries: Vec<_> = self.index.entries().collect();
        if places.end < entries.len() {
            entries.select_nth_unstable_by_key(places.end, |entry| entry.place());
            entries.truncate(places.end);
        }
        entries.sort_unstable_by_key(|entry| entry.place());
        let chosen = entries.get(places.start..).unwrap_or_default();
        each_row_of(&self.tables, chosen.iter().copied(), &self.settings, visit)
    }

    fn nobody(&self) -> Diagnostic {
        let total = self.total();
        let message = match (total.rows, total.filtered, total.invalid.total()) {
            (0, _, _) => "nobody would get a message: the lists have no rows".to_owned(),
            (rows, filtered, invalid) => format!(
                "nobody would get a message: of {rows} rows, `where` leaves out {filtered} and `on_invalid: skip` {invalid}"
            ),
        };
        let fault = Diagnostic::error(&NOBODY, message);
        let fault = match self.tables.first().and_then(|table| table.place.clone()) {
            Some(place) => fault.at(place),
            None => fault,
        };
        let fault = if total.filtered > 0 {
            fault.hint("comparisons in `where` are exact, upper and lower case included")
        } else {
            fault
        };
        fault.hint("to send nothing, set `state: canceled`")
    }
}

impl std::fmt::Debug for Audience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Audience({} people)", self.len())
    }
}
