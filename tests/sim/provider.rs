//! A provider of either kind as a run sees it: late, lossy, sometimes wrong, within what the vendors' pages leave open.
//! Every call also tells the oracle what it must never see.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use campanile::model::{
    Api, BatchId, ExistingBatch, Headcount, Instant, Msisdn, NumberSet, Proof, ProviderName, Recipients, Reference,
    ReportedState, Visible,
};
use campanile::provider::{
    Account as AccountNews, AccountSettings, BatchProgress, Canceled, CompleteList, Created, DryRun, Failure,
    FailureKind, Glance, InPlace, NewBatch, Provider, ReadError,
};

use super::account::{Batch, MINUTE, Ms, Person, Quirks, SECOND, Stage, Who, departures};
use super::actor::{Actor, Looked, Post};
use super::answers::{Fate, Told, answered};
use super::desire::{instant, spans, windows_of};
use super::edges;
use super::oracle;
use super::repo::LAG;
use super::residues::unaware_of;
use super::world::{Attempt, LateCall, NewTruth};

/// One account, seen by one run.
pub struct SimProvider {
    pub actor: Rc<Actor>,
    pub account: usize,
}

/// What a run knew when one of its calls left.
struct Left {
    at: Ms,
    /// How far the clock was off when the call's own read came back.
    skew_at_read: Ms,
    newest: BTreeMap<usize, Looked>,
}

impl SimProvider {
    pub fn facts(&self) -> &super::desire::AccountFacts {
        &self.actor.world.facts[self.account]
    }

    fn truth(&self) -> std::cell::RefMut<'_, super::account::Account> {
        self.actor.world.accounts[self.account].borrow_mut()
    }

    pub fn now(&self) -> Ms {
        self.actor.world.now.get()
    }

    /// A read: time passes, and it may fail.
    pub async fn reading(&self) -> Result<Ms, ReadError> {
        self.actor.point().await;
        let mut chance = self.actor.chance.borrow_mut();
        if chance.in_thousand(self.actor.faults.read) {
            self.actor.troubled.set(true);
            let failure = match chance.pick(&[0, 0, 1, 1, 401, 408, 429, 500, 503]) {
                0 => Failure::new(FailureKind::Transient, "the connection broke"),
                1 => Failure::new(FailureKind::Garbled, "the body is cut or garbage"),
                status => answered(status),
            };
            return Err(self.error(failure));
        }
        let is_stale = chance.in_thousand(self.actor.faults.stale);
        Ok(if is_stale { chance.between(1, 12) * SECOND } else { 0 })
    }

    fn note_skew(&self) {
        let skew = self.actor.world.machines[self.actor.machine].skew.get();
        self.actor.skew_at_read.set(skew);
    }

    /// A call leaves. Others read while it is on its way.
    fn leave(&self) -> Left {
        Left {
            at: self.now(),
            skew_at_read: self.actor.skew_at_read.get(),
            newest: self.actor.newest.borrow().clone(),
        }
    }

    /// The call arrives: what the oracle looks at is about this one.
    fn arrive(&self, left: Left) {
        self.actor.note_sleep_since(left.at);
        self.actor.skew_at_read.set(left.skew_at_read);
        self.actor.newest_when_left.replace(left.newest);
    }

    pub fn error(&self, failure: Failure) -> ReadError {
        ReadError {
            provider: self.facts().name.clone(),
            failure,
        }
    }

    fn fate(&self, may_be_late: bool) -> Fate {
        let mut chance = self.actor.chance.borrow_mut();
        if !chance.in_thousand(self.actor.faults.write) {
            return Fate::Answered;
        }
        self.actor.troubled.set(true);
        let fate = Fate::pick(self.facts().api, may_be_late, &mut chance);
        self.actor
            .world
            .say(|| format!("run {}: this call is {fate:?}", self.actor.run));
        fate
    }

    /// A batch as a read shows it, as of an earlier moment.
    pub fn shown(&self, batch: &Batch, quirks: &Quirks, at: Ms, with_proof: bool) -> ExistingBatch {
        let api = self.facts().api;
        let canceled_shows = batch
            .canceled
            .is_none_or(|(when, _)| when + quirks.cancel_shows_after <= at);
        let stage = if canceled_shows {
            batch.stage(api, at)
        } else {
            let mut seen = batch.clone();
            seen.canceled = None;
            seen.stage(api, at)
        };
        let state = match stage {
            Stage::Planned => ReportedState::Planned,
            Stage::Ongoing => ReportedState::Ongoing,
            Stage::Sent => ReportedState::Sent,
            Stage::Canceled => ReportedState::Canceled,
        };
        let has_left = batch.has_begun(at.max(self.now()));
        let is_provable = with_proof && api == Api::Ip1 && state == ReportedState::Planned;
        let proof = match (with_proof && state == ReportedState::Canceled, has_left) {
            _ if is_provable && quirks.mute => Proof::Unprovable,
            _ if is_provable => Proof::Provable,
            (false, _) => Proof::NotRead,
            (true, false) if !quirks.mute => Proof::NothingLeft,
            (true, _) => Proof::Doubt,
        };
        let shown = batch.reference_text.as_deref().and_then(|text| quirks.echo.shown(text));
        let reference = shown.as_deref().and_then(|text| Reference::parse(text).ok());
        // Sinch shows them in every list and answer.
        let shows_people = api == Api::Sinch && self.actor.world.is_edges.get() && reference.is_some();
        let people = || NumberSet::new(batch.people.iter().map(|person| person.number));
        ExistingBatch {
            provider: self.facts().name.clone(),
            api,
            sandbox: self.facts().is_sandbox,
            id: BatchId(batch.id.clone()),
            reference,
            reference_text: shown,
            position: 0,
            created_at: (api == Api::Sinch).then(|| instant(batch.created)),
            state,
            windows: windows_of(&batch.windows).as_slice().to_vec(),
            visible: Visible {
                sender: Some(batch.sender.clone()),
                ..Visible::default()
            },
            proof,
            recipients: if shows_people && !batch.people.is_empty() {
                Recipients::Read(Arc::new(people()))
            } else {
                Recipients::NotRead
            },
            headcount: if with_proof && self.actor.world.is_edges.get() && !quirks.mute {
                Headcount::Told(u64::try_from(batch.people.len()).unwrap())
            } else {
                Headcount::NotRead
            },
        }
    }

    /// How long a batch made now stays out of the list.
    fn hidden_for(&self) -> Ms {
        let mut chance = self.actor.chance.borrow_mut();
        if chance.in_thousand(self.actor.faults.hidden) {
            chance.between(SECOND, LAG - 2 * SECOND)
        } else {
            0
        }
    }

    fn people_of(&self, batch: &NewBatch) -> Vec<(Msisdn, super::repo::Label)> {
        let slot = &batch.reference.slot;
        let label = self.actor.wanted.labels.get(&(slot.campaign.clone(), slot.occurrence));
        let label = label.copied().unwrap_or(super::repo::FOREIGN);
        batch
            .payload
            .numbers()
            .into_iter()
            .map(|number| (number, label))
            .collect()
    }
}

fn refused() -> Failure {
    answered(400)
}

impl Provider for SimProvider {
    fn name(&self) -> &ProviderName {
        &self.facts().name
    }

    fn api(&self) -> Api {
        self.facts().api
    }

    fn is_sandbox(&self) -> bool {
        self.facts().is_sandbox
    }

    fn settings(&self) -> AccountSettings {
        AccountSettings {
            max_recipients_per_batch: self.facts().limit,
            list_lag: Duration::from_millis(u64::try_from(LAG).unwrap()),
            requests_in_flight: self.actor.world.in_flight,
            spacing: Duration::ZERO,
        }
    }

    async fn list(&self) -> Result<CompleteList, ReadError> {
        let begun = self.now();
        self.actor.last_list_begun.set(begun);
        let batches = self.read_list().await?;
        oracle::check_list(&self.actor, self.account, begun, &batches);
        self.actor.world.runs.borrow_mut()[self.actor.run].last_list = Some(begun);
        Ok(CompleteList { batches })
    }

    async fn list_on(&self) -> Result<CompleteList, ReadError> {
        if !self.reads_on() {
            return self.list().await;
        }
        let begun = self.now();
        self.actor.last_list_begun.set(begun);
        let batches = self.read_list_on().await?;
        oracle::check_list(&self.actor, self.account, begun, &batches);
        self.actor.world.runs.borrow_mut()[self.actor.run].last_list = Some(begun);
        Ok(CompleteList { batches })
    }

    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        let asked = self.now();
        let stale = self.reading().await?;
        let page = self.newest_page(stale);
        self.actor.point().await;
        self.note_skew();
        // An answer on its way tells nobody anything.
        let look = Looked {
            of: asked - stale,
            at: self.now(),
        };
        self.actor.newest.borrow_mut().insert(self.account, look);
        Ok(page)
    }

    async fn glance(&self, page: u64) -> Result<Glance, ReadError> {
        let glance = self.read_glance(page).await?;
        self.actor.point().await;
        self.note_skew();
        Ok(glance)
    }

    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError> {
        let asked = self.now();
        let stale = self.reading().await?;
        let at = self.now() - stale;
        let answer = {
            let account = self.truth();
            let batch = account.batches.iter().find(|batch| batch.id == id.0);
            let batch = batch.filter(|batch| account.shows(batch, at));
            batch.map(|batch| self.shown(batch, &account.quirks, at, true))
        };
        self.actor.point().await;
        self.note_skew();
        self.actor
            .reads
            .borrow_mut()
            .insert(id.0.clone(), (asked - stale, self.now()));
        Ok(answer)
    }

    async fn recipients(&self, id: &BatchId) -> Result<NumberSet, ReadError> {
        self.reading().await?;
        let found = self.truth().find(&id.0).map(|batch| {
            let people: Vec<Msisdn> = batch.people.iter().map(|p| p.number).collect();
            (people, batch.erased.is_some())
        });
        self.actor.point().await;
        match found {
            Some((people, false)) => Ok(NumberSet::new(people)),
            _ => Err(self.error(refused())),
        }
    }

    async fn create(&self, batch: &NewBatch) -> Created {
        let left = self.leave();
        oracle::before_it_leaves(&self.actor, self.account, batch);
        self.actor.point().await;
        self.arrive(left);
        let world = self.actor.world.clone();
        let reference = batch.reference.to_string();
        let windows = spans(batch.windows.as_slice());
        let people = self.people_of(batch);
        oracle::before_post(&self.actor, self.account, batch, &windows);
        edges::before_any(&self.actor, self.account, batch);
        edges::before_post(&self.actor, self.account);
        let api = self.facts().api;
        let mut fate = self.fate(true);
        let is_impossible = windows.last().is_some_and(|w| w.1 <= self.now());
        if is_impossible || people.len() > self.facts().limit as usize {
            fate = Fate::Status {
                status: 400,
                carried_out: false,
            };
        }
        let new = NewTruth {
            reference_text: Some(reference.clone()),
            windows,
            people,
            sender: batch.sender.as_str().to_owned(),
            hidden_for: self.hidden_for(),
            posted: Some(self.now()),
            run: Some(self.actor.run),
            unaware: unaware_of(&self.actor),
        };
        self.actor.last_post.set(Some(self.now()));
        let made = match fate {
            Fate::Late(after) => {
                let (id, seed) = (world.fresh_id(), self.actor.chance.borrow_mut().next());
                world.send_late(
                    self.account,
                    after,
                    LateCall::Post {
                        id: id.clone(),
                        new,
                        seed,
                    },
                );
                Some(id)
            }
            _ if fate.is_carried_out() => Some(world.post(self.account, new, &mut self.actor.chance.borrow_mut())),
            _ => None,
        };
        world.say(|| {
            let people: Vec<String> = batch
                .payload
                .numbers()
                .iter()
                .map(|n| (n.as_u64() % 100).to_string())
                .collect();
            format!(
                "run {} POST {reference} for {} at {}: {fate:?} {made:?}",
                self.actor.run,
                people.join(","),
                batch.windows.opens()
            )
        });
        self.actor.posts.borrow_mut().push(Post {
            reference,
            account: self.account,
            made: made.clone(),
            told_not_sent: fate.is_certainly_not_carried_out(api),
            was_answered: made.is_some() && matches!(fate, Fate::Answered),
        });
        self.actor.point().await;
        match (fate.told(api), made) {
            (Told::Answer, Some(id)) if !self.truth().quirks.repeats_reference() => {
                Created::OtherReference(BatchId(id))
            }
            (Told::Answer, Some(id)) => Created::Done(BatchId(id)),
            (Told::NotSent(failure), _) => Created::NotSent(failure),
            (Told::Unknown(failure), _) => Created::Unknown(failure),
            (Told::Answer, None) => Created::NotSent(refused()),
        }
    }

    async fn cancel(&self, id: &BatchId) -> Canceled {
        let left = self.leave();
        if self.actor.chance.borrow_mut().in_thousand(self.actor.faults.doze) {
            self.actor.fall_asleep(25 * MINUTE);
            self.actor.pause(25 * MINUTE).await;
        }
        self.actor.point().await;
        self.arrive(left);
        let world = self.actor.world.clone();
        oracle::before_delete(&self.actor, self.account, &id.0);
        edges::before_delete(&self.actor, self.account, &id.0);
        let mut fate = self.fate(true);
        if self
            .actor
            .chance
            .borrow_mut()
            .in_thousand(self.actor.faults.lost_delete)
        {
            fate = Fate::Lost { carried_out: false };
        }
        let who = Who::Run(self.actor.run);
        let mut outcome = Canceled::Answered;
        if let Fate::Late(after) = fate {
            // Whoever gives up waits for minutes at most; what opens meanwhile must not be touched.
            world.send_late(self.account, after, LateCall::Delete { id: id.0.clone(), who });
        } else if fate.is_carried_out() {
            outcome = match world.delete(self.account, &id.0, who) {
                None => Canceled::Gone,
                Some(true) => Canceled::Answered,
                Some(false) => Canceled::NotSent(refused()),
            };
        }
        world.attempts.borrow_mut().push(Attempt {
            machine: self.actor.machine,
            run: self.actor.run,
            batch: id.0.clone(),
            read: self.actor.reads.borrow().get(&id.0).map_or(self.now(), |read| read.0),
            sent: self.now(),
        });
        world.say(|| format!("run {} DELETE {}: {fate:?} {outcome:?}", self.actor.run, id.0));
        self.actor.point().await;
        match fate.told(self.facts().api) {
            Told::Answer => outcome,
            Told::NotSent(failure) if failure.status == Some(404) => Canceled::Gone,
            Told::NotSent(failure) => Canceled::NotSent(failure),
            Told::Unknown(failure) => Canceled::Unknown(failure),
        }
    }

    async fn replace(&self, id: &BatchId, batch: &NewBatch) -> InPlace {
        let people = self.people_of(batch);
        let seat = (id.0.clone(), batch.reference.to_string());
        oracle::before_post(&self.actor, self.account, batch, &spans(batch.windows.as_slice()));
        edges::before_any(&self.actor, self.account, batch);
        let unaware = unaware_of(&self.actor);
        let change = |old: &mut Batch, chance: &mut super::chance::Chance, now: Ms| {
            let span = (old.opens(), old.closes());
            let former = old.run.zip(old.reference.clone());
            old.former
                .extend(former.map(|(run, reference)| (run, reference, span.0, span.1)));
            let windows = spans(batch.windows.as_slice());
            let is_left = |number: Msisdn| people.iter().all(|(other, _)| *other != number);
            let gone = old
                .people
                .iter()
                .map(|person| person.number)
                .filter(|number| is_left(*number));
            old.taken_out.extend(gone.map(|number| (self.actor.run, number)));
            let leaves = departures(&windows, people.len(), now, chance);
            let before = std::mem::take(&mut old.people);
            old.people = (people.iter().zip(leaves))
                .map(|((number, label), leaves)| {
                    let stayed = before.iter().find(|p| (p.number, p.label) == (*number, *label));
                    Person {
                        number: *number,
                        label: *label,
                        leaves,
                        since: stayed.map_or(now, |person| person.since),
                        by: stayed.map_or(Some(self.actor.run), |person| person.by),
                    }
                })
                .collect();
            old.windows = windows;
            old.reference = Some(batch.reference.clone());
            old.reference_text = Some(batch.reference.to_string());
            batch.sender.as_str().clone_into(&mut old.sender);
            old.run = Some(self.actor.run);
            old.unaware.clone_from(&unaware);
            self.actor.puts.borrow_mut().insert(seat);
        };
        self.in_place(id, "PUT", change).await
    }

    async fn remove_recipients(&self, id: &BatchId, people: &[Msisdn], _: &Reference) -> InPlace {
        let gone: BTreeSet<Msisdn> = people.iter().copied().collect();
        let change = |old: &mut Batch, _: &mut super::chance::Chance, _: Ms| {
            old.people.retain(|person| !gone.contains(&person.number));
            old.taken_out
                .extend(gone.iter().map(|number| (self.actor.run, *number)));
        };
        self.in_place(id, "REMOVE", change).await
    }

    async fn dry_run(&self, _: &NewBatch) -> Result<DryRun, ReadError> {
        Ok(DryRun::default())
    }

    async fn progress(&self, _: &BatchId) -> Result<BatchProgress, ReadError> {
        Ok(BatchProgress::default())
    }

    async fn feedback(&self, _: &BatchId, _: &[Msisdn]) -> Result<(), Failure> {
        Ok(())
    }

    async fn account(&self) -> Result<AccountNews, ReadError> {
        Ok(AccountNews::default())
    }

    fn last_date(&self) -> Option<Instant> {
        Some(instant(self.now()))
    }
}

impl SimProvider {
    async fn in_place(
        &self,
        id: &BatchId,
        verb: &str,
        change: impl FnOnce(&mut Batch, &mut super::chance::Chance, Ms),
    ) -> InPlace {
        let left = self.leave();
        self.actor.point().await;
        self.arrive(left);
        oracle::before_change(&self.actor, self.account, &id.0);
        let fate = self.fate(false);
        let mut is_late = false;
        if fate.is_carried_out() {
            let now = self.now();
            match self.truth().find(&id.0) {
                Some(batch) if batch.is_planned(now) => change(batch, &mut self.actor.chance.borrow_mut(), now),
                _ => is_late = true,
            }
        }
        self.actor
            .world
            .say(|| format!("run {} {verb} {}: {fate:?} late={is_late}", self.actor.run, id.0));
        self.actor.point().await;
        match fate.told(self.facts().api) {
            Told::Answer if is_late => InPlace::Dispatched(refused()),
            Told::Answer => InPlace::Done,
            Told::NotSent(failure) => InPlace::NotSent(failure),
            Told::Unknown(failure) => InPlace::Unknown(failure),
        }
    }
}
