//! Pages of `docs/` that are written from what the program prints: every key of its files from the schemas, every code and
//! word from the catalog of `campanile explain`. `docs.rs` compares them with what is committed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::cli_world::{Ran, command};

/// The only document that a command prints.
fn printed(arguments: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = command(folder).args(arguments.split(' ')).output().unwrap();
    Ran::of(output).exits(0).json()
}

/// `docs/reference.md`: every key of `campanile.yaml` and of a campaign file.
pub fn reference() -> String {
    let mut page = "# Every key\n\n\
        Written from the schemas that `campanile schema project` and `campanile schema campaign` print, which an editor with the YAML\n\
        language server shows as you type. [Contract](contract.md) has both files with all keys as one example each.\n\n\
        A duration is a whole number and `ms`, `s`, `m`, `h` or `d`: `500ms`, `90s`, `15m`, `24h`, `7d`. NAME is a name of your choice, `[]` an\n\
        item of a list.\n"
        .to_owned();
    for (file, of) in [("campanile.yaml", "project"), ("A campaign file", "campaign")] {
        let schema = printed(&format!("schema {of}"));
        let heading = if file.ends_with(".yaml") {
            format!("`{file}`")
        } else {
            file.to_owned()
        };
        let _ = writeln!(page, "\n## {heading}");
        let mut writer = Writer {
            schema: &schema,
            page: &mut page,
            seen: BTreeSet::new(),
        };
        writer.section("", &schema);
    }
    page
}

struct Writer<'a> {
    schema: &'a Value,
    page: &'a mut String,
    /// Definitions that have a section.
    seen: BTreeSet<String>,
}

impl Writer<'_> {
    /// A table of the keys of a mapping, then one for each mapping within.
    fn section(&mut self, path: &str, mapping: &Value) {
        if !path.is_empty() {
            let _ = writeln!(self.page, "\n### `{path}`");
        }
        if let Some(description) = mapping["description"].as_str() {
            let _ = writeln!(self.page, "\n{}", line(description));
        }
        self.page
            .push_str("\n| key | value | default | meaning |\n|---|---|---|---|\n");
        let required: BTreeSet<&str> = mapping["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut keys: Vec<(&String, &Value)> = mapping["properties"].as_object().into_iter().flatten().collect();
        keys.sort_by_key(|(key, _)| (!required.contains(key.as_str()), *key));
        for (key, value) in &keys {
            let default = match &value["default"] {
                Value::Null if required.contains(key.as_str()) => "required".to_owned(),
                Value::Null => String::new(),
                Value::String(text) => format!("`{text}`"),
                other => format!("`{other}`"),
            };
            let cells = [
                format!("`{key}`"),
                value_of(value),
                default,
                format!(
                    "{}{}",
                    line(value["description"].as_str().unwrap_or_default()),
                    example(value)
                ),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            let _ = writeln!(self.page, "| {} |", cells.join(" | "));
        }
        for (key, value) in keys {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            self.within(&path, value);
        }
    }

    /// The mappings within a value.
    fn within(&mut self, path: &str, value: &Value) {
        if let Some(name) = value["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            if self.seen.insert(name.to_owned()) {
                let mapping = self.schema["definitions"][name].clone();
                self.section(path, &mapping);
            }
        }
        for one in ["allOf", "anyOf", "oneOf"] {
            for choice in value[one].as_array().into_iter().flatten() {
                self.within(path, choice);
            }
        }
        if value["items"].is_object() {
            self.within(&format!("{path}[]"), &value["items"]);
        }
        if value["additionalProperties"].is_object() {
            self.within(&format!("{path}.NAME"), &value["additionalProperties"]);
        }
    }
}

/// What a key takes, in words.
fn value_of(value: &Value) -> String {
    if let Some(words) = value["enum"].as_array() {
        let word = |word: &Value| format!("`{}`", word.as_str().map_or_else(|| word.to_string(), str::to_owned));
        let words: Vec<String> = words.iter().map(word).collect();
        return words.join(" \u{b7} ");
    }
    if let Some(choices) = (value["anyOf"].as_array()).or(value["oneOf"].as_array()) {
        let mut words: Vec<String> = choices.iter().map(value_of).collect();
        words.dedup();
        return words.join(", or ");
    }
    if value["$ref"].is_string() || value["allOf"].is_array() {
        return "mapping".to_owned();
    }
    if value["items"].is_object() {
        return format!("list of: {}", value_of(&value["items"]));
    }
    if value["properties"].is_object() {
        let keys: Vec<String> = value["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(|key| format!("`{key}`"))
            .collect();
        return format!("mapping with {}", keys.join(", "));
    }
    if value["additionalProperties"].is_object() {
        return format!("mapping of NAME to: {}", value_of(&value["additionalProperties"]));
    }
    scalar(value)
}

fn scalar(value: &Value) -> String {
    let types: Vec<&str> = match &value["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let text = match (value["format"].as_str(), value["pattern"].as_str()) {
        (Some("date"), _) => "date",
        (Some("uri"), _) => "URL",
        (_, Some(pattern)) if pattern.contains("(ms|s|m|h|d)") => "duration",
        (_, Some(pattern)) if pattern.starts_with("^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]") => "local time",
        _ => "text",
    };
    let number = match (value["minimum"].as_i64(), value["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!("whole number, {least} to {most}"),
        (Some(least), None) => format!("whole number, {least} or more"),
        _ => "whole number".to_owned(),
    };
    // A number where a text is meant is read as it is written.
    let is_text = types.contains(&"string");
    let words: Vec<String> = types
        .iter()
        .filter(|one| !is_text || !matches!(**one, "number" | "integer"))
        .map(|one| match *one {
            "string" => text.to_owned(),
            "integer" => number.clone(),
            "number" => "number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    words.join(", or ")
}

/// An example after the description.
fn example(value: &Value) -> String {
    match &value["examples"][0] {
        Value::Null => String::new(),
        Value::String(text) => format!(" Example: `{text}`"),
        other => format!(" Example: `{other}`"),
    }
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `docs/diagnostics.md`: every code with its page, every word of a plan, every rule of `--allow`.
pub fn diagnostics() -> String {
    let all = printed("explain all -o json");
    let mut page = "# Diagnostics and words of a plan\n\n\
        What `campanile explain CODE` and `campanile explain WORD` print, all of it: first the codes of errors, warnings and notes, then the\n\
        words that a plan prints in brackets and the rules of `--allow`.\n\n## Codes\n"
        .to_owned();
    for code in all["codes"].as_array().unwrap() {
        entry(&mut page, code["code"].as_str().unwrap(), code);
    }
    let mut kind = "";
    for word in all["words"].as_array().unwrap() {
        if word["heading"].as_str().unwrap() != kind {
            kind = word["heading"].as_str().unwrap();
            let (first, rest) = kind.split_at(1);
            let _ = writeln!(page, "\n## {}{rest}", first.to_uppercase());
        }
        entry(&mut page, &format!("`{}`", word["word"].as_str().unwrap()), word);
    }
    page
}

fn entry(page: &mut String, name: &str, one: &Value) {
    let title = one["title"].as_str().unwrap();
    let text = one["page"].as_str().unwrap().trim();
    assert!(!text.contains("```"), "{name}");
    let _ = writeln!(page, "\n### {name}: {title}\n\n```text\n{text}\n```");
}
