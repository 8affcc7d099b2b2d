//! Edited schedules: a new occurrence near a live or stopped batch of the same campaign that its current schedule does
//! not contain may text the same people again, unless this plan cancels that batch, proved silent. A raised revision is
//! an explicit "send again" and waits only until the older batch has finished sending.

use std::time::Duration;

use crate::campaign::Rule;
use crate::model::{LocalTime, OccurrenceKey};

use super::classify::Role;
use super::draft::{Draft, Hold, Wait, WaitReason};
use super::hold_messages;
use super::parts::Want;
use super::sharing::{predecessors, puts_at_risk};
use super::spans::distance_to_span;
use super::world::World;
use crate::desired::{CronSchedule, DesiredCampaign, Presence};

impl CronSchedule {
    /// Whether a nominal time is one of its occurrences.
    pub fn names(&self, nominal: LocalTime) -> bool {
        let date = nominal.naive().date();
        let is_within = self.from.is_none_or(|from| date >= from.naive().date())
            && self.until.is_none_or(|until| date <= until.naive().date());
        is_within
            && match &self.zone {
                Some(zone) => self.cron.names(zone, nominal),
                None => self.cron.contains(nominal),
            }
    }
}

/// Whether a batch's occurrence is one that the campaign's file wants, now or at some other time.
pub(super) fn is_in_schedule(world: &World<'_>, campaign: &DesiredCampaign, i: usize) -> bool {
    has_occurrence(campaign, world.batch(i).key())
}

/// Whether a campaign's file wants this occurrence, now or at some other time.
pub(super) fn has_occurrence(campaign: &DesiredCampaign, key: OccurrenceKey) -> bool {
    if campaign.occurrences.iter().any(|occurrence| occurrence.key == key) {
        return true;
    }
    match (&campaign.schedule, key.as_nominal()) {
        (Some(schedule), Some(nominal)) => schedule.names(nominal),
        (None, _) | (Some(_), None) => false,
    }
}

/// Batches of a campaign's occurrences that its file does not name any more.
pub(super) fn unscheduled(world: &World<'_>, campaign: &DesiredCampaign) -> Vec<usize> {
    if campaign.presence != Presence::Active {
        return Vec::new();
    }
    (world.by_occurrence.iter())
        .filter(|((reference, _), _)| **reference == campaign.reference)
        .flat_map(|(_, batches)| batches.iter().copied())
        .filter(|i| world.counts_for(*i, campaign) && !is_in_schedule(world, campaign, *i))
        .collect()
}

/// Batches of other occurrences that block a wanted one: what it waits for, or why it is held.
pub(super) fn obstacles(
    world: &World<'_>,
    draft: &Draft<'_>,
    want: &Want<'_>,
    candidates: &[usize],
) -> Result<Vec<Wait>, Hold> {
    let mut waits = Vec::new();
    for i in candidates.iter().copied() {
        match (want.key().as_revision(), world.batch(i).key().as_revision()) {
            (Some(ours), Some(theirs)) if ours > theirs => {
                waits.extend(older_revision(world, want, i)?);
            }
            _ => waits.extend(unscheduled_obstacle(world, draft, want, i)?),
        }
    }
    Ok(waits)
}

fn older_revision(world: &World<'_>, want: &Want<'_>, i: usize) -> Result<Option<Wait>, Hold> {
    // A canceled batch is not being sent: no proof is needed to see that.
    if world.is_reported_canceled(i) {
        return Ok(None);
    }
    match world.role(i) {
        Role::Planned => Ok(Some(Wait {
            batch: i,
            why: WaitReason::OlderRevision,
        })),
        Role::Unsettled => Err(hold_messages::unknown_outcome(world, want, i)),
        Role::Begun if world.is_still_sending(i) => Err(hold_messages::older_revision(world, want, i)),
        Role::Begun | Role::Stopped | Role::Silent => Ok(None),
    }
}

fn unscheduled_obstacle(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>, i: usize) -> Result<Option<Wait>, Hold> {
    if !is_near(world, want, i) {
        return Ok(None);
    }
    let role = world.role(i);
    if role == Role::Silent || !world.batch(i).reference.slot.part.may_share(want.part()) {
        return Ok(None);
    }
    let own = predecessors(world, draft, want);
    if !puts_at_risk(world, want, i, &own) {
        return Ok(None);
    }
    match role {
        Role::Planned => Ok(Some(Wait {
            batch: i,
            why: WaitReason::Unscheduled,
        })),
        Role::Unsettled => Err(hold_messages::unknown_outcome(world, want, i)),
        Role::Begun | Role::Stopped if world.is_allowed(Rule::Duplicate, &want.reference) => Ok(None),
        Role::Begun | Role::Stopped => Err(hold_messages::possible_duplicate(world, want, i)),
        Role::Silent => Ok(None),
    }
}

/// The same nominal date, or nearer than half the schedule's smallest interval (at most `min_gap`), measured from
/// `opens` - also from the one before `if_passed` moved it - to that batch's whole span. Of an occurrence with several
/// groups every opening counts.
pub(super) fn is_near(world: &World<'_>, want: &Want<'_>, i: usize) -> bool {
    let theirs = world.batch(i);
    let schedule = want.campaign.schedule.as_deref();
    if let Some(nominal) = want.occurrence.nominal
        && nominal_of(world, schedule, i).is_some_and(|n| n.naive().date() == nominal.naive().date())
    {
        return true;
    }
    let limit = schedule.map_or(world.policy.min_gap, |schedule| {
        (schedule.smallest_interval / 2).min(world.policy.min_gap)
    });
    let openings = (want.occurrence.groups.iter())
        .flat_map(|group| [Some(group.windows.opens()), group.opens_before_move])
        .chain([Some(want.opens())])
        .flatten();
    let distance: Option<Duration> = openings
        .filter_map(|opens| distance_to_span(opens, theirs.windows))
        .min();
    distance.is_none_or(|distance| distance < limit)
}

/// The nominal time in a batch's name; for a former one-off the local time at which it opens.
fn nominal_of(world: &World<'_>, schedule: Option<&CronSchedule>, i: usize) -> Option<LocalTime> {
    let theirs = world.batch(i);
    (theirs.key().as_nominal()).or_else(|| Some(schedule?.zone.as_ref()?.local(theirs.opens()?)))
}
