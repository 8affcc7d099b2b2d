//! Templates to messages, segments and estimates.
