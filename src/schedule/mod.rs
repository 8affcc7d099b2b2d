//! When: local times and zones to instants; the only place that decides daylight saving time.

/// Signature only, until the schedule room lands: a schedule of nominal local times.
#[derive(Debug, Clone)]
pub struct Cron;

/// Signature only, until the schedule room lands: an IANA zone that exists.
#[derive(Debug, Clone)]
pub struct Zone;
