//! Histories that are made for one rule, because chance leads there too seldom.

use std::collections::BTreeSet;
use std::rc::Rc;

use campanile::model::{CampaignRef, OccurrenceKey};
use campanile::plan::HeldReason;

use super::account::{Batch, SECOND};
use super::actor::{Death, Faults};
use super::chance::Chance;
use super::history::{History, Task, Verdict};
use super::repo::{Edit, Repo};
use super::runs::{Job, carry_out, stop};
use super::script::{Scene, Script};

/// Plays a scene.
pub fn play(scene: Scene, script: &Script, read_along: bool) -> Verdict {
    let mut history = History::before(script, read_along);
    let chance = &mut Chance::of(script.seed, 70);
    match scene {
        Scene::Race => race(&mut history, script.seed, chance),
        Scene::Stop => stop_half_replaced(&mut history, chance),
    }
    history.finish()
}

/// Some campaigns are applied by one machine; then all their texts are edited.
fn apply_and_edit(history: &mut History, chance: &mut Chance) {
    let mut repo = Repo::clone(history.commits.last().unwrap());
    for _ in 0..2 {
        repo.edit(Edit::Add, history.world.now.get(), &history.setting, chance);
    }
    // Where nothing is changed in place.
    for campaign in &mut repo.campaigns {
        campaign.account = 0;
    }
    history.commits.push(Rc::new(repo.clone()));
    history.one(Faults::NONE, None, Job::Apply, 0, chance);
    for campaign in &mut repo.campaigns {
        campaign.body += 1;
    }
    history.commits.push(Rc::new(repo));
}

/// Applies of one commit race, on machines that know the same journal, each with up to eight calls on their way. What they
/// cancel of each other is a repair: nothing of it is held as if somebody had stopped it.
fn race(history: &mut History, seed: u64, chance: &mut Chance) {
    apply_and_edit(history, chance);
    let machines = &history.world.machines;
    for other in &machines[1..] {
        *other.journal.borrow_mut() = machines[0].journal.borrow().clone();
    }
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for machine in 0..3 {
        // Nobody sees at once what another has created, and the last one comes when the others are at it.
        let faults = Faults {
            slow: if machine < 2 { 120 } else { 0 },
            hidden: 700,
            ..Faults::NONE
        };
        let after = if machine < 2 { 0 } else { 3 * SECOND };
        let commit = history.commits.last().unwrap().clone();
        let actor = Rc::new(history.actor(faults, None, machine, commit, false, chance));
        actor.troubled.set(true);
        actor
            .wake
            .set(history.world.now.get() + after + chance.between(0, 300 + 5 * after));
        let task = carry_out(actor.clone(), Job::Apply, history.last_plan.clone(), Vec::new());
        tasks.push((actor, Box::pin(task)));
    }
    history.world.clone().run_all(tasks);
    history.settle(seed);
    let plan = history.last_plan.borrow().clone().unwrap();
    let mut held = plan.held.iter();
    if let Some(held) = held.find(|held| held.reason == HeldReason::CanceledAtProvider) {
        let what = format!("{} is held as stopped, and nobody has stopped it", held.reference);
        history.world.violate("needless", what);
    }
}

/// An apply dies between its cancels and its creates, or before it could see what it has created. Then somebody pulls the
/// brake, and it ends well: no later apply of the same commit sends anything of what stood before.
fn stop_half_replaced(history: &mut History, chance: &mut Chance) {
    apply_and_edit(history, chance);
    let faults = Faults {
        hidden: 700,
        ..Faults::NONE
    };
    let line = u32::try_from(1 + chance.below(12)).unwrap();
    let death = chance.pick(&[Death::AfterLine(line), Death::AfterLine(line), Death::BeforeLookingBack]);
    // What is not in its journal is found by its lists alone.
    let machine = usize::from(death == Death::BeforeLookingBack);
    history.one(faults, Some(death), Job::Apply, machine, chance);
    let commit = history.commits.last().unwrap().clone();
    let brake = Rc::new(history.actor(Faults::NONE, None, 0, commit, false, chance));
    let began = history.world.now.get();
    history
        .world
        .clone()
        .run_all(vec![(brake.clone(), Box::pin(stop(brake)))]);
    if history.world.stopped.borrow().is_empty() {
        return;
    }
    let stopped = occurrences(history, |batch| batch.created <= began);
    let before = batches_so_far(history);
    history.one(Faults::NONE, None, Job::Apply, 0, chance);
    let sent = occurrences(history, |batch| !before.contains(&batch.id));
    if let Some((campaign, occurrence)) = stopped.intersection(&sent).next() {
        let what = format!("{campaign} {occurrence} is sent, and was stopped");
        history.world.violate("rest", what);
    }
}

fn batches_so_far(history: &History) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for account in &history.world.accounts {
        all.extend(account.borrow().batches.iter().map(|batch| batch.id.clone()));
    }
    all
}

/// Whose batches are like this.
fn occurrences(history: &History, is_like: impl Fn(&Batch) -> bool) -> BTreeSet<(CampaignRef, OccurrenceKey)> {
    let mut all = BTreeSet::new();
    for account in &history.world.accounts {
        let account = account.borrow();
        let ours = account
            .batches
            .iter()
            .filter(|batch| batch.run.is_some() && is_like(batch));
        let slots = ours.filter_map(|batch| batch.reference.as_ref().map(|reference| &reference.slot));
        all.extend(slots.map(|slot| (slot.campaign.clone(), slot.occurrence)));
    }
    all
}
