//! Batches of one occurrence by the part of the hash that they cover, to find those that may share people with a part
//! without comparing every pair.

use std::collections::BTreeMap;

use crate::model::Part;

/// Batches by part: of any group, because people change their group when their zone does.
#[derive(Debug, Clone, Default)]
pub(super) struct PartIndex(BTreeMap<(u16, u8), Vec<usize>>);

impl PartIndex {
    /// Adds a batch.
    pub(super) fn insert(&mut self, part: Part, batch: usize) {
        self.0.entry((part.first_place(), part.bits())).or_default().push(batch);
    }

    /// Every batch whose part contains, or is within, this one or a part that contains this one.
    pub(super) fn overlapping(&self, part: Part) -> impl Iterator<Item = usize> + '_ {
        let within = self
            .0
            .range((part.first_place(), part.bits())..=(part.last_place(), Part::MAX_BITS));
        let around = part
            .ancestors()
            .filter_map(|around| self.0.get(&(around.first_place(), around.bits())));
        within.map(|(_, batches)| batches).chain(around).flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_exactly_the_parts_that_may_share(
            parts in prop::collection::vec((0_u8..=15, any::<u16>()), 0..60), bits in 0_u8..=15, k in any::<u16>(),
        ) {
            let of = |bits: u8, k: u16| Part::new(bits, k & u16::try_from((1_u32 << bits) - 1).unwrap()).unwrap();
            let parts: Vec<Part> = parts.into_iter().map(|(bits, k)| of(bits, k)).collect();
            let mut index = PartIndex::default();
            for (i, part) in parts.iter().enumerate() {
                index.insert(*part, i);
            }
            let asked = of(bits, k);
            let mut found: Vec<usize> = index.overlapping(asked).collect();
            found.sort_unstable();
            let expected: Vec<usize> = (0..parts.len()).filter(|i| parts[*i].may_share(asked)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
