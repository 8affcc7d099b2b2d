//! The emulated Sinch account over real HTTP, judged by the vendor's documents (`src/emulator/sinch/RULES.md`):
//! sending, and what is common to all calls.

use campanile::emulator::Options;
use serde_json::{Value, json};

use crate::emulated::Emulated;
use crate::sinch_orders::{
    BATCHES, LATER, ONE, THREE, TWO, assert_refused, batch, counts, id_of, order, report, sent, text_of,
};

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
        ("GET", batch("unknown"), 404),
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
async fn service_plans_know_nothing_of_each_other() {
    let emulated = Emulated::fresh().await;
    let id = id_of(&emulated, json!({})).await;
    assert_eq!(emulated.get("/xms/v1/other/batches").await.json()["count"], 0);
    assert_eq!(emulated.get(&format!("/xms/v1/other/batches/{id}")).await.status, 404);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about files")]
fn every_test_that_the_rules_name_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut code = String::new();
    for folder in ["src/emulator", "src/emulator/sinch", "tests/it"] {
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
