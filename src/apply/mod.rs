//! Walks a plan; decides nothing.
//!
//! In: a [`Plan`](crate::plan::Plan), the providers, a clock, a journal, and where texts come from. Out: what became of
//! every operation. Never: an operation that the plan does not hold (repairs and cancels found when reading back apart,
//! which only ever silence), a POST sent twice, a call that was not written down before it left.
//!
//! ```text
//! observe (lists, proofs, people) -> plan -> walk: cancel -> prove silent -> create      -> look again -> repairs
//!                                            each: fresh read, clock, journal, call, journal
//! ```

mod approval;
mod baselines;
mod cancel;
mod cancels;
mod carry_out;
mod compaction;
mod create;
mod creates;
mod echo;
mod facts;
mod in_place;
mod journal;
mod listed;
mod observe;
mod outcome;
mod progress;
mod read_back;
mod run_context;
mod said;
#[cfg(test)]
mod testing;
mod together;
mod walk;
mod whose;

pub use approval::{Approved, approve, approve_smaller};
pub use baselines::{baselines, note_lists};
pub use cancel::{CancelEnding, GROUND, cancel};
pub use cancels::canceled_by_apply;
pub use carry_out::{Orders, carry_out};
pub use compaction::compacted;
pub use facts::facts;
pub use journal::{Call, CallOutcome as Known, Event, Finished, FinishedCancel, Journal, Line, Says, parse_lines};
pub use observe::{Observation, note_what_was_settled, observe, reconsider};
pub use outcome::{Halt, Outcome, Report, Step};
pub use progress::Progress;
pub use run_context::MAX_SKEW;
pub use run_context::{JournalFailed, PayloadSource, RunClock, RunContext, journaled};
