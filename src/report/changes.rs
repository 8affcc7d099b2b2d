//! What a plan changes of what stands at the providers, campaign by campaign, in words that every format uses.

use std::collections::{BTreeMap, BTreeSet};

use super::view::{BeforeView, CampaignView, OperationView, PlanView, WindowView};
use crate::model::counted;

/// One thing that was otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// `sender`, `window`, `text` or `people`.
    pub what: &'static str,
    /// As it stands at the provider; `None` where the provider does not tell it.
    pub was: Option<String>,
    /// As the files say it.
    pub now: String,
}

/// A campaign's occurrence of which something stands at a provider and would be replaced.
pub(super) struct Changed<'a> {
    pub campaign: &'a str,
    pub occurrence: Option<&'a str>,
    pub changes: Vec<Change>,
}

/// In the plan's order; occurrences that nothing can be told of are left out.
pub(super) fn changed(plan: &PlanView) -> Vec<Changed<'_>> {
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
            (!changes.is_empty()).then_some(Changed {
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
        });
    }
    if is_changed(&["windows"]) {
        let now = batches.iter().flat_map(|(operation, _)| &operation.windows).map(window);
        let was = batches.iter().flat_map(|(_, before)| &before.windows).map(window);
        changes.push(Change {
            what: "window",
            was: Some(listed(was)).filter(|was| !was.is_empty()),
            now: listed(now),
        });
    }
    if let Some(campaign) = campaign {
        let was = one_of(batches.iter().filter_map(|(_, before)| before.text.as_deref()));
        let differs = was.as_deref().is_some_and(|was| !is_same_text(was, &campaign.template));
        // Where something else moved too, the fingerprint does not tell whether the text did: its words do.
        let may_differ = batches
            .iter()
            .flat_map(|(operation, _)| &operation.changed)
            .any(|changed| changed != "windows");
        if is_changed(&["content", "body"]) || (differs && may_differ) {
            changes.push(Change {
                what: "text",
                was,
                now: campaign.template.clone(),
            });
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
            });
        }
    }
    changes
}

/// Whether a text with the provider's placeholders and a template say the same between them.
fn is_same_text(held: &str, template: &str) -> bool {
    let held = held.replace("${v", "{v");
    let held = held
        .split("{v")
        .enumerate()
        .map(|(i, piece)| match piece.split_once('}') {
            Some((digits, rest)) if i > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => rest,
            Some(_) | None => piece,
        });
    let template = template
        .trim_end()
        .split("{{")
        .enumerate()
        .map(|(i, piece)| match piece.split_once("}}") {
            Some((_, rest)) if i > 0 => rest,
            Some(_) | None => piece,
        });
    held.eq(template)
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
            .map(|Change { what, was, now }| format!("{what}: {} -> {now}", was.as_deref().unwrap_or("?")))
            .collect()
    }

    #[test]
    fn what_moved_is_told_with_what_stands_at_the_provider() {
        let before = BeforeView {
            sender: Some("OTHER".to_owned()),
            text: Some("Hello {v1}".to_owned()),
            windows: vec![at("old")],
            recipients: Some(4),
            joined: Some(1),
            left: Some(2),
        };
        let plan = replaced(&["sender", "windows", "body", "recipients"], before);
        assert_eq!(
            told(&plan),
            [
                "sender: OTHER -> ACME",
                "window: old to z -> new to z",
                "text: Hello {v1} -> Hi {{ name }}",
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
        // Where something else moved, its words tell whether the text did.
        let held = |text: &str| BeforeView {
            sender: Some("OTHER".to_owned()),
            text: Some(text.to_owned()),
            ..BeforeView::default()
        };
        assert_eq!(
            told(&replaced(&["sender"], held("Hi ${v1}"))),
            ["sender: OTHER -> ACME"]
        );
        assert_eq!(told(&replaced(&["sender"], held("Ho {v1}"))).len(), 2);
        assert!(
            told(&replaced(&["windows"], held("Ho {v1}"))).len() < 2,
            "the texts are the same by their fingerprint"
        );
        let mut created = replaced(&["content"], BeforeView::default());
        created.operations[0].before = None;
        assert!(told(&created).is_empty(), "nothing stood there");
    }
}
