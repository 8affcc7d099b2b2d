//! Texts and people of operations, made again from the rows that a plan has counted, and checked against its fingerprint:
//! what is sent is what the plan showed, even if a file has changed in between.

use std::collections::BTreeMap;

use super::wanted::{Book, Wanted};
use crate::apply::Contents;
use crate::model::{Api, CampaignRef, Windows};
use crate::plan::{Operation, Settings, Totals};
use crate::provider::{NewBatch, batch_extra};

/// Contents of all campaigns.
pub struct Books<'a> {
    by_campaign: &'a BTreeMap<CampaignRef, Book>,
    settings: BTreeMap<&'a CampaignRef, (&'a Settings, Api)>,
    most_segments: Option<u32>,
}

impl<'a> Books<'a> {
    /// From everything wanted, and the most segments that the project lets a message have.
    pub fn new(wanted: &'a Wanted, most_segments: Option<u32>) -> Self {
        let campaigns = wanted.desired.campaigns.iter();
        Self {
            by_campaign: &wanted.books,
            settings: campaigns
                .map(|campaign| (&campaign.reference, (&campaign.settings, campaign.api)))
                .collect(),
            most_segments,
        }
    }
}

impl Contents for Books<'_> {
    fn batch(&self, operation: &Operation, windows: Windows) -> Result<NewBatch, String> {
        let slot = &operation.reference.slot;
        let missing = || format!("the texts of `{}` are not at hand", operation.reference);
        let (settings, api) = self.settings.get(&slot.campaign).ok_or_else(missing)?;
        let book = self.by_campaign.get(&slot.campaign).ok_or_else(missing)?;
        let content = operation.content.as_ref().ok_or_else(missing)?;
        let occasion = book.occasion(slot.occurrence).ok_or_else(missing)?;
        let (payload, digest) = book
            .tally
            .payload(occasion, slot.group, slot.part)
            .map_err(|fault| fault.message)?;
        let totals = Totals {
            digest,
            messages_ucs2: content.messages_ucs2,
            ..Totals::default()
        };
        if settings.fingerprint(*api, &totals, &content.declared) != operation.reference.fingerprint {
            return Err("the recipients or texts have changed since the plan was made".to_owned());
        }
        Ok(NewBatch {
            reference: operation.reference.clone(),
            sender: settings.sender.clone(),
            payload,
            message_type: settings.message_type,
            datacoding: content.datacoding,
            priority: settings.priority,
            windows,
            report_url: settings.report_url.clone(),
            tags: settings.tags.clone(),
            extra: batch_extra(
                &settings.extra,
                *api,
                self.most_segments,
                content.max_segments_per_message,
            ),
        })
    }
}
