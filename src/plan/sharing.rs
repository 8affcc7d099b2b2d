//! One person, one live batch: a batch is created, or gains people in place, only if every live or stopped batch of the
//! occurrence that may share people with it - and, its recipients read, does, or cannot be read - is desired with
//! exactly its fingerprint. A create waits for a planned obstacle that this plan cancels; any other obstacle holds it.

use crate::campaign::Rule;
use crate::model::{Group, Slot};

use super::classify::Role;
use super::draft::{Draft, Hold, Replacement, Status, Wait, WaitReason};
use super::hold_messages;
use super::operation::Reason;
use super::parts::Want;
use super::world::World;

/// What other batches of its own occurrence say to a wanted batch that would be sent: what it waits for, or why not.
pub(super) fn obstacles(
    world: &World<'_>,
    draft: &Draft<'_>,
    want: &Want<'_>,
    status: &mut Status,
) -> Result<Vec<Wait>, Hold> {
    let target = match status {
        Status::Replace(replacement) => Some(replacement.batch),
        _ => None,
    };
    let neighbors: Vec<usize> = (neighbors(world, want).into_iter())
        .filter(|i| Some(*i) != target)
        .collect();
    let on_its_people = newest(world, &brakes(world, draft, want, &neighbors));
    let on_the_rest = newest(world, &brakes_on_the_rest(world, draft, want, status));
    if let Some(stopped) = on_its_people.iter().find(|i| !world.is_resumed(want, **i)) {
        return Err(hold_messages::canceled_at_provider(world, want, *stopped));
    }
    let rest = on_the_rest.iter().find(|i| !world.is_resumed(want, **i));
    if let Some(stopped) = rest {
        return Err(hold_messages::occurrence_stopped(world, want, *stopped));
    }
    if let Status::Create { resumed, .. } = status {
        *resumed = !on_its_people.is_empty() || !on_the_rest.is_empty();
    }
    let mut waits = Vec::new();
    for i in neighbors {
        let theirs = world.batch(i);
        let is_own_slot = theirs.reference.slot == want.reference.slot;
        if !is_own_slot && draft.is_wanted_exactly(theirs.reference) {
            continue;
        }
        match world.role(i) {
            Role::Silent | Role::Stopped => {}
            Role::Unsettled => return Err(hold_messages::unknown_outcome(world, want, i)),
            Role::Begun if world.is_unproved(i) => {
                if shares(world, want, i) && !world.is_allowed(Rule::Begun, &want.reference) {
                    return Err(hold_messages::silence_unproved(world, want, i, Some(Rule::Begun)));
                }
            }
            Role::Begun => {
                if shares(world, want, i) && !world.is_allowed(Rule::Begun, &want.reference) {
                    return Err(hold_messages::occurrence_begun(world, want, i));
                }
            }
            Role::Planned => {
                // Within a group another n shares people as a matter of course: waiting costs nothing, reading does.
                let is_same_group = theirs.reference.slot.group == want.reference.slot.group;
                if is_own_slot || is_same_group || gains_from(world, want, status, i) {
                    waits.push(Wait {
                        batch: i,
                        why: WaitReason::SameOccurrence,
                    });
                }
            }
        }
    }
    Ok(waits)
}

/// Row 7: a stopped batch of the occurrence that may share people with this one, any fingerprint. People whom a planned
/// batch of the occurrence would text anyway are no longer under that brake: somebody resumed them.
fn brakes(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>, neighbors: &[usize]) -> Vec<usize> {
    let is_stopped = |i: &usize| {
        (world.is_reported_canceled(*i) || world.batch(*i).listed().is_none()) && world.role(*i) == Role::Stopped
    };
    let stopped: Vec<usize> = neighbors.iter().copied().filter(is_stopped).collect();
    if stopped.is_empty() {
        return stopped;
    }
    let predecessors = predecessors(world, draft, want);
    let is_brake = |i: &usize| {
        let theirs = world.batch(*i).reference;
        let is_own_slot = theirs.slot == want.reference.slot;
        if !is_own_slot && draft.is_wanted_exactly(theirs) {
            return false;
        }
        let is_same_group = theirs.slot.group == want.reference.slot.group;
        let of_group = |p: &&usize| world.batch(**p).reference.slot.group == theirs.slot.group;
        if is_same_group && predecessors.iter().filter(of_group).count() == 0 {
            return true;
        }
        puts_at_risk(world, want, *i, &predecessors)
    };
    stopped.into_iter().filter(is_brake).collect()
}

/// Of several that were stopped in one slot the newest: an override that resumed it covers the older ones.
fn newest(world: &World<'_>, stopped: &[usize]) -> Vec<usize> {
    let slot = |i: usize| &world.batch(i).reference.slot;
    let is_newest = |i: &usize| !stopped.iter().any(|other| other > i && slot(*other) == slot(*i));
    stopped.iter().copied().filter(is_newest).collect()
}

/// A part of an occurrence that was never created is "the rest" of what was stopped: as long as nobody has resumed what
/// was stopped, it is not sent either. What takes over people of a planned batch is no rest.
fn brakes_on_the_rest(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>, status: &Status) -> Vec<usize> {
    let is_wanted_group = |group: Group| want.occurrence.groups.iter().any(|wanted| wanted.group == group);
    // A batch of another group that is still wanted has the same part of the hash, and other people.
    let may_hold_them = |i: &usize| {
        let group = world.batch(*i).reference.slot.group;
        group == want.reference.slot.group || !is_wanted_group(group)
    };
    let is_new = matches!(status, Status::Create { .. }) && !predecessors(world, draft, want).iter().any(may_hold_them);
    if !is_new {
        return Vec::new();
    }
    let all = world.of_occurrence(want.campaign, want.key());
    let (canceled, others): (Vec<usize>, Vec<usize>) =
        (all.into_iter()).partition(|i| world.is_reported_canceled(*i) || world.batch(*i).listed().is_none());
    let is_covered = |i: usize| {
        let stopped = &world.batch(i).reference.slot;
        (others.iter()).any(|live| {
            let theirs = &world.batch(*live).reference.slot;
            let same_group = theirs.group == stopped.group || !is_wanted_group(stopped.group);
            same_group
                && may_share(theirs, stopped)
                && matches!(world.role(*live), Role::Planned | Role::Begun | Role::Unsettled)
        })
    };
    let is_brake = |i: &usize| !is_covered(*i) && world.role(*i) == Role::Stopped;
    canceled.into_iter().filter(is_brake).collect()
}

/// Planned batches of the occurrence that may hold this batch's people already. One that is repaired away is none: its
/// people are in another batch, which may be of another namespace.
pub(super) fn predecessors(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>) -> Vec<usize> {
    let is_repaired =
        |i: &usize| (draft.cleared.get(i)).is_some_and(|cancellation| cancellation.reason == Reason::Duplicate);
    (neighbors(world, want).into_iter())
        .filter(|i| !is_repaired(i))
        .filter(|i| !world.is_reported_canceled(*i) && world.role(*i) == Role::Planned)
        .collect()
}

/// Batches of its occurrence that can hold the same people, its own slot's included.
fn neighbors(world: &World<'_>, want: &Want<'_>) -> Vec<usize> {
    let ours = &want.reference.slot;
    world.neighbors(want.campaign, ours, |theirs| may_share(theirs, ours))
}

/// Whether a batch holds somebody whom this one would text and none of its predecessors would have. Whoever may be in a
/// batch that cannot be read is in it.
pub(super) fn puts_at_risk(world: &World<'_>, want: &Want<'_>, batch: usize, predecessors: &[usize]) -> bool {
    let people = world.people(batch);
    let in_common: Vec<_> = (want.people())
        .filter(|number| people.is_none_or(|people| people.contains(*number)))
        .collect();
    if in_common.is_empty() {
        return false;
    }
    let known: Vec<_> = predecessors.iter().filter_map(|i| world.people(*i)).collect();
    (in_common.into_iter()).any(|number| !known.iter().any(|people| people.contains(number)))
}

/// Whether a batch holds one of this one's people, as far as is known.
pub(super) fn shares(world: &World<'_>, want: &Want<'_>, batch: usize) -> bool {
    (world.people(batch)).is_none_or(|people| want.shares_with(people))
}

/// The same for the people that it gains: all of them, but for a PUT.
fn gains_from(world: &World<'_>, want: &Want<'_>, status: &Status, batch: usize) -> bool {
    let Status::Replace(Replacement {
        in_place: true,
        batch: target,
        ..
    }) = status
    else {
        return shares(world, want, batch);
    };
    puts_at_risk(world, want, batch, &[*target])
}

/// Whether two batches of one occurrence can hold the same person, whatever their group or provider.
pub(super) fn may_share(theirs: &Slot, ours: &Slot) -> bool {
    theirs.part.may_share(ours.part)
}
