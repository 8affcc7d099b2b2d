//! Sums over people who share an occurrence and a time zone, kept so that the sums of any part can be made from them.

use std::collections::BTreeMap;

use super::super::totals::Totals;
use super::bucket_sums::{Added, BucketSums};
use super::row_sums::RowSums;
use crate::model::{Country, Estimate, Msisdn};
use crate::render::{Causes, PriceClass, PriceTable, SegmentsByClass};
use crate::schedule::{Level, us_state_of};

/// People of one country whose segments cost the same.
#[derive(Debug, Clone)]
struct Abroad {
    country: Option<&'static Country>,
    class: PriceClass,
    people: i64,
    segments: i64,
}

/// Sums over people who share a key.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupSums {
    bucket_sums: Vec<(PriceClass, BucketSums)>,
    /// Messages by segments; negative while the rows added here are removed elsewhere.
    by_segments: Vec<i64>,
    countries: Vec<Abroad>,
    us_states: Vec<(&'static str, i64)>,
    levels: [i64; Level::ALL.len()],
    pub(super) causes: Causes,
    /// Of the first message; `None` before it.
    first: Option<u128>,
    differs: bool,
    /// Only where people are counted by zone.
    numbers: Vec<Msisdn>,
}

impl GroupSums {
    /// `body` gives the text's hash; it is called only until two texts differ.
    pub(super) fn add(&mut self, row_sum: &RowSums, body: impl FnOnce() -> u128) {
        self.buckets(row_sum.class).add(row_sum.bucket, Added::of(row_sum));
        self.count(row_sum, 1);
        if !self.differs {
            let body = body();
            self.differs = *self.first.get_or_insert(body) != body;
        }
        if row_sum.key.1.is_some() {
            self.numbers.push(row_sum.number);
        }
    }

    /// To be called once all is added, before anything is asked or removed.
    pub(super) fn settle(&mut self) {
        self.bucket_sums.iter_mut().for_each(|(_, buckets)| buckets.settle());
    }

    fn buckets(&mut self, class: PriceClass) -> &mut BucketSums {
        let at = self
            .bucket_sums
            .iter()
            .position(|(known, _)| *known == class)
            .unwrap_or_else(|| {
                self.bucket_sums.push((class, BucketSums::default()));
                self.bucket_sums.len() - 1
            });
        // Found, or just pushed.
        &mut self.bucket_sums[at].1
    }

    fn count(&mut self, row_sum: &RowSums, step: i64) {
        let segments = usize::try_from(row_sum.counted.segments).unwrap_or(0);
        if self.by_segments.len() <= segments {
            self.by_segments.resize(segments + 1, 0);
        }
        if let Some(count) = self.by_segments.get_mut(segments) {
            *count += step;
        }
        self.count_country(&Abroad {
            country: row_sum.country,
            class: row_sum.class,
            people: step,
            segments: step * i64::from(row_sum.counted.segments),
        });
        if let Some(state) = us_state_of(row_sum.number) {
            self.count_state(state, step);
        }
        if let Some(count) = row_sum.level.and_then(|level| self.levels.get_mut(level as usize)) {
            *count += step;
        }
    }

    fn count_state(&mut self, state: &'static str, more: i64) {
        match self.us_states.iter_mut().find(|(known, _)| *known == state) {
            Some((_, people)) => *people += more,
            None => self.us_states.push((state, more)),
        }
    }

    fn count_country(&mut self, more: &Abroad) {
        let known = self
            .countries
            .iter_mut()
            .find(|known| is_same(known.country, more.country) && known.class == more.class);
        match known {
            Some(known) => {
                known.people += more.people;
                known.segments += more.segments;
            }
            None => self.countries.push(Abroad { ..*more }),
        }
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        for (class, buckets) in other.bucket_sums {
            self.buckets(class).merge(buckets);
        }
        if self.by_segments.len() < other.by_segments.len() {
            self.by_segments.resize(other.by_segments.len(), 0);
        }
        self.by_segments
            .iter_mut()
            .zip(other.by_segments)
            .for_each(|(sum, more)| *sum += more);
        other.countries.iter().for_each(|more| self.count_country(more));
        for (state, people) in other.us_states {
            self.count_state(state, people);
        }
        self.levels
            .iter_mut()
            .zip(other.levels)
            .for_each(|(sum, more)| *sum += more);
        self.causes.merge(&other.causes);
        self.differs |= other.differs || other.first.is_some_and(|body| *self.first.get_or_insert(body) != body);
        self.numbers.append(&mut other.numbers);
    }

    /// Whether the longest message of the bucket of that price is no longer known.
    pub(super) fn remove(&mut self, row_sum: &RowSums) -> bool {
        self.count(row_sum, -1);
        self.buckets(row_sum.class)
            .cell(row_sum.bucket)
            .is_some_and(|cell| cell.remove(Added::of(row_sum)))
    }

    /// Takes the messages of people out who leave; the buckets whose longest message is then not known, by price.
    pub(super) fn subtract(&mut self, leaving: &Self) -> Vec<(PriceClass, u16)> {
        let mut untold = Vec::new();
        for (class, leaving) in &leaving.bucket_sums {
            let buckets = self.buckets(*class);
            let found = leaving.cells().filter(|(bucket, leaving)| {
                let cell = buckets.cell(*bucket);
                cell.is_some_and(|cell| cell.subtract(leaving))
            });
            untold.extend(found.map(|(bucket, _)| (*class, bucket)));
        }
        let sums = self.by_segments.iter_mut().zip(&leaving.by_segments);
        sums.for_each(|(sum, less)| *sum -= less);
        for less in &leaving.countries {
            self.count_country(&Abroad {
                people: -less.people,
                segments: -less.segments,
                ..*less
            });
        }
        for (state, people) in &leaving.us_states {
            self.count_state(state, -people);
        }
        let levels = self.levels.iter_mut().zip(leaving.levels);
        levels.for_each(|(sum, less)| *sum -= less);
        self.causes.remove(&leaving.causes);
        untold
    }

    /// The longest message of a bucket as it was found elsewhere.
    pub(super) fn take_longest(&mut self, found: &Self, class: PriceClass, bucket: u16) {
        let mut known = found.bucket_sums.iter().filter(|(other, _)| *other == class);
        let known = known.find_map(|(_, buckets)| buckets.cells().find(|(other, _)| *other == bucket));
        if let Some((cell, (_, known))) = self.buckets(class).cell(bucket).zip(known) {
            (cell.longest, cell.at_longest) = (known.longest, known.at_longest);
        }
    }

    /// Forgets the longest message of a bucket, to be found anew by [`GroupSums::meet`].
    pub(super) fn forget_longest(&mut self, class: PriceClass, bucket: u16) {
        if let Some(cell) = self.buckets(class).cell(bucket) {
            (cell.longest, cell.at_longest) = (0, 0);
        }
    }

    pub(super) fn meet(&mut self, class: PriceClass, bucket: u16, segments: u32) {
        if let Some(cell) = self.buckets(class).cell(bucket) {
            cell.meet(segments, 1);
        }
    }

    /// Whether two messages differ, so that a batch of them is personalized.
    pub(super) fn is_personalized(&self) -> bool {
        self.differs
    }

    pub(super) fn first_body(&self) -> Option<u128> {
        self.first
    }

    pub(super) fn totals(&self, prices: &PriceTable) -> impl Iterator<Item = (u16, Totals)> {
        self.bucket_sums.iter().flat_map(move |(class, buckets)| {
            let cells = buckets.cells().filter(|(_, cell)| cell.recipients > 0);
            cells.map(move |(bucket, cell)| (bucket, cell.totals(*class, prices)))
        })
    }

    pub(super) fn segments_per_message(&self) -> impl Iterator<Item = (u32, u64)> {
        (0..)
            .zip(&self.by_segments)
            .filter_map(|(segments, count)| positive(*count).map(|count| (segments, count)))
    }

    /// People by country; a country occurs once for each price.
    pub(super) fn countries(&self) -> impl Iterator<Item = (Option<&'static Country>, u64)> {
        self.countries
            .iter()
            .filter_map(|one| positive(one.people).map(|people| (one.country, people)))
    }

    /// People by the state of their area code, where it has quiet hours of its own.
    pub(super) fn us_states(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let states = self.us_states.iter();
        states.filter_map(|(state, people)| positive(*people).map(|people| (*state, people)))
    }

    /// Segments and what they cost by country; a country occurs once for each price.
    pub(super) fn country_costs(
        &self,
        prices: &PriceTable,
    ) -> impl Iterator<Item = (Option<&'static Country>, u64, Estimate)> {
        self.countries.iter().filter_map(move |one| {
            let segments = positive(one.segments)?;
            let mut sum = SegmentsByClass::default();
            sum.add(one.class, segments);
            Some((one.country, segments, prices.estimate(&sum)))
        })
    }

    pub(super) fn levels(&self) -> impl Iterator<Item = (Level, u64)> {
        Level::ALL
            .into_iter()
            .zip(self.levels)
            .filter_map(|(level, count)| positive(count).map(|count| (level, count)))
    }

    pub(super) fn people(&self) -> u64 {
        self.countries().map(|(_, count)| count).sum()
    }

    /// The people by zone, without `gone`, each as often as it occurs there.
    pub(super) fn numbers(&self, gone: &[Msisdn]) -> Vec<Msisdn> {
        if gone.is_empty() {
            return self.numbers.clone();
        }
        let mut left: BTreeMap<Msisdn, u32> = BTreeMap::new();
        for number in gone {
            *left.entry(*number).or_default() += 1;
        }
        let stays = |number: &&Msisdn| match left.get_mut(number) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            Some(_) | None => true,
        };
        self.numbers.iter().filter(stays).copied().collect()
    }
}

/// Countries come from one table each, so that the same place is the same country.
fn is_same(one: Option<&'static Country>, other: Option<&'static Country>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other) || one == other,
        _ => one.is_none() && other.is_none(),
    }
}

fn positive(count: i64) -> Option<u64> {
    u64::try_from(count).ok().filter(|count| *count > 0)
}
