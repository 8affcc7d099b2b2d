//! What every provider can be asked, and how it may answer. `apply` and `plan` see nothing else of a provider.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{
    Api, BatchId, Datacoding, ExistingBatch, Instant, MessageType, Money, Msisdn, NumberSet, Payload, ProviderName,
    Reference, Sender, Windows,
};

use super::returns::{IncomingText, MessageResult};
use crate::profile::Capabilities;

/// A provider account. Futures are awaited on one thread.
#[expect(async_fn_in_trait, reason = "awaited on one thread, by this crate alone")]
pub trait Provider {
    /// As `campanile.yaml` names it.
    fn name(&self) -> &ProviderName;
    /// Which API.
    fn api(&self) -> Api;
    /// Whether it is an emulator of our own.
    fn is_sandbox(&self) -> bool;
    /// What its API can do; a decision is taken by this and never by the API's name.
    fn capabilities(&self) -> &'static Capabilities {
        Capabilities::of(self.api())
    }
    /// What the account's settings say.
    fn settings(&self) -> AccountSettings;
    /// Everything it holds, read completely, oldest first, or an error: never a list that may be cut (`docs/design.md`
    /// section 4). Recipients and proofs are not read.
    async fn list(&self) -> Result<CompleteList, ReadError>;
    /// The same, where what is finished may be as an earlier reading had it, without its visible settings; a list that
    /// is doubted is read whole.
    async fn list_on(&self) -> Result<CompleteList, ReadError> {
        self.list().await
    }
    /// The newest end of the list: at least the newest page, oldest first; positions count within it. Not a complete
    /// list.
    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError>;
    /// A page of the list, counted from 0 at the newest end, as far as it can be read: for an emergency stop, which
    /// takes what it gets. Neither complete nor in any order that can be relied on.
    async fn glance(&self, page: u64) -> Result<Glance, ReadError> {
        if page > 0 {
            return Ok(Glance {
                is_empty: true,
                ..Glance::default()
            });
        }
        self.newest().await.map(|batches| Glance {
            is_empty: batches.is_empty(),
            batches,
            strange: 0,
        })
    }
    /// One batch, freshly read, with its proof of silence filled in when it is canceled; `None` when it is gone (404).
    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError>;
    /// The people of a batch, read completely (iP.1: its messages; Sinch: `to`).
    async fn recipients(&self, id: &BatchId) -> Result<NumberSet, ReadError>;
    /// Creates a batch. Sent once; never repeated here.
    async fn create(&self, batch: &NewBatch) -> Created;
    /// Cancels a batch: DELETE once, never repeated here. The caller proves silence with [`Provider::get`].
    async fn cancel(&self, id: &BatchId) -> Canceled;
    /// Puts new content into a planned batch that keeps its windows (Sinch PUT). Sent once.
    async fn replace(&self, id: &BatchId, batch: &NewBatch) -> InPlace;
    /// Takes people out of a planned batch (Sinch `to_remove`). Sent once.
    async fn remove_recipients(&self, id: &BatchId, people: &[Msisdn], reference: &Reference) -> InPlace;
    /// The provider's own opinion of a batch, without sending (Sinch).
    async fn dry_run(&self, batch: &NewBatch) -> Result<DryRun, ReadError>;
    /// Delivery progress and cost so far.
    async fn progress(&self, id: &BatchId) -> Result<BatchProgress, ReadError>;
    /// Reports confirmed deliveries (Sinch feedback); an empty list is refused before it leaves.
    async fn feedback(&self, id: &BatchId, people: &[Msisdn]) -> Result<(), Failure>;
    /// Numbers that the provider itself blocks, read whole (iP.1).
    async fn blacklist(&self) -> Result<NumberSet, ReadError> {
        Err(self.without("blacklist"))
    }
    /// Texts that came in at or after an instant, oldest first, read completely (Sinch: 14 days at most).
    async fn incoming(&self, since: Instant) -> Result<Vec<IncomingText>, ReadError> {
        let _ = since;
        Err(self.without("list of incoming texts"))
    }
    /// The members of a group (Sinch).
    async fn members(&self, group: &str) -> Result<NumberSet, ReadError> {
        let _ = group;
        Err(self.without("groups"))
    }
    /// What became of every message of a batch.
    async fn results(&self, id: &BatchId) -> Result<Vec<MessageResult>, ReadError> {
        let _ = id;
        Err(self.without("results"))
    }
    /// The error of a call that this provider does not have.
    fn without(&self, what: &str) -> ReadError {
        ReadError {
            provider: self.name().clone(),
            failure: Failure::new(FailureKind::Unsupported, format!("this provider has no {what}")),
        }
    }
    /// Registered senders and balance, as far as the account allows reading them.
    async fn account(&self) -> Result<Account, ReadError>;
    /// The provider's clock by its `Date` header in the newest answer, with our clock at that moment is the caller's.
    fn last_date(&self) -> Option<Instant>;
}

/// What an account's settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountSettings {
    /// At most this many people in a batch.
    pub max_recipients_per_batch: u32,
    /// How long a new batch may be missing from the list.
    pub list_lag: Duration,
    /// So many operations may be under way at once; 1: each waits for the one before.
    pub requests_in_flight: usize,
    /// Between two requests.
    pub spacing: Duration,
}

/// Everything a provider holds, oldest first.
#[derive(Debug, Clone, Default)]
pub struct CompleteList {
    /// All batches, ours and foreign; incoming ones (iP.1 201) are foreign.
    pub batches: Vec<ExistingBatch>,
}

/// What can be made out of a page.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// In the order of the page.
    pub batches: Vec<ExistingBatch>,
    /// Entries, or pieces of the page, that cannot be read.
    pub strange: usize,
    /// Whether the provider has nothing there: the list has ended.
    pub is_empty: bool,
}

/// Where what is remembered of an account's list outlives a run. Nothing depends on it: what is lost is read again.
pub trait ListStore: Send {
    /// What was written last of this account.
    fn read(&self) -> Option<String>;
    /// Keeps it, if it can be kept.
    fn write(&self, text: &str);
}

/// A batch to be created: all that goes on the wire.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// At most 40 characters.
    pub reference: Reference,
    /// Whom recipients see.
    pub sender: Sender,
    /// Texts and people.
    pub payload: Payload,
    /// `sms` or `flash`.
    pub message_type: MessageType,
    /// As decided by the plan.
    pub datacoding: Datacoding,
    /// 1 or 2.
    pub priority: u8,
    /// Both ends of each are always sent, in UTC.
    pub windows: Windows,
    /// Where delivery reports go.
    pub report_url: Option<String>,
    /// The provider's labels.
    pub tags: Vec<String>,
    /// Settings of one API alone (Sinch: `delivery_report`, `feedback_enabled`, `max_number_of_message_parts`).
    pub extra: BTreeMap<String, String>,
}

/// Why a read did not give a trustworthy answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: {failure}")]
pub struct ReadError {
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// What happened.
    pub failure: Failure,
}

/// What went wrong with a call, by what the caller can do next. Its text holds no number, body or token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What can be done.
    pub kind: FailureKind,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What the provider or the network said, cleaned and cut.
    pub message: String,
    /// When the provider asked to be left alone.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without an answer.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            message: message.into(),
            retry_after: None,
        }
    }
}

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// 401, 403 on a read, a DNS or TLS failure: nothing else will work either (a 403 may mean a wrong source address).
    Systemic,
    /// The provider refused this call for what it says (400, 404, 405, 415, 429 on Sinch, 403 on a write).
    Refused,
    /// 5xx, a reset, a time-out: may pass.
    Transient,
    /// An answer that is not what the documents promise; or a list that moved while it was read.
    Garbled,
    /// An answer that is larger than any we take: less of it may fit.
    TooLarge,
    /// This provider has no such operation.
    Unsupported,
}

/// What is known after a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// A 2xx with an id and our reference.
    Done(BatchId),
    /// A 2xx with an id, and with another reference than ours, or none: it is ours by its id.
    OtherReference(BatchId),
    /// A 2xx with an id and our reference, and with other people than were sent.
    OtherPeople(BatchId, OtherPeople),
    /// Certainly not sent: no byte left, or iP.1 400 401 403 404 405, Sinch the same and 415 429.
    NotSent(Failure),
    /// Anything else.
    Unknown(Failure),
}

/// How the people in an answer differ from those who were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherPeople {
    /// People whom nobody sent.
    pub added: u64,
    /// People who were sent, and are not there.
    pub missing: u64,
    /// So many were sent.
    pub sent: u64,
}

impl OtherPeople {
    /// The difference, if there is one.
    pub fn between(sent: &[Msisdn], shown: &[Msisdn]) -> Option<Self> {
        let (sent, shown): (BTreeSet<_>, BTreeSet<_>) = (sent.iter().collect(), shown.iter().collect());
        let other = Self {
            added: shown.difference(&sent).count() as u64,
            missing: sent.difference(&shown).count() as u64,
            sent: sent.len() as u64,
        };
        (other.added + other.missing > 0).then_some(other)
    }
}

/// What is known after a cancel; nothing is known about silence before it is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Canceled {
    /// DELETE was answered with success.
    Answered,
    /// Gone already (404).
    Gone,
    /// Certainly not carried out.
    NotSent(Failure),
    /// Anything else.
    Unknown(Failure),
}

/// What is known after a change in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InPlace {
    /// Answered with success.
    Done,
    /// The same, and the answer shows other people than were sent.
    OtherPeople(OtherPeople),
    /// Too late: the batch is being sent (Sinch 403 `batch_already_dispatched`).
    Dispatched(Failure),
    /// Certainly not carried out.
    NotSent(Failure),
    /// Anything else: settled by a GET, never repeated blindly.
    Unknown(Failure),
}

/// The provider's own count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DryRun {
    /// Recipients it counted.
    pub recipients: u64,
    /// Segments it counted.
    pub segments: u64,
    /// Details of a sample, in no order.
    pub sample: Vec<DryRunMessage>,
}

/// One message of a dry run. Its `Debug` is for tests only: it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct DryRunMessage {
    /// For whom.
    pub recipient: Msisdn,
    /// As the provider expands it.
    pub body: String,
    /// As the provider counts it.
    pub segments: u32,
    /// Whether it needs UCS-2 by the provider.
    pub is_unicode: bool,
}

impl std::fmt::Debug for DryRunMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DryRunMessage({:?}, {} segments)", self.recipient, self.segments)
    }
}

/// How far a batch has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchProgress {
    /// Messages by what became of them.
    pub messages: StatusCounts,
    /// What the provider reports to have charged so far.
    pub cost: Option<Money>,
    /// Messages the account could not pay for (iP.1 402; Sinch 413).
    pub unpaid: u64,
}

/// Messages by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// Not final.
    pub pending: u64,
    /// On the handset (iP.1 201 alone; Sinch Delivered).
    pub delivered: u64,
    /// Final and not delivered, cancellations apart.
    pub failed: u64,
    /// Canceled before sending.
    pub canceled: u64,
}

/// What the account says about itself; `None` where it may not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Registered senders.
    pub senders: Option<Vec<String>>,
    /// What is left, possibly negative.
    pub balance: Option<Money>,
}
