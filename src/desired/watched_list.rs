//! A suppression list, and what an earlier run found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{CampaignRef, Msisdn, list_digest};

/// A suppression list of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedList {
    /// As the project names it.
    pub file: String,
    /// Who is not texted because of it.
    pub campaigns: BTreeSet<CampaignRef>,
    /// Numbers in it, each once; 0 for a list that is no longer named.
    pub rows: u64,
    /// Over all of them, in their order.
    pub digest: String,
    /// What an earlier run found; `None` when nothing is remembered.
    pub before: Option<ListBaseline>,
    /// The numbers, each once and in the order of their rows.
    pub numbers: Arc<Vec<Msisdn>>,
    /// Whether its first numbers are those that it held then, in their order.
    pub begins_as_before: bool,
}

/// What a run found in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListBaseline {
    /// Numbers, each once.
    pub rows: u64,
    /// Over all of them, in their order.
    pub digest: String,
    /// Rows that suppression lists took out of each campaign that uses it.
    pub took_out: BTreeMap<CampaignRef, u64>,
}

impl WatchedList {
    /// As it is read now.
    pub fn new(file: String, campaigns: BTreeSet<CampaignRef>, numbers: Vec<Msisdn>) -> Self {
        Self {
            file,
            campaigns,
            rows: u64::try_from(numbers.len()).unwrap_or(u64::MAX),
            digest: list_digest(&numbers),
            before: None,
            numbers: Arc::new(numbers),
            begins_as_before: false,
        }
    }
}
