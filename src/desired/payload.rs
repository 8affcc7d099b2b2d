//! Texts and people of a batch, made again from the rows that were counted, and checked against its fingerprint: what is
//! sent is what the plan showed, even if a file has changed in between.

use super::aggregate::Aggregate;
use super::desired::Settings;
use super::occurrences::When;
use super::totals::Totals;
use crate::campaign::Variant;
use crate::model::{Api, NumberSet, OccurrenceKey, Payload, Reference, Windows};

/// How a campaign's texts are made, and when it fires.
pub struct CampaignPayloads {
    /// Counts, and the way to the rows.
    pub aggregate: Aggregate,
    /// Its times.
    pub when: When,
    /// What people are split among.
    pub variants: Vec<Variant>,
    /// Whether the project's holdout concerns it.
    pub has_holdout: bool,
}

/// Why a batch's payload cannot be made as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The files no longer want this occurrence.
    #[error("the texts of `{0}` are not at hand")]
    NotDesired(Reference),
    /// A row can no longer be read or rendered.
    #[error("{0}")]
    Unreadable(String),
    /// The fingerprint of what the rows say now is another.
    #[error("the recipients or texts have changed since the plan was made")]
    Changed,
}

impl CampaignPayloads {
    /// The place of an occurrence among the occasions that were aggregated.
    pub fn occasion(&self, key: OccurrenceKey) -> Option<usize> {
        self.when.firings.iter().position(|firing| firing.key == key)
    }

    /// The payload of the batch that the plan called `reference`, for the windows it declared, without the people whom the
    /// plan left out.
    pub fn payload(
        &self,
        reference: &Reference,
        (settings, api): (&Settings, Api),
        declared: &Windows,
        messages_ucs2: u64,
        left_out: &NumberSet,
    ) -> Result<Payload, PayloadError> {
        let slot = &reference.slot;
        let occasion = (self.occasion(slot.occurrence)).ok_or_else(|| PayloadError::NotDesired(reference.clone()))?;
        let (payload, digest) = (self.aggregate.payload(occasion, slot.group, slot.part, left_out))
            .map_err(|fault| PayloadError::Unreadable(fault.message))?;
        let totals = Totals {
            messages_ucs2,
            digest,
            ..Totals::default()
        };
        if settings.fingerprint(api, &totals, declared) != reference.fingerprint {
            return Err(PayloadError::Changed);
        }
        Ok(payload)
    }
}
