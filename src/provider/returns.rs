//! What comes back from people and handsets: texts that came in, and what became of each message.

use crate::model::{Instant, Money, Msisdn};

/// A text that somebody sent to one of our numbers. Its `Debug` shows neither the number nor the words.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingText {
    /// As the provider names it.
    pub id: String,
    /// Who sent it; `None` where the provider shows no number.
    pub from: Option<Msisdn>,
    /// Our number or short code.
    pub to: String,
    /// Its words; `None` for a picture or binary data.
    pub body: Option<String>,
    /// When it came in, by the provider's clock.
    pub received_at: Instant,
}

impl std::fmt::Debug for IncomingText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IncomingText({:?} at {})", self.from, self.received_at)
    }
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageResult {
    /// For whom; `None` where the provider shows no number.
    pub recipient: Option<Msisdn>,
    /// Its state.
    pub fate: MessageOutcome,
    /// The provider's code of that.
    pub code: u16,
    /// Why it failed, in plain words; empty where it did not.
    pub reason: String,
    /// Whether the number itself is why: it fails again.
    pub is_hard: bool,
    /// Billed segments, where the provider shows them.
    pub segments: Option<u64>,
    /// What it cost, where the provider shows it.
    pub cost: Option<Money>,
    /// When it was handed over, where the provider shows it.
    pub ended_at: Option<Instant>,
}

/// The state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageOutcome {
    /// Not final.
    Pending,
    /// On the handset.
    Delivered,
    /// Final and not delivered.
    Failed,
    /// Canceled before sending.
    Canceled,
}
