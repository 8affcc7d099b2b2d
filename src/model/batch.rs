//! What a provider holds, in types that both providers share. `provider` fills these; `plan` judges them.

use std::sync::Arc;

use super::transport::{Api, Datacoding, MessageType};
use super::{Instant, NumberSet, ProviderName, Reference, Window};

/// A provider's own name for a batch: opaque.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub String);

impl std::fmt::Display for BatchId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// What the provider says of a batch, before any clock is looked at.
///
/// iP.1: its batch status. Sinch has none: `Canceled` when `canceled` is true, else `Planned` (`plan` compares
/// `send_at` with the clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportedState {
    /// iP.1 101; Sinch: not canceled.
    Planned,
    /// iP.1 111.
    Ongoing,
    /// iP.1 112.
    Sent,
    /// iP.1 203; Sinch `canceled: true`.
    Canceled,
    /// A code that the documents do not name: counts as begun.
    Unknown(i64),
}

/// Whether it is proved that no message of a canceled batch left; of a planned one, whether it could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// Nobody asked.
    NotRead,
    /// iP.1: `messageSummary` shows only 203; Sinch: the delivery report is empty or only Cancelled.
    NothingLeft,
    /// A message left, or the answer leaves doubt, or could not be read.
    Doubt,
    /// Of a planned batch: a read shows its messages, and none beyond planning, so silence could be proved after a
    /// cancel.
    Provable,
    /// Of a planned batch: it shows no messages, or others, so a cancel could not be proved silent.
    Unprovable,
}

/// The people of an existing batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// Nobody asked.
    NotRead,
    /// Read completely.
    Read(Arc<NumberSet>),
    /// Asked, and not readable: everybody who may be in it counts as in it.
    Unreadable,
}

/// How many messages an existing batch has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headcount {
    /// Nobody asked, and the list does not say.
    NotRead,
    /// The provider's count.
    Told(u64),
    /// Asked, and not answered.
    Untold,
}

/// The settings of an existing batch that can be seen and compared. `None`: the provider does not show it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visible {
    /// As the provider spells it.
    pub sender: Option<String>,
    /// `sms` or `flash`.
    pub message_type: Option<MessageType>,
    /// iP.1 only.
    pub datacoding: Option<Datacoding>,
    /// iP.1 only.
    pub priority: Option<u8>,
    /// Where reports go.
    pub report_url: Option<String>,
    /// The text before placeholders are expanded; may hold personal data when nothing is personalized.
    pub body: Option<String>,
    /// iP.1 only.
    pub tags: Option<Vec<String>>,
}

/// A batch that a provider holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingBatch {
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// Through which API.
    pub api: Api,
    /// On an emulator of our own: counts only for campaigns on the sandbox.
    pub sandbox: bool,
    /// The provider's name for it.
    pub id: BatchId,
    /// As stored; `None` when the provider has none.
    pub reference_text: Option<String>,
    /// Parsed, whatever its namespace; `None` is foreign.
    pub reference: Option<Reference>,
    /// Position in the provider's list, oldest first.
    pub position: u64,
    /// Sinch only.
    pub created_at: Option<Instant>,
    /// What the provider says.
    pub state: ReportedState,
    /// In order of opening; empty when the provider shows none that can be read.
    pub windows: Vec<Window>,
    /// For drift.
    pub visible: Visible,
    /// Proof of silence, when asked for.
    pub proof: Proof,
    /// Its people, when asked for.
    pub recipients: Recipients,
    /// How many messages it has.
    pub headcount: Headcount,
}

impl ExistingBatch {
    /// When its first window opens, if known.
    pub fn opens(&self) -> Option<Instant> {
        self.windows.first().map(|w| w.opens())
    }

    /// When its last window closes, if known.
    pub fn closes(&self) -> Option<Instant> {
        self.windows.last().map(|w| w.closes())
    }
}
