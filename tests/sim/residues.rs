//! What neither provider lets anybody prevent (`docs/design.md` section 4, last paragraph): each kind recognized by its cause, as
//! narrowly as the truth allows, and counted apart. Whatever is not recognized here is a violation.

use std::collections::BTreeSet;

use campanile::apply::{Call, Event, Known};
use campanile::model::{Api, Msisdn, Reference};
use campanile::provider::NewBatch;

use super::account::{Batch, DAY, MEMORY, MINUTE, Ms, SECOND, Who};
use super::actor::Actor;
use super::edges::{Echo, out_of_sight};
use super::judge::Text;
use super::oracle::{Brake, SETTLED};
use super::repo::{LAG, Label, State, UNKNOWN_HOLD};
use super::world::{Attempt, Run, World};

/// What nobody can prevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residue {
    /// Two runs at once both created, and nobody looked again before the window opened.
    TwoRunsAtOnce,
    /// The machine slept between its last look at the clock and the POST: late, not double. Or it slept between the
    /// journal's line and the POST, and the run died before it noted that no answer came: `unknown_hold` ends too early.
    SleptBeforePost,
    /// The same before a DELETE: it arrives when the batch has begun; at iP.1 it may erase what tells that it was sent.
    SleptBeforeDelete,
    /// Somebody canceled a batch between our fresh read and our DELETE: nothing tells the two cancels apart. Or `stop` asked
    /// for what we had canceled before it, which did not show yet: that one stopped nothing.
    CanceledBesideOurs,
    /// Our DELETE was never answered (the run died, the line broke), and before anybody looked again somebody canceled
    /// the batch. The journal says that we asked, the provider that it is canceled: the same as if ours had worked.
    CanceledAfterLostDelete,
    /// A person erased a begun iP.1 batch, and the journal that knew it is lost: nothing anywhere tells of it.
    ErasedAndForgotten,
    /// The same of a batch that was planned (by hand, or by `stop` at an iP.1 whose DELETE erases). Nobody is texted twice,
    /// but the brake that somebody pulled is not seen: that is why `stop` prints the lines to commit.
    BrakeErasedAndForgotten,
    /// Renamed, edited and moved by more than `min_gap` at once: another campaign. (Where a campaign opens is part of what
    /// its fingerprint covers, so moving is editing.)
    AnotherCampaign,
    /// Renamed, edited and brought to another namespace at once. Batches of other namespaces are other projects' unless
    /// name or fingerprint say otherwise: were people in common enough, two brands with the same customers would hold
    /// each other's campaigns for ever.
    AnotherProject,
    /// Sinch's list reaches back 14 days.
    BeyondMemory,
    /// A request that broke off was carried out after somebody stopped these messages elsewhere, or later than `list_lag`, the journal that knew of it is lost or on another
    /// machine, and nobody looked again before the window opened.
    CarriedOutLate,
    /// The account does not keep our references, or is configured no more, and the journal that knew its batches is lost or
    /// on another machine: nothing anywhere tells that they are ours.
    NameForgotten,
}

/// Reads may be stale, and show a cancel only after a while.
pub const BLUR: Ms = 26 * SECOND;

/// Why a brake could not be seen by a run that creates a batch for the people under it.
pub fn excuse_of_brake(actor: &Actor, brake: &Brake, under: (Msisdn, Label), new: &NewBatch) -> Option<Residue> {
    let world = &actor.world;
    let unaware = unaware_of(actor);
    let hidden = out_of_sight(actor);
    let is_caught_up = |batch: &Batch| {
        let was_on_its_way = batch.posted <= brake.at && batch.created > brake.at;
        was_on_its_way && batch.people.iter().any(|person| (person.number, person.label) == under)
    };
    if world
        .accounts
        .iter()
        .any(|account| account.borrow().batches.iter().any(is_caught_up))
    {
        return Some(Residue::CarriedOutLate);
    }
    for account in &world.accounts {
        let account = account.borrow();
        let Some(batch) = account.batches.iter().find(|batch| batch.id == brake.batch) else {
            continue;
        };
        // A canceled batch holds nobody by what is almost its reference: whose cancel that was nobody can tell.
        let is_unreadable = account.quirks.echo != Echo::Kept;
        if is_unreadable || hidden.contains(&batch.id) {
            return Some(Residue::NameForgotten);
        }
        if unaware.contains(&batch.id) && batch.erased.is_some() {
            return Some(Residue::BrakeErasedAndForgotten);
        }
        if let Some(residue) = canceled_beside(actor, brake) {
            return Some(residue);
        }
        if let Some(residue) = another_campaign(
            batch,
            &new.reference,
            new.windows.opens().unix_millis(),
            new.windows.closes().unix_millis(),
        ) {
            return Some(residue);
        }
    }
    None
}

/// Whether a DELETE of this machine and the brake came too close together to be told apart.
fn canceled_beside(actor: &Actor, brake: &Brake) -> Option<Residue> {
    let world = &actor.world;
    let (asked, is_answered) = asked_for(actor, brake)?;
    let attempts = world.attempts.borrow();
    let ours = attempts
        .iter()
        .filter(|a| a.machine == actor.machine && a.batch == brake.batch);
    let at = canceled_at(world, brake);
    let is_beside = |a: &Attempt| a.read - BLUR <= at && at <= a.sent + SECOND;
    if ours.clone().any(is_beside) || stopped_nothing(actor, brake) {
        return Some(Residue::CanceledBesideOurs);
    }
    // From when on this machine can have seen that its DELETE had no effect.
    let runs = world.runs.borrow();
    let settled = (runs.iter().filter(|run| run.machine == actor.machine))
        .filter_map(|run| run.settled)
        .filter(|at| *at > asked + LAG + BLUR)
        .min();
    let is_unseen = settled.is_none_or(|at| brake.at <= at + BLUR);
    let is_after = brake.at + BLUR + MINUTE >= asked;
    (!is_answered && is_after && is_unseen).then_some(Residue::CanceledAfterLostDelete)
}

/// When the brake reached its batch: `stop` goes on to prove the silence, which takes seconds.
fn canceled_at(world: &World, brake: &Brake) -> Ms {
    let mut accounts = world.accounts.iter().map(|account| account.borrow());
    let found = accounts.find_map(|account| {
        let batch = account.batches.iter().find(|batch| batch.id == brake.batch)?;
        (batch.stopped_by() == Some(brake.by)).then(|| batch.stopped())?
    });
    found.unwrap_or(brake.at)
}

/// Whether `stop` came upon a batch that a run of this machine had canceled before, so near that no read showed it yet.
fn stopped_nothing(actor: &Actor, brake: &Brake) -> bool {
    let world = &actor.world;
    let Who::Run(stop) = brake.by else { return false };
    let mut accounts = world.accounts.iter().map(|account| account.borrow());
    let canceled = accounts.find_map(|account| {
        let batch = account.batches.iter().find(|batch| batch.id == brake.batch)?;
        Some((batch.stopped()?, batch.stopped_by()?))
    });
    let Some((at, Who::Run(run))) = canceled else {
        return false;
    };
    let attempts = world.attempts.borrow();
    let mut of_stop = attempts.iter().filter(|a| a.run == stop && a.batch == brake.batch);
    run != stop
        && world.runs.borrow()[run].machine == actor.machine
        && of_stop.any(|a| at <= a.sent && a.read <= at + BLUR)
}

/// When this machine's journal last says that it asked for this batch to be canceled, and whether that was answered;
/// `None`: never, or it was refused.
fn asked_for(actor: &Actor, brake: &Brake) -> Option<(Ms, bool)> {
    let journal = actor.world.machines[actor.machine].journal.borrow();
    let (mut asked, mut was_lost) = (None, false);
    for line in journal.iter().flatten() {
        match &line.event {
            Event::Intent {
                call: Call::Cancel,
                batch_id: Some(batch),
                ..
            } if *batch == brake.batch => (asked, was_lost) = (Some((line.at_ms, false)), false),
            Event::Answer {
                call: Call::Cancel,
                outcome,
                batch_id: Some(batch),
            } if *batch == brake.batch => match outcome {
                // A proof after a lost answer does not tell whose cancel it proves.
                Known::Done => asked = asked.map(|(at, _)| (at, !was_lost)),
                Known::NotSent => asked = None,
                Known::Unknown => was_lost = true,
            },
            _ => {}
        }
    }
    asked
}

/// The machine slept between the journal's line and the POST, and the run died before it could write down that it waited
/// in vain: nothing tells that the POST left only then, and the hold, counted from the line, is over too early.
pub fn slept_and_died(actor: &Actor, reference: &str, posted: Ms) -> bool {
    let journal = actor.world.machines[actor.machine].journal.borrow();
    let of_create = journal.iter().flatten().filter(|line| line.reference == reference);
    let mut newest = of_create.filter(|line| match &line.event {
        Event::Intent { call, .. } | Event::Answer { call, .. } => *call == Call::Create,
        _ => false,
    });
    let is_over = newest.next_back().is_some_and(|line| {
        let was_held = line.at_ms + UNKNOWN_HOLD - MINUTE <= actor.began;
        matches!(line.event, Event::Intent { .. }) && line.at_ms + 2 * MINUTE < posted && was_held
    });
    if is_over {
        actor.world.count(Residue::SleptBeforePost);
    }
    is_over
}

/// Batches that no list shows any more or yet, and that this machine's journal cannot know.
pub fn unaware_of(actor: &Actor) -> BTreeSet<String> {
    let world = &actor.world;
    let now = world.now.get();
    let mut gone = BTreeSet::new();
    for account in &world.accounts {
        let account = account.borrow();
        let is_gone = |b: &&Batch| b.erased.is_some() || account.api == Api::Sinch && b.created + MEMORY < now;
        gone.extend(account.batches.iter().filter(is_gone).map(|b| b.id.clone()));
    }
    let journal = world.machines[actor.machine].journal.borrow();
    for line in journal.iter().flatten() {
        if let Event::Answer {
            call: Call::Create | Call::Update,
            outcome: Known::Done,
            batch_id: Some(id),
        } = &line.event
        {
            gone.remove(id);
        }
    }
    let intends = |reference: &str| {
        let mut lines = journal.iter().flatten();
        let mut lines = lines.by_ref().filter(|line| line.at_ms < actor.began);
        lines.any(|line| line.reference == reference && matches!(line.event, Event::Intent { call: Call::Create, .. }))
    };
    let unknown = world
        .on_their_way(actor.machine)
        .into_iter()
        .filter(|(_, reference, is_its_own)| !is_its_own || !intends(reference));
    gone.extend(unknown.map(|(id, ..)| id));
    gone.extend(out_of_sight(actor));
    gone
}

/// Why nobody could prevent the second of two messages.
pub fn excuse(world: &World, earlier: Text, later: Text) -> Option<Residue> {
    let one = world.accounts[earlier.account].borrow().batches[earlier.batch].clone();
    let two = world.accounts[later.account].borrow().batches[later.batch].clone();
    let runs = world.runs.borrow();
    let are_renamed = {
        let name = |batch: &Batch| batch.reference.as_ref().map(|r| r.slot.campaign.clone());
        name(&one) != name(&two)
    };
    let are_apart = {
        let key = |batch: &Batch| batch.reference.as_ref().map(|r| r.slot.occurrence);
        key(&one) != key(&two)
    };
    let (Some(a), Some(b)) = (one.run, two.run) else {
        return None;
    };
    // Batches that nobody can read, or look at, nobody can repair.
    let is_unreadable = |at: usize| world.loses_references(at);
    let are_readable = !is_unreadable(earlier.account) && !is_unreadable(later.account);
    let are_configured = |run: &Run| run.repo.configured[earlier.account] && run.repo.configured[later.account];
    let seen_from = one.listed_from.max(two.listed_from).max(two.created) + 15 * SECOND;
    let too_late = one.opens().min(two.opens()).min(earlier.at).min(later.at) - 3 * MINUTE;
    let is_of_either = |run: &Run| {
        let names = [&one, &two].map(|batch| batch.reference.as_ref().map(|r| r.namespace.as_str()));
        // While a campaign file cannot be read, no batch of a name without a file is taken away, but from its own occurrence.
        let has_no_file = |batch: &&Batch| {
            let name = batch.reference.as_ref().map(|r| r.slot.campaign.as_str());
            !run.repo.campaigns.iter().any(|c| Some(c.name.as_str()) == name)
        };
        let is_left = are_renamed || are_apart && [&one, &two].iter().all(has_no_file);
        let is_blind = is_left && run.repo.campaigns.iter().any(|c| c.state == State::Unreadable);
        names.contains(&Some(run.repo.namespace.as_str())) && !is_blind
    };
    let has_looked = |run: &Run| {
        run.clean
            && are_readable
            && are_configured(run)
            && is_of_either(run)
            && run.last_list.is_some_and(|at| at >= seen_from && at <= too_late)
    };
    let was_seen = runs.iter().any(has_looked);
    if two.unaware.contains(&one.id) || one.unaware.contains(&two.id) {
        let gone = if two.unaware.contains(&one.id) { &one } else { &two };
        let is_late = gone.posted + LAG < gone.listed_from;
        match gone.erased {
            Some((at, Who::Person)) if gone.has_begun(at) => return Some(Residue::ErasedAndForgotten),
            // Only a machine asleep sends it so late; and the journal that knows of it is lost as well.
            Some((at, Who::Run(_))) if gone.has_begun(at) => return Some(Residue::SleptBeforeDelete),
            _ if is_late && (!was_seen || are_of_two_projects(&one, &two)) => return Some(Residue::CarriedOutLate),
            None if gone.created + MEMORY < two.posted => return Some(Residue::BeyondMemory),
            // Seen later, but of another namespace and with other content: like another project's campaign of that name.
            // The program takes its own away only where the other says exactly the same.
            _ if world.is_edges.get() && (!was_seen || is_like_anothers(&one, &two)) => {
                return Some(Residue::NameForgotten);
            }
            _ => {}
        }
    }
    // It took the place of one that was made unaware, and both are seen only then: as above.
    let is_heir_of_unaware = lineage(world, &two, b, later.person).unaware.contains(&one.id);
    if world.is_edges.get() && is_heir_of_unaware && is_like_anothers(&one, &two) {
        return Some(Residue::NameForgotten);
    }
    let heirs_of = ancestors(world, &two, b, later.person);
    let residue = heirs_of
        .iter()
        .find_map(|(reference, opens, closes)| another_campaign(&one, reference, *opens, *closes));
    if residue.is_some() {
        return residue;
    }
    let side_by_side =
        |a: usize, b: usize| a != b && runs[b].start < runs[a].end + SETTLED && runs[a].start < runs[b].end + SETTLED;
    let (ones, twos) = (
        makers(world, &one, a, later.person),
        makers(world, &two, b, later.person),
    );
    let overlap = ones.iter().any(|a| twos.iter().any(|b| side_by_side(*a, *b)));
    (overlap && !was_seen).then_some(Residue::TwoRunsAtOnce)
}

/// In two namespaces, of another slot and with other content: whoever sees both then cannot tell them from two projects'
/// campaigns of one name, and must not touch the other's.
fn are_of_two_projects(one: &Batch, two: &Batch) -> bool {
    one.reference
        .as_ref()
        .zip(two.reference.as_ref())
        .is_some_and(|(a, b)| a.namespace != b.namespace && a.slot != b.slot && a.fingerprint != b.fingerprint)
}

/// In two namespaces, and with other content.
fn is_like_anothers(one: &Batch, two: &Batch) -> bool {
    one.reference
        .as_ref()
        .zip(two.reference.as_ref())
        .is_some_and(|(a, b)| a.namespace != b.namespace && a.fingerprint != b.fingerprint)
}

/// What a person was to be sent under, before it became this batch: itself, what it was before it was put again, and
/// the batches whose place it took. Of each: its reference and its span.
fn ancestors(world: &World, batch: &Batch, run: usize, person: (Msisdn, Label)) -> Vec<(Reference, Ms, Ms)> {
    lineage(world, batch, run, person).spans
}

/// The runs to which somebody owes his place in a batch.
fn makers(world: &World, batch: &Batch, run: usize, person: (Msisdn, Label)) -> Vec<usize> {
    lineage(world, batch, run, person).makers
}

/// Where a batch comes from: the runs that made it and what it took the place of, what those were, and the batches that
/// some of those runs could not know of.
struct Lineage {
    makers: Vec<usize>,
    spans: Vec<(Reference, Ms, Ms)>,
    unaware: BTreeSet<String>,
}

fn lineage(world: &World, batch: &Batch, run: usize, person: (Msisdn, Label)) -> Lineage {
    let mut makers = vec![run];
    let mut spans = Vec::new();
    let mut unaware = BTreeSet::new();
    let mut add = |batch: &Batch, makers: &mut Vec<usize>, spans: &mut Vec<(Reference, Ms, Ms)>| {
        unaware.extend(batch.unaware.iter().cloned());
        spans.extend(
            batch
                .reference
                .iter()
                .map(|r| (r.clone(), batch.opens(), batch.closes())),
        );
        spans.extend(batch.former.iter().map(|former| (former.1.clone(), former.2, former.3)));
        for run in batch
            .run
            .iter()
            .copied()
            .chain(batch.former.iter().map(|former| former.0))
        {
            if !makers.contains(&run) {
                makers.push(run);
            }
        }
    };
    add(batch, &mut makers, &mut spans);
    let mut next = 0;
    while let Some(run) = makers.get(next).copied() {
        next += 1;
        for account in &world.accounts {
            for other in &account.borrow().batches {
                let is_before = other.stopped_by() == Some(Who::Run(run)) && other.id != batch.id;
                if is_before && other.people.iter().any(|p| (p.number, p.label) == person) {
                    add(other, &mut makers, &mut spans);
                }
            }
        }
    }
    Lineage { makers, spans, unaware }
}

/// Another name, other content, and far away or in another namespace, all at once.
pub fn another_campaign(one: &Batch, other: &Reference, opens: Ms, closes: Ms) -> Option<Residue> {
    let reference = one.reference.as_ref()?;
    if reference.slot.campaign == other.slot.campaign || reference.fingerprint == other.fingerprint {
        return None;
    }
    if one.closes() + DAY < opens || closes + DAY < one.opens() {
        Some(Residue::AnotherCampaign)
    } else if reference.namespace != other.namespace {
        Some(Residue::AnotherProject)
    } else {
        None
    }
}
