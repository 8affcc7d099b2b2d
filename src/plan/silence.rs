//! Whether silence can be proved is checked before the DELETE. A batch is replaced only where a read of it shows,
//! before the cancel, what the proof will need afterwards: its messages, and none beyond planning. Else DELETE would
//! leave people without the old text, and nobody could tell whether the new one may go.

use super::draft::{Disposition, Draft, Status};
use super::hold_messages;
use super::operation::Reason;
use super::world::World;

/// Holds whatever would take the place of a batch whose silence could not be proved; that batch stays. Plain cancels go
/// on.
pub(super) fn refuse(world: &World<'_>, draft: &mut Draft<'_>) {
    if world.policy.paused {
        // Nothing takes anything's place.
        return;
    }
    for w in 0..draft.wants.len() {
        let target = match draft.status(w) {
            Status::Replace(replacement) if !replacement.in_place => Some(replacement.batch),
            status if status.sends() => None,
            _ => continue,
        };
        let waits = draft.waits.get(w).into_iter().flatten().map(|wait| wait.batch);
        let taken_away: Vec<usize> = target
            .into_iter()
            .chain(waits.filter(|i| draft.leaves(*i) && !is_put(draft, *i)))
            .collect();
        let Some(i) = taken_away.into_iter().find(|i| !world.is_provable(*i)) else {
            continue;
        };
        let hold = hold_messages::silence_unprovable(world, draft.want(w), i);
        draft.hold(w, hold);
        if let Some(Disposition::Cancel(farewell)) = draft.dispositions.get(&i)
            && is_for_a_successor(farewell.reason)
        {
            draft.dispositions.insert(i, Disposition::Stay);
        }
    }
}

fn is_put(draft: &Draft<'_>, i: usize) -> bool {
    match draft.dispositions.get(&i) {
        Some(Disposition::Replaced(w)) => {
            matches!(draft.status(*w), Status::Replace(replacement) if replacement.in_place)
        }
        Some(Disposition::Kept | Disposition::Cancel(_) | Disposition::Stay) | None => false,
    }
}

/// Whether a batch goes only because another one comes.
fn is_for_a_successor(reason: Reason) -> bool {
    match reason {
        Reason::Changed
        | Reason::Drift
        | Reason::Repartitioned
        | Reason::Regrouped
        | Reason::ProviderMoved
        | Reason::Emptied
        | Reason::FileRemoved
        | Reason::Unscheduled
        | Reason::RevisionRaised
        | Reason::New
        | Reason::Resumed
        | Reason::Renamed => true,
        Reason::Duplicate | Reason::Suppressed | Reason::StateCanceled | Reason::WindowPassed | Reason::Postponed => {
            false
        }
    }
}
