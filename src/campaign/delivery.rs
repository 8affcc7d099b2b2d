//! When a campaign sends, as declared: windows or a schedule, and in whose time zone.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{Country, LocalTime, Place, Text, ZoneName};

/// When a campaign sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// Explicit windows: one send, in any of them.
    Windows(WindowDelivery),
    /// A schedule.
    Cron(CronDelivery),
}

impl Delivery {
    /// The zone setting of either form.
    pub fn zone(&self) -> &ZoneChoice {
        match self {
            Self::Windows(delivery) => &delivery.zone,
            Self::Cron(delivery) => &delivery.zone,
        }
    }
}

/// Explicit windows.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowDelivery {
    /// Whose wall clock.
    pub zone: ZoneChoice,
    /// At least one; exactly one with recipients' own zones.
    pub windows: Vec<LocalWindow>,
}

/// A window as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalWindow {
    /// First moment.
    pub opens: WrittenTime,
    /// First moment after.
    pub closes: WrittenTime,
}

/// A local time as written, with the offset that makes a doubled one unambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTime {
    /// Wall clock.
    pub local: LocalTime,
    /// Seconds east of UTC, if written.
    pub offset_seconds: Option<i32>,
    /// Its place in the file.
    pub place: Place,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct CronDelivery {
    /// Whose wall clock.
    pub zone: ZoneChoice,
    /// Five fields, Unix meaning; parsed and judged in `schedule`.
    pub cron: Text,
    /// Length of each window.
    pub open_for: Duration,
    /// First date, inclusive (`2026-12-01`).
    pub from: Option<LocalTime>,
    /// Last date, inclusive; midnight at its beginning.
    pub until: Option<LocalTime>,
}

/// Whose wall clock local times are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneChoice {
    /// One zone for all; that it exists is checked in `schedule`.
    Named(ZoneName, Place),
    /// Each recipient's own.
    Recipient {
        /// CSV column with IANA names.
        column: Option<String>,
        /// By country or by number prefix.
        zones: ZoneMap,
        /// For all others; without it they are errors.
        fallback: Option<ZoneName>,
        /// What a window does that has passed for a recipient.
        if_passed: IfPassed,
        /// The place of `timezone: recipient`.
        place: Place,
    },
}

/// Zones by country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneMap {
    /// Written out; empty when not given.
    Countries(BTreeMap<Country, ZoneName>),
    /// By number prefix, where that is unambiguous.
    Auto,
}

/// What a window does that has passed in a recipient's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfPassed {
    /// Those recipients are left out, and counted.
    Skip,
    /// They get it a day later.
    NextDay,
}
