//! Lists, page by page, through the adapters' own paging: pages hold fewer items than asked for, other people's batches
//! come and go between two of them, a page may be stale.

use campanile::model::ReportedState;
use campanile::model::{Api, ExistingBatch};
use campanile::provider::ip1_kept::{Item, KeptPages, Resumed};
use campanile::provider::sinch_settled::SettledPages;
use campanile::provider::{Failure, FailureKind, Glance, ReadError, ip1_paging, sinch_paging};

use super::account::{MEMORY, MINUTE, Ms};
use super::desire::instant;
use super::provider::SimProvider;

/// As often as the adapters.
const ATTEMPTS: u32 = 3;

/// Before this nothing comes into a list any more.
const STILL_MOVING: Ms = 2 * MINUTE;

/// Which part of a list is read, by when its batches were created.
#[derive(Clone, Copy)]
enum Span {
    Whole,
    Until(Ms),
    From(Ms),
}

/// As the adapter: what is over for so long is finished, and a run reads on from what it read so long ago.
const OVER: Ms = 60 * MINUTE;
const READ_ON: Ms = 15 * MINUTE;

/// An item of a page.
#[derive(Clone)]
pub struct Listed(ExistingBatch);

impl ip1_paging::Identified for Listed {
    fn id(&self) -> Option<String> {
        Some(self.0.id.0.clone())
    }
}

impl SimProvider {
    /// Everything, oldest first, or a failure.
    pub async fn read_list(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        for _ in 0..ATTEMPTS {
            let read = match self.facts().api {
                Api::Ip1 => self.read_by_offset().await?,
                Api::Sinch => self.read_by_number().await?,
            };
            if let Some(listed) = read {
                return Ok(numbered(listed));
            }
        }
        Err(self.error(Failure::new(FailureKind::Garbled, "the list changed while it was read")))
    }

    /// Whether a list builds on an earlier one: at iP.1 on what the machine remembers, at Sinch on what the run has read.
    pub fn reads_on(&self) -> bool {
        match self.facts().api {
            Api::Ip1 => self.actor.world.remembers,
            Api::Sinch => self.actor.world.is_edges.get(),
        }
    }

    /// Everything, where what is finished may be as it was read before.
    pub async fn read_list_on(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        if self.facts().api == Api::Sinch {
            return match self.read_after().await? {
                Some(listed) => Ok(numbered(listed)),
                None => self.read_list().await,
            };
        }
        let (kept, began) = (self.recalled(), self.now());
        let size = u64::try_from(self.page_limit()).unwrap();
        let resumed = kept.clone().and_then(|kept| Resumed::new(kept, size));
        let read = match resumed {
            Some(resumed) => self.read_on(resumed).await?,
            None => None,
        };
        let batches = match read {
            Some(batches) => batches,
            None => self.read_list().await?,
        };
        if !self.actor.is_dead.get() {
            let new = KeptPages::of(&batches, instant(began)..instant(self.now()), kept.as_ref());
            // As it comes back from the disk.
            let new = KeptPages::parse(&new.to_text().unwrap()).unwrap();
            let mut all = self.actor.world.machines[self.actor.machine].kept.borrow_mut();
            all.entry(self.account).or_default().push(new);
        }
        Ok(batches)
    }

    /// What the machine remembers: mostly the newest, now and then an older one, another account's, or nothing.
    fn recalled(&self) -> Option<KeptPages> {
        let all = self.actor.world.machines[self.actor.machine].kept.borrow();
        let mut chance = self.actor.chance.borrow_mut();
        let account = if chance.in_thousand(50) {
            chance.below(self.actor.world.accounts.len())
        } else {
            self.account
        };
        let of_account = all.get(&account)?;
        match chance.below(20) {
            0 => None,
            1 | 2 => Some(chance.pick(of_account)),
            _ => of_account.last().cloned(),
        }
    }

    async fn read_on(&self, mut resumed: Resumed<Listed>) -> Result<Option<Vec<ExistingBatch>>, ReadError> {
        loop {
            let stale = self.reading().await?;
            let start = usize::try_from(resumed.start()).unwrap();
            let (mut page, _) = self.page(stale, start, false);
            page.truncate(usize::try_from(resumed.limit()).unwrap());
            self.disturb();
            match resumed.take(page, None) {
                Ok(ip1_paging::Turn::More) => {}
                Ok(ip1_paging::Turn::Complete) => break,
                Err(_) => return Ok(None),
            }
        }
        let Some((_, items)) = resumed.into_items(&self.facts().name, false) else {
            return Ok(None);
        };
        let batches = items.into_iter().map(|item| match item {
            Item::Kept(batch) => *batch,
            Item::Read(Listed(batch)) => batch,
        });
        let numbered = batches
            .zip(0..)
            .map(|(batch, position)| ExistingBatch { position, ..batch });
        Ok(Some(numbered.collect()))
    }

    async fn read_by_offset(&self) -> Result<Option<Vec<Listed>>, ReadError> {
        let mut paging = ip1_paging::Paging::new();
        loop {
            let stale = self.reading().await?;
            let start = usize::try_from(paging.start()).unwrap();
            let (page, _) = self.page(stale, start, false);
            self.disturb();
            match paging.take(page, None) {
                Ok(ip1_paging::Turn::More) => {}
                Ok(ip1_paging::Turn::Complete) => return Ok(Some(paging.into_items())),
                Err(_) => return Ok(None),
            }
        }
    }

    /// At the edges as the adapter does: up to a fixed moment, then what is newer, apart.
    async fn read_by_number(&self) -> Result<Option<Vec<Listed>>, ReadError> {
        if !self.actor.world.is_edges.get() {
            let read = self.read_span(sinch_paging::Paging::new(), Span::Whole).await?;
            return Ok(read.map(|(batches, _)| batches));
        }
        let read_at = self.now();
        let end = read_at - STILL_MOVING;
        let older = self.read_span(sinch_paging::Paging::new(), Span::Until(end)).await?;
        let Some((mut batches, cuts)) = older else {
            return Ok(None);
        };
        let settled = SettledPages::new(&batches, &cuts);
        let newer = sinch_paging::Paging::of_what_is_new();
        let Some((newer, _)) = self.read_span(newer, Span::From(end)).await? else {
            return Ok(None);
        };
        let mut all = self.actor.settled.borrow_mut();
        all.insert(self.account, (read_at, end, settled));
        batches.extend(newer);
        Ok(Some(batches))
    }

    /// What this run has read before, as far as it may have changed, then what is newer.
    async fn read_after(&self) -> Result<Option<Vec<Listed>>, ReadError> {
        let before = self.actor.settled.borrow_mut().remove(&self.account);
        let Some((read_at, end, settled)) = before.filter(|(read_at, ..)| self.now() < read_at + READ_ON) else {
            return Ok(None);
        };
        let now = instant(self.now() - OVER);
        let mut again = settled.again(|Listed(batch)| {
            let is_over = batch.closes().is_some_and(|closes| closes < now);
            is_over && matches!(batch.state, ReportedState::Planned | ReportedState::Canceled)
        });
        while let Some((number, _)) = again.page(sinch_paging::PAGE_SIZE) {
            let stale = self.reading().await?;
            let start = usize::try_from(number).unwrap() * self.page_limit();
            let (page, count) = self.page_of(stale, start, true, Span::Until(end));
            self.disturb();
            if again.take(page, u64::try_from(count).ok()).is_err() {
                return Ok(None);
            }
        }
        let mut batches = again.into_items();
        let newer = sinch_paging::Paging::of_what_is_new();
        let Some((newer, _)) = self.read_span(newer, Span::From(end)).await? else {
            return Ok(None);
        };
        batches.extend(newer);
        self.actor
            .settled
            .borrow_mut()
            .insert(self.account, (read_at, end, settled));
        Ok(Some(batches))
    }

    async fn read_span(
        &self,
        mut paging: sinch_paging::Paging<Listed>,
        span: Span,
    ) -> Result<Option<(Vec<Listed>, Vec<sinch_paging::PageCut>)>, ReadError> {
        loop {
            let stale = self.reading().await?;
            let number = usize::try_from(paging.page()).unwrap();
            let (page, count) = self.page_of(stale, number * self.page_limit(), true, span);
            self.disturb();
            match paging.take(page, u64::try_from(count).ok()) {
                Ok(sinch_paging::Turn::More) => {}
                Ok(sinch_paging::Turn::Complete) => {
                    let cuts = paging.cuts().to_vec();
                    return Ok(Some((paging.into_items(), cuts)));
                }
                Err(_) => return Ok(None),
            }
        }
    }

    /// At most as many items as the provider cares to give.
    pub fn page_limit(&self) -> usize {
        self.actor.world.accounts[self.account].borrow().quirks.page
    }

    /// The items from an offset on, and how many there are in all.
    fn page(&self, stale: Ms, start: usize, newest_first: bool) -> (Vec<Listed>, usize) {
        self.page_of(stale, start, newest_first, Span::Whole)
    }

    fn page_of(&self, stale: Ms, start: usize, newest_first: bool, span: Span) -> (Vec<Listed>, usize) {
        let at = self.now() - stale;
        let account = self.actor.world.accounts[self.account].borrow();
        let mut all: Vec<_> = (account.batches.iter())
            .filter(|batch| {
                let is_remembered = account.api == Api::Ip1 || batch.created + MEMORY > at;
                let is_in_span = match span {
                    Span::Whole => true,
                    Span::Until(end) => batch.created < end,
                    Span::From(end) => batch.created >= end,
                };
                is_in_span
                    && is_remembered
                    && batch.listed_from <= self.now()
                    && batch.created <= at
                    && account.shows(batch, at)
            })
            .collect();
        if newest_first {
            all.reverse();
        }
        let page = all.iter().skip(start).take(account.quirks.page);
        let page = page.map(|batch| Listed(self.shown(batch, &account.quirks, at, false)));
        (page.collect(), all.len())
    }

    /// The newest page, oldest first.
    pub fn newest_page(&self, stale: Ms) -> Vec<ExistingBatch> {
        let (page, _) = self.page(stale, 0, true);
        let mut batches: Vec<ExistingBatch> = page.into_iter().map(|Listed(batch)| batch).collect();
        batches.reverse();
        batches
            .into_iter()
            .zip(0..)
            .map(|(batch, position)| ExistingBatch { position, ..batch })
            .collect()
    }

    /// A page for an emergency stop, newest first.
    pub async fn read_glance(&self, page: u64) -> Result<Glance, ReadError> {
        let stale = self.reading().await?;
        let start = usize::try_from(page).unwrap() * self.page_limit();
        let (items, _) = self.page(stale, start, true);
        self.disturb();
        Ok(Glance {
            is_empty: items.is_empty(),
            batches: items.into_iter().map(|Listed(batch)| batch).collect(),
            strange: 0,
        })
    }

    /// Other people's batches come and go while a list is read.
    fn disturb(&self) {
        let mut chance = self.actor.chance.borrow_mut();
        if chance.in_thousand(self.actor.faults.shift) {
            self.actor.world.disturb(self.account, &mut chance);
        }
    }
}

fn numbered(listed: Vec<Listed>) -> Vec<ExistingBatch> {
    let batches = listed.into_iter().zip(0..);
    batches
        .map(|(Listed(batch), position)| ExistingBatch { position, ..batch })
        .collect()
}
