//! The project's CSV files as tables: opened by `project`, understood by `audience`.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::progress::ProgressLine;
use super::source_checks::{Demands, check};
use super::workspace::Workspace;
use crate::audience::{Expect, Input, ListSettings, NationalPlan, ReadAt, Table, open_bytes};
use crate::campaign::{Campaign, Origin, Source};
use crate::desired::NoLists;
use crate::model::{Diagnostic, Place};
use crate::project::{OpenedSource, Sources};

/// A project's file as `audience` reads it.
struct FileBytes {
    source: OpenedSource,
    progress: ProgressLine,
    /// Whether its rows are being read.
    has_begun: AtomicBool,
}

/// Bytes before a head: a byte order mark.
const MARK: u64 = 3;

impl ReadAt for FileBytes {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(offset, buffer)?;
        if offset > MARK && !self.has_begun.swap(true, Ordering::Relaxed) {
            self.progress.next_list();
        }
        self.progress.read(count as u64);
        Ok(count)
    }

    fn is_unchanged(&self) -> bool {
        self.source.unchanged().unwrap_or(false)
    }

    fn row_name(&self, line: u64, column: Option<usize>) -> Option<String> {
        self.source.row_name(line, column)
    }

    fn row_number(&self, line: u64) -> Option<u64> {
        self.source.row_number(line)
    }
}

/// Opens a file for reading; a fault has `place`.
pub(super) fn input(
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
        bytes: Arc::new(FileBytes {
            source: file,
            progress: progress.clone(),
            has_begun: AtomicBool::new(false),
        }),
    })
}

/// How rows are read in this project.
pub(super) fn settings(workspace: &Workspace) -> ListSettings {
    ListSettings {
        national_plan: workspace.project.default_country.as_ref().and_then(NationalPlan::new),
        number_types: workspace.project.guards.number_types.clone().map(Arc::new),
        ..ListSettings::default()
    }
}

/// Tells how much there is to read, so that progress can be shown. What cannot be opened is reported when it is read.
pub(super) fn announce(workspace: &Workspace) {
    if !workspace.progress.is_shown() {
        return;
    }
    let sources = workspace.campaigns.iter().flat_map(|campaign| &campaign.sources);
    // What must be connected to is asked once, when it is read.
    let sources = sources.filter(|source| source.origin.connection().is_none());
    let origins: BTreeSet<&Origin> = sources.map(|source| &source.origin).collect();
    let origins = origins.into_iter();
    let sizes = origins.map(|origin| workspace.sources.open(origin).map_or(0, |file| file.size()));
    let (lists, bytes) = sizes.fold((0, 0), |(lists, bytes), size| (lists + 1, bytes + size));
    workspace.progress.begin_reading(lists, bytes);
}

/// The sources of a campaign, in order; every fault of every one. What is wrong with a source elsewhere holds the
/// campaign; what is wrong with a file of the project is a fault of it.
pub(super) fn tables(workspace: &Workspace, campaign: &Campaign) -> Result<Vec<Table>, NoLists> {
    let mut tables = Vec::new();
    let mut faults = Vec::new();
    let mut reasons = Vec::new();
    for source in &campaign.sources {
        match table(workspace, campaign, source, &Expect::source(campaign, source)) {
            Ok(table) => tables.push(table),
            Err(NoTable::Unexpected(why)) => reasons.extend(why),
            Err(NoTable::Faulty(why)) if source.origin.connection().is_some() => reasons.extend(why),
            Err(NoTable::Faulty(why)) => faults.extend(why),
        }
    }
    let is_offline = workspace.sources.as_of().is_none();
    match (faults.is_empty(), reasons.is_empty()) {
        (true, true) => Ok(tables),
        (true, false) if is_offline => Err(NoLists::NotConnected(reasons)),
        (true, false) => Err(NoLists::Held(reasons)),
        (false, _) => {
            faults.extend(reasons);
            Err(NoLists::Faults(faults))
        }
    }
}

/// Why a source has no table.
enum NoTable {
    /// It cannot be read.
    Faulty(Vec<Diagnostic>),
    /// It can, and its rows are not as expected.
    Unexpected(Vec<Diagnostic>),
}

/// One source of a campaign, for a command that shows what is wrong with it.
pub(super) fn checked_table(
    workspace: &Workspace,
    campaign: &Campaign,
    source: &Source,
    expect: &Expect<'_>,
) -> Result<Table, NoLists> {
    table(workspace, campaign, source, expect).map_err(|unread| match unread {
        NoTable::Faulty(why) | NoTable::Unexpected(why) => NoLists::Faults(why),
    })
}

fn table(workspace: &Workspace, campaign: &Campaign, source: &Source, expect: &Expect<'_>) -> Result<Table, NoTable> {
    let table = table_of(workspace, &source.origin, &source.place, expect).map_err(NoTable::Faulty)?;
    let demands = Demands::from(source);
    if demands.are_any() {
        let as_of = workspace.sources.as_of().unwrap_or(workspace.now);
        let measured = check(&demands, &table, as_of).map_err(NoTable::Unexpected)?;
        if let Ok(opened) = workspace.sources.open(&source.origin) {
            workspace
                .receipts
                .note(campaign, source, &measured, opened.about(), as_of);
        }
    }
    Ok(table)
}

/// Any list with its header read; remarks about its reading are noted.
pub(super) fn table_of(
    workspace: &Workspace,
    origin: &Origin,
    place: &Place,
    expect: &Expect<'_>,
) -> Result<Table, Vec<Diagnostic>> {
    let bytes = workspace.opened.once(origin, expect.encoding, || {
        let input = input(&workspace.sources, &workspace.progress, origin, Some(place));
        open_bytes(input.map_err(|fault| vec![fault])?, expect)
    })?;
    if !origin.is_converted() {
        return bytes.table(expect);
    }
    let commas = Expect {
        delimiter: Some(b','),
        ..expect.clone()
    };
    let table = bytes.table(&commas)?;
    if let Ok(opened) = workspace.sources.open(origin) {
        workspace.receipts.warn(place, opened.about());
    }
    Ok(table)
}
