//! iP.1's JSON: what is sent exactly as documented, what is read as leniently as it can be trusted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::scalar::JsonScalar;

/// A batch as it is read. Only `id` and `status` must be there; a `null` is an absence.
///
/// Deliberately unused: `owner` (the account, always ours), `templated` (says less than our own body does).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Batch {
    pub(super) id: JsonScalar,
    pub(super) status: JsonScalar,
    pub(super) sender: Option<JsonScalar>,
    /// Before placeholders are expanded.
    pub(super) body: Option<JsonScalar>,
    pub(super) direction: Option<JsonScalar>,
    #[serde(rename = "type")]
    pub(super) message_type: Option<JsonScalar>,
    pub(super) datacoding: Option<JsonScalar>,
    pub(super) priority: Option<JsonScalar>,
    /// Not in lists.
    pub(super) price_summary: Option<Value>,
    /// Not in lists.
    pub(super) message_summary: Option<Value>,
    pub(super) delivery_windows: Option<Value>,
    pub(super) delivery_report_url: Option<JsonScalar>,
    pub(super) reference: Option<JsonScalar>,
    pub(super) tags: Option<Value>,
}

/// What must come back of a create. All else is read again with the batch.
#[derive(Debug, Deserialize)]
pub(super) struct Echo {
    pub(super) id: Option<JsonScalar>,
    pub(super) reference: Option<JsonScalar>,
}

/// One window of a batch as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct ReadWindow {
    pub(super) opens: Option<JsonScalar>,
    pub(super) closes: Option<JsonScalar>,
}

/// What a batch has cost so far. Deliberately unused: `average` (per message; `total` is what counts).
#[derive(Debug, Deserialize)]
pub(super) struct PriceSummary {
    pub(super) total: Option<JsonScalar>,
    pub(super) currency: Option<JsonScalar>,
}

/// Messages by the code of their latest status. Deliberately unused: `sms` (segments; what they cost is in the price).
#[derive(Debug, Deserialize)]
pub(super) struct StatusCount {
    pub(super) messages: Option<JsonScalar>,
}

/// `messageSummary`: the key is a message status code as text.
pub(super) type MessageSummary = BTreeMap<String, StatusCount>;

/// A message of a batch: for whom, and what became of it.
///
/// Deliberately unused: `batchId owner sender body direction type datacoding priority modified reference mcc mnc`.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) id: JsonScalar,
    pub(super) recipient: Option<JsonScalar>,
    pub(super) segments: Option<JsonScalar>,
    /// Of the whole message.
    pub(super) price: Option<JsonScalar>,
    pub(super) currency: Option<JsonScalar>,
    /// In a list only the latest.
    pub(super) statuses: Option<Value>,
}

/// A text that came in. Deliberately unused: `batchId owner direction segments type datacoding priority mcc mnc`.
#[derive(Debug, Deserialize)]
pub(super) struct IncomingMessage {
    pub(super) id: JsonScalar,
    /// The person.
    pub(super) sender: Option<JsonScalar>,
    /// Our number.
    pub(super) recipient: Option<JsonScalar>,
    pub(super) body: Option<JsonScalar>,
    pub(super) statuses: Option<Value>,
    pub(super) modified: Option<JsonScalar>,
}

/// One status of a message. Deliberately unused: `duration` (whether it is final; the vendor's pages disagree about it).
#[derive(Debug, Deserialize)]
pub(super) struct MessageStatus {
    pub(super) code: Option<JsonScalar>,
    pub(super) created: Option<JsonScalar>,
}

/// A registered sender, a text or an object: the page does not show which.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Sender(pub(super) Value);

/// A blocked number. Deliberately unused: `created` (without a zone).
#[derive(Debug, Deserialize)]
pub(super) struct Blocked {
    pub(super) msisdn: JsonScalar,
}

/// The account. Deliberately not declared, so that it is never kept: `Key`, an API key. Unused: `Parent Type Name`.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    #[serde(alias = "ID", alias = "Id")]
    pub(super) id: Option<JsonScalar>,
    #[serde(alias = "Balance")]
    pub(super) balance: Option<JsonScalar>,
    #[serde(alias = "Currency")]
    pub(super) currency: Option<JsonScalar>,
}

/// A batch to be created; every field that has a default of the vendor's is sent explicitly, because their own pages and
/// samples disagree about the defaults (`docs/providers/ip1.md` C6, C25).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewBatch<'a> {
    pub(super) sender: &'a str,
    pub(super) recipients: NewRecipients<'a>,
    pub(super) body: &'a str,
    #[serde(rename = "type")]
    pub(super) message_type: &'static str,
    pub(super) datacoding: &'static str,
    pub(super) priority: u8,
    pub(super) delivery_windows: Vec<NewWindow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delivery_report_url: Option<&'a str>,
    pub(super) reference: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) tags: &'a [String],
}

/// An array where nothing is personalized, else an object of objects.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum NewRecipients<'a> {
    /// Numbers alone, as digits.
    Plain(Vec<String>),
    /// Digits, and values by placeholder.
    Personalized(BTreeMap<String, BTreeMap<&'a str, &'a str>>),
}

/// Both ends, in UTC, ending in `Z`.
#[derive(Serialize)]
pub(super) struct NewWindow {
    pub(super) opens: String,
    pub(super) closes: String,
}
