//! Which parts a group is divided into: a prefix-free division of the hash of its people's numbers.
//!
//! In: how many people each part would have, the provider's limit, the parts that batches of the occurrence use. Out: the
//! coarsest division in which no part is over the limit, or coarser than a pace asks for, with three exceptions that keep what is there:
//! - a finer division that live batches use (or, where nothing live overlaps, stopped ones) is kept;
//! - a part that a begun batch holds never splits: those people have their text, or are getting it;
//! - where live batches lie within each other the begun one's part counts, else the finer.
//!
//! So a part that outgrows the limit becomes two, and every other part stays as it is.

use std::collections::BTreeSet;

use crate::desired::Buckets;
use crate::model::Part;

/// The parts that batches of one group of one occurrence use.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartsInUse {
    /// Of begun batches.
    begun: BTreeSet<Run>,
    /// Of live ones, begun or not.
    live: BTreeSet<Run>,
    /// Of stopped ones that no live one overlaps.
    stopped: BTreeSet<Run>,
}

/// A part as the run of buckets that it covers when their bits are read in reverse: parts within it follow it in order.
type Run = (u16, u8);

fn run(part: Part) -> Run {
    (part.first_place(), part.bits())
}

impl PartsInUse {
    /// Part of a begun batch.
    pub(super) fn add_begun(&mut self, part: Part) {
        self.begun.insert(run(part));
        self.live.insert(run(part));
    }

    /// Part of a batch that is planned or may exist.
    pub(super) fn add_live(&mut self, part: Part) {
        self.live.insert(run(part));
    }

    /// Part of a stopped batch; it counts only where no live one overlaps it, so add the live ones first.
    pub(super) fn add_stopped(&mut self, part: Part) {
        if !self.overlaps_live(part) {
            self.stopped.insert(run(part));
        }
    }

    /// Whether a live batch can hold the same people.
    pub(super) fn overlaps_live(&self, part: Part) -> bool {
        is_within(&self.live, part) || part.ancestors().chain([part]).any(|one| self.live.contains(&run(one)))
    }

    fn holds_begun(&self, part: Part) -> bool {
        self.begun.contains(&run(part))
    }

    /// Whether a part within this one is in use, smaller than it.
    fn is_finer(&self, part: Part) -> bool {
        is_within(&self.live, part) || is_within(&self.stopped, part)
    }
}

/// Whether the set has a smaller part within this one.
fn is_within(runs: &BTreeSet<Run>, part: Part) -> bool {
    runs.range(run(part)..=(part.last_place(), Part::MAX_BITS))
        .any(|(_, bits)| *bits > part.bits())
}

/// The division of a group; parts without people are left out. `None` when a part of the smallest size is over the limit.
pub(super) fn divide(buckets: &Buckets, limit: u64, least_bits: u8, in_use: &PartsInUse) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut open = vec![Part::WHOLE];
    while let Some(part) = open.pop() {
        let people = buckets.people(part);
        if people == 0 {
            continue;
        }
        let is_fine = part.bits() >= least_bits && people <= limit;
        let stays = in_use.holds_begun(part) || (is_fine && !in_use.is_finer(part));
        match part.halves() {
            _ if stays => parts.push(part),
            Some(halves) => open.extend(halves),
            None if people <= limit => parts.push(part),
            None => return None,
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::Totals;
    use crate::model::Msisdn;
    use proptest::prelude::*;

    fn buckets(people: u64) -> Buckets {
        Buckets::new((0..people).map(|i| {
            let bucket = Part::bucket(Msisdn::from_u64(46_700_000_000 + i).unwrap());
            let totals = Totals {
                recipients: 1,
                ..Totals::default()
            };
            (bucket, totals)
        }))
    }

    fn part(bits: u8, k: u16) -> Part {
        Part::new(bits, k).unwrap()
    }

    fn in_use(live: &[Part]) -> PartsInUse {
        let mut all = PartsInUse::default();
        for one in live {
            all.add_live(*one);
        }
        all
    }

    #[test]
    fn a_million_people_need_at_most_1_300_batches_of_a_thousand() {
        let parts = divide(&buckets(1_000_000), 1000, 0, &PartsInUse::default()).unwrap();
        assert!((1000..=1300).contains(&parts.len()), "{}", parts.len());
    }

    #[test]
    fn a_part_that_outgrows_the_limit_becomes_two_and_the_others_stay() {
        let before = divide(&buckets(5000), 700, 0, &PartsInUse::default()).unwrap();
        // People are added until some part is over the limit.
        let (after, grown) = (5001..6000)
            .map(|people| {
                let grown = buckets(people);
                (divide(&grown, 700, 0, &in_use(&before)).unwrap(), grown)
            })
            .find(|(after, _)| *after != before)
            .unwrap();
        let gone: Vec<Part> = before.iter().filter(|one| !after.contains(one)).copied().collect();
        let new: Vec<Part> = after.iter().filter(|one| !before.contains(one)).copied().collect();
        assert_eq!((gone.len(), new.len()), (1, 2));
        assert!(grown.people(gone[0]) > 700 && new.iter().all(|one| one.may_share(gone[0])));
    }

    #[test]
    fn a_finer_division_in_use_is_kept_although_fewer_parts_would_do() {
        let finer: Vec<Part> = (0..8).map(|k| part(3, k)).collect();
        let mut parts = divide(&buckets(1000), 1000, 0, &in_use(&finer)).unwrap();
        parts.sort_by_key(|one| one.k());
        assert_eq!(parts, finer);
    }

    #[test]
    fn a_begun_part_never_splits_and_counts_before_what_lies_within_it() {
        let mut all = in_use(&[part(3, 0), part(2, 1)]);
        all.add_begun(part(1, 0));
        let parts = divide(&buckets(1000), 100, 0, &all).unwrap();
        assert!(parts.contains(&part(1, 0)), "{parts:?}");
        assert!(parts.iter().filter(|one| one.may_share(part(1, 0))).count() == 1);
    }

    #[test]
    fn of_planned_parts_within_each_other_the_finer_counts() {
        let parts = divide(&buckets(100), 1000, 0, &in_use(&[part(1, 0), part(2, 2)])).unwrap();
        assert!(parts.contains(&part(2, 2)) && parts.contains(&part(2, 0)) && parts.contains(&part(1, 1)));
    }

    #[test]
    fn a_stopped_part_counts_only_where_nothing_live_overlaps_it() {
        let mut all = in_use(&[part(1, 0)]);
        all.add_stopped(part(3, 2));
        all.add_stopped(part(3, 1));
        let parts = divide(&buckets(100), 1000, 0, &all).unwrap();
        assert!(parts.contains(&part(1, 0)) && parts.contains(&part(3, 1)), "{parts:?}");
    }

    #[test]
    fn more_people_in_one_bucket_than_a_batch_may_hold_is_no_division() {
        let totals = Totals {
            recipients: 11,
            ..Totals::default()
        };
        assert_eq!(
            divide(&Buckets::new([(5, totals)]), 10, 0, &PartsInUse::default()),
            None
        );
    }

    proptest! {
        #[test]
        fn everybody_is_in_exactly_one_part_and_no_part_that_has_not_begun_is_over_the_limit(
            people in 0_u64..3000, limit in 1_u64..500,
            live in prop::collection::vec((0_u8..6, any::<u16>()), 0..6),
            begun in prop::collection::vec((0_u8..6, any::<u16>()), 0..3),
        ) {
            let of = |(bits, k): (u8, u16)| part(bits, k & ((1 << bits) - 1));
            let mut all = in_use(&live.into_iter().map(of).collect::<Vec<_>>());
            for one in begun {
                all.add_begun(of(one));
            }
            let buckets = buckets(people);
            if let Some(parts) = divide(&buckets, limit, 0, &all) {
                prop_assert_eq!(parts.iter().map(|one| buckets.people(*one)).sum::<u64>(), people);
                for (i, one) in parts.iter().enumerate() {
                    prop_assert!(parts[i + 1..].iter().all(|other| !one.may_share(*other)));
                    prop_assert!(buckets.people(*one) <= limit || all.holds_begun(*one));
                }
            }
        }

        #[test]
        fn never_more_than_2_1_times_the_fewest_batches(people in 20_000_u64..60_000, limit in 200_u64..1000) {
            let parts = divide(&buckets(people), limit, 0, &PartsInUse::default()).unwrap();
            let fewest = people.div_ceil(limit);
            prop_assert!(10 * parts.len() as u64 <= 21 * fewest, "{} of {}", parts.len(), fewest);
        }
    }
}
