//! What comes back from people at both emulated accounts, judged by the vendors' documents.

use serde_json::{Value, json};

use crate::emulated::Emulated;
use crate::sinch_orders::{BATCHES, GROUPS, ONE, TWO, assert_refused, sent};

const INBOUNDS: &str = "/xms/v1/plan/inbounds";

async fn text_in(emulated: &Emulated, changes: Value) -> String {
    let mut text = json!({ "plan": "plan", "from": ONE, "to": "46101606060", "body": "STOP" });
    for (name, value) in changes.as_object().unwrap() {
        text[name] = value.clone();
    }
    let reply = emulated.post("/_emulator/sinch/inbounds", &text).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn incoming_texts_are_listed_newest_first_in_pages_and_read_by_id() {
    let emulated = Emulated::fresh().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(text_in(&emulated, json!({})).await);
    }
    let page = async |query: &str| emulated.get(&format!("{INBOUNDS}?{query}")).await.json();
    let first = page("page_size=2").await;
    assert_eq!(
        (&first["count"], &first["page_size"], &first["page"]),
        (&json!(5), &json!(2), &json!(0))
    );
    assert_eq!(first["inbounds"][0]["id"], json!(ids[4]));
    let beyond = page("page=3&page_size=2").await;
    assert_eq!((&beyond["count"], &beyond["page_size"]), (&json!(5), &json!(0)));
    let single = emulated.get(&format!("{INBOUNDS}/{}", ids[0])).await.json();
    assert_eq!(
        (&single["type"], &single["from"], &single["to"], &single["body"]),
        (&json!("mo_text"), &json!(ONE), &json!("46101606060"), &json!("STOP"))
    );
    let received_at = single["received_at"].as_str().unwrap();
    assert!(received_at.starts_with("2026-11-23T08:00:") && received_at.ends_with('Z'));
    assert_eq!(
        emulated
            .get(&format!("{INBOUNDS}/01FC66621VHDBN119Z8PMV1QPU"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn incoming_texts_reach_back_a_day_unless_told_and_fourteen_at_most() {
    let emulated = Emulated::fresh().await;
    let id = text_in(&emulated, json!({})).await;
    let count = async |query: &str| emulated.get(&format!("{INBOUNDS}?{query}")).await.json()["count"].clone();
    assert_eq!(count("").await, 1);
    assert_eq!(count("to=46101606061").await, 0, "texts to another number");
    assert_eq!(count("to=46101606061,%2B46101606060").await, 1);
    assert_eq!(count("end_date=2026-11-23T08:00:00Z").await, 0, "before the end");
    emulated.clock("2026-11-24T08:00:01Z").await;
    assert_eq!(count("").await, 0);
    assert_eq!(count("start_date=2026-11-23").await, 1);
    emulated.clock("2026-12-07T08:00:01Z").await;
    assert_eq!(count("start_date=2026-11-23").await, 0);
    assert_eq!(emulated.get(&format!("{INBOUNDS}/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_group_fills_and_empties_itself_by_its_keywords() {
    let emulated = Emulated::fresh().await;
    let keywords = json!({ "to": "46101606060", "add": { "first_word": "STOP" }, "remove": { "first_word": "START" } });
    let made = emulated
        .post(GROUPS, &json!({ "name": "gone", "auto_update": keywords }))
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let members = format!("{GROUPS}/{}/members", made.json()["id"].as_str().unwrap());
    let now = async || emulated.get(&members).await.json();
    text_in(&emulated, json!({ "body": "stop" })).await;
    text_in(&emulated, json!({ "from": TWO, "to": "46101606061" })).await;
    assert_eq!(now().await, json!([ONE]), "only texts to the group's own number");
    text_in(&emulated, json!({ "from": TWO, "body": "please stop" })).await;
    assert_eq!(now().await, json!([ONE]), "only at the beginning");
    text_in(&emulated, json!({ "body": "START" })).await;
    assert_eq!(now().await, json!([]));
    for bad in [
        json!({ "add": { "first_word": "STOP" } }),
        json!({ "to": "46101606060", "add": { "first_word": "two words" } }),
        json!({ "to": "46101606060", "add": { "first_word": "x".repeat(16) } }),
        json!({ "to": "46101606060", "add": { "second_word": "STOP" } }),
    ] {
        let refused = emulated.post(GROUPS, &json!({ "auto_update": bad })).await;
        assert_refused(&refused, 400, "syntax_constraint_violation");
    }
}

#[tokio::test]
async fn a_stop_blacklists_its_sender_at_ip1_and_nothing_else_does() {
    let emulated = Emulated::fresh().await;
    for (sender, body) in [(ONE, " stop "), (TWO, "stop it")] {
        let text = json!({ "sender": sender, "body": body });
        assert_eq!(emulated.post("/_emulator/ip1/incoming", &text).await.status, 200);
    }
    let blocked = emulated.get("/v2/blacklist").await.json();
    assert_eq!(blocked.as_array().unwrap().len(), 1);
    assert_eq!(blocked[0]["msisdn"], ONE);
    let created = blocked[0]["created"].as_str().unwrap();
    assert!(
        created.starts_with("2026-11-23T08:00:") && !created.ends_with('Z'),
        "{created}"
    );
    let many: Vec<String> = (0..120).map(|n| format!("4670{n:07}")).collect();
    assert_eq!(
        emulated.post("/_emulator/ip1/blacklist", &json!(many)).await.status,
        200
    );
    let count = async |query: &str| {
        let page = emulated.get(&format!("/v2/blacklist?{query}")).await.json();
        page.as_array().unwrap().len()
    };
    assert_eq!(count("").await, 50, "the default limit");
    assert_eq!((count("start=100").await, count("start=121").await), (21, 0));
}

#[tokio::test]
async fn somebody_answers_the_number_that_texted_them_and_no_name() {
    let emulated = Emulated::fresh().await;
    let answer = async |from: &str| {
        emulated
            .post("/_emulator/answer", &json!({ "from": from, "body": "STOP" }))
            .await
    };
    assert_eq!(answer(ONE).await.status, 404, "nobody texted them");
    sent(&emulated, json!({ "send_at": null })).await;
    assert_eq!(answer(ONE).await.status, 409, "ACME cannot be answered");
    sent(&emulated, json!({ "send_at": null, "from": "46101606060" })).await;
    assert_eq!(answer(ONE).await.status, 200);
    let inbound = emulated.get(INBOUNDS).await.json()["inbounds"][0].clone();
    assert_eq!((&inbound["from"], &inbound["to"]), (&json!(ONE), &json!("46101606060")));
    assert!(emulated.get(BATCHES).await.json()["count"].is_number());
}
