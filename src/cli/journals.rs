//! The project's journals: one for its real accounts, and one for each sandbox, which lives and dies with the sandbox's
//! state. So a rehearsal says nothing about the real account, and a real apply nothing about the sandbox.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::state::FileJournal;
use crate::apply::{Journal, Line};
use crate::campaign::Project;

/// Journals by what they speak of.
pub struct Journals {
    /// Of real accounts.
    main: FileJournal,
    /// By the sandbox's name.
    sandboxes: BTreeMap<String, FileJournal>,
    /// Whether the project has a real account at all.
    has_real_account: bool,
}

impl Journals {
    /// Below the project root; nothing is made before the first line. With `--sandbox` every provider is a sandbox.
    pub fn at(root: &Path, project: &Project) -> Self {
        let sandboxes = project.providers.iter().filter(|(_, config)| config.is_sandbox());
        Self {
            main: FileJournal::at(root),
            sandboxes: sandboxes
                .map(|(name, _)| (name.to_string(), FileJournal::of_sandbox(root, name)))
                .collect(),
            has_real_account: project.providers.values().any(|config| !config.is_sandbox()),
        }
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

    fn lines(&self) -> Option<Vec<Line>> {
        let mut main = self.has_real_account.then(|| self.main.lines()).flatten();
        if let Some(lines) = &mut main {
            // Early versions wrote down there what a sandbox did.
            lines.retain(|line| !self.sandboxes.contains_key(&line.provider));
        }
        let sandboxes = self.sandboxes.values().filter_map(FileJournal::lines);
        let mut all: Vec<Vec<Line>> = main.into_iter().chain(sandboxes).collect();
        let mut lines = all.pop()?;
        for more in all {
            lines.extend(more);
        }
        Some(lines)
    }
}
