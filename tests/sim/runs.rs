//! The programs that run in a world: `apply` as the command line puts it together, and `stop`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use campanile::apply::{
    Call, Orders, Outcome, RunClock, RunContext, approve, baselines, cancel, carry_out as walk, note_lists,
    note_what_was_settled, observe,
};
use campanile::campaign::Rule;
use campanile::model::{CampaignRef, ReportedState};
use campanile::plan::{How, Operation, Override, Plan, Target, Unread};
use campanile::provider::Provider;

use super::account::Who;
use super::actor::{Actor, SimClock, SimJournal};
use super::desire::{Files, instant, watched};
use super::edges::Stopped;
use super::oracle::check_look_back;
use super::plans::check_plan;
use super::provider::SimProvider;
use super::repo::LAG;
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
    let providers: Vec<SimProvider> = (0..world.accounts.len())
        .filter(|account| actor.repo.configured[*account])
        .map(|account| SimProvider {
            actor: actor.clone(),
            account,
        })
        .collect();
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

/// `stop --all`: cancels everything planned of the namespace, until two complete lists, `list_lag` apart, show none.
pub async fn stop(actor: Rc<Actor>) {
    let world = actor.world.clone();
    world.say(|| "somebody pulls the brake".to_owned());
    let providers: Vec<SimProvider> = (0..world.accounts.len())
        .filter(|account| actor.repo.configured[*account])
        .map(|account| SimProvider {
            actor: actor.clone(),
            account,
        })
        .collect();
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
    };
    let (mut slots, mut batches, mut is_done) = (Vec::new(), BTreeSet::new(), true);
    for _ in 0..2 {
        for provider in &providers {
            let account = provider.account;
            let Ok(list) = provider.list().await else { return };
            for batch in list.batches {
                let Some(reference) = batch.reference.clone() else {
                    continue;
                };
                if reference.namespace.as_str() != actor.repo.namespace || batch.state != ReportedState::Planned {
                    continue;
                }
                let target = Target {
                    provider: provider.name().clone(),
                    id: batch.id.clone(),
                    reference,
                    by_id: false,
                    windows: batch.windows.clone(),
                };
                let ending = cancel(&run, provider, &target, Call::Stop, "stop").await;
                // What is rehearsed reaches nobody.
                if !world.facts[account].is_sandbox {
                    slots.push(target.reference.slot.clone());
                }
                batches.insert(batch.id.0.clone());
                is_done &= matches!(ending, Ok(campanile::apply::CancelEnding::Silent));
                if matches!(ending, Ok(campanile::apply::CancelEnding::Silent)) {
                    let truth = world.accounts[account].borrow();
                    let stopped = truth.batches.iter().find(|b| b.id == batch.id.0);
                    let people = stopped.map(|b| b.people.iter().map(|p| (p.number, p.label)).collect());
                    drop(truth);
                    world.brake(people.unwrap_or_default(), &batch.id.0, Who::Run(actor.run));
                }
            }
        }
        clock.sleep(Duration::from_millis(u64::try_from(LAG).unwrap())).await;
    }
    if is_done && !actor.is_dead.get() {
        world.stopped.borrow_mut().push(Stopped {
            at: world.now.get(),
            commit: actor.commit.clone(),
            slots,
            batches,
        });
    }
}
