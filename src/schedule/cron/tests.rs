//! Schedules: the named zones, the bounds, the fields and their faults.

use chrono::Timelike;
use proptest::prelude::*;

use super::*;
use crate::model::ZoneName;

fn zone(name: &str) -> Zone {
    Zone::find(&ZoneName::parse(name).unwrap()).unwrap()
}

fn local(text: &str) -> LocalTime {
    LocalTime::parse(text).unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Occurrences that open in `[from, to]`, as `nominal = opens`, with what happened to them.
fn fired(text: &str, name: &str, from: &str, to: &str) -> Vec<String> {
    let (cron, zone, second) = (Cron::parse(text).unwrap(), zone(name), Duration::from_secs(1));
    cron.occurrences(&zone, None, None, instant(from) - second, instant(to) + second)
        .map(|o| {
            let shift = match o.shifted {
                None => String::new(),
                Some(Shift::Doubled) => " (doubled)".to_owned(),
                Some(Shift::Skipped { opens_at }) => format!(" (skipped, {opens_at})"),
            };
            format!("{} = {}{shift}", o.nominal, o.opens)
        })
        .collect()
}

#[test]
fn stockholm_in_spring_opens_at_the_jump_and_in_autumn_the_first_time() {
    assert_eq!(
        fired(
            "30 2 * * *",
            "Europe/Stockholm",
            "2027-03-27T00:00:00Z",
            "2027-03-30T00:00:00Z"
        ),
        [
            "2027-03-27T02:30 = 2027-03-27T01:30:00Z",
            "2027-03-28T02:30 = 2027-03-28T01:00:00Z (skipped, 2027-03-28T03:00)",
            "2027-03-29T02:30 = 2027-03-29T00:30:00Z",
        ]
    );
    assert_eq!(
        fired(
            "30 2 * * *",
            "Europe/Stockholm",
            "2026-10-25T00:00:00Z",
            "2026-10-26T00:00:00Z"
        ),
        ["2026-10-25T02:30 = 2026-10-25T00:30:00Z (doubled)"]
    );
}

#[test]
fn nominal_times_that_open_together_are_one_occurrence_with_the_name_that_exists() {
    assert_eq!(
        fired(
            "0,30 2-3 * * *",
            "Europe/Stockholm",
            "2027-03-28T00:00:00Z",
            "2027-03-28T12:00:00Z"
        ),
        [
            "2027-03-28T03:00 = 2027-03-28T01:00:00Z",
            "2027-03-28T03:30 = 2027-03-28T01:30:00Z"
        ]
    );
    assert_eq!(
        fired(
            "*/15 2 * * *",
            "Europe/Stockholm",
            "2027-03-28T00:00:00Z",
            "2027-03-28T12:00:00Z"
        ),
        ["2027-03-28T02:00 = 2027-03-28T01:00:00Z (skipped, 2027-03-28T03:00)"]
    );
    let (hourly, stockholm) = (Cron::parse("0 * * * *").unwrap(), zone("Europe/Stockholm"));
    assert!(hourly.contains(local("2027-03-28T02:00")));
    assert!(!hourly.names(&stockholm, local("2027-03-28T02:00")));
    assert!(hourly.names(&stockholm, local("2027-03-28T03:00")));
    assert!(!hourly.names(&stockholm, local("2027-03-28T03:01")));
}

#[test]
fn names_do_not_depend_on_where_one_begins_to_look() {
    let (cron, zone) = (Cron::parse("*/15 2 * * *").unwrap(), zone("Europe/Stockholm"));
    let expected = cron
        .next_after(&zone, None, None, instant("2027-03-27T12:00:00Z"))
        .unwrap();
    let late = cron
        .next_after(&zone, None, None, instant("2027-03-28T00:59:59Z"))
        .unwrap();
    assert_eq!(expected, late);
}

#[test]
fn new_york_fires_once_a_day_through_both_changes() {
    assert_eq!(
        fired(
            "30 1,2 * * *",
            "America/New_York",
            "2026-11-01T00:00:00Z",
            "2026-11-01T23:00:00Z"
        ),
        [
            "2026-11-01T01:30 = 2026-11-01T05:30:00Z (doubled)",
            "2026-11-01T02:30 = 2026-11-01T07:30:00Z",
        ]
    );
    assert_eq!(
        fired(
            "30 2 * * *",
            "America/New_York",
            "2027-03-14T00:00:00Z",
            "2027-03-14T23:00:00Z"
        ),
        ["2027-03-14T02:30 = 2027-03-14T07:00:00Z (skipped, 2027-03-14T03:00)"]
    );
}

#[test]
fn lord_howe_moves_by_half_an_hour() {
    assert_eq!(
        fired(
            "*/15 1-2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T14:30:00Z",
            "2026-10-03T23:00:00Z"
        ),
        [
            "2026-10-04T01:00 = 2026-10-03T14:30:00Z",
            "2026-10-04T01:15 = 2026-10-03T14:45:00Z",
            "2026-10-04T01:30 = 2026-10-03T15:00:00Z",
            "2026-10-04T01:45 = 2026-10-03T15:15:00Z",
            "2026-10-04T02:30 = 2026-10-03T15:30:00Z",
            "2026-10-04T02:45 = 2026-10-03T15:45:00Z",
        ]
    );
    assert_eq!(
        fired(
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2027-04-03T00:00:00Z",
            "2027-04-04T00:00:00Z"
        ),
        ["2027-04-04T01:45 = 2027-04-03T14:45:00Z (doubled)"]
    );
}

#[test]
fn casablanca_follows_its_own_calendar() {
    assert_eq!(
        fired(
            "30 2 * * *",
            "Africa/Casablanca",
            "2026-02-14T12:00:00Z",
            "2026-02-15T12:00:00Z"
        ),
        ["2026-02-15T02:30 = 2026-02-15T01:30:00Z (doubled)"]
    );
    assert_eq!(
        fired(
            "30 2 * * *",
            "Africa/Casablanca",
            "2026-03-22T00:00:00Z",
            "2026-03-22T12:00:00Z"
        ),
        ["2026-03-22T02:30 = 2026-03-22T02:00:00Z (skipped, 2026-03-22T03:00)"]
    );
    assert_eq!(
        zone("Africa/Casablanca").offset_seconds_at(instant("2026-11-22T12:00:00Z")),
        0
    );
}

#[test]
fn kathmandu_keeps_its_three_quarters() {
    assert_eq!(
        fired(
            "0 9 * * MON",
            "Asia/Kathmandu",
            "2026-11-22T00:00:00Z",
            "2026-11-30T23:00:00Z"
        ),
        [
            "2026-11-23T09:00 = 2026-11-23T03:15:00Z",
            "2026-11-30T09:00 = 2026-11-30T03:15:00Z"
        ]
    );
}

#[test]
fn vancouver_stays_seven_hours_behind_from_2026_on() {
    assert_eq!(
        fired(
            "0 9 1 * *",
            "America/Vancouver",
            "2026-10-20T00:00:00Z",
            "2027-01-02T00:00:00Z"
        ),
        [
            "2026-11-01T09:00 = 2026-11-01T16:00:00Z",
            "2026-12-01T09:00 = 2026-12-01T16:00:00Z",
            "2027-01-01T09:00 = 2027-01-01T16:00:00Z",
        ]
    );
}

#[test]
fn the_day_that_apia_skipped_opens_with_the_next() {
    assert_eq!(
        fired(
            "0 10 * * *",
            "Pacific/Apia",
            "2011-12-29T00:00:00Z",
            "2011-12-31T00:00:00Z"
        ),
        [
            "2011-12-29T10:00 = 2011-12-29T20:00:00Z",
            "2011-12-30T10:00 = 2011-12-30T10:00:00Z (skipped, 2011-12-31T00:00)",
            "2011-12-31T10:00 = 2011-12-30T20:00:00Z",
        ]
    );
}

#[test]
fn leap_days_of_fifty_years_are_found_and_end() {
    let cron = Cron::parse("0 0 29 2 *").unwrap();
    let utc = zone("UTC");
    let span = (instant("2026-01-01T00:00:00Z"), instant("2076-01-01T00:00:00Z"));
    let years: Vec<i32> = cron
        .occurrences(&utc, None, None, span.0, span.1)
        .map(|o| o.nominal.naive().year())
        .collect();
    assert_eq!(years, (2028..2076).step_by(4).collect::<Vec<_>>());
    assert_eq!(cron.smallest_interval(), Duration::from_hours(24 * 1461));
}

#[test]
fn bounds_that_leave_nothing_end_cleanly() {
    let (cron, zone) = (Cron::parse("* * * * *").unwrap(), zone("Europe/Stockholm"));
    let count = |from: &str, until: &str, after, before| {
        cron.occurrences(&zone, LocalTime::parse(from), LocalTime::parse(until), after, before)
            .count()
    };
    let (early, late) = (instant("2026-12-01T00:00:00Z"), instant("2026-12-03T00:00:00Z"));
    assert_eq!(count("2026-12-05T00:00", "2026-12-04T00:00", early, late), 0);
    assert_eq!(count("2026-12-02T00:00", "2026-12-02T00:00", early, late), 1440);
    assert_eq!(count("", "", late, early), 0);
    assert_eq!(count("", "", early, late), 2 * 1440 - 1);
    for end in [Instant::from_unix_millis(i64::MIN), Instant::from_unix_millis(i64::MAX)] {
        assert_eq!(count("", "", end, end), 0);
        let far = LocalTime::new(262_000, 1, 1, 0, 0);
        assert_eq!(cron.next_after(&zone, far, far, end), None);
        assert_eq!(
            cron.next_after(&zone, None, LocalTime::new(-200_000, 1, 1, 0, 0), end),
            None
        );
    }
    assert_eq!(
        cron.next_after(&zone, None, None, instant("2101-01-05T00:00:00Z")),
        None
    );
}

#[test]
fn both_bounds_are_inclusive_dates() {
    let (cron, zone) = (Cron::parse("0 10 * * *").unwrap(), zone("America/New_York"));
    let (from, until) = (
        LocalTime::parse("2026-12-01T00:00"),
        LocalTime::parse("2026-12-03T00:00"),
    );
    let days: Vec<String> = cron
        .occurrences(
            &zone,
            from,
            until,
            instant("2026-11-01T00:00:00Z"),
            instant("2027-01-01T00:00:00Z"),
        )
        .map(|o| o.nominal.to_string())
        .collect();
    assert_eq!(days, ["2026-12-01T10:00", "2026-12-02T10:00", "2026-12-03T10:00"]);
}

#[test]
fn the_smallest_interval_counts_nights_and_short_months() {
    let cases = [
        ("* * * * *", 1),
        ("*/7 * * * *", 4),
        ("0 10 * * *", 1440),
        ("0 10,22 * * *", 720),
        ("0 1,23 * * *", 120),
        ("0 1,23 * * MON", 22 * 60),
        ("0 10 * * MON", 7 * 1440),
        ("0 10 * * FRI,SUN", 2 * 1440),
        ("0 10 1 * *", 28 * 1440),
        ("0 10 1,31 * *", 1440),
        ("0 10 1 1 *", 365 * 1440),
    ];
    for (text, minutes) in cases {
        let interval = Cron::parse(text).unwrap().smallest_interval();
        assert_eq!(interval, Duration::from_secs(minutes * 60), "{text}");
    }
}

#[test]
fn fields_have_their_unix_meaning() {
    // 2026-11-22 is a Sunday.
    let days = |text: &str| -> Vec<u32> {
        let cron = Cron::parse(text).unwrap();
        cron.nominal_from(local("2026-11-22T00:00"))
            .take_while(|n| *n < local("2026-11-29T00:00"))
            .map(|n| n.naive().weekday().num_days_from_sunday())
            .collect()
    };
    assert_eq!(days("0 10 * * 0"), [0]);
    assert_eq!(days("0 10 * * 7"), [0]);
    assert_eq!(days("0 10 * * sun"), [0]);
    assert_eq!(days("0 10 * * Mon-Fri"), [1, 2, 3, 4, 5]);
    assert_eq!(days("0 10 * * 1-5"), [1, 2, 3, 4, 5]);
    assert_eq!(days("0 10 * * FRI-SUN"), [0, 5, 6]);
    assert_eq!(days("0 10 * * 5-7"), [0, 5, 6]);
    assert_eq!(days("0 10 * * SUN-TUE"), [0, 1, 2]);
    assert_eq!(days("0 10 * * 0-7"), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(days("0 10 * * */2"), [0, 2, 4, 6]);
    assert_eq!(days("0 10 * * 1-6/2,7"), [0, 1, 3, 5]);
    let hours: Vec<u32> = Cron::parse("5 8-18/4,23 1 JAN,jul *")
        .unwrap()
        .nominal_from(local("2027-01-01T00:00"))
        .take(4)
        .map(|n| n.naive().hour())
        .collect();
    assert_eq!(hours, [8, 12, 16, 23]);
    assert_eq!(
        Cron::parse("0 10 1-31 * MON").unwrap(),
        Cron::parse("0\t10 *  * 1 ").unwrap()
    );
}

#[test]
fn what_is_not_five_unix_fields_is_refused_with_its_place() {
    let cases = [
        ("", "a schedule has five fields, this has 0", 1),
        ("0 10 * *", "a schedule has five fields, this has 4", 1),
        ("  0 0 10 * * MON", "a schedule has five fields, this has 6", 3),
        ("@daily", "`@daily` is not supported", 1),
        ("60 10 * * *", "`60` is not a minute", 1),
        ("0 24 * * *", "`24` is not an hour", 3),
        ("0 10 0 * *", "`0` is not a day of the month", 6),
        ("0 10 * 13 *", "`13` is not a month", 8),
        ("0 10 * * 8", "`8` is not a day of the week", 10),
        ("0 10 * * MONDAY", "`MONDAY` is not a day of the week", 10),
        ("0 10 * * MON-", "a day of the week is missing", 14),
        ("0 10 -1 * *", "a day of the month is missing", 6),
        ("0 10 L * *", "`L` (the last day) is not supported", 6),
        ("0 10 15W * *", "`W` (the nearest weekday) is not supported", 6),
        (
            "0 10 * * FRI#2",
            "`#` (the n-th weekday of a month) is not supported",
            10,
        ),
        ("0 10 ? * MON", "`?` is not supported", 6),
        ("0 10,, * * *", "an empty item in a list", 6),
        ("0 22-2 * * *", "the range `22-2` runs backwards", 3),
        ("0 10 * * SAT-MON", "the range `SAT-MON` runs backwards", 10),
        ("*/0 * * * *", "`0` is not a step", 1),
        (
            "*/90 * * * *",
            "a step of 90 is longer than the minute field, which has 60 values",
            1,
        ),
        ("5/15 * * * *", "`5/15` has a step and no range", 1),
        ("*/15/2 * * * *", "`15/2` is not a step", 1),
        (
            "0 10 1 * MON",
            "both the day of the month and the day of the week are restricted",
            10,
        ),
        (
            "0 10 31 2 *",
            "this schedule never happens: no month in it has such a day",
            6,
        ),
        (
            "0 10 31 4,6,9,11 *",
            "this schedule never happens: no month in it has such a day",
            6,
        ),
        ("0 10 * * ÅÄÖ", "`ÅÄÖ` is not a day of the week", 10),
        ("99999999999 * * * *", "`99999999999` is not a minute", 1),
    ];
    for (text, message, column) in cases {
        let fault = Cron::parse(text).expect_err(text);
        assert_eq!((fault.message.as_str(), fault.column), (message, column), "{text}");
        assert!(fault.length > 0 && fault.hint.is_some(), "{text}");
    }
}

#[test]
fn nominal_times_for_every_clock_on_earth_cover_both_ends() {
    let cron = Cron::parse("0 * * * *").unwrap();
    let times: Vec<String> = cron
        .nominal_between(
            LocalTime::parse("2026-11-26T12:00"),
            LocalTime::parse("2026-11-27T00:00"),
            instant("2026-11-27T00:00:00Z"),
            instant("2026-11-27T06:00:00Z"),
        )
        .map(|n| n.to_string())
        .collect();
    assert_eq!(times.first().unwrap(), "2026-11-26T12:00");
    assert_eq!(times.last().unwrap(), "2026-11-27T21:00");
    let ends = (Instant::from_unix_millis(i64::MIN), Instant::from_unix_millis(i64::MAX));
    assert!(cron.nominal_between(None, None, ends.1, ends.0).next().is_none());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_a_place_inside_it(text in r"[-0-9*/,?LW# A-Za-zå\t]{0,24}|\PC{0,12}") {
        if let Err(fault) = Cron::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&fault.column), "{}", fault.column);
        }
    }

    #[test]
    fn any_five_fields_make_the_same_times_twice(
        text in r"(\*|[0-5]?[0-9]|\*/[1-9]|[0-2][0-9]-5[0-9]/[1-9]) (\*|1?[0-9]|[0-9]-2[0-3]) (\*|[12]?[0-9]) (\*|[1-9]|MAR-OCT) \*",
        at in 0_i64..4_000_000_000,
    ) {
        if let Ok(cron) = Cron::parse(&text) {
            let (zone, at) = (zone("America/New_York"), Instant::from_unix_seconds(at));
            let Some(next) = cron.next_after(&zone, None, None, at) else { return Ok(()) };
            prop_assert!(next.opens > at && cron.contains(next.nominal) && cron.names(&zone, next.nominal));
            prop_assert_eq!(cron.next_after(&zone, None, None, next.opens - Duration::from_secs(1)), Some(next));
        }
    }
}
