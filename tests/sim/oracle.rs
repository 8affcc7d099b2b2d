//! The promise, judged by the truth, in terms of people: who got which message how often, when, by whose leave.
//!
//! What neither provider lets anybody prevent (`DESIGN` section 4) is recognized by its cause and counted as a residue,
//! each kind apart. Everything else is a violation.

use std::collections::{BTreeMap, BTreeSet};

use campanile::apply::{Call, Event, Known, Outcome, Report};
use campanile::model::{Api, Msisdn, Reference};
use campanile::plan::{How, Plan};
use campanile::provider::NewBatch;

use super::account::{Batch, DAY, MEMORY, MINUTE, Ms, SECOND};
use super::actor::Actor;
use super::desire::{fingerprint_of, spans};
use super::repo::{FREEZE, LAG, Label, Repo};
use super::world::{Run, World};

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    pub what: String,
}

/// What nobody can prevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residue {
    /// Two runs at once both created, and nobody looked again before the window opened.
    TwoRunsAtOnce,
    /// The machine slept between its last look and the call.
    SleptBeforeCall,
    /// Somebody canceled a batch that we were canceling too.
    CanceledBesideOurs,
    /// A begun batch was erased, and the journal that knew it is lost.
    ErasedAndForgotten,
    /// Renamed, edited, and moved far or to another namespace, all at once: another campaign.
    AnotherCampaign,
    /// The provider's list reaches back 14 days.
    BeyondMemory,
}

/// Somebody stopped these messages.
#[derive(Debug, Clone)]
pub struct Brake {
    pub at: Ms,
    pub people: Vec<(Msisdn, Label)>,
    /// Which batch it was.
    pub batch: String,
}

/// Longer than any answer lags behind the truth.
const SETTLED: Ms = LAG + 15 * SECOND;

/// A POST or PUT is about to arrive.
pub fn before_post(actor: &Actor, account: usize, batch: &NewBatch, windows: &[(Ms, Ms)]) {
    let world = &actor.world;
    let now = world.now.get();
    let reference = &batch.reference;
    let orders = actor.orders.borrow();
    let order = orders
        .iter()
        .find(|order| order.sends() && order.reference == *reference && order.provider == world.facts[account].name);
    let Some(order) = order else {
        world.violate("unplanned", format!("{reference} was in no plan"));
        return;
    };
    let Some(content) = &order.content else {
        world.violate("unplanned", format!("{reference} has no content in the plan"));
        return;
    };
    if reference.namespace.as_str() != actor.repo.namespace {
        world.violate("foreign", format!("{reference} is posted in another namespace"));
    }
    let right = fingerprint_of(&actor.repo, world.facts[account].api, batch, &content.declared);
    if right != Some(reference.fingerprint) || content.recipients != u64::try_from(batch.payload.len()).unwrap() {
        world.violate("unplanned", format!("{reference} says something else than the plan"));
    }
    let declared = spans(content.declared.as_slice());
    let is_inside = |w: &(Ms, Ms)| declared.iter().any(|d| d.0 <= w.0 && w.1 <= d.1);
    if !windows.iter().all(is_inside) {
        world.violate("window", format!("{reference} is given a window that no plan showed"));
    }
    if actor.repo.paused {
        world.violate("paused", format!("{reference} is sent while the project is paused"));
    }
    let opens = windows[0].0;
    if actor.slept.get() {
        if opens < now + MINUTE {
            world.count(Residue::SleptBeforeCall);
        }
    } else if opens < now + MINUTE {
        world.violate(
            "late",
            format!("{reference} opens {} s after its POST", (opens - now) / SECOND),
        );
    }
    if !order.starts_now && opens < actor.began + FREEZE || order.starts_now && !actor.overrides {
        world.violate(
            "freeze",
            format!("{reference} opens sooner than the freeze, and nobody allowed it"),
        );
    }
    if actor
        .posts
        .borrow()
        .iter()
        .any(|post| post.reference == reference.to_string() && post.account == account && !post.told_not_sent)
        && order.how != How::PutInPlace
    {
        world.violate(
            "repeated",
            format!("{reference} is posted again after an answer that was lost"),
        );
    }
    people_of_post(actor, account, order, batch);
}

/// Whether each person may be texted, by the truth.
fn people_of_post(actor: &Actor, account: usize, order: &campanile::plan::Operation, batch: &NewBatch) {
    let world = &actor.world;
    let now = world.now.get();
    let slot = &batch.reference.slot;
    let Some(label) = actor
        .wanted
        .labels
        .get(&(slot.campaign.clone(), slot.occurrence))
        .copied()
    else {
        world.violate("unplanned", format!("{} is wanted by no file", batch.reference));
        return;
    };
    let began = world.runs.borrow()[actor.run].start;
    let target = order
        .target
        .as_ref()
        .filter(|_| order.how == How::PutInPlace)
        .map(|target| &target.id.0);
    for number in batch.payload.numbers() {
        let suppressed = is_suppressed(&actor.repo, &batch.reference, number);
        if suppressed {
            world.violate("suppressed", format!("{} texts a suppressed number", batch.reference));
        }
        for (other_account, held) in world.accounts.iter().enumerate() {
            let held = held.borrow();
            for other in &held.batches {
                let is_target = other_account == account && Some(&other.id) == target;
                let was_seen = other.created + SETTLED < began || other.run == Some(actor.run);
                let goes_on = |p: &super::account::Person| {
                    p.number == number && p.label == label && p.leaves.is_some_and(|at| at > now)
                };
                if !is_target && was_seen && other.stopped().is_none() && other.people.iter().any(goes_on) {
                    if is_another_campaign(other, &batch.reference, spans(batch.windows.as_slice())[0].0) {
                        world.count(Residue::AnotherCampaign);
                    } else {
                        world.violate(
                            "two_live",
                            format!("{} texts people whom {} is about to text", batch.reference, other.id),
                        );
                        return;
                    }
                }
            }
        }
        if !brake_allows(actor, number, label, began, batch) {
            world.violate(
                "brake",
                format!("{} texts people whose batch somebody stopped", batch.reference),
            );
            return;
        }
    }
}

fn brake_allows(actor: &Actor, number: Msisdn, label: Label, began: Ms, new: &NewBatch) -> bool {
    let world = &actor.world;
    if actor.overrides {
        world
            .brakes
            .borrow_mut()
            .iter_mut()
            .for_each(|brake| brake.people.retain(|p| *p != (number, label)));
        return true;
    }
    let mut brakes = world.brakes.borrow_mut();
    for brake in brakes.iter_mut().filter(|b| b.people.contains(&(number, label))) {
        if began < brake.at + SETTLED {
            // It could not be seen in time: what is created now says so to every later run.
            brake.people.retain(|person| *person != (number, label));
            continue;
        }
        match excuse_of_brake(actor, brake, new) {
            // It is released, once for all.
            Some(residue) => {
                world.count(residue);
                brake.people.retain(|person| *person != (number, label));
            }
            None => return false,
        }
    }
    true
}

/// Our own cancel of the same batch; or an erased batch that the journal does not know.
fn excuse_of_brake(actor: &Actor, brake: &Brake, new: &NewBatch) -> Option<Residue> {
    let world = &actor.world;
    let unaware = unaware_of(actor);
    for account in &world.accounts {
        let account = account.borrow();
        let Some(batch) = account.batches.iter().find(|batch| batch.id == brake.batch) else {
            continue;
        };
        if unaware.contains(&batch.id) {
            return Some(Residue::ErasedAndForgotten);
        }
        if claims_cancel(actor, &batch.id) {
            return Some(Residue::CanceledBesideOurs);
        }
        if is_another_campaign(batch, &new.reference, new.windows.opens().unix_millis()) {
            return Some(Residue::AnotherCampaign);
        }
    }
    None
}

/// Whether this machine's journal says that we asked for this batch to be canceled, and not that it was refused.
fn claims_cancel(actor: &Actor, id: &str) -> bool {
    let journal = actor.world.machines[actor.machine].journal.borrow();
    let told = journal.iter().flatten().filter_map(|line| match &line.event {
        Event::Intent {
            call: Call::Cancel,
            batch_id: Some(batch),
            ..
        } if batch == id => Some(true),
        Event::Answer {
            call: Call::Cancel,
            outcome: Known::NotSent,
            batch_id: Some(batch),
        } if batch == id => Some(false),
        _ => None,
    });
    told.last().unwrap_or(false)
}

/// Batches that no list shows any more, and that this machine's journal does not know by their id.
pub fn unaware_of(actor: &Actor) -> BTreeSet<String> {
    let world = &actor.world;
    let now = world.now.get();
    let gone = world.accounts.iter().flat_map(|account| {
        let account = account.borrow();
        let is_gone = |b: &&Batch| b.erased.is_some() || account.api == Api::Sinch && b.created + MEMORY < now;
        account
            .batches
            .iter()
            .filter(is_gone)
            .map(|b| b.id.clone())
            .collect::<Vec<_>>()
    });
    let journal = world.machines[actor.machine].journal.borrow();
    let known: BTreeSet<&str> = (journal.iter().flatten())
        .filter_map(|line| match &line.event {
            Event::Answer {
                call: Call::Create | Call::Update,
                outcome: Known::Done,
                batch_id,
            } => batch_id.as_deref(),
            _ => None,
        })
        .collect();
    gone.filter(|id| !known.contains(id.as_str())).collect()
}

/// By the lists of a commit: a campaign's own and the project's; without a file, every list.
pub fn is_suppressed(repo: &Repo, reference: &Reference, number: Msisdn) -> bool {
    let number = number.as_u64();
    let name = reference.slot.campaign.as_str();
    let is_listed = match repo.campaigns.iter().find(|c| c.name == name) {
        Some(campaign) => campaign.suppressed.contains(&number),
        None => repo.campaigns.iter().any(|c| c.suppressed.contains(&number)),
    };
    is_listed || repo.suppressed.contains(&number)
}

/// A DELETE is about to arrive.
pub fn before_delete(actor: &Actor, account: usize, id: &str) {
    let world = &actor.world;
    let now = world.now.get();
    is_ours(actor, account, id);
    actor.deletes.borrow_mut().insert(id.to_owned());
    let read = actor.reads.borrow().get(id).copied();
    let opens = world.accounts[account].borrow_mut().find(id).map(|batch| batch.opens());
    let Some(opens) = opens else { return };
    if actor.slept.get() {
        if opens <= now {
            world.count(Residue::SleptBeforeCall);
        }
    } else if opens <= now {
        world.violate(
            "late_delete",
            format!("DELETE {id} arrives after its window has opened"),
        );
    } else if read.is_none_or(|at| at + MINUTE < now) {
        world.violate("unread", format!("DELETE {id} without a fresh read"));
    }
}

/// A change in place is about to arrive.
pub fn before_change(actor: &Actor, account: usize, id: &str) {
    is_ours(actor, account, id);
}

fn is_ours(actor: &Actor, account: usize, id: &str) {
    let mut held = actor.world.accounts[account].borrow_mut();
    let is_ours = held.find(id).is_none_or(|batch| {
        (batch.reference.as_ref()).is_some_and(|r| r.namespace.as_str() == actor.repo.namespace && batch.run.is_some())
    });
    drop(held);
    if !is_ours {
        actor.world.violate("foreign", format!("{id} is not ours"));
    }
}

/// Whether a report tells the truth about everything that the run sent.
pub fn check_report(actor: &Actor, report: &Report) {
    let world = &actor.world;
    let posts = actor.posts.borrow();
    for step in report.steps.iter().chain(&report.repairs) {
        let operation = &step.operation;
        let reference = operation.reference.to_string();
        let account = world.account_of(&operation.provider);
        let mine = posts
            .iter()
            .filter(|post| post.reference == reference && post.account == account);
        let made = mine.clone().any(|post| post.made.is_some());
        let is_put = !matches!(operation.how, How::Create | How::CancelThenCreate);
        if operation.sends() && !is_put {
            match step.outcome {
                Outcome::Done => {
                    let id = step.batch_id.as_ref().map(|id| id.0.as_str()).unwrap_or_default();
                    let mut held = world.accounts[account].borrow_mut();
                    let stands = held
                        .find(id)
                        .is_some_and(|batch| batch.reference_text.as_deref() == Some(&reference));
                    if !stands {
                        drop(held);
                        world.violate("report", format!("{reference} is reported as done, and was not made"));
                    }
                }
                Outcome::Failed | Outcome::Skipped if made => {
                    world.violate("report", format!("{reference} is reported as not sent, and was made"));
                }
                Outcome::Failed | Outcome::Skipped | Outcome::Unknown => {}
            }
        }
        if operation.how == How::Cancel && step.outcome == Outcome::Done {
            let id = step.batch_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
            let at = operation
                .target
                .as_ref()
                .map_or(account, |target| world.account_of(&target.provider));
            let mut held = world.accounts[at].borrow_mut();
            let is_silent = held
                .find(&id)
                .is_none_or(|batch| batch.stopped().is_some() && !batch.has_begun(Ms::MAX));
            drop(held);
            if !is_silent {
                world.violate("report", format!("{id} is reported as canceled, and people got it"));
            }
        }
        if operation.how == How::Cancel && step.outcome == Outcome::Skipped {
            let id = operation
                .target
                .as_ref()
                .map(|target| target.id.0.clone())
                .unwrap_or_default();
            if actor.deletes.borrow().contains(&id) && report.repairs.is_empty() {
                world.violate("report", format!("{id} is reported as skipped, and DELETE was sent"));
            }
        }
    }
}

/// A message that left.
#[derive(Debug, Clone, Copy)]
struct Text {
    account: usize,
    batch: usize,
    at: Ms,
}

/// Judges a whole history, once everything has been sent.
pub fn judge(world: &World) {
    let mut texts: BTreeMap<(Msisdn, Label), Vec<Text>> = BTreeMap::new();
    for (account, held) in world.accounts.iter().enumerate() {
        let held = held.borrow();
        for (i, batch) in held.batches.iter().enumerate().filter(|(_, batch)| batch.run.is_some()) {
            for person in batch.sent_by(Ms::MAX) {
                let at = person.leaves.unwrap_or_default();
                if !batch.windows.iter().any(|w| w.0 <= at && at < w.1) {
                    world.violate("window", format!("{} left outside its windows", batch.id));
                }
                texts
                    .entry((person.number, person.label))
                    .or_default()
                    .push(Text { account, batch: i, at });
            }
            check_suppressed(world, batch);
        }
    }
    for ((number, label), mut all) in texts {
        all.sort_by_key(|text| world.accounts[text.account].borrow().batches[text.batch].created);
        for (i, later) in all.iter().enumerate().skip(1) {
            let excuse = all[..i]
                .iter()
                .map(|earlier| excuse(world, *earlier, *later))
                .find(Option::is_none);
            match excuse {
                Some(_) => {
                    let id = |t: &Text| world.accounts[t.account].borrow().batches[t.batch].id.clone();
                    let ids: Vec<String> = all.iter().map(id).collect();
                    world.violate("twice", format!("{number:?} got {label:?} by {}", ids.join(" and ")));
                    return;
                }
                None => {
                    if let Some(residue) = excuse_of_all(world, &all[..i], *later) {
                        world.count(residue);
                    }
                }
            }
        }
    }
}

fn excuse_of_all(world: &World, earlier: &[Text], later: Text) -> Option<Residue> {
    earlier.iter().find_map(|one| excuse(world, *one, later))
}

/// Why nobody could prevent the second of two messages.
fn excuse(world: &World, earlier: Text, later: Text) -> Option<Residue> {
    let one = world.accounts[earlier.account].borrow().batches[earlier.batch].clone();
    let two = world.accounts[later.account].borrow().batches[later.batch].clone();
    let runs = world.runs.borrow();
    let (Some(a), Some(b)) = (one.run, two.run) else {
        return None;
    };
    if two.unaware.contains(&one.id) {
        let is_erased = one.erased.is_some();
        return Some(if is_erased {
            Residue::ErasedAndForgotten
        } else {
            Residue::BeyondMemory
        });
    }
    if let Some(reference) = &two.reference
        && is_another_campaign(&one, reference, two.opens())
    {
        return Some(Residue::AnotherCampaign);
    }
    let overlap = a != b && runs[b].start < runs[a].end + SETTLED && runs[a].start < runs[b].end + SETTLED;
    let seen_from = one.listed_from.max(two.listed_from).max(two.created) + 15 * SECOND;
    let too_late = one.opens().min(two.opens()).min(earlier.at) - 3 * MINUTE;
    let has_looked = |run: &Run| run.clean && run.last_list.is_some_and(|at| at >= seen_from && at <= too_late);
    if overlap && !runs.iter().any(has_looked) {
        return Some(Residue::TwoRunsAtOnce);
    }
    None
}

/// Another name, other content, and far away or in another namespace, all at once.
fn is_another_campaign(one: &Batch, other: &Reference, opens: Ms) -> bool {
    let Some(reference) = &one.reference else { return true };
    let is_far = one.closes() + DAY < opens || opens + DAY < one.opens() || reference.namespace != other.namespace;
    reference.slot.campaign != other.slot.campaign && reference.fingerprint != other.fingerprint && is_far
}

/// Nobody who was suppressed before a run that went well is texted by a batch that it could still stop.
fn check_suppressed(world: &World, batch: &Batch) {
    let Some(reference) = &batch.reference else { return };
    let runs = world.runs.borrow();
    let last = batch.run.unwrap_or_default();
    let could_stop = |run: &Run| {
        run.clean
            && run.repo.namespace == reference.namespace.as_str()
            && run.start >= batch.listed_from + SETTLED
            && run.end + 3 * MINUTE <= batch.opens()
    };
    for (_, run) in runs.iter().enumerate().filter(|(i, run)| *i > last && could_stop(run)) {
        let texted = batch
            .sent_by(Ms::MAX)
            .find(|person| is_suppressed(&run.repo, reference, person.number));
        if texted.is_some() {
            world.violate(
                "suppressed",
                format!("{} texts somebody who was suppressed in time", batch.id),
            );
            return;
        }
    }
}

/// After faults stop, two applies must have left nothing to do; what is held must be held for what is true.
pub fn check_settled(world: &World, plan: &Plan) {
    for operation in &plan.operations {
        world.violate(
            "unsettled",
            format!(
                "{} {} ({}) is left",
                operation.action.as_str(),
                operation.reference,
                operation.reason.as_str()
            ),
        );
    }
    for held in &plan.held {
        if held.reason == campanile::plan::HeldReason::UnknownOutcome {
            world.violate("held", format!("{} is held as unknown for ever", held.reference));
        }
    }
}
