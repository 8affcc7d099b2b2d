//! One file of a list of several.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::project::diagnostics;
use crate::project::sources::{OpenError, Trouble};

/// A part of a list.
pub(super) struct ListPart {
    /// Where it is.
    pub(super) real: PathBuf,
    /// What messages call it.
    pub(super) name: Arc<str>,
}

/// Another part than the first has other columns.
pub(super) fn differs(path: &Path, part: &ListPart) -> OpenError {
    let why = format!(
        "has parts with different columns: `{}` and the one before it",
        part.name
    );
    Trouble::new(path, &diagnostics::PARTS, why)
        .hint("parts of one run have the same columns; write them to a new, empty folder")
        .into()
}
