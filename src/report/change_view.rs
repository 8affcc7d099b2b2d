//! What the files change, as a document shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;

/// All that the files want, before a change and after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChangeView {
    /// Of the files compared with.
    pub before: ComingView,
    /// Of these files.
    pub after: ComingView,
}

/// Everything that is still to come up to the horizon, whatever the providers hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ComingView {
    /// One for each person and occurrence.
    pub messages: u64,
    /// Each person once.
    pub people: u64,
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
}
