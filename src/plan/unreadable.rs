//! Batches whose reference is almost one of ours. While they may be sent they hold what they may be: their occurrence, else
//! their campaign, else every create at that account. What can still be read as an occurrence holds it once it was sent,
//! or canceled after its window opened, too: it is never sent again. An occurrence that the files no longer have may have been moved, and a campaign without a
//! file may have been renamed: nobody can compare what they say, so they hold all that they may have become.

use crate::model::{CampaignRef, ExistingBatch, NearMatch, OccurrenceKey, ReportedState};

use super::draft::Draft;
use super::edited::has_occurrence;
use super::hold_messages;
use super::parts::Want;
use super::spans::distance_of_spans;
use super::world::World;

/// Holds what would be sent beside a batch that nobody can read.
pub(super) fn refuse(world: &World<'_>, draft: &mut Draft<'_>) {
    if world.nears.is_empty() {
        return;
    }
    for w in 0..draft.wants.len() {
        if !draft.status(w).sends() {
            continue;
        }
        let want = draft.want(w);
        let found = (world.nears.iter()).find(|(batch, near)| is_in_the_way(world, want, batch, near));
        if let Some((batch, near)) = found {
            let hold = hold_messages::unreadable_reference(want, batch, near);
            draft.hold(w, hold);
        }
    }
}

fn is_in_the_way(world: &World<'_>, want: &Want<'_>, batch: &ExistingBatch, near: &NearMatch) -> bool {
    let (may_be_sent, was_sent) = match batch.state {
        ReportedState::Planned | ReportedState::Ongoing | ReportedState::Unknown(_) => (true, true),
        ReportedState::Sent => (false, true),
        // Canceled while it was being sent: some have it.
        ReportedState::Canceled => (false, batch.opens().is_none_or(|opens| opens <= world.now)),
    };
    let slot = &want.reference.slot;
    let counts = want.campaign.sandbox || !batch.sandbox;
    let is_close = || {
        let distance = distance_of_spans(&batch.windows, want.group.windows.as_slice());
        distance.is_none_or(|distance| distance <= world.policy.min_gap)
    };
    counts
        && match near {
            NearMatch::Occurrence(campaign, occurrence) => {
                let is_same = (campaign, *occurrence) == (&slot.campaign, slot.occurrence);
                if is_raised_from(want, campaign, *occurrence) {
                    // It waits for what may still be sent, however far apart they are, and for nothing else.
                    return counts && may_be_sent;
                }
                was_sent && (is_same || may_have_become(world, want, campaign, *occurrence) && is_close())
            }
            NearMatch::Campaign(campaign) => {
                let is_renamed = world.campaign(campaign).is_none();
                may_be_sent && *campaign == slot.campaign || was_sent && is_renamed && is_close()
            }
            NearMatch::Namespace => may_be_sent && batch.provider == want.campaign.provider,
        }
}

/// Whether what is wanted is a raised revision of the one-off that a batch belongs to: an explicit "send again".
pub(super) fn is_raised_from(want: &Want<'_>, campaign: &CampaignRef, occurrence: OccurrenceKey) -> bool {
    let slot = &want.reference.slot;
    let revisions = occurrence.as_revision().zip(slot.occurrence.as_revision());
    *campaign == slot.campaign && revisions.is_some_and(|(theirs, ours)| theirs < ours)
}

/// Whether an occurrence that the files do not have may be what is wanted now, moved or under its old name.
pub(super) fn may_have_become(
    world: &World<'_>,
    want: &Want<'_>,
    campaign: &CampaignRef,
    occurrence: OccurrenceKey,
) -> bool {
    match world.campaign(campaign) {
        None => true,
        Some(file) => *campaign == want.reference.slot.campaign && !has_occurrence(file, occurrence),
    }
}
