//! Templates to messages, segments and estimates.

mod gsm7;
mod segments;

pub use segments::{Segmented, outside_gsm, segment, units_per_segment};
