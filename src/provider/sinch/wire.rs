//! Sinch's JSON: what is sent exactly as documented and never with a `null` (which would *unset* a field: a `send_at`
//! of `null` sends at once), what is read as leniently as it can be trusted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::scalar::JsonScalar;

/// A page of batches. Deliberately unused: `page` and `page_size` (the number *returned*); the ids and `count` say
/// more.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) count: Option<JsonScalar>,
    pub(super) batches: Vec<Batch>,
}

/// The same, as far as it can be read.
#[derive(Debug, Deserialize)]
pub(super) struct LoosePage {
    pub(super) batches: Vec<Value>,
}

/// A batch as it is read. Only `id` must be there.
///
/// Deliberately unused: `type` and `udh` (ours are always `mt_text`), `parameters` (personal data; the fingerprint in
/// the reference vouches for them), `delivery_report feedback_enabled truncate_concat max_number_of_message_parts
/// from_ton from_npi strict_validation` (ours are in the fingerprint), `modified_at`.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    pub(super) id: JsonScalar,
    /// Numbers, in one example as ints; or group ids.
    pub(super) to: Option<Vec<JsonScalar>>,
    pub(super) from: Option<JsonScalar>,
    pub(super) canceled: Option<JsonScalar>,
    /// Text, or an object in a media message.
    pub(super) body: Option<JsonScalar>,
    pub(super) created_at: Option<JsonScalar>,
    pub(super) send_at: Option<JsonScalar>,
    pub(super) expire_at: Option<JsonScalar>,
    pub(super) callback_url: Option<JsonScalar>,
    pub(super) client_reference: Option<JsonScalar>,
    pub(super) flash_message: Option<JsonScalar>,
}

/// What must come back of a create or a change in place. All else is read again with the batch.
#[derive(Debug, Deserialize)]
pub(super) struct Echo {
    pub(super) id: Option<JsonScalar>,
    pub(super) client_reference: Option<JsonScalar>,
    pub(super) to: Option<Vec<JsonScalar>>,
}

/// A batch's delivery report of type `summary`. Deliberately unused: `type batch_id client_reference`.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    pub(super) total_message_count: Option<JsonScalar>,
    pub(super) statuses: Vec<Status>,
}

/// Messages of one status.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) code: Option<JsonScalar>,
    #[serde(rename = "status")]
    pub(super) name: Option<JsonScalar>,
    pub(super) count: Option<JsonScalar>,
    /// In full reports.
    pub(super) recipients: Option<Vec<JsonScalar>>,
}

/// A page of incoming texts. Deliberately unused: `page` and `page_size`.
#[derive(Debug, Deserialize)]
pub(super) struct Inbounds {
    pub(super) count: Option<JsonScalar>,
    pub(super) inbounds: Vec<Inbound>,
}

/// An incoming text. Deliberately unused: `sent_at operator_id client_reference udh`.
#[derive(Debug, Deserialize)]
pub(super) struct Inbound {
    pub(super) id: JsonScalar,
    #[serde(rename = "type")]
    pub(super) kind: Option<JsonScalar>,
    pub(super) from: Option<JsonScalar>,
    pub(super) to: Option<JsonScalar>,
    /// Text; base64 where `type` is `mo_binary`, an object where it is `mo_media`.
    pub(super) body: Option<JsonScalar>,
    pub(super) received_at: Option<JsonScalar>,
}

/// The answer to a dry run.
#[derive(Debug, Deserialize)]
pub(super) struct DryRun {
    pub(super) number_of_recipients: JsonScalar,
    /// Segments, whatever its name says.
    pub(super) number_of_messages: JsonScalar,
    #[serde(default)]
    pub(super) per_recipient: Vec<DryRunMessage>,
}

/// One message of a dry run.
#[derive(Debug, Deserialize)]
pub(super) struct DryRunMessage {
    pub(super) recipient: JsonScalar,
    pub(super) body: Value,
    /// `message_part` in old editions.
    #[serde(alias = "message_part")]
    pub(super) number_of_parts: JsonScalar,
    /// `text` or `unicode`.
    pub(super) encoding: JsonScalar,
}

/// A batch to be created or put in place.
#[derive(Serialize)]
pub(super) struct NewBatch<'a> {
    #[serde(rename = "type")]
    pub(super) batch_type: &'static str,
    pub(super) from: &'a str,
    pub(super) to: Vec<String>,
    pub(super) body: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parameters: Parameters<'a>,
    pub(super) send_at: String,
    pub(super) expire_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delivery_report: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) callback_url: Option<&'a str>,
    pub(super) client_reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) feedback_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flash_message: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_number_of_message_parts: Option<u32>,
}

/// Values by placeholder, then by number. Numbers are spelled as in `to`.
pub(super) type Parameters<'a> = BTreeMap<&'a str, BTreeMap<String, &'a str>>;

/// A batch for the provider's opinion only: no time, no reports.
#[derive(Serialize)]
pub(super) struct Trial<'a> {
    #[serde(rename = "type")]
    pub(super) batch_type: &'static str,
    pub(super) from: &'a str,
    pub(super) to: Vec<String>,
    pub(super) body: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parameters: Parameters<'a>,
}

/// People to be taken out. Only the supplied fields change.
#[derive(Serialize)]
pub(super) struct Removal {
    #[serde(rename = "type")]
    pub(super) batch_type: &'static str,
    pub(super) to_remove: Vec<String>,
    pub(super) client_reference: String,
}

/// Confirmed deliveries. Never empty: that would mean everybody.
#[derive(Serialize)]
pub(super) struct Feedback {
    pub(super) recipients: Vec<String>,
}
