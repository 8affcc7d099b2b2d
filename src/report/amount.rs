//! Money as a document shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount of one currency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AmountView {
    /// ISO 4217; empty when no price is known for any segment.
    pub currency: String,
    /// A decimal.
    pub amount: String,
    /// Segments that no price is known for, in the first amount alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced_segments: Option<u64>,
}
