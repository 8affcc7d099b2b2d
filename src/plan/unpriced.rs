//! Segments without a price, where money has a limit: nobody can tell what they cost. The campaigns that have some are
//! held, and no others; the guard names the countries and the lines that give them a price.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::Rule;
use crate::model::{CampaignRef, Country, Currency, Group, OccurrenceKey, ProviderName, counted, grouped};

use super::draft::Draft;
use super::guard_messages;
use super::plan::GuardLine;
use super::scope;
use super::world::World;

/// What a campaign has without a price.
struct Unpriced {
    /// Segments by country; `None`: of a country that the number does not show, or that was not counted.
    segments: BTreeMap<Option<Country>, u64>,
    provider: ProviderName,
    wants: Vec<usize>,
}

/// Holds what has segments without a price, as soon as any limit of money is set.
pub(super) fn hold(world: &World<'_>, draft: &mut Draft<'_>) {
    let limits = &world.policy.guards.max_cost;
    let limits = [&limits.run, &limits.occurrence, &limits.planned];
    let Some(limit) = limits.iter().find_map(|limits| limits.first()) else {
        return;
    };
    let mut lines = BTreeSet::new();
    for (campaign, unpriced) in campaigns(draft) {
        let segments = told(&unpriced.segments);
        let what = format!("{segments} of it have no price, and `guards.max_cost` limits money");
        let (mut tripped, mut allowed) = (false, false);
        for w in &unpriced.wants {
            let want = draft.want(*w);
            if world.is_allowed(Rule::Unpriced, &want.reference) {
                allowed = true;
            } else {
                let hold = guard_messages::guard(None, Rule::Unpriced, &scope::scope(want), &what);
                tripped |= draft.hold(*w, hold);
            }
        }
        if tripped {
            let currency = currency(draft, &unpriced.wants).unwrap_or(limit.currency);
            let countries = unpriced.segments.keys();
            lines.extend(countries.map(|country| price_line(world, &unpriced.provider, country.as_ref(), currency)));
        }
        draft.guards.push(GuardLine {
            rule: Rule::Unpriced,
            scope: Some(campaign.to_string()),
            actual: format!("{segments} without a price"),
            limit: "0".to_owned(),
            tripped,
            allowed,
        });
    }
    draft.price_lines = lines.into_iter().collect();
}

/// The currency that other segments of the same campaign are priced in.
fn currency(draft: &Draft<'_>, wants: &[usize]) -> Option<Currency> {
    wants
        .iter()
        .find_map(|w| draft.want(*w).totals.estimate.amounts().next())
        .map(|money| money.currency)
}

/// A line for `prices` of `campanile.yaml`. Its price is a question mark: pasted as it is, the file is refused.
fn price_line(world: &World<'_>, provider: &ProviderName, country: Option<&Country>, currency: Currency) -> String {
    // In quotes: `NO` alone is YAML's word for false.
    let country = country.map_or_else(String::new, |country| format!("country: \"{country}\", "));
    let today: String = world.now.to_string().chars().take(10).collect();
    format!("- {{ provider: {provider}, currency: {currency}, {country}per_segment: \"?\", as_of: {today} }}")
}

/// Campaigns with something that would be sent without a price: every batch of the occurrences concerned.
fn campaigns(draft: &Draft<'_>) -> BTreeMap<CampaignRef, Unpriced> {
    let mut concerned: BTreeMap<(CampaignRef, OccurrenceKey), BTreeSet<Group>> = BTreeMap::new();
    for (_, want, status) in draft.each() {
        if status.sends() && want.totals.estimate.unpriced_segments() > 0 {
            let occurrence = (want.campaign.reference.clone(), want.key());
            concerned
                .entry(occurrence)
                .or_default()
                .insert(want.reference.slot.group);
        }
    }
    let mut all: BTreeMap<CampaignRef, Unpriced> = BTreeMap::new();
    for (w, want, status) in draft.each() {
        let occurrence = (want.campaign.reference.clone(), want.key());
        let Some(groups) = concerned.get_mut(&occurrence).filter(|_| status.sends()) else {
            continue;
        };
        let one = all.entry(occurrence.0).or_insert_with(|| Unpriced {
            segments: BTreeMap::new(),
            provider: want.campaign.provider.clone(),
            wants: Vec::new(),
        });
        one.wants.push(w);
        // The parts of a group share what is counted by country.
        if groups.remove(&want.reference.slot.group) {
            let content = &want.group.content;
            let mut told = 0;
            for (country, (_, estimate)) in &content.country_costs {
                let segments = estimate.unpriced_segments();
                if segments > 0 {
                    *one.segments.entry(country.clone()).or_default() += segments;
                    told += segments;
                }
            }
            let all = content.buckets.total().estimate.unpriced_segments();
            if told < all {
                *one.segments.entry(None).or_default() += all - told;
            }
        }
    }
    all
}

/// `5 segments to DE, 3 to NO`.
fn told(segments: &BTreeMap<Option<Country>, u64>) -> String {
    let is_one_place = segments.len() == 1;
    let parts = segments.iter().enumerate().map(|(at, (country, segments))| {
        let count = if at == 0 {
            counted(*segments, "segment", "segments")
        } else {
            grouped(*segments)
        };
        match country {
            Some(country) => format!("{count} to {country}"),
            None if is_one_place => count,
            None => format!("{count} to unknown countries"),
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}
