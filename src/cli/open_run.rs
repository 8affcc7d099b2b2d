//! A run on the project's accounts, opened: its clock, journal, rules and progress, ready for `apply`'s functions.

use std::cell::RefCell;
use std::path::Path;

use super::accounts::Accounts;
use super::clock::SystemClock;
use super::context::Context;
use super::journals::Journals;
use super::progress::ProgressLine;
use crate::apply::{Journal as _, PayloadSource, Progress, RunContext, baselines};
use crate::campaign::Project;
use crate::desired::Desired;
use crate::plan::Policy;
use crate::provider::AnyProvider;

/// What a run holds; it lives as long as the run.
pub(super) struct OpenRun<'a> {
    accounts: &'a Accounts,
    clock: SystemClock,
    journal: Journals,
    policy: Policy,
    progress: ProgressLine,
    tell: Box<dyn Fn(&Progress<'_>)>,
}

impl<'a> OpenRun<'a> {
    /// With the project's journal, by this clock and these rules.
    pub(super) fn new(
        context: &Context,
        root: &Path,
        project: &Project,
        accounts: &'a Accounts,
        clock: SystemClock,
        mut policy: Policy,
    ) -> Self {
        let journal = Journals::at(root, project);
        let remembered = baselines(&journal.lines().unwrap_or_default());
        policy.suppressions.recall(remembered);
        let progress = context.progress();
        let line = progress.clone();
        Self {
            accounts,
            clock,
            journal,
            policy,
            progress,
            tell: Box::new(move |step| line.tell(step)),
        }
    }

    /// Makes the journal short where it is long, for a run that holds the project's lock. A journal that stays long is
    /// no fault.
    pub(super) fn shorten_journal(&mut self) {
        if let Err(error) = self.journal.compact(self.clock.now()) {
            tracing::debug!(%error, "the journal stays as it is");
        }
    }

    /// The progress line.
    pub(super) fn progress(&self) -> ProgressLine {
        self.progress.clone()
    }

    /// What `apply` works with, for what is desired and the texts of it.
    pub(super) fn context<'r>(
        &'r mut self,
        desired: &'r Desired,
        payloads: &'r dyn PayloadSource,
    ) -> RunContext<'r, AnyProvider, SystemClock> {
        RunContext {
            providers: &self.accounts.providers,
            clock: &self.clock,
            journal: RefCell::new(&mut self.journal),
            desired,
            policy: &self.policy,
            payloads,
            progress: &*self.tell,
            written: RefCell::default(),
            people_differ: RefCell::default(),
        }
    }
}
