//! What a run works with: providers, clock, journal, and where the content of batches comes from.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use super::journal::{Call, CallOutcome, Event, Journal, Line, Says};
use super::progress::Progress;
use super::said;
use crate::desired::{Desired, PayloadError};
use crate::model::{
    BatchId, CampaignRef, Clock, Diagnostic, Instant, OccurrenceKey, ProviderName, Reference, Window, Windows,
};
use crate::plan::{Operation, Policy};
use crate::provider::{NewBatch, Provider};

/// Time as a run spends it.
#[expect(async_fn_in_trait, reason = "awaited on one thread, by this crate alone")]
pub trait RunClock: Clock {
    /// Time since some fixed moment, by a watch that never jumps.
    fn watch(&self) -> Duration;
    /// Lets time pass.
    async fn sleep(&self, duration: Duration);
    /// Whether somebody asked to stop (SIGINT, SIGTERM).
    fn is_interrupted(&self) -> bool;
}

/// Where the texts and people of an operation come from.
pub trait PayloadSource {
    /// The batch of a create or replace, to be sent in these windows.
    fn batch(&self, operation: &Operation, windows: Windows) -> Result<NewBatch, PayloadError>;
}

/// Everything that a run works with.
pub struct RunContext<'a, P, C> {
    /// Every configured provider.
    pub providers: &'a [P],
    /// Tells the time and waits.
    pub clock: &'a C,
    /// What is written down before it is done.
    pub journal: RefCell<&'a mut dyn Journal>,
    /// What the files want.
    pub desired: &'a Desired,
    /// The rules of the run.
    pub policy: &'a Policy,
    /// Texts and people.
    pub payloads: &'a dyn PayloadSource,
    /// Told what is being done, for progress; never personal data.
    pub progress: &'a dyn Fn(&Progress<'_>),
    /// Occurrences whose templates this run has written down.
    pub written: RefCell<BTreeSet<(CampaignRef, OccurrenceKey)>>,
    /// Where an answer has shown other people than were sent, for the report.
    pub people_differ: RefCell<Vec<Diagnostic>>,
}

/// The journal could not be written: nothing more may be sent.
#[derive(Debug, thiserror::Error)]
#[error("could not write the journal: {0}")]
pub struct JournalFailed(#[from] pub std::io::Error);

impl<P: Provider, C: RunClock> RunContext<'_, P, C> {
    /// A provider by name.
    pub fn provider(&self, name: &ProviderName) -> Option<&P> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// Why nothing may be asked of a provider now: by its newest answer, its clock disagrees with ours. Looked at right
    /// after a read, because a clock may jump while a run is under way.
    pub fn disagreement(&self, provider: &P) -> Option<String> {
        if self.clock.is_pretended() {
            return None;
        }
        let ours = self.clock.now();
        let theirs = provider.last_date().filter(|theirs| theirs.distance(ours) > MAX_SKEW)?;
        let name = provider.name();
        Some(format!(
            "the clock of `{name}` says {theirs}, this machine's says {ours}: delivery windows depend on it"
        ))
    }

    /// The later of our clock and the provider's: what is ahead of it is ahead by both.
    pub fn latest_now(&self, provider: &P) -> Instant {
        let ours = self.clock.now();
        if self.clock.is_pretended() {
            return ours;
        }
        provider.last_date().map_or(ours, |theirs| theirs.max(ours))
    }

    /// Writes a line down.
    pub fn note(&self, provider: &ProviderName, reference: &Reference, event: Event) -> Result<(), JournalFailed> {
        self.note_at(self.clock.now(), provider, reference, event)
    }

    /// The same, of when something was seen.
    pub fn note_at(
        &self,
        at: Instant,
        provider: &ProviderName,
        reference: &Reference,
        event: Event,
    ) -> Result<(), JournalFailed> {
        self.write(at, provider, reference.to_string(), event)
    }

    /// Writes down that an account is this project's under its namespace.
    pub fn note_recognized(&self, at: Instant, provider: &ProviderName) -> Result<(), JournalFailed> {
        self.write(at, provider, self.policy.namespace.to_string(), Event::Recognized)
    }

    /// Writes several lines down at once.
    pub fn note_together<'e>(
        &self,
        provider: &ProviderName,
        events: impl Iterator<Item = (&'e Reference, Event)>,
    ) -> Result<(), JournalFailed> {
        let at = self.clock.now();
        let lines: Vec<Line> = events
            .map(|(reference, event)| self.line(at, provider, reference.to_string(), event))
            .collect();
        Ok(self.journal.borrow_mut().append_all(&lines)?)
    }

    fn line(&self, at: Instant, provider: &ProviderName, reference: String, event: Event) -> Line {
        let account = self.policy.providers.get(provider).map(|facts| &facts.account);
        Line {
            at_ms: at.unix_millis(),
            provider: provider.to_string(),
            account: account.map(|account| account.as_str().to_owned()),
            reference,
            event,
        }
    }

    fn write(
        &self,
        at: Instant,
        provider: &ProviderName,
        reference: String,
        event: Event,
    ) -> Result<(), JournalFailed> {
        let line = self.line(at, provider, reference, event);
        Ok(self.journal.borrow_mut().append(&line)?)
    }

    /// Texts and totals of an operation, for the journal: the templates with its occurrence's first batch of the run.
    pub(super) fn says(&self, operation: &Operation) -> Option<Says> {
        let campaign = operation.campaign();
        let occurrence = (campaign.clone(), operation.occurrence());
        let is_first = operation.content.is_some() && self.written.borrow_mut().insert(occurrence);
        let mut campaigns = self.desired.campaigns.iter();
        let desired = campaigns.find(|desired| is_first && desired.reference == *campaign);
        said::says(operation, desired.map_or(&[], |desired| desired.templates.as_slice()))
    }

    /// Writes an answer down.
    pub fn note_answer(
        &self,
        provider: &ProviderName,
        reference: &Reference,
        call: Call,
        outcome: CallOutcome,
        batch_id: Option<&BatchId>,
    ) -> Result<(), JournalFailed> {
        self.note(
            provider,
            reference,
            Event::Answer {
                call,
                outcome,
                batch_id: batch_id.map(|id| id.0.clone()),
            },
        )
    }
}

/// Windows as the journal keeps them.
pub(super) fn journaled(windows: &[Window]) -> Vec<(i64, i64)> {
    windows
        .iter()
        .map(|window| (window.opens().unix_seconds(), window.closes().unix_seconds()))
        .collect()
}

/// The same read back.
pub(super) fn read_windows(windows: &[(i64, i64)]) -> Vec<Window> {
    windows
        .iter()
        .filter_map(|(opens, closes)| window(*opens, *closes))
        .collect()
}

fn window(opens: i64, closes: i64) -> Option<Window> {
    Window::new(Instant::from_unix_seconds(opens), Instant::from_unix_seconds(closes)).ok()
}

/// How far a provider's clock may differ from ours.
pub const MAX_SKEW: Duration = Duration::from_secs(60);
