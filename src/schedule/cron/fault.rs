//! What is wrong with a schedule, and what would have been right.

/// What is wrong with the text of a schedule, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CronFault {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// From 1, in characters of the text.
    pub column: usize,
    /// How many characters; at least 1.
    pub length: usize,
    /// What can be done.
    pub hint: Option<String>,
    /// Whether the fields can be read and no date has them all.
    pub never_happens: bool,
}

impl CronFault {
    pub(super) fn whole(text: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let start = text.len() - text.trim_start().len();
        Self {
            message: message.into(),
            column: text.get(..start).map_or(0, |head| head.chars().count()) + 1,
            length: text.trim().chars().count().max(1),
            hint: Some(hint.into()),
            never_happens: false,
        }
    }
}
