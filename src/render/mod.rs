//! Templates to messages, segments and estimates.

mod engine;
mod fault;
mod gsm7;
mod names;
mod predicate;
mod program;
mod reserved;
mod segments;

pub use engine::MAX_MESSAGE_BYTES;
pub use fault::RenderFault;
pub use names::{Names, merged_vars};
pub use predicate::{Matcher, Predicate};
pub use program::{Program, Renderer, Row};
pub use reserved::{OCCURRENCE_FIELDS, Occurrence, RECIPIENT_FIELDS, bucket};
pub use segments::{Segmented, outside_gsm, segment, units_per_segment};
