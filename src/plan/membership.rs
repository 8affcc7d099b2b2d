//! Who is in a kept batch, where the provider shows it in every list (Sinch): a person whom nobody put there is taken out, a
//! missing one is reported and never put back by this rule - a number that the provider blocks would cost a call every run.

use std::sync::Arc;

use crate::model::{Diagnostic, Msisdn, NumberSet};

use super::diagnostics;
use super::draft::{Draft, Removal, Status};
use super::operation::Reason;
use super::world::World;

/// Compares the people of every kept batch with what was sent.
pub(super) fn compare(world: &World<'_>, draft: &mut Draft<'_>) {
    let kept: Vec<(usize, usize)> = (draft.each())
        .filter_map(|(w, _, status)| match status {
            Status::Keep { batch, .. } => Some((w, *batch)),
            _ => None,
        })
        .collect();
    for (w, i) in kept {
        let removes = world
            .facts(world.batch(i).provider)
            .is_some_and(|facts| facts.can().removes_in_place);
        let Some(people) = world.people_if_read(i).filter(|_| removes) else {
            continue;
        };
        let want = draft.want(w);
        let added: Vec<Msisdn> = people.iter().filter(|number| !want.holds(*number)).collect();
        let there = people.len() - added.len();
        let missing = want
            .totals
            .recipients
            .saturating_sub(u64::try_from(there).unwrap_or(u64::MAX));
        if missing > 0 {
            let message = format!(
                "{missing} of {} people are missing from `{}` at `{}`: the provider did not take them, or somebody took them out",
                want.totals.recipients,
                want.reference,
                world.batch(i).provider
            );
            draft
                .diagnostics
                .push(Diagnostic::warning(&diagnostics::OTHER_PEOPLE, message));
        }
        let is_in_time = world.has_delete_ground(i) && world.is_selected(&draft.want(w).campaign.reference);
        if !added.is_empty() && is_in_time {
            let removal = Removal {
                people: Arc::new(NumberSet::new(added)),
                reason: Reason::Drift,
            };
            draft.removals.insert(i, removal);
        }
    }
}
