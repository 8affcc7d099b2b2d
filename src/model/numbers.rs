//! A set of people by their phone numbers that costs eight bytes a person.

use std::sync::{Arc, LazyLock};

use super::{Msisdn, Person};

/// Each person once, in ascending order, and the spellings of the few that have another than the canonical one. Cheap
/// to clone; its `Debug` shows the count only.
#[derive(Clone)]
pub struct NumberSet(Arc<LazyLock<Listed, Make>>);

#[derive(PartialEq, Eq)]
struct Listed {
    people: Vec<Person>,
    /// Every spelling of the people who have another than the canonical one, in order.
    spelled: Vec<(Person, Msisdn)>,
}

/// Makes the list when somebody asks.
type Make = Box<dyn FnOnce() -> Listed + Send + Sync>;

impl NumberSet {
    /// Sorts and removes duplicates.
    pub fn new(numbers: impl IntoIterator<Item = Msisdn>) -> Self {
        let listed = listed(numbers);
        Self::made_by(Box::new(move || listed))
    }

    /// Numbers that are listed when somebody asks for them: most plans never do, and a million cost time and memory.
    pub fn later<I: IntoIterator<Item = Msisdn>>(list: impl FnOnce() -> I + Send + Sync + 'static) -> Self {
        Self::made_by(Box::new(move || listed(list())))
    }

    fn made_by(make: Make) -> Self {
        Self(Arc::new(LazyLock::new(make)))
    }

    /// People in ascending order, each once, by their canonical numbers.
    pub fn of_people(people: Vec<Person>) -> Self {
        debug_assert!(people.is_sorted());
        let spelled = Vec::new();
        Self::made_by(Box::new(move || Listed { people, spelled }))
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.0.people.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.0.people.is_empty()
    }

    /// Whether the person is among them, by any spelling.
    pub fn contains(&self, person: impl Into<Person>) -> bool {
        self.0.people.binary_search(&person.into()).is_ok()
    }

    /// Every number as it was given, in order of the people.
    pub fn iter(&self) -> impl Iterator<Item = Msisdn> + '_ {
        let mut spelled = self.0.spelled.as_slice();
        self.0.people.iter().flat_map(move |person| {
            let count = spelled.iter().take_while(|(other, _)| other == person).count();
            let (own, rest) = spelled.split_at_checked(count).unwrap_or_default();
            spelled = rest;
            let canonical = if own.is_empty() { person.number() } else { None };
            canonical.into_iter().chain(own.iter().map(|(_, number)| *number))
        })
    }

    /// The people, in ascending order.
    pub fn people(&self) -> &[Person] {
        &self.0.people
    }

    /// Whether one person is in both.
    pub fn shares_with(&self, other: &Self) -> bool {
        let (small, large) = if self.len() <= other.len() {
            (self, other)
        } else {
            (other, self)
        };
        small.0.people.iter().any(|person| large.contains(*person))
    }
}

fn listed(numbers: impl IntoIterator<Item = Msisdn>) -> Listed {
    let mut people = Vec::new();
    let mut spelled = Vec::new();
    for number in numbers {
        let person = Person::from(number);
        if person.as_u64() == number.as_u64() {
            people.push(person);
        } else {
            spelled.push((person, number));
        }
    }
    people.sort_unstable();
    people.dedup();
    if !spelled.is_empty() {
        spelled.sort_unstable();
        spelled.dedup();
        let mut others: Vec<Person> = spelled.iter().map(|(person, _)| *person).collect();
        others.dedup();
        let both = others.iter().filter(|person| people.binary_search(person).is_ok());
        spelled.extend(both.filter_map(|person| Some((*person, person.number()?))));
        spelled.sort_unstable();
        people.append(&mut others);
        people.sort_unstable();
        people.dedup();
    }
    // A list read page by page has room for twice as many.
    people.shrink_to_fit();
    Listed { people, spelled }
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
        write!(f, "NumberSet({} people)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_kept_as_given_and_people_are_found_by_any_spelling(
            given in prop::collection::btree_set((0_u64..30, 0_usize..4), 0..40), asked in (0_u64..30, 0_usize..4),
        ) {
            // An Argentine number in three spellings, and a Swedish one.
            let number = |(n, spelling): (u64, usize)| {
                let base = [5_491_123_456_700, 541_123_456_700, 54_111_523_456_700, 46_701_234_500][spelling];
                Msisdn::from_u64(base + n).unwrap()
            };
            let set = NumberSet::new(given.iter().rev().copied().map(number));
            let back: std::collections::BTreeSet<Msisdn> = set.iter().collect();
            prop_assert_eq!(set.iter().count(), given.len());
            prop_assert_eq!(back, given.iter().copied().map(number).collect());
            let is_same = |(n, spelling): &(u64, usize)| *n == asked.0 && (*spelling == 3) == (asked.1 == 3);
            prop_assert_eq!(set.contains(number(asked)), given.iter().any(is_same));
            let people: std::collections::BTreeSet<(u64, bool)> = given.iter().map(|(n, spelling)| (*n, *spelling == 3)).collect();
            prop_assert_eq!(set.len(), people.len());
            prop_assert_eq!(set.shares_with(&NumberSet::new([number(asked)])), set.contains(number(asked)));
        }
    }
}
