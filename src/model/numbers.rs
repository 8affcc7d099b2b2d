//! A set of people by their phone numbers that costs eight bytes a person, and two more once somebody is looked for in it.

use std::sync::{Arc, LazyLock, OnceLock};

use super::{Msisdn, Person};

/// Each person once, in ascending order, and the spellings of the few that have another than the canonical one. Cheap
/// to clone; its `Debug` shows the count only.
#[derive(Clone)]
pub struct NumberSet(Arc<LazyLock<Listed, Make>>);

struct Listed {
    people: Vec<Person>,
    /// Every spelling of the people who have another than the canonical one, in order.
    spelled: Vec<(Person, Msisdn)>,
    sieve: OnceLock<Sieve>,
}

/// Tells most people who are not in a set that they are not, with one look into two megabytes for a million: a search goes
/// through memory twenty times, and of a list of a million nearly nobody is on a blacklist of a million.
struct Sieve {
    bits: Vec<u64>,
    /// A hash is shifted so far to be a bit's place.
    shift: u32,
}

/// In a smaller set a search is as fast.
const FEW: usize = 64;

impl Sieve {
    fn new(people: &[Person]) -> Self {
        const BITS_EACH: usize = 16;
        let count = (people.len() * BITS_EACH).next_power_of_two().max(u64::BITS as usize);
        let mut sieve = Self {
            bits: vec![0; count / u64::BITS as usize],
            shift: u64::BITS - count.trailing_zeros(),
        };
        for person in people {
            let (word, bit) = sieve.place(*person);
            if let Some(word) = sieve.bits.get_mut(word) {
                *word |= bit;
            }
        }
        sieve
    }

    fn place(&self, person: Person) -> (usize, u64) {
        // By the golden ratio: its high bits depend on all digits.
        let hash = person.as_u64().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let word = usize::try_from(hash / u64::from(u64::BITS)).unwrap_or(usize::MAX);
        (word, 1 << (hash % u64::from(u64::BITS)))
    }

    fn may_have(&self, person: Person) -> bool {
        let (word, bit) = self.place(person);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }
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
        Self::made_by(Box::new(move || Listed {
            people,
            spelled: Vec::new(),
            sieve: OnceLock::new(),
        }))
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
        let (person, people) = (person.into(), &self.0.people);
        if people.len() > FEW && !self.0.sieve.get_or_init(|| Sieve::new(people)).may_have(person) {
            return false;
        }
        people.binary_search(&person).is_ok()
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

    /// Those who are not in another set, as they are spelled here; found when somebody asks.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        let (all, others) = (self.clone(), others.clone());
        Self::made_by(Box::new(move || {
            let mut rest = others.people().iter().peekable();
            let stays = |person: &Person| {
                while rest.next_if(|other| *other < person).is_some() {}
                rest.peek() != Some(&person)
            };
            let people = all.people().iter().copied().filter(stays).collect::<Vec<_>>();
            let is_other = |(person, _): &(Person, Msisdn)| others.people().binary_search(person).is_ok();
            let spelled = all.0.spelled.iter().copied().filter(|one| !is_other(one));
            Listed {
                people,
                spelled: spelled.collect(),
                sieve: OnceLock::new(),
            }
        }))
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
    Listed {
        people,
        spelled,
        sieve: OnceLock::new(),
    }
}

impl Default for NumberSet {
    fn default() -> Self {
        Self::new([])
    }
}

impl PartialEq for NumberSet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (&self.0.people, &self.0.spelled) == (&other.0.people, &other.0.spelled)
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
            let large = NumberSet::new((0..200).map(|n| number((n, 3))).chain(given.iter().copied().map(number)));
            prop_assert_eq!(large.contains(number(asked)), asked.1 == 3 || set.contains(number(asked)));
            prop_assert!(large.people().iter().all(|person| large.contains(*person)));
            prop_assert_eq!(set.shares_with(&NumberSet::new([number(asked)])), set.contains(number(asked)));
        }
    }
}
