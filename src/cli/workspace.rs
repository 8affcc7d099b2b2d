//! The project as it is on disk, with the options that change what it means.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::{Context, Failed};
use super::environment::{is_set, variable};
use super::exit::Exit;
use super::global::Global;
use super::opened_lists::OpenedLists;
use super::opt_outs::Heard;
use super::progress::ProgressLine;
use super::receipts::Receipts;
use crate::campaign::{Campaign, OptOuts, Project, ProviderKind};
use crate::model::{CampaignRef, Diagnostic, Instant};
use crate::project::{Link, Loaded, Sources, Unreadable, find_root, load};

/// Why a run reads no source that must be connected to.
pub(super) const OFFLINE: &str = "the run is offline";

/// A loaded project.
pub(super) struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings; with `--sandbox` every provider is the embedded one.
    pub project: Project,
    /// Those that could be read.
    pub campaigns: Vec<Campaign>,
    /// Those that could not.
    pub unreadable: Vec<Unreadable>,
    /// Faults and warnings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Opens CSV files.
    pub sources: Sources,
    /// Told how far reading has come.
    pub progress: ProgressLine,
    /// What people have told the accounts; empty until they are asked.
    pub heard: Heard,
    /// What each source gave.
    pub receipts: Receipts,
    /// Lists that are open.
    pub opened: OpenedLists,
    /// The instant of the run.
    pub now: Instant,
}

/// Finds and loads the project. Only a project file that cannot be read at all is a failure here: faults of campaigns
/// are in `diagnostics`.
pub(super) fn open(context: &Context) -> Result<Workspace, Failed> {
    let root = root_of(&context.global)?;
    let loaded = load(&root).map_err(|failed| {
        for (file, text) in failed.texts {
            context.remember(file, text);
        }
        Failed::input(failed.diagnostics)
    })?;
    let Loaded {
        root,
        mut project,
        campaigns,
        unreadable,
        diagnostics,
        texts,
        mut sources,
    } = loaded;
    let now = context.clock.now().truncated_to_seconds();
    sources.connect(Link {
        connections: project.sources.clone(),
        environment: Box::new(variable),
        as_of: now,
        now,
        offline: None,
    });
    for (file, text) in texts {
        context.remember(file, text);
    }
    if context.global.sandbox {
        for provider in project.providers.values_mut() {
            provider.kind = ProviderKind::Sandbox {
                emulates: provider.api(),
            };
            provider.list_lag = std::time::Duration::ZERO;
            provider.token = None;
            // A group lives in the real account alone.
            if let OptOuts::Group { .. } = provider.opt_outs {
                provider.opt_outs = OptOuts::Incoming { file: None };
            }
        }
    }
    project.paused |= is_set("CAMPANILE_PAUSED");
    Ok(Workspace {
        root,
        project,
        campaigns,
        unreadable,
        diagnostics,
        sources,
        progress: context.progress(),
        heard: Heard::default(),
        receipts: Receipts::default(),
        opened: OpenedLists::default(),
        now: context.clock.now(),
    })
}

/// The project's folder: `-C`, or the nearest one with a project file.
pub(super) fn root_of(global: &Global) -> Result<PathBuf, Failed> {
    match &global.directory {
        Some(directory) if !directory.is_dir() => {
            Err(Failed::usage(format!("`{}` is not a folder", directory.display())))
        }
        given => find_root(given.as_deref().unwrap_or(Path::new("."))).map_err(|fault| Failed {
            exit: Exit::Input,
            ..Failed::input(vec![fault])
        }),
    }
}

impl Workspace {
    /// Stops when any file has an error.
    pub(super) fn require_valid(&self) -> Result<(), Failed> {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return Err(Failed::input(self.diagnostics.clone()));
        }
        Ok(())
    }

    /// A campaign by its reference, or a failure that names the nearest one.
    pub(super) fn campaign(&self, reference: &CampaignRef) -> Result<&Campaign, Failed> {
        self.campaigns
            .iter()
            .find(|campaign| campaign.reference == *reference)
            .ok_or_else(|| self.unknown(reference))
    }

    /// Refuses names that no campaign has.
    pub(super) fn require_known(&self, references: &[CampaignRef]) -> Result<(), Failed> {
        match references
            .iter()
            .find(|reference| !self.campaigns.iter().any(|campaign| campaign.reference == **reference))
        {
            Some(reference) => Err(self.unknown(reference)),
            None => Ok(()),
        }
    }

    fn unknown(&self, reference: &CampaignRef) -> Failed {
        unknown_campaign(reference, self.campaigns.iter().map(|campaign| &campaign.reference))
    }

    /// What its files are called, those that cannot be read included.
    pub(super) fn references(&self) -> BTreeSet<CampaignRef> {
        let unreadable = self.unreadable.iter().flat_map(|file| file.references.iter().cloned());
        self.campaigns
            .iter()
            .map(|campaign| campaign.reference.clone())
            .chain(unreadable)
            .collect()
    }

    /// The folder of journal, lock and sandbox.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// Wrong usage: nothing has this name. Says which one is near, or all there are.
pub(super) fn unknown_campaign<'a>(reference: &CampaignRef, known: impl Iterator<Item = &'a CampaignRef>) -> Failed {
    let failed = Failed::usage(format!("there is no campaign `{reference}`"));
    let known: BTreeSet<&CampaignRef> = known.collect();
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(known.as_str(), reference.as_str()), known))
        .min();
    match nearest {
        Some((distance, near)) if distance <= 3 => failed.hint(format!("did you mean `{near}`?")),
        Some(_) => {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            failed.hint(format!("known campaigns: {}", known.join(", ")))
        }
        None => failed.hint("`campaigns/` has no campaign yet"),
    }
}
