//! A saved plan as an approval: these operations or fewer.
//!
//! Everything was read again and decided again; an operation of the fresh plan that the approved one does not hold
//! refuses its whole campaign, and whatever builds on it is skipped by the walk.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CampaignRef, Mutant, mutant};
use crate::plan::{Operation, Plan};

/// What may be carried out, and what was refused.
#[derive(Debug, Clone, Default)]
pub struct Approved {
    /// In the fresh plan's order.
    pub operations: Vec<Operation>,
    /// Campaigns with operations that nobody approved, and those operations.
    pub refused: BTreeMap<CampaignRef, Vec<Operation>>,
}

/// Compares by digest.
pub fn approve(fresh: &Plan, approved_digests: &BTreeSet<String>) -> Approved {
    let is_approved = |operation: &Operation| {
        approved_digests.contains(&operation.digest.0) || mutant(Mutant::ApplyApprovesEverything)
    };
    let mut refused: BTreeMap<CampaignRef, Vec<Operation>> = BTreeMap::new();
    for operation in fresh.operations.iter().filter(|operation| !is_approved(operation)) {
        refused
            .entry(operation.campaign().clone())
            .or_default()
            .push(operation.clone());
    }
    let operations = fresh
        .operations
        .iter()
        .filter(|operation| !refused.contains_key(operation.campaign()))
        .cloned()
        .collect();
    Approved { operations, refused }
}
