//! Results of campaigns: read once per finished batch, kept beside the journal, counted.
//!
//! In: batches of ours at the accounts. Out: counts, never a number but in the file that somebody asked for by name.

mod checkpoint;
mod count;
mod undeliverable;

pub(super) use checkpoint::{Checkpoint, line_of, opt_outs_of};
pub(super) use count::{CountedBatch, view};
pub(super) use undeliverable::{GivenUp, read as read_undeliverable};
