//! iP.1 SMS API v2 (`docs/providers/ip1.md`; vendor pages read 2026-11-22).
//!
//! `calls` says what is asked and what an answer means (`listing` for lists, `changes` for what changes a batch), `wire` is how JSON looks, `convert` turns it into the words of
//! `model` and back, `paging` decides when a list is complete, `kept` remembers one. Batches are immutable here: there is no change in place.

mod calls;
mod changes;
mod convert;
mod incoming;
pub mod kept;
mod listing;
pub mod paging;
mod remembered;
mod returns;
#[cfg(test)]
mod tests;
mod wire;

use crate::model::ProviderName;

use super::understood::{Understood, shaped};

pub use calls::Ip1;
pub use changes::NOT_CARRIED_OUT;
pub(super) use paging::next_start;

/// A body as a page of batches, a single one, or a page of messages; see [`super::answers`].
pub(super) fn understand(provider: &ProviderName, body: &[u8]) -> Understood {
    let single = || shaped(body).map(|batch: wire::Batch| vec![batch]);
    let batches: Vec<wire::Batch> = shaped(body).or_else(single).unwrap_or_default();
    let messages: Vec<wire::Message> = shaped(body).unwrap_or_default();
    let existing = batches
        .iter()
        .filter_map(|batch| convert::existing(batch, provider, false));
    let people = messages
        .iter()
        .filter_map(|message| convert::number(message.recipient.as_ref()?));
    Understood {
        batches: existing.collect(),
        people: people.collect(),
        proofs: batches.iter().map(convert::proof).collect(),
        progress: batches.iter().filter_map(convert::progress).collect(),
    }
}
