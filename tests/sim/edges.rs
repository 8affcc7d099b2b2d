//! What happens around the planner's core: accounts that do not hand our references back as they were sent, that show
//! nothing of a planned batch's messages, that are swapped for others; a namespace that somebody else uses as well.

use std::collections::BTreeSet;
use std::rc::Rc;

use campanile::apply::{Call, Event};
use campanile::model::{Api, Msisdn, Namespace, NearMatch, Reference, Slot};
use campanile::provider::NewBatch;

use super::account::{Batch, HOUR, MINUTE, Ms, Who};
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

/// Somebody wants no more texts.
#[derive(Debug, Clone, Copy)]
pub struct OptOut {
    pub account: usize,
    pub number: u64,
    pub at: Ms,
}

/// A `stop` that ended well.
#[derive(Debug)]
pub struct Stopped {
    pub at: Ms,
    pub commit: Rc<Repo>,
    pub machine: usize,
    pub slots: Vec<Slot>,
    /// What an apply had canceled to replace it, and had not replaced yet, by the journal of this machine.
    pub marked: Vec<Slot>,
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
            account.quirks.mute = account.api == Api::Ip1 && account.name != "bench";
        }
        if chance.in_thousand(200) {
            self.add_stranger(&mut chance);
        }
    }

    /// From now on an account does not keep our references, of whatever age.
    pub fn lose_references(&self, chance: &mut Chance) {
        let account = chance.below(self.real_accounts());
        let (echo, repeats) = (chance.pick(&Echo::LOST), chance.in_thousand(400));
        let quirks = &mut self.accounts[account].borrow_mut().quirks;
        if quirks.echo == Echo::Kept {
            (quirks.echo, quirks.repeats) = (echo, repeats);
            self.say(|| format!("account {account} hands references back so: {echo:?}"));
        }
    }

    /// How many accounts reach anybody: all but the last, where that is a sandbox.
    fn real_accounts(&self) -> usize {
        self.facts.iter().filter(|facts| !facts.is_sandbox).count()
    }

    /// Somebody answers STOP (Sinch), or is put on the blacklist (iP.1).
    pub fn opt_out(&self, pool: &[u64], chance: &mut Chance) {
        let (account, number, at) = (chance.below(self.real_accounts()), chance.pick(pool), self.now.get());
        self.say(|| format!("{number} opts out at account {account}"));
        self.opt_outs.borrow_mut().push(OptOut { account, number, at });
    }

    /// A commit with those who have opted out, as a run hears of them that cannot read one of the accounts. What is written to
    /// Sinch counts for every campaign; the blacklist of an iP.1 account counts for what it sends itself.
    pub fn heard(&self, commit: &Rc<Repo>, unread: Option<usize>) -> Rc<Repo> {
        let opt_outs = self.opt_outs.borrow();
        let heard = (opt_outs.iter()).filter(|one| commit.configured[one.account] && Some(one.account) != unread);
        if opt_outs.is_empty() {
            return commit.clone();
        }
        let mut repo = Repo::clone(commit);
        for one in heard {
            match self.facts[one.account].api {
                Api::Sinch => repo.suppressed.insert(one.number),
                Api::Ip1 => repo.blocked.entry(one.account).or_default().insert(one.number),
            };
        }
        Rc::new(repo)
    }

    /// Whether somebody had opted out of what an account sends before a moment, where this commit looks.
    fn has_opted_out(&self, commit: &Repo, account: usize, number: u64, before: Ms) -> bool {
        let counts = |one: &OptOut| match self.facts[one.account].api {
            Api::Sinch => commit.configured[one.account],
            Api::Ip1 => one.account == account,
        };
        let is_his = |one: &OptOut| one.number == number && one.at <= before && counts(one);
        self.opt_outs.borrow().iter().any(is_his)
    }

    /// Another project works in our namespace, on one of our accounts, and was there first.
    fn add_stranger(&self, chance: &mut Chance) {
        let account = chance.below(self.real_accounts());
        let opens = (self.now.get() / 1000) * 1000 + chance.between(HOUR / MINUTE, 30 * 60) * MINUTE;
        let new = NewTruth {
            reference_text: Some("acme.theirs.000010000000000000".to_owned()),
            people: vec![(Msisdn::from_u64(POOL[11]).unwrap(), FOREIGN)],
            ..NewTruth::of_others("", opens)
        };
        let id = self.post(account, new, chance);
        self.stranger_opens.set(Some(opens));
        self.say(|| format!("{id} at account {account} is another project's in our namespace"));
    }

    /// Where another project's batch in our namespace will be sent from, as long as nobody has erased it, and when it opens.
    pub fn stranger(&self) -> Option<(usize, Ms)> {
        let is_theirs = |batch: &&Batch| {
            let is_of_namespace = batch.reference.as_ref().is_some_and(|r| r.namespace.as_str() == "acme");
            batch.run.is_none() && is_of_namespace && batch.is_planned(self.now.get())
        };
        (self.accounts.iter().enumerate()).find_map(|(at, account)| {
            let account = account.borrow();
            account.batches.iter().find(is_theirs).map(|batch| (at, batch.opens()))
        })
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
pub fn before_any(actor: &Actor, account: usize, batch: &NewBatch) {
    let world = &actor.world;
    if actor.is_dead.get() {
        return;
    }
    let listed = &actor.listed_before;
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
    let wants_none = |number: &Msisdn| world.has_opted_out(&actor.repo, account, number.as_u64(), began);
    let is_real = !world.facts[account].is_sandbox;
    if is_real && !actor.overrides && batch.payload.numbers().iter().any(wants_none) {
        let what = format!("{} texts somebody who had opted out", batch.reference);
        world.violate("opted_out", what);
    }
    if sends_the_rest(actor, &batch.reference.slot, began) && !actor.overrides {
        let what = format!("{} is sent, and its occurrence was stopped", batch.reference);
        world.violate("rest", what);
    }
}

/// Whether a run sends something of an occurrence that a `stop` of its own commit has silenced before it began, and that
/// nobody has resumed since.
fn sends_the_rest(actor: &Actor, ours: &Slot, began: Ms) -> bool {
    let is_of_occurrence = |slot: &Slot| (&slot.campaign, slot.occurrence) == (&ours.campaign, ours.occurrence);
    let mut all = actor.world.stopped.borrow_mut();
    for stopped in all.iter_mut() {
        let at = stopped.at;
        let is_released = |slot: &Slot| {
            // Somebody who has looked resumes these people.
            let is_resumed = actor.overrides && slot.part.may_share(ours.part);
            is_of_occurrence(slot) && (is_resumed || is_covered(actor, at, slot))
        };
        stopped.slots.retain(|slot| !is_released(slot));
        stopped.marked.retain(|slot| !is_released(slot));
    }
    all.iter().any(|stopped| {
        let kept_since = actor.world.machines[actor.machine].journal_kept_since.get();
        let knows_marks = stopped.machine == actor.machine && kept_since < stopped.at;
        let marked = stopped.marked.iter().filter(|_| knows_marks);
        Rc::ptr_eq(&stopped.commit, &actor.commit)
            && stopped.at + SETTLED < began
            && stopped.slots.iter().chain(marked).any(is_of_occurrence)
            && !is_forgotten(actor, stopped)
    })
}

/// Whether a run that had begun before the brake could be seen sent something to people of a stopped batch, which is there
/// still, or which this run replaces. Nobody can tell that from a brake that somebody released: a batch that texts the
/// people of a stopped one is what a resumed occurrence looks like, and without that it would never be repaired again.
fn is_covered(actor: &Actor, stopped_at: Ms, slot: &Slot) -> bool {
    let runs = actor.world.runs.borrow();
    let covers = |batch: &Batch| {
        let theirs = batch.reference.as_ref().map(|reference| &reference.slot);
        let is_there = batch.stopped_by().is_none_or(|who| who == Who::Run(actor.run));
        is_there
            && batch
                .run
                .is_some_and(|run| runs[run].start <= stopped_at + SETTLED && runs[run].end > stopped_at)
            && theirs.is_some_and(|theirs| {
                (&theirs.campaign, theirs.occurrence) == (&slot.campaign, slot.occurrence)
                    && theirs.part.may_share(slot.part)
            })
    };
    let mut accounts = actor.world.accounts.iter();
    accounts.any(|account| account.borrow().batches.iter().any(covers))
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

/// Whether this run's newest look at an account, when the POST left, showed that somebody else cancels what it creates.
fn is_braked(actor: &Actor, account: usize) -> bool {
    let held = actor.world.accounts[account].borrow();
    let asked = (actor.newest_when_left.borrow().get(&account)).map_or(0, |look| look.of);
    let shown = held
        .batches
        .iter()
        .rev()
        .filter(|batch| batch.listed_from <= asked && held.shows(batch, asked));
    shown.take(held.quirks.page).any(|batch| {
        let is_answered =
            (actor.posts.borrow().iter()).any(|post| post.made.as_ref() == Some(&batch.id) && post.was_answered);
        let by_another = batch
            .canceled
            .is_some_and(|(at, who)| who != Who::Run(actor.run) && at + held.quirks.cancel_shows_after <= asked);
        // Another run of the same commit took one of two away, and the other stands as far as could be seen.
        let is_repaired = || {
            held.batches.iter().any(|other| {
                let stops = other.canceled.or(other.erased);
                let is_seen = stops.is_none_or(|(at, _)| at + held.quirks.cancel_shows_after > asked);
                other.id != batch.id && other.reference == batch.reference && other.listed_from <= asked && is_seen
            })
        };
        is_answered && by_another && !is_repaired()
    })
}

/// A POST is about to arrive.
pub fn before_post(actor: &Actor, account: usize) {
    let world = &actor.world;
    if !world.is_edges.get() {
        return;
    }
    if is_braked(actor, account) {
        let what = "a run goes on although somebody cancels what it creates".to_owned();
        world.violate("braked", what);
    }
    let now = world.now.get();
    // Where references are lost, nobody can see whose namespace that is.
    let is_planned = |(at, opens): &(usize, i64)| {
        actor.repo.configured[*at] && *opens > now + 2 * MINUTE && !world.loses_references(*at)
    };
    if world.stranger_opens.get().is_some()
        && actor.repo.namespace == "acme"
        && world.stranger().is_some_and(|stranger| is_planned(&stranger))
    {
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
