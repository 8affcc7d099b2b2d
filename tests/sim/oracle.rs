//! The promise, judged by the truth, in terms of people: who got which message how often, when, by whose leave.
//!
//! What neither provider lets anybody prevent (`docs/design.md` section 4) is recognized by its cause and counted as a residue,
//! each kind apart. Everything else is a violation.

use campanile::apply::{Call, Event, Known, Line, Report};
use campanile::model::{Api, ExistingBatch, Msisdn, Reference};
use campanile::plan::How;
use campanile::provider::NewBatch;

use super::account::{Batch, DAY, MINUTE, Ms, Person, SECOND, Who};
use super::actor::Actor;
use super::desire::{fingerprint_of, spans};
use super::edges::{Echo, out_of_sight};
use super::repo::{FREEZE, LAG, Label, Repo, UNKNOWN_HOLD};
use super::residues::{BLUR, Residue, another_campaign, excuse_of_brake, slept_and_died};
use super::world::NewTruth;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    pub what: String,
}

/// Somebody stopped these messages.
#[derive(Debug, Clone)]
pub struct Brake {
    pub at: Ms,
    pub people: Vec<(Msisdn, Label)>,
    /// Which batch it was.
    pub batch: String,
    /// By hand, or by a run of `stop`.
    pub by: Who,
}

/// Longer than any answer lags behind the truth.
pub const SETTLED: Ms = LAG + 15 * SECOND;

/// What the newest end of a list has shown is relied on so long.
const STALE: Ms = 5 * SECOND;

/// `settle`: nothing opens sooner than this after it was sent.
const SETTLE: Ms = 2 * MINUTE;

/// A POST is about to leave.
pub fn before_it_leaves(actor: &Actor, account: usize, batch: &NewBatch) {
    let now = actor.world.now.get();
    let seen = actor.newest.borrow().get(&account).map(|look| look.at);
    if seen.is_none_or(|seen| now - seen > STALE) {
        let what = format!("{} is sent by a look that is too old", batch.reference);
        actor.world.violate("stale", what);
    }
}

/// A POST or PUT is about to arrive.
pub fn before_post(actor: &Actor, account: usize, batch: &NewBatch, windows: &[(Ms, Ms)]) {
    if actor.is_dead.get() {
        return;
    }
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
    has_not_expired(actor, &reference.to_string());
    is_prepared(actor, Some(&reference.to_string()), None);
    if order.how != How::PutInPlace {
        is_not_blind(actor, account, &reference.to_string());
    }
    if actor.repo.paused {
        world.violate("paused", format!("{reference} is sent while the project is paused"));
    }
    let opens = windows[0].0;
    if actor.slept.get() {
        if opens < now + MINUTE {
            world.count(Residue::SleptBeforePost);
        }
    } else if is_late(actor, opens, order.how == How::PutInPlace) {
        world.violate(
            "late",
            format!("{reference} opens {} s after its POST", (opens - now) / SECOND),
        );
    }
    // A clock that was set right meanwhile was off by a minute at most when the plan was made.
    let planned = if actor.has_jumped.get() {
        world.runs.borrow()[actor.run].start - MINUTE
    } else {
        actor.began
    };
    if !order.starts_now && opens < planned + FREEZE || order.starts_now && !actor.overrides {
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
    is_no_second(actor, batch);
    people_of_post(actor, account, order, batch);
}

/// What this machine has sent, what may still be carried out, and what its journal does not take for settled, is not sent
/// again in any form.
fn is_no_second(actor: &Actor, batch: &NewBatch) {
    let world = &actor.world;
    let slot = &batch.reference.slot;
    let Some(label) = actor.wanted.labels.get(&(slot.campaign.clone(), slot.occurrence)) else {
        return;
    };
    let machine = &world.machines[actor.machine];
    let people = batch.payload.numbers();
    let is_like = |new: &NewTruth| {
        let mut all = new.people.iter();
        let is_of_machine = |run: usize| run != actor.run && world.runs.borrow()[run].machine == actor.machine;
        new.run.is_some_and(is_of_machine)
            && new
                .posted
                .is_some_and(|posted| posted >= machine.journal_kept_since.get())
            && all.any(|(number, theirs)| theirs == label && people.contains(number))
    };
    let is_open = |reference: &str| {
        let mut outcome = None;
        for line in machine
            .journal
            .borrow()
            .iter()
            .flatten()
            .filter(|line| line.reference == reference)
        {
            match &line.event {
                Event::Intent { call: Call::Create, .. } => outcome = Some(Known::Unknown),
                // Found while it waited for the answer: whoever creates the same at the same moment cannot be told from it.
                Event::Answer {
                    call: Call::Create,
                    outcome: found,
                    ..
                } if outcome == Some(Known::Unknown) => {
                    outcome = Some(*found);
                    if *found == Known::Unknown {
                        return true;
                    }
                }
                _ => {}
            }
        }
        outcome == Some(Known::Unknown)
    };
    // Under another name it may be another campaign: that is judged in the end.
    let is_same_name = |reference: &str| {
        Reference::parse(reference).is_ok_and(|theirs| {
            (&theirs.namespace, &theirs.slot.campaign) == (&batch.reference.namespace, &slot.campaign)
        })
    };
    let coming = world.on_their_way_like(is_like);
    let is_second = coming.iter().any(|(reference, posted)| {
        is_same_name(reference) && is_open(reference) && !slept_and_died(actor, reference, *posted)
    });
    if is_second && !actor.has_jumped.get() {
        let what = format!(
            "{} is sent while another POST of this machine may still arrive",
            batch.reference
        );
        world.violate("repeated", what);
    }
}

/// Whether what is about to arrive opens sooner than `settle`, by the machine's own clock as it was read last (a PUT is read
/// back before it leaves), and sooner than the minute that is left of it when that clock is behind by as much as apply allows.
fn is_late(actor: &Actor, opens: Ms, is_put: bool) -> bool {
    let on_the_way = if is_put { 10 } else { 5 } * SECOND;
    let by_its_clock = opens < actor.now() + SETTLE - on_the_way && !actor.has_jumped.get();
    by_its_clock || opens < actor.world.now.get() + SETTLE - MINUTE - on_the_way
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
    let account_of_target = account;
    let hidden = out_of_sight(actor);
    for number in batch.payload.numbers() {
        let suppressed = is_suppressed(&actor.repo, &batch.reference, number);
        if suppressed {
            world.violate("suppressed", format!("{} texts a suppressed number", batch.reference));
        }
        for (other_account, held) in world.accounts.iter().enumerate() {
            let held = held.borrow();
            for other in &held.batches {
                if hidden.contains(&other.id) {
                    continue;
                }
                let is_target = other_account == account && Some(&other.id) == target;
                let is_of_occurrence = other.reference.as_ref().is_some_and(|r| {
                    let (theirs, ours) = (&r.slot, &batch.reference.slot);
                    r.namespace == batch.reference.namespace
                        && (&theirs.campaign, theirs.occurrence) == (&ours.campaign, ours.occurrence)
                });
                let was_in_newest = other_account == account
                    && is_of_occurrence
                    && other.created > began
                    && actor
                        .newest_when_left
                        .borrow()
                        .get(&account)
                        .is_some_and(|look| other.listed_from <= look.of)
                    && held
                        .batches
                        .iter()
                        .rev()
                        .take(held.quirks.page)
                        .any(|b| b.id == other.id);
                let was_in_newest = was_in_newest && order.how != How::PutInPlace && !(held.quirks.echo != Echo::Kept);
                // Another run may have put somebody into a batch that stood long before.
                let was_seen = |p: &Person| {
                    let is_own = [other.run, p.by].contains(&Some(actor.run));
                    let was_there = other.created + SETTLED < began && p.since + BLUR < began;
                    was_there || is_own || was_in_newest
                };
                let goes_on = |p: &Person| {
                    p.number == number && p.label == label && p.leaves.is_some_and(|at| at > now) && was_seen(p)
                };
                let is_older = |p: &Person| {
                    let (theirs, ours) = (p.label, label);
                    let is_revision = (theirs.intent, theirs.series, ours.series) == (ours.intent, 0, 0);
                    p.number == number
                        && is_revision
                        && theirs.firing < ours.firing
                        && p.leaves.is_some_and(|at| at > now)
                        && was_seen(p)
                };
                let is_of_name = other.reference.as_ref().is_some_and(|r| {
                    r.slot.campaign == batch.reference.slot.campaign && r.namespace == batch.reference.namespace
                });
                let is_configured = actor.repo.configured[other_account];
                if is_of_name && is_configured && other.stopped().is_none() && other.people.iter().any(is_older) {
                    let what = format!("{} is sent while {} is not over", batch.reference, other.id);
                    world.violate("revision", what);
                    return;
                }
                if !is_target && other.stopped().is_none() && other.people.iter().any(goes_on) {
                    // Two runs at once had put them into both; this one takes nobody's place but its own.
                    let is_heir = world.accounts.iter().enumerate().any(|(at, account)| {
                        let is_before = |b: &Batch| {
                            let is_put = at == account_of_target && Some(&b.id) == target;
                            let is_gone = b.stopped_by() == Some(Who::Run(actor.run));
                            let was_before = b.created < began || b.run != Some(actor.run);
                            (is_put || is_gone) && b.id != other.id && was_before
                        };
                        let holds = |b: &Batch| b.people.iter().any(|p| (p.number, p.label) == (number, label));
                        let before = if at == other_account {
                            held.batches.iter().any(|b| is_before(b) && holds(b))
                        } else {
                            account.borrow().batches.iter().any(|b| is_before(b) && holds(b))
                        };
                        before && other.created < began
                    });
                    // Taken out of it by this run, and put back by another one since: no plan can have seen that.
                    let is_put_back = other.taken_out.contains(&(actor.run, number));
                    if is_heir || is_put_back {
                        continue;
                    }
                    let (opens, closes) = (
                        batch.windows.opens().unix_millis(),
                        batch.windows.closes().unix_millis(),
                    );
                    if let Some(residue) = another_campaign(other, &batch.reference, opens, closes) {
                        world.count(residue);
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
        match excuse_of_brake(actor, brake, (number, label), new) {
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
    is_prepared(actor, None, Some(id));
    actor.deletes.borrow_mut().insert(id.to_owned());
    let read = actor.reads.borrow().get(id).map(|read| read.1);
    let opens = world.accounts[account].borrow_mut().find(id).map(|batch| batch.opens());
    let Some(opens) = opens else { return };
    if actor.slept.get() {
        if opens <= now {
            world.count(Residue::SleptBeforeDelete);
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

/// A list that is believed misses none of our batches that stood while it was read.
pub fn check_list(actor: &Actor, account: usize, begun: Ms, list: &[ExistingBatch]) {
    let held = actor.world.accounts[account].borrow();
    let stood = (held.batches.iter()).filter(|batch| {
        let is_remembered = held.api == Api::Ip1 || batch.created + 13 * DAY > begun;
        let is_shown = batch.listed_from <= begun && batch.created + 15 * SECOND <= begun;
        batch.run.is_some() && is_remembered && is_shown && batch.erased.is_none()
    });
    for batch in stood {
        if !list.iter().any(|listed| listed.id.0 == batch.id) {
            let what = format!("{} is missing from a list that is taken for complete", batch.id);
            actor.world.violate("incomplete", what);
            return;
        }
    }
}

/// After the last create `list_lag` passes, and everything is read again.
pub fn check_look_back(actor: &Actor, report: &Report) {
    let has_looked = |posted: Ms| actor.last_list_begun.get() >= posted + LAG;
    if report.halt.is_none() && actor.last_post.get().is_some_and(|posted| !has_looked(posted)) {
        let what = format!("run {} has sent and does not look back", actor.run);
        actor.world.violate("look_back", what);
    }
}

/// What is about to leave was written down, and both clocks agreed when they were last compared.
fn is_prepared(actor: &Actor, reference: Option<&str>, id: Option<&str>) {
    let world = &actor.world;
    let journal = world.machines[actor.machine].journal.borrow();
    // Side by side, lines of several are written in turn: then it is the newest one about this call, of this run.
    let is_of_this = |line: &&Line| {
        let is_of_run = line.at_ms >= actor.began || actor.has_jumped.get();
        let is_about = |id: &str| match &line.event {
            Event::Intent { batch_id, .. } | Event::Answer { batch_id, .. } => batch_id.as_deref() == Some(id),
            _ => false,
        };
        let concerns = reference.is_none_or(|reference| line.reference == reference) && id.is_none_or(is_about);
        world.in_flight < 2 || (is_of_run && concerns)
    };
    let is_journaled = (journal.iter().flatten().rev()).find(is_of_this).is_some_and(|line| {
        let is_of = |batch: &Option<String>| id.is_none_or(|id| batch.as_deref() == Some(id));
        reference.is_none_or(|reference| line.reference == reference)
            && matches!(&line.event, Event::Intent { batch_id, .. } if is_of(batch_id))
    });
    let what = reference.or(id).unwrap_or_default().to_owned();
    if !is_journaled {
        world.violate("unjournaled", format!("{what} leaves before it is written down"));
    }
    let disagree = actor.skew_at_read.get().abs() > MINUTE + SECOND;
    // What takes people away needs both clocks to allow it, not to agree.
    let is_allowed_by_both = || {
        let batch = |account: &std::cell::RefCell<super::account::Account>| {
            let mut account = account.borrow_mut();
            account.find(id?).map(|batch| batch.opens())
        };
        let opens = world.accounts.iter().find_map(batch).unwrap_or_default();
        opens + 10 * SECOND >= world.now.get().max(actor.now()) + MINUTE
    };
    if disagree && !(reference.is_none() && is_allowed_by_both()) {
        world.violate("clock", format!("{what} leaves although the clocks disagree"));
    }
}

/// A create that an earlier run of this machine left without an answer is not repeated while it may still appear.
fn is_not_blind(actor: &Actor, account: usize, reference: &str) {
    let journal = actor.world.machines[actor.machine].journal.borrow();
    let all = &actor.world.facts;
    // A rehearsal reaches nobody: what may still be sent there says nothing here, nor the other way round.
    let is_rehearsal = |line: &Line| {
        all.iter()
            .any(|facts| facts.is_sandbox && facts.name.as_str() == line.provider)
    };
    let is_here = |line: &Line| line.provider == all[account].name.as_str();
    let counts = |line: &Line| is_here(line) || !all[account].is_sandbox && !is_rehearsal(line);
    let mut open = None;
    for line in (journal.iter().flatten()).filter(|line| line.reference == reference && counts(line)) {
        match &line.event {
            Event::Intent { call: Call::Create, .. } if line.at_ms < actor.began => open = Some(line.at_ms),
            Event::Answer {
                call: Call::Create,
                outcome: Known::Done | Known::NotSent,
                ..
            } => open = None,
            _ => {}
        }
    }
    // Somebody who has looked at the account may say what became of it (`--allow resume`), where a batch under nobody's
    // reference may be it.
    let is_settled_by_hand = actor.overrides && actor.world.is_edges.get();
    let may_come = open.is_some_and(|at| actor.began < at + UNKNOWN_HOLD - MINUTE);
    if may_come && !actor.has_jumped.get() && !is_settled_by_hand {
        let what = format!("{reference} is posted again while its first POST may still be carried out");
        actor.world.violate("repeated", what);
    }
}

/// The clock is read right before; what takes people away may end a step that was begun in time.
fn has_not_expired(actor: &Actor, what: &str) {
    let is_over = |expires: Ms| expires + 10 * SECOND < actor.now();
    if actor.expires_at.get().is_some_and(is_over) && !actor.slept.get() && !actor.has_jumped.get() {
        let what = format!("{what} is sent by a plan that had expired");
        actor.world.violate("expired", what);
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
