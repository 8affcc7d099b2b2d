//! The emulated Sinch account over real HTTP, judged by the vendor's documents: update, replace, cancel, feedback, groups,
//! and what outlives a restart.

use campanile::emulator::Options;
use campanile::emulator::clock::Instant;
use serde_json::{Value, json};

use crate::emulated::{Emulated, START};
use crate::sinch_orders::{
    BATCHES, GROUPS, LATER, ONE, THREE, TWO, assert_refused, batch, counts, id_of, order, report, sent, text_of,
};

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
        (json!({ "body": "x".repeat(1601) }), "syntax_constraint_violation"),
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
    let long = sent(&emulated, json!({ "body": "x".repeat(2000) })).await;
    let other = batch(long["id"].as_str().unwrap());
    let reply = emulated.post(&other, &json!({ "to_add": [THREE] })).await;
    assert_eq!(
        reply.status, 200,
        "a longer body stays where it is not named: {}",
        reply.text
    );
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
    let long = order(json!({ "body": "x".repeat(1601) }));
    assert_refused(
        &emulated.call("PUT", &path, Some(&long)).await,
        400,
        "syntax_constraint_violation",
    );
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
    assert_eq!(counts(&report(&second, &canceled, "").await), Vec::<Value>::new());
    second.clock("2026-11-23T09:00:00Z").await;
    assert_eq!(
        counts(&report(&second, &changed, "").await),
        [json!([0, "Delivered", 1])]
    );
}

#[tokio::test]
async fn messages_are_listed_in_the_order_of_sending_also_when_the_clock_leaps() {
    let emulated = Emulated::fresh().await;
    for hour in ["11", "09", "10"] {
        let send_at = format!("2026-11-23T{hour}:00:00Z");
        id_of(&emulated, json!({ "to": [ONE], "body": hour, "send_at": send_at })).await;
    }
    emulated.clock("2026-11-24T08:00:00Z").await;
    let bodies: Vec<Value> = emulated
        .messages()
        .await
        .iter()
        .map(|message| message["body"].clone())
        .collect();
    assert_eq!(bodies, ["09", "10", "11"]);
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
