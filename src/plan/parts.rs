//! What the files want, batch by batch: each group divided into parts (`division`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{Diagnostic, Group, Instant, Msisdn, NumberSet, OccurrenceKey, Part, Reference, Slot, Windows};

use super::classify::Role;
use super::division::{PartsInUse, divide};
use super::pace::{Steps, paced};
use super::world::World;
use crate::desired::{DesiredCampaign, DesiredGroup, DesiredOccurrence, Presence, Totals};

/// One batch that the files want.
#[derive(Debug, Clone)]
pub(super) struct Want<'a> {
    pub campaign: &'a DesiredCampaign,
    pub occurrence: &'a DesiredOccurrence,
    pub group: &'a DesiredGroup,
    pub reference: Reference,
    pub totals: Totals,
    /// When it may be sent: those of the group, or with a pace what its step leaves of them.
    pub windows: Cow<'a, Windows>,
    /// With a pace.
    pub steps: Option<Steps>,
    /// Its pace does not fit the windows.
    pub unfit: Option<Rc<Diagnostic>>,
}

impl Want<'_> {
    pub(super) fn part(&self) -> Part {
        self.reference.slot.part
    }

    pub(super) fn key(&self) -> OccurrenceKey {
        self.occurrence.key
    }

    pub(super) fn opens(&self) -> Instant {
        self.windows.opens()
    }

    pub(super) fn closes(&self) -> Instant {
        self.windows.closes()
    }

    /// Whether this person would be in it.
    pub(super) fn holds(&self, number: Msisdn) -> bool {
        self.part().contains_bucket(Part::bucket(number)) && self.group.content.numbers.contains(number)
    }

    /// Who would be in it.
    pub(super) fn people(&self) -> impl Iterator<Item = Msisdn> + '_ {
        (self.group.content.numbers.iter()).filter(|number| self.part().contains_bucket(Part::bucket(*number)))
    }

    /// Whether one of these people would be in it.
    pub(super) fn shares_with(&self, people: &NumberSet) -> bool {
        people.iter().any(|number| self.holds(number))
    }
}

/// The parts of a group with what is in them.
type PartSums = Rc<Vec<(Part, Totals)>>;

/// A group that no batch can carry.
#[derive(Debug, Clone)]
pub(super) struct TooMany<'a> {
    pub campaign: &'a DesiredCampaign,
    pub key: OccurrenceKey,
    pub people: u64,
}

/// What is wrong with how groups are divided.
#[derive(Debug, Clone, Default)]
pub(super) struct Undivided<'a> {
    pub too_many: Vec<TooMany<'a>>,
    /// What is to be said of paces.
    pub paces: Vec<Diagnostic>,
}

/// Every batch that is wanted, in order of campaign, occurrence, group and part.
pub(super) fn wants<'a>(world: &World<'a>) -> (Vec<Want<'a>>, Undivided<'a>) {
    let mut wants = Vec::new();
    let mut undivided = Undivided::default();
    // Occurrences of one campaign usually share their content: 168 of them are summed once.
    let mut sums: BTreeMap<(usize, u64, u8, PartsInUse), Option<PartSums>> = BTreeMap::new();
    let active = world
        .desired
        .campaigns
        .iter()
        .filter(|c| c.presence == Presence::Active);
    for campaign in active {
        for occurrence in &campaign.occurrences {
            let mut in_use = parts_in_use(world, campaign, occurrence);
            let paced = paced(world, campaign, occurrence);
            let (mut steps_of_groups, told) = match paced {
                Some(paced) => (paced.steps.into_iter(), paced.told),
                None => (Vec::new().into_iter(), None),
            };
            let (faults, notes): (Vec<Diagnostic>, Vec<Diagnostic>) = told.into_iter().partition(Diagnostic::is_error);
            let unfit = faults.into_iter().next().map(Rc::new);
            undivided.paces.extend(notes);
            for group in &occurrence.groups {
                let buckets = &group.content.buckets;
                let limit = u64::from(campaign.max_recipients_per_batch.max(1));
                let in_use = in_use.remove(&group.group).unwrap_or_default();
                let steps = steps_of_groups.next();
                let least_bits = steps.map_or(0, Steps::bits);
                let content = Arc::as_ptr(&group.content) as usize;
                let parts = sums
                    .entry((content, limit, least_bits, in_use))
                    .or_insert_with_key(|(_, _, _, in_use)| {
                        let parts = divide(buckets, limit, least_bits, in_use)?;
                        Some(Rc::new(
                            parts.into_iter().map(|part| (part, buckets.part(part))).collect(),
                        ))
                    });
                let Some(parts) = parts else {
                    undivided.too_many.push(TooMany {
                        campaign,
                        key: occurrence.key,
                        people: buckets.total().recipients,
                    });
                    continue;
                };
                wants.extend(parts.iter().map(|(part, totals)| {
                    let windows = steps.map_or(Cow::Borrowed(&group.windows), |steps| {
                        Cow::Owned(steps.windows(&group.windows, *part))
                    });
                    let slot = slot(campaign, occurrence, group, *part);
                    Want {
                        campaign,
                        occurrence,
                        group,
                        reference: reference(world, campaign, slot, totals, &windows),
                        totals: totals.clone(),
                        windows,
                        steps,
                        unfit: unfit.clone(),
                    }
                }));
            }
        }
    }
    wants.sort_by(|a, b| a.reference.cmp(&b.reference));
    (wants, undivided)
}

fn slot(campaign: &DesiredCampaign, occurrence: &DesiredOccurrence, group: &DesiredGroup, part: Part) -> Slot {
    Slot {
        campaign: campaign.reference.clone(),
        occurrence: occurrence.key,
        group: group.group,
        part,
    }
}

fn reference(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    slot: Slot,
    totals: &Totals,
    windows: &Windows,
) -> Reference {
    Reference {
        namespace: world.policy.namespace.clone(),
        slot,
        fingerprint: (campaign.settings).fingerprint(campaign.api, totals, windows),
    }
}

/// The parts in use, by group.
fn parts_in_use(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
) -> BTreeMap<Group, PartsInUse> {
    let mut in_use: BTreeMap<Group, PartsInUse> = BTreeMap::new();
    let batches = world.of_occurrence(campaign, occurrence.key);
    let (canceled, uncanceled): (Vec<usize>, Vec<usize>) =
        batches.into_iter().partition(|i| world.is_reported_canceled(*i));
    for i in uncanceled {
        let (group, part) = world.batch(i).position();
        match world.role(i) {
            Role::Begun => in_use.entry(group).or_default().add_begun(part),
            Role::Planned | Role::Unsettled => in_use.entry(group).or_default().add_live(part),
            Role::Stopped | Role::Silent => {}
        }
    }
    let is_over = |group: &DesiredGroup| group.windows.closes() <= world.now;
    if occurrence.groups.iter().all(is_over) {
        return in_use;
    }
    // Canceled batches need a proof to be judged: look only where it can matter, where nothing live determines the
    // division.
    for i in canceled {
        let (group, part) = world.batch(i).position();
        let is_told = (in_use.get(&group)).is_some_and(|parts| parts.overlaps_live(part));
        if is_told {
            continue;
        }
        match world.role(i) {
            Role::Silent => {}
            Role::Begun => in_use.entry(group).or_default().add_begun(part),
            Role::Planned | Role::Unsettled => in_use.entry(group).or_default().add_live(part),
            Role::Stopped => in_use.entry(group).or_default().add_stopped(part),
        }
    }
    in_use
}
