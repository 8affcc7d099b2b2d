//! What a plan changes at the providers, campaign by campaign, in words that every format uses.

use std::collections::{BTreeMap, BTreeSet};

use super::batch_view::{BeforeView, OperationView, WindowView};
use super::campaign_view::CampaignView;
use super::view::PlanView;
use super::words::{Fate, WordRun, compared};
use crate::model::counted;

/// One thing that was otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// `sender`, `window`, `text` or `people`.
    pub what: &'static str,
    /// As it is at the provider; `None` where the provider does not show it.
    pub was: Option<String>,
    /// As the files say it.
    pub now: String,
    /// Of a text both, word by word.
    pub words: Vec<WordRun>,
}

impl Change {
    /// Whether a text is known to be as it was: then the values in it changed, or the people.
    pub(super) fn is_same_text(&self) -> bool {
        !self.words.is_empty() && self.words.iter().all(|run| run.fate == Fate::Same)
    }
}

/// Shown where a text is as it was.
pub(super) const SAME_TEXT: &str = "the same words: values in it, or people, changed";

/// A campaign's occurrence that has batches at a provider which would be replaced.
pub(super) struct ChangedOccurrence<'a> {
    pub campaign: &'a str,
    pub occurrence: Option<&'a str>,
    pub changes: Vec<Change>,
}

/// In the plan's order; occurrences about which nothing is known are left out.
pub(super) fn changed(plan: &PlanView) -> Vec<ChangedOccurrence<'_>> {
    let mut order: Vec<(&str, Option<&str>)> = Vec::new();
    let mut batches: BTreeMap<(&str, Option<&str>), Vec<(&OperationView, &BeforeView)>> = BTreeMap::new();
    for operation in plan
        .operations
        .iter()
        .filter(|operation| operation.recipients.is_some())
    {
        if let Some(before) = &operation.before {
            let key = (operation.campaign.as_str(), operation.occurrence.as_deref());
            let known = batches.entry(key).or_default();
            if known.is_empty() {
                order.push(key);
            }
            known.push((operation, before));
        }
    }
    let campaigns: BTreeMap<(&str, Option<&str>), &CampaignView> = plan
        .campaigns
        .iter()
        .map(|campaign| ((campaign.campaign.as_str(), campaign.occurrence.as_deref()), campaign))
        .collect();
    order
        .into_iter()
        .filter_map(|key| {
            let changes = changes(campaigns.get(&key).copied(), batches.get(&key)?);
            let (campaign, occurrence) = key;
            (!changes.is_empty()).then_some(ChangedOccurrence {
                campaign,
                occurrence,
                changes,
            })
        })
        .collect()
}

fn changes(campaign: Option<&CampaignView>, batches: &[(&OperationView, &BeforeView)]) -> Vec<Change> {
    let is_changed = |names: &[&str]| {
        let mut all = batches.iter().flat_map(|(operation, _)| &operation.changed);
        all.any(|changed| names.contains(&changed.as_str()))
    };
    let mut changes = Vec::new();
    if let (true, Some(campaign)) = (is_changed(&["sender"]), campaign) {
        changes.push(Change {
            what: "sender",
            was: one_of(batches.iter().filter_map(|(_, before)| before.sender.as_deref())),
            now: campaign.sender.clone(),
            words: Vec::new(),
        });
    }
    if is_changed(&["windows"]) {
        let now = batches.iter().flat_map(|(operation, _)| &operation.windows).map(window);
        let was = batches.iter().flat_map(|(_, before)| &before.windows).map(window);
        changes.push(Change {
            what: "window",
            was: Some(listed(was)).filter(|was| !was.is_empty()),
            now: listed(now),
            words: Vec::new(),
        });
    }
    if let Some(campaign) = campaign {
        // Where something else changed too, the fingerprint does not show whether the text did: its words do.
        let may_differ = batches
            .iter()
            .flat_map(|(operation, _)| &operation.changed)
            .any(|changed| changed != "windows");
        let texts = texts(campaign, batches);
        let is_known_to_differ = texts.iter().any(|text| text.was.is_some() && !text.is_same_text());
        if is_changed(&["content", "body"]) || (is_known_to_differ && may_differ) {
            changes.extend(texts);
        }
    }
    let sum = |count: fn(&BeforeView) -> Option<u64>| {
        let counts: Option<Vec<u64>> = batches.iter().map(|(_, before)| count(before)).collect();
        counts.map(|counts| counts.iter().sum::<u64>())
    };
    let now: u64 = batches.iter().filter_map(|(operation, _)| operation.recipients).sum();
    if let Some(was) = sum(|before| before.recipients) {
        let moved = match (sum(|before| before.joined), sum(|before| before.left)) {
            (Some(joined), Some(left)) => format!(" ({joined} joined, {left} left)"),
            (_, _) => String::new(),
        };
        if was != now || is_changed(&["recipients"]) {
            changes.push(Change {
                what: "people",
                was: Some(counted(was, "person", "people")),
                now: format!("{}{moved}", counted(now, "person", "people")),
                words: Vec::new(),
            });
        }
    }
    changes
}

/// The campaign's texts against those of the batches: the ones that differ, in pairs; the first where none does.
fn texts(campaign: &CampaignView, batches: &[(&OperationView, &BeforeView)]) -> Vec<Change> {
    let mut all_before = batches.iter().map(|(_, before)| {
        let texts = before.text.iter().chain(&before.texts);
        texts.map(String::as_str).collect::<Vec<&str>>()
    });
    let first = all_before.next().unwrap_or_default();
    let is_known = !first.is_empty() && all_before.all(|texts| texts == first);
    let now: Vec<&str> = std::iter::once(&campaign.template)
        .chain(&campaign.templates)
        .map(String::as_str)
        .collect();
    let change = |was: Option<&str>, now: &str| Change {
        what: "text",
        was: was.map(str::to_owned),
        now: now.to_owned(),
        words: was
            .map(|was| compared(was.trim_end(), now.trim_end()))
            .unwrap_or_default(),
    };
    if !is_known {
        return now.first().map(|now| change(None, now)).into_iter().collect();
    }
    let is_in = |text: &str, all: &[&str]| all.iter().any(|other| is_same_text(other, text));
    let mut gone = first.iter().filter(|text| !is_in(text, &now));
    let mut new = now.iter().filter(|text| !is_in(text, &first));
    let mut changes = Vec::new();
    loop {
        match (gone.next(), new.next()) {
            (None, None) => break,
            (was, now) => changes.push(change(
                Some(was.copied().unwrap_or_default()),
                now.copied().unwrap_or_default(),
            )),
        }
    }
    if changes.is_empty() {
        changes.extend(now.first().map(|now| change(Some(now), now)));
    }
    changes
}

/// Whether two templates say the same, however the fields of one are called: a provider shows none of their names.
fn is_same_text(was: &str, now: &str) -> bool {
    if [was, now].iter().any(|text| text.contains("{{ … }}")) {
        return between_fields(was).eq(between_fields(now));
    }
    was.trim_end() == now.trim_end()
}

fn between_fields(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.trim_end().split("{{").enumerate();
    pieces.map(|(i, piece)| match piece.split_once("}}") {
        Some((_, rest)) if i > 0 => rest,
        Some(_) | None => piece,
    })
}

/// The one value that all batches agree on.
fn one_of<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let values: BTreeSet<&str> = values.collect();
    values
        .first()
        .filter(|_| values.len() == 1)
        .map(|value| (*value).to_owned())
}

fn window(window: &WindowView) -> String {
    let plain = || format!("{} to {}", window.opens, window.closes);
    window.local.clone().unwrap_or_else(plain)
}

/// A few of them, and how many more.
fn listed(windows: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let windows: BTreeSet<String> = windows.collect();
    let more = windows.len().saturating_sub(SHOWN);
    let mut shown = windows.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
    if more > 0 {
        shown.push_str(&format!(" and {more} more"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(opens: &str) -> WindowView {
        WindowView {
            opens: opens.to_owned(),
            closes: "z".to_owned(),
            ..WindowView::default()
        }
    }

    fn replaced(changed: &[&str], before: BeforeView) -> PlanView {
        PlanView {
            operations: vec![OperationView {
                action: "replace".to_owned(),
                campaign: "hello".to_owned(),
                changed: changed.iter().map(|name| (*name).to_owned()).collect(),
                before: Some(before),
                recipients: Some(3),
                windows: vec![at("new")],
                ..OperationView::default()
            }],
            campaigns: vec![CampaignView {
                campaign: "hello".to_owned(),
                sender: "ACME".to_owned(),
                template: "Hi {{ name }}".to_owned(),
                ..CampaignView::default()
            }],
            ..PlanView::default()
        }
    }

    fn told(plan: &PlanView) -> Vec<String> {
        let all = changed(plan);
        let changes = all.iter().flat_map(|one| &one.changes);
        changes
            .map(|change| {
                format!(
                    "{}: {} -> {}",
                    change.what,
                    change.was.as_deref().unwrap_or("?"),
                    change.now
                )
            })
            .collect()
    }

    #[test]
    fn what_moved_is_told_with_what_stands_at_the_provider() {
        let before = BeforeView {
            sender: Some("OTHER".to_owned()),
            text: Some("Hello {{ name }}".to_owned()),
            windows: vec![at("old")],
            recipients: Some(4),
            joined: Some(1),
            left: Some(2),
            ..BeforeView::default()
        };
        let plan = replaced(&["sender", "windows", "body", "recipients"], before);
        assert_eq!(
            told(&plan),
            [
                "sender: OTHER -> ACME",
                "window: old to z -> new to z",
                "text: Hello {{ name }} -> Hi {{ name }}",
                "people: 4 people -> 3 people (1 joined, 2 left)"
            ]
        );
    }

    #[test]
    fn what_a_provider_does_not_show_is_not_made_up() {
        assert_eq!(
            told(&replaced(&["content"], BeforeView::default())),
            ["text: ? -> Hi {{ name }}"]
        );
        assert!(told(&replaced(&["tags"], BeforeView::default())).is_empty());
        // Where something else changed, its words show whether the text did.
        let held = |text: &str| BeforeView {
            sender: Some("OTHER".to_owned()),
            text: Some(text.to_owned()),
            ..BeforeView::default()
        };
        assert_eq!(
            told(&replaced(&["sender"], held("Hi {{ … }}"))),
            ["sender: OTHER -> ACME"]
        );
        assert_eq!(told(&replaced(&["sender"], held("Ho {{ … }}"))).len(), 2);
        assert!(
            told(&replaced(&["windows"], held("Ho {{ … }}"))).len() < 2,
            "the texts are the same by their fingerprint"
        );
        let mut created = replaced(&["content"], BeforeView::default());
        created.operations[0].before = None;
        assert!(told(&created).is_empty(), "nothing was there");
    }
}
