//! Pace: the parts of an occurrence open one step after the other, inside the declared windows.
//!
//! In: a pace, how many people each bucket has, the declared windows, what the provider holds of the occurrence. Out: the
//! number of steps, and the windows of each part. Where recipients' own clocks make several groups, each opens step by step
//! in its own windows, and what begins within the time of the pace counts together. Never: a window outside the declared ones, or a part that lies in two
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

    /// As many as the windows have time for.
    fn most_that_fit(pace: Pace, windows: &Windows) -> Self {
        let fit = windows.open_time().as_secs() / pace.per.as_secs().max(1);
        Self::new(u32::try_from(fit).unwrap_or(MOST).min(MOST), pace.per)
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

/// How an occurrence is paced, and what its reviewer should know.
pub(super) struct Paced {
    /// For each of its groups, in order.
    pub steps: Vec<Steps>,
    pub told: Option<Diagnostic>,
}

/// Recipients who share windows, and the number of steps that their batches have.
struct PacedGroup<'a> {
    windows: &'a Windows,
    people: Places,
    in_use: Option<Steps>,
    has_begun: bool,
    is_over: bool,
}

/// The steps of each group of an occurrence; an error where no batch of it exists and its pace does not fit the windows.
pub(super) fn paced(world: &World<'_>, campaign: &DesiredCampaign, occurrence: &DesiredOccurrence) -> Option<Paced> {
    let pace = campaign.pace?;
    let people: Vec<(&Windows, Places)> = (occurrence.groups.iter())
        .map(|group| (&group.windows, Places::of(&group.content.buckets)))
        .collect();
    let needed = needed(pace, &people);
    let groups: Vec<PacedGroup<'_>> = (occurrence.groups.iter().zip(people))
        .map(|(group, (windows, people))| {
            let seen = seen(world, campaign, occurrence, group, pace.per);
            PacedGroup {
                windows,
                people,
                in_use: in_use(&seen, needed, pace, windows),
                has_begun: has_begun(world, campaign, occurrence, group),
                is_over: windows.closes() <= world.now,
            }
        })
        .collect();
    if let Some((steps, most)) = kept(&groups, needed, pace) {
        let told = (most > pace.messages).then(|| faster(campaign, pace, most));
        return Some(Paced { steps, told });
    }
    let fits = |steps: &Steps| groups.iter().all(|group| group.is_over || steps.fits(group.windows));
    if let Some(steps) = needed.filter(fits) {
        let or_as_it_was = |group: &PacedGroup<'_>| match group.in_use {
            Some(in_use) if !steps.fits(group.windows) => in_use,
            _ => steps,
        };
        let steps = groups.iter().map(or_as_it_was).collect();
        return Some(Paced { steps, told: None });
    }
    let fastest = |group: &PacedGroup<'_>| group.in_use.unwrap_or(Steps::most_that_fit(pace, group.windows));
    let steps: Vec<Steps> = groups.iter().map(fastest).collect();
    let told = if groups.iter().all(|group| group.is_over) {
        None
    } else if groups.iter().any(|group| group.has_begun && group.in_use.is_some()) {
        Some(faster(campaign, pace, busiest(&steps_of(&groups, &steps), pace.per)))
    } else {
        Some(unfit(world, campaign, pace, needed, &groups))
    };
    Some(Paced { steps, told })
}

/// The numbers of steps in use, where they are within a quarter of the pace and of the steps that it needs: rows have come
/// and gone, and nobody has edited the pace. With the messages of the busiest time.
fn kept(groups: &[PacedGroup<'_>], needed: Option<Steps>, pace: Pace) -> Option<(Vec<Steps>, u64)> {
    let needed = needed?;
    if groups.iter().all(|group| group.in_use.is_none()) {
        return None;
    }
    let is_few_enough = |steps: &Steps| steps.n <= needed.n + needed.n.div_ceil(4);
    let of_group = |group: &PacedGroup<'_>| {
        let steps = group.in_use.unwrap_or(needed);
        (is_few_enough(&steps) && (steps.fits(group.windows) || group.is_over)).then_some(steps)
    };
    let steps: Vec<Steps> = groups.iter().map(of_group).collect::<Option<_>>()?;
    let most = busiest(&steps_of(groups, &steps), pace.per);
    (most <= pace.messages + pace.messages / 4).then_some((steps, most))
}

fn steps_of<'a>(groups: &'a [PacedGroup<'a>], steps: &[Steps]) -> Vec<(&'a Windows, &'a Places, Steps)> {
    let of_groups = groups.iter().zip(steps);
    of_groups
        .map(|(group, steps)| (group.windows, &group.people, *steps))
        .collect()
}

/// Most messages that begin within `per`, of all groups together: clocks that differ open at different times.
fn busiest(groups: &[(&Windows, &Places, Steps)], per: Duration) -> u64 {
    if let [(_, people, steps)] = groups {
        return steps.most(people);
    }
    let mut begins: Vec<(Instant, u64)> = Vec::new();
    for (windows, people, steps) in groups {
        begins.extend((0..steps.n).map(|step| {
            let open = steps.per * step;
            let opens = windows.after(open).map_or_else(
                // Beyond the last window, as if it were open for longer.
                || windows.closes() + open.saturating_sub(windows.open_time()),
                |left| left.opens(),
            );
            (opens, people.between(steps.begin(step), steps.begin(step + 1)))
        }));
    }
    begins.sort_unstable();
    let (mut most, mut within, mut first) = (0, 0, begins.iter().peekable());
    for (opens, messages) in &begins {
        within += messages;
        while let Some((_, before)) = first.next_if(|(began, _)| *began + per <= *opens) {
            within -= before;
        }
        most = most.max(within);
    }
    most
}

/// The fewest steps none of which has more messages than the pace, all groups together; `None` where no number of them is
/// enough.
fn needed(pace: Pace, people: &[(&Windows, Places)]) -> Option<Steps> {
    let largest = people.iter().map(|(_, people)| people.all()).max().unwrap_or(0);
    let first = u32::try_from(largest.div_ceil(pace.messages)).ok()?.max(1);
    (first..=MOST).map(|n| Steps::new(n, pace.per)).find(|steps| {
        let groups: Vec<(&Windows, &Places, Steps)> = (people.iter())
            .map(|(windows, people)| (*windows, people, *steps))
            .collect();
        // The cheap half first.
        groups
            .iter()
            .all(|(_, people, steps)| steps.most(people) <= pace.messages)
            && busiest(&groups, pace.per) <= pace.messages
    })
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

fn unfit(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    pace: Pace,
    needed: Option<Steps>,
    groups: &[PacedGroup<'_>],
) -> Diagnostic {
    let name = &campaign.reference;
    let messages = counted(
        groups.iter().map(|group| group.people.all()).sum(),
        "message",
        "messages",
    );
    let open = groups.iter().filter(|group| !group.is_over);
    let shortest = open
        .map(|group| group.windows)
        .min_by_key(|windows| windows.open_time());
    let message = match needed.zip(shortest) {
        Some((steps, windows)) => format!(
            "`{name}` has {messages}: at {pace} they would end at {}, and its last window closes at {}",
            world.spell(end(steps, windows)),
            world.spell(windows.closes())
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
            let opens = Instant::from_unix_seconds(1_795_766_400);
            let windows = Windows::one(Window::new(opens, opens + HOUR * 8).unwrap());
            let groups = [(&windows, people)];
            let steps = needed(pace, &groups).unwrap();
            let [(_, people)] = groups;
            prop_assert!(steps.most(&people) <= messages);
            let total: u64 = (0..steps.n).map(|step| people.between(steps.begin(step), steps.begin(step + 1))).sum();
            prop_assert_eq!(total, people.all());
        }
    }
}
