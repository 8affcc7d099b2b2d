//! The order in which a plan is carried out: cancels and removals first, soonest window first; then what sends, soonest
//! first, each after everything it waits for.

use std::collections::BTreeSet;

use super::operation::{Operation, OperationDigest};

/// Sorts; the result does not depend on the order given.
pub(super) fn ordered(operations: Vec<Operation>) -> Vec<Operation> {
    let (mut sending, mut ordered): (Vec<Operation>, Vec<Operation>) =
        operations.into_iter().partition(Operation::sends);
    sort(&mut ordered);
    sort(&mut sending);
    // Only changes in place are waited for among what sends, and never in a circle (`verdict` breaks circles), so each
    // round takes at least one; should a circle ever be left, its members go last and `apply` finds them unready.
    let mut waiting: BTreeSet<OperationDigest> = sending.iter().map(|o| o.digest.clone()).collect();
    while !sending.is_empty() {
        let (ready, blocked): (Vec<Operation>, Vec<Operation>) =
            (sending.into_iter()).partition(|o| !o.after.iter().any(|digest| waiting.contains(digest)));
        if ready.is_empty() {
            ordered.extend(blocked);
            break;
        }
        for operation in &ready {
            waiting.remove(&operation.digest);
        }
        ordered.extend(ready);
        sending = blocked;
    }
    ordered
}

fn sort(operations: &mut [Operation]) {
    operations.sort_by(|a, b| {
        let opens = |o: &Operation| o.windows.first().map(|w| w.opens());
        (opens(a), &a.provider, &a.reference, &a.digest).cmp(&(opens(b), &b.provider, &b.reference, &b.digest))
    });
}
