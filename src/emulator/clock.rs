//! The emulator's clock: real time, or an instant that a test has set and from which time runs on.
//!
//! Everything that moves by time (windows, delivery, retries) asks this clock, so that a test moves days by one request
//! and never sleeps. It is the only place of the emulator that reads the machine's clock.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, in milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// The beginning of the years 0 and 9999, in milliseconds.
const YEAR_0: i64 = -62_167_219_200_000;
const YEAR_9999: i64 = 253_370_764_800_000;

impl Instant {
    /// From Unix time in milliseconds.
    pub const fn from_unix_millis(millis: i64) -> Instant {
        Instant(millis)
    }

    /// Unix time in milliseconds.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// From ISO 8601 text with or without seconds, fraction or offset; no offset means UTC, a lone date its midnight. Years
    /// have four digits, and the last one is left for what is counted from an instant.
    pub fn parse(text: &str) -> Option<Instant> {
        let years = Instant(YEAR_0)..Instant(YEAR_9999);
        Instant::parse_any(text.trim()).filter(|instant| years.contains(instant))
    }

    fn parse_any(text: &str) -> Option<Instant> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(Instant(time.timestamp_millis()));
        }
        for form in ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"] {
            if let Ok(time) = DateTime::parse_from_str(text, form) {
                return Some(Instant(time.timestamp_millis()));
            }
        }
        let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
        for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
                return Some(Instant(time.and_utc().timestamp_millis()));
            }
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(Instant(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
    }

    /// This instant moved by milliseconds; it stays at the end of time when it would pass it.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Instant {
        Instant(self.0.saturating_add(millis))
    }

    /// This instant moved by seconds.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Instant {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Text with exactly three decimals of a second, as `2026-11-27T08:00:00.000Z`.
    pub fn with_millis(self) -> String {
        self.text(SecondsFormat::Millis)
    }

    /// Text as an HTTP `Date` header has it.
    pub fn http_date(self) -> String {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    fn text(self, form: SecondsFormat) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0)
            .unwrap_or_default()
            .to_rfc3339_opts(form, true)
    }
}

impl fmt::Display for Instant {
    /// Text in UTC; decimals of a second only where there are any.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(SecondsFormat::AutoSi))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(input)?;
        // Our own writing: what was counted from the last instant that may be asked for is read again.
        Instant::parse_any(&text).ok_or_else(|| serde::de::Error::custom("not an ISO 8601 instant"))
    }
}

/// The clock; it runs at the speed of real time from wherever it was set.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    ahead_millis: i64,
}

impl Clock {
    /// A clock that shows `start` now, or real time.
    pub fn new(start: Option<Instant>) -> Clock {
        let mut clock = Clock { ahead_millis: 0 };
        if let Some(start) = start {
            clock.set(start);
        }
        clock
    }

    /// What the clock shows.
    pub fn now(self) -> Instant {
        Instant(machine_millis().saturating_add(self.ahead_millis))
    }

    /// Makes the clock show `now`; it runs on from there.
    pub fn set(&mut self, now: Instant) {
        self.ahead_millis = now.0.saturating_sub(machine_millis());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server has its own clock; this is the only place that reads it"
)]
fn machine_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_form_the_vendors_print() {
        let noon = Instant::parse("2026-11-27T12:00:00Z").unwrap();
        for text in [
            "2026-11-27T12:00Z",
            "2026-11-27T13:00+01:00",
            "2026-11-27T12:00:00.000Z",
            "2026-11-27T12:00:00",
            "2026-11-27T12:00",
            "2026-11-27 12:00:00",
            "2026-11-27T07:00:00-0500",
        ] {
            assert_eq!(Instant::parse(text), Some(noon), "{text}");
        }
        assert_eq!(
            Instant::parse("2026-11-27").unwrap().to_string(),
            "2026-11-27T00:00:00Z"
        );
        for text in [
            "tomorrow",
            "9999-01-01T00:00:00Z",
            "+10000-01-01",
            "-0001-01-01T00:00:00Z",
            "+262142-12-31",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
        assert!(Instant::parse("0000-01-01").is_some() && Instant::parse("9998-12-31T23:59:59.999Z").is_some());
        assert_eq!(noon.http_date(), "Fri, 27 Nov 2026 12:00:00 GMT");
        assert_eq!(noon.plus_millis(250).to_string(), "2026-11-27T12:00:00.250Z");
    }

    #[test]
    fn a_clock_runs_on_from_where_it_was_set() {
        let start = Instant::parse("2030-01-01T00:00:00Z").unwrap();
        let clock = Clock::new(Some(start));
        assert!(clock.now() >= start && clock.now() < start.plus_seconds(60));
    }
}
