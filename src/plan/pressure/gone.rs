//! What was sent of campaigns whose file is gone or canceled: it no longer counts for anybody, and the plan says for
//! how many.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::desired::Presence;
use crate::model::{CampaignRef, Diagnostic, counted};

use super::super::classify::Role;
use super::super::diagnostics;
use super::super::world::World;

/// One note a campaign, as long as a limit would still count its texts.
pub(super) fn notes(world: &World<'_>) -> Vec<Diagnostic> {
    let limits = &world.policy.guards.max_per_person;
    let longest = limits.iter().map(|limit| limit.within.at_most()).max();
    let Some(longest) = longest else {
        return Vec::new();
    };
    let mut people: BTreeMap<&CampaignRef, Option<u64>> = BTreeMap::new();
    for ((campaign, _), batches) in &world.by_occurrence {
        if is_wanted(world, campaign) {
            continue;
        }
        for i in batches.iter().copied().filter(|i| is_counted(world, *i, longest)) {
            let sum = people.entry(campaign).or_insert(Some(0));
            *sum = sum.zip(world.headcount(i)).map(|(sum, more)| sum + more);
        }
    }
    people
        .into_iter()
        .map(|(campaign, people)| note(world, campaign, people))
        .collect()
}

fn is_wanted(world: &World<'_>, campaign: &CampaignRef) -> bool {
    match world.campaign(campaign).map(|campaign| campaign.presence) {
        Some(Presence::Active | Presence::Unreadable) => true,
        Some(Presence::Tombstone) | None => false,
    }
}

/// Sent, and so recently that it would count.
fn is_counted(world: &World<'_>, i: usize, longest: Duration) -> bool {
    let batch = world.batch(i);
    let is_recent = batch.opens().is_some_and(|opens| opens + longest > world.now);
    is_recent && !batch.sandbox && !world.is_reported_canceled(i) && world.role(i) == Role::Begun
}

fn note(world: &World<'_>, campaign: &CampaignRef, people: Option<u64>) -> Diagnostic {
    let why = if world.campaign(campaign).is_some() {
        "is canceled"
    } else {
        "has no file"
    };
    let people = people.map_or_else(
        || "the people whom it texted no longer count".to_owned(),
        |people| {
            let verb = if people == 1 { "counts" } else { "count" };
            format!(
                "{} whom it texted no longer {verb}",
                counted(people, "person", "people")
            )
        },
    );
    let message = format!("`{campaign}` {why}: {people} for `guards.max_per_person`");
    Diagnostic::note(&diagnostics::NO_LONGER_COUNTED, message)
        .hint("keep the file of a finished campaign until its texts are older than the longest `within`")
}
