//! Delivery reports posted to the customer: which, when, and signed how.
//!
//! `summary` and `full` are posted once, when every message is final; `per_recipient` for each change of status,
//! `per_recipient_final` for the last one. Retrying is the desk's business.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::super::callbacks::{Report, Retry};
use super::super::clock::Instant;
use super::super::desk::Desk;
use super::batch::{Batch, recipient_report};
use super::delivery::{Standing, Wanted, batch_report};
use super::terms::Reporting;

/// Queues what has not been posted yet about what happened to a batch by now.
pub(super) fn queue(batch: &mut Batch, url: &str, desk: &mut Desk) {
    let mut due: Vec<(Instant, Value)> = match batch.terms.delivery_report {
        Reporting::None => Vec::new(),
        Reporting::Summary => whole_report(batch, false, desk.now).into_iter().collect(),
        Reporting::Full => whole_report(batch, true, desk.now).into_iter().collect(),
        Reporting::PerRecipient => recipient_reports(batch, true, desk.now),
        Reporting::PerRecipientFinal => recipient_reports(batch, false, desk.now),
    };
    due.sort_by_key(|(at, _)| *at);
    for (at, document) in due {
        let body = document.to_string().into_bytes();
        let headers = headers(&body, at, desk);
        let report = Report {
            url: url.to_owned(),
            headers,
            body,
            retry: Retry::Doubling,
        };
        desk.callbacks.queue(at, report);
    }
}

/// The one report of a batch, when its last message has just become final.
fn whole_report(batch: &mut Batch, is_full: bool, now: Instant) -> Option<(Instant, Value)> {
    let end = batch.messages.iter().flatten().map(|message| message.end.0).max();
    let end = end.filter(|end| *end <= now && !batch.is_told)?;
    batch.is_told = true;
    let standings = batch.standings(&[], now);
    let reference = batch.terms.client_reference.as_deref();
    let kind = batch.report_types().0;
    Some((
        end,
        batch_report(kind, &batch.id, reference, &standings, is_full, &Wanted::default()),
    ))
}

/// One report for each message that has become final, and on the way there when `each_change` is wanted.
fn recipient_reports(batch: &mut Batch, each_change: bool, now: Instant) -> Vec<(Instant, Value)> {
    let mut changes = Vec::new();
    for message in batch.messages.iter_mut().flatten() {
        let left = message.way.map(|(leaves, _)| (leaves, Standing::Dispatched));
        let (end, standing) = message.end;
        for (at, standing) in left
            .filter(|_| each_change && message.told.is_none())
            .into_iter()
            .chain([(end, standing)])
        {
            if at <= now
                && message
                    .told
                    .is_none_or(|told| told == Standing::Dispatched && standing != told)
            {
                message.told = Some(standing);
                changes.push((at, standing, message.recipient.clone(), message.parts));
            }
        }
    }
    let report = |(at, standing, recipient, parts): (Instant, Standing, String, usize)| {
        (at, recipient_report(batch, &recipient, parts, standing, at))
    };
    changes.into_iter().map(report).collect()
}

fn headers(body: &[u8], at: Instant, desk: &mut Desk) -> Vec<(String, String)> {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    if let Some(secret) = desk.sinch_webhook_secret.clone() {
        let nonce = desk.ids.ulid(at);
        let timestamp = at.unix_millis().div_euclid(1000).to_string();
        let signature = signature(&secret, body, &nonce, &timestamp);
        for (name, value) in [
            ("x-sinch-webhook-signature", signature),
            ("x-sinch-webhook-signature-algorithm", "HmacSHA256".to_owned()),
            ("x-sinch-webhook-signature-nonce", nonce),
            ("x-sinch-webhook-signature-timestamp", timestamp),
        ] {
            headers.push((name.to_owned(), value));
        }
    }
    headers
}

/// Base64 of HMAC-SHA256 over the raw body, nonce and timestamp, joined by dots.
fn signature(secret: &str, body: &[u8], nonce: &str, timestamp: &str) -> String {
    // HMAC takes a key of any length; there is no other way to fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    mac.update(format!(".{nonce}.{timestamp}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_vendors_own_clients() {
        // The vector of the official Node and Java clients (sinch-sdk-node, callbacks-webhook.test.ts), 2025-01-13.
        let body = concat!(
            r#"{"at":"2025-01-13T09:22:40.914Z","batch_id":"01JHFFHQ0P99JPPNQPJDV7JTBP","clie"#,
            r#"nt_reference":"a client reference","code":0,"operator_status_at":"2025-01-13T09:22:00Z","recipient":"3"#,
            r#"3662162466","status":"Delivered","type":"recipient_delivery_report_sms"}"#,
        );
        let signed = signature(
            "SMSWebhooksSecret",
            body.as_bytes(),
            "01JHFFHWYY7HSS4FWTMDTQEK8V",
            "1736760161",
        );
        assert_eq!(signed, "ZoHei66PPN/kZjw7hFVfGhJOnml3iGNCMWoyQVcE5o0=");
    }
}
