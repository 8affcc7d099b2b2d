//! What an unquoted scalar means, and what was meant by one that does not fit.

use super::tree::Scalar;
use super::wording::clip;

/// What a plain scalar means by the rules of YAML.
pub(super) enum ScalarMeaning {
    Nothing,
    Bool(bool),
    Integer(i128),
    Fraction,
    Text,
}

pub(super) fn meaning(scalar: &Scalar) -> ScalarMeaning {
    if !scalar.plain {
        return ScalarMeaning::Text;
    }
    match serde_yaml::from_str::<serde_yaml::Value>(&scalar.text) {
        Ok(serde_yaml::Value::Null) => ScalarMeaning::Nothing,
        Ok(serde_yaml::Value::Bool(value)) => ScalarMeaning::Bool(value),
        Ok(serde_yaml::Value::Number(number)) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .map_or(ScalarMeaning::Fraction, ScalarMeaning::Integer),
        Ok(_) | Err(_) => ScalarMeaning::Text,
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

pub(super) fn scalar_hint(scalar: &Scalar, expected: &str) -> Option<String> {
    let lower = scalar.text.to_lowercase();
    if expected.contains("`true`") && matches!(lower.as_str(), "yes" | "on" | "no" | "off" | "true" | "false") {
        let meant = matches!(lower.as_str(), "yes" | "on" | "true");
        return Some(format!("write `{meant}`, without quotes"));
    }
    if expected == "a list" && !scalar.text.contains(['\n', '[', ']', '"']) {
        let text = clip(&scalar.text);
        let item = if scalar.text.contains([' ', ':', ',']) {
            format!("\"{text}\"")
        } else {
            text
        };
        return Some(format!("a list of one is written `[{item}]`"));
    }
    if scalar.plain && expected == "a text" && matches!(lower.as_str(), "true" | "false") {
        let made = if lower == "false" {
            "; a tool that reads YAML 1.1 has made `false` of `no`, if that was meant"
        } else {
            ""
        };
        return Some(format!("write `\"{}\"`, with its quotes{made}", clip(&scalar.text)));
    }
    let quoted_number = !scalar.plain && scalar.text.parse::<i64>().is_ok();
    (quoted_number && expected == "a whole number").then(|| "remove the quotes".to_owned())
}
