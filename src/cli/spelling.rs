//! Windows on a campaign's own clock, and what a view shows of an occurrence besides the plan.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::desired::{CampaignPayloads, DesiredState, VariantSums, ZoneRule};
use crate::model::{
    CampaignRef, Group, Instant, LocalTime, NumberSet, OccurrenceKey, Reference, Window, smallest_difference,
};
use crate::plan::Plan;
use crate::report::{Details, LanguageView, SpelledWindow, VariantView, estimate_view};
use crate::schedule::{Zone, format_offset, spell_at_offset};

/// A window on the campaign's clock, and what clocks do shortly before it. Of a campaign without a file, or without a
/// zone, the clock is the project's.
pub(super) fn spell(
    state: &DesiredState,
    now: Instant,
    campaign: &CampaignRef,
    reference: &Reference,
    window: Window,
    home: Option<&Zone>,
) -> (Option<String>, Vec<String>) {
    let spelled = spelled(state, now, campaign, reference.slot.group, window);
    if let (true, Some(zone)) = (spelled.local.is_empty(), home) {
        return (Some(zone.spell_window(window)), changes_before(zone, now, window));
    }
    (
        Some(spelled.local).filter(|local| !local.is_empty()),
        spelled.clock_changes,
    )
}

/// The same for a calendar.
pub(super) fn spelled(
    state: &DesiredState,
    now: Instant,
    campaign: &CampaignRef,
    group: Group,
    window: Window,
) -> SpelledWindow {
    let zone = state.payloads.get(campaign).map(|source| &source.when.zone);
    let date = |local: LocalTime| local.to_string().chars().take(10).collect();
    match (zone, group) {
        (Some(ZoneRule::One(zone)), _) => SpelledWindow {
            timezone: zone.name().to_owned(),
            local: zone.spell_window(window),
            date: date(zone.local(window.opens())),
            clock_changes: changes_before(zone, now, window),
        },
        (_, Group::Offset(quarters)) => {
            let seconds = i32::from(quarters) * 900;
            let shifted = Instant::from_unix_seconds(window.opens().unix_seconds() + i64::from(seconds));
            SpelledWindow {
                timezone: format!("UTC{}", format_offset(seconds)),
                local: spell_at_offset(window, seconds),
                date: shifted.to_string().chars().take(10).collect(),
                clock_changes: Vec::new(),
            }
        }
        (Some(ZoneRule::Recipient { .. }) | None, Group::Single | Group::Test) => SpelledWindow {
            timezone: "UTC".to_owned(),
            date: window.opens().to_string().chars().take(10).collect(),
            ..SpelledWindow::default()
        },
    }
}

/// What clocks do in the week before a window: who reads the plan may still reckon by the old offset then.
fn changes_before(zone: &Zone, now: Instant, window: Window) -> Vec<String> {
    const NEAR: Duration = Duration::from_secs(7 * 24 * 3600);
    zone.spell_changes_between(now.max(window.opens() - NEAR), window.opens())
}

/// What a view shows of an occurrence besides the plan, without the people whom the plan leaves out of it.
pub(super) fn details(state: &DesiredState, plan: &Plan, campaign: &CampaignRef, key: OccurrenceKey) -> Details {
    let mut summaries = plan.campaigns.iter();
    let summary = summaries.find(|summary| (&summary.campaign, summary.occurrence) == (campaign, key));
    let left_out = summary
        .map(|summary| &summary.left_out)
        .filter(|left_out| !left_out.is_empty());
    let desired = state
        .desired
        .campaigns
        .iter()
        .find(|desired| desired.reference == *campaign);
    let occurrence = desired.and_then(|desired| desired.occurrences.iter().find(|occurrence| occurrence.key == key));
    let mut details = Details::default();
    let Some(occurrence) = occurrence else { return details };
    for group in &occurrence.groups {
        details.windows.extend_from_slice(group.windows.as_slice());
        let people = left_out.and_then(|left_out| left_out.get(&group.group));
        // Made before, when the plan was.
        let without = people.and_then(|people| group.content.without.of(people).ok().flatten());
        let content = without.as_ref().unwrap_or(&group.content);
        let totals = content.buckets.total();
        details.encodings.0 += totals.messages_gsm7;
        details.encodings.1 += totals.messages_ucs2;
        for (country, people) in &content.countries {
            *details.countries.entry(country.clone()).or_default() += people;
        }
        for (country, (segments, estimate)) in &content.country_costs {
            let cost = details.country_costs.entry(country.clone()).or_default();
            cost.0 += segments;
            cost.1.merge(estimate);
        }
    }
    if let Some(source) = state.payloads.get(campaign) {
        details.zone_levels = source
            .aggregate
            .levels()
            .iter()
            .map(|(level, people)| (level.as_str().to_owned(), *people))
            .collect();
        let occasion = source.occasion(key).unwrap_or(0);
        details.holdout = source.has_holdout.then(|| source.aggregate.held_out(occasion));
        let everybody = || {
            let aggregate = &source.aggregate;
            (aggregate.variants(occasion).to_vec(), aggregate.languages().clone())
        };
        let (sums, languages) = left_out
            .and_then(|left_out| source.aggregate.tallies_without(occasion, &all(left_out)))
            .unwrap_or_else(everybody);
        details.variants = variants(source, &sums);
        details.languages = languages
            .iter()
            .map(|(language, spoken)| {
                let view = LanguageView {
                    recipients: spoken.people,
                    segments: spoken.segments,
                    template: spoken.template.clone(),
                };
                (language.to_string(), view)
            })
            .collect();
    }
    details
}

/// The people of all groups.
fn all(left_out: &BTreeMap<Group, NumberSet>) -> NumberSet {
    match left_out.values().next() {
        Some(only) if left_out.len() == 1 => only.clone(),
        _ => NumberSet::new(left_out.values().flat_map(NumberSet::iter)),
    }
}

/// The totals of each variant; the differences are those to the first.
fn variants(source: &CampaignPayloads, sums: &[VariantSums]) -> Vec<VariantView> {
    let first = sums.first().map_or(0, |first| first.people);
    let views = source.variants.iter().zip(sums).enumerate();
    views
        .map(|(at, (variant, sums))| VariantView {
            name: variant.name.clone(),
            weight: variant.weight,
            send: variant.texts.is_some(),
            people: sums.people,
            segments: sums.segments,
            estimate: estimate_view(&sums.estimate),
            template: variant
                .texts
                .as_ref()
                .map(|texts| texts.body.text.clone())
                .unwrap_or_default(),
            smallest_difference: smallest_difference(first, sums.people)
                .filter(|_| at > 0)
                .map(|hundredths| format!("{}.{:02}", hundredths / 100, hundredths % 100)),
        })
        .collect()
}
