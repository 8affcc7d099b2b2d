//! The sender that recipients see.

use std::fmt;

/// 3-11 ASCII letters and digits with at least one letter, or a number of up to 15 digits.
///
/// iP.1 states both `{1,11}` and 3-11; the stricter is taken (docs/providers/ip1.md C10, 2026-11-22).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sender(String);

/// Why a sender is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a sender: 3 to 11 letters and digits with a letter among them, or up to 15 digits")]
pub struct InvalidSender(pub String);

impl Sender {
    /// Checks alphabet and length; a leading `+` of a number is dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidSender> {
        let bare = text
            .strip_prefix('+')
            .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
            .unwrap_or(text);
        let is_number = (1..=15).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
        let is_name = (3..=11).contains(&bare.len())
            && bare.bytes().all(|b| b.is_ascii_alphanumeric())
            && bare.bytes().any(|b| b.is_ascii_alphabetic());
        if is_number || is_name {
            Ok(Self(bare.to_owned()))
        } else {
            Err(InvalidSender(text.to_owned()))
        }
    }

    /// Whether it is a number, and no name.
    pub fn is_number(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit())
    }

    /// The text as providers take it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_senders() {
        for text in ["ACME", "abc", "iP1sms", "46701234567", "12345", "Shop24x7abc"] {
            assert!(Sender::parse(text).is_ok(), "{text}");
        }
        assert_eq!(Sender::parse("+46701234567").unwrap().as_str(), "46701234567");
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "ab",
            "Twelve Chars",
            "ACME!",
            "ÅÄÖ",
            "1234567890123456",
            "abcdefghijkl",
            "+ACME",
        ] {
            assert!(Sender::parse(text).is_err(), "{text}");
        }
    }
}
