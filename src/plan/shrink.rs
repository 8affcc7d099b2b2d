//! Lists that shrank: a plan shows how many people each occurrence had before, and a campaign that would lose most of
//! them is held until somebody says that it is meant.
//!
//! A list that was cut (half an export, a wrong filter) looks like an edit that was meant. While the guard holds, the
//! old batches stay and go out; the plan's first line says so, with both ways out. Suppressed people are taken out all
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::Rule;
use crate::desired::{DesiredCampaign, Presence};
use crate::model::{CampaignRef, Instant, Msisdn, OccurrenceKey, counted, grouped};

use super::classify::planned;
use super::draft::{Disposition, Draft, Hold, Status};
use super::guard_messages;
use super::held::HeldReason;
use super::operation::Reason;
use super::plan::GuardLine;
use super::world::{Urgency, World};

/// The guard applies above this many people of a campaign.
const FEW: u64 = 20;

/// What was planned of an occurrence before this plan.
#[derive(Debug, Default)]
pub(super) struct Was {
    /// `None` when a provider does not show it.
    pub people: Option<u64>,
    opens: Option<Instant>,
    batches: Vec<usize>,
}

type ShrunkKey<'a> = (&'a CampaignRef, OccurrenceKey);

/// The same for every occurrence that has planned batches. Doubles that repair cancels hold nobody else.
pub(super) fn before<'a>(world: &World<'a>, draft: &Draft<'_>) -> BTreeMap<ShrunkKey<'a>, Was> {
    let is_double = |i: &usize| (draft.cleared.get(i)).is_some_and(|farewell| farewell.reason == Reason::Duplicate);
    let mut all: BTreeMap<ShrunkKey<'a>, Was> = BTreeMap::new();
    for i in planned(world).into_iter().filter(|i| !is_double(i)) {
        let theirs = world.batch(i);
        let is_first = !all.contains_key(&(theirs.campaign(), theirs.key()));
        let was = all.entry((theirs.campaign(), theirs.key())).or_default();
        let people = people_of(world, draft, i);
        was.people = match (was.people, people) {
            (None, people) if is_first => people,
            (Some(sum), Some(people)) => Some(sum.saturating_add(people)),
            (_, _) => None,
        };
        was.opens = [was.opens, theirs.opens()].into_iter().flatten().min();
        was.batches.push(i);
    }
    all
}

/// How many people a planned batch has: the files say it of one that is as wanted, the provider of others. A batch
/// that nothing is decided about (beyond the horizon) is not asked for.
fn people_of(world: &World<'_>, draft: &Draft<'_>, i: usize) -> Option<u64> {
    let theirs = world.batch(i).reference;
    if draft.is_wanted_exactly(theirs) {
        let w = draft.wanted.get(&theirs.slot)?;
        return Some(draft.want(*w).totals.recipients);
    }
    let goes = matches!(
        draft.dispositions.get(&i),
        Some(Disposition::Cancel(_) | Disposition::Replaced(_))
    );
    let is_wanted = || (draft.wants_of(&theirs.slot.campaign, theirs.slot.occurrence).next()).is_some();
    (goes || is_wanted()).then(|| world.headcount(i)).flatten()
}

/// Holds every campaign that would lose too many of its people, and every campaign whose suppression list did.
pub(super) fn lists(world: &World<'_>, draft: &mut Draft<'_>) {
    let was = before(world, draft);
    let Some(limit) = world.policy.guards.max_shrink_percent else {
        return;
    };
    for campaign in &world.desired.campaigns {
        let is_judged = campaign.presence == Presence::Active && !campaign.emptied_by_suppression;
        if is_judged && world.is_selected(&campaign.reference) {
            let compared = compare(world, draft, campaign, &was);
            if compared.exceeds(limit)
                && let Some(loss) = loss(world, draft, campaign, compared, limit)
            {
                hold(world, draft, campaign, &loss, limit);
            }
        }
    }
}

/// A campaign before and after.
#[derive(Debug, Default)]
struct Compared {
    before: u64,
    after: u64,
    opens: Option<Instant>,
    /// What was planned, and the occurrence that takes its people over.
    batches: Vec<(usize, OccurrenceKey)>,
}

impl Compared {
    fn exceeds(&self, limit: u32) -> bool {
        let lost = u128::from(self.before.saturating_sub(self.after));
        self.before > FEW && lost * 100 > u128::from(self.before) * u128::from(limit)
    }

    fn add(&mut self, was: &Was, key: OccurrenceKey, after: u64) {
        self.before = self.before.saturating_add(was.people.unwrap_or(0));
        self.after = self.after.saturating_add(after);
        self.opens = [self.opens, was.opens].into_iter().flatten().min();
        self.batches.extend(was.batches.iter().map(|i| (*i, key)));
    }
}

/// Occurrence by occurrence. One that is no longer wanted is compared with one that is new, in order of time: a
/// schedule that moved, or a raised revision, hides no list that shrank. What is left over is the other guards'
/// business.
fn compare(
    world: &World<'_>,
    draft: &Draft<'_>,
    campaign: &DesiredCampaign,
    was: &BTreeMap<ShrunkKey<'_>, Was>,
) -> Compared {
    let mut compared = Compared::default();
    let mut gone = Vec::new();
    let of_campaign = was.iter().filter(|((name, _), _)| **name == campaign.reference);
    for ((_, key), was) in of_campaign {
        if campaign.occurrences.iter().any(|occurrence| occurrence.key == *key) {
            compared.add(was, *key, after(world, draft, campaign, *key));
        } else {
            gone.push(was);
        }
    }
    let news = (campaign.occurrences.iter().map(|occurrence| occurrence.key))
        .filter(|key| !was.contains_key(&(&campaign.reference, *key)))
        .filter(|key| {
            draft
                .wants_of(&campaign.reference, *key)
                .any(|w| draft.status(w).sends())
        });
    for (was, key) in gone.into_iter().zip(news) {
        compared.add(was, key, after(world, draft, campaign, key));
    }
    compared
}

/// People of an occurrence who would be planned as the files want it; what has begun or is over counts on neither side.
fn after(world: &World<'_>, draft: &Draft<'_>, campaign: &DesiredCampaign, key: OccurrenceKey) -> u64 {
    (draft.wants_of(&campaign.reference, key))
        .filter(|w| draft.want(*w).closes() > world.now)
        .filter(|w| match draft.status(*w) {
            Status::Keep { .. } | Status::Create { .. } | Status::Replace(_) | Status::Later { .. } => true,
            Status::Held(hold) => !matches!(
                hold.reason,
                HeldReason::AlreadySent | HeldReason::WindowPassed | HeldReason::Sending
            ),
            Status::Passed { .. } | Status::Done | Status::Narrowed => false,
        })
        .map(|w| draft.want(w).totals.recipients)
        .sum()
}

/// What a campaign would lose.
struct Loss {
    before: u64,
    after: u64,
    /// People in what is planned whom no file names any more, suppressed ones left out.
    gone: u64,
    opens: Option<Instant>,
    batches: Vec<usize>,
}

/// Reads who is in the old batches: people whom a suppression list takes out are no loss. `None` when without them the
/// limit is kept, or when nothing would change.
fn loss(
    world: &World<'_>,
    draft: &Draft<'_>,
    campaign: &DesiredCampaign,
    compared: Compared,
    limit: u32,
) -> Option<Loss> {
    let old: Vec<(usize, OccurrenceKey)> = (compared.batches.iter().copied())
        .filter(|(i, _)| !draft.is_wanted_exactly(world.batch(*i).reference))
        .collect();
    let sends = |key: OccurrenceKey| (draft.wants_of(&campaign.reference, key)).any(|w| draft.status(w).sends());
    let keys: BTreeSet<OccurrenceKey> = compared.batches.iter().map(|(_, key)| *key).collect();
    if !keys.into_iter().any(sends) && !old.iter().any(|(i, _)| is_held_back(draft, *i)) {
        return None;
    }
    let suppressed = world.policy.suppressions.of(&campaign.reference);
    let (mut gone, mut taken_out) = (0_u64, 0_u64);
    for (i, key) in &old {
        let people = world.asking_for(Urgency::Shrinkage, || world.people(*i));
        for number in people.into_iter().flat_map(crate::model::NumberSet::iter) {
            if suppressed.contains(number) {
                taken_out += 1;
            } else if !names(campaign, *key, number) {
                gone += 1;
            }
        }
    }
    let compared = Compared {
        before: compared.before.saturating_sub(taken_out),
        ..compared
    };
    compared.exceeds(limit).then(|| Loss {
        before: compared.before,
        after: compared.after,
        // Who cannot be read may be anybody; so many have left at least.
        gone: gone.max(compared.before - compared.after),
        opens: compared.opens,
        batches: old.into_iter().map(|(i, _)| i).collect(),
    })
}

fn names(campaign: &DesiredCampaign, key: OccurrenceKey, number: Msisdn) -> bool {
    (campaign.occurrences.iter())
        .filter(|occurrence| occurrence.key == key)
        .flat_map(|occurrence| &occurrence.groups)
        .any(|group| group.content.numbers.contains(number))
}

/// A cancel that only makes room for the shorter list. Repairs, suppressions, and what somebody canceled on purpose go
/// on.
fn is_held_back(draft: &Draft<'_>, i: usize) -> bool {
    let Some(Disposition::Cancel(farewell)) = draft.dispositions.get(&i) else {
        return false;
    };
    let makes_room = matches!(
        farewell.reason,
        Reason::Emptied | Reason::Repartitioned | Reason::Regrouped | Reason::Unscheduled | Reason::RevisionRaised
    );
    makes_room && !draft.cleared.contains_key(&i)
}

/// Holds what would be sent to the shorter list, and the cancels that make room for it.
fn hold(world: &World<'_>, draft: &mut Draft<'_>, campaign: &DesiredCampaign, loss: &Loss, limit: u32) {
    let percent = u128::from(loss.before - loss.after) * 100 / u128::from(loss.before.max(1));
    let (after, before) = (counted(loss.after, "person", "people"), grouped(loss.before));
    let what = format!(
        "{after} would be planned, was {before}: {percent} % fewer, more than `guards.max_shrink_percent: {limit}`"
    );
    let name = campaign.reference.as_str();
    let (mut tripped, mut allowed) = (false, false);
    for w in 0..draft.wants.len() {
        let want = draft.want(w);
        if want.campaign.reference != campaign.reference || !draft.status(w).sends() {
            continue;
        }
        if world.is_allowed(Rule::Shrink, &want.reference) {
            allowed = true;
        } else {
            tripped |= draft.hold(w, guard_messages::guard_about(Rule::Shrink, name, &what));
        }
    }
    for i in loss
        .batches
        .iter()
        .copied()
        .filter(|i| is_held_back(draft, *i))
        .collect::<Vec<_>>()
    {
        if world.is_allowed(Rule::Shrink, world.batch(i).reference) {
            allowed = true;
            continue;
        }
        tripped = true;
        draft.dispositions.insert(i, Disposition::Stay);
        let hold = Hold {
            batch: Some(i),
            ..guard_messages::guard_about(Rule::Shrink, name, &what)
        };
        draft.batch_holds.insert(i, hold);
    }
    let stays = loss.batches.iter().any(|i| !draft.cleared.contains_key(i));
    if tripped && stays {
        draft.alarms.push(guard_messages::old_list_goes_out(
            world, campaign, loss.gone, loss.opens,
        ));
    }
    draft.guards.push(GuardLine {
        rule: Rule::Shrink,
        scope: Some(name.to_owned()),
        actual: format!("{after}, was {before} ({percent} % fewer)"),
        limit: format!("{limit} % fewer"),
        tripped,
        allowed,
    });
}
