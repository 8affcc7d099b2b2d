//! What applies to all lists of a read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::national_plan::NationalPlan;
use crate::model::NumberKind;

/// What applies to all lists of a read.
#[derive(Debug, Clone)]
pub struct ListSettings {
    /// Lets national numbers be read.
    pub national_plan: Option<NationalPlan>,
    /// Kinds of numbers that are texted; `None`: all.
    pub number_types: Option<Arc<BTreeSet<NumberKind>>>,
    /// At most this many rows of a list are named for the same kind of fault.
    pub listed_rows: usize,
    /// Bytes parsed at a time; results never depend on it.
    pub block_bytes: usize,
    /// Nobody is no fault: one morning of a birthday campaign.
    pub may_be_empty: bool,
}

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            national_plan: None,
            number_types: None,
            listed_rows: 10,
            block_bytes: BLOCK,
            may_be_empty: false,
        }
    }
}

impl ListSettings {
    /// Whether numbers of this kind are not texted.
    pub(super) fn refuses(&self, kind: NumberKind) -> bool {
        self.number_types.as_ref().is_some_and(|kinds| kind.is_none_of(kinds))
    }
}

/// Bytes read at a time. Large enough that the lock around the cutter costs nothing, small enough for any cache.
pub(super) const BLOCK: usize = 512 << 10;
