//! iP.1's SMS API v2.

use super::{Profile, Surcharge};

pub(super) const PROFILE: Profile = Profile {
    verified: "2026-11-22",
    // "Send SMS"; whether before or after templating is not said.
    longest_body: 2000,
    longest_value: None,
    placeholder: ["{", "}"],
    reserved: &["{", "}"],
    reserved_in_words: "`{` or `}`",
    escape: None,
    codes_whole_batches: true,
    surcharge: Some(Surcharge(&[("SEK", 10, 2), ("EUR", 1, 2)])),
    segment_guard: None,
};
