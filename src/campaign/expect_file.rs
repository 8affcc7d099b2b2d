//! What a list is expected to hold, as typed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::schema;

/// What a list must be like.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Expect")]
pub(super) struct ExpectFile {
    /// How many rows it has: `900..`, `..2000` or `900..2000`.
    #[schemars(schema_with = "schema::rows", example = &"900..")]
    pub rows: At<String>,
}
