//! iP.1 SMS API v2 (`providers/ip1.md`; vendor pages read 2026-11-22).
//!
//! `calls` says what is asked and what an answer means, `wire` is how JSON looks, `convert` turns it into the words of
//! `model` and back, `paging` decides when a list is complete. Batches are immutable here: there is no change in place.

mod calls;
mod convert;
mod paging;
#[cfg(test)]
mod tests;
mod wire;

pub use calls::Ip1;
