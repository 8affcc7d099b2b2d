//! `guards.on_pressure: skip`: who is left out of which occurrence, since they get other marketing texts instead.
//!
//! In: all marketing occurrences that the files declare, and what has begun of them at the providers. Out: the same
//! files with contents that leave people out, and counts by rule and by what they get instead. Never: anybody left out
//! for a text that was stopped, or a decision that depends on what is merely planned at a provider.
//!
//! Occurrences are decided once each, in the order rank, opens, reference:
//!
//! | a person of the list | is |
//! |---|---|
//! | whose part has not begun, who would get no more than allowed | in it, and it counts for what comes later in the order |
//! | whose part has not begun, who would get more | left out |
//! | whose part has begun with the fingerprint that the files give | in it or left out as they give it; it counts first of all |
//! | whose part has begun with another one | in it if the batch, read back, has them; it counts first of all |
//!
//! What the files give is found without looking at any provider: so a plan that was applied is empty when it is made
//! again, also when some of it has begun. A batch that opens too soon to be replaced counts as begun.

mod turn;
mod turns;
mod verdicts;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::turn::{LeftOut, SentBefore, SkipTurn, who_got};
use super::super::facts::{JournalFacts, Need, Observed};
use super::super::policy::Policy;
use super::super::world::World;
use super::crowds::CrowdLists;
use super::moment::{Moment, most_within};
use crate::campaign::{Category, ContactLimit};
use crate::desired::{Desired, DesiredGroup, GroupContent, Without};
use crate::model::{CampaignRef, Diagnostic, Group, Instant, NumberSet, OccurrenceKey, Part};

/// People whom an occurrence leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedPeople {
    /// By which limit.
    pub rule: ContactLimit,
    /// What they get within its period instead.
    pub instead: BTreeSet<CampaignRef>,
    /// How many.
    pub people: u64,
}

/// By campaign and occurrence.
pub(in crate::plan) type Skipped = BTreeMap<(CampaignRef, OccurrenceKey), OccurrenceSkips>;

/// Who is left out of an occurrence.
#[derive(Debug, Clone, Default)]
pub(in crate::plan) struct OccurrenceSkips {
    pub counts: Vec<SkippedPeople>,
    pub people: BTreeMap<Group, NumberSet>,
}

/// What is wanted once people are left out.
pub(in crate::plan) struct Wanted<'a> {
    pub desired: Cow<'a, Desired>,
    pub skipped: Skipped,
    /// What must be read before it can be trusted.
    pub needs: Vec<Need>,
    /// Rows that cannot be read again.
    pub faults: Vec<Diagnostic>,
}

/// Leaves people out of what the files want, where the project says so.
pub(in crate::plan) fn leave_out<'a>(
    desired: &'a Desired,
    observed: &Observed,
    journal: &JournalFacts,
    now: Instant,
    policy: &Policy,
) -> Wanted<'a> {
    let mut wanted = Wanted {
        desired: Cow::Borrowed(desired),
        skipped: Skipped::new(),
        needs: Vec::new(),
        faults: Vec::new(),
    };
    if !policy.guards.leaves_out() {
        return wanted;
    }
    let world = World::new(desired, observed, journal, now, policy);
    for sandbox in [false, true] {
        let mut round = Round::new(&world, sandbox);
        if round.can_exceed() {
            round.decide(&mut wanted);
        }
    }
    wanted.needs = world.needs();
    wanted
}

/// One decision for all occurrences of the sandbox, or of real accounts.
pub(super) struct Round<'w, 'a> {
    world: &'w World<'a>,
    limits: &'a [ContactLimit],
    turns: Vec<SkipTurn<'a>>,
    lists: CrowdLists<'a>,
    /// By list.
    turns_of: BTreeMap<usize, Vec<usize>>,
    /// Whether no provider was asked: then everything that is declared counts.
    is_by_files: bool,
}

impl<'w, 'a> Round<'w, 'a> {
    fn new(world: &'w World<'a>, sandbox: bool) -> Self {
        Self::of(world, sandbox, false)
    }

    /// The same where no provider was asked.
    pub(super) fn by_files(world: &'w World<'a>, sandbox: bool) -> Self {
        Self::of(world, sandbox, true)
    }

    fn of(world: &'w World<'a>, sandbox: bool, is_by_files: bool) -> Self {
        let mut round = Self {
            world,
            limits: &world.policy.guards.max_per_person,
            turns: Vec::new(),
            lists: CrowdLists::default(),
            turns_of: BTreeMap::new(),
            is_by_files,
        };
        let campaigns = world.desired.campaigns.iter();
        let counted = campaigns.filter(|one| one.category == Category::Marketing && one.sandbox == sandbox);
        for campaign in counted {
            round.declared(campaign);
            round.no_longer_declared(campaign);
        }
        round.turns.sort_by(|a, b| {
            let key = |turn: &SkipTurn<'a>| (Reverse(turn.campaign.rank), turn.opens);
            let name = |turn: &SkipTurn<'a>| (turn.key, turn.group, turn.list);
            (key(a), &a.campaign.reference, name(a)).cmp(&(key(b), &b.campaign.reference, name(b)))
        });
        for (t, turn) in round.turns.iter().enumerate() {
            round.turns_of.entry(turn.list).or_default().push(t);
        }
        round
    }

    /// Whether any limit can be exceeded at all: most projects never list a number.
    pub(super) fn can_exceed(&self) -> bool {
        let moments: Vec<Moment> = self.turns.iter().map(|turn| turn.moment).collect();
        moments.iter().any(|own| {
            // Each is one of its own others.
            let is_over = |limit: &ContactLimit| most_within(*own, &moments, limit.within).len() > limit.messages;
            self.limits.iter().any(is_over)
        })
    }

    pub(super) fn decide(&mut self, wanted: &mut Wanted<'_>) {
        let as_files_give = self.left_out();
        self.note_begun(&as_files_give, &mut wanted.faults);
        let has_begun = self
            .turns
            .iter()
            .any(|turn| turn.wanted.is_some() && !turn.begun.is_empty());
        let left_out = if has_begun { self.left_out() } else { as_files_give };
        let leaving = self.turns.iter().zip(&left_out).filter_map(|(turn, out)| {
            let group = turn.wanted.filter(|_| !out.people.is_empty())?;
            Some((turn, group, out))
        });
        let leaving: Vec<_> = leaving.collect();
        make_contents(leaving.iter().map(|(_, group, out)| (*group, *out)));
        for (turn, group, out) in leaving {
            self.take_out(turn, group, out, wanted);
        }
    }

    /// What has begun, by who got it.
    fn note_begun(&mut self, as_files_give: &[LeftOut], faults: &mut Vec<Diagnostic>) {
        let begun: Vec<Vec<(Part, usize)>> = self.turns.iter().map(|turn| self.begun(turn)).collect();
        let of_files = self.turns.iter().zip(as_files_give).zip(&begun);
        make_contents(of_files.filter_map(|((turn, out), begun)| {
            let group = turn.wanted.filter(|_| !begun.is_empty())?;
            Some((group, out))
        }));
        for (t, begun) in begun.into_iter().enumerate() {
            let Some((turn, out)) = self.turns.get(t).zip(as_files_give.get(t)) else {
                continue;
            };
            let Some(group) = turn.wanted else { continue };
            let got: Vec<(Part, Option<SentBefore>, usize)> = begun
                .into_iter()
                .map(|(part, i)| {
                    let of_files = (turn.campaign, group, &out.people);
                    (part, who_got(self.world, of_files, i, faults), i)
                })
                .collect();
            let mut sent = Vec::new();
            for (part, got, i) in got {
                let read = (got.is_none() && self.is_recent(i))
                    .then(|| self.world.people(i))
                    .flatten();
                // Where that is unknown, everybody; what is near it is held.
                let read = read.map_or(SentBefore::Whole, |people| SentBefore::Read(self.lists.of(people)));
                sent.push((part, got.unwrap_or(read)));
            }
            for (_, sent) in &sent {
                if let SentBefore::Read(list) = sent {
                    self.turns_of.entry(*list).or_default().push(t);
                }
            }
            if let Some(turn) = self.turns.get_mut(t) {
                turn.begun = sent;
            }
        }
    }

    /// Batches of a turn that have begun.
    fn begun(&self, turn: &SkipTurn<'a>) -> Vec<(Part, usize)> {
        if turn.wanted.is_none() {
            return Vec::new();
        }
        let batches = self.world.of_occurrence(turn.campaign, turn.key).into_iter();
        let begun = batches.filter_map(|i| {
            let slot = &self.world.batch(i).reference.slot;
            // The proof of an old one is not asked for.
            let is_old = self.world.is_reported_canceled(i) && !self.is_recent(i);
            let has_begun = slot.group == turn.group && !is_old && self.is_fixed(turn.campaign, i);
            has_begun.then_some((slot.part, i))
        });
        begun.collect()
    }

    /// Puts the content without these people in the place of the whole.
    fn take_out(&self, turn: &SkipTurn<'a>, group: &DesiredGroup, out: &LeftOut, wanted: &mut Wanted<'_>) {
        match group.content.without.of(&out.people) {
            // It cannot be made: what would be too much is held.
            Ok(None) => return,
            Ok(Some(content)) => replace(wanted.desired.to_mut(), turn, &content),
            Err(fault) => {
                wanted.faults.push(fault);
                return;
            }
        }
        let key = (turn.campaign.reference.clone(), turn.key);
        let skips = wanted.skipped.entry(key).or_default();
        skips.people.insert(turn.group, out.people.clone());
        let skipped = &mut skips.counts;
        for (why, people) in &out.counts {
            let Some(rule) = self.limits.get(why.limit).copied() else {
                continue;
            };
            let is_same = |known: &&mut SkippedPeople| known.rule == rule && known.instead == why.instead;
            match skipped.iter_mut().find(is_same) {
                Some(known) => known.people += people,
                None => skipped.push(SkippedPeople {
                    rule,
                    instead: why.instead.clone(),
                    people: *people,
                }),
            }
        }
    }
}

/// Makes all contents together, before they are asked for one by one.
fn make_contents<'g>(leaving: impl Iterator<Item = (&'g DesiredGroup, &'g LeftOut)>) {
    let asked = leaving.filter(|(_, out)| !out.people.is_empty());
    let asked: Vec<_> = asked
        .map(|(group, out)| (&group.content.without, &out.people))
        .collect();
    Without::make_all(&asked);
}

fn replace(desired: &mut Desired, turn: &SkipTurn<'_>, content: &Arc<GroupContent>) {
    let campaigns = desired.campaigns.iter_mut();
    let occurrences = campaigns
        .filter(|campaign| campaign.reference == turn.campaign.reference)
        .flat_map(|campaign| campaign.occurrences.iter_mut().filter(|one| one.key == turn.key));
    for group in occurrences.flat_map(|occurrence| occurrence.groups.iter_mut()) {
        if group.group == turn.group {
            group.content = Arc::clone(content);
        }
    }
}
