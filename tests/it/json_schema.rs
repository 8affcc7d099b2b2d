//! What JSON Schema (draft 7) has against a value: the keywords that our schemas use. `tests/schemas/run.sh` asks a
//! real validator the same.

use serde_json::Value;

/// What JSON Schema (draft 7) has against a value: the keywords that our schemas use, and no other.
pub fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(keywords) = schema.as_object() else {
        return faults;
    };
    for (keyword, rule) in keywords {
        let holds = match keyword.as_str() {
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                faults.extend(check(root, root.pointer(pointer).unwrap(), value, at));
                true
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is_type(one, value)),
                one => is_type(one, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "required" => {
                let keys = rule.as_array().unwrap().iter().map(|key| key.as_str().unwrap());
                value
                    .as_object()
                    .is_none_or(|object| keys.clone().all(|key| object.contains_key(key)))
            }
            "properties" => {
                for (key, below) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        faults.extend(check(root, below, value, &format!("{at}/{key}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let others = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)));
                let mut holds = true;
                for (key, value) in others {
                    holds &= *rule != Value::Bool(false);
                    faults.extend(check(root, rule, value, &format!("{at}/{key}")));
                }
                holds
            }
            "patternProperties" => {
                for (pattern, below) in rule.as_object().unwrap() {
                    let pattern = regex::Regex::new(pattern).unwrap();
                    let fitting = value.as_object().into_iter().flatten();
                    for (key, value) in fitting.filter(|(key, _)| pattern.is_match(key)) {
                        faults.extend(check(root, below, value, &format!("{at}/{key}")));
                    }
                }
                true
            }
            "propertyNames" => {
                for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
                    faults.extend(check(root, rule, &Value::String(key.clone()), &format!("{at}/{key}")));
                }
                true
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(check(root, rule, value, &format!("{at}/{index}")));
                }
                true
            }
            "pattern" => value
                .as_str()
                .is_none_or(|text| regex::Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
            "minItems" => value
                .as_array()
                .is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "minProperties" => value
                .as_object()
                .is_none_or(|keys| keys.len() as u64 >= rule.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "anyOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .any(|one| check(root, one, value, at).is_empty()),
            "allOf" => {
                for one in rule.as_array().unwrap() {
                    faults.extend(check(root, one, value, at));
                }
                true
            }
            "oneOf" => {
                let fitting = rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|one| check(root, one, value, at).is_empty());
                fitting.count() == 1
            }
            "if" => {
                let branch = if check(root, rule, value, at).is_empty() {
                    "then"
                } else {
                    "else"
                };
                if let Some(branch) = schema.get(branch) {
                    faults.extend(check(root, branch, value, at));
                }
                true
            }
            "then" | "else" => true,
            "not" => !check(root, rule, value, at).is_empty(),
            "format" if rule == "date" => value
                .as_str()
                .is_none_or(|text| text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()),
            "$schema" | "title" | "description" | "definitions" | "default" | "examples" | "format" => true,
            other => panic!("the schema uses `{other}`, which this check does not know"),
        };
        if !holds {
            faults.push(format!("{at}: {keyword} {rule}"));
        }
    }
    faults
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}
