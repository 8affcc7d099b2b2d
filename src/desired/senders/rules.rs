//! Who may be the sender where, and what a text there must and must not hold: facts with source and date. Not legal
//! advice, not complete: a country without a row is one of which nothing was found.

/// What becomes of a sender that is a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamesRule {
    /// Shown as it is.
    Shown,
    /// Shown only where it is registered.
    Registered,
    /// Never shown.
    Refused,
}

/// One country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderRule {
    /// ISO 3166-1, upper case.
    pub country: &'static str,
    /// What becomes of names.
    pub names: NamesRule,
    /// Whether numbers must be registered too.
    pub numbers_too: bool,
    /// Since when, or until when it was otherwise.
    pub since: &'static str,
    /// What people see instead.
    pub otherwise: &'static str,
    /// Words that must work, as people write them.
    pub stop_words: &'static [&'static str],
    /// What a marketing text must hold, as a pattern; empty for nothing.
    pub must_hold: &'static str,
    /// The same in words.
    pub must_hold_told: &'static str,
    /// The place of that in a file.
    pub source: &'static str,
    /// When it was read.
    pub as_of: &'static str,
}

const AS_OF: &str = "2026-11-30";
const US_WORDS: &[&str] = &["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"];
const AWS: &str = "AWS End User Messaging, supported countries";

const NONE: SenderRule = SenderRule {
    country: "",
    names: NamesRule::Shown,
    numbers_too: false,
    since: "",
    otherwise: "",
    stop_words: &[],
    must_hold: "",
    must_hold_told: "",
    source: "",
    as_of: AS_OF,
};

/// All countries of which something was found, in alphabetical order.
pub const SENDER_RULES: &[SenderRule] = &[
    SenderRule {
        country: "AU",
        names: NamesRule::Registered,
        since: "2026-07-01",
        otherwise: "`Unverified`",
        source: "register of ACMA: ClickSend's ACMA schedule, Telerivet",
        ..NONE
    },
    SenderRule {
        country: "CA",
        names: NamesRule::Refused,
        otherwise: "a number, or nothing",
        stop_words: US_WORDS,
        source: AWS,
        ..NONE
    },
    SenderRule {
        country: "CN",
        names: NamesRule::Refused,
        otherwise: "a number, or nothing",
        source: AWS,
        ..NONE
    },
    SenderRule {
        country: "ES",
        names: NamesRule::Registered,
        since: "2026-09-15",
        otherwise: "nothing: the text is blocked",
        source: "Order TDF/558/2026 (CNMC alias registry), CM.com knowledge center",
        ..NONE
    },
    SenderRule {
        country: "FI",
        names: NamesRule::Registered,
        numbers_too: true,
        since: "2026-05-04, tighter 2026-11-02",
        otherwise: "`Unknown`, or nothing: the text is blocked",
        source: "Traficom regulation 28 L/2025 M, news of 2026-04-10",
        ..NONE
    },
    SenderRule {
        country: "FR",
        must_hold: r"(?i)\bstop\b.{0,12}\b36\d{3}\b",
        must_hold_told: "`STOP 36xxx`",
        stop_words: &["STOP"],
        source: "operators' rule for marketing texts; some vendors add it themselves",
        ..NONE
    },
    SenderRule {
        country: "IE",
        names: NamesRule::Registered,
        since: "2025-07-03",
        otherwise: "`Likely Scam`",
        source: "registry of ComReg: Irish Times 2025-06-05, Commsrisk",
        ..NONE
    },
    SenderRule {
        country: "NO",
        names: NamesRule::Registered,
        otherwise: "nothing: the text is not delivered at Telia",
        stop_words: &["STOP", "STOPP"],
        source: "SureSMS, Clickatell (Norway)",
        ..NONE
    },
    SenderRule {
        country: "SG",
        names: NamesRule::Registered,
        since: "2023-01-31, blocked after 2023-07-31",
        otherwise: "nothing: the text is blocked",
        source: "SSIR: CMS Law-Now, Bird's Singapore page",
        ..NONE
    },
    SenderRule {
        country: "US",
        names: NamesRule::Refused,
        otherwise: "a number, or nothing",
        stop_words: US_WORDS,
        must_hold: r"(?i)\b(stop|quit|end|revoke|opt.?out|cancel|unsubscribe)\b",
        must_hold_told: "`STOP`",
        source: "AWS End User Messaging, supported countries; words: 47 CFR 64.1200(a)(10)",
        ..NONE
    },
];

/// The row of a country.
pub fn sender_rule(country: &str) -> Option<&'static SenderRule> {
    SENDER_RULES.iter().find(|rule| rule.country == country)
}

/// Names that ES and SG refuse as too general (Order TDF/558/2026; SSIR).
pub const GENERAL_NAMES: [&str; 2] = ["OTP", "SMS"];

/// Public link shorteners; carriers of US refuse them (AT&T, T-Mobile's code), guides of AU, BE and GB advise against
/// them (Ometria 19820202385437, read 2026-11-30).
pub(super) const SHORTENERS: [&str; 10] = [
    "bit.ly",
    "buff.ly",
    "cutt.ly",
    "goo.gl",
    "is.gd",
    "ow.ly",
    "rb.gy",
    "t.co",
    "t.ly",
    "tinyurl.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_stands_once_in_order_and_with_a_source() {
        assert!(SENDER_RULES.is_sorted_by(|one, other| one.country < other.country));
        for rule in SENDER_RULES {
            assert!(!rule.source.is_empty() && rule.as_of.len() == 10, "{}", rule.country);
            assert_eq!(
                rule.names == NamesRule::Shown,
                rule.otherwise.is_empty(),
                "{}",
                rule.country
            );
            assert_eq!(
                rule.must_hold.is_empty(),
                rule.must_hold_told.is_empty(),
                "{}",
                rule.country
            );
            regex::Regex::new(rule.must_hold).unwrap();
        }
    }
}
