//! What is known of the past: what the providers hold, and what our journal remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{BatchId, Diagnostic, Estimate, ExistingBatch, Instant, ProviderName, Reference, Window};

use super::diagnostics;

/// Everything every configured provider holds.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Ours and foreign, in any order.
    pub batches: Vec<ExistingBatch>,
    /// Whether every list was read completely; if not, there are no operations.
    pub complete: bool,
}

/// What the journal of this machine knows. It makes a run more precise; losing it may cost silence, never a second
/// text.
#[derive(Debug, Clone, Default)]
pub struct JournalFacts {
    /// Whether there is a journal at all.
    pub exists: bool,
    /// Batches whose DELETE was ours.
    pub cancels: Vec<OurCancel>,
    /// Batches that we know to have been created (an id was answered, or the list showed it), listed or not. Only those
    /// that the list has lost matter to a decision.
    pub known: Vec<KnownBatch>,
    /// Creates whose outcome is not known, so far.
    pub unknown: Vec<UnknownCreate>,
    /// Batches of ours at accounts that are no longer configured.
    pub elsewhere: Vec<ElsewhereBatch>,
    /// Providers whose account keeps references as they are sent.
    pub keeps_references: BTreeSet<ProviderName>,
    /// Providers at whose account this project, under its namespace, has certainly been before.
    pub accounts: BTreeSet<ProviderName>,
    /// Texts and totals of batches when they were requested: for showing, never for a decision.
    pub said: BTreeMap<Reference, Said>,
}

/// Text and totals of a batch when it was requested.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The templates of its campaign.
    pub texts: Arc<[String]>,
    /// Billed units.
    pub segments: u64,
    /// What it would cost.
    pub estimate: Estimate,
}

/// A batch that was created, or may have been, at an account that is no longer configured: nobody can read what became
/// of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElsewhereBatch {
    /// What the account's provider was called.
    pub provider: ProviderName,
    /// Its name there; `None`: its creation was never answered.
    pub id: Option<BatchId>,
    /// What it is.
    pub reference: Reference,
    /// As sent, in order of opening.
    pub windows: Vec<Window>,
}

/// A cancel that we asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurCancel {
    /// The account, by the provider's name.
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
    /// The account, by the provider's name.
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
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// On an emulator of our own.
    pub sandbox: bool,
    /// What it would be.
    pub reference: Reference,
    /// As sent, in order of opening.
    pub windows: Vec<Window>,
    /// Until then its occurrence is held; afterwards a complete list that lacks it settles that it was not created.
    pub hold_until: Instant,
    /// The lists show a batch under its reference that may be another one, and this one may still come: they showed it
    /// only after `list_lag`, or it is canceled.
    pub found_late: bool,
    /// A batch at this account that opens when this one would, under a reference that is nobody's: it may be this one,
    /// of an account that does not keep references. Until the windows that were sent are over a person has to say.
    pub lookalike: Option<BatchId>,
}

/// Known batches that the lists have lost and that no earlier run has missed: the shell journals the moment, because a
/// batch that vanished before its window opened was stopped, and one that vanished later counts as sent.
pub fn newly_lost<'a>(observed: &'a Observed, journal: &'a JournalFacts) -> impl Iterator<Item = &'a KnownBatch> {
    let listed: BTreeSet<(&ProviderName, &BatchId)> = (observed.batches.iter())
        .map(|batch| (&batch.provider, &batch.id))
        .collect();
    (journal.known.iter())
        .filter(move |known| known.missed_at.is_none() && !listed.contains(&(&known.provider, &known.id)))
}

/// Something that must be read before a decision can be taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The account, by the provider's name.
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
    /// How many messages it has: fill `ExistingBatch::headcount` (`Untold` when it cannot be read).
    Headcount,
    /// Who is in it: fill `ExistingBatch::recipients` (`Unreadable` when they cannot be read).
    Recipients,
}

/// The fault of a list that was not read to its end.
pub(super) fn incomplete() -> Diagnostic {
    Diagnostic::error(
        &diagnostics::INCOMPLETE,
        "a provider could not be read completely: nothing is planned",
    )
}

/// The fault of two names for one account: the lists of two providers show the same batch. Each batch would look like
/// its own duplicate. An emulator of our own is left out: its ids are its own.
pub(super) fn in_two_lists(observed: &Observed) -> Option<Diagnostic> {
    let mut places: BTreeMap<&BatchId, &ProviderName> = BTreeMap::new();
    let real = observed.batches.iter().filter(|batch| !batch.sandbox);
    let both = real.into_iter().find_map(|batch| {
        let first = places.insert(&batch.id, &batch.provider)?;
        (*first != batch.provider).then_some((first, &batch.provider))
    });
    both.map(|(one, other)| two_names(one, other))
}

/// The fault of two names for one account.
pub fn two_names(one: &ProviderName, other: &ProviderName) -> Diagnostic {
    let message = format!("`{one}` and `{other}` are the same account: nothing is planned");
    Diagnostic::error(&diagnostics::ONE_ACCOUNT, message)
        .hint("keep one of the two under `providers` in campanile.yaml")
}
