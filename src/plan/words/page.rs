//! Title and page of one word.

/// Title and page of one word.
pub type WordPage = (&'static str, &'static str);
