//! From a cell's text to a number that exists.
//!
//! In: `+46 70-123 45 67`, `0046...`, `46701234567`, with a default country also `070-123 45 67`. Out: a [`Number`], or
//! the name of what is wrong with it. Never: guess. Text that can be read in two ways is a fault, and so is everything
//! that a spreadsheet has made of a number on its way (`4.67E+10`, `46701234567.0`).

use std::fmt;

use super::guards;
use super::national_plan::NationalPlan;
use super::numbering::{MAX_DIGITS, Number, Verdict, judge};
use crate::campaign::NumberForm;
use crate::model::{Country, all_eights};

/// Why a cell holds no number. The cell itself is never repeated: it may be somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NumberFault {
    /// Nothing but spaces.
    #[error("the number is empty")]
    Empty,
    /// `4.67E+10`.
    #[error("the number is in scientific notation: a spreadsheet has rounded it and its last digits are lost")]
    Scientific,
    /// `46701234567.0`.
    #[error("the number has a fraction: a spreadsheet has stored it as a decimal")]
    Fraction,
    /// `CALL-ME`, `070 123 45 67 ext 8`.
    #[error("the number has letters")]
    Letters,
    /// `070;071`, `#31#070`.
    #[error("the number has characters that no number has")]
    Characters,
    /// `070-123 45 67` without a default country.
    #[error("the number is a national one, and its country is not known")]
    National,
    /// Two readings, each a number of somebody.
    #[error("the number can be read as international and as national, and both exist")]
    Ambiguous,
    /// Nobody has `+210`.
    #[error("the number begins with a calling code that no country has")]
    NoCallingCode,
    /// Fewer than 5 digits.
    #[error("the number is too short")]
    TooShort,
    /// More than 15 digits.
    #[error("the number is too long")]
    TooLong,
    /// Read as a number of a country that was not written with it, and that has no such numbers.
    #[error(
        "the number does not exist, neither with a country code nor as a number of {0}, the country that is assumed"
    )]
    NotOf(CountryLetters),
    /// A landline without its trunk prefix is as likely another country's mobile.
    #[error(
        "the number has no `+`, no `00` and no leading 0, and as a number of {0}, the country that is assumed, it is no mobile"
    )]
    NoMobileOf(CountryLetters),
    /// `country_column` names a column with `Sweden`.
    #[error("the row's country is no code like `SE` and no name like `Sweden`")]
    NoCountry,
    /// Its country has no such numbers.
    #[error("the number does not exist in its country's numbering plan")]
    NoSuchNumber,
}

impl NumberFault {
    /// Whether it is about how the number is written, not about which numbers exist.
    pub(super) fn is_about_form(self) -> bool {
        match self {
            Self::Scientific
            | Self::Fraction
            | Self::Letters
            | Self::Characters
            | Self::National
            | Self::Ambiguous
            | Self::NoMobileOf(_)
            | Self::NoCountry => true,
            Self::Empty
            | Self::NoCallingCode
            | Self::TooShort
            | Self::TooLong
            | Self::NotOf(_)
            | Self::NoSuchNumber => false,
        }
    }

    /// What can be done about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Empty => "fill it in, remove the row, or set `on_invalid: skip` for the source",
            Self::Scientific | Self::Fraction => {
                "export the list again with the number column formatted as text, from before it was rounded"
            }
            Self::Letters | Self::Characters => "one number a cell, like `+46 70-123 45 67`",
            Self::National => "write it with its country (`+46...`), or say whose the list is: `country: SE`",
            Self::Ambiguous => {
                "say what the list's numbers are: `numbers: national` or `numbers: international`; or write them with `+`"
            }
            Self::NotOf(_) | Self::NoMobileOf(_) => {
                "write it with `+` and its country code; a list of another country says so: `country: NO`"
            }
            Self::NoCountry => {
                "write its code (ISO 3166-1) or its name in English, or leave it empty for the list's own country"
            }
            Self::NoCallingCode | Self::TooShort | Self::TooLong | Self::NoSuchNumber => {
                "correct it, remove the row, or set `on_invalid: skip` for the source"
            }
        }
    }
}

/// A country by its two letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryLetters([u8; 2]);

impl From<&Country> for CountryLetters {
    fn from(country: &Country) -> Self {
        Self(country.as_str().as_bytes().first_chunk().copied().unwrap_or(*b"??"))
    }
}

impl fmt::Display for CountryLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for CountryLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a cell was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundNumber {
    /// With its country code.
    International(Number),
    /// As a number of the country that is assumed.
    National(Number),
    /// Either way it is somebody's.
    Both {
        /// As a number of the country that is assumed.
        national: Number,
        /// With its country code.
        international: Number,
    },
}

impl FoundNumber {
    /// The reading that is taken: national where both exist and nothing in the list speaks against it.
    pub(super) fn taken(self) -> Number {
        match self {
            Self::International(number) | Self::National(number) => number,
            Self::Both { national, .. } => national,
        }
    }
}

/// Digits of a cell, and whether they were marked as international.
struct Cleaned {
    digits: [u8; MAX_DIGITS],
    length: usize,
    is_international: bool,
    /// Its first digits are in parentheses: an area code.
    is_grouped: bool,
}

/// Reads a cell. `home` lets national numbers be read; what can be read in two ways is a fault.
pub fn normalize(text: &str, home: Option<&NationalPlan>) -> Result<Number, NumberFault> {
    match find(text, home, NumberForm::Auto)? {
        FoundNumber::International(number) | FoundNumber::National(number) => Ok(number),
        FoundNumber::Both { .. } => Err(NumberFault::Ambiguous),
    }
}

/// Reads a cell, as its list's numbers are written.
pub(super) fn find(text: &str, home: Option<&NationalPlan>, form: NumberForm) -> Result<FoundNumber, NumberFault> {
    // What most exports hold: nothing but digits.
    if (1..=MAX_DIGITS).contains(&text.len()) && all_eights(text.as_bytes(), are_digits) {
        return unmarked(text.as_bytes(), home, form, false);
    }
    let cleaned = clean(guards::number_in(text))?;
    let digits = cleaned.digits.get(..cleaned.length).unwrap_or_default();
    if cleaned.is_international {
        international(digits).map(FoundNumber::International)
    } else {
        unmarked(digits, home, form, cleaned.is_grouped)
    }
}

/// Whether eight bytes are all digits: the upper half of each is that of `0`, and remains so when 6 is added.
fn are_digits(word: u64) -> bool {
    const HALVES: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    word & HALVES == ZEROS && (word + 0x0606_0606_0606_0606) & HALVES == ZEROS
}

/// Digits that no `+` marks as international.
fn unmarked(
    digits: &[u8],
    home: Option<&NationalPlan>,
    form: NumberForm,
    is_grouped: bool,
) -> Result<FoundNumber, NumberFault> {
    if let Some(rest) = digits.strip_prefix(b"00") {
        return international(rest).map(FoundNumber::International);
    }
    let is_national_form = digits.first() == Some(&b'0');
    let Some(home) = home else {
        return if is_national_form || form == NumberForm::National {
            Err(NumberFault::National)
        } else {
            international(digits).map(FoundNumber::International)
        };
    };
    let national = || home.judge(digits);
    let foreign = NumberFault::NotOf(home.country().into());
    match form {
        NumberForm::International if !is_national_form => international(digits).map(FoundNumber::International),
        NumberForm::Auto if !is_national_form && !is_grouped => either(digits, national(), home),
        NumberForm::Auto if !is_national_form => match national() {
            Some(number) => Ok(FoundNumber::National(number)),
            None => international(digits)
                .map(FoundNumber::International)
                .map_err(|_| foreign),
        },
        NumberForm::Auto | NumberForm::National | NumberForm::International => {
            national().map(FoundNumber::National).ok_or(foreign)
        }
    }
}

/// Digits without `+` and without a leading zero, where a country is known: both readings count.
fn either(digits: &[u8], national: Option<Number>, home: &NationalPlan) -> Result<FoundNumber, NumberFault> {
    match (international(digits), national) {
        (Ok(international), Some(national)) if international.msisdn != national.msisdn => Ok(FoundNumber::Both {
            national,
            international,
        }),
        (Ok(number), _) => Ok(FoundNumber::International(number)),
        (Err(_), Some(number)) if number.kind.can_be_mobile() || home.has_prefix(digits) => {
            Ok(FoundNumber::National(number))
        }
        (Err(_), Some(_)) => Err(NumberFault::NoMobileOf(home.country().into())),
        (Err(NumberFault::NoSuchNumber | NumberFault::NoCallingCode), None) => {
            Err(NumberFault::NotOf(home.country().into()))
        }
        (Err(fault), None) => Err(fault),
    }
}

fn international(digits: &[u8]) -> Result<Number, NumberFault> {
    if digits.len() < 5 {
        return Err(NumberFault::TooShort);
    }
    match judge(digits) {
        Verdict::Valid(number) | Verdict::Rewritten(number) => Ok(number),
        Verdict::NoCallingCode => Err(NumberFault::NoCallingCode),
        Verdict::Invalid if digits.len() > 15 => Err(NumberFault::TooLong),
        Verdict::Invalid => Err(NumberFault::NoSuchNumber),
    }
}

/// Keeps digits, drops what people write between them.
fn clean(text: &str) -> Result<Cleaned, NumberFault> {
    let mut cleaned = Cleaned {
        digits: [b'0'; MAX_DIGITS],
        length: 0,
        is_international: false,
        is_grouped: false,
    };
    for char in text.chars() {
        let digit = match char {
            '0'..='9' => char,
            '(' if cleaned.length == 0 => {
                cleaned.is_grouped = true;
                continue;
            }
            ' ' | '-' | '(' | ')' | '/' | '.' => continue,
            '+' | '＋' if cleaned.length == 0 && !cleaned.is_international => {
                cleaned.is_international = true;
                continue;
            }
            // A spreadsheet's mark for text.
            '\'' if cleaned.length == 0 => continue,
            _ if is_ignorable(char) => continue,
            _ => ascii_digit(char).ok_or_else(|| name_fault(text))?,
        };
        let place = cleaned.digits.get_mut(cleaned.length).ok_or(NumberFault::TooLong)?;
        *place = u8::try_from(digit).map_err(|_| NumberFault::Characters)?;
        cleaned.length += 1;
    }
    match cleaned.length {
        0 if !cleaned.is_international && !text.contains('.') => Err(NumberFault::Empty),
        0 => Err(NumberFault::Characters),
        _ if is_spreadsheet_decimal(text) => Err(NumberFault::Fraction),
        _ => Ok(cleaned),
    }
}

/// `46701234567.0`: a number to a spreadsheet. Any other dot is punctuation, as in `070.1234567` and `+46.701234567`.
fn is_spreadsheet_decimal(text: &str) -> bool {
    let Some((whole, fraction)) = text.trim().split_once('.') else {
        return false;
    };
    let begins_as_a_number = whole.bytes().next().is_some_and(|byte| matches!(byte, b'1'..=b'9'));
    begins_as_a_number
        && whole.len() >= 5
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte == b'0')
}

/// Spaces and dashes of any script, and the invisible marks that come along when numbers are copied from web pages.
fn is_ignorable(char: char) -> bool {
    char.is_whitespace()
        || guards::is_invisible(char)
        || matches!(
            char,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
        || matches!(char, '（' | '）' | '\u{b7}')
}

/// Decimal digits of other scripts (Unicode 16, category Nd; each block begins at its zero).
fn ascii_digit(char: char) -> Option<char> {
    const ZEROS: [char; 19] = [
        '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
        '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{1810}', '\u{ff10}',
    ];
    let value = ZEROS.iter().find_map(|zero| {
        u32::from(char)
            .checked_sub(u32::from(*zero))
            .filter(|value| *value < 10)
    })?;
    char::from_digit(value, 10)
}

/// What it is that a cell with unexpected characters holds.
fn name_fault(text: &str) -> NumberFault {
    let text = text.trim();
    let is_decimal = |text: &str| {
        let text = text.trim_start_matches(['+', '-']);
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
    };
    if text
        .split_once(['e', 'E'])
        .is_some_and(|(mantissa, exponent)| is_decimal(mantissa) && is_decimal(exponent))
    {
        NumberFault::Scientific
    } else if is_decimal(text) && text.matches(',').count() == 1 && !text.contains('.') {
        NumberFault::Fraction
    } else if text.chars().any(char::is_alphabetic) {
        NumberFault::Letters
    } else {
        NumberFault::Characters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Country;
    use proptest::prelude::*;

    fn national_plan(country: &str) -> NationalPlan {
        NationalPlan::new(&Country::parse(country).unwrap()).unwrap()
    }

    fn read(text: &str, country: Option<&str>) -> Result<String, NumberFault> {
        normalize(text, country.map(national_plan).as_ref()).map(|number| number.msisdn.digits())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for text in [
            "+46701234567",
            "+46 70-123 45 67",
            "0046701234567",
            "46701234567",
            " 46 (70) 123.45.67 ",
            "+46 (0)70-123 45 67",
            "\u{feff}+46\u{a0}70\u{2011}123\u{2009}45\u{202f}67",
            "'+46701234567",
            "(+46) 70 123 45 67",
            "+46.701234567",
            "＋４６７０１２３４５６７",
            "+٤٦٧٠١٢٣٤٥٦٧",
            "\u{202a}+46 70 123 45 67\u{202c}",
            "\u{61c}+46701234567",
            "=\"46701234567\"",
            "tel:+46701234567",
        ] {
            assert_eq!(read(text, None).as_deref(), Ok("46701234567"), "{text}");
            assert_eq!(read(text, Some("SE")).as_deref(), Ok("46701234567"), "{text}");
        }
    }

    #[test]
    fn national_numbers_need_a_country() {
        assert_eq!(read("070-123 45 67", None), Err(NumberFault::National));
        for (text, country, digits) in [
            ("070-123 45 67", "SE", "46701234567"),
            ("701234567", "SE", "46701234567"),
            ("(202) 555-0123", "US", "12025550123"),
            ("1 202 555 0123", "US", "12025550123"),
            ("07911 123456", "GB", "447911123456"),
            ("91 23 45 67", "NO", "4791234567"),
            ("06 698 12345", "IT", "390669812345"),
            ("8 (912) 345-67-89", "RU", "79123456789"),
            ("8 800 555-35-35", "RU", "78005553535"),
            ("(203) 206-7635", "US", "12032067635"),
            ("070.1234567", "SE", "46701234567"),
            ("06.12.34.56.78", "FR", "33612345678"),
            ("011 46 70 123 45 67", "US", "46701234567"),
            ("(242) 359-1234", "BS", "12423591234"),
        ] {
            assert_eq!(read(text, Some(country)).as_deref(), Ok(digits), "{text} in {country}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        // Alexandria with its country code, and Connecticut without.
        assert_eq!(read("2032345678", Some("US")), Err(NumberFault::Ambiguous));
        assert_eq!(read("+2032345678", Some("US")).as_deref(), Ok("2032345678"));
    }

    #[test]
    fn what_the_list_says_settles_which_reading_counts() {
        let us = national_plan("US");
        let form = |form| match find("2032345678", Some(&us), form) {
            Ok(FoundNumber::National(number)) => ("national", number.msisdn.digits()),
            Ok(FoundNumber::International(number)) => ("international", number.msisdn.digits()),
            Ok(FoundNumber::Both { national, .. }) => ("both", national.msisdn.digits()),
            Err(fault) => ("none", fault.to_string()),
        };
        assert_eq!(form(NumberForm::National), ("national", "12032345678".to_owned()));
        assert_eq!(
            form(NumberForm::International),
            ("international", "2032345678".to_owned())
        );
        assert_eq!(form(NumberForm::Auto), ("both", "12032345678".to_owned()));
    }

    #[test]
    fn a_number_of_another_country_is_no_landline_of_this_one() {
        let norway = |text: &str| read(text, Some("NO"));
        assert_eq!(norway("90 12 34 56").as_deref(), Ok("4790123456"));
        assert_eq!(norway("412 34 567").as_deref(), Ok("4741234567"));
        let sweden = CountryLetters(*b"SE");
        assert_eq!(read("90 12 34 56", Some("SE")), Err(NumberFault::NoMobileOf(sweden)));
        assert_eq!(read("412 34 567", Some("SE")), Err(NumberFault::NotOf(sweden)));
        assert!(NumberFault::NotOf(sweden).to_string().contains("SE"));
    }

    #[test]
    fn faults_have_names() {
        use NumberFault::{
            Ambiguous, Characters, Empty, Fraction, Letters, NoCallingCode, NoSuchNumber, Scientific, TooLong, TooShort,
        };
        for (text, fault) in [
            ("", Empty),
            (" \u{a0} ", Empty),
            ("4.67E+10", Scientific),
            ("4,67e+10", Scientific),
            ("46701234567.0", Fraction),
            ("46701234567,00", Fraction),
            ("CALL ME", Letters),
            ("+46 70 123 45 67 ext 8", Letters),
            ("#31#0701234567", Characters),
            ("+46701234567, +46701234568", Characters),
            ("+", Characters),
            ("46+701234567", Characters),
            ("+46", TooShort),
            ("+46 7", TooShort),
            ("+46701234567890123456789012", TooLong),
            ("+4670123456789012", TooLong),
            ("+46 70 123 45", NoSuchNumber),
            ("+210 1234567", NoCallingCode),
            ("+0701234567", NoCallingCode),
        ] {
            assert_eq!(read(text, None), Err(fault), "{text}");
        }
        assert_ne!(read("46701234567", Some("SE")), Err(Ambiguous));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = normalize(&text, None);
            let _ = normalize(&text, Some(&national_plan("SE")));
        }

        #[test]
        fn what_people_write_between_digits_changes_nothing(number in 46_700_000_000_u64..46_709_999_999, gaps in prop::collection::vec(prop::sample::select(vec!["", " ", "-", "\u{a0}", " - ", "–"]), 11)) {
            let plain = number.to_string();
            let written: String = plain.chars().zip(gaps).flat_map(|(digit, gap)| [digit.to_string(), gap.to_owned()]).collect();
            prop_assert_eq!(read(&format!("+{written}"), None), read(&plain, None));
        }
    }
}
