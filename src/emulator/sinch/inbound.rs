//! One incoming text.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::clock::Instant;
use super::address::{msisdn, sender};

/// A text that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inbound {
    pub(super) id: String,
    /// `mo_text`, `mo_binary` or `mo_media`.
    pub(super) kind: String,
    /// The person.
    pub(super) from: String,
    /// Our number or short code.
    pub(super) to: String,
    /// Text; base64 of a binary message; an object of a media message.
    pub(super) body: Value,
    pub(super) received_at: Instant,
    pub(super) operator_id: Option<String>,
    pub(super) client_reference: Option<String>,
}

impl Inbound {
    /// Reads what `POST /_emulator/sinch/inbounds` says; the error says what is wrong with it.
    pub(super) fn ordered(id: String, order: &Value, now: Instant) -> Result<Inbound, &'static str> {
        let text = |name: &str| order.get(name).and_then(Value::as_str);
        let kind = text("type").unwrap_or("mo_text");
        if !["mo_text", "mo_binary", "mo_media"].contains(&kind) {
            return Err("`type` is `mo_text`, `mo_binary` or `mo_media`");
        }
        let received_at = match text("received_at") {
            None => now,
            Some(text) => Instant::parse(text).ok_or("`received_at` is not an ISO 8601 instant")?,
        };
        Ok(Inbound {
            id,
            kind: kind.to_owned(),
            from: text("from").and_then(msisdn).ok_or("`from` must be a number")?,
            to: text("to").and_then(sender).ok_or("`to` must be a number")?,
            body: order.get("body").cloned().unwrap_or_else(|| json!("STOP")),
            received_at,
            operator_id: text("operator_id").map(str::to_owned),
            client_reference: text("client_reference").map(str::to_owned),
        })
    }

    /// As the vendor shows it; what is not known is left out.
    pub(super) fn to_json(&self) -> Value {
        let mut document = Map::new();
        let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
        put("type", json!(self.kind));
        put("id", json!(self.id));
        put("from", json!(self.from));
        put("to", json!(self.to));
        put("body", self.body.clone());
        put("received_at", json!(self.received_at.with_millis()));
        if let Some(operator) = &self.operator_id {
            put("operator_id", json!(operator));
        }
        if let Some(reference) = &self.client_reference {
            put("client_reference", json!(reference));
        }
        document.into()
    }
}
