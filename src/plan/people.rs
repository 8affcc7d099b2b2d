//! How many different people the messages of a plan go to: each counts once, however many campaigns and occurrences
//! have them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::{Draft, Status};
use super::operation::Operation;
use super::parts::Want;
use crate::model::{Msisdn, NumberSet, Part, Reference};

/// What these operations send.
pub(super) fn sent(operations: &[Operation]) -> BTreeSet<&Reference> {
    operations
        .iter()
        .filter(|operation| operation.content.is_some())
        .map(|operation| &operation.reference)
        .collect()
}

/// What is wanted and held.
pub(super) fn withheld<'a>(draft: &'a Draft<'_>) -> BTreeSet<&'a Reference> {
    draft
        .each()
        .filter(|(_, _, status)| matches!(status, Status::Held(_)))
        .map(|(_, want, _)| &want.reference)
        .collect()
}

/// Numbers are listed only where several lists are involved: most plans are about one.
pub(super) fn people(draft: &Draft<'_>, sending: &BTreeSet<&Reference>) -> u64 {
    let wants: Vec<&Want<'_>> = draft
        .wants
        .iter()
        .filter(|want| sending.contains(&want.reference))
        .collect();
    let occurrences: BTreeSet<_> = wants
        .iter()
        .map(|want| (&want.campaign.reference, want.key()))
        .collect();
    if occurrences.len() <= 1 {
        // Batches of one occurrence have nobody in common.
        return wants.iter().map(|want| want.totals.recipients).sum();
    }
    // Occurrences of one list share its numbers.
    let mut lists: BTreeMap<*const NumberSet, Vec<&Want<'_>>> = BTreeMap::new();
    for want in &wants {
        lists
            .entry(Arc::as_ptr(&want.group.content.numbers))
            .or_default()
            .push(want);
    }
    let several = lists.len() > 1;
    let mut numbers: Vec<Msisdn> = Vec::new();
    let mut counted = 0;
    for wants in lists.values() {
        let mut parts: BTreeMap<Part, &Want<'_>> = BTreeMap::new();
        for want in wants {
            parts.entry(want.part()).or_insert(want);
        }
        let are_apart = parts
            .keys()
            .all(|part| parts.keys().all(|other| part == other || !part.may_share(*other)));
        if are_apart && !several {
            counted += parts.values().map(|want| want.totals.recipients).sum::<u64>();
        } else {
            for want in parts.values() {
                numbers.extend(want.people());
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    counted + u64::try_from(numbers.len()).unwrap_or(u64::MAX)
}
