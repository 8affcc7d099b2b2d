//! What the files expected a batch to cost, for those batches that say what the files still say.

use super::as_sent::both_desired;
use super::desired::desired_until;
use super::workspace::Workspace;
use crate::campaign::{Branch, Origin};
use crate::desired::{Desired, DesiredState};
use crate::model::{CampaignRef, Estimate, Instant, OccurrenceKey, Reference, Windows};

/// Estimates by reference. Files with faults have none: `status` works without them.
pub(super) struct Estimates {
    state: Option<DesiredState>,
    /// The same without the people whom `on_pressure: skip` leaves out.
    as_sent: Option<Desired>,
}

impl Estimates {
    /// Of everything that opens from `from` to the horizon. A list on standard input is left unread, and nothing is connected to.
    pub(super) fn new(workspace: &Workspace, from: Instant, now: Instant) -> Self {
        let waits_for_input = workspace
            .campaigns
            .iter()
            .flat_map(|campaign| &campaign.sources)
            .any(|source| source.origin == Origin::StandardInput || source.origin.connection().is_some());
        if waits_for_input {
            return Self {
                state: None,
                as_sent: None,
            };
        }
        let (from, until) = (from.min(now), now + workspace.project.horizon);
        if workspace.project.guards.leaves_out()
            && let Ok((state, as_sent)) = both_desired(workspace, from, until)
        {
            let (state, as_sent) = (Some(state), Some(as_sent));
            return Self { state, as_sent };
        }
        let state = desired_until(workspace, from, until).ok();
        Self { state, as_sent: None }
    }

    /// Whom a campaign leaves without a text on an occasion: control groups and the holdout.
    pub(super) fn without_a_text(&self, campaign: &CampaignRef, key: OccurrenceKey) -> Vec<(String, Branch)> {
        let payloads = self.state.as_ref().and_then(|state| state.payloads.get(campaign));
        let Some((payloads, occasion)) = payloads.and_then(|one| Some((one, one.occasion(key)?))) else {
            return Vec::new();
        };
        let silent = payloads.aggregate.without_a_text(occasion).iter();
        silent.map(|(person, branch)| (person.to_string(), *branch)).collect()
    }

    /// Of the batch with exactly this content.
    pub(super) fn of(&self, reference: &Reference) -> Option<Estimate> {
        self.with_segments(reference).map(|(estimate, _)| estimate)
    }

    /// The same with its segments.
    pub(super) fn with_segments(&self, reference: &Reference) -> Option<(Estimate, u64)> {
        let desired = self.state.iter().map(|state| &state.desired);
        desired
            .chain(&self.as_sent)
            .find_map(|desired| found(desired, reference))
    }
}

fn found(desired: &Desired, reference: &Reference) -> Option<(Estimate, u64)> {
    let slot = &reference.slot;
    let campaign = desired
        .campaigns
        .iter()
        .find(|campaign| campaign.reference == slot.campaign)?;
    let occurrence = campaign
        .occurrences
        .iter()
        .find(|occurrence| occurrence.key == slot.occurrence)?;
    let group = occurrence.groups.iter().find(|group| group.group == slot.group)?;
    let totals = group.content.buckets.part(slot.part);
    let is_it =
        |windows: &Windows| campaign.settings.fingerprint(campaign.api, &totals, windows) == reference.fingerprint;
    // With a pace it opens at one of the steps.
    let steps = campaign.pace.into_iter().flat_map(|pace| {
        let later = (1..).map(move |step: u32| pace.per.checked_mul(step));
        later.map_while(|open_for| group.windows.after(open_for?))
    });
    let is_known = is_it(&group.windows) || steps.into_iter().any(|windows| is_it(&windows));
    is_known.then_some((totals.estimate, totals.segments))
}
