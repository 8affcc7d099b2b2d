//! Quiet hours, blocked days and holidays, checked against resolved windows on the recipients' own clocks.
//!
//! In: windows as instants, who is reached by country and zone, the project's own rules. Out: findings that name the
//! rule, its source and the nearest time that is allowed. The whole window counts: the provider may send at any moment
//! of it. Never: legal advice, or a finding about `category: service`.

mod check;
mod holidays;
mod rules;
#[cfg(test)]
mod tests;
mod us_states;

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics::{QUIET_HOURS, QUIET_HOURS_RECOMMENDED};
use super::{Zone, weekday_and_date};
use crate::model::{Country, Diagnostic, LocalTime};
pub use check::quiet_findings;
pub use rules::{QuietRule, RULES};
pub use us_states::{us_state_of, zones_of_us_state};

/// A span of the day in minutes since midnight, end exclusive; `end` may be 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First minute allowed.
    pub start: u16,
    /// First minute no longer allowed.
    pub end: u16,
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (start, end) = (self.start, self.end);
        write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
    }
}

/// How much a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A law, or what binds all senders of a country: an error.
    Statutory,
    /// The project's own: an error.
    Project,
    /// Customary: a warning.
    Recommendation,
}

/// The project's own hours, days and dates. They are checked beside the statutory rules and instead of recommendations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnRules {
    /// For all countries.
    pub hours: Option<Hours>,
    /// For all countries, Monday first.
    pub days: Option<[bool; 7]>,
    /// Per country, before the general ones.
    pub countries: BTreeMap<Country, (Option<Hours>, Option<[bool; 7]>)>,
    /// Blocked dates (`2026-12-24`) per country.
    pub holidays: BTreeMap<Country, BTreeSet<String>>,
}

/// People whom a window reaches.
#[derive(Debug, Clone)]
pub struct Listeners<'a> {
    /// Of their number; `None` when it is not known.
    pub country: Option<&'a Country>,
    /// A state of it with rules of its own, by the area code.
    pub state: Option<&'static str>,
    /// Where they may live: one zone, or the several that are possible.
    pub zones: &'a [Zone],
    /// How many.
    pub recipients: u64,
}

/// A rule that a window breaks for some recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietFinding {
    /// Whether it is an error.
    pub weight: Weight,
    /// The country whose rule it is; `None` for a rule of the project for everybody.
    pub country: Option<Country>,
    /// What is ruled.
    pub rule: String,
    /// The place of that in a file.
    pub source: String,
    /// When it was read; empty for the project's own.
    pub as_of: &'static str,
    /// How many people are reached so.
    pub recipients: u64,
    /// Whether it is so in every zone in which they may live; if not, it is only a warning.
    pub is_certain: bool,
    /// The first zone in which it is so.
    pub zone: String,
    /// How many zones there are in which it is so.
    pub zones: usize,
    /// The first quiet minute that the window includes, on that zone's clock.
    pub quiet_at: LocalTime,
    /// The public holiday or blocked date, when that is why.
    pub holiday: Option<String>,
    /// The allowed span nearest to the window that keeps every rule of the country, on that zone's clock.
    pub nearest: Option<(LocalTime, LocalTime)>,
}

impl QuietFinding {
    /// Whether it stops a plan until it is allowed.
    pub fn is_error(&self) -> bool {
        self.is_certain && self.weight != Weight::Recommendation
    }

    /// In words, without a place.
    pub fn diagnostic(&self) -> Diagnostic {
        let people = if self.recipients == 1 {
            "1 recipient".to_owned()
        } else {
            format!("{} recipients", self.recipients)
        };
        let country = self
            .country
            .as_ref()
            .map_or(String::new(), |country| format!(" in `{country}`"));
        let when = self.quiet_at.naive().format("%H:%M");
        let date = weekday_and_date(self.quiet_at);
        let holiday = self.holiday.as_ref().map_or(String::new(), |name| format!(", {name}"));
        let some = if self.is_certain { "" } else { "some of " };
        let more = match self.zones {
            0 | 1 => String::new(),
            2 => " and 1 more zone".to_owned(),
            all => format!(" and {} more zones", all - 1),
        };
        let message = format!(
            "{some}{people}{country} could be texted at {when} on {date}{holiday} in `{}`{more}: allowed is {}",
            self.zone, self.rule
        );
        let diagnostic = if self.is_error() {
            Diagnostic::error(&QUIET_HOURS, message)
        } else {
            Diagnostic::warning(&QUIET_HOURS_RECOMMENDED, message)
        };
        let diagnostic = match self.nearest {
            Some((from, to)) => diagnostic.hint(format!("the nearest allowed time there is `{from}` to `{to}`")),
            None => diagnostic,
        };
        let diagnostic = if self.is_certain {
            diagnostic
        } else {
            diagnostic.hint("`timezone: recipient` sends at each recipient's own time")
        };
        match self.weight {
            Weight::Project => diagnostic.hint(format!("source: {}", self.source)),
            Weight::Statutory | Weight::Recommendation => diagnostic.hint(format!(
                "source: {} (read {}; not legal advice)",
                self.source, self.as_of
            )),
        }
    }
}
