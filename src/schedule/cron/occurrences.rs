//! Nominal times resolved in a zone: a time that the clocks jump over opens at the jump itself (02:30 at 03:00, not 03:30),
//! a time that happens twice opens the first time, and nominal times that open at one instant are one occurrence.

use std::iter::Peekable;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::{Cron, WIDEST_OFFSET};
use crate::model::{Instant, LocalTime};
use crate::schedule::zone::{Meaning, Zone};

/// One firing of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Its name: the wall-clock time that the schedule asks for.
    pub nominal: LocalTime,
    /// When it opens.
    pub opens: Instant,
    /// What daylight saving time did to it, if anything.
    pub shifted: Option<Shift>,
}

/// What daylight saving time does to a nominal time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// It does not exist; it opens at the jump, when clocks show `opens_at`.
    Skipped {
        /// The wall clock just after the jump.
        opens_at: LocalTime,
    },
    /// It happens twice; the first one counts.
    Doubled,
}

/// Iterator of [`Occurrence`]; ends at its bounds, at the latest with the year 2100.
pub struct Occurrences<'a> {
    nominal: Peekable<Box<dyn Iterator<Item = Occurrence> + 'a>>,
    after: Instant,
    before: Instant,
}

/// The instant at which a nominal time opens.
pub(super) fn opening(zone: &Zone, nominal: LocalTime) -> Option<(Instant, Option<Shift>)> {
    match zone.meaning(nominal) {
        Meaning::One(instant) => Some((instant, None)),
        Meaning::Fold([(first, _), _]) => Some((first, Some(Shift::Doubled))),
        Meaning::Gap(change) => {
            let opens_at = zone.local(change.at);
            Some((change.at, Some(Shift::Skipped { opens_at })))
        }
        Meaning::OutOfRange => None,
    }
}

impl<'a> Occurrences<'a> {
    pub(super) fn new(
        cron: &'a Cron,
        zone: &'a Zone,
        from: Option<LocalTime>,
        until: Option<LocalTime>,
        after: Instant,
        before: Instant,
    ) -> Self {
        // Two days earlier than needed, so that all nominal times that a jump throws together are seen together.
        let reach_back = midnight(zone.local(after), -2);
        let first = from.map_or(reach_back, |from| midnight(from, 0).max(reach_back));
        let end = until.map(|until| midnight(until, 1));
        let nominal = cron
            .nominal_from(first)
            .take_while(move |nominal| end.is_none_or(|end| *nominal < end))
            .filter_map(|nominal| {
                let (opens, shifted) = opening(zone, nominal)?;
                Some(Occurrence {
                    nominal,
                    opens,
                    shifted,
                })
            });
        let nominal: Box<dyn Iterator<Item = Occurrence> + 'a> = Box::new(nominal);
        Self {
            nominal: nominal.peekable(),
            after,
            before,
        }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = Occurrence;

    fn next(&mut self) -> Option<Occurrence> {
        loop {
            let mut occurrence = self.nominal.next()?;
            if occurrence.opens >= self.before {
                return None;
            }
            // The one whose nominal time exists comes last; where none does, the first names them all.
            while let Some(same) = self.nominal.next_if(|next| next.opens <= occurrence.opens) {
                if same.shifted.is_none() {
                    occurrence = same;
                }
            }
            if occurrence.opens > self.after {
                return Some(occurrence);
            }
        }
    }
}

/// The beginning of the day so many days away.
pub(super) fn midnight(local: LocalTime, days: i8) -> LocalTime {
    let date = local.naive().date();
    let count = Days::new(u64::from(days.unsigned_abs()));
    let moved = if days < 0 {
        date.checked_sub_days(count)
    } else {
        date.checked_add_days(count)
    };
    LocalTime::from_naive(moved.unwrap_or(date).and_time(NaiveTime::MIN))
}

impl Cron {
    /// Nominal times for recipients' own zones: every one that some wall clock on earth may show strictly between `after`
    /// and `before`, in order. `group` resolves each.
    pub fn nominal_between(
        &self,
        from: Option<LocalTime>,
        until: Option<LocalTime>,
        after: Instant,
        before: Instant,
    ) -> impl Iterator<Item = LocalTime> + '_ {
        let utc = |instant: Instant| {
            let time = DateTime::<Utc>::from_timestamp(instant.unix_seconds(), 0).unwrap_or_default();
            LocalTime::from_naive(time.naive_utc())
        };
        let (first, last) = (utc(after - WIDEST_OFFSET), utc(before + WIDEST_OFFSET));
        let end = until.map(|until| midnight(until, 1));
        self.nominal_from(from.map_or(first, |from| from.max(first)))
            .take_while(move |nominal| *nominal <= last && end.is_none_or(|end| *nominal < end))
    }

    /// Whether an occurrence in this zone goes by exactly this name: nominal times that resolve to one instant have one
    /// name between them.
    pub fn names(&self, zone: &Zone, nominal: LocalTime) -> bool {
        opening(zone, nominal).is_some_and(|(opens, _)| {
            let second = Duration::from_secs(1);
            self.occurrences(zone, None, None, opens - second, opens + second)
                .any(|occurrence| occurrence.nominal == nominal)
        })
    }
}
