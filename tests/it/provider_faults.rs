//! Networks and servers that fail, against both adapters: what is known afterwards is true, and nothing is sent twice.

use campanile::emulator::Options;
use campanile::model::{Api, BatchId};
use campanile::provider::{AnyProvider, Canceled, Created, Failure, FailureKind, InPlace, Provider};
use serde_json::{Value, json};

use crate::accounts::{APIS, Account, TOKEN, connection, number, reference};

impl Account {
    async fn fault(&self, call: &str, fault: Value) {
        let (method, rest) = call.split_once(' ').unwrap();
        let mut ordered = json!({ "match": format!("{method} {}{rest}", self.batches()) });
        for (name, value) in fault.as_object().unwrap() {
            ordered[name] = value.clone();
        }
        self.emulated.faults(json!([ordered])).await;
    }
}

fn assert_clean(failure: &Failure) {
    let text = format!("{failure} {failure:?}");
    for canary in [TOKEN, "46701740605", "Canary Hello"] {
        assert!(!text.contains(canary), "{text}");
    }
}

#[tokio::test]
async fn a_create_without_a_clear_answer_is_unknown_and_never_repeated() {
    for api in APIS {
        for (fault, arrives) in [
            (json!({ "fault": "drop_before" }), false),
            (json!({ "fault": "drop_after" }), true),
            (json!({ "fault": "garbage" }), true),
            (json!({ "fault": "truncate" }), true),
            (json!({ "fault": "status", "status": 500, "commit": true }), true),
            (json!({ "fault": "status", "status": 503, "retry_after": 1 }), false),
            (json!({ "fault": "status", "status": 504, "commit": true }), true),
            (json!({ "fault": "status", "status": 408 }), false),
            (json!({ "fault": "status", "status": 409 }), false),
            (json!({ "fault": "status", "status": 302 }), false),
            (json!({ "fault": "status", "status": 422 }), false),
            (json!({ "fault": "status", "status": 200 }), false),
        ] {
            let account = Account::fresh(api).await;
            account.fault("POST ", fault.clone()).await;
            let answer = account.provider.create(&account.plain("one", 2)).await;
            let Created::Unknown(failure) = answer else {
                panic!("{fault}: {answer:?}");
            };
            assert_clean(&failure);
            assert_eq!(account.count("POST").await, 1, "{fault}");
            assert_eq!(account.list().await.len(), usize::from(arrives), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_create_is_not_sent_only_by_the_answers_that_say_so() {
    for api in APIS {
        for status in 400..=451 {
            let account_says = matches!(
                (api, status),
                (_, 400 | 401 | 403 | 404 | 405) | (Api::Sinch, 415 | 429)
            );
            let account = Account::fresh(api).await;
            account
                .fault("POST ", json!({ "fault": "status", "status": status }))
                .await;
            let answer = account.provider.create(&account.plain("one", 1)).await;
            assert_eq!(
                matches!(answer, Created::NotSent(_)),
                account_says,
                "{api:?} {status} {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_left() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let url = account.emulated.running.url();
        let new = account.plain("one", 1);
        account.emulated.running.stop().await;
        let id = BatchId("abc".to_owned());
        let Created::NotSent(failure) = account.provider.create(&new).await else {
            panic!("not sent");
        };
        assert_eq!(failure.kind, FailureKind::Transient);
        assert!(matches!(account.provider.cancel(&id).await, Canceled::NotSent(_)));
        assert!(matches!(account.provider.replace(&id, &new).await, InPlace::NotSent(_)));
        assert_eq!(
            account.provider.list().await.unwrap_err().failure.kind,
            FailureKind::Transient
        );
        assert!(url.starts_with("http://127.0.0.1:"));
    }
}

#[tokio::test]
async fn an_unknown_host_breaks_the_circuit() {
    let clock = std::sync::Arc::new(|| campanile::model::Instant::from_unix_seconds(0));
    // The `invalid` domain resolves nowhere (RFC 2606).
    let provider = AnyProvider::new(Api::Ip1, connection("https://api.invalid", clock)).unwrap();
    let failure = provider.list().await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Systemic);
    assert_clean(&failure);
}

#[tokio::test]
async fn reads_are_repeated_a_few_times_and_writes_never() {
    for api in APIS {
        for fault in [
            json!({ "fault": "status", "status": 503, "times": 2 }),
            json!({ "fault": "status", "status": 429, "retry_after": 0, "times": 3 }),
            json!({ "fault": "drop_before", "times": 1 }),
            json!({ "fault": "truncate", "times": 1 }),
        ] {
            let account = Account::fresh(api).await;
            account.created(&account.plain("one", 1)).await;
            account.fault("GET ", fault.clone()).await;
            assert_eq!(account.list().await.len(), 1, "{fault}");
        }
        let account = Account::fresh(api).await;
        let id = account.created(&account.plain("one", 1)).await;
        account
            .fault("GET ", json!({ "fault": "status", "status": 503, "times": 0 }))
            .await;
        let failure = account.provider.list().await.unwrap_err().failure;
        assert_eq!((failure.kind, failure.status), (FailureKind::Transient, Some(503)));
        assert_eq!(account.count("GET").await, 4);
        account
            .fault("DELETE /*", json!({ "fault": "drop_before", "times": 0 }))
            .await;
        assert!(matches!(account.provider.cancel(&id).await, Canceled::Unknown(_)));
        assert_eq!(account.count("DELETE").await, 1);
    }
}

#[tokio::test]
async fn a_long_retry_after_is_handed_on_instead_of_waited_for() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let fault = json!({ "fault": "status", "status": 503, "retry_after": 3600, "times": 0 });
        account.fault("GET ", fault).await;
        let failure = account.provider.list().await.unwrap_err().failure;
        assert_eq!(failure.retry_after, Some(std::time::Duration::from_hours(1)));
        assert_eq!(account.count("GET").await, 1);
    }
}

#[tokio::test]
async fn a_list_that_is_not_a_list_is_an_error_and_never_empty() {
    for api in APIS {
        for (fault, kind) in [
            (json!({ "fault": "garbage" }), FailureKind::Garbled),
            (json!({ "fault": "status", "status": 200 }), FailureKind::Garbled),
            (json!({ "fault": "status", "status": 204 }), FailureKind::Garbled),
            (json!({ "fault": "status", "status": 301 }), FailureKind::Garbled),
            (json!({ "fault": "status", "status": 400 }), FailureKind::Refused),
            (json!({ "fault": "status", "status": 404 }), FailureKind::Refused),
            (json!({ "fault": "status", "status": 401 }), FailureKind::Systemic),
            (json!({ "fault": "status", "status": 403 }), FailureKind::Systemic),
        ] {
            // The first page, or one in the middle.
            for nth in [1, 2] {
                let account = Account::fresh(api).await;
                account.created(&account.plain("one", 1)).await;
                let mut fault = fault.clone();
                fault["nth"] = json!(nth);
                account.fault("GET ", fault.clone()).await;
                let failure = account.provider.list().await.unwrap_err().failure;
                assert_eq!(failure.kind, kind, "{fault}");
                assert_clean(&failure);
            }
        }
    }
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_is_not_a_batch_that_is_gone() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let id = account.created(&account.plain("one", 1)).await;
        for fault in [
            json!({ "fault": "garbage" }),
            json!({ "fault": "status", "status": 500, "times": 0 }),
            json!({ "fault": "status", "status": 403 }),
        ] {
            account.fault("GET /*", fault.clone()).await;
            assert!(account.provider.get(&id).await.is_err(), "{fault}");
        }
        account
            .fault("GET /*", json!({ "fault": "status", "status": 404 }))
            .await;
        assert_eq!(account.provider.get(&id).await, Ok(None));
    }
}

#[tokio::test]
async fn a_proof_that_cannot_be_read_is_doubt() {
    let account = Account::fresh(Api::Sinch).await;
    let id = account.created(&account.plain("one", 1)).await;
    account.provider.cancel(&id).await;
    for status in [404, 403, 500] {
        let fault = json!({ "fault": "status", "status": status, "times": 0 });
        account.fault("GET /*/delivery_report", fault).await;
        assert_eq!(account.get(&id).await.proof, campanile::model::Proof::Doubt, "{status}");
    }
}

#[tokio::test]
async fn a_cancel_tells_what_is_known() {
    for api in APIS {
        for (fault, expected) in [
            (json!({ "fault": "status", "status": 202, "commit": true }), "answered"),
            (json!({ "fault": "status", "status": 204, "commit": true }), "answered"),
            (json!({ "fault": "status", "status": 404 }), "gone"),
            (json!({ "fault": "status", "status": 403 }), "not sent"),
            (json!({ "fault": "status", "status": 409 }), "unknown"),
            (json!({ "fault": "status", "status": 500 }), "unknown"),
            (json!({ "fault": "status", "status": 302 }), "unknown"),
            (json!({ "fault": "drop_after" }), "unknown"),
        ] {
            let account = Account::fresh(api).await;
            let id = account.created(&account.plain("one", 1)).await;
            account.fault("DELETE /*", fault.clone()).await;
            let told = match account.provider.cancel(&id).await {
                Canceled::Answered => "answered",
                Canceled::Gone => "gone",
                Canceled::NotSent(_) => "not sent",
                Canceled::Unknown(_) => "unknown",
            };
            assert_eq!(told, expected, "{fault}");
            assert_eq!(account.count("DELETE").await, 1);
        }
    }
}

#[tokio::test]
async fn a_change_in_place_whose_answer_is_lost_is_unknown_and_sent_once() {
    for fault in [
        json!({ "fault": "drop_after" }),
        json!({ "fault": "garbage" }),
        json!({ "fault": "status", "status": 500, "commit": true }),
    ] {
        let account = Account::fresh(Api::Sinch).await;
        let id = account.created(&account.plain("one", 2)).await;
        let new = campanile::provider::NewBatch {
            reference: reference("one", "7777777"),
            ..account.plain("one", 2)
        };
        account.fault("PUT /*", fault.clone()).await;
        assert!(
            matches!(account.provider.replace(&id, &new).await, InPlace::Unknown(_)),
            "{fault}"
        );
        assert_eq!(account.get(&id).await.reference, Some(new.reference), "{fault}");
        account.fault("POST /*", fault.clone()).await;
        let less = reference("one", "8888888");
        let answer = account.provider.remove_recipients(&id, &[number(0)], &less).await;
        assert!(matches!(answer, InPlace::Unknown(_)), "{fault}");
        assert_eq!(account.get(&id).await.reference, Some(less), "{fault}");
        assert_eq!((account.count("PUT").await, account.count("POST").await), (1, 2));
    }
}

#[tokio::test]
async fn a_lagging_list_is_complete_all_the_same() {
    for api in APIS {
        let account = Account::fresh(api).await;
        account.created(&account.plain("one", 1)).await;
        account.fault("POST ", json!({ "fault": "list_lag", "lists": 6 })).await;
        let hidden = account.created(&account.plain("two", 1)).await;
        assert_eq!(account.list().await.len(), 1);
        assert_eq!(account.get(&hidden).await.id, hidden);
        // How many requests a list takes differs; each is complete, and in the end both batches are there.
        let mut seen = 1;
        for _ in 0..4 {
            seen = account.list().await.len();
        }
        assert_eq!(seen, 2);
    }
}

#[tokio::test]
async fn a_wrong_token_is_told_without_the_token() {
    for api in APIS {
        let options = Options {
            token: Some("another".to_owned()),
            ..Options::default()
        };
        let account = Account::with(api, options).await;
        let error = account.provider.list().await.unwrap_err();
        assert_eq!(
            (error.failure.kind, error.failure.status),
            (FailureKind::Systemic, Some(401))
        );
        assert_clean(&error.failure);
        assert_eq!(error.diagnostic().code, "C503");
        let Created::NotSent(failure) = account.provider.create(&account.plain("one", 1)).await else {
            panic!("not sent");
        };
        assert_eq!(failure.kind, FailureKind::Systemic);
        assert_clean(&failure);
    }
}
