//! The decision, step by step, each on the result of the steps before: parts, repair, rows, other slots, pause, guards,
//! suppressed numbers. A refusal spreads to whatever depends on it (`spread`), until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::planned;
use super::draft::{Cancellation, Disposition, Draft, Status, WaitReason};
use super::operation::Reason;
use super::parts::{Undivided, Want, wants};
use super::table::judge;
use super::world::World;
use super::{
    edited, first_contact, guards, hold_messages, membership, occurrence_guards, opt_outs, orphans, other_account,
    pressure, refusals, renamed, repair, sharing, shrink, silence, suppressed, unpriced, unreadable, watched,
};
use crate::campaign::Rule;

/// Everything decided, not yet written down.
pub(super) fn verdict<'a>(world: &World<'a>) -> Draft<'a> {
    let (wants, undivided) = wants(world);
    let wanted = (wants.iter().enumerate())
        .map(|(w, want)| (want.reference.slot.clone(), w))
        .collect();
    let mut draft = Draft {
        wants,
        wanted,
        ..Draft::default()
    };
    let strangers = first_contact::strangers(world, &draft.wants);
    if !strangers.is_empty() {
        round(world, &mut draft, &undivided);
        first_contact::refuse(world, &mut draft, &strangers);
        return draft;
    }
    let repairs = repair::repairs(world, &draft);
    let mut silenced = BTreeMap::new();
    // Suppressions and mutual gains are found at the end and change the beginning. Each round adds at least one of
    // finitely many; in practice there are one or two.
    loop {
        draft.cleared = repairs.clone();
        draft.cleared.extend(silenced.clone());
        round(world, &mut draft, &undivided);
        let more = suppressed::farewells(world, &mut draft);
        let gains = mutual_gains(&draft);
        let is_news = more.keys().any(|i| !silenced.contains_key(i)) || !gains.is_empty();
        silenced.extend(more);
        draft.not_in_place.extend(gains);
        if !is_news {
            break;
        }
    }
    membership::compare(world, &mut draft);
    suppressed::report_begun(world, &mut draft);
    opt_outs::report_staying(world, &mut draft);
    let sending = orphans::sending(world, &draft);
    draft.batch_holds.extend(sending);
    draft
}

fn round<'a>(world: &World<'a>, draft: &mut Draft<'a>, undivided: &Undivided<'_>) {
    draft.diagnostics.clear();
    draft.guards.clear();
    draft.price_lines.clear();
    draft.alarms.clear();
    draft.batch_holds.clear();
    draft.removals.clear();
    draft.statuses = draft.wants.iter().map(|want| judge(world, draft, want)).collect();
    for (w, status) in draft.statuses.iter_mut().enumerate() {
        if let Status::Replace(replacement) = status
            && draft.not_in_place.contains(&w)
        {
            replacement.in_place = false;
        }
    }
    refusals::refuse(world, draft, undivided);
    other_account::refuse(world, draft);
    unreadable::refuse(world, draft);
    narrow(world, draft);
    other_slots(world, draft);
    dispositions(world, draft);
    silence::refuse(world, draft);
    spread(world, draft);
    if world.policy.paused {
        for w in 0..draft.wants.len() {
            let hold = hold_messages::paused(draft.want(w));
            draft.hold(w, hold);
        }
        spread(world, draft);
    }
    opt_outs::hold_unread(world, draft);
    spread(world, draft);
    unpriced::hold(world, draft);
    occurrence_guards::occurrences(world, draft);
    spread(world, draft);
    pressure::judge(world, draft);
    spread(world, draft);
    guards::run(world, draft);
    spread(world, draft);
    shrink::lists(world, draft);
    watched::lists(world, draft);
    spread(world, draft);
    guards::cancels(world, draft);
    spread(world, draft);
}

/// `--campaign`: the others' operations are left out. What was read and checked stays read and checked.
fn narrow(world: &World<'_>, draft: &mut Draft<'_>) {
    for (want, status) in draft.wants.iter().zip(draft.statuses.iter_mut()) {
        let is_change = status.sends() || matches!(status, Status::Later { cancel: Some(_) } | Status::Passed { .. });
        if is_change && !world.is_selected(&want.campaign.reference) {
            *status = Status::Narrowed;
        }
    }
}

/// What batches of other slots, names and occurrences say.
fn other_slots(world: &World<'_>, draft: &mut Draft<'_>) {
    let elsewhere = renamed::candidates(world);
    let mut unscheduled: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    draft.waits = vec![BTreeSet::new(); draft.wants.len()];
    for w in 0..draft.wants.len() {
        let mut status = draft.status(w).clone();
        if !status.sends() {
            continue;
        }
        let want = draft.want(w);
        let of_campaign =
            (unscheduled.entry(&want.campaign.reference)).or_insert_with(|| edited::unscheduled(world, want.campaign));
        let found = sharing::obstacles(world, draft, want, &mut status).and_then(|mut waits| {
            waits.extend(renamed::obstacles(world, draft, want, &elsewhere)?);
            waits.extend(edited::obstacles(world, draft, want, of_campaign)?);
            Ok(waits)
        });
        let (status, waits) = match found {
            Ok(waits) => (status, waits.into_iter().collect()),
            Err(hold) => (Status::Held(hold), BTreeSet::new()),
        };
        if let (Some(old), Some(none)) = (draft.statuses.get_mut(w), draft.waits.get_mut(w)) {
            *old = status;
            *none = waits;
        }
    }
}

/// What becomes of every planned batch of ours that counts.
fn dispositions(world: &World<'_>, draft: &mut Draft<'_>) {
    draft.dispositions.clear();
    let mut dispositions: BTreeMap<usize, Disposition> = BTreeMap::new();
    for (w, _, status) in draft.each() {
        match status {
            Status::Keep { batch, .. } => dispositions.insert(*batch, Disposition::Kept),
            Status::Replace(replacement) => dispositions.insert(replacement.batch, Disposition::Replaced(w)),
            Status::Later { cancel: Some(batch) } => {
                dispositions.insert(*batch, Disposition::Cancel(Cancellation::of(Reason::Postponed)))
            }
            Status::Passed { cancel } => {
                dispositions.insert(*cancel, Disposition::Cancel(Cancellation::of(Reason::WindowPassed)))
            }
            Status::Create { .. }
            | Status::Later { cancel: None }
            | Status::Held(_)
            | Status::Done
            | Status::Narrowed => None,
        };
    }
    for (i, cancellation) in &draft.cleared {
        dispositions.insert(*i, Disposition::Cancel(cancellation.clone()));
    }
    for i in planned(world) {
        if dispositions.contains_key(&i) {
            continue;
        }
        let theirs = world.batch(i).reference;
        let is_selected = world.is_selected(&theirs.slot.campaign);
        let is_left = draft.wanted.contains_key(&theirs.slot) || !is_selected;
        let disposition = if is_left {
            Disposition::Stay
        } else {
            orphans::disposition_of(world, draft, i)
        };
        dispositions.insert(i, disposition);
    }
    for (i, disposition) in &mut dispositions {
        if matches!(disposition, Disposition::Cancel(_)) && !world.has_delete_ground(*i) {
            *disposition = Disposition::Stay;
            draft
                .batch_holds
                .insert(*i, hold_messages::too_late_to_cancel(world, *i));
        }
    }
    draft.dispositions = dispositions;
}

/// A refusal spreads: a create whose obstacle stays is held; a batch whose replacement is held stays; a batch whose
/// successor is held stays. Refusals only grow, so this ends.
fn spread(world: &World<'_>, draft: &mut Draft<'_>) {
    loop {
        let mut is_news = false;
        for w in 0..draft.wants.len() {
            let stays = (draft.waits.get(w).into_iter().flatten())
                .filter(|_| draft.status(w).sends())
                .find(|wait| !draft.leaves(wait.batch) && !is_lifted(world, draft.want(w), wait.why))
                .copied();
            if let Some(wait) = stays {
                let hold = hold_messages::obstacle_stays(world, draft.want(w), wait.batch, wait.why);
                is_news |= draft.hold(w, hold);
            }
        }
        let mut stays = Vec::new();
        for (i, disposition) in &draft.dispositions {
            let is_stuck = match disposition {
                Disposition::Replaced(w) => !draft.status(*w).sends(),
                Disposition::Cancel(cancellation) => cancellation
                    .successors
                    .iter()
                    .any(|w| draft.status(*w).withholds_people()),
                Disposition::Kept | Disposition::Stay => false,
            };
            if is_stuck {
                stays.push(*i);
            }
        }
        is_news |= !stays.is_empty();
        for i in stays {
            draft.dispositions.insert(i, Disposition::Stay);
        }
        if !is_news {
            return;
        }
    }
}

/// Whether an override says that this is no obstacle, planned or not.
fn is_lifted(world: &World<'_>, want: &Want<'_>, why: WaitReason) -> bool {
    match why {
        WaitReason::Renamed => world.is_allowed(Rule::Renamed, &want.reference),
        WaitReason::Unscheduled => world.is_allowed(Rule::Duplicate, &want.reference),
        WaitReason::SameOccurrence | WaitReason::OlderRevision => false,
    }
}

/// Batches replaced in place that would gain people from each other, in a circle: none of them can go first.
fn mutual_gains(draft: &Draft<'_>) -> BTreeSet<usize> {
    let in_place = |w: usize| matches!(draft.status(w), Status::Replace(r) if r.in_place);
    let next = |w: usize| -> Vec<usize> {
        (draft.waits.get(w).into_iter().flatten())
            .filter_map(|wait| match draft.dispositions.get(&wait.batch) {
                Some(Disposition::Replaced(other)) if in_place(*other) => Some(*other),
                _ => None,
            })
            .collect()
    };
    (0..draft.wants.len())
        .filter(|w| in_place(*w) && draft.waits.get(*w).is_some_and(|waits| !waits.is_empty()))
        .filter(|start| {
            let mut seen = BTreeSet::new();
            let mut open = next(*start);
            while let Some(w) = open.pop() {
                if w == *start {
                    return true;
                }
                if seen.insert(w) {
                    open.extend(next(w));
                }
            }
            false
        })
        .collect()
}
