//! Guards: limits that stop a plan until they are raised or explicitly allowed. An occurrence's own limits hold its
//! creates and replaces; the run's limits hold all of them, while cancels go on; cancel guards count the net loss of
//! planned occurrences. What an override names is left out of the sum; the rest must fit.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::planned;
use super::draft::{Disposition, Draft, Hold, Status};
use super::money::compare;
use super::plan::GuardLine;
use super::world::{Urgency, World};
use super::{guard_messages, scope};
use crate::campaign::Rule;
use crate::desired::Presence;
use crate::model::{Estimate, Fingerprint, Money, Slot, counted, grouped};

/// Limits of the run: its money, all planned money, growth.
pub(super) fn run(world: &World<'_>, draft: &mut Draft<'_>) {
    let guards = &world.policy.guards;
    let mut holds: BTreeMap<usize, Hold> = BTreeMap::new();
    let sending: Vec<usize> = draft.each().filter(|(_, _, s)| s.sends()).map(|(w, _, _)| w).collect();
    let standing: Vec<usize> = (draft.dispositions.iter())
        .filter(|(_, disposition)| matches!(disposition, Disposition::Kept | Disposition::Stay))
        .filter_map(|(i, _)| draft.wanted.get(&world.batch(*i).reference.slot).copied())
        .collect();
    let estimate = |wants: &mut dyn Iterator<Item = usize>| {
        let mut sum = Estimate::default();
        wants.for_each(|w| sum.merge(&draft.want(w).totals.estimate));
        sum
    };
    let kinds: [(&str, &[Money], &[usize]); 2] = [
        ("run", &guards.max_cost.run, &[]),
        ("planned", &guards.max_cost.planned, &standing),
    ];
    let mut lines = Vec::new();
    for (kind, limits, also) in kinds {
        let all = estimate(&mut sending.iter().chain(also).copied());
        for verdict in compare(&all, limits) {
            let (counted, lifted): (Vec<usize>, Vec<usize>) = if verdict.is_exceeded && !sending.is_empty() {
                (sending.iter().copied()).partition(|w| !world.is_allowed(Rule::Cost, &draft.want(*w).reference))
            } else {
                (sending.clone(), Vec::new())
            };
            // What an override names is left out of the sum, whichever file or option has the override.
            let rest = estimate(&mut counted.iter().chain(also).copied());
            let trips = !counted.is_empty()
                && verdict.is_exceeded
                && compare(&rest, limits)
                    .iter()
                    .any(|v| v.limit == verdict.limit && v.is_exceeded);
            if trips {
                let why = verdict.told("this plan", &format!("guards.max_cost.{kind}"));
                let what = format!("{why}: nothing is created or replaced");
                for w in counted {
                    let scope = scope::scope(draft.want(w));
                    holds
                        .entry(w)
                        .or_insert_with(|| guard_messages::guard(None, Rule::Cost, &scope, &what));
                }
            }
            lines.push(GuardLine {
                rule: Rule::Cost,
                scope: (kind == "planned").then(|| kind.to_owned()),
                actual: verdict.actual,
                limit: verdict.limit,
                tripped: trips,
                allowed: !lifted.is_empty(),
            });
        }
    }
    if let Some(limit) = guards.max_growth_percent {
        lines.extend(growth(world, draft, &sending, limit, &mut holds));
    }
    draft.guards.extend(lines);
    for (w, hold) in holds {
        draft.hold(w, hold);
    }
}

/// People planned after this run against before.
fn growth(
    world: &World<'_>,
    draft: &Draft<'_>,
    sending: &[usize],
    limit: u32,
    holds: &mut BTreeMap<usize, Hold>,
) -> Option<GuardLine> {
    let wanted: BTreeMap<(&Slot, Fingerprint), u64> = (draft.wants.iter())
        .map(|want| {
            (
                (&want.reference.slot, want.reference.fingerprint),
                want.totals.recipients,
            )
        })
        .collect();
    let mut before = 0_u64;
    let mut after = 0_u64;
    for i in planned(world) {
        let theirs = world.batch(i).reference;
        let people = match wanted.get(&(&theirs.slot, theirs.fingerprint)) {
            Some(people) => *people,
            None => world
                .asking_for(Urgency::Suppression, || world.people(i))
                .and_then(|people| u64::try_from(people.len()).ok())
                .unwrap_or(0),
        };
        before = before.saturating_add(people);
        if !draft.leaves(i) {
            after = after.saturating_add(people);
        }
    }
    if before == 0 {
        return None;
    }
    let of = |w: &usize| draft.want(*w).totals.recipients;
    let exceeds = |added: u64| u128::from(after.saturating_add(added)) * 100 > u128::from(before) * u128::from(limit);
    let all: u64 = sending.iter().map(of).sum();
    let is_exceeded = exceeds(all);
    let (limited, lifted): (Vec<usize>, Vec<usize>) = if is_exceeded {
        (sending.iter().copied()).partition(|w| !world.is_allowed(Rule::Growth, &draft.want(*w).reference))
    } else {
        (sending.to_vec(), Vec::new())
    };
    let trips = !limited.is_empty() && exceeds(limited.iter().map(of).sum());
    let percent = u128::from(after.saturating_add(all)) * 100 / u128::from(before);
    if trips {
        let what = format!(
            "{} would be planned after {} before, {percent} % and more than `guards.max_growth_percent: {limit}`: nothing is created or replaced",
            counted(after.saturating_add(all), "person", "people"),
            grouped(before)
        );
        for w in limited {
            let scope = scope::scope(draft.want(w));
            holds
                .entry(w)
                .or_insert_with(|| guard_messages::guard(None, Rule::Growth, &scope, &what));
        }
    }
    Some(GuardLine {
        rule: Rule::Growth,
        scope: None,
        actual: format!("{percent} %"),
        limit: format!("{limit} %"),
        tripped: trips,
        allowed: !lifted.is_empty(),
    })
}

/// Limits of cancels: the net loss of planned occurrences, and a project without any campaign.
pub(super) fn cancels(world: &World<'_>, draft: &mut Draft<'_>) {
    let guarded: Vec<usize> = (draft.dispositions.iter())
        .filter(|(_, disposition)| matches!(disposition, Disposition::Cancel(cancellation) if cancellation.is_guarded))
        .map(|(i, _)| *i)
        .collect();
    if guarded.is_empty() {
        return;
    }
    if world.desired.campaigns.is_empty() {
        let what = "no campaign file is left, and this would cancel everything that is planned".to_owned();
        hold_cancels(
            world,
            draft,
            &guarded,
            Rule::EmptyProject,
            &what,
            ("0 campaigns".to_owned(), "1 campaign".to_owned()),
        );
        return;
    }
    if (world.desired.campaigns.iter()).any(|c| c.presence == Presence::Unreadable) {
        for i in &guarded {
            if world.campaign(world.batch(*i).campaign()).is_none() {
                let what = "a campaign file cannot be read, and this batch may be its: fix that file".to_owned();
                draft.dispositions.insert(*i, Disposition::Stay);
                draft.batch_holds.insert(*i, guard_messages::refusal(Some(*i), what));
            }
        }
    }
    let key = |i: usize| (world.batch(i).campaign().clone(), world.batch(i).key());
    let occurrences: BTreeSet<_> = planned(world).into_iter().map(key).collect();
    let total = count(occurrences.len());
    let created: BTreeSet<_> = (draft.each())
        .filter(|(_, _, status)| matches!(status, Status::Create { .. }))
        .map(|(_, want, _)| (want.campaign.reference.clone(), want.key()))
        .filter(|occurrence| !occurrences.contains(occurrence))
        .collect();
    let leaving = |draft: &Draft<'_>, except: &BTreeSet<usize>| -> u64 {
        let lost: BTreeSet<_> = (guarded.iter().copied())
            .filter(|i| !except.contains(i) && matches!(draft.dispositions.get(i), Some(Disposition::Cancel(_))))
            .map(key)
            .collect();
        count(lost.len()).saturating_sub(count(created.len()))
    };
    let guards = &world.policy.guards;
    let by_count = guards
        .max_cancel
        .map(|max| (u64::from(max), format!("{max} occurrences")));
    // The percentage applies above three planned occurrences.
    let by_share = (guards.max_cancel_percent).map(|percent| {
        let most = if total > 3 {
            total * u64::from(percent) / 100
        } else {
            u64::MAX
        };
        (most, format!("{percent} % of {total} occurrences"))
    });
    for (most, text) in [by_count, by_share].into_iter().flatten() {
        let lost = leaving(draft, &BTreeSet::new());
        let actual = format!("{lost} of {total} planned occurrences");
        if lost <= most {
            draft.guards.push(GuardLine {
                rule: Rule::MassCancel,
                scope: None,
                actual,
                limit: text,
                tripped: false,
                allowed: false,
            });
            continue;
        }
        let lifted: BTreeSet<usize> = (guarded.iter().copied())
            .filter(|i| world.is_allowed(Rule::MassCancel, world.batch(*i).reference))
            .collect();
        if leaving(draft, &lifted) > most {
            let what = format!("this would cancel {actual}, more than the limit of {text}");
            hold_cancels(world, draft, &guarded, Rule::MassCancel, &what, (actual, text));
        } else {
            draft.guards.push(GuardLine {
                rule: Rule::MassCancel,
                scope: None,
                actual,
                limit: text,
                tripped: false,
                allowed: true,
            });
        }
    }
}

/// Every cancel that no override names stays undone.
fn hold_cancels(
    world: &World<'_>,
    draft: &mut Draft<'_>,
    guarded: &[usize],
    rule: Rule,
    what: &str,
    (actual, limit): (String, String),
) {
    let mut line = GuardLine {
        rule,
        scope: None,
        actual,
        limit,
        tripped: false,
        allowed: false,
    };
    for i in guarded.iter().copied() {
        let reference = world.batch(i).reference;
        if !matches!(draft.dispositions.get(&i), Some(Disposition::Cancel(_))) {
            continue;
        }
        if world.is_allowed(rule, reference) {
            line.allowed = true;
            continue;
        }
        line.tripped = true;
        let scope = scope::occurrence_scope(reference.slot.campaign.as_str(), reference.slot.occurrence);
        draft.dispositions.insert(i, Disposition::Stay);
        draft
            .batch_holds
            .insert(i, guard_messages::guard(Some(i), rule, &scope, what));
    }
    draft.guards.push(line);
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
