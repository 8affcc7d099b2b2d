//! What the files want, batch by batch: each group cut into n parts, n a power of two. The smallest n that keeps every
//! part within the provider's limit, but an n already in use is kept while it fits; of several, the largest that fits.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{Group, Instant, Msisdn, Mutant, NumberSet, OccurrenceKey, Part, Reference, Slot, mutant};

use super::classify::Role;
use super::world::World;
use crate::desired::{DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, Presence, Totals};

/// One batch that the files want.
#[derive(Debug, Clone)]
pub(super) struct Want<'a> {
    pub campaign: &'a DesiredCampaign,
    pub occurrence: &'a DesiredOccurrence,
    pub group: &'a DesiredGroup,
    pub reference: Reference,
    pub totals: Totals,
}

impl Want<'_> {
    pub fn part(&self) -> Part {
        self.reference.slot.part
    }

    pub fn key(&self) -> OccurrenceKey {
        self.occurrence.key
    }

    pub fn opens(&self) -> Instant {
        self.group.windows.opens()
    }

    pub fn closes(&self) -> Instant {
        self.group.windows.closes()
    }

    /// Whether this person would be in it.
    pub fn holds(&self, number: Msisdn) -> bool {
        self.part().contains_bucket(Part::bucket(number)) && self.group.content.numbers.contains(number)
    }

    /// Who would be in it.
    pub fn people(&self) -> impl Iterator<Item = Msisdn> + '_ {
        (self.group.content.numbers.iter()).filter(|number| self.part().contains_bucket(Part::bucket(*number)))
    }

    /// Whether one of these people would be in it.
    pub fn shares_with(&self, people: &NumberSet) -> bool {
        people.iter().any(|number| self.holds(number))
    }
}

/// The parts of a group with what is in them.
type Sums = Rc<Vec<(Part, Totals)>>;

/// A group that no batch can carry.
#[derive(Debug, Clone)]
pub(super) struct TooMany<'a> {
    pub campaign: &'a DesiredCampaign,
    pub key: OccurrenceKey,
    pub people: u64,
}

/// Every batch that is wanted, in order of campaign, occurrence, group and part.
pub(super) fn wants<'a>(world: &World<'a>) -> (Vec<Want<'a>>, Vec<TooMany<'a>>) {
    let mut wants = Vec::new();
    let mut too_many = Vec::new();
    // Occurrences of one campaign usually share their content: 168 of them are summed once.
    let mut sums: BTreeMap<(usize, u8), Sums> = BTreeMap::new();
    let active = world
        .desired
        .campaigns
        .iter()
        .filter(|c| c.presence == Presence::Active);
    for campaign in active {
        for occurrence in &campaign.occurrences {
            let in_use = bits_in_use(world, campaign, occurrence);
            for group in &occurrence.groups {
                let Some(bits) = bits_of(campaign, &group.content, in_use.get(&group.group)) else {
                    too_many.push(TooMany {
                        campaign,
                        key: occurrence.key,
                        people: group.content.buckets.total().recipients,
                    });
                    continue;
                };
                let parts = sums
                    .entry((Arc::as_ptr(&group.content) as usize, bits))
                    .or_insert_with(|| Rc::new(group.content.buckets.parts(bits)));
                wants.extend(parts.iter().map(|(part, totals)| Want {
                    campaign,
                    occurrence,
                    group,
                    reference: reference(world, campaign, occurrence, group, *part, totals),
                    totals: totals.clone(),
                }));
            }
        }
    }
    wants.sort_by(|a, b| a.reference.cmp(&b.reference));
    (wants, too_many)
}

fn reference(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    group: &DesiredGroup,
    part: Part,
    totals: &Totals,
) -> Reference {
    Reference {
        namespace: world.policy.namespace.clone(),
        slot: Slot {
            campaign: campaign.reference.clone(),
            occurrence: occurrence.key,
            group: group.group,
            part,
        },
        fingerprint: (campaign.settings).fingerprint(campaign.api, totals, &group.windows),
    }
}

fn bits_of(campaign: &DesiredCampaign, content: &GroupContent, in_use: Option<&BTreeSet<u8>>) -> Option<u8> {
    let limit = u64::from(campaign.max_recipients_per_batch.max(1));
    let kept = (in_use.into_iter().flatten().rev())
        .copied()
        .find(|bits| content.buckets.largest_part(*bits) <= limit);
    kept.or_else(|| content.buckets.smallest_bits(limit))
}

/// log2 of every n in use, by group: of what is live, else of what was stopped.
fn bits_in_use(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
) -> BTreeMap<Group, BTreeSet<u8>> {
    let mut in_use: BTreeMap<Group, BTreeSet<u8>> = BTreeMap::new();
    if mutant(Mutant::PartsInUseForgotten) {
        return in_use;
    }
    let batches = world.of_occurrence(campaign, occurrence.key);
    let (canceled, uncanceled): (Vec<usize>, Vec<usize>) =
        batches.into_iter().partition(|i| world.is_reported_canceled(*i));
    for i in uncanceled {
        if world.role(i).is_live() {
            let (group, part) = world.batch(i).seat();
            in_use.entry(group).or_default().insert(part.bits());
        }
    }
    if occurrence
        .groups
        .iter()
        .all(|group| group.windows.closes() <= world.now)
    {
        return in_use;
    }
    // Canceled batches need a proof to be judged: look only where it can matter, and nothing else tells n.
    let told: BTreeSet<Group> = in_use.keys().copied().collect();
    for i in canceled {
        let (group, part) = world.batch(i).seat();
        if !told.contains(&group) && world.role(i) != Role::Silent {
            in_use.entry(group).or_default().insert(part.bits());
        }
    }
    in_use
}
