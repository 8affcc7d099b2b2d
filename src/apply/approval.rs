//! A saved plan as an approval: these operations or fewer.
//!
//! Everything was read again and decided again; an operation of the fresh plan that the approved one does not hold
//! refuses its whole campaign, and whatever builds on it is skipped by the walk.
//!
//! Suppressions and opt-outs may take people out after the review. A campaign that would be as approved without those
//! who were left out since is carried out without them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::CampaignRef;
use crate::plan::{Operation, Plan};

/// What may be carried out, and what was refused.
#[derive(Debug, Clone, Default)]
pub struct Approved {
    /// In the fresh plan's order.
    pub operations: Vec<Operation>,
    /// Campaigns with operations that nobody approved, and those operations.
    pub refused: BTreeMap<CampaignRef, Vec<Operation>>,
}

/// The same, where `before` is what would be done if nobody had been left out since the review: a refused campaign
/// whose operations there were all approved goes on as it is now, with fewer people. Those campaigns are returned.
pub fn approve_smaller(
    fresh: &Plan,
    before: &Plan,
    approved_digests: &BTreeSet<String>,
    left_out: &BTreeSet<CampaignRef>,
) -> (Approved, BTreeSet<CampaignRef>) {
    let refused = approve(fresh, approved_digests).refused;
    let refused_before = approve(before, approved_digests).refused;
    let smaller: BTreeSet<CampaignRef> = (refused.keys())
        .filter(|campaign| left_out.contains(campaign) && !refused_before.contains_key(campaign))
        .cloned()
        .collect();
    let is_refused = |campaign: &CampaignRef| refused.contains_key(campaign) && !smaller.contains(campaign);
    let operations = fresh.operations.iter();
    let approved = Approved {
        operations: operations
            .filter(|operation| !is_refused(operation.campaign()))
            .cloned()
            .collect(),
        refused: refused
            .clone()
            .into_iter()
            .filter(|(campaign, _)| is_refused(campaign))
            .collect(),
    };
    (approved, smaller)
}

/// Compares by digest.
pub fn approve(fresh: &Plan, approved_digests: &BTreeSet<String>) -> Approved {
    let is_approved = |operation: &Operation| approved_digests.contains(&operation.digest.0);
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
