//! The programs that run in a world: `apply` as the command line puts it together, and `stop`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use campanile::apply::{
    Brake, Orders, Outcome, RunClock, RunContext, approve, baselines, carry_out as walk, note_lists,
    note_what_was_settled, observe,
};
use campanile::campaign::Rule;
use campanile::model::CampaignRef;
use campanile::plan::{How, Operation, Override, Plan, Unread};

use super::account::{Batch, MINUTE};
use super::actor::{Actor, SimClock, SimJournal};
use super::desire::{Files, instant, watched};
use super::edges::Stopped;
use super::oracle::check_look_back;
use super::plans::check_plan;
use super::provider::SimProvider;
use super::report::check_report;

/// What a run is for.
pub enum Job {
    /// Plans and applies.
    Apply,
    /// Plans only.
    Look,
    /// Applies what was reviewed, or less.
    Approved(BTreeSet<String>),
}

/// One run of `plan` or `apply`.
pub async fn carry_out(actor: Rc<Actor>, job: Job, last_plan: Rc<RefCell<Option<Plan>>>, overrides: Vec<String>) {
    let world = actor.world.clone();
    world.say(|| {
        format!(
            "run {} begins on machine {}, accounts {:?} (skew {} s), {:?} {:?}",
            actor.run,
            actor.machine,
            actor.repo.configured,
            world.machines[actor.machine].skew.get() / 1000,
            actor.faults,
            actor.death
        )
    });
    let providers = providers(&actor);
    let clock = SimClock(actor.clone());
    let mut journal = SimJournal(actor.clone());
    let files = Files {
        repo: &actor.repo,
        now: actor.began,
    };
    let mut policy = actor.wanted.policy.clone();
    policy.selected = (actor.selected.iter())
        .map(|name| Some(CampaignRef::parse(name).unwrap()))
        .collect::<Option<BTreeSet<_>>>()
        .filter(|selected| !selected.is_empty());
    policy.suppressions.lists = vec![watched(&actor.repo)];
    let remembered = baselines(
        world.machines[actor.machine]
            .journal
            .borrow()
            .as_deref()
            .unwrap_or_default(),
    );
    policy.suppressions.recall(remembered);
    policy.opt_outs_unread = (actor.unread.iter())
        .filter(|account| actor.repo.configured[**account])
        .map(|account| Unread {
            provider: world.facts[*account].name.clone(),
            sandbox: world.facts[*account].is_sandbox,
            why: "answered 500".to_owned(),
        })
        .collect();
    let adopt = format!("adopt={}", policy.namespace);
    let adopt = actor.adopts.then_some(adopt.as_str());
    let overrides = overrides.iter().map(String::as_str).chain(adopt);
    policy.overrides = overrides.map(|text| Override::parse(text).unwrap()).collect();
    let run = RunContext {
        providers: &providers,
        clock: &clock,
        journal: RefCell::new(&mut journal),
        desired: &actor.wanted.desired,
        policy: &policy,
        payloads: &files,
        progress: &|_| {},
        written: RefCell::default(),
        people_differ: RefCell::default(),
    };
    let Ok(seen) = observe(&run).await else { return };
    world.say(|| show(&seen.plan));
    check_plan(&actor, &seen.plan);
    let plan_has_first_contact = (seen.plan.guards.iter()).any(|guard| guard.rule == Rule::Adopt && guard.tripped);
    *last_plan.borrow_mut() = Some(seen.plan.clone());
    if !seen.skewed.is_empty() || matches!(job, Job::Look) {
        return;
    }
    let listed = world.runs.borrow()[actor.run].last_list;
    if note_what_was_settled(&run, &seen).is_err() {
        return;
    }
    if note_lists(&run, &seen.plan).is_err() {
        return;
    }
    if !actor.is_dead.get() {
        world.runs.borrow_mut()[actor.run].settled = listed;
    }
    let mut refused: Vec<Operation> = Vec::new();
    let operations = match job {
        Job::Apply | Job::Look => seen.plan.operations,
        Job::Approved(digests) => {
            let verdict = approve(&seen.plan, &digests);
            refused.extend(verdict.refused.into_values().flatten());
            let approved = verdict.operations;
            if approved.iter().any(|operation| !digests.contains(&operation.digest.0)) {
                world.violate("unplanned", "an operation that nobody reviewed is approved".to_owned());
            }
            approved
        }
    };
    actor.orders.borrow_mut().clone_from(&operations);
    let orders = Orders {
        operations,
        expires_at: actor.expires_at.get().map(instant),
    };
    let report = walk(&run, &orders).await;
    if actor.is_dead.get() {
        return;
    }
    world.say(|| {
        let steps = report.steps.iter().chain(&report.repairs);
        let lines = steps.map(|step| {
            let error = step.error.clone().unwrap_or_default();
            format!(
                "  {} {} {} {error}",
                step.outcome.as_str(),
                step.operation.how.as_str(),
                step.operation.reference
            )
        });
        format!(
            "run {} reports (left {:?}, {:?}):\n{}",
            actor.run,
            report.remaining,
            report.halt,
            lines.collect::<Vec<_>>().join("\n")
        )
    });
    check_report(&actor, &report);
    check_look_back(&actor, &report);
    let steps = report.steps.iter().chain(&report.repairs);
    let went_well = steps.into_iter().all(|step| step.outcome == Outcome::Done) && report.halt.is_none();
    // Nobody reviewed it, so it may still stand: a batch that had to go.
    let is_undone = |refused: &Operation| {
        let is_cancel = matches!(refused.how, How::Cancel | How::RemoveInPlace(_));
        is_cancel && !(report.repairs.iter()).any(|step| step.operation.target == refused.target)
    };
    // Nothing at all is done at first contact.
    let is_clean = !plan_has_first_contact
        && went_well
        && !refused.iter().any(is_undone)
        && !actor.troubled.get()
        && actor.interrupt_at.is_none();
    world.runs.borrow_mut()[actor.run].clean = is_clean;
}

fn show(plan: &Plan) -> String {
    let mut lines = vec![format!("plan: {} kept, {} later", plan.kept.len(), plan.later.len())];
    for operation in &plan.operations {
        lines.push(format!(
            "  {} {} ({}) target {:?} after {}",
            operation.how.as_str(),
            operation.reference,
            operation.reason.as_str(),
            operation.target.as_ref().map(|target| &target.id.0),
            operation.after.len()
        ));
    }
    for held in &plan.held {
        let id = held.batch_id.as_ref().map(|id| &id.0);
        lines.push(format!(
            "  held {} ({}) {id:?} {}",
            held.reference,
            held.reason.as_str(),
            held.message
        ));
    }
    lines.join("\n")
}

/// `stop --all`, as the command line puts it together: whatever it proves silent is under a brake from then on
/// ([`SimJournal`](super::actor::SimJournal)).
pub async fn stop(actor: Rc<Actor>) {
    let world = actor.world.clone();
    world.say(|| {
        format!(
            "run {}: somebody pulls the brake on machine {}",
            actor.run, actor.machine
        )
    });
    actor.is_stop.set(true);
    let providers = providers(&actor);
    let clock = SimClock(actor.clone());
    let mut journal = SimJournal(actor.clone());
    let files = Files {
        repo: &actor.repo,
        now: actor.began,
    };
    let run = RunContext {
        providers: &providers,
        clock: &clock,
        journal: RefCell::new(&mut journal),
        desired: &actor.wanted.desired,
        policy: &actor.wanted.policy,
        payloads: &files,
        progress: &|_| {},
        written: RefCell::default(),
        people_differ: RefCell::default(),
    };
    let mut brake = Brake::new(&run, &|_| true, Vec::new());
    let has_ended = brake.pull().await.is_ok() && !clock.is_interrupted() && !actor.is_dead.get();
    world.say(|| format!("run {} ends: {:?}", actor.run, brake.tally));
    if has_ended && brake.tally.is_complete() {
        check_stopped(&actor);
        note_stopped(&actor);
    }
}

/// When `stop` ends with exit code 0, nothing of ours that was there when it began is planned any more.
fn check_stopped(actor: &Actor) {
    let world = &actor.world;
    let (began, now) = (world.runs.borrow()[actor.run].start, world.now.get());
    for (i, account) in world
        .accounts
        .iter()
        .enumerate()
        .filter(|(i, _)| actor.repo.configured[*i])
    {
        let account = account.borrow();
        let is_ours = |batch: &&Batch| {
            let reference = batch.reference.as_ref();
            batch.run.is_some() && reference.is_some_and(|r| r.namespace.as_str() == actor.repo.namespace)
        };
        let is_left =
            |batch: &&Batch| batch.created <= began && batch.is_planned(now) && batch.opens() > now + 3 * MINUTE;
        let left = account.batches.iter().filter(is_ours).find(is_left);
        if let Some(batch) = left.filter(|_| !world.loses_references(i)) {
            world.violate(
                "stopped",
                format!("{} is planned still after a `stop` that ended well", batch.id),
            );
        }
    }
}

/// What a `stop` that ended with exit code 0 has asked for, by what it wrote down.
fn note_stopped(actor: &Actor) {
    let world = &actor.world;
    let (mut slots, mut marked, mut batches) = (Vec::new(), Vec::new(), BTreeSet::new());
    let deleted = actor.deletes.borrow();
    for (provider, reference, id) in actor.braked.borrow().iter() {
        // What is rehearsed reaches nobody.
        if !world.facts[world.account_of(provider)].is_sandbox {
            // What an apply had canceled to put something else in its place: only this journal tells of that.
            let kind = if deleted.contains(id) { &mut slots } else { &mut marked };
            kind.push(reference.slot.clone());
        }
        batches.insert(id.clone());
    }
    world.stopped.borrow_mut().push(Stopped {
        at: world.now.get(),
        commit: actor.commit.clone(),
        machine: actor.machine,
        slots,
        marked,
        batches,
    });
}

/// The accounts that a run's commit configures.
fn providers(actor: &Rc<Actor>) -> Vec<SimProvider> {
    (0..actor.world.accounts.len())
        .filter(|account| actor.repo.configured[*account])
        .map(|account| SimProvider {
            actor: actor.clone(),
            account,
        })
        .collect()
}
