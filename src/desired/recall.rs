//! What an earlier run found in suppression lists, compared with what they hold now.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Suppressions;
use super::watched_list::{ListBaseline, WatchedList};
use crate::model::list_digest;

impl Suppressions {
    /// Puts what is remembered beside each list; lists that are no longer named come in as empty ones. What is
    /// remembered of one that could not be read is left as it is.
    pub fn recall(&mut self, mut remembered: BTreeMap<String, ListBaseline>) {
        remembered.retain(|file, _| !self.unread.contains(file));
        let lists = std::mem::take(&mut self.lists);
        self.lists = (lists.into_iter())
            .map(|list| {
                let before = remembered.remove(&list.file);
                compared(list, before)
            })
            .collect();
        let gone = remembered.into_iter().filter(|(_, before)| before.rows > 0);
        self.lists.extend(gone.map(|(file, before)| WatchedList {
            campaigns: before.took_out.keys().cloned().collect(),
            before: Some(before),
            ..WatchedList::new(file, BTreeSet::new(), Vec::new())
        }));
    }
}

fn compared(list: WatchedList, before: Option<ListBaseline>) -> WatchedList {
    let rows = before.as_ref().and_then(|before| usize::try_from(before.rows).ok());
    let first = rows.and_then(|rows| list.numbers.get(..rows));
    let begins_as_before =
        (first.zip(before.as_ref())).is_some_and(|(first, before)| list_digest(first) == before.digest);
    WatchedList {
        before,
        begins_as_before,
        ..list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;

    fn numbers(all: impl IntoIterator<Item = u64>) -> Vec<Msisdn> {
        all.into_iter()
            .map(|n| Msisdn::from_u64(46_700_000_000 + n).unwrap())
            .collect()
    }

    #[test]
    fn a_list_that_grew_begins_as_it_did_before() {
        let baseline = |all: std::ops::Range<u64>| ListBaseline {
            rows: all.end - all.start,
            digest: list_digest(&numbers(all)),
            took_out: BTreeMap::new(),
        };
        let compared = |now: Vec<Msisdn>| {
            let mut suppressions = Suppressions {
                lists: vec![WatchedList::new("stop.csv".to_owned(), BTreeSet::new(), now)],
                unread: ["warehouse/stop.sql".to_owned()].into(),
                ..Suppressions::default()
            };
            suppressions.recall(
                [
                    ("stop.csv".to_owned(), baseline(0..3)),
                    ("old.csv".to_owned(), baseline(7..9)),
                    ("warehouse/stop.sql".to_owned(), baseline(2..9)),
                ]
                .into(),
            );
            let names: Vec<(String, u64)> = suppressions
                .lists
                .iter()
                .map(|list| (list.file.clone(), list.rows))
                .collect();
            assert_eq!(
                names[1..],
                [("old.csv".to_owned(), 0)],
                "no longer named; the other was not read"
            );
            suppressions.lists[0].begins_as_before
        };
        assert!(compared(numbers(0..3)) && compared(numbers(0..5)));
        assert!(!compared(numbers(0..2)) && !compared(numbers([0, 2, 1])) && !compared(numbers([1, 2, 3, 0])));
    }
}
