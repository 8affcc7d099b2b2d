//! Sums over people who share an occurrence and a time zone, kept so that any part can be told from them.

use std::collections::BTreeMap;

use super::super::desired::Totals;
use crate::model::{AudienceDigest, Country, Encoding, Estimate, Msisdn};
use crate::render::{Causes, PriceClass, PriceTable, Segmented, SegmentsByClass};
use crate::schedule::{Level, ZoneId};

/// Which people: the variant of the text, and their zone when it matters.
pub(super) type Key = (usize, Option<ZoneId>);

/// What one row adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    pub(super) key: Key,
    pub(super) level: Option<Level>,
    pub(super) number: Msisdn,
    pub(super) bucket: u16,
    pub(super) country: Option<&'static Country>,
    pub(super) class: PriceClass,
    pub(super) counted: Segmented,
    pub(super) digest: u128,
}

/// Messages of one bucket and price.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    digest: AudienceDigest,
    segments: u64,
    ucs2: u32,
    /// Most segments of a message, and how many have so many.
    longest: u32,
    at_longest: u32,
}

/// Cells are kept in pages, so that a small crowd costs little.
const PAGE: usize = 16;
const PAGES: usize = (1 << 15) / PAGE;

type Page = [Cell; PAGE];

/// Cells of one price, by bucket.
#[derive(Debug, Default)]
struct Lane(Vec<Option<Box<Page>>>);

/// People of one country whose segments cost the same.
#[derive(Debug)]
struct Abroad {
    country: Option<&'static Country>,
    class: PriceClass,
    people: i64,
    segments: i64,
}

/// Sums over people who share a key.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    lanes: Vec<(PriceClass, Lane)>,
    /// Messages by segments; negative while the rows added here are removed elsewhere.
    by_segments: Vec<i64>,
    countries: Vec<Abroad>,
    levels: [i64; Level::ALL.len()],
    pub(super) causes: Causes,
    /// Of the first message; `None` before it.
    first: Option<u128>,
    differs: bool,
    /// Only where people are told apart by zone.
    numbers: Vec<Msisdn>,
}

impl Cell {
    fn add(&mut self, fact: &Fact) {
        let segments = fact.counted.segments;
        self.digest.add(fact.digest);
        self.segments += u64::from(segments);
        self.ucs2 += u32::from(fact.counted.encoding == Encoding::Ucs2);
        self.meet(segments, 1);
    }

    fn meet(&mut self, segments: u32, messages: u32) {
        match segments.cmp(&self.longest) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => self.at_longest += messages,
            std::cmp::Ordering::Greater => (self.longest, self.at_longest) = (segments, messages),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.digest.merge(other.digest);
        self.segments += other.segments;
        self.ucs2 += other.ucs2;
        self.meet(other.longest, other.at_longest);
    }

    /// Whether it can no longer tell its longest message.
    fn remove(&mut self, fact: &Fact) -> bool {
        let segments = fact.counted.segments;
        self.digest.remove(fact.digest);
        self.segments = self.segments.saturating_sub(u64::from(segments));
        self.ucs2 = self
            .ucs2
            .saturating_sub(u32::from(fact.counted.encoding == Encoding::Ucs2));
        if segments == self.longest {
            self.at_longest = self.at_longest.saturating_sub(1);
        }
        self.at_longest == 0
    }

    fn totals(&self, class: PriceClass, prices: &PriceTable) -> Totals {
        let recipients = self.digest.count();
        let mut by_class = SegmentsByClass::default();
        by_class.add(class, self.segments);
        Totals {
            recipients,
            messages_gsm7: recipients.saturating_sub(u64::from(self.ucs2)),
            messages_ucs2: u64::from(self.ucs2),
            segments: self.segments,
            max_segments_per_message: if recipients == 0 { 0 } else { self.longest },
            estimate: prices.estimate(&by_class),
            digest: self.digest,
        }
    }
}

impl Lane {
    fn cell(&mut self, bucket: u16) -> Option<&mut Cell> {
        if self.0.is_empty() {
            self.0.resize_with(PAGES, || None);
        }
        let bucket = usize::from(bucket);
        let page = self.0.get_mut(bucket / PAGE)?;
        page.get_or_insert_default().get_mut(bucket % PAGE)
    }

    fn merge(&mut self, other: Self) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        for (page, more) in self.0.iter_mut().zip(other.0) {
            match (page.as_mut(), more) {
                (_, None) => {}
                (None, more) => *page = more,
                (Some(page), Some(more)) => page
                    .iter_mut()
                    .zip(more.iter())
                    .for_each(|(cell, more)| cell.merge(more)),
            }
        }
    }

    fn cells(&self) -> impl Iterator<Item = (u16, &Cell)> {
        let pages = self.0.iter().enumerate();
        let cells = pages.flat_map(|(at, page)| page.iter().flat_map(move |page| page.iter().zip(at * PAGE..)));
        cells.filter_map(|(cell, bucket)| u16::try_from(bucket).ok().map(|bucket| (bucket, cell)))
    }
}

impl Crowd {
    pub(super) fn add(&mut self, fact: &Fact, body: u128) {
        if let Some(cell) = self.lane(fact.class).cell(fact.bucket) {
            cell.add(fact);
        }
        self.count(fact, 1);
        self.differs |= *self.first.get_or_insert(body) != body;
        if fact.key.1.is_some() {
            self.numbers.push(fact.number);
        }
    }

    fn lane(&mut self, class: PriceClass) -> &mut Lane {
        let at = self
            .lanes
            .iter()
            .position(|(known, _)| *known == class)
            .unwrap_or_else(|| {
                self.lanes.push((class, Lane::default()));
                self.lanes.len() - 1
            });
        // Found, or just pushed.
        &mut self.lanes[at].1
    }

    fn count(&mut self, fact: &Fact, step: i64) {
        let segments = usize::try_from(fact.counted.segments).unwrap_or(0);
        if self.by_segments.len() <= segments {
            self.by_segments.resize(segments + 1, 0);
        }
        if let Some(count) = self.by_segments.get_mut(segments) {
            *count += step;
        }
        self.count_country(&Abroad {
            country: fact.country,
            class: fact.class,
            people: step,
            segments: step * i64::from(fact.counted.segments),
        });
        if let Some(count) = fact.level.and_then(|level| self.levels.get_mut(level as usize)) {
            *count += step;
        }
    }

    fn count_country(&mut self, more: &Abroad) {
        let known = self
            .countries
            .iter_mut()
            .find(|known| known.country == more.country && known.class == more.class);
        match known {
            Some(known) => {
                known.people += more.people;
                known.segments += more.segments;
            }
            None => self.countries.push(Abroad { ..*more }),
        }
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        for (class, lane) in other.lanes {
            self.lane(class).merge(lane);
        }
        if self.by_segments.len() < other.by_segments.len() {
            self.by_segments.resize(other.by_segments.len(), 0);
        }
        self.by_segments
            .iter_mut()
            .zip(other.by_segments)
            .for_each(|(sum, more)| *sum += more);
        other.countries.iter().for_each(|more| self.count_country(more));
        self.levels
            .iter_mut()
            .zip(other.levels)
            .for_each(|(sum, more)| *sum += more);
        self.causes.merge(&other.causes);
        self.differs |= other.differs || other.first.is_some_and(|body| *self.first.get_or_insert(body) != body);
        self.numbers.append(&mut other.numbers);
    }

    /// Whether the bucket of that price can no longer tell its longest message.
    pub(super) fn remove(&mut self, fact: &Fact) -> bool {
        self.count(fact, -1);
        self.lane(fact.class)
            .cell(fact.bucket)
            .is_some_and(|cell| cell.remove(fact))
    }

    /// Forgets the longest message of a bucket, to be told anew by [`Crowd::meet`].
    pub(super) fn forget_longest(&mut self, class: PriceClass, bucket: u16) {
        if let Some(cell) = self.lane(class).cell(bucket) {
            (cell.longest, cell.at_longest) = (0, 0);
        }
    }

    pub(super) fn meet(&mut self, class: PriceClass, bucket: u16, segments: u32) {
        if let Some(cell) = self.lane(class).cell(bucket) {
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
        self.lanes.iter().flat_map(move |(class, lane)| {
            let cells = lane.cells().filter(|(_, cell)| cell.digest.count() > 0);
            cells.map(move |(bucket, cell)| (bucket, cell.totals(*class, prices)))
        })
    }

    pub(super) fn segments_per_message(&self) -> impl Iterator<Item = (u32, u64)> {
        (0..)
            .zip(&self.by_segments)
            .filter_map(|(segments, count)| positive(*count).map(|count| (segments, count)))
    }

    /// People by country; a country stands there once for each price.
    pub(super) fn countries(&self) -> impl Iterator<Item = (Option<&'static Country>, u64)> {
        self.countries
            .iter()
            .filter_map(|one| positive(one.people).map(|people| (one.country, people)))
    }

    /// Segments and what they cost by country; a country stands there once for each price.
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

    /// The people told apart by zone, `gone` having left as often as they stand there.
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

fn positive(count: i64) -> Option<u64> {
    u64::try_from(count).ok().filter(|count| *count > 0)
}
