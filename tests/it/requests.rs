//! What is asked of a provider, counted against the emulators: `docs/requests.md` says the same in words.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use campanile::model::Api;
use campanile::provider::Provider;
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::cli_world::{Emulator, Project};

const SINCH: &str = "/xms/v1/plan/batches";

/// A batch of somebody else, as it is posted to Sinch.
fn foreign(n: usize) -> Value {
    json!({
        "from": "OTHER", "to": ["46701740699"], "body": "hi", "client_reference": format!("other-{n}"),
        "send_at": "2030-01-07T20:00:00.000Z", "expire_at": "2030-01-07T21:00:00.000Z",
    })
}

/// A planned batch of the project's namespace that no file knows.
fn planned_of_ours() -> Value {
    let mut batch = foreign(99);
    batch["client_reference"] = json!("acme.gone.000010000000000000");
    batch
}

/// `page_size` of every list request at Sinch so far.
fn page_sizes(emulator: &Emulator) -> Vec<String> {
    let lists = emulator.queries(&format!("GET {SINCH}"));
    lists
        .iter()
        .filter_map(|query| Some(query["page_size"].as_str()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn traffic_that_never_ends_makes_no_reading_of_sinch_fail() {
    let account = Account::fresh(Api::Sinch).await;
    account.emulated.clock("2026-11-23T07:00:00Z").await;
    let mut posted = 0;
    let post = async |n: usize| {
        let mut batch = foreign(n);
        batch["send_at"] = json!("2026-11-24T08:00:00.000Z");
        batch["expire_at"] = json!("2026-11-24T09:00:00.000Z");
        assert_eq!(account.emulated.post(SINCH, &batch).await.status, 201);
    };
    for n in 0..320 {
        post(n).await;
        posted = n + 1;
    }
    account.clock("2026-11-23T08:00:00Z").await;
    let is_over = AtomicBool::new(false);
    let traffic = async {
        let mut n = posted;
        while !is_over.load(Ordering::SeqCst) {
            post(n).await;
            n += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        n - posted
    };
    let reading = async {
        for _ in 0..20 {
            let read = account.provider.list().await.expect("a complete list").batches;
            assert!(read.len() >= posted, "{}", read.len());
        }
        is_over.store(true, Ordering::SeqCst);
    };
    let (added, ()) = tokio::join!(traffic, reading);
    assert!(added > 20, "only {added} batches came meanwhile");
}

#[test]
fn pages_that_are_too_large_are_read_in_smaller_ones_by_every_command() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    let fat = |size: u32| json!({ "match": format!("GET {SINCH}?*page_size={size}&*"), "fault": "bloat", "times": 0 });
    for n in 0..12 {
        assert_eq!(emulator.call("POST", SINCH, Some(&foreign(n))).0, 201);
    }
    emulator.faults(json!([fat(100), fat(50), fat(25)]));
    project.run("apply --yes").exits(0);
    assert_eq!(emulator.changing().len(), 12 + 1, "one create");
    project.run("plan").exits(0);
    let status = project.run("status -o json").exits(0).json();
    assert_eq!(status["batches"].as_array().unwrap().len(), 1);
    assert!(page_sizes(&emulator).contains(&"5".to_owned()));
    project.run("stop --all --yes").exits(0).says("canceled 1 batch");
    emulator.faults(json!([fat(100), fat(50), fat(25), fat(10), fat(5)]));
    emulator.call("POST", SINCH, Some(&planned_of_ours()));
    project.run("stop --all --yes").exits(0).says("canceled 1 batch");
    assert!(page_sizes(&emulator).contains(&"1".to_owned()));
}
