//! What the account holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::batch::Batch;
use super::blacklist::Blacklist;
use crate::emulator::clock::Instant;
use crate::emulator::settings::Money;

/// One account with all its batches.
#[derive(Debug, Default)]
pub struct Account {
    /// In the order of creation; an erased batch leaves a gap.
    pub(super) batches: Vec<Option<Batch>>,
    pub(super) index: Index,
    /// Batches that are not finished, by the instant of their next turn.
    pub(super) queue: BTreeSet<(Instant, String)>,
    pub(super) senders: BTreeMap<String, Instant>,
    pub(super) blacklist: Blacklist,
    pub(super) spent: Money,
}

/// Ids by number of batches: the account's index.
pub(super) type Index = HashMap<String, usize>;
