//! What happens around the planner's core: accounts that do not hand our references back as they were sent, that show
//! nothing of a planned batch's messages, that are swapped for others; a namespace that somebody else uses as well.

use std::collections::BTreeSet;
use std::rc::Rc;

use campanile::apply::{Call, Event};
use campanile::model::{Api, CampaignRef, Msisdn, Namespace, NearMatch, OccurrenceKey, Reference};
use campanile::provider::NewBatch;

use super::account::{Batch, HOUR, MINUTE, Ms};
use super::actor::Actor;
use super::chance::Chance;
use super::oracle::SETTLED;
use super::repo::{FOREIGN, Repo};
use super::residues::unaware_of;
use super::world::{NewTruth, POOL, World};

/// What an account hands back of our references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    Kept,
    Nothing,
    OtherCase,
    TrailingSpace,
    Cut,
}

impl Echo {
    const LOST: [Self; 5] = [
        Self::Nothing,
        Self::Nothing,
        Self::OtherCase,
        Self::TrailingSpace,
        Self::Cut,
    ];

    /// What a read shows of a reference.
    pub fn shown(self, text: &str) -> Option<String> {
        match self {
            Self::Kept => Some(text.to_owned()),
            Self::Nothing => None,
            Self::OtherCase => Some(text.to_uppercase()),
            Self::TrailingSpace => Some(format!("{text} ")),
            Self::Cut => Some(text.chars().take(18).collect()),
        }
    }
}

/// A `stop` that ended well.
#[derive(Debug)]
pub struct Stopped {
    pub at: Ms,
    pub commit: Rc<Repo>,
    pub occurrences: BTreeSet<(CampaignRef, OccurrenceKey)>,
    pub batches: BTreeSet<String>,
}

impl World {
    /// Decides what is unlike the documents in this history.
    pub fn go_to_the_edges(&self, seed: u64) {
        let mut chance = Chance::of(seed, 60);
        self.is_edges.set(true);
        if chance.in_thousand(120) {
            self.lose_references(&mut chance);
        }
        let is_mute = chance.in_thousand(200);
        for account in self.accounts.iter().filter(|_| is_mute) {
            let mut account = account.borrow_mut();
            account.quirks.mute = account.api == Api::Ip1;
        }
        if chance.in_thousand(200) {
            self.add_stranger(&mut chance);
        }
    }

    /// From now on an account does not keep our references, of whatever age.
    pub fn lose_references(&self, chance: &mut Chance) {
        let account = chance.below(self.accounts.len());
        let echo = chance.pick(&Echo::LOST);
        let quirks = &mut self.accounts[account].borrow_mut().quirks;
        if quirks.echo == Echo::Kept {
            quirks.echo = echo;
            self.say(|| format!("account {account} hands references back so: {echo:?}"));
        }
    }

    /// Another project works in our namespace, on one of our accounts, and was there first.
    fn add_stranger(&self, chance: &mut Chance) {
        let account = chance.below(self.accounts.len());
        let opens = (self.now.get() / 1000) * 1000 + chance.between(HOUR / MINUTE, 30 * 60) * MINUTE;
        let new = NewTruth {
            reference_text: Some("acme.theirs.000010000000000000".to_owned()),
            people: vec![(Msisdn::from_u64(POOL[11]).unwrap(), FOREIGN)],
            ..NewTruth::of_others("", opens)
        };
        let id = self.post(account, new, chance);
        self.stranger.set(Some((account, opens)));
        self.say(|| format!("{id} at account {account} is another project's in our namespace"));
    }

    /// Whether an account does not keep references.
    pub fn loses_references(&self, account: usize) -> bool {
        self.accounts[account].borrow().quirks.echo != Echo::Kept
    }

    /// Whether any does not.
    pub fn has_lost_references(&self) -> bool {
        (0..self.accounts.len()).any(|account| self.loses_references(account))
    }
}

/// Whether nothing that a read shows tells that a batch is this project's.
fn is_nameless(echo: Echo, batch: &Batch, namespace: &Namespace) -> bool {
    let shown = batch.reference_text.as_deref().and_then(|text| echo.shown(text));
    let Some(shown) = shown else { return true };
    Reference::parse(&shown).is_err() && NearMatch::of(&shown, namespace).is_none()
}

/// Batches that a run cannot know of: of accounts that its commit does not configure, or without a name of ours, where
/// its machine's journal has no line of them.
pub fn out_of_sight(actor: &Actor) -> BTreeSet<String> {
    let world = &actor.world;
    let mut hidden = BTreeSet::new();
    if !world.is_edges.get() {
        return hidden;
    }
    let namespace = Namespace::parse(&actor.repo.namespace).unwrap();
    for (i, account) in world.accounts.iter().enumerate() {
        let account = account.borrow();
        let is_configured = actor.repo.configured[i];
        let is_hidden = |batch: &&Batch| !is_configured || is_nameless(account.quirks.echo, batch, &namespace);
        let batches = account.batches.iter().filter(|batch| batch.run.is_some());
        hidden.extend(batches.filter(is_hidden).map(|batch| batch.id.clone()));
    }
    let machine = &world.machines[actor.machine];
    let runs = world.runs.borrow();
    for account in &world.accounts {
        for batch in &account.borrow().batches {
            let is_own = batch.run.is_some_and(|run| runs[run].machine == actor.machine);
            if is_own && batch.posted > machine.journal_kept_since.get() {
                hidden.remove(&batch.id);
            }
        }
    }
    for line in machine.journal.borrow().iter().flatten() {
        if let Event::Answer {
            call: Call::Create | Call::Update,
            batch_id: Some(id),
            ..
        } = &line.event
        {
            hidden.remove(id);
        }
    }
    hidden
}

/// A POST or PUT is about to arrive.
pub fn before_any(actor: &Actor, batch: &NewBatch) {
    let world = &actor.world;
    if actor.is_dead.get() || !world.is_edges.get() {
        return;
    }
    let listed = world.machines[actor.machine].list.borrow();
    let has_lost = listed.len() > actor.repo.list.len();
    let comes_back = |number: &Msisdn| {
        let number = number.as_u64();
        listed.contains(&number) && !actor.repo.list.contains(&number)
    };
    if has_lost && !actor.overrides && batch.payload.numbers().iter().any(comes_back) {
        let what = format!("{} texts people whom a list has lost", batch.reference);
        world.violate("came_back", what);
    }
    let began = world.runs.borrow()[actor.run].start;
    let slot = &batch.reference.slot;
    let is_stopped = |stopped: &Stopped| {
        Rc::ptr_eq(&stopped.commit, &actor.repo)
            && stopped.at + SETTLED < began
            && stopped.occurrences.contains(&(slot.campaign.clone(), slot.occurrence))
            && !is_forgotten(actor, stopped)
    };
    if !actor.overrides && world.stopped.borrow().iter().any(is_stopped) {
        let what = format!("{} is sent, and its occurrence was stopped", batch.reference);
        world.violate("rest", what);
    }
}

/// Whether nothing that this run can see tells of a brake: what it stopped is erased, or has no name of ours.
fn is_forgotten(actor: &Actor, stopped: &Stopped) -> bool {
    let unaware = unaware_of(actor);
    let is_erased = |batch: &Batch| stopped.batches.contains(&batch.id) && batch.erased.is_some();
    let mut accounts = actor.world.accounts.iter();
    stopped.batches.iter().any(|id| unaware.contains(id))
        || accounts.any(|account| account.borrow().batches.iter().any(is_erased))
        || actor.world.has_lost_references()
}

/// A POST is about to arrive.
pub fn before_post(actor: &Actor, account: usize) {
    let world = &actor.world;
    if !world.is_edges.get() {
        return;
    }
    let now = world.now.get();
    // Where references are lost, nobody can see whose namespace that is.
    let is_planned = |(at, opens): &(usize, i64)| {
        actor.repo.configured[*at] && *opens > now + 2 * MINUTE && !world.loses_references(*at)
    };
    if world.stranger.get().is_some_and(|stranger| is_planned(&stranger)) && actor.repo.namespace == "acme" {
        world.violate(
            "first_contact",
            "sent beside planned batches of somebody else".to_owned(),
        );
    }
    let name = world.facts[account].name.as_str();
    let journal = world.machines[actor.machine].journal.borrow();
    let is_known = (journal.iter().flatten())
        .any(|line| line.provider == name && matches!(line.event, Event::ReferenceKept { .. }));
    let was_answered = |post: &super::actor::Post| post.account == account && post.was_answered;
    if world.loses_references(account) && !is_known && actor.posts.borrow().iter().any(was_answered) {
        world.violate(
            "echo",
            "a second batch is sent to an account that does not keep references".to_owned(),
        );
    }
}

/// A DELETE is about to arrive: what is replaced must be provably silent afterwards.
pub fn before_delete(actor: &Actor, account: usize, id: &str) {
    let is_replace = actor.orders.borrow().iter().any(|order| {
        let is_target = order.target.as_ref().is_some_and(|target| target.id.0 == id);
        is_target && order.how == campanile::plan::How::CancelThenCreate
    });
    let is_mute = actor.world.accounts[account].borrow().quirks.mute;
    if is_replace && is_mute {
        actor.world.violate(
            "unprovable",
            format!("{id} is replaced, and nobody can prove its silence"),
        );
    }
}
