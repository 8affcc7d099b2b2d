//! A collection, read completely; and the list of batches, read on from what is remembered.

use serde::de::DeserializeOwned;

use super::super::http::Answer;
use super::super::{Failure, FailureKind, Provider};
use super::calls::{BATCHES, Ip1, page};
use super::kept::{Item, KeptPages, Resumed};
use super::paging::{Broken, Identified, LIMIT, Paging, Turn, next_start};
use super::{convert, wire};
use crate::model::{ExistingBatch, Instant};

/// A list that moved while it was read is read again this often in all.
const LIST_ATTEMPTS: u32 = 3;

impl Ip1 {
    /// Remembers a list that was proved complete, read since `began` by the provider's clock.
    pub(super) fn remember(&self, batches: &[ExistingBatch], began: Option<Instant>, before: Option<&KeptPages>) {
        if let (Some(began), Some(ended)) = (began, self.last_date()) {
            self.remembered().remember(batches, began..ended, before);
        }
    }

    /// Reads on from what is remembered; `None` where that is in doubt.
    pub(super) async fn read_on(&self, kept: KeptPages) -> Result<Option<Vec<ExistingBatch>>, Failure> {
        let resumed = if self.remembered().is_of_this_run {
            Resumed::of_this_run(kept, LIMIT)
        } else {
            Resumed::new(kept, LIMIT)
        };
        let Some(mut resumed) = resumed else {
            return Ok(None);
        };
        let mut began = None;
        loop {
            let answer = self
                .http()
                .get(BATCHES, &page(resumed.start(), resumed.limit(), "ASC"))
                .await?;
            began = began.or(self.last_date());
            let next = self.next_of(&answer);
            match resumed.take(answer.json::<Vec<wire::Batch>>()?, next) {
                Ok(Turn::More) => {}
                Ok(Turn::Complete) => break,
                Err(broken) => {
                    tracing::debug!(?broken, "the list is not as it was remembered: it is read whole");
                    return Ok(None);
                }
            }
        }
        let Some((kept, items)) = resumed.into_items(self.name(), self.is_sandbox()) else {
            return Ok(None);
        };
        let mut batches = Vec::with_capacity(items.len());
        for (item, position) in items.into_iter().zip(0_u64..) {
            let batch = match item {
                Item::Kept(batch) => *batch,
                Item::Read(read) => match self.convert(std::slice::from_ref(&read))?.pop() {
                    Some(batch) => batch,
                    None => return Ok(None),
                },
            };
            batches.push(ExistingBatch { position, ..batch });
        }
        self.remember(&batches, began, Some(&kept));
        Ok(Some(batches))
    }

    /// Where the `next` link of an answer leads.
    fn next_of(&self, answer: &Answer) -> Option<u64> {
        let (header, host) = answer.link.as_deref().zip(self.http().host())?;
        next_start(header, host)
    }

    /// A collection, read completely; again from the beginning when it moved meanwhile.
    pub(super) async fn read_all<T>(&self, path: &str) -> Result<Vec<T>, Failure>
    where
        T: DeserializeOwned + Identified,
    {
        self.read_by(path, Paging::new, Some).await
    }

    /// The same, each page turned into what is kept of it; `None` where an item has no readable id.
    pub(super) async fn read_by<T: DeserializeOwned, U: Identified>(
        &self,
        path: &str,
        paging: impl Fn() -> Paging<U>,
        keep: impl Fn(Vec<T>) -> Option<Vec<U>>,
    ) -> Result<Vec<U>, Failure> {
        let mut attempt = 1;
        loop {
            match self.read_once(path, paging(), &keep).await? {
                Ok(items) => return Ok(items),
                Err(Broken::Moved) if attempt < LIST_ATTEMPTS => attempt += 1,
                Err(Broken::Moved) => {
                    let message = format!("`GET {path}`: the list changed while it was read, {attempt} times");
                    return Err(Failure::new(FailureKind::Garbled, message));
                }
                Err(Broken::Nameless) => {
                    let message = format!("`GET {path}`: the list has an item without an id");
                    return Err(Failure::new(FailureKind::Garbled, message));
                }
                Err(Broken::Endless) => {
                    let message = format!("`GET {path}`: the list does not end");
                    return Err(Failure::new(FailureKind::Garbled, message));
                }
            }
        }
    }

    async fn read_once<T: DeserializeOwned, U: Identified>(
        &self,
        path: &str,
        mut paging: Paging<U>,
        keep: impl Fn(Vec<T>) -> Option<Vec<U>>,
    ) -> Result<Result<Vec<U>, Broken>, Failure> {
        loop {
            let answer = self
                .http()
                .get(path, &page(paging.start(), paging.limit(), "ASC"))
                .await?;
            let next = self.next_of(&answer);
            let Some(items) = keep(answer.json()?) else {
                return Ok(Err(Broken::Nameless));
            };
            match paging.take(items, next) {
                Ok(Turn::More) => {}
                Ok(Turn::Complete) => return Ok(Ok(paging.into_items())),
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }
}

impl Identified for wire::Batch {
    fn id(&self) -> Option<String> {
        self.id.text()
    }
}

impl Identified for wire::Message {
    fn id(&self) -> Option<String> {
        self.id.text()
    }
}

impl Identified for wire::Sender {
    fn id(&self) -> Option<String> {
        convert::sender(&self.0)
    }
}
