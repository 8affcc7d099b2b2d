//! The calls of iP.1's API, and what each answer means.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{Api, BatchId, ExistingBatch, Instant, Money, Msisdn, NumberSet, ProviderName, Reference};

use super::super::http::Client;
use super::super::{
    Account, AccountSettings, BatchProgress, Canceled, CompleteList, Connection, Created, DryRun, Failure, FailureKind,
    Glance, InPlace, IncomingText, InvalidConnection, ListStore, MessageResult, NewBatch, Provider, ReadError, check,
};
use super::paging::LIMIT;
use super::remembered::Remembered;
use super::{convert, wire};

pub(super) const BATCHES: &str = "/v2/batches";
/// An iP.1 account.
pub struct Ip1 {
    connection: Connection,
    http: Client,
    remembered: Mutex<Remembered>,
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

    pub(super) fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by our clock.
    pub(super) fn now(&self) -> Instant {
        self.connection.clock.now()
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    fn read_error(&self, failure: Failure) -> ReadError {
        ReadError {
            provider: self.connection.name.clone(),
            failure,
        }
    }

    /// Batches in the words of `model`, numbered in the order given.
    pub(super) fn convert(&self, batches: &[wire::Batch]) -> Result<Vec<ExistingBatch>, Failure> {
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

    fn settings(&self) -> AccountSettings {
        AccountSettings {
            max_recipients_per_batch: self.connection.max_recipients_per_batch,
            list_lag: self.connection.list_lag,
            requests_in_flight: self.connection.requests_in_flight,
            spacing: self.http.spacing(),
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
            // A sandbox's list is at hand, and its clock is set at will.
            let kept = self.remembered().recall().filter(|_| !self.connection.is_sandbox);
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

pub(super) fn page(start: u64, limit: u64, order: &str) -> [(&'static str, String); 3] {
    [
        ("start", start.to_string()),
        ("limit", limit.to_string()),
        ("order", order.to_owned()),
    ]
}

pub(super) fn batch_path(id: &BatchId) -> Result<String, Failure> {
    check::segment(id).map(|id| format!("{BATCHES}/{id}"))
}

pub(super) fn messages_path(id: &BatchId) -> Result<String, Failure> {
    batch_path(id).map(|path| format!("{path}/messages"))
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
