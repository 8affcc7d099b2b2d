//! Opt-outs at the accounts: read, written to a file, shown.
//!
//! In: the project and its accounts. Out: who must not be texted, what is new, counts and masked numbers. Never: a row
//! removed, a list that may be cut taken for the whole.

mod file;
mod hear;
mod heard;
mod show;

pub(super) use file::{FileError, append, read as read_file};
pub(super) use hear::{hear, incoming, listen_for_people};
pub(super) use heard::{Heard, HeardAccount, Way};
pub(super) use show::PullSummary;
