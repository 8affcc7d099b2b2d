//! IANA zones: which exist, and what a local time means in them.
//!
//! In: names, local times, instants. Out: zones, instants, faults with what would have been right. Never: the
//! system's zone data, a silent choice between two meanings of an explicit time.

mod caution;
mod fault;
mod names;
mod offset;
mod otherwise;
mod spelling;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use fault::suggestions;
use jiff::Timestamp;
use jiff::civil::DateTime as Civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::model::{Instant, LocalTime, ZoneName};

pub use fault::{TimeFault, UnknownZone};
use names::DATABASE;
pub(super) use names::NAMES;
pub use names::tzdb_version;
pub use offset::format_offset;
pub use spelling::{spell_at_offset, weekday_and_date};

/// An IANA zone that exists in the bundled database.
#[derive(Clone)]
pub struct Zone {
    name: Arc<str>,
    rules: TimeZone,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// A moment at which a zone's UTC offset changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetChange {
    /// The first moment of the new offset.
    pub at: Instant,
    /// Seconds east of UTC until then.
    pub before_seconds: i32,
    /// Seconds east of UTC from then on.
    pub after_seconds: i32,
}

/// What a local time means, before anybody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    One(Instant),
    /// The instant of the jump.
    Gap(OffsetChange),
    /// Both, first one first, with their offsets.
    Fold([(Instant, i32); 2]),
    OutOfRange,
}

impl Zone {
    /// The zone of this name, spelled exactly as the database spells it.
    pub fn find(name: &ZoneName) -> Result<Self, UnknownZone> {
        Self::of_name(name.as_str()).ok_or_else(|| UnknownZone {
            name: name.as_str().to_owned(),
            suggestions: suggestions(name.as_str()),
        })
    }

    /// Exact spelling, like [`Zone::find`].
    pub(super) fn of_name(name: &str) -> Option<Self> {
        if NAMES.binary_search_by(|known| known.as_str().cmp(name)).is_err() {
            return None;
        }
        let rules = DATABASE.get(name).ok()?;
        Some(Self {
            name: name.into(),
            rules,
        })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at this instant.
    pub fn offset_seconds_at(&self, instant: Instant) -> i32 {
        self.rules.to_offset(timestamp(instant)).seconds()
    }

    /// The wall clock at this instant, to the minute.
    pub fn local(&self, instant: Instant) -> LocalTime {
        LocalTime::from_naive(self.naive(instant))
    }

    fn naive(&self, instant: Instant) -> NaiveDateTime {
        let seconds = instant.unix_seconds() + i64::from(self.offset_seconds_at(instant));
        DateTime::<Utc>::from_timestamp(seconds, 0)
            .unwrap_or_default()
            .naive_utc()
    }

    /// The one instant that an explicit local time means; `offset` (seconds east of UTC) chooses between two.
    pub fn resolve(&self, local: LocalTime, offset: Option<i32>) -> Result<Instant, TimeFault> {
        let wrong = |written, right| Err(TimeFault::WrongOffset { written, right });
        match (self.meaning(local), offset) {
            (Meaning::OutOfRange, _) => Err(TimeFault::OutOfRange),
            (Meaning::Gap(change), _) => Err(TimeFault::Gap {
                before: at_offset(change.at - Duration::from_mins(1), change.before_seconds),
                after: at_offset(change.at, change.after_seconds),
            }),
            (Meaning::One(instant), None) => Ok(instant),
            (Meaning::One(instant), Some(written)) => {
                let right = self.offset_seconds_at(instant);
                if right == written {
                    Ok(instant)
                } else {
                    wrong(written, vec![right])
                }
            }
            (Meaning::Fold([(_, first_offset), (_, second_offset)]), None) => Err(TimeFault::Fold {
                first_offset,
                second_offset,
            }),
            (Meaning::Fold(both), Some(written)) => match both.iter().find(|(_, offset)| *offset == written) {
                Some((instant, _)) => Ok(*instant),
                None => wrong(written, both.iter().map(|(_, offset)| *offset).collect()),
            },
        }
    }

    pub(super) fn meaning(&self, local: LocalTime) -> Meaning {
        let Some(civil) = civil(local) else {
            return Meaning::OutOfRange;
        };
        let at = |offset: Offset| offset.to_timestamp(civil).ok().map(|t| instant(t.as_second()));
        match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset).map_or(Meaning::OutOfRange, Meaning::One),
            AmbiguousOffset::Fold { before, after } => match (at(before), at(after)) {
                (Some(first), Some(second)) => Meaning::Fold([(first, before.seconds()), (second, after.seconds())]),
                _ => Meaning::OutOfRange,
            },
            // Read with the later offset, a skipped time is just before the jump.
            AmbiguousOffset::Gap { after, .. } => at(after)
                .and_then(|just_before| self.changes_after(just_before).next())
                .map_or(Meaning::OutOfRange, Meaning::Gap),
        }
    }

    /// When the offset changes after `from` and not after `to`; at most a thousand, soonest first.
    pub fn changes_between(&self, from: Instant, to: Instant) -> Vec<OffsetChange> {
        self.changes_after(from)
            .take_while(|change| change.at <= to)
            .take(1000)
            .collect()
    }

    fn changes_after(&self, from: Instant) -> impl Iterator<Item = OffsetChange> {
        let mut before_seconds = self.offset_seconds_at(from);
        self.rules.following(timestamp(from)).filter_map(move |transition| {
            let after_seconds = transition.offset().seconds();
            let change = OffsetChange {
                at: instant(transition.timestamp().as_second()),
                before_seconds,
                after_seconds,
            };
            before_seconds = after_seconds;
            (change.before_seconds != change.after_seconds).then_some(change)
        })
    }
}

fn civil(local: LocalTime) -> Option<Civil> {
    let naive = local.naive();
    let part = |value: u32| i8::try_from(value).ok();
    if !(1..=9999).contains(&naive.year()) {
        return None;
    }
    Civil::new(
        i16::try_from(naive.year()).ok()?,
        part(naive.month())?,
        part(naive.day())?,
        part(naive.hour())?,
        part(naive.minute())?,
        0,
        0,
    )
    .ok()
}

fn timestamp(instant: Instant) -> Timestamp {
    Timestamp::from_second(instant.unix_seconds()).unwrap_or(if instant.unix_seconds() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn instant(seconds: i64) -> Instant {
    Instant::from_unix_seconds(seconds)
}

fn at_offset(instant: Instant, offset_seconds: i32) -> LocalTime {
    let seconds = instant.unix_seconds() + i64::from(offset_seconds);
    LocalTime::from_naive(
        DateTime::<Utc>::from_timestamp(seconds, 0)
            .unwrap_or_default()
            .naive_utc(),
    )
}
