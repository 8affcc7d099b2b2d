//! One row per campaign and occurrence: what happens to it, to how many people, for how much, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::escape::{escaped, money, word};
use crate::model::{counted, grouped};
use crate::report::batch_view::{OperationView, WindowView};
use crate::report::sums::Sums;
use crate::report::view::PlanView;

/// A campaign and its nominal local time.
type RowKey<'a> = (&'a str, Option<&'a str>);

const HEAD: &str =
    "| campaign | occurrence | does | people | segments | estimate | opens |\n|---|---|---|--:|--:|--:|---|\n";

/// Rows that do something first, all within this many characters; the last row counts what is left out.
pub(super) fn table(plan: &PlanView, room: usize) -> String {
    let mut operations: BTreeMap<RowKey<'_>, Vec<&OperationView>> = BTreeMap::new();
    for operation in &plan.operations {
        let key = (operation.campaign.as_str(), operation.occurrence.as_deref());
        operations.entry(key).or_default().push(operation);
    }
    let mut rows = Vec::new();
    let mut told = BTreeSet::new();
    for campaign in &plan.campaigns {
        let key = (campaign.campaign.as_str(), campaign.occurrence.as_deref());
        told.insert(key);
        let found = operations.get(&key).map(Vec::as_slice).unwrap_or_default();
        let does = match found {
            [] if campaign.finished => "sent".to_owned(),
            [] => idle(plan, key),
            found => does(found),
        };
        let sums = format!(
            "{} | {} | {}",
            grouped(campaign.recipients),
            grouped(campaign.segments),
            money(&campaign.estimate)
        );
        let held = plan
            .held
            .iter()
            .filter(|held| is_it(key, &held.campaign, held.occurrence.as_deref()));
        let opens = if found.is_empty() {
            opens(held.flat_map(|held| &held.windows))
        } else {
            opens_of(found)
        };
        rows.push((found.is_empty(), row(key, &does, &sums, &opens)));
    }
    // Campaigns without a file: what is canceled for them must not be missed.
    for (key, found) in operations.iter().filter(|(key, _)| !told.contains(*key)) {
        rows.push((false, row(*key, &does(found), &sums(found), &opens_of(found))));
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|(is_idle, _)| *is_idle);
    let mut out = HEAD.to_owned();
    let mut left = room.saturating_sub(HEAD.len());
    for (index, (_, row)) in rows.iter().enumerate() {
        let length = row.chars().count();
        if length > left {
            let more = counted((rows.len() - index) as u64, "more row", "more rows");
            let _ = writeln!(out, "| *and {more}* | | | | | | |");
            break;
        }
        left -= length;
        out.push_str(row);
    }
    out.push('\n');
    out
}

/// People, segments and money of what is canceled.
fn sums(found: &[&OperationView]) -> String {
    let sums = Sums::of(found);
    let count = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), grouped);
    let estimate = sums.segments.map_or_else(|| "-".to_owned(), |_| money(&sums.estimate));
    format!("{} | {} | {estimate}", count(sums.people), count(sums.segments))
}

fn opens_of(operations: &[&OperationView]) -> String {
    opens(operations.iter().flat_map(|operation| &operation.windows))
}

/// The first of these windows.
fn opens<'w>(windows: impl Iterator<Item = &'w WindowView>) -> String {
    windows.min_by_key(|window| &window.opens).map_or_else(
        || "-".to_owned(),
        |window| escaped(window.local.as_deref().unwrap_or(&window.opens)),
    )
}

fn is_it((campaign, occurrence): RowKey<'_>, other: &str, time: Option<&str>) -> bool {
    other == campaign && time == occurrence
}

fn row((campaign, occurrence): RowKey<'_>, does: &str, sums: &str, opens: &str) -> String {
    format!(
        "| {} | {} | {does} | {sums} | {opens} |\n",
        escaped(campaign),
        occurrence.map_or_else(|| "-".to_owned(), escaped),
    )
}

fn does(operations: &[&OperationView]) -> String {
    let mut counts: BTreeMap<(&str, &str), (usize, BTreeSet<&str>)> = BTreeMap::new();
    for operation in operations {
        let entry = counts.entry((&operation.action, &operation.reason)).or_default();
        entry.0 += 1;
        entry.1.extend(operation.changed.iter().map(String::as_str));
    }
    let texts: Vec<String> = counts
        .iter()
        .map(|((action, reason), (count, changed))| {
            let count = if *count > 1 { format!(" {count}") } else { String::new() };
            let changed: Vec<String> = changed.iter().map(|changed| word(changed)).collect();
            let changed = if changed.is_empty() {
                String::new()
            } else {
                format!(": {}", changed.join(", "))
            };
            format!("**{}{count}** ({}{changed})", word(action), word(reason))
        })
        .collect();
    texts.join(", ")
}

/// What keeps an occurrence without operations where it is.
fn idle(plan: &PlanView, key: RowKey<'_>) -> String {
    let is_it = |other: &str, time: &Option<String>| is_it(key, other, time.as_deref());
    if let Some(held) = plan.held.iter().find(|held| is_it(&held.campaign, &held.occurrence)) {
        return format!("held ({})", word(&held.reason));
    }
    if plan.kept.iter().any(|kept| is_it(&kept.campaign, &kept.occurrence)) {
        return "keep".to_owned();
    }
    if plan.later.iter().any(|later| is_it(&later.campaign, &later.occurrence)) {
        return "later".to_owned();
    }
    "nothing".to_owned()
}
