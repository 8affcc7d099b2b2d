//! Sinch Batches API, XMS (`providers/sinch.md`; vendor page read 2026-11-22).
//!
//! `calls` says what is asked and what an answer means, `wire` is how JSON looks, `convert` turns it into the words of
//! `model` and back, `paging` decides when a list is complete. A batch has no status here, only `canceled`: whether it
//! has begun is told by `send_at` and a clock, whether anything left by its delivery report.

mod calls;
mod convert;
mod paging;
#[cfg(test)]
mod tests;
mod wire;

pub use calls::Sinch;
