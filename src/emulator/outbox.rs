//! Every message that the emulator "sent": what a test compares with what a plan promised.
//!
//! Nothing leaves the machine; this list is all that happens.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::clock::Instant;

/// What the messages of a batch share: kept once, for there may be millions.
#[derive(Clone, Debug, Serialize)]
pub struct Origin {
    /// `ip1` or `sinch`.
    pub provider: &'static str,
    /// The batch.
    pub batch: String,
    /// The batch's reference or client reference.
    pub reference: Option<String>,
    /// What the handset shows as sender.
    pub sender: String,
}

/// One message, as the handset would have got it.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// Where it came from.
    #[serde(flatten, serialize_with = "origin")]
    pub origin: Arc<Origin>,
    /// The number, digits only.
    #[serde(serialize_with = "text")]
    pub recipient: Arc<str>,
    /// The text with placeholders expanded.
    #[serde(serialize_with = "text")]
    pub body: Arc<str>,
    /// When it was sent, by the emulator's clock.
    pub instant: Instant,
    /// Billed segments.
    pub segments: usize,
}

fn origin<S: Serializer>(origin: &Arc<Origin>, out: S) -> Result<S::Ok, S::Error> {
    Origin::serialize(origin, out)
}

fn text<S: Serializer>(text: &Arc<str>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(text)
}

/// The messages in the order of sending.
#[derive(Debug, Default)]
pub struct Outbox {
    messages: Vec<Sent>,
}

impl Outbox {
    /// Adds a message.
    pub fn push(&mut self, message: Sent) {
        self.messages.push(message);
    }

    /// All messages, in the order of sending.
    pub fn messages(&self) -> &[Sent] {
        &self.messages
    }
}
