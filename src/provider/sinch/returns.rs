//! Incoming texts, groups, and what became of each message (Sinch's pages for Inbounds and Groups, read 2026-11-30).

use crate::model::{BatchId, Instant, NumberSet};

use super::super::scalar::JsonScalar;
use super::super::{Failure, FailureKind, IncomingText, MessageResult, check};
use super::calls::Sinch;
use super::listing::{LIST_ATTEMPTS, STILL_MOVING};
use super::paging::{Broken, Identified, Paging, Turn};
use super::{convert, wire};
use crate::profile::sinch::LIST_MEMORY;

impl Sinch {
    /// Incoming texts from an instant on, oldest first: those before a fixed end, then those since.
    pub(super) async fn read_incoming(&self, since: Instant) -> Result<Vec<IncomingText>, Failure> {
        let now = self.now();
        // What an older `start_date` would do is not documented.
        let since = since.max(now - LIST_MEMORY);
        let end = (now - STILL_MOVING).max(since);
        let mut read = Vec::new();
        if since < end {
            read = self.read_inbounds(since, Some(end)).await?;
        }
        read.extend(self.read_inbounds(end, None).await?);
        let unreadable = || Failure::new(FailureKind::Garbled, "an incoming text has no id or no `received_at`");
        let texts: Option<Vec<IncomingText>> = read.iter().map(convert::incoming).collect();
        let mut texts = texts.ok_or_else(unreadable)?;
        texts.sort_by(|one, other| (one.received_at, &one.id).cmp(&(other.received_at, &other.id)));
        texts.dedup_by(|one, other| one.id == other.id);
        Ok(texts)
    }

    async fn read_inbounds(&self, start: Instant, end: Option<Instant>) -> Result<Vec<wire::Inbound>, Failure> {
        let mut attempt = 1;
        loop {
            let message = match self.read_inbounds_once(start, end).await? {
                Ok(texts) => return Ok(texts),
                Err(Broken::Moved) if attempt < LIST_ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                Err(Broken::Moved) => format!("the incoming texts changed while they were read, {attempt} times"),
                Err(Broken::Endless) => "the list of incoming texts does not end".to_owned(),
                Err(Broken::Nameless) => "the list of incoming texts has no count, or a text without an id".to_owned(),
            };
            return Err(Failure::new(FailureKind::Garbled, message));
        }
    }

    async fn read_inbounds_once(
        &self,
        start: Instant,
        end: Option<Instant>,
    ) -> Result<Result<Vec<wire::Inbound>, Broken>, Failure> {
        let path = self.plan_path("inbounds");
        let mut paging = if end.is_some() {
            Paging::new()
        } else {
            Paging::of_what_is_new()
        };
        loop {
            let mut query = vec![
                ("page", paging.page().to_string()),
                ("page_size", paging.size().to_string()),
                ("start_date", convert::time(start)),
            ];
            query.extend(end.map(|end| ("end_date", convert::time(end))));
            let page: wire::Inbounds = self.http().get(&path, &query).await?.json()?;
            let count = page.count.and_then(|count| count.count());
            match paging.take(page.inbounds, count) {
                Ok(Turn::More) => {}
                Ok(Turn::Complete) => return Ok(Ok(paging.into_items())),
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }

    /// A group's members: one answer, not paged.
    pub(super) async fn read_members(&self, group: &str) -> Result<NumberSet, Failure> {
        let group = BatchId(group.to_owned());
        let id = check::segment(&group)?;
        let path = format!("{}/members", self.plan_path(&format!("groups/{id}")));
        let members: Vec<JsonScalar> = self.http().get(&path, &[]).await?.json()?;
        let numbers: Option<Vec<_>> = members.iter().map(convert::number).collect();
        let unreadable = || Failure::new(FailureKind::Garbled, "a member of the group cannot be read as a number");
        numbers.map(NumberSet::new).ok_or_else(unreadable)
    }

    /// What became of every message of a batch, by its full delivery report. Sinch shows no cost.
    pub(super) async fn read_results(&self, id: &BatchId) -> Result<Vec<MessageResult>, Failure> {
        let path = format!("{}/delivery_report", self.path(id)?);
        let answer = self.http().get(&path, &[("type", "full".to_owned())]).await?;
        let report: wire::Report = answer.json()?;
        convert::results(&report).ok_or_else(|| answer.garbled("with a report that cannot be read"))
    }
}

impl Identified for wire::Inbound {
    fn id(&self) -> Option<String> {
        self.id.text()
    }
}
