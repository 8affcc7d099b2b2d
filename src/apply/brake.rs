//! Braking: what `stop` cancels, in which order, and what it can say afterwards.
//!
//! On a bad day the list may be long, moving, or broken. So it first cancels what the journal names, soonest window
//! first; then what each page shows, from the newest on; and only then asks for complete lists. Whether those come
//! decides what can be promised, never what is canceled.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cancel::{CancelEnding, cancel};
use super::cancels::{canceled_and_gone, canceled_by_apply};
use super::facts::facts;
use super::journal::{Call, Event};
use super::progress::Progress;
use super::run_context::{JournalFailed, RunClock, RunContext, journaled};
use super::tally::Tally;
use crate::model::{BatchId, CampaignRef, Diagnostic, ExistingBatch, Instant, ProviderName, Reference, ReportedState};
use crate::plan::{Observed, Target};
use crate::provider::{FailureKind, Provider};

/// A provider whose pages fail so often in a row gets no more requests for pages.
const BROKEN_IN_A_ROW: u32 = 3;
/// Nor is one whose pages bring nothing that can be read, or only what is known.
const FRUITLESS_IN_A_ROW: u32 = 20;

type PageKey = (ProviderName, BatchId);

/// A brake on some campaigns.
pub struct Brake<'a, 'd, P, C> {
    desk: &'a RunContext<'d, P, C>,
    is_meant: &'a dyn Fn(&CampaignRef) -> bool,
    /// Its totals so far.
    pub tally: Tally,
    /// Campaigns of ours that were seen at a provider or in the journal, meant or not.
    pub seen: BTreeSet<CampaignRef>,
    /// What failed by the journal's word alone: the lists may say that it is over.
    doubtful: BTreeMap<PageKey, (String, String)>,
    handled: BTreeSet<PageKey>,
    was_read: bool,
    faults: Vec<Diagnostic>,
}

impl<'a, 'd, P: Provider, C: RunClock> Brake<'a, 'd, P, C> {
    /// Nothing is done yet.
    pub fn new(
        desk: &'a RunContext<'d, P, C>,
        is_meant: &'a dyn Fn(&CampaignRef) -> bool,
        unopened: Vec<String>,
    ) -> Self {
        Self {
            desk,
            is_meant,
            tally: Tally {
                unopened,
                ..Tally::default()
            },
            seen: BTreeSet::new(),
            doubtful: BTreeMap::new(),
            handled: BTreeSet::new(),
            was_read: false,
            faults: Vec::new(),
        }
    }

    /// What the journal and every page show as planned, soonest first, for the question whether to cancel it.
    pub async fn look(&mut self) -> Result<usize, JournalFailed> {
        let mut planned: BTreeSet<PageKey> = self
            .journaled()
            .into_iter()
            .map(|target| (target.provider, target.id))
            .collect();
        self.pages(&mut Some(&mut planned)).await?;
        Ok(planned.len())
    }

    /// Cancels what the journal names, then page by page, then what complete lists show.
    pub async fn pull(&mut self) -> Result<(), JournalFailed> {
        for target in self.journaled() {
            if self.desk.clock.is_interrupted() {
                return Ok(());
            }
            self.cancel(&target, true).await?;
        }
        self.pages(&mut None).await?;
        self.until_quiet().await
    }

    /// Why nobody could be asked at all, when that is so.
    pub fn unreadable(&self) -> Option<Vec<Diagnostic>> {
        let is_untouched = self.tally.canceled.is_empty() && self.tally.left.is_empty() && self.doubtful.is_empty();
        (!self.was_read && is_untouched && !self.faults.is_empty()).then(|| self.faults.clone())
    }

    /// Batches that the journal knows to be planned, soonest first.
    fn journaled(&mut self) -> Vec<Target> {
        let lines = self.desk.journal.borrow().lines();
        let nothing = Observed::default();
        let facts = facts(lines.as_deref().map(Vec::as_slice), &nothing, self.desk.policy);
        let canceled: BTreeSet<(&ProviderName, &BatchId)> = (facts.cancels.iter())
            .filter(|cancel| cancel.answered_at.is_some())
            .map(|cancel| (&cancel.provider, &cancel.id))
            .collect();
        let now = self.desk.clock.now();
        let mut targets: Vec<Target> = Vec::new();
        for known in &facts.known {
            self.seen.insert(known.reference.slot.campaign.clone());
            let is_ahead = known.windows.first().is_none_or(|window| window.opens() > now);
            let is_ours = known.reference.namespace == self.desk.policy.namespace;
            if is_ahead
                && is_ours
                && (self.is_meant)(&known.reference.slot.campaign)
                && !canceled.contains(&(&known.provider, &known.id))
            {
                targets.push(Target {
                    provider: known.provider.clone(),
                    id: known.id.clone(),
                    reference: known.reference.clone(),
                    by_id: true,
                    windows: known.windows.clone(),
                });
            }
        }
        sort(&mut targets);
        targets
    }

    /// Every page of every provider, newest first, each read as far as it can be read. With `found`, nothing is canceled.
    async fn pages(&mut self, found: &mut Option<&mut BTreeSet<PageKey>>) -> Result<(), JournalFailed> {
        let desk = self.desk;
        let mut open: Vec<(&P, u32, u32, BTreeSet<BatchId>)> = desk
            .providers
            .iter()
            .map(|provider| (provider, 0, 0, BTreeSet::new()))
            .collect();
        let mut page = 0;
        while !open.is_empty() {
            let mut still = Vec::new();
            for (provider, mut broken, mut fruitless, mut known) in open {
                if desk.clock.is_interrupted() {
                    return Ok(());
                }
                (desk.progress)(&Progress::Listing(provider.name()));
                match provider.glance(page).await {
                    Ok(glance) => {
                        self.was_read = true;
                        broken = 0;
                        if glance.strange > 0 {
                            let what = format!(
                                "{} entries of the list of `{}` cannot be read",
                                glance.strange,
                                provider.name()
                            );
                            self.unread(provider, &what);
                        }
                        let before = known.len();
                        known.extend(glance.batches.iter().map(|batch| batch.id.clone()));
                        let is_over = glance.is_empty || (known.len() == before && glance.strange == 0);
                        let targets = self.planned(provider, &glance.batches);
                        match found {
                            Some(found) => found.extend(targets.into_iter().map(|t| (t.provider, t.id))),
                            None => self.cancel_all(&targets).await?,
                        }
                        fruitless = if known.len() > before { 0 } else { fruitless + 1 };
                        if is_over || fruitless >= FRUITLESS_IN_A_ROW {
                            continue;
                        }
                    }
                    Err(error) => {
                        let is_systemic = error.failure.kind == FailureKind::Systemic;
                        self.unread(provider, &error.diagnostic().message);
                        self.faults.push(error.diagnostic());
                        broken += 1;
                        if is_systemic || broken >= BROKEN_IN_A_ROW {
                            continue;
                        }
                    }
                }
                still.push((provider, broken, fruitless, known));
            }
            open = still;
            page += 1;
        }
        Ok(())
    }

    /// Complete lists, `list_lag` apart, until two show nothing planned. A provider that gives none is named.
    async fn until_quiet(&mut self) -> Result<(), JournalFailed> {
        let desk = self.desk;
        let lags = desk.providers.iter().map(|provider| provider.settings().list_lag);
        let lag = lags.max().unwrap_or_default();
        let mut quiet_lists = 0;
        while quiet_lists < 2 && !desk.clock.is_interrupted() {
            let mut fresh = Vec::new();
            let mut complete = Vec::new();
            for provider in desk.providers {
                (desk.progress)(&Progress::Listing(provider.name()));
                match provider.list().await {
                    Ok(list) => {
                        self.was_read = true;
                        fresh.extend(self.planned(provider, &list.batches));
                        complete.push((provider, list.batches));
                    }
                    Err(error) => {
                        self.unread(provider, &error.diagnostic().message);
                        self.faults.push(error.diagnostic());
                    }
                }
            }
            fresh.retain(|target| !self.handled.contains(&(target.provider.clone(), target.id.clone())));
            if fresh.is_empty() {
                quiet_lists += 1;
                if quiet_lists == 2 {
                    self.settle(&complete)?;
                } else if lag > Duration::ZERO {
                    (desk.progress)(&Progress::Waiting);
                    desk.clock.sleep(lag).await;
                }
                continue;
            }
            quiet_lists = 0;
            sort(&mut fresh);
            self.cancel_all(&fresh).await?;
        }
        let doubtful = std::mem::take(&mut self.doubtful);
        for ((_, id), (name, why)) in doubtful {
            self.tally.left.entry(id).or_insert_with(|| format!("{name}: {why}"));
        }
        Ok(())
    }

    /// A complete list is the truth: what failed before and is not planned in it is over.
    fn settle(&mut self, complete: &[(&P, Vec<ExistingBatch>)]) -> Result<(), JournalFailed> {
        for (provider, batches) in complete {
            self.tally.unread.remove(provider.name());
            self.doubtful.retain(|(name, _), _| name != provider.name());
            self.brake_what_is_silent(provider, batches)?;
        }
        Ok(())
    }

    /// What an apply of ours had canceled to put something else in its place, and had not yet: a later apply would go on.
    /// From now on it counts as stopped, also where a DELETE erases.
    fn brake_what_is_silent(&self, provider: &P, batches: &[ExistingBatch]) -> Result<(), JournalFailed> {
        let lines = self.desk.journal.borrow().lines().unwrap_or_default();
        let by_apply = canceled_by_apply(&lines);
        let gone = canceled_and_gone(&lines, self.desk.policy, provider.name(), batches);
        let gone = gone
            .iter()
            .map(|(id, (reference, windows))| (Some(reference), id, windows.as_slice()));
        let canceled = (batches.iter())
            .filter(|batch| batch.state == ReportedState::Canceled && by_apply.contains(&batch.id))
            .map(|batch| (batch.reference.as_ref(), &batch.id, batch.windows.as_slice()));
        let now = self.desk.clock.now();
        for (reference, id, windows) in canceled.chain(gone) {
            let Some(reference) = self.meant(reference) else {
                continue;
            };
            if windows.first().is_none_or(|window| window.opens() > now) {
                let intent = Event::Intent {
                    call: Call::Stop,
                    reason: "stop".to_owned(),
                    batch_id: Some(id.0.clone()),
                    windows: journaled(windows),
                    says: None,
                };
                self.desk.note(provider.name(), reference, intent)?;
            }
        }
        Ok(())
    }

    /// The reference of a batch if it is of ours, and meant.
    fn meant<'b>(&self, reference: Option<&'b Reference>) -> Option<&'b Reference> {
        let reference = reference?;
        let is_ours = reference.namespace == self.desk.policy.namespace;
        (is_ours && (self.is_meant)(&reference.slot.campaign)).then_some(reference)
    }

    /// Those that are planned and can still be canceled, soonest first. What nobody can judge is named.
    fn planned(&mut self, provider: &P, batches: &[ExistingBatch]) -> Vec<Target> {
        let ours = self.desk.clock.now();
        let theirs = if self.desk.clock.is_pretended() {
            ours
        } else {
            provider.last_date().unwrap_or(ours)
        };
        let mut targets = Vec::new();
        for batch in batches {
            if let Some(reference) = batch
                .reference
                .as_ref()
                .filter(|r| r.namespace == self.desk.policy.namespace)
            {
                self.seen.insert(reference.slot.campaign.clone());
            }
            let Some(reference) = self.meant(batch.reference.as_ref()) else {
                continue;
            };
            let is_ahead = |now: Instant| batch.opens().is_none_or(|opens| opens > now);
            let may_be_sent = batch.closes().is_none_or(|closes| closes > ours.min(theirs));
            let doubt = match batch.state {
                ReportedState::Planned if is_ahead(ours) && is_ahead(theirs) => {
                    targets.push(Target {
                        provider: batch.provider.clone(),
                        id: batch.id.clone(),
                        reference: reference.clone(),
                        by_id: false,
                        windows: batch.windows.clone(),
                    });
                    continue;
                }
                ReportedState::Planned if is_ahead(ours) != is_ahead(theirs) => {
                    "the provider's clock and this machine's disagree on whether its window is open".to_owned()
                }
                ReportedState::Unknown(code) if may_be_sent => {
                    format!("the provider gives it the status {code}, which is not documented: look at it there")
                }
                ReportedState::Planned
                | ReportedState::Ongoing
                | ReportedState::Sent
                | ReportedState::Canceled
                | ReportedState::Unknown(_) => continue,
            };
            let message = format!("{reference}: {doubt}");
            self.tally.campaigns.insert(reference.slot.campaign.clone());
            self.tally.left.insert(batch.id.clone(), message);
        }
        sort(&mut targets);
        targets
    }

    async fn cancel_all(&mut self, targets: &[Target]) -> Result<(), JournalFailed> {
        for (index, target) in targets.iter().enumerate() {
            if self.desk.clock.is_interrupted() {
                return Ok(());
            }
            (self.desk.progress)(&Progress::Canceling {
                number: index + 1,
                all: targets.len(),
            });
            self.cancel(target, false).await?;
        }
        Ok(())
    }

    /// Cancels one. What only the journal names may be over long since: a refusal there is no news.
    async fn cancel(&mut self, target: &Target, by_journal: bool) -> Result<(), JournalFailed> {
        let key = (target.provider.clone(), target.id.clone());
        let Some(provider) = self
            .desk
            .provider(&target.provider)
            .filter(|_| !self.handled.contains(&key))
        else {
            return Ok(());
        };
        let name = target.reference.to_string();
        let ending = cancel(self.desk, provider, target, Call::Stop, "stop").await?;
        match ending {
            CancelEnding::Silent | CancelEnding::SilentByOthers => {
                self.doubtful.remove(&key);
                if ending == CancelEnding::Silent || !by_journal {
                    self.tally.canceled.insert(name);
                }
            }
            CancelEnding::NotCanceled(why, failure) if by_journal => {
                if failure.is_some() {
                    self.doubtful.insert(key, (name, why));
                }
                return Ok(());
            }
            // Only an apply that is ending leaves one out.
            CancelEnding::NotBegun => return Ok(()),
            CancelEnding::NotCanceled(why, _) => {
                self.tally.left.insert(target.id.clone(), format!("{name}: {why}"));
            }
            CancelEnding::Unproved(why) => {
                self.tally.left.insert(target.id.clone(), format!("{name}: {why}"));
                self.tally.unproved.insert(target.id.clone());
            }
        }
        self.handled.insert(key);
        self.tally.campaigns.insert(target.reference.slot.campaign.clone());
        Ok(())
    }

    fn unread(&mut self, provider: &P, what: &str) {
        let message = format!("{what}; something planned may be left there");
        self.tally
            .unread
            .entry(provider.name().clone())
            .or_default()
            .insert(message);
    }
}

fn sort(targets: &mut [Target]) {
    targets.sort_by(|a, b| (a.opens(), &a.id).cmp(&(b.opens(), &b.id)));
}
