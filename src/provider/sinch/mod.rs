//! Sinch Batches API, XMS (`docs/providers/sinch.md`; vendor page read 2026-11-22).
//!
//! `calls` says what is asked and what an answer means (`changes` for what changes a batch), `wire` is how JSON looks, `convert`
//! turns it into the words of `model` and back, `listing` reads the list, `paging` decides when it is complete, `settled` what
//! of it must be read again. A batch has no status here, only `canceled`: whether it
//! has begun follows from `send_at` and a clock, whether anything left from its delivery report.

mod calls;
mod changes;
mod convert;
mod listing;
mod newest;
pub mod paging;
mod returns;
mod seen;
pub mod settled;
#[cfg(test)]
mod tests;
mod wire;

use crate::model::ProviderName;

use super::understood::{Understood, shaped};

pub use calls::Sinch;
pub use changes::NOT_CARRIED_OUT;

/// A body as a page of batches, a single one, or a delivery report; see [`super::answers`].
pub(super) fn understand(provider: &ProviderName, body: &[u8]) -> Understood {
    let page = shaped(body).map(|page: wire::Page| page.batches);
    let single = || shaped(body).map(|batch: wire::Batch| vec![batch]);
    let batches: Vec<wire::Batch> = page.or_else(single).unwrap_or_default();
    let report: Option<wire::Report> = shaped(body);
    let existing = batches
        .iter()
        .filter_map(|batch| convert::existing(batch, provider, false));
    let progress = batches
        .iter()
        .filter_map(|batch| convert::progress(report.as_ref(), batch));
    Understood {
        batches: existing.collect(),
        people: batches.iter().filter_map(convert::people).flatten().collect(),
        proofs: report.iter().map(convert::proof).collect(),
        progress: progress.collect(),
    }
}
