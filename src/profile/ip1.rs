//! iP.1's SMS API v2.

use super::{Capabilities, Profile, Surcharge};

pub(super) const PROFILE: Profile = Profile {
    verified: "2026-11-22",
    vendor: "iP.1",
    can: Capabilities {
        // No maximum is documented; this is ours.
        most_recipients: 100_000,
        max_windows: None,
        max_window_span: None,
        max_horizon: None,
        list_memory: None,
        replaces_in_place: false,
        removes_in_place: false,
        repairs_drift: false,
        keeps_tags: true,
        silence_may_be_unprovable: true,
        has_dry_run: false,
        lists_people: false,
    },
    keeps_opt_outs: true,
    takes_priority: true,
    chooses_reports: false,
    takes_feedback: false,
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
