//! Sinch's JSON against the words of `model`; the vendor's own examples first.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{
    Datacoding, ExistingBatch, Instant, MessageType, Msisdn, Payload, PayloadRecipients, Proof, ProviderName,
    Reference, ReportedState, Sender, Window, Windows,
};

use super::super::{NewBatch, StatusCounts};
use super::{convert, wire};

const REFERENCE: &str = "acme.black-friday.00001000000abcdefg";

fn read(value: &Value) -> wire::Batch {
    serde_json::from_value(value.clone()).unwrap()
}

fn existing(value: &Value) -> ExistingBatch {
    convert::existing(&read(value), &ProviderName::parse("sinch").unwrap(), false).unwrap()
}

/// The vendor's example of an answer to a create, with a reference of ours.
fn example() -> Value {
    json!({
        "id": "01FC66621XXXXX119Z8PMV1QPQ", "to": [15_551_231_234_u64, 15_551_256_344_u64], "from": 15_551_231_234_u64,
        "canceled": false, "parameters": { "name": { "15551231234": "Anna" } }, "body": "Hi ${name}! How are you?",
        "type": "mt_text", "created_at": "2019-08-24T14:15:22Z", "modified_at": "2019-08-24T14:15:22Z",
        "delivery_report": "none", "send_at": "2019-08-25T14:15:22.000Z", "expire_at": "2019-08-26T14:15:22Z",
        "callback_url": "https://example.com/dlr", "client_reference": REFERENCE, "feedback_enabled": false,
        "flash_message": true, "truncate_concat": true, "max_number_of_message_parts": 1, "from_ton": 6, "from_npi": 18
    })
}

fn with(changes: &Value) -> Value {
    let mut value = example();
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

#[test]
fn the_vendors_example_is_read_whole() {
    let batch = existing(&example());
    assert_eq!(batch.id.0, "01FC66621XXXXX119Z8PMV1QPQ");
    assert_eq!(batch.reference, Reference::parse(REFERENCE).ok());
    assert_eq!(batch.state, ReportedState::Planned);
    assert_eq!(batch.opens(), Instant::parse("2019-08-25T14:15:22Z").ok());
    assert_eq!(batch.closes(), Instant::parse("2019-08-26T14:15:22Z").ok());
    assert_eq!(batch.created_at, Instant::parse("2019-08-24T14:15:22Z").ok());
    assert_eq!(batch.visible.sender.as_deref(), Some("15551231234"));
    assert_eq!(batch.visible.message_type, Some(MessageType::Flash));
    assert_eq!(batch.visible.report_url.as_deref(), Some("https://example.com/dlr"));
    assert_eq!(convert::people(&read(&example())).unwrap().len(), 2);
}

#[test]
fn a_batch_needs_no_more_than_an_id() {
    let batch = existing(&json!({ "id": "4nQCc1T6Dg-R-zHX" }));
    assert_eq!(
        (batch.state, batch.reference, batch.windows),
        (ReportedState::Planned, None, vec![])
    );
    let media = existing(&with(
        &json!({ "type": "mt_media", "body": { "url": "https://x" }, "unheard": [1] }),
    ));
    assert_eq!(media.visible.body, None);
}

#[test]
fn only_canceled_tells_a_state_and_a_strange_one_is_doubt() {
    let state = |canceled: Value| existing(&with(&json!({ "canceled": canceled }))).state;
    assert_eq!(state(json!(true)), ReportedState::Canceled);
    assert_eq!(state(json!("true")), ReportedState::Canceled);
    assert_eq!(state(json!(null)), ReportedState::Planned);
    assert_eq!(state(json!("perhaps")), ReportedState::Unknown(-1));
}

#[test]
fn a_batch_without_send_at_was_sent_when_it_was_created() {
    let windows = |changes: Value| existing(&with(&changes)).windows;
    let window = |opens: &str, closes: &str| {
        Window::new(Instant::parse(opens).unwrap(), Instant::parse(closes).unwrap()).unwrap()
    };
    assert_eq!(
        windows(json!({ "send_at": null, "expire_at": null })),
        [window("2019-08-24T14:15:22Z", "2019-08-27T14:15:22Z")]
    );
    assert_eq!(
        windows(json!({ "send_at": null, "expire_at": "2019-08-24T14:15:22Z" })),
        [window("2019-08-24T14:15:22Z", "2019-08-24T14:15:23Z")]
    );
    assert_eq!(windows(json!({ "send_at": "soon" })), []);
    assert_eq!(windows(json!({ "expire_at": "later" })), []);
}

#[test]
fn people_are_all_read_or_not_at_all() {
    let people = |to: Value| convert::people(&read(&with(&json!({ "to": to }))));
    let number = |digits: &str| Msisdn::parse(digits).unwrap();
    assert_eq!(
        people(json!(["+46701234567", "46701234568"])),
        Some(vec![number("46701234567"), number("46701234568")])
    );
    for unreadable in [
        json!(["46701234567", "01FC66621VHDBN119Z8PMV1QPU"]),
        json!([]),
        json!(null),
        json!([null]),
    ] {
        assert_eq!(people(unreadable), None);
    }
}

fn report(total: &Value, statuses: &Value) -> wire::Report {
    let report =
        json!({ "type": "delivery_report_sms", "batch_id": "x", "total_message_count": total, "statuses": statuses });
    serde_json::from_value(report).unwrap()
}

fn status(status: &str, code: i64, count: u64) -> Value {
    json!({ "status": status, "code": code, "count": count })
}

#[test]
fn only_an_empty_report_or_nothing_but_cancelled_proves_silence() {
    let proof = |total: u64, statuses: Value| convert::proof(&report(&json!(total), &statuses));
    assert_eq!(proof(0, json!([])), Proof::NothingLeft);
    assert_eq!(proof(5, json!([])), Proof::NothingLeft);
    assert_eq!(proof(5, json!([status("Cancelled", 407, 5)])), Proof::NothingLeft);
    assert_eq!(
        proof(5, json!([status("CANCELLED", 407, 5), status("Delivered", 0, 0)])),
        Proof::NothingLeft
    );
    for doubtful in [
        json!([status("Cancelled", 407, 4)]),
        json!([status("Cancelled", 407, 4), status("Delivered", 0, 1)]),
        json!([status("Cancelled", 407, 4), status("Queued", 400, 1)]),
        json!([status("Resting", 999, 5)]),
        json!([{ "status": "Cancelled", "code": 407 }]),
    ] {
        assert_eq!(proof(5, doubtful.clone()), Proof::Doubt, "{doubtful}");
    }
}

#[test]
fn progress_counts_every_message_once() {
    let counts = |report: Option<&wire::Report>, batch: Value| convert::progress(report, &read(&batch)).unwrap();
    let told = report(
        &json!("17"),
        &json!([
            status("Delivered", 0, 3),
            status("Dispatched", 401, 1),
            status("Failed", 413, 2),
            status("Cancelled", 407, 1),
            status("Resting", 403, 1),
            { "code": 405, "count": 4 },
            { "code": "0", "count": 5 }
        ]),
    );
    let progress = counts(Some(&told), example());
    assert_eq!(
        progress.messages,
        StatusCounts {
            pending: 2,
            delivered: 8,
            failed: 6,
            canceled: 1
        }
    );
    assert_eq!(progress.unpaid, 2);
    let silent = report(&json!(0), &json!([]));
    for report in [Some(&silent), None] {
        assert_eq!(counts(report, example()).messages.pending, 2);
        assert_eq!(counts(report, with(&json!({ "canceled": true }))).messages.canceled, 2);
    }
}

#[test]
fn a_dry_run_is_read_in_both_editions() {
    let answer = |part: &str| {
        json!({ "number_of_recipients": 2, "number_of_messages": 3, "per_recipient": [
            { "recipient": "46701234567", "body": "Hi Anna", part: 1, "encoding": "text" },
            { "recipient": "+46701234568", "body": "Hi ą", part: "2", "encoding": "unicode" } ] })
    };
    for part in ["number_of_parts", "message_part"] {
        let read: wire::DryRun = serde_json::from_value(answer(part)).unwrap();
        let run = convert::dry_run(&read).unwrap();
        assert_eq!((run.recipients, run.segments), (2, 3));
        let sample: Vec<(u32, bool)> = run.sample.iter().map(|m| (m.segments, m.is_unicode)).collect();
        assert_eq!(sample, [(1, false), (2, true)]);
        assert!(!format!("{run:?}").contains("Anna"));
    }
}

fn new_batch(recipients: PayloadRecipients) -> NewBatch {
    let at = |text: &str| Instant::parse(text).unwrap();
    NewBatch {
        reference: Reference::parse(REFERENCE).unwrap(),
        sender: Sender::parse("ACME").unwrap(),
        payload: Payload {
            body: "Hi ${a}".to_owned(),
            recipients,
        },
        message_type: MessageType::Sms,
        datacoding: Datacoding::PerMessage,
        priority: 1,
        windows: Windows::one(Window::new(at("2026-11-27T08:00:00Z"), at("2026-11-27T19:00:00Z")).unwrap()),
        report_url: None,
        tags: vec!["kept local".to_owned()],
        extra: BTreeMap::new(),
    }
}

fn numbers() -> [Msisdn; 2] {
    ["46701234567", "46701234568"].map(|digits| Msisdn::parse(digits).unwrap())
}

fn spelled(batch: &NewBatch) -> Value {
    serde_json::to_value(convert::new_batch(batch).unwrap()).unwrap()
}

#[test]
fn a_plain_batch_goes_as_documented_and_without_a_null() {
    let batch = new_batch(PayloadRecipients::Plain(numbers().to_vec()));
    assert_eq!(
        spelled(&batch),
        json!({
            "type": "mt_text", "from": "ACME", "to": ["46701234567", "46701234568"], "body": "Hi ${a}",
            "send_at": "2026-11-27T08:00:00.000Z", "expire_at": "2026-11-27T19:00:00.000Z", "client_reference": REFERENCE
        })
    );
}

#[test]
fn a_personalized_batch_carries_values_by_placeholder() {
    let [a, b] = numbers();
    let values = |text: &str| vec![("a".to_owned(), text.to_owned())];
    let extra = [
        ("delivery_report", "summary"),
        ("feedback_enabled", "true"),
        ("max_number_of_message_parts", "3"),
    ];
    let batch = NewBatch {
        extra: extra.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        report_url: Some("https://example.com/dlr".to_owned()),
        message_type: MessageType::Flash,
        ..new_batch(PayloadRecipients::Personalized(vec![
            (a, values("Anna")),
            (b, values("")),
        ]))
    };
    let sent = spelled(&batch);
    assert_eq!(
        sent["parameters"],
        json!({ "a": { "46701234567": "Anna", "46701234568": "" } })
    );
    assert_eq!(sent["callback_url"], json!("https://example.com/dlr"));
    assert_eq!(
        (&sent["delivery_report"], &sent["flash_message"]),
        (&json!("summary"), &json!(true))
    );
    assert_eq!(
        (&sent["feedback_enabled"], &sent["max_number_of_message_parts"]),
        (&json!(true), &json!(3))
    );
    let trial = serde_json::to_value(convert::trial(&batch)).unwrap();
    assert_eq!(trial["parameters"], sent["parameters"]);
    assert_eq!(trial.get("send_at"), None);
}

#[test]
fn reports_go_per_recipient_unless_the_campaign_says_otherwise() {
    let batch = NewBatch {
        report_url: Some("https://example.com/dlr".to_owned()),
        ..new_batch(PayloadRecipients::Plain(numbers().to_vec()))
    };
    assert_eq!(spelled(&batch)["delivery_report"], json!("per_recipient"));
}

#[test]
fn settings_that_sinch_does_not_have_are_not_sent() {
    for (key, value) in [
        ("truncate_concat", "true"),
        ("delivery_report", "often"),
        ("feedback_enabled", "yes"),
        ("max_number_of_message_parts", "0"),
    ] {
        let batch = NewBatch {
            extra: BTreeMap::from([(key.to_owned(), value.to_owned())]),
            ..new_batch(PayloadRecipients::Plain(numbers().to_vec()))
        };
        assert!(convert::new_batch(&batch).is_err(), "{key}");
    }
}
