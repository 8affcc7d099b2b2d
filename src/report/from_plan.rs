//! A plan as its view: the only place where the plan's types meet the format.

use std::collections::BTreeMap;

use super::amount::AmountView;
use super::diagnostics::diagnostic_to_view;
use super::seal::seal;
use super::view::{
    BeforeView, CampaignView, CauseView, CountryCostView, EncodingsView, FORMAT_VERSION, GuardView, HeldView,
    InvalidView, KeptView, LanguageView, LaterView, ListView, OperationView, PaceView, PlanView, SavingView,
    SkippedView, Summary as SummaryView, VariantView, WindowView,
};
use crate::desired::UcsCause;
use crate::model::{
    CampaignRef, Country, Diagnostic, Estimate, Instant, LocalTime, OccurrenceKey, Reference, Window, format_duration,
};
use crate::plan::{
    CampaignSummary, GuardLine, HeldContent, HeldItem, KeptItem, LaterItem, Operation, Plan, Previous, SkippedPeople,
};

/// What a view tells besides the plan.
pub struct Frame<'a> {
    /// `campanile 0.1.0`.
    pub tool: &'a str,
    /// Version of the zone data.
    pub tzdb: &'a str,
    /// The machine's clock.
    pub created_at: Instant,
    /// When a saved plan ends.
    pub expires_at: Instant,
    /// Campaigns it is narrowed to.
    pub selected: &'a [CampaignRef],
    /// `--allow`, as given.
    pub allow: &'a [String],
    /// Made with `--at`.
    pub pretended: bool,
    /// Codes of the people whom suppressions and opt-outs left out, per campaign.
    pub left_out: BTreeMap<String, String>,
    /// A window in a campaign's local time, and the clock changes between now and then.
    pub spell: &'a dyn Fn(&CampaignRef, &Reference, Window) -> (Option<String>, Vec<String>),
    /// Facts per campaign and occurrence that the plan does not carry.
    pub details: &'a dyn Fn(&CampaignRef, OccurrenceKey) -> Details,
    /// Diagnostics of earlier stages.
    pub diagnostics: &'a [Diagnostic],
}

/// Facts of an occurrence for showing.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// As declared, per group, with its reference for spelling.
    pub windows: Vec<Window>,
    /// People by country.
    pub countries: BTreeMap<Option<Country>, u64>,
    /// Segments and price by country, when counted.
    pub country_costs: BTreeMap<Option<Country>, (u64, Estimate)>,
    /// Messages by encoding: GSM-7, UCS-2.
    pub encodings: (u64, u64),
    /// With recipients' own zones: people by the level their zone came from.
    pub zone_levels: BTreeMap<String, u64>,
    /// Who is held out of all marketing, where the project has a holdout.
    pub holdout: Option<u64>,
    /// Who falls to which variant.
    pub variants: Vec<VariantView>,
    /// Who gets which text, where there are several languages.
    pub languages: BTreeMap<String, LanguageView>,
    /// Its lists, each with its people and its templates.
    pub lists: Vec<ListView>,
}

/// Makes the view.
pub fn plan_view(plan: &Plan, frame: &Frame<'_>) -> PlanView {
    let view = unsealed(plan, frame);
    PlanView {
        seal: seal(&view),
        ..view
    }
}

fn unsealed(plan: &Plan, frame: &Frame<'_>) -> PlanView {
    let summary = plan.summary();
    PlanView {
        format_version: FORMAT_VERSION.to_owned(),
        tool: frame.tool.to_owned(),
        tzdb: frame.tzdb.to_owned(),
        now: plan.now.to_string(),
        now_local: None,
        created_at: frame.created_at.to_string(),
        expires_at: frame.expires_at.to_string(),
        digest: plan.digest.clone(),
        seal: String::new(),
        namespace: plan.namespace.to_string(),
        complete: plan.complete,
        offline: plan.offline,
        partial: plan.partial,
        selected: frame.selected.iter().map(ToString::to_string).collect(),
        allow: frame.allow.to_vec(),
        pretended: frame.pretended,
        next_apply_by: plan.next_apply_by.map(|instant| instant.to_string()),
        next_apply_by_local: None,
        left_out: frame.left_out.clone(),
        change: None,
        summary: SummaryView {
            create: summary.create,
            replace: summary.replace,
            update: summary.update,
            cancel: summary.cancel,
            keep: summary.keep,
            held: summary.held,
            later: summary.later,
            foreign: summary.foreign,
            recipients: summary.recipients,
            people: summary.people,
            segments: summary.segments,
            estimate: estimate_view(&summary.estimate),
            held_people: summary.held_people,
        },
        operations: plan
            .operations
            .iter()
            .map(|operation| operation_view(operation, frame))
            .collect(),
        held: plan.held.iter().map(|held| held_view(held, frame)).collect(),
        kept: plan.kept.iter().map(kept_view).collect(),
        later: plan.later.iter().map(later_view).collect(),
        sources: Vec::new(),
        campaigns: plan
            .campaigns
            .iter()
            .map(|campaign| campaign_view(campaign, frame))
            .collect(),
        alarms: plan.alarms.clone(),
        guards: plan.guards.iter().map(guard_view).collect(),
        price_lines: plan.price_lines.clone(),
        diagnostics: frame
            .diagnostics
            .iter()
            .chain(&plan.diagnostics)
            .map(diagnostic_to_view)
            .collect(),
    }
}

/// One amount per currency; what is unpriced is told with the first, or alone.
pub fn estimate_view(estimate: &Estimate) -> Vec<AmountView> {
    let mut views: Vec<AmountView> = estimate
        .amounts()
        .map(|money| AmountView {
            currency: money.currency.to_string(),
            amount: money.amount.to_string(),
            unpriced_segments: None,
        })
        .collect();
    let unpriced = estimate.unpriced_segments();
    match views.first_mut() {
        Some(first) => first.unpriced_segments = Some(unpriced),
        None if unpriced > 0 => {
            views.push(AmountView {
                unpriced_segments: Some(unpriced),
                amount: "0".to_owned(),
                ..AmountView::default()
            });
        }
        None => {}
    }
    views
}

/// One operation.
pub fn operation_view(operation: &Operation, frame: &Frame<'_>) -> OperationView {
    let (k, n) = operation.part();
    let content = operation.content.as_ref();
    OperationView {
        action: operation.action.as_str().to_owned(),
        campaign: operation.campaign().to_string(),
        occurrence: nominal(operation.nominal()),
        provider: operation.provider.to_string(),
        reference: operation.reference.to_string(),
        batch_id: operation.target.as_ref().map(|target| target.id.0.clone()),
        after: operation.after.iter().map(ToString::to_string).collect(),
        reason: operation.reason.as_str().to_owned(),
        changed: operation
            .changed
            .iter()
            .map(|changed| changed.as_str().to_owned())
            .collect(),
        before: operation
            .before
            .as_ref()
            .map(|before| before_view(&operation.reference, before, frame)),
        digest: operation.digest.to_string(),
        windows: operation
            .windows
            .iter()
            .map(|window| window_view(&operation.reference, *window, frame))
            .collect(),
        starts_now: operation.starts_now,
        countries: Vec::new(),
        part: [k, n],
        recipients: content.map(|content| content.recipients),
        segments: content.map(|content| content.segments),
        encodings: content.map(|content| EncodingsView {
            gsm7: content.messages_gsm7,
            ucs2: content.messages_ucs2,
        }),
        estimate: content
            .map(|content| estimate_view(&content.estimate))
            .unwrap_or_default(),
    }
}

fn before_view(reference: &Reference, before: &Previous, frame: &Frame<'_>) -> BeforeView {
    // Destructured without `..`: a new field does not compile until somebody decides.
    let Previous {
        sender,
        texts,
        windows,
        recipients,
        segments,
        estimate,
        joined,
        left,
    } = before;
    BeforeView {
        sender: sender.clone(),
        text: texts.first().cloned(),
        texts: texts.iter().skip(1).cloned().collect(),
        windows: windows
            .iter()
            .map(|window| window_view(reference, *window, frame))
            .collect(),
        recipients: *recipients,
        segments: *segments,
        estimate: estimate.as_ref().map(estimate_view).unwrap_or_default(),
        joined: *joined,
        left: *left,
    }
}

fn nominal(time: Option<LocalTime>) -> Option<String> {
    time.map(|time| time.to_string())
}

fn window_view(reference: &Reference, window: Window, frame: &Frame<'_>) -> WindowView {
    let (local, clock_changes) = (frame.spell)(&reference.slot.campaign, reference, window);
    WindowView {
        people: None,
        opens: window.opens().to_string(),
        closes: window.closes().to_string(),
        local,
        timezone: None,
        clock_changes,
    }
}

fn held_view(held: &HeldItem, frame: &Frame<'_>) -> HeldView {
    let HeldContent {
        recipients,
        segments,
        estimate,
        windows,
    } = &held.content;
    HeldView {
        campaign: held.reference.slot.campaign.to_string(),
        occurrence: nominal(held.nominal()),
        provider: held.provider.to_string(),
        reference: held.reference.to_string(),
        batch_id: held.batch_id.as_ref().map(|id| id.0.clone()),
        reason: held.reason.as_str().to_owned(),
        message: held.message.clone(),
        allow: held.allow_text(),
        needs_person: held.needs_person,
        action: Some(if held.sends { "send" } else { "cancel" }.to_owned()),
        recipients: *recipients,
        segments: *segments,
        estimate: estimate_view(estimate),
        windows: windows
            .iter()
            .map(|window| window_view(&held.reference, *window, frame))
            .collect(),
    }
}

fn kept_view(kept: &KeptItem) -> KeptView {
    KeptView {
        campaign: kept.reference.slot.campaign.to_string(),
        occurrence: nominal(kept.reference.slot.occurrence.as_nominal()),
        provider: kept.provider.to_string(),
        reference: kept.reference.to_string(),
        batch_id: kept.batch_id.0.clone(),
        opens: kept.opens.map(|opens| opens.to_string()),
        recipients: kept.recipients,
    }
}

fn later_view(later: &LaterItem) -> LaterView {
    LaterView {
        campaign: later.reference.slot.campaign.to_string(),
        occurrence: nominal(later.reference.slot.occurrence.as_nominal()),
        provider: later.provider.to_string(),
        opens: later.opens.to_string(),
        apply_from: later.apply_from.to_string(),
        apply_by: later.apply_by.to_string(),
        apply_by_local: None,
        recipients: later.recipients,
    }
}

fn guard_view(guard: &GuardLine) -> GuardView {
    GuardView {
        rule: guard.rule.as_str().to_owned(),
        subject: guard.scope.clone().unwrap_or_default(),
        actual: guard.actual.clone(),
        limit: guard.limit.clone(),
        tripped: guard.tripped,
        allowed: guard.allowed,
    }
}

fn campaign_view(campaign: &CampaignSummary, frame: &Frame<'_>) -> CampaignView {
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
