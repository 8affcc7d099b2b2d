//! An entry of `suppressions` as typed: a path, or where the list is and what it is like.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::at::At;
use super::expect_file::ExpectFile;
use super::origin_file::{FreshnessFile, ParamsFile, RowFormatFile};

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
#[schemars(extend("oneOf" = [
    {"required": ["csv"]}, {"required": ["parquet"]}, {"required": ["xlsx"]}, {"required": ["source"]}
]))]
#[schemars(rename = "NumberList", transform = super::schema_rules::origin)]
pub(super) struct SuppressionListFile {
    /// CSV file with a header row; or a folder or a pattern of part files.
    #[schemars(schema_with = "super::schema::path", example = &"suppressions/stop.csv")]
    pub csv: At<String>,
    /// Parquet file; or a folder or a pattern of part files.
    #[schemars(schema_with = "super::schema::path", example = &"exports/opt_outs/")]
    pub parquet: At<String>,
    /// Workbook (.xlsx or .ods).
    #[schemars(schema_with = "super::schema::workbook", example = &"suppressions/stop.xlsx")]
    pub xlsx: At<String>,
    /// With `xlsx`: the sheet. Default: the only visible one.
    #[schemars(schema_with = "super::schema::written")]
    pub sheet: At<String>,
    /// With `xlsx`: the row of the heads, from 1. Default: the first that is not empty.
    #[schemars(range(min = 1, max = 1000))]
    pub header_row: At<u32>,
    /// A name under `sources` in campanile.yaml.
    #[schemars(example = &"warehouse")]
    pub source: At<String>,
    /// With a database: file that holds one query in its own dialect.
    #[schemars(schema_with = "super::schema::path", example = &"audiences/opt_outs.sql")]
    pub sql: At<String>,
    /// With a database: a table or view, all of it.
    #[schemars(schema_with = "super::schema::table", example = &"marts.opt_outs")]
    pub table: At<String>,
    /// With a web server: the file, below its base URL.
    #[schemars(schema_with = "super::schema::path_below", example = &"opt_outs/latest.csv.gz")]
    pub path: At<String>,
    /// With a web server: what the file holds. Default: by its name.
    pub format: At<RowFormatFile>,
    /// With a database: values that the query reads with `current_setting('campanile.NAME')`.
    #[schemars(extend("propertyNames" = {"pattern": "^[a-z_][a-z0-9_]{0,39}$", "not": {"enum": ["as_of"]}}))]
    pub params: At<ParamsFile>,
    /// How new the newest row must be, else the campaigns that use the list are held.
    pub freshness: At<FreshnessFile>,
    /// What the list must be like, or the campaigns that use it are held.
    pub expect: At<ExpectFile>,
    /// The column of numbers. Default: every column with a usual name.
    #[schemars(schema_with = "super::schema::written")]
    pub number: At<String>,
    /// Country of the list's national numbers. Default: `default_country`.
    #[schemars(schema_with = "super::schema::country", example = &"NO")]
    pub country: At<String>,
    /// Character set of the file. Default: UTF-8, or UTF-16 with a byte order mark.
    #[schemars(schema_with = "super::schema::encoding", example = &"windows-1252")]
    pub encoding: At<String>,
    /// The character between fields. Default: detected among comma, semicolon, tab and bar.
    #[schemars(schema_with = "super::schema::delimiter", example = &";")]
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
        json_schema!({"anyOf": [super::schema::list_alone(), list]})
    }
}
