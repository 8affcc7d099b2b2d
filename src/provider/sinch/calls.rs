//! The calls of Sinch's API, and what each answer means.

use std::sync::{Arc, Mutex};

use crate::model::{
    Api, BatchId, ExistingBatch, Instant, Msisdn, NumberSet, Proof, ProviderName, Reference, ReportedState,
};

use super::super::http::{Client, Write};
use super::super::{
    Account, AccountSettings, BatchProgress, Canceled, CompleteList, Connection, Created, DryRun, Failure, FailureKind,
    Glance, InPlace, IncomingText, InvalidConnection, MessageResult, NewBatch, Provider, ReadError, check,
};
use super::paging::PAGE_SIZE;
use super::seen::Seen;
use super::settled::SettledList;
use super::{convert, wire};
use crate::profile::sinch::MOST_RECIPIENTS;

/// A Sinch service plan.
pub struct Sinch {
    connection: Connection,
    batches: String,
    http: Client,
    pub(super) seen: Mutex<Seen>,
    pub(super) settled: Mutex<Option<Arc<SettledList>>>,
}

impl Sinch {
    /// Opens no connection yet.
    pub fn new(connection: Connection) -> Result<Self, InvalidConnection> {
        let plan = connection.service_plan_id.as_deref().unwrap_or_default().trim();
        let is_plain = (1..=128).contains(&plan.len())
            && plan
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_plain {
            return Err(InvalidConnection::ServicePlan);
        }
        Ok(Self {
            batches: format!("/xms/v1/{plan}/batches"),
            http: Client::new(&connection)?,
            seen: Mutex::default(),
            settled: Mutex::default(),
            connection,
        })
    }

    fn read_error(&self, failure: Failure) -> ReadError {
        ReadError {
            provider: self.connection.name.clone(),
            failure,
        }
    }

    /// The time by our clock.
    pub(super) fn now(&self) -> Instant {
        self.connection.clock.now()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The path of the list.
    pub(super) fn batches(&self) -> &str {
        &self.batches
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    /// A path of the service plan besides its batches.
    pub(super) fn plan_path(&self, rest: &str) -> String {
        let plan = self.batches.strip_suffix("batches").unwrap_or(&self.batches);
        format!("{plan}{rest}")
    }

    pub(super) fn path(&self, id: &BatchId) -> Result<String, Failure> {
        check::segment(id).map(|id| format!("{}/{id}", self.batches))
    }

    async fn single(&self, id: &BatchId) -> Result<Option<wire::Batch>, Failure> {
        let path = self.path(id)?;
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

    async fn report(&self, id: &BatchId) -> Result<Option<wire::Report>, Failure> {
        let path = format!("{}/delivery_report", self.path(id)?);
        let answer = self.http.find(&path, &[("type", "summary".to_owned())]).await?;
        answer.map(|answer| answer.json()).transpose()
    }

    /// A report that cannot be read proves nothing.
    async fn proof(&self, id: &BatchId) -> Proof {
        match self.report(id).await {
            Ok(Some(report)) => convert::proof(&report),
            Ok(None) => Proof::Doubt,
            Err(failure) => {
                tracing::debug!(%failure, "no proof of silence");
                Proof::Doubt
            }
        }
    }
}

impl Provider for Sinch {
    fn name(&self) -> &ProviderName {
        &self.connection.name
    }

    fn api(&self) -> Api {
        Api::Sinch
    }

    fn is_sandbox(&self) -> bool {
        self.connection.is_sandbox
    }

    fn settings(&self) -> AccountSettings {
        AccountSettings {
            max_recipients_per_batch: self.connection.max_recipients_per_batch.min(MOST_RECIPIENTS),
            list_lag: self.connection.list_lag,
            requests_in_flight: self.connection.requests_in_flight,
            spacing: self.http.spacing(),
        }
    }

    async fn list(&self) -> Result<CompleteList, ReadError> {
        let read = self.read_all().await;
        read.map(|batches| CompleteList { batches })
            .map_err(|failure| self.read_error(failure))
    }

    async fn list_on(&self) -> Result<CompleteList, ReadError> {
        let read = self.read_on().await;
        read.map(|batches| CompleteList { batches })
            .map_err(|failure| self.read_error(failure))
    }

    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        let read = async { self.convert(&self.read_newest().await?) };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn glance(&self, page: u64) -> Result<Glance, ReadError> {
        let start_date = self.start_date();
        let read = async |page: u64, pieces: u64| {
            let query = [
                ("page", page.to_string()),
                ("page_size", (PAGE_SIZE / pieces).to_string()),
                ("start_date", start_date.clone()),
            ];
            let page: wire::LoosePage = self.http.get(&self.batches, &query).await?.json()?;
            Ok(page.batches)
        };
        let convert = |batch: &wire::Batch| convert::existing(batch, &self.connection.name, self.connection.is_sandbox);
        (super::super::glance::glance(page, read, convert).await).map_err(|failure| self.read_error(failure))
    }

    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError> {
        let read = async {
            let Some(batch) = self.single(id).await? else {
                return Ok(None);
            };
            let Some(existing) = self.convert(std::slice::from_ref(&batch))?.pop() else {
                return Ok(None);
            };
            let proof = match existing.state {
                ReportedState::Canceled => self.proof(id).await,
                ReportedState::Planned | ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
                    Proof::NotRead
                }
            };
            Ok(Some(ExistingBatch { proof, ..existing }))
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn recipients(&self, id: &BatchId) -> Result<NumberSet, ReadError> {
        let read = async {
            let gone = || Failure::new(FailureKind::Refused, "the batch is gone");
            let unreadable = || Failure::new(FailureKind::Garbled, "the recipients of a batch cannot be read");
            let batch = self.single(id).await?.ok_or_else(gone)?;
            convert::people(&batch).map(NumberSet::new).ok_or_else(unreadable)
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn create(&self, batch: &NewBatch) -> Created {
        let created = self.post(batch).await;
        if let Created::Done(id) | Created::OtherReference(id) | Created::OtherPeople(id, _) = &created {
            self.seen().made(id);
        }
        created
    }

    async fn cancel(&self, id: &BatchId) -> Canceled {
        self.delete(id).await
    }

    async fn replace(&self, id: &BatchId, batch: &NewBatch) -> InPlace {
        self.put(id, batch).await
    }

    async fn remove_recipients(&self, id: &BatchId, people: &[Msisdn], reference: &Reference) -> InPlace {
        self.remove(id, people, reference).await
    }

    async fn dry_run(&self, batch: &NewBatch) -> Result<DryRun, ReadError> {
        self.trial(batch).await.map_err(|failure| self.read_error(failure))
    }

    async fn progress(&self, id: &BatchId) -> Result<BatchProgress, ReadError> {
        let read = async {
            let gone = || Failure::new(FailureKind::Refused, "the batch is gone");
            let unreadable = || Failure::new(FailureKind::Garbled, "a delivery report cannot be read");
            let batch = self.single(id).await?.ok_or_else(gone)?;
            let report = self.report(id).await?;
            convert::progress(report.as_ref(), &batch).ok_or_else(unreadable)
        };
        read.await.map_err(|failure| self.read_error(failure))
    }

    async fn feedback(&self, id: &BatchId, people: &[Msisdn]) -> Result<(), Failure> {
        if people.is_empty() {
            let message = "feedback for nobody is not sent: Sinch would take it for everybody";
            return Err(Failure::new(FailureKind::Refused, message));
        }
        let path = format!("{}/delivery_feedback", self.path(id)?);
        let body = wire::Feedback {
            recipients: convert::digits(people),
        };
        match self.http.write(Write::Post, &path, &[], Some(&body)).await {
            Ok(answer) if answer.is_success() => Ok(()),
            Ok(answer) => Err(self.http.write_failure(&answer, &[])),
            Err(lost) => Err(lost.failure),
        }
    }

    async fn incoming(&self, since: Instant) -> Result<Vec<IncomingText>, ReadError> {
        self.read_incoming(since)
            .await
            .map_err(|failure| self.read_error(failure))
    }

    async fn members(&self, group: &str) -> Result<NumberSet, ReadError> {
        self.read_members(group)
            .await
            .map_err(|failure| self.read_error(failure))
    }

    async fn results(&self, id: &BatchId) -> Result<Vec<MessageResult>, ReadError> {
        self.read_results(id).await.map_err(|failure| self.read_error(failure))
    }

    /// Sinch documents nothing of the kind for a service plan.
    async fn account(&self) -> Result<Account, ReadError> {
        Ok(Account::default())
    }

    fn last_date(&self) -> Option<Instant> {
        self.http.last_date()
    }
}
