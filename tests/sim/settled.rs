//! After the faults have stopped, two applies must have left nothing to do. Whoever is meant to get something is about to
//! get it or held; what stands at the providers is wanted as it stands, or held; what is held is held for what is true.

use std::collections::BTreeMap;

use campanile::campaign::Rule;
use campanile::model::{Group, Msisdn, NumberSet, OccurrenceKey, Part, Reference, Slot};
use campanile::plan::{HeldItem, HeldReason, Plan};

use super::account::{Batch, DAY, MINUTE, Ms};
use super::desire::{fingerprint_for, firings, is_named};
use super::oracle::SETTLED;
use super::repo::{Campaign, FREEZE, Label, PERIOD, Repo, State, When};
use super::world::World;

/// What a group of a firing is meant to be.
pub struct Meant<'a> {
    pub campaign: &'a Campaign,
    pub label: Label,
    pub key: OccurrenceKey,
    pub group: Group,
    pub windows: Vec<(Ms, Ms)>,
    pub numbers: Vec<Msisdn>,
}

impl Meant<'_> {
    pub fn is_of(&self, slot: &Slot) -> bool {
        self.campaign.name == slot.campaign.as_str() && self.key == slot.occurrence
    }

    pub fn opens(&self) -> Ms {
        self.windows[0].0
    }

    pub fn closes(&self) -> Ms {
        self.windows.iter().map(|w| w.1).max().unwrap_or_default()
    }

    pub fn of_part(&self, part: Part) -> Vec<Msisdn> {
        let is_in = |number: &&Msisdn| part.contains_bucket(Part::bucket(**number));
        self.numbers.iter().filter(is_in).copied().collect()
    }
}

/// Whether time itself changes what is due between two moments: a window opens, closes, or comes near.
pub fn has_edge(world: &World, repo: &Repo, from: Ms, to: Ms) -> bool {
    // A raised revision is due as soon as the last message of the older one has left.
    let has_ended = |batch: &Batch| {
        let last = batch.people.iter().filter_map(|person| person.leaves).max();
        batch.run.is_some() && batch.stopped().is_none() && last.is_some_and(|at| from <= at && at <= to)
    };
    if world
        .accounts
        .iter()
        .any(|account| account.borrow().batches.iter().any(has_ended))
    {
        return true;
    }
    // What somebody else has planned in our namespace is first contact until it opens.
    if (world.stranger_opens.get()).is_some_and(|opens| from <= opens && opens - 2 * MINUTE <= to) {
        return true;
    }
    let meant = all_meant(repo, from);
    let mut edges = meant
        .iter()
        .flat_map(|one| one.windows.iter())
        .flat_map(|(opens, closes)| {
            [
                *opens,
                *closes,
                opens - FREEZE,
                closes - FREEZE,
                opens - repo.horizon,
                opens - 2 * MINUTE,
                opens - MINUTE,
            ]
        });
    edges.any(|edge| from <= edge && edge <= to)
}

/// Judges what the last plan, made without faults, leaves.
pub fn check_settled(world: &World, repo: &Repo, plan: &Plan) {
    // Where references are not kept every apply sends one batch, sees that, and takes it away.
    if world.has_lost_references() {
        return;
    }
    for operation in &plan.operations {
        let what = format!(
            "{} {} ({}) is left",
            operation.action.as_str(),
            operation.reference,
            operation.reason.as_str()
        );
        world.violate("unsettled", what);
    }
    let meant = all_meant(
        repo,
        world.runs.borrow().last().map_or(world.now.get(), |run| run.start),
    );
    nobody_is_left_out_for_nothing(world, repo, &meant, plan);
    let meant = without_left_out(meant, plan);
    nobody_gets_too_many(world, repo, &meant, plan);
    if !repo.paused {
        nobody_is_forgotten(world, repo, &meant, plan);
    }
    // At first contact nothing at all is done, as the plan says of every batch.
    if !plan
        .guards
        .iter()
        .any(|guard| guard.rule == Rule::Adopt && guard.tripped)
    {
        nobody_is_in_two(world, repo);
        nothing_stands_that_nobody_wants(world, repo, &meant, plan);
    }
    let (all, real) = (Truth::of(world, true), Truth::of(world, false));
    for held in &plan.held {
        // What was rehearsed is no reason to hold what people get.
        let is_rehearsal = world.facts[world.account_of(&held.provider)].is_sandbox;
        let truth = if is_rehearsal { &all } else { &real };
        if !truth.bears_out(world, repo, &meant, plan, held) {
            let what = format!(
                "{} is held as {}, which it is not",
                held.reference,
                held.reason.as_str()
            );
            world.violate("held", what);
        }
    }
}

/// As of the moment when the plan was made.
pub fn all_meant(repo: &Repo, began: Ms) -> Vec<Meant<'_>> {
    let mut all = Vec::new();
    for campaign in repo.campaigns.iter().filter(|c| c.state == State::Active) {
        for firing in firings(repo, campaign, began) {
            for (group, windows, numbers) in firing.groups {
                all.push(Meant {
                    campaign,
                    label: firing.label,
                    key: firing.key,
                    group,
                    windows,
                    numbers: numbers.iter().map(|n| Msisdn::from_u64(*n).unwrap()).collect(),
                });
            }
        }
    }
    all
}

/// The same without those whom a plan leaves out since they get other texts.
pub fn without_left_out<'a>(mut meant: Vec<Meant<'a>>, plan: &Plan) -> Vec<Meant<'a>> {
    for one in &mut meant {
        if let Some(left_out) = left_out(one, plan) {
            one.numbers.retain(|number| !left_out.contains(*number));
        }
    }
    meant
}

fn left_out<'p>(one: &Meant<'_>, plan: &'p Plan) -> Option<&'p NumberSet> {
    let mut summaries = plan.campaigns.iter();
    let name = one.campaign.name.as_str();
    let summary = summaries.find(|summary| summary.campaign.as_str() == name && summary.occurrence == one.key);
    summary?.left_out.get(&one.group)
}

fn is_within(one: Ms, other: Ms) -> bool {
    (one - other).abs() < PERIOD
}

/// Whoever is left out gets another text within the period, or has it.
fn nobody_is_left_out_for_nothing(world: &World, repo: &Repo, meant: &[Meant<'_>], plan: &Plan) {
    for one in meant {
        let people = left_out(one, plan).into_iter().flat_map(NumberSet::iter);
        for number in people.filter(|number| one.numbers.contains(number)) {
            let gets = |other: &Meant<'_>| {
                let is_other = (&other.campaign.name, other.key) != (&one.campaign.name, one.key);
                let is_out = left_out(other, plan).is_some_and(|people| people.contains(number));
                is_other && is_within(one.opens(), other.opens()) && other.numbers.contains(&number) && !is_out
            };
            let has = |batch: &Batch| {
                let theirs = batch.reference.as_ref();
                let is_other = theirs.is_some_and(|reference| !one.is_of(&reference.slot));
                let is_in = batch.people.iter().any(|person| person.number == number);
                is_other && is_in && is_within(one.opens(), batch.opens())
            };
            let mut accounts = world.accounts.iter();
            let is_reason = meant.iter().any(gets) || accounts.any(|account| account.borrow().batches.iter().any(has));
            if !is_reason || !repo.skips {
                let what = format!(
                    "{} {} leaves somebody out who gets nothing instead",
                    one.campaign.name, one.key
                );
                world.violate("skipped", what);
                return;
            }
        }
    }
}

/// Of what is still ahead and not held, one text a person within the period.
fn nobody_gets_too_many(world: &World, repo: &Repo, meant: &[Meant<'_>], plan: &Plan) {
    if !repo.skips {
        return;
    }
    let is_held = |one: &Meant<'_>, number: Msisdn| {
        plan.held.iter().any(|held| {
            let slot = &held.reference.slot;
            one.is_of(slot) && slot.group == one.group && slot.part.contains_bucket(Part::bucket(number))
        })
    };
    let soon = world.now.get() + FREEZE + 3 * MINUTE;
    let ahead: Vec<&Meant<'_>> = meant.iter().filter(|one| one.opens() > soon).collect();
    for (at, one) in ahead.iter().enumerate() {
        for other in ahead
            .iter()
            .skip(at + 1)
            .filter(|other| is_within(one.opens(), other.opens()))
        {
            let both = |number: &&Msisdn| other.numbers.contains(number);
            let counts = |number: &&Msisdn| !is_held(one, **number) && !is_held(other, **number);
            if one.numbers.iter().filter(both).any(|number| counts(&number)) {
                let what = format!(
                    "{} and {} reach somebody within the period",
                    one.campaign.name, other.campaign.name
                );
                world.violate("pressure", what);
                return;
            }
        }
    }
}

/// Silence must have a reason that somebody can read.
fn nobody_is_forgotten(world: &World, repo: &Repo, meant: &[Meant<'_>], plan: &Plan) {
    let now = world.now.get();
    for one in meant {
        let horizon = match one.campaign.when {
            When::Once { .. } => 9 * DAY,
            When::Cron { .. } => repo.horizon - MINUTE,
        };
        if one.opens() < now + FREEZE + 3 * MINUTE || one.opens() > now + horizon {
            continue;
        }
        for number in &one.numbers {
            let is_held = |held: &&HeldItem| {
                let slot = &held.reference.slot;
                one.is_of(slot) && slot.group == one.group && slot.part.contains_bucket(Part::bucket(*number))
            };
            let is_due = || world.has_or_will(*number, one.label) || stands_as_meant(world, repo, one, *number);
            let is_missing = || is_reported_missing(world, one, *number, plan);
            if !is_due() && plan.held.iter().find(is_held).is_none() && !is_missing() {
                let what = format!("{} {} is neither about to be sent nor held", one.campaign.name, one.key);
                world.violate("forgotten", what);
                return;
            }
        }
    }
}

/// Whether somebody was taken out of a planned batch of this very group, and the plan says that people are missing there.
fn is_reported_missing(world: &World, one: &Meant<'_>, number: Msisdn, plan: &Plan) -> bool {
    world.accounts.iter().any(|held| {
        held.borrow().batches.iter().any(|batch| {
            let is_of = |r: &Reference| one.is_of(&r.slot) && r.slot.group == one.group;
            let was_taken = batch.taken_out.iter().any(|(_, taken)| *taken == number);
            was_taken && batch.reference.as_ref().is_some_and(is_of) && is_reported(plan, batch)
        })
    })
}

/// Whether a planned batch of this very group holds somebody and says exactly what is meant. An older commit may have made
/// it for another intent; what it says is what the files ask for now, so it is kept.
fn stands_as_meant(world: &World, repo: &Repo, one: &Meant<'_>, number: Msisdn) -> bool {
    let now = world.now.get();
    world.accounts.iter().enumerate().any(|(account, held)| {
        held.borrow().batches.iter().any(|batch| {
            let is_of = |r: &Reference| {
                one.is_of(&r.slot) && r.slot.group == one.group && r.namespace.as_str() == repo.namespace
            };
            batch.run.is_some()
                && batch.is_planned(now)
                && batch.reference.as_ref().is_some_and(is_of)
                && batch.people.iter().any(|person| person.number == number)
                && is_as_meant(world, account, one, batch)
        })
    })
}

/// What two runs at once did is repaired by now: nobody is in two batches of one occurrence that can still be stopped, or
/// in one beside another that has begun.
fn nobody_is_in_two(world: &World, repo: &Repo) {
    let namespace = &repo.namespace;
    let now = world.now.get();
    let mut seats: BTreeMap<_, Vec<(String, bool)>> = BTreeMap::new();
    for (account, _) in world
        .accounts
        .iter()
        .zip(&repo.configured)
        .filter(|(_, is_there)| **is_there)
    {
        let account = account.borrow();
        let is_there = |b: &&Batch| b.erased.is_none() && b.created + 13 * DAY > now && b.listed_from + SETTLED < now;
        for batch in account.batches.iter().filter(|b| b.run.is_some()).filter(is_there) {
            let Some(reference) = &batch.reference else { continue };
            if reference.namespace.as_str() != namespace.as_str() {
                continue;
            }
            let is_planned = batch.is_planned(now) && batch.opens() > now + 3 * MINUTE;
            for person in &batch.people {
                let has_left = person
                    .leaves
                    .is_some_and(|at| at <= now && batch.stopped().is_none_or(|stop| at < stop));
                if is_planned || has_left {
                    let slot = &reference.slot;
                    let seat = (
                        &reference.namespace,
                        &slot.campaign,
                        slot.occurrence,
                        person.number,
                        person.label,
                    );
                    let seat = (seat.0.clone(), seat.1.clone(), seat.2, seat.3, seat.4);
                    seats.entry(seat).or_default().push((batch.id.clone(), is_planned));
                }
            }
        }
    }
    for ((_, campaign, occurrence, _, _), batches) in seats {
        if batches.len() > 1 && batches.iter().any(|(_, is_planned)| *is_planned) {
            let ids: Vec<&str> = batches.iter().map(|(id, _)| id.as_str()).collect();
            let what = format!("{campaign} {occurrence}: somebody is in {}", ids.join(" and "));
            world.violate("unrepaired", what);
            return;
        }
    }
}

/// Whatever is still planned says what the files say, to whom they say it, when they say it.
fn nothing_stands_that_nobody_wants(world: &World, repo: &Repo, meant: &[Meant<'_>], plan: &Plan) {
    let now = world.now.get();
    for (account, held) in world.accounts.iter().enumerate().filter(|(i, _)| repo.configured[*i]) {
        let held = held.borrow();
        let ours =
            (held.batches.iter()).filter(|b| b.run.is_some() && b.is_planned(now) && b.opens() > now + 3 * MINUTE);
        for batch in ours.filter(|b| b.listed_from + SETTLED < now) {
            let Some(reference) = batch.reference.as_ref() else {
                continue;
            };
            let slot = &reference.slot;
            let is_told = plan.held.iter().any(|item| {
                let is_of_occurrence =
                    item.reference.slot.campaign == slot.campaign && item.reference.slot.occurrence == slot.occurrence;
                let says_why = !matches!(item.reason, HeldReason::WindowPassed);
                item.batch_id.as_ref().is_some_and(|id| id.0 == batch.id) || is_of_occurrence && says_why
            });
            let name = slot.campaign.as_str();
            let campaign = repo.campaigns.iter().find(|c| c.name == name);
            let is_unreadable = |c: &Campaign| c.state == State::Unreadable;
            let may_be_unreadable = campaign.map_or_else(|| repo.campaigns.iter().any(is_unreadable), is_unreadable);
            let is_later = campaign.is_some_and(|c| is_due_later(c, meant, slot));
            let is_foreign = reference.namespace.as_str() != repo.namespace;
            // A campaign at a real account has nothing to do with what it has rehearsed.
            let is_rehearsed = world.facts[account].is_sandbox && campaign.is_some_and(|c| !c.rehearses);
            if is_told || may_be_unreadable || is_later || is_foreign || is_rehearsed {
                continue;
            }
            let one = meant.iter().find(|one| one.is_of(slot) && one.group == slot.group);
            match one.map(|one| (one, is_as_meant(world, account, one, batch))) {
                Some((_, true)) => {}
                Some((one, false)) if lacks_only_whom_we_took_out(one, batch) && is_reported(plan, batch) => {}
                // Too near to be put right.
                Some(_) if batch.opens() < now + FREEZE + 3 * MINUTE => {}
                Some((one, false)) if one.opens() < now + FREEZE + 3 * MINUTE && one.closes() > now => {}
                _ => {
                    world.violate("stray", format!("{} stands, and nobody wants it so", batch.id));
                    return;
                }
            }
        }
    }
}

/// Whether a batch lacks people whom runs took out of it, and nobody else. Somebody who is on a suppression list no more is
/// not put back into a batch that says what is meant otherwise.
fn lacks_only_whom_we_took_out(one: &Meant<'_>, batch: &Batch) -> bool {
    let Some(reference) = &batch.reference else {
        return false;
    };
    let wanted = one.of_part(reference.slot.part);
    let is_there = |number: &Msisdn| batch.people.iter().any(|person| person.number == *number);
    let was_taken = |number: &Msisdn| batch.taken_out.iter().any(|(_, taken)| taken == number);
    batch.people.iter().all(|person| wanted.contains(&person.number))
        && wanted.iter().all(|number| is_there(number) || was_taken(number))
}

/// Whether a plan says that people are missing from a batch.
fn is_reported(plan: &Plan, batch: &Batch) -> bool {
    let reference = batch.reference.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut all = plan.diagnostics.iter();
    all.any(|found| found.code == "C413" && found.message.contains(&reference))
}

pub fn is_as_meant(world: &World, account: usize, one: &Meant<'_>, batch: &Batch) -> bool {
    let Some(reference) = &batch.reference else {
        return false;
    };
    let mut wanted = one.of_part(reference.slot.part);
    let mut there: Vec<Msisdn> = batch.people.iter().map(|p| p.number).collect();
    wanted.sort_unstable();
    there.sort_unstable();
    let is_cut = batch.windows.len() <= one.windows.len()
        && (batch.windows.iter().rev().zip(one.windows.iter().rev())).all(|(a, b)| a.1 == b.1 && a.0 >= b.0);
    let api = world.facts[account].api;
    account == one.campaign.account
        && wanted == there
        && is_cut
        && batch.sender == format!("SHOP{}", one.campaign.sender)
        && opens_at_a_step(one)
            .iter()
            .any(|windows| reference.fingerprint == fingerprint_for(one.campaign, api, &wanted, windows))
}

/// The declared windows, and with a pace what each step leaves of them: never more than is declared.
fn opens_at_a_step(one: &Meant<'_>) -> Vec<Vec<(Ms, Ms)>> {
    let mut all = vec![one.windows.clone()];
    let Some((_, per)) = one.campaign.pace else {
        return all;
    };
    loop {
        let mut left = per;
        let later = all.last().unwrap().iter().filter_map(|(opens, closes)| {
            let cut = left.min(closes - opens);
            left -= cut;
            (opens + cut < *closes).then_some((opens + cut, *closes))
        });
        let later: Vec<(Ms, Ms)> = later.collect();
        if later.is_empty() {
            return all;
        }
        all.push(later);
    }
}

/// Whether a slot belongs to an occurrence of a schedule that lies beyond what is looked at.
pub fn is_due_later(campaign: &Campaign, meant: &[Meant<'_>], slot: &Slot) -> bool {
    let When::Cron { minute, days, .. } = campaign.when else {
        return false;
    };
    let is_named = slot
        .occurrence
        .as_nominal()
        .is_some_and(|nominal| is_named(minute, days, nominal));
    let of_campaign = |one: &&Meant<'_>| one.campaign.name == campaign.name;
    campaign.state == State::Active && is_named && meant.iter().filter(of_campaign).all(|one| one.key < slot.occurrence)
}

/// Whether a raised revision waits for an older one's batch that is sent first, because this very plan cannot take it away:
/// it opens within the minute that DELETE needs, or a guard holds its cancel, or nobody could prove its silence: then it
/// stays whatever takes its place, and what is held beside it for that names it too.
fn waits_for_older_revision(plan: &Plan, held: &HeldItem, older: &Batch) -> bool {
    let Some(theirs) = older.reference.as_ref().map(|reference| &reference.slot) else {
        return false;
    };
    let ours = &held.reference.slot;
    let is_older = theirs.campaign == ours.campaign
        && (theirs.occurrence.as_revision().zip(ours.occurrence.as_revision()))
            .is_some_and(|(theirs, ours)| theirs < ours);
    let is_near = older.opens() < plan.now.unix_millis() + MINUTE;
    let is_cancel_held = plan.held.iter().any(|item| {
        let is_cause = match item.reason {
            HeldReason::TooLate => is_near,
            HeldReason::Guard => !plan.guards.is_empty(),
            _ => false,
        };
        // Judged by itself: nobody could prove the silence of this very batch.
        let stays = item.reason == HeldReason::SilenceUnprovable;
        let is_it = item.batch_id.as_ref().is_some_and(|id| id.0 == older.id);
        is_it && (stays || is_cause && item.reference.slot == *theirs)
    });
    is_older && older.stopped().is_none() && is_cancel_held
}

/// All our batches as they are and were.
struct Truth {
    batches: Vec<Batch>,
}

impl Truth {
    fn of(world: &World, with_sandbox: bool) -> Self {
        let all = (world.accounts.iter().zip(&world.facts))
            .filter(|(_, facts)| with_sandbox || !facts.is_sandbox)
            .flat_map(|(account, _)| account.borrow().batches.clone());
        Self { batches: all.collect() }
    }

    /// Whether what a hold says is so.
    fn bears_out(&self, world: &World, repo: &Repo, meant: &[Meant<'_>], plan: &Plan, held: &HeldItem) -> bool {
        let now = world.now.get();
        let slot = &held.reference.slot;
        let one = meant.iter().find(|one| one.is_of(slot) && one.group == slot.group);
        let numbers = one.map(|one| one.of_part(slot.part)).unwrap_or_default();
        let shares = |b: &Batch| b.people.iter().any(|p| numbers.contains(&p.number));
        let is_silent = |b: &Batch| b.stopped().is_some() && !b.has_begun(Ms::MAX);
        let of_slot = |b: &Batch| b.reference.as_ref().is_some_and(|r| r.slot == *slot);
        let of_occurrence = |b: &Batch| {
            (b.reference.as_ref())
                .is_some_and(|r| r.slot.campaign == slot.campaign && r.slot.occurrence == slot.occurrence)
        };
        let of_campaign = |b: &Batch| b.reference.as_ref().is_some_and(|r| r.slot.campaign == slot.campaign);
        let is_mute = world.accounts.iter().any(|account| account.borrow().quirks.mute);
        let is_known = |b: &Batch| held.batch_id.as_ref().is_some_and(|id| id.0 == b.id);
        let mut all = self.batches.iter();
        match held.reason {
            // What shows nothing of its messages may have been sent, whoever canceled it.
            HeldReason::AlreadySent => {
                all.any(|b| of_slot(b) && (b.opens() <= now || is_mute && b.stopped().is_some()))
            }
            // Every audience of the simulation can be read.
            HeldReason::SourceUnreadable => false,
            // What has begun is never offered to be resumed.
            HeldReason::CanceledAtProvider => all.any(|b| is_known(b) && of_occurrence(b) && is_silent(b)),
            HeldReason::StartsNow => one.is_some_and(|one| one.opens() < now + FREEZE),
            HeldReason::TooLate => {
                one.is_some_and(|one| one.opens() < now + FREEZE)
                    || all.any(|b| is_known(b) && b.opens() < now + 2 * MINUTE)
            }
            HeldReason::WindowPassed => one.is_some_and(|one| one.closes() <= now),
            HeldReason::OccurrenceBegun => {
                // Whoever erases a batch before it opens may be noticed only afterwards.
                let may_have_begun = |b: &Batch| !is_silent(b) || b.opens() <= now || is_mute;
                // What stays because another of its successors is held stands in the way of all who may be in it.
                let stays = |b: &Batch| {
                    is_known(b)
                        && b.is_planned(now)
                        && b.reference.as_ref().is_some_and(|r| r.slot.part.may_share(slot.part))
                };
                all.any(|b| of_occurrence(b) && (stays(b) || may_have_begun(b) && (shares(b) || b.erased.is_some())))
            }
            HeldReason::LooksRenamed => all.any(|b| {
                let other = b
                    .reference
                    .as_ref()
                    .filter(|r| r.slot.campaign != slot.campaign || r.namespace != held.reference.namespace);
                other.is_some_and(|r| r.fingerprint == held.reference.fingerprint || shares(b) || b.erased.is_some())
            }),
            HeldReason::PossibleDuplicate => {
                all.any(|b| of_campaign(b) && !of_occurrence(b) && (shares(b) || b.erased.is_some()))
            }
            HeldReason::Sending => all.any(|b| {
                let is_being_sent = b.opens() <= now;
                is_known(b) && b.closes() > now && (is_being_sent || waits_for_older_revision(plan, held, b))
            }),
            HeldReason::Paused => repo.paused,
            // No run without faults fails to read them.
            HeldReason::OptOutsUnreadable => false,
            HeldReason::Guard => {
                let has_pace = repo
                    .campaigns
                    .iter()
                    .any(|c| c.name == slot.campaign.as_str() && c.pace.is_some());
                !plan.guards.is_empty() || has_pace && plan.diagnostics.iter().any(|d| d.code == "C425" && d.is_error())
            }
            // All answers that were lost are settled by now.
            HeldReason::UnknownOutcome => false,
            // Only where nobody can read whom a batch reached.
            HeldReason::Pressure => {
                let is_near = |b: &Batch| one.is_some_and(|one| is_within(one.opens(), b.opens()));
                repo.skips && all.any(|b| !of_occurrence(b) && is_near(b))
            }
            HeldReason::OtherAccount => repo.configured.iter().any(|is_there| !is_there),
            // Who settles a history knows the namespace for this project's, unless it is somebody else's too.
            HeldReason::FirstContact => world.stranger_opens.get().is_some(),
            // Accounts that lose references are not judged here.
            HeldReason::UnreadableReference => false,
            HeldReason::SilenceUnprovable => is_mute && all.any(|b| is_known(b) && b.is_planned(now)),
            HeldReason::SilenceUnproved => {
                all.any(|b| is_known(b) && b.stopped().is_some() && (is_mute || b.has_begun(Ms::MAX)))
            }
        }
    }
}
