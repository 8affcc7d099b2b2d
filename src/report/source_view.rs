//! What a source gave. A plan keeps it, so that its apply can require the same.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a source gave, before suppressions and opt-outs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SourceView {
    /// Of which campaign.
    pub campaign: String,
    /// `warehouse/audiences/spring.sql`.
    pub source: String,
    /// SHA-256 of the query, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_digest: Option<String>,
    /// Its parameters, as given.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// As of when it was asked.
    pub as_of: String,
    /// How many rows.
    pub rows: u64,
    /// Over the set of rows, whatever their order.
    pub digest: String,
    /// What the server calls this version of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}
