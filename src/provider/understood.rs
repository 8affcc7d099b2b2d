//! What a body was read as.

use serde::de::DeserializeOwned;

use super::BatchProgress;
use crate::model::{ExistingBatch, Msisdn, Proof};

/// One body, read as every document that holds batches.
#[derive(Debug, Default)]
pub struct Understood {
    /// Of a page of the list, or of a single batch.
    pub batches: Vec<ExistingBatch>,
    /// Whose numbers could be read.
    pub people: Vec<Msisdn>,
    /// Whether a message may have left.
    pub proofs: Vec<Proof>,
    /// How far it is.
    pub progress: Vec<BatchProgress>,
}

/// JSON of this shape, or nothing.
pub(super) fn shaped<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}
