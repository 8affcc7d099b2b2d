//! One occurrence of one group: whether a person gets it, and who got the parts of it that have begun.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{DesiredCampaign, DesiredGroup, GroupContent};
use crate::model::{CampaignRef, Diagnostic, Group, Instant, NumberSet, OccurrenceKey, Part, Windows};
use crate::plan::pressure::moment::Moment;
use crate::plan::world::World;

/// The recipients of one occurrence who share windows, or what has begun of an occurrence that the files no longer
/// declare.
pub(super) struct SkipTurn<'a> {
    pub(super) campaign: &'a DesiredCampaign,
    pub(super) key: OccurrenceKey,
    pub(super) group: Group,
    pub(super) opens: Instant,
    pub(super) moment: Moment,
    pub(super) list: usize,
    /// `None`: nothing is decided for it.
    pub(super) wanted: Option<&'a DesiredGroup>,
    /// Whether everybody in it gets it.
    pub(super) counts: bool,
    pub(super) begun: Vec<(Part, SentBefore)>,
}

/// Who got a part that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SentBefore {
    /// All of the list.
    Whole,
    /// Those whom the files give.
    AsDecided,
    /// Those of another list, which was read back.
    Read(usize),
}

/// Why somebody is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Why {
    pub(super) limit: usize,
    pub(super) instead: BTreeSet<CampaignRef>,
}

/// What somebody got of a part that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fixed {
    /// They got it.
    Got,
    /// They were left out of it, for this reason.
    LeftOut(Option<Why>),
    /// It was sent without them: they are new in the list, or somebody said so then.
    NotInIt,
}

/// What becomes of people in the same lists: the turns that they are left out of.
pub(super) type SkipVerdict = Vec<(usize, Why)>;

/// Who is left out of a turn, and how many for which reason.
#[derive(Default)]
pub(super) struct LeftOut {
    pub(super) people: NumberSet,
    pub(super) counts: BTreeMap<Why, u64>,
}

/// Who got a batch, where the files give its fingerprint.
pub(super) fn who_got(
    world: &World<'_>,
    (campaign, group, left_out): (&DesiredCampaign, &DesiredGroup, &NumberSet),
    i: usize,
    faults: &mut Vec<Diagnostic>,
) -> Option<SentBefore> {
    let batch = world.batch(i);
    let gives_it = |content: &GroupContent| {
        let totals = content.buckets.part(batch.reference.slot.part);
        let cut = Windows::new(batch.windows.to_vec()).ok();
        let windows = [Some(&group.windows), cut.as_ref()];
        windows
            .into_iter()
            .flatten()
            .any(|windows| campaign.settings.fingerprint(campaign.api, &totals, windows) == batch.reference.fingerprint)
    };
    if !left_out.is_empty() {
        match group.content.without.of(left_out) {
            Ok(Some(content)) if gives_it(&content) => return Some(SentBefore::AsDecided),
            Ok(content) => faults.extend(content.and_then(|content| content.buckets.fault().cloned())),
            Err(fault) => faults.push(fault),
        }
    }
    gives_it(&group.content).then_some(SentBefore::Whole)
}
