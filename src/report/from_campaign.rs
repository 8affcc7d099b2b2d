//! A campaign of a plan as its view.

use super::amount::estimate_view;
use super::batch_view::{EncodingsView, WindowView};
use super::campaign_view::{CampaignView, CauseView, CountryCostView, InvalidView, PaceView, SavingView, SkippedView};
use super::frame::Frame;
use crate::desired::UcsCause;
use crate::model::{Country, LocalTime, Window, format_duration};
use crate::plan::{CampaignSummary, SkippedPeople};

/// An occurrence of a campaign.
pub(super) fn campaign_view(campaign: &CampaignSummary, frame: &Frame<'_>) -> CampaignView {
    let details = (frame.details)(&campaign.campaign, campaign.occurrence);
    let spelled = |window: &Window| WindowView {
        opens: window.opens().to_string(),
        closes: window.closes().to_string(),
        ..WindowView::default()
    };
    CampaignView {
        campaign: campaign.campaign.to_string(),
        occurrence: nominal(campaign.occurrence.as_nominal()),
        file: campaign.file.display().to_string(),
        provider: campaign.provider.to_string(),
        sender: campaign.sender.clone(),
        template: campaign.templates.first().cloned().unwrap_or_default(),
        templates: campaign.templates.iter().skip(1).cloned().collect(),
        lists: details.lists,
        timezone: campaign.timezone.clone(),
        windows: details.windows.iter().map(spelled).collect(),
        operations: campaign.operations,
        finished: campaign.finished,
        recipients: campaign.recipients,
        recipients_before: campaign.recipients_before,
        filtered: campaign.filtered,
        suppressed: campaign.suppressed,
        duplicates: campaign.duplicates,
        invalid: campaign.invalid.total(),
        invalid_by: (campaign.invalid.total() > 0).then_some(InvalidView {
            empty: campaign.invalid.empty,
            unreadable: campaign.invalid.unreadable,
            wrong_type: campaign.invalid.wrong_type,
        }),
        segments: campaign.segments,
        segments_per_message: campaign
            .segments_per_message
            .iter()
            .map(|(n, messages)| (n.to_string(), *messages))
            .collect(),
        encodings: EncodingsView {
            gsm7: details.encodings.0,
            ucs2: details.encodings.1,
        },
        ucs2_causes: campaign.ucs2_causes.iter().map(cause_view).collect(),
        ucs2_together: campaign.ucs2_together.as_ref().map(|(segments, saves)| SavingView {
            segments: *segments,
            saves: estimate_view(saves),
        }),
        holdout: details.holdout,
        pace: campaign.pace.as_ref().map(|one| PaceView {
            messages: one.pace.messages,
            per: format_duration(one.pace.per),
            steps: one.steps.into(),
            last_opens: one.last_opens.to_string(),
            last_opens_local: None,
        }),
        skipped: campaign.skipped.iter().map(skipped_view).collect(),
        variants: details.variants,
        languages: details.languages,
        countries: details
            .countries
            .iter()
            .map(|(country, people)| (country_name(country.as_ref()), *people))
            .collect(),
        country_costs: details
            .country_costs
            .iter()
            .map(|(country, (segments, estimate))| {
                let cost = CountryCostView {
                    segments: *segments,
                    estimate: estimate_view(estimate),
                };
                (country_name(country.as_ref()), cost)
            })
            .collect(),
        zone_levels: details.zone_levels,
        estimate: estimate_view(&campaign.estimate),
    }
}

fn skipped_view(skipped: &SkippedPeople) -> SkippedView {
    SkippedView {
        rule: skipped.rule.to_string(),
        instead: skipped.instead.iter().map(ToString::to_string).collect(),
        people: skipped.people,
    }
}

fn country_name(country: Option<&Country>) -> String {
    country.map_or_else(|| "??".to_owned(), ToString::to_string)
}

fn cause_view(cause: &UcsCause) -> CauseView {
    CauseView {
        character: cause.character.to_string(),
        code_point: format!("U+{:04X}", u32::from(cause.character)),
        messages: cause.messages,
        extra_segments: cause.extra_segments,
        replacement: cause.replacement.clone(),
        saves: estimate_view(&cause.saves),
    }
}

/// The nominal time of an occurrence.
pub(super) fn nominal(time: Option<LocalTime>) -> Option<String> {
    time.map(|time| time.to_string())
}
