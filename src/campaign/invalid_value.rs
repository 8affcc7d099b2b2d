//! Why a value is refused, in the words of its diagnostic. Its code and its place are known to the reader of the key.

/// The message: lower case, no full stop, values in backticks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct InvalidValue(pub String);
