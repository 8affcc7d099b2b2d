//! People who opted out at a provider. Those that can be read are suppressed like anybody else; this module holds what
//! must wait while opt-outs cannot be read, and counts people who stay in a batch and whom the provider has to leave
//! out.

use crate::campaign::Rule;
use crate::model::Diagnostic;

use super::diagnostics;
use super::draft::{Disposition, Draft};
use super::hold_messages;
use super::parts::Want;
use super::policy::Unread;
use super::world::{Urgency, World};

/// Holds creates and replaces while opt-outs cannot be read; nothing is canceled for that.
pub(super) fn hold_unread(world: &World<'_>, draft: &mut Draft<'_>) {
    for w in 0..draft.wants.len() {
        if !draft.status(w).sends() {
            continue;
        }
        let want = draft.want(w);
        let Some(unread) = world
            .policy
            .opt_outs_unread
            .iter()
            .find(|unread| concerns(unread, want))
        else {
            continue;
        };
        if !world.is_allowed(Rule::OptOuts, &want.reference) {
            let hold = hold_messages::opt_outs_unreadable(want, unread);
            draft.hold(w, hold);
        }
    }
}

/// What somebody answered to one account counts for every real one; a sandbox's answers count there alone.
fn concerns(unread: &Unread, want: &Want<'_>) -> bool {
    unread.provider == want.campaign.provider || (!unread.sandbox && !want.campaign.sandbox)
}

/// Says how many people a batch holds that its provider blocks, where the batch cannot be replaced any more.
pub(super) fn report_staying(world: &World<'_>, draft: &mut Draft<'_>) {
    let mut warnings = Vec::new();
    for (i, _) in draft
        .dispositions
        .iter()
        .filter(|(_, fate)| matches!(fate, Disposition::Stay))
    {
        let theirs = world.batch(*i);
        let Some(blocked) = world
            .policy
            .suppressions
            .blocked
            .get(theirs.provider)
            .filter(|blocked| !blocked.is_empty())
        else {
            continue;
        };
        let people = world.asking_for(Urgency::Suppression, || world.people(*i));
        let count = people.map_or(0, |people| people.iter().filter(|n| blocked.contains(*n)).count());
        if count > 0 {
            let message = format!(
                "{count} people in `{}` have opted out at `{}`: the batch stays, and what the provider does with them is not documented",
                theirs.reference, theirs.provider
            );
            warnings.push(Diagnostic::warning(&diagnostics::BLOCKED_STAY, message));
        }
    }
    draft.diagnostics.extend(warnings);
}
