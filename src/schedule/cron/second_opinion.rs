//! Occurrences computed a second time, by other code over other zone data: sets of numbers instead of parsed text, every
//! minute tried instead of the next one sought, chrono-tz instead of jiff.
//!
//! chrono-tz 0.10.4 carries tzdb 2025b. The decade 2015-2024 is compared; `DISAGREE` names the zones whose past later
//! releases corrected there.

use std::collections::BTreeSet;

use chrono::offset::LocalResult;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

use super::*;
use crate::model::ZoneName;

const DISAGREE: &[&str] = &["Europe/Chisinau", "Europe/Tiraspol"]; // 2026a: changes at the European Union's hour since 2022

/// What a schedule means, told in sets.
#[derive(Debug, Clone)]
struct Sets {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: Option<BTreeSet<u32>>,
    months: Option<BTreeSet<u32>>,
    weekdays: Option<BTreeSet<u32>>,
}

impl Sets {
    fn text(&self) -> String {
        let list = |set: &BTreeSet<u32>| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let or_all = |set: &Option<BTreeSet<u32>>| set.as_ref().map_or("*".to_owned(), list);
        format!(
            "{} {} {} {} {}",
            list(&self.minutes),
            list(&self.hours),
            or_all(&self.days),
            or_all(&self.months),
            or_all(&self.weekdays)
        )
    }

    fn has(&self, time: NaiveDateTime) -> bool {
        let in_set = |set: &Option<BTreeSet<u32>>, value| set.as_ref().is_none_or(|set| set.contains(&value));
        self.minutes.contains(&time.minute())
            && self.hours.contains(&time.hour())
            && in_set(&self.days, time.day())
            && in_set(&self.months, time.month())
            && in_set(&self.weekdays, time.weekday().num_days_from_sunday())
    }
}

/// The instant, in Unix seconds, and whether the local time exists.
fn opening(tz: Tz, local: NaiveDateTime) -> (i64, bool) {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(one) => (one.timestamp(), true),
        LocalResult::Ambiguous(first, _) => (first.timestamp(), true),
        LocalResult::None => {
            let exists = (1..)
                .map(|minutes| local + TimeDelta::minutes(minutes))
                .find_map(|later| tz.from_local_datetime(&later).earliest())
                .unwrap();
            (exists.timestamp(), false)
        }
    }
}

fn by_brute_force(sets: &Sets, tz: Tz, from: NaiveDate, days: u64) -> Vec<(NaiveDateTime, i64)> {
    let mut found: Vec<(NaiveDateTime, i64)> = Vec::new();
    for day in from.iter_days().take(usize::try_from(days).unwrap()) {
        for (hour, minute) in sets
            .hours
            .iter()
            .flat_map(|h| sets.minutes.iter().map(move |m| (*h, *m)))
        {
            let local = day.and_hms_opt(hour, minute, 0).unwrap();
            if !sets.has(local) {
                continue;
            }
            let (opens, exists) = opening(tz, local);
            match found.last_mut() {
                Some((name, same)) if *same == opens => {
                    if exists {
                        *name = local;
                    }
                }
                _ => found.push((local, opens)),
            }
        }
    }
    found
}

fn ours(sets: &Sets, tz: Tz, from: NaiveDate, days: u64) -> Vec<(NaiveDateTime, i64)> {
    let zone = Zone::find(&ZoneName::parse(tz.name()).unwrap()).unwrap();
    let midnight = |date: NaiveDate| Some(LocalTime::from_naive(date.and_hms_opt(0, 0, 0).unwrap()));
    let (until, margin) = (from + Days::new(days - 1), Duration::from_hours(72));
    let seconds =
        |date: NaiveDate| Instant::from_unix_seconds(date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp());
    Cron::parse(&sets.text())
        .unwrap()
        .occurrences(
            &zone,
            midnight(from),
            midnight(until),
            seconds(from) - margin,
            seconds(until) + margin,
        )
        .map(|o| (o.nominal.naive(), o.opens.unix_seconds()))
        .collect()
}

fn zones() -> impl Iterator<Item = Tz> {
    TZ_VARIANTS
        .iter()
        .copied()
        .filter(|tz| Zone::find(&ZoneName::parse(tz.name()).unwrap()).is_ok())
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Dates with a change of offset, found by comparing noons.
fn days_of_change(tz: Tz) -> Vec<NaiveDate> {
    use chrono::Offset;
    let offset = |day: NaiveDate| tz.offset_from_utc_datetime(&day.and_hms_opt(12, 0, 0).unwrap()).fix();
    date(2015, 1, 1)
        .iter_days()
        .take_while(|day| day.year() < 2025)
        .filter(|day| offset(*day) != offset(*day + Days::new(1)))
        .collect()
}

#[test]
fn every_change_of_every_zone_in_ten_years_is_passed_as_the_second_implementation_passes_it() {
    let sets = Sets {
        minutes: [15, 45].into(),
        hours: (0..24).collect(),
        days: None,
        months: None,
        weekdays: None,
    };
    let (mut changes, mut looked_at, mut disagree) = (0, 0, BTreeSet::new());
    for tz in zones() {
        looked_at += 1;
        for day in days_of_change(tz) {
            changes += 1;
            let start = day - Days::new(1);
            if ours(&sets, tz, start, 4) != by_brute_force(&sets, tz, start, 4) {
                disagree.insert(tz.name());
            }
        }
    }
    assert!(
        looked_at > 550 && changes > 3000,
        "{looked_at} zones, {changes} changes"
    );
    assert_eq!(disagree.into_iter().collect::<Vec<_>>(), DISAGREE);
}

fn subset(range: std::ops::RangeInclusive<u32>, most: usize) -> impl Strategy<Value = BTreeSet<u32>> {
    prop::collection::btree_set(range, 1..=most)
}

fn schedules() -> impl Strategy<Value = Sets> {
    let days = prop_oneof![
        3 => Just((None, None)),
        1 => subset(1..=28, 5).prop_map(|days| (Some(days), None)),
        1 => subset(0..=6, 4).prop_map(|weekdays| (None, Some(weekdays))),
    ];
    let months = prop::option::of(subset(1..=12, 6));
    (subset(0..=59, 3), subset(0..=23, 4), days, months).prop_map(|(minutes, hours, (days, weekdays), months)| Sets {
        minutes,
        hours,
        days,
        months,
        weekdays,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_schedule_in_any_zone_has_the_same_ten_years(sets in schedules(), pick in any::<prop::sample::Index>()) {
        let all: Vec<Tz> = zones().filter(|tz| !DISAGREE.contains(&tz.name())).collect();
        let tz = *pick.get(&all);
        prop_assert_eq!(ours(&sets, tz, date(2015, 1, 1), 3653), by_brute_force(&sets, tz, date(2015, 1, 1), 3653), "{} in {}", sets.text(), tz);
    }
}
