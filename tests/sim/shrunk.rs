//! Lists that were cut by accident: no plan lets the shorter one take the place of the longer.

use std::collections::BTreeSet;

use campanile::model::{OccurrenceKey, Reference};
use campanile::plan::{Operation, Plan};

use super::account::{Batch, MINUTE, Ms};
use super::actor::Actor;
use super::edges::out_of_sight;
use super::oracle::SETTLED;
use super::repo::Campaign;
use super::settled::Meant;

/// As the program's own guard: it looks at nothing smaller.
const FEW: usize = 20;

/// No list that lost more than half of its people, and had more than twenty, takes the place of the longer one. Whom lists
/// and accounts take out are no loss.
pub fn shrinks_nothing(actor: &Actor, meant: &[Meant<'_>], plan: &Plan) {
    let world = &actor.world;
    if !world.is_edges.get() || actor.overrides || actor.repo.paused || world.has_lost_references() {
        return;
    }
    for campaign in &actor.repo.campaigns {
        let of_campaign: Vec<&Meant<'_>> = meant.iter().filter(|one| one.campaign.name == campaign.name).collect();
        let keys: BTreeSet<OccurrenceKey> = of_campaign.iter().map(|one| one.key).collect();
        let Some(before) = planned(actor, campaign, &keys) else {
            continue;
        };
        let ahead = of_campaign.iter().filter(|one| one.closes() > world.now.get());
        let after: usize = ahead.map(|one| one.numbers.len()).sum();
        let replaces = |o: &Operation| {
            let is_of = o.campaign().as_str() == campaign.name && keys.contains(&o.reference.slot.occurrence);
            is_of && o.sends() && o.target.is_some()
        };
        let is_cut = before > FEW && before.saturating_sub(after) * 100 > before * 50;
        if is_cut && plan.operations.iter().any(replaces) {
            let what = format!("{} had {before} people, and has {after} by this plan", campaign.name);
            world.violate("shrunk", what);
        }
    }
}

/// How many people are planned for these occurrences; `None` where something of them is not simply planned, or cannot be
/// seen: that is judged by other rules.
fn planned(actor: &Actor, campaign: &Campaign, keys: &BTreeSet<OccurrenceKey>) -> Option<usize> {
    let world = &actor.world;
    let (now, start) = (world.now.get(), world.runs.borrow()[actor.run].start);
    let hidden = out_of_sight(actor);
    let is_of = |reference: &Reference| {
        reference.namespace.as_str() == actor.repo.namespace
            && reference.slot.campaign.as_str() == campaign.name
            && keys.contains(&reference.slot.occurrence)
    };
    let mut people = 0;
    let accounts = world.accounts.iter().zip(&world.facts);
    for (account, _) in accounts.filter(|(_, facts)| campaign.rehearses || !facts.is_sandbox) {
        let account = account.borrow();
        let is_ours = |batch: &&Batch| batch.run.is_some() && batch.reference.as_ref().is_some_and(is_of);
        for batch in account.batches.iter().filter(is_ours) {
            let is_silent = batch.stopped().is_some() && !batch.has_begun(Ms::MAX);
            let is_seen = batch.listed_from + SETTLED <= start && !account.quirks.mute && !hidden.contains(&batch.id);
            if !is_seen || !is_silent && !batch.is_planned(now + MINUTE) {
                return None;
            }
            let numbers = batch.people.iter().map(|person| person.number.as_u64());
            people += if is_silent {
                0
            } else {
                numbers
                    .filter(|number| !campaign.leaves_out(&actor.repo, *number))
                    .count()
            };
        }
    }
    Some(people)
}
