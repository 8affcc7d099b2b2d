//! The rules themselves: hours and days, each with its source and the date it was read. Not legal advice, not complete.
//!
//! `Statutory` is a law, or a rule that binds every sender of the country; `Recommendation` is what is customary, or
//! strict in some places only. Where a law speaks of calls and not of texts it is no statutory row here.

use super::{Hours, Weight};

/// One rule of one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietRule {
    /// ISO 3166-1, upper case.
    pub country: &'static str,
    /// A state of it, by the area codes of numbers; `None` is all of the country.
    pub state: Option<&'static str>,
    /// Error or warning.
    pub weight: Weight,
    /// When texts may arrive, Monday first; `None` is a blocked day.
    pub hours: [Option<Hours>; 7],
    /// Whether public holidays are blocked too.
    pub not_on_holidays: bool,
    /// What is ruled, in a few words.
    pub name: &'static str,
    /// The place of that in a file.
    pub source: &'static str,
    /// When it was read (`2026-11-22`).
    pub as_of: &'static str,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "beside `None`, a blocked day, it reads as a table"
)]
const fn hours(start: u16, end: u16) -> Option<Hours> {
    Some(Hours {
        start: start * 60,
        end: end * 60,
    })
}

const fn all_week(start: u16, end: u16) -> [Option<Hours>; 7] {
    [hours(start, end); 7]
}

const fn week(weekdays: Option<Hours>, saturday: Option<Hours>, sunday: Option<Hours>) -> [Option<Hours>; 7] {
    [weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday]
}

const AS_OF: &str = "2026-11-22";

/// When the statutes of states were read. What they say of calls a day, and what was not found, is in
/// `docs/providers/sender-rules.md`.
const STATES_AS_OF: &str = "2026-12-01";

/// All rules, by country.
pub const RULES: &[QuietRule] = &[
    QuietRule {
        country: "AT",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: true,
        name: "8:00-20:00, not on Sundays and public holidays",
        source: "customary; TKG 2021 § 174 asks for consent and sets no hours; days of rest: Feiertagsruhegesetz",
        as_of: AS_OF,
    },
    QuietRule {
        country: "DE",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: true,
        name: "8:00-20:00, not on Sundays and public holidays",
        source: "customary; UWG § 7 asks for consent and sets no hours; days of rest: Article 140 of the Basic Law",
        as_of: AS_OF,
    },
    // Décret 2022-1313 (weekdays 10-13 and 14-20) is about telephone calls and falls away with consent, which texts
    // need anyway (CPCE L34-5): no row.
    QuietRule {
        country: "FR",
        state: None,
        weight: Weight::Statutory,
        hours: week(hours(8, 22), hours(8, 22), None),
        not_on_holidays: true,
        name: "8:00-22:00, not on Sundays and public holidays",
        source: "af2m charter on business messaging, in force since 2024-09-01, binding on all who send through French operators",
        as_of: AS_OF,
    },
    QuietRule {
        country: "FR",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: true,
        name: "8:00-20:00, not on Sundays and public holidays",
        source: "customary; some operators hold marketing texts after 20:00",
        as_of: AS_OF,
    },
    QuietRule {
        country: "GB",
        state: None,
        weight: Weight::Recommendation,
        hours: all_week(9, 20),
        not_on_holidays: false,
        name: "9:00-20:00",
        source: "customary (Ometria, SMS country-specific marketing compliance); PECR 2003 sets no hours",
        as_of: AS_OF,
    },
    QuietRule {
        country: "IN",
        state: None,
        weight: Weight::Statutory,
        hours: all_week(10, 21),
        not_on_holidays: false,
        name: "promotional messages 10:00-21:00",
        source: "TRAI, TCCCPR 2018 as amended 2025-02-12; operators reject others since October 2025 (error 651)",
        as_of: AS_OF,
    },
    QuietRule {
        country: "NO",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(9, 21), None, None),
        not_on_holidays: true,
        name: "weekdays 9:00-21:00, not on Saturdays, Sundays and public holidays",
        source: "markedsføringsloven, the rule for telephone marketing to consumers (Prop. 43 L 2016-2017); texts need consent, § 15",
        as_of: AS_OF,
    },
    QuietRule {
        country: "SE",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(8, 21), hours(9, 20), hours(9, 20)),
        not_on_holidays: true,
        name: "weekdays 8:00-21:00, weekends 9:00-20:00, not on public holidays",
        source: "customary; marknadsföringslagen (2008:486) § 19 asks for consent and sets no hours",
        as_of: AS_OF,
    },
    QuietRule {
        country: "US",
        state: None,
        weight: Weight::Statutory,
        hours: all_week(8, 21),
        not_on_holidays: false,
        name: "federal: 8:00-21:00",
        source: "47 CFR 64.1200(c)(1), under the TCPA",
        as_of: AS_OF,
    },
    // Statutes that name texts, for numbers with an area code of the state. Connecticut, Florida and Oklahoma presume
    // that a person who has one is in the state.
    QuietRule {
        country: "US",
        state: Some("CT"),
        weight: Weight::Statutory,
        hours: all_week(9, 20),
        not_on_holidays: false,
        name: "Connecticut: 9:00-20:00",
        source: "Conn. Gen. Stat. 42-288a (Public Act 23-98, in force since 2023-10-01); an area code of Connecticut is presumed to be in Connecticut",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("FL"),
        weight: Weight::Statutory,
        hours: all_week(8, 20),
        not_on_holidays: false,
        name: "Florida: 8:00-20:00",
        source: "Fla. Stat. 501.616(6); an area code of Florida is presumed to be in Florida, 501.059(8)(d)",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("MD"),
        weight: Weight::Statutory,
        hours: all_week(8, 20),
        not_on_holidays: false,
        name: "Maryland: 8:00-20:00",
        source: "Md. Commercial Law 14-4501 and 14-4502 (Stop the Spam Calls Act, in force since 2024-01-01); by area code, which does not tell where somebody lives",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("OK"),
        weight: Weight::Statutory,
        hours: all_week(8, 20),
        not_on_holidays: false,
        name: "Oklahoma: 8:00-20:00",
        source: "15 O.S. 775C.1 to 775C.6 (HB 3168, in force since 2022-11-01); an area code of Oklahoma is presumed to be in Oklahoma",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("TX"),
        weight: Weight::Statutory,
        hours: week(hours(9, 21), hours(9, 21), hours(12, 21)),
        not_on_holidays: false,
        name: "Texas: 9:00-21:00, Sundays from 12:00",
        source: "Tex. Bus. & Com. Code 301.051, for texts since 2025-09-01 (SB 140); by area code, which does not tell where somebody lives",
        as_of: STATES_AS_OF,
    },
    // These speak of calls, and whether a text is one there was not found.
    QuietRule {
        country: "US",
        state: Some("AL"),
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: false,
        name: "Alabama, for calls: 8:00-20:00, not on Sundays",
        source: "state calling restrictions as Drop Cowboy lists them (2025-11-01)",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("LA"),
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: false,
        name: "Louisiana, for calls: 8:00-20:00, not on Sundays",
        source: "state calling restrictions as Drop Cowboy lists them (2025-11-01)",
        as_of: STATES_AS_OF,
    },
    QuietRule {
        country: "US",
        state: Some("MS"),
        weight: Weight::Recommendation,
        hours: week(hours(8, 20), hours(8, 20), None),
        not_on_holidays: false,
        name: "Mississippi, for calls: 8:00-20:00, not on Sundays",
        source: "Miss. Code 77-3-723(1)",
        as_of: STATES_AS_OF,
    },
    // Which state somebody with another area code lives in cannot be known from the number, hence no error. Rhode
    // Island's narrower hours bind registered telephone sellers and are left out.
    QuietRule {
        country: "US",
        state: None,
        weight: Weight::Recommendation,
        hours: week(hours(9, 20), hours(9, 20), hours(12, 20)),
        not_on_holidays: false,
        name: "stricter states together: 9:00-20:00, Sundays from 12:00",
        source: "CT Public Act 23-98 (9-20); FL Stat. 501.616, MD Commercial Law 14-4502, OK 15 O.S. 775C, and for calls MS Code 77-3-723, WA RCW 19.158.040 (8-20); TX SB 140 (9-21, Sundays 12-21)",
        as_of: AS_OF,
    },
];
