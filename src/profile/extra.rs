//! Settings that one API alone has, as `NewBatch` carries them and as the fingerprint sees them.
//!
//! The canonical text is part of the fingerprint: a release that moved it would send campaigns again. It is empty when
//! all settings are default, and one `key=value` a line in order of the keys else.

use std::collections::BTreeMap;

use super::Profile;
use crate::model::Api;

/// Sinch's: which delivery report is posted (`none summary full per_recipient per_recipient_final`; unset is the
/// vendor's default, or `per_recipient` where there is a report URL), and whether feedback will be given.
pub(crate) fn sinch_extra(delivery_report: Option<&str>, feedback: bool) -> BTreeMap<String, String> {
    let report = delivery_report.map(|kind| ("delivery_report".to_owned(), kind.to_owned()));
    let feedback = feedback.then(|| ("feedback_enabled".to_owned(), "true".to_owned()));
    report.into_iter().chain(feedback).collect()
}

/// The canonical text.
pub(crate) fn extra_text(extra: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = extra.iter().map(|(key, value)| format!("{key}={value}")).collect();
    lines.join("\n")
}

/// The settings of a canonical text.
fn extra_of(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The settings of a batch: those of the text, and the most segments that a message of it may have, so that a provider
/// that counts otherwise does not bill more. No message that the plan has shown is cut: the longest may go.
pub(crate) fn batch_extra(text: &str, api: Api, most_segments: Option<u32>, longest: u32) -> BTreeMap<String, String> {
    let mut extra = extra_of(text);
    if let (Some(setting), Some(most)) = (Profile::of(api).segment_guard, most_segments) {
        extra.insert(setting.to_owned(), most.max(longest).to_string());
    }
    extra
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_text_never_moves() {
        assert_eq!(extra_text(&sinch_extra(None, false)), "");
        let extra = sinch_extra(Some("summary"), true);
        assert_eq!(extra_text(&extra), "delivery_report=summary\nfeedback_enabled=true");
        assert_eq!(extra_of(&extra_text(&extra)), extra);
    }

    #[test]
    fn the_guard_on_segments_goes_with_the_batch_where_the_provider_knows_it() {
        let parts = |api, most, longest| batch_extra("", api, most, longest).into_values().next();
        assert_eq!(parts(Api::Sinch, Some(3), 1), Some("3".to_owned()));
        assert_eq!(
            parts(Api::Sinch, Some(3), 5),
            Some("5".to_owned()),
            "allowed by a person"
        );
        assert_eq!(parts(Api::Sinch, None, 5), None);
        assert_eq!(parts(Api::Ip1, Some(3), 1), None);
    }
}
