//! Everything a decision looks at, indexed and in one order that does not depend on the input's: our batches and those
//! that the list has lost, by occurrence; who may be in them; which overrides are in force.
//!
//! What was not read counts as the worst it could be, and is noted, so that [`needs`](super::needs) asks for exactly
//! what the decision looked at.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::Rule;
use crate::model::{
    BatchId, CampaignRef, ExistingBatch, Group, Instant, NearMatch, OccurrenceKey, Part, ProviderName, Reference,
    ReportedState, Slot, Window,
};

use super::facts::{JournalFacts, KnownBatch, Need, Observed, UnknownCreate};
use super::part_index::PartIndex;
use super::policy::{Policy, ProviderFacts};
use crate::desired::{Desired, DesiredCampaign};

/// One batch at a provider, or one that should be there.
#[derive(Debug, Clone)]
pub(super) struct Existing<'a> {
    pub provider: &'a ProviderName,
    pub sandbox: bool,
    pub reference: &'a Reference,
    pub windows: &'a [Window],
    pub origin: KnownBy<'a>,
    /// Ours by its id alone: our journal knows it, whatever it shows as its reference.
    pub by_id: bool,
}

/// How we know of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum KnownBy<'a> {
    /// The list shows it.
    Listed(&'a ExistingBatch),
    /// Our journal knows it, and the list has lost it.
    Lost(&'a KnownBatch),
    /// We asked for it, and nobody knows the outcome.
    Unsettled(&'a UnknownCreate),
}

impl<'a> Existing<'a> {
    pub(super) fn id(&self) -> Option<&'a BatchId> {
        match self.origin {
            KnownBy::Listed(batch) => Some(&batch.id),
            KnownBy::Lost(known) => Some(&known.id),
            KnownBy::Unsettled(_) => None,
        }
    }

    pub(super) fn listed(&self) -> Option<&'a ExistingBatch> {
        match self.origin {
            KnownBy::Listed(batch) => Some(batch),
            KnownBy::Lost(_) | KnownBy::Unsettled(_) => None,
        }
    }

    pub(super) fn opens(&self) -> Option<Instant> {
        self.windows.first().map(|w| w.opens())
    }

    pub(super) fn closes(&self) -> Option<Instant> {
        self.windows.last().map(|w| w.closes())
    }

    pub(super) fn key(&self) -> OccurrenceKey {
        self.reference.slot.occurrence
    }

    pub(super) fn campaign(&self) -> &'a CampaignRef {
        &self.reference.slot.campaign
    }

    /// Group and part: its position in the occurrence.
    pub(super) fn position(&self) -> (Group, Part) {
        (self.reference.slot.group, self.reference.slot.part)
    }

    /// Which of two batches was there first: by creation and id where the provider shows them, else by place in its
    /// list.
    pub(super) fn age(&self) -> (&'a ProviderName, Option<Instant>, u64, Option<&'a BatchId>) {
        let (created, place) = match self.origin {
            KnownBy::Listed(batch) => (batch.created_at, batch.created_at.map_or(batch.position, |_| 0)),
            KnownBy::Lost(_) | KnownBy::Unsettled(_) => (None, u64::MAX),
        };
        (self.provider, created, place, self.id())
    }
}

/// All that the journal says of our cancels of one batch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CancelFacts {
    /// By `stop`, before or after another of ours: still a brake.
    pub by_stop: bool,
    pub answered_at: Option<Instant>,
    pub proved_silent: bool,
}

/// Why something must be read; lower reasons are read first, because they may make the others needless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// What a batch is for the decision.
    Role,
    /// Who shares people with whom.
    Sharing,
    /// Who in a held batch is suppressed, and how many would be silenced.
    Suppression,
    /// How many people a batch had that is replaced or canceled.
    Headcount,
    /// Who of them is no longer wanted, when they are suspiciously many.
    Shrinkage,
}

pub(super) struct World<'a> {
    pub desired: &'a Desired,
    pub journal: &'a JournalFacts,
    pub policy: &'a Policy,
    pub now: Instant,
    /// Ours and, for renames, other namespaces' batches of the same grammar; test sends left out.
    pub batches: Vec<Existing<'a>>,
    /// Ours, by campaign and occurrence.
    pub by_occurrence: BTreeMap<(&'a CampaignRef, OccurrenceKey), Vec<usize>>,
    /// Ours, by slot.
    pub(super) by_slot: BTreeMap<&'a Slot, Vec<usize>>,
    /// Ours, by occurrence and part.
    pub(super) by_part: BTreeMap<(&'a CampaignRef, OccurrenceKey), PartIndex>,
    /// Batches of nobody's grammar or of other namespaces.
    pub foreign: u64,
    /// Batches whose reference is almost one of ours.
    pub nears: Vec<(&'a ExistingBatch, NearMatch)>,
    pub(super) campaigns: BTreeMap<&'a CampaignRef, &'a DesiredCampaign>,
    pub(super) cancels: BTreeMap<(&'a ProviderName, &'a BatchId), CancelFacts>,
    pub(super) asked: RefCell<BTreeSet<(Urgency, Need)>>,
    pub(super) used: RefCell<BTreeSet<usize>>,
    pub(super) used_in_files: RefCell<BTreeSet<(CampaignRef, Rule)>>,
    pub(super) urgency: Cell<Urgency>,
}

impl<'a> World<'a> {
    /// An instant in the words of a message.
    pub(super) fn spell(&self, instant: Instant) -> String {
        self.policy.instants.spell(instant)
    }

    pub(super) fn new(
        desired: &'a Desired,
        observed: &'a Observed,
        journal: &'a JournalFacts,
        now: Instant,
        policy: &'a Policy,
    ) -> Self {
        let batches = all_batches(observed, journal, now);
        let is_ours = |batch: &Existing<'_>| batch.reference.namespace == policy.namespace;
        let mut by_occurrence: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut by_slot: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut by_part: BTreeMap<_, PartIndex> = BTreeMap::new();
        for (i, batch) in batches.iter().enumerate().filter(|(_, batch)| is_ours(batch)) {
            by_slot.entry(&batch.reference.slot).or_default().push(i);
            (by_part.entry((batch.campaign(), batch.key())).or_default()).insert(batch.reference.slot.part, i);
            by_occurrence
                .entry((batch.campaign(), batch.key()))
                .or_default()
                .push(i);
        }
        let nears = nears(observed, journal, policy);
        let not_foreign: BTreeSet<(&ProviderName, &BatchId)> = (nears.iter().map(|(batch, _)| *batch))
            .map(|batch| (&batch.provider, &batch.id))
            .chain(
                batches
                    .iter()
                    .filter(|batch| batch.by_id)
                    .filter_map(|batch| Some((batch.provider, batch.id()?))),
            )
            .collect();
        let foreign = (observed.batches.iter())
            .filter(|batch| (batch.reference.as_ref()).is_none_or(|reference| reference.namespace != policy.namespace))
            .filter(|batch| !not_foreign.contains(&(&batch.provider, &batch.id)));
        Self {
            desired,
            journal,
            policy,
            now,
            by_occurrence,
            by_slot,
            by_part,
            foreign: u64::try_from(foreign.count()).unwrap_or(u64::MAX),
            nears,
            campaigns: desired.campaigns.iter().map(|c| (&c.reference, c)).collect(),
            cancels: all_cancels(journal),
            batches,
            asked: RefCell::default(),
            used: RefCell::default(),
            used_in_files: RefCell::default(),
            urgency: Cell::new(Urgency::Sharing),
        }
    }

    pub(super) fn batch(&self, i: usize) -> &Existing<'a> {
        #[expect(clippy::indexing_slicing, reason = "indices are made from this vector alone")]
        &self.batches[i]
    }

    pub(super) fn campaign(&self, reference: &CampaignRef) -> Option<&'a DesiredCampaign> {
        self.campaigns.get(reference).copied()
    }

    pub(super) fn facts(&self, provider: &ProviderName) -> Option<&'a ProviderFacts> {
        self.policy.providers.get(provider)
    }

    pub(super) fn cancel_of(&self, batch: &Existing<'a>) -> Option<&CancelFacts> {
        self.cancels.get(&(batch.provider, batch.id()?))
    }

    /// Whether a batch is ours: our namespace, and not a test send.
    pub(super) fn is_ours(&self, i: usize) -> bool {
        self.batch(i).reference.namespace == self.policy.namespace
    }

    /// Sandbox batches count only for campaigns on the sandbox: whatever "sent" there reached nobody.
    pub(super) fn counts_for(&self, i: usize, campaign: &DesiredCampaign) -> bool {
        campaign.sandbox || !self.batch(i).sandbox
    }

    /// Our batches of an occurrence that count for its campaign.
    pub(super) fn of_occurrence(&self, campaign: &DesiredCampaign, key: OccurrenceKey) -> Vec<usize> {
        let all = self.by_occurrence.get(&(&campaign.reference, key));
        all.into_iter()
            .flatten()
            .copied()
            .filter(|i| self.counts_for(*i, campaign))
            .collect()
    }

    /// Our batches of a slot that count for its campaign.
    pub(super) fn of_slot(&self, campaign: &DesiredCampaign, slot: &Slot) -> Vec<usize> {
        let all = self.by_slot.get(slot).into_iter().flatten().copied();
        all.filter(|i| self.counts_for(*i, campaign)).collect()
    }

    /// Our batches of an occurrence that can hold the same people as this slot, and count: its own, and
    /// those of other slots that `may_share` lets through.
    pub(super) fn neighbors(
        &self,
        campaign: &DesiredCampaign,
        slot: &Slot,
        may_share: impl Fn(&Slot) -> bool,
    ) -> Vec<usize> {
        let all = self.by_part.get(&(&slot.campaign, slot.occurrence));
        let elsewhere = (all.into_iter())
            .flat_map(|index| index.overlapping(slot.part))
            .filter(|i| self.batch(*i).reference.slot != *slot)
            .filter(|i| may_share(&self.batch(*i).reference.slot) && self.counts_for(*i, campaign));
        let mut neighbors = self.of_slot(campaign, slot);
        neighbors.extend(elsewhere);
        neighbors.sort_unstable();
        neighbors
    }

    /// Whether the provider lists it as canceled: only then does its role depend on a proof.
    pub(super) fn is_reported_canceled(&self, i: usize) -> bool {
        (self.batch(i).listed()).is_some_and(|batch| batch.state == ReportedState::Canceled)
    }
}

fn all_cancels(journal: &JournalFacts) -> BTreeMap<(&ProviderName, &BatchId), CancelFacts> {
    let mut all: BTreeMap<_, CancelFacts> = BTreeMap::new();
    for cancel in &journal.cancels {
        let facts = all.entry((&cancel.provider, &cancel.id)).or_default();
        facts.by_stop |= cancel.by_stop;
        facts.proved_silent |= cancel.proved_silent;
        facts.answered_at = [facts.answered_at, cancel.answered_at].into_iter().flatten().min();
    }
    all
}

/// Batches that our journal knows to be ours, by id.
fn known_by_id(journal: &JournalFacts) -> BTreeMap<(&ProviderName, &BatchId), &KnownBatch> {
    (journal.known.iter())
        .map(|known| ((&known.provider, &known.id), known))
        .collect()
}

/// What a listed batch is: by its reference, or by its id where that shows nothing of ours, or another batch's. A batch
/// that was changed in place keeps its slot: then the list is the newer word.
fn reference_of<'a>(
    batch: &'a ExistingBatch,
    known: &BTreeMap<(&ProviderName, &BatchId), &'a KnownBatch>,
) -> Option<(&'a Reference, bool)> {
    let ours = known.get(&(&batch.provider, &batch.id)).map(|known| &known.reference);
    match (&batch.reference, ours) {
        (Some(shown), None) => Some((shown, false)),
        (Some(shown), Some(ours)) if (&shown.namespace, &shown.slot) == (&ours.namespace, &ours.slot) => {
            Some((shown, false))
        }
        (_, Some(ours)) => Some((ours, true)),
        (None, None) => None,
    }
}

/// Batches that are not ours by reference or id, and whose reference is almost one of ours.
fn nears<'a>(observed: &'a Observed, journal: &JournalFacts, policy: &Policy) -> Vec<(&'a ExistingBatch, NearMatch)> {
    let known = known_by_id(journal);
    (observed.batches.iter())
        .filter(|batch| batch.reference.is_none() && !known.contains_key(&(&batch.provider, &batch.id)))
        // What came in is nobody's batch.
        .filter(|batch| batch.state != ReportedState::Unknown(201))
        .filter_map(|batch| {
            Some((
                batch,
                NearMatch::of(batch.reference_text.as_deref()?, &policy.namespace)?,
            ))
        })
        .collect()
}

/// Listed, lost and unsettled batches whose text is a reference, test sends left out, in canonical order.
fn all_batches<'a>(observed: &'a Observed, journal: &'a JournalFacts, now: Instant) -> Vec<Existing<'a>> {
    let listed_ids: BTreeSet<_> = observed.batches.iter().map(|b| (&b.provider, &b.id)).collect();
    let listed_references: BTreeSet<_> = (observed.batches.iter())
        .filter_map(|b| b.reference.as_ref().map(|reference| (&b.provider, reference)))
        .collect();
    let known = known_by_id(journal);
    let listed = observed.batches.iter().filter_map(|batch| {
        let (reference, by_id) = reference_of(batch, &known)?;
        Some(Existing {
            provider: &batch.provider,
            sandbox: batch.sandbox,
            reference,
            windows: &batch.windows,
            origin: KnownBy::Listed(batch),
            by_id,
        })
    });
    let lost = (journal.known.iter())
        .filter(|known| !listed_ids.contains(&(&known.provider, &known.id)))
        .map(|known| Existing {
            provider: &known.provider,
            sandbox: known.sandbox,
            reference: &known.reference,
            windows: &known.windows,
            origin: KnownBy::Lost(known),
            by_id: false,
        });
    let unsettled = (journal.unknown.iter())
        .filter(|create| now < create.hold_until)
        .filter(|create| create.found_late || !listed_references.contains(&(&create.provider, &create.reference)))
        .map(|create| Existing {
            provider: &create.provider,
            sandbox: create.sandbox,
            reference: &create.reference,
            windows: &create.windows,
            origin: KnownBy::Unsettled(create),
            by_id: false,
        });
    let mut batches: Vec<Existing<'a>> = listed
        .chain(lost)
        .chain(unsettled)
        .filter(|batch| batch.reference.slot.group != Group::Test)
        .collect();
    batches.sort_by(|a, b| a.age().cmp(&b.age()).then_with(|| a.reference.cmp(b.reference)));
    batches
}
