//! What a campaign's file alone says of its batches: settings, provider, overrides in force.

use std::path::Path;

use super::desired::{DesiredCampaign, Presence, Settings};
use crate::campaign::{Allow, Campaign, CampaignState, Category, DatacodingChoice, ProviderConfig, ZoneChoice};
use crate::model::{CampaignRef, Instant, InvalidRows, MessageType, ProviderName, Sender};
use crate::profile::{extra_text, sinch_extra};

/// The campaign without its occurrences.
pub(super) fn desired_campaign(campaign: &Campaign, config: &ProviderConfig, now: Instant) -> DesiredCampaign {
    let templates: Vec<String> = campaign
        .all_texts()
        .into_iter()
        .map(|text| text.text.text.clone())
        .collect();
    DesiredCampaign {
        reference: campaign.reference.clone(),
        file: campaign.file.clone(),
        presence: match campaign.state {
            CampaignState::Active => Presence::Active,
            CampaignState::Canceled => Presence::Tombstone,
        },
        provider: campaign.provider.clone(),
        api: config.api(),
        sandbox: config.is_sandbox(),
        category: campaign.category,
        rank: campaign.rank,
        pace: campaign.pace,
        timezone: match campaign.delivery.zone() {
            ZoneChoice::Named(name, _) => name.to_string(),
            ZoneChoice::Recipient { .. } => "recipient".to_owned(),
        },
        settings: settings_of(campaign),
        max_recipients_per_batch: config.max_recipients_per_batch,
        schedule: None,
        allow: campaign
            .allow
            .iter()
            .filter(|allow| is_in_force(allow, now))
            .cloned()
            .collect(),
        occurrences: Vec::new(),
        templates,
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: InvalidRows::default(),
        emptied_by_suppression: false,
    }
}

/// What all messages of a campaign share.
pub fn settings_of(campaign: &Campaign) -> Settings {
    Settings {
        sender: campaign.sender.clone(),
        message_type: campaign.message_type,
        datacoding: campaign.datacoding,
        priority: campaign.priority,
        report_url: campaign.delivery_report_url.clone(),
        extra: extra_text(&sinch_extra(campaign.delivery_report.as_deref(), campaign.feedback)),
        tags: campaign.tags.clone(),
    }
}

/// `until` is a date in UTC, to its end.
pub(super) fn is_in_force(allow: &Allow, now: Instant) -> bool {
    let today = now.to_string();
    allow
        .until
        .as_deref()
        .is_none_or(|until| today.get(..10).is_some_and(|today| today <= until))
}

/// A campaign of which nothing is known but its name.
pub(super) fn bare(
    reference: &CampaignRef,
    file: &Path,
    provider: &ProviderName,
    config: &ProviderConfig,
) -> Option<DesiredCampaign> {
    Some(DesiredCampaign {
        reference: reference.clone(),
        file: file.to_owned(),
        presence: Presence::Unreadable,
        provider: provider.clone(),
        api: config.api(),
        sandbox: config.is_sandbox(),
        category: Category::Marketing,
        rank: 0,
        pace: None,
        timezone: String::new(),
        settings: Settings {
            sender: Sender::parse("000").ok()?,
            message_type: MessageType::Sms,
            datacoding: DatacodingChoice::Auto,
            priority: 1,
            report_url: None,
            extra: String::new(),
            tags: Vec::new(),
        },
        max_recipients_per_batch: config.max_recipients_per_batch,
        schedule: None,
        allow: Vec::new(),
        occurrences: Vec::new(),
        templates: Vec::new(),
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: InvalidRows::default(),
        emptied_by_suppression: false,
    })
}
