//! A set of phone numbers that costs eight bytes a person.

use std::sync::{Arc, LazyLock};

use super::Msisdn;

/// Sorted, without duplicates; cheap to clone. Its `Debug` tells the count only.
#[derive(Clone)]
pub struct NumberSet(Arc<LazyLock<Vec<u64>, Make>>);

/// Makes the numbers, in order, when somebody asks.
type Make = Box<dyn FnOnce() -> Vec<u64> + Send + Sync>;

impl NumberSet {
    /// Sorts and removes duplicates.
    pub fn new(numbers: impl IntoIterator<Item = Msisdn>) -> Self {
        let values = sorted(numbers);
        Self::made_by(Box::new(move || values))
    }

    /// Numbers that are listed when somebody asks for them: most plans never do, and a million cost time and memory.
    pub fn later<I: IntoIterator<Item = Msisdn>>(list: impl FnOnce() -> I + Send + Sync + 'static) -> Self {
        Self::made_by(Box::new(move || sorted(list())))
    }

    fn made_by(make: Make) -> Self {
        Self(Arc::new(LazyLock::new(make)))
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

fn sorted(numbers: impl IntoIterator<Item = Msisdn>) -> Vec<u64> {
    let mut values: Vec<u64> = numbers.into_iter().map(Msisdn::as_u64).collect();
    values.sort_unstable();
    values.dedup();
    values
}

impl Default for NumberSet {
    fn default() -> Self {
        Self::new([])
    }
}

impl PartialEq for NumberSet {
    fn eq(&self, other: &Self) -> bool {
        **self.0 == **other.0
    }
}

impl Eq for NumberSet {}

impl std::fmt::Debug for NumberSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NumberSet({} numbers)", self.0.len())
    }
}
