//! People by the lists that they are in. They are not looked at one by one where it can be helped: those who are in the same
//! lists are decided together, and lists are merged, never copied.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::model::{NumberSet, Person};

/// Distinct lists of people; occurrences of one list share it.
#[derive(Default)]
pub(super) struct Lists<'a> {
    pub(super) all: Vec<&'a NumberSet>,
    places: BTreeMap<*const NumberSet, usize>,
}

impl<'a> Lists<'a> {
    pub(super) fn of(&mut self, list: &'a NumberSet) -> usize {
        *self.places.entry(std::ptr::from_ref(list)).or_insert_with(|| {
            self.all.push(list);
            self.all.len() - 1
        })
    }
}

/// People who are in the same lists.
pub(super) type Crowds = BTreeMap<Vec<usize>, u64>;

/// How many people are in the same lists.
pub(super) fn crowds(lists: &[&NumberSet]) -> Crowds {
    if let [list] = lists {
        return Crowds::from([(vec![0], list.len() as u64)]);
    }
    let mut crowds = Crowds::new();
    each_person(lists, |_, theirs| match crowds.get_mut(theirs) {
        Some(people) => *people += 1,
        None => {
            crowds.insert(theirs.to_vec(), 1);
        }
    });
    crowds
}

/// Everybody who is in one of the lists, in ascending order, with the lists that they are in.
pub(super) fn each_person(lists: &[&NumberSet], mut visit: impl FnMut(Person, &[usize])) {
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
