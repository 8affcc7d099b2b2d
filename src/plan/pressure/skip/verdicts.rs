//! Who is left out of each turn: the rule of `on_pressure: skip`, applied to everybody who is in any list.

use std::collections::{BTreeMap, HashMap};

use super::super::crowds::each_person;
use super::super::moment::{Moment, most_within};
use super::Round;
use super::turn::{Fixed, LeftOut, SentBefore, SkipTurn, SkipVerdict, Why};
use crate::model::{NumberSet, Part, Person};

impl<'a> Round<'_, 'a> {
    /// Who is left out of each turn. People in the same lists, of the same parts that have begun, are decided together.
    pub(super) fn left_out(&self) -> Vec<LeftOut> {
        let mut known: HashMap<Vec<usize>, usize> = HashMap::new(); // looked up, never walked
        let mut verdicts: Vec<(SkipVerdict, Vec<Person>)> = Vec::new();
        let (mut signature, mut last) = (Vec::new(), (Vec::new(), 0));
        each_person(&self.lists.all, |person, theirs| {
            self.sign(person, theirs, &mut signature);
            if signature != last.0 || verdicts.is_empty() {
                let at = known.get(&signature).copied().unwrap_or_else(|| {
                    verdicts.push((self.verdict(person, theirs), Vec::new()));
                    known.insert(signature.clone(), verdicts.len() - 1);
                    verdicts.len() - 1
                });
                last = (signature.clone(), at);
            }
            if let Some((verdict, people)) = verdicts.get_mut(last.1)
                && !verdict.is_empty()
            {
                people.push(person);
            }
        });
        self.of_verdicts(&verdicts)
    }

    /// The same by turn. Turns that leave out the same people share the list of them.
    fn of_verdicts(&self, verdicts: &[(SkipVerdict, Vec<Person>)]) -> Vec<LeftOut> {
        let mut all: Vec<LeftOut> = self.turns.iter().map(|_| LeftOut::default()).collect();
        let mut by_turn: Vec<Vec<usize>> = vec![Vec::new(); self.turns.len()];
        for (at, (verdict, people)) in verdicts.iter().enumerate() {
            for (turn, why) in verdict {
                if let Some((out, verdicts)) = all.get_mut(*turn).zip(by_turn.get_mut(*turn)) {
                    *out.counts.entry(why.clone()).or_default() += people.len() as u64;
                    verdicts.push(at);
                }
            }
        }
        let mut lists: BTreeMap<Vec<usize>, NumberSet> = BTreeMap::new();
        for (out, of) in all.iter_mut().zip(by_turn) {
            let people = lists.entry(of).or_insert_with_key(|of| {
                let people = of.iter().filter_map(|at| verdicts.get(*at));
                let mut people: Vec<Person> = people.flat_map(|(_, people)| people).copied().collect();
                // Runs in order, which this sort merges.
                people.sort();
                NumberSet::of_people(people)
            });
            out.people = people.clone();
        }
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
}
