//! Desired batches, existing batches and the clock to a [`Plan`]: a pure function.
//!
//! In: what the files want ([`Desired`]), what every provider holds ([`Observed`]), what our journal remembers
//! ([`JournalFacts`]), `now`, [`Policy`]. Out: an ordered list of operations, each with a closed-enum reason, and
//! everything that is kept, held or later. Never: an effect, a second clock, a decision left to `apply`.

mod desired;
mod facts;
mod held;
mod mutants;
mod operation;
mod outcome;
mod policy;

pub use desired::{
    Buckets, CronSchedule, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, Presence, Settings,
    Totals, UcsCause,
};
pub use facts::{JournalFacts, KnownBatch, Need, NeedKind, Observed, OurCancel, UnknownCreate, newly_lost};
pub use held::{HeldItem, HeldReason};
#[cfg(any(test, feature = "mutants"))]
pub use mutants::set_mutant;
pub use mutants::{Mutant, mutant};
pub use operation::{
    Action, Changed, Content, Deadline, How, Operation, OperationDigest, Peers, Reason, Target, windows_still_ahead,
};
pub use outcome::{CampaignSummary, GuardLine, KeptItem, LaterItem, Plan, Summary};
pub use policy::{Finding, InvalidOverride, Override, Policy, ProviderFacts, Scope, Suppressions};

use crate::model::Instant;

/// What must still be read before [`decide`] can be trusted: the shell reads it, fills it in, and asks again until
/// nothing is missing. Only what can matter is asked for. What is not read counts as the worst it could be.
pub fn needs(
    desired: &Desired,
    observed: &Observed,
    journal: &JournalFacts,
    now: Instant,
    policy: &Policy,
) -> Vec<Need> {
    let _ = (desired, observed, journal, now, policy);
    Vec::new()
}

/// The decision: what to create, replace, take away, keep and hold. See the table above.
pub fn decide(desired: &Desired, observed: &Observed, journal: &JournalFacts, now: Instant, policy: &Policy) -> Plan {
    let _ = (desired, journal);
    Plan {
        namespace: policy.namespace.clone(),
        now,
        complete: observed.complete,
        offline: policy.offline,
        partial: policy.selected.is_some(),
        operations: Vec::new(),
        held: Vec::new(),
        kept: Vec::new(),
        later: Vec::new(),
        foreign: 0,
        history: 0,
        campaigns: Vec::new(),
        guards: Vec::new(),
        overrides_used: Vec::new(),
        diagnostics: Vec::new(),
        next_apply_by: None,
        digest: String::new(),
    }
}
