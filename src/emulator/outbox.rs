//! Every message that the emulator "sent": what a test compares with what a plan promised.
//!
//! Nothing leaves the machine; this list is all that happens.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::clock::Instant;

/// One message, as the handset would have got it.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// `ip1` or `sinch`.
    pub provider: &'static str,
    /// The number, digits only.
    pub recipient: String,
    /// The text with placeholders expanded.
    #[serde(serialize_with = "text")]
    pub body: Arc<str>,
    /// The batch it belonged to.
    #[serde(serialize_with = "text")]
    pub batch: Arc<str>,
    /// The batch's reference or client reference.
    #[serde(serialize_with = "optional_text")]
    pub reference: Option<Arc<str>>,
    /// What the handset shows as sender.
    #[serde(serialize_with = "text")]
    pub sender: Arc<str>,
    /// When it was sent, by the emulator's clock.
    pub instant: Instant,
    /// Billed segments.
    pub segments: usize,
}

fn text<S: Serializer>(text: &Arc<str>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(text)
}

#[expect(clippy::ref_option, reason = "serde passes the field as it is")]
fn optional_text<S: Serializer>(text: &Option<Arc<str>>, out: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(out)
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
