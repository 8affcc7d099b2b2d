//! What is held, each hold once: a campaign's groups and parts are often held by the same rule for the same reason.

use std::collections::BTreeMap;

use super::amount::AmountView;
use super::batch_view::{HeldView, WindowView};
use super::numbers::summed;
use super::view::PlanView;

/// Held batches of one occurrence that say the same but for the figures in it.
pub(super) struct HeldBundle<'p> {
    /// The one whose figures are shown: the last.
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
            without_times(&held.message),
            (&held.allow, &held.action),
        );
        let bundle = bundles.entry(key).or_insert(HeldBundle {
            held,
            batches: Vec::new(),
        });
        bundle.batches.push(held);
        if last(held) > last(bundle.held) {
            bundle.held = held;
        }
    }
    bundles.into_values().collect()
}

/// When it closes for good; what says it later wins among equals.
fn last(held: &HeldView) -> (Option<&str>, &str) {
    let closes = held.windows.iter().map(|window| window.closes.as_str()).max();
    (closes, &held.message)
}

/// Without figures and the names of days and months, which differ from one window to the next.
fn without_times(message: &str) -> String {
    const NAMES: &str = "MonTueWedThuFriSatSun JanFebMarAprMayJunJulAugSepOctNovDec";
    let is_name =
        |word: &&str| word.len() == 3 && word.starts_with(|c: char| c.is_ascii_uppercase()) && NAMES.contains(word);
    let words = message.split([' ', '(']).filter(|word| !is_name(word));
    words
        .map(|word| word.chars().filter(|c| !c.is_ascii_digit()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
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
    fn the_names_of_days_and_months_make_no_other_message() {
        let at = |words: &str, closes: &str| HeldView {
            windows: vec![WindowView {
                closes: closes.to_owned(),
                ..WindowView::default()
            }],
            ..held(&format!("closed at {words}; move `delivery`"), None)
        };
        let late = "Fri 27 Nov 2026 20:00 Europe/Stockholm (+01:00, 19:00Z)";
        let later = "Sat 28 Nov 2026 00:30 Europe/Stockholm (+01:00, Fri 27 Nov 2026 23:30Z)";
        let plan = PlanView {
            held: vec![
                at(later, "2026-11-27T23:30:00Z"),
                at(late, "2026-11-27T19:00:00Z"),
                at("May", "2026-11-27T18:00:00Z"),
            ],
            ..PlanView::default()
        };
        let bundles = held_bundles(&plan);
        assert_eq!(bundles.iter().map(|bundle| bundle.batches.len()).max(), Some(2));
        assert!(bundles.iter().any(|bundle| bundle.held.message.contains(later)));
    }

    #[test]
    fn messages_that_differ_in_figures_alone_are_one_with_the_last_figures() {
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
