//! What `sources` and the entries of `recipients` say about where rows are, as typed.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::at::At;
use super::{schema, schema_rules};

/// A database or web server that holds audiences.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["kind"]))]
#[schemars(rename = "Connection", transform = schema_rules::connection)]
pub(super) struct ConnectionFile {
    /// `postgres`: whatever speaks its protocol. `https`: a web server or a bucket.
    pub kind: At<ConnectionKindFile>,
    /// Name of the environment variable that holds the URL, password or signature included.
    #[schemars(schema_with = "schema::variable", example = &"WAREHOUSE_URL")]
    pub url_env: At<String>,
    /// https only: where its files are. `http://` to loopback only.
    #[schemars(schema_with = "schema::base_url", example = &"https://exports.example/")]
    pub base_url: At<String>,
    /// https only: name of the environment variable that holds the token.
    #[schemars(schema_with = "schema::variable", example = &"EXPORTS_TOKEN")]
    pub token_env: At<String>,
    /// https only: file that holds the token, relative to the project root; keep it out of git.
    #[schemars(schema_with = "schema::path")]
    pub token_file: At<String>,
    /// Certificates (PEM) of a private authority, relative to the project root. Default: those of the system.
    #[schemars(schema_with = "schema::path", example = &"certificates/ca.pem")]
    pub ca_file: At<String>,
    /// postgres only: the server gives up a query after this long.
    #[schemars(schema_with = "schema::positive_duration", extend("default" = "5m"))]
    pub statement_timeout: At<String>,
    /// https only: a download is given up after this long.
    #[schemars(schema_with = "schema::positive_duration", extend("default" = "5m"))]
    pub timeout: At<String>,
    /// More rows than this are an error.
    #[schemars(range(min = 1), extend("default" = 10_000_000))]
    pub max_rows: At<u64>,
}

/// What holds audiences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum ConnectionKindFile {
    Postgres,
    Https,
}

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum RowFormatFile {
    Csv,
    Parquet,
}

/// How new the newest row must be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["column", "error_after"]))]
#[schemars(rename = "Freshness")]
pub(super) struct FreshnessFile {
    /// Column of instants or dates.
    #[schemars(schema_with = "schema::written", example = &"loaded_at")]
    pub column: At<String>,
    /// The newest one may be this old.
    #[schemars(schema_with = "schema::duration", example = &"24h")]
    pub error_after: At<String>,
}

/// A value for a query: a text, a whole number, `true` or `false`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline, with = "String", extend("type" = ["string", "integer", "boolean"]))]
pub(super) struct ParamFile(pub String);

/// Parameters by name.
pub(super) type ParamsFile = BTreeMap<String, At<ParamFile>>;

impl<'de> Deserialize<'de> for ParamFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Param;
        impl Visitor<'_> for Param {
            type Value = ParamFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, `true` or `false`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ParamFile, E> {
                Ok(ParamFile(text.to_owned()))
            }
            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<ParamFile, E> {
                Ok(ParamFile(value.to_string()))
            }
            fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<ParamFile, E> {
                Ok(ParamFile(value.to_string()))
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<ParamFile, E> {
                Err(E::custom(
                    "a fraction would lose its spelling (`1.50` becomes `1.5`); put it in quotes",
                ))
            }
        }
        deserializer.deserialize_any(Param)
    }
}
