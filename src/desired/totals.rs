//! Sums over messages.

use crate::model::{AudienceDigest, Estimate};

/// Sums over some messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// People, one message each.
    pub recipients: u64,
    /// Messages that fit GSM-7.
    pub messages_gsm7: u64,
    /// Messages that need UCS-2.
    pub messages_ucs2: u64,
    /// Billed units.
    pub segments: u64,
    /// Most segments of any one message.
    pub max_segments_per_message: u32,
    /// What they would cost.
    pub estimate: Estimate,
    /// Order-independent digest.
    pub digest: AudienceDigest,
}

impl Totals {
    /// Adds other messages' sums.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            recipients,
            messages_gsm7,
            messages_ucs2,
            segments,
            max_segments_per_message,
            estimate,
            digest,
        } = other;
        self.recipients += recipients;
        self.messages_gsm7 += messages_gsm7;
        self.messages_ucs2 += messages_ucs2;
        self.segments += segments;
        self.max_segments_per_message = self.max_segments_per_message.max(*max_segments_per_message);
        self.estimate.merge(estimate);
        self.digest.merge(*digest);
    }
}
