//! Walks a plan; decides nothing.
//!
//! In: a [`Plan`](crate::plan::Plan), the providers, a clock, a journal, and where texts come from. Out: what became of
//! every operation. Never: an operation that the plan does not hold (repairs and cancels found when reading back apart,
//! which only ever silence), a POST sent twice, a call that was not written down before it left.
//!
//! ```text
//! observe (lists, proofs, people) -> plan -> walk: cancel -> prove silent -> create      -> read back -> repairs
//!                                            each: fresh read, clock, journal, call, journal
//! ```
//!
//! `stop` is here too ([`Brake`]): it has no plan, and cancels whatever it finds.

mod approval;
mod baselines;
mod brake;
mod breaker;
mod came;
mod cancel;
mod cancels;
mod carry_out;
mod changes;
mod compaction;
mod create;
mod creates;
mod echo;
mod facts;
mod group;
mod in_place;
mod journal;
mod limits;
mod listed;
mod look;
mod observe;
mod outcome;
mod people;
mod progress;
mod read_back;
mod run_context;
mod said;
mod side_by_side;
mod tally;
#[cfg(test)]
mod testing;
mod together;
mod walk;
mod whose;

pub use approval::{Approved, approve, approve_smaller};
pub use baselines::{baselines, note_lists};
pub use brake::Brake;
pub use cancel::{CancelEnding, GROUND, cancel};
pub use carry_out::{Orders, carry_out};
pub use compaction::compacted;
pub use facts::facts;
pub use journal::{Call, CallOutcome as Known, Event, Finished, FinishedCancel, Journal, Line, Says, parse_lines};
pub use observe::{Observation, note_what_was_settled, observe, reconsider};
pub use outcome::{Halt, Outcome, Report, Step};
pub use progress::Progress;
pub use run_context::MAX_SKEW;
pub use run_context::{JournalFailed, PayloadSource, RunClock, RunContext};
pub use tally::Tally;
