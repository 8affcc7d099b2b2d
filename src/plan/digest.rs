//! Names of operations and plans: the same whenever the same would be done at the same account. What an approval of a
//! saved plan compares.
//!
//! Left out: the clock, reasons, what an operation waits for, and - for a batch that is sent at once - where its
//! windows are cut; all of these may move between review and apply without anything else being sent.

use sha2::{Digest as _, Sha256};

use super::operation::{How, Operation, OperationDigest};
use super::policy::Policy;

const OPERATION_HEX: usize = 24;

/// The name of an operation.
pub(super) fn of_operation(policy: &Policy, operation: &Operation) -> OperationDigest {
    let mut hash = DigestFields::new("campanile operation 1");
    let account = |provider| {
        policy
            .providers
            .get(provider)
            .map_or("", |facts| facts.account.as_str())
    };
    hash.field(operation.action.as_str());
    hash.field(operation.how.as_str());
    hash.field(operation.provider.as_str());
    hash.field(account(&operation.provider));
    hash.field(&operation.reference.to_string());
    if let Some(target) = &operation.target {
        hash.field(target.provider.as_str());
        hash.field(account(&target.provider));
        hash.field(&target.id.0);
        hash.field(&target.reference.to_string());
    }
    if let Some(content) = &operation.content {
        for window in content.declared.as_slice() {
            hash.field(&window.opens().to_string());
            hash.field(&window.closes().to_string());
        }
        hash.field(if operation.starts_now { "starts now" } else { "" });
        hash.field(content.datacoding.as_str());
        for number in [
            content.recipients,
            content.segments,
            content.messages_gsm7,
            content.messages_ucs2,
        ] {
            hash.field(&number.to_string());
        }
        for money in content.estimate.amounts() {
            hash.field(&format!("{} {}", money.amount.normalize(), money.currency));
        }
        hash.field(&content.estimate.unpriced_segments().to_string());
    }
    if let How::RemoveInPlace(people) = &operation.how {
        // Hashed, not shown: a digest reveals nobody's number.
        for number in people.iter() {
            hash.field(&number.as_u64().to_string());
        }
    }
    OperationDigest(hash.hex().chars().take(OPERATION_HEX).collect())
}

/// The name of a plan: over its operations, whatever their order.
pub(super) fn of_plan(policy: &Policy, operations: &[Operation]) -> String {
    let mut digests: Vec<&str> = operations.iter().map(|o| o.digest.0.as_str()).collect();
    digests.sort_unstable();
    let mut hash = DigestFields::new("campanile plan 1");
    hash.field(policy.namespace.as_str());
    for digest in digests {
        hash.field(digest);
    }
    hash.hex()
}

/// SHA-256 over fields that cannot run into each other.
struct DigestFields(Sha256);

impl DigestFields {
    fn new(kind: &str) -> Self {
        let mut fields = Self(Sha256::new());
        fields.field(kind);
        fields
    }

    fn field(&mut self, text: &str) {
        self.0
            .update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    fn hex(self) -> String {
        use std::fmt::Write as _;
        self.0.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}
