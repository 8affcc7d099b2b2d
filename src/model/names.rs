//! Names that files give to things, each with its own alphabet and limit.

use std::fmt;

/// A name that breaks its rule; the message states the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: {rule}")]
pub struct InvalidName {
    /// What was written.
    pub text: String,
    /// What it was meant to be.
    pub what: &'static str,
    /// What such a name may look like.
    pub rule: String,
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

name!(
    /// 1-4 of `[a-z0-9]` that mark this project's batches at a provider.
    Namespace
);
name!(
    /// A campaign's identity: 1-16 of `[a-z0-9]` and inner `-`.
    CampaignRef
);
name!(
    /// A provider as `campanile.yaml` names it: 1-32 of `[a-z0-9_-]`.
    ProviderName
);
name!(
    /// An IANA zone name; that it exists is checked in `schedule`.
    ZoneName
);
name!(
    /// An ISO 3166-1 alpha-2 country, upper case.
    Country
);

fn invalid(text: &str, what: &'static str, rule: impl Into<String>) -> InvalidName {
    InvalidName {
        text: text.to_owned(),
        what,
        rule: rule.into(),
    }
}

fn is_lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

impl Namespace {
    /// Checks alphabet and length.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if (1..=4).contains(&text.len()) && text.bytes().all(is_lower_alphanumeric) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(text, "namespace", "1 to 4 of a-z and 0-9"))
        }
    }
}

impl CampaignRef {
    /// The longest reference, in characters: what iP.1's 40 leave.
    pub const MAX_LENGTH: usize = 16;

    /// Checks alphabet and length.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let what = "campaign reference";
        if text.len() > Self::MAX_LENGTH {
            let rule = format!(
                "at most {} characters, this has {}",
                Self::MAX_LENGTH,
                text.chars().count()
            );
            return Err(invalid(text, what, rule));
        }
        let shaped = !text.is_empty()
            && text.bytes().all(|b| is_lower_alphanumeric(b) || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(text, what, "a-z, 0-9 and inner `-`"))
        }
    }
}

impl ProviderName {
    /// Checks alphabet and length.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let shaped =
            (1..=32).contains(&text.len()) && text.bytes().all(|b| is_lower_alphanumeric(b) || b == b'-' || b == b'_');
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(text, "provider name", "1 to 32 of a-z, 0-9, `-` and `_`"))
        }
    }
}

impl ZoneName {
    /// Takes the text unchanged, without trimming; 1-64 printable ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(text, "time zone", "an IANA name like `Europe/Stockholm`"))
        }
    }
}

impl Country {
    /// Every code of ISO 3166-1 (2026-11-28), and three that telephone numbers have besides: Ascension, Tristan da
    /// Cunha and Kosovo.
    const ALL: &str = "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
        BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET \
        FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO \
        IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH \
        MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
        PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF \
        TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

    /// Two letters, either case, that are a country's.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let code = text.to_ascii_uppercase();
        if Self::ALL.split_ascii_whitespace().any(|known| known == code) {
            return Ok(Self(code));
        }
        let rule = match code.as_str() {
            "UK" => "two letters of ISO 3166-1, where the United Kingdom is `GB`",
            "FALSE" => "a tool that reads YAML 1.1 has made `false` of `NO`; write \"NO\", with its quotes, for Norway",
            _ => "two letters like `SE` (ISO 3166-1)",
        };
        Err(invalid(text, "country", rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_one_that_exists() {
        for text in ["SE", "se", "GB", "XK"] {
            assert_eq!(Country::parse(text).unwrap().as_str(), text.to_ascii_uppercase());
        }
        for text in ["XX", "ZZ", "S", "SWE", "Sweden", "", "SE SG", "ÅL"] {
            assert!(Country::parse(text).is_err(), "{text}");
        }
        assert!(Country::parse("UK").unwrap_err().to_string().contains("`GB`"));
        assert_eq!(
            Country::parse("false").unwrap_err().to_string(),
            "`false` is not a country: a tool that reads YAML 1.1 has made `false` of `NO`; write \"NO\", with its quotes, for Norway"
        );
    }
}
