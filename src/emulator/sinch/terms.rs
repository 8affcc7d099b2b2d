//! What a batch says: the fields of a send, replace or dry run, checked and in normal form.
//!
//! The limits are the vendor's, for each call as its page says: the send takes longer bodies and references than the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::clock::Instant;
use super::address::{Destination, destination, required_sender};
use super::fields::{Fields, missing};
use super::parameters::Parameters;
use super::refusal::Refusal;

/// Most entries of `to`, `to_add` and `to_remove`.
pub(super) const RECIPIENT_LIMIT: usize = 1000;
/// Default and longest time between `send_at` and `expire_at`.
const EXPIRY_MILLIS: i64 = 3 * 24 * 60 * 60 * 1000;
/// Most octets of a binary message, header included.
const BINARY_LIMIT: usize = 140;
const URL_LIMIT: usize = 2048;
const ANY_POSITIVE: u32 = i32::MAX.unsigned_abs();

/// Fields of a send, replace or dry run.
const FIELDS: [&str; 20] = [
    "type",
    "to",
    "from",
    "body",
    "udh",
    "parameters",
    "delivery_report",
    "send_at",
    "expire_at",
    "callback_url",
    "client_reference",
    "feedback_enabled",
    "flash_message",
    "truncate_concat",
    "max_number_of_message_parts",
    "from_ton",
    "from_npi",
    "campaign_id",
    "strict_validation",
    "subject",
];

/// The limits of the call at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Characters of a text body: 2000 on send, 1600 elsewhere.
    pub(super) body: usize,
    /// Characters of the client reference: 2048 on send and list, 128 elsewhere.
    pub(super) client_reference: usize,
}

/// What kind of message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A message with a text.
    #[default]
    #[serde(rename = "mt_text")]
    Text,
    /// Octets in Base64 with a user data header in hexadecimal.
    #[serde(rename = "mt_binary")]
    Binary,
    /// A link to a picture or film, sent as MMS.
    #[serde(rename = "mt_media")]
    Media,
}

/// The content: a text (Base64 when binary), or the object of a media message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Body {
    /// Text, or Base64.
    Text(String),
    /// A message with media.
    Media(Media),
}

/// What a media message carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Media {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Body {
    /// The text to expand: the body, or a media message's text, or its link.
    pub(super) fn text(&self) -> &str {
        match self {
            Body::Text(text) => text,
            Body::Media(media) => media.message.as_ref().unwrap_or(&media.url),
        }
    }
}

/// Which delivery reports are posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reporting {
    /// No delivery report.
    #[default]
    None,
    /// One, with counts.
    Summary,
    /// One, with counts and recipients.
    Full,
    /// One for each status change of each message.
    PerRecipient,
    /// One for each message, when its status is final.
    PerRecipientFinal,
}

/// A batch's fields; numbers are in normal form, parameters as sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Terms {
    pub(super) to: Vec<String>,
    pub(super) from: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    pub(super) body: Body,
    pub(super) udh: Option<String>,
    pub(super) parameters: Option<Parameters>,
    pub(super) delivery_report: Reporting,
    pub(super) send_at: Option<Instant>,
    pub(super) expire_at: Option<Instant>,
    pub(super) callback_url: Option<String>,
    pub(super) client_reference: Option<String>,
    pub(super) feedback_enabled: Option<bool>,
    pub(super) flash_message: Option<bool>,
    pub(super) truncate_concat: Option<bool>,
    pub(super) max_number_of_message_parts: Option<u32>,
    pub(super) from_ton: Option<u32>,
    pub(super) from_npi: Option<u32>,
}

impl Terms {
    /// Reads the body of a send, replace or dry run; relations between fields are left to `check`.
    pub(super) fn read(body: &[u8], limits: Limits) -> Result<Terms, Refusal> {
        let fields = Fields::read(body, &FIELDS)?;
        let to = fields.texts("to", 1, RECIPIENT_LIMIT)?.ok_or_else(|| missing("to"))?;
        let kind = read_kind(&fields)?.unwrap_or_default();
        Ok(Terms {
            to: destinations(&to, "to")?
                .into_iter()
                .map(Destination::into_text)
                .collect(),
            from: read_sender(&fields)?,
            kind,
            body: read_body(&fields, kind, limits.body)?.ok_or_else(|| missing("body"))?,
            udh: fields.text("udh", 2 * BINARY_LIMIT)?,
            parameters: fields.value("parameters").map(Parameters::read).transpose()?,
            delivery_report: read_reporting(&fields)?.unwrap_or_default(),
            send_at: fields.instant("send_at")?,
            expire_at: fields.instant("expire_at")?,
            callback_url: read_url(&fields)?,
            client_reference: fields.text("client_reference", limits.client_reference)?,
            feedback_enabled: fields.boolean("feedback_enabled")?,
            flash_message: fields.boolean("flash_message")?,
            truncate_concat: fields.boolean("truncate_concat")?,
            max_number_of_message_parts: fields.integer("max_number_of_message_parts", 1, ANY_POSITIVE)?,
            from_ton: fields.integer("from_ton", 0, 6)?,
            from_npi: fields.integer("from_npi", 0, 18)?,
        })
    }

    /// When it starts being sent, seen from `now`: a `send_at` that is past means at once.
    pub(super) fn due_at(&self, now: Instant) -> Instant {
        self.send_at.map_or(now, |send_at| send_at.max(now))
    }

    /// When the system stops trying, for a batch due at `due_at`.
    pub(super) fn expires_at(&self, due_at: Instant) -> Instant {
        self.expire_at
            .unwrap_or_else(|| self.send_at.unwrap_or(due_at).plus_millis(EXPIRY_MILLIS).max(due_at))
    }

    /// The rules between fields, and those that need the account: its default callback URL.
    pub(super) fn check(&self, now: Instant, default_callback: Option<&str>) -> Result<(), Refusal> {
        let send_at = self.send_at.unwrap_or(now);
        if let Some(expire_at) = self.expire_at {
            if expire_at <= send_at {
                return Err(Refusal::constraint("Parameter 'expire_at' must be after 'send_at'"));
            }
            if expire_at > send_at.max(now).plus_millis(EXPIRY_MILLIS) {
                return Err(Refusal::constraint(
                    "Parameter 'expire_at' must be at most 3 days after 'send_at'",
                ));
            }
        }
        self.check_binary()?;
        if self.delivery_report != Reporting::None && self.callback_url.is_none() && default_callback.is_none() {
            return Err(Refusal::forbidden(
                "missing_callback_url",
                "Requesting delivery report without any callback URL.",
            ));
        }
        Ok(())
    }

    fn check_binary(&self) -> Result<(), Refusal> {
        let (Kind::Binary, Body::Text(body)) = (self.kind, &self.body) else {
            return Ok(());
        };
        let octets = STANDARD.decode(body.trim()).map_err(|_| {
            Refusal::format("The format of parameter 'body' is invalid; the value is not valid Base64.")
        })?;
        let udh = self.udh.as_deref().ok_or_else(|| missing("udh"))?;
        if !udh.len().is_multiple_of(2) || !udh.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Refusal::format(
                "The format of parameter 'udh' is invalid; the value is not valid hexadecimal.",
            ));
        }
        if octets.len() + udh.len() / 2 > BINARY_LIMIT {
            return Err(Refusal::constraint(
                "Parameters 'body' and 'udh' must not be longer than 140 bytes together",
            ));
        }
        match self.parameters {
            Some(_) => Err(Refusal::constraint(
                "Parameter 'parameters' is not applicable to type 'mt_binary'",
            )),
            None => Ok(()),
        }
    }
}

/// Normalizes the entries of `to`, `to_add` or `to_remove`.
pub(super) fn destinations(entries: &[String], name: &str) -> Result<Vec<Destination>, Refusal> {
    entries
        .iter()
        .enumerate()
        .map(|(at, entry)| destination(entry, &format!("{name}[{at}]")))
        .collect()
}

/// The field `from`.
pub(super) fn read_sender(fields: &Fields) -> Result<Option<String>, Refusal> {
    fields.text("from", 64)?.map(|text| required_sender(&text)).transpose()
}

/// The field `type`.
pub(super) fn read_kind(fields: &Fields) -> Result<Option<Kind>, Refusal> {
    read_enum(fields, "type", "a valid batch type")
}

/// The field `delivery_report`.
pub(super) fn read_reporting(fields: &Fields) -> Result<Option<Reporting>, Refusal> {
    read_enum(fields, "delivery_report", "a valid delivery report type")
}

fn read_enum<T: serde::de::DeserializeOwned>(fields: &Fields, name: &str, wanted: &str) -> Result<Option<T>, Refusal> {
    let Some(text) = fields.text(name, 64)? else {
        return Ok(None);
    };
    serde_json::from_value(Value::String(text.clone()))
        .map(Some)
        .map_err(|_| {
            Refusal::format(format!(
                "The format of parameter '{name}' is invalid; value '{text}' is not {wanted}."
            ))
        })
}

/// The field `body` for a kind of message.
pub(super) fn read_body(fields: &Fields, kind: Kind, limit: usize) -> Result<Option<Body>, Refusal> {
    match kind {
        Kind::Text | Kind::Binary => Ok(fields.text("body", limit)?.map(Body::Text)),
        Kind::Media => {
            let Some(value) = fields.value("body") else {
                return Ok(None);
            };
            let Value::Object(map) = value else {
                return Err(Refusal::json("Parameter 'body' must be an object"));
            };
            let media = Fields::of(map.clone(), &["url", "subject", "message"])?;
            let url = media.text("url", URL_LIMIT)?.ok_or_else(|| missing("body.url"))?;
            let (subject, message) = (media.text("subject", 80)?, media.text("message", 5000)?);
            Ok(Some(Body::Media(Media { url, subject, message })))
        }
    }
}

/// The field `callback_url`.
pub(super) fn read_url(fields: &Fields) -> Result<Option<String>, Refusal> {
    let Some(url) = fields.text("callback_url", URL_LIMIT)? else {
        return Ok(None);
    };
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let sound = host.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
    if sound && url.chars().all(|c| !c.is_whitespace() && !c.is_control()) {
        return Ok(Some(url));
    }
    Err(Refusal::format(format!(
        "The format of parameter 'callback_url' is invalid; value '{url}' is not a valid URL."
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LIMITS: Limits = Limits {
        body: 2000,
        client_reference: 128,
    };

    fn now() -> Instant {
        Instant::parse("2026-11-27T08:00:00Z").unwrap()
    }

    /// A sound request with one field set (or removed by null).
    fn with(name: &str, value: Value) -> Result<Terms, Refusal> {
        let mut request = json!({ "to": ["+46701234567"], "from": "ACME", "body": "Hi" });
        request[name] = value;
        let terms = Terms::read(request.to_string().as_bytes(), LIMITS)?;
        terms.check(now(), None).map(|()| terms)
    }

    #[test]
    fn every_limit_is_refused_with_its_code() {
        let long = |length| Value::String("x".repeat(length));
        let violations = [
            ("to", json!([])),
            ("to", json!(null)),
            (
                "to",
                Value::Array((0..1001).map(|n| json!(format!("4670{n:07}"))).collect()),
            ),
            ("body", json!(null)),
            ("body", long(2001)),
            ("client_reference", long(129)),
            (
                "callback_url",
                json!(format!("https://example.com/{}", "x".repeat(2048))),
            ),
            ("max_number_of_message_parts", json!(0)),
            ("from_ton", json!(7)),
            ("from_npi", json!(19)),
            ("send_at", json!("2026-11-28T08:00:00Z")),
            ("expire_at", json!("2026-11-27T07:00:00Z")),
            ("expire_at", json!("2026-11-30T08:00:01Z")),
        ];
        for (name, value) in violations {
            let mut result = with(name, value.clone());
            if name == "send_at" {
                let request = json!({ "to": ["46701234567"], "body": "", "send_at": value, "expire_at": value });
                result =
                    Terms::read(request.to_string().as_bytes(), LIMITS).and_then(|t| t.check(now(), None).map(|()| t));
            }
            let refusal = result.unwrap_err();
            let is_constraint = matches!(
                refusal,
                Refusal::Coded {
                    status: 400,
                    code: "syntax_constraint_violation",
                    ..
                }
            );
            assert!(is_constraint, "{name}: {refusal:?}");
        }
    }

    #[test]
    fn every_wrong_format_is_refused_with_its_code() {
        let formats = [
            ("to", json!(["+1"])),
            ("from", json!("")),
            ("type", json!("mt_voice")),
            ("delivery_report", json!("per_message")),
            ("send_at", json!("tomorrow")),
            ("callback_url", json!("example.com")),
            ("feedback_enabled", json!("tru")),
        ];
        for (name, value) in formats {
            let refusal = with(name, value).unwrap_err();
            let is_format = matches!(
                refusal,
                Refusal::Coded {
                    status: 400,
                    code: "syntax_invalid_parameter_format",
                    ..
                }
            );
            assert!(is_format, "{name}: {refusal:?}");
        }
    }

    #[test]
    fn values_at_the_limits_are_taken() {
        assert!(with("body", json!("å".repeat(2000))).is_ok());
        assert!(with("body", json!("")).is_ok());
        assert!(with("client_reference", json!("x".repeat(128))).is_ok());
        assert!(with("expire_at", json!("2026-11-30T08:00:00Z")).is_ok());
        assert!(with("from_ton", json!(6)).is_ok() && with("from_npi", json!(18)).is_ok());
    }

    #[test]
    fn a_report_needs_a_callback_url() {
        let refusal = with("delivery_report", json!("full")).unwrap_err();
        let text = "Requesting delivery report without any callback URL.";
        assert_eq!(refusal, Refusal::forbidden("missing_callback_url", text));
        let terms = Terms::read(br#"{"to":["46701234567"],"body":"","delivery_report":"full"}"#, LIMITS).unwrap();
        assert_eq!(terms.check(now(), Some("http://127.0.0.1/")), Ok(()));
    }

    #[test]
    fn it_expires_three_days_after_its_sending_unless_told_otherwise() {
        let terms = with("send_at", json!("2026-12-01T10:00:00+01:00")).unwrap();
        assert_eq!(terms.due_at(now()).to_string(), "2026-12-01T09:00:00Z");
        assert_eq!(
            terms.expires_at(terms.due_at(now())).to_string(),
            "2026-12-04T09:00:00Z"
        );
        let past = with("send_at", json!("2026-11-27T07:00:00Z")).unwrap();
        assert_eq!(past.due_at(now()), now());
    }

    #[test]
    fn binary_messages_fit_140_octets_with_their_header() {
        let binary = |octets: usize, more: &str| {
            let body = STANDARD.encode(vec![7; octets]);
            let request = format!(r#"{{"to":["46701234567"],"type":"mt_binary","body":"{body}"{more}}}"#);
            Terms::read(request.as_bytes(), LIMITS).and_then(|terms| terms.check(now(), None))
        };
        assert_eq!(binary(134, r#","udh":"050003010203""#), Ok(()));
        assert!(binary(135, r#","udh":"050003010203""#).is_err());
        assert!(binary(10, "").is_err(), "the header is required");
        assert!(binary(10, r#","udh":"0g""#).is_err());
        assert!(binary(10, r#","udh":"00","parameters":{}"#).is_err());
    }
}
