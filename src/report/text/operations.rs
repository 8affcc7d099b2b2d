//! What would be done, grouped so that a thousand parts are a line.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{TextPage, glyph};
use crate::model::grouped;
use crate::report::batch_view::{OperationView, WindowView};
use crate::report::changes::{ChangedOccurrence, SAME_TEXT, changed};
use crate::report::numbers::shortened;
use crate::report::sums::Sums;
use crate::report::view::PlanView;

/// Operations of one campaign and occurrence that do the same for the same reason.
type Bundle<'a> = (&'a str, &'a str, Option<&'a str>, &'a str);

/// One block for each bundle, in the plan's order.
pub(super) fn operations(plan: &PlanView, page: &mut TextPage) {
    let mut order: Vec<Bundle<'_>> = Vec::new();
    let mut bundles: BTreeMap<Bundle<'_>, Vec<&OperationView>> = BTreeMap::new();
    for operation in &plan.operations {
        let key = (
            operation.action.as_str(),
            operation.campaign.as_str(),
            operation.occurrence.as_deref(),
            operation.reason.as_str(),
        );
        let bundle = bundles.entry(key).or_default();
        if bundle.is_empty() {
            order.push(key);
        }
        bundle.push(operation);
    }
    if order.is_empty() {
        return;
    }
    let all_changed = changed(plan);
    page.blank();
    for key in order {
        if let Some(batches) = bundles.get(&key) {
            bundle(key, batches, &all_changed, page);
        }
    }
    legend(plan, page);
}

fn bundle(key: Bundle<'_>, batches: &[&OperationView], all_changed: &[ChangedOccurrence<'_>], page: &mut TextPage) {
    let (action, campaign, occurrence, reason) = key;
    let (glyph, style) = glyph(action);
    let name = occurrence.map_or_else(
        || campaign.to_owned(),
        |occurrence| format!("{campaign} @ {occurrence}"),
    );
    let provider: BTreeSet<&str> = batches.iter().map(|operation| operation.provider.as_str()).collect();
    let provider = provider.into_iter().collect::<Vec<_>>().join(", ");
    let count = if batches.len() == 1 {
        String::new()
    } else {
        format!(", {} batches", batches.len())
    };
    page.line(format_args!(
        "{style}{glyph} {action}{style:#} {name} on {provider}{count} ({})",
        reason.replace('_', " ")
    ));
    if let Some(sums) = Sums::of(batches).told(&people_before(batches)) {
        page.indented(&sums);
    }
    let spans: Vec<&WindowView> = batches.iter().flat_map(|operation| &operation.windows).collect();
    windows(&spans, page);
    if batches.iter().any(|operation| operation.starts_now) {
        page.line(format_args!("    starts now: its window is open or about to"));
    }
    let differs: BTreeSet<&str> = batches
        .iter()
        .flat_map(|operation| operation.changed.iter().map(String::as_str))
        .collect();
    if !differs.is_empty() {
        let differs = differs.into_iter().collect::<Vec<_>>().join(", ");
        page.indented(&format!("changed: {}", differs.replace('_', " ")));
    }
    let Some(first) = batches.first() else { return };
    if first.recipients.is_some() {
        stood(all_changed, first, page);
    } else if first.action == "cancel" {
        canceled(batches, page);
    }
}

/// What the canceled batches would have said.
fn canceled(batches: &[&OperationView], page: &mut TextPage) {
    let before = batches.iter().filter_map(|operation| operation.before.as_ref());
    let texts: BTreeSet<(&str, &str)> = before
        .flat_map(|before| before.text.iter().chain(&before.texts).map(move |text| (before, text)))
        .map(|(before, text)| (before.sender.as_deref().unwrap_or_default(), text.as_str()))
        .collect();
    for (sender, text) in texts {
        let head = if sender.is_empty() {
            "text".to_owned()
        } else {
            format!("from {sender}")
        };
        page.quoted(&head, text);
    }
}

/// Each once, the first few.
pub(super) fn windows(all: &[&WindowView], page: &mut TextPage) {
    const SHOWN: usize = 4;
    let words: BTreeSet<String> = all.iter().map(|one| window(one)).collect();
    for window in words.iter().take(SHOWN) {
        page.indented(window);
    }
    if words.len() > SHOWN {
        page.line(format_args!("    and {} more windows", words.len() - SHOWN));
    }
}

/// `, was 100`: how many people the batches had that these take the place of.
fn people_before(batches: &[&OperationView]) -> String {
    let sends = batches.iter().filter(|operation| operation.recipients.is_some());
    let known: Option<Vec<u64>> = sends
        .filter_map(|operation| operation.before.as_ref())
        .map(|before| before.recipients)
        .collect();
    match known {
        Some(counts) if !counts.is_empty() => format!(", was {}", grouped(counts.iter().sum())),
        Some(_) | None => String::new(),
    }
}

/// What the provider has in its place, as far as it is known.
fn stood(all: &[ChangedOccurrence<'_>], operation: &OperationView, page: &mut TextPage) {
    if operation.before.is_none() {
        return;
    }
    let is_its = |one: &&ChangedOccurrence<'_>| {
        one.campaign == operation.campaign && one.occurrence == operation.occurrence.as_deref()
    };
    for change in all.iter().find(is_its).iter().flat_map(|one| &one.changes) {
        match &change.was {
            // The number of people before is beside the number after.
            Some(_) if change.what == "people" => {}
            Some(_) if change.is_same_text() => page.indented(&format!("text: {SAME_TEXT}")),
            Some(_) if !change.words.is_empty() => page.words("text", &change.words),
            Some(was) => page.indented(&format!("{} was: {}", change.what, shortened(was, 200))),
            None => {}
        }
    }
}

fn window(window: &WindowView) -> String {
    let changes = if window.clock_changes.is_empty() {
        String::new()
    } else {
        format!("; {}", window.clock_changes.join("; "))
    };
    match &window.local {
        Some(local) => format!("{local}{changes}"),
        None => format!("{} to {}{changes}", window.opens, window.closes),
    }
}

fn legend(plan: &PlanView, page: &mut TextPage) {
    let actions: BTreeSet<&str> = plan
        .operations
        .iter()
        .map(|operation| operation.action.as_str())
        .collect();
    let explained = actions.into_iter().filter_map(|action| match action {
        "replace" => Some("± replace: cancel, prove nothing left, create; in place where Sinch allows it"),
        "update" => Some("~ update: changed in place"),
        "cancel" => Some("- cancel: before it is sent"),
        _ => None,
    });
    for line in explained {
        page.line(format_args!("  {line}"));
    }
}
