//! When: local times and zones to instants; the only place that decides daylight saving time.
//!
//! In: local times, zone names and schedules as plain values. Out: instants, windows, occurrences, groups of recipients,
//! findings about quiet hours. Never: a clock, the system's zone database (the bundled one alone counts, so that every
//! machine plans the same), a loop without an end.

mod capacity;
mod cron;
pub mod diagnostics;
mod explicit;
mod quiet_hours;
mod recipients;
mod zone;

pub use capacity::{TooShort, too_short};
pub use cron::{Cron, CronFault, Occurrence, Occurrences, Shift};
pub use explicit::{Written, WrittenWindow, cron, cron_dates, explicit_windows, zone};
pub use quiet_hours::{
    Hours, Listeners, OwnRules, QuietFinding, QuietRule, RULES, Weight, quiet_findings, us_state_of, zones_of_us_state,
};
pub use recipients::{
    Closing, Grouping, Level, LocalSpan, NoZone, RecipientGroup, RecipientZones, Ungrouped, ZoneId, group,
    zones_of_country,
};
pub use zone::{
    OffsetChange, TimeFault, UnknownZone, Zone, format_offset, spell_at_offset, tzdb_version, weekday_and_date,
};
