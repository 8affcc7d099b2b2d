//! Zones against known facts of their clocks.

use super::*;
use crate::model::Window;

fn zone(name: &str) -> Zone {
    Zone::find(&ZoneName::parse(name).unwrap()).unwrap()
}

fn local(text: &str) -> LocalTime {
    LocalTime::parse(text).unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn unknown(name: &str) -> UnknownZone {
    Zone::find(&ZoneName::parse(name).unwrap()).unwrap_err()
}

#[test]
fn a_zone_is_found_by_its_exact_name_only() {
    assert_eq!(zone("Europe/Stockholm").name(), "Europe/Stockholm");
    assert_eq!(zone("UTC").offset_seconds_at(Instant::from_unix_seconds(0)), 0);
    assert_eq!(unknown("europe/stockholm").suggestions, ["Europe/Stockholm"]);
    assert_eq!(unknown("Europe/Stokholm").suggestions, ["Europe/Stockholm"]);
    assert_eq!(unknown("Stockholm").suggestions, ["Europe/Stockholm"]);
    assert!(!unknown("CEST9").hint().is_empty());
    assert_eq!(unknown("../../etc/passwd").suggestions, Vec::<String>::new());
    assert_eq!(
        unknown("europe/stockholm").hint(),
        "zone names keep their capitals: `Europe/Stockholm`"
    );
}

#[test]
fn the_database_is_at_least_of_2026_and_has_every_name_it_lists() {
    assert!(tzdb_version() >= "2026e", "{}", tzdb_version());
    assert!(NAMES.len() > 500);
    for name in NAMES.iter() {
        assert!(Zone::of_name(name).is_some(), "{name}");
    }
}

#[test]
fn an_explicit_time_that_is_jumped_over_names_the_two_nearest_that_exist() {
    let cases = [
        (
            "Europe/Stockholm",
            "2027-03-28T02:30",
            "2027-03-28T01:59",
            "2027-03-28T03:00",
        ),
        (
            "America/New_York",
            "2027-03-14T02:00",
            "2027-03-14T01:59",
            "2027-03-14T03:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:15",
            "2026-10-04T01:59",
            "2026-10-04T02:30",
        ),
        (
            "Pacific/Apia",
            "2011-12-30T12:00",
            "2011-12-29T23:59",
            "2011-12-31T00:00",
        ),
        (
            "America/Sao_Paulo",
            "2018-11-04T00:30",
            "2018-11-03T23:59",
            "2018-11-04T01:00",
        ),
    ];
    for (name, time, before, after) in cases {
        let (before, after) = (local(before), local(after));
        assert_eq!(
            zone(name).resolve(local(time), None),
            Err(TimeFault::Gap { before, after }),
            "{name}"
        );
        assert!(zone(name).resolve(before, None).is_ok() && zone(name).resolve(after, None).is_ok());
    }
}

#[test]
fn an_explicit_time_that_happens_twice_needs_an_offset() {
    let stockholm = zone("Europe/Stockholm");
    let twice = local("2026-10-25T02:30");
    let fault = TimeFault::Fold {
        first_offset: 7200,
        second_offset: 3600,
    };
    assert_eq!(stockholm.resolve(twice, None), Err(fault.clone()));
    assert_eq!(
        stockholm.resolve(twice, Some(7200)),
        Ok(instant("2026-10-25T00:30:00Z"))
    );
    assert_eq!(
        stockholm.resolve(twice, Some(3600)),
        Ok(instant("2026-10-25T01:30:00Z"))
    );
    assert_eq!(
        stockholm.resolve(twice, Some(0)),
        Err(TimeFault::WrongOffset {
            written: 0,
            right: vec![7200, 3600]
        })
    );
    assert_eq!(
        fault.hint(twice),
        "write `2026-10-25T02:30+02:00` for the first or `2026-10-25T02:30+01:00` for the second"
    );
}

#[test]
fn an_offset_that_is_not_the_zones_is_refused() {
    let noon = local("2026-11-27T12:00");
    let fault = zone("Europe/Stockholm").resolve(noon, Some(7200)).unwrap_err();
    assert_eq!(
        fault,
        TimeFault::WrongOffset {
            written: 7200,
            right: vec![3600]
        }
    );
    assert_eq!(fault.hint(noon), "leave the offset out, or write `+01:00`");
    assert_eq!(
        zone("Europe/Stockholm").resolve(noon, Some(3600)),
        Ok(instant("2026-11-27T11:00:00Z"))
    );
}

#[test]
fn zones_that_changed_their_law_in_2026_are_known() {
    let vancouver = zone("America/Vancouver");
    assert_eq!(
        vancouver.resolve(local("2026-12-01T09:00"), None),
        Ok(instant("2026-12-01T16:00:00Z"))
    );
    assert_eq!(
        vancouver.resolve(local("2027-03-14T02:30"), None),
        Ok(instant("2027-03-14T09:30:00Z"))
    );
    assert_eq!(
        vancouver.changes_between(instant("2026-04-01T00:00:00Z"), instant("2027-12-31T00:00:00Z")),
        []
    );
}

#[test]
fn changes_of_the_clock_are_told_between_two_instants() {
    let changes =
        zone("Europe/Stockholm").changes_between(instant("2026-10-01T00:00:00Z"), instant("2027-03-28T01:00:00Z"));
    assert_eq!(
        changes,
        [
            OffsetChange {
                at: instant("2026-10-25T01:00:00Z"),
                before_seconds: 7200,
                after_seconds: 3600
            },
            OffsetChange {
                at: instant("2027-03-28T01:00:00Z"),
                before_seconds: 3600,
                after_seconds: 7200
            },
        ]
    );
    let eternity = (Instant::from_unix_millis(i64::MIN), Instant::from_unix_millis(i64::MAX));
    assert_eq!(
        zone("Europe/Stockholm").changes_between(eternity.0, eternity.1).len(),
        1000
    );
    assert_eq!(zone("Europe/Stockholm").changes_between(eternity.1, eternity.0), []);
}

#[test]
fn of_many_changes_of_the_clock_the_last_is_spelled() {
    let stockholm = zone("Europe/Stockholm");
    let from = instant("2026-11-22T00:00:00Z");
    assert_eq!(
        stockholm
            .spell_changes_between(from, instant("2027-12-01T00:00:00Z"))
            .len(),
        2
    );
    assert_eq!(
        stockholm.spell_changes_between(from, instant("2031-11-28T08:00:00Z")),
        ["clocks in Europe/Stockholm go back from 03:00 to 02:00 on Sun 26 Oct 2031 after 9 earlier changes"]
    );
}

#[test]
fn an_instant_is_spelled_with_local_time_zone_offset_and_utc() {
    let at = instant("2026-11-27T08:00:00Z");
    let cases = [
        (
            "Europe/Stockholm",
            "Fri 27 Nov 2026 09:00 Europe/Stockholm (+01:00, 08:00Z)",
        ),
        (
            "Asia/Kathmandu",
            "Fri 27 Nov 2026 13:45 Asia/Kathmandu (+05:45, 08:00Z)",
        ),
        (
            "Pacific/Pago_Pago",
            "Thu 26 Nov 2026 21:00 Pacific/Pago_Pago (-11:00, Fri 27 Nov 2026 08:00Z)",
        ),
        ("UTC", "Fri 27 Nov 2026 08:00 UTC (+00:00, 08:00Z)"),
    ];
    for (name, text) in cases {
        assert_eq!(zone(name).spell(at), text);
    }
    assert_eq!(format_offset(-12_600), "-03:30");
    assert_eq!(format_offset(-2670), "-00:44:30");
}

#[test]
fn a_window_is_spelled_once_where_its_ends_agree() {
    let window = |opens, closes| Window::new(instant(opens), instant(closes)).unwrap();
    let stockholm = zone("Europe/Stockholm");
    assert_eq!(
        stockholm.spell_window(window("2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z")),
        "Fri 27 Nov 2026 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)"
    );
    assert_eq!(
        zone("Asia/Tokyo").spell_window(window("2026-11-26T18:00:00Z", "2026-11-26T20:00:00Z")),
        "Fri 27 Nov 2026 03:00-05:00 Asia/Tokyo (+09:00, Thu 26 Nov 2026 18:00Z-20:00Z)"
    );
    assert_eq!(
        stockholm.spell_window(window("2026-10-25T00:00:00Z", "2026-10-25T08:00:00Z")),
        "Sun 25 Oct 2026 02:00 Europe/Stockholm (+02:00, 00:00Z) to Sun 25 Oct 2026 09:00 Europe/Stockholm (+01:00, 08:00Z)"
    );
}

#[test]
fn a_group_is_spelled_by_its_offset() {
    let window = |opens, closes| Window::new(instant(opens), instant(closes)).unwrap();
    assert_eq!(
        spell_at_offset(window("2026-11-27T14:00:00Z", "2026-11-28T01:00:00Z"), -18_000),
        "Fri 27 Nov 2026 09:00-20:00 on recipients' clocks at -05:00 (14:00Z to Sat 28 Nov 2026 01:00Z)"
    );
    assert_eq!(
        spell_at_offset(window("2026-11-26T23:00:00Z", "2026-11-27T00:00:00Z"), 36_000),
        "Fri 27 Nov 2026 09:00-10:00 on recipients' clocks at +10:00 (Thu 26 Nov 2026 23:00Z to Fri 27 Nov 2026 00:00Z)"
    );
}

#[test]
fn a_change_of_the_clock_is_spelled_as_people_see_it() {
    let spelled = |name, from, to| -> Vec<String> {
        let zone = zone(name);
        zone.changes_between(instant(from), instant(to))
            .into_iter()
            .map(|c| zone.spell_change(c))
            .collect()
    };
    assert_eq!(
        spelled("Europe/Stockholm", "2026-10-01T00:00:00Z", "2027-04-01T00:00:00Z"),
        [
            "clocks in Europe/Stockholm go back from 03:00 to 02:00 on Sun 25 Oct 2026",
            "clocks in Europe/Stockholm go forward from 02:00 to 03:00 on Sun 28 Mar 2027"
        ]
    );
    assert_eq!(
        spelled("Australia/Lord_Howe", "2026-10-01T00:00:00Z", "2026-10-10T00:00:00Z"),
        ["clocks in Australia/Lord_Howe go forward from 02:00 to 02:30 on Sun 4 Oct 2026"]
    );
}

#[test]
fn the_ends_of_time_make_nothing_panic() {
    for name in [
        "Europe/Stockholm",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
        "Africa/Casablanca",
    ] {
        for end in [i64::MIN, i64::MAX] {
            let end = Instant::from_unix_millis(end);
            let shown = zone(name).local(end);
            assert!(!zone(name).spell(end).is_empty());
            let _ = zone(name).resolve(shown, None);
        }
        for year in [-262_000, -1, 0, 9999, 10_000, 262_000] {
            let edge = LocalTime::new(year, 12, 31, 23, 59).unwrap();
            assert_eq!(
                zone(name).resolve(edge, None).is_ok(),
                zone(name).meaning(edge) != Meaning::OutOfRange
            );
        }
    }
}
