//! The emulated Sinch account over real HTTP, judged by the vendor's documents: lists, dry runs, delivery reports.

use serde_json::{Value, json};

use crate::emulated::Emulated;
use crate::sinch_orders::{
    BATCHES, ONE, THREE, TWO, assert_refused, batch, counts, id_of, order, report, sent, text_of,
};

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
    assert_eq!(run("", json!({ "body": "å".repeat(1600) })).await.status, 200);
    let long = json!({ "body": "x".repeat(1601) });
    assert_refused(&run("", long).await, 400, "syntax_constraint_violation");
    assert_eq!(emulated.get(BATCHES).await.json()["count"], 0);
    assert!(emulated.messages().await.is_empty());
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
        Vec::<Value>::new()
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
