//! Everybody who must not be texted: the project's suppression lists, who has opted out, whom accounts block, who was
//! given up.
//!
//! In: a project and what its accounts were asked. Out: [`Suppressions`]. A list of the project's files with a fault is
//! a fault of the input; one elsewhere that cannot be read holds the campaigns that use it. Never: an empty list in
//! place of one that could not be read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::diagnostics::OPT_OUTS_FILE;
use super::lists::{settings, table_of};
use super::opt_outs::{Way, read_file};
use super::results::read_undeliverable;
use super::source_checks::{Demands, check};
use super::workspace::Workspace;
use crate::audience::{Expect, Table, read_numbers_in_order};
use crate::campaign::{Campaign, NumberList, OnInvalid, OptOuts, Origin};
use crate::desired::{NoLists, Suppressions, WatchedList};
use crate::model::{CampaignRef, Country, Diagnostic, Msisdn, NumberSet, Place, ProviderName};

/// The identity of a suppression list: one file may be named with different columns.
type ListKey = (Origin, Option<String>, Option<String>, Option<u8>, Option<Country>);

fn key(list: &NumberList) -> ListKey {
    let NumberList {
        origin,
        number,
        country,
        encoding,
        delimiter,
        expected_rows: _,
        freshness: _,
        place: _,
    } = list;
    (
        origin.clone(),
        number.clone(),
        encoding.clone(),
        *delimiter,
        country.clone(),
    )
}

/// Why a list gives no numbers.
enum UnreadList {
    /// A file of the project has a fault.
    Faulty(Vec<Diagnostic>),
    /// It is elsewhere and cannot be read, or is not as expected.
    Held(Vec<Diagnostic>),
}

/// The numbers of a list, each once and in the order of their rows; with `skips_invalid` without those that cannot be
/// read.
fn suppressed(workspace: &Workspace, list: &NumberList, skips_invalid: bool) -> Result<Vec<Msisdn>, UnreadList> {
    let unread = |why| match list.origin.connection() {
        Some(_) => UnreadList::Held(why),
        None => UnreadList::Faulty(why),
    };
    let expect = Expect {
        on_invalid: if skips_invalid {
            OnInvalid::SKIP
        } else {
            OnInvalid::FAIL
        },
        ..Expect::suppressions(list)
    };
    let table = table_of(workspace, &list.origin, &list.place, &expect).map_err(unread)?;
    if !skips_invalid {
        require_expected(workspace, list, &table).map_err(UnreadList::Held)?;
    }
    read_numbers_in_order(vec![table], &settings(workspace)).map_err(unread)
}

fn require_expected(workspace: &Workspace, list: &NumberList, table: &Table) -> Result<(), Vec<Diagnostic>> {
    let demands = Demands::from(list);
    if demands.are_any() {
        check(&demands, table, workspace.now)?;
    }
    Ok(())
}

/// A list with its header read, for a command that shows what is wrong with it.
pub(super) fn checked_suppressions(workspace: &Workspace, list: &NumberList) -> Result<Table, Vec<Diagnostic>> {
    let table = table_of(workspace, &list.origin, &list.place, &Expect::suppressions(list))?;
    require_expected(workspace, list, &table)?;
    Ok(table)
}

/// Every list, as far as it could be read.
#[derive(Default)]
struct Lists {
    /// Each with its numbers.
    read: BTreeMap<ListKey, NumberSet>,
    /// The numbers by the list's name, in their order.
    ordered: BTreeMap<PathBuf, Vec<Msisdn>>,
    /// Those that could not be read.
    unread: BTreeMap<ListKey, Vec<Diagnostic>>,
    faults: Vec<Diagnostic>,
}

impl Lists {
    fn read(workspace: &Workspace, skips_invalid: bool) -> Self {
        let mut lists = Self::default();
        let of_campaigns = workspace.campaigns.iter().flat_map(|campaign| &campaign.suppressions);
        for list in workspace.project.suppressions.iter().chain(of_campaigns) {
            let key = key(list);
            let Entry::Vacant(place) = lists.read.entry(key.clone()) else {
                continue;
            };
            let numbers = match suppressed(workspace, list, skips_invalid) {
                Ok(numbers) => numbers,
                Err(UnreadList::Faulty(more)) => {
                    lists.faults.extend(more);
                    Vec::new()
                }
                Err(UnreadList::Held(why)) => {
                    lists.unread.insert(key, why);
                    Vec::new()
                }
            };
            place.insert(NumberSet::new(numbers.iter().copied()));
            let name = list.origin.name().to_owned();
            lists.ordered.entry(name).or_default().extend(numbers);
        }
        lists
    }

    /// Names of lists that could not be read.
    fn unread_names(&self) -> BTreeSet<String> {
        let names = self.unread.keys().map(|(origin, ..)| origin.name());
        names.map(|name| name.display().to_string()).collect()
    }

    /// Why campaigns with these lists cannot know whom they must not text.
    fn without<'a>(&self, lists: impl Iterator<Item = &'a NumberList>, is_offline: bool) -> Option<NoLists> {
        let why = lists.filter_map(|list| self.unread.get(&key(list)));
        let why: Vec<Diagnostic> = why.flatten().cloned().collect();
        match (why.is_empty(), is_offline) {
            (true, _) => None,
            (false, true) => Some(NoLists::NotConnected(why)),
            (false, false) => Some(NoLists::Held(why)),
        }
    }
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
pub(super) fn suppressions(workspace: &Workspace) -> Result<Suppressions, Vec<Diagnostic>> {
    let (suppressions, faults) = read_suppressions(workspace, false);
    if faults.is_empty() {
        Ok(suppressions)
    } else {
        Err(faults)
    }
}

/// The same without the rows that cannot be read: the people of all other rows must not be texted meanwhile.
pub(super) fn suppressions_as_far_as_readable(workspace: &Workspace) -> Suppressions {
    read_suppressions(workspace, true).0
}

fn read_suppressions(workspace: &Workspace, skips_invalid: bool) -> (Suppressions, Vec<Diagnostic>) {
    let lists = Lists::read(workspace, skips_invalid);
    let mut faults = lists.faults.clone();
    let project = &workspace.project.suppressions;
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
    let union = |keys: &mut dyn Iterator<Item = ListKey>, provider: Option<&ProviderName>| {
        let mut sets: Vec<&NumberSet> = keys.filter_map(|key| lists.read.get(&key)).collect();
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
    let unread = lists.unread_names();
    let everywhere = union(&mut lists.read.keys().cloned(), None);
    let without = workspace.campaigns.iter().filter_map(|campaign| {
        let own = project.iter().chain(&campaign.suppressions);
        let none = lists.without(own, workspace.sources.as_of().is_none())?;
        Some((campaign.reference.clone(), none))
    });
    let without = without.collect();
    let watched = (lists.ordered.into_iter())
        .map(|(name, numbers)| WatchedList::new(name.display().to_string(), users(workspace, &name), numbers))
        .filter(|list| !unread.contains(&list.file));
    let suppressions = Suppressions {
        everywhere,
        by_campaign,
        lists: watched.collect(),
        unread,
        without,
        blocked,
    };
    (suppressions, faults)
}

/// Campaigns that a list is for.
fn users(workspace: &Workspace, name: &Path) -> BTreeSet<CampaignRef> {
    let names = |lists: &[NumberList]| lists.iter().any(|list| list.origin.name() == name);
    let for_all = names(&workspace.project.suppressions);
    (workspace.campaigns.iter())
        .filter(|campaign| for_all || names(&campaign.suppressions))
        .map(|campaign| campaign.reference.clone())
        .collect()
}

/// Whom the campaign must not text: testers neither.
pub(super) fn suppressed_for(workspace: &Workspace, campaign: &Campaign) -> Result<NumberSet, Vec<Diagnostic>> {
    let suppressions = suppressions(workspace)?;
    suppressions
        .require_read(&campaign.reference)
        .map_err(NoLists::into_diagnostics)?;
    Ok(suppressions
        .by_campaign
        .get(&campaign.reference)
        .map(|numbers| NumberSet::clone(numbers))
        .unwrap_or_default())
}
