//! How the list of batches is read: up to a fixed moment, which nothing new moves, and what is newer, apart.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::model::{ExistingBatch, ReportedState};

use super::super::{Failure, FailureKind};
use super::calls::Sinch;
use super::paging::{Broken, Identified, PAGE_SIZE, PageCut, Paging, Turn};
use super::settled::{SettledList, SettledPages};
use super::{convert, wire};
use crate::profile::sinch::LIST_MEMORY;

/// A list that moved while it was read is read again this often in all.
pub(super) const LIST_ATTEMPTS: u32 = 3;
/// What is newer than this is read apart from the rest: what comes meanwhile moves every page of a list without an end, and
/// a new batch may show late, or carry the time of a clock that is a minute behind ours.
pub(super) const STILL_MOVING: Duration = Duration::from_mins(2);
/// What is over for so long stays as it is.
const OVER: Duration = Duration::from_hours(1);
/// Between a list that lags and one that is settled.
const LAG_MARGIN: Duration = Duration::from_mins(1);
/// After so long the newer half of a reading has grown, and the whole list is read again.
const READ_ON: Duration = Duration::from_mins(15);

impl Sinch {
    /// The page that is to be read now, in smaller ones when it does not fit; and its bytes.
    pub(super) async fn read_page(
        &self,
        paging: &mut Paging<wire::Batch>,
        from: &str,
        to: Option<&str>,
    ) -> Result<(wire::Page, usize), Failure> {
        loop {
            match self.ask(paging.page(), paging.size(), from, to).await {
                Err(failure) if failure.kind == FailureKind::TooLarge && paging.shrink() => {}
                answer => return answer,
            }
        }
    }

    async fn ask(&self, page: u64, size: u64, from: &str, to: Option<&str>) -> Result<(wire::Page, usize), Failure> {
        let mut query = vec![
            ("page", page.to_string()),
            ("page_size", size.to_string()),
            ("start_date", from.to_owned()),
        ];
        query.extend(to.map(|to| ("end_date", to.to_owned())));
        let answer = self.http().get(self.batches(), &query).await?;
        Ok((answer.json()?, answer.bytes()))
    }

    /// Without `start_date` the list would show one day. The same one for all pages.
    pub(super) fn start_date(&self) -> String {
        convert::time(self.now() - LIST_MEMORY)
    }

    /// The whole list, oldest first.
    pub(super) async fn read_all(&self) -> Result<Vec<ExistingBatch>, Failure> {
        let mut attempt = 1;
        loop {
            match self.read_once().await? {
                Ok(batches) => return Ok(self.listed(batches)),
                Err(Broken::Moved) if attempt < LIST_ATTEMPTS => attempt += 1,
                Err(broken) => return Err(Failure::new(FailureKind::Garbled, why(broken, attempt))),
            }
        }
    }

    /// The same, where finished batches may be as this run has read them before.
    pub(super) async fn read_on(&self) -> Result<Vec<ExistingBatch>, Failure> {
        if let Some(settled) = self.settled_before()
            && let Ok(batches) = self.read_after(&settled).await?
        {
            return Ok(self.listed(batches));
        }
        self.read_all().await
    }

    fn listed(&self, mut batches: Vec<ExistingBatch>) -> Vec<ExistingBatch> {
        for (batch, position) in batches.iter_mut().zip(0..) {
            batch.position = position;
        }
        self.seen().listed(&batches);
        batches
    }

    async fn read_once(&self) -> Result<Result<Vec<ExistingBatch>, Broken>, Failure> {
        let (start, read_at) = (self.start_date(), self.now());
        let end = convert::time(read_at - STILL_MOVING);
        let (older, cuts) = match self.read_span(Paging::new(), &start, Some(&end)).await? {
            Ok(read) => read,
            Err(broken) => return Ok(Err(broken)),
        };
        let newer = match self.read_span(Paging::of_what_is_new(), &end, None).await? {
            Ok((newer, _)) => newer,
            Err(broken) => return Ok(Err(broken)),
        };
        let pages = SettledPages::new(&older, &cuts);
        self.remember(SettledList {
            start,
            end,
            read_at,
            pages,
        });
        Ok(Ok(union(older, newer)))
    }

    fn remember(&self, settled: SettledList) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(settled));
    }

    /// A list that may lag for long has not settled, and a sandbox's clock is set at will.
    fn settled_before(&self) -> Option<Arc<SettledList>> {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let is_settled = self.connection().list_lag + LAG_MARGIN <= STILL_MOVING && !self.connection().is_sandbox;
        let now = self.now();
        let is_near = settled.read_at <= now && now < settled.read_at + READ_ON;
        (is_settled && is_near).then_some(settled)
    }

    /// The settled half as far as it may have changed, then what is newer.
    async fn read_after(&self, settled: &SettledList) -> Result<Result<Vec<ExistingBatch>, Broken>, Failure> {
        let date = self.http().last_date();
        let is_finished = |batch: &ExistingBatch| {
            let is_over = batch
                .closes()
                .zip(date)
                .is_some_and(|(closes, date)| closes + OVER < date);
            is_over && matches!(batch.state, ReportedState::Planned | ReportedState::Canceled)
        };
        let mut again = settled.pages.again(is_finished);
        while let Some((number, size)) = again.page(PAGE_SIZE) {
            let page = match self.ask(number, size, &settled.start, Some(&settled.end)).await {
                Ok((page, _)) => page,
                Err(failure) if failure.kind == FailureKind::TooLarge => return Ok(Err(Broken::Moved)),
                Err(failure) => return Err(failure),
            };
            let count = page.count.and_then(|count| count.count());
            if let Err(broken) = again.take(self.convert(&page.batches)?, count) {
                return Ok(Err(broken));
            }
        }
        let newer = self.read_span(Paging::of_what_is_new(), &settled.end, None).await?;
        Ok(newer.map(|(newer, _)| union(again.into_items(), newer)))
    }

    /// A span of the list, oldest first, and how it was cut into pages.
    async fn read_span(
        &self,
        mut paging: Paging<wire::Batch>,
        from: &str,
        to: Option<&str>,
    ) -> Result<Result<(Vec<ExistingBatch>, Vec<PageCut>), Broken>, Failure> {
        loop {
            let (page, bytes) = self.read_page(&mut paging, from, to).await?;
            let count = page.count.and_then(|count| count.count());
            match paging.take(page.batches, count) {
                Ok(Turn::More) => paging.grow(bytes, self.http().most_bytes()),
                Ok(Turn::Complete) => break,
                Err(broken) => return Ok(Err(broken)),
            }
        }
        let cuts = paging.cuts().to_vec();
        Ok(Ok((self.convert(&paging.into_items())?, cuts)))
    }

    /// Batches in the words of `model`, numbered in the order given.
    pub(super) fn convert(&self, batches: &[wire::Batch]) -> Result<Vec<ExistingBatch>, Failure> {
        batches
            .iter()
            .zip(0_u64..)
            .map(|(batch, position)| {
                let existing = convert::existing(batch, &self.connection().name, self.connection().is_sandbox);
                let nameless = || Failure::new(FailureKind::Garbled, "the list has a batch without an id");
                existing
                    .map(|existing| ExistingBatch { position, ..existing })
                    .ok_or_else(nameless)
            })
            .collect()
    }
}

/// The older half, and of the newer one what it lacks.
fn union(mut older: Vec<ExistingBatch>, newer: Vec<ExistingBatch>) -> Vec<ExistingBatch> {
    let known: BTreeSet<Option<String>> = older.iter().map(Identified::id).collect();
    older.extend(newer.into_iter().filter(|batch| !known.contains(&batch.id())));
    older
}

/// Why a list cannot be trusted, in words.
pub(super) fn why(broken: Broken, attempts: u32) -> String {
    match broken {
        Broken::Moved => format!("the list changed while it was read, {attempts} times"),
        Broken::Endless => "the list does not end".to_owned(),
        Broken::Nameless => "the list has no count, or a batch without an id".to_owned(),
    }
}

impl Identified for wire::Batch {
    fn id(&self) -> Option<String> {
        self.id.text()
    }
}

impl Identified for ExistingBatch {
    fn id(&self) -> Option<String> {
        Some(self.id.0.clone())
    }
}
