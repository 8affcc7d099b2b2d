//! Sentences that all outputs share.

use std::collections::BTreeSet;

use super::campaign_view::{CampaignView, SavingView, VariantView};
use super::numbers::amounts;
use super::view::{PlanView, Summary};
use crate::model::{counted, grouped};

/// Occurrences whose texts a reader wants to see: what is done, and what would be sent if it were not held.
pub(super) fn told(plan: &PlanView) -> impl Iterator<Item = &CampaignView> {
    let is_over = |reason: &str| matches!(reason, "already_sent" | "window_passed" | "sending");
    let held: BTreeSet<(&str, Option<&str>)> = (plan.held.iter())
        .filter(|held| held.action.as_deref() == Some("send") && !is_over(&held.reason))
        .map(|held| (held.campaign.as_str(), held.occurrence.as_deref()))
        .collect();
    plan.campaigns.iter().filter(move |campaign| {
        // Whoever is left out of everything gets no operation, and the reader wants to know why.
        let is_emptied = campaign.recipients == 0 && !campaign.skipped.is_empty();
        campaign.operations > 0 || is_emptied || held.contains(&(&campaign.campaign, campaign.occurrence.as_deref()))
    })
}

/// `8 messages to 4 people`; `to 4 people` where each gets one.
pub(super) fn messages_to_people(summary: &Summary) -> String {
    let people = counted(summary.people, "person", "people");
    if summary.people == 0 || summary.people == summary.recipients {
        format!("to {}", counted(summary.recipients, "person", "people"))
    } else {
        format!("{} to {people}", counted(summary.recipients, "message", "messages"))
    }
}

/// `en 30, sv 1,200`.
pub(super) fn languages(campaign: &CampaignView) -> String {
    let each = campaign.languages.iter();
    let each: Vec<String> = each
        .map(|(language, spoken)| format!("{language} {}", grouped(spoken.recipients)))
        .collect();
    each.join(", ")
}

/// `a 4,512 people, 4,512 segments, 1574.69 SEK`.
pub(super) fn variant(variant: &VariantView) -> String {
    let people = counted(variant.people, "person", "people");
    let sent = if variant.send {
        let segments = counted(variant.segments, "segment", "segments");
        format!("{}, {segments}, {}", people, amounts(&variant.estimate))
    } else {
        format!("{people} who get nothing")
    };
    let shown = variant.smallest_difference.as_ref();
    let shown = shown.map_or_else(String::new, |points| {
        format!("; a difference of {points} percentage points from the first can be shown")
    });
    format!("{}: {sent}{shown}", variant.name)
}

/// `replacing all 2 would save 5 segments (1.745 SEK)`.
pub(super) fn together(campaign: &CampaignView, saving: &SavingView) -> String {
    format!(
        "replacing all {} would save {} ({})",
        campaign.ucs2_causes.len(),
        counted(saving.segments, "segment", "segments"),
        amounts(&saving.saves)
    )
}
