//! The diagnostics of time, C3xx, each with its page for `campanile explain`.

use crate::model::Code;

/// No zone has this name.
pub const UNKNOWN_ZONE: Code = Code {
    id: "C301",
    title: "unknown time zone",
    page: "A time zone is named as the IANA database names it, capitals included:
`Europe/Stockholm`, `America/New_York`, `UTC`. Abbreviations like `CEST` or
`EDT` are no zones: they do not say when clocks change.

    delivery:
      timezone: Europe/Stockholm

The database is part of the program (`campanile --version` tells its release),
so that every machine resolves a file to the same instants. A zone that is
newer than the program needs a newer program.",
};

/// Every code of this module.
pub const ALL: &[Code] = &[UNKNOWN_ZONE];
