//! Safety by silence is cheap: in calm histories (no faults, many edits) every message that people meant, in time, and
//! that nobody got, is counted by the reason why it was held.

use std::collections::{BTreeMap, BTreeSet};

use campanile::model::{Msisdn, Part, Reference};
use campanile::plan::Plan;

use super::account::{MINUTE, Ms};
use super::desire::firings;
use super::repo::{FREEZE, HORIZON, Label, Repo, State};
use super::world::World;

/// What was meant, and what became of it.
#[derive(Debug, Clone, Default)]
pub struct Aggregate {
    /// Meant in time: when it opens, and what held it last.
    meant: BTreeMap<(u64, Label), (Ms, Option<&'static str>)>,
    /// When somebody last applied.
    last: Ms,
    /// Taken back by the files, or edited inside the freeze.
    pub withdrawn: u64,
    /// Edited inside the freeze.
    late: BTreeSet<(u64, Label)>,
    /// Of those: sent to nobody, because the edit moved them too near.
    pub late_missed: u64,
    pub due: u64,
    pub sent: u64,
    pub missed: BTreeMap<&'static str, u64>,
}

/// After an apply: what its commit means to send, as far as there was time.
pub fn note(aggregate: &mut Aggregate, world: &World, repo: &Repo, plan: Option<&Plan>) {
    let now = world.now.get();
    aggregate.last = now;
    let mut fresh: BTreeMap<(u64, Label), (Ms, Option<&'static str>)> = BTreeMap::new();
    for campaign in repo.campaigns.iter().filter(|c| c.state == State::Active) {
        for firing in firings(repo, campaign, now) {
            for (group, windows, numbers) in &firing.groups {
                for number in numbers {
                    let person = Msisdn::from_u64(*number).unwrap();
                    let is_here = |reference: &Reference| {
                        let slot = &reference.slot;
                        slot.campaign.as_str() == campaign.name
                            && slot.occurrence == firing.key
                            && slot.group == *group
                            && slot.part.contains_bucket(Part::bucket(person))
                    };
                    let held = plan.and_then(|plan| plan.held.iter().find(|held| is_here(&held.reference)));
                    let reason = held.map(|held| held.reason.as_str());
                    fresh.insert((*number, firing.label), (windows[0].0, reason));
                }
            }
        }
    }
    // What waits while the project is paused waits by somebody's will.
    if repo.paused {
        let held: Vec<(u64, Label)> = (aggregate.meant.iter())
            .filter(|((number, label), (opens, _))| {
                *opens > now && !world.has_or_will(Msisdn::from_u64(*number).unwrap(), *label)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in held {
            aggregate.meant.remove(&key);
        }
    }
    // What has not opened is meant as long as the files say so; an edit inside the freeze came too late, and is counted
    // apart.
    let before = aggregate.meant.len();
    let late = &mut aggregate.late;
    aggregate.meant.retain(|key, (opens, held)| {
        let Some((fresh_opens, reason)) = fresh.get(key).filter(|_| *opens > now) else {
            return *opens <= now;
        };
        let is_late = held.is_none() && matches!(reason, Some("starts_now" | "too_late"));
        if is_late {
            late.insert(*key);
        }
        *fresh_opens > now && !is_late
    });
    aggregate.withdrawn += u64::try_from(before - aggregate.meant.len()).unwrap();
    let paused = repo.paused;
    let in_time = fresh
        .into_iter()
        .filter(|(_, (opens, _))| !paused && *opens > now + FREEZE + 3 * MINUTE);
    aggregate.meant.extend(in_time);
}

/// Once everything has been sent.
pub fn aggregate(aggregate: &mut Aggregate, world: &World) {
    let mut got: BTreeSet<(u64, Label)> = BTreeSet::new();
    for account in &world.accounts {
        for batch in &account.borrow().batches {
            got.extend(batch.sent_by(Ms::MAX).map(|p| (p.number.as_u64(), p.label)));
        }
    }
    let is_lost = |key: &&(u64, Label)| !got.contains(*key) && !aggregate.meant.contains_key(*key);
    aggregate.late_missed = u64::try_from(aggregate.late.iter().filter(is_lost).count()).unwrap();
    // What opens later waits for applies that nobody makes any more.
    for (key, (_, reason)) in aggregate
        .meant
        .iter()
        .filter(|(_, (opens, _))| *opens < aggregate.last + HORIZON)
    {
        aggregate.due += 1;
        if got.contains(key) {
            aggregate.sent += 1;
        } else {
            *aggregate.missed.entry(reason.unwrap_or("nothing")).or_default() += 1;
        }
    }
}
