//! The JSON object of a request, read field by field with the vendor's codes for what can be wrong.
//!
//! `null` is the same as absent unless a caller asks with `names`. A field that neither the vendor's page nor its
//! official clients know is refused, so that a misspelled one cannot pass unseen.

use serde_json::{Map, Value};

use super::super::clock::Instant;
use super::refusal::Refusal;

/// A request's object.
#[derive(Clone, Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads the body; `known` are the fields it may have.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Fields, Refusal> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| Refusal::json(format!("The request is not valid JSON: {error}")))?;
        let Value::Object(map) = value else {
            return Err(Refusal::json("The request is not a JSON object"));
        };
        Fields::of(map, known)
    }

    /// Takes an object that is part of a request.
    pub(super) fn of(map: Map<String, Value>, known: &[&str]) -> Result<Fields, Refusal> {
        match map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::json(format!("Unrecognized field '{key}'"))),
            None => Ok(Fields(map)),
        }
    }

    /// Whether the field is there, even as null.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The field, unless it is absent or null.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most `max` characters.
    pub(super) fn text(&self, name: &str, max: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::String(text) = value else {
            return Err(wrong_type(name, "a string"));
        };
        if text.chars().count() > max {
            return Err(Refusal::constraint(format!(
                "Parameter '{name}' must not be longer than {max} characters"
            )));
        }
        Ok(Some(text.clone()))
    }

    /// A boolean.
    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) => Err(not_a_boolean(text)),
            Some(_) => Err(wrong_type(name, "a boolean")),
        }
    }

    /// An integer within bounds.
    pub(super) fn integer(&self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Number(number) = value else {
            return Err(wrong_type(name, "an integer"));
        };
        if !number.is_i64() && !number.is_u64() {
            return Err(wrong_type(name, "an integer"));
        }
        let within = number
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| (min..=max).contains(n));
        let range = if max == i32::MAX.unsigned_abs() {
            format!("at least {min}")
        } else {
            format!("between {min} and {max}")
        };
        within
            .map(Some)
            .ok_or_else(|| Refusal::constraint(format!("Parameter '{name}' must be {range}")))
    }

    /// An instant in ISO 8601, no offset meaning UTC.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Instant>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::String(text) = value else {
            return Err(wrong_type(name, "a string"));
        };
        Instant::parse(text).map(Some).ok_or_else(|| {
            Refusal::format(format!(
                "The format of parameter '{name}' is invalid; value '{text}' is not a valid ISO-8601 timestamp."
            ))
        })
    }

    /// A list of texts with a number of elements within bounds.
    pub(super) fn texts(&self, name: &str, min: usize, max: usize) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Array(items) = value else {
            return Err(wrong_type(name, "an array"));
        };
        if items.len() < min || items.len() > max {
            return Err(Refusal::constraint(format!(
                "Parameter '{name}' must have {min} to {max} elements"
            )));
        }
        let text = |item: &Value| {
            item.as_str()
                .map(ToOwned::to_owned)
                .ok_or_else(|| wrong_type(name, "an array of strings"))
        };
        items.iter().map(text).collect::<Result<_, _>>().map(Some)
    }
}

/// A required field that is absent.
pub(super) fn missing(name: &str) -> Refusal {
    Refusal::constraint(format!("Missing required parameter '{name}'"))
}

/// The vendor's text for a boolean that is none.
pub(super) fn not_a_boolean(text: &str) -> Refusal {
    Refusal::format(format!("'{text}' is not a valid boolean"))
}

fn wrong_type(name: &str, wanted: &str) -> Refusal {
    Refusal::json(format!("Parameter '{name}' must be {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::read(text.as_bytes(), &["a"]).unwrap()
    }

    #[test]
    fn malformed_and_unknown_json_is_invalid_json() {
        for text in ["", "{", "[]", "\"a\"", r#"{"b":1}"#] {
            let refusal = Fields::read(text.as_bytes(), &["a"]).unwrap_err();
            assert!(
                matches!(
                    refusal,
                    Refusal::Coded {
                        status: 400,
                        code: "syntax_invalid_json",
                        ..
                    }
                ),
                "{text}: {refusal:?}"
            );
        }
    }

    #[test]
    fn limits_are_constraints_and_formats_are_formats() {
        let code = |refusal| match refusal {
            Refusal::Coded { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            code(fields(r#"{"a":"xyz"}"#).text("a", 2).unwrap_err()),
            "syntax_constraint_violation"
        );
        assert_eq!(
            code(fields(r#"{"a":7}"#).integer("a", 0, 6).unwrap_err()),
            "syntax_constraint_violation"
        );
        assert_eq!(
            code(fields(r#"{"a":[]}"#).texts("a", 1, 2).unwrap_err()),
            "syntax_constraint_violation"
        );
        assert_eq!(
            code(fields(r#"{"a":"soon"}"#).instant("a").unwrap_err()),
            "syntax_invalid_parameter_format"
        );
        assert_eq!(fields(r#"{"a":"tru"}"#).boolean("a").unwrap_err(), not_a_boolean("tru"));
        assert_eq!(
            code(fields(r#"{"a":1.5}"#).integer("a", 0, 6).unwrap_err()),
            "syntax_invalid_json"
        );
        assert_eq!(fields(r#"{"a":null}"#).text("a", 2), Ok(None));
        assert!(fields(r#"{"a":null}"#).names("a"));
    }
}
