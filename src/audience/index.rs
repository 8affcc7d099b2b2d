//! Who is in an audience, and where their rows are: 16 bytes a person.
//!
//! Sorted by the reversed 15-bit bucket, so that every part of every n is one run; then by person, then by place, so
//! that of several rows for a person, however spelled, the first of the first source comes first.

use super::entry::{IndexEntry, OFFSET_BITS, PERSON_BITS, SOURCE_BITS, reversed};
use super::order::{Pile, sorted};
use crate::model::{Part, Person};

/// Everybody once: the bits of their entries, in order.
#[derive(Clone, Default)]
pub(super) struct Index(Vec<u128>);

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
        (Self(entries), duplicates)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        self.0.iter().copied().map(IndexEntry)
    }

    pub(super) fn find(&self, person: Person) -> Option<IndexEntry> {
        let head = IndexEntry::head(Part::bucket(person), person);
        let at = self.0.partition_point(|entry| *entry < head);
        let found = self.0.get(at).copied().map(IndexEntry);
        found.filter(|entry| entry.person() == person)
    }

    /// The people of one part.
    pub(super) fn part(&self, part: Part) -> impl Iterator<Item = IndexEntry> + '_ {
        let dropped = u32::from(Part::MAX_BITS - part.bits());
        let shift = PERSON_BITS + SOURCE_BITS + OFFSET_BITS + dropped;
        let run = u128::from(reversed(part.k()) >> dropped);
        // Of one part alone no bit is left to compare.
        let is_before = |entry: u128, run: u128| part.bits() > 0 && entry >> shift < run;
        let from = self.0.partition_point(|entry| is_before(*entry, run));
        let to = self
            .0
            .partition_point(|entry| part.bits() == 0 || is_before(*entry, run + 1));
        let part = self.0.get(from..to).unwrap_or_default();
        part.iter().copied().map(IndexEntry)
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
