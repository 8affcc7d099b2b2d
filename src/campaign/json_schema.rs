//! JSON Schemas of both files, from the same mirrors that read them: for completion and hover in editors.
//!
//! In: nothing. Out: a schema as JSON. A schema is advice to an editor; whether a file is right is decided by reading it.
//! What a schema can say, it says as the reader does: `tests/schemas/cases.txt` has a line for each agreement and for each
//! thing that only the program can know. Rules between keys are in `schema_rules`.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};

use super::campaign_file::CampaignFile;
use super::project_file::ProjectFile;

/// Schema of `campanile.yaml`.
pub fn project_schema() -> serde_json::Value {
    finish::<ProjectFile>("Campanile project")
}

/// Schema of a campaign file.
pub fn campaign_schema() -> serde_json::Value {
    finish::<CampaignFile>("Campanile campaign")
}

/// Draft 7, because that is what editors know best.
fn finish<T: JsonSchema>(title: &str) -> serde_json::Value {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.push(Box::new(RecursiveTransform(without_widths)));
    settings
        .transforms
        .push(Box::new(RecursiveTransform(numbers_are_texts)));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// `format: uint32` and the like are no formats of JSON Schema; some editors complain.
fn without_widths(schema: &mut Schema) {
    let is_width = schema
        .get("format")
        .and_then(|format| format.as_str())
        .is_some_and(|format| format.starts_with("uint") || format.starts_with("int"));
    if is_width {
        schema.remove("format");
    }
}

/// A number where a text is meant is read as it is written; `true` and `false` are not.
fn numbers_are_texts(schema: &mut Schema) {
    let is_any_text = schema.get("type").is_some_and(|kind| kind == "string")
        && ["enum", "pattern", "format"]
            .iter()
            .all(|keyword| schema.get(*keyword).is_none());
    if is_any_text {
        schema.insert("type".to_owned(), serde_json::json!(["string", "number"]));
    }
}
