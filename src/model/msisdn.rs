//! A phone number in the form that providers take: 5 to 15 digits, country code first, no `+`.

use std::fmt;

/// A number in MSISDN form. Its `Debug` is masked; only [`Msisdn::digits`] shows all digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(u64);

/// The text is not 5 to 15 digits that begin with 1-9. It is not repeated here: it may be somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number in MSISDN form (5 to 15 digits, country code first, no `+`)")]
pub struct InvalidMsisdn;

impl Msisdn {
    /// Nobody's: no country has numbers so short.
    pub const SMALLEST: Self = Self(10_000);

    /// From digits alone; shape is checked, existence is not (see `audience`).
    pub fn parse(digits: &str) -> Result<Self, InvalidMsisdn> {
        let shaped =
            (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if !shaped {
            return Err(InvalidMsisdn);
        }
        digits.parse().map(Self).map_err(|_| InvalidMsisdn)
    }

    /// From the number read as an integer: exact, because no MSISDN begins with zero.
    pub fn from_u64(value: u64) -> Result<Self, InvalidMsisdn> {
        if (10_000..1_000_000_000_000_000).contains(&value) {
            Ok(Self(value))
        } else {
            Err(InvalidMsisdn)
        }
    }

    /// The number read as an integer.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// All digits: personal data, for the provider and for what the user asked to see.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// `46•••••••67`: enough to recognize one's own, too little to call.
    pub fn masked(self) -> String {
        let digits = self.digits();
        let hidden = digits.len().saturating_sub(4);
        let head: String = digits.chars().take(2).collect();
        let tail: String = digits.chars().skip(digits.len().saturating_sub(2)).collect();
        format!("{head}{}{tail}", "•".repeat(hidden))
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_tells_the_number() {
        let number = Msisdn::parse("46701234567").unwrap();
        assert_eq!(format!("{number:?}"), "46•••••••67");
        assert_eq!(number.digits(), "46701234567");
    }

    #[test]
    fn only_digits_of_a_plausible_count_are_a_number() {
        for text in [
            "",
            "1234",
            "+46701234567",
            "0701234567",
            "1234567890123456",
            "4670 123",
            "٤٦٧٠١٢٣",
        ] {
            assert_eq!(Msisdn::parse(text), Err(InvalidMsisdn));
        }
        assert_eq!(Msisdn::from_u64(46_701_234_567), Msisdn::parse("46701234567"));
    }
}
