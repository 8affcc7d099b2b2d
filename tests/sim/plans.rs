//! What a plan must not contain, judged by the truth: rules of the table that silence people or move batches for nothing.

use std::collections::BTreeSet;

use campanile::model::Part;
use campanile::plan::{How, Operation, Plan, Reason, Target};

use super::account::{Batch, MINUTE, Ms};
use super::actor::{Actor, Faults};
use super::edges::{Echo, out_of_sight};
use super::oracle::SETTLED;
use super::repo::{FREEZE, State};
use super::settled::{Meant, all_meant, is_as_meant, is_due_later, without_left_out};
use super::shrunk::shrinks_nothing;

/// Judges a plan as it is made.
pub fn check_plan(actor: &Actor, plan: &Plan) {
    ground(actor, plan);
    selected(actor, plan);
    // The rest needs a planner that has seen the truth.
    let skew = actor.world.machines[actor.machine].skew.get();
    if actor.faults != Faults::NONE || actor.troubled.get() || skew.abs() > MINUTE {
        return;
    }
    let meant = without_left_out(all_meant(&actor.repo, actor.began), plan);
    shrinks_nothing(actor, &meant, plan);
    for operation in &plan.operations {
        takes_nothing_that_is_meant(actor, &meant, operation);
        silences_nobody(actor, &meant, plan, operation);
        repairs_the_younger(actor, plan, operation);
        keeps_parts(actor, &meant, plan, operation);
    }
}

/// Plan and apply agree: what opens too soon to be taken away is in no plan (row 4: two minutes; DELETE: one).
fn ground(actor: &Actor, plan: &Plan) {
    for operation in &plan.operations {
        let least = match operation.how {
            How::CancelThenCreate => 2 * MINUTE,
            How::Cancel => MINUTE,
            How::Create | How::PutInPlace | How::RemoveInPlace(_) => continue,
        };
        let opens = operation.target.as_ref().and_then(Target::opens);
        if opens.is_some_and(|opens| opens.unix_millis() < plan.now.unix_millis() + least) {
            let what = format!(
                "{} opens too soon to be taken away, and is planned to be",
                operation.reference
            );
            actor.world.violate("ground", what);
        }
    }
}

/// Under `--campaign` others' batches are only repaired, or lose who must not be texted.
fn selected(actor: &Actor, plan: &Plan) {
    let Some(selected) = &actor.selected else { return };
    for operation in &plan.operations {
        let is_of_others = operation.campaign().as_str() != selected;
        if is_of_others && !matches!(operation.reason, Reason::Duplicate | Reason::Suppressed) {
            let what = format!("{} is touched by `--campaign {selected}`", operation.reference);
            actor.world.violate("selected", what);
        }
    }
}

/// The batch that an operation takes away, as it is.
fn taken(actor: &Actor, operation: &Operation) -> Option<(usize, Batch)> {
    if !matches!(operation.how, How::Cancel | How::CancelThenCreate) {
        return None;
    }
    let target = operation.target.as_ref()?;
    let account = actor.world.account_of(&target.provider);
    let batch = actor.world.accounts[account].borrow_mut().find(&target.id.0)?.clone();
    Some((account, batch))
}

/// No horizon, clock or unreadable file makes a batch an orphan that is as the files mean it.
fn takes_nothing_that_is_meant(actor: &Actor, meant: &[Meant<'_>], operation: &Operation) {
    // Cut otherwise, a part may hold by chance what the old one held.
    let has_cause = matches!(
        operation.reason,
        Reason::Duplicate | Reason::Suppressed | Reason::Repartitioned | Reason::Regrouped
    );
    if operation.how != How::Cancel || has_cause {
        return;
    }
    let Some((account, batch)) = taken(actor, operation) else {
        return;
    };
    let Some(reference) = &batch.reference else { return };
    let slot = &reference.slot;
    let campaign = actor.repo.campaigns.iter().find(|c| c.name == slot.campaign.as_str());
    let is_unreadable = campaign.is_some_and(|c| c.state == State::Unreadable);
    let one = meant.iter().find(|one| one.is_of(slot) && one.group == slot.group);
    let stands =
        one.is_some_and(|one| one.closes() > actor.world.now.get() && is_as_meant(&actor.world, account, one, &batch));
    let is_later = campaign.is_some_and(|c| is_due_later(c, meant, slot));
    if is_unreadable || stands || is_later {
        let what = format!(
            "{} is as the files mean it, and is canceled ({})",
            batch.id,
            operation.reason.as_str()
        );
        actor.world.violate("needless", what);
    }
}

/// Whoever loses a batch to a change of the files gets another one by the same plan, or keeps it.
fn silences_nobody(actor: &Actor, meant: &[Meant<'_>], plan: &Plan, operation: &Operation) {
    let is_change = match operation.reason {
        Reason::Changed | Reason::Drift | Reason::Repartitioned | Reason::Regrouped | Reason::ProviderMoved => true,
        _ => operation.how == How::CancelThenCreate,
    };
    let Some((_, batch)) = taken(actor, operation).filter(|_| is_change) else {
        return;
    };
    let now = actor.world.now.get();
    let gone: BTreeSet<&str> = (plan.operations.iter())
        .filter_map(|o| o.target.as_ref().filter(|_| !matches!(o.how, How::PutInPlace)))
        .map(|target| target.id.0.as_str())
        .collect();
    for person in &batch.people {
        let one = meant
            .iter()
            .find(|one| one.label == person.label && one.numbers.contains(&person.number));
        let Some(one) = one.filter(|one| one.opens() > now + FREEZE + 3 * MINUTE) else {
            continue;
        };
        let is_sent = plan.operations.iter().filter(|o| o.sends()).any(|o| {
            let slot = &o.reference.slot;
            one.is_of(slot) && slot.group == one.group && slot.part.contains_bucket(Part::bucket(person.number))
        });
        let is_in = |b: &Batch| {
            let mut people = b.people.iter();
            b.stopped().is_none()
                && !gone.contains(b.id.as_str())
                && people.any(|p| (p.number, p.label) == (person.number, person.label))
        };
        let stays = actor
            .world
            .accounts
            .iter()
            .any(|account| account.borrow().batches.iter().any(is_in));
        // Somebody whom the files move to a group that is held leaves a batch that goes on without him.
        let goes_on = (plan.operations.iter().filter(|o| o.sends()))
            .any(|o| batch.reference.as_ref().is_some_and(|r| r.slot == o.reference.slot));
        let is_held = plan.held.iter().any(|held| {
            let slot = &held.reference.slot;
            one.is_of(slot) && slot.group == one.group && slot.part.contains_bucket(Part::bucket(person.number))
        });
        if !(is_sent || stays || goes_on && is_held) {
            let what = format!(
                "{} is taken away ({}) and somebody in it gets nothing",
                batch.id,
                operation.reason.as_str()
            );
            actor.world.violate("silenced", what);
            return;
        }
    }
}

/// Of two equal planned batches the younger goes.
fn repairs_the_younger(actor: &Actor, plan: &Plan, operation: &Operation) {
    let Some((account, batch)) = taken(actor, operation).filter(|_| operation.reason == Reason::Duplicate) else {
        return;
    };
    let now = actor.world.now.get();
    let is_taken = |b: &Batch| {
        let mut targets = plan.operations.iter().filter_map(|o| o.target.as_ref());
        targets.any(|target| target.id.0 == b.id)
    };
    let account = actor.world.accounts[account].borrow();
    let equal = account
        .batches
        .iter()
        .filter(|b| b.reference == batch.reference && b.is_planned(now));
    for other in equal.filter(|b| b.created > batch.created && b.listed_from + SETTLED < now && !is_taken(b)) {
        let what = format!("{} is repaired away, and the younger {} stays", batch.id, other.id);
        actor.world.violate("younger", what);
    }
}

/// How fine a pace needs the parts of an occurrence: four of them a step at least.
fn least_bits(plan: &Plan, operation: &Operation) -> u8 {
    let of_occurrence = (operation.campaign(), operation.occurrence());
    let mut summaries = plan.campaigns.iter();
    let summary = summaries.find(|one| (&one.campaign, one.occurrence) == of_occurrence);
    let steps = summary.and_then(|one| one.pace.as_ref()).map_or(1, |pace| pace.steps);
    (0..=15)
        .find(|bits| 1 << bits >= 4 * steps.next_power_of_two() || steps == 1)
        .unwrap()
}

/// A division that is in use is kept while it fits: a part splits only when it is too large, too coarse for a pace, or
/// something within it is in use, and parts are never put together.
fn keeps_parts(actor: &Actor, meant: &[Meant<'_>], plan: &Plan, operation: &Operation) {
    let slot = &operation.reference.slot;
    let Some(one) = meant.iter().find(|one| one.is_of(slot) && one.group == slot.group) else {
        return;
    };
    if !operation.sends() {
        return;
    }
    let limit = actor.world.facts[one.campaign.account].limit as usize;
    let least_bits = least_bits(plan, operation);
    let (mut live, mut ever) = (BTreeSet::new(), BTreeSet::new());
    let hidden = out_of_sight(actor);
    for (i, (account, facts)) in (actor.world.accounts.iter().zip(&actor.world.facts)).enumerate() {
        // What was rehearsed does not count, and how batches at an account are divided that is configured no more nobody can
        // read: what may share people with them is held as `other_account`.
        if facts.is_sandbox && !one.campaign.rehearses || !actor.repo.configured[i] {
            continue;
        }
        let account = account.borrow();
        let is_known = |b: &Batch| account.quirks.echo == Echo::Kept && !hidden.contains(&b.id);
        for batch in account.batches.iter().filter(|batch| batch.run.is_some()) {
            let theirs = batch.reference.as_ref().filter(|r| {
                r.namespace == operation.reference.namespace && one.is_of(&r.slot) && r.slot.group == slot.group
            });
            let Some(theirs) = theirs else { continue };
            ever.insert(theirs.slot.part);
            let start: Ms = actor.world.runs.borrow()[actor.run].start;
            if is_known(batch) && batch.stopped().is_none() && batch.listed_from + SETTLED < start {
                live.insert(theirs.slot.part);
            }
        }
    }
    let is_within = |inner: Part, outer: Part| inner.bits() > outer.bits() && inner.may_share(outer);
    let breaks_up = |part: Part| {
        is_within(part, slot.part)
            || (is_within(slot.part, part)
                && one.of_part(part).len() <= limit
                && part.bits() >= least_bits
                && !ever.iter().any(|other| is_within(*other, part)))
    };
    if !ever.contains(&slot.part) && live.into_iter().any(breaks_up) {
        let what = format!(
            "{} is divided otherwise than what is there, which fits",
            operation.reference
        );
        actor.world.violate("parts", what);
    }
}
