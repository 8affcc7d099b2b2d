//! The emulated Sinch account over real HTTP, judged by the vendor's documents (`src/emulator/sinch/RULES.md`).

use campanile::emulator::Options;
use campanile::emulator::clock::Instant;
use serde_json::{Value, json};

use crate::emulated::{Emulated, Reply, START};

const BATCHES: &str = "/xms/v1/plan/batches";
const GROUPS: &str = "/xms/v1/plan/groups";
const ONE: &str = "46701740605";
const TWO: &str = "46701740606";
const THREE: &str = "46701740607";
/// An hour after `START`.
const LATER: &str = "2026-11-23T09:00:00Z";

/// A sound order for `LATER`, with some fields set or (by null) left out.
fn order(changes: Value) -> Value {
    let mut order = json!({ "to": [ONE, TWO], "from": "ACME", "body": "Hello", "send_at": LATER });
    for (name, value) in changes.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

async fn sent(emulated: &Emulated, changes: Value) -> Value {
    let reply = emulated.post(BATCHES, &order(changes)).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

async fn id_of(emulated: &Emulated, changes: Value) -> String {
    sent(emulated, changes).await["id"].as_str().unwrap().to_owned()
}

fn batch(id: &str) -> String {
    format!("{BATCHES}/{id}")
}

async fn report(emulated: &Emulated, id: &str, query: &str) -> Value {
    let reply = emulated.get(&format!("{BATCHES}/{id}/delivery_report{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// `[code, status, count]` of each status in a report.
fn counts(report: &Value) -> Vec<Value> {
    let status = |status: &Value| json!([status["code"], status["status"], status["count"]]);
    report["statuses"].as_array().unwrap().iter().map(status).collect()
}

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(
        (reply.status, reply.json()["code"].as_str()),
        (status, Some(code)),
        "{}",
        reply.text
    );
    assert!(reply.json()["text"].is_string(), "{}", reply.text);
}

fn text_of(reply: &Reply) -> String {
    reply.json()["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn send_creates_a_batch_and_answers_with_its_document() {
    let emulated = Emulated::fresh().await;
    let mut document = sent(
        &emulated,
        json!({
            "to": ["+46 70-174 06 05", "0046701740606"], "from": "+15551231234", "body": "Hi ${name}",
            "parameters": { "name": { "+46701740605": "Joe", "default": "there" } }, "client_reference": "a/b",
            "callback_url": "https://example.com/dlr", "feedback_enabled": true, "flash_message": true,
            "truncate_concat": false, "max_number_of_message_parts": 3, "from_ton": 1, "from_npi": 18,
        }),
    )
    .await;
    let id = document["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(26));
    let created = document["created_at"].take();
    assert!(
        created
            .as_str()
            .is_some_and(|text| text.ends_with('Z') && text.len() == 24),
        "{created}"
    );
    assert_eq!(document["modified_at"].take(), created);
    assert_eq!(
        document,
        json!({
            "id": null, "to": [ONE, TWO], "from": "15551231234", "canceled": false, "body": "Hi ${name}", "type": "mt_text",
            "parameters": { "name": { "+46701740605": "Joe", "default": "there" } }, "created_at": null,
            "modified_at": null, "delivery_report": "none", "send_at": "2026-11-23T09:00:00.000Z",
            "expire_at": "2026-11-26T09:00:00.000Z", "callback_url": "https://example.com/dlr", "client_reference": "a/b",
            "feedback_enabled": true, "flash_message": true, "truncate_concat": false,
            "max_number_of_message_parts": 3, "from_ton": 1, "from_npi": 18,
        })
    );
    let again = emulated.get(&batch(id.as_str().unwrap())).await;
    assert_eq!((again.status, &again.json()["to"]), (200, &json!([ONE, TWO])));
}

#[tokio::test]
async fn a_refused_send_names_the_documented_code_and_makes_no_batch() {
    let emulated = Emulated::fresh().await;
    let (format, constraint, shape) = (
        "syntax_invalid_parameter_format",
        "syntax_constraint_violation",
        "syntax_invalid_json",
    );
    let long = |length: usize| json!("x".repeat(length));
    let table = [
        ("to", json!(null), constraint),
        ("to", json!([]), constraint),
        ("to", json!(vec![ONE; 1001]), constraint),
        ("to", json!(ONE), shape),
        ("to", json!(["070-174 06 05"]), format),
        ("body", json!(null), constraint),
        ("body", long(2001), constraint),
        ("body", json!(1), shape),
        ("from", json!("A sender too long"), format),
        ("type", json!("mt_voice"), format),
        ("delivery_report", json!("all"), format),
        ("send_at", json!("soon"), format),
        ("expire_at", json!("2026-11-23T09:00:00Z"), constraint),
        ("expire_at", json!("2026-11-26T09:00:00.001Z"), constraint),
        ("callback_url", json!("not a url"), format),
        (
            "callback_url",
            json!(format!("https://example.com/{}", "x".repeat(2048))),
            constraint,
        ),
        ("client_reference", long(2049), constraint),
        ("feedback_enabled", json!("tru"), format),
        ("flash_message", json!(1), shape),
        ("max_number_of_message_parts", json!(0), constraint),
        ("from_ton", json!(7), constraint),
        ("from_npi", json!(19), constraint),
        (
            "parameters",
            json!({ "seventeen-letters": { "default": "x" } }),
            constraint,
        ),
        (
            "parameters",
            json!({ "name": { "default": "x".repeat(161) } }),
            constraint,
        ),
        ("parameters", json!({ "na me": { "default": "x" } }), format),
        ("misspelled", json!(1), shape),
    ];
    for (name, value, code) in table {
        let reply = emulated.post(BATCHES, &order(json!({ name: value }))).await;
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (400, Some(code)),
            "{name}: {}",
            reply.text
        );
    }
    for broken in ["", "{", "[]", "\"text\""] {
        let reply = emulated
            .send("POST", BATCHES, Some("Bearer key"), Some(broken.into()))
            .await
            .unwrap();
        assert_refused(&reply, 400, shape);
    }
    let reply = emulated.post(BATCHES, &order(json!({ "to": ["+1"] }))).await;
    assert_eq!(
        text_of(&reply),
        "The format of parameter 'to[0]' is invalid; value '+1' is not a valid MSISDN or group ID."
    );
    assert_eq!(emulated.get(BATCHES).await.json()["count"], 0);
}

#[tokio::test]
async fn values_at_their_limits_are_taken() {
    let emulated = Emulated::fresh().await;
    let many: Vec<String> = (0..1000).map(|number| format!("4670{number:07}")).collect();
    for changes in [
        json!({ "to": many, "body": "" }),
        json!({ "body": "å".repeat(2000), "client_reference": "x".repeat(2048) }),
        json!({ "expire_at": "2026-11-26T09:00:00Z", "from": null }),
        json!({ "parameters": { "a.b-c_1234567890": { "default": "x".repeat(160) } }, "from_ton": 0, "from_npi": 0 }),
    ] {
        sent(&emulated, changes).await;
    }
}

#[tokio::test]
async fn a_request_without_a_valid_token_is_401() {
    let emulated = Emulated::with(Options {
        token: Some("right".into()),
        ..Options::default()
    })
    .await;
    for authorization in [None, Some("Bearer wrong"), Some("Basic right"), Some("Bearer ")] {
        let reply = emulated.send("GET", BATCHES, authorization, None).await.unwrap();
        assert_eq!((reply.status, reply.text.as_str()), (401, ""), "{authorization:?}");
    }
    let reply = emulated.send("GET", BATCHES, Some("Bearer right"), None).await.unwrap();
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn unknown_paths_methods_and_content_types_have_their_status() {
    let emulated = Emulated::fresh().await;
    let unknown = batch("01FC66621XXXXX119Z8PMV1QPQ");
    let table = [
        ("GET", "/xms/v1/plan/nothing".to_owned(), 404),
        ("GET", "/xms/v2/plan/batches".to_owned(), 404),
        ("GET", unknown.clone(), 404),
        ("DELETE", unknown.clone(), 404),
        ("GET", format!("{unknown}/delivery_report"), 404),
        ("GET", format!("{unknown}/delivery_report/{ONE}"), 404),
        ("PATCH", unknown.clone(), 405),
        ("DELETE", BATCHES.to_owned(), 405),
        ("GET", batch("dry_run"), 405),
        ("POST", BATCHES.to_owned(), 415),
        ("GET", "/xms/v1/pl%20an/batches".to_owned(), 400),
    ];
    for (method, path, status) in table {
        let reply = emulated.call(method, &path, None).await;
        assert_eq!(reply.status, status, "{method} {path}");
    }
    for (method, path) in [
        ("POST", unknown.clone()),
        ("PUT", unknown.clone()),
        ("POST", format!("{unknown}/delivery_feedback")),
    ] {
        let reply = emulated.call(method, &path, Some(&order(json!({})))).await;
        assert_eq!(reply.status, 404, "{method} {path}");
    }
    let gateway = emulated.get("/xms/v1/pl%20an/batches").await.json();
    assert_eq!(
        (&gateway["status"], &gateway["error"]),
        (&json!(400), &json!("Bad Request"))
    );
    let foo = emulated.get(&batch("foo")).await;
    assert_refused(&foo, 400, "syntax_invalid_parameter_format");
    assert_eq!(text_of(&foo), "'foo' is not a valid identifier");
    assert_eq!(
        emulated.call("PATCH", &unknown, None).await.header("allow"),
        Some("GET, POST, PUT, DELETE")
    );
}

#[tokio::test]
async fn a_batch_waits_until_send_at_and_one_in_the_past_is_sent_at_once() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({})).await;
    assert_eq!(counts(&report(&emulated, &id, "").await), [json!([400, "Queued", 2])]);
    sent(&emulated, json!({ "to": [THREE], "send_at": "2026-11-23T07:59:00Z" })).await;
    sent(&emulated, json!({ "to": [THREE], "send_at": null })).await;
    assert_eq!(emulated.messages().await.len(), 2);
    emulated.clock("2026-11-23T08:59:59Z").await;
    assert_eq!(emulated.messages().await.len(), 2);
    emulated.clock("2026-11-23T12:00:00Z").await;
    let messages = emulated.messages().await;
    assert_eq!(messages.len(), 4);
    assert_eq!(
        (&messages[2]["recipient"], &messages[3]["recipient"]),
        (&json!(ONE), &json!(TWO))
    );
    assert_eq!(
        (&messages[2]["instant"], &messages[2]["sender"]),
        (&json!(LATER), &json!("ACME"))
    );
    assert_eq!(counts(&report(&emulated, &id, "").await), [json!([0, "Delivered", 2])]);
}

#[tokio::test]
async fn nothing_is_sent_after_expire_at() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let id = id_of(
        &emulated,
        json!({ "to": [ONE, TWO, THREE], "expire_at": "2026-11-23T09:00:02Z" }),
    )
    .await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert_eq!(
        counts(&report(&emulated, &id, "").await),
        [json!([0, "Delivered", 2]), json!([406, "Expired", 1])]
    );
    assert_eq!(emulated.messages().await.len(), 2);
}

#[tokio::test]
async fn placeholders_are_expanded_and_an_unmatched_one_fails_its_recipient_only() {
    let emulated = Emulated::fresh().await;
    let parameters = json!({ "name": { ONE: "Joe ${x}", "+46701740606": "" } });
    let changes = json!({ "to": [ONE, TWO, THREE], "body": "Hi ${name}!", "parameters": parameters, "send_at": null });
    let id = id_of(&emulated, changes).await;
    let bodies: Vec<Value> = emulated
        .messages()
        .await
        .iter()
        .map(|message| message["body"].clone())
        .collect();
    assert_eq!(bodies, ["Hi Joe ${x}!", "Hi !"]);
    let full = report(&emulated, &id, "?type=full").await;
    assert_eq!(
        full["statuses"][1],
        json!({ "code": 405, "status": "Aborted", "count": 1, "recipients": [THREE] })
    );
    let defaulted = json!({ "name": { "default": "you" } });
    sent(
        &emulated,
        json!({ "to": [THREE], "body": "Hi ${name}", "parameters": defaulted, "send_at": null }),
    )
    .await;
    sent(&emulated, json!({ "to": [THREE], "body": "Pay ${5}", "send_at": null })).await;
    let messages = emulated.messages().await;
    assert_eq!(
        (&messages[2]["body"], &messages[3]["body"]),
        (&json!("Hi you"), &json!("Pay ${5}"))
    );
}

#[tokio::test]
async fn too_many_parts_and_a_missing_sender_fail_the_message_not_the_request() {
    let emulated = Emulated::fresh().await;
    let limited = json!({ "body": "x".repeat(161), "max_number_of_message_parts": 1, "send_at": null });
    let id = id_of(&emulated, limited).await;
    assert_eq!(counts(&report(&emulated, &id, "").await), [json!([411, "Aborted", 2])]);
    let one = emulated
        .get(&format!("{BATCHES}/{id}/delivery_report/{ONE}"))
        .await
        .json();
    assert_eq!(
        (&one["code"], &one["number_of_message_parts"]),
        (&json!(411), &json!(2))
    );
    let id = id_of(&emulated, json!({ "from": null, "send_at": null })).await;
    assert_eq!(counts(&report(&emulated, &id, "").await), [json!([410, "Aborted", 2])]);
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn truncate_concat_shortens_to_one_part() {
    let emulated = Emulated::fresh().await;
    sent(
        &emulated,
        json!({ "to": [ONE], "body": "x".repeat(200), "truncate_concat": true, "send_at": null }),
    )
    .await;
    sent(
        &emulated,
        json!({ "to": [ONE], "body": "x".repeat(200), "send_at": null }),
    )
    .await;
    let messages = emulated.messages().await;
    assert_eq!(
        (messages[0]["body"].as_str().map(str::len), &messages[0]["segments"]),
        (Some(160), &json!(1))
    );
    assert_eq!(
        (messages[1]["body"].as_str().map(str::len), &messages[1]["segments"]),
        (Some(200), &json!(2))
    );
}

#[tokio::test]
async fn binary_and_media_messages_are_taken() {
    let emulated = Emulated::fresh().await;
    let binary = sent(
        &emulated,
        json!({ "type": "mt_binary", "body": "AP8=", "udh": "050003010203" }),
    )
    .await;
    assert_eq!(
        (&binary["type"], &binary["udh"]),
        (&json!("mt_binary"), &json!("050003010203"))
    );
    let refused = [
        json!({ "type": "mt_binary", "body": "AP8=" }),
        json!({ "type": "mt_binary", "body": "A".repeat(188), "udh": "00" }),
        json!({ "type": "mt_binary", "body": "AP8=", "udh": "00", "parameters": { "a": { "default": "b" } } }),
        json!({ "type": "mt_media", "body": {} }),
    ];
    for changes in refused {
        assert_refused(
            &emulated.post(BATCHES, &order(changes)).await,
            400,
            "syntax_constraint_violation",
        );
    }
    let media = json!({ "url": "https://example.com/a.png", "message": "Look" });
    let document = sent(&emulated, json!({ "type": "mt_media", "body": media, "send_at": null })).await;
    assert_eq!((&document["type"], &document["body"]), (&json!("mt_media"), &media));
    let id = document["id"].as_str().unwrap();
    assert_eq!(report(&emulated, id, "").await["type"], "delivery_report_mms");
}

#[tokio::test]
async fn a_delivery_report_without_a_callback_url_is_forbidden() {
    let emulated = Emulated::fresh().await;
    for kind in ["summary", "full", "per_recipient", "per_recipient_final"] {
        let reply = emulated.post(BATCHES, &order(json!({ "delivery_report": kind }))).await;
        assert_refused(&reply, 403, "missing_callback_url");
        assert_eq!(text_of(&reply), "Requesting delivery report without any callback URL.");
    }
    sent(&emulated, json!({ "delivery_report": "none" })).await;
    let own = json!({ "delivery_report": "full", "callback_url": "https://example.com/" });
    let id = id_of(&emulated, own).await;
    let reply = emulated.post(&batch(&id), &json!({ "callback_url": null })).await;
    assert_refused(&reply, 403, "missing_callback_url");
    emulated
        .settings(json!({ "sinch_callback_url": "http://127.0.0.1:9/" }))
        .await;
    sent(&emulated, json!({ "delivery_report": "full" })).await;
}

#[tokio::test]
async fn the_list_is_paged_with_the_newest_first() {
    let emulated = Emulated::fresh().await;
    for number in 0..5 {
        sent(&emulated, json!({ "body": number.to_string() })).await;
    }
    let page = async |query: &str| emulated.get(&format!("{BATCHES}?{query}")).await.json();
    let bodies = |page: &Value| -> Vec<Value> {
        page["batches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|batch| batch["body"].clone())
            .collect()
    };
    let first = page("page_size=2").await;
    assert_eq!(
        (&first["page"], &first["count"], &first["page_size"]),
        (&json!(0), &json!(5), &json!(2))
    );
    assert_eq!(bodies(&first), ["4", "3"]);
    assert_eq!(bodies(&page("page=1&page_size=2").await), ["2", "1"]);
    let last = page("page=2&page_size=2").await;
    assert_eq!(
        (bodies(&last), &last["page_size"], &last["count"]),
        (vec![json!("0")], &json!(1), &json!(5))
    );
    let beyond = page("page=3&page_size=2").await;
    assert_eq!(
        (bodies(&beyond).len(), &beyond["page_size"], &beyond["count"]),
        (0, &json!(0), &json!(5))
    );
    for _ in 0..30 {
        sent(&emulated, json!({})).await;
    }
    assert_eq!(page("").await["page_size"], 30, "the default");
    for query in ["page_size=101", "page=-1", "page=one"] {
        let reply = emulated.get(&format!("{BATCHES}?{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
    }
}

#[tokio::test]
async fn the_list_reaches_back_a_day_unless_told_and_fourteen_at_most() {
    let emulated = Emulated::fresh().await;
    sent(&emulated, json!({ "send_at": "2026-12-23T09:00:00Z" })).await;
    let count = async |query: &str| emulated.get(&format!("{BATCHES}?{query}")).await.json()["count"].clone();
    assert_eq!(count("").await, 1);
    assert_eq!(count("end_date=2026-11-23").await, 0);
    emulated.clock("2026-11-24T09:00:00Z").await;
    assert_eq!(count("").await, 0);
    assert_eq!(count("start_date=2026-11-23").await, 1);
    assert_eq!(
        count("start_date=2026-11-23T07:00Z&end_date=2026-11-23T08:00:00Z").await,
        0
    );
    assert_eq!(count("start_date=2026-11-23T09:00:00%2B01:00").await, 1);
    assert_eq!(
        count("start_date=2026-11-23T09:00:00+01:00").await,
        1,
        "an unescaped plus"
    );
    assert_eq!(
        count("start_date=2026-11-23T08:00:00.000000").await,
        1,
        "no offset means UTC"
    );
    emulated.clock("2026-12-07T07:59:00Z").await;
    assert_eq!(count("start_date=2026-01-01").await, 1);
    emulated.clock("2026-12-07T08:01:00Z").await;
    assert_eq!(count("start_date=2026-01-01").await, 0, "though it is still to be sent");
    assert_eq!(emulated.get(&format!("{BATCHES}?start_date=soon")).await.status, 400);
}

#[tokio::test]
async fn the_list_is_filtered_by_sender_and_client_reference() {
    let emulated = Emulated::fresh().await;
    for (from, reference) in [("44345", "a"), ("45607", "b"), ("+15551231234", "b c#1")] {
        sent(&emulated, json!({ "from": from, "client_reference": reference })).await;
    }
    let count = async |query: &str| emulated.get(&format!("{BATCHES}?{query}")).await.json()["count"].clone();
    assert_eq!(count("from=44345,%2045607").await, 2);
    assert_eq!(count("from=%2B15551231234").await, 1);
    assert_eq!(count("from=+15551231234").await, 1, "an unescaped plus");
    assert_eq!(count("from=99999").await, 0);
    assert_eq!(count("client_reference=b").await, 1);
    assert_eq!(count("client_reference=b%20c%231").await, 1);
    assert_eq!(
        emulated
            .get(&format!("{BATCHES}?client_reference={}", "x".repeat(2049)))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_new_batch_may_be_missing_from_lists_but_not_from_get() {
    let emulated = Emulated::fresh().await;
    emulated
        .faults(json!([{ "match": format!("POST {BATCHES}"), "fault": "list_lag", "lists": 2 }]))
        .await;
    let id = id_of(&emulated, json!({})).await;
    let count = async || emulated.get(BATCHES).await.json()["count"].clone();
    assert_eq!(emulated.get(&batch(&id)).await.status, 200);
    assert_eq!(
        (count().await, count().await, count().await),
        (json!(0), json!(0), json!(1))
    );
}

#[tokio::test]
async fn canceled_batches_stay_in_the_list() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({})).await;
    emulated.delete(&batch(&id)).await;
    assert_eq!(emulated.get(BATCHES).await.json()["batches"][0]["canceled"], true);
}

#[tokio::test]
async fn a_dry_run_counts_and_describes_and_sends_nothing() {
    let emulated = Emulated::fresh().await;
    let run = async |query: &str, changes: Value| {
        emulated
            .post(&format!("{BATCHES}/dry_run{query}"), &order(changes))
            .await
    };
    let changes = json!({
        "to": ["+46701740605", TWO, THREE], "body": "Hi ${name}", "send_at": null,
        "parameters": { "name": { ONE: "x".repeat(160), TWO: "Жо", "default": "you" } },
    });
    let plain = run("", changes.clone()).await;
    assert_eq!(
        (plain.status, plain.json()),
        (200, json!({ "number_of_recipients": 3, "number_of_messages": 4 }))
    );
    let described = run("?per_recipient=true", changes.clone()).await.json();
    let mut details = described["per_recipient"].as_array().unwrap().clone();
    assert_eq!(details.len(), 3);
    details.sort_by_key(|detail| detail["recipient"].to_string());
    assert_eq!(
        details[1],
        json!({ "recipient": TWO, "body": "Hi Жо", "number_of_parts": 1, "encoding": "unicode" })
    );
    assert_eq!(
        (&details[0]["number_of_parts"], &details[0]["encoding"]),
        (&json!(2), &json!("text"))
    );
    for (query, expected) in [
        ("per_recipient=True&number_of_recipients=2", 2),
        ("per_recipient=TRUE", 3),
    ] {
        let answer = run(&format!("?{query}"), changes.clone()).await.json();
        assert_eq!(
            answer["per_recipient"].as_array().map(Vec::len),
            Some(expected),
            "{query}"
        );
        assert_eq!(
            (&answer["number_of_recipients"], &answer["number_of_messages"]),
            (&json!(3), &json!(4))
        );
    }
    assert_eq!(
        run("?per_recipient=false", changes.clone()).await.json()["per_recipient"],
        Value::Null
    );
    let many: Vec<String> = (0..150).map(|number| format!("4670{number:07}")).collect();
    let hundred = run("?per_recipient=true", json!({ "to": many })).await.json();
    assert_eq!(
        hundred["per_recipient"].as_array().map(Vec::len),
        Some(100),
        "the default"
    );
    let tru = run("?per_recipient=tru", changes.clone()).await;
    assert_refused(&tru, 400, "syntax_invalid_parameter_format");
    assert_eq!(text_of(&tru), "'tru' is not a valid boolean");
    assert_refused(
        &run("?number_of_recipients=1001", changes).await,
        400,
        "syntax_constraint_violation",
    );
    assert_refused(
        &run("", json!({ "to": ["+1"] })).await,
        400,
        "syntax_invalid_parameter_format",
    );
    let long = json!({ "client_reference": "x".repeat(129) });
    assert_refused(&run("", long).await, 400, "syntax_constraint_violation");
    assert_eq!(run("", json!({ "body": "x".repeat(2000) })).await.status, 200);
    assert_eq!(emulated.get(BATCHES).await.json()["count"], 0);
    assert!(emulated.messages().await.is_empty());
}

#[tokio::test]
async fn an_update_changes_only_what_it_names() {
    let emulated = Emulated::fresh().await;
    let before = sent(
        &emulated,
        json!({ "client_reference": "a", "parameters": { "x": { "default": "y" } } }),
    )
    .await;
    let id = before["id"].as_str().unwrap();
    emulated.clock("2026-11-23T08:30:00Z").await;
    let changes = json!({
        "type": "mt_text", "body": "Bye", "from": "SHOP", "to_add": ["+46701740607"], "to_remove": ["0046701740606", "46701999999"],
        "client_reference": "b", "send_at": "2026-11-23T10:00:00Z",
    });
    let reply = emulated.post(&batch(id), &changes).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let after = reply.json();
    assert_eq!(
        (&after["id"], &after["created_at"]),
        (&before["id"], &before["created_at"])
    );
    assert!(after["modified_at"].as_str() > before["modified_at"].as_str());
    assert_eq!(
        (&after["to"], &after["body"], &after["from"]),
        (&json!([ONE, THREE]), &json!("Bye"), &json!("SHOP"))
    );
    assert_eq!(
        (&after["client_reference"], &after["parameters"]),
        (&json!("b"), &before["parameters"])
    );
    assert_eq!(
        after["expire_at"], "2026-11-26T10:00:00.000Z",
        "the default moves with send_at"
    );
    assert_eq!(emulated.get(&batch(id)).await.json(), after);
    let unset = emulated
        .post(&batch(id), &json!({ "parameters": null, "client_reference": null }))
        .await
        .json();
    assert_eq!((unset.get("parameters"), unset.get("client_reference")), (None, None));
    emulated.clock("2026-11-23T11:00:00Z").await;
    let told: Vec<Value> = emulated
        .messages()
        .await
        .iter()
        .map(|message| message["recipient"].clone())
        .collect();
    assert_eq!(told, [ONE, THREE]);
}

#[tokio::test]
async fn a_refused_update_changes_nothing() {
    let emulated = Emulated::fresh().await;
    let before = sent(&emulated, json!({})).await;
    let path = batch(before["id"].as_str().unwrap());
    let table = [
        (json!({ "to_add": ["+1"] }), "syntax_invalid_parameter_format"),
        (json!({ "to_add": [] }), "syntax_constraint_violation"),
        (json!({ "to_remove": [] }), "syntax_constraint_violation"),
        (json!({ "to_add": vec![THREE; 1001] }), "syntax_constraint_violation"),
        (json!({ "to_remove": [ONE, TWO] }), "syntax_constraint_violation"),
        (json!({ "body": "x".repeat(2001) }), "syntax_constraint_violation"),
        (
            json!({ "client_reference": "x".repeat(129) }),
            "syntax_constraint_violation",
        ),
        (json!({ "expire_at": LATER }), "syntax_constraint_violation"),
        (json!({ "delivery_report": "some" }), "syntax_invalid_parameter_format"),
        (json!({ "toAdd": [THREE] }), "syntax_invalid_json"),
    ];
    for (changes, code) in table {
        assert_refused(&emulated.post(&path, &changes).await, 400, code);
    }
    let unknown = json!({ "to_add": ["01FC66621VHDBN119Z8PMV1QPU"] });
    assert_refused(&emulated.post(&path, &unknown).await, 403, "unknown_group");
    assert_eq!(emulated.get(&path).await.json(), before);
}

#[tokio::test]
async fn an_update_with_send_at_null_or_past_sends_at_once() {
    for send_at in [json!(null), json!("2026-11-23T07:00:00Z")] {
        let emulated = Emulated::fresh().await;
        let id = id_of(&emulated, json!({})).await;
        let reply = emulated.post(&batch(&id), &json!({ "send_at": send_at })).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(emulated.messages().await.len(), 2, "{send_at}");
    }
}

#[tokio::test]
async fn a_dispatched_or_canceled_batch_can_be_neither_updated_nor_replaced() {
    let emulated = Emulated::fresh().await;
    let gone = id_of(&emulated, json!({ "send_at": null })).await;
    let canceled = id_of(&emulated, json!({})).await;
    emulated.delete(&batch(&canceled)).await;
    for id in [gone, canceled] {
        let update = emulated.post(&batch(&id), &json!({ "body": "x" })).await;
        assert_refused(&update, 403, "batch_already_dispatched");
        let replace = emulated.call("PUT", &batch(&id), Some(&order(json!({})))).await;
        assert_refused(&replace, 403, "batch_already_dispatched");
    }
    assert_eq!(emulated.messages().await.len(), 2);
}

#[tokio::test]
async fn a_replace_keeps_id_and_creation_and_nothing_else() {
    let emulated = Emulated::fresh().await;
    let before = sent(
        &emulated,
        json!({ "client_reference": "a", "feedback_enabled": true, "parameters": { "x": { "default": "y" } } }),
    )
    .await;
    let path = batch(before["id"].as_str().unwrap());
    emulated.clock("2026-11-23T08:30:00Z").await;
    let new = json!({ "to": [THREE], "from": "SHOP", "body": "New", "send_at": "2026-11-23T10:00:00Z" });
    let reply = emulated.call("PUT", &path, Some(&new)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let mut after = reply.json();
    assert_eq!(
        (&after["id"], &after["created_at"]),
        (&before["id"], &before["created_at"])
    );
    assert!(after["modified_at"].take().as_str() > before["modified_at"].as_str());
    for field in ["client_reference", "feedback_enabled", "parameters"] {
        assert_eq!(after.get(field), None);
    }
    assert_eq!(
        (&after["to"], &after["delivery_report"]),
        (&json!([THREE]), &json!("none"))
    );
    emulated.clock("2026-11-23T09:30:00Z").await;
    assert!(emulated.messages().await.is_empty(), "the old time is gone too");
    for missing in ["to", "body"] {
        let reply = emulated
            .call("PUT", &path, Some(&order(json!({ missing: null }))))
            .await;
        assert_refused(&reply, 400, "syntax_constraint_violation");
    }
    emulated.clock("2026-11-23T10:00:00Z").await;
    let messages = emulated.messages().await;
    assert_eq!((messages.len(), &messages[0]["body"]), (1, &json!("New")));
}

#[tokio::test]
async fn a_scheduled_batch_that_is_canceled_is_never_sent_and_its_report_is_empty() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({})).await;
    let reply = emulated.delete(&batch(&id)).await;
    assert_eq!(
        (reply.status, &reply.json()["canceled"], &reply.json()["id"]),
        (200, &json!(true), &json!(id))
    );
    assert_eq!(emulated.delete(&batch(&id)).await.json(), reply.json(), "a second time");
    emulated.clock("2026-11-23T12:00:00Z").await;
    assert!(emulated.messages().await.is_empty());
    let report = report(&emulated, &id, "?type=full").await;
    assert_eq!(
        (&report["statuses"], &report["total_message_count"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn a_batch_canceled_while_it_is_sent_reports_which_messages_were_canceled() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let id = id_of(&emulated, json!({ "to": [ONE, TWO, THREE] })).await;
    emulated.clock("2026-11-23T09:00:00.500Z").await;
    assert_eq!(
        counts(&report(&emulated, &id, "").await),
        [json!([400, "Queued", 2]), json!([0, "Delivered", 1])]
    );
    assert_eq!(emulated.delete(&batch(&id)).await.json()["canceled"], true);
    emulated.clock("2026-11-23T12:00:00Z").await;
    assert_eq!(emulated.messages().await.len(), 1);
    let full = report(&emulated, &id, "?type=full").await;
    assert_eq!(
        full["statuses"],
        json!([
            { "code": 0, "status": "Delivered", "count": 1, "recipients": [ONE] },
            { "code": 407, "status": "Cancelled", "count": 2, "recipients": [TWO, THREE] },
        ])
    );
}

#[tokio::test]
async fn canceling_a_sent_batch_leaves_its_report_as_it_was() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({ "send_at": null })).await;
    let before = report(&emulated, &id, "?type=full").await;
    let reply = emulated.delete(&batch(&id)).await;
    assert_eq!((reply.status, &reply.json()["canceled"]), (200, &json!(true)));
    assert_eq!(report(&emulated, &id, "?type=full").await, before);
}

#[tokio::test]
async fn feedback_is_taken_only_where_it_was_enabled() {
    let emulated = Emulated::fresh().await;
    let path = |id: &str| format!("{}/delivery_feedback", batch(id));
    let id = id_of(&emulated, json!({ "feedback_enabled": true, "send_at": null })).await;
    for recipients in [json!(["+46701740605"]), json!([ONE, TWO]), json!([])] {
        let reply = emulated.post(&path(&id), &json!({ "recipients": recipients })).await;
        assert_eq!((reply.status, reply.text.as_str()), (202, ""));
    }
    assert_refused(
        &emulated.post(&path(&id), &json!({})).await,
        400,
        "syntax_constraint_violation",
    );
    let bad = json!({ "recipients": ["+1"] });
    assert_refused(
        &emulated.post(&path(&id), &bad).await,
        400,
        "syntax_invalid_parameter_format",
    );
    let without = id_of(&emulated, json!({ "send_at": null })).await;
    let reply = emulated.post(&path(&without), &json!({ "recipients": [ONE] })).await;
    assert_refused(&reply, 400, "syntax_constraint_violation");
    let group = emulated.post(GROUPS, &json!({ "members": [ONE] })).await.json()["id"].clone();
    let id = id_of(
        &emulated,
        json!({ "to": [group], "feedback_enabled": true, "send_at": null }),
    )
    .await;
    let reply = emulated.post(&path(&id), &json!({ "recipients": [] })).await;
    assert_refused(&reply, 400, "syntax_constraint_violation");
    assert_eq!(
        emulated.post(&path(&id), &json!({ "recipients": [ONE] })).await.status,
        202
    );
}

#[tokio::test]
async fn delivery_reports_are_read_per_batch_and_filtered() {
    let emulated = Emulated::fresh().await;
    let parameters = json!({ "name": { ONE: "Joe", TWO: "Jo" } });
    let changes = json!({
        "to": [ONE, TWO, THREE], "body": "${name}", "parameters": parameters, "send_at": null, "client_reference": "a",
    });
    let id = id_of(&emulated, changes).await;
    assert_eq!(
        report(&emulated, &id, "").await,
        json!({
            "type": "delivery_report_sms", "batch_id": id, "total_message_count": 3, "client_reference": "a",
            "statuses": [
                { "code": 0, "status": "Delivered", "count": 2 }, { "code": 405, "status": "Aborted", "count": 1 },
            ],
        })
    );
    let full = report(&emulated, &id, "?type=full&status=Delivered,Queued").await;
    assert_eq!(
        full["statuses"],
        json!([{ "code": 0, "status": "Delivered", "count": 2, "recipients": [ONE, TWO] }])
    );
    assert_eq!(
        counts(&report(&emulated, &id, "?code=405,%20400").await),
        [json!([405, "Aborted", 1])]
    );
    assert_eq!(
        counts(&report(&emulated, &id, "?status=DELIVERED&code=405").await),
        [json!([]); 0]
    );
    let wrong = emulated
        .get(&format!("{}/delivery_report?type=report", batch(&id)))
        .await;
    assert_refused(&wrong, 400, "syntax_invalid_parameter_format");
    assert_eq!(text_of(&wrong), "'report' is not a valid report type");
    assert_eq!(
        emulated
            .get(&format!("{}/delivery_report?code=x", batch(&id)))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn delivery_reports_are_read_per_recipient() {
    let emulated = Emulated::fresh().await;
    emulated.settings(json!({ "delivery_ms": 5000 })).await;
    let id = id_of(&emulated, json!({ "client_reference": "a" })).await;
    let read = async |number: &str| emulated.get(&format!("{}/delivery_report/{number}", batch(&id))).await;
    assert_eq!(read(ONE).await.json()["status"], "Queued");
    emulated.clock("2026-11-23T09:00:01Z").await;
    let dispatched = read(ONE).await.json();
    assert_eq!(
        (&dispatched["code"], &dispatched["status"]),
        (&json!(401), &json!("Dispatched"))
    );
    emulated.clock("2026-11-23T09:00:05Z").await;
    assert_eq!(
        read("%2B46701740605").await.json(),
        json!({
            "type": "recipient_delivery_report_sms", "batch_id": id, "recipient": ONE, "code": 0, "status": "Delivered",
            "at": "2026-11-23T09:00:05.000Z", "operator_status_at": "2026-11-23T09:00:05.000Z", "client_reference": "a",
        })
    );
    assert_eq!(read(THREE).await.status, 404, "not a target of this batch");
}

#[tokio::test]
async fn finished_delivery_reports_are_listed() {
    let emulated = Emulated::fresh().await;
    id_of(&emulated, json!({ "client_reference": "a", "send_at": null })).await;
    id_of(
        &emulated,
        json!({ "client_reference": "b", "from": null, "send_at": null }),
    )
    .await;
    id_of(&emulated, json!({ "client_reference": "c" })).await;
    let list = async |query: &str| {
        emulated
            .get(&format!("/xms/v1/plan/delivery_reports{query}"))
            .await
            .json()
    };
    let all = list("?page_size=3").await;
    assert_eq!(
        (&all["count"], &all["page"], &all["page_size"]),
        (&json!(4), &json!(0), &json!(3))
    );
    assert_eq!(all["delivery_reports"][0]["type"], "recipient_delivery_report_sms");
    for (query, count) in [
        ("?client_reference=a", 2),
        ("?status=Delivered", 2),
        ("?code=410", 2),
        ("?code=405", 0),
        ("?client_reference=c", 0),
        ("?start_date=2026-11-22&end_date=2026-11-23", 0),
    ] {
        assert_eq!(list(query).await["count"], count, "{query}");
    }
}

#[tokio::test]
async fn groups_are_evaluated_at_the_time_of_sending() {
    let emulated = Emulated::fresh().await;
    let group = async |body: Value| {
        emulated.post(GROUPS, &body).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (changing, doomed) = (
        group(json!({ "members": [ONE] })).await,
        group(json!({ "members": [THREE] })).await,
    );
    let id = id_of(&emulated, json!({ "to": [changing, doomed] })).await;
    let change = json!({ "add": [TWO], "remove": [ONE] });
    assert_eq!(
        emulated.post(&format!("{GROUPS}/{changing}"), &change).await.status,
        200
    );
    assert_eq!(emulated.delete(&format!("{GROUPS}/{doomed}")).await.status, 200);
    emulated.clock("2026-11-23T09:00:00Z").await;
    emulated
        .post(&format!("{GROUPS}/{changing}"), &json!({ "add": [THREE] }))
        .await;
    let told: Vec<Value> = emulated
        .messages()
        .await
        .iter()
        .map(|message| message["recipient"].clone())
        .collect();
    assert_eq!(told, [TWO], "a deleted group is empty");
    let full = report(&emulated, &id, "?type=full").await;
    assert_eq!(
        full["statuses"][0]["recipients"],
        json!([TWO]),
        "later changes no longer count"
    );
    let reply = emulated.post(BATCHES, &order(json!({ "to": [doomed] }))).await;
    assert_refused(&reply, 403, "unknown_group");
    assert_eq!(text_of(&reply), format!("Group '{doomed}' is unknown or deleted"));
}

#[tokio::test]
async fn groups_are_made_read_listed_changed_replaced_and_deleted() {
    let emulated = Emulated::fresh().await;
    let made = emulated
        .post(
            GROUPS,
            &json!({ "name": "Mine", "members": ["+46701740605", ONE, TWO] }),
        )
        .await;
    assert_eq!(
        (made.status, &made.json()["name"], &made.json()["size"]),
        (201, &json!("Mine"), &json!(2))
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{GROUPS}/{id}");
    assert_eq!(emulated.get(&format!("{path}/members")).await.json(), json!([ONE, TWO]));
    let taken = emulated.post(GROUPS, &json!({ "name": "Mine" })).await;
    assert_refused(&taken, 403, "conflict_group_name");
    let parent = emulated
        .post(GROUPS, &json!({ "child_groups": [id], "members": [THREE, ONE] }))
        .await
        .json();
    assert_eq!(parent["size"], 3);
    let list = emulated.get(&format!("{GROUPS}?page_size=1")).await.json();
    assert_eq!(
        (&list["count"], &list["groups"][0]["id"]),
        (&json!(2), &parent["id"]),
        "newest first"
    );
    let renamed = emulated
        .post(&path, &json!({ "name": null, "add": [THREE], "remove": [THREE] }))
        .await
        .json();
    assert_eq!((renamed.get("name"), &renamed["size"]), (None, &json!(2)));
    let copied = json!({ "add_from_group": parent["id"], "remove_from_group": "01FC66621VHDBN119Z8PMV1QPU" });
    assert_refused(&emulated.post(&path, &copied).await, 403, "unknown_group");
    assert_eq!(
        emulated
            .post(&path, &json!({ "add_from_group": parent["id"] }))
            .await
            .json()["size"],
        3
    );
    assert_refused(
        &emulated.call("PUT", &path, Some(&json!({}))).await,
        400,
        "syntax_constraint_violation",
    );
    let replaced = emulated
        .call("PUT", &path, Some(&json!({ "members": [] })))
        .await
        .json();
    assert_eq!(
        (&replaced["id"], &replaced["created_at"]),
        (&json!(id), &made.json()["created_at"])
    );
    assert_eq!(replaced["size"], 0);
    let reply = emulated.delete(&path).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(
        (emulated.get(&path).await.status, emulated.delete(&path).await.status),
        (404, 404)
    );
    let inbounds = emulated.get("/xms/v1/plan/inbounds").await.json();
    assert_eq!(
        inbounds,
        json!({ "page": 0, "count": 0, "page_size": 0, "inbounds": [] })
    );
    assert_eq!(
        emulated
            .get("/xms/v1/plan/inbounds/01FC66621VHDBN119Z8PMV1QPU")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn service_plans_know_nothing_of_each_other() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({})).await;
    assert_eq!(emulated.get("/xms/v1/other/batches").await.json()["count"], 0);
    assert_eq!(emulated.get(&format!("/xms/v1/other/batches/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_restarted_emulator_knows_what_was_sent_and_what_was_canceled() {
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("state.jsonl"));
    let first = Emulated::with(Options {
        state: state.clone(),
        ..Options::default()
    })
    .await;
    let sent_then_canceled = id_of(&first, json!({ "send_at": null })).await;
    let canceled = id_of(&first, json!({})).await;
    let changed = id_of(&first, json!({})).await;
    first.delete(&batch(&sent_then_canceled)).await;
    first.delete(&batch(&canceled)).await;
    first.post(&batch(&changed), &json!({ "to_remove": [TWO] })).await;
    let list = first.get(BATCHES).await.json();
    first.running.stop().await;
    let now = Instant::parse(START).map(|start| start.plus_seconds(1800));
    let second = Emulated::with(Options {
        state,
        now,
        ..Options::default()
    })
    .await;
    assert_eq!(second.get(BATCHES).await.json(), list);
    assert_eq!(
        counts(&report(&second, &sent_then_canceled, "").await),
        [json!([0, "Delivered", 2])]
    );
    assert_eq!(counts(&report(&second, &canceled, "").await), [json!([]); 0]);
    second.clock("2026-11-23T09:00:00Z").await;
    assert_eq!(
        counts(&report(&second, &changed, "").await),
        [json!([0, "Delivered", 1])]
    );
}

#[tokio::test]
async fn a_person_can_cancel_and_erase_in_the_portal() {
    let emulated = Emulated::fresh().await;
    let (canceled, erased) = (id_of(&emulated, json!({})).await, id_of(&emulated, json!({})).await);
    assert_eq!(
        emulated
            .post(&format!("/_emulator/batches/{canceled}/cancel"), &json!({}))
            .await
            .status,
        200
    );
    assert_eq!(
        emulated
            .post(&format!("/_emulator/batches/{erased}/erase"), &json!({}))
            .await
            .status,
        200
    );
    assert_eq!(emulated.get(&batch(&canceled)).await.json()["canceled"], true);
    assert_eq!(emulated.get(&batch(&erased)).await.status, 404);
}

#[test]
fn every_test_that_the_rules_name_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut code = read("tests/it/emulator_sinch.rs") + &read("tests/it/emulator_sinch_callbacks.rs");
    for folder in ["src/emulator", "src/emulator/sinch"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                code += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let rules = read("src/emulator/sinch/RULES.md");
    let is_test_name = |text: &&str| {
        text.matches('_').count() >= 3
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let in_cells = rules
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| line.rsplit('|').nth(1));
    let named: Vec<&str> = in_cells.flat_map(|cell| cell.split('`')).filter(is_test_name).collect();
    assert!(named.len() > 80, "{}", named.len());
    for name in named {
        assert!(
            code.contains(&format!("fn {name}()")),
            "`{name}` is named in RULES.md but is no test"
        );
    }
}
