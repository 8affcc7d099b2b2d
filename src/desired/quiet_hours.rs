//! Quiet hours of a campaign, from what the files want: errors become guards, recommendations warnings.

use std::collections::BTreeMap;

use super::aggregate::Aggregate;
use super::desired::{DesiredCampaign, DesiredGroup};
use super::findings::Finding;
use super::occurrences::{When, ZoneRule};
use crate::campaign::{Campaign, DaySet, Guards, Rule, TimeRange};
use crate::model::{Country, Diagnostic, Instant};
use crate::schedule::{
    Hours, Listeners, OwnRules, QuietFinding, Zone, quiet_findings, zones_of_country, zones_of_us_state,
};

/// Checks every occurrence that still has time ahead.
pub(super) fn check(
    guards: &Guards,
    campaign: &Campaign,
    when: &When,
    desired: &DesiredCampaign,
    aggregate: &Aggregate,
    now: Instant,
) -> (Vec<Finding>, Vec<Diagnostic>) {
    let own = own_rules(guards);
    let mut findings = Vec::new();
    let mut warnings: BTreeMap<String, Diagnostic> = BTreeMap::new();
    for (index, occurrence) in desired.occurrences.iter().enumerate() {
        for group in occurrence.groups.iter().filter(|group| group.windows.closes() > now) {
            let zones: Vec<Zone> = match &when.zone {
                ZoneRule::One(_) => Vec::new(),
                ZoneRule::Recipient { .. } => {
                    let aggregated = aggregate
                        .groups(index)
                        .iter()
                        .find(|aggregated| aggregated.group == group.group);
                    let ids = aggregated
                        .and_then(|aggregated| aggregated.windows.as_ref())
                        .map(|windows| &windows.zones);
                    ids.into_iter().flatten().flat_map(|id| id.zones()).collect()
                }
            };
            for found in findings_of(group, &zones, &own) {
                if found.is_error() {
                    findings.push(finding(campaign, occurrence.key, group, &found));
                } else {
                    let place = campaign.places.get("delivery").cloned();
                    let warning = found.diagnostic();
                    let warning = match place {
                        Some(place) => warning.at(place),
                        None => warning,
                    };
                    // One warning per rule: a schedule would repeat it every day.
                    warnings
                        .entry(format!("{:?} {}", found.country, found.rule))
                        .or_insert(warning);
                }
            }
        }
    }
    (findings, warnings.into_values().collect())
}

/// Rules that a group's windows break. Without zones of their own, people are where their country is.
pub(super) fn findings_of(group: &DesiredGroup, zones: &[Zone], own: &OwnRules) -> Vec<QuietFinding> {
    let crowds = crowds(group, zones);
    let listeners: Vec<Listeners<'_>> = crowds
        .iter()
        .map(|crowd| Listeners {
            country: crowd.country,
            state: crowd.state,
            zones: &crowd.zones,
            recipients: crowd.people,
        })
        .collect();
    quiet_findings(&group.windows, &listeners, own)
}

/// People of one country, or of one state of it.
struct Crowd<'a> {
    country: Option<&'a Country>,
    state: Option<&'static str>,
    zones: Vec<Zone>,
    people: u64,
}

fn crowds<'a>(group: &'a DesiredGroup, own: &[Zone]) -> Vec<Crowd<'a>> {
    let zones_or = |theirs: Vec<Zone>| if own.is_empty() { theirs } else { own.to_vec() };
    let states = &group.content.us_states;
    let mut crowds = Vec::new();
    for (country, people) in &group.content.countries {
        let mut people = *people;
        if country.as_ref().is_some_and(|country| country.as_str() == "US") {
            for (state, theirs) in states {
                people = people.saturating_sub(*theirs);
                crowds.push(Crowd {
                    country: country.as_ref(),
                    state: Some(*state),
                    zones: zones_or(zones_of_us_state(state)),
                    people: *theirs,
                });
            }
        }
        crowds.push(Crowd {
            country: country.as_ref(),
            state: None,
            zones: zones_or(zones_of(country.as_ref())),
            people,
        });
    }
    crowds
}

fn finding(
    campaign: &Campaign,
    key: crate::model::OccurrenceKey,
    group: &DesiredGroup,
    found: &QuietFinding,
) -> Finding {
    let diagnostic = found.diagnostic();
    let mut message = diagnostic.message;
    for hint in &diagnostic.hints {
        message.push_str("; ");
        message.push_str(hint);
    }
    Finding {
        rule: Rule::QuietHours,
        campaign: campaign.reference.clone(),
        occurrence: Some(key),
        group: Some(group.group),
        message,
        actual: found.quiet_at.to_string(),
        limit: found.rule.clone(),
    }
}

/// The project's own rules as `schedule` takes them.
pub(super) fn own_rules(guards: &Guards) -> OwnRules {
    let hours = |range: TimeRange| Hours {
        start: range.start,
        end: range.end,
    };
    let days = |DaySet(days): DaySet| days;
    let quiet = &guards.quiet_hours;
    OwnRules {
        hours: quiet.allowed.map(hours),
        days: quiet.days.map(days),
        countries: quiet
            .countries
            .iter()
            .map(|(country, (range, set))| (country.clone(), (range.map(hours), set.map(days))))
            .collect(),
        holidays: guards.holidays.clone(),
    }
}

/// Zones in which people of a country may live.
fn zones_of(country: Option<&Country>) -> Vec<Zone> {
    country.map(zones_of_country).unwrap_or_default()
}
