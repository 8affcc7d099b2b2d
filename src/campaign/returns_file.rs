//! What a project says about answers, as typed: where opt-outs are found, what its senders may do, when a number is
//! given up.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::at::At;
use super::schema;

/// `provider`, `off`, or where incoming texts are written down.
#[derive(Debug)]
pub(super) enum OptOutsFile {
    /// The provider's own list.
    Provider,
    /// Not read.
    Off,
    /// A file or a group.
    Where(WhereFile),
}

/// Where opt-outs by text are kept.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WhereFile {
    pub file: At<String>,
    pub group_id: At<String>,
}

impl<'de> Deserialize<'de> for OptOutsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OptOuts;
        const EXPECTED: &str =
            "expected `provider`, `off`, `{ file: suppressions/opt-outs.csv }` or `{ group_id: ... }`";
        impl<'de> Visitor<'de> for OptOuts {
            type Value = OptOutsFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OptOutsFile, E> {
                match text {
                    "provider" => Ok(OptOutsFile::Provider),
                    "off" => Ok(OptOutsFile::Off),
                    _ => Err(E::custom(EXPECTED)),
                }
            }
            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<OptOutsFile, E> {
                if value {
                    Err(E::custom(EXPECTED))
                } else {
                    Ok(OptOutsFile::Off)
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OptOutsFile, A::Error> {
                WhereFile::deserialize(MapAccessDeserializer::new(map)).map(OptOutsFile::Where)
            }
        }
        deserializer.deserialize_any(OptOuts)
    }
}

impl JsonSchema for OptOutsFile {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "OptOuts".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut file = schema::list_to_write(generator);
        file.insert("examples".to_owned(), serde_json::json!(["suppressions/opt-outs.csv"]));
        json_schema!({
            "oneOf": [
                { "enum": ["provider", "off", false] },
                { "type": "object", "required": ["file"], "additionalProperties": false,
                  "properties": { "file": file } },
                { "type": "object", "required": ["group_id"], "additionalProperties": false,
                  "properties": { "group_id": { "type": ["string", "number"], "pattern": "^[A-Za-z0-9_-]{1,64}$" } } }
            ]
        })
    }
}

/// What is known about a sender.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "SenderFacts")]
pub(super) struct SenderFile {
    /// Countries (two letters) in which it is registered.
    #[schemars(schema_with = "schema::countries")]
    pub registered: At<Vec<At<String>>>,
    /// Whether texts to it come in at the provider. A name never receives.
    pub receives: At<bool>,
}

/// When a number is given up.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["after", "file"]))]
#[schemars(rename = "Undeliverable")]
pub(super) struct UndeliverableFile {
    /// After so many hard failures in a row.
    #[schemars(range(min = 1, max = 100), example = &3)]
    pub after: At<u32>,
    /// Suppression list to which `campanile results` adds the number, relative to the project root.
    #[schemars(schema_with = "schema::list_to_write", example = &"suppressions/undeliverable.csv")]
    pub file: At<String>,
}
