//! Renames: a wanted batch is held while a live or stopped batch of a campaign that has no file, or of the same
//! campaign in another namespace, looks like the same send: the same fingerprint, or people in common and near in time
//! or of the same occurrence. If this plan cancels that batch, the create waits for the proof instead: a plain rename
//! converges in one apply.
//!
//! An occurrence with live batches of its own is not held - but only for the people whom they hold: a rename
//! that broke off half way must not text the other half twice.

use super::classify::Role;
use super::draft::{Draft, Hold, Wait, WaitReason};
use super::parts::Want;
use super::sharing::{predecessors, puts_at_risk};
use super::spans::distance_of_spans;
use super::world::World;
use super::{edited, hold_messages};
use crate::campaign::Rule;

/// Batches of other names that block a wanted batch: what it waits for, or why it is held.
pub(super) fn obstacles(
    world: &World<'_>,
    draft: &Draft<'_>,
    want: &Want<'_>,
    candidates: &[usize],
) -> Result<Vec<Wait>, Hold> {
    let mut waits = Vec::new();
    for i in candidates.iter().copied() {
        if !world.counts_for(i, want.campaign) || !is_candidate_for(world, want, i) {
            continue;
        }
        let Some(role) = likeness(world, draft, want, i) else {
            continue;
        };
        match role {
            Role::Silent => {}
            Role::Unsettled => return Err(hold_messages::unknown_outcome(world, want, i)),
            Role::Planned if world.is_ours(i) => waits.push(Wait {
                batch: i,
                why: WaitReason::Renamed,
            }),
            Role::Planned | Role::Begun | Role::Stopped => {
                if !world.is_allowed(Rule::Renamed, &want.reference) {
                    return Err(hold_messages::looks_renamed(world, want, i));
                }
            }
        }
    }
    Ok(waits)
}

/// Batches that no campaign with a file owns: of removed campaigns, and of other namespaces.
pub(super) fn candidates(world: &World<'_>) -> Vec<usize> {
    (0..world.batches.len())
        .filter(|i| !world.is_ours(*i) || world.campaign(world.batch(*i).campaign()).is_none())
        .collect()
}

/// No file for its campaign; or another namespace and this very campaign, or this very send under any name.
fn is_candidate_for(world: &World<'_>, want: &Want<'_>, i: usize) -> bool {
    let theirs = world.batch(i);
    if world.is_ours(i) {
        world.campaign(theirs.campaign()).is_none()
    } else {
        // Another project's batch is none of our business, unless it is this very send.
        *theirs.campaign() == want.campaign.reference || theirs.reference.fingerprint == want.reference.fingerprint
    }
}

/// What a batch of another name is, if it looks like this one; cheap tests first, reading last.
fn likeness(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>, i: usize) -> Option<Role> {
    let theirs = world.batch(i);
    let is_same = theirs.reference.fingerprint == want.reference.fingerprint;
    let can_share = theirs.reference.slot.part.may_share(want.part());
    let looks_alike = is_same || (can_share && is_near(world, want, i));
    if !looks_alike {
        return None;
    }
    let role = world.role(i);
    if role == Role::Silent || is_same {
        return Some(role);
    }
    let own = predecessors(world, draft, want);
    puts_at_risk(world, want, i, &own).then_some(role)
}

/// Within `min_gap`, or the same occurrence. A one-off's revision names no moment: it shows that two are the same only
/// together with the campaign's name. Of two schedules, the question is the one of an edited schedule: another
/// occurrence that the current schedule names too is another send, else a renamed daily campaign would lose a day.
fn is_near(world: &World<'_>, want: &Want<'_>, i: usize) -> bool {
    let theirs = world.batch(i);
    let is_same_occurrence = theirs.key() == want.key()
        && (theirs.key().as_nominal().is_some() || *theirs.campaign() == want.campaign.reference);
    if is_same_occurrence {
        return true;
    }
    if let (Some(schedule), Some(nominal)) = (&want.campaign.schedule, theirs.key().as_nominal()) {
        return !schedule.names(nominal) && edited::is_near(world, want, i);
    }
    distance_of_spans(theirs.windows, want.group.windows.as_slice())
        .is_none_or(|distance| distance <= world.policy.min_gap)
}
