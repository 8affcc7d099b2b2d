//! How instants, windows, changes of the clock and offsets are written.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};

use super::offset::format_offset;
use super::{OffsetChange, Zone};
use crate::model::{Instant, LocalTime, Window};

impl Zone {
    /// Local time, zone, offset and UTC together: `Fri 27 Nov 2026 09:00 Europe/Stockholm (+01:00, 08:00Z)`, with the
    /// UTC date where it is another one.
    pub fn spell(&self, instant: Instant) -> String {
        let local = self.naive(instant);
        let utc = utc(instant);
        let utc_date = if utc.date() == local.date() {
            String::new()
        } else {
            format!("{} ", date(utc))
        };
        format!(
            "{} {} {} ({}, {utc_date}{}Z)",
            date(local),
            time(local),
            self.name(),
            format_offset(self.offset_seconds_at(instant)),
            time(utc),
        )
    }

    /// Both ends of a window, the date, zone and offset once where they are the same:
    /// `Fri 27 Nov 2026 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)`.
    pub fn spell_window(&self, window: Window) -> String {
        let (opens, closes) = (self.naive(window.opens()), self.naive(window.closes()));
        let (from, to) = (utc(window.opens()), utc(window.closes()));
        let offset = self.offset_seconds_at(window.opens());
        let is_short = opens.date() == closes.date()
            && from.date() == to.date()
            && offset == self.offset_seconds_at(window.closes());
        if !is_short {
            return format!("{} to {}", self.spell(window.opens()), self.spell(window.closes()));
        }
        let utc_date = if from.date() == opens.date() {
            String::new()
        } else {
            format!("{} ", date(from))
        };
        format!(
            "{} {}-{} {} ({}, {utc_date}{}Z-{}Z)",
            date(opens),
            time(opens),
            time(closes),
            self.name(),
            format_offset(offset),
            time(from),
            time(to)
        )
    }

    /// What clocks do after `from` and not after `to`: both changes of a year; of a longer time the last one, and how
    /// many come before it.
    pub fn spell_changes_between(&self, from: Instant, to: Instant) -> Vec<String> {
        let changes = self.changes_between(from, to);
        match changes.as_slice() {
            [earlier @ .., last] if earlier.len() > 1 => {
                vec![format!(
                    "{} after {} earlier changes",
                    self.spell_change(*last),
                    earlier.len()
                )]
            }
            few => few.iter().map(|change| self.spell_change(*change)).collect(),
        }
    }

    /// `clocks in Europe/Stockholm go back from 03:00 to 02:00 on Sun 25 Oct 2026`.
    pub fn spell_change(&self, change: OffsetChange) -> String {
        let at = |offset: i32| {
            let seconds = change.at.unix_seconds() + i64::from(offset);
            DateTime::<Utc>::from_timestamp(seconds, 0)
                .unwrap_or_default()
                .naive_utc()
        };
        let (before, after) = (at(change.before_seconds), at(change.after_seconds));
        let direction = if after > before { "forward" } else { "back" };
        format!(
            "clocks in {} go {direction} from {} to {} on {}",
            self.name(),
            time(before),
            time(after),
            date(after.max(before))
        )
    }
}

/// A window of recipients whose clocks show this offset:
/// `Fri 27 Nov 2026 09:00-20:00 on recipients' clocks at +01:00 (08:00Z-19:00Z)`.
pub fn spell_at_offset(window: Window, offset_seconds: i32) -> String {
    let local = |instant: Instant| {
        let seconds = instant.unix_seconds() + i64::from(offset_seconds);
        DateTime::<Utc>::from_timestamp(seconds, 0)
            .unwrap_or_default()
            .naive_utc()
    };
    let ends = |from: NaiveDateTime, to: NaiveDateTime, mark: &str| {
        if from.date() == to.date() {
            (date(from), format!("{}{mark}-{}{mark}", time(from), time(to)))
        } else {
            (
                date(from),
                format!("{}{mark} to {} {}{mark}", time(from), date(to), time(to)),
            )
        }
    };
    let (day, clock) = ends(local(window.opens()), local(window.closes()), "");
    let (utc_day, utc_clock) = ends(utc(window.opens()), utc(window.closes()), "Z");
    let utc_day = if utc_day == day {
        String::new()
    } else {
        format!("{utc_day} ")
    };
    format!(
        "{day} {clock} on recipients' clocks at {} ({utc_day}{utc_clock})",
        format_offset(offset_seconds)
    )
}

fn utc(instant: Instant) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp(instant.unix_seconds(), 0)
        .unwrap_or_default()
        .naive_utc()
}

fn time(local: NaiveDateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

fn date(local: NaiveDateTime) -> String {
    weekday_and_date(LocalTime::from_naive(local))
}

/// `Fri 27 Nov 2026`.
pub fn weekday_and_date(local: LocalTime) -> String {
    let date = local.naive().date();
    format!("{} {} {}", date.weekday(), date.format("%-d %b"), date.year())
}
