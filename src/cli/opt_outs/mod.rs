//! What people told the accounts: asked, written down, shown.
//!
//! In: the project and its accounts. Out: who must not be texted, what is new, counts and masked numbers. Never: a row
//! taken away, a list that may be cut taken for the whole.

mod file;
mod hear;
mod heard;
mod show;

pub use file::{FileError, append, read as read_file};
pub use hear::{hear, incoming};
pub use heard::{Heard, HeardAccount, Way};
pub use show::PullSummary;
