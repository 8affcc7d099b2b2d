//! A plan as JSON, and the schema of it.

use super::view::PlanView;

/// Exactly one document, with a final newline; also what `--save` keeps.
pub fn plan_to_json(plan: &PlanView) -> String {
    let mut text = serde_json::to_string_pretty(plan).unwrap_or_default();
    text.push('\n');
    text
}

/// JSON Schema of `plan -o json`.
pub fn plan_schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(PlanView)).unwrap_or_default();
    text.push('\n');
    text
}
