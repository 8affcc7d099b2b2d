//! An entry of `suppressions` as typed: a path, or a path with what its list is like.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::decode::At;

/// `stop.csv`, or `{ csv: stop.csv, number: Phone Number, country: NO }`.
#[derive(Debug)]
pub(super) enum SuppressionFile {
    /// The path alone.
    Path(String),
    /// With more about the list.
    List(Box<SuppressionListFile>),
}

/// A suppression list and what it is like.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["csv"]))]
#[schemars(rename = "SuppressionList")]
pub(super) struct SuppressionListFile {
    /// CSV file with a header row.
    #[schemars(example = &"suppressions/stop.csv")]
    pub csv: At<String>,
    /// The column of numbers. Default: every column with a usual name.
    pub number: At<String>,
    /// Country of the list's national numbers. Default: `default_country`.
    #[schemars(example = &"NO")]
    pub country: At<String>,
    /// Character set of the file. Default: UTF-8, or UTF-16 with a byte order mark.
    #[schemars(example = &"windows-1252")]
    pub encoding: At<String>,
    /// The character between fields. Default: detected among comma, semicolon, tab and bar.
    #[schemars(example = &";")]
    pub delimiter: At<String>,
}

impl<'de> Deserialize<'de> for SuppressionFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = SuppressionFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or a mapping like `csv: stop.csv`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SuppressionFile, E> {
                Ok(SuppressionFile::Path(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SuppressionFile, A::Error> {
                SuppressionListFile::deserialize(MapAccessDeserializer::new(map))
                    .map(|list| SuppressionFile::List(Box::new(list)))
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

impl JsonSchema for SuppressionFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Suppression".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<SuppressionListFile>();
        json_schema!({"anyOf": [{"type": "string"}, list]})
    }
}
