//! Variants of a campaign's text, the holdout of the project, and which of them a person falls to.
//!
//! In: declared variants with their weights, the declared holdout; then a person. Out: the person's branch, the same at
//! every run and on every machine. Never: a branch that depends on rows, their order or the clock.

use std::collections::BTreeMap;

use super::campaign::{Campaign, Category};
use crate::model::{Language, Person, Place, Split, Text};

/// One of the texts that people are split among, or none for a control group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Told apart by it: a change of the name is another variant.
    pub name: String,
    /// Its share, in proportion to the weights of the others.
    pub weight: u32,
    /// What its people get; `None`: nothing (`send: false`).
    pub texts: Option<VariantTexts>,
    /// Where it stands.
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
    /// Where it stands.
    pub place: Place,
}

/// Where a person falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Branch {
    /// To the campaign's only text.
    Only,
    /// To a variant, by its place among the campaign's.
    Variant(usize),
    /// To a variant that sends nothing.
    Silent(usize),
    /// To the project's holdout.
    Holdout,
}

impl Branch {
    /// The campaign's variant, where it has some.
    pub fn variant(self) -> Option<usize> {
        match self {
            Self::Variant(variant) | Self::Silent(variant) => Some(variant),
            Self::Only | Self::Holdout => None,
        }
    }

    /// Whether the person gets nothing.
    pub fn is_silent(self) -> bool {
        match self {
            Self::Only | Self::Variant(_) => false,
            Self::Silent(_) | Self::Holdout => true,
        }
    }
}

/// How the people of a campaign are split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    holdout: Option<Split>,
    variants: Option<Split>,
    /// Which variants send nothing.
    silent: Vec<bool>,
}

impl Holdout {
    fn split(&self) -> Split {
        let rest = 100_u32.saturating_sub(self.percent);
        Split::new(&self.salt, [("holdout", self.percent), ("everybody else", rest)])
    }
}

impl Campaign {
    /// How its people are split. The holdout concerns marketing alone.
    pub fn branches(&self, holdout: Option<&Holdout>) -> Branches {
        let salt = self.split_salt.as_deref().unwrap_or(self.reference.as_str());
        let weights = self
            .variants
            .iter()
            .map(|variant| (variant.name.as_str(), variant.weight));
        Branches {
            holdout: holdout
                .filter(|_| self.category == Category::Marketing)
                .map(Holdout::split),
            variants: (!self.variants.is_empty()).then(|| Split::new(salt, weights)),
            silent: self.variants.iter().map(|variant| variant.texts.is_none()).collect(),
        }
    }
}

impl Branches {
    /// Where a person falls: the holdout comes first.
    pub fn of(&self, person: Person) -> Branch {
        if let Some(holdout) = &self.holdout
            && holdout.choose(person) == Some(0)
        {
            return Branch::Holdout;
        }
        match self.variants.as_ref().and_then(|variants| variants.choose(person)) {
            Some(at) if self.silent.get(at) == Some(&true) => Branch::Silent(at),
            Some(at) => Branch::Variant(at),
            None => Branch::Only,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;
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
