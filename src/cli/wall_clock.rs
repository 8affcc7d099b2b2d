//! Times in the project's zone, short enough for a column.

use crate::model::{Instant, ZoneName};
use crate::schedule::Zone;

/// The project's wall clock.
pub(in crate::cli) struct WallClock(Option<Zone>);

impl WallClock {
    /// In this zone, or in UTC.
    pub(in crate::cli) fn of(zone: Option<&ZoneName>) -> Self {
        Self(zone.and_then(|name| Zone::find(name).ok()))
    }

    pub(in crate::cli) fn zone(&self) -> &str {
        self.0.as_ref().map_or("UTC", Zone::name)
    }

    /// `2030-01-07 09:00:05`: offsets are whole minutes.
    pub(in crate::cli) fn second(&self, instant: Instant) -> String {
        let seconds: String = instant.to_string().chars().skip(16).take(3).collect();
        format!("{}{seconds}", self.minute(instant))
    }

    /// `2030-01-07 09:00`.
    pub(in crate::cli) fn minute(&self, instant: Instant) -> String {
        let text = match &self.0 {
            Some(zone) => zone.local(instant).to_string(),
            None => instant.to_string(),
        };
        text.chars().take(16).collect::<String>().replace('T', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_fit_a_column() {
        let at = Instant::parse("2030-01-07T23:30:05Z").unwrap();
        let zone = ZoneName::parse("Europe/Stockholm").unwrap();
        let clock = WallClock::of(Some(&zone));
        assert_eq!(
            (clock.minute(at), clock.second(at), clock.zone()),
            (
                "2030-01-08 00:30".to_owned(),
                "2030-01-08 00:30:05".to_owned(),
                "Europe/Stockholm"
            )
        );
        let without = WallClock::of(None);
        assert_eq!(
            (without.minute(at), without.zone()),
            ("2030-01-07 23:30".to_owned(), "UTC")
        );
    }
}
