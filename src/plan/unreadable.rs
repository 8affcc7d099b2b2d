//! Batches whose reference is almost one of ours. While they may be sent they hold what they may be: their occurrence, else
//! their campaign, else every create at that account. What can still be read as an occurrence holds it once it was sent,
//! too: it is never sent again.

use crate::model::{ExistingBatch, NearMatch, ReportedState};

use super::draft::Draft;
use super::hold_messages;
use super::parts::Want;
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
        let found = (world.nears.iter()).find(|(batch, near)| is_in_the_way(want, batch, near));
        if let Some((batch, near)) = found {
            let hold = hold_messages::unreadable_reference(batch, near);
            draft.hold(w, hold);
        }
    }
}

fn is_in_the_way(want: &Want<'_>, batch: &ExistingBatch, near: &NearMatch) -> bool {
    let (may_be_sent, was_sent) = match batch.state {
        ReportedState::Planned | ReportedState::Ongoing | ReportedState::Unknown(_) => (true, true),
        ReportedState::Sent => (false, true),
        ReportedState::Canceled => (false, false),
    };
    let slot = &want.reference.slot;
    let counts = want.campaign.sandbox || !batch.sandbox;
    counts
        && match near {
            NearMatch::Occurrence(campaign, occurrence) => {
                was_sent && (campaign, *occurrence) == (&slot.campaign, slot.occurrence)
            }
            NearMatch::Campaign(campaign) => may_be_sent && *campaign == slot.campaign,
            NearMatch::Namespace => may_be_sent && batch.provider == want.campaign.provider,
        }
}
