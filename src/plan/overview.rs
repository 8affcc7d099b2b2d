//! Writes a decision as a plan: operations, and everything that is kept, held, later or over, in an order that does
//! not depend on the input's.

use std::collections::BTreeMap;

use super::classify::Role;
use super::draft::{Disposition, Draft, Hold, Status};
use super::held::{HeldContent, HeldItem};
use super::operation::Operation;
use super::parts::Want;
use super::people::{people, sent, withheld};
use super::plan::{CampaignPace, CampaignSummary, KeptItem, LaterItem, Plan};
use super::pressure::Skipped;
use super::remarks::{drifted, forgotten, overrides};
use super::table::apply_from;
use super::world::World;
use super::write::{apply_by, operations};
use super::{digest, first_contact, scope, shrink, unread};
use crate::campaign::Rule;
use crate::desired::{DesiredCampaign, DesiredOccurrence, UcsCause};
use crate::model::{CampaignRef, Diagnostic, Estimate, OccurrenceKey, ProviderName, Reference};

/// The plan of a decision.
pub(super) fn plan(world: &World<'_>, mut draft: Draft<'_>, skipped: &Skipped) -> Plan {
    let policy = world.policy;
    let operations = operations(world, &draft);
    let mut diagnostics = std::mem::take(&mut draft.diagnostics);
    diagnostics.extend(drifted(world, &draft));
    diagnostics.extend(forgotten(world, &draft));
    let recognized = first_contact::recognized(world, &draft.wants);
    let (overrides_used, unneeded) = overrides(world);
    diagnostics.extend(unneeded);
    let later = later(world, &draft);
    Plan {
        namespace: policy.namespace.clone(),
        now: world.now,
        complete: true,
        offline: policy.offline,
        partial: policy.selected.is_some(),
        held: held(world, &draft),
        kept: kept(world, &draft),
        next_apply_by: later.iter().map(|item| item.apply_by).min(),
        later,
        foreign: world.foreign,
        history: history(world),
        campaigns: campaigns(world, &draft, &operations, skipped),
        digest: digest::of_plan(policy, &operations),
        people: people(&draft, &sent(&operations)),
        held_people: people(&draft, &withheld(&draft)),
        operations,
        recognized,
        alarms: draft.alarms,
        guards: draft.guards,
        price_lines: draft.price_lines,
        overrides_used,
        diagnostics,
    }
}

/// The plan where lists of batches or of people cannot be judged: nothing, and why.
pub(super) fn nothing(world: &World<'_>, faults: Vec<Diagnostic>) -> Plan {
    Plan {
        namespace: world.policy.namespace.clone(),
        now: world.now,
        complete: false,
        offline: world.policy.offline,
        partial: world.policy.selected.is_some(),
        operations: Vec::new(),
        held: Vec::new(),
        kept: Vec::new(),
        later: Vec::new(),
        foreign: world.foreign,
        history: 0,
        campaigns: Vec::new(),
        alarms: Vec::new(),
        guards: Vec::new(),
        price_lines: Vec::new(),
        overrides_used: Vec::new(),
        recognized: Vec::new(),
        diagnostics: faults,
        next_apply_by: None,
        people: 0,
        held_people: 0,
        digest: digest::of_plan(world.policy, &[]),
    }
}

fn held(world: &World<'_>, draft: &Draft<'_>) -> Vec<HeldItem> {
    let wanted = draft.each().filter_map(|(_, want, status)| match status {
        Status::Held(hold) => Some(HeldItem {
            is_wanted: world.is_selected(&want.campaign.reference),
            sends: true,
            content: HeldContent {
                recipients: Some(want.totals.recipients),
                segments: Some(want.totals.segments),
                estimate: want.totals.estimate.clone(),
                windows: want.group.windows.as_slice().to_vec(),
            },
            ..item(
                world,
                hold,
                &want.campaign.provider,
                &want.reference,
                scope::scope(want),
            )
        }),
        Status::Keep { .. }
        | Status::Create { .. }
        | Status::Replace(_)
        | Status::Later { .. }
        | Status::Passed { .. }
        | Status::Done
        | Status::Narrowed => None,
    });
    let batches = draft.batch_holds.iter().map(|(i, hold)| {
        let theirs = world.batch(*i);
        let scope = scope::occurrence_scope(theirs.campaign().as_str(), theirs.key());
        HeldItem {
            content: HeldContent {
                recipients: world.headcount(*i),
                windows: theirs.windows.to_vec(),
                ..HeldContent::default()
            },
            ..item(world, hold, theirs.provider, theirs.reference, scope)
        }
    });
    let mut items: Vec<HeldItem> = wanted.chain(batches).chain(unread::held(world)).collect();
    items.sort_by(|a, b| (&a.reference, &a.batch_id, a.reason).cmp(&(&b.reference, &b.batch_id, b.reason)));
    items
}

fn item(world: &World<'_>, hold: &Hold, provider: &ProviderName, reference: &Reference, scope: String) -> HeldItem {
    HeldItem {
        provider: provider.clone(),
        reference: reference.clone(),
        batch_id: hold.batch.and_then(|i| world.batch(i).id().cloned()),
        reason: hold.reason,
        message: hold.message.clone(),
        allow: hold.allow.map(|rule| match rule {
            Rule::Adopt => (rule, world.policy.namespace.to_string()),
            _ => (rule, hold.scope.clone().unwrap_or(scope)),
        }),
        needs_person: hold.needs_person,
        is_wanted: false,
        sends: false,
        content: HeldContent::default(),
    }
}

/// Batches that stay: those that are as wanted, and those that are not judged because their file is unreadable or their
/// time is beyond the horizon.
fn kept(world: &World<'_>, draft: &Draft<'_>) -> Vec<KeptItem> {
    let wanted: BTreeMap<usize, u64> = (draft.each())
        .filter_map(|(_, want, status)| match status {
            Status::Keep { batch, .. } => Some((*batch, want.totals.recipients)),
            _ => None,
        })
        .collect();
    let mut items: Vec<KeptItem> = (draft.dispositions.iter())
        .filter(|(i, disposition)| match disposition {
            Disposition::Kept => true,
            Disposition::Stay => is_unjudged(world, draft, **i),
            Disposition::Cancel(_) | Disposition::Replaced(_) => false,
        })
        .filter_map(|(i, _)| {
            let theirs = world.batch(*i);
            Some(KeptItem {
                provider: theirs.provider.clone(),
                reference: theirs.reference.clone(),
                batch_id: theirs.id()?.clone(),
                opens: theirs.opens(),
                recipients: wanted.get(i).copied(),
            })
        })
        .collect();
    items.sort_by(|a, b| (&a.reference, &a.provider, &a.batch_id).cmp(&(&b.reference, &b.provider, &b.batch_id)));
    items
}

/// Stays, and no hold of a wanted batch or of its own says why.
fn is_unjudged(world: &World<'_>, draft: &Draft<'_>, i: usize) -> bool {
    let theirs = world.batch(i);
    world.is_selected(theirs.campaign())
        && !draft.batch_holds.contains_key(&i)
        && !draft.removals.contains_key(&i)
        && draft.wants_of(theirs.campaign(), theirs.key()).next().is_none()
}

fn later(world: &World<'_>, draft: &Draft<'_>) -> Vec<LaterItem> {
    (draft.each())
        .filter(|(_, _, status)| matches!(status, Status::Later { .. }))
        .map(|(_, want, _)| LaterItem {
            provider: want.campaign.provider.clone(),
            reference: want.reference.clone(),
            opens: want.opens(),
            apply_from: apply_from(world, want),
            apply_by: apply_by(world, want),
            recipients: want.totals.recipients,
        })
        .collect()
}

/// Ours that are over or silent: neither planned nor going out.
fn history(world: &World<'_>) -> u64 {
    let is_over = |i: &&usize| {
        world.batch(**i).listed().is_some()
            && (world.is_reported_canceled(**i) || (world.role(**i) == Role::Begun && !world.is_still_sending(**i)))
    };
    let over = world.by_occurrence.values().flatten().filter(is_over);
    u64::try_from(over.count()).unwrap_or(u64::MAX)
}

fn campaigns(
    world: &World<'_>,
    draft: &Draft<'_>,
    operations: &[Operation],
    skipped: &Skipped,
) -> Vec<CampaignSummary> {
    let before = shrink::before(world, draft);
    let mut per_occurrence: BTreeMap<(&CampaignRef, OccurrenceKey), u64> = BTreeMap::new();
    for operation in operations {
        *per_occurrence
            .entry((operation.campaign(), operation.occurrence()))
            .or_default() += 1;
    }
    let mut wants_of: BTreeMap<(&CampaignRef, OccurrenceKey), Vec<usize>> = BTreeMap::new();
    for (w, want) in draft.wants.iter().enumerate() {
        wants_of
            .entry((&want.campaign.reference, want.key()))
            .or_default()
            .push(w);
    }
    let mut summaries = Vec::new();
    for campaign in &world.desired.campaigns {
        for occurrence in &campaign.occurrences {
            let name = (&campaign.reference, occurrence.key);
            let skips = skipped.get(&(campaign.reference.clone(), occurrence.key)).cloned();
            let wants = wants_of.get(&name);
            // Of one that leaves everybody out there is no batch, and it must not vanish.
            if wants.is_none() && skips.is_none() {
                continue;
            }
            let (wants, skips) = (wants.map_or(&[][..], Vec::as_slice), skips.unwrap_or_default());
            let is_done = |w: &usize| matches!(draft.status(*w), Status::Done);
            summaries.push(CampaignSummary {
                recipients_before: before.get(&name).and_then(|before| before.people),
                skipped: skips.counts,
                left_out: skips.people,
                pace: pace_of(wants.iter().map(|w| draft.want(*w))),
                operations: per_occurrence.get(&name).copied().unwrap_or(0),
                finished: !wants.is_empty() && wants.iter().all(is_done),
                ..summary(campaign, occurrence, wants.iter().map(|w| draft.want(*w)))
            });
        }
    }
    summaries.sort_by(|a, b| (&a.campaign, a.occurrence).cmp(&(&b.campaign, b.occurrence)));
    summaries
}

/// Of the group that has the most steps, and of the one that opens last.
fn pace_of<'a>(wants: impl Iterator<Item = &'a Want<'a>>) -> Option<CampaignPace> {
    let paced = wants.filter_map(|want| {
        let (pace, steps) = want.campaign.pace.zip(want.steps)?;
        Some(CampaignPace {
            pace,
            steps: steps.count(),
            last_opens: steps.last_opens(&want.group.windows),
        })
    });
    paced.reduce(|one, other| CampaignPace {
        pace: one.pace,
        steps: one.steps.max(other.steps),
        last_opens: one.last_opens.max(other.last_opens),
    })
}

fn summary<'a>(
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    wants: impl Iterator<Item = &'a Want<'a>>,
) -> CampaignSummary {
    let (mut recipients, mut segments, mut estimate) = (0_u64, 0_u64, Estimate::default());
    for want in wants {
        recipients += want.totals.recipients;
        segments += want.totals.segments;
        estimate.merge(&want.totals.estimate);
    }
    let mut segments_per_message: BTreeMap<u32, u64> = BTreeMap::new();
    let mut ucs2_causes: Vec<UcsCause> = Vec::new();
    let mut ucs2_together: Option<(u64, Estimate)> = None;
    for group in &occurrence.groups {
        for (segments, messages) in &group.content.segments_per_message {
            *segments_per_message.entry(*segments).or_default() += messages;
        }
        if let Some((segments, saves)) = &group.content.ucs2_together {
            let sum = ucs2_together.get_or_insert_with(|| (0, Estimate::default()));
            sum.0 += segments;
            sum.1.merge(saves);
        }
        for cause in &group.content.ucs2_causes {
            match ucs2_causes.iter_mut().find(|known| known.character == cause.character) {
                Some(known) => {
                    known.messages += cause.messages;
                    known.extra_segments += cause.extra_segments;
                    known.saves.merge(&cause.saves);
                }
                None => ucs2_causes.push(cause.clone()),
            }
        }
    }
    ucs2_causes.sort_by_key(|cause| (std::cmp::Reverse(cause.extra_segments), cause.character));
    CampaignSummary {
        campaign: campaign.reference.clone(),
        occurrence: occurrence.key,
        file: campaign.file.clone(),
        provider: campaign.provider.clone(),
        sender: campaign.settings.sender.to_string(),
        templates: campaign.templates.clone(),
        timezone: campaign.timezone.clone(),
        operations: 0,
        finished: false,
        recipients,
        recipients_before: None,
        skipped: Vec::new(),
        left_out: BTreeMap::new(),
        pace: None,
        filtered: campaign.filtered,
        suppressed: campaign.suppressed,
        duplicates: campaign.duplicates,
        invalid: campaign.invalid,
        segments,
        segments_per_message,
        ucs2_causes,
        ucs2_together,
        estimate,
    }
}
