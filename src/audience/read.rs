//! All lists of a campaign, read once, on all cores; together with all campaigns that read them alike.
//!
//! In: tables, suppressed numbers, and a visitor for what is to be known about each row (its text, its price). Out: an
//! [`Audience`] and what the visitors gathered, the same however the bytes were cut, the work was shared and whoever
//! else read them; or every fault of every list. Never: half an audience, or a row's text in a fault.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::blocks::Cutter;
use super::counts::Counts;
use super::cut;
use super::entry::{IndexEntry, MAX_SOURCES};
use super::harvest::{ListPass, OwnHarvest, RowJudge, RowsHarvest};
use super::index::Index;
use super::number_forms::Forms;
use super::order::Pile;
use super::people::Audience;
use super::removal::remove;
use super::roll::Roll;
use super::row_faults::Faults;
use super::settings::ListSettings;
use super::table::Table;
use super::visitor::Visitor;
use crate::model::{Diagnostic, NumberKind, NumberSet};

/// One campaign's reading of its lists.
pub struct ListReader<'a, M> {
    /// Its lists, in order.
    pub tables: Vec<Table>,
    /// Numbers that are left out.
    pub suppressed: Vec<&'a NumberSet>,
    /// Whether nobody is no fault.
    pub may_be_empty: bool,
    /// Makes a visitor for each thread.
    pub make: M,
}

/// Reads all tables. `suppressed` numbers are left out; `make` makes a visitor for each thread.
pub fn read<V: Visitor>(
    tables: Vec<Table>,
    suppressed: &[&NumberSet],
    settings: &ListSettings,
    make: impl Fn() -> V + Sync,
) -> Result<(Audience, V), Vec<Diagnostic>> {
    let reader = ListReader {
        tables,
        suppressed: suppressed.to_vec(),
        may_be_empty: settings.may_be_empty,
        make,
    };
    let mut one = read_together(&[reader], settings);
    // One reader, one result.
    one.pop().unwrap_or_else(|| Err(Vec::new()))
}

/// The same for several readers whose tables are alike ([`Table::is_like`]), in one pass over them; in their order.
pub fn read_together<V: Visitor, M: Fn() -> V + Sync>(
    readers: &[ListReader<'_, M>],
    settings: &ListSettings,
) -> Vec<Result<(Audience, V), Vec<Diagnostic>>> {
    let Some(tables) = readers.first().map(|reader| reader.tables.as_slice()) else {
        return Vec::new();
    };
    debug_assert!(tables.len() <= MAX_SOURCES);
    let judges = readers.iter().map(|reader| RowJudge {
        tables: &reader.tables,
        suppressed: &reader.suppressed,
        settings,
    });
    let pass = ListPass {
        readers: judges.collect(),
        tables,
        settings,
    };
    let cutter = Mutex::new(Cutter::new(tables, settings.block_bytes.min(block_bytes(readers))));
    let harvests = rayon::broadcast(|_| pass.work(&cutter, readers.iter().map(|reader| (reader.make)())));
    let (rows, own): (Vec<RowsHarvest>, Vec<Vec<OwnHarvest<V>>>) = harvests.into_iter().unzip();
    let found = FoundRows::new(tables, rows, readers.len() > 1, settings);
    let mut by_reader: Vec<Vec<OwnHarvest<V>>> = readers.iter().map(|_| Vec::new()).collect();
    for harvests in own {
        by_reader
            .iter_mut()
            .zip(harvests)
            .for_each(|(all, harvest)| all.push(harvest));
    }
    let finished = readers.par_iter().zip(by_reader.into_par_iter());
    finished
        .map(|(reader, own)| found.finish(reader, own, settings))
        .collect()
}

/// How many threads read lists.
pub fn reading_threads() -> usize {
    rayon::current_num_threads()
}

/// Bytes of a block with which all threads have something to do, where each block means work for many readers.
fn block_bytes<M>(readers: &[ListReader<'_, M>]) -> usize {
    const LEAST: usize = 32 << 10;
    const BLOCKS: usize = 16;
    if readers.len() < 2 {
        return usize::MAX;
    }
    let tables = readers.first().into_iter().flat_map(|reader| &reader.tables);
    let bytes: u64 = tables.map(|table| table.bytes.size()).sum();
    let share = usize::try_from(bytes).unwrap_or(usize::MAX) / (BLOCKS * reading_threads());
    share.max(LEAST)
}

/// What all threads have found in the rows, the same for every reader.
struct FoundRows {
    rows: Vec<u64>,
    forms: Vec<Forms>,
    faults: Vec<Faults>,
    /// What the end of each table says.
    cut: Vec<Diagnostic>,
    broken: Vec<Diagnostic>,
    people: FoundPeople,
}

enum FoundPeople {
    /// For a single reader, who takes them.
    One(Mutex<Vec<Pile>>),
    Several(Roll),
}

impl FoundRows {
    fn new(tables: &[Table], harvests: Vec<RowsHarvest>, is_shared: bool, settings: &ListSettings) -> Self {
        let mut rows = vec![0; tables.len()];
        let mut forms = vec![Forms::default(); tables.len()];
        let mut faults = vec![Faults::default(); tables.len()];
        let (mut broken, mut piles, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for harvest in harvests {
            rows.iter_mut().zip(&harvest.rows).for_each(|(sum, more)| *sum += more);
            forms
                .iter_mut()
                .zip(&harvest.forms)
                .for_each(|(sum, more)| sum.merge(more));
            faults
                .iter_mut()
                .zip(&harvest.faults)
                .for_each(|(sum, more)| sum.merge(more));
            broken.extend(harvest.broken);
            piles.push(harvest.entries);
            places.push(harvest.places);
        }
        broken.extend(tables.iter().filter_map(|table| table.bytes.check_unchanged().err()));
        Self {
            rows,
            forms,
            faults,
            cut: tables.iter().filter_map(|table| cut::fault(table, settings)).collect(),
            broken,
            people: if is_shared {
                FoundPeople::Several(Roll::new(piles, &places))
            } else {
                FoundPeople::One(Mutex::new(piles))
            },
        }
    }

    /// What one reader makes of it.
    fn finish<V: Visitor, M: Fn() -> V>(
        &self,
        reader: &ListReader<'_, M>,
        mut harvests: Vec<OwnHarvest<V>>,
        settings: &ListSettings,
    ) -> Result<(Audience, V), Vec<Diagnostic>> {
        let tables = &reader.tables;
        let (mut faults, mut forms) = (self.faults.clone(), self.forms.clone());
        let of_rows = |rows: &u64| Counts {
            rows: *rows,
            ..Counts::default()
        };
        let mut counts: Vec<Counts> = self.rows.iter().map(of_rows).collect();
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
            left_out.append(&mut harvest.left_out);
        }
        let (mut broken, mut notes) = (self.broken.clone(), Vec::new());
        for ((table, faults), counts) in tables.iter().zip(&faults).zip(&mut counts) {
            faults.report(table, settings.listed_rows, &mut broken, &mut notes);
            counts.invalid = faults.skipped(table);
        }
        for (table, forms) in tables.iter().zip(&forms) {
            forms.report(table, settings, &mut broken, &mut notes);
        }
        for fault in self.cut.iter().cloned() {
            let faults = if fault.is_error() { &mut broken } else { &mut notes };
            faults.push(fault);
        }
        if !broken.is_empty() {
            return Err(sorted(broken));
        }
        let (index, duplicates) = self.index(&harvests);
        for duplicate in &duplicates {
            if let Some(counts) = counts.get_mut(duplicate.source()) {
                counts.duplicates += 1;
            }
        }
        let visitors = harvests.iter_mut().map(|harvest| &mut harvest.visitor);
        let repeats = remove(tables, settings, &index, &duplicates, visitors.collect());
        let told = repeats.and_then(|repeats| repeats.report(tables));
        notes.extend(told.map_err(|fault| vec![fault])?);
        let mut refused: BTreeMap<NumberKind, u64> = BTreeMap::new();
        for (kind, rows) in forms.iter().flat_map(|forms| forms.refused(settings)) {
            *refused.entry(kind).or_default() += rows;
        }
        let visitors = harvests.into_iter().map(|harvest| harvest.visitor);
        let visitor = visitors.reduce(|mut all, more| {
            all.merge(more);
            all
        });
        let visitor = visitor.unwrap_or_else(&reader.make);
        left_out.sort_unstable();
        left_out.dedup();
        let settings = ListSettings {
            may_be_empty: reader.may_be_empty,
            ..settings.clone()
        };
        let audience = Audience::new(tables.clone(), (index, left_out, counts), settings, notes);
        let audience = audience
            .map(|audience| audience.with_refused(refused))
            .map_err(|mut fault| {
                fault.hints.splice(..0, visitor.why_nobody());
                vec![fault]
            })?;
        Ok((audience, visitor))
    }

    fn index<V>(&self, harvests: &[OwnHarvest<V>]) -> (Index, Vec<IndexEntry>) {
        match &self.people {
            FoundPeople::One(piles) => {
                let mut piles = piles.lock().unwrap_or_else(PoisonError::into_inner);
                Index::new(std::mem::take(&mut piles))
            }
            FoundPeople::Several(roll) => roll.index(harvests.iter().map(|harvest| &harvest.kept)),
        }
    }
}

/// One fault each, in order of their place.
fn sorted(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    faults.dedup();
    faults
}
