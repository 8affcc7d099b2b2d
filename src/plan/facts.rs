//! What is known of the past: what the providers hold, and what our journal remembers.

use crate::model::{BatchId, ExistingBatch, Instant, ProviderName, Reference, Window};

/// Everything every configured provider holds.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Ours and foreign, in any order.
    pub batches: Vec<ExistingBatch>,
    /// Whether every list was read completely; if not, there are no operations.
    pub complete: bool,
}

/// What the journal of this machine knows. It makes a run more precise; losing it may cost silence, never a second text.
#[derive(Debug, Clone, Default)]
pub struct JournalFacts {
    /// Whether there is a journal at all.
    pub exists: bool,
    /// Batches whose DELETE was ours.
    pub cancels: Vec<OurCancel>,
    /// Batches that we know to have been created (an id was answered, or the list showed it), listed or not. Only those that the list has
    /// lost matter to a decision.
    pub known: Vec<KnownBatch>,
    /// Creates whose outcome is not known, so far.
    pub unknown: Vec<UnknownCreate>,
}

/// A cancel that we asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurCancel {
    /// Where.
    pub provider: ProviderName,
    /// Of what.
    pub id: BatchId,
    /// By `stop`: counts as somebody else's brake.
    pub by_stop: bool,
    /// When DELETE was answered, or a read afterwards showed its effect; `None`: neither.
    pub answered_at: Option<Instant>,
    /// Whether a read afterwards proved that no message left.
    pub proved_silent: bool,
}

/// A batch that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBatch {
    /// Where.
    pub provider: ProviderName,
    /// On an emulator of our own.
    pub sandbox: bool,
    /// Its name there.
    pub id: BatchId,
    /// What it was.
    pub reference: Reference,
    /// As sent, in order of opening.
    pub windows: Vec<Window>,
    /// When an earlier run first found it missing from a complete list.
    pub missed_at: Option<Instant>,
}

/// A create whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCreate {
    /// Where.
    pub provider: ProviderName,
    /// On an emulator of our own.
    pub sandbox: bool,
    /// What it would be.
    pub reference: Reference,
    /// As sent, in order of opening.
    pub windows: Vec<Window>,
    /// Until then its occurrence is held; afterwards a complete list that lacks it settles that it was not created.
    pub hold_until: Instant,
    /// The lists show a batch under its reference that may be another one, and this one may still come: they showed it only
    /// after `list_lag`, or it is canceled.
    pub found_late: bool,
}

/// Known batches that the lists have lost and that no earlier run has missed: the shell journals the moment, because a
/// batch that vanished before its window opened was stopped, and one that vanished later counts as sent.
pub fn newly_lost<'a>(observed: &'a Observed, journal: &'a JournalFacts) -> impl Iterator<Item = &'a KnownBatch> {
    journal
        .known
        .iter()
        .filter(|known| known.missed_at.is_none() && !is_listed(observed, &known.provider, &known.id))
}

pub(crate) fn is_listed(observed: &Observed, provider: &ProviderName, id: &BatchId) -> bool {
    observed.batches.iter().any(|b| b.provider == *provider && b.id == *id)
}

/// Something that must be read before a decision can be taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Where.
    pub provider: ProviderName,
    /// Of which batch.
    pub id: BatchId,
    /// What of it.
    pub what: NeedKind,
}

/// What must be read of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedKind {
    /// Whether a canceled batch is proved silent: fill `ExistingBatch::proof` (`Doubt` when it cannot be read).
    Proof,
    /// Who is in it: fill `ExistingBatch::recipients` (`Unreadable` when they cannot be read).
    Recipients,
}
