//! Batches of ours at accounts that are no longer configured (a provider was swapped, an entry was renamed onto another
//! account): nobody can read what became of them, so their occurrences are held until the account is back, or somebody
//! says that nothing is sent there.

use crate::campaign::Rule;

use super::draft::Draft;
use super::facts::ElsewhereBatch;
use super::hold_messages;
use super::parts::Want;
use super::spans::distance_of_spans;
use super::unreadable::{is_raised_from, may_have_become};
use super::world::World;

/// Holds what would be sent to people of a batch at an account that is no longer configured.
pub(super) fn refuse(world: &World<'_>, draft: &mut Draft<'_>) {
    if world.journal.elsewhere.is_empty() {
        return;
    }
    for w in 0..draft.wants.len() {
        if !draft.status(w).sends() {
            continue;
        }
        let want = draft.want(w);
        let there = (world.journal.elsewhere.iter()).find(|there| is_in_the_way(world, want, there));
        let Some(there) = there.filter(|_| !world.is_allowed(Rule::Moved, &want.reference)) else {
            continue;
        };
        let hold = hold_messages::other_account(world, want, there);
        draft.hold(w, hold);
    }
}

/// The same occurrence, exactly the same send under any name, or what may have been moved or renamed since: nobody can
/// read who is in a batch there. What the sandbox sends reaches nobody.
fn is_in_the_way(world: &World<'_>, want: &Want<'_>, there: &ElsewhereBatch) -> bool {
    let (ours, theirs) = (&want.reference.slot, &there.reference.slot);
    let is_same_occurrence = (&ours.campaign, ours.occurrence) == (&theirs.campaign, theirs.occurrence);
    let is_same_send = want.reference.fingerprint == there.reference.fingerprint;
    let is_close = || {
        let distance = distance_of_spans(&there.windows, want.group.windows.as_slice());
        distance.is_none_or(|distance| distance <= world.policy.min_gap)
    };
    let is_again = is_raised_from(want, &theirs.campaign, theirs.occurrence);
    let may_be_same = || !is_again && may_have_become(world, want, &theirs.campaign, theirs.occurrence) && is_close();
    !want.campaign.sandbox
        && (is_same_send || ours.part.may_share(theirs.part) && (is_same_occurrence || may_be_same()))
}
