//! Rows 8 and 10-12 for planned and begun batches of slots that nobody wants.

use std::collections::BTreeSet;

use crate::model::OccurrenceKey;

use super::classify::Role;
use super::draft::{Cancellation, Disposition, Draft, Hold, Status};
use super::edited::is_in_schedule;
use super::hold_messages;
use super::operation::Reason;
use super::sharing::{may_share, shares};
use super::world::World;
use crate::desired::{DesiredCampaign, Presence};

/// What becomes of a planned batch that no status of a wanted one has settled.
pub(super) fn disposition_of(world: &World<'_>, draft: &Draft<'_>, i: usize) -> Disposition {
    let theirs = world.batch(i);
    let cancellation = match world.campaign(theirs.campaign()) {
        None => Some(guarded(Reason::FileRemoved)),
        Some(campaign) => match campaign.presence {
            Presence::Tombstone => Some(Cancellation::of(Reason::StateCanceled)),
            Presence::Unreadable => None,
            Presence::Active => farewell_of_active(world, draft, campaign, i),
        },
    };
    match cancellation {
        Some(cancellation) => Disposition::Cancel(cancellation),
        None => Disposition::Stay,
    }
}

fn guarded(reason: Reason) -> Cancellation {
    Cancellation {
        is_guarded: true,
        ..Cancellation::of(reason)
    }
}

fn farewell_of_active(
    world: &World<'_>,
    draft: &Draft<'_>,
    campaign: &DesiredCampaign,
    i: usize,
) -> Option<Cancellation> {
    let key = world.batch(i).key();
    if campaign.emptied_by_suppression {
        return Some(Cancellation::of(Reason::Suppressed));
    }
    if campaign.occurrences.iter().any(|occurrence| occurrence.key == key) {
        return Some(superseded(world, draft, i));
    }
    if is_in_schedule(world, campaign, i) {
        // Named by the schedule and not among what is listed as wanted: over, when something wanted comes after it;
        // else beyond the horizon, which makes no orphan.
        let last_wanted = campaign.occurrences.iter().map(|occurrence| occurrence.key).max();
        let is_over = last_wanted.is_none_or(|last| key < last);
        return is_over.then(|| Cancellation::of(Reason::WindowPassed));
    }
    Some(guarded(reason_unscheduled(campaign, key)))
}

fn reason_unscheduled(campaign: &DesiredCampaign, key: OccurrenceKey) -> Reason {
    match (campaign.schedule.is_some(), key.as_revision().is_some()) {
        (false, true) => Reason::RevisionRaised,
        (false, false) | (true, _) => Reason::Unscheduled,
    }
}

/// Row 11: its occurrence is wanted, its slot is not. It stays while a wanted batch that takes its people over is held.
fn superseded(world: &World<'_>, draft: &Draft<'_>, i: usize) -> Cancellation {
    let theirs = world.batch(i).reference;
    let takes_over = |w: &usize| {
        let ours = &draft.want(*w).reference.slot;
        may_share(&theirs.slot, ours) && (ours.group == theirs.slot.group || shares(world, draft.want(*w), i))
    };
    let successors: Vec<usize> = (draft.wants_of(&theirs.slot.campaign, theirs.slot.occurrence))
        .filter(takes_over)
        .collect();
    let of_group = |w: &usize| draft.want(*w).reference.slot.group == theirs.slot.group;
    let reason = if successors.is_empty() {
        Reason::Emptied
    } else if successors.iter().any(of_group) {
        Reason::Repartitioned
    } else {
        Reason::Regrouped
    };
    Cancellation {
        successors,
        ..Cancellation::of(reason)
    }
}

/// Row 12: batches that nobody wants and that are being sent.
pub(super) fn sending(world: &World<'_>, draft: &Draft<'_>) -> Vec<(usize, Hold)> {
    let replaced_slots: BTreeSet<_> = (draft.each())
        .filter(|(_, _, status)| matches!(status, Status::Held(_) | Status::Done))
        .map(|(_, want, _)| &want.reference.slot)
        .collect();
    (world.by_occurrence.values().flatten().copied())
        .filter(|i| !world.is_reported_canceled(*i) && !replaced_slots.contains(&world.batch(*i).reference.slot))
        .filter(|i| world.batch(*i).listed().is_some() && world.role(*i) == Role::Begun && world.is_still_sending(*i))
        .filter(|i| {
            (world.campaign(world.batch(*i).campaign())).is_none_or(|c| {
                c.presence != Presence::Unreadable && world.counts_for(*i, c) && !is_in_schedule_unlisted(world, c, *i)
            })
        })
        .map(|i| (i, hold_messages::sending(world, i)))
        .collect()
}

/// Of an occurrence that the schedule names although it is not among the wanted ones: an older occurrence, going out as
/// it should.
fn is_in_schedule_unlisted(world: &World<'_>, campaign: &DesiredCampaign, i: usize) -> bool {
    let key = world.batch(i).key();
    !campaign.occurrences.iter().any(|occurrence| occurrence.key == key) && is_in_schedule(world, campaign, i)
}
