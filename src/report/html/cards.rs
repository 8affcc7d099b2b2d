//! Campaigns as cards: all occurrences of one campaign on one card, because they have the same text and audience.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::phone::{Phone, phone};
use crate::model::{counted, grouped};
use crate::report::amount::AmountView;
use crate::report::campaign_view::{CampaignView, CauseView, ListView, PaceView, SkippedView};
use crate::report::numbers::{amounts, summed};
use crate::report::said::{together, variant};
use crate::report::view::PlanView;

/// A campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) campaign: String,
    pub(super) file: String,
    pub(super) provider: String,
    pub(super) sender: String,
    pub(super) zone: String,
    pub(super) occurrences: usize,
    pub(super) recipients: u64,
    pub(super) people: String,
    pub(super) segments: String,
    pub(super) estimate: String,
    /// Empty in the short form.
    pub(super) phones: Vec<Phone>,
    pub(super) histogram: Vec<HistogramBar>,
    pub(super) encodings: Vec<HistogramBar>,
    pub(super) countries: Vec<CountryRow>,
    pub(super) causes: Vec<CauseRow>,
    pub(super) more_causes: usize,
    /// What replacing all of them would save, where that is more than each alone.
    pub(super) together: String,
    /// `14 duplicates`, ...
    pub(super) left_out: Vec<String>,
    /// How its parts open one step after the other.
    pub(super) pace: Option<String>,
    /// A sentence for each.
    pub(super) variants: Vec<String>,
}

/// A bar of a histogram.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct HistogramBar {
    pub(super) label: String,
    pub(super) count: String,
    pub(super) width: String,
    pub(super) share: String,
}

/// What one country takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct CountryRow {
    pub(super) country: String,
    pub(super) people: String,
    pub(super) share: String,
    /// Empty when it was not counted by country.
    pub(super) segments: String,
    pub(super) estimate: String,
}

/// A character that forces UCS-2.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct CauseRow {
    pub(super) character: String,
    pub(super) code_point: String,
    pub(super) messages: String,
    pub(super) extra_segments: u64,
    pub(super) extra: String,
    pub(super) replacement: String,
    pub(super) saves: String,
}

const MAX_PHONES: usize = 8;
const MAX_CAUSES: usize = 8;

/// Occurrences within the horizon: what comes later is not of this plan.
pub(super) fn near(plan: &PlanView) -> Vec<&CampaignView> {
    let later: BTreeSet<(&str, Option<&str>)> = (plan.later.iter())
        .map(|later| (later.campaign.as_str(), later.occurrence.as_deref()))
        .collect();
    (plan.campaigns.iter())
        .filter(|campaign| {
            campaign.operations > 0 || !later.contains(&(&campaign.campaign, campaign.occurrence.as_deref()))
        })
        .collect()
}

/// Full cards while they fit a page, those with operations first, and all others in short. A campaign that fires only
/// beyond the horizon is shown with what it will say; otherwise later firings do not count.
pub(super) fn cards(plan: &PlanView) -> (Vec<Card>, Vec<Card>) {
    const MAX_CARDS: usize = 40;
    const MAX_TEXT: usize = 60_000;
    let mut order: Vec<&str> = Vec::new();
    let mut by_name: BTreeMap<&str, Vec<&CampaignView>> = BTreeMap::new();
    let near = near(plan);
    let named: BTreeSet<&str> = near.iter().map(|campaign| campaign.campaign.as_str()).collect();
    let only_later = (plan.campaigns.iter()).filter(|campaign| !named.contains(campaign.campaign.as_str()));
    for campaign in near.iter().copied().chain(only_later) {
        let occurrences = by_name.entry(&campaign.campaign).or_default();
        if occurrences.is_empty() {
            order.push(&campaign.campaign);
        }
        occurrences.push(campaign);
    }
    let occurrences_of = |name: &&str| by_name.get(*name).map(Vec::as_slice).unwrap_or_default();
    order.sort_by_key(|name| occurrences_of(name).iter().all(|campaign| campaign.operations == 0));
    let (mut full, mut short, mut text) = (Vec::new(), Vec::new(), 0);
    for (index, name) in order.iter().enumerate() {
        let occurrences = occurrences_of(name);
        text += occurrences
            .first()
            .map_or(0, |campaign| campaign.template.len().min(2000));
        let is_full = full.len() < MAX_CARDS && text < MAX_TEXT;
        let Some(card) = card(index, occurrences, is_full) else {
            continue;
        };
        if is_full {
            full.push(card);
        } else {
            short.push(card);
        }
    }
    (full, short)
}

fn card(index: usize, occurrences: &[&CampaignView], is_full: bool) -> Option<Card> {
    let first = occurrences.first()?;
    let total = |count: fn(&CampaignView) -> u64| -> u64 { occurrences.iter().map(|campaign| count(campaign)).sum() };
    let estimates: Vec<&[AmountView]> = occurrences
        .iter()
        .map(|campaign| campaign.estimate.as_slice())
        .collect();
    let mut card = Card {
        id: format!("c{index}"),
        campaign: first.campaign.clone(),
        file: first.file.clone(),
        provider: first.provider.clone(),
        sender: first.sender.clone(),
        zone: first.timezone.clone(),
        occurrences: occurrences.len(),
        recipients: total(|campaign| campaign.recipients),
        people: grouped(total(|campaign| campaign.recipients)),
        segments: grouped(total(|campaign| campaign.segments)),
        estimate: amounts(&summed(&estimates)),
        ..Card::default()
    };
    if !is_full {
        return Some(card);
    }
    let gsm7 = total(|campaign| campaign.encodings.gsm7);
    let ucs2 = total(|campaign| campaign.encodings.ucs2);
    card.phones = std::iter::once(&first.template)
        .chain(&first.templates)
        .filter(|template| !template.is_empty())
        .take(MAX_PHONES)
        .map(|template| Phone {
            whose: whose(first, template),
            ..phone(template, gsm7 == 0 && ucs2 > 0)
        })
        .collect();
    card.histogram = histogram(occurrences);
    card.encodings = steps([("GSM-7".to_owned(), gsm7), ("UCS-2".to_owned(), ucs2)].into_iter());
    card.countries = countries(occurrences);
    (card.causes, card.more_causes) = causes(occurrences);
    if let (Some(saving), [_]) = (&first.ucs2_together, occurrences) {
        card.together = together(first, saving);
    }
    card.variants = first.variants.iter().map(variant).collect();
    // The same rows are read for every occurrence.
    card.left_out = [
        (first.filtered, "left out by where"),
        (first.suppressed, "suppressed"),
        (first.holdout.unwrap_or(0), "held out of all marketing"),
        (first.duplicates, "with a number seen before"),
        (first.invalid, &first.invalid_word()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", grouped(count)))
    .collect();
    card.pace = first.pace.as_ref().map(PaceView::sentence);
    // Who is left out for other texts differs from one occurrence to the next.
    let skipped = occurrences.iter().flat_map(|one| &one.skipped);
    card.left_out.extend(skipped.map(SkippedView::sentence));
    Some(card)
}

fn histogram(occurrences: &[&CampaignView]) -> Vec<HistogramBar> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for campaign in occurrences {
        for (segments, messages) in &campaign.segments_per_message {
            *counts.entry(segments.parse().unwrap_or(0)).or_default() += messages;
        }
    }
    let label = |segments: u64| format!("{segments} segment{}", if segments == 1 { "" } else { "s" });
    steps(
        counts
            .into_iter()
            .map(|(segments, messages)| (label(segments), messages)),
    )
}

/// Bars relative to the largest, shares of the whole; nothing for zeros.
fn steps(counts: impl Iterator<Item = (String, u64)>) -> Vec<HistogramBar> {
    let counts: Vec<(String, u64)> = counts.filter(|(_, count)| *count > 0).collect();
    let largest = counts.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let total: u64 = counts.iter().map(|(_, count)| *count).sum();
    counts
        .into_iter()
        .map(|(label, count)| HistogramBar {
            label,
            count: grouped(count),
            width: format!("{}%", (u128::from(count) * 100 / u128::from(largest.max(1))).max(1)),
            share: share(count, total),
        })
        .collect()
}

/// `7 %`, `under 1 %`; rounded, and all of it only where it is.
pub(super) fn share(count: u64, total: u64) -> String {
    let total = u128::from(total.max(1));
    match (u128::from(count) * 200 + total) / (2 * total) {
        0 if count > 0 => "under 1 %".to_owned(),
        100 if u128::from(count) < total => "99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

/// Largest first. A campaign of one country needs no counting to know what it costs.
pub(super) fn countries(occurrences: &[&CampaignView]) -> Vec<CountryRow> {
    #[derive(Default)]
    struct Sum<'c> {
        people: u64,
        segments: u64,
        estimates: Vec<&'c [AmountView]>,
        is_unknown: bool,
    }
    let mut sums: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    for campaign in occurrences {
        for (country, people) in &campaign.countries {
            let sum = sums.entry(country).or_default();
            sum.people += people;
            match campaign.country_costs.get(country) {
                Some(cost) => {
                    sum.segments += cost.segments;
                    sum.estimates.push(&cost.estimate);
                }
                None if campaign.countries.len() == 1 => {
                    sum.segments += campaign.segments;
                    sum.estimates.push(&campaign.estimate);
                }
                None => sum.is_unknown = true,
            }
        }
    }
    let total: u64 = sums.values().map(|sum| sum.people).sum();
    let mut rows: Vec<(u64, CountryRow)> = sums
        .into_iter()
        .map(|(country, sum)| {
            let known = |text: String| if sum.is_unknown { String::new() } else { text };
            let row = CountryRow {
                country: if country == "??" {
                    "unknown".to_owned()
                } else {
                    country.to_owned()
                },
                people: grouped(sum.people),
                share: share(sum.people, total),
                segments: known(grouped(sum.segments)),
                estimate: known(amounts(&summed(&sum.estimates))),
            };
            (sum.people, row)
        })
        .collect();
    rows.sort_by_key(|(people, _)| std::cmp::Reverse(*people));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Who gets a text: of which lists, which variant, which language, and how many.
fn whose(campaign: &CampaignView, template: &str) -> String {
    let is_theirs = |list: &&ListView| list.templates.iter().any(|text| text == template);
    let lists: Vec<&ListView> = campaign.lists.iter().filter(is_theirs).collect();
    let mut people: u64 = lists.iter().map(|list| list.people).sum();
    let mut parts = Vec::new();
    match lists.as_slice() {
        [] => {}
        [one] => parts.push(format!("List {}", one.list)),
        [first, second] => parts.push(format!("Lists {} and {}", first.list, second.list)),
        [first, more @ ..] => parts.push(format!("Lists {} and {} more", first.list, more.len())),
    }
    let mut variants = campaign.variants.iter().filter(|variant| variant.template == template);
    let mut spoken = campaign
        .languages
        .iter()
        .filter(|(_, spoken)| spoken.template == template);
    if let Some(variant) = variants.next() {
        parts.push(format!("variant {}", variant.name));
        people = variant.people;
    } else if let Some((language, spoken)) = spoken.next() {
        parts.push(format!("language {language}"));
        people = spoken.recipients;
    }
    if parts.is_empty() {
        return String::new();
    }
    parts.push(counted(people, "person", "people"));
    let whose = parts.join(", ");
    let mut letters = whose.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Costliest first, and how many more there are.
fn causes(occurrences: &[&CampaignView]) -> (Vec<CauseRow>, usize) {
    let mut by_character: BTreeMap<&str, Vec<&CauseView>> = BTreeMap::new();
    for cause in occurrences.iter().flat_map(|campaign| &campaign.ucs2_causes) {
        by_character.entry(&cause.character).or_default().push(cause);
    }
    let mut rows: Vec<(u64, u64, CauseRow)> = by_character
        .values()
        .filter_map(|causes| {
            let first = causes.first()?;
            let messages: u64 = causes.iter().map(|cause| cause.messages).sum();
            let extra: u64 = causes.iter().map(|cause| cause.extra_segments).sum();
            let saves: Vec<&[AmountView]> = causes.iter().map(|cause| cause.saves.as_slice()).collect();
            let row = CauseRow {
                character: first.character.clone(),
                code_point: first.code_point.clone(),
                messages: grouped(messages),
                extra_segments: extra,
                extra: grouped(extra),
                replacement: first.replacement.clone().unwrap_or_default(),
                saves: if extra == 0 {
                    "nothing".to_owned()
                } else {
                    amounts(&summed(&saves))
                },
            };
            Some((extra, messages, row))
        })
        .collect();
    rows.sort_by_key(|(extra, messages, _)| std::cmp::Reverse((*extra, *messages)));
    let more = rows.len().saturating_sub(MAX_CAUSES);
    (rows.into_iter().take(MAX_CAUSES).map(|(_, _, row)| row).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{CountryCostView, LanguageView};

    fn sek(amount: &str) -> Vec<AmountView> {
        vec![AmountView {
            currency: "SEK".into(),
            amount: amount.into(),
            unpriced_segments: Some(0),
        }]
    }

    #[test]
    fn one_country_costs_what_the_campaign_costs_and_several_what_was_counted() {
        let mut campaign = CampaignView {
            countries: [("SE".into(), 10)].into(),
            segments: 20,
            estimate: sek("7.00"),
            ..CampaignView::default()
        };
        let row = &countries(&[&campaign])[0];
        assert_eq!((row.segments.as_str(), row.estimate.as_str()), ("20", "7.00 SEK"));
        campaign.countries.insert("NO".into(), 90);
        let rows = countries(&[&campaign]);
        assert_eq!((rows[0].country.as_str(), rows[0].estimate.as_str()), ("NO", ""));
        let cost = CountryCostView {
            segments: 5,
            estimate: sek("2.00"),
        };
        campaign.country_costs.insert("NO".into(), cost);
        assert_eq!(countries(&[&campaign])[0].estimate, "2.00 SEK");
    }

    #[test]
    fn a_phone_says_whose_it_is() {
        let list = |name: &str, people, templates: &[&str]| ListView {
            list: name.into(),
            people,
            templates: templates.iter().map(|text| (*text).to_owned()).collect(),
        };
        let mut campaign = CampaignView {
            lists: vec![list("vip.csv", 30, &["vip"]), list("all.csv", 1200, &["en", "sv"])],
            ..CampaignView::default()
        };
        assert_eq!(whose(&campaign, "vip"), "List vip.csv, 30 people");
        let spoken = |people, template: &str| LanguageView {
            recipients: people,
            template: template.into(),
            ..LanguageView::default()
        };
        campaign.languages = [("sv".into(), spoken(700, "sv"))].into();
        assert_eq!(whose(&campaign, "sv"), "List all.csv, language sv, 700 people");
        assert_eq!(whose(&CampaignView::default(), "x"), "");
    }

    #[test]
    fn a_small_share_is_not_nothing() {
        assert_eq!(share(1, 1000), "under 1 %");
        assert_eq!(share(0, 0), "0 %");
        assert_eq!(share(2, 3), "67 %");
        assert_eq!(share(999, 1000), "99 %");
        assert_eq!(share(3, 3), "100 %");
    }
}
