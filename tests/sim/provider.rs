//! A provider of either kind as a run sees it: late, lossy, sometimes wrong, within what the vendors' pages leave open.
//! Every call also tells the oracle what it must never see.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use campanile::model::{
    Api, BatchId, ExistingBatch, Instant, Msisdn, NumberSet, Proof, ProviderName, Recipients, Reference, ReportedState,
    Visible,
};
use campanile::provider::{
    Account as AccountNews, Canceled, Capabilities, CompleteList, Created, DryRun, Failure, FailureKind, InPlace,
    NewBatch, Progress, Provider, ReadError,
};

use super::account::{Batch, MEMORY, Ms, Person, SECOND, Stage, Who, departures};
use super::actor::{Actor, Post};
use super::desire::{instant, spans, windows_of};
use super::oracle;
use super::repo::{LAG, UNKNOWN_HOLD};
use super::world::NewTruth;

/// One account, seen by one run.
pub struct SimProvider {
    pub actor: Rc<Actor>,
    pub account: usize,
}

/// What becomes of a call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    /// Refused, and told so.
    Refused,
    /// Nothing leaves this machine, or the account is locked.
    Systemic,
    LostBefore,
    LostAfter,
}

impl SimProvider {
    fn facts(&self) -> &super::desire::AccountFacts {
        &self.actor.world.facts[self.account]
    }

    fn truth(&self) -> std::cell::RefMut<'_, super::account::Account> {
        self.actor.world.accounts[self.account].borrow_mut()
    }

    fn now(&self) -> Ms {
        self.actor.world.now.get()
    }

    /// A read: time passes, and it may fail.
    async fn reading(&self) -> Result<Ms, ReadError> {
        self.actor.point().await;
        let mut chance = self.actor.chance.borrow_mut();
        if chance.in_thousand(self.actor.faults.read) {
            self.actor.troubled.set(true);
            let kind = chance.pick(&[
                FailureKind::Transient,
                FailureKind::Transient,
                FailureKind::Garbled,
                FailureKind::Systemic,
            ]);
            return Err(self.error(Failure::new(kind, "the read failed")));
        }
        let is_stale = chance.in_thousand(self.actor.faults.stale);
        Ok(if is_stale { chance.between(1, 12) * SECOND } else { 0 })
    }

    fn error(&self, failure: Failure) -> ReadError {
        ReadError {
            provider: self.facts().name.clone(),
            failure,
        }
    }

    fn fate(&self) -> Fate {
        let mut chance = self.actor.chance.borrow_mut();
        if !chance.in_thousand(self.actor.faults.write) {
            return Fate::Answered;
        }
        self.actor.troubled.set(true);
        let fate = chance.pick(&[
            Fate::Refused,
            Fate::LostBefore,
            Fate::LostBefore,
            Fate::LostAfter,
            Fate::LostAfter,
            Fate::LostAfter,
            Fate::Systemic,
        ]);
        self.actor
            .world
            .say(|| format!("run {}: this call is {fate:?}", self.actor.run));
        fate
    }

    /// A batch as a read shows it, as of an earlier moment.
    fn shown(&self, batch: &Batch, position: usize, at: Ms, with_proof: bool) -> ExistingBatch {
        let api = self.facts().api;
        let quirks = self.actor.world.accounts[self.account].borrow().quirks;
        let canceled_shows = batch
            .canceled
            .is_none_or(|(when, _)| when + quirks.cancel_shows_after <= at);
        let mut seen = batch.clone();
        if !canceled_shows {
            seen.canceled = None;
        }
        let state = match seen.stage(api, at) {
            Stage::Planned => ReportedState::Planned,
            Stage::Ongoing => ReportedState::Ongoing,
            Stage::Sent => ReportedState::Sent,
            Stage::Canceled => ReportedState::Canceled,
        };
        let has_left = batch.has_begun(at.max(self.now()));
        let proof = match (with_proof && state == ReportedState::Canceled, has_left) {
            (false, _) => Proof::NotRead,
            (true, false) => Proof::NothingLeft,
            (true, true) => Proof::Doubt,
        };
        ExistingBatch {
            provider: self.facts().name.clone(),
            api,
            sandbox: false,
            id: BatchId(batch.id.clone()),
            reference_text: batch.reference_text.clone(),
            reference: batch.reference.clone(),
            position: u64::try_from(position).unwrap(),
            created_at: (api == Api::Sinch).then(|| instant(batch.created)),
            state,
            windows: windows_of(&batch.windows).as_slice().to_vec(),
            visible: Visible {
                sender: Some(batch.sender.clone()),
                ..Visible::default()
            },
            proof,
            recipients: Recipients::NotRead,
        }
    }

    fn listed(&self, stale: Ms) -> Vec<ExistingBatch> {
        let at = self.now() - stale;
        let account = self.actor.world.accounts[self.account].borrow();
        let is_listed = |batch: &&Batch| {
            let is_remembered = account.api == Api::Ip1 || batch.created + MEMORY > at;
            is_remembered && batch.listed_from <= self.now() && account.shows(batch, at)
        };
        let all: Vec<Batch> = account.batches.iter().filter(is_listed).cloned().collect();
        drop(account);
        all.iter()
            .enumerate()
            .map(|(i, batch)| self.shown(batch, i, at, false))
            .collect()
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

fn lost() -> Failure {
    Failure::new(FailureKind::Transient, "the answer was lost")
}

fn refused() -> Failure {
    Failure {
        status: Some(400),
        ..Failure::new(FailureKind::Refused, "refused")
    }
}

fn systemic() -> Failure {
    Failure {
        status: Some(401),
        ..Failure::new(FailureKind::Systemic, "unauthorized")
    }
}

impl Provider for SimProvider {
    fn name(&self) -> &ProviderName {
        &self.facts().name
    }

    fn api(&self) -> Api {
        self.facts().api
    }

    fn is_sandbox(&self) -> bool {
        false
    }

    fn capabilities(&self) -> Capabilities {
        let is_sinch = self.facts().api == Api::Sinch;
        let millis = |ms: Ms| Duration::from_millis(u64::try_from(ms).unwrap());
        Capabilities {
            max_recipients_per_batch: self.facts().limit,
            max_windows: is_sinch.then_some(1),
            max_window_span: None,
            max_horizon: None,
            list_memory: None,
            replaces_in_place: is_sinch,
            removes_in_place: is_sinch,
            repairs_drift: is_sinch,
            keeps_tags: !is_sinch,
            has_dry_run: false,
            list_lag: millis(LAG),
            unknown_hold: millis(UNKNOWN_HOLD),
        }
    }

    async fn list(&self) -> Result<CompleteList, ReadError> {
        let begun = self.now();
        let stale = self.reading().await?;
        let batches = self.listed(stale);
        self.actor.point().await;
        self.actor.world.runs.borrow_mut()[self.actor.run].last_list = Some(begun);
        Ok(CompleteList { batches })
    }

    async fn newest(&self) -> Result<Vec<ExistingBatch>, ReadError> {
        let stale = self.reading().await?;
        let mut batches = self.listed(stale);
        let page = batches.split_off(batches.len().saturating_sub(5));
        self.actor.point().await;
        Ok(page)
    }

    async fn get(&self, id: &BatchId) -> Result<Option<ExistingBatch>, ReadError> {
        let stale = self.reading().await?;
        let at = self.now() - stale;
        let found = {
            let account = self.truth();
            let batch = account.batches.iter().find(|batch| batch.id == id.0);
            batch.filter(|batch| account.shows(batch, at)).cloned()
        };
        let answer = found.map(|batch| self.shown(&batch, 0, at, true));
        self.actor.point().await;
        self.actor.reads.borrow_mut().insert(id.0.clone(), self.now());
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
        self.actor.slept.set(false);
        self.actor.point().await;
        let world = self.actor.world.clone();
        let reference = batch.reference.to_string();
        let windows = spans(batch.windows.as_slice());
        let people = self.people_of(batch);
        oracle::before_post(&self.actor, self.account, batch, &windows);
        let mut fate = self.fate();
        if windows.last().is_some_and(|w| w.1 <= self.now()) || people.len() > self.facts().limit as usize {
            fate = Fate::Refused;
        }
        let is_made = matches!(fate, Fate::Answered | Fate::LostAfter);
        let made = is_made.then(|| {
            let new = NewTruth {
                reference_text: Some(reference.clone()),
                windows,
                people,
                sender: batch.sender.as_str().to_owned(),
                hidden_for: self.hidden_for(),
                run: Some(self.actor.run),
                unaware: oracle::unaware_of(&self.actor),
            };
            world.post(self.account, new, &mut self.actor.chance.borrow_mut())
        });
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
            told_not_sent: matches!(fate, Fate::Refused | Fate::Systemic),
        });
        self.actor.point().await;
        match (fate, made) {
            (Fate::Answered, Some(id)) => Created::Done(BatchId(id)),
            (Fate::Refused, _) => Created::NotSent(refused()),
            (Fate::Systemic, _) => Created::NotSent(systemic()),
            (Fate::Answered | Fate::LostBefore | Fate::LostAfter, _) => Created::Unknown(lost()),
        }
    }

    async fn cancel(&self, id: &BatchId) -> Canceled {
        self.actor.slept.set(false);
        self.actor.point().await;
        let world = self.actor.world.clone();
        oracle::before_delete(&self.actor, self.account, &id.0);
        let fate = self.fate();
        let mut outcome = Canceled::Answered;
        if matches!(fate, Fate::Answered | Fate::LostAfter) {
            let now = self.now();
            let who = (now, Who::Run(self.actor.run));
            let mut account = self.truth();
            let (quirks, api) = (account.quirks, account.api);
            match account.find(&id.0) {
                None => outcome = Canceled::Gone,
                Some(batch) if batch.erased.is_some() => outcome = Canceled::Gone,
                Some(batch) => match (api, batch.stage(Api::Ip1, now)) {
                    (_, Stage::Canceled) => {}
                    (Api::Sinch, _) => batch.canceled = Some(who),
                    (Api::Ip1, Stage::Planned) if quirks.cancel_erases => batch.erased = Some(who),
                    (Api::Ip1, Stage::Planned) => batch.canceled = Some(who),
                    (Api::Ip1, Stage::Ongoing) if quirks.cancels_rest => batch.canceled = Some(who),
                    (Api::Ip1, Stage::Sent) if quirks.delete_erases_sent => batch.erased = Some(who),
                    (Api::Ip1, Stage::Ongoing | Stage::Sent) => outcome = Canceled::NotSent(refused()),
                },
            }
        }
        world.say(|| format!("run {} DELETE {}: {fate:?} {outcome:?}", self.actor.run, id.0));
        self.actor.point().await;
        match fate {
            Fate::Answered => outcome,
            Fate::Refused => Canceled::NotSent(refused()),
            Fate::Systemic => Canceled::NotSent(systemic()),
            Fate::LostBefore | Fate::LostAfter => Canceled::Unknown(lost()),
        }
    }

    async fn replace(&self, id: &BatchId, batch: &NewBatch) -> InPlace {
        let people = self.people_of(batch);
        oracle::before_post(&self.actor, self.account, batch, &spans(batch.windows.as_slice()));
        let unaware = oracle::unaware_of(&self.actor);
        let change = |old: &mut Batch, chance: &mut super::chance::Chance, now: Ms| {
            let windows = spans(batch.windows.as_slice());
            let leaves = departures(&windows, people.len(), now, chance);
            old.people = (people.iter().zip(leaves))
                .map(|((number, label), leaves)| Person {
                    number: *number,
                    label: *label,
                    leaves,
                })
                .collect();
            old.windows = windows;
            old.reference = Some(batch.reference.clone());
            old.reference_text = Some(batch.reference.to_string());
            batch.sender.as_str().clone_into(&mut old.sender);
            old.run = Some(self.actor.run);
            old.unaware.clone_from(&unaware);
        };
        self.in_place(id, "PUT", change).await
    }

    async fn remove_recipients(&self, id: &BatchId, people: &[Msisdn], _: &Reference) -> InPlace {
        let gone: BTreeSet<Msisdn> = people.iter().copied().collect();
        let change = |old: &mut Batch, _: &mut super::chance::Chance, _: Ms| {
            old.people.retain(|person| !gone.contains(&person.number));
        };
        self.in_place(id, "REMOVE", change).await
    }

    async fn dry_run(&self, _: &NewBatch) -> Result<DryRun, ReadError> {
        Ok(DryRun::default())
    }

    async fn progress(&self, _: &BatchId) -> Result<Progress, ReadError> {
        Ok(Progress::default())
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
        self.actor.slept.set(false);
        self.actor.point().await;
        oracle::before_change(&self.actor, self.account, &id.0);
        let fate = self.fate();
        let mut is_late = false;
        if matches!(fate, Fate::Answered | Fate::LostAfter) {
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
        match fate {
            Fate::Answered if is_late => InPlace::Dispatched(refused()),
            Fate::Answered => InPlace::Done,
            Fate::Refused => InPlace::NotSent(refused()),
            Fate::Systemic => InPlace::NotSent(systemic()),
            Fate::LostBefore | Fate::LostAfter => InPlace::Unknown(lost()),
        }
    }
}
