//! The text of `--version`.

use std::sync::LazyLock;

use crate::schedule::tzdb_version;

/// `campanile 0.1.0`, as plans carry it.
pub(super) const TOOL: &str = concat!("campanile ", env!("CARGO_PKG_VERSION"));

/// The day of the commit that this program was built from, as manual pages carry it: `2026-11-30`; empty when it is not
/// known.
pub(super) const DATE: &str = env!("CAMPANILE_COMMIT_DATE");

/// Version, commit and zone data, as `--version` prints them.
pub(super) static LONG: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}{}\ntime zone data: {}",
        env!("CARGO_PKG_VERSION"),
        env!("CAMPANILE_COMMIT_SUFFIX"),
        tzdb_version()
    )
});
