//! The contents of groups without some of their people, made from the sums that were kept.
//!
//! In: contents, and of each the people who get another text instead. Out: each as if these people were in no list.
//! Rows are read again, in one pass for all campaigns that share their lists: those of the people who leave, or of those
//! who stay, whichever are fewer. Never: all rows read for a few.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::aggregator::{Aggregator, SumsByGroup};
use super::finest::CountedRows;
use super::kept::{Kept, Tallies};
use super::row_sums::GroupKey;
use crate::audience::{ChosenRows, read_chosen};
use crate::desired::group_content::{GroupContent, MakeContents, Without};
use crate::model::{Diagnostic, NumberSet, Part};
use crate::render::PriceClass;

/// The ways to all contents of one reading without some of their people.
pub(super) struct Ways {
    contents: Arc<Mutex<Vec<LeavableContent>>>,
    make: Arc<MakeContents>,
}

/// Where a content came from.
#[derive(Clone)]
struct LeavableContent {
    kept: Arc<OnceLock<Kept>>,
    keys: Vec<GroupKey>,
    numbers: Arc<NumberSet>,
}

/// One of them, and who leaves it.
struct Leave<'a> {
    kept: &'a Kept,
    content: &'a LeavableContent,
    people: &'a NumberSet,
}

/// Sums of those who stay, in which the longest message of some buckets is not known.
struct StayingSums {
    sums_by_group: SumsByGroup,
    untold: BTreeSet<(u16, GroupKey, PriceClass)>,
}

impl Default for Ways {
    fn default() -> Self {
        let contents: Arc<Mutex<Vec<LeavableContent>>> = Arc::default();
        let known = Arc::clone(&contents);
        let make: Arc<MakeContents> = Arc::new(move |asked| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let leaves = asked.iter().filter_map(|(content, people)| {
                let content = known.get(*content)?;
                // Kept before anybody can ask.
                let kept = content.kept.get()?;
                Some(Leave { kept, content, people })
            });
            contents_without(&leaves.collect::<Vec<_>>())
        });
        Self { contents, make }
    }
}

impl Ways {
    /// The way to the content of some keys, whose people these are.
    pub(super) fn add(&self, kept: &Arc<OnceLock<Kept>>, keys: Vec<GroupKey>, numbers: Arc<NumberSet>) -> Without {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = Arc::clone(kept);
        contents.push(LeavableContent { kept, keys, numbers });
        Without::new(Arc::clone(&self.make), contents.len() - 1)
    }
}

fn contents_without(leaves: &[Leave<'_>]) -> Vec<Result<GroupContent, Diagnostic>> {
    let read = leaves
        .iter()
        .map(|leave| leave.rows(leave.is_counted_anew(), &[Part::WHOLE]));
    let sums = leaves.iter().zip(read_chosen(&read.collect::<Vec<_>>()));
    let sums: Vec<Result<StayingSums, Diagnostic>> = sums.map(|(leave, read)| Ok(leave.sums(read?))).collect();
    // The longest message of some buckets has left: their other messages are counted again.
    let untold = leaves.iter().zip(&sums).filter_map(|(leave, sums)| {
        let untold = &sums.as_ref().ok()?.untold;
        (!untold.is_empty()).then(|| (leave, leave.parts(untold)))
    });
    let untold: Vec<(&Leave<'_>, Vec<Part>)> = untold.collect();
    let read = untold.iter().map(|(leave, parts)| leave.rows(true, parts));
    let mut rest = read_chosen(&read.collect::<Vec<_>>()).into_iter();
    let contents = leaves.iter().zip(sums).map(|(leave, sums)| {
        let mut sums = sums?;
        if !sums.untold.is_empty()
            && let Some(read) = rest.next()
        {
            sums.meet(read?);
        }
        Ok(leave.content(&sums.sums_by_group))
    });
    contents.collect()
}

impl Leave<'_> {
    fn rendition(&self) -> usize {
        self.content.keys.first().map_or(0, |(rendition, _)| *rendition)
    }

    /// Whether those who stay are counted, since they are fewer. Of recipients with zones of their own this group is not
    /// all: there, who leaves is taken out.
    fn is_counted_anew(&self) -> bool {
        let is_whole = self.kept.compiled.settings.own_zones.is_none();
        is_whole && self.people.len() > self.kept.audience.len() / 2
    }

    /// Rows of those who stay, or of those who leave.
    fn rows<'r>(&'r self, stay: bool, parts: &'r [Part]) -> ChosenRows<'r, impl Fn() -> Aggregator<'r> + Sync> {
        let rendition = self.rendition();
        ChosenRows {
            audience: &self.kept.audience,
            people: self.people,
            are_theirs: !stay,
            parts,
            make: move || Aggregator::new(&self.kept.compiled, rendition..rendition + 1),
        }
    }

    /// The sums of those who stay.
    fn sums(&self, read: Aggregator<'_>) -> StayingSums {
        let is_counted_anew = self.is_counted_anew();
        let tallies = Tallies {
            languages: read.languages,
            branches: read.branches,
        };
        self.kept.note(self.rendition(), self.people, tallies, is_counted_anew);
        let mut read = read.sums_by_group;
        read.settle();
        if is_counted_anew {
            return StayingSums {
                sums_by_group: read,
                untold: BTreeSet::new(),
            };
        }
        let mut sums = self.kept.sums_by_group.of_keys(&self.content.keys);
        let mut untold = BTreeSet::new();
        for (key, leaving) in read.all().filter(|(key, _)| self.content.keys.contains(key)) {
            let found = sums.of(*key).subtract(leaving).into_iter();
            untold.extend(found.map(|(class, bucket)| (bucket, *key, class)));
        }
        StayingSums {
            sums_by_group: sums,
            untold,
        }
    }

    fn parts(&self, untold: &BTreeSet<(u16, GroupKey, PriceClass)>) -> Vec<Part> {
        let buckets: BTreeSet<u16> = untold.iter().map(|(bucket, ..)| *bucket).collect();
        let part = |bucket| Part::new(self.kept.compiled.bits, bucket);
        buckets.into_iter().filter_map(part).collect()
    }

    fn content(&self, sums: &SumsByGroup) -> GroupContent {
        let Kept { compiled, audience, .. } = self.kept;
        let rows = CountedRows {
            compiled: Arc::clone(compiled),
            audience: Arc::clone(audience),
            without: Some(self.people.clone()),
        };
        let numbers = Arc::new(self.content.numbers.without(self.people));
        compiled.content(sums, &self.content.keys, numbers, rows)
    }
}

impl StayingSums {
    /// Takes the longest messages of buckets from sums in which those are known.
    fn meet(&mut self, read: Aggregator<'_>) {
        let mut known = read.sums_by_group;
        known.settle();
        for (bucket, key, class) in &self.untold {
            if let Some(known) = known.find(*key) {
                self.sums_by_group.of(*key).take_longest(known, *class, *bucket);
            }
        }
    }
}
