//! Sinch's Batches API (XMS).

use std::time::Duration;

use super::{Capabilities, Profile};

/// Recipients in a batch, in a removal, and in a dry run's details (docs/providers/sinch.md SEED).
pub(crate) const MOST_RECIPIENTS: u32 = 1000;
/// `expire_at` is at most, and by default, this much after `send_at`.
pub(crate) const LONGEST_WINDOW: Duration = Duration::from_hours(3 * 24);
/// The list reaches back 14 days; what may happen to an older `start_date` is not documented, so it stays within.
pub(crate) const LIST_MEMORY: Duration = Duration::from_hours(14 * 24 - 1);

pub(super) const PROFILE: Profile = Profile {
    verified: "2026-11-22",
    vendor: "Sinch",
    can: Capabilities {
        most_recipients: MOST_RECIPIENTS,
        max_windows: Some(1),
        max_window_span: Some(LONGEST_WINDOW),
        // They must be sent well before the list forgets them.
        max_horizon: Some(Duration::from_hours(10 * 24)),
        list_memory: Some(LIST_MEMORY),
        replaces_in_place: true,
        removes_in_place: true,
        repairs_drift: true,
        keeps_tags: false,
        silence_may_be_unprovable: false,
        has_dry_run: true,
        lists_people: true,
    },
    keeps_opt_outs: false,
    takes_priority: false,
    chooses_reports: true,
    takes_feedback: true,
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
