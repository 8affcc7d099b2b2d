//! The project's CSV files as tables: opened by `project`, understood by `audience`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::diagnostics::OPT_OUTS_FILE;
use super::opt_outs::{Way, read_file};
use super::progress::ProgressLine;
use super::results::read_undeliverable;
use super::source_checks::{check, is_measured};
use super::workspace::Workspace;
use crate::audience::{Expect, Input, NationalPlan, ReadAt, Settings, Table, open, read_numbers_in_order};
use crate::campaign::{Campaign, OnInvalid, OptOuts, Origin, Source, SuppressionList};
use crate::desired::{NoLists, Suppressions, WatchedList};
use crate::model::{CampaignRef, Country, Diagnostic, Msisdn, NumberSet, Place, ProviderName};
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

    fn row_name(&self, line: u64, column: Option<usize>) -> Option<String> {
        self.0.row_name(line, column)
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
        number_types: workspace.project.guards.number_types.clone().map(Arc::new),
        ..Settings::default()
    }
}

/// Tells how much there is to read, so that progress can be shown. What cannot be opened is told when it is read.
pub fn announce(workspace: &Workspace) {
    if !workspace.progress.is_shown() {
        return;
    }
    let sources = workspace.campaigns.iter().flat_map(|campaign| &campaign.sources);
    // What must be connected to is asked once, when it is read.
    let sources = sources.filter(|source| source.origin.connection().is_none());
    let sizes = sources.map(|source| workspace.sources.open(&source.origin).map_or(0, |file| file.size()));
    let (lists, bytes) = sizes.fold((0, 0), |(lists, bytes), size| (lists + 1, bytes + size));
    workspace.progress.begin_reading(lists, bytes);
}

/// The sources of a campaign, in order; every fault of every one. What is wrong with a source elsewhere holds the
/// campaign; what is wrong with a file of the project is a fault of it.
pub fn tables(workspace: &Workspace, campaign: &Campaign) -> Result<Vec<Table>, NoLists> {
    let mut tables = Vec::new();
    let mut faults = Vec::new();
    let mut reasons = Vec::new();
    for source in &campaign.sources {
        workspace.progress.next_list();
        match table(workspace, campaign, source, &Expect::source(campaign, source)) {
            Ok(table) => tables.push(table),
            Err(Unread::Unexpected(why)) => reasons.extend(why),
            Err(Unread::Faulty(why)) if source.origin.connection().is_some() => reasons.extend(why),
            Err(Unread::Faulty(why)) => faults.extend(why),
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
enum Unread {
    /// It cannot be read.
    Faulty(Vec<Diagnostic>),
    /// It can, and its rows are not as expected.
    Unexpected(Vec<Diagnostic>),
}

/// One source of a campaign, for a command that shows what is wrong with it.
pub fn checked_table(
    workspace: &Workspace,
    campaign: &Campaign,
    source: &Source,
    expect: &Expect<'_>,
) -> Result<Table, NoLists> {
    table(workspace, campaign, source, expect).map_err(|unread| match unread {
        Unread::Faulty(why) | Unread::Unexpected(why) => NoLists::Faults(why),
    })
}

fn table(workspace: &Workspace, campaign: &Campaign, source: &Source, expect: &Expect<'_>) -> Result<Table, Unread> {
    let place = Some(&source.place);
    let input = input(&workspace.sources, &workspace.progress, &source.origin, place);
    let input = input.map_err(|fault| Unread::Faulty(vec![fault]))?;
    let expect = Expect {
        delimiter: if source.origin.is_converted() {
            Some(b',')
        } else {
            source.delimiter
        },
        ..expect.clone()
    };
    let table = open(input, &expect).map_err(Unread::Faulty)?;
    if is_measured(source) {
        let as_of = workspace.sources.as_of().unwrap_or(workspace.now);
        let measured = check(source, &table, as_of).map_err(Unread::Unexpected)?;
        if let Ok(opened) = workspace.sources.open(&source.origin) {
            workspace
                .receipts
                .note(campaign, source, &measured, opened.about(), as_of);
        }
    }
    if source.origin.is_converted()
        && let Ok(opened) = workspace.sources.open(&source.origin)
    {
        workspace.receipts.warn(source, opened.about());
    }
    Ok(table)
}

/// What tells two suppression lists apart: one file may be named with different columns.
type Key = (PathBuf, Option<String>, Option<String>, Option<u8>, Option<Country>);

fn key(list: &SuppressionList) -> Key {
    let SuppressionList {
        path,
        number,
        country,
        encoding,
        delimiter,
        place: _,
    } = list;
    (
        path.clone(),
        number.clone(),
        encoding.clone(),
        *delimiter,
        country.clone(),
    )
}

/// The numbers of a list, each once and in the order of their rows; with `skips_invalid` without those that cannot be read.
fn suppressed(
    workspace: &Workspace,
    list: &SuppressionList,
    skips_invalid: bool,
) -> Result<Vec<Msisdn>, Vec<Diagnostic>> {
    let input = input(
        &workspace.sources,
        &workspace.progress,
        &list.path.as_path().into(),
        Some(&list.place),
    );
    let expect = Expect {
        on_invalid: if skips_invalid {
            OnInvalid::SKIP
        } else {
            OnInvalid::FAIL
        },
        ..Expect::suppressions(list)
    };
    let table = open(input.map_err(|fault| vec![fault])?, &expect)?;
    read_numbers_in_order(vec![table], &settings(workspace))
}

/// Who has opted out by text or through a group, by account: as the accounts were asked, else as it is written down.
fn opted_out(workspace: &Workspace, faults: &mut Vec<Diagnostic>) -> BTreeMap<ProviderName, NumberSet> {
    let mut all = BTreeMap::new();
    for (name, config) in &workspace.project.providers {
        let heard = workspace
            .heard
            .accounts
            .iter()
            .find(|account| account.provider == *name);
        match (heard, &config.opt_outs) {
            (Some(account), _) if account.way != Way::Blacklist => {
                drop(all.insert(name.clone(), account.numbers.clone()));
            }
            (None, OptOuts::Incoming { file: Some(path) }) => match read_file(&workspace.root().join(path)) {
                Ok(ledger) => drop(all.insert(name.clone(), ledger.opted_out())),
                Err(error) => {
                    let message = format!("`{}` cannot be used: {error}", path.display());
                    faults.push(Diagnostic::error(&OPT_OUTS_FILE, message).at(Place::file(path)));
                }
            },
            (Some(_) | None, _) => {}
        }
    }
    all
}

/// Whom the accounts block themselves.
fn blocked(workspace: &Workspace) -> BTreeMap<ProviderName, Arc<NumberSet>> {
    let accounts = workspace.heard.accounts.iter();
    let blacklists = accounts.filter(|account| account.way == Way::Blacklist);
    blacklists
        .map(|account| (account.provider.clone(), Arc::new(account.numbers.clone())))
        .collect()
}

/// Every suppression list of the project, each read once, and who has opted out; every fault of every one.
pub fn suppressions(workspace: &Workspace) -> Result<Suppressions, Vec<Diagnostic>> {
    let (suppressions, faults) = read_suppressions(workspace, false);
    if faults.is_empty() {
        Ok(suppressions)
    } else {
        Err(faults)
    }
}

/// The same without the rows that cannot be read: whoever can be read must not be texted meanwhile.
pub fn suppressions_as_far_as_readable(workspace: &Workspace) -> Suppressions {
    read_suppressions(workspace, true).0
}

fn read_suppressions(workspace: &Workspace, skips_invalid: bool) -> (Suppressions, Vec<Diagnostic>) {
    let mut lists: BTreeMap<Key, NumberSet> = BTreeMap::new();
    let mut ordered: BTreeMap<PathBuf, Vec<Msisdn>> = BTreeMap::new();
    let mut faults = Vec::new();
    let project = &workspace.project.suppressions;
    let of_campaigns = workspace.campaigns.iter().flat_map(|campaign| &campaign.suppressions);
    for list in project.iter().chain(of_campaigns) {
        let Entry::Vacant(place) = lists.entry(key(list)) else {
            continue;
        };
        let numbers = suppressed(workspace, list, skips_invalid).unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        place.insert(NumberSet::new(numbers.iter().copied()));
        ordered.entry(list.path.clone()).or_default().extend(numbers);
    }
    let given_up = workspace.project.undeliverable.as_ref().map(|rule| {
        let read = read_undeliverable(&workspace.root().join(&rule.file));
        read.map_or_else(
            |why| {
                let message = format!("`{}` cannot be used: {why}", rule.file.display());
                faults.push(Diagnostic::error(&OPT_OUTS_FILE, message).at(Place::file(&rule.file)));
                NumberSet::default()
            },
            |given_up| given_up.numbers(rule.after),
        )
    });
    let opted_out = opted_out(workspace, &mut faults);
    let is_real = |name: &ProviderName| {
        let config = workspace.project.providers.get(name);
        config.is_some_and(|config| !config.is_sandbox())
    };
    let blocked = blocked(workspace);
    // What somebody answered to one real account counts at all of them; a sandbox's answers count there alone.
    let for_provider = |provider: Option<&ProviderName>| -> Vec<&NumberSet> {
        let counts = |name: &ProviderName| Some(name) == provider || (is_real(name) && provider.is_none_or(is_real));
        let by_text = opted_out
            .iter()
            .filter(|(name, _)| counts(name))
            .map(|(_, numbers)| numbers);
        // An account's own blacklist is left to the provider: those people leave new batches in another way.
        let elsewhere = blocked
            .iter()
            .filter(|(name, _)| Some(*name) != provider && counts(name));
        by_text.chain(elsewhere.map(|(_, numbers)| &**numbers)).collect()
    };
    let union = |keys: &mut dyn Iterator<Item = Key>, provider: Option<&ProviderName>| {
        let mut sets: Vec<&NumberSet> = keys.filter_map(|key| lists.get(&key)).collect();
        sets.extend(for_provider(provider));
        sets.extend(given_up.as_ref());
        sets.retain(|set| !set.is_empty());
        match sets.as_slice() {
            [one] => Arc::new((*one).clone()),
            sets => Arc::new(NumberSet::new(sets.iter().flat_map(|set| set.iter()))),
        }
    };
    let mut of_provider: BTreeMap<&ProviderName, Arc<NumberSet>> = BTreeMap::new();
    let mut by_campaign: BTreeMap<CampaignRef, Arc<NumberSet>> = BTreeMap::new();
    for campaign in &workspace.campaigns {
        let mut of_project = project.iter().map(key);
        let numbers = if campaign.suppressions.is_empty() {
            let shared = of_provider.entry(&campaign.provider);
            Arc::clone(shared.or_insert_with(|| union(&mut of_project, Some(&campaign.provider))))
        } else {
            let own = campaign.suppressions.iter().map(key);
            union(&mut of_project.chain(own), Some(&campaign.provider))
        };
        by_campaign.insert(campaign.reference.clone(), numbers);
    }
    let watched = (ordered.into_iter())
        .map(|(path, numbers)| WatchedList::new(path.display().to_string(), users(workspace, &path), numbers));
    let suppressions = Suppressions {
        everywhere: union(&mut lists.keys().cloned(), None),
        by_campaign,
        lists: watched.collect(),
        blocked,
    };
    (suppressions, faults)
}

/// Campaigns that a list is for.
fn users(workspace: &Workspace, path: &Path) -> BTreeSet<CampaignRef> {
    let names = |lists: &[SuppressionList]| lists.iter().any(|list| list.path == path);
    let for_all = names(&workspace.project.suppressions);
    (workspace.campaigns.iter())
        .filter(|campaign| for_all || names(&campaign.suppressions))
        .map(|campaign| campaign.reference.clone())
        .collect()
}
