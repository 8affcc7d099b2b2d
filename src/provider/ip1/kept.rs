//! What is remembered of a complete list, and how the next reading builds on it. Pure.
//!
//! In: a list that was proved complete, item by item in its order, and when each was first seen, by the provider's own
//! clock. Out: where the next reading begins, which pages it reads again, and the whole list afterwards. Never: a number, a
//! text, or an item that may still change and was not read again.
//!
//! The next reading begins at its *anchor*: the newest item that was at least an hour old when it was read, so that nothing
//! that showed late can belong before it. The anchor must be found at its place: what came or went before it shifts it.
//! From there the list is read to its proved end. Before it, pages with anything unfinished are read again, and two others
//! each time, in turn; every item of them must be the one that was there. Any difference, and everything is read anew.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::paging::{Broken, Identified, Paging, Turn};
use crate::model::{
    Api, BatchId, ExistingBatch, Headcount, Instant, Proof, ProviderName, Recipients, Reference, ReportedState,
    Visible, Window,
};

/// So old an item must have been when it was read: no list lags by so much.
const OLD: Duration = Duration::from_hours(1);
/// Pages of finished items that are read again each time.
const PAGES_IN_TURN: usize = 2;
/// What is remembered in another shape is forgotten.
const VERSION: u32 = 1;

/// A complete list, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPages {
    version: u32,
    /// When its reading began, in milliseconds since the Unix epoch, by the provider's clock.
    read_at_ms: i64,
    /// Which finished page is read again next.
    turn: u64,
    items: Vec<KeptEntry>,
}

/// One item of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptRow", into = "KeptRow")]
struct KeptEntry {
    id: String,
    /// Only a reference of our grammar: other texts may hold anything.
    reference: Option<Reference>,
    /// The provider's code once nothing more is to come of it; `None` while it must be read again.
    finished: Option<i64>,
    headcount: Option<u64>,
    windows: Vec<(i64, i64)>,
    /// When a reading first had it, as its end, in milliseconds since the Unix epoch, by the provider's clock.
    seen_at_ms: i64,
}

type KeptRow = (String, Option<String>, Option<i64>, Option<u64>, Vec<(i64, i64)>, i64);

impl From<KeptRow> for KeptEntry {
    fn from((id, reference, finished, headcount, windows, seen_at_ms): KeptRow) -> Self {
        let parsed = reference.as_deref().map(Reference::parse);
        // What cannot be read is read again.
        let is_readable = !matches!(parsed, Some(Err(_)));
        Self {
            id,
            reference: parsed.and_then(Result::ok),
            finished: finished.filter(|_| is_readable),
            headcount,
            windows,
            seen_at_ms,
        }
    }
}

impl From<KeptEntry> for KeptRow {
    fn from(item: KeptEntry) -> Self {
        let reference = item.reference.map(|reference| reference.to_string());
        (
            item.id,
            reference,
            item.finished,
            item.headcount,
            item.windows,
            item.seen_at_ms,
        )
    }
}

impl KeptPages {
    /// Of a list that was proved complete, read in this span of the provider's clock. `before` knows since when items are
    /// known.
    pub fn of(batches: &[ExistingBatch], span: Range<Instant>, before: Option<&Self>) -> Self {
        let known: HashMap<&str, i64> = (before.iter())
            .flat_map(|kept| &kept.items)
            .map(|item| (item.id.as_str(), item.seen_at_ms))
            .collect();
        let item = |batch: &ExistingBatch| {
            let seen_at_ms = known.get(batch.id.0.as_str()).copied();
            KeptEntry::of(batch, span.start, seen_at_ms.unwrap_or(span.end.unix_millis()))
        };
        Self {
            version: VERSION,
            read_at_ms: span.start.unix_millis(),
            turn: before.map_or(0, |kept| kept.turn + 1),
            items: batches.iter().map(item).collect(),
        }
    }

    /// From what was written down; `None` when it is not of this version, or no such thing.
    pub fn parse(text: &str) -> Option<Self> {
        let kept: Self = serde_json::from_str(text).ok()?;
        (kept.version == VERSION).then_some(kept)
    }

    /// To be written down.
    pub fn to_text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Where the anchor is.
    fn anchor(&self) -> Option<usize> {
        let read_at = Instant::from_unix_millis(self.read_at_ms);
        self.items.iter().rposition(|item| item.was_old(read_at))
    }
}

impl KeptEntry {
    fn of(batch: &ExistingBatch, read_at: Instant, seen_at_ms: i64) -> Self {
        // A text that is almost a reference matters to decisions as it is, and is not written down.
        let may_be_near =
            batch.reference.is_none() && batch.reference_text.as_ref().is_some_and(|text| text.contains('.'));
        let is_over = batch.closes().is_some_and(|closes| closes + OLD < read_at);
        let finished = match batch.state {
            ReportedState::Sent if is_over => Some(112),
            ReportedState::Canceled if is_over => Some(203),
            // What came in stays what it is.
            ReportedState::Unknown(201) => Some(201),
            ReportedState::Planned
            | ReportedState::Ongoing
            | ReportedState::Sent
            | ReportedState::Canceled
            | ReportedState::Unknown(_) => None,
        };
        Self {
            id: batch.id.0.clone(),
            reference: batch.reference.clone(),
            finished: finished.filter(|_| !may_be_near),
            headcount: match batch.headcount {
                Headcount::Told(count) => Some(count),
                Headcount::NotRead | Headcount::Untold => None,
            },
            windows: (batch.windows.iter())
                .map(|window| (window.opens().unix_seconds(), window.closes().unix_seconds()))
                .collect(),
            seen_at_ms,
        }
    }

    /// Whether it was at least [`OLD`] when the list was read: it was known so long, or is a batch of ours, which are made
    /// before they open.
    fn was_old(&self, read_at: Instant) -> bool {
        let known = Instant::from_unix_millis(self.seen_at_ms) + OLD <= read_at;
        let opens = self
            .windows
            .first()
            .map(|(opens, _)| Instant::from_unix_seconds(*opens));
        known || (self.reference.is_some() && opens.is_some_and(|opens| opens + OLD <= read_at))
    }

    /// The batch, if nothing more was to come of it. Its settings are not remembered: they matter only to what is planned.
    fn batch(&self, provider: &ProviderName, sandbox: bool) -> Option<ExistingBatch> {
        let state = match self.finished? {
            112 => ReportedState::Sent,
            203 => ReportedState::Canceled,
            code => ReportedState::Unknown(code),
        };
        let window = |(opens, closes): &(i64, i64)| {
            Window::new(Instant::from_unix_seconds(*opens), Instant::from_unix_seconds(*closes)).ok()
        };
        Some(ExistingBatch {
            provider: provider.clone(),
            api: Api::Ip1,
            sandbox,
            id: BatchId(self.id.clone()),
            reference_text: self.reference.as_ref().map(ToString::to_string),
            reference: self.reference.clone(),
            position: 0,
            created_at: None,
            state,
            windows: self.windows.iter().map(window).collect::<Option<_>>()?,
            visible: Visible::default(),
            proof: Proof::NotRead,
            recipients: Recipients::NotRead,
            headcount: self.headcount.map_or(Headcount::NotRead, Headcount::Told),
        })
    }
}

/// A list that is read on from what is remembered.
pub struct Resumed<T> {
    kept: KeptPages,
    anchor: usize,
    tail: Paging<T>,
    tail_is_read: bool,
    /// Spans of places that are to be read again, the next one last.
    again: Vec<Range<usize>>,
    /// What was read again, by place.
    read: BTreeMap<usize, T>,
    before: HashSet<String>,
}

/// An item of a list that was read on.
pub enum Item<T> {
    /// As it is remembered.
    Kept(Box<ExistingBatch>),
    /// As it was read now.
    Read(T),
}

impl<T: Identified> Resumed<T> {
    /// Nothing asked yet, in pages of this size; `None` when there is nothing to build on.
    pub fn new(kept: KeptPages, size: u64) -> Option<Self> {
        Self::with(kept, size, PAGES_IN_TURN)
    }

    /// The same for what this very run has read: finished pages are not read again.
    pub fn of_this_run(kept: KeptPages, size: u64) -> Option<Self> {
        Self::with(kept, size, 0)
    }

    fn with(kept: KeptPages, size: u64, pages_in_turn: usize) -> Option<Self> {
        let anchor = kept.anchor()?;
        let anchored = kept.items.get(anchor)?;
        let tail = Paging::after(anchored.id.clone(), u64::try_from(anchor).ok()?).by(size);
        let before = kept.items.iter().take(anchor).map(|item| item.id.clone()).collect();
        Some(Self {
            again: pages_again(&kept, anchor, size, pages_in_turn),
            anchor,
            tail,
            tail_is_read: false,
            read: BTreeMap::new(),
            before,
            kept,
        })
    }

    /// The offset to ask for now.
    pub fn start(&self) -> u64 {
        match self.again.last() {
            Some(span) if self.tail_is_read => u64::try_from(span.start).unwrap_or(u64::MAX),
            Some(_) | None => self.tail.start(),
        }
    }

    /// How many items to ask for.
    pub fn limit(&self) -> u64 {
        match self.again.last() {
            Some(span) if self.tail_is_read => u64::try_from(span.len()).unwrap_or(u64::MAX),
            Some(_) | None => self.tail.limit(),
        }
    }

    /// Takes in the page at [`Resumed::start`] and the offset of its `next` link, if it had one.
    pub fn take(&mut self, page: Vec<T>, next: Option<u64>) -> Result<Turn, Broken> {
        if !self.tail_is_read {
            let ids = page.iter().filter_map(Identified::id);
            if ids.into_iter().any(|id| self.before.contains(&id)) {
                return Err(Broken::Moved);
            }
            self.tail_is_read = self.tail.take(page, next)? == Turn::Complete;
        } else if let Some(span) = self.again.pop() {
            let rest = self.compare(span, page)?;
            self.again.extend(rest);
        }
        Ok(if self.tail_is_read && self.again.is_empty() {
            Turn::Complete
        } else {
            Turn::More
        })
    }

    /// Every item must be the one that was there. What a short page leaves out is asked for next.
    fn compare(&mut self, span: Range<usize>, page: Vec<T>) -> Result<Option<Range<usize>>, Broken> {
        if page.is_empty() || page.len() > span.len() {
            return Err(Broken::Moved);
        }
        let end = span.start + page.len();
        for (place, item) in (span.start..).zip(page) {
            let id = item.id().ok_or(Broken::Nameless)?;
            if self.kept.items.get(place).is_none_or(|kept| kept.id != id) {
                return Err(Broken::Moved);
            }
            self.read.insert(place, item);
        }
        Ok((end < span.end).then_some(end..span.end))
    }

    /// Everything, oldest first; the anchor and what is after it was read. `None` when something unfinished was not.
    pub fn into_items(mut self, provider: &ProviderName, sandbox: bool) -> Option<(KeptPages, Vec<Item<T>>)> {
        let mut items = Vec::with_capacity(self.kept.items.len());
        for (place, kept) in self.kept.items.iter().enumerate().take(self.anchor + 1) {
            items.push(match self.read.remove(&place) {
                Some(read) => Item::Read(read),
                None => Item::Kept(Box::new(kept.batch(provider, sandbox)?)),
            });
        }
        items.extend(self.tail.into_items().into_iter().map(Item::Read));
        Some((self.kept, items))
    }
}

/// The pages up to the anchor that hold anything unfinished, and some others in turn.
fn pages_again(kept: &KeptPages, anchor: usize, size: u64, pages_in_turn: usize) -> Vec<Range<usize>> {
    let size = usize::try_from(size.max(1)).unwrap_or(usize::MAX);
    let end = anchor + 1;
    let pages = end.div_ceil(size);
    let span = |page: usize| page * size..end.min((page + 1) * size);
    let is_unfinished = |page: &usize| {
        let items = kept.items.get(span(*page)).unwrap_or_default();
        items.iter().any(|item| item.finished.is_none())
    };
    let unfinished: BTreeSet<usize> = (0..pages).filter(is_unfinished).collect();
    let finished: Vec<usize> = (0..pages).filter(|page| !unfinished.contains(page)).collect();
    let first = usize::try_from(kept.turn).unwrap_or(0).saturating_mul(pages_in_turn);
    let in_turn = (first..first + pages_in_turn).filter_map(|n| finished.get(n.checked_rem(finished.len())?));
    let all: BTreeSet<usize> = unfinished.iter().chain(in_turn).copied().collect();
    all.into_iter().rev().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reference;

    const HOUR: i64 = 3_600;

    fn at(seconds: i64) -> Instant {
        Instant::from_unix_seconds(seconds)
    }

    /// A batch that opens an hour after `made` and closes an hour later; ours if the reference is.
    fn batch(n: u64, made: i64, now: i64, is_ours: bool) -> ExistingBatch {
        let opens = made + HOUR;
        let reference = is_ours.then(|| Reference::parse(&format!("acme.black-friday.0000100000{n:08}")).unwrap());
        ExistingBatch {
            provider: ProviderName::parse("ip1").unwrap(),
            api: Api::Ip1,
            sandbox: false,
            id: BatchId(format!("id-{n}")),
            reference_text: reference
                .as_ref()
                .map_or(Some("46701740605 canary".to_owned()), |r| Some(r.to_string())),
            reference,
            position: 0,
            created_at: None,
            state: if opens > now {
                ReportedState::Planned
            } else {
                ReportedState::Sent
            },
            windows: vec![Window::new(at(opens), at(opens + HOUR)).unwrap()],
            visible: Visible {
                sender: Some("46701740606".to_owned()),
                body: Some("canary".to_owned()),
                ..Visible::default()
            },
            proof: Proof::NotRead,
            recipients: Recipients::NotRead,
            headcount: Headcount::Told(3),
        }
    }

    /// Reads on from what is kept; the ids in order, and the places asked for.
    fn read_on(kept: KeptPages, list: &[ExistingBatch], size: u64) -> Result<(Vec<String>, Vec<u64>), Broken> {
        let mut resumed = Resumed::new(kept, size).expect("an anchor");
        let mut asked = Vec::new();
        loop {
            asked.push(resumed.start());
            let start = usize::try_from(resumed.start()).unwrap();
            let limit = usize::try_from(resumed.limit()).unwrap();
            let page = list.iter().skip(start).take(limit).cloned().collect();
            if resumed.take(page, None)? == Turn::Complete {
                break;
            }
        }
        let (_, items) = resumed
            .into_items(&ProviderName::parse("ip1").unwrap(), false)
            .ok_or(Broken::Moved)?;
        let ids = items.into_iter().map(|item| match item {
            Item::Kept(batch) => batch.id.0,
            Item::Read(batch) => batch.id.0,
        });
        Ok((ids.collect(), asked))
    }

    fn ids(list: &[ExistingBatch]) -> Vec<String> {
        list.iter().map(|batch| batch.id.0.clone()).collect()
    }

    /// So many of ours, one an hour, the last one made just now.
    fn list(count: u64, now: i64) -> Vec<ExistingBatch> {
        let made = |n: u64| now - HOUR * i64::try_from(count - n).unwrap();
        (1..=count).map(|n| batch(n, made(n), now, true)).collect()
    }

    #[test]
    fn what_is_new_and_what_is_unfinished_is_read_and_two_pages_in_turn() {
        let now = 10_000_000;
        let mut all = list(1_000, now);
        let kept = KeptPages::of(&all, at(now)..at(now + 1), None);
        all.push(batch(2_000, now, now, true));
        let (read, asked) = read_on(kept.clone(), &all, 100).unwrap();
        assert_eq!(read, ids(&all));
        // The last four of a thousand are young or unfinished; page 9 holds the unfinished ones up to the anchor.
        let (tail, pages) = asked.split_at(3);
        assert!(tail[0] > 990 && tail[0] < 1_000, "{tail:?}");
        assert_eq!(pages, [0, 100, 900]);
        let mut later = kept;
        let mut in_turn = BTreeSet::new();
        for _ in 0..5 {
            later = KeptPages::of(&all, at(now + 60)..at(now + 61), Some(&later));
            in_turn.extend(read_on(later.clone(), &all, 100).unwrap().1);
        }
        assert!((0..9).all(|page| in_turn.contains(&(page * 100))), "{in_turn:?}");
    }

    #[test]
    fn nothing_is_built_on_what_may_have_been_young() {
        let now = 10_000_000;
        let foreign: Vec<ExistingBatch> = (1..50).map(|n| batch(n, now - 90 * HOUR, now, false)).collect();
        let first = KeptPages::of(&foreign, at(now)..at(now), None);
        assert!(
            Resumed::<ExistingBatch>::new(first.clone(), 100).is_none(),
            "nobody knows how old they were"
        );
        let soon = KeptPages::of(&foreign, at(now + HOUR - 1)..at(now + HOUR), Some(&first));
        assert!(Resumed::<ExistingBatch>::new(soon.clone(), 100).is_none());
        let later = KeptPages::of(&foreign, at(now + HOUR)..at(now + HOUR), Some(&soon));
        assert_eq!(read_on(later, &foreign, 100).unwrap().0, ids(&foreign));
    }

    #[test]
    fn what_came_or_went_before_the_anchor_is_noticed() {
        let now = 10_000_000;
        let all = list(500, now);
        let kept = KeptPages::of(&all, at(now)..at(now), None);
        for place in [0, 1, 250, 480] {
            let mut erased = all.clone();
            erased.remove(place);
            assert_eq!(read_on(kept.clone(), &erased, 100), Err(Broken::Moved), "{place}");
            let mut inserted = all.clone();
            inserted.insert(place, batch(9_999, now, now, false));
            assert_eq!(read_on(kept.clone(), &inserted, 100), Err(Broken::Moved), "{place}");
        }
        assert_eq!(read_on(kept.clone(), &[], 100), Err(Broken::Moved));
        let mut repeated = all.clone();
        repeated.push(all[3].clone());
        assert_eq!(
            read_on(kept, &repeated, 100),
            Err(Broken::Moved),
            "an old item at the end"
        );
    }

    #[test]
    fn what_is_written_down_holds_no_number_and_no_text() {
        let now = 10_000_000;
        let mut all = list(20, now);
        all.push(batch(30, now, now, false));
        let kept = KeptPages::of(&all, at(now)..at(now), None);
        let text = kept.to_text().unwrap();
        assert!(!text.contains("canary") && !text.contains("4670174060"), "{text}");
        assert_eq!(KeptPages::parse(&text), Some(kept));
        assert_eq!(KeptPages::parse(&text[..text.len() / 2]), None);
        assert_eq!(
            KeptPages::parse(&text.replacen("\"version\":1", "\"version\":2", 1)),
            None
        );
    }

    #[test]
    fn what_is_almost_a_reference_is_always_read_again() {
        let now = 10_000_000;
        let mut all = list(30, now);
        all[2].reference = None;
        all[2].reference_text = Some("ACME.BLACK-FRIDAY.00001000000".to_owned());
        let kept = KeptPages::of(&all, at(now)..at(now), None);
        assert!(!kept.to_text().unwrap().contains("ACME"));
        let mut later = kept;
        for _ in 0..4 {
            later = KeptPages::of(&all, at(now)..at(now), Some(&later));
            assert!(read_on(later.clone(), &all, 5).unwrap().1.contains(&0));
        }
    }

    proptest::proptest! {
        /// Whatever has come and gone at the end, and whatever page size the provider likes, a list that is believed is the
        /// list; and a page that is too short is asked for on.
        #[test]
        fn a_believed_list_is_the_list(
            count in 6_u64..120,
            added in 0_u64..8,
            gone in proptest::option::of(0_usize..120),
            size in 2_u64..40,
        ) {
            let now = 10_000_000;
            let mut all = list(count, now);
            let kept = KeptPages::of(&all, at(now)..at(now), None);
            if let Some(gone) = gone.filter(|gone| *gone < all.len()) {
                all.remove(gone);
            }
            all.extend((0..added).map(|n| batch(1_000 + n, now, now, n % 2 == 0)));
            if let Ok((read, _)) = read_on(kept, &all, size) {
                proptest::prop_assert_eq!(read, ids(&all));
            }
        }
    }
}
