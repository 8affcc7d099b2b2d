//! Rows of the page's tables: operations, what stays, what comes later, guards.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::timeline::in_words;
use crate::model::{counted, grouped};
use crate::report::batch_view::{LaterView, OperationView};
use crate::report::changes::{SAME_TEXT, changed};
use crate::report::sums::Sums;
use crate::report::view::PlanView;
use crate::report::words::{Fate, WordRun};

/// Operations of one campaign and occurrence that do the same for the same reason.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct OperationRow {
    pub(super) action: String,
    pub(super) glyph: &'static str,
    pub(super) campaign: String,
    pub(super) occurrence: String,
    pub(super) provider: String,
    pub(super) why: String,
    pub(super) batches: usize,
    pub(super) people: String,
    pub(super) segments: String,
    pub(super) estimate: String,
    pub(super) opens: String,
    pub(super) starts_now: bool,
    pub(super) clock_changes: Vec<String>,
    pub(super) reference: String,
}

/// A batch that stays.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UnchangedRow {
    pub(super) campaign: String,
    pub(super) occurrence: String,
    pub(super) provider: String,
    pub(super) people: String,
    pub(super) opens: String,
}

/// Occurrences of a campaign beyond the horizon.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LaterRow {
    pub(super) campaign: String,
    pub(super) counted: String,
    pub(super) first: String,
    pub(super) apply_by: String,
}

/// A limit.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GuardRow {
    pub(super) rule: String,
    pub(super) subject: String,
    pub(super) actual: String,
    pub(super) limit: String,
    pub(super) verdict: &'static str,
}

/// What changes of a campaign that was planned before.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChangeRow {
    pub(super) campaign: String,
    pub(super) occurrence: String,
    pub(super) what: &'static str,
    /// Of anything but a text.
    pub(super) was: String,
    pub(super) now: String,
    /// Of a text.
    pub(super) words: Vec<WordRun>,
}

/// Batches that stay, campaigns that wait, guards: enough of each.
pub(super) const MAX_KEPT: usize = 500;

/// Bundled, in order of the plan.
pub(super) fn operations(plan: &PlanView) -> Vec<OperationRow> {
    let mut order = Vec::new();
    let mut bundles: BTreeMap<_, Vec<&OperationView>> = BTreeMap::new();
    for operation in &plan.operations {
        let key = (
            &operation.action,
            &operation.campaign,
            &operation.occurrence,
            &operation.reason,
            &operation.provider,
        );
        let bundle = bundles.entry(key).or_default();
        if bundle.is_empty() {
            order.push(key);
        }
        bundle.push(operation);
    }
    order
        .into_iter()
        .filter_map(|key| bundles.get(&key).map(|bundle| operation_row(bundle)))
        .collect()
}

/// What was planned against what is now.
pub(super) fn changes(plan: &PlanView) -> Vec<ChangeRow> {
    let all = changed(plan);
    let each = all
        .iter()
        .flat_map(|one| one.changes.iter().map(move |change| (one, change)));
    each.take(MAX_KEPT)
        .map(|(one, change)| {
            let is_compared = change.words.iter().any(|run| run.fate != Fate::Same);
            ChangeRow {
                campaign: one.campaign.to_owned(),
                occurrence: one.occurrence.unwrap_or_default().replace('T', " "),
                what: change.what,
                was: change.was.clone().unwrap_or_else(|| "not known".to_owned()),
                now: if change.is_same_text() {
                    SAME_TEXT.to_owned()
                } else {
                    change.now.clone()
                },
                words: if is_compared { change.words.clone() } else { Vec::new() },
            }
        })
        .collect()
}

fn operation_row(bundle: &[&OperationView]) -> OperationRow {
    let Some(first) = bundle.first() else {
        return OperationRow::default();
    };
    let [people, segments, estimate] = Sums::of(bundle).cells("");
    let changed: BTreeSet<&str> = bundle
        .iter()
        .flat_map(|operation| operation.changed.iter().map(String::as_str))
        .collect();
    let windows: BTreeMap<&str, String> = bundle
        .iter()
        .flat_map(|operation| &operation.windows)
        .map(|window| (window.opens.as_str(), in_words(window)))
        .collect();
    let mut why = first.reason.replace('_', " ");
    if !changed.is_empty() {
        why.push_str(": ");
        why.push_str(&changed.into_iter().collect::<Vec<_>>().join(", ").replace('_', " "));
    }
    let more = windows.len().saturating_sub(1);
    let opens = windows.into_values().next().unwrap_or_default();
    let clock_changes: BTreeSet<&String> = bundle
        .iter()
        .flat_map(|operation| &operation.windows)
        .flat_map(|window| &window.clock_changes)
        .collect();
    OperationRow {
        action: first.action.clone(),
        glyph: match first.action.as_str() {
            "create" => "+",
            "replace" => "±",
            "update" => "~",
            _ => "−",
        },
        campaign: first.campaign.clone(),
        occurrence: first.occurrence.clone().unwrap_or_default().replace('T', " "),
        provider: first.provider.clone(),
        why,
        batches: bundle.len(),
        people,
        segments,
        estimate,
        opens: if more > 0 {
            format!("{opens} and {more} more")
        } else {
            opens
        },
        starts_now: bundle.iter().any(|operation| operation.starts_now),
        clock_changes: clock_changes.into_iter().cloned().collect(),
        reference: first.reference.clone(),
    }
}

/// What stays.
pub(super) fn kept(plan: &PlanView) -> Vec<UnchangedRow> {
    plan.kept
        .iter()
        .take(MAX_KEPT)
        .map(|kept| UnchangedRow {
            campaign: kept.campaign.clone(),
            occurrence: kept.occurrence.clone().unwrap_or_default().replace('T', " "),
            provider: kept.provider.clone(),
            people: kept.recipients.map_or_else(|| "not known".to_owned(), grouped),
            opens: kept.opens.clone().unwrap_or_default(),
        })
        .collect()
}

/// By campaign.
pub(super) fn later(plan: &PlanView) -> Vec<LaterRow> {
    let mut bundles: BTreeMap<&str, (u64, &str, &LaterView)> = BTreeMap::new();
    for later in &plan.later {
        let bundle = bundles.entry(&later.campaign).or_insert((0, &later.opens, later));
        bundle.0 += 1;
        bundle.1 = bundle.1.min(&later.opens);
        if later.apply_by < bundle.2.apply_by {
            bundle.2 = later;
        }
    }
    bundles
        .into_iter()
        .take(MAX_KEPT)
        .map(|(campaign, (count, first, due))| LaterRow {
            campaign: campaign.to_owned(),
            counted: counted(count, "occurrence", "occurrences"),
            first: first.to_owned(),
            apply_by: due.apply_by_local.as_ref().unwrap_or(&due.apply_by).clone(),
        })
        .collect()
}

/// All of them.
pub(super) fn guards(plan: &PlanView) -> Vec<GuardRow> {
    plan.guards
        .iter()
        .take(MAX_KEPT)
        .map(|guard| GuardRow {
            rule: guard.rule.clone(),
            subject: guard.subject.clone(),
            actual: guard.actual.clone(),
            limit: guard.limit.clone(),
            verdict: match (guard.tripped, guard.allowed) {
                (_, true) => "allowed",
                (true, false) => "stops",
                (false, false) => "passes",
            },
        })
        .collect()
}
