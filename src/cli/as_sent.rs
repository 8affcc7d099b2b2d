//! What the files want as it would be sent: with everybody left out whom `on_pressure: skip` leaves out. No provider is
//! asked, so everything that the files declare counts as sent.

use std::collections::BTreeMap;
use std::time::Duration;

use super::desired::{WantedSpan, desired_until, desired_within};
use super::workspace::Workspace;
use crate::campaign::{Campaign, Category};
use crate::desired::{Desired, DesiredState, when};
use crate::model::{CampaignRef, Diagnostic, Instant, NumberSet, OccurrenceKey};
use crate::plan::without_skipped;

/// Everything up to an instant.
pub(super) fn desired_as_sent(
    workspace: &Workspace,
    now: Instant,
    until: Instant,
) -> Result<DesiredState, Vec<Diagnostic>> {
    if !workspace.project.guards.leaves_out() {
        return desired_until(workspace, now, until);
    }
    let (mut state, as_sent) = both_desired(workspace, now, until)?;
    state.desired = as_sent;
    Ok(state)
}

/// Everything from one instant to another, and the same as it would be sent.
pub(super) fn both_desired(
    workspace: &Workspace,
    now: Instant,
    until: Instant,
) -> Result<(DesiredState, Desired), Vec<Diagnostic>> {
    let guards = &workspace.project.guards;
    let longest = guards.max_per_person.iter().map(|limit| limit.within.at_most()).max();
    let past = longest.unwrap_or(Duration::ZERO);
    let horizon = now + workspace.project.horizon;
    let span = WantedSpan {
        now,
        past,
        until: until.max(horizon),
    };
    let state = desired_within(workspace, span)?;
    let mut near: BTreeMap<&CampaignRef, Vec<OccurrenceKey>> = BTreeMap::new();
    for campaign in &workspace.campaigns {
        let keys = when(campaign, now - past, horizon)?.firings.into_iter();
        near.insert(&campaign.reference, keys.map(|firing| firing.key).collect());
    }
    let is_near = |campaign: &CampaignRef, key| near.get(campaign).is_some_and(|keys| keys.contains(&key));
    let rules = (&workspace.project.namespace, guards);
    let as_sent = without_skipped(&state.desired, rules, now, &is_near)?;
    Ok((state, as_sent))
}

/// Whom each coming occurrence of a campaign leaves out, in order; nothing where nobody is ever left out.
pub(super) fn left_out_of(
    workspace: &Workspace,
    campaign: &Campaign,
    now: Instant,
) -> Result<Vec<NumberSet>, Vec<Diagnostic>> {
    if !workspace.project.guards.leaves_out() || campaign.category != Category::Marketing {
        return Ok(Vec::new());
    }
    let horizon = now + workspace.project.horizon;
    let state = desired_as_sent(workspace, now, horizon)?;
    let coming = when(campaign, now, horizon)?.firings;
    let mut desired = state.desired.campaigns.iter();
    let Some(desired) = desired.find(|known| known.reference == campaign.reference) else {
        return Ok(Vec::new());
    };
    let left_out = coming.iter().map(|firing| {
        let occurrences = desired.occurrences.iter().filter(|one| one.key == firing.key);
        let groups = occurrences.flat_map(|occurrence| &occurrence.groups);
        NumberSet::new(groups.flat_map(|group| group.content.left_out.iter()))
    });
    Ok(left_out.collect())
}
