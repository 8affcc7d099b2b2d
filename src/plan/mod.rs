//! Desired batches, existing batches and the clock to a [`Plan`]: a pure function.
//!
//! In: what the files want ([`Desired`]), what every provider holds ([`Observed`]), what our journal remembers
//! ([`JournalFacts`]), `now`, [`Policy`]. Out: an ordered list of operations, each with a closed-enum reason, and
//! everything that is kept, held or later. Never: an effect, a second clock, a decision left to `apply`.

mod classify;
pub mod codes;
mod desired;
mod digest;
mod draft;
mod drift;
mod edited;
mod facts;
mod guards;
mod held;
mod money;
mod mutants;
mod occurrences;
mod operation;
mod order;
mod orphans;
mod outcome;
mod overview;
mod parts;
mod policy;
mod refusals;
mod renamed;
mod repair;
mod sharing;
mod suppressed;
mod table;
mod tally;
mod texts;
mod verdict;
mod world;
mod write;

pub use desired::{
    Buckets, CronSchedule, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, Presence, Settings,
    Totals, UcsCause,
};
pub use facts::{JournalFacts, KnownBatch, Need, NeedKind, Observed, OurCancel, UnknownCreate, newly_lost};
pub use held::{HeldItem, HeldReason};
#[cfg(any(test, feature = "mutants"))]
pub use mutants::set_mutant;
pub use mutants::{Mutant, mutant};
pub use occurrences::{Firing, Opening, When, ZoneRule, when};
pub use operation::{
    Action, Changed, Content, Deadline, How, Operation, OperationDigest, Peers, Reason, Target, windows_still_ahead,
};
pub use outcome::{CampaignSummary, GuardLine, KeptItem, LaterItem, Plan, Summary};
pub use policy::{Finding, InvalidOverride, Override, Policy, ProviderFacts, Scope, Suppressions};
pub use tally::{Occasion, OwnZones, TalliedGroup, Tally, TallySettings, tally};

use crate::model::Instant;

use verdict::verdict;
use world::World;

/// What must still be read before [`decide`] can be trusted: the shell reads it, fills it in, and asks again until
/// nothing is missing. Only what can matter is asked for. What is not read counts as the worst it could be.
pub fn needs(
    desired: &Desired,
    observed: &Observed,
    journal: &JournalFacts,
    now: Instant,
    policy: &Policy,
) -> Vec<Need> {
    if !is_readable(observed, policy) {
        return Vec::new();
    }
    let world = World::new(desired, observed, journal, now, policy);
    let draft = verdict(&world);
    drop(draft);
    world.needs()
}

/// The decision: what to create, replace, take away, keep and hold. See the table above.
pub fn decide(desired: &Desired, observed: &Observed, journal: &JournalFacts, now: Instant, policy: &Policy) -> Plan {
    let world = World::new(desired, observed, journal, now, policy);
    if is_readable(observed, policy) {
        let draft = verdict(&world);
        overview::plan(&world, draft)
    } else {
        overview::nothing(&world)
    }
}

/// A list that may be cut decides nothing; offline there is none.
fn is_readable(observed: &Observed, policy: &Policy) -> bool {
    observed.complete || policy.offline || mutant(Mutant::IncompleteListPlanned)
}

#[cfg(test)]
mod tests;
