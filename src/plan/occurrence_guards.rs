//! Guards that judge each occurrence by itself: its recipients, its price.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::money::{LimitVerdict, compare};
use super::plan::GuardLine;
use super::world::World;
use super::{guard_messages, scope};
use crate::campaign::Rule;
use crate::model::{CampaignRef, Estimate, OccurrenceKey, counted, grouped};

/// Limits of one occurrence: people, segments of a message, money, and what was found elsewhere (quiet hours).
pub(super) fn occurrences(world: &World<'_>, draft: &mut Draft<'_>) {
    let mut occurrences = DesiredOccurrences::new();
    for (w, want) in draft.wants.iter().enumerate() {
        occurrences
            .entry((want.campaign.reference.clone(), want.key()))
            .or_default()
            .push(w);
    }
    for wants in occurrences.values() {
        if !wants.iter().any(|w| draft.status(*w).sends()) {
            continue;
        }
        for verdict in occurrence_verdicts(world, draft, wants) {
            refuse(world, draft, wants, &verdict);
        }
    }
    for finding in &world.policy.findings {
        let concerned: Vec<usize> = (draft.each())
            .filter(|(_, want, status)| {
                status.sends()
                    && want.campaign.reference == finding.campaign
                    && finding.occurrence.is_none_or(|key| key == want.key())
                    && finding.group.is_none_or(|group| group == want.reference.slot.group)
            })
            .map(|(w, _, _)| w)
            .collect();
        let excess = Excess {
            rule: finding.rule,
            actual: finding.actual.clone(),
            limit: finding.limit.clone(),
            what: finding.message.clone(),
        };
        if !concerned.is_empty() {
            refuse(world, draft, &concerned, &excess);
        }
    }
}

/// A limit that is exceeded.
struct Excess {
    rule: Rule,
    actual: String,
    limit: String,
    what: String,
}

fn occurrence_verdicts(world: &World<'_>, draft: &Draft<'_>, wants: &[usize]) -> Vec<Excess> {
    let guards = &world.policy.guards;
    let mut exceeded = Vec::new();
    let people: u64 = wants.iter().map(|w| draft.want(*w).totals.recipients).sum();
    if let Some(limit) = guards.max_recipients.filter(|limit| people > *limit) {
        exceeded.push(Excess {
            rule: Rule::Recipients,
            actual: grouped(people),
            limit: grouped(limit),
            what: format!(
                "it has {}, more than `guards.max_recipients: {limit}`",
                counted(people, "recipient", "recipients")
            ),
        });
    }
    let segments = (wants.iter())
        .map(|w| draft.want(*w).totals.max_segments_per_message)
        .max()
        .unwrap_or(0);
    if let Some(limit) = guards.max_segments_per_message.filter(|limit| segments > *limit) {
        exceeded.push(Excess {
            rule: Rule::Segments,
            actual: segments.to_string(),
            limit: limit.to_string(),
            what: format!(
                "a message of it has {segments} segments, more than `guards.max_segments_per_message: {limit}`"
            ),
        });
    }
    let mut estimate = Estimate::default();
    for w in wants {
        estimate.merge(&draft.want(*w).totals.estimate);
    }
    let over = compare(&estimate, &guards.max_cost.occurrence);
    exceeded.extend((over.into_iter().filter(|verdict| verdict.is_exceeded)).map(|verdict| {
        let what = verdict.told("it", "guards.max_cost.occurrence");
        excess_of(verdict, what)
    }));
    exceeded
}

fn excess_of(verdict: LimitVerdict, what: String) -> Excess {
    Excess {
        rule: Rule::Cost,
        actual: verdict.actual,
        limit: verdict.limit,
        what,
    }
}

/// Holds what no override names; writes the line.
fn refuse(world: &World<'_>, draft: &mut Draft<'_>, wants: &[usize], excess: &Excess) {
    let mut tripped = false;
    let mut allowed = false;
    let mut scope = None;
    for w in wants
        .iter()
        .copied()
        .filter(|w| draft.status(*w).sends())
        .collect::<Vec<_>>()
    {
        let want = draft.want(w);
        let text = scope::scope(want);
        if world.is_allowed(excess.rule, &want.reference) {
            allowed = true;
        } else {
            let hold = guard_messages::guard(None, excess.rule, &text, &excess.what);
            tripped |= draft.hold(w, hold);
        }
        scope.get_or_insert(text);
    }
    if tripped || allowed {
        draft.guards.push(GuardLine {
            rule: excess.rule,
            scope,
            actual: excess.actual.clone(),
            limit: excess.limit.clone(),
            tripped,
            allowed,
        });
    }
}

/// Wanted batches of one occurrence.
type DesiredOccurrences = BTreeMap<(CampaignRef, OccurrenceKey), Vec<usize>>;
