//! Settings that one API alone has, as `NewBatch` carries them and as the fingerprint sees them.
//!
//! The canonical text is part of the fingerprint: a release that moved it would send campaigns again. It is empty when
//! all settings are default, and one `key=value` a line in order of the keys else.

use std::collections::BTreeMap;

/// Sinch's: which delivery report is posted (`none summary full per_recipient per_recipient_final`; unset is the
/// vendor's default, or `per_recipient` where there is a report URL), and whether feedback will be given.
pub fn sinch_extra(delivery_report: Option<&str>, feedback: bool) -> BTreeMap<String, String> {
    let report = delivery_report.map(|kind| ("delivery_report".to_owned(), kind.to_owned()));
    let feedback = feedback.then(|| ("feedback_enabled".to_owned(), "true".to_owned()));
    report.into_iter().chain(feedback).collect()
}

/// The canonical text.
pub fn extra_text(extra: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = extra.iter().map(|(key, value)| format!("{key}={value}")).collect();
    lines.join("\n")
}

/// The settings of a canonical text.
pub fn extra_of(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
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
}
