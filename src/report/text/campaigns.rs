//! What a campaign says, to whom it is not sent, and which characters make it costly.

use std::collections::BTreeSet;

use super::layout::TextPage;
use crate::model::{counted, grouped};
use crate::report::campaign_view::CampaignView;
use crate::report::numbers::amounts;
use crate::report::said::{languages, together, told, variant};
use crate::report::view::PlanView;

/// One block for each campaign that does something, or would.
pub(super) fn campaigns(plan: &PlanView, page: &mut TextPage) {
    let mut seen = BTreeSet::new();
    for campaign in told(plan).filter(|campaign| seen.insert(&campaign.campaign)) {
        page.blank();
        page.line(format_args!("{} ({})", campaign.campaign, campaign.file));
        page.quoted(&format!("from {}", campaign.sender), &campaign.template);
        for template in &campaign.templates {
            page.quoted("or", template);
        }
        let invalid = campaign.invalid_word();
        let left_out = [
            (campaign.filtered, "left out by `where`"),
            (campaign.suppressed, "suppressed"),
            (campaign.holdout.unwrap_or(0), "held out"),
            (campaign.duplicates, "duplicate"),
            (campaign.invalid, invalid.as_str()),
        ];
        let left_out: Vec<String> = left_out
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        if !left_out.is_empty() {
            page.indented(&format!("rows not sent to: {}", left_out.join(", ")));
        }
        if let Some(pace) = &campaign.pace {
            page.indented(&pace.sentence());
        }
        for skipped in &campaign.skipped {
            page.indented(&skipped.sentence());
        }
        if campaign.segments_per_message.len() > 1 || !campaign.segments_per_message.contains_key("1") {
            let histogram: Vec<String> = campaign
                .segments_per_message
                .iter()
                .map(|(segments, messages)| format!("{} of {segments}", grouped(*messages)))
                .collect();
            page.indented(&format!("messages by segments: {}", histogram.join(", ")));
        }
        for one in &campaign.variants {
            page.indented(&format!("variant {}", variant(one)));
        }
        if !campaign.languages.is_empty() {
            page.indented(&format!("languages: {}", languages(campaign)));
        }
        causes(campaign, page);
    }
}

/// Which characters force UCS-2, and what one replacement would save.
fn causes(campaign: &CampaignView, page: &mut TextPage) {
    const SHOWN: usize = 5;
    for cause in campaign.ucs2_causes.iter().take(SHOWN) {
        let saving = match (&cause.replacement, cause.extra_segments) {
            (_, 0) => "replacing it alone would save nothing".to_owned(),
            (Some(replacement), segments) => {
                format!(
                    "`{replacement}` instead would save {} ({})",
                    counted(segments, "segment", "segments"),
                    amounts(&cause.saves)
                )
            }
            (None, segments) => format!("without it: {} fewer", counted(segments, "segment", "segments")),
        };
        let messages = counted(cause.messages, "message", "messages");
        let cause = format!(
            "`{}` {} forces UCS-2 in {messages}: {saving}",
            cause.character, cause.code_point
        );
        page.indented(&cause);
    }
    if campaign.ucs2_causes.len() > SHOWN {
        page.line(format_args!(
            "    and {} more characters",
            campaign.ucs2_causes.len() - SHOWN
        ));
    }
    if let Some(saving) = &campaign.ucs2_together {
        page.indented(&together(campaign, saving));
    }
}
