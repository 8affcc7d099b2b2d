//! Schedules in cron's five fields, and the occurrences they make in a zone.
//!
//! In: the text of a campaign's `cron` key, a zone, bounds. Out: nominal local times, each with the instant at which it
//! opens. Never: a match on anything but the wall clock, a loop without an end (the `cron` crate stops at the year 2100).

mod fault;
mod fields;
mod occurrences;
#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::time::Duration;

use ::cron::Schedule;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Utc};

use crate::model::{Instant, LocalTime};
pub use fault::CronFault;
use fields::Fields;
pub use occurrences::{Occurrence, Occurrences, Shift};

use super::Zone;

/// No clock on earth is farther from UTC.
const WIDEST_OFFSET: Duration = Duration::from_hours(15);

/// A schedule of nominal local times: five fields, Unix meaning.
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    fields: Fields,
    /// The same, as the `cron` crate spells it: a matcher of civil time, run over wall-clock fields in `Utc`.
    matcher: Schedule,
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Cron {}

impl Cron {
    /// Reads five fields: minute, hour, day of the month, month, day of the week.
    ///
    /// 0 and 7 are Sunday; names, ranges, lists and steps are known. `FRI-SUN` and `5-7` run to the Sunday that ends the
    /// week; any other range that runs backwards is refused, as are both day fields at once, steps that no range has,
    /// and schedules that never happen.
    pub fn parse(text: &str) -> Result<Self, CronFault> {
        let fields = Fields::parse(text)?;
        let matcher = Schedule::from_str(&fields.for_matcher()).map_err(|_| {
            CronFault::whole(
                text,
                "this schedule cannot be read",
                "write five fields like `0 10 * * MON-FRI`",
            )
        })?;
        Ok(Self {
            text: text.trim().to_owned(),
            fields,
            matcher,
        })
    }

    /// As written, trimmed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the fields match this wall-clock time (zones and bounds apart).
    pub fn contains(&self, nominal: LocalTime) -> bool {
        self.matcher.includes(nominal.naive().and_utc())
    }

    /// Occurrences in a zone that open strictly after `after` and strictly before `before`, in order; `from` and `until`
    /// are dates of the nominal time, both inclusive.
    pub fn occurrences<'a>(
        &'a self,
        zone: &'a Zone,
        from: Option<LocalTime>,
        until: Option<LocalTime>,
        after: Instant,
        before: Instant,
    ) -> Occurrences<'a> {
        Occurrences::new(self, zone, from, until, after, before)
    }

    /// Nominal times on no zone's clock, from `first` on (it included), in order, at most to the end of 2100.
    pub fn nominal_from(&self, first: LocalTime) -> impl Iterator<Item = LocalTime> + '_ {
        let earliest = NaiveDate::from_ymd_opt(1970, 1, 2)
            .unwrap_or_default()
            .and_time(chrono::NaiveTime::MIN);
        let start: NaiveDateTime = first.naive().max(earliest);
        let just_before: DateTime<Utc> = start.and_utc() - chrono::TimeDelta::seconds(1);
        let is_in_range = start.year() <= 2100;
        self.matcher
            .after_owned(if is_in_range { just_before } else { earliest.and_utc() })
            .take_while(move |_| is_in_range)
            .map(|time| LocalTime::from_naive(time.naive_utc()))
    }

    /// The first occurrence that opens strictly after `instant`.
    pub fn next_after(
        &self,
        zone: &Zone,
        from: Option<LocalTime>,
        until: Option<LocalTime>,
        instant: Instant,
    ) -> Option<Occurrence> {
        self.occurrences(zone, from, until, instant, Instant::from_unix_millis(i64::MAX))
            .next()
    }

    /// The shortest time between two nominal times, on the wall clock: computed over one full cycle of weekdays and
    /// leap years (28 years), so bounded whatever the schedule.
    pub fn smallest_interval(&self) -> Duration {
        let minutes_of_day = self.fields.minutes_of_day();
        let within = minutes_of_day.windows(2).filter_map(|pair| match pair {
            [a, b] => Some(b - a),
            _ => None,
        });
        let (first, last) = (
            minutes_of_day.first().copied().unwrap_or(0),
            minutes_of_day.last().copied().unwrap_or(0),
        );
        let overnight = self.smallest_gap_in_days().map(|days| days * 1440 + first - last);
        let minutes = within.chain(overnight).min().unwrap_or(1440);
        Duration::from_secs(60 * u64::from(minutes))
    }

    fn smallest_gap_in_days(&self) -> Option<u32> {
        let start = NaiveDate::from_ymd_opt(2001, 1, 1)?;
        let mut last: Option<u32> = None;
        let mut smallest: Option<u32> = None;
        for day in 0..28 * 366 {
            let date = start.checked_add_days(Days::new(u64::from(day)))?;
            if self
                .fields
                .has_day(date.month(), date.day(), date.weekday().num_days_from_sunday())
            {
                if let Some(previous) = last {
                    let gap = day - previous;
                    smallest = Some(smallest.map_or(gap, |s| s.min(gap)));
                }
                last = Some(day);
            }
        }
        smallest
    }
}
