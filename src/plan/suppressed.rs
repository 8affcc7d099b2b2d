//! A suppressed number beats every hold: a planned batch that this plan neither keeps nor cancels is read, and loses
//! everybody who must not be texted - in place where the provider can, else by being canceled without a successor.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Diagnostic, NumberSet};

use super::classify::Role;
use super::diagnostics;
use super::draft::{Cancellation, Disposition, Draft, Removal};
use super::operation::Reason;
use super::world::{Urgency, World};

/// Batches to cancel because of suppressed numbers; those that can lose people in place go to `draft.removals`.
pub(super) fn farewells(world: &World<'_>, draft: &mut Draft<'_>) -> BTreeMap<usize, Cancellation> {
    let mut farewells = BTreeMap::new();
    let stay: Vec<usize> = (draft.dispositions.iter())
        .filter(|(_, disposition)| matches!(disposition, Disposition::Stay))
        .map(|(i, _)| *i)
        .collect();
    for i in stay {
        let Some(found) = suppressed_in(world, i) else {
            continue;
        };
        if !world.has_delete_ground(i) {
            let message = format!(
                "{} suppressed people are in `{}`, which opens in less than a minute and cannot be stopped safely",
                found.count(),
                world.batch(i).reference
            );
            draft
                .diagnostics
                .push(Diagnostic::warning(&diagnostics::TOO_LATE_TO_SILENCE, message));
            continue;
        }
        match found {
            Found::Some { people, others } if others > 0 && removes_in_place(world, i) => {
                draft.removals.insert(
                    i,
                    Removal {
                        people: Arc::new(people),
                        reason: Reason::Suppressed,
                    },
                );
            }
            Found::Some { others, .. } => {
                farewells.insert(i, cancellation(Some(others)));
            }
            Found::Unreadable => {
                farewells.insert(i, cancellation(None));
            }
        }
    }
    farewells
}

fn cancellation(silenced: Option<u64>) -> Cancellation {
    Cancellation {
        silenced,
        ..Cancellation::of(Reason::Suppressed)
    }
}

enum Found {
    Some { people: NumberSet, others: u64 },
    Unreadable,
}

impl Found {
    fn count(&self) -> usize {
        match self {
            Self::Some { people, .. } => people.len(),
            Self::Unreadable => 0,
        }
    }
}

fn removes_in_place(world: &World<'_>, i: usize) -> bool {
    world
        .facts(world.batch(i).provider)
        .is_some_and(|facts| facts.can().removes_in_place)
}

/// Who of a batch must not be texted; unreadable counts where a source of its campaign names a suppressed number.
fn suppressed_in(world: &World<'_>, i: usize) -> Option<Found> {
    let (lists, names_one) = lists_for(world, i);
    if lists.is_empty() && !names_one {
        return None;
    }
    match world.asking_for(Urgency::Suppression, || world.people(i)) {
        Some(people) => {
            let hit = NumberSet::new(people.iter().filter(|number| lists.contains(*number)));
            let others = people.len() - hit.len();
            (!hit.is_empty()).then(|| Found::Some {
                people: hit,
                others: u64::try_from(others).unwrap_or(u64::MAX),
            })
        }
        None => names_one.then_some(Found::Unreadable),
    }
}

/// The lists that count for a batch - every list of the project where it has no file - and whether a source of its
/// campaign names somebody on them.
fn lists_for<'a>(world: &World<'a>, i: usize) -> (&'a NumberSet, bool) {
    let suppressions = &world.policy.suppressions;
    match world.campaign(world.batch(i).campaign()) {
        Some(campaign) => (suppressions.of(&campaign.reference), campaign.suppressed > 0),
        None => (&suppressions.everywhere, false),
    }
}

/// How many suppressed people are in batches that are being sent and are not what is wanted: they cannot be reached.
pub(super) fn report_begun(world: &World<'_>, draft: &mut Draft<'_>) {
    let mut warnings = Vec::new();
    for i in world.by_occurrence.values().flatten().copied() {
        let theirs = world.batch(i);
        if world.is_reported_canceled(i) || theirs.listed().is_none() || draft.is_wanted_exactly(theirs.reference) {
            continue;
        }
        let (lists, _) = lists_for(world, i);
        if lists.is_empty() || world.role(i) != Role::Begun || !world.is_still_sending(i) {
            continue;
        }
        let people = world.asking_for(Urgency::Suppression, || world.people(i));
        let count = people.map_or(0, |people| people.iter().filter(|n| lists.contains(*n)).count());
        if count > 0 {
            let message = format!(
                "{count} suppressed people are in `{}`, which is being sent",
                theirs.reference
            );
            warnings.push(Diagnostic::warning(&diagnostics::OUT_OF_REACH, message));
        }
    }
    draft.diagnostics.extend(warnings);
}
