//! Templates to messages, segments and estimates: WHAT is sent.
//!
//! In: a campaign's templates with their places, the names of a list's columns, then its rows one by one. Out: texts,
//! counts that can be summed over threads in any order, and, for the parts that are sent, what goes on the wire. Never: a
//! text that depends on a clock, on chance or on the order of rows; a row's value in a message for humans; a text kept.
//!
//! ```text
//!  body, where --Program, Predicate::compile--> syntax (tree) -> check (names, kinds) -> compiled, or Tera behind guard
//!  row         --Renderer::render_as----------> text -> transliterate -> segment -> PriceTable, Causes
//!  part        --Renderer::message, Shape-----> payload (plain list, template with cells, or whole messages)
//! ```

mod bare;
mod causes;
mod check;
mod compile;
mod compiled;
mod counted;
mod destroyed;
pub mod diagnostics;
mod engine;
mod fault;
mod filters;
mod foreign_tags;
mod gsm7;
mod guard;
mod lines;
mod meant;
mod measure;
mod money;
mod names;
mod occurring;
mod place;
mod predicate;
mod program;
mod renderer;
mod reserved;
mod row;
mod row_faults;
mod segments;
mod steps;
mod syntax;
mod template;
#[cfg(test)]
mod tests;
mod transliterate;
mod transport;
mod why;

pub use causes::{Cause, Causes, Saving};
pub use counted::Counted;
pub use destroyed::{Destroyed, destroyed};
pub use engine::MAX_MESSAGE_BYTES;
pub use fault::RenderFault;
pub use money::{PriceClass, PriceTable, SegmentsByClass};
pub use names::{Names, merged_vars};
pub use occurring::Occurring;
pub use predicate::{Matcher, Predicate};
pub use program::{Cell, Program};
pub use renderer::Renderer;
pub use reserved::{OCCURRENCE_FIELDS, OccurrenceVariable, RECIPIENT_FIELDS, VARIANT_FIELDS, bucket};
pub use row::Row;
pub use row_faults::{ListNames, RowFaults, UnsendableRow};
pub use segments::{Segmented, outside_gsm, segment, units_per_segment};
pub use transliterate::{replacement, transliterate_into};
pub use transport::{Message, Refused, Shape, WireFault, payload, wire_fault};
