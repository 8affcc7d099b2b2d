//! First contact: planned batches of our namespace at an account that this project has never worked with. They are
//! another project's under the same name, or this project has lost its journal and edited everything. Nobody can tell
//! from here, so nothing is done at all: what is ours to cancel in one case is a stranger's campaign in the other.
//!
//! An account is no stranger when the journal has a line of it under this namespace, or when one of its batches of the
//! namespace, in whatever state, says exactly what the files say.

use std::collections::BTreeSet;

use crate::campaign::Rule;
use crate::model::{CampaignRef, Fingerprint, ProviderName, counted};

use super::classify::Role;
use super::draft::{Disposition, Draft, Status};
use super::hold_messages;
use super::parts::Want;
use super::plan::GuardLine;
use super::world::World;

/// An account whose planned batches of our namespace nobody here knows.
pub(super) struct Stranger<'a> {
    provider: &'a ProviderName,
    planned: BTreeSet<usize>,
    campaigns: BTreeSet<&'a CampaignRef>,
}

/// Accounts that hold planned batches of our namespace and are not known to be this project's.
pub(super) fn strangers<'a>(world: &World<'a>, wants: &[Want<'_>]) -> Vec<Stranger<'a>> {
    let unknown: Vec<Stranger<'a>> = (world.policy.providers.values())
        .filter(|facts| !facts.sandbox && !world.journal.accounts.contains(&facts.name))
        .map(|facts| planned_at(world, &facts.name))
        .filter(|stranger| !stranger.planned.is_empty())
        .collect();
    if unknown.is_empty() {
        return unknown;
    }
    let given = fingerprints(wants);
    let strangers: Vec<Stranger<'a>> = (unknown.into_iter())
        .filter(|stranger| !says_what_files_say(world, &given, stranger.provider))
        .collect();
    if strangers.is_empty() || world.is_adopted() {
        return Vec::new();
    }
    strangers
}

/// Accounts that the journal does not know yet and that are this project's all the same: to be written down by a run
/// that may change something, because the next edit may remove the evidence.
pub(super) fn recognized(world: &World<'_>, wants: &[Want<'_>]) -> Vec<ProviderName> {
    let given = fingerprints(wants);
    (world.policy.providers.values())
        .filter(|facts| !facts.sandbox && !world.journal.accounts.contains(&facts.name))
        .map(|facts| &facts.name)
        .filter(|name| {
            says_what_files_say(world, &given, name)
                || (!planned_at(world, name).planned.is_empty() && world.is_adopted())
        })
        .cloned()
        .collect()
}

fn fingerprints(wants: &[Want<'_>]) -> BTreeSet<Fingerprint> {
    wants.iter().map(|want| want.reference.fingerprint).collect()
}

/// Whether a batch of ours there, whatever its state, says what the files say.
fn says_what_files_say(world: &World<'_>, given: &BTreeSet<Fingerprint>, provider: &ProviderName) -> bool {
    (world.by_occurrence.values().flatten())
        .map(|i| world.batch(*i))
        .any(|theirs| {
            theirs.provider == provider && theirs.listed().is_some() && given.contains(&theirs.reference.fingerprint)
        })
}

fn planned_at<'a>(world: &World<'a>, provider: &'a ProviderName) -> Stranger<'a> {
    let planned: BTreeSet<usize> = (world.by_occurrence.values().flatten().copied())
        .filter(|i| world.batch(*i).provider == provider && world.batch(*i).listed().is_some())
        .filter(|i| !world.is_reported_canceled(*i) && world.role(*i) == Role::Planned)
        .collect();
    Stranger {
        provider,
        campaigns: planned.iter().map(|i| world.batch(*i).campaign()).collect(),
        planned,
    }
}

/// Takes every operation out of a draft, and says why.
pub(super) fn refuse(world: &World<'_>, draft: &mut Draft<'_>, strangers: &[Stranger<'_>]) {
    let namespace = &world.policy.namespace;
    let what: Vec<String> = strangers.iter().map(told).collect();
    let message = format!(
        "{}: neither the journal nor the files of this project know them; if another project uses the namespace `{namespace}` there, change `namespace` in campanile.yaml; if they are this project's and its journal was lost, `--allow {}={namespace}`",
        what.join("; "),
        Rule::Adopt.as_str(),
    );
    for status in &mut draft.statuses {
        let is_change = status.sends() || matches!(status, Status::Later { cancel: Some(_) } | Status::Passed { .. });
        if is_change {
            *status = Status::Held(hold_messages::first_contact(None, &message));
        }
    }
    draft.removals.clear();
    for (i, disposition) in &mut draft.dispositions {
        match disposition {
            Disposition::Kept | Disposition::Stay => {}
            Disposition::Replaced(_) => *disposition = Disposition::Stay,
            Disposition::Cancel(_) => {
                *disposition = Disposition::Stay;
                draft
                    .batch_holds
                    .insert(*i, hold_messages::first_contact(Some(*i), &message));
            }
        }
    }
    let planned: usize = strangers.iter().map(|stranger| stranger.planned.len()).sum();
    draft.guards.push(GuardLine {
        rule: Rule::Adopt,
        scope: Some(namespace.to_string()),
        actual: format!(
            "{} that this project does not know",
            counted(planned as u64, "planned batch", "planned batches")
        ),
        limit: "0".to_owned(),
        tripped: true,
        allowed: false,
    });
}

fn told(stranger: &Stranger<'_>) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = stranger
        .campaigns
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    if stranger.campaigns.len() > SHOWN {
        names.push("...".to_owned());
    }
    format!(
        "`{}` holds {} under this namespace ({})",
        stranger.provider,
        counted(stranger.planned.len() as u64, "planned batch", "planned batches"),
        names.join(", ")
    )
}
