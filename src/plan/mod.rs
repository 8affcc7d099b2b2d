//! Desired batches, existing batches and the clock to a [`Plan`]: a pure function.
//!
//! In: what the files want ([`Desired`]), what every provider holds ([`Observed`]), what our journal remembers
//! ([`JournalFacts`]), `now`, [`Policy`]. Out: an ordered list of operations, each with a closed-enum reason, and
//! everything that is kept, held or later. Never: an effect, a second clock, a decision left to `apply`.
//!
//! A create spends money, reaches people and cannot be undone; a cancel only means silence. So every rule below closes
//! a way to text somebody twice, and whatever is in doubt is held, with its reason and the way to allow it.
//!
//! # What one of our batches is (`classify`)
//! *Planned*: the provider says so and its first window is ahead by the clock. *Silent*: canceled and proved that no
//! message left, or gone after our own DELETE came in time. *Stopped*: silent, and not by our journal's doing. *Begun*:
//! everything else, any doubt. Planned and begun together are *live*. A create without an answer is live while it may
//! exist; when the list shows its reference only after `list_lag`, that may be another machine's, and it is live beside
//! it.
//!
//! # The decision, slot by slot (`table`, `orphans`)
//! | # | desired slot | our batches of that slot | decision |
//! |---|---|---|---|
//! | 1 | opens at least `freeze_before` ahead, inside the horizon | none | create |
//! | 2 | nearer or open already, last `closes` ahead | none | held `starts_now`, or by an override what is left of the windows, none opening sooner than `settle` |
//! | 3 | any time ahead | one planned, same fingerprint | keep; drift is put right or a warning |
//! | 4 | in time | one planned, other fingerprint | replace; *desired* nearer than `freeze_before`: held `too_late`; the old one may be moved away until 2 minutes before it opens |
//! | 5 | in time | several planned | repair, then 3 or 4 |
//! | 6 | any | a begun one | `already_sent`: never again |
//! | 7 | in time | nothing live, a stopped one that may share people | held `canceled_at_provider` |
//! | 8 | all windows closed | planned elsewhere | cancel; otherwise held `window_passed` |
//! | 9 | beyond the horizon | none / planned | later / rows 3-5 |
//! | 10 | none: file removed, `state: canceled`, not in the schedule | planned | cancel, subject to the cancel guards |
//! | 11 | none, but its occurrence is desired | planned | cancel unless a successor is held |
//! | 12 | none | begun / silent | held `sending` / history |
//! | 13 | any | foreign | counted |
//!
//! # Across slots
//! | rule | module |
//! |---|---|
//! | repair comes first: two live batches of one occurrence with one slot or a person in common; twins under another name | `repair` |
//! | one person, one live batch; a create waits for the cancels of this plan, and is held with them | `sharing`, `verdict` |
//! | renames: campaigns without a file, other namespaces | `renamed` |
//! | edited schedules, raised revisions | `edited` |
//! | a suppressed number beats every hold | `suppressed` |
//! | a namespace that may be another project's: nothing at all | `first_contact` |
//! | batches at accounts that are no longer configured | `other_account` |
//! | references that are almost ours | `unreadable` |
//! | what is canceled must be provably silent | `silence` |
//! | people whom nobody put into a kept batch | `membership` |
//! | opt-outs that cannot be read hold what would be sent | `opt_outs` |
//! | two equal batches, windows that a provider cannot take | `refusals` |
//! | parts that open one step after the other | `pace` |
//! | limits and their overrides; what has no price | `guards`, `money`, `unpriced` |
//! | lists that shrank: who would be left out unnoticed | `shrink` |
//! | more marketing texts than a person may get: people left out before anything else is decided, or held | `pressure` |
//!
//! # Where the rules leave room
//! What never texts anybody twice comes first, then what holds least.
//! - Renames and edited schedules are judged batch by batch, by the people in them: a part that holds none of the same
//!   people is created. For people whom a planned batch of the occurrence holds already nothing is asked again; for all
//!   others it is, even when the occurrence has live batches (a rename may have broken off half way).
//! - A brake on a batch is a brake on its group's part, with whatever people it has now, and on every part of the occurrence that was
//!   never created, until what was stopped is resumed. For people whom a planned batch of the
//!   occurrence would text anyway it was released before: without a journal every cancel of ours looks like a brake.
//! - A one-off's revision names no moment: for a campaign of another name it is no "same occurrence".
//! - Repair needs certainty (people read, or the same slot); what cannot be read only stops creates.
//! - An occurrence beyond the horizon that has planned batches is kept up like any other.
//! - `--campaign` narrows everything but repairs and suppressions.
//! - While a campaign file cannot be read, no batch of a campaign without a file is canceled: it may be that file's.

mod classify;
pub mod diagnostics;
mod digest;
mod division;
mod draft;
mod drift;
mod edited;
mod facts;
mod first_contact;
mod guard_messages;
mod guards;
mod held;
mod held_ends;
mod hold_messages;
mod membership;
mod money;
mod needs;
mod occurrence_guards;
mod operation;
mod opt_outs;
mod order;
mod orphans;
mod other_account;
mod overrides;
mod overview;
mod pace;
mod part_index;
mod parts;
mod people;
#[expect(clippy::module_inception, reason = "the file of the type `Plan`")]
mod plan;
mod policy;
mod pressure;
mod previous;
mod refusals;
mod remarks;
mod renamed;
mod repair;
mod scope;
mod sharing;
mod shrink;
mod silence;
mod spans;
mod suppressed;
mod table;
mod unpriced;
mod unread;
mod unreadable;
mod verdict;
mod watched;
mod words;
mod world;
mod write;

pub use facts::{
    ElsewhereBatch, JournalFacts, KnownBatch, Need, NeedKind, Observed, OurCancel, Said, UnknownCreate, newly_lost,
    two_names,
};
pub use held::{HeldContent, HeldItem, HeldReason};
pub use operation::{
    Action, Changed, Content, Deadline, How, Operation, OperationDigest, Peers, Reason, Target, windows_still_ahead,
};
pub use plan::{CampaignPace, CampaignSummary, GuardLine, KeptItem, LaterItem, Plan, PlanSummary};
pub use policy::{InstantSpelling, InvalidOverride, Override, Policy, ProviderFacts, Scope, Unread};
pub use pressure::{SkippedPeople, without_skipped};
pub use previous::Previous;
pub use words::{Meaning, WordKind, all_meanings, meanings};

use crate::desired::Desired;
use crate::model::Instant;

use pressure::leave_out;
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
    if !is_readable(observed, policy) || facts::in_two_lists(observed).is_some() {
        return Vec::new();
    }
    let wanted = leave_out(desired, observed, journal, now, policy);
    if !wanted.needs.is_empty() {
        return wanted.needs;
    }
    let world = World::new(&wanted.desired, observed, journal, now, policy);
    let draft = verdict(&world);
    drop(draft);
    world.needs()
}

/// The decision: what to create, replace, cancel, keep and hold. See the table above.
pub fn decide(desired: &Desired, observed: &Observed, journal: &JournalFacts, now: Instant, policy: &Policy) -> Plan {
    let in_two_lists = facts::in_two_lists(observed);
    let fault = in_two_lists.or_else(|| (!is_readable(observed, policy)).then(facts::incomplete));
    if let Some(fault) = fault {
        let world = World::new(desired, observed, journal, now, policy);
        return overview::nothing(&world, vec![fault]);
    }
    let wanted = leave_out(desired, observed, journal, now, policy);
    let world = World::new(&wanted.desired, observed, journal, now, policy);
    if !wanted.faults.is_empty() {
        return overview::nothing(&world, wanted.faults);
    }
    let draft = verdict(&world);
    let mut faults = desired.faults();
    faults.extend(wanted.desired.faults());
    if !faults.is_empty() {
        faults.dedup();
        return overview::nothing(&world, faults);
    }
    overview::plan(&world, draft, &wanted.skipped)
}

/// A list that may be cut decides nothing; offline there is none.
fn is_readable(observed: &Observed, policy: &Policy) -> bool {
    observed.complete || policy.offline
}

#[cfg(test)]
mod tests;
