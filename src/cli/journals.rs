//! The project's journals: one for its real accounts, and one for each sandbox, which lives and dies with the sandbox's
//! state. So a rehearsal says nothing about the real account, and a real apply nothing about the sandbox.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

use super::file_journal::FileJournal;
use crate::apply::{Journal, Line};
use crate::campaign::Project;
use crate::model::Instant;

/// Journals by what they speak of.
pub(super) struct Journals {
    /// Of real accounts.
    main: FileJournal,
    /// By the sandbox's name.
    sandboxes: BTreeMap<String, FileJournal>,
    /// Whether the project has a real account at all.
    has_real_account: bool,
}

impl Journals {
    /// Below the project root; nothing is made before the first line. With `--sandbox` every provider is a sandbox.
    pub(super) fn at(root: &Path, project: &Project) -> Self {
        let sandboxes = project.providers.iter().filter(|(_, config)| config.is_sandbox());
        Self {
            main: FileJournal::at(root),
            sandboxes: sandboxes
                .map(|(name, _)| (name.to_string(), FileJournal::of_sandbox(root, name)))
                .collect(),
            has_real_account: project.providers.values().any(|config| !config.is_sandbox()),
        }
    }

    /// Makes long ones short, for a run that holds the project's lock.
    pub(super) fn compact(&mut self, now: Instant) -> io::Result<()> {
        let sandboxes = self.sandboxes.values_mut();
        std::iter::once(&mut self.main)
            .chain(sandboxes)
            .try_for_each(|journal| journal.compact(now))
    }
}

impl Journal for Journals {
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let is_of_no_provider = line.provider.is_empty() && !self.has_real_account;
        let sandbox = if is_of_no_provider {
            self.sandboxes.values_mut().next()
        } else {
            self.sandboxes.get_mut(&line.provider)
        };
        match sandbox {
            Some(sandbox) => sandbox.append(line),
            None => self.main.append(line),
        }
    }

    fn append_all(&mut self, lines: &[Line]) -> io::Result<()> {
        let of = lines.first().map(|line| &line.provider);
        let are_of_one = lines.iter().all(|line| Some(&line.provider) == of);
        match of.filter(|provider| are_of_one && !provider.is_empty()) {
            Some(provider) => match self.sandboxes.get_mut(provider) {
                Some(sandbox) => sandbox.append_all(lines),
                None => self.main.append_all(lines),
            },
            None => lines.iter().try_for_each(|line| self.append(line)),
        }
    }

    fn lines(&self) -> Option<Rc<Vec<Line>>> {
        let main = self.has_real_account.then(|| self.main.lines()).flatten();
        let sandboxes = self.sandboxes.values().filter_map(FileJournal::lines);
        let mut all: Vec<Rc<Vec<Line>>> = main
            .map(|lines| self.of_real_accounts(lines))
            .into_iter()
            .chain(sandboxes)
            .collect();
        let mut lines = all.pop()?;
        for more in all {
            Rc::make_mut(&mut lines).extend(more.iter().cloned());
        }
        Some(lines)
    }
}

impl Journals {
    /// Early versions wrote down there what a sandbox did.
    fn of_real_accounts(&self, lines: Rc<Vec<Line>>) -> Rc<Vec<Line>> {
        let is_of_sandbox = |line: &Line| self.sandboxes.contains_key(&line.provider);
        if !lines.iter().any(is_of_sandbox) {
            return lines;
        }
        Rc::new(lines.iter().filter(|line| !is_of_sandbox(line)).cloned().collect())
    }
}
