//! Sinch's Batches API (XMS).

use super::Profile;

pub(super) const PROFILE: Profile = Profile {
    verified: "2026-11-22",
    // POST says 2000; dry run, update and replace say 1600 (Batches page).
    longest_body: 1600,
    // SMS REST guide of 2021 and its `OpenAPI` file; newer pages print no number.
    longest_value: Some(160),
    placeholder: ["${", "}"],
    reserved: &["${"],
    reserved_in_words: "`${`",
    // `$` before `${v1}` might be an escape: no document says.
    escape: Some('$'),
    codes_whole_batches: false,
    surcharge: None,
    segment_guard: Some("max_number_of_message_parts"),
};
