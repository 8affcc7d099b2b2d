//! Orders for the emulated Sinch account and short ways to read what became of them.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on is a failed test")]

use serde_json::{Value, json};

use crate::emulated::{Emulated, Reply};

pub const BATCHES: &str = "/xms/v1/plan/batches";
pub const GROUPS: &str = "/xms/v1/plan/groups";
pub const ONE: &str = "46701740605";
pub const TWO: &str = "46701740606";
pub const THREE: &str = "46701740607";
/// An hour after `START`.
pub const LATER: &str = "2026-11-23T09:00:00Z";

/// A sound order for `LATER`, with some fields set or (by null) left out.
#[expect(clippy::needless_pass_by_value, reason = "callers write `json!` in place")]
pub fn order(changes: Value) -> Value {
    let mut order = json!({ "to": [ONE, TWO], "from": "ACME", "body": "Hello", "send_at": LATER });
    for (name, value) in changes.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

pub async fn sent(emulated: &Emulated, changes: Value) -> Value {
    let reply = emulated.post(BATCHES, &order(changes)).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

pub async fn id_of(emulated: &Emulated, changes: Value) -> String {
    sent(emulated, changes).await["id"].as_str().unwrap().to_owned()
}

pub fn batch(id: &str) -> String {
    format!("{BATCHES}/{id}")
}

pub async fn report(emulated: &Emulated, id: &str, query: &str) -> Value {
    let reply = emulated.get(&format!("{BATCHES}/{id}/delivery_report{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// `[code, status, count]` of each status in a report.
pub fn counts(report: &Value) -> Vec<Value> {
    let status = |status: &Value| json!([status["code"], status["status"], status["count"]]);
    report["statuses"].as_array().unwrap().iter().map(status).collect()
}

#[track_caller]
pub fn assert_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(
        (reply.status, reply.json()["code"].as_str()),
        (status, Some(code)),
        "{}",
        reply.text
    );
    assert!(reply.json()["text"].is_string(), "{}", reply.text);
}

pub fn text_of(reply: &Reply) -> String {
    reply.json()["text"].as_str().unwrap_or_default().to_owned()
}
