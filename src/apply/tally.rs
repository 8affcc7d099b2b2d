//! The totals of a stop.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BatchId, CampaignRef, ProviderName};

/// The totals of a stop.
#[derive(Debug, Default)]
pub struct Tally {
    /// References of what is silent now.
    pub canceled: BTreeSet<String>,
    /// What is planned still, or may be: why, by the batch's name.
    pub left: BTreeMap<BatchId, String>,
    /// DELETE left, and silence is not proved.
    pub unproved: BTreeSet<BatchId>,
    /// Whose batches were met.
    pub campaigns: BTreeSet<CampaignRef>,
    /// What could not be read, and may hold something planned.
    pub unread: BTreeMap<ProviderName, BTreeSet<String>>,
    /// Providers that could not be opened.
    pub unopened: Vec<String>,
}

impl Tally {
    /// Whether nothing of what was meant is planned any more, for certain.
    pub fn is_complete(&self) -> bool {
        let Self {
            canceled: _,
            left,
            unproved,
            campaigns: _,
            unread,
            unopened,
        } = self;
        left.is_empty() && unproved.is_empty() && unread.is_empty() && unopened.is_empty()
    }
}
