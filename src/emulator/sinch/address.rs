//! Who a message goes to and who it comes from: numbers in, one normal form out.
//!
//! A number may be written with `+` or `00` in front and with spaces, dashes and brackets inside; every answer shows it
//! as digits alone.

use super::refusal::Refusal;

/// One entry of `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A number, digits only.
    Msisdn(String),
    /// The id of a group.
    Group(String),
}

impl Destination {
    /// What an answer shows.
    pub(super) fn into_text(self) -> String {
        match self {
            Destination::Msisdn(text) | Destination::Group(text) => text,
        }
    }
}

/// A number in international format as its digits; 7 to 15 of them, the first not zero (E.164).
pub(super) fn msisdn(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '[' | ']'))
        .collect();
    let digits = kept
        .strip_prefix('+')
        .or_else(|| kept.strip_prefix("00"))
        .unwrap_or(&kept);
    let sound =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    sound.then(|| digits.to_owned())
}

/// One entry of `to`, `to_add` or `to_remove`; `place` is how the refusal names it.
pub(super) fn destination(text: &str, place: &str) -> Result<Destination, Refusal> {
    if let Some(digits) = msisdn(text) {
        return Ok(Destination::Msisdn(digits));
    }
    if is_identifier(text) && text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Destination::Group(text.to_owned()));
    }
    Err(Refusal::format(format!(
        "The format of parameter '{place}' is invalid; value '{text}' is not a valid MSISDN or group ID."
    )))
}

/// A sender: a number, a short code of 3 to 6 digits, or 1 to 11 letters, digits and a few signs.
pub(super) fn sender(text: &str) -> Option<String> {
    let short_code = (3..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_letter = text.chars().any(char::is_alphabetic);
    let name = text.chars().count() <= 11 && has_letter && text.chars().all(|c| (' '..='~').contains(&c));
    if short_code || name {
        Some(text.to_owned())
    } else {
        msisdn(text)
    }
}

/// The sender of a request.
pub(super) fn required_sender(text: &str) -> Result<String, Refusal> {
    sender(text).ok_or_else(|| {
        Refusal::format(format!(
            "The format of parameter 'from' is invalid; value '{text}' is not a valid MSISDN, short code or alphanumeric."
        ))
    })
}

/// Whether a text has the shape of an id of a batch or a group: today's ULID or the older 12 to 24 characters.
pub(super) fn is_identifier(text: &str) -> bool {
    (12..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a text in a path may be somebody's id: ids are opaque, so that all but a word of three letters (the vendor's
/// example of what is none is `foo`) is looked for, and not found.
pub(super) fn may_be_an_id(text: &str) -> bool {
    (4..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A number asked for in a path, in normal form; what is none stays as it is and matches nothing.
pub(super) fn asked_number(text: &str) -> String {
    msisdn(text).unwrap_or_else(|| text.to_owned())
}

/// Whether a normalized entry of `to` is a group's id.
pub(super) fn is_group(entry: &str) -> bool {
    entry.bytes().any(|byte| !byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_plus_zeros_spaces_dashes_and_brackets() {
        for text in [
            "+46701234567",
            "0046701234567",
            "46701234567",
            "+46 70-123 45 67",
            "+46 (70) 1234567",
            "[46]701234567",
        ] {
            assert_eq!(msisdn(text).as_deref(), Some("46701234567"), "{text}");
        }
        for text in [
            "+1",
            "",
            "0701234567",
            "46701234567x",
            "1234567890123456",
            "++46701234567",
            "4.67e10",
        ] {
            assert_eq!(msisdn(text), None, "{text}");
        }
    }

    #[test]
    fn a_bad_destination_is_refused_with_the_vendors_text() {
        assert_eq!(
            destination("+1", "to[0]"),
            Err(Refusal::format(
                "The format of parameter 'to[0]' is invalid; value '+1' is not a valid MSISDN or group ID."
            ))
        );
        let group = "01FC66621VHDBN119Z8PMV1QPU";
        assert_eq!(destination(group, "to[0]"), Ok(Destination::Group(group.into())));
    }

    #[test]
    fn short_words_and_numbers_are_no_identifiers() {
        assert!(!is_identifier("foo") && !is_identifier("+46701234567") && !is_identifier("a b c d e f g h"));
        assert!(is_identifier("4nQCc1T6Dg-R-zHX") && is_identifier("dxCJTlfb1UsF"));
        assert!(may_be_an_id("unknown") && may_be_an_id("9dfn32n423kl1klj234"));
        assert!(!may_be_an_id("foo") && !may_be_an_id("a b c d"));
    }

    #[test]
    fn senders_are_numbers_short_codes_or_names() {
        assert_eq!(sender("+15551231234").as_deref(), Some("15551231234"));
        for text in ["ACME", "12345", "Acme Shop 1"] {
            assert_eq!(sender(text).as_deref(), Some(text));
        }
        for text in ["", "12", "A sender much too long", "Åsa"] {
            assert_eq!(sender(text), None, "{text}");
        }
    }
}
