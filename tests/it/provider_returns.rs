//! What comes back through a provider: blacklists, incoming texts, groups and results, against both emulators and
//! against servers that answer strangely.

use campanile::model::{Api, Instant, Money, NumberSet};
use campanile::provider::{FailureKind, MessageOutcome, Provider};
use serde_json::{Value, json};

use crate::accounts::{Account, CLOSES, number};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Numbers as JSON.
fn digits(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|n| number(n).digits()).collect()
}

#[tokio::test]
async fn a_blacklist_of_many_pages_is_read_whole() {
    let account = Account::fresh(Api::Ip1).await;
    assert_eq!(account.provider.blacklist().await, Ok(NumberSet::default()));
    for page_limit in [7, 200, 5000] {
        account.emulated.settings(json!({ "page_limit": page_limit })).await;
        let numbers = json!(digits(0..1203));
        assert_eq!(
            account.emulated.post("/_emulator/ip1/blacklist", &numbers).await.status,
            200
        );
        assert_eq!(
            account.provider.blacklist().await,
            Ok(NumberSet::new((0..1203).map(number)))
        );
    }
    let sinch = Account::fresh(Api::Sinch).await;
    let failure = sinch.provider.blacklist().await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Unsupported);
    assert!(sinch.calls().await.is_empty());
}

#[tokio::test]
async fn a_blacklist_that_cannot_be_read_whole_is_an_error() {
    let account = Account::fresh(Api::Ip1).await;
    let numbers = json!(digits(0..500));
    account.emulated.post("/_emulator/ip1/blacklist", &numbers).await;
    for (fault, kind) in [
        (
            json!({ "fault": "status", "status": 404, "times": 9 }),
            FailureKind::Refused,
        ),
        (
            json!({ "fault": "status", "status": 403, "times": 9 }),
            FailureKind::Systemic,
        ),
        (json!({ "fault": "garbage", "times": 9 }), FailureKind::Garbled),
        (
            json!({ "fault": "truncate", "nth": 2, "times": 99 }),
            FailureKind::Transient,
        ),
    ] {
        let mut fault = fault;
        fault["match"] = json!("GET /v2/blacklist");
        account.emulated.faults(json!([fault])).await;
        let failure = account.provider.blacklist().await.unwrap_err().failure;
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(!failure.to_string().contains(&number(1).digits()));
    }
    // A limit that is too large for the account may be refused: then the documented one is asked for.
    let once = json!([{ "match": "GET /v2/blacklist", "nth": 1, "times": 1, "fault": "status", "status": 400 }]);
    account.emulated.faults(once).await;
    assert_eq!(account.provider.blacklist().await.unwrap().len(), 500);
}

#[tokio::test]
async fn incoming_texts_are_read_whole_and_oldest_first() {
    let account = Account::fresh(Api::Sinch).await;
    for n in 0..230 {
        let text = json!({ "plan": "plan", "from": number(n).digits(), "to": "46101606060", "body": "STOP",
                           "received_at": format!("2026-11-22T08:{:02}:{:02}Z", n / 60, n % 60) });
        assert_eq!(
            account.emulated.post("/_emulator/sinch/inbounds", &text).await.status,
            200
        );
    }
    let now = json!({ "plan": "plan", "from": number(500).digits(), "to": "46101606060", "body": "hello" });
    account.emulated.post("/_emulator/sinch/inbounds", &now).await;
    let picture = json!({ "plan": "plan", "from": number(501).digits(), "to": "46101606060", "type": "mo_media",
                          "body": { "subject": "STOP" } });
    account.emulated.post("/_emulator/sinch/inbounds", &picture).await;
    let read = account.provider.incoming(at("2026-11-01T00:00:00Z")).await.unwrap();
    assert_eq!(read.len(), 232);
    assert!(read.is_sorted_by_key(|text| text.received_at));
    let from: Vec<_> = read.iter().take(230).map(|text| text.from).collect();
    assert_eq!(from, (0..230).map(|n| Some(number(n))).collect::<Vec<_>>());
    assert_eq!(
        read.iter().filter(|text| text.body.is_none()).count(),
        1,
        "a picture has no words"
    );
    assert!(!format!("{read:?}").contains(&number(3).digits()));
    let late = account.provider.incoming(at("2026-11-22T08:03:00Z")).await.unwrap();
    assert_eq!(late.len(), 52, "from the instant on, not after it");
}

#[tokio::test]
async fn texts_to_ip1_are_batches_of_their_own_and_read_back_to_an_instant() {
    let account = Account::fresh(Api::Ip1).await;
    let text_in = async |n: u64, body: &str| {
        let text = json!({ "sender": number(n).digits(), "recipient": "46101606060", "body": body });
        let answer = account.emulated.post("/_emulator/ip1/incoming", &text).await;
        assert_eq!(answer.status, 200);
    };
    for n in 0..3 {
        text_in(n, "hello").await;
    }
    let later = json!({ "now": "2031-01-01T08:00:00Z" });
    assert_eq!(account.emulated.post("/_emulator/clock", &later).await.status, 200);
    text_in(3, "please stop").await;
    text_in(4, "Avsluta").await;
    let all = account.provider.incoming(at("2000-01-01T00:00:00Z")).await.unwrap();
    let from: Vec<_> = all.iter().map(|text| text.from).collect();
    assert_eq!(from, (0..5).map(|n| Some(number(n))).collect::<Vec<_>>());
    assert!(all.iter().all(|text| text.to == "46101606060"));
    let late = account.provider.incoming(at("2031-01-01T00:00:00Z")).await.unwrap();
    let bodies: Vec<_> = late.iter().map(|text| text.body.as_deref().unwrap()).collect();
    assert_eq!(bodies, ["please stop", "Avsluta"]);
    let failure = account.provider.members("any").await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Unsupported);
}

#[tokio::test]
async fn members_of_a_group_are_read_and_an_unknown_group_is_an_error() {
    let account = Account::fresh(Api::Sinch).await;
    let group = json!({ "name": "gone", "members": digits(0..40) });
    let made = account.emulated.post("/xms/v1/plan/groups", &group).await.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        account.provider.members(id).await,
        Ok(NumberSet::new((0..40).map(number)))
    );
    let failure = account
        .provider
        .members("01FC66621VHDBN119Z8PMV1QPU")
        .await
        .unwrap_err()
        .failure;
    assert_eq!(failure.kind, FailureKind::Refused);
    for strange in ["", "../batches", "a/b", "a?b"] {
        assert!(account.provider.members(strange).await.is_err(), "{strange}");
    }
}

#[tokio::test]
async fn results_name_everybody_with_code_and_cost() {
    for api in [Api::Ip1, Api::Sinch] {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "page_limit": 3 })).await;
        let id = account.created(&account.plain("one", 7)).await;
        let before = account.provider.results(&id).await.unwrap();
        assert!(
            before.iter().all(|result| result.fate == MessageOutcome::Pending),
            "{before:?}"
        );
        if api == Api::Ip1 {
            let blocked = json!([number(2).digits()]);
            account.emulated.post("/_emulator/ip1/blacklist", &blocked).await;
        }
        account.clock(CLOSES).await;
        let after = account.provider.results(&id).await.unwrap();
        let people = NumberSet::new(after.iter().filter_map(|result| result.recipient));
        assert_eq!((after.len(), people), (7, NumberSet::new((0..7).map(number))));
        let failed: Vec<_> = after
            .iter()
            .filter(|result| result.fate == MessageOutcome::Failed)
            .collect();
        match api {
            Api::Ip1 => {
                assert_eq!((failed.len(), failed[0].recipient), (1, Some(number(2))));
                assert_eq!(failed[0].cost, Money::parse("0 SEK").ok());
                let delivered = after
                    .iter()
                    .find(|result| result.fate == MessageOutcome::Delivered)
                    .unwrap();
                assert_eq!(delivered.cost, Money::parse("0.349 SEK").ok());
                assert_eq!((delivered.segments, delivered.code), (Some(1), 201));
                assert!(delivered.ended_at.is_some());
            }
            Api::Sinch => assert!(failed.is_empty()),
        }
        assert!(!format!("{after:?}").contains(&number(1).digits()));
    }
}

/// A list that moves while it is read is read again, and never believed half.
#[tokio::test]
async fn a_lost_page_of_incoming_texts_is_never_believed() {
    let account = Account::fresh(Api::Sinch).await;
    for n in 0..150 {
        let text = json!({ "plan": "plan", "from": number(n).digits(), "to": "46101606060",
                           "received_at": "2026-11-22T08:00:00Z" });
        account.emulated.post("/_emulator/sinch/inbounds", &text).await;
    }
    let faults: Value =
        json!([{ "match": "GET /xms/v1/plan/inbounds", "nth": 2, "times": 99, "fault": "status", "status": 404 }]);
    account.emulated.faults(faults).await;
    let failure = account
        .provider
        .incoming(at("2026-11-20T00:00:00Z"))
        .await
        .unwrap_err()
        .failure;
    assert_eq!(failure.kind, FailureKind::Refused);
}
