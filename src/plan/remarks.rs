//! What a reviewer should know beside the plan: batches that drifted, overrides that nothing needed.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics;
use super::draft::{Draft, Status};
use super::parts::Want;
use super::world::World;
use crate::campaign::did_you_mean;
use crate::desired::diagnostics::UNNEEDED;
use crate::model::{CampaignRef, Diagnostic, Instant, Place};

pub(super) fn drifted(world: &World<'_>, draft: &Draft<'_>) -> Vec<Diagnostic> {
    (draft.each())
        .filter_map(|(_, want, status)| match status {
            Status::Keep { batch, drift } if !drift.is_empty() => Some((want, *batch, drift)),
            _ => None,
        })
        .map(|(want, batch, drift)| {
            let names: Vec<&str> = drift.iter().map(|changed| changed.as_str()).collect();
            let message = format!(
                "`{}` differs at `{}` from what is wanted: {}",
                world.batch(batch).reference,
                world.batch(batch).provider,
                names.join(", ")
            );
            Diagnostic::warning(&diagnostics::DRIFT, message).at(Place::file(&want.campaign.file))
        })
        .collect()
}

/// One-offs whose traces a provider forgets.
pub(super) fn forgotten(world: &World<'_>, draft: &Draft<'_>) -> Vec<Diagnostic> {
    let mut from: BTreeMap<&CampaignRef, (Instant, &Want<'_>)> = BTreeMap::new();
    for (_, want, status) in draft.each() {
        if !matches!(status, Status::Done) || want.occurrence.nominal.is_some() {
            continue;
        }
        for i in world.of_occurrence(want.campaign, want.key()) {
            let created = world.batch(i).listed().and_then(|batch| batch.created_at);
            let memory = world
                .facts(world.batch(i).provider)
                .and_then(|facts| facts.can().list_memory);
            if let (Some(created), Some(memory)) = (created, memory) {
                let entry = from.entry(&want.campaign.reference).or_insert((created + memory, want));
                entry.0 = entry.0.min(created + memory);
            }
        }
    }
    (from.into_iter())
        .map(|(campaign, (instant, want))| {
            let from = world.spell(instant);
            let message = format!("from {from} on nobody can tell from the provider's list that `{campaign}` was sent");
            Diagnostic::note(&diagnostics::FORGOTTEN, message)
                .at(Place::file(&want.campaign.file))
                .hint(format!(
                    "remove `{}`, or set `state: canceled` in it",
                    want.campaign.file.display()
                ))
        })
        .collect()
}

/// Which campaign may have been meant, where the override names none that has a file or a batch.
fn unknown_campaign(world: &World<'_>, text: &str) -> Option<String> {
    let scope = text.split_once('=').map_or(text, |(_, scope)| scope);
    let named = scope.split('@').next().unwrap_or(scope);
    let names = (world.desired.campaigns.iter()).map(|campaign| campaign.reference.as_str());
    let held = world.batches.iter().map(|batch| batch.campaign().as_str());
    let known: Vec<&str> = names.chain(held).collect();
    if named.contains('.') || known.contains(&named) {
        return None;
    }
    let near = did_you_mean(named, known);
    Some(near.unwrap_or_else(|| format!("no campaign is named `{named}`")))
}

/// Overrides that lifted something, as text, and warnings for those that did not.
pub(super) fn overrides(world: &World<'_>) -> (Vec<String>, Vec<Diagnostic>) {
    let (used, used_in_files) = world.overrides_used();
    let mut texts = BTreeSet::new();
    let mut unneeded = Vec::new();
    for (i, one) in world.policy.overrides.iter().enumerate() {
        if used.contains(&i) {
            texts.insert(one.to_string());
        } else {
            let message = format!("`--allow {one}` lifts nothing in this plan");
            let warning = Diagnostic::warning(&UNNEEDED, message);
            unneeded.push(match unknown_campaign(world, &one.to_string()) {
                Some(hint) => warning.hint(hint),
                None => warning,
            });
        }
    }
    for campaign in &world.desired.campaigns {
        for allow in &campaign.allow {
            let text = format!("{}={}", allow.rule.as_str(), campaign.reference);
            if used_in_files.contains(&(campaign.reference.clone(), allow.rule)) {
                texts.insert(format!(
                    "{text} (`allow:` in `{}`: {})",
                    campaign.file.display(),
                    allow.reason
                ));
            } else {
                let message = format!(
                    "`allow: {}` of `{}` lifts nothing in this plan",
                    allow.rule.as_str(),
                    campaign.reference
                );
                unneeded.push(Diagnostic::warning(&UNNEEDED, message).at(allow.place.clone()));
            }
        }
    }
    (texts.into_iter().collect(), unneeded)
}
