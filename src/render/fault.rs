//! What can go wrong with one row. Never holds a value of the row: places and counts only.

use crate::model::Place;

/// Why a row has no message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RenderFault {
    /// The message is empty or blank.
    #[error("the message is empty or blank")]
    Blank,
    /// The message would be longer than [`super::MAX_MESSAGE_BYTES`].
    #[error("the message is longer than any provider takes")]
    TooLong,
    /// The template cannot be computed for this row (a filter refuses the cell, a loop runs too long).
    #[error("{message}")]
    Template {
        /// Where in the template.
        place: Place,
        /// What is wrong, without the row's values.
        message: String,
    },
}
