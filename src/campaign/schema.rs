//! JSON Schemas of both files, from the same mirrors that read them: for completion and hover in editors.
//!
//! In: nothing. Out: a schema as JSON. A schema is advice to an editor; whether a file is right is decided by reading it.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::campaign::Rule;
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

pub(super) fn duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"})
}

pub(super) fn digits(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer"], "pattern": "^[0-9]{1,15}$"})
}

pub(super) fn decimal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "^[0-9]+(\\.[0-9]+)?$"})
}

pub(super) fn sender(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer"], "pattern": "^([A-Za-z0-9]{3,11}|\\+?[0-9]{1,15})$"})
}

pub(super) fn hours(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"})
}

pub(super) fn days(_: &mut SchemaGenerator) -> Schema {
    let day = "([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)";
    json_schema!({"type": "string", "pattern": format!("^{day}([-,] ?{day})*$")})
}

pub(super) fn local_time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
    })
}

pub(super) fn zones(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"anyOf": [
        {"type": "string", "enum": ["auto"]},
        {"type": "object", "propertyNames": {"pattern": "^[A-Za-z]{2}$"}, "additionalProperties": {"type": "string"}}
    ]})
}

pub(super) fn text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"anyOf": [
        {"type": ["string", "number", "boolean"]},
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"},
            "additionalProperties": {"type": "string"}
        }
    ]})
}

pub(super) fn rule(_: &mut SchemaGenerator) -> Schema {
    let rules: Vec<&str> = Rule::ALL.into_iter().map(Rule::as_str).collect();
    json_schema!({"type": "string", "enum": rules})
}
