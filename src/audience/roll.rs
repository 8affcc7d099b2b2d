//! The rows of lists that several campaigns read, sorted once, and which of them each campaign keeps.
//!
//! In: the rows that anybody keeps, and for each campaign a bit for every row with a number. Out: indexes that share the
//! sorted rows: campaigns that keep the same people have one index, the others a bit a person. Never: a person twice.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::entry::IndexEntry;
use super::index::Index;
use super::order::{Pile, sorted};
use super::row_bits::{RowBits, WORD};

/// Sorted rows.
pub(super) struct Roll {
    entries: Arc<Vec<u128>>,
    has_repeats: bool,
    /// For each entry, which of all rows with numbers it is.
    rows: Vec<usize>,
    /// The first row of each thread.
    firsts: Vec<usize>,
    /// Those that were made.
    made: Mutex<Vec<Index>>,
}

/// An index is made of entries of its own if fewer than one row in so many is in it: bits for all would take more.
const FEW: usize = 128;

impl Roll {
    /// `places` are those of each thread's rows with numbers, in ascending order.
    pub(super) fn new(piles: Vec<Pile>, places: &[Vec<u64>]) -> Self {
        let (entries, has_repeats) = sorted(piles);
        let mut firsts = Vec::new();
        let mut next = 0;
        for places in places {
            firsts.push(next);
            next += places.len().next_multiple_of(WORD);
        }
        let row = |entry: &u128| {
            let place = IndexEntry(*entry).place_bits();
            let mut threads = firsts.iter().zip(places);
            let found = threads.find_map(|(first, places)| Some(first + places.binary_search(&place).ok()?));
            // Whoever is sorted was seen.
            found.unwrap_or(usize::MAX)
        };
        Self {
            rows: entries.par_iter().map(row).collect(),
            entries: Arc::new(entries),
            has_repeats,
            firsts,
            made: Mutex::default(),
        }
    }

    /// The index of rows that are kept, by thread; and of several rows for a person all but the first, in order of their
    /// place.
    pub(super) fn index<'k>(&self, kept: impl Iterator<Item = &'k RowBits>) -> (Index, Vec<IndexEntry>) {
        let mut own = RowBits::default();
        for (first, kept) in self.firsts.iter().zip(kept) {
            own.append(*first, kept);
        }
        let mut kept = RowBits::default();
        let mut duplicates = Vec::new();
        let mut last: Option<IndexEntry> = None;
        for ((at, row), entry) in (0..).zip(&self.rows).zip(self.entries.iter()) {
            if !own.has(*row) {
                continue;
            }
            let entry = IndexEntry(*entry);
            if self.has_repeats && last.is_some_and(|last| last.same_person(entry)) {
                duplicates.push(entry);
            } else {
                kept.set(at);
                last = Some(entry);
            }
        }
        duplicates.sort_unstable_by_key(|entry| entry.place());
        let count = kept.count();
        if count < self.entries.len() / FEW {
            let few = (0..).zip(self.entries.iter()).filter(|(at, _)| kept.has(*at));
            let few: Vec<u128> = few.map(|(_, entry)| *entry).collect();
            return (Index::of(Arc::new(few), None, count), duplicates);
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = made.iter().find(|index| index.keeps(&kept)) {
            return (index.clone(), duplicates);
        }
        let index = Index::of(Arc::clone(&self.entries), Some(Arc::new(kept)), count);
        made.push(index.clone());
        (index, duplicates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Msisdn, Part};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_reader_gets_the_index_of_its_own_rows(
            rows in prop::collection::vec((0_u64..60, 0_usize..3, any::<[bool; 4]>()), 0..200), few in any::<bool>(),
        ) {
            let mut piles: Vec<Pile> = (0..3).map(|_| Pile::new()).collect();
            let mut places = vec![Vec::new(); 3];
            let mut kept = vec![vec![RowBits::default(); 3]; 4];
            let mut alone: Vec<Pile> = (0..4).map(|_| Pile::new()).collect();
            for (offset, (person, thread, readers)) in (0..).zip(rows) {
                let number = Msisdn::from_u64(46_700_000_000 + person).unwrap();
                let entry = IndexEntry::new(Part::bucket(number), number.into(), 0, offset);
                let readers = if few { readers.map(|reads| reads && offset == 7) } else { readers };
                for (at, _) in readers.iter().enumerate().filter(|(_, reads)| **reads) {
                    kept[at][thread].set(places[thread].len());
                    alone[at].push(entry);
                }
                places[thread].push(entry.place_bits());
                if readers.contains(&true) {
                    piles[thread].push(entry);
                }
            }
            let roll = Roll::new(piles, &places);
            for (kept, pile) in kept.iter().zip(alone) {
                let (index, duplicates) = roll.index(kept.iter());
                let (expected, others) = Index::new(vec![pile]);
                prop_assert!(index.entries().eq(expected.entries()));
                prop_assert_eq!(index.len(), expected.len());
                prop_assert_eq!(duplicates, others);
                prop_assert_eq!(&**index.people(), &**expected.people());
                for part in [Part::WHOLE, Part::new(3, 5).unwrap()] {
                    prop_assert!(index.part(part).eq(expected.part(part)));
                }
                for person in 0..60 {
                    let person = Msisdn::from_u64(46_700_000_000 + person).unwrap().into();
                    prop_assert_eq!(index.find(person), expected.find(person));
                }
            }
        }
    }
}
