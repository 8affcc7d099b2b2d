//! Title and page of one word.

/// Title and page of one word.
pub(super) type WordPage = (&'static str, &'static str);
