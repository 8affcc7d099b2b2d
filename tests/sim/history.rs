//! A history happens: steps are carried out in a world, then faults stop, two more applies settle what is left, time runs
//! on until everything has been sent, and the oracle judges.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use campanile::plan::Plan;

use super::account::{DAY, HOUR, MINUTE, Ms, SECOND};
use super::actor::{Actor, Death, Faults};
use super::calm::{self, Aggregate};
use super::chance::Chance;
use super::desire::want;
use super::judge::judge;
use super::oracle::Violation;
use super::repo::{Repo, Setting, UNKNOWN_HOLD};
use super::residues::Residue;
use super::runs::{Job, carry_out, stop};
use super::scenes;
use super::script::{Plight, Script, Step};
use super::settled::{check_settled, has_edge};
use super::trouble::trouble;
use super::world::{POOL, Run, World};

/// 2027-03-01T08:00Z, a Monday.
const START: Ms = 1_803_888_000_000;

/// What came of a history.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    pub violations: Vec<Violation>,
    pub residues: BTreeMap<Residue, u64>,
    pub messages: u64,
    pub applies: u64,
    pub aggregate: Aggregate,
    pub transcript: Vec<String>,
}

/// A history on its way.
pub struct History {
    pub world: Rc<World>,
    pub commits: Vec<Rc<Repo>>,
    pub setting: Setting,
    pub reviewed: Option<BTreeSet<String>>,
    pub last_plan: Rc<RefCell<Option<Plan>>>,
    pub calm: bool,
    /// A machine that keeps no journal between runs.
    pub forgetful: Option<usize>,
    pub aggregate: Aggregate,
    /// Faults have stopped.
    pub is_settling: bool,
}

pub type Task<'a> = (Rc<Actor>, Pin<Box<dyn Future<Output = ()> + 'a>>);

/// Carries a script out.
pub fn happen(script: &Script, read_along: bool) -> Verdict {
    if let Some(scene) = script.scene {
        return scenes::play(scene, script, read_along);
    }
    let mut history = History::before(script, read_along);
    for (i, step) in script.steps().into_iter().enumerate() {
        if script.without.contains(&i) || !history.world.violations.borrow().is_empty() {
            continue;
        }
        let mut chance = Chance::of(script.seed, 1000 + u64::try_from(i).unwrap());
        history.world.say(|| format!("step {i}: {step:?}"));
        history.step(step, script.calm || script.smooth.contains(&i), &mut chance);
    }
    if history.world.violations.borrow().is_empty() {
        history.settle(script.seed);
    }
    history.finish()
}

impl History {
    /// Nothing has happened yet.
    pub fn before(script: &Script, read_along: bool) -> Self {
        let mut chance = Chance::of(script.seed, 0);
        let world = Rc::new(World::new(
            script.seed,
            START + chance.between(0, 7 * DAY),
            script.calm,
            script.edges && Chance::of(script.seed, 62).in_thousand(300),
            &mut chance,
        ));
        if read_along {
            *world.transcript.borrow_mut() = Some(Vec::new());
        }
        world.add_foreign(script.calm, &mut chance);
        if script.edges {
            world.go_to_the_edges(script.seed);
        }
        let setting = Setting {
            accounts: world.accounts.len(),
            sandbox: world.facts.iter().position(|facts| facts.is_sandbox),
            one_window: world
                .facts
                .iter()
                .map(|facts| facts.api == campanile::model::Api::Sinch)
                .collect(),
            pool: POOL[..6 + chance.below(7)].to_vec(),
        };
        let first = Repo::new(world.now.get(), &setting, &mut chance);
        world.say(|| format!("{first:#?}"));
        Self {
            commits: vec![Rc::new(first)],
            setting,
            reviewed: None,
            last_plan: Rc::default(),
            calm: script.calm,
            forgetful: (!script.calm && chance.in_thousand(150)).then_some(0),
            aggregate: Aggregate::default(),
            is_settling: false,
            world,
        }
    }

    fn step(&mut self, step: Step, is_smooth: bool, chance: &mut Chance) {
        match step {
            Step::Wait(ms) => self.wait(self.world.now.get() + ms),
            Step::WaitForEdge(offset) => {
                if let Some(edge) = self
                    .world
                    .next_edge()
                    .filter(|edge| *edge < self.world.now.get() + 3 * DAY)
                {
                    self.wait(edge + offset);
                }
            }
            Step::Edit(edit) => {
                let mut repo = Repo::clone(self.commits.last().unwrap());
                repo.edit(edit, self.world.now.get(), &self.setting, chance);
                let before = self.commits.last().unwrap().clone();
                self.world.say(|| describe(&before, &repo));
                self.commits.push(Rc::new(repo));
            }
            Step::Apply { runs } => self.apply(runs, is_smooth, chance),
            Step::Review => {
                let plan = self.one(Faults::NONE, None, Job::Look, 0, chance);
                self.reviewed = plan.map(|plan| plan.operations.iter().map(|o| o.digest.0.clone()).collect());
            }
            Step::ApplyReviewed => {
                if let Some(digests) = self.reviewed.take() {
                    let (mut faults, death) = trouble(is_smooth, chance);
                    if !is_smooth && chance.in_thousand(300) {
                        faults.sleep = 80;
                    }
                    self.one(faults, death, Job::Approved(digests), 0, chance);
                }
            }
            Step::Person { erase } => self.person(erase, chance),
            Step::Undo => {
                if self.commits.len() > 1 {
                    let before = self.commits[self.commits.len() - 2].clone();
                    self.commits.push(before);
                }
            }
            Step::ApplyUnder(plight) => self.apply_under(plight, is_smooth, chance),
            Step::Meddle => self.world.meddle(chance),
            Step::LoseReferences => self.world.lose_references(chance),
            Step::LoseJournal => {
                self.world.lose_journal(chance.below(2));
            }
            // `stop` brakes whatever is of the namespace, also somebody else's.
            Step::Stop if self.world.stranger_opens.get().is_some() => {}
            Step::Stop => {
                let repo = self.commits.last().unwrap().clone();
                let actor = Rc::new(self.actor(Faults::NONE, None, 0, repo, false, chance));
                self.world.run_all(vec![(actor.clone(), Box::pin(stop(actor)))]);
            }
            Step::StopBeside if self.world.stranger_opens.get().is_some() => {}
            Step::StopBeside => self.stop_beside(is_smooth, chance),
            Step::AnswerStop => self.world.opt_out(&self.setting.pool, chance),
            Step::Allow => self.allow(chance),
        }
    }

    fn wait(&self, until: Ms) {
        self.world.pass(until);
    }

    fn person(&self, erase: bool, chance: &mut Chance) {
        let now = self.world.now.get();
        let mut all = Vec::new();
        for (account, held) in self.world.accounts.iter().enumerate() {
            let held = held.borrow();
            let ours = held
                .batches
                .iter()
                .filter(|b| b.run.is_some() && b.erased.is_none() && b.canceled.is_none());
            all.extend(
                ours.filter(|b| erase || b.is_live(now))
                    .map(|b| (account, b.id.clone())),
            );
        }
        if !all.is_empty() {
            let (account, id) = chance.pick(&all);
            self.world.stop_by_hand(account, &id, erase);
        }
    }

    /// A run that is about to begin.
    pub fn actor(
        &self,
        faults: Faults,
        death: Option<Death>,
        machine: usize,
        repo: Rc<Repo>,
        overrides: bool,
        chance: &mut Chance,
    ) -> Actor {
        let world = self.world.clone();
        let held = &world.machines[machine];
        if self.forgetful == Some(machine) {
            world.lose_journal(machine);
        }
        let commit = repo;
        let last = world.opt_outs.borrow().last().map(|one| one.account);
        let unread = world.is_edges.get().then(|| {
            let mut chance = Chance::new(chance.next());
            let fails = faults != Faults::NONE && chance.in_thousand(faults.unheard.max(60));
            fails.then(|| last.unwrap_or_else(|| chance.below(world.accounts.len())))
        });
        let unread = unread.flatten();
        let repo = world.heard(&commit, unread);
        let run = world.runs.borrow().len();
        world.runs.borrow_mut().push(Run {
            start: world.now.get(),
            end: Ms::MAX,
            repo: repo.clone(),
            clean: false,
            crashed: false,
            last_list: None,
            machine,
            settled: None,
        });
        let began = world.now.get() + held.skew.get();
        let listed_before = held.list.borrow().clone();
        Actor {
            run,
            machine,
            wake: Cell::new(world.now.get()),
            asleep_until: Cell::default(),
            slept_at: Cell::default(),
            is_dead: Cell::new(false),
            crashed: Cell::new(false),
            death,
            interrupt_at: (faults != Faults::NONE && chance.in_thousand(60))
                .then(|| u32::try_from(chance.below(60)).unwrap()),
            faults,
            chance: RefCell::new(Chance::new(chance.next())),
            awaits: Cell::new(0),
            lines: Cell::new(0),
            slept: Cell::new(false),
            troubled: Cell::new(false),
            posts: RefCell::default(),
            reads: RefCell::default(),
            deletes: RefCell::default(),
            newest: RefCell::default(),
            newest_when_left: RefCell::default(),
            puts: RefCell::default(),
            skew_at_read: Cell::default(),
            last_list_begun: Cell::default(),
            settled: RefCell::default(),
            last_post: Cell::default(),
            selected: None,
            expires_at: Cell::default(),
            has_jumped: Cell::default(),
            // Whoever looks after this project knows whose namespace it is, journal or not; a job does not.
            adopts: !world.is_edges.get() || (world.stranger_opens.get().is_none() && (overrides || self.is_settling)),
            overrides,
            is_stop: Cell::default(),
            braked: RefCell::default(),
            orders: RefCell::default(),
            wanted: want(&repo, &world.facts, began),
            repo,
            commit,
            listed_before,
            unread,
            began,
            world,
        }
    }

    /// Runs side by side, each on its own machine; at times one of them is at an older commit.
    fn apply(&mut self, runs: usize, is_smooth: bool, chance: &mut Chance) {
        let world = self.world.clone();
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for i in 0..runs {
            let (faults, death) = trouble(is_smooth, chance);
            let machine = if runs == 1 && !self.calm {
                chance.pick(&[0, 0, 0, 0, 1])
            } else {
                i
            };
            let is_old = !self.calm && chance.in_thousand(if runs == 1 { 20 } else { 400 });
            let commit = self.commits.len() - 1 - usize::from(is_old && self.commits.len() > 1);
            let mut actor = self.actor(faults, death, machine, self.commits[commit].clone(), false, chance);
            let names = &actor.repo.campaigns;
            if runs == 1 && !self.calm && !names.is_empty() && chance.in_thousand(80) {
                actor.selected = Some(chance.pick(names).name);
            }
            let actor = Rc::new(actor);
            actor.troubled.set(runs > 1);
            actor
                .wake
                .set(world.now.get() + if i == 0 { 0 } else { chance.between(0, 8000) });
            let task = carry_out(actor.clone(), Job::Apply, self.last_plan.clone(), Vec::new());
            tasks.push((actor, Box::pin(task)));
        }
        world.run_all(tasks);
        if self.calm {
            calm::note(
                &mut self.aggregate,
                &world,
                self.commits.last().unwrap(),
                self.last_plan.borrow().as_ref(),
            );
        }
    }

    /// Somebody pulls the brake on another machine while an apply goes on, and whatever goes wrong meanwhile.
    fn stop_beside(&mut self, is_smooth: bool, chance: &mut Chance) {
        let repo = self.commits.last().unwrap().clone();
        let after = chance.pick(&[0, 2, 4, 8, 31, 33, 35, 38]) * SECOND;
        let (faults, _) = trouble(is_smooth || chance.in_thousand(700), chance);
        let apply = Rc::new(self.actor(Faults::NONE, None, 0, repo.clone(), false, chance));
        let brake = Rc::new(self.actor(faults, None, 1, repo, false, chance));
        apply.troubled.set(true);
        brake.wake.set(self.world.now.get() + after);
        let task = carry_out(apply.clone(), Job::Apply, self.last_plan.clone(), Vec::new());
        let tasks: Vec<Task<'_>> = vec![(apply, Box::pin(task)), (brake.clone(), Box::pin(stop(brake)))];
        self.world.clone().run_all(tasks);
    }

    /// One run that meets something in particular, or two.
    fn apply_under(&mut self, plight: Plight, is_smooth: bool, chance: &mut Chance) {
        let faults = match plight {
            Plight::LosesDeletes => Faults {
                lost_delete: 1000,
                ..Faults::NONE
            },
            Plight::Dozes => Faults {
                doze: 500,
                ..Faults::NONE
            },
            Plight::DozesUnanswered => Faults {
                doze: 600,
                write: 500,
                ..Faults::NONE
            },
            Plight::Unheard => Faults {
                unheard: 1000,
                ..Faults::NONE
            },
            Plight::Busy => Faults {
                shift: 1000,
                ..Faults::NONE
            },
            Plight::Jumps => Faults {
                jump: 150,
                sleep: 150,
                ..Faults::NONE
            },
            Plight::Beside | Plight::DieBeside | Plight::DieTwins => Faults {
                hidden: 700,
                ..Faults::NONE
            },
            Plight::Nothing => Faults::NONE,
        };
        let faults = if is_smooth { Faults::NONE } else { faults };
        let (runs, are_equal, death) = match plight {
            Plight::Beside => (2, false, None),
            Plight::DieBeside => (2, false, Some(Death::BeforeLookingBack)),
            Plight::DieTwins => (2, true, Some(Death::BeforeLookingBack)),
            Plight::LosesDeletes
            | Plight::Dozes
            | Plight::DozesUnanswered
            | Plight::Busy
            | Plight::Unheard
            | Plight::Jumps
            | Plight::Nothing => (1, true, None),
        };
        let death = death.filter(|_| !is_smooth);
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for i in 0..runs {
            let commit = (self.commits.len() - 1).saturating_sub(if are_equal { 0 } else { i });
            let actor = Rc::new(self.actor(faults, death, i, self.commits[commit].clone(), false, chance));
            actor.troubled.set(plight != Plight::Nothing);
            actor.wake.set(self.world.now.get() + chance.between(0, 3000));
            let task = carry_out(actor.clone(), Job::Apply, self.last_plan.clone(), Vec::new());
            tasks.push((actor, Box::pin(task)));
        }
        self.world.clone().run_all(tasks);
    }

    /// One run alone at the newest commit; its plan.
    pub fn one(
        &mut self,
        faults: Faults,
        death: Option<Death>,
        job: Job,
        machine: usize,
        chance: &mut Chance,
    ) -> Option<Plan> {
        let repo = self.commits.last().unwrap().clone();
        let actor = Rc::new(self.actor(faults, death, machine, repo, false, chance));
        if matches!(job, Job::Approved(_)) {
            let after = chance.pick(&[5 * SECOND, 40 * SECOND, 5 * MINUTE, 3 * DAY]);
            actor.expires_at.set(Some(actor.began + after));
        }
        *self.last_plan.borrow_mut() = None;
        let task = carry_out(actor.clone(), job, self.last_plan.clone(), Vec::new());
        self.world.clone().run_all(vec![(actor, Box::pin(task))]);
        self.last_plan.borrow().clone()
    }

    /// Somebody looks at what is held, and allows it where the truth allows it.
    fn allow(&mut self, chance: &mut Chance) {
        let Some(plan) = self.one(Faults::NONE, None, Job::Look, 0, chance) else {
            return;
        };
        let repo = self.commits.last().unwrap().clone();
        let heard = self.world.heard(&repo, None);
        let wanted = want(&heard, &self.world.facts, self.world.now.get());
        let is_right = |reference: &campanile::model::Reference| {
            let slot = &reference.slot;
            let Some(label) = wanted.labels.get(&(slot.campaign.clone(), slot.occurrence)) else {
                return false;
            };
            let campaigns = &wanted.desired.campaigns;
            let Some(campaign) = campaigns.iter().find(|c| c.reference == slot.campaign) else {
                return false;
            };
            let mut numbers = campaign
                .occurrences
                .iter()
                .flat_map(|o| &o.groups)
                .flat_map(|g| g.content.numbers.iter());
            !numbers.any(|number| self.world.has_or_will(number, *label))
        };
        let allowed = plan.held.iter().filter(|held| is_right(&held.reference));
        let overrides = allowed.filter_map(campanile::plan::HeldItem::allow_text);
        // Nobody can say that of a namespace that two projects use.
        let overrides: Vec<_> = overrides
            .filter(|text| !text.starts_with("adopt=") || self.world.stranger_opens.get().is_none())
            .collect();
        if overrides.is_empty() {
            return;
        }
        self.world.say(|| format!("allowed: {overrides:?}"));
        let actor = Rc::new(self.actor(Faults::NONE, None, 0, repo, true, chance));
        let task = carry_out(actor.clone(), Job::Apply, self.last_plan.clone(), overrides);
        self.world.clone().run_all(vec![(actor, Box::pin(task))]);
    }

    /// Faults stop: what two more applies leave is left for good.
    pub fn settle(&mut self, seed: u64) {
        let mut chance = Chance::of(seed, 2);
        self.is_settling = true;
        self.world.say(|| "faults stop".to_owned());
        self.wait(self.world.now.get() + UNKNOWN_HOLD + MINUTE);
        for machine in &self.world.machines {
            machine.skew.set(0);
        }
        // When a window opens or closes meanwhile, something new is due: then they are made again.
        for _ in 0..9 {
            let began = self.world.now.get();
            for _ in 0..2 {
                self.one(Faults::NONE, None, Job::Apply, 0, &mut chance);
                if self.calm {
                    calm::note(
                        &mut self.aggregate,
                        &self.world,
                        self.commits.last().unwrap(),
                        self.last_plan.borrow().as_ref(),
                    );
                }
            }
            let commit = self.commits.last().unwrap();
            if !has_edge(&self.world, commit, began, self.world.now.get() + 2 * MINUTE) {
                break;
            }
            self.wait(self.world.now.get() + 3 * MINUTE);
        }
        if let Some(plan) = self.one(Faults::NONE, None, Job::Look, 0, &mut chance) {
            let heard = self.world.heard(self.commits.last().unwrap(), None);
            check_settled(&self.world, &heard, &plan);
        } else {
            self.world.violate("unsettled", "no plan without faults".to_owned());
        }
    }

    pub fn finish(mut self) -> Verdict {
        self.wait(self.world.now.get() + 40 * DAY + HOUR);
        if self.world.violations.borrow().is_empty() {
            judge(&self.world);
        }
        if self.calm {
            calm::aggregate(&mut self.aggregate, &self.world);
        }
        let messages = self.world.accounts.iter().map(|account| {
            let account = account.borrow();
            account
                .batches
                .iter()
                .filter(|b| b.run.is_some())
                .map(|b| b.sent_by(Ms::MAX).count())
                .sum::<usize>()
        });
        Verdict {
            violations: self.world.violations.borrow().clone(),
            residues: self.world.residues.borrow().clone(),
            messages: u64::try_from(messages.sum::<usize>()).unwrap(),
            applies: u64::try_from(self.world.runs.borrow().len()).unwrap(),
            aggregate: self.aggregate,
            transcript: self.world.transcript.borrow_mut().take().unwrap_or_default(),
        }
    }
}

/// What an edit changed, for the transcript.
fn describe(before: &Repo, after: &Repo) -> String {
    let old = format!("{before:#?}");
    let old: BTreeSet<&str> = old.lines().collect();
    let new = format!("{after:#?}");
    let changed: Vec<&str> = new.lines().filter(|line| !old.contains(line)).map(str::trim).collect();
    format!("edited: {}", changed.join(" "))
}
