//! The rows of some people read again, for several campaigns in one pass.
//!
//! In: audiences, and of each the people whose rows are wanted. Out: what a visitor of each gathered from them, on all
//! cores. Never: a row that no audience wants, or one row read twice for audiences that share their lists.

use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::entry::IndexEntry;
use super::people::Audience;
use super::read::reading_threads;
use super::reread::each_row_of;
use super::row_bits::RowBits;
use super::visitor::{ListRow, Visitor};
use crate::model::{Diagnostic, NumberSet, Part, Person};

/// Whose rows of an audience are wanted.
pub struct ChosenRows<'a, M> {
    /// The audience.
    pub audience: &'a Audience,
    /// People of it.
    pub people: &'a NumberSet,
    /// Whether their rows are wanted, or the rows of all others.
    pub are_theirs: bool,
    /// Only rows of these parts.
    pub parts: &'a [Part],
    /// Makes a visitor for each thread; rows are added to it.
    pub make: M,
}

/// Reads rows again. A file that has changed since is an error of all audiences that share it.
pub fn read_chosen<V: Visitor, M: Fn() -> V + Sync>(asked: &[ChosenRows<'_, M>]) -> Vec<Result<V, Diagnostic>> {
    let mut results: Vec<Option<Result<V, Diagnostic>>> = asked.iter().map(|_| None).collect();
    for at in 0..asked.len() {
        let Some(first) = asked.get(at).filter(|_| results.get(at).is_some_and(Option::is_none)) else {
            continue;
        };
        let (places, alike): (Vec<usize>, Vec<&ChosenRows<'_, M>>) = (at..)
            .zip(asked.iter().skip(at))
            .filter(|(_, other)| Arc::ptr_eq(other.audience.entries(), first.audience.entries()))
            .unzip();
        match read_alike(&alike) {
            Ok(visitors) => places.iter().zip(visitors).for_each(|(place, visitor)| {
                results.get_mut(*place).map(|result| result.replace(Ok(visitor)));
            }),
            Err(fault) => places.iter().for_each(|place| {
                results.get_mut(*place).map(|result| result.replace(Err(fault.clone())));
            }),
        }
    }
    // Each has got one.
    results.into_iter().flatten().collect()
}

/// The same for audiences that share their rows.
fn read_alike<V: Visitor, M: Fn() -> V + Sync>(asked: &[&ChosenRows<'_, M>]) -> Result<Vec<V>, Diagnostic> {
    let Some(first) = asked.first() else {
        return Ok(Vec::new());
    };
    let entries = first.audience.entries();
    let mut by_person: Vec<(Person, usize)> = entries
        .iter()
        .map(|entry| IndexEntry(*entry).person())
        .zip(0..)
        .collect();
    by_person.par_sort_unstable();
    let chosen: Vec<RowBits> = asked.par_iter().map(|one| one.chosen(&by_person)).collect();
    drop(by_person);
    let mut any = RowBits::default();
    for rows in &chosen {
        any.join(rows);
    }
    let rows = (0..).zip(entries.iter()).filter(|(at, _)| any.has(*at));
    let mut rows: Vec<(u64, usize)> = rows.map(|(at, entry)| (IndexEntry(*entry).place_bits(), at)).collect();
    rows.par_sort_unstable();
    let share = rows.len().div_ceil(reading_threads()).max(BATCH);
    let visitors = rows
        .par_chunks(share)
        .map(|rows| read_some(asked, &chosen, rows))
        .try_reduce_with(|all, more| {
            Ok(all
                .into_iter()
                .zip(more)
                .map(|(mut visitor, other)| {
                    visitor.merge(other);
                    visitor
                })
                .collect())
        });
    visitors.unwrap_or_else(|| Ok(asked.iter().map(|one| (one.make)()).collect()))
}

/// So many rows stay in a cache while visitor after visitor goes through them.
const BATCH: usize = 512;

/// Rows of one thread, in order of their places, each with its number in the index.
fn read_some<V: Visitor, M: Fn() -> V>(
    asked: &[&ChosenRows<'_, M>],
    chosen: &[RowBits],
    rows: &[(u64, usize)],
) -> Result<Vec<V>, Diagnostic> {
    let mut visitors: Vec<V> = asked.iter().map(|one| (one.make)()).collect();
    let Some(audience) = asked.first().map(|one| one.audience) else {
        return Ok(visitors);
    };
    let entries = audience.entries();
    let entry = |at: usize| entries.get(at).map(|entry| IndexEntry(*entry));
    for rows in rows.chunks(BATCH) {
        let mut batch = ChosenBatch::default();
        let mut rest = rows.iter();
        let wanted = rows.iter().filter_map(|(_, at)| entry(*at));
        each_row_of(audience.tables(), wanted, audience.settings(), |row| {
            let is_it =
                |(_, at): &&(u64, usize)| entry(*at).is_some_and(|entry| entry.place() == (row.source, row.offset));
            if let Some((_, at)) = rest.find(is_it) {
                batch.push(*at, row);
            }
        })?;
        batch.give(chosen, &mut visitors);
    }
    audience
        .tables()
        .iter()
        .try_for_each(|table| table.bytes.check_unchanged())?;
    Ok(visitors)
}

impl<M> ChosenRows<'_, M> {
    /// Which of the entries that it shares.
    fn chosen(&self, by_person: &[(Person, usize)]) -> RowBits {
        let is_wanted: Vec<bool> = (0..1 << Part::MAX_BITS)
            .map(|bucket| self.parts.iter().any(|part| part.contains_bucket(bucket)))
            .collect();
        let mut people = self.people.people().iter().peekable();
        let mut rows = RowBits::default();
        for (person, at) in by_person {
            while people.next_if(|other| *other < person).is_some() {}
            let is_theirs = people.peek() == Some(&person);
            if is_theirs == self.are_theirs
                && self.audience.has_entry(*at)
                && is_wanted.get(usize::from(Part::bucket(*person))) == Some(&true)
            {
                rows.set(*at);
            }
        }
        rows
    }
}

/// Rows gathered for several visitors.
#[derive(Default)]
struct ChosenBatch {
    /// With their number in the index, and without cells.
    rows: Vec<(usize, ListRow<'static>)>,
    /// Cells, one after the other.
    text: String,
    /// Where each ends, and after how many of them each row ends.
    ends: Vec<usize>,
    cells: Vec<usize>,
}

impl ChosenBatch {
    fn push(&mut self, at: usize, row: &ListRow<'_>) {
        for cell in row.cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.cells.push(self.ends.len());
        self.rows.push((at, ListRow { cells: &[], ..*row }));
    }

    fn give<V: Visitor>(&self, chosen: &[RowBits], visitors: &mut [V]) {
        let mut from = 0;
        let cells = self.ends.iter().map(|end| {
            let cell = self.text.get(std::mem::replace(&mut from, *end)..*end);
            cell.unwrap_or_default()
        });
        let cells: Vec<&str> = cells.collect();
        for (visitor, chosen) in visitors.iter_mut().zip(chosen) {
            let mut from = 0;
            for ((at, row), end) in self.rows.iter().zip(&self.cells) {
                let cells = cells.get(std::mem::replace(&mut from, *end)..*end);
                if chosen.has(*at) {
                    let cells = cells.unwrap_or_default();
                    visitor.add(&ListRow { cells, ..*row });
                }
            }
        }
    }
}
