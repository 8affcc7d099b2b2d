//! Parameterization: `${key}` in a body becomes the recipient's own value, or the key's default.
//!
//! A recipient without a value for a key that has no default is not sent to; the others are. The vendor is silent on
//! three things, decided here: a body of a batch without parameters is taken literally, values are not expanded again,
//! and `${` that no key follows stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::address::msisdn;
use super::refusal::Refusal;

/// Longest key, in characters (SMS guide, 2021).
const KEY_LIMIT: usize = 16;
/// Longest value, in characters (SMS guide, 2021).
const VALUE_LIMIT: usize = 160;
/// The reserved name of a key's fallback value.
const DEFAULT: &str = "default";

/// Values by key and recipient, spelled as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parameters(BTreeMap<String, BTreeMap<String, String>>);

impl Parameters {
    /// Reads the field `parameters` of a request.
    pub(super) fn read(value: &Value) -> Result<Parameters, Refusal> {
        let shape = || Refusal::json("Parameter 'parameters' must be an object of objects of strings");
        let Value::Object(keys) = value else {
            return Err(shape());
        };
        let mut parameters = BTreeMap::new();
        for (key, values) in keys {
            if !is_key(key) {
                return Err(Refusal::format(format!(
                    "The format of parameter 'parameters' is invalid; value '{key}' is not a valid parameter key."
                )));
            }
            if key.len() > KEY_LIMIT {
                return Err(Refusal::constraint(format!(
                    "Parameter key '{key}' must not be longer than {KEY_LIMIT} characters"
                )));
            }
            let Value::Object(values) = values else {
                return Err(shape());
            };
            let mut by_recipient = BTreeMap::new();
            for (recipient, value) in values {
                if recipient != DEFAULT && msisdn(recipient).is_none() {
                    return Err(Refusal::format(format!(
                        "The format of parameter 'parameters.{key}' is invalid; value '{recipient}' is not a valid MSISDN."
                    )));
                }
                match value {
                    Value::Null => {}
                    Value::String(text) if text.chars().count() <= VALUE_LIMIT => {
                        by_recipient.insert(recipient.clone(), text.clone());
                    }
                    Value::String(_) => {
                        let text =
                            format!("Values of parameter key '{key}' must not be longer than {VALUE_LIMIT} characters");
                        return Err(Refusal::constraint(text));
                    }
                    _ => return Err(shape()),
                }
            }
            parameters.insert(key.clone(), by_recipient);
        }
        Ok(Parameters(parameters))
    }

    /// The same, ready for many recipients: numbers in their normal form.
    pub(super) fn table(&self) -> Table<'_> {
        let normal = |recipient: &String| msisdn(recipient).unwrap_or_else(|| DEFAULT.to_owned());
        let values = |map: &'_ BTreeMap<String, String>| map.iter().map(|(r, v)| (normal(r), v.clone())).collect();
        Table(self.0.iter().map(|(key, map)| (key.as_str(), values(map))).collect())
    }
}

/// Values by key and normalized recipient.
#[derive(Debug)]
pub(super) struct Table<'a>(BTreeMap<&'a str, BTreeMap<String, String>>);

/// A body for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    /// The text; a placeholder without a value stays as it was.
    pub(super) text: String,
    /// Whether every placeholder had a value.
    pub(super) matched: bool,
}

impl Table<'_> {
    /// The body as `recipient` gets it.
    pub(super) fn expand(&self, body: &str, recipient: &str) -> Expanded {
        let mut expanded = Expanded {
            text: String::with_capacity(body.len()),
            matched: true,
        };
        if self.0.is_empty() {
            body.clone_into(&mut expanded.text);
            return expanded;
        }
        let mut rest = body;
        while let Some((before, after)) = rest.split_once("${") {
            expanded.text.push_str(before);
            let Some((key, behind)) = after.split_once('}').filter(|(key, _)| is_key(key)) else {
                expanded.text.push_str("${");
                rest = after;
                continue;
            };
            if let Some(value) = self.value(key, recipient) {
                expanded.text.push_str(value);
            } else {
                expanded.matched = false;
                for piece in ["${", key, "}"] {
                    expanded.text.push_str(piece);
                }
            }
            rest = behind;
        }
        expanded.text.push_str(rest);
        expanded
    }

    fn value(&self, key: &str, recipient: &str) -> Option<&str> {
        let values = self.0.get(key)?;
        values
            .get(recipient)
            .or_else(|| values.get(DEFAULT))
            .map(String::as_str)
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expand(body: &str, parameters: &Value, recipient: &str) -> Expanded {
        Parameters::read(parameters).unwrap().table().expand(body, recipient)
    }

    fn text(text: &str, matched: bool) -> Expanded {
        Expanded {
            text: text.into(),
            matched,
        }
    }

    #[test]
    fn placeholders_take_the_recipients_value_or_the_default() {
        let joe = json!({ "name": { "123456789": "Joe", "default": "there" } });
        let body = "Hi ${name}! How are you?";
        assert_eq!(expand(body, &joe, "123456789"), text("Hi Joe! How are you?", true));
        assert_eq!(expand(body, &joe, "987654321"), text("Hi there! How are you?", true));
        assert_eq!(
            expand(body, &json!({ "name": { "+123456789": "Jo" } }), "123456789"),
            text("Hi Jo! How are you?", true)
        );
        assert_eq!(
            expand("${name}", &json!({ "name": { "123456789": "" } }), "123456789"),
            text("", true)
        );
    }

    #[test]
    fn a_missing_value_without_default_is_unmatched() {
        let joe = json!({ "name": { "123456789": "Joe" } });
        assert_eq!(expand("Hi ${name}", &joe, "987654321"), text("Hi ${name}", false));
        assert_eq!(
            expand("Hi ${Name}", &joe, "123456789"),
            text("Hi ${Name}", false),
            "keys are case sensitive"
        );
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        let joe = json!({ "name": { "default": "${name} $1" } });
        assert_eq!(
            expand("$ ${ ${} ${a b} {name} ${name}", &joe, "123456789"),
            text("$ ${ ${} ${a b} {name} ${name} $1", true)
        );
        assert_eq!(
            expand("${name}", &json!({}), "123456789"),
            text("${name}", true),
            "no parameters: literal"
        );
    }

    #[test]
    fn keys_and_values_have_their_limits() {
        let refused = [
            (json!({ "seventeen-letters": {} }), "syntax_constraint_violation"),
            (json!({ "a b": {} }), "syntax_invalid_parameter_format"),
            (json!({ "": {} }), "syntax_invalid_parameter_format"),
            (
                json!({ "a": { "default": "x".repeat(161) } }),
                "syntax_constraint_violation",
            ),
            (json!({ "a": { "+1": "x" } }), "syntax_invalid_parameter_format"),
            (json!({ "a": { "default": 1 } }), "syntax_invalid_json"),
            (json!({ "a": "x" }), "syntax_invalid_json"),
        ];
        for (value, expected) in refused {
            let refusal = Parameters::read(&value).unwrap_err();
            assert!(
                matches!(refusal, Refusal::Coded { code, .. } if code == expected),
                "{value}: {refusal:?}"
            );
        }
        assert!(Parameters::read(&json!({ "sixteen.letter-_": { "default": "x".repeat(160) } })).is_ok());
    }
}
