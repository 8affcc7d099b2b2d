//! How many marketing texts a person may get within a period.

use std::fmt;
use std::time::Duration;

use super::decode::At;
use super::diagnostics;
use super::project_file::{ContactLimitFile, OnPressureFile};
use super::reading::Reading;
use crate::model::{format_duration, parse_duration};

/// A limit on the marketing texts of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactLimit {
    /// At most so many.
    pub messages: usize,
    /// In any such period.
    pub within: ContactPeriod,
}

/// What becomes of people who would get more than a limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnPressure {
    /// The later occurrence is held.
    #[default]
    Hold,
    /// They are left out of the later occurrence.
    Skip,
}

/// A period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactPeriod {
    /// Calendar days.
    Days(u32),
    /// Time on the clock.
    Time(Duration),
}

const HOUR: Duration = Duration::from_secs(3600);

impl ContactLimit {
    /// What is worth a note where no limit is set.
    pub const NOTED: [Self; 2] = [
        Self {
            messages: 1,
            within: ContactPeriod::Time(Duration::from_secs(24 * 3600)),
        },
        Self {
            messages: 3,
            within: ContactPeriod::Days(7),
        },
    ];
}

impl ContactPeriod {
    /// No two moments within it are farther apart.
    pub fn at_most(self) -> Duration {
        match self {
            Self::Days(days) => HOUR * 24 * (days + 1),
            Self::Time(length) => length,
        }
    }
}

impl fmt::Display for ContactPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days}d"),
            Self::Time(length) if *length == HOUR * 24 => f.write_str("24h"),
            Self::Time(length) => f.write_str(&format_duration(*length)),
        }
    }
}

impl fmt::Display for ContactLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} within {}", self.messages, self.within)
    }
}

/// `on_pressure` as declared; it is held where nothing is.
pub(super) fn on_pressure(field: &At<OnPressureFile>) -> OnPressure {
    match field.given() {
        Some(OnPressureFile::Skip) => OnPressure::Skip,
        Some(OnPressureFile::Hold) | None => OnPressure::Hold,
    }
}

/// `max_per_person` as declared.
pub(super) fn limits(reading: &mut Reading<'_>, field: &At<Vec<At<ContactLimitFile>>>) -> Vec<ContactLimit> {
    let mut limits = Vec::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let messages = reading.require(*id, "messages", &typed.messages, &diagnostics::OUT_OF_RANGE, |value| {
            if (1..=1000).contains(value) {
                Ok(*value)
            } else {
                Err(format!("`messages` is a whole number from 1 to 1000, not `{value}`"))
            }
        });
        let within = reading.require(*id, "within", &typed.within, &diagnostics::DURATION, |text| {
            period(text)
        });
        if let (Some(messages), Some(within)) = (messages, within) {
            limits.push(ContactLimit {
                messages: messages as usize,
                within,
            });
        }
    }
    limits
}

/// `30d` are calendar days, `24h` is time on the clock.
fn period(text: &str) -> Result<ContactPeriod, String> {
    const MOST: u64 = 366;
    let length = parse_duration(text).map_err(|fault| fault.to_string())?;
    if length < HOUR || length > HOUR * 24 * 366 {
        return Err(format!("`within` is a period from 1h to {MOST}d"));
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    Ok(days.map_or(ContactPeriod::Time(length), ContactPeriod::Days))
}
