//! Title and page of one word.

/// Title and page of one word.
pub type Page = (&'static str, &'static str);
