//! Texts that people sent to our numbers: batches of direction MO in the list of batches, and their messages (vendor's pages
//! "Read SMS" and "Receiving incoming SMS", read 2026-11-30).
//!
//! The list has no filter and a batch no time: it is read whole, and from the newest incoming batch backwards messages are
//! read until one lies before the instant asked for. How long iP.1 keeps them is not documented.

use super::super::scalar::JsonScalar;
use super::super::{Failure, FailureKind, IncomingText};
use super::calls::{BATCHES, Ip1, messages_path};
use super::paging::Identified;
use super::{convert, wire};
use crate::model::{BatchId, Instant};

impl Identified for wire::IncomingMessage {
    fn id(&self) -> Option<String> {
        self.id.text()
    }
}

impl Ip1 {
    /// Those that came in at or after an instant, oldest first.
    pub(super) async fn read_incoming(&self, since: Instant) -> Result<Vec<IncomingText>, Failure> {
        let batches: Vec<wire::Batch> = self.read_all(BATCHES).await?;
        let mut texts = Vec::new();
        for batch in batches.iter().rev().filter(|batch| convert::is_incoming(batch)) {
            let id = batch.id.text().unwrap_or_default();
            let path = messages_path(&BatchId(id))?;
            let messages: Vec<wire::IncomingMessage> = self.read_all(&path).await?;
            let mut is_older = false;
            for message in messages.iter().rev() {
                let text = text(message)
                    .ok_or_else(|| Failure::new(FailureKind::Garbled, format!("`GET {path}`: a text has no time")))?;
                if text.received_at < since {
                    is_older = true;
                } else {
                    texts.push(text);
                }
            }
            if is_older {
                break;
            }
        }
        texts.reverse();
        Ok(texts)
    }
}

fn text(message: &wire::IncomingMessage) -> Option<IncomingText> {
    let statuses: Option<Vec<wire::MessageStatus>> = message.statuses.as_ref().and_then(convert::lenient);
    let created = |status: &wire::MessageStatus| status.created.as_ref().and_then(JsonScalar::instant);
    let received = statuses.iter().flatten().filter_map(created).min();
    let modified = message.modified.as_ref().and_then(JsonScalar::instant);
    Some(IncomingText {
        id: message.id.text()?,
        from: message.sender.as_ref().and_then(convert::number),
        to: message
            .recipient
            .as_ref()
            .and_then(JsonScalar::text)
            .unwrap_or_default(),
        body: message.body.as_ref().and_then(JsonScalar::text),
        received_at: received.or(modified)?,
    })
}
