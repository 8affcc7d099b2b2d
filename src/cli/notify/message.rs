//! A message in the form of its hook, and the signature of the one that has a form of our own. Pure.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::events::Happened;
use crate::campaign::NotifyFormat;
use crate::model::Instant;
use crate::report::FORMAT_VERSION;

/// What a hook gets.
pub(super) struct Message<'a> {
    /// The project's namespace.
    pub namespace: &'a str,
    /// The time of the run.
    pub now: Instant,
    /// What happened.
    pub happened: &'a Happened,
    /// Where the run can be read.
    pub link: Option<String>,
}

/// The request's body.
pub(super) fn body(format: NotifyFormat, message: &Message<'_>) -> String {
    let happened = message.happened;
    let title = format!("Campanile {}: {}", message.namespace, happened.headline);
    let document = match format {
        NotifyFormat::Slack => {
            // Campaigns are named `[a-z0-9-]`: nothing here is Slack's markup but the link.
            let link = message
                .link
                .as_ref()
                .map_or_else(String::new, |link| format!(" <{link}|run>"));
            json!({ "text": format!("{title}{link}") })
        }
        NotifyFormat::Teams => {
            let mut card = json!({
                "type": "AdaptiveCard",
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "version": "1.4",
                "body": [{ "type": "TextBlock", "text": title, "wrap": true }],
            });
            if let (Some(link), Some(card)) = (&message.link, card.as_object_mut()) {
                let action = json!([{ "type": "Action.OpenUrl", "title": "run", "url": link }]);
                card.insert("actions".to_owned(), action);
            }
            json!({
                "type": "message",
                "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }],
            })
        }
        NotifyFormat::Json => {
            let counts: Map<String, Value> = happened
                .counts
                .iter()
                .map(|(name, count)| ((*name).to_owned(), json!(count)))
                .collect();
            json!({
                "format_version": FORMAT_VERSION,
                "event": happened.event.as_str(),
                "namespace": message.namespace,
                "now": message.now.to_string(),
                "message": happened.headline,
                "counts": counts,
                "link": message.link,
            })
        }
    };
    document.to_string()
}

/// `sha256=` and the HMAC-SHA-256 (RFC 2104) of the body in hexadecimal digits.
pub(super) fn signature(key: &str, body: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes
        .iter()
        .fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_as_rfc_4231_has_it() {
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
