//! What is held: whom it would reach, when, for how much, why it is held, and what lifts it.

use super::layout::{TextPage, glyph};
use crate::model::counted;
use crate::report::bundles::{HeldBundle, held_bundles};
use crate::report::numbers::amounts;
use crate::report::view::PlanView;

/// One block for each bundle.
pub(super) fn held(plan: &PlanView, page: &mut TextPage) {
    let bundles = held_bundles(plan);
    if bundles.is_empty() {
        return;
    }
    page.blank();
    let (glyph, style) = glyph("held");
    for bundle in bundles {
        let held = bundle.held;
        let name = held.occurrence.as_ref().map_or_else(
            || held.campaign.clone(),
            |occurrence| format!("{} @ {occurrence}", held.campaign),
        );
        page.line(format_args!(
            "{style}{glyph} {}{style:#} {name}{} ({})",
            bundle.what(),
            bundle.count(),
            held.reason.replace('_', " ")
        ));
        if let Some(sums) = sums(&bundle) {
            page.indented(&sums);
        }
        super::operations::windows(&bundle.windows(), page);
        page.indented(&held.message);
        if let Some(allow) = bundle.untold_allow() {
            page.line(format_args!("    to allow it: --allow {allow}"));
        }
    }
}

/// `15 people, 15 segments, 5.24 SEK`, as far as it is known.
fn sums(bundle: &HeldBundle<'_>) -> Option<String> {
    let people = counted(bundle.recipients()?, "person", "people");
    Some(match bundle.segments() {
        Some(segments) => format!(
            "{people}, {}, {}",
            counted(segments, "segment", "segments"),
            amounts(&bundle.estimate())
        ),
        None => people,
    })
}
