//! What goes on the wire, decided apart from rendering and by nothing but the batch's content.
//!
//! In: the rendered messages of one batch, and the shape of their template when all share one that is plain text and
//! columns. Out: a [`Payload`] whose documented expansion (iP.1: `{key}` searched and replaced; Sinch: `${key}`) gives back
//! exactly these messages; or the messages that cannot be carried. Never: a text that the vendor might read as a
//! placeholder of ours, nor a choice that depends on the order of the messages.
//!
//! | batch | body | values |
//! |---|---|---|
//! | everybody gets the same text | the text | none: a plain list of recipients |
//! | one template of text and columns | its text with `{v1}` `{v2}` ... | the cells |
//! | anything else | `{m1}`, at Sinch `${m1}${m2}...` as far as the longest message needs | whole messages, cut into 160 at Sinch |
//!
//! Fingerprints do not cover this choice, but batches are compared by their visible body too: the vectors in the tests
//! are committed, and a release that moved them would replace everybody's planned batches at Sinch.

mod limits;
mod shape;
#[cfg(test)]
mod tests;

pub use limits::{WireFault, wire_fault};
pub use shape::Shape;

use crate::model::{Api, Msisdn, Payload, PayloadRecipients};
use crate::profile::Profile;

/// One rendered message of a batch.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The number that it goes to.
    pub recipient: Msisdn,
    /// The text, transliterated.
    pub body: String,
    /// The cells of the template, in the order of [`Shape`]; empty when it has no shape.
    pub values: Vec<String>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({:?}, {} bytes)", self.recipient, self.body.len())
    }
}

/// A message that cannot be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its position in the batch as given.
    pub index: usize,
    /// What the provider could not carry.
    pub fault: WireFault,
}

/// Decides how a batch travels. `shape`: when all messages come from one template of text and columns.
pub fn payload(api: Api, shape: Option<&Shape>, messages: &[Message]) -> Result<Payload, Vec<Refused>> {
    let first = messages.first().map_or("", |message| message.body.as_str());
    let same = messages.iter().all(|message| message.body == first);
    let refused: Vec<Refused> = messages
        .iter()
        .enumerate()
        .filter_map(|(index, message)| {
            let fault = wire_fault(api, !same, &message.body)?;
            Some(Refused { index, fault })
        })
        .collect();
    if !refused.is_empty() {
        return Err(refused);
    }
    if same {
        return Ok(Payload {
            body: first.to_owned(),
            recipients: PayloadRecipients::Plain(messages.iter().map(|message| message.recipient).collect()),
        });
    }
    Ok(shape
        .and_then(|shape| compact(api, shape, messages))
        .unwrap_or_else(|| whole(api, messages)))
}

/// The template with the provider's placeholders, when every message is exactly that template filled in.
fn compact(api: Api, shape: &Shape, messages: &[Message]) -> Option<Payload> {
    let profile = Profile::of(api);
    let body = shape.body(api)?;
    if limits::units(&body) > profile.longest_body {
        return None;
    }
    let fits = |message: &Message| {
        shape.fills(&message.values, &message.body)
            && profile
                .longest_value
                .is_none_or(|longest| message.values.iter().all(|value| limits::units(value) <= longest))
    };
    if !messages.iter().all(fits) {
        return None;
    }
    let personalized = messages.iter().map(|message| {
        let values = (1..).map(shape::value_key).zip(message.values.iter().cloned());
        (message.recipient, values.collect())
    });
    Some(Payload {
        body,
        recipients: PayloadRecipients::Personalized(personalized.collect()),
    })
}

/// Placeholders alone, whole messages as their values.
fn whole(api: Api, messages: &[Message]) -> Payload {
    let profile = Profile::of(api);
    let room = profile.longest_value.unwrap_or(usize::MAX);
    let cut: Vec<Vec<&str>> = messages
        .iter()
        .map(|message| limits::cut(&message.body, room))
        .collect();
    let most = cut.iter().map(Vec::len).max().unwrap_or(0);
    let keys: Vec<String> = (1..=most).map(shape::message_key).collect();
    let body = keys.iter().map(|key| profile.placeholder(key)).collect();
    let personalized = messages.iter().zip(&cut).map(|(message, pieces)| {
        // A shorter message has empty pieces at its end: every placeholder is defined for everybody.
        let pieces = pieces.iter().copied().chain(std::iter::repeat(""));
        let values = keys.iter().cloned().zip(pieces.map(str::to_owned));
        (message.recipient, values.collect())
    });
    Payload {
        body,
        recipients: PayloadRecipients::Personalized(personalized.collect()),
    }
}
