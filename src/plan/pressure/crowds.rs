//! People by the lists that they are in. They are not looked at one by one where it can be helped: those who are in the same
//! lists are decided together, and lists are merged, never copied.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::marker::PhantomData;

use crate::model::{NumberSet, Part, Person};

/// Distinct lists of people; occurrences of one list share it.
#[derive(Default)]
pub(super) struct CrowdLists<'a> {
    pub(super) all: Vec<NumberSet>,
    places: BTreeMap<*const NumberSet, usize>,
    lists: PhantomData<&'a NumberSet>,
}

impl<'a> CrowdLists<'a> {
    pub(super) fn of(&mut self, list: &'a NumberSet) -> usize {
        *self.places.entry(std::ptr::from_ref(list)).or_insert_with(|| {
            self.all.push(list.clone());
            self.all.len() - 1
        })
    }

    /// Those of a list who are in these parts.
    pub(super) fn of_parts(&mut self, list: &'a NumberSet, parts: &[Part]) -> usize {
        if parts.contains(&Part::WHOLE) {
            return self.of(list);
        }
        let has: Vec<bool> = (0..1 << Part::MAX_BITS)
            .map(|bucket| parts.iter().any(|part| part.contains_bucket(bucket)))
            .collect();
        let is_in = |person: &Person| has.get(usize::from(Part::bucket(*person))) == Some(&true);
        let people = list.people().iter().copied().filter(is_in).collect();
        self.all.push(NumberSet::of_people(people));
        self.all.len() - 1
    }
}

/// People who are in the same lists.
pub(super) type Crowds = BTreeMap<Vec<usize>, u64>;

/// How many people are in the same lists.
pub(super) fn crowds(lists: &[NumberSet]) -> Crowds {
    if let [list] = lists {
        return Crowds::from([(vec![0], list.len() as u64)]);
    }
    let mut crowds: HashMap<Vec<usize>, u64> = HashMap::new();
    each_person(lists, |_, theirs| match crowds.get_mut(theirs) {
        Some(people) => *people += 1,
        None => {
            crowds.insert(theirs.to_vec(), 1);
        }
    });
    crowds.into_iter().collect()
}

/// More lists than this are merged by a heap: up to here looking at every head is faster.
const FEW: usize = 48;

/// Everybody who is in one of the lists, in ascending order, with the lists that they are in.
pub(super) fn each_person(lists: &[NumberSet], visit: impl FnMut(Person, &[usize])) {
    if lists.len() <= FEW {
        each_of_few(lists, visit);
    } else {
        each_of_many(lists, visit);
    }
}

fn each_of_few(lists: &[NumberSet], mut visit: impl FnMut(Person, &[usize])) {
    const OVER: u64 = u64::MAX;
    let head = |rest: &[Person]| rest.first().map_or(OVER, |person| person.as_u64());
    let mut rests: Vec<&[Person]> = lists.iter().map(NumberSet::people).collect();
    let mut heads: Vec<u64> = rests.iter().map(|rest| head(rest)).collect();
    let mut theirs: Vec<usize> = Vec::new();
    loop {
        let least = heads.iter().copied().min().unwrap_or(OVER);
        let mut person = None;
        theirs.clear();
        for (list, (first, rest)) in heads.iter_mut().zip(&mut rests).enumerate() {
            if let Some((own, others)) = rest.split_first().filter(|_| *first == least) {
                (person, *rest) = (Some(*own), others);
                *first = head(others);
                theirs.push(list);
            }
        }
        match person {
            Some(person) => visit(person, &theirs),
            None => return,
        }
    }
}

fn each_of_many(lists: &[NumberSet], mut visit: impl FnMut(Person, &[usize])) {
    let mut heads: BinaryHeap<Reverse<(Person, usize)>> = BinaryHeap::new();
    let mut rests: Vec<_> = lists.iter().map(|list| list.people().iter()).collect();
    for (list, rest) in rests.iter_mut().enumerate() {
        heads.extend(rest.next().map(|person| Reverse((*person, list))));
    }
    let mut theirs: Vec<usize> = Vec::new();
    while let Some(Reverse((person, list))) = heads.pop() {
        theirs.push(list);
        heads.extend(
            rests
                .get_mut(list)
                .and_then(Iterator::next)
                .map(|next| Reverse((*next, list))),
        );
        if heads.peek().is_none_or(|Reverse((next, _))| *next != person) {
            visit(person, &theirs);
            theirs.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Msisdn;

    proptest! {
        #[test]
        fn everybody_comes_once_in_order_with_all_their_lists(
            lists in prop::collection::vec(prop::collection::btree_set(0_u64..40, 0..30), 0..6),
        ) {
            let number = |i: &u64| Msisdn::from_u64(46_700_000_000 + i).unwrap();
            let sets: Vec<NumberSet> = lists.iter().map(|list| NumberSet::new(list.iter().map(number))).collect();
            let everybody: BTreeSet<u64> = lists.iter().flatten().copied().collect();
            let expected: Vec<(Person, Vec<usize>)> = everybody.iter().map(|i| {
                let theirs = (0..lists.len()).filter(|at| lists[*at].contains(i)).collect();
                (number(i).into(), theirs)
            }).collect();
            let gathered = |each: &dyn Fn(&[NumberSet], &mut dyn FnMut(Person, &[usize]))| {
                let mut found = Vec::new();
                each(&sets, &mut |person, theirs| found.push((person, theirs.to_vec())));
                found
            };
            prop_assert_eq!(&gathered(&|lists, visit| each_of_few(lists, visit)), &expected);
            prop_assert_eq!(&gathered(&|lists, visit| each_of_many(lists, visit)), &expected);
        }
    }
}
