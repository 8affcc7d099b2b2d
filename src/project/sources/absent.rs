//! A kind of source that this build leaves out.

use std::path::Path;

use super::{OpenError, Trouble};
use crate::project::diagnostics;

/// What would be read, and the feature that reads it.
pub(super) fn without(name: &Path, feature: &str) -> OpenError {
    let why = format!("cannot be read: this program was built without `{feature}`");
    Trouble::new(name, &diagnostics::NOT_CONNECTED, why)
        .hint(format!("build it with `--features {feature}`"))
        .into()
}
