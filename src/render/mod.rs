//! Templates to messages, segments and estimates.

mod causes;
mod check;
pub mod codes;
mod compiled;
mod engine;
mod fault;
mod filters;
mod gsm7;
mod guard;
mod lines;
mod money;
mod names;
mod place;
mod predicate;
mod program;
mod reserved;
mod row_faults;
mod segments;
mod steps;
mod syntax;
#[cfg(test)]
mod tests;
mod transliterate;
mod transport;

pub use causes::{Cause, Causes, Saving};
pub use engine::MAX_MESSAGE_BYTES;
pub use fault::RenderFault;
pub use money::{PriceClass, PriceTable, SegmentsByClass};
pub use names::{Names, merged_vars};
pub use predicate::{Matcher, Predicate};
pub use program::{Program, Renderer, Row};
pub use reserved::{OCCURRENCE_FIELDS, Occurrence, RECIPIENT_FIELDS, bucket};
pub use row_faults::{RowFault, RowFaults};
pub use segments::{Segmented, outside_gsm, segment, units_per_segment};
pub use transliterate::{replacement, transliterate_into};
pub use transport::{Message, Refused, Shape, WireFault, body_limit, payload, wire_fault};
