//! What is held, told once: a campaign's groups and parts are often held by the same rule for the same reason.

use std::collections::BTreeMap;

use super::amount::AmountView;
use super::numbers::summed;
use super::view::{HeldView, PlanView, WindowView};

/// Held batches of one occurrence that say the same but for the figures in it.
pub(super) struct HeldBundle<'p> {
    /// The one whose figures are told: the last.
    pub held: &'p HeldView,
    /// All of them.
    pub batches: Vec<&'p HeldView>,
}

impl HeldBundle<'_> {
    /// `, 7 batches`, or nothing for one.
    pub(super) fn count(&self) -> String {
        match self.batches.len() {
            1 => String::new(),
            batches => format!(", {batches} batches"),
        }
    }

    /// `held`, or that it is a cancel that is held.
    pub(super) fn what(&self) -> &'static str {
        match self.held.action.as_deref() {
            Some("cancel") => "cancel held:",
            Some(_) | None => "held",
        }
    }

    /// People of all of them, where every one is known.
    pub(super) fn recipients(&self) -> Option<u64> {
        self.batches.iter().map(|held| held.recipients).sum()
    }

    /// Segments of all of them, where every one is known.
    pub(super) fn segments(&self) -> Option<u64> {
        self.batches.iter().map(|held| held.segments).sum()
    }

    /// What all of them would cost.
    pub(super) fn estimate(&self) -> Vec<AmountView> {
        let all: Vec<&[AmountView]> = self.batches.iter().map(|held| held.estimate.as_slice()).collect();
        summed(&all)
    }

    /// When they would be sent, or would have been.
    pub(super) fn windows(&self) -> Vec<&WindowView> {
        self.batches.iter().flat_map(|held| &held.windows).collect()
    }

    /// What `--allow` takes, unless the message says it already.
    pub(super) fn untold_allow(&self) -> Option<&str> {
        let allow = self.held.allow.as_deref()?;
        let is_told = self.held.message.contains(&format!("--allow {allow}"));
        (!is_told).then_some(allow)
    }
}

/// Bundles by campaign, occurrence, reason and message.
pub(super) fn held_bundles(plan: &PlanView) -> Vec<HeldBundle<'_>> {
    let mut bundles: BTreeMap<_, HeldBundle<'_>> = BTreeMap::new();
    for held in &plan.held {
        let key = (
            &held.campaign,
            &held.occurrence,
            &held.reason,
            held.needs_person,
            without_figures(&held.message),
            (&held.allow, &held.action),
        );
        let bundle = bundles.entry(key).or_insert(HeldBundle {
            held,
            batches: Vec::new(),
        });
        bundle.batches.push(held);
        if held.message > bundle.held.message {
            bundle.held = held;
        }
    }
    bundles.into_values().collect()
}

fn without_figures(message: &str) -> String {
    message.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(message: &str, allow: Option<&str>) -> HeldView {
        HeldView {
            campaign: "bf".to_owned(),
            reason: "window_passed".to_owned(),
            message: message.to_owned(),
            allow: allow.map(str::to_owned),
            ..HeldView::default()
        }
    }

    #[test]
    fn what_differs_in_figures_alone_is_told_once_with_the_last_of_them() {
        let plan = PlanView {
            held: vec![
                held("closed at 04:00", None),
                held("closed at 19:00", None),
                held("closed at 02:00", None),
                held("is sending", None),
                held("closed at 03:00", Some("window-passed:bf")),
            ],
            ..PlanView::default()
        };
        let told: Vec<(&str, String)> = held_bundles(&plan)
            .iter()
            .map(|bundle| (bundle.held.message.as_str(), bundle.count()))
            .collect();
        let expected = [
            ("closed at 19:00", ", 3 batches"),
            ("closed at 03:00", ""),
            ("is sending", ""),
        ];
        assert_eq!(told, expected.map(|(message, count)| (message, count.to_owned())));
    }
}
