//! Who has opted out by text: the words people use, and the file in which their wishes are written down.
//!
//! In: texts that came in, and the rows of the file. Out: the numbers that must not be texted. Pure. Never: a part of a
//! text taken for an opt-out, a wish forgotten because a row is torn, a number or a text in a message.

mod ledger;
mod words;

pub use ledger::{HEADER, Ledger, LedgerEntry, UnreadableRow, What, row};
pub use words::{Asked, WORDS, Wish, Word, asked};
