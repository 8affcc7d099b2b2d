//! The documents that the account shows: batches and messages in the vendor's words.

use serde_json::{Map, Value, json};

use super::batch::{Batch, Message, is_final};
use super::record::Coding;
use crate::emulator::{clock::Instant, settings::Money};

/// Account number in `owner`.
pub(super) const OWNER: &str = "ip1-12345";

/// A batch as the list shows it: without the summaries.
pub(super) fn listed(batch: &Batch) -> Value {
    let record = &batch.record;
    json!({
        "id": record.id,
        "sender": record.sender,
        "body": record.body,
        "owner": OWNER,
        "direction": direction(batch),
        "type": record.kind,
        "datacoding": record.coding,
        "priority": record.priority,
        "templated": batch.is_templated,
        "deliveryWindows": record.windows,
        "status": batch.status(),
        "deliveryReportUrl": record.report_url,
        "reference": record.reference,
        "tags": record.tags,
    })
}

/// A batch on its own: with what it costs and how its messages fare.
pub(super) fn single(batch: &Batch, now: Instant) -> Value {
    let mut document = listed(batch);
    let summary: Map<String, Value> = batch
        .summary(now)
        .into_iter()
        .map(|(code, (messages, sms))| (code.to_string(), json!({ "messages": messages, "sms": sms })))
        .collect();
    let total = batch
        .messages
        .iter()
        .fold(Money::default(), |sum, message| sum.plus(batch.price(message)));
    let count = i64::try_from(batch.messages.len()).unwrap_or(1).max(1);
    document["messageSummary"] = summary.into();
    document["priceSummary"] = json!({
        "total": total.number(),
        "currency": batch.record.tariff.currency.code(),
        "average": Money::from_micros(total.micros() / count).number(),
    });
    document
}

/// A message; the list shows its latest status only, the message on its own all of them.
pub(super) fn message(batch: &Batch, place: usize, message: &Message, is_whole: bool, now: Instant) -> Value {
    let record = &batch.record;
    let history = message.history(record.created, now);
    let skipped = if is_whole { 0 } else { history.len().saturating_sub(1) };
    let modified = history.last().map(|(_, at)| *at);
    let statuses: Vec<Value> = history
        .into_iter()
        .skip(skipped)
        .map(|(code, at)| json!({ "created": at, "code": code, "duration": u8::from(is_final(code)) }))
        .collect();
    let coding = if message.coding == Coding::Gsm { "GSM" } else { "UCS" };
    json!({
        "id": batch.message_id(place),
        "batchId": record.id,
        "owner": OWNER,
        "sender": record.sender,
        "recipient": *message.recipient,
        "body": **batch.text(message),
        "direction": direction(batch),
        "segments": message.segments,
        "type": record.kind,
        "datacoding": coding,
        "priority": record.priority,
        "price": batch.price(message).number(),
        "currency": record.tariff.currency.code(),
        "statuses": statuses,
        "modified": modified,
        "reference": record.reference,
        "mcc": null,
        "mnc": null,
    })
}

fn direction(batch: &Batch) -> &'static str {
    if batch.record.is_incoming { "MO" } else { "MT" }
}
