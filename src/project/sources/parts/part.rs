//! One file of a list of several.

use std::path::PathBuf;
use std::sync::Arc;

/// A part of a list.
pub(super) struct Part {
    /// Where it is.
    pub(super) real: PathBuf,
    /// What messages call it.
    pub(super) name: Arc<str>,
}
