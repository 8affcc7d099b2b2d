//! Sinch.
