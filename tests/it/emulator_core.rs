//! The emulator beside its APIs: clock, faults, log, state file, control.

use campanile::emulator::{Error, Options, run, start};
use serde_json::{Value, json};

use crate::emulated::Emulated;

const BATCHES: &str = "/v2/batches";

fn order(reference: &str) -> Value {
    json!({
        "sender": "ACME", "recipients": ["46701234567"], "body": "Hello", "reference": reference,
        "deliveryWindows": [{ "opens": "2026-11-24T09:00:00Z", "closes": "2026-11-24T20:00:00Z" }],
    })
}

async fn references(emulated: &Emulated) -> Vec<String> {
    let list = emulated.get(BATCHES).await.json();
    list.as_array()
        .unwrap()
        .iter()
        .map(|batch| batch["reference"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let open = start(Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..Options::default()
    })
    .await;
    assert!(matches!(open, Err(Error::NotLoopback(_))));
}

#[tokio::test]
async fn setting_the_clock_makes_everything_due_happen_at_once() {
    let emulated = Emulated::fresh().await;
    emulated.post(BATCHES, &order("a")).await;
    assert!(emulated.messages().await.is_empty());
    emulated.clock("2026-11-24T08:59:00Z").await;
    assert!(emulated.messages().await.is_empty());
    let date = emulated.get(BATCHES).await.header("date").unwrap().to_owned();
    assert!(
        date.starts_with("Tue, 24 Nov 2026 08:59:"),
        "answers carry the emulator's time: {date}"
    );
    emulated.clock("2026-11-24T09:30:00Z").await;
    let messages = emulated.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["instant"], "2026-11-24T09:00:00Z");
    assert_eq!(
        (&messages[0]["provider"], &messages[0]["reference"]),
        (&json!("ip1"), &json!("a"))
    );
}

#[tokio::test]
async fn drop_before_loses_the_request_and_drop_after_only_its_answer() {
    let emulated = Emulated::fresh().await;
    emulated
        .faults(json!([
            { "match": "POST /v2/batches", "nth": 1, "fault": "drop_before" },
            { "match": "POST /v2/batches", "nth": 2, "fault": "drop_after" },
        ]))
        .await;
    assert!(
        emulated
            .try_call("POST", BATCHES, Some(&order("before")))
            .await
            .is_none()
    );
    assert!(
        emulated
            .try_call("POST", BATCHES, Some(&order("after")))
            .await
            .is_none()
    );
    assert_eq!(emulated.post(BATCHES, &order("whole")).await.status, 200);
    assert_eq!(references(&emulated).await, ["after", "whole"]);
}

#[tokio::test]
async fn a_status_fault_is_not_carried_out_unless_told() {
    let emulated = Emulated::fresh().await;
    emulated
        .faults(json!([
            { "match": "POST /v2/batches", "nth": 1, "fault": "status", "status": 503, "retry_after": 2 },
            { "match": "POST /v2/batches", "nth": 2, "fault": "status", "status": 500, "commit": true },
        ]))
        .await;
    let busy = emulated.post(BATCHES, &order("one")).await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("2")));
    assert_eq!(emulated.post(BATCHES, &order("two")).await.status, 500);
    assert_eq!(references(&emulated).await, ["two"]);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_and_garbage_is_no_json() {
    let emulated = Emulated::fresh().await;
    emulated.post(BATCHES, &order("a")).await;
    emulated
        .faults(json!([
            { "match": "GET /v2/batches", "nth": 1, "fault": "truncate" },
            { "match": "GET /v2/batches", "nth": 2, "fault": "garbage" },
            { "match": "GET /v2/batches", "nth": 3, "fault": "delay", "ms": 1 },
        ]))
        .await;
    assert!(emulated.try_call("GET", BATCHES, None).await.is_none());
    assert_eq!(emulated.get(BATCHES).await.json(), Value::Null);
    assert_eq!(references(&emulated).await, ["a"]);
}

#[tokio::test]
async fn a_lagging_list_hides_a_new_batch_for_so_many_lists() {
    let emulated = Emulated::fresh().await;
    emulated.post(BATCHES, &order("old")).await;
    emulated
        .faults(json!([{ "match": "POST /v2/batches", "fault": "list_lag", "lists": 2 }]))
        .await;
    let id = emulated.post(BATCHES, &order("new")).await.json()["id"].clone();
    assert_eq!(
        emulated
            .get(&format!("{BATCHES}/{}", id.as_str().unwrap()))
            .await
            .status,
        200
    );
    assert_eq!(references(&emulated).await, ["old"]);
    assert_eq!(references(&emulated).await, ["old"]);
    assert_eq!(references(&emulated).await, ["old", "new"]);
}

#[tokio::test]
async fn the_log_tells_every_request_and_no_token() {
    let emulated = Emulated::fresh().await;
    emulated.post(BATCHES, &order("a")).await;
    emulated
        .faults(json!([{ "match": "GET *", "fault": "drop_after" }]))
        .await;
    emulated.try_call("GET", "/v2/batches?start=0&limit=7", None).await;
    let text = emulated.get("/_emulator/log").await.text;
    assert!(!text.contains("Bearer") && !text.contains("key\""), "{text}");
    let log: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log.as_array().unwrap().len(), 2, "control requests are not in it");
    assert_eq!((&log[0]["method"], &log[0]["path"]), (&json!("POST"), &json!(BATCHES)));
    assert_eq!(
        (&log[0]["status"], &log[0]["body"]["reference"]),
        (&json!(200), &json!("a"))
    );
    assert_eq!(
        (&log[1]["status"], &log[1]["fault"]),
        (&Value::Null, &json!("drop_after"))
    );
    assert_eq!(log[1]["query"], json!({ "start": "0", "limit": "7" }));
    assert!(log[1]["instant"].as_str().unwrap().starts_with("2026-11-23T08:00"));
}

#[tokio::test]
async fn a_restarted_emulator_has_the_same_batches_and_messages() {
    let folder = tempfile::tempdir().unwrap();
    let state = || Options {
        state: Some(folder.path().join("state.jsonl")),
        ..Options::default()
    };
    let first = Emulated::with(state()).await;
    first.post(BATCHES, &order("a")).await;
    let b = first.post(BATCHES, &order("b")).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    first.delete(&format!("{BATCHES}/{b}")).await;
    first.clock("2026-11-24T10:00:00Z").await;
    let (before, messages) = (first.get(BATCHES).await.text, first.messages().await);
    // Not stopped: cut down.
    drop(first);
    let second = Emulated::with(state()).await;
    assert_eq!(second.get(BATCHES).await.text, before);
    assert_eq!(second.messages().await, messages);
    assert_eq!(messages.len(), 1);
    second.clock("2026-11-25T10:00:00Z").await;
    assert_eq!(second.messages().await.len(), 1, "what was sent is not sent again");
}

#[tokio::test]
async fn two_emulators_on_one_state_file_are_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let state = || Options {
        state: Some(folder.path().join("state.jsonl")),
        ..Options::default()
    };
    let (one, other) = (Emulated::with(state()).await, Emulated::with(state()).await);
    one.post(BATCHES, &order("a")).await;
    other.post(BATCHES, &order("b")).await;
    assert_eq!(references(&one).await, ["a", "b"]);
    one.clock("2026-11-24T10:00:00Z").await;
    other.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(other.messages().await.len(), 2);
    assert_eq!(one.messages().await.len(), 2);
}

#[tokio::test]
async fn reset_forgets_everything() {
    let folder = tempfile::tempdir().unwrap();
    let state = || Options {
        state: Some(folder.path().join("state.jsonl")),
        ..Options::default()
    };
    let emulated = Emulated::with(state()).await;
    emulated.settings(json!({ "create_status": 202 })).await;
    assert_eq!(emulated.post(BATCHES, &order("a")).await.status, 202);
    emulated.post("/_emulator/reset", &json!({})).await;
    assert!(references(&emulated).await.is_empty());
    assert_eq!(emulated.post(BATCHES, &order("b")).await.status, 200);
    drop(emulated);
    assert_eq!(references(&Emulated::with(state()).await).await, ["b"]);
}

#[tokio::test]
async fn wrong_control_requests_are_refused() {
    let emulated = Emulated::fresh().await;
    for (path, body) in [
        ("clock", json!({ "now": "noon" })),
        ("clock", json!([])),
        ("settings", json!({ "colour": "red" })),
        ("settings", json!({ "create_status": "many" })),
        ("settings", json!({ "create_status": 404 })),
        ("faults", json!([{ "match": "POST /x", "fault": "flood" }])),
    ] {
        assert_eq!(
            emulated.post(&format!("/_emulator/{path}"), &body).await.status,
            400,
            "{path} {body}"
        );
    }
    assert_eq!(
        emulated
            .post("/_emulator/batches/nobody/cancel", &json!({}))
            .await
            .status,
        404
    );
    assert_eq!(emulated.get("/_emulator/nothing").await.status, 404);
    assert_eq!(emulated.get("/elsewhere").await.status, 404);
}

#[tokio::test]
async fn only_the_chosen_token_is_admitted() {
    let emulated = Emulated::with(Options {
        token: Some("right".into()),
        ..Options::default()
    })
    .await;
    for (authorization, status) in [
        (Some("Bearer right"), 200),
        (Some("bearer right"), 200),
        (Some("Bearer wrong"), 401),
        (Some("Basic right"), 401),
        (Some("Bearer "), 401),
        (None, 401),
    ] {
        let reply = emulated.send("GET", BATCHES, authorization, None).await.unwrap();
        assert_eq!(reply.status, status, "{authorization:?}");
    }
}

#[tokio::test]
async fn run_announces_its_url_and_ends_when_told() {
    let (announced, url) = tokio::sync::oneshot::channel();
    let until = async {
        let url: String = url.await.unwrap();
        let port: std::net::SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
        assert!(tokio::net::TcpStream::connect(port).await.is_ok());
    };
    run(Options::default(), |url| announced.send(url.to_owned()).unwrap(), until)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_test_that_the_rules_name_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let tests = [
        "tests/it/emulator_core.rs",
        "tests/it/emulator_ip1.rs",
        "tests/it/emulator_ip1_sending.rs",
        "tests/it/emulator_inbound.rs",
        "src/emulator/ip1/expand.rs",
        "src/emulator/ip1/blacklist.rs",
    ];
    let code = tests.map(read).join("\n");
    let rules = read("src/emulator/ip1/RULES.md");
    let named = rules
        .lines()
        .filter(|line| line.starts_with("| ") && !line.ends_with("| test |"));
    let mut count = 0;
    for line in named {
        let test = line.rsplit('`').nth(1).unwrap();
        assert!(code.contains(&format!("fn {test}(")), "no test `{test}`");
        count += 1;
    }
    assert!(count > 60, "{count} rules");
}

#[tokio::test]
async fn options_do_not_show_their_secrets() {
    let options = Options {
        token: Some("hush".into()),
        sinch_webhook_secret: Some("hush".into()),
        ..Options::default()
    };
    assert!(!format!("{options:?}").contains("hush"));
}

#[tokio::test]
async fn a_dropped_emulator_answers_no_more_on_open_connections() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.jsonl");
    let emulated = Emulated::with(Options {
        state: Some(state.clone()),
        ..Options::default()
    })
    .await;
    let before = emulated.post(BATCHES, &order("a")).await.status;
    let Emulated { running, http } = emulated;
    let url = format!("{}{BATCHES}", running.url());
    drop(running);
    let call = http.post(url).bearer_auth("key").json(&order("b")).send().await;
    assert!(before == 200 && call.is_err());
    assert_eq!(std::fs::read_to_string(state).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn stopping_frees_the_port() {
    // A free port is anybody's: another program may have taken one of them, but not each.
    for _ in 0..5 {
        let emulated = Emulated::fresh().await;
        let address = emulated.running.address();
        emulated.get(BATCHES).await;
        emulated.running.stop().await;
        if tokio::net::TcpListener::bind(address).await.is_ok() {
            return;
        }
    }
    panic!("no port was free after its emulator had been stopped");
}
