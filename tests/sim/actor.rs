//! One run of a program: where it dies, when somebody asks it to stop, what goes wrong around it - and the clock and the
//! journal that it sees.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use campanile::apply::{Call, Event, Journal, Line, RunClock, compacted};
use campanile::model::{Clock, Instant, ProviderName, Reference};
use campanile::provider::sinch_settled::SettledPages;

use super::account::{MINUTE, Ms, SECOND, Who};
use super::chance::Chance;
use super::desire::instant;
use super::listing::Listed;
use super::repo::LAG;
use super::world::World;

/// How often things go wrong, in a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// A read fails.
    pub read: usize,
    /// A call that changes something is refused, or its answer is lost, before or after it was carried out.
    pub write: usize,
    /// A read shows what was true some seconds ago.
    pub stale: usize,
    /// A new batch is missing from the list at first.
    pub hidden: usize,
    /// A call takes seconds.
    pub slow: usize,
    /// The machine sleeps for minutes.
    pub sleep: usize,
    /// Somebody cancels or erases a batch meanwhile.
    pub person: usize,
    /// The machine's clock jumps.
    pub jump: usize,
    /// Others' batches come and go between two pages of a list.
    pub shift: usize,
    /// A DELETE is lost before it arrives.
    pub lost_delete: usize,
    /// The machine falls asleep between its last look and a DELETE.
    pub doze: usize,
    /// One account does not tell who has opted out (at the edges).
    pub unheard: usize,
}

impl Faults {
    pub const NONE: Self = Self {
        read: 0,
        write: 0,
        stale: 0,
        hidden: 0,
        slow: 0,
        sleep: 0,
        person: 0,
        jump: 0,
        shift: 0,
        lost_delete: 0,
        doze: 0,
        unheard: 0,
    };
}

/// No run has so many awaits: one that goes on has lost its way.
const MOST_AWAITS: u32 = 20_000;

/// Where a run dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// At the n-th await.
    Await(u32),
    /// Previous the n-th journal line is written.
    BeforeLine(u32),
    /// After it.
    AfterLine(u32),
    /// While it waits for the lists to show what it has sent.
    BeforeLookingBack,
}

pub struct Actor {
    pub world: Rc<World>,
    pub run: usize,
    pub machine: usize,
    /// When the next of its calls goes on.
    pub wake: Cell<Ms>,
    /// The machine sleeps until then: none of its calls goes on before.
    pub asleep_until: Cell<Ms>,
    /// When it last fell asleep, or its clock jumped.
    pub slept_at: Cell<Option<Ms>>,
    pub is_dead: Cell<bool>,
    pub crashed: Cell<bool>,
    pub death: Option<Death>,
    pub interrupt_at: Option<u32>,
    pub faults: Faults,
    pub chance: RefCell<Chance>,
    pub awaits: Cell<u32>,
    pub lines: Cell<u32>,
    /// Since the last look of the call that is judged: the machine slept, or its clock jumped.
    pub slept: Cell<bool>,
    /// Something went wrong, or somebody interfered.
    pub troubled: Cell<bool>,
    pub posts: RefCell<Vec<Post>>,
    /// When each batch was last read by itself: of when the answer is, and when it came.
    pub reads: RefCell<BTreeMap<String, (Ms, Ms)>>,
    /// Its newest look at the newest end of each account's list.
    pub newest: RefCell<BTreeMap<usize, Looked>>,
    /// The same when the call that is judged left.
    pub newest_when_left: RefCell<BTreeMap<usize, Looked>>,
    /// How far its clock was off when a read last came back.
    pub skew_at_read: Cell<Ms>,
    /// When it last began to read a whole list, whether it came to its end or not.
    pub last_list_begun: Cell<Ms>,
    /// The settled half of each list of Sinch's that it has read: when, up to when, and what.
    pub settled: RefCell<BTreeMap<usize, (Ms, Ms, SettledPages<Listed>)>>,
    /// When its newest POST left.
    pub last_post: Cell<Option<Ms>>,
    /// PUTs that were carried out: batch and reference.
    pub puts: RefCell<BTreeSet<(String, String)>>,
    /// Batches that it asked to cancel.
    pub deletes: RefCell<BTreeSet<String>>,
    /// When the plan that it carries out expires, by its own clock.
    pub expires_at: Cell<Option<Ms>>,
    /// Its machine's clock has jumped while it ran.
    pub has_jumped: Cell<bool>,
    /// `--campaign`.
    pub selected: Option<String>,
    /// Whether whoever runs it says that the namespace is this project's.
    pub adopts: bool,
    /// Whether overrides are in force.
    pub overrides: bool,
    /// A `stop`.
    pub is_stop: Cell<bool>,
    /// What a `stop` has written down that it stops: where, what, and which batch.
    pub braked: RefCell<Vec<(ProviderName, Reference, String)>>,
    /// What the orders allow: create and replace, by reference and provider.
    pub orders: RefCell<Vec<campanile::plan::Operation>>,
    pub wanted: super::desire::Wanted,
    /// With what the run has heard of opt-outs.
    pub repo: Rc<super::repo::Repo>,
    pub commit: Rc<super::repo::Repo>,
    /// The suppression list that its machine's journal told of when it began.
    pub listed_before: Vec<u64>,
    /// Whose opt-outs could not be read.
    pub unread: Option<usize>,
    /// By its own clock, when it began.
    pub began: Ms,
}

/// A look at the newest end of a list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Looked {
    /// What it shows is true of this moment, or of a later one.
    pub of: Ms,
    /// When its answer was there.
    pub at: Ms,
}

/// A POST that a run sent.
#[derive(Debug, Clone)]
pub struct Post {
    pub reference: String,
    pub account: usize,
    /// The batch, if it was made.
    pub made: Option<String>,
    /// Whether the run was told for certain that nothing was made.
    pub told_not_sent: bool,
    /// Whether the run was told which batch it is.
    pub was_answered: bool,
}

impl Actor {
    pub fn kill(&self) {
        self.crashed.set(true);
        self.is_dead.set(true);
    }

    /// Lets a little time pass; here a run may die, sleep, or meet a person.
    pub async fn point(&self) {
        let n = self.awaits.get() + 1;
        self.awaits.set(n);
        if n == MOST_AWAITS {
            self.world.violate("endless", format!("run {} does not end", self.run));
            self.kill();
        }
        if self.death == Some(Death::Await(n)) {
            self.kill();
        }
        let mut chance = self.chance.borrow_mut();
        let mut pause = chance.between(10, 300);
        if chance.in_thousand(self.faults.slow) {
            pause = chance.between(SECOND, 4 * SECOND);
        }
        if chance.in_thousand(self.faults.sleep) {
            pause = chance.pick(&[1, 2, 5, 12, 25]) * MINUTE;
            self.fall_asleep(pause);
            self.troubled.set(true);
            self.world
                .say(|| format!("run {} sleeps for {} s", self.run, pause / SECOND));
        }
        if chance.in_thousand(self.faults.jump) {
            let by = chance.pick(&[-3600, -600, -90, -40, -10, 10, 40, 90, 600, 3600]) * SECOND;
            let skew = &self.world.machines[self.machine].skew;
            let is_far = skew.get().abs() > MINUTE;
            self.has_jumped.set(true);
            // What has jumped away is set right one day, by hand or by NTP.
            skew.set(if is_far { 0 } else { skew.get() + by });
            self.world.say(|| {
                format!(
                    "the clock of machine {} jumps to {} s",
                    self.machine,
                    skew.get() / SECOND
                )
            });
        }
        let meets = chance
            .in_thousand(self.faults.person)
            .then(|| (chance.next(), chance.in_thousand(250)));
        drop(chance);
        self.pause(pause).await;
        if let Some((which, erase)) = meets {
            self.troubled.set(true);
            self.meet(which, erase);
        }
    }

    fn meet(&self, which: u64, erase: bool) {
        let mut all = Vec::new();
        for (account, held) in self.world.accounts.iter().enumerate() {
            let held = held.borrow();
            let ours = held
                .batches
                .iter()
                .filter(|b| b.run.is_some() && b.erased.is_none() && b.canceled.is_none());
            all.extend(ours.map(|b| (account, b.id.clone())));
        }
        if !all.is_empty() {
            let (account, id) = &all[usize::try_from(which % u64::try_from(all.len()).unwrap()).unwrap()];
            self.world.stop_by_hand(*account, id, erase);
        }
    }

    /// Nothing of it goes on for a while.
    pub fn fall_asleep(&self, ms: Ms) {
        let now = self.world.now.get();
        self.slept.set(true);
        self.slept_at.set(Some(now));
        self.asleep_until.set(self.asleep_until.get().max(now + ms));
    }

    /// Whether it has slept since a moment: asked by a call that began then, when it goes on.
    pub fn note_sleep_since(&self, begun: Ms) {
        let has_slept = self.slept_at.get().is_some_and(|at| at >= begun);
        self.slept.set(has_slept);
    }

    pub async fn pause(&self, ms: Ms) {
        let until = self.world.now.get() + ms;
        Pause { actor: self, until }.await;
    }

    /// A `stop` has written a line down.
    fn note_brake(&self, line: &Line) {
        match &line.event {
            Event::Intent {
                call: Call::Stop,
                batch_id: Some(id),
                ..
            } => {
                let provider = ProviderName::parse(&line.provider).unwrap();
                let reference = Reference::parse(&line.reference).unwrap();
                self.braked.borrow_mut().push((provider, reference, id.clone()));
            }
            Event::ProvedSilent { batch_id } => self.world.brake_batch(batch_id, Who::Run(self.run)),
            _ => {}
        }
    }

    pub fn now(&self) -> Ms {
        self.world.now.get() + self.world.machines[self.machine].skew.get()
    }
}

/// Until a moment, and longer while the machine sleeps. Of several at once, none goes on after the end of the run.
struct Pause<'a> {
    actor: &'a Actor,
    until: Ms,
}

impl Future for Pause<'_> {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let actor = self.actor;
        let until = self.until.max(actor.asleep_until.get());
        if actor.is_dead.get() {
            return Poll::Pending;
        }
        if actor.world.now.get() >= until {
            return Poll::Ready(());
        }
        actor.wake.set(actor.wake.get().min(until));
        Poll::Pending
    }
}

/// The clock of a run's machine.
pub struct SimClock(pub Rc<Actor>);

impl Clock for SimClock {
    fn now(&self) -> Instant {
        instant(self.0.now())
    }
}

impl RunClock for SimClock {
    fn watch(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.world.now.get()).unwrap())
    }

    async fn sleep(&self, duration: Duration) {
        let is_long = i64::try_from(duration.as_millis()).is_ok_and(|ms| ms >= LAG);
        if is_long && self.0.death == Some(Death::BeforeLookingBack) && !self.0.posts.borrow().is_empty() {
            self.0.kill();
        }
        self.0.point().await;
        self.0.pause(i64::try_from(duration.as_millis()).unwrap()).await;
    }

    fn is_interrupted(&self) -> bool {
        self.0.interrupt_at.is_some_and(|at| self.0.awaits.get() >= at)
    }
}

/// The journal of a run's machine.
pub struct SimJournal(pub Rc<Actor>);

impl Journal for SimJournal {
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let actor = &self.0;
        if actor.is_dead.get() {
            return Ok(());
        }
        let n = actor.lines.get() + 1;
        actor.lines.set(n);
        if actor.death == Some(Death::BeforeLine(n)) {
            actor.kill();
            return Ok(());
        }
        let machine = &actor.world.machines[actor.machine];
        machine.journal.borrow_mut().get_or_insert_default().push(line.clone());
        if actor.is_stop.get() {
            actor.note_brake(line);
        }
        if matches!(line.event, Event::List { .. }) {
            machine.list.borrow_mut().clone_from(&actor.repo.list);
        }
        if actor.death == Some(Death::AfterLine(n)) {
            actor.kill();
        }
        Ok(())
    }

    /// As a long journal would be read that was made short a moment ago.
    fn lines(&self) -> Option<Rc<Vec<Line>>> {
        let actor = &self.0;
        let mut lines = actor.world.machines[actor.machine].journal.borrow().clone()?;
        // A sandbox keeps a journal of its own, which nobody reads when it is configured no more.
        let is_gone = |line: &Line| {
            let mut facts = actor.world.facts.iter().zip(&actor.commit.configured);
            facts.any(|(facts, is_there)| facts.is_sandbox && !is_there && facts.name.as_str() == line.provider)
        };
        lines.retain(|line| !is_gone(line));
        Some(Rc::new(compacted(&lines, instant(self.0.now())).unwrap_or(lines)))
    }
}
