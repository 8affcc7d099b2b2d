//! A kind of source that this build leaves out.

use std::path::Path;

use super::{OpenError, Trouble};
use crate::project::diagnostics;

/// What would be read, and the feature that reads it.
pub(super) fn without(name: &Path, feature: &str) -> OpenError {
    let why = format!("cannot be read: this binary was built without `{feature}`");
    Trouble::new(name, &diagnostics::NOT_CONNECTED, why)
        .hint(format!(
            "use a release, or build it with the feature `{feature}`, which is on by default"
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_named_with_the_way_to_get_it() {
        let told = without(Path::new("../exports/members"), "parquet").diagnostic();
        assert_eq!(
            told.message,
            "`../exports/members` cannot be read: this binary was built without `parquet`"
        );
        assert!(told.is_error() && told.hints[0].contains("the feature `parquet`"));
    }
}
