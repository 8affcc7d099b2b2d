//! A set of phone numbers that costs eight bytes a person.

use super::Msisdn;

/// Sorted, without duplicates. Its `Debug` tells the count only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NumberSet(Vec<u64>);

impl NumberSet {
    /// Sorts and removes duplicates.
    pub fn new(numbers: impl IntoIterator<Item = Msisdn>) -> Self {
        let mut values: Vec<u64> = numbers.into_iter().map(Msisdn::as_u64).collect();
        values.sort_unstable();
        values.dedup();
        Self(values)
    }

    /// How many different numbers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the number is among them.
    pub fn contains(&self, number: Msisdn) -> bool {
        self.0.binary_search(&number.as_u64()).is_ok()
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Msisdn> + '_ {
        self.0.iter().filter_map(|value| Msisdn::from_u64(*value).ok())
    }

    /// Whether one number is in both.
    pub fn shares_with(&self, other: &Self) -> bool {
        let (small, large) = if self.len() <= other.len() {
            (self, other)
        } else {
            (other, self)
        };
        small.0.iter().any(|value| large.0.binary_search(value).is_ok())
    }
}

impl std::fmt::Debug for NumberSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NumberSet({} numbers)", self.0.len())
    }
}
