//! How many marketing texts a person may get within a period.

use std::fmt;
use std::time::Duration;

use crate::model::format_duration;

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

pub(super) const HOUR: Duration = Duration::from_secs(3600);

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
