//! Sums over people who share an occurrence and a time zone, kept so that any part can be told from them.

use std::collections::BTreeMap;

use super::super::desired::Totals;
use crate::model::{AudienceDigest, Country, Encoding, Estimate, Msisdn};
use crate::render::{Causes, PriceClass, PriceTable, Segmented, SegmentsByClass};
use crate::schedule::{Level, ZoneId, us_state_of};

/// Which people: the rendition of the text, and their zone when it matters.
pub(super) type GroupKey = (usize, Option<ZoneId>);

/// What one row adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowSums {
    pub(super) key: GroupKey,
    pub(super) level: Option<Level>,
    pub(super) number: Msisdn,
    pub(super) bucket: u16,
    pub(super) country: Option<&'static Country>,
    pub(super) class: PriceClass,
    pub(super) counted: Segmented,
    pub(super) digest: u128,
}

/// Messages of one bucket and price: 32 bytes, so that all cells of a thread are a megabyte and stay in its cache. Twice
/// the size made this addition the costliest step of all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    digest: u128,
    recipients: u32,
    segments: u32,
    ucs2: u32,
    /// Most segments of a message, and how many have so many; from `MANY` on, nobody knows.
    longest: u16,
    at_longest: u16,
}

const MANY: u16 = u16::MAX;

/// Cells are kept in pages, so that a small group costs little.
const PAGE: usize = 16;
const PAGES: usize = (1 << 15) / PAGE;

type CellPage = [Cell; PAGE];

/// Cells of one price, by bucket.
#[derive(Debug, Clone, Default)]
struct BucketSums {
    pages: Vec<Option<Box<CellPage>>>,
    /// Messages that no cell has yet. Cells lie all over a cache; adding a few dozen messages together lets the processor
    /// wait for many of them at once.
    pending: Vec<(u16, Added)>,
}

const PENDING: usize = 64;

/// What a message adds to its cell.
#[derive(Debug, Clone, Copy)]
struct Added {
    digest: u128,
    segments: u32,
    is_ucs2: bool,
}

impl Added {
    fn of(row_sum: &RowSums) -> Self {
        Self {
            digest: row_sum.digest,
            segments: row_sum.counted.segments,
            is_ucs2: row_sum.counted.encoding == Encoding::Ucs2,
        }
    }
}

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
    /// Only where people are told apart by zone.
    numbers: Vec<Msisdn>,
}

impl Cell {
    fn add(&mut self, message: Added) {
        self.digest = self.digest.wrapping_add(message.digest);
        self.recipients = self.recipients.saturating_add(1);
        self.segments = self.segments.saturating_add(message.segments);
        self.ucs2 = self.ucs2.saturating_add(u32::from(message.is_ucs2));
        self.meet(message.segments, 1);
    }

    fn meet(&mut self, segments: u32, messages: u16) {
        let segments = u16::try_from(segments).unwrap_or(u16::MAX);
        match segments.cmp(&self.longest) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => self.at_longest = self.at_longest.saturating_add(messages),
            std::cmp::Ordering::Greater => (self.longest, self.at_longest) = (segments, messages),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.digest = self.digest.wrapping_add(other.digest);
        self.recipients = self.recipients.saturating_add(other.recipients);
        self.segments = self.segments.saturating_add(other.segments);
        self.ucs2 = self.ucs2.saturating_add(other.ucs2);
        self.meet(u32::from(other.longest), other.at_longest);
    }

    /// Whether it can no longer tell its longest message.
    fn remove(&mut self, message: Added) -> bool {
        self.digest = self.digest.wrapping_sub(message.digest);
        self.recipients = self.recipients.saturating_sub(1);
        self.segments = self.segments.saturating_sub(message.segments);
        self.ucs2 = self.ucs2.saturating_sub(u32::from(message.is_ucs2));
        let was_longest = message.segments == u32::from(self.longest);
        let unknown = was_longest && self.at_longest == MANY;
        self.at_longest = self.at_longest.saturating_sub(u16::from(was_longest));
        self.at_longest == 0 || unknown
    }

    fn totals(&self, class: PriceClass, prices: &PriceTable) -> Totals {
        let recipients = u64::from(self.recipients);
        let mut by_class = SegmentsByClass::default();
        by_class.add(class, u64::from(self.segments));
        Totals {
            recipients,
            messages_gsm7: recipients.saturating_sub(u64::from(self.ucs2)),
            messages_ucs2: u64::from(self.ucs2),
            segments: u64::from(self.segments),
            max_segments_per_message: if recipients == 0 { 0 } else { u32::from(self.longest) },
            estimate: prices.estimate(&by_class),
            digest: AudienceDigest::of(self.digest, recipients),
        }
    }
}

impl BucketSums {
    fn add(&mut self, bucket: u16, message: Added) {
        self.pending.push((bucket, message));
        if self.pending.len() >= PENDING {
            self.settle();
        }
    }

    /// Gives every pending message to its cell; to be called before cells are read.
    fn settle(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        for (bucket, message) in pending.drain(..) {
            if let Some(cell) = self.cell(bucket) {
                cell.add(message);
            }
        }
        self.pending = pending;
    }

    fn cell(&mut self, bucket: u16) -> Option<&mut Cell> {
        if self.pages.is_empty() {
            self.pages.resize_with(PAGES, || None);
        }
        let bucket = usize::from(bucket);
        let page = self.pages.get_mut(bucket / PAGE)?;
        page.get_or_insert_default().get_mut(bucket % PAGE)
    }

    fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        if self.pages.is_empty() {
            *self = other;
            return;
        }
        for (page, more) in self.pages.iter_mut().zip(other.pages) {
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

    /// In the order of their bits in reverse, as buckets are sorted in the end: sorting 32,768 totals took 5 ms of a plan
    /// of a million people.
    fn cells(&self) -> impl Iterator<Item = (u16, &Cell)> {
        let mut pages: Vec<(usize, &CellPage)> = self
            .pages
            .iter()
            .enumerate()
            .filter_map(|(at, page)| page.as_deref().map(|page| (at, page)))
            .collect();
        pages.sort_unstable_by_key(|(at, _)| at.reverse_bits());
        let mut places: [usize; PAGE] = std::array::from_fn(|place| place);
        places.sort_unstable_by_key(|place| place.reverse_bits());
        places.into_iter().flat_map(move |place| {
            let cells: Vec<(u16, &Cell)> = pages
                .iter()
                .filter_map(|(at, page)| Some((u16::try_from(at * PAGE + place).ok()?, page.get(place)?)))
                .collect();
            cells
        })
    }
}

impl GroupSums {
    /// `body` tells the text's hash; it is asked only until two texts differ.
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

    /// Whether the bucket of that price can no longer tell its longest message.
    pub(super) fn remove(&mut self, row_sum: &RowSums) -> bool {
        self.count(row_sum, -1);
        self.buckets(row_sum.class)
            .cell(row_sum.bucket)
            .is_some_and(|cell| cell.remove(Added::of(row_sum)))
    }

    /// Forgets the longest message of a bucket, to be told anew by [`GroupSums::meet`].
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

    /// People by country; a country stands there once for each price.
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
