//! The calls of iP.1's API, and what each answer means.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;

use crate::model::{Api, BatchId, ExistingBatch, Instant, Money, Msisdn, NumberSet, ProviderName, Reference};

use super::super::http::{Answer, Client, Echoed, Write};
use super::super::{
    Account, BatchProgress, Canceled, Capabilities, CompleteList, Connection, Created, DryRun, Failure, FailureKind,
    Glance, InPlace, IncomingText, InvalidConnection, ListStore, MessageResult, NewBatch, Provider, ReadError, check,
};
use super::kept::{Item, KeptPages, Resumed};
use super::paging::{Broken, Identified, LIMIT, Paging, Turn, next_start};
use super::{convert, wire};

pub(super) const BATCHES: &str = "/v2/batches";
/// With these answers a request is certainly not carried out (`docs/design.md` section 5; the vendor's table of status
/// codes). 409 is not among them: "already exists" may mean that our own lost request arrived.
pub const NOT_CARRIED_OUT: [u16; 5] = [400, 401, 403, 404, 405];
/// A list that moved while it was read is read again this often in all.
const LIST_ATTEMPTS: u32 = 3;

/// An iP.1 account.
pub struct Ip1 {
    connection: Connection,
    http: Client,
    remembered: Mutex<Remembered>,
}

/// What is known of the list from before.
#[derive(Default)]
struct Remembered {
    store: Option<Box<dyn ListStore>>,
    was_asked: bool,
    kept: Option<KeptPages>,
    /// `kept` is what this run has read.
    is_of_this_run: bool,
}

impl Ip1 {
    /// Opens no connection yet.
    pub fn new(connection: Connection) -> Result<Self, InvalidConnection> {
        let http = Client::new(&connection)?;
        Ok(Self {
            connection,
            http,
            remembered: Mutex::default(),
        })
    }

    /// Remembers the list there from now on.
    pub fn remember_in(&mut self, store: Box<dyn ListStore>) {
        self.remembered().store = Some(store);
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an earlier reading left, by this run or another one. A sandbox's list is at hand, and its clock is set at
    /// will.
    fn recall(&self) -> Option<KeptPages> {
        let mut remembered = self.remembered();
        if !remembered.was_asked {
            remembered.was_asked = true;
            let text = remembered.store.as_ref().and_then(|store| store.read());
            remembered.kept = text.and_then(|text| KeptPages::parse(&text));
        }
        remembered.kept.clone().filter(|_| !self.connection.is_sandbox)
    }

    /// Remembers a list that was proved complete, read since `began` by the provider's clock.
    fn remember(&self, batches: &[ExistingBatch], began: Option<Instant>, before: Option<&KeptPages>) {
        let (Some(began), Some(ended)) = (began, self.http.last_date()) else {
            return;
        };
        let kept = KeptPages::of(batches, began..ended, before);
        let mut remembered = self.remembered();
        if let (Some(store), Some(text)) = (&remembered.store, kept.to_text()) {
            store.write(&text);
        }
        (remembered.kept, remembered.is_of_this_run) = (Some(kept), true);
    }

    /// Reads on from what is remembered; `None` where that is in doubt.
    async fn read_on(&self, kept: KeptPages) -> Result<Option<Vec<ExistingBatch>>, Failure> {
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
                .http
                .get(BATCHES, &page(resumed.start(), resumed.limit(), "ASC"))
                .await?;
            began = began.or(self.http.last_date());
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
        let Some((kept, items)) = resumed.into_items(&self.connection.name, self.connection.is_sandbox) else {
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
        let (header, host) = answer.link.as_deref().zip(self.http.host())?;
        next_start(header, host)
    }

    fn read_error(&self, failure: Failure) -> ReadError {
        ReadError {
            provider: self.connection.name.clone(),
            failure,
        }
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
                .http
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

    /// Batches in the words of `model`, numbered in the order given.
    fn convert(&self, batches: &[wire::Batch]) -> Result<Vec<ExistingBatch>, Failure> {
        batches
            .iter()
            .zip(0_u64..)
            .map(|(batch, position)| {
                let existing = convert::existing(batch, &self.connection.name, self.connection.is_sandbox);
                existing
                    .map(|existing| ExistingBatch { position, ..existing })
                    .ok_or_else(|| {
                        Failure::new(FailureKind::Garbled, format!("`GET {BATCHES}`: a batch without an id"))
                    })
            })
            .collect()
    }

    async fn single(&self, id: &BatchId) -> Result<Option<wire::Batch>, Failure> {
        let path = batch_path(id)?;
        match self.http.find(&path, &[]).await? {
            None => Ok(None),
            Some(answer) => {
                let batch: wire::Batch = answer.json()?;
                if batch.id.text().as_ref() == Some(&id.0) {
                    Ok(Some(batch))
                } else {
                    Err(answer.garbled("with another batch"))
                }
            }
        }
    }

    async fn people(&self, id: &BatchId) -> Result<NumberSet, Failure> {
        let path = messages_path(id)?;
        let messages: Vec<wire::Message> = self.read_all(&path).await?;
        let numbers: Option<Vec<Msisdn>> = messages
            .iter()
            .map(|message| convert::number(message.recipient.as_ref()?))
            .collect();
        // A batch has people: none at all means that its messages are not there yet, not that nobody is in it.
        numbers
            .filter(|numbers| !numbers.is_empty())
            .map(NumberSet::new)
            .ok_or_else(|| {
                Failure::new(
                    FailureKind::Garbled,
                    format!("`GET {path}`: its recipients cannot be read"),
                )
            })
    }

    async fn post(&self, batch: &NewBatch) -> Created {
        if let Err(failure) = check::batch(batch, &self.capabilities(), self.connection.clock.now()) {
            return Created::NotSent(failure);
        }
        let Some(body) = convert::new_batch(batch) else {
            return Created::NotSent(check::refused(
                batch,
                "its data coding or priority is not one of iP.1's",
            ));
        };
        let private = check::private(&batch.payload);
        let written = self
            .http
            .change(Write::Post, BATCHES, Some(&body), &NOT_CARRIED_OUT, &private)
            .await;
        written.created(|answer| echoed(answer, &batch.reference))
    }

    async fn delete(&self, id: &BatchId) -> Canceled {
        let path = match batch_path(id) {
            Ok(path) => path,
            Err(failure) => return Canceled::NotSent(failure),
        };
        let written = self
            .http
            .change(Write::Delete, &path, None::<&()>, &NOT_CARRIED_OUT, &[])
            .await;
        written.canceled()
    }

    /// The account's own ID; none where it may not be read, or not now: then the address is all that names the account.
    pub async fn account_id(&self) -> Option<String> {
        let account: wire::Account = self.http.get("/api/me/account", &[]).await.ok()?.json().ok()?;
        account.id?.text()
    }

    async fn balance(&self) -> Result<Option<Money>, Failure> {
        let account: wire::Account = self.http.get("/api/me/account", &[]).await?.json()?;
        Ok(convert::money(account.balance.as_ref(), account.currency.as_ref()))
    }
}

impl Provider for Ip1 {
    fn name(&self) -> &ProviderName {
        &self.connection.name
    }

    fn api(&self) -> Api {
        Api::Ip1
    }

    fn is_sandbox(&self) -> bool {
        self.connection.is_sandbox
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_recipients_per_batch: self.connection.max_recipients_per_batch,
            max_windows: None,
            max_window_span: None,
            max_horizon: None,
            list_memory: None,
            replaces_in_place: false,
            removes_in_place: false,
            repairs_drift: false,
            keeps_tags: true,
            silence_may_be_unprovable: true,
            has_dry_run: false,
            list_lag: self.connection.list_lag,
            unknown_hold: self.connection.unknown_hold,
            requests_in_flight: self.connection.requests_in_flight,
            spacing: self.http.spacing(),
            lists_people: false,
        }
    }

    async fn list(&self) -> Result<CompleteList, ReadError> {
        let read = self.read_all(BATCHES).await;
        read.and_then(|batches| self.convert(&batches))
            .map(|batches| CompleteList { batches })
            .map_err(|failure| self.read_error(failure))
    }

    async fn list_on(&self) -> Result<CompleteList, ReadError> {
        let read = async {
            let kept = self.recall();
            if let Some(kept) = kept.clone()
                && let Some(batches) = self.read_on(kept).await?
            {
                return Ok(CompleteList { batches });
            }
            // Before the first page: an older instant doubts more.
            let began = self.http.last_date();
            let batches = self.convert(&self.read_all(BATCHES).await?)?;
            self.remember(&batches, began, kept.as_ref());
            Ok(CompleteList { batches })
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        let read = async {
            let mut batches: Vec<wire::Batch> = self.http.get(BATCHES, &page(0, LIMIT, "DESC")).await?.json()?;
            batches.reverse();
            self.convert(&batches)
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn glance(&self, page: u64) -> Result<Glance, ReadError> {
        let read = async |page: u64, pieces: u64| {
            let limit = LIMIT / pieces;
            let query = [
                ("start", (page * limit).to_string()),
                ("limit", limit.to_string()),
                ("order", "DESC".to_owned()),
            ];
            self.http.get(BATCHES, &query).await?.json()
        };
        let convert = |batch: &wire::Batch| {
            let existing = convert::existing(batch, &self.connection.name, self.connection.is_sandbox)?;
            Some(ExistingBatch {
                proof: convert::proof(batch),
                ..existing
            })
        };
        (super::super::glance::glance(page, read, convert).await).map_err(|failure| self.read_error(failure))
    }

    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError> {
        let read = async {
            let Some(batch) = self.single(id).await? else {
                return Ok(None);
            };
            let proof = convert::proof(&batch);
            let existing = self.convert(std::slice::from_ref(&batch))?.pop();
            Ok(existing.map(|existing| ExistingBatch { proof, ..existing }))
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn recipients(&self, id: &BatchId) -> Result<NumberSet, ReadError> {
        self.people(id).await.map_err(|failure| self.read_error(failure))
    }

    async fn create(&self, batch: &NewBatch) -> Created {
        self.post(batch).await
    }

    async fn cancel(&self, id: &BatchId) -> Canceled {
        self.delete(id).await
    }

    async fn replace(&self, _id: &BatchId, _batch: &NewBatch) -> InPlace {
        InPlace::NotSent(unsupported("change in place"))
    }

    async fn remove_recipients(&self, _id: &BatchId, _people: &[Msisdn], _reference: &Reference) -> InPlace {
        InPlace::NotSent(unsupported("change in place"))
    }

    async fn dry_run(&self, _batch: &NewBatch) -> Result<DryRun, ReadError> {
        Err(self.read_error(unsupported("dry run")))
    }

    async fn progress(&self, id: &BatchId) -> Result<BatchProgress, ReadError> {
        let read = async {
            let batch = self.single(id).await?;
            let gone = || Failure::new(FailureKind::Refused, "the batch is gone");
            let unreadable = || Failure::new(FailureKind::Garbled, "the summary of its messages cannot be read");
            convert::progress(&batch.ok_or_else(gone)?).ok_or_else(unreadable)
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn feedback(&self, _id: &BatchId, _people: &[Msisdn]) -> Result<(), Failure> {
        Err(unsupported("delivery feedback"))
    }

    async fn account(&self) -> Result<Account, ReadError> {
        let read = async {
            let senders = permitted(self.read_all::<wire::Sender>("/v2/me/senders").await)?;
            let balance = permitted(self.balance().await)?.flatten();
            Ok(Account {
                senders: senders.map(|list| list.iter().filter_map(|sender| convert::sender(&sender.0)).collect()),
                balance,
            })
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn blacklist(&self) -> Result<NumberSet, ReadError> {
        self.read_blacklist().await.map_err(|failure| self.read_error(failure))
    }

    async fn incoming(&self, since: Instant) -> Result<Vec<IncomingText>, ReadError> {
        self.read_incoming(since)
            .await
            .map_err(|failure| self.read_error(failure))
    }

    async fn results(&self, id: &BatchId) -> Result<Vec<MessageResult>, ReadError> {
        self.read_results(id).await.map_err(|failure| self.read_error(failure))
    }

    fn last_date(&self) -> Option<Instant> {
        self.http.last_date()
    }
}

fn page(start: u64, limit: u64, order: &str) -> [(&'static str, String); 3] {
    [
        ("start", start.to_string()),
        ("limit", limit.to_string()),
        ("order", order.to_owned()),
    ]
}

fn batch_path(id: &BatchId) -> Result<String, Failure> {
    check::segment(id).map(|id| format!("{BATCHES}/{id}"))
}

pub(super) fn messages_path(id: &BatchId) -> Result<String, Failure> {
    batch_path(id).map(|path| format!("{path}/messages"))
}

/// The id in a successful answer, and whether it repeats our own reference; its status among them is not documented.
fn echoed(answer: &Answer, reference: &Reference) -> Result<Echoed, Failure> {
    let echo: wire::Echo = answer.json()?;
    let text = echo.reference.and_then(|text| text.text());
    match echo.id.and_then(|id| id.text()) {
        Some(id) => Ok(Echoed {
            id: BatchId(id),
            is_kept: text == Some(reference.to_string()),
            // iP.1 shows nobody in its answers: its messages are read when it matters.
            other_people: None,
        }),
        None => Err(answer.garbled("without an id")),
    }
}

/// What an account may not read, or what is not of the shape we know, is left out: it only serves warnings.
fn permitted<T>(read: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(failure) => match failure.kind {
            FailureKind::Refused | FailureKind::Garbled | FailureKind::TooLarge | FailureKind::Unsupported => Ok(None),
            FailureKind::Systemic if failure.status.is_some() => Ok(None),
            FailureKind::Systemic | FailureKind::Transient => Err(failure),
        },
    }
}

fn unsupported(what: &str) -> Failure {
    Failure::new(FailureKind::Unsupported, format!("iP.1 has no {what}"))
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
