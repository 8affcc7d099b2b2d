//! What a run knows of the newest end of the list, and which of its own batches it looks at now.

use std::collections::BTreeSet;

use super::paging::{Identified, PAGE_SIZE};
use crate::model::BatchId;

/// What this run knows of the newest end of the list.
#[derive(Debug, Default)]
pub(super) struct Seen {
    known: BTreeSet<String>,
    /// Made by this run, in this order.
    own: Vec<String>,
    looks: usize,
}

impl Seen {
    /// What a list showed, oldest first: its newest end is enough to be reached back to.
    pub(super) fn listed(&mut self, batches: &[impl Identified]) {
        let enough = usize::try_from(2 * PAGE_SIZE).unwrap_or(usize::MAX);
        let newest = batches.iter().rev().take(enough);
        self.known.extend(newest.filter_map(Identified::id));
    }

    /// This run has made it.
    pub(super) fn made(&mut self, id: &BatchId) {
        self.known.insert(id.0.clone());
        self.own.push(id.0.clone());
    }

    /// Whether one of these was known before.
    pub(super) fn knows_one_of(&self, batches: &[impl Identified]) -> bool {
        let mut ids = batches.iter().filter_map(Identified::id);
        ids.any(|id| self.known.contains(&id))
    }

    /// The place, from the newest end, of the own batch to be looked at now.
    pub(super) fn next_own(&mut self) -> Option<u64> {
        let page = usize::try_from(PAGE_SIZE).unwrap_or(usize::MAX);
        self.looks += 1;
        let oldest = self.own.len().checked_sub(1)?;
        let place = if self.looks.is_multiple_of(2) {
            oldest.min(page - 1)
        } else {
            (self.looks / 2) % (oldest + 1)
        };
        u64::try_from(place).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_own_batch_has_its_turn_and_the_one_that_stop_takes_first_every_second_one() {
        let mut seen = Seen::default();
        assert_eq!(seen.next_own(), None);
        for n in 0..130 {
            seen.made(&BatchId(n.to_string()));
        }
        let places: Vec<u64> = (0..260).map(|_| seen.next_own().unwrap()).collect();
        assert_eq!(places.iter().filter(|place| **place == 99).count(), 131, "{places:?}");
        let all: BTreeSet<u64> = places.into_iter().collect();
        assert_eq!(all, (0..130).collect());
    }

    #[test]
    fn what_was_listed_and_what_was_made_is_known() {
        let mut seen = Seen::default();
        let listed: Vec<u64> = (1..=500).collect();
        seen.listed(&listed);
        assert!(seen.knows_one_of(&[500_u64]) && seen.knows_one_of(&[600_u64, 301]));
        assert!(!seen.knows_one_of(&[300_u64]) && !seen.knows_one_of(&[] as &[u64]));
        seen.made(&BatchId("600".to_owned()));
        assert!(seen.knows_one_of(&[600_u64]));
    }
}
