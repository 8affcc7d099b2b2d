//! Sums of messages of one price, by bucket of the recipients' numbers.

use super::super::totals::Totals;
use super::row_sums::RowSums;
use crate::model::{AudienceDigest, Encoding};
use crate::render::{PriceClass, PriceTable, SegmentsByClass};

/// Messages of one bucket and price: 32 bytes, so that all cells of a thread are a megabyte and stay in its cache.
/// Twice the size made this addition the costliest step of all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SumCell {
    digest: u128,
    pub(super) recipients: u32,
    segments: u32,
    ucs2: u32,
    /// Most segments of a message, and how many have so many; from `MANY` on, nobody knows.
    pub(super) longest: u16,
    pub(super) at_longest: u16,
}

/// Its size.
pub(super) const CELL_BYTES: u64 = size_of::<SumCell>() as u64;

const MANY: u16 = u16::MAX;

/// Cells are kept in pages, so that a small group costs little.
const PAGE: usize = 16;

type CellPage = [SumCell; PAGE];

/// Cells of one price, by bucket.
#[derive(Debug, Clone, Default)]
pub(super) struct BucketSums {
    pages: Vec<Option<Box<CellPage>>>,
    /// Messages that no cell has yet. Cells lie all over a cache; adding a few dozen messages together lets the
    /// processor wait for many of them at once.
    pending: Vec<(u16, Added)>,
}

const PENDING: usize = 64;

/// What a message adds to its cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Added {
    digest: u128,
    segments: u32,
    is_ucs2: bool,
}

impl Added {
    pub(super) fn of(row_sum: &RowSums) -> Self {
        Self {
            digest: row_sum.digest,
            segments: row_sum.counted.segments,
            is_ucs2: row_sum.counted.encoding == Encoding::Ucs2,
        }
    }
}

impl SumCell {
    fn add(&mut self, message: Added) {
        self.digest = self.digest.wrapping_add(message.digest);
        self.recipients = self.recipients.saturating_add(1);
        self.segments = self.segments.saturating_add(message.segments);
        self.ucs2 = self.ucs2.saturating_add(u32::from(message.is_ucs2));
        self.meet(message.segments, 1);
    }

    pub(super) fn meet(&mut self, segments: u32, messages: u16) {
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

    /// Whether its longest message is no longer known.
    pub(super) fn remove(&mut self, message: Added) -> bool {
        self.digest = self.digest.wrapping_sub(message.digest);
        self.recipients = self.recipients.saturating_sub(1);
        self.segments = self.segments.saturating_sub(message.segments);
        self.ucs2 = self.ucs2.saturating_sub(u32::from(message.is_ucs2));
        let was_longest = message.segments == u32::from(self.longest);
        let unknown = was_longest && self.at_longest == MANY;
        self.at_longest = self.at_longest.saturating_sub(u16::from(was_longest));
        self.at_longest == 0 || unknown
    }

    /// Takes the messages of another cell out; whether the longest of those that stay is then not known.
    pub(super) fn subtract(&mut self, leaving: &Self) -> bool {
        let are_alike = self.segments == self.recipients.saturating_mul(u32::from(self.longest));
        self.digest = self.digest.wrapping_sub(leaving.digest);
        self.recipients = self.recipients.saturating_sub(leaving.recipients);
        self.segments = self.segments.saturating_sub(leaving.segments);
        self.ucs2 = self.ucs2.saturating_sub(leaving.ucs2);
        if leaving.longest < self.longest || self.recipients == 0 || are_alike {
            return false;
        }
        let is_unknown = self.at_longest == MANY || leaving.at_longest == MANY;
        self.at_longest = self.at_longest.saturating_sub(leaving.at_longest);
        self.at_longest == 0 || is_unknown
    }

    pub(super) fn totals(&self, class: PriceClass, prices: &PriceTable) -> Totals {
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
    pub(super) fn add(&mut self, bucket: u16, message: Added) {
        self.pending.push((bucket, message));
        if self.pending.len() >= PENDING {
            self.settle();
        }
    }

    /// Gives every pending message to its cell; to be called before cells are read.
    pub(super) fn settle(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        for (bucket, message) in pending.drain(..) {
            if let Some(cell) = self.cell(bucket) {
                cell.add(message);
            }
        }
        self.pending = pending;
    }

    pub(super) fn cell(&mut self, bucket: u16) -> Option<&mut SumCell> {
        let bucket = usize::from(bucket);
        if self.pages.len() <= bucket / PAGE {
            self.pages.resize_with((bucket / PAGE + 1).next_power_of_two(), || None);
        }
        let page = self.pages.get_mut(bucket / PAGE)?;
        page.get_or_insert_default().get_mut(bucket % PAGE)
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        if self.pages.len() < other.pages.len() {
            std::mem::swap(&mut self.pages, &mut other.pages);
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

    /// In the order of their bits in reverse, as buckets are sorted in the end: sorting 32,768 totals took 5 ms of a
    /// plan of a million people.
    pub(super) fn cells(&self) -> impl Iterator<Item = (u16, &SumCell)> {
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
            let cells: Vec<(u16, &SumCell)> = pages
                .iter()
                .filter_map(|(at, page)| Some((u16::try_from(at * PAGE + place).ok()?, page.get(place)?)))
                .collect();
            cells
        })
    }
}
