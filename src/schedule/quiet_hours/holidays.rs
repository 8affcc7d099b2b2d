//! Public holidays on which a country's rules want silence, computed for any year: fixed dates, days around Easter, and
//! the Saturdays that Swedish law moves.
//!
//! Sources, as of 2026-11-22: FR Code du travail L3133-1; DE the nine days that all states share; AT
//! Feiertagsruhegesetz § 1; SE lag (1989:253); NO lov om helligdager (1995) and the 1st and 17th of May. Days that are
//! always a Sunday are left to the weekly rules.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

enum Day {
    /// Month and day.
    Fixed(u32, u32),
    /// Days after Easter Sunday.
    Easter(i64),
    /// The first Saturday from this month and day on.
    Saturday(u32, u32),
}

use Day::{Easter, Fixed, Saturday};

const FR: &[(Day, &str)] = &[
    (Fixed(1, 1), "Jour de l'An"),
    (Easter(1), "lundi de Pâques"),
    (Fixed(5, 1), "fête du Travail"),
    (Fixed(5, 8), "Victoire 1945"),
    (Easter(39), "Ascension"),
    (Easter(50), "lundi de Pentecôte"),
    (Fixed(7, 14), "fête nationale"),
    (Fixed(8, 15), "Assomption"),
    (Fixed(11, 1), "Toussaint"),
    (Fixed(11, 11), "Armistice 1918"),
    (Fixed(12, 25), "Noël"),
];

const DE: &[(Day, &str)] = &[
    (Fixed(1, 1), "Neujahr"),
    (Easter(-2), "Karfreitag"),
    (Easter(1), "Ostermontag"),
    (Fixed(5, 1), "Tag der Arbeit"),
    (Easter(39), "Christi Himmelfahrt"),
    (Easter(50), "Pfingstmontag"),
    (Fixed(10, 3), "Tag der Deutschen Einheit"),
    (Fixed(12, 25), "1. Weihnachtstag"),
    (Fixed(12, 26), "2. Weihnachtstag"),
];

const AT: &[(Day, &str)] = &[
    (Fixed(1, 1), "Neujahr"),
    (Fixed(1, 6), "Heilige Drei Könige"),
    (Easter(1), "Ostermontag"),
    (Fixed(5, 1), "Staatsfeiertag"),
    (Easter(39), "Christi Himmelfahrt"),
    (Easter(50), "Pfingstmontag"),
    (Easter(60), "Fronleichnam"),
    (Fixed(8, 15), "Mariä Himmelfahrt"),
    (Fixed(10, 26), "Nationalfeiertag"),
    (Fixed(11, 1), "Allerheiligen"),
    (Fixed(12, 8), "Mariä Empfängnis"),
    (Fixed(12, 25), "Christtag"),
    (Fixed(12, 26), "Stefanitag"),
];

const SE: &[(Day, &str)] = &[
    (Fixed(1, 1), "nyårsdagen"),
    (Fixed(1, 6), "trettondedag jul"),
    (Easter(-2), "långfredagen"),
    (Easter(1), "annandag påsk"),
    (Fixed(5, 1), "första maj"),
    (Easter(39), "Kristi himmelsfärdsdag"),
    (Fixed(6, 6), "nationaldagen"),
    (Saturday(6, 20), "midsommardagen"),
    (Saturday(10, 31), "alla helgons dag"),
    (Fixed(12, 25), "juldagen"),
    (Fixed(12, 26), "annandag jul"),
];

const NO: &[(Day, &str)] = &[
    (Fixed(1, 1), "første nyttårsdag"),
    (Easter(-3), "skjærtorsdag"),
    (Easter(-2), "langfredag"),
    (Easter(1), "andre påskedag"),
    (Fixed(5, 1), "offentlig høytidsdag"),
    (Fixed(5, 17), "grunnlovsdag"),
    (Easter(39), "Kristi himmelfartsdag"),
    (Easter(50), "andre pinsedag"),
    (Fixed(12, 25), "første juledag"),
    (Fixed(12, 26), "andre juledag"),
];

/// The name of the public holiday that a date is in a country, if it is one of those known here.
pub(super) fn public_holiday(country: &str, date: NaiveDate) -> Option<&'static str> {
    let days = match country {
        "FR" => FR,
        "DE" => DE,
        "AT" => AT,
        "SE" => SE,
        "NO" => NO,
        _ => return None,
    };
    let is_today = |day: &Day| match day {
        Fixed(month, day) => (date.month(), date.day()) == (*month, *day),
        Easter(offset) => easter(date.year()).is_some_and(|sunday| date - sunday == TimeDelta::days(*offset)),
        Saturday(month, day) => {
            let first = NaiveDate::from_ymd_opt(date.year(), *month, *day);
            date.weekday() == Weekday::Sat && first.is_some_and(|first| (0..7).contains(&(date - first).num_days()))
        }
    };
    days.iter().find(|(day, _)| is_today(day)).map(|(_, name)| *name)
}

/// Easter Sunday of a Gregorian year (the anonymous computus).
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, rest) = (year.div_euclid(100), year.rem_euclid(100));
    let moved = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - moved + 15).rem_euclid(30);
    let weekday = (32 + 2 * century.rem_euclid(4) + 2 * rest.div_euclid(4) - epact - rest.rem_euclid(4)).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let days = epact + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(days.div_euclid(31)).ok()?,
        u32::try_from(days.rem_euclid(31) + 1).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(country: &str, year: i32) -> Vec<String> {
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days = start.iter_days().take_while(|day| day.year() == year);
        days.filter(|day| public_holiday(country, *day).is_some())
            .map(|day| day.format("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn easter_falls_where_almanacs_say() {
        let known = [
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2285, 3, 22),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
        }
    }

    #[test]
    fn holidays_of_2027_are_those_of_the_statutes() {
        assert_eq!(
            named("FR", 2027),
            [
                "01-01", "03-29", "05-01", "05-06", "05-08", "05-17", "07-14", "08-15", "11-01", "11-11", "12-25"
            ]
        );
        assert_eq!(
            named("SE", 2027),
            [
                "01-01", "01-06", "03-26", "03-29", "05-01", "05-06", "06-06", "06-26", "11-06", "12-25", "12-26"
            ]
        );
        assert_eq!(
            named("DE", 2027),
            [
                "01-01", "03-26", "03-29", "05-01", "05-06", "05-17", "10-03", "12-25", "12-26"
            ]
        );
        assert_eq!(
            named("AT", 2027),
            [
                "01-01", "01-06", "03-29", "05-01", "05-06", "05-17", "05-27", "08-15", "10-26", "11-01", "12-08",
                "12-25", "12-26"
            ]
        );
        assert_eq!(
            named("NO", 2027),
            [
                "01-01", "03-25", "03-26", "03-29", "05-01", "05-06", "05-17", "12-25", "12-26"
            ]
        );
        assert!(named("US", 2027).is_empty());
    }
}
