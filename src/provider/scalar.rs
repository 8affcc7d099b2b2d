//! Single values as vendors spell them: a status as `101` or `"101"`, a number as text, an enum as a name or an int.
//!
//! In: any JSON. Out: what can be read of it, or nothing. Never an error: a strange value is unknown, not a broken
//! list.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::Instant;

/// One JSON value that is meant to be a scalar; its `Debug` shows only its kind.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct JsonScalar(Value);

impl JsonScalar {
    /// Text, or a number's digits; nothing for anything else and for blank text.
    pub(super) fn text(&self) -> Option<String> {
        match &self.0 {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A whole number, also when written as text.
    pub(super) fn integer(&self) -> Option<i64> {
        match &self.0 {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A count: a whole number that is not negative.
    pub(super) fn count(&self) -> Option<u64> {
        u64::try_from(self.integer()?).ok()
    }

    /// A decimal by its digits, never by way of a float's value.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        let text = self.text()?;
        let text = text.trim();
        text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
    }

    /// A switch, also when written as text.
    pub(super) fn switch(&self) -> Option<bool> {
        match &self.0 {
            Value::Bool(on) => Some(*on),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A point in time; without an offset it is taken as UTC.
    pub(super) fn instant(&self) -> Option<Instant> {
        Instant::parse_lenient(&self.text()?)
    }

    /// A name in lower case, or the digits of an int.
    pub(super) fn label(&self) -> Option<String> {
        Some(self.text()?.trim().to_ascii_lowercase())
    }
}

impl std::fmt::Debug for JsonScalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "text",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(json: &str) -> JsonScalar {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_are_read_from_ints_and_from_text() {
        for json in ["101", "\"101\"", "\" 101 \""] {
            assert_eq!(scalar(json).integer(), Some(101), "{json}");
        }
        for json in ["\"planned\"", "null", "[101]", "{}", "true", "1.5"] {
            assert_eq!(scalar(json).integer(), None, "{json}");
        }
        assert_eq!(scalar("-3").count(), None);
    }

    #[test]
    fn money_keeps_its_digits() {
        for (json, expected) in [
            ("0.125", "0.125"),
            ("0.0416", "0.0416"),
            ("\"12.50\"", "12.50"),
            ("1e-7", "0.0000001"),
            ("-4", "-4"),
        ] {
            assert_eq!(scalar(json).decimal().map(|d| d.to_string()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn debug_never_tells_a_value() {
        assert_eq!(format!("{:?}", scalar("\"46701234567\"")), "text");
    }
}
