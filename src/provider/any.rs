//! Whichever adapter a project's provider needs.

use crate::model::{Api, BatchId, ExistingBatch, Instant, Msisdn, NumberSet, ProviderName, Reference};

use super::{
    Account, AccountSettings, BatchProgress, Canceled, CompleteList, Connection, Created, DryRun, Failure, Glance,
    InPlace, IncomingText, InvalidConnection, Ip1, ListStore, MessageResult, NewBatch, Provider, ReadError, Sinch,
};

/// One of the adapters.
pub enum AnyProvider {
    /// iP.1 SMS API v2.
    Ip1(Ip1),
    /// Sinch Batches (XMS).
    Sinch(Sinch),
}

impl AnyProvider {
    /// The adapter of this API. Opens no connection yet.
    pub fn new(api: Api, connection: Connection) -> Result<Self, InvalidConnection> {
        match api {
            Api::Ip1 => Ip1::new(connection).map(Self::Ip1),
            Api::Sinch => Sinch::new(connection).map(Self::Sinch),
        }
    }

    /// Remembers the account's list from now on, beyond this run too. Sinch's is read whole: what an older start of it
    /// means is not documented.
    pub fn remember_in(&mut self, store: Box<dyn ListStore>) {
        match self {
            Self::Ip1(provider) => provider.remember_in(store),
            Self::Sinch(_) => {}
        }
    }

    /// What the account calls itself, where it can be asked (iP.1). Sinch's is named by its service plan.
    pub async fn account_id(&self) -> Option<String> {
        match self {
            Self::Ip1(provider) => provider.account_id().await,
            Self::Sinch(_) => None,
        }
    }
}

macro_rules! ask {
    ($self:ident, $provider:ident => $call:expr) => {
        match $self {
            Self::Ip1($provider) => $call,
            Self::Sinch($provider) => $call,
        }
    };
}

impl Provider for AnyProvider {
    fn name(&self) -> &ProviderName {
        ask!(self, provider => provider.name())
    }

    fn api(&self) -> Api {
        ask!(self, provider => provider.api())
    }

    fn is_sandbox(&self) -> bool {
        ask!(self, provider => provider.is_sandbox())
    }

    fn settings(&self) -> AccountSettings {
        ask!(self, provider => provider.settings())
    }

    async fn list(&self) -> Result<CompleteList, ReadError> {
        ask!(self, provider => provider.list().await)
    }

    async fn list_on(&self) -> Result<CompleteList, ReadError> {
        ask!(self, provider => provider.list_on().await)
    }

    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        ask!(self, provider => provider.newest().await)
    }

    async fn glance(&self, page: u64) -> Result<Glance, ReadError> {
        ask!(self, provider => provider.glance(page).await)
    }

    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError> {
        ask!(self, provider => provider.get(id).await)
    }

    async fn recipients(&self, id: &BatchId) -> Result<NumberSet, ReadError> {
        ask!(self, provider => provider.recipients(id).await)
    }

    async fn create(&self, batch: &NewBatch) -> Created {
        ask!(self, provider => provider.create(batch).await)
    }

    async fn cancel(&self, id: &BatchId) -> Canceled {
        ask!(self, provider => provider.cancel(id).await)
    }

    async fn replace(&self, id: &BatchId, batch: &NewBatch) -> InPlace {
        ask!(self, provider => provider.replace(id, batch).await)
    }

    async fn remove_recipients(&self, id: &BatchId, people: &[Msisdn], reference: &Reference) -> InPlace {
        ask!(self, provider => provider.remove_recipients(id, people, reference).await)
    }

    async fn dry_run(&self, batch: &NewBatch) -> Result<DryRun, ReadError> {
        ask!(self, provider => provider.dry_run(batch).await)
    }

    async fn progress(&self, id: &BatchId) -> Result<BatchProgress, ReadError> {
        ask!(self, provider => provider.progress(id).await)
    }

    async fn feedback(&self, id: &BatchId, people: &[Msisdn]) -> Result<(), Failure> {
        ask!(self, provider => provider.feedback(id, people).await)
    }

    async fn blacklist(&self) -> Result<NumberSet, ReadError> {
        ask!(self, provider => provider.blacklist().await)
    }

    async fn incoming(&self, since: Instant) -> Result<Vec<IncomingText>, ReadError> {
        ask!(self, provider => provider.incoming(since).await)
    }

    async fn members(&self, group: &str) -> Result<NumberSet, ReadError> {
        ask!(self, provider => provider.members(group).await)
    }

    async fn results(&self, id: &BatchId) -> Result<Vec<MessageResult>, ReadError> {
        ask!(self, provider => provider.results(id).await)
    }

    async fn account(&self) -> Result<Account, ReadError> {
        ask!(self, provider => provider.account().await)
    }

    fn last_date(&self) -> Option<Instant> {
        ask!(self, provider => provider.last_date())
    }
}
