//! Variants of a campaign's text, the holdout of the project, and which of them a person gets.
//!
//! In: declared variants with their weights, the declared holdout; then a person. Out: the person's branch, the same at
//! every run and on every machine. Never: a branch that depends on rows, their order or the clock.

use std::collections::BTreeMap;

use crate::model::{Language, Place, Split, Text};

/// One of the texts that people are split among, or none for a control group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Told apart by it: a change of the name is another variant.
    pub name: String,
    /// Its share, in proportion to the weights of the others.
    pub weight: u32,
    /// What its people get; `None`: nothing (`send: false`).
    pub texts: Option<VariantTexts>,
    /// Its place in the file.
    pub place: Place,
}

/// What a variant says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantTexts {
    /// The template; of several the one for whom nothing else is known.
    pub body: Text,
    /// By language, where there are several.
    pub translations: BTreeMap<Language, Text>,
}

/// People who get no marketing text of the project at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdout {
    /// How many of a hundred.
    pub percent: u32,
    /// Another salt is other people.
    pub salt: String,
    /// Its place in the file.
    pub place: Place,
}

impl Holdout {
    pub(super) fn split(&self) -> Split {
        let rest = 100_u32.saturating_sub(self.percent);
        Split::new(&self.salt, [("holdout", self.percent), ("everybody else", rest)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Msisdn, Person};
    use proptest::prelude::*;

    fn person(i: u64) -> Person {
        Person::from(Msisdn::from_u64(46_700_000_000 + i).unwrap())
    }

    fn holdout(percent: u32, salt: &str) -> Split {
        let holdout = Holdout {
            percent,
            salt: salt.to_owned(),
            place: Place::default(),
        };
        holdout.split()
    }

    #[test]
    fn these_people_are_held_out_in_every_release() {
        let split = holdout(5, "2026");
        let held: Vec<u64> = (0..200).filter(|i| split.choose(person(*i)) == Some(0)).collect();
        insta::assert_compact_debug_snapshot!(held, @"[7, 15, 43, 51, 60, 68, 82, 137, 153, 157, 173, 190]");
    }

    proptest! {
        #[test]
        fn a_larger_holdout_holds_those_of_a_smaller_one(small in 1_u32..50, more in 1_u32..50, from in 0_u64..1_000_000) {
            let (small, large) = (holdout(small, "s"), holdout(small + more, "s"));
            for i in from..from + 300 {
                prop_assert!(small.choose(person(i)) != Some(0) || large.choose(person(i)) == Some(0));
            }
        }
    }
}
