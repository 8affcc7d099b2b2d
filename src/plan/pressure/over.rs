//! Who would get too many marketing texts, in words.

use std::collections::BTreeSet;

use crate::campaign::ContactLimit;
use crate::model::{CampaignRef, grouped};

/// People who would get too many, and what they would get.
pub(in crate::plan) struct Over {
    pub people: u64,
    /// The most that one of them would get.
    pub messages: usize,
    pub campaigns: BTreeSet<CampaignRef>,
}

/// `412 people would get 3 marketing texts within 7d: a, b, c`.
pub(in crate::plan) fn told(over: &Over, limit: &ContactLimit) -> String {
    let people = if over.people == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", grouped(over.people))
    };
    let campaigns: Vec<&str> = over.campaigns.iter().map(CampaignRef::as_str).collect();
    format!(
        "{people} would get {} marketing texts within {}: {}",
        over.messages,
        limit.within,
        campaigns.join(", ")
    )
}
