//! iP.1's JSON against the words of `model`; the vendor's own examples first.

use serde_json::{Value, json};

use crate::model::{
    Datacoding, ExistingBatch, Instant, MessageType, Money, Msisdn, Payload, PayloadRecipients, Proof, ProviderName,
    Reference, ReportedState, Sender, Visible, Window, Windows,
};

use super::super::{NewBatch, StatusCounts};
use super::{convert, wire};

const REFERENCE: &str = "acme.black-friday.00001000000abcdefg";

fn read(value: &Value) -> wire::Batch {
    serde_json::from_value(value.clone()).unwrap()
}

fn existing(value: &Value) -> ExistingBatch {
    convert::existing(&read(value), &ProviderName::parse("ip1").unwrap(), false).unwrap()
}

/// The vendor's example of a batch, with a reference of ours.
fn example() -> Value {
    json!({
        "id": "5bc86b6e85c7209830f96936", "sender": "46101606060", "body": "Hi my name is {name}", "owner": "ip1-XXXXX",
        "direction": "MT", "type": "flash", "datacoding": "GSM", "priority": 1, "templated": true,
        "priceSummary": { "total": 0.125, "currency": "EUR", "average": 0.0416 },
        "messageSummary": { "101": { "messages": 43, "sms": 86 }, "102": { "messages": 3, "sms": 6 },
                            "201": { "messages": 142, "sms": 284 } },
        "deliveryWindows": [ { "opens": "2025-11-20T17:00:19Z", "closes": "2025-11-26T17:00:19Z" },
                             { "opens": "2025-11-12T17:00:19Z", "closes": "2025-11-18T17:00:19Z" } ],
        "status": 112, "deliveryReportUrl": "https://api.example.com/sms/deliveryreport", "reference": REFERENCE,
        "tags": ["marketing", "auth", "etc"]
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
    assert_eq!(batch.id.0, "5bc86b6e85c7209830f96936");
    assert_eq!(batch.state, ReportedState::Sent);
    assert_eq!(batch.opens(), Instant::parse("2025-11-12T17:00:19Z").ok());
    assert_eq!(batch.closes(), Instant::parse("2025-11-26T17:00:19Z").ok());
    assert_eq!(batch.reference, Reference::parse(REFERENCE).ok());
    assert_eq!(
        batch.visible,
        Visible {
            sender: Some("46101606060".to_owned()),
            message_type: Some(MessageType::Flash),
            datacoding: Some(Datacoding::Gsm),
            priority: Some(1),
            report_url: Some("https://api.example.com/sms/deliveryreport".to_owned()),
            body: Some("Hi my name is {name}".to_owned()),
            tags: Some(vec!["marketing".to_owned(), "auth".to_owned(), "etc".to_owned()]),
        }
    );
    let progress = convert::progress(&read(&example())).unwrap();
    assert_eq!(
        progress.messages,
        StatusCounts {
            pending: 46,
            delivered: 142,
            failed: 0,
            canceled: 0
        }
    );
    assert_eq!(progress.cost, Money::parse("0.125 EUR").ok());
}

#[test]
fn a_batch_needs_no_more_than_an_id_and_a_status() {
    let batch = existing(&json!({ "id": "a", "status": 101 }));
    assert_eq!(
        (batch.state, batch.reference, batch.windows),
        (ReportedState::Planned, None, vec![])
    );
    assert_eq!(batch.visible, Visible::default());
    let nulls =
        json!({ "id": "a", "status": 101, "reference": null, "tags": null, "deliveryWindows": null, "body": null });
    assert_eq!(existing(&nulls).state, ReportedState::Planned);
    assert!(serde_json::from_value::<wire::Batch>(json!({ "status": 101 })).is_err());
    assert!(serde_json::from_value::<wire::Batch>(json!({ "id": "a" })).is_err());
}

#[test]
fn states_are_read_from_ints_and_texts_and_unknown_ones_are_kept() {
    for (status, expected) in [
        (json!(101), ReportedState::Planned),
        (json!("101"), ReportedState::Planned),
        (json!("Planned"), ReportedState::Planned),
        (json!(111), ReportedState::Ongoing),
        (json!(112), ReportedState::Sent),
        (json!(203), ReportedState::Canceled),
        (json!("cancelled"), ReportedState::Canceled),
        (json!(999), ReportedState::Unknown(999)),
        (json!("resting"), ReportedState::Unknown(-1)),
        (json!({ "code": 101 }), ReportedState::Unknown(-1)),
    ] {
        assert_eq!(existing(&with(&json!({ "status": status }))).state, expected);
    }
}

#[test]
fn enums_are_read_in_any_case_and_as_ints() {
    let read = |changes: Value| {
        let visible = existing(&with(&changes)).visible;
        (visible.message_type, visible.datacoding)
    };
    let (sms, flash) = (Some(MessageType::Sms), Some(MessageType::Flash));
    assert_eq!(
        read(json!({ "type": "SMS", "datacoding": "ucs" })),
        (sms, Some(Datacoding::Ucs))
    );
    assert_eq!(
        read(json!({ "type": 0, "datacoding": 2 })),
        (flash, Some(Datacoding::Ucs))
    );
    assert_eq!(
        read(json!({ "type": 1, "datacoding": 0 })),
        (sms, Some(Datacoding::Gsm))
    );
    assert_eq!(read(json!({ "type": "rcs", "datacoding": 7 })), (None, None));
}

#[test]
fn incoming_batches_are_foreign_whatever_they_carry() {
    for changes in [json!({ "status": 201 }), json!({ "direction": "mo" })] {
        let batch = existing(&with(&changes));
        assert_eq!(batch.state, ReportedState::Unknown(201));
        assert_eq!((batch.reference, batch.visible), (None, Visible::default()));
        assert_eq!(batch.reference_text.as_deref(), Some(REFERENCE));
    }
}

#[test]
fn a_direction_in_numbers_is_not_believed_to_mean_incoming() {
    for number in [0, 1] {
        let batch = existing(&with(&json!({ "direction": number })));
        assert!(batch.reference.is_some(), "{number}");
    }
}

#[test]
fn windows_are_all_read_or_none() {
    let windows = |value: Value| existing(&with(&json!({ "deliveryWindows": value }))).windows;
    let window = |opens: &str, closes: &str| {
        Window::new(Instant::parse(opens).unwrap(), Instant::parse(closes).unwrap()).unwrap()
    };
    assert_eq!(
        windows(json!([{ "opens": "2026-11-27T09:00:00.123+01:00", "closes": "2026-11-27T19:00:00" }])),
        [window("2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z")]
    );
    assert_eq!(
        windows(json!([{ "opens": "2026-11-27T08:00:00Z", "closes": null }])),
        [window("2026-11-27T08:00:00Z", "2026-11-30T08:00:00Z")]
    );
    for unreadable in [
        json!([{ "opens": "2026-11-27T08:00:00Z" }, { "opens": "ISO-8601 string", "closes": "ISO-8601 string" }]),
        json!([{ "opens": "2026-11-27T08:00:00Z", "closes": "2026-11-27T08:00:00Z" }]),
        json!({ "opens": "2026-11-27T08:00:00Z" }),
        json!("soon"),
    ] {
        assert_eq!(windows(unreadable), []);
    }
}

#[test]
fn only_a_summary_of_nothing_but_203_proves_silence() {
    let proof = |status: i64, summary: Value| {
        convert::proof(&read(&with(&json!({ "status": status, "messageSummary": summary }))))
    };
    let count = |messages: u64| json!({ "messages": messages, "sms": messages });
    assert_eq!(proof(203, json!({ "203": count(5) })), Proof::NothingLeft);
    assert_eq!(
        proof(203, json!({ "203": count(5), "112": count(0) })),
        Proof::NothingLeft
    );
    for doubtful in [
        json!({ "203": count(5), "112": count(1) }),
        json!({ "203": count(5), "104": count(1) }),
        json!({ "203": count(0) }),
        json!({ "203": {} }),
        json!({ "203": count(5), "sent": count(1) }),
        json!({}),
        json!(null),
        json!([]),
    ] {
        assert_eq!(proof(203, doubtful.clone()), Proof::Doubt, "{doubtful}");
    }
    assert_eq!(proof(101, json!({ "101": count(3), "103": count(2) })), Proof::Provable);
    for unprovable in [
        json!({}),
        json!(null),
        json!({ "101": count(0) }),
        json!({ "101": count(3), "110": count(1) }),
    ] {
        assert_eq!(proof(101, unprovable.clone()), Proof::Unprovable, "{unprovable}");
    }
    assert_eq!(proof(111, json!({ "101": count(5) })), Proof::NotRead);
}

#[test]
fn delivered_is_201_alone_and_unknown_codes_go_by_their_group() {
    let count = |messages: u64| json!({ "messages": messages, "sms": 2 * messages });
    let summary = json!({ "101": count(1), "119": count(2), "201": count(4), "202": count(8), "203": count(16),
                          "299": count(32), "402": count(64), "499": count(128), "500": count(256), "104": count(512) });
    let progress = convert::progress(&read(&with(&json!({ "messageSummary": summary })))).unwrap();
    assert_eq!(
        progress.messages,
        StatusCounts {
            pending: 3,
            delivered: 4,
            failed: 8 + 32 + 64 + 128 + 256 + 512,
            canceled: 16
        }
    );
    assert_eq!(progress.unpaid, 64);
}

fn new_batch(recipients: PayloadRecipients) -> NewBatch {
    let at = |text: &str| Instant::parse(text).unwrap();
    NewBatch {
        reference: Reference::parse(REFERENCE).unwrap(),
        sender: Sender::parse("ACME").unwrap(),
        payload: Payload {
            body: "Hi {a}".to_owned(),
            recipients,
        },
        message_type: MessageType::Sms,
        datacoding: Datacoding::Gsm,
        priority: 1,
        windows: Windows::one(Window::new(at("2026-11-27T09:00:00+01:00"), at("2026-11-27T20:00:00+01:00")).unwrap()),
        report_url: None,
        tags: vec![],
        extra: std::collections::BTreeMap::new(),
    }
}

fn numbers() -> [Msisdn; 2] {
    ["46701234567", "46701234568"].map(|digits| Msisdn::parse(digits).unwrap())
}

#[test]
fn a_plain_batch_goes_as_documented() {
    let batch = new_batch(PayloadRecipients::Plain(numbers().to_vec()));
    assert_eq!(
        serde_json::to_value(convert::new_batch(&batch).unwrap()).unwrap(),
        json!({
            "sender": "ACME", "recipients": ["46701234567", "46701234568"], "body": "Hi {a}", "type": "sms",
            "datacoding": "gsm", "priority": 1, "reference": REFERENCE,
            "deliveryWindows": [ { "opens": "2026-11-27T08:00:00Z", "closes": "2026-11-27T19:00:00Z" } ]
        })
    );
}

#[test]
fn a_personalized_batch_carries_values_by_number() {
    let [a, b] = numbers();
    let values = |text: &str| vec![("a".to_owned(), text.to_owned())];
    let batch = NewBatch {
        report_url: Some("https://example.com/dlr".to_owned()),
        tags: vec!["bf".to_owned()],
        datacoding: Datacoding::Ucs,
        message_type: MessageType::Flash,
        priority: 2,
        ..new_batch(PayloadRecipients::Personalized(vec![
            (a, values("Anna")),
            (b, values("")),
        ]))
    };
    let sent = serde_json::to_value(convert::new_batch(&batch).unwrap()).unwrap();
    assert_eq!(
        sent["recipients"],
        json!({ "46701234567": { "a": "Anna" }, "46701234568": { "a": "" } })
    );
    assert_eq!(sent["deliveryReportUrl"], json!("https://example.com/dlr"));
    assert_eq!((&sent["tags"], &sent["type"]), (&json!(["bf"]), &json!("flash")));
    assert_eq!((&sent["datacoding"], &sent["priority"]), (&json!("ucs"), &json!(2)));
}

#[test]
fn what_ip1_does_not_know_is_not_sent() {
    let batch = new_batch(PayloadRecipients::Plain(numbers().to_vec()));
    for strange in [
        NewBatch {
            datacoding: Datacoding::PerMessage,
            ..batch.clone()
        },
        NewBatch {
            priority: 3,
            ..batch.clone()
        },
        NewBatch { priority: 0, ..batch },
    ] {
        assert!(convert::new_batch(&strange).is_none());
    }
}

#[test]
fn an_account_is_read_without_its_key() {
    let text =
        r#"{"Key":"canary-key","Parent":null,"Type":"x","Balance":-12.5,"Currency":"sek","ID":"ip1-1","Name":"n"}"#;
    let account: wire::Account = serde_json::from_str(text).unwrap();
    let balance = convert::money(account.balance.as_ref(), account.currency.as_ref()).unwrap();
    assert_eq!(balance.to_string(), "-12.5 SEK");
    assert!(!format!("{account:?}").contains("canary-key"));
}
