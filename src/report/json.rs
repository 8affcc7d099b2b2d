//! A plan as JSON, and the schema of it; every other JSON document is written here too.

use std::fmt::Write as _;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde::Serialize;

use super::view::PlanView;
use super::visible::{has_hidden, is_hidden};

/// Exactly one document, with a final newline; also what `--save` keeps.
pub fn plan_to_json(plan: &PlanView) -> String {
    document(plan)
}

/// JSON Schema (draft 7) of `plan -o json`.
pub fn plan_schema() -> String {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.push(Box::new(RecursiveTransform(without_widths)));
    document(&settings.into_generator().into_root_schema_for::<PlanView>())
}

/// `format: uint64` and the like are no formats of JSON Schema: `ajv` refuses a schema that has them.
fn without_widths(schema: &mut Schema) {
    let format = schema.get("format").and_then(|format| format.as_str());
    if format.is_some_and(|format| format.starts_with("uint") || format.starts_with("int")) {
        schema.remove("format");
    }
}

/// Any document, indented, with a final newline. What would act at a terminal is written as its escape, which readers
/// of JSON turn back: only texts can hold it.
pub fn document(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    if has_hidden(&text) {
        text = text
            .chars()
            .fold(String::with_capacity(text.len()), |mut out, character| {
                escape(character, &mut out);
                out
            });
    }
    text.push('\n');
    text
}

fn escape(character: char, out: &mut String) {
    if !is_hidden(character) {
        out.push(character);
        return;
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_act_is_escaped() {
        assert_eq!(
            document(&"\u{1b}a\u{9b}å\u{202e}\u{e0041}"),
            "\"\\u001ba\\u009bå\\u202e\\udb40\\udc41\"\n"
        );
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_none_of_it_acts(text in any::<String>()) {
            let written = document(&text);
            prop_assert!(!written.chars().any(is_hidden));
            prop_assert_eq!(serde_json::from_str::<String>(&written).ok(), Some(text));
        }
    }
}
