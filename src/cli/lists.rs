//! The project's CSV files as tables: opened by `project`, understood by `audience`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::progress::ProgressLine;
use super::workspace::Workspace;
use crate::audience::{Expect, Input, NationalPlan, ReadAt, Settings, Table, open, read_numbers};
use crate::campaign::{Campaign, Origin, SuppressionList};
use crate::desired::Suppressions;
use crate::model::{CampaignRef, Diagnostic, NumberSet, Place};
use crate::project::{OpenedSource, Sources};

/// A project's file as `audience` reads it.
struct Bytes(OpenedSource, ProgressLine);

impl ReadAt for Bytes {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(offset, buffer)?;
        self.1.read(count as u64);
        Ok(count)
    }

    fn is_unchanged(&self) -> bool {
        self.0.unchanged().unwrap_or(false)
    }
}

/// Opens a file for reading; a fault stands at `place`.
pub fn input(
    sources: &Sources,
    progress: &ProgressLine,
    origin: &Origin,
    place: Option<&Place>,
) -> Result<Input, Diagnostic> {
    let file = sources.open(origin).map_err(|error| {
        let fault = error.diagnostic();
        match place {
            Some(place) => fault.at(place.clone()),
            None => fault,
        }
    })?;
    Ok(Input {
        file: origin.name().to_owned(),
        bytes: Arc::new(Bytes(file, progress.clone())),
    })
}

/// How rows are read in this project.
pub fn settings(workspace: &Workspace) -> Settings {
    Settings {
        national_plan: workspace.project.default_country.as_ref().and_then(NationalPlan::new),
        ..Settings::default()
    }
}

/// Tells how much there is to read, so that progress can be shown. What cannot be opened is told when it is read.
pub fn announce(workspace: &Workspace) {
    if !workspace.progress.is_shown() {
        return;
    }
    let sources = workspace.campaigns.iter().flat_map(|campaign| &campaign.sources);
    let sizes = sources.map(|source| workspace.sources.open(&source.origin).map_or(0, |file| file.size()));
    let (lists, bytes) = sizes.fold((0, 0), |(lists, bytes), size| (lists + 1, bytes + size));
    workspace.progress.begin_reading(lists, bytes);
}

/// The sources of a campaign, in order; every fault of every one.
pub fn tables(workspace: &Workspace, campaign: &Campaign) -> Result<Vec<Table>, Vec<Diagnostic>> {
    let mut tables = Vec::new();
    let mut faults = Vec::new();
    for source in &campaign.sources {
        workspace.progress.next_list();
        let opened = input(
            &workspace.sources,
            &workspace.progress,
            &source.origin,
            Some(&source.place),
        )
        .map_err(|fault| vec![fault]);
        match opened.and_then(|input| open(input, &Expect::source(campaign, source))) {
            Ok(table) => tables.push(table),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(tables) } else { Err(faults) }
}

/// A list of numbers.
pub fn numbers(workspace: &Workspace, path: &Path, place: Option<&Place>) -> Result<NumberSet, Vec<Diagnostic>> {
    let input = input(&workspace.sources, &workspace.progress, &path.into(), place).map_err(|fault| vec![fault])?;
    let table = open(input, &Expect::list())?;
    read_numbers(vec![table], &settings(workspace))
}

/// Every suppression list of the project, each read once; every fault of every one.
pub fn suppressions(workspace: &Workspace) -> Result<Suppressions, Vec<Diagnostic>> {
    let mut lists: BTreeMap<PathBuf, NumberSet> = BTreeMap::new();
    let mut faults = Vec::new();
    let project = &workspace.project.suppressions;
    let of_campaigns = workspace.campaigns.iter().flat_map(|campaign| &campaign.suppressions);
    for SuppressionList { path, place } in project.iter().chain(of_campaigns) {
        if !lists.contains_key(path) {
            match numbers(workspace, path, Some(place)) {
                Ok(numbers) => drop(lists.insert(path.clone(), numbers)),
                Err(more) => {
                    faults.extend(more);
                    lists.insert(path.clone(), NumberSet::default());
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let union = |paths: &mut dyn Iterator<Item = &PathBuf>| -> Arc<NumberSet> {
        Arc::new(NumberSet::new(
            paths.filter_map(|path| lists.get(path)).flat_map(NumberSet::iter),
        ))
    };
    let of_project = union(&mut project.iter().map(|list| &list.path));
    let by_campaign: BTreeMap<CampaignRef, Arc<NumberSet>> = workspace
        .campaigns
        .iter()
        .map(|campaign| {
            let numbers = if campaign.suppressions.is_empty() {
                Arc::clone(&of_project)
            } else {
                union(&mut project.iter().chain(&campaign.suppressions).map(|list| &list.path))
            };
            (campaign.reference.clone(), numbers)
        })
        .collect();
    Ok(Suppressions {
        everywhere: union(&mut lists.keys()),
        by_campaign,
    })
}
