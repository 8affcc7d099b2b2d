//! Names of zones that mean something else in the database than most people think: what was meant, and a warning where
//! the name exists.
//!
//! Sources: the IANA database 2026e (`EST` and `MST` are links to Panama and Phoenix, which never change their clocks;
//! the sign of `Etc/GMT+5` is that of POSIX, west of Greenwich), and the abbreviations that CLDR 48 gives for the zones
//! named here (both looked at on 2026-11-30). An abbreviation that several countries use has the zones of all of them.

use super::names::NAMES;

/// Abbreviations that are no names of the database, with the zones whose clocks show them.
const ABBREVIATIONS: &[(&str, &[&str])] = &[
    ("ET EDT", &["America/New_York"]),
    ("CT CDT", &["America/Chicago"]),
    ("CST", &["America/Chicago", "Asia/Shanghai"]),
    ("MT MDT", &["America/Denver"]),
    ("PT PST PDT", &["America/Los_Angeles"]),
    ("AKST AKDT", &["America/Anchorage"]),
    ("HAST HADT HDT", &["Pacific/Honolulu"]),
    ("AST ADT", &["America/Halifax"]),
    ("NST NDT", &["America/St_Johns"]),
    ("BRT", &["America/Sao_Paulo"]),
    ("ART", &["America/Argentina/Buenos_Aires"]),
    ("CLT CLST", &["America/Santiago"]),
    ("COT", &["America/Bogota"]),
    ("BST", &["Europe/London"]),
    ("WEST", &["Europe/Lisbon"]),
    ("CEST MEZ MESZ", &["Europe/Stockholm", "Europe/Berlin"]),
    ("EEST", &["Europe/Helsinki"]),
    ("MSK", &["Europe/Moscow"]),
    ("TRT", &["Europe/Istanbul"]),
    ("IST", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("IDT", &["Asia/Jerusalem"]),
    ("SAST", &["Africa/Johannesburg"]),
    ("EAT", &["Africa/Nairobi"]),
    ("WAT", &["Africa/Lagos"]),
    ("CAT", &["Africa/Maputo"]),
    ("GST", &["Asia/Dubai"]),
    ("PKT", &["Asia/Karachi"]),
    ("ICT", &["Asia/Bangkok"]),
    ("WIB", &["Asia/Jakarta"]),
    ("HKT", &["Asia/Hong_Kong"]),
    ("SGT", &["Asia/Singapore"]),
    ("PHT", &["Asia/Manila"]),
    ("JST", &["Asia/Tokyo"]),
    ("KST", &["Asia/Seoul"]),
    ("AWST", &["Australia/Perth"]),
    ("ACST ACDT", &["Australia/Adelaide"]),
    ("AEST AEDT", &["Australia/Sydney"]),
    ("NZST NZDT", &["Pacific/Auckland"]),
];

/// Names of the database that are one offset all year, and the zone that people mean by them.
pub(super) const FIXED: [(&str, &str); 2] = [("EST", "America/New_York"), ("MST", "America/Denver")];

/// The zones that an abbreviation is used for.
pub(super) fn of_abbreviation(name: &str) -> Vec<String> {
    let name = name.to_ascii_uppercase();
    let found = ABBREVIATIONS
        .iter()
        .find(|(names, _)| names.split(' ').any(|known| known == name));
    found
        .map(|(_, zones)| zones.iter().map(|zone| (*zone).to_owned()).collect())
        .unwrap_or_default()
}

/// `GMT+2`, `UTC-05:00`, `+01:00` as seconds east of UTC.
pub(super) fn offset_of(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let rest = upper
        .strip_prefix("GMT")
        .or_else(|| upper.strip_prefix("UTC"))
        .unwrap_or(&upper);
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let number = |text: &str, most: i32| {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| is_short && *number <= most)
    };
    Some(sign * (number(hours, 14)? * 3600 + number(minutes, 59)? * 60))
}

/// The name that the database has for an offset: whole hours only, and the sign is reversed.
pub(super) fn at_offset(seconds: i32) -> Option<String> {
    if seconds == 0 {
        return Some("UTC".to_owned());
    }
    let name = format!("Etc/GMT{:+}", -(seconds / 3600));
    let is_there = seconds % 3600 == 0 && NAMES.binary_search(&name).is_ok();
    is_there.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::Zone;
    use super::*;
    use crate::model::{Instant, ZoneName};

    fn hint(name: &str) -> String {
        Zone::find(&ZoneName::parse(name).unwrap()).unwrap_err().hint()
    }

    #[test]
    fn what_is_no_name_leads_to_the_hour_that_was_meant() {
        assert!(
            hint("GMT+2").starts_with("`Etc/GMT-2` is +02:00 all year"),
            "{}",
            hint("GMT+2")
        );
        assert!(hint("UTC-05:00").starts_with("`Etc/GMT+5` is -05:00 all year"));
        assert!(
            hint("UTC+05:30").starts_with("use an IANA name"),
            "{}",
            hint("UTC+05:30")
        );
        for (name, zone) in [
            ("PST", "America/Los_Angeles"),
            ("CEST", "Europe/Stockholm"),
            ("cest", "Europe/Stockholm"),
            ("EDT", "America/New_York"),
            ("BST", "Europe/London"),
            ("JST", "Asia/Tokyo"),
        ] {
            assert!(
                hint(name).starts_with(&format!("did you mean `{zone}`")),
                "{name}: {}",
                hint(name)
            );
        }
    }

    #[test]
    fn every_zone_that_is_suggested_exists_and_no_abbreviation_is_a_name() {
        for (names, zones) in ABBREVIATIONS {
            assert!(zones.iter().all(|zone| Zone::of_name(zone).is_some()), "{zones:?}");
            assert!(names.split(' ').all(|name| Zone::of_name(name).is_none()), "{names}");
        }
        for hours in -12..=14 {
            let name = at_offset(hours * 3600).unwrap();
            let zone = Zone::of_name(&name).unwrap();
            assert_eq!(
                zone.offset_seconds_at(Instant::from_unix_seconds(0)),
                hours * 3600,
                "{name}"
            );
        }
        assert_eq!([at_offset(-13 * 3600), at_offset(19_800)], [None, None]);
    }

    #[test]
    fn names_that_people_mean_otherwise_are_told() {
        let caution = |name: &str| Zone::of_name(name).unwrap().caution().map(|(message, _)| message);
        let told = |name: &str, offset: &str| Some(format!("`{name}` is {offset} all year, without summer time"));
        for (name, offset) in [
            ("EST", "-05:00"),
            ("MST", "-07:00"),
            ("Etc/GMT+5", "-05:00"),
            ("Etc/GMT-2", "+02:00"),
        ] {
            assert_eq!(caution(name), told(name, offset));
        }
        for name in [
            "HST",
            "EST5EDT",
            "CET",
            "UTC",
            "Etc/UTC",
            "Etc/GMT",
            "Etc/GMT+0",
            "GMT",
            "Europe/Stockholm",
            "Asia/Tokyo",
        ] {
            assert_eq!(caution(name), None, "{name}");
        }
    }
}
