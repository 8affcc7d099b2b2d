//! Why something is refused, or could not be read or done, in words that a message repeats.

/// The words: lower case, no full stop, values in backticks. Which diagnostic they belong to is known to who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WhyNot(pub String);

impl From<&str> for WhyNot {
    fn from(words: &str) -> Self {
        Self(words.to_owned())
    }
}

impl From<String> for WhyNot {
    fn from(words: String) -> Self {
        Self(words)
    }
}
