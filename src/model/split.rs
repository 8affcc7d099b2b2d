//! Who gets which of several branches: weighted rendezvous hashing.
//!
//! In: a person, a salt, branches by name and weight. Out: one branch, the same on every machine and in every release.
//! Rows and their order never matter. A branch whose weight grows takes people from the others and gives none away; a
//! new branch takes people, a removed one gives its own away: nobody else moves.
//!
//! The method: each branch draws a hash of the person, read as a fraction u of 1; the largest weight / -log2(u) wins,
//! so that a branch wins in proportion to its weight (D. Thaler and C. V. Ravishankar 1998 for equal weights; J. Resch
//! 2015 for weights). Logarithms are taken in integers, because the last bit of a floating-point logarithm differs
//! between machines.

use super::{Person, SplitSalt};

/// Branches in the order in which they were declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split(Vec<WeightedBranch>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct WeightedBranch {
    salt: SplitSalt,
    weight: u32,
}

impl Split {
    /// Of these names and weights; each has its own name, so their order does not matter.
    pub fn new<'a>(salt: &str, branches: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let branch = |(name, weight): (&str, u32)| WeightedBranch {
            salt: SplitSalt::new(&format!("{salt}\n{name}")),
            weight,
        };
        Self(branches.into_iter().map(branch).collect())
    }

    /// The position of a person's branch; `None` where no branch has a weight.
    pub fn choose(&self, person: Person) -> Option<usize> {
        let mut best: Option<(usize, u128, u128)> = None;
        for (i, WeightedBranch { salt, weight }) in self.0.iter().enumerate().filter(|(_, branch)| branch.weight > 0) {
            let (weight, distance) = (u128::from(*weight), u128::from(negative_log2(person.draw(*salt))));
            // weight / distance > best weight / best distance, without dividing.
            let is_better =
                best.is_none_or(|(_, best_weight, best_distance)| weight * best_distance > best_weight * distance);
            if is_better {
                best = Some((i, weight, distance));
            }
        }
        best.map(|(i, ..)| i)
    }
}

/// -log2 of a hash read as a fraction of 2^64, in units of 2^-32; at least one unit.
fn negative_log2(hash: u64) -> u64 {
    let hash = hash.max(1);
    let zeros = hash.leading_zeros();
    // The hash scaled to [1, 2) in units of 2^-63: squaring it yields the logarithm bit by bit.
    let mut scaled = u128::from(hash << zeros);
    let mut fraction = 0_u64;
    for _ in 0..32 {
        scaled = (scaled * scaled) >> 63;
        fraction <<= 1;
        if scaled >> 64 > 0 {
            scaled >>= 1;
            fraction |= 1;
        }
    }
    ((u64::from(zeros) + 1) << 32) - fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;
    use proptest::prelude::*;

    fn person(i: u64) -> Person {
        Person::from(Msisdn::from_u64(46_700_000_000 + i).unwrap())
    }

    fn counts(split: &Split, people: u64, branches: usize) -> Vec<u64> {
        let mut counts = vec![0; branches];
        for i in 0..people {
            counts[split.choose(person(i)).unwrap()] += 1;
        }
        counts
    }

    #[test]
    fn logarithms_are_those_of_the_definition() {
        assert_eq!(negative_log2(1 << 63), 1 << 32);
        assert_eq!(negative_log2(1 << 40), 24 << 32);
        assert_eq!(negative_log2(u64::MAX), 1);
        assert_eq!(negative_log2(0), negative_log2(1));
        // log2(3) = 1.5849625007211562 (OEIS A020857), so -log2(3/4) = 0.4150374992788438.
        assert_eq!(negative_log2(3 << 62), 1_782_572_487);
    }

    #[test]
    fn these_people_get_these_branches_in_every_release() {
        let split = Split::new("black-friday", [("a", 45), ("b", 45), ("control", 10)]);
        let chosen: Vec<usize> = (0..24).map(|i| split.choose(person(i)).unwrap()).collect();
        insta::assert_compact_debug_snapshot!(chosen, @"[1, 0, 1, 1, 2, 1, 0, 0, 0, 0, 2, 0, 1, 1, 1, 0, 2, 0, 0, 0, 1, 1, 1, 1]");
    }

    #[test]
    fn branches_get_their_share() {
        let split = Split::new("bf", [("a", 45), ("b", 45), ("control", 10)]);
        let counts = counts(&split, 100_000, 3);
        // Four standard deviations: 630 of 45,000, 380 of 10,000.
        assert!(
            counts[0].abs_diff(45_000) < 630 && counts[1].abs_diff(45_000) < 630,
            "{counts:?}"
        );
        assert!(counts[2].abs_diff(10_000) < 380, "{counts:?}");
    }

    #[test]
    fn two_salts_share_no_halves() {
        let split = |salt| Split::new(salt, [("a", 1), ("b", 1)]);
        let (one, other) = (split("one"), split("other"));
        let both = (0..40_000).filter(|i| one.choose(person(*i)) == Some(0) && other.choose(person(*i)) == Some(0));
        assert!(both.count().abs_diff(10_000) < 350);
    }

    #[test]
    fn no_weight_is_no_branch() {
        assert_eq!(Split::new("bf", [("a", 0)]).choose(person(1)), None);
        assert_eq!(Split::new("bf", [("a", 0), ("b", 1)]).choose(person(1)), Some(1));
    }

    proptest! {
        #[test]
        fn people_move_only_into_what_grew_or_out_of_what_shrank(
            weights in prop::collection::vec(1_u32..100, 2..5), which in 0_usize..4, grown in 1_u32..200,
        ) {
            let which = which % weights.len();
            let names = ["a", "b", "c", "d"];
            let before = Split::new("s", names.into_iter().zip(weights.iter().copied()));
            let mut changed = weights.clone();
            changed[which] = grown;
            let after = Split::new("s", names.into_iter().zip(changed));
            for i in 0..500 {
                let (was, is) = (before.choose(person(i)), after.choose(person(i)));
                if was != is {
                    let moved = if grown > weights[which] { is } else { was };
                    prop_assert_eq!(moved, Some(which));
                }
            }
        }

        #[test]
        fn the_order_of_branches_does_not_matter(seed in any::<u64>()) {
            let person = Person::from(Msisdn::from_u64(46_700_000_000 + seed % 99_999_999).unwrap());
            let one = Split::new("s", [("a", 3), ("b", 5), ("c", 2)]).choose(person).map(|i| ["a", "b", "c"][i]);
            let other = Split::new("s", [("c", 2), ("a", 3), ("b", 5)]).choose(person).map(|i| ["c", "a", "b"][i]);
            prop_assert_eq!(one, other);
        }
    }
}
