//! Who is left out by the files alone: for commands that ask no provider.
//!
//! Everything that the files declare counts as sent, past occurrences too. Only a provider knows better.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::facts::{JournalFacts, Observed};
use super::super::policy::Policy;
use super::super::world::World;
use super::skip::{Round, Skipped, Wanted};
use crate::campaign::Guards;
use crate::desired::{Desired, DesiredCampaign, GroupContent};
use crate::model::{CampaignRef, Diagnostic, Group, Instant, Namespace, OccurrenceKey};

/// What the files want, with everybody left out whom `on_pressure: skip` leaves out.
///
/// `is_near` says which occurrences a plan made at `now` knows. Those are decided among themselves, as the plan decides
/// them; the others after them, together with all.
pub fn without_skipped(
    desired: &Desired,
    (namespace, guards): (&Namespace, &Guards),
    now: Instant,
    is_near: &dyn Fn(&CampaignRef, OccurrenceKey) -> bool,
) -> Result<Desired, Vec<Diagnostic>> {
    let policy = Policy {
        guards: guards.clone(),
        ..Policy::new(namespace.clone())
    };
    let near = Desired {
        campaigns: desired
            .campaigns
            .iter()
            .map(|campaign| cut(campaign, is_near))
            .collect(),
        unread: desired.unread.clone(),
    };
    let decided = decided(&near, now, &policy)?;
    let count = |desired: &Desired| -> usize { desired.campaigns.iter().map(|one| one.occurrences.len()).sum() };
    if count(&near) == count(desired) {
        return Ok(decided);
    }
    let known: BTreeMap<_, _> = contents(&decided).collect();
    let mut all = self::decided(desired, now, &policy)?;
    for campaign in &mut all.campaigns {
        for occurrence in &mut campaign.occurrences {
            for group in &mut occurrence.groups {
                if let Some(content) = known.get(&(&campaign.reference, occurrence.key, group.group)) {
                    group.content = Arc::clone(content);
                }
            }
        }
    }
    Ok(all)
}

fn decided(desired: &Desired, now: Instant, policy: &Policy) -> Result<Desired, Vec<Diagnostic>> {
    let (observed, journal) = (Observed::default(), JournalFacts::default());
    let world = World::new(desired, &observed, &journal, now, policy);
    let mut wanted = Wanted {
        desired: Cow::Borrowed(desired),
        skipped: Skipped::new(),
        needs: Vec::new(),
        faults: Vec::new(),
    };
    for sandbox in [false, true] {
        let mut round = Round::by_files(&world, sandbox);
        if round.can_exceed() {
            round.decide(&mut wanted);
        }
    }
    match wanted.faults {
        faults if faults.is_empty() => Ok(wanted.desired.into_owned()),
        faults => Err(faults),
    }
}

fn cut(campaign: &DesiredCampaign, is_near: &dyn Fn(&CampaignRef, OccurrenceKey) -> bool) -> DesiredCampaign {
    let occurrences = campaign.occurrences.iter();
    let near = occurrences.filter(|occurrence| is_near(&campaign.reference, occurrence.key));
    DesiredCampaign {
        occurrences: near.cloned().collect(),
        ..campaign.clone()
    }
}

type FiledContent<'a> = ((&'a CampaignRef, OccurrenceKey, Group), &'a Arc<GroupContent>);

fn contents(desired: &Desired) -> impl Iterator<Item = FiledContent<'_>> {
    desired.campaigns.iter().flat_map(|campaign| {
        campaign.occurrences.iter().flat_map(move |occurrence| {
            let groups = occurrence.groups.iter();
            groups.map(move |group| ((&campaign.reference, occurrence.key, group.group), &group.content))
        })
    })
}
