//! Texts and people of operations as `apply` asks for them.

use std::collections::BTreeMap;

use crate::apply::PayloadSource;
use crate::desired::{CampaignPayloads, DesiredState, PayloadError, Settings};
use crate::model::{Api, CampaignRef, Windows};
use crate::plan::Operation;
use crate::profile::batch_extra;
use crate::provider::NewBatch;

/// The payloads of all campaigns.
pub(super) struct PlannedPayloads<'a> {
    payloads: &'a BTreeMap<CampaignRef, CampaignPayloads>,
    settings: BTreeMap<&'a CampaignRef, (&'a Settings, Api)>,
    most_segments: Option<u32>,
}

impl<'a> PlannedPayloads<'a> {
    /// From everything desired, and the most segments that the project lets a message have.
    pub(super) fn new(state: &'a DesiredState, most_segments: Option<u32>) -> Self {
        let campaigns = state.desired.campaigns.iter();
        Self {
            payloads: &state.payloads,
            settings: campaigns
                .map(|campaign| (&campaign.reference, (&campaign.settings, campaign.api)))
                .collect(),
            most_segments,
        }
    }

    fn planned(&self, operation: &Operation, windows: Windows) -> Result<NewBatch, PayloadError> {
        let campaign = &operation.reference.slot.campaign;
        let missing = || PayloadError::NotDesired(operation.reference.clone());
        let (settings, api) = *self.settings.get(campaign).ok_or_else(missing)?;
        let source = self.payloads.get(campaign).ok_or_else(missing)?;
        let content = operation.content.as_ref().ok_or_else(missing)?;
        Ok(NewBatch {
            reference: operation.reference.clone(),
            sender: settings.sender.clone(),
            payload: source.payload(
                &operation.reference,
                (settings, api),
                &content.declared,
                content.messages_ucs2,
                &content.left_out,
            )?,
            message_type: settings.message_type,
            datacoding: content.datacoding,
            priority: settings.priority,
            windows,
            report_url: settings.report_url.clone(),
            tags: settings.tags.clone(),
            extra: batch_extra(
                &settings.extra,
                api,
                self.most_segments,
                content.max_segments_per_message,
            ),
        })
    }
}

impl PayloadSource for PlannedPayloads<'_> {
    fn batch(&self, operation: &Operation, windows: Windows) -> Result<NewBatch, PayloadError> {
        self.planned(operation, windows)
    }
}
