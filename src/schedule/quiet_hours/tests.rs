//! Rules against windows, on the clocks of the countries they are for.

use super::*;
use crate::model::{Instant, Severity, Window, Windows, ZoneName};

fn zones(names: &[&str]) -> Vec<Zone> {
    names
        .iter()
        .map(|name| Zone::find(&ZoneName::parse(name).unwrap()).unwrap())
        .collect()
}

fn window(opens: &str, closes: &str) -> Windows {
    Windows::one(Window::new(Instant::parse(opens).unwrap(), Instant::parse(closes).unwrap()).unwrap())
}

/// Severity, rule's beginning and first quiet minute of each finding.
fn judged(country: &str, zone_names: &[&str], opens: &str, closes: &str, own: &OwnRules) -> Vec<String> {
    let (country, zones) = (Country::parse(country).unwrap(), zones(zone_names));
    let audience = [Listeners {
        country: Some(&country),
        state: None,
        zones: &zones,
        recipients: 7,
    }];
    quiet_findings(&window(opens, closes), &audience, own)
        .iter()
        .map(|f| {
            let severity = if f.is_error() { "error" } else { "warning" };
            let nearest = f.nearest.map_or("none".to_owned(), |(from, to)| format!("{from}/{to}"));
            format!("{severity} {}: {} -> {nearest}", f.rule, f.quiet_at)
        })
        .collect()
}

#[test]
fn at_least_the_promised_countries_have_rules_with_source_and_date() {
    for country in ["US", "FR", "IN", "DE", "AT", "GB", "SE", "NO"] {
        assert!(RULES.iter().any(|rule| rule.country == country), "{country}");
    }
    for rule in RULES {
        assert!(!rule.source.is_empty() && rule.as_of.len() == 10, "{}", rule.name);
        assert!(rule.hours.iter().flatten().all(|h| h.start < h.end && h.end <= 1440));
    }
    assert!(RULES.is_sorted_by_key(|rule| (rule.country, rule.weight)));
}

#[test]
fn a_window_inside_the_hours_of_the_recipients_is_fine() {
    let none = OwnRules::default();
    let quiet = |country, zone, opens, closes| judged(country, &[zone], opens, closes, &none);
    // Friday 2026-11-27.
    assert!(quiet("SE", "Europe/Stockholm", "2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z").is_empty());
    assert!(quiet("US", "America/New_York", "2026-11-27T14:00:00Z", "2026-11-28T01:00:00Z").is_empty());
    assert!(quiet("IN", "Asia/Kolkata", "2026-11-27T04:30:00Z", "2026-11-27T15:30:00Z").is_empty());
    assert!(quiet("JP", "Asia/Tokyo", "2026-11-27T15:00:00Z", "2026-11-27T20:00:00Z").is_empty());
}

#[test]
fn the_whole_window_counts_on_the_recipients_clock() {
    let none = OwnRules::default();
    assert_eq!(
        judged(
            "US",
            &["America/New_York"],
            "2026-11-27T08:00:00Z",
            "2026-11-27T19:00:00Z",
            &none
        ),
        [
            "error federal: 8:00-21:00: 2026-11-27T03:00 -> 2026-11-27T09:00/2026-11-27T14:00",
            "warning stricter states together: 9:00-20:00, Sundays from 12:00: 2026-11-27T03:00 -> 2026-11-27T09:00/2026-11-27T14:00",
        ]
    );
    assert_eq!(
        judged(
            "IN",
            &["Asia/Kolkata"],
            "2026-11-27T04:30:00Z",
            "2026-11-27T15:30:01Z",
            &none
        ),
        ["error promotional messages 10:00-21:00: 2026-11-27T21:00 -> 2026-11-27T10:00/2026-11-27T21:00"]
    );
    // Over a night, though both ends are by day.
    assert_eq!(
        judged(
            "GB",
            &["Europe/London"],
            "2026-11-27T10:00:00Z",
            "2026-11-28T12:00:00Z",
            &none
        ),
        ["warning 9:00-20:00: 2026-11-27T20:00 -> 2026-11-27T10:00/2026-11-27T20:00"]
    );
}

#[test]
fn sundays_and_holidays_of_france_are_blocked() {
    let none = OwnRules::default();
    let sunday = judged(
        "FR",
        &["Europe/Paris"],
        "2026-11-29T09:00:00Z",
        "2026-11-29T12:00:00Z",
        &none,
    );
    assert_eq!(
        sunday.first().unwrap(),
        "error 8:00-22:00, not on Sundays and public holidays: 2026-11-29T10:00 -> 2026-11-30T08:00/2026-11-30T11:00"
    );
    let country = Country::parse("FR").unwrap();
    let paris = zones(&["Europe/Paris"]);
    let audience = [Listeners {
        country: Some(&country),
        state: None,
        zones: &paris,
        recipients: 1,
    }];
    // Whit Monday 2027.
    let findings = quiet_findings(
        &window("2027-05-17T09:00:00Z", "2027-05-17T12:00:00Z"),
        &audience,
        &none,
    );
    assert_eq!(findings[0].holiday.as_deref(), Some("lundi de Pentecôte"));
    let words = findings[0].diagnostic();
    assert_eq!(words.severity, Severity::Error);
    assert_eq!(
        words.message,
        "1 recipient in `FR` could be texted at 11:00 on Mon 17 May 2027, lundi de Pentecôte in `Europe/Paris`: allowed is 8:00-22:00, not on Sundays and public holidays"
    );
    assert!(words.hints.iter().any(|h| h.contains("not legal advice")));
    assert_eq!(
        words.hints[0],
        "the nearest allowed time there is `2027-05-18T08:00` to `2027-05-18T11:00`"
    );
}

#[test]
fn where_only_some_zones_of_a_country_are_quiet_it_is_a_warning() {
    let none = OwnRules::default();
    let both = ["America/New_York", "Pacific/Honolulu"];
    let found = judged("US", &both, "2026-11-27T15:00:00Z", "2026-11-27T22:00:00Z", &none);
    assert_eq!(
        found.first().unwrap(),
        "warning federal: 8:00-21:00: 2026-11-27T05:00 -> 2026-11-27T09:00/2026-11-27T12:00"
    );
    let night = judged("US", &both, "2026-11-27T08:00:00Z", "2026-11-27T09:00:00Z", &none);
    assert!(night.first().unwrap().starts_with("error federal"));
}

#[test]
fn findings_of_one_rule_are_one_with_all_its_people() {
    let country = Country::parse("US").unwrap();
    let (east, west) = (zones(&["America/New_York"]), zones(&["America/Los_Angeles"]));
    let audience = [
        Listeners {
            country: Some(&country),
            state: None,
            zones: &east,
            recipients: 3,
        },
        Listeners {
            country: Some(&country),
            state: None,
            zones: &west,
            recipients: 4,
        },
        Listeners {
            country: Some(&country),
            state: None,
            zones: &west,
            recipients: 0,
        },
    ];
    let findings = quiet_findings(
        &window("2026-11-27T08:00:00Z", "2026-11-27T09:00:00Z"),
        &audience,
        &OwnRules::default(),
    );
    assert_eq!(findings.len(), 2);
    assert_eq!((findings[0].recipients, findings[0].zones), (7, 2));
    assert!(
        findings[0]
            .diagnostic()
            .message
            .contains("`America/New_York` and 1 more zone")
    );
}

#[test]
fn people_in_doubt_are_counted_apart() {
    let country = Country::parse("US").unwrap();
    let (honolulu, either) = (
        zones(&["Pacific/Honolulu"]),
        zones(&["America/New_York", "Pacific/Honolulu"]),
    );
    let audience = [&honolulu, &either].map(|zones| Listeners {
        country: Some(&country),
        state: None,
        zones,
        recipients: 5,
    });
    let morning = window("2026-11-27T15:00:00Z", "2026-11-27T17:00:00Z");
    let findings = quiet_findings(&morning, &audience, &OwnRules::default());
    let counts: Vec<(bool, u64)> = findings.iter().map(|f| (f.is_error(), f.recipients)).collect();
    assert_eq!(counts, [(true, 5), (false, 5), (false, 5), (false, 5)]);
}

#[test]
fn the_projects_own_hours_replace_recommendations_and_not_statutes() {
    let own = OwnRules {
        hours: Some(Hours {
            start: 9 * 60,
            end: 20 * 60,
        }),
        days: Some([true, true, true, true, true, true, false]),
        countries: BTreeMap::from([(
            Country::parse("SE").unwrap(),
            (Some(Hours { start: 0, end: 1440 }), None),
        )]),
        holidays: BTreeMap::from([(Country::parse("SE").unwrap(), BTreeSet::from(["2026-12-24".to_owned()]))]),
    };
    assert_eq!(
        judged(
            "GB",
            &["Europe/London"],
            "2026-11-27T08:30:00Z",
            "2026-11-27T12:00:00Z",
            &own
        ),
        ["error 09:00-20:00 on Mon Tue Wed Thu Fri Sat: 2026-11-27T08:30 -> 2026-11-27T09:00/2026-11-27T12:00"]
    );
    assert!(
        judged(
            "SE",
            &["Europe/Stockholm"],
            "2026-11-27T20:30:00Z",
            "2026-11-27T22:00:00Z",
            &own
        )
        .is_empty()
    );
    let sunday = judged(
        "SE",
        &["Europe/Stockholm"],
        "2026-11-29T10:00:00Z",
        "2026-11-29T12:00:00Z",
        &own,
    );
    assert_eq!(sunday.len(), 1);
    let eve = judged(
        "SE",
        &["Europe/Stockholm"],
        "2026-12-24T10:00:00Z",
        "2026-12-24T12:00:00Z",
        &own,
    );
    assert_eq!(
        eve,
        ["error no date in `guards.holidays`: 2026-12-24T11:00 -> 2026-12-24T00:00/2026-12-24T00:00"]
            .map(|s| s.replace("2026-12-24T00:00/2026-12-24T00:00", "2026-12-25T00:00/2026-12-25T02:00"))
    );
    let night = judged(
        "IN",
        &["Asia/Kolkata"],
        "2026-11-27T03:40:00Z",
        "2026-11-27T04:00:00Z",
        &own,
    );
    assert_eq!(
        night,
        ["error promotional messages 10:00-21:00: 2026-11-27T09:10 -> 2026-11-27T10:00/2026-11-27T10:20"]
    );
}

#[test]
fn people_of_no_known_country_have_the_projects_hours_only() {
    let everywhere = zones(&["UTC"]);
    let audience = [Listeners {
        country: None,
        state: None,
        zones: &everywhere,
        recipients: 1,
    }];
    let at_night = window("2026-11-27T01:00:00Z", "2026-11-27T02:00:00Z");
    assert!(quiet_findings(&at_night, &audience, &OwnRules::default()).is_empty());
    let own = OwnRules {
        hours: Some(Hours { start: 540, end: 1200 }),
        ..OwnRules::default()
    };
    let findings = quiet_findings(&at_night, &audience, &own);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].is_error());
    assert_eq!(findings[0].nearest.unwrap().0.to_string(), "2026-11-27T09:00");
}

#[test]
fn the_longest_of_windows_is_checked_in_bounded_time() {
    let own = OwnRules {
        hours: Some(Hours { start: 0, end: 1440 }),
        ..OwnRules::default()
    };
    let utc = zones(&["UTC"]);
    let audience = [Listeners {
        country: None,
        state: None,
        zones: &utc,
        recipients: 1,
    }];
    let eternity =
        Windows::one(Window::new(Instant::from_unix_millis(i64::MIN), Instant::from_unix_millis(i64::MAX)).unwrap());
    assert!(quiet_findings(&eternity, &audience, &own).is_empty());
    let late = Instant::from_unix_millis(i64::MAX);
    let last = Windows::one(Window::new(late - std::time::Duration::from_mins(1), late).unwrap());
    let _ = quiet_findings(&last, &audience, &own);
}

#[test]
fn states_with_statutes_of_their_own_are_errors_for_their_area_codes() {
    let country = Country::parse("US").unwrap();
    let judged = |state: Option<&'static str>, opens: &str, closes: &str| {
        let zones = state.map_or_else(|| zones(&["America/Chicago"]), zones_of_us_state);
        let audience = [Listeners {
            country: Some(&country),
            state,
            zones: &zones,
            recipients: 7,
        }];
        let found = quiet_findings(&window(opens, closes), &audience, &OwnRules::default());
        let words = found
            .iter()
            .map(|f| (f.is_error(), f.rule.split(':').next().unwrap().to_owned()));
        words.collect::<Vec<_>>()
    };
    let together = (false, "stricter states together".to_owned());
    // A Sunday at 10 in Chicago.
    let sunday = ("2026-11-29T16:00:00Z", "2026-11-29T17:00:00Z");
    assert_eq!(
        judged(Some("TX"), sunday.0, sunday.1),
        [(true, "Texas".to_owned()), together.clone()]
    );
    assert_eq!(judged(Some("FL"), sunday.0, sunday.1), std::slice::from_ref(&together));
    assert_eq!(judged(None, sunday.0, sunday.1), std::slice::from_ref(&together));
    // A Friday at 20:30 in New York, 19:30 in Chicago: of Florida, only some.
    let evening = ("2026-11-28T01:30:00Z", "2026-11-28T01:45:00Z");
    assert_eq!(
        judged(Some("CT"), evening.0, evening.1),
        [(true, "Connecticut".to_owned()), together.clone()]
    );
    assert_eq!(
        judged(Some("FL"), evening.0, evening.1)[0],
        (false, "Florida".to_owned())
    );
}
