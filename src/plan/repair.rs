//! Repair comes first, whatever the files, holds, pauses and guards say: two live batches of one occurrence with the
//! same slot, or with a person in common, are a fault. A planned one beside a begun one goes; of several planned, the
//! desired stays, else the oldest. So are two that say exactly the same under two names or in two namespaces, unless
//! both names have a file.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::Rule;
use crate::model::{CampaignRef, Fingerprint, Group, NumberSet, Part, Reference};

use super::classify::Role;
use super::draft::{Cancellation, Draft};
use super::operation::Reason;
use super::part_index::PartIndex;
use super::parts::Want;
use super::sharing::may_share;
use super::world::World;

/// The planned batches that must go.
pub(super) fn repairs(world: &World<'_>, draft: &Draft<'_>) -> BTreeMap<usize, Cancellation> {
    (world.by_occurrence.iter())
        .flat_map(|((campaign, _), batches)| repairs_of(world, draft, campaign, batches))
        .chain(twins_of_other_namespaces(world, draft))
        .chain(twins_of_other_names(world))
        .map(|i| (i, Cancellation::of(Reason::Duplicate)))
        .collect()
}

/// Planned batches of ours that say exactly what a live batch in another namespace says, under whatever name. Creating
/// one is held as a rename; two runs at once, on both sides of a change of namespace and with lists that lag, can still
/// do it. The other batch is not ours to touch, so ours goes. So does what would have to become such a twin: it cannot
/// (that is held as a rename), and at present its people would be texted by both.
fn twins_of_other_namespaces(world: &World<'_>, draft: &Draft<'_>) -> Vec<usize> {
    let others: BTreeMap<_, Vec<usize>> =
        (0..world.batches.len())
            .filter(|i| !world.is_ours(*i))
            .fold(BTreeMap::new(), |mut others, i| {
                let key = world.batch(i).reference.fingerprint;
                others.entry(key).or_insert_with(Vec::new).push(i);
                others
            });
    if others.is_empty() {
        return Vec::new();
    }
    let has_twin = |reference: &Reference, is_sandbox: bool| {
        let twins = others.get(&reference.fingerprint);
        twins.into_iter().flatten().any(|twin| {
            (is_sandbox || !world.batch(*twin).sandbox) && matches!(world.role(*twin), Role::Planned | Role::Begun)
        })
    };
    let said_elsewhere: Vec<&Want<'_>> = (draft.wants.iter())
        .filter(|want| has_twin(&want.reference, want.campaign.sandbox))
        .collect();
    let would_become_one = |i: usize| {
        let ours = &world.batch(i).reference.slot;
        said_elsewhere.iter().any(|want| {
            let theirs = &want.reference.slot;
            let takes_over = |people: &NumberSet| want.shares_with(people);
            (&theirs.campaign, theirs.occurrence) == (&ours.campaign, ours.occurrence)
                && world.counts_for(i, want.campaign)
                && (theirs == ours || may_share(theirs, ours) && world.people(i).is_some_and(takes_over))
        })
    };
    (0..world.batches.len())
        .filter(|i| world.is_ours(*i) && !world.is_reported_canceled(*i))
        .filter(|i| has_twin(world.batch(*i).reference, world.batch(*i).sandbox) || would_become_one(*i))
        .filter(|i| world.role(*i) == Role::Planned && !world.is_allowed(Rule::Renamed, world.batch(*i).reference))
        .collect()
}

/// Planned batches that say exactly what a live batch of another name says, one of them of a campaign without a file: a
/// rename beside a request that was carried out late. The one with a file stays, else the oldest. The cancel of what
/// has no file may be held, by a guard or by a file that cannot be read; a duplicate is certain.
fn twins_of_other_names(world: &World<'_>) -> Vec<usize> {
    let mut equal: BTreeMap<Fingerprint, Vec<usize>> = BTreeMap::new();
    for i in (0..world.batches.len()).filter(|i| world.is_ours(*i) && !world.is_reported_canceled(*i)) {
        equal.entry(world.batch(i).reference.fingerprint).or_default().push(i);
    }
    let has_file = |i: usize| world.campaign(world.batch(i).campaign()).is_some();
    let is_twin = |a: usize, b: usize| {
        let (a_theirs, b_theirs) = (world.batch(a), world.batch(b));
        a_theirs.campaign() != b_theirs.campaign()
            && !(has_file(a) && has_file(b))
            && (a_theirs.sandbox || !b_theirs.sandbox)
    };
    let mut gone = Vec::new();
    for all in equal.into_values().filter(|all| all.iter().any(|i| !has_file(*i))) {
        let of = |role: Role| (all.iter().copied()).filter(move |i| world.role(*i) == role);
        if !all.iter().any(|a| all.iter().any(|b| is_twin(*a, *b))) {
            continue;
        }
        let mut settled: Vec<usize> = of(Role::Begun).collect();
        let mut planned: Vec<usize> = of(Role::Planned).collect();
        planned.sort_by_key(|i| (!has_file(*i), world.batch(*i).age()));
        for i in planned {
            let is_fault = settled.iter().any(|other| is_twin(i, *other));
            if is_fault && !world.is_allowed(Rule::Renamed, world.batch(i).reference) {
                gone.push(i);
            } else {
                settled.push(i);
            }
        }
    }
    gone
}

fn repairs_of(world: &World<'_>, draft: &Draft<'_>, campaign: &CampaignRef, batches: &[usize]) -> Vec<usize> {
    let counts = |i: &&usize| (world.campaign(campaign)).is_none_or(|c| world.counts_for(**i, c));
    let counted: Vec<usize> = batches.iter().filter(counts).copied().collect();
    // Only what is planned can be repaired, and only beside something else.
    let can_be_planned = |i: &usize| !world.is_reported_canceled(*i) && world.role(*i) == Role::Planned;
    if counted.len() < 2 || !counted.iter().any(can_be_planned) {
        return Vec::new();
    }
    let roles: Vec<(usize, Role)> = counted.into_iter().map(|i| (i, world.role(i))).collect();
    let of = |role: Role| roles.iter().filter(move |(_, r)| *r == role).map(|(i, _)| *i);
    let begun: Vec<usize> = of(Role::Begun).collect();
    let mut planned: Vec<usize> = of(Role::Planned).collect();
    planned.sort_by_key(|i| {
        let theirs = world.batch(*i);
        let is_at_home = (world.campaign(campaign)).is_some_and(|c| c.provider == *theirs.provider);
        (!(draft.is_wanted_exactly(theirs.reference) && is_at_home), theirs.age())
    });
    // Of one group, batches of parts that do not overlap share nobody: no reading, no pairs.
    let mut settled = PartIndex::default();
    let mut taken: BTreeSet<(Group, Part)> = BTreeSet::new();
    for i in begun {
        settled.insert(world.batch(i).reference.slot.part, i);
        taken.insert(world.batch(i).position());
    }
    let mut gone = Vec::new();
    for i in planned {
        let (group, part) = world.batch(i).position();
        let is_fault =
            taken.contains(&(group, part)) || settled.overlapping(part).any(|other| is_shared(world, draft, i, other));
        if is_fault {
            gone.push(i);
        } else {
            taken.insert((group, part));
            settled.insert(part, i);
        }
    }
    gone
}

/// Whether two live batches certainly hold one person. What cannot be read is no fault yet: it only stops creates.
fn is_shared(world: &World<'_>, draft: &Draft<'_>, a: usize, b: usize) -> bool {
    let (a_theirs, b_theirs) = (world.batch(a), world.batch(b));
    if !a_theirs.reference.slot.part.may_share(b_theirs.reference.slot.part) {
        return false;
    }
    let wanted = |i: usize| {
        let reference = world.batch(i).reference;
        (draft.is_wanted_exactly(reference))
            .then(|| draft.wanted.get(&reference.slot).map(|w| draft.want(*w)))
            .flatten()
    };
    match (wanted(a), wanted(b)) {
        // Both wanted: the files put nobody into two batches.
        (Some(_), Some(_)) => false,
        (Some(want), None) => world.people(b).is_some_and(|people| want.shares_with(people)),
        (None, Some(want)) => world.people(a).is_some_and(|people| want.shares_with(people)),
        (None, None) => match (world.people(a), world.people(b)) {
            (Some(a), Some(b)) => a.shares_with(b),
            _ => false,
        },
    }
}
