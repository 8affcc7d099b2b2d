//! Everything that is true: time, accounts, what runs did, what people did. The programs under test see it through
//! [`SimProvider`](super::provider::SimProvider) and [`SimClock`](super::actor::SimClock) alone.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

use campanile::apply::Line;
use campanile::model::{Api, Msisdn, ProviderName};
use campanile::provider::ip1_kept::KeptPages;

use super::account::{Account, Batch, Ms, Person, Quirks, Stage, Who, departures};
use super::actor::Actor;
use super::chance::Chance;
use super::desire::AccountFacts;
use super::edges::{Echo, OptOut, Stopped};
use super::oracle::{Brake, Violation};
use super::repo::{FOREIGN, Label, Repo};
use super::residues::Residue;

/// A machine that runs applies: its clock and its journal.
pub struct Machine {
    /// How far its clock is ahead of the truth.
    pub skew: Cell<Ms>,
    pub journal: RefCell<Option<Vec<Line>>>,
    /// The suppression list that its journal tells of.
    pub list: RefCell<Vec<u64>>,
    /// When it lost its journal last.
    pub journal_kept_since: Cell<Ms>,
    /// What it remembers of each account's list, oldest first.
    pub kept: RefCell<BTreeMap<usize, Vec<KeptPages>>>,
}

/// In histories of these seeds one call of a run is on its way at a time; in all others up to eight.
const ONE_BY_ONE: [Range<u64>; 2] = [0..1_700, 100_000..1_000_000];
/// In histories of these seeds and beyond, lists are remembered from run to run.
pub const REMEMBERING: u64 = 20_000_000;

/// What a run of `apply` did, as the oracle needs it.
#[derive(Debug, Clone)]
pub struct Run {
    pub start: Ms,
    pub end: Ms,
    pub repo: Rc<Repo>,
    /// It read everything, nothing failed or was slow, nobody interfered, and it came to its end.
    pub clean: bool,
    pub crashed: bool,
    /// When it last began to read a complete list.
    pub last_list: Option<Ms>,
    pub machine: usize,
    /// When it began to read the list from which it settled what was open in its journal.
    pub settled: Option<Ms>,
}

/// A DELETE of ours.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub machine: usize,
    pub run: usize,
    pub batch: String,
    /// When its fresh read was asked.
    pub read: Ms,
    pub sent: Ms,
}

/// A call that is carried out after its answer was given up.
pub struct Late {
    due: Ms,
    account: usize,
    call: LateCall,
}

pub enum LateCall {
    Post { id: String, new: NewTruth, seed: u64 },
    Delete { id: String, who: Who },
}

pub struct World {
    pub now: Cell<Ms>,
    pub accounts: Vec<RefCell<Account>>,
    pub facts: Vec<AccountFacts>,
    pub machines: Vec<Machine>,
    pub runs: RefCell<Vec<Run>>,
    pub violations: RefCell<Vec<Violation>>,
    pub residues: RefCell<BTreeMap<Residue, u64>>,
    pub brakes: RefCell<Vec<Brake>>,
    pub attempts: RefCell<Vec<Attempt>>,
    /// On their way.
    pub late: RefCell<Vec<Late>>,
    /// A transcript, when somebody reads along.
    pub transcript: RefCell<Option<Vec<String>>>,
    next_id: Cell<u64>,
    /// Accounts are unlike the documents, and nobody says without being asked that the namespace is ours.
    pub is_edges: Cell<bool>,
    /// Runs read on from what earlier ones have read.
    pub remembers: bool,
    /// So many calls of a run are on their way at once.
    pub in_flight: usize,
    /// What `stop` has silenced, all of it.
    pub stopped: RefCell<Vec<Stopped>>,
    /// Who has opted out, of which account, and when.
    pub opt_outs: RefCell<Vec<OptOut>>,
    /// Somebody else works in our namespace: when what he has planned opens.
    pub stranger_opens: Cell<Option<Ms>>,
}

pub const POOL: [u64; 12] = [
    46_700_000_001,
    46_700_000_002,
    46_700_000_003,
    46_700_000_004,
    46_700_000_005,
    46_700_000_006,
    46_700_000_007,
    46_700_000_008,
    46_700_000_009,
    46_700_000_010,
    46_700_000_011,
    46_700_000_012,
];

impl World {
    pub fn new(seed: u64, start: Ms, is_calm: bool, has_sandbox: bool, chance: &mut Chance) -> Self {
        let kinds: &[(&str, Api)] = &[("ip1", Api::Ip1), ("sinch", Api::Sinch), ("spare", Api::Ip1)];
        let many = 1 + chance.below(3);
        let bench = [("bench", Chance::of(seed, 61).pick(&[Api::Ip1, Api::Sinch]))];
        let accounts: Vec<RefCell<Account>> = kinds[..many]
            .iter()
            .chain(bench.iter().filter(|_| has_sandbox))
            .map(|(name, api)| {
                RefCell::new(Account {
                    name: (*name).to_owned(),
                    api: *api,
                    limit: chance.pick(&[2, 3, 4, 8]),
                    quirks: Quirks {
                        cancel_erases: chance.in_thousand(300),
                        delete_erases_sent: chance.in_thousand(500),
                        cancels_rest: chance.in_thousand(500),
                        page: chance.pick(if is_calm { &[200] } else { &[2, 3, 5, 200, 200] }),
                        echo: Echo::Kept,
                        repeats: false,
                        mute: false,
                        cancel_shows_after: if is_calm { 0 } else { chance.pick(&[0, 0, 3000, 12_000]) },
                    },
                    batches: Vec::new(),
                })
            })
            .collect();
        let facts = accounts
            .iter()
            .map(|account| {
                let account = account.borrow();
                AccountFacts {
                    name: ProviderName::parse(&account.name).unwrap(),
                    api: account.api,
                    limit: account.limit,
                    is_sandbox: account.name == "bench",
                }
            })
            .collect();
        let machine = || Machine {
            skew: Cell::new(if is_calm { 0 } else { chance_skew(seed) }),
            journal: RefCell::default(),
            list: RefCell::default(),
            journal_kept_since: Cell::default(),
            kept: RefCell::default(),
        };
        Self {
            now: Cell::new(start),
            accounts,
            facts,
            machines: vec![machine(), machine(), machine()],
            runs: RefCell::default(),
            violations: RefCell::default(),
            residues: RefCell::default(),
            brakes: RefCell::default(),
            attempts: RefCell::default(),
            late: RefCell::default(),
            transcript: RefCell::default(),
            next_id: Cell::new(1),
            is_edges: Cell::new(false),
            opt_outs: RefCell::default(),
            stranger_opens: Cell::new(None),
            remembers: seed >= REMEMBERING,
            in_flight: if ONE_BY_ONE.iter().any(|seeds| seeds.contains(&seed)) {
                1
            } else {
                8
            },
            stopped: RefCell::default(),
        }
    }

    /// A line of the transcript, made only when somebody reads along.
    pub fn say(&self, line: impl FnOnce() -> String) {
        if let Some(lines) = self.transcript.borrow_mut().as_mut() {
            lines.push(format!("{} {}", super::desire::instant(self.now.get()), line()));
        }
    }

    pub fn violate(&self, rule: &'static str, what: String) {
        self.say(|| format!("VIOLATION {rule}: {what}"));
        self.violations.borrow_mut().push(Violation { rule, what });
    }

    pub fn count(&self, residue: Residue) {
        *self.residues.borrow_mut().entry(residue).or_default() += 1;
    }

    pub fn account_of(&self, name: &ProviderName) -> usize {
        self.facts.iter().position(|facts| facts.name == *name).unwrap()
    }

    /// Time passes, and what is on its way arrives.
    pub fn pass(&self, until: Ms) {
        loop {
            let next = {
                let mut late = self.late.borrow_mut();
                let due = (0..late.len())
                    .filter(|i| late[*i].due <= until)
                    .min_by_key(|i| late[*i].due);
                due.map(|i| late.remove(i))
            };
            let Some(Late { due, account, call }) = next else { break };
            self.now.set(self.now.get().max(due));
            match call {
                LateCall::Post { id, new, seed } => {
                    self.say(|| format!("the POST of {id} arrives only now"));
                    self.put_in(account, id, new, &mut Chance::new(seed));
                }
                LateCall::Delete { id, who } => {
                    self.say(|| format!("the DELETE of {id} arrives only now"));
                    self.delete(account, &id, who);
                }
            }
        }
        self.now.set(self.now.get().max(until));
    }

    /// A call that arrives later.
    pub fn send_late(&self, account: usize, after: Ms, call: LateCall) {
        let due = self.now.get() + after;
        self.late.borrow_mut().push(Late { due, account, call });
    }

    /// POSTs that have not arrived: their batches, their references, and whether the journal that a machine keeps now is
    /// of the machine that sent them, and not younger.
    pub fn on_their_way(&self, machine: usize) -> Vec<(String, String, bool)> {
        let late = self.late.borrow();
        let kept_since = self.machines[machine].journal_kept_since.get();
        let is_its_own = |new: &NewTruth| {
            let sender = new.run.map(|run| self.runs.borrow()[run].machine);
            sender == Some(machine) && new.posted.is_some_and(|posted| posted >= kept_since)
        };
        let posts = late.iter().filter_map(|late| match &late.call {
            LateCall::Post { id, new, .. } => Some((id.clone(), new.reference_text.clone()?, is_its_own(new))),
            LateCall::Delete { .. } => None,
        });
        posts.collect()
    }

    /// A machine keeps no journal, or loses it.
    pub fn lose_journal(&self, machine: usize) {
        let machine = &self.machines[machine];
        *machine.journal.borrow_mut() = None;
        machine.list.borrow_mut().clear();
        machine.journal_kept_since.set(self.now.get());
    }

    /// The references of POSTs that have not arrived, of those that are like this, and when they left.
    pub fn on_their_way_like(&self, is_like: impl Fn(&NewTruth) -> bool) -> Vec<(String, Ms)> {
        let late = self.late.borrow();
        let posts = late.iter().filter_map(|late| match &late.call {
            LateCall::Post { new, .. } if is_like(new) => new.reference_text.clone().zip(new.posted),
            LateCall::Post { .. } | LateCall::Delete { .. } => None,
        });
        posts.collect()
    }

    pub fn fresh_id(&self) -> String {
        format!("b{}", self.next_id.replace(self.next_id.get() + 1))
    }

    /// Puts a batch into an account.
    pub fn post(&self, account: usize, new: NewTruth, chance: &mut Chance) -> String {
        let id = self.fresh_id();
        self.put_in(account, id.clone(), new, chance);
        id
    }

    /// DELETE arrives; `None`: there is no such batch, `Some(false)`: it is refused.
    pub fn delete(&self, account: usize, id: &str, who: Who) -> Option<bool> {
        let now = self.now.get();
        let mut held = self.accounts[account].borrow_mut();
        let (quirks, api) = (held.quirks, held.api);
        let batch = held.find(id).filter(|batch| batch.erased.is_none())?;
        let done = Some((now, who));
        match (api, batch.stage(Api::Ip1, now)) {
            (_, Stage::Canceled) => {}
            (Api::Sinch, _) => batch.canceled = done,
            (Api::Ip1, Stage::Planned) if quirks.cancel_erases => batch.erased = done,
            (Api::Ip1, Stage::Planned) => batch.canceled = done,
            (Api::Ip1, Stage::Ongoing) if quirks.cancels_rest => batch.canceled = done,
            (Api::Ip1, Stage::Sent) if quirks.delete_erases_sent => batch.erased = done,
            (Api::Ip1, Stage::Ongoing | Stage::Sent) => return Some(false),
        }
        Some(true)
    }

    fn put_in(&self, account: usize, id: String, new: NewTruth, chance: &mut Chance) {
        let now = self.now.get();
        let leaves = departures(&new.windows, new.people.len(), now, chance);
        let people = new
            .people
            .into_iter()
            .zip(leaves)
            .map(|((number, label), leaves)| Person {
                number,
                label,
                leaves,
                since: now,
                by: new.run,
            });
        self.accounts[account].borrow_mut().batches.push(Batch {
            id,
            reference: new
                .reference_text
                .as_deref()
                .and_then(|text| campanile::model::Reference::parse(text).ok()),
            reference_text: new.reference_text,
            posted: new.posted.unwrap_or(now),
            created: now,
            listed_from: now + new.hidden_for,
            windows: new.windows,
            people: people.collect(),
            sender: new.sender,
            canceled: None,
            erased: None,
            run: new.run,
            former: Vec::new(),
            taken_out: BTreeSet::new(),
            unaware: new.unaware,
        });
    }

    /// Somebody else's batch is erased, or made.
    pub fn disturb(&self, account: usize, chance: &mut Chance) {
        let mut held = self.accounts[account].borrow_mut();
        let now = self.now.get();
        let is_ip1 = held.api == Api::Ip1;
        let others = held
            .batches
            .iter_mut()
            .filter(|b| b.run.is_none() && b.erased.is_none());
        let mut others: Vec<&mut Batch> = others.collect();
        if is_ip1 && !others.is_empty() && chance.in_thousand(800) {
            // From the beginning, so that what follows moves up.
            for other in others.iter_mut().take(1 + chance.below(3)) {
                other.erased = Some((now, Who::Person));
            }
            return;
        }
        drop(held);
        let opens = (now / 1000 + chance.between(600, 100_000)) * 1000;
        self.post(account, NewTruth::of_others("invoice", opens), chance);
    }

    /// Batches of other people in the same accounts: of the portal, of another tool, of another project.
    pub fn add_foreign(&self, is_calm: bool, chance: &mut Chance) {
        // Another project with a campaign of the same name and the same people holds ours back, as it should.
        let name = if is_calm { "theirs" } else { "c1" };
        let theirs = format!("zzzz.{name}.000010000000000000");
        for text in [None, Some("invoice 4711".to_owned()), Some(theirs)] {
            if chance.in_thousand(500) {
                let account = chance.below(self.accounts.len());
                let opens = (self.now.get() / 1000 + chance.between(600, 100_000)) * 1000;
                let new = NewTruth {
                    reference_text: text,
                    people: vec![(Msisdn::from_u64(chance.pick(&POOL)).unwrap(), FOREIGN)],
                    ..NewTruth::of_others("", opens)
                };
                self.post(account, new, chance);
            }
        }
        let many = if is_calm { 0 } else { chance.pick(&[0, 0, 0, 2, 5]) };
        for account in 0..self.accounts.len() {
            for i in 0..many {
                let opens = (self.now.get() / 1000 - 90_000 * (i + 1)) * 1000;
                self.post(account, NewTruth::of_others("newsletter", opens), chance);
            }
        }
    }

    /// Somebody stops a batch by hand.
    pub fn stop_by_hand(&self, account: usize, id: &str, erase: bool) {
        let now = self.now.get();
        let mut held = self.accounts[account].borrow_mut();
        let api = held.api;
        let Some(batch) = held.find(id) else { return };
        if batch.erased.is_some() || (batch.canceled.is_some() && !erase) {
            return;
        }
        let was_planned = batch.is_planned(now);
        // Sinch keeps what it has.
        let erase = erase && api == Api::Ip1;
        if erase {
            batch.erased = Some((now, Who::Person));
        } else if erase || was_planned || batch.is_live(now) || api == Api::Sinch {
            batch.canceled = Some((now, Who::Person));
        }
        let people: Vec<(Msisdn, Label)> = batch.people.iter().map(|p| (p.number, p.label)).collect();
        self.say(|| format!("a person {} {id}", if erase { "erases" } else { "cancels" }));
        drop(held);
        if was_planned {
            self.brake(people, id, Who::Person);
        }
    }

    /// Somebody changes a planned batch in the portal (Sinch).
    pub fn meddle(&self, chance: &mut Chance) {
        let now = self.now.get();
        let by = chance.pick(&[-3600, -600, 600, 3600, 36_000]) * 1000;
        let moves = chance.in_thousand(600);
        let which = chance.below(1000);
        for account in &self.accounts {
            let mut account = account.borrow_mut();
            if account.api != Api::Sinch {
                continue;
            }
            let planned = account
                .batches
                .iter_mut()
                .filter(|b| b.run.is_some() && b.is_planned(now));
            let mut planned: Vec<&mut Batch> = planned.collect();
            if planned.is_empty() {
                continue;
            }
            let which = which % planned.len();
            let batch = &mut *planned[which];
            if !moves {
                "PORTAL".clone_into(&mut batch.sender);
            } else if batch.opens() + by > now + 120_000 {
                batch.windows.iter_mut().for_each(|w| *w = (w.0 + by, w.1 + by));
                let leaves = departures(&batch.windows, batch.people.len(), now, chance);
                batch
                    .people
                    .iter_mut()
                    .zip(leaves)
                    .for_each(|(person, at)| person.leaves = at);
            }
            self.say(|| format!("somebody changes {} in the portal", batch.id));
        }
    }

    /// From now on nobody may text these people this again, unless somebody resumes. Whoever is in another live batch is
    /// under no brake: his text goes out all the same. For what is rehearsed that is the real one too.
    pub fn brake(&self, people: Vec<(Msisdn, Label)>, batch: &str, by: Who) {
        let now = self.now.get();
        let is_elsewhere = |person: &(Msisdn, Label)| {
            self.accounts.iter().any(|account| {
                let account = account.borrow();
                let is_it =
                    |p: &Person| p.number == person.0 && (p.label == person.1 || Some(p.label) == person.1.rehearses());
                let mut live = account.batches.iter().filter(|b| b.stopped().is_none());
                live.any(|b| b.people.iter().any(is_it))
            })
        };
        let people = people.into_iter().filter(|person| !is_elsewhere(person)).collect();
        self.brakes.borrow_mut().push(Brake {
            at: now,
            people,
            batch: batch.to_owned(),
            by,
        });
    }

    /// The same for everybody in a batch.
    pub fn brake_batch(&self, id: &str, by: Who) {
        let people = self.accounts.iter().find_map(|account| {
            let account = account.borrow();
            let batch = account.batches.iter().find(|batch| batch.id == id)?;
            Some(batch.people.iter().map(|p| (p.number, p.label)).collect())
        });
        self.brake(people.unwrap_or_default(), id, by);
    }

    /// Whether this person got this message, or will.
    pub fn has_or_will(&self, number: Msisdn, label: Label) -> bool {
        self.accounts.iter().any(|account| {
            let account = account.borrow();
            account.batches.iter().any(|batch| {
                let stopped = batch.stopped().unwrap_or(Ms::MAX);
                let mut people = batch.people.iter();
                people.any(|p| p.number == number && p.label == label && p.leaves.is_some_and(|at| at < stopped))
            })
        })
    }

    /// The next opening or closing of anything, after now.
    pub fn next_edge(&self) -> Option<Ms> {
        let now = self.now.get();
        let edges = self.accounts.iter().filter_map(|account| {
            let account = account.borrow();
            let live = account.batches.iter().filter(|b| b.stopped().is_none());
            live.flat_map(|b| b.windows.iter().flat_map(|w| [w.0, w.1]))
                .filter(|at| *at > now)
                .min()
        });
        edges.min()
    }

    /// Runs actors side by side until all are through or dead; the earliest to wake goes first.
    pub fn run_all(&self, mut tasks: Vec<(Rc<Actor>, Pin<Box<dyn Future<Output = ()> + '_>>)>) {
        let mut context = Context::from_waker(Waker::noop());
        while !tasks.is_empty() {
            let next = (0..tasks.len()).min_by_key(|i| tasks[*i].0.wake.get()).unwrap();
            let (actor, future) = &mut tasks[next];
            self.pass(actor.wake.get());
            actor.wake.set(Ms::MAX);
            let is_ready = future.as_mut().poll(&mut context).is_ready();
            if is_ready || actor.is_dead.get() {
                let actor = actor.clone();
                drop(tasks.remove(next));
                actor.is_dead.set(true);
                let mut runs = self.runs.borrow_mut();
                let run = &mut runs[actor.run];
                run.end = self.now.get();
                run.crashed = !is_ready || actor.crashed.get();
                run.clean &= !run.crashed;
                drop(runs);
                self.say(|| {
                    format!(
                        "run {} {}",
                        actor.run,
                        if actor.crashed.get() { "dies" } else { "ends" }
                    )
                });
            }
        }
    }
}

fn chance_skew(seed: u64) -> Ms {
    Chance::of(seed, 77).pick(&[0, 0, 0, 20_000, -20_000, 40_000, -40_000])
}

impl NewTruth {
    /// Of somebody else in the same account.
    pub fn of_others(text: &str, opens: Ms) -> Self {
        Self {
            reference_text: (!text.is_empty()).then(|| text.to_owned()),
            windows: vec![(opens, opens + 3_600_000)],
            people: vec![(Msisdn::from_u64(POOL[0]).unwrap(), FOREIGN)],
            sender: "OTHER".to_owned(),
            hidden_for: 0,
            posted: None,
            run: None,
            unaware: BTreeSet::new(),
        }
    }
}

/// A batch to be.
pub struct NewTruth {
    /// When its POST left; `None`: as it arrives.
    pub posted: Option<Ms>,
    pub reference_text: Option<String>,
    pub windows: Vec<(Ms, Ms)>,
    pub people: Vec<(Msisdn, Label)>,
    pub sender: String,
    pub hidden_for: Ms,
    pub run: Option<usize>,
    pub unaware: BTreeSet<String>,
}
