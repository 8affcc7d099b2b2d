//! Windows against rules, day by day on a zone's clock.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::holidays::public_holiday;
use super::{Hours, Listeners, OwnRules, QuietFinding, RULES, Weight};
use crate::model::{Country, LocalTime, Window, Windows};
use crate::schedule::Zone;

/// Windows longer than this are looked at for so many days; a rule that allows the whole day on each of them allows the
/// window.
const MOST_DAYS: usize = 1000;

/// How far from a window an allowed time is sought, in days.
const NEAR_DAYS: u64 = 14;

/// One rule as it applies to a country.
struct Effective {
    weight: Weight,
    country: Option<Country>,
    hours: [Option<Hours>; 7],
    public_holidays_of: Option<&'static str>,
    blocked: Vec<NaiveDate>,
    name: String,
    source: String,
    as_of: &'static str,
}

/// Every rule that the windows break, most binding first; one finding for each rule of a country, with the people of
/// all its zones together.
pub fn quiet_findings(windows: &Windows, audience: &[Listeners<'_>], own: &OwnRules) -> Vec<QuietFinding> {
    let mut findings: BTreeMap<(Weight, Option<Country>, String, Doubt), QuietFinding> = BTreeMap::new();
    for listeners in audience.iter().filter(|l| l.recipients > 0 && !l.zones.is_empty()) {
        let rules = rules_of(listeners, own);
        for rule in &rules {
            let broken: Vec<(&Zone, Quiet, Window)> = listeners
                .zones
                .iter()
                .filter_map(|zone| {
                    let first = windows
                        .as_slice()
                        .iter()
                        .find_map(|w| first_quiet(rule, zone, *w).map(|q| (q, *w)));
                    first.map(|(quiet, window)| (zone, quiet, window))
                })
                .collect();
            let Some((zone, quiet, window)) = broken.first() else {
                continue;
            };
            let found = QuietFinding {
                weight: rule.weight,
                country: rule.country.clone(),
                rule: rule.name.clone(),
                source: rule.source.clone(),
                as_of: rule.as_of,
                recipients: listeners.recipients,
                is_certain: broken.len() == listeners.zones.len(),
                zone: zone.name().to_owned(),
                zones: broken.len(),
                quiet_at: LocalTime::from_naive(quiet.at),
                holiday: quiet.holiday.clone(),
                nearest: nearest_allowed(&rules, zone, *window),
            };
            let doubt = if found.is_certain { Doubt::No } else { Doubt::SomeZones };
            let key = (rule.weight, rule.country.clone(), rule.name.clone(), doubt);
            match findings.get_mut(&key) {
                None => {
                    findings.insert(key, found);
                }
                Some(same) => {
                    same.recipients += found.recipients;
                    same.zones += found.zones;
                }
            }
        }
    }
    findings.into_values().collect()
}

/// Whether people may live where the rule is kept; those who cannot are never counted with those who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    No,
    SomeZones,
}

fn rules_of(listeners: &Listeners<'_>, own: &OwnRules) -> Vec<Effective> {
    let country = listeners.country;
    let specific = country.and_then(|country| own.countries.get(country));
    let hours = specific.and_then(|(hours, _)| *hours).or(own.hours);
    let days = specific.and_then(|(_, days)| *days).or(own.days);
    let has_own = hours.is_some() || days.is_some();
    let mut rules: Vec<Effective> = RULES
        .iter()
        .filter(|rule| country.is_some_and(|country| country.as_str() == rule.country))
        .filter(|rule| rule.state.is_none() || rule.state == listeners.state)
        .filter(|rule| rule.weight == Weight::Statutory || !has_own)
        .map(|rule| Effective {
            weight: rule.weight,
            country: country.cloned(),
            hours: rule.hours,
            public_holidays_of: rule.not_on_holidays.then_some(rule.country),
            blocked: Vec::new(),
            name: rule.name.to_owned(),
            source: rule.source.to_owned(),
            as_of: rule.as_of,
        })
        .collect();
    let project = |hours, blocked, name, source: &str| Effective {
        weight: Weight::Project,
        country: country.cloned(),
        hours,
        public_holidays_of: None,
        blocked,
        name,
        source: source.to_owned(),
        as_of: "",
    };
    if has_own {
        let hours = hours.unwrap_or(ALL_DAY);
        let days = days.unwrap_or([true; 7]);
        let name = if days == [true; 7] {
            hours.to_string()
        } else {
            format!("{hours} on {}", names_of(days))
        };
        let week = days.map(|is_open| is_open.then_some(hours));
        rules.push(project(
            week,
            Vec::new(),
            name,
            "`guards.quiet_hours` in campanile.yaml",
        ));
    }
    if let Some(dates) = country.and_then(|country| own.holidays.get(country)) {
        let blocked: Vec<NaiveDate> = dates
            .iter()
            .filter_map(|d| NaiveDate::parse_from_str(d, "%Y-%m-%d").ok())
            .collect();
        let name = "no date in `guards.holidays`".to_owned();
        rules.push(project(
            [Some(ALL_DAY); 7],
            blocked,
            name,
            "`guards.holidays` in campanile.yaml",
        ));
    }
    rules
}

const ALL_DAY: Hours = Hours { start: 0, end: 1440 };

fn names_of(days: [bool; 7]) -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let open = days
        .iter()
        .zip(names)
        .filter(|(is_open, _)| **is_open)
        .map(|(_, name)| name);
    open.collect::<Vec<_>>().join(" ")
}

struct Quiet {
    at: NaiveDateTime,
    holiday: Option<String>,
}

impl Effective {
    /// The holiday that blocks a date, by name.
    fn holiday(&self, date: NaiveDate) -> Option<String> {
        if self.blocked.contains(&date) {
            return Some("a blocked date".to_owned());
        }
        let country = self.public_holidays_of?;
        public_holiday(country, date).map(str::to_owned)
    }

    /// The hours of a date; `None` when all of it is quiet.
    fn hours_on(&self, date: NaiveDate) -> Option<Hours> {
        let weekday = usize::try_from(date.weekday().num_days_from_monday()).ok()?;
        let hours = self.hours.get(weekday).copied().flatten()?;
        self.holiday(date).is_none().then_some(hours)
    }
}

/// The window as this zone's clock shows it, end exclusive, to the minute.
fn on_the_clock(zone: &Zone, window: Window) -> (NaiveDateTime, NaiveDateTime) {
    let last = window.closes() - std::time::Duration::from_secs(1);
    (
        zone.local(window.opens()).naive(),
        zone.local(last).naive() + TimeDelta::minutes(1),
    )
}

fn first_quiet(rule: &Effective, zone: &Zone, window: Window) -> Option<Quiet> {
    let (start, end) = on_the_clock(zone, window);
    let dates = start.date().iter_days().take(MOST_DAYS);
    dates
        .take_while(|date| date.and_time(NaiveTime::MIN) < end)
        .find_map(|date| {
            let from = start.max(date.and_time(NaiveTime::MIN));
            let to = end.min((date + Days::new(1)).and_time(NaiveTime::MIN));
            let at = match rule.hours_on(date) {
                None => Some(from),
                Some(hours) => {
                    let (opens, closes) = span_on(date, hours);
                    if from < opens {
                        Some(from)
                    } else {
                        (to > closes).then_some(from.max(closes))
                    }
                }
            };
            at.map(|at| Quiet {
                at,
                holiday: rule.holiday(date),
            })
        })
}

fn span_on(date: NaiveDate, hours: Hours) -> (NaiveDateTime, NaiveDateTime) {
    let midnight = date.and_time(NaiveTime::MIN);
    let minutes = |minutes: u16| midnight + TimeDelta::minutes(i64::from(minutes));
    (minutes(hours.start), minutes(hours.end))
}

/// Within the window if anything of it is allowed, the longest such span; else the allowed span nearest to its start,
/// no longer than the window is.
fn nearest_allowed(rules: &[Effective], zone: &Zone, window: Window) -> Option<(LocalTime, LocalTime)> {
    let (start, end) = on_the_clock(zone, window);
    let first = start.date().checked_sub_days(Days::new(NEAR_DAYS))?;
    let days = usize::try_from(2 * NEAR_DAYS + 1).unwrap_or(1);
    let spans: Vec<(NaiveDateTime, NaiveDateTime)> = first
        .iter_days()
        .take(days)
        .filter_map(|date| {
            let all: Option<Vec<Hours>> = rules.iter().map(|rule| rule.hours_on(date)).collect();
            let all = all?;
            let hours = Hours {
                start: all.iter().map(|h| h.start).max()?,
                end: all.iter().map(|h| h.end).min()?,
            };
            (hours.start < hours.end).then(|| span_on(date, hours))
        })
        .collect();
    let inside = spans
        .iter()
        .map(|(from, to)| ((*from).max(start), (*to).min(end)))
        .filter(|(from, to)| from < to)
        .max_by_key(|(from, to)| (*to - *from, std::cmp::Reverse(*from)));
    let outside = || {
        let length = end - start;
        let (from, to) = spans.iter().min_by_key(|(from, _)| ((*from - start).abs(), *from))?;
        Some((*from, (*to).min(*from + length)))
    };
    let (from, to) = inside.or_else(outside)?;
    Some((LocalTime::from_naive(from), LocalTime::from_naive(to)))
}
