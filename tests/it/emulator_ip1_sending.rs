//! The emulated iP.1 account through time: states, cancels, money, what is not sent, and delivery reports.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::emulated::Emulated;

const BATCHES: &str = "/v2/batches";

/// `count` plain recipients, planned for the next day from 9 to 20.
fn order(count: usize) -> Value {
    let recipients: Vec<String> = (0..count)
        .map(|number| format!("4670{:07}", number + 1_000_000))
        .collect();
    json!({
        "sender": "ACME", "recipients": recipients, "body": "Hello",
        "deliveryWindows": [{ "opens": "2026-11-24T09:00:00Z", "closes": "2026-11-24T20:00:00Z" }],
    })
}

async fn create(emulated: &Emulated, call: &Value) -> String {
    let reply = emulated.post(BATCHES, call).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    format!("{BATCHES}/{}", reply.json()["id"].as_str().unwrap())
}

async fn status(emulated: &Emulated, path: &str) -> u64 {
    emulated.get(path).await.json()["status"].as_u64().unwrap()
}

/// Messages under each code of the summary.
async fn summary(emulated: &Emulated, path: &str) -> Value {
    let batch = emulated.get(path).await.json();
    let counts = batch["messageSummary"].as_object().unwrap().iter();
    counts
        .map(|(code, count)| (code.clone(), count["messages"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn a_batch_is_planned_then_ongoing_then_sent() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let batch = create(&emulated, &order(3600)).await;
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (101, json!({ "101": 3600 }))
    );
    emulated.clock("2026-11-24T09:30:00Z").await;
    assert_eq!(status(&emulated, &batch).await, 111);
    let sent = emulated.messages().await.len();
    assert!((1801..1900).contains(&sent), "one a second: {sent}");
    assert_eq!(emulated.messages().await[1800]["instant"], "2026-11-24T09:30:00Z");
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (112, json!({ "201": 3600 }))
    );
    assert_eq!(emulated.messages().await.len(), 3600);
}

#[tokio::test]
async fn a_slow_batch_goes_on_in_its_next_window_and_never_outside() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let mut call = order(100);
    call["deliveryWindows"] = json!([
        { "opens": "2026-11-25T09:00:00Z", "closes": "2026-11-25T09:00:30Z" },
        { "opens": "2026-11-24T09:00:00Z", "closes": "2026-11-24T09:01:00Z" },
    ]);
    let batch = create(&emulated, &call).await;
    emulated.clock("2026-11-24T12:00:00Z").await;
    assert_eq!(
        (status(&emulated, &batch).await, emulated.messages().await.len()),
        (111, 60)
    );
    emulated.clock("2026-11-26T00:00:00Z").await;
    let messages = emulated.messages().await;
    assert_eq!(messages.len(), 90);
    for (place, message) in messages.iter().enumerate() {
        let day = if place < 60 { 24 } else { 25 };
        assert_eq!(message["instant"], format!("2026-11-{day}T09:00:{:02}Z", place % 60));
    }
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (112, json!({ "201": 90, "202": 10 }))
    );
}

#[tokio::test]
async fn windows_that_are_all_past_send_nothing() {
    let emulated = Emulated::fresh().await;
    let mut call = order(1);
    call["deliveryWindows"] = json!([{ "opens": "2026-11-20T09:00:00Z", "closes": "2026-11-20T20:00:00Z" }]);
    let batch = create(&emulated, &call).await;
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (112, json!({ "202": 1 }))
    );
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn delivery_takes_as_long_as_the_settings_say() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "delivery_ms": 60_000 })).await;
    let batch = create(&emulated, &order(2)).await;
    emulated.clock("2026-11-24T09:00:30Z").await;
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (112, json!({ "111": 2 }))
    );
    emulated.clock("2026-11-24T09:01:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 2 }));
}

#[tokio::test]
async fn delete_cancels_a_planned_batch_and_nothing_is_ever_sent() {
    let emulated = Emulated::fresh().await;
    let mut call = order(2);
    call["recipients"] = json!(["46701234567", "12"]);
    let batch = create(&emulated, &call).await;
    let reply = emulated.delete(&batch).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(
        (status(&emulated, &batch).await, summary(&emulated, &batch).await),
        (203, json!({ "203": 2 }))
    );
    emulated.clock("2026-11-25T00:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "203": 2 }));
    assert_eq!(emulated.get(&batch).await.json()["priceSummary"]["total"], json!(0));
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn delete_of_a_planned_batch_can_erase_it_too() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "delete_planned": "erase" })).await;
    let batch = create(&emulated, &order(1)).await;
    assert_eq!(emulated.delete(&batch).await.status, 204);
    assert_eq!(emulated.get(&batch).await.status, 404);
    emulated.clock("2026-11-25T00:00:00Z").await;
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn delete_of_an_ongoing_batch_cancels_the_rest() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let batch = create(&emulated, &order(7200)).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(emulated.delete(&batch).await.status, 204);
    let sent = emulated.messages().await.len();
    assert!((3600..3700).contains(&sent), "{sent}");
    assert_eq!(status(&emulated, &batch).await, 203);
    assert_eq!(
        summary(&emulated, &batch).await,
        json!({ "201": sent, "203": 7200 - sent })
    );
    emulated.clock("2026-11-25T00:00:00Z").await;
    assert_eq!(emulated.messages().await.len(), sent);
}

#[tokio::test]
async fn delete_of_a_sent_batch_erases_its_history() {
    let emulated = Emulated::fresh().await;
    let batch = create(&emulated, &order(1)).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(emulated.delete(&batch).await.status, 204);
    assert_eq!(emulated.get(&batch).await.status, 404);
    assert_eq!(emulated.get(BATCHES).await.json(), json!([]));
    assert_eq!(emulated.delete(&batch).await.status, 404);
    assert_eq!(emulated.messages().await.len(), 1, "the handset has it all the same");
}

#[tokio::test]
async fn delete_of_a_canceled_batch_erases_it() {
    let emulated = Emulated::fresh().await;
    let batch = create(&emulated, &order(1)).await;
    emulated.delete(&batch).await;
    assert_eq!(emulated.delete(&batch).await.status, 204);
    assert_eq!(emulated.get(&batch).await.status, 404);
}

#[tokio::test]
async fn a_person_can_cancel_or_erase_in_the_portal() {
    let emulated = Emulated::fresh().await;
    let (one, other) = (create(&emulated, &order(1)).await, create(&emulated, &order(1)).await);
    let control = |path: &str, what: &str| format!("/_emulator/batches/{}/{what}", path.rsplit('/').next().unwrap());
    assert_eq!(emulated.post(&control(&one, "cancel"), &json!({})).await.status, 200);
    assert_eq!(emulated.post(&control(&other, "erase"), &json!({})).await.status, 200);
    assert_eq!(status(&emulated, &one).await, 203);
    assert_eq!(emulated.get(&other).await.status, 404);
    assert_eq!(emulated.post(&control(&other, "cancel"), &json!({})).await.status, 404);
    let third = create(&emulated, &order(1)).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    emulated.post(&control(&third, "cancel"), &json!({})).await;
    assert_eq!(status(&emulated, &third).await, 112, "what is sent stays sent");
    assert_eq!(emulated.messages().await.len(), 1);
}

#[tokio::test]
async fn a_text_from_a_handset_makes_an_incoming_batch() {
    let emulated = Emulated::fresh().await;
    let id = emulated
        .post(
            "/_emulator/ip1/incoming",
            &json!({ "sender": "46701234567", "body": "STOP" }),
        )
        .await
        .json()["id"]
        .clone();
    let batch = format!("{BATCHES}/{}", id.as_str().unwrap());
    let listed = emulated.get(BATCHES).await.json()[0].clone();
    assert_eq!((&listed["status"], &listed["direction"]), (&json!(201), &json!("MO")));
    let message = emulated.get(&format!("{batch}/messages")).await.json()[0].clone();
    assert_eq!(
        (&message["statuses"][0]["code"], &message["body"]),
        (&json!(201), &json!("STOP"))
    );
    assert!(emulated.messages().await.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn an_invalid_number_shows_as_a_message_status_and_is_not_sent() {
    let emulated = Emulated::fresh().await;
    let mut call = order(1);
    call["recipients"] = json!(["46701234567", "0701234567", "112"]);
    let batch = create(&emulated, &call).await;
    assert_eq!(status(&emulated, &batch).await, 101, "the call is accepted");
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 1, "451": 2 }));
    assert_eq!(emulated.messages().await.len(), 1);
}

#[tokio::test]
async fn gsm_denies_the_messages_that_need_ucs() {
    let emulated = Emulated::fresh().await;
    let mut call = order(1);
    call["body"] = json!("Hi {name}");
    call["recipients"] = json!({ "46701234567": { "name": "Åsa" }, "46701234568": { "name": "Łukasz" } });
    call["datacoding"] = json!("gsm");
    let batch = create(&emulated, &call).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 1, "404": 1 }));
    call["datacoding"] = json!("ucs");
    let batch = create(&emulated, &call).await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 2 }));
}

#[tokio::test]
async fn an_expanded_text_that_is_empty_or_too_long_is_rejected_alone() {
    let emulated = Emulated::fresh().await;
    let mut call = order(1);
    call["body"] = json!("{text}");
    call["recipients"] =
        json!({ "46701234567": { "text": "x".repeat(2001) }, "46701234568": {}, "46701234569": { "text": "x" } });
    let batch = create(&emulated, &call).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 1, "404": 2 }));
}

#[tokio::test]
async fn a_blacklisted_number_is_not_sent_to() {
    let emulated = Emulated::fresh().await;
    let batch = create(&emulated, &order(2)).await;
    emulated.call("PUT", "/v2/blacklist/46701000000", None).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 1, "450": 1 }));
    assert_eq!(emulated.messages().await[0]["recipient"], "46701000001");
}

#[tokio::test]
async fn messages_of_an_unregistered_sender_are_rejected() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "senders": ["Other"] })).await;
    let batch = create(&emulated, &order(2)).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "403": 2 }));
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn a_prepaid_account_sends_until_its_money_ends() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "prepaid": true, "balance": "0.70" })).await;
    let batch = create(&emulated, &order(3)).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(summary(&emulated, &batch).await, json!({ "201": 2, "402": 1 }));
    assert_eq!(emulated.get("/api/me/account").await.json()["Balance"], json!(0.002));
}

#[tokio::test]
async fn the_price_counts_segments_prefixes_and_priority() {
    let emulated = Emulated::fresh().await;
    let table = [
        ("SEK", 1, "46701234567", 160, 0.349),
        ("SEK", 1, "46701234567", 161, 0.698),
        ("SEK", 2, "46701234567", 161, 0.898),
        ("EUR", 2, "46701234567", 160, 0.359),
        ("SEK", 1, "16845551234", 160, 2.1),
    ];
    for (currency, priority, number, characters, total) in table {
        let prices = json!([{ "prefix": "1", "per_segment": "1" }, { "prefix": "1684", "per_segment": "2.10" }]);
        emulated
            .settings(json!({ "currency": currency, "prices": prices }))
            .await;
        let mut call = order(1);
        call["recipients"] = json!([number]);
        call["priority"] = json!(priority);
        call["body"] = json!("a".repeat(characters));
        let batch = create(&emulated, &call).await;
        let expected = json!({ "total": total, "currency": currency, "average": total });
        assert_eq!(emulated.get(&batch).await.json()["priceSummary"], expected);
    }
}

#[tokio::test]
async fn the_average_is_per_message_and_rejected_messages_cost_nothing() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "price_per_segment": "0.5" })).await;
    let mut call = order(1);
    call["recipients"] = json!(["46701234567", "46701234568", "46701234569", "0123"]);
    call["body"] = json!("ж".repeat(71));
    let batch = create(&emulated, &call).await;
    assert_eq!(
        emulated.get(&batch).await.json()["messageSummary"]["101"],
        json!({ "messages": 3, "sms": 6 })
    );
    emulated.call("PUT", "/v2/blacklist/46701234567", None).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    let price = emulated.get(&batch).await.json()["priceSummary"].clone();
    assert_eq!(price, json!({ "total": 2, "currency": "SEK", "average": 0.5 }));
}

/// Takes one delivery report and answers it.
async fn report(receiver: &TcpListener, status: u16) -> Value {
    let (mut stream, _) = tokio::time::timeout(Duration::from_secs(10), receiver.accept())
        .await
        .unwrap()
        .unwrap();
    let mut text = String::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap();
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.is_some_and(|length| body.len() == length.parse::<usize>().unwrap()) {
            assert!(head.starts_with("POST /dlr HTTP/1.1"));
            assert!(head.contains("content-type: application/json"));
            let body = serde_json::from_str(body).unwrap();
            stream
                .write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").as_bytes())
                .await
                .unwrap();
            return body;
        }
    }
}

async fn reporting(emulated: &Emulated) -> (TcpListener, String) {
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut call = order(1);
    call["deliveryReportUrl"] = json!(format!("http://{}/dlr", receiver.local_addr().unwrap()));
    call["reference"] = json!("r");
    let batch = create(emulated, &call).await;
    (receiver, batch)
}

#[tokio::test]
async fn each_status_of_each_recipient_is_reported() {
    let emulated = Emulated::fresh().await;
    let (receiver, batch) = reporting(&emulated).await;
    let receive = async {
        [
            report(&receiver, 200).await,
            report(&receiver, 200).await,
            report(&receiver, 200).await,
        ]
    };
    let ((), reports) = tokio::join!(emulated.clock("2026-11-24T10:00:00Z"), receive);
    let codes: Vec<_> = reports
        .iter()
        .map(|report| (report["code"].clone(), report["duration"].clone()))
        .collect();
    assert_eq!(
        codes,
        [(json!(110), json!(0)), (json!(111), json!(0)), (json!(201), json!(1))]
    );
    let message = emulated.get(&format!("{batch}/messages")).await.json()[0].clone();
    assert_eq!(
        reports[2],
        json!({
            "id": message["id"], "batchId": message["batchId"], "recipient": "46701000000", "code": 201, "duration": 1,
            "created": "2026-11-24T09:00:00Z", "segments": 1, "price": 0.349, "currency": "sek", "reference": "r",
        })
    );
}

#[tokio::test]
async fn a_report_not_answered_with_200_is_tried_ten_times_ten_minutes_apart() {
    let emulated = Emulated::fresh().await;
    let (receiver, _) = reporting(&emulated).await;
    let first = async {
        report(&receiver, 200).await;
        report(&receiver, 200).await;
        report(&receiver, 202).await
    };
    tokio::join!(emulated.clock("2026-11-24T09:00:01Z"), first);
    let attempts = async || {
        let all = emulated.get("/_emulator/callbacks").await.json();
        all.as_array()
            .unwrap()
            .iter()
            .filter(|attempt| attempt["body"]["code"] == 201)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(attempts().await.len(), 1);
    emulated.clock("2026-11-24T09:09:00Z").await;
    assert_eq!(attempts().await.len(), 1, "not before ten minutes have passed");
    tokio::join!(emulated.clock("2026-11-24T09:10:30Z"), report(&receiver, 500));
    assert_eq!(attempts().await.len(), 2);
    drop(receiver);
    emulated.clock("2026-11-25T00:00:00Z").await;
    let all = attempts().await;
    assert_eq!(all.len(), 10, "then discarded");
    assert_eq!(all[9]["due"], "2026-11-24T10:30:00Z");
}

#[tokio::test]
async fn a_cancel_and_a_rejection_are_reported_too() {
    let emulated = Emulated::fresh().await;
    let (receiver, batch) = reporting(&emulated).await;
    // The report leaves in the background, with the next look at the queue.
    let canceled = async {
        assert_eq!(emulated.delete(&batch).await.status, 204);
    };
    let ((), report) = tokio::join!(canceled, report(&receiver, 200));
    assert_eq!(
        (&report["code"], &report["duration"], &report["price"]),
        (&json!(203), &json!(1), &json!(0))
    );
}

#[tokio::test]
async fn reports_never_leave_the_computer() {
    let emulated = Emulated::fresh().await;
    let mut call = order(1);
    call["deliveryReportUrl"] = json!("https://example.com/dlr");
    create(&emulated, &call).await;
    emulated.clock("2026-11-24T10:00:00Z").await;
    let attempts = emulated.get("/_emulator/callbacks").await.json();
    let attempts = attempts.as_array().unwrap();
    assert_eq!(attempts.len(), 3, "one try each, and no more");
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt["refused"] == true && attempt["status"].is_null())
    );
}
