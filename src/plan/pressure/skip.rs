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

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use self::turn::{Fixed, SentBefore, SkipTurn, SkipVerdict, Why, who_got};
use super::super::facts::{JournalFacts, Need, Observed};
use super::super::policy::Policy;
use super::super::world::World;
use super::crowds::{CrowdLists, each_person};
use super::moment::{Moment, most_within};
use crate::campaign::{Category, ContactLimit};
use crate::desired::{Desired, DesiredGroup, GroupContent};
use crate::model::{CampaignRef, Diagnostic, Group, Instant, NumberSet, OccurrenceKey, Part, Person};

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
        for (turn, out) in self.turns.iter().zip(&left_out) {
            if let Some(group) = turn.wanted
                && !out.people.is_empty()
            {
                self.take_out(turn, group, out, wanted);
            }
        }
    }

    /// What has begun, by who got it.
    fn note_begun(&mut self, as_files_give: &[LeftOut], faults: &mut Vec<Diagnostic>) {
        for t in 0..self.turns.len() {
            let Some((turn, out)) = self.turns.get(t).zip(as_files_give.get(t)) else {
                continue;
            };
            let Some(group) = turn.wanted else { continue };
            let mut begun = Vec::new();
            for i in self.world.of_occurrence(turn.campaign, turn.key) {
                let slot = &self.world.batch(i).reference.slot;
                // The proof of an old one is not asked for.
                let is_old = self.world.is_reported_canceled(i) && !self.is_recent(i);
                if slot.group == turn.group && !is_old && self.is_fixed(turn.campaign, i) {
                    begun.push((slot.part, i));
                }
            }
            let got: Vec<(Part, Option<SentBefore>, usize)> = begun
                .into_iter()
                .map(|(part, i)| {
                    let of_files = (turn.campaign, group, out.people.as_slice());
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

    /// Who is left out of each turn. People in the same lists, of the same parts that have begun, are decided together.
    fn left_out(&self) -> Vec<LeftOut> {
        let mut all: Vec<LeftOut> = self.turns.iter().map(|_| LeftOut::default()).collect();
        let mut known: HashMap<Vec<usize>, Rc<SkipVerdict>> = HashMap::new(); // looked up, never walked
        let mut signature = Vec::new();
        each_person(&self.lists.all, |person, theirs| {
            self.sign(person, theirs, &mut signature);
            let verdict = if let Some(verdict) = known.get(&signature) {
                Rc::clone(verdict)
            } else {
                let verdict = Rc::new(self.verdict(person, theirs));
                known.insert(signature.clone(), Rc::clone(&verdict));
                verdict
            };
            for (turn, why) in verdict.iter() {
                if let Some(out) = all.get_mut(*turn) {
                    out.people.push(person);
                    match out.counts.get_mut(why) {
                        Some(count) => *count += 1,
                        None => {
                            out.counts.insert(why.clone(), 1);
                        }
                    }
                }
            }
        });
        all
    }

    /// Everything of a person that a verdict depends on.
    fn sign(&self, person: Person, theirs: &[usize], signature: &mut Vec<usize>) {
        signature.clear();
        signature.extend_from_slice(theirs);
        let mut bucket = None;
        for t in theirs.iter().filter_map(|list| self.turns_of.get(list)).flatten() {
            let begun = self.turns.get(*t).map_or(&[][..], |turn| turn.begun.as_slice());
            for (at, (part, _)) in begun.iter().enumerate() {
                let bucket = *bucket.get_or_insert_with(|| Part::bucket(person));
                if part.contains_bucket(bucket) {
                    signature.extend([usize::MAX, *t, at]);
                }
            }
        }
    }

    fn verdict(&self, person: Person, theirs: &[usize]) -> SkipVerdict {
        let lists = theirs.iter().filter_map(|list| self.turns_of.get(list));
        let mut turns: Vec<usize> = lists.flatten().copied().collect();
        turns.sort_unstable();
        turns.dedup();
        let bucket = Part::bucket(person);
        let sent = |t: usize| {
            let begun = self.turns.get(t).map_or(&[][..], |turn| turn.begun.as_slice());
            begun
                .iter()
                .filter(move |(part, _)| part.contains_bucket(bucket))
                .map(|(_, sent)| *sent)
        };
        // Of an occurrence that is no longer declared only those count whose part was sent.
        turns.retain(|t| self.turns.get(*t).is_some_and(|turn| turn.wanted.is_some()) || sent(*t).next().is_some());
        let plain = self.in_order((&turns, theirs), &BTreeMap::new());
        let mut fixed: BTreeMap<usize, Fixed> = BTreeMap::new();
        for t in turns.iter().copied().filter(|t| sent(*t).next().is_some()) {
            let why = plain.iter().find(|(out, _)| *out == t).map(|(_, why)| why.clone());
            let got = sent(t).any(|sent| match sent {
                SentBefore::Whole => true,
                SentBefore::AsDecided => why.is_none(),
                SentBefore::Read(list) => theirs.contains(&list),
            });
            let is_decided = sent(t).any(|sent| sent == SentBefore::AsDecided);
            let outside = if is_decided {
                Fixed::LeftOut(why)
            } else {
                Fixed::NotInIt
            };
            fixed.insert(t, if got { Fixed::Got } else { outside });
        }
        if fixed.is_empty() {
            return plain;
        }
        self.in_order((&turns, theirs), &fixed)
    }

    /// Decides turns in their order. Those that have begun count first, for everybody who got them, and are not decided
    /// any more.
    fn in_order(&self, (turns, theirs): (&[usize], &[usize]), fixed: &BTreeMap<usize, Fixed>) -> SkipVerdict {
        let of = |t: &usize| self.turns.get(*t);
        let has_it = |t: &&usize| fixed.get(t) == Some(&Fixed::Got);
        let mut accepted: Vec<&SkipTurn<'a>> = turns.iter().filter(has_it).filter_map(of).collect();
        let mut verdict = SkipVerdict::new();
        for t in turns {
            let Some(turn) = of(t) else { continue };
            let why = match fixed.get(t) {
                Some(Fixed::Got) => continue,
                Some(Fixed::LeftOut(why)) => why.clone(),
                Some(Fixed::NotInIt) | None => self.why_out(turn, &accepted),
            };
            match why {
                // Nobody is left out of a list that does not have them.
                Some(_) if !theirs.contains(&turn.list) => {}
                Some(why) => verdict.push((*t, why)),
                None if turn.counts && !fixed.contains_key(t) && theirs.contains(&turn.list) => accepted.push(turn),
                None => {}
            }
        }
        verdict
    }

    fn why_out(&self, turn: &SkipTurn<'a>, accepted: &[&SkipTurn<'a>]) -> Option<Why> {
        // What has begun of the same occurrence under another group is no other text: it holds what would repeat it.
        let is_other =
            |other: &&&SkipTurn<'a>| (&other.campaign.reference, other.key) != (&turn.campaign.reference, turn.key);
        let accepted: Vec<&SkipTurn<'a>> = accepted.iter().filter(is_other).copied().collect();
        let moments: Vec<Moment> = accepted.iter().map(|other| other.moment).collect();
        self.limits.iter().enumerate().find_map(|(limit, one)| {
            let most = most_within(turn.moment, &moments, one.within);
            let instead = most.iter().filter_map(|i| accepted.get(*i));
            (most.len() >= one.messages).then(|| Why {
                limit,
                instead: instead.map(|other| other.campaign.reference.clone()).collect(),
            })
        })
    }

    /// Puts the content without these people in the place of the whole.
    fn take_out(&self, turn: &SkipTurn<'a>, group: &DesiredGroup, out: &LeftOut, wanted: &mut Wanted<'_>) {
        let people = NumberSet::of_people(out.people.clone());
        match group.content.without.of(&people) {
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
        skips.people.insert(turn.group, people);
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

/// Who is left out of a turn, in ascending order, and how many for which reason.
#[derive(Default)]
struct LeftOut {
    people: Vec<Person>,
    counts: BTreeMap<Why, u64>,
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
