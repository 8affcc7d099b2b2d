//! Which variant a person gets, and who is held out: the same in every release.

use super::campaign::{Campaign, Category};
use super::variants::Holdout;
use crate::model::{Person, Split};

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
    /// Whether everybody falls to the campaign's only text.
    pub fn are_one(&self) -> bool {
        self.holdout.is_none() && self.variants.is_none()
    }

    /// The branch of a person; the holdout is drawn first.
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
