//! All lists of a campaign, read once, on all cores.
//!
//! In: tables, suppressed numbers, and a visitor for what is to be known about each row (its text, its price). Out: an
//! [`Audience`] and what the visitors gathered, the same however the bytes were cut and the work was shared; or every
//! fault of every list. Never: half an audience, or a row's text in a fault.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::blocks::{Block, Cutter};
use super::counts::Counts;
use super::cut;
use super::entry::{IndexEntry, MAX_SOURCES};
use super::index::Index;
use super::number_forms::Forms;
use super::numbers::find;
use super::order::Pile;
use super::people::Audience;
use super::repeats::Repeats;
use super::reread::{each_row_of, fit, people_of};
use super::row_faults::{Faults, RowFault};
use super::rows::{RawRow, each_row};
use super::settings::ListSettings;
use super::swallowed::holds_a_row;
use super::table::Table;
use super::visitor::{ListRow, Visitor};
use crate::model::{Diagnostic, InvalidRow, NumberKind, NumberSet, Part, Person};

/// What one thread has found.
struct Harvest<V> {
    visitor: V,
    entries: Pile,
    left_out: Vec<Person>,
    counts: Vec<Counts>,
    forms: Vec<Forms>,
    faults: Vec<Faults>,
    broken: Vec<Diagnostic>,
}

/// Reads all tables. `suppressed` numbers are left out; `make` makes a visitor for each thread.
pub fn read<V: Visitor>(
    tables: Vec<Table>,
    suppressed: &[&NumberSet],
    settings: &ListSettings,
    make: impl Fn() -> V + Sync,
) -> Result<(Audience, V), Vec<Diagnostic>> {
    debug_assert!(tables.len() <= MAX_SOURCES);
    let cutter = Mutex::new(Cutter::new(&tables, settings.block_bytes));
    let job = ReadJob {
        tables: &tables,
        suppressed,
        settings,
    };
    let mut harvests = rayon::broadcast(|_| job.work(&cutter, make()));
    let mut faults: Vec<Faults> = vec![Faults::default(); tables.len()];
    let mut counts = vec![Counts::default(); tables.len()];
    let mut forms = vec![Forms::default(); tables.len()];
    let mut broken = Vec::new();
    let mut piles = Vec::new();
    let mut left_out = Vec::new();
    for harvest in &mut harvests {
        faults
            .iter_mut()
            .zip(&harvest.faults)
            .for_each(|(sum, more)| sum.merge(more));
        counts
            .iter_mut()
            .zip(&harvest.counts)
            .for_each(|(sum, more)| sum.merge(*more));
        forms
            .iter_mut()
            .zip(&harvest.forms)
            .for_each(|(sum, more)| sum.merge(more));
        broken.append(&mut harvest.broken);
        left_out.append(&mut harvest.left_out);
        piles.push(std::mem::replace(&mut harvest.entries, Pile::new()));
    }
    let mut notes = Vec::new();
    for ((table, faults), counts) in tables.iter().zip(&faults).zip(&mut counts) {
        faults.report(table, settings.listed_rows, &mut broken, &mut notes);
        counts.invalid = faults.skipped(table);
    }
    for (table, forms) in tables.iter().zip(&forms) {
        forms.report(table, settings, &mut broken, &mut notes);
    }
    for fault in tables.iter().filter_map(|table| cut::fault(table, settings)) {
        let faults = if fault.is_error() { &mut broken } else { &mut notes };
        faults.push(fault);
    }
    broken.extend(tables.iter().filter_map(|table| table.bytes.check_unchanged().err()));
    if !broken.is_empty() {
        return Err(sorted(broken));
    }
    let (index, duplicates) = Index::new(piles);
    for duplicate in &duplicates {
        if let Some(counts) = counts.get_mut(duplicate.source()) {
            counts.duplicates += 1;
        }
    }
    let repeats = job.remove(&index, &duplicates, &mut harvests);
    let told = repeats.and_then(|repeats| repeats.report(&tables));
    notes.extend(told.map_err(|fault| vec![fault])?);
    let mut refused: BTreeMap<NumberKind, u64> = BTreeMap::new();
    for (kind, rows) in forms.iter().flat_map(|forms| forms.refused(settings)) {
        *refused.entry(kind).or_default() += rows;
    }
    let visitor = harvests
        .into_iter()
        .map(|harvest| harvest.visitor)
        .reduce(|mut all, more| {
            all.merge(more);
            all
        });
    let visitor = visitor.unwrap_or_else(make);
    left_out.sort_unstable();
    left_out.dedup();
    let found = (index, left_out, counts);
    let audience = Audience::new(tables, found, settings.clone(), notes);
    let audience = audience
        .map(|audience| audience.with_refused(refused))
        .map_err(|mut fault| {
            fault.hints.splice(..0, visitor.why_nobody());
            vec![fault]
        })?;
    Ok((audience, visitor))
}

/// One fault each, in order of their place.
fn sorted(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    faults.dedup();
    faults
}

struct ReadJob<'a> {
    tables: &'a [Table],
    suppressed: &'a [&'a NumberSet],
    settings: &'a ListSettings,
}

impl ReadJob<'_> {
    fn work<V: Visitor>(&self, cutter: &Mutex<Cutter<'_>>, visitor: V) -> Harvest<V> {
        let mut harvest = Harvest {
            visitor,
            entries: Pile::new(),
            left_out: Vec::new(),
            counts: vec![Counts::default(); self.tables.len()],
            forms: vec![Forms::default(); self.tables.len()],
            faults: vec![Faults::default(); self.tables.len()],
            broken: Vec::new(),
        };
        let mut memory = Vec::new();
        loop {
            let next = cutter.lock().unwrap_or_else(PoisonError::into_inner).next(memory);
            memory = match next {
                None => return harvest,
                Some(Ok(block)) => {
                    self.read_block(&block, &mut harvest);
                    block.bytes
                }
                Some(Err(fault)) => {
                    harvest.broken.push(fault);
                    Vec::new()
                }
            };
        }
    }

    fn read_block<V: Visitor>(&self, block: &Block, harvest: &mut Harvest<V>) {
        let Some(table) = self.tables.get(block.source) else {
            return;
        };
        let (Some(counts), Some(forms), Some(faults)) = (
            harvest.counts.get_mut(block.source),
            harvest.forms.get_mut(block.source),
            harvest.faults.get_mut(block.source),
        ) else {
            return;
        };
        let (visitor, entries, left_out) = (&mut harvest.visitor, &mut harvest.entries, &mut harvest.left_out);
        let listed = self.settings.listed_rows;
        let has_nul = memchr::memchr(0, &block.bytes).is_some();
        each_row(block, &table.dialect, &mut |raw| {
            counts.rows += 1;
            if has_nul && raw.has_nul() {
                return faults.add(raw.line, RowFault::Nul, listed);
            }
            let plan = self.settings.national_plan.as_ref();
            if raw.has_line_ends && raw.cells.is_some_and(|cells| holds_a_row(cells, table, plan)) {
                faults.add(raw.line, RowFault::HoldsRows, listed);
            }
            if table.is_list {
                return match self.listed(table, block.source, raw, entries) {
                    Ok(()) => {}
                    Err(fault) => faults.add(raw.line, fault, listed),
                };
            }
            match self.judge(table, block.source, raw, forms, visitor) {
                Ok(RowOutcome::Kept(entry)) => entries.push(entry),
                Ok(RowOutcome::Filtered) => counts.filtered += 1,
                Ok(RowOutcome::Suppressed(person)) => {
                    counts.suppressed += 1;
                    left_out.push(person);
                }
                Ok(RowOutcome::SetApart) => counts.set_apart += 1,
                Err(fault) => faults.add(raw.line, fault, listed),
            }
        });
    }

    fn judge<V: Visitor>(
        &self,
        table: &Table,
        source: usize,
        raw: &RawRow<'_>,
        forms: &mut Forms,
        visitor: &mut V,
    ) -> Result<RowOutcome, RowFault> {
        let cells = raw.cells.ok_or(RowFault::NotUtf8)?;
        let cells = fit(cells, table.columns.len()).ok_or(RowFault::Ragged {
            cells: cells.len(),
            columns: table.columns.len(),
        })?;
        let text = cells.get(table.number).copied().unwrap_or_default();
        let home = table.home(cells, self.settings);
        let number = match home.and_then(|home| find(text, home, table.form)) {
            Ok(found) => forms.take(found, raw.line, self.settings.listed_rows),
            // Who takes no part anyway needs no number.
            Err(_) if visitor.leaves_out(source, cells) => return Ok(RowOutcome::Filtered),
            Err(fault) => return Err(RowFault::Number(fault)),
        };
        let person = Person::from(number.msisdn);
        let row = ListRow {
            source,
            line: raw.line,
            offset: raw.offset,
            number: number.msisdn,
            person,
            bucket: Part::bucket(person),
            country: number.country,
            cells,
        };
        if !visitor.admits(&row)? {
            return Ok(RowOutcome::Filtered);
        }
        if self.suppressed.iter().any(|numbers| numbers.contains(row.person)) {
            return Ok(RowOutcome::Suppressed(row.person));
        }
        if self.settings.refuses(number.kind) && table.on_invalid.skips(InvalidRow::WrongType) {
            return Err(RowFault::WrongType(number.kind));
        }
        if visitor.sets_apart(&row) {
            return Ok(RowOutcome::SetApart);
        }
        forms.recipient(number.kind);
        visitor.add(&row);
        Ok(RowOutcome::Kept(IndexEntry::new(
            row.bucket, row.person, source, raw.offset,
        )))
    }

    /// Everybody whom a row of a list of numbers names: in any of its number columns, and by either reading.
    fn listed(&self, table: &Table, source: usize, raw: &RawRow<'_>, entries: &mut Pile) -> Result<(), RowFault> {
        let cells = raw.cells.ok_or(RowFault::NotUtf8)?;
        let cells = fit(cells, table.columns.len()).ok_or(RowFault::Ragged {
            cells: cells.len(),
            columns: table.columns.len(),
        })?;
        for person in people_of(table, cells, self.settings) {
            let person = person.map_err(RowFault::Number)?;
            entries.push(IndexEntry::new(Part::bucket(person), person, source, raw.offset));
        }
        Ok(())
    }

    /// Takes rows out again whose person an earlier row has; those with another text than that row are reported.
    fn remove<V: Visitor>(
        &self,
        index: &Index,
        duplicates: &[IndexEntry],
        harvests: &mut [Harvest<V>],
    ) -> Result<Repeats, Diagnostic> {
        if duplicates.is_empty() {
            return Ok(Repeats::default());
        }
        let share = duplicates.len().div_ceil(harvests.len().max(1));
        harvests
            .par_iter_mut()
            .zip(duplicates.par_chunks(share.max(1)))
            .map(|(harvest, duplicates)| self.remove_some(index, duplicates, &mut harvest.visitor))
            .try_reduce(Repeats::default, |all, more| Ok(all.merge(&more)))
    }

    fn remove_some<V: Visitor>(
        &self,
        index: &Index,
        duplicates: &[IndexEntry],
        visitor: &mut V,
    ) -> Result<Repeats, Diagnostic> {
        let mut texts = Vec::new();
        each_row_of(self.tables, duplicates.iter().copied(), self.settings, |row| {
            visitor.remove(row);
            texts.push(visitor.text_digest(row));
        })?;
        let mut repeats = Repeats::default();
        let pairs = (duplicates.iter().zip(texts))
            .filter_map(|(later, text)| Some((*later, index.find(later.person())?, text?)));
        let pairs: Vec<(IndexEntry, IndexEntry, u128)> = pairs.collect();
        let mut rest = pairs.iter();
        each_row_of(
            self.tables,
            pairs.iter().map(|(_, first, _)| *first),
            self.settings,
            |row| {
                let Some((later, first, text)) = rest.next() else {
                    return;
                };
                if visitor.text_digest(row).is_some_and(|first| first != *text) {
                    repeats.add(*later, *first);
                }
            },
        )?;
        Ok(repeats)
    }
}

/// What becomes of a row without faults.
enum RowOutcome {
    Kept(IndexEntry),
    Filtered,
    Suppressed(Person),
    SetApart,
}
