//! Levels, prefixes and groups of recipients.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::model::{Group, Instant, LocalTime, Windows, ZoneName};
use crate::schedule::TimeFault;

fn zone(name: &str) -> Zone {
    Zone::find(&ZoneName::parse(name).unwrap()).unwrap()
}

fn id(name: &str) -> ZoneId {
    ZoneId::of(&zone(name)).unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn number(digits: &str) -> Msisdn {
    Msisdn::parse(digits).unwrap()
}

fn local(text: &str) -> LocalTime {
    LocalTime::parse(text).unwrap()
}

fn explicit(opens: &str, closes: &str) -> LocalSpan {
    LocalSpan {
        opens: local(opens),
        closes: Closing::At(local(closes)),
    }
}

fn spans(windows: &Windows) -> String {
    let all = windows.as_slice().iter();
    all.map(|w| format!("{}/{}", w.opens(), w.closes()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// libphonenumber names these by a zone of another country whose clocks go otherwise by now.
#[test]
fn a_prefix_has_a_zone_of_its_own_country() {
    for (digits, zone) in [
        ("213551234567", "Africa/Algiers"),
        ("218912345678", "Africa/Tripoli"),
        ("212650123456", "Africa/Casablanca"),
        ("211977123456", "Africa/Juba"),
        ("50581234567", "America/Managua"),
        ("970599123456", "Asia/Gaza"),
        ("74012123456", "Europe/Kaliningrad"),
        ("33612345678", "Europe/Paris"),
    ] {
        assert_eq!(ZoneId::of_number(number(digits)).unwrap().names(), [zone], "{digits}");
    }
}

#[test]
fn every_zone_of_the_two_lists_exists() {
    for (at, names) in (0..)
        .map(|at| (at, prefixes::names_of_set(at)))
        .take_while(|(_, names)| !names.is_empty())
    {
        assert_eq!(
            names.len(),
            names.iter().filter_map(|n| Zone::of_name(n)).count(),
            "{at}: {names:?}"
        );
    }
    let lines = include_str!("country_zones.txt")
        .lines()
        .filter_map(|line| line.split_once('\t'));
    for (code, names) in lines {
        assert_eq!(
            zones_of_country(&country(code)).len(),
            names.split(' ').count(),
            "{code}"
        );
    }
    assert_eq!(zones_of_country(&country("AC")), []);
}

#[test]
fn the_longest_prefix_of_a_number_names_its_zones() {
    let names = |digits: &str| ZoneId::of_number(number(digits)).map(ZoneId::names);
    assert_eq!(names("46701234567"), Some(vec!["Europe/Stockholm"]));
    assert_eq!(names("12125550123"), Some(vec!["America/New_York"]));
    assert_eq!(names("16845550123"), Some(vec!["Pacific/Pago_Pago"]));
    assert_eq!(names("447400123456").map(|n| n.len() > 1), Some(true));
    assert_eq!(names("520000000000").map(|n| n.len() > 3), Some(true));
    assert_eq!(names("88212345678"), None);
    assert_eq!(
        names("10000"),
        ZoneId::of_number(number("19995550123")).map(ZoneId::names)
    );
}

#[test]
fn levels_are_tried_in_order_and_told() {
    let map = BTreeMap::from([(country("US"), zone("America/Chicago"))]);
    let rule = RecipientZones::new(Some(&map), Some(&zone("UTC")));
    let us = number("12125550123");
    assert_eq!(
        rule.place(Some(" asia/kathmandu "), Some("US"), us),
        Ok((id("Asia/Kathmandu"), Level::Column))
    );
    assert_eq!(
        rule.place(Some(" "), Some("US"), us),
        Ok((id("America/Chicago"), Level::Country))
    );
    assert_eq!(rule.place(None, Some("SE"), us), Ok((id("UTC"), Level::Fallback)));
    assert_eq!(rule.place(Some("Mars/Base"), Some("US"), us), Err(NoZone::UnknownName));
    let auto = RecipientZones::new(None, None);
    assert_eq!(
        auto.place(None, Some("US"), us),
        Ok((id_of("12125550123"), Level::Prefix))
    );
    assert_eq!(auto.place(None, None, number("88212345678")), Err(NoZone::Nowhere));
    let only_column = RecipientZones::new(Some(&BTreeMap::new()), None);
    assert_eq!(only_column.place(None, Some("US"), us), Err(NoZone::Nowhere));
}

fn id_of(digits: &str) -> ZoneId {
    ZoneId::of_number(number(digits)).unwrap()
}

#[test]
fn recipients_with_the_same_offset_at_opening_are_one_group() {
    let ids = BTreeSet::from([
        id("Europe/Stockholm"),
        id("Africa/Lagos"),
        id("America/New_York"),
        id("Asia/Kathmandu"),
    ]);
    let grouping = group(&ids, &explicit("2026-11-27T09:00", "2026-11-27T20:00"), None);
    assert_eq!(grouping.ungrouped, []);
    let shown: Vec<(Group, String, usize)> = grouping
        .groups
        .values()
        .map(|g| (g.group, spans(&g.windows), g.zones.len()))
        .collect();
    assert_eq!(
        shown,
        [
            (
                Group::Offset(-20),
                "2026-11-27T14:00:00Z/2026-11-28T01:00:00Z".to_owned(),
                1
            ),
            (
                Group::Offset(4),
                "2026-11-27T08:00:00Z/2026-11-27T19:00:00Z".to_owned(),
                2
            ),
            (
                Group::Offset(23),
                "2026-11-27T03:15:00Z/2026-11-27T14:15:00Z".to_owned(),
                1
            ),
        ]
    );
    assert_eq!(grouping.group_of[&id("Africa/Lagos")], Group::Offset(4));
}

#[test]
fn where_the_ends_differ_in_a_group_the_earliest_counts() {
    // Both show +02:00 at its start; within it Stockholm's clocks go back, Johannesburg's do not.
    let ids = BTreeSet::from([id("Europe/Stockholm"), id("Africa/Johannesburg")]);
    let grouping = group(&ids, &explicit("2026-10-24T20:00", "2026-10-25T10:00"), None);
    let only: Vec<String> = grouping.groups.values().map(|g| spans(&g.windows)).collect();
    assert_eq!(only, ["2026-10-24T18:00:00Z/2026-10-25T08:00:00Z"]);
    let alone = group(
        &BTreeSet::from([id("Europe/Stockholm")]),
        &explicit("2026-10-24T20:00", "2026-10-25T10:00"),
        None,
    );
    assert_eq!(
        alone.groups[&Group::Offset(8)].windows.closes().to_string(),
        "2026-10-25T09:00:00Z"
    );
}

#[test]
fn a_prefix_of_several_zones_is_inside_all_of_them_or_falls_back() {
    // Mexico's country code: from Tijuana (-8) to New York's clock (-5) in winter.
    let mexico = id_of("520000000000");
    assert!(mexico.names().len() > 3);
    let wide = group(
        &BTreeSet::from([mexico]),
        &explicit("2026-11-27T09:00", "2026-11-27T20:00"),
        None,
    );
    let windows: Vec<String> = wide.groups.values().map(|g| spans(&g.windows)).collect();
    assert_eq!(windows, ["2026-11-27T17:00:00Z/2026-11-28T01:00:00Z"]);
    assert_eq!(wide.group_of[&mexico], Group::Offset(-32));
    let narrow = explicit("2026-11-27T09:00", "2026-11-27T10:00");
    let refused = group(&BTreeSet::from([mexico]), &narrow, None);
    assert_eq!(refused.ungrouped, [(mexico, Ungrouped::NothingInCommon)]);
    let fallen = group(&BTreeSet::from([mexico]), &narrow, Some(id("America/Mexico_City")));
    assert_eq!(fallen.fell_back, [mexico]);
    assert_eq!(fallen.group_of[&mexico], Group::Offset(-24));
    // Where all candidates agree there is nothing to narrow.
    let britain = group(&BTreeSet::from([id_of("447400123456")]), &narrow, None);
    assert_eq!(
        spans(&britain.groups[&Group::Offset(0)].windows),
        "2026-11-27T09:00:00Z/2026-11-27T10:00:00Z"
    );
}

#[test]
fn an_explicit_time_that_does_not_exist_somewhere_is_told_and_a_nominal_one_is_moved() {
    let ids = BTreeSet::from([id("Europe/Stockholm"), id("UTC")]);
    let skipped = group(&ids, &explicit("2027-03-28T02:30", "2027-03-28T05:00"), None);
    let [
        (
            who,
            Ungrouped::Time {
                zone,
                local,
                fault: TimeFault::Gap { .. },
            },
        ),
    ] = skipped.ungrouped.as_slice()
    else {
        panic!("{:?}", skipped.ungrouped)
    };
    assert_eq!(
        (*who, zone.as_str(), local.to_string().as_str()),
        (id("Europe/Stockholm"), "Europe/Stockholm", "2027-03-28T02:30")
    );
    let nominal = LocalSpan {
        opens: self::local("2027-03-28T02:30"),
        closes: Closing::After(Duration::from_mins(15)),
    };
    let moved = group(&ids, &nominal, None);
    assert_eq!(moved.ungrouped, []);
    assert_eq!(
        spans(&moved.groups[&Group::Offset(8)].windows),
        "2027-03-28T01:00:00Z/2027-03-28T01:15:00Z"
    );
    let backwards = group(&ids, &explicit("2027-03-28T08:00", "2027-03-28T08:00"), None);
    assert_eq!(backwards.ungrouped.len(), 2);
}

#[test]
fn the_next_day_keeps_the_wall_clock() {
    let ids = BTreeSet::from([id("Europe/Stockholm")]);
    let grouping = group(&ids, &explicit("2027-03-27T09:00", "2027-03-27T20:00"), None);
    let group = &grouping.groups[&Group::Offset(4)];
    assert_eq!(spans(&group.windows), "2027-03-27T08:00:00Z/2027-03-27T19:00:00Z");
    assert_eq!(
        spans(group.next_day.as_ref().unwrap()),
        "2027-03-28T07:00:00Z/2027-03-28T18:00:00Z"
    );
    assert!(!group.has_passed(Instant::parse("2027-03-27T18:59:59Z").unwrap()));
    assert!(group.has_passed(Instant::parse("2027-03-27T19:00:00Z").unwrap()));
}

#[test]
fn groups_of_every_zone_hold_only_moments_inside_everybodys_window() {
    let ids: BTreeSet<ZoneId> = NAMES.iter().filter_map(|name| ZoneId::of_name(name)).collect();
    let span = explicit("2026-10-25T09:00", "2026-10-25T20:00");
    let grouping = group(&ids, &span, None);
    assert_eq!(grouping.ungrouped, []);
    for group in grouping.groups.values() {
        for zone in group.zones.iter().flat_map(|id| id.zones()) {
            assert!(zone.local(group.windows.opens()) >= span.opens, "{zone}");
            assert!(
                zone.local(group.windows.closes() - Duration::from_secs(1)) < local("2026-10-25T20:00"),
                "{zone}"
            );
            let offset = Group::from_offset_seconds(zone.offset_seconds_at(group.windows.opens()));
            assert_eq!(offset, Some(group.group), "{zone}");
        }
    }
}
