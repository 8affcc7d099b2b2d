//! Who is in an audience, and where their rows are: 16 bytes a person, or a bit where campaigns share their lists.
//!
//! Sorted by the reversed 15-bit bucket, so that every part of every n is one run; then by person, then by place, so
//! that of several rows for a person, however spelled, the first of the first source comes first.

use std::sync::Arc;

use super::entry::{IndexEntry, OFFSET_BITS, PERSON_BITS, SOURCE_BITS, reversed};
use super::order::{Pile, sorted};
use super::row_bits::RowBits;
use crate::model::{NumberSet, Part, Person};

/// Everybody once: the bits of their entries, in order.
#[derive(Clone, Default)]
pub(super) struct Index {
    entries: Arc<Vec<u128>>,
    /// Which of them, where others read the same lists; `None`: all.
    kept: Option<Arc<RowBits>>,
    count: usize,
    people: Arc<NumberSet>,
}

impl Index {
    /// Sorts; of several rows for a person the first stays. The others are returned, in order of their place.
    pub(super) fn new(piles: Vec<Pile>) -> (Self, Vec<IndexEntry>) {
        let (mut entries, has_repeats) = sorted(piles);
        let mut duplicates = Vec::new();
        if has_repeats {
            entries.dedup_by(|later, first| {
                let is_duplicate = IndexEntry(*later).same_person(IndexEntry(*first));
                if is_duplicate {
                    duplicates.push(IndexEntry(*later));
                }
                is_duplicate
            });
            duplicates.sort_unstable_by_key(|entry| entry.place());
            entries.shrink_to_fit();
        }
        let count = entries.len();
        (Self::of(Arc::new(entries), None, count), duplicates)
    }

    /// Some of these entries, each person once.
    pub(super) fn of(entries: Arc<Vec<u128>>, kept: Option<Arc<RowBits>>, count: usize) -> Self {
        let mut index = Self {
            entries,
            kept,
            count,
            people: Arc::default(),
        };
        let everybody = index.clone();
        index.people = Arc::new(NumberSet::later(move || {
            let numbers = everybody.entries().filter_map(|entry| entry.person().number());
            numbers.collect::<Vec<_>>()
        }));
        index
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Everybody, listed when somebody asks; the same for all who share the index.
    pub(super) fn people(&self) -> &Arc<NumberSet> {
        &self.people
    }

    /// Sorted rows, which others may share.
    pub(super) fn all(&self) -> &Arc<Vec<u128>> {
        &self.entries
    }

    /// Whether one of them, by its place there, is its own.
    pub(super) fn has(&self, at: usize) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.has(at))
    }

    /// Whether these rows are its own, as they are kept of the entries that it shares.
    pub(super) fn keeps(&self, kept: &RowBits) -> bool {
        self.kept.as_deref() == Some(kept)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        self.run(0, self.entries.len())
    }

    fn run(&self, from: usize, to: usize) -> impl Iterator<Item = IndexEntry> + '_ {
        let run = self.entries.get(from..to).unwrap_or_default();
        (from..)
            .zip(run)
            .filter(move |(at, _)| self.has(*at))
            .map(|(_, entry)| IndexEntry(*entry))
    }

    pub(super) fn find(&self, person: Person) -> Option<IndexEntry> {
        let head = IndexEntry::head(Part::bucket(person), person);
        let from = self.entries.partition_point(|entry| *entry < head);
        let rows = self.entries.get(from..).unwrap_or_default().iter();
        let rows = rows.take_while(|entry| IndexEntry(**entry).person() == person).count();
        self.run(from, from + rows).next()
    }

    /// The people of one part.
    pub(super) fn part(&self, part: Part) -> impl Iterator<Item = IndexEntry> + '_ {
        let dropped = u32::from(Part::MAX_BITS - part.bits());
        let shift = PERSON_BITS + SOURCE_BITS + OFFSET_BITS + dropped;
        let run = u128::from(reversed(part.k()) >> dropped);
        // Of one part alone no bit is left to compare.
        let is_before = |entry: u128, run: u128| part.bits() > 0 && entry >> shift < run;
        let from = self.entries.partition_point(|entry| is_before(*entry, run));
        let to = self
            .entries
            .partition_point(|entry| part.bits() == 0 || is_before(*entry, run + 1));
        self.run(from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::{MAX_SOURCES, OFFSET_BITS};
    use super::*;
    use crate::model::Msisdn;
    use proptest::prelude::*;

    fn entry(number: Msisdn, source: usize, offset: u64) -> IndexEntry {
        IndexEntry::new(Part::bucket(number), number.into(), source, offset)
    }

    fn pile(entries: impl Iterator<Item = IndexEntry>) -> Vec<Pile> {
        let mut pile = Pile::new();
        entries.for_each(|entry| pile.push(entry));
        vec![pile]
    }

    proptest! {
        #[test]
        fn entries_keep_what_they_are_made_of(number in 10_000_u64..1_000_000_000_000_000, source in 0..MAX_SOURCES, offset in 0_u64..1 << OFFSET_BITS) {
            let number = Msisdn::from_u64(number).unwrap();
            let entry = entry(number, source, offset);
            prop_assert_eq!((entry.person(), entry.place()), (number.into(), (source, offset)));
        }

        #[test]
        fn a_part_is_everybody_whose_bucket_it_contains(
            numbers in prop::collection::btree_set(46_700_000_000_u64..46_799_999_999, 0..200), bits in 0_u8..=15, k in any::<u16>(),
        ) {
            let part = Part::new(bits, k & u16::try_from((1_u32 << bits) - 1).unwrap()).unwrap();
            let entries = numbers.iter().map(|n| entry(Msisdn::from_u64(*n).unwrap(), 0, 0));
            let (index, _) = Index::new(pile(entries));
            let found: std::collections::BTreeSet<u64> = index.part(part).map(|e| e.person().as_u64()).collect();
            let expected = numbers.iter().copied().filter(|n| part.contains_bucket(Part::bucket(Msisdn::from_u64(*n).unwrap()))).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn the_first_row_of_a_number_stays(mut rows in prop::collection::vec((0_u64..20, 0_usize..3, 0_u64..1000), 0..100)) {
            rows.sort_by_key(|(_, source, offset)| (*source, *offset));
            rows.dedup_by_key(|(_, source, offset)| (*source, *offset));
            let number = |n: u64| Msisdn::from_u64(46_700_000_000 + n).unwrap();
            let entries = rows.iter().rev().map(|(n, source, offset)| entry(number(*n), *source, *offset));
            let (index, duplicates) = Index::new(pile(entries));
            prop_assert_eq!(index.len() + duplicates.len(), rows.len());
            for (n, source, offset) in &rows {
                let first = rows.iter().find(|(other, ..)| other == n).unwrap();
                prop_assert_eq!(index.find(number(*n).into()).unwrap().place(), (first.1, first.2));
                prop_assert_eq!((source, offset) == (&first.1, &first.2), !duplicates.iter().any(|d| d.place() == (*source, *offset)));
            }
        }
    }
}
