//! Pace: the parts of an occurrence open one step after the other, inside the declared windows.
//!
//! In: a pace, how many people each bucket has, the declared windows, what the provider holds of the occurrence. Out: the
//! number of steps, and the windows of each part. Never: a window outside the declared ones, or a part that lies in two
//! steps, unless it has begun.
//!
//! A part's step follows from the prefix of its hash and the number of steps alone. So two parts that share people have the
//! same step or are divisions of one that has begun, and adding a row moves nobody to another step.
//!
//! Which batch is sent, replaced or held is decided as for any other change of windows: slot by slot, with the rules of
//! `table` and `sharing`. What an edit does when batches exist:
//!
//! | edit | a planned part | a part that has begun | a part that was never created |
//! |---|---|---|---|
//! | a row is added or removed | keeps its step: the number of steps stays | stays | is created at its step |
//! | pace added | is replaced by finer ones at their steps, the old one canceled and proved silent first | never splits, is never sent again | is created at its step |
//! | pace removed | opens with the window; once that is past or near it is held (`too_late`) and goes out at its old step | stays | held (`starts_now`) once the window is open |
//! | pace slowed down or sped up by more than a quarter | moves to its new step; held (`too_late`) where that is past or near, and goes out at its old step | stays | is created at its new step; held (`starts_now`) where that is past |
//! | window moved | moves with it, as without a pace | stays | is created at its step |
//! | the pace no longer fits the window | the plan is an error, and it stays; once a part has begun it keeps its step, with a note | stays | as a planned one |
//!
//! The number of steps in use is read off the batches' windows. Where they leave a doubt any number is safe: it only says
//! when a part opens.

use std::time::Duration;

use crate::desired::{Buckets, DesiredCampaign, DesiredGroup, DesiredOccurrence};
use crate::model::{Diagnostic, Instant, Pace, Part, Place, Windows, counted, format_duration, grouped};

use super::classify::Role;
use super::diagnostics;
use super::world::World;

/// More steps than this are no pace but a mistake; also what parts can tell apart.
const MOST: u32 = 4096;

/// Into how many steps the parts of a group fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Steps {
    n: u32,
    per: Duration,
}

impl Steps {
    fn new(n: u32, per: Duration) -> Self {
        Self { n: n.max(1), per }
    }

    pub(super) fn count(self) -> u32 {
        self.n
    }

    /// Every part has at least so many bits: four to eight parts a step, so that steps are of one size within a quarter.
    pub(super) fn bits(self) -> u8 {
        if self.n == 1 {
            return 0;
        }
        u8::try_from(self.n.next_power_of_two().ilog2() + 2).unwrap_or(Part::MAX_BITS)
    }

    /// The step of a part, from 0; `None` for a coarser one, which has begun before there were so many steps.
    fn of(self, part: Part) -> Option<u32> {
        let bits = self.bits();
        let prefix = u32::from(part.first_place()) >> (Part::MAX_BITS - bits);
        (part.bits() >= bits).then(|| (prefix * self.n) >> bits)
    }

    /// When a part may be sent.
    pub(super) fn windows(self, declared: &Windows, part: Part) -> Windows {
        let left = self.of(part).and_then(|step| declared.after(self.per * step));
        left.unwrap_or_else(|| declared.clone())
    }

    /// When the last step opens.
    pub(super) fn last_opens(self, declared: &Windows) -> Instant {
        let last = declared.after(self.per * (self.n - 1));
        last.map_or(declared.opens(), |windows| windows.opens())
    }

    /// Messages of the busiest step.
    fn most(self, people: &Places) -> u64 {
        (0..self.n)
            .map(|step| people.between(self.begin(step), self.begin(step + 1)))
            .max()
            .unwrap_or(0)
    }

    /// The first place of a step.
    fn begin(self, step: u32) -> usize {
        let bits = u32::from(self.bits());
        let prefix = (step << bits).div_ceil(self.n);
        (prefix << (u32::from(Part::MAX_BITS) - bits)) as usize
    }

    fn fits(self, windows: &Windows) -> bool {
        self.per
            .checked_mul(self.n)
            .is_some_and(|time| time <= windows.open_time())
    }
}

/// People before each place of the hash.
struct Places(Vec<u64>);

impl Places {
    fn of(buckets: &Buckets) -> Self {
        let mut before = vec![0_u64; (1 << Part::MAX_BITS) + 1];
        for (place, people) in buckets.people_by_place() {
            if let Some(count) = before.get_mut(usize::from(place) + 1) {
                *count += people;
            }
        }
        let mut sum = 0;
        for count in &mut before {
            sum += *count;
            *count = sum;
        }
        Self(before)
    }

    fn between(&self, from: usize, to: usize) -> u64 {
        let before = |place: usize| self.0.get(place).or(self.0.last()).copied().unwrap_or(0);
        before(to) - before(from)
    }

    fn all(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }
}

/// How a group is paced, and what its reviewer should know.
pub(super) struct Paced {
    pub steps: Steps,
    pub told: Option<Diagnostic>,
}

/// The steps of a group of an occurrence; an error where no batch of it exists and its pace does not fit the windows.
pub(super) fn paced(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    group: &DesiredGroup,
) -> Option<Paced> {
    let pace = campaign.pace?;
    let people = Places::of(&group.content.buckets);
    let needed = needed(pace, &people);
    let seen = seen(world, campaign, occurrence, group, pace.per);
    let in_use = in_use(&seen, needed, pace, &group.windows);
    if let Some(steps) = in_use.filter(|steps| is_near(*steps, needed, pace, &people)) {
        let most = steps.most(&people);
        let told = (most > pace.messages).then(|| faster(campaign, pace, most));
        return Some(Paced { steps, told });
    }
    let is_over = group.windows.closes() <= world.now;
    match needed.filter(|steps| steps.fits(&group.windows)) {
        Some(steps) => Some(Paced { steps, told: None }),
        None if is_over => Some(Paced {
            steps: in_use.unwrap_or(Steps::new(1, pace.per)),
            told: None,
        }),
        None => Some(match in_use.filter(|_| has_begun(world, campaign, occurrence, group)) {
            Some(steps) => Paced {
                steps,
                told: Some(faster(campaign, pace, steps.most(&people))),
            },
            None => Paced {
                steps: Steps::new(1, pace.per),
                told: Some(unfit(campaign, pace, needed, &group.windows, people.all())),
            },
        }),
    }
}

/// The fewest steps none of which has more messages than the pace; `None` where no number of them is enough.
fn needed(pace: Pace, people: &Places) -> Option<Steps> {
    let first = u32::try_from(people.all().div_ceil(pace.messages)).ok()?.max(1);
    (first..=MOST)
        .map(|n| Steps::new(n, pace.per))
        .find(|steps| steps.most(people) <= pace.messages)
}

/// Within a quarter of the pace, and of the steps that it needs: rows have come and gone, and nobody has edited the pace.
fn is_near(steps: Steps, needed: Option<Steps>, pace: Pace, people: &Places) -> bool {
    let is_few_enough = needed.is_some_and(|needed| steps.n <= needed.n + needed.n.div_ceil(4));
    is_few_enough && steps.most(people) <= pace.messages + pace.messages / 4
}

/// Then an error would hold back what nobody can change any more.
fn has_begun(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    group: &DesiredGroup,
) -> bool {
    let batches = world.of_occurrence(campaign, occurrence.key).into_iter();
    let mut batches = batches.filter(|i| world.batch(*i).reference.slot.group == group.group);
    batches.any(|i| !world.is_reported_canceled(i) && world.role(i) == Role::Begun)
}

/// The parts of live batches with the step at which each opens, as far as it is one.
fn seen(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    group: &DesiredGroup,
    per: Duration,
) -> Vec<(Part, u32)> {
    let of_group = |i: &usize| world.batch(*i).reference.slot.group == group.group;
    let is_live = |i: &usize| {
        !world.is_reported_canceled(*i) && matches!(world.role(*i), Role::Planned | Role::Begun | Role::Unsettled)
    };
    let batches = world.of_occurrence(campaign, occurrence.key).into_iter();
    let steps = batches.filter(of_group).filter(is_live).filter_map(|i| {
        let batch = world.batch(i);
        let open = group.windows.open_time_before(batch.opens()?)?;
        let step = u32::try_from(open.as_secs() / per.as_secs().max(1)).ok()?;
        (per * step == open).then_some((batch.reference.slot.part, step))
    });
    steps.collect()
}

/// The number of steps that live batches have, the needed one where several are possible.
fn in_use(seen: &[(Part, u32)], needed: Option<Steps>, pace: Pace, windows: &Windows) -> Option<Steps> {
    if seen.is_empty() {
        return None;
    }
    let is_it = |steps: &Steps| steps.fits(windows) && seen.iter().all(|(part, step)| steps.of(*part) == Some(*step));
    if let Some(needed) = needed.filter(is_it) {
        return Some(needed);
    }
    let distance = |steps: &Steps| needed.map_or(0, |needed| needed.n.abs_diff(steps.n));
    let all = (1..=MOST)
        .map(|n| Steps::new(n, pace.per))
        .take_while(|steps| steps.fits(windows));
    all.filter(is_it).min_by_key(distance)
}

/// More messages in a step than the pace says, because the number of steps stays.
fn faster(campaign: &DesiredCampaign, pace: Pace, most: u64) -> Diagnostic {
    let message = format!(
        "`{}` sends up to {} in {}, more than `pace` says: batches of it exist, and its number of steps stays",
        campaign.reference,
        counted(most, "message", "messages"),
        format_duration(pace.per)
    );
    Diagnostic::note(&diagnostics::PACE, message).at(Place::file(&campaign.file))
}

fn unfit(campaign: &DesiredCampaign, pace: Pace, needed: Option<Steps>, windows: &Windows, people: u64) -> Diagnostic {
    let name = &campaign.reference;
    let messages = counted(people, "message", "messages");
    let message = match needed {
        Some(steps) => format!(
            "`{name}` has {messages}: at {pace} they would end at {}, and its last window closes at {}",
            end(steps, windows),
            windows.closes()
        ),
        None => format!(
            "`{name}` has {messages}: at {pace} they would need more than {} steps",
            grouped(MOST.into())
        ),
    };
    Diagnostic::error(&diagnostics::PACE, message)
        .at(Place::file(&campaign.file))
        .hint("send more messages in a step, or leave the window open for longer")
}

/// When the last step would end, were the last window open long enough.
fn end(steps: Steps, windows: &Windows) -> Instant {
    windows.closes() + (steps.per * steps.n).saturating_sub(windows.open_time())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desired::Totals;
    use crate::model::{Msisdn, Window};

    const HOUR: Duration = Duration::from_secs(3600);

    fn part(bits: u8, k: u16) -> Part {
        Part::new(bits, k).unwrap()
    }

    fn places(people: u64) -> Places {
        let totals = || Totals {
            recipients: 1,
            ..Totals::default()
        };
        let number = |i| Msisdn::from_u64(46_700_000_000 + i).unwrap();
        Places::of(&Buckets::new((0..people).map(|i| (Part::bucket(number(i)), totals()))))
    }

    #[test]
    fn steps_are_as_committed_here() {
        // A release that moved them would move everybody who is planned.
        let steps = Steps::new(5, HOUR);
        assert_eq!(steps.bits(), 5);
        let of = |k: u16| steps.of(part(5, k)).unwrap();
        assert_eq!(
            (0..32).map(of).collect::<Vec<_>>(),
            [
                0, 2, 1, 3, 0, 3, 1, 4, 0, 2, 1, 4, 0, 3, 2, 4, 0, 2, 1, 3, 0, 3, 2, 4, 0, 2, 1, 4, 1, 3, 2, 4
            ]
        );
        assert_eq!(
            (steps.of(part(7, 0b110_0001)), steps.of(part(4, 1))),
            (steps.of(part(5, 1)), None)
        );
        let bits: Vec<u8> = [1, 2, 3, 4, 5, 4096].map(|n| Steps::new(n, HOUR).bits()).to_vec();
        assert_eq!(bits, [0, 3, 4, 4, 5, 14]);
        let opens = Instant::from_unix_seconds(1_795_766_400);
        let declared = Windows::one(Window::new(opens, opens + HOUR * 8).unwrap());
        assert_eq!(steps.windows(&declared, part(5, 7)).opens(), opens + HOUR * 4);
        assert_eq!(steps.windows(&declared, Part::WHOLE), declared);
    }

    proptest! {
        #[test]
        fn steps_are_runs_of_places_of_one_size_within_a_quarter(n in 2_u32..=MOST) {
            let steps = Steps::new(n, HOUR);
            let all = 1_usize << Part::MAX_BITS;
            let mut begins: Vec<usize> = (0..=n).map(|step| steps.begin(step)).collect();
            prop_assert_eq!((begins[0], begins[begins.len() - 1]), (0, all));
            begins.dedup();
            prop_assert_eq!(begins.len(), n as usize + 1);
            let sizes = begins.windows(2).map(|pair| pair[1] - pair[0]);
            prop_assert!(sizes.max().unwrap() * (n as usize) <= all + all / 4);
            for (step, pair) in begins.windows(2).enumerate() {
                for place in [pair[0], pair[1] - 1] {
                    let bucket = u16::try_from(place).unwrap().reverse_bits() >> 1;
                    prop_assert_eq!(steps.of(part(Part::MAX_BITS, bucket)), Some(u32::try_from(step).unwrap()));
                }
            }
        }

        #[test]
        fn no_step_has_more_than_the_pace_says(people in 1_u64..4000, messages in 20_u64..900) {
            let people = places(people);
            let pace = Pace { messages, per: HOUR };
            let steps = needed(pace, &people).unwrap();
            prop_assert!(steps.most(&people) <= messages);
            let total: u64 = (0..steps.n).map(|step| people.between(steps.begin(step), steps.begin(step + 1))).sum();
            prop_assert_eq!(total, people.all());
        }
    }
}
