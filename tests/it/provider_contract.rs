//! What a provider promises, step by step against both emulators: whatever `apply` relies on holds for either.

use std::collections::BTreeMap;

use campanile::model::{
    Api, BatchId, ExistingBatch, Headcount, Money, NumberSet, Proof, Reference, ReportedState, Window,
};
use campanile::provider::{Canceled, Created, FailureKind, InPlace, NewBatch, Provider, StatusCounts};
use serde_json::json;

use crate::accounts::{APIS, Account, CLOSES, OPENS, number, reference, window};

#[tokio::test]
async fn a_created_batch_is_found_by_list_get_and_newest() {
    for api in APIS {
        let account = Account::fresh(api).await;
        assert!(account.list().await.is_empty());
        let new = NewBatch {
            report_url: Some("https://example.com/dlr".to_owned()),
            ..account.plain("one", 3)
        };
        let id = account.created(&new).await;
        let [listed] = &account.list().await[..] else {
            panic!("one batch");
        };
        assert_eq!((&listed.id, listed.reference.as_ref()), (&id, Some(&new.reference)));
        assert_eq!(listed.state, ReportedState::Planned);
        assert_eq!(listed.windows, new.windows.as_slice());
        assert_eq!(listed.visible.sender.as_deref(), Some("ACME"));
        assert_eq!(listed.visible.message_type, Some(new.message_type));
        assert_eq!(listed.visible.body.as_deref(), Some(new.payload.body.as_str()));
        assert_eq!(listed.visible.report_url, new.report_url);
        assert_eq!(listed.visible.tags, (api == Api::Ip1).then_some(new.tags));
        // A single read tells besides whether silence could be proved, where that is a question at all.
        let single = ExistingBatch {
            proof: match api {
                Api::Ip1 => Proof::Provable,
                Api::Sinch => Proof::NotRead,
            },
            headcount: match api {
                Api::Ip1 => Headcount::Told(3),
                Api::Sinch => listed.headcount,
            },
            ..listed.clone()
        };
        assert_eq!(account.get(&id).await, single);
        assert_eq!(account.provider.newest().await.unwrap(), std::slice::from_ref(listed));
        let people = account.provider.recipients(&id).await.unwrap();
        assert_eq!(people, NumberSet::new((0..3).map(number)));
        assert!(account.provider.last_date().is_some());
    }
}

#[tokio::test]
async fn every_success_status_of_a_create_is_a_success() {
    for status in [200, 201, 202] {
        let account = Account::fresh(Api::Ip1).await;
        account.emulated.settings(json!({ "create_status": status })).await;
        let id = account.created(&account.plain("one", 1)).await;
        assert_eq!(account.list().await.len(), 1);
        assert_eq!(account.get(&id).await.state, ReportedState::Planned);
    }
}

#[tokio::test]
async fn a_list_of_many_pages_is_read_whole_and_oldest_first() {
    for (api, length) in [(Api::Ip1, 23), (Api::Sinch, 203)] {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "page_limit": 5 })).await;
        let mut created = Vec::new();
        for n in 0..length {
            created.push(account.created(&account.plain(&format!("c{n}"), 1)).await);
        }
        let listed = account.list().await;
        let ids: Vec<BatchId> = listed.iter().map(|batch| batch.id.clone()).collect();
        assert_eq!(ids, created);
        assert!(
            listed
                .iter()
                .zip(0..)
                .all(|(batch, position)| batch.position == position)
        );
        let newest = account.provider.newest().await.unwrap();
        assert_eq!(newest.last().map(|batch| &batch.id), created.last());
        assert!(newest.is_sorted_by_key(|batch| created.iter().position(|id| *id == batch.id)));
    }
}

#[tokio::test]
async fn many_people_are_read_back_whole() {
    for api in APIS {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "page_limit": 50 })).await;
        let id = account.created(&account.plain("one", 1000)).await;
        let people = account.provider.recipients(&id).await.unwrap();
        assert_eq!(people, NumberSet::new((0..1000).map(number)));
    }
}

#[tokio::test]
async fn a_canceled_planned_batch_is_proved_silent() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let id = account.created(&account.plain("one", 3)).await;
        assert_eq!(account.provider.cancel(&id).await, Canceled::Answered);
        let batch = account.get(&id).await;
        assert_eq!(
            (batch.state, batch.proof),
            (ReportedState::Canceled, Proof::NothingLeft)
        );
        assert_eq!(
            account.list().await.first().map(|batch| batch.proof),
            Some(Proof::NotRead)
        );
        account.clock(CLOSES).await;
        assert_eq!(account.emulated.messages().await.len(), 0);
    }
}

#[tokio::test]
async fn an_erased_batch_is_gone() {
    for api in APIS {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "delete_planned": "erase" })).await;
        let id = account.created(&account.plain("one", 3)).await;
        let erased = account
            .emulated
            .post(&format!("/_emulator/batches/{}/erase", id.0), &json!({}))
            .await;
        assert_eq!(erased.status, 200);
        assert_eq!(account.provider.get(&id).await, Ok(None));
        assert!(account.list().await.is_empty());
        assert_eq!(account.provider.cancel(&id).await, Canceled::Gone);
        assert!(account.provider.recipients(&id).await.is_err());
    }
}

#[tokio::test]
async fn a_batch_canceled_while_it_is_sent_is_in_doubt() {
    for api in APIS {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "messages_per_second": 1 })).await;
        let id = account.created(&account.plain("one", 100)).await;
        account.clock("2026-11-23T09:00:30Z").await;
        assert_eq!(account.provider.cancel(&id).await, Canceled::Answered);
        let batch = account.get(&id).await;
        assert_eq!((batch.state, batch.proof), (ReportedState::Canceled, Proof::Doubt));
        let sent = u64::try_from(account.emulated.messages().await.len()).unwrap();
        assert!((1..100).contains(&sent));
        let progress = account.provider.progress(&id).await.unwrap();
        assert_eq!(
            (progress.messages.delivered, progress.messages.canceled),
            (sent, 100 - sent)
        );
    }
}

#[tokio::test]
async fn a_sent_batch_shows_its_progress() {
    for api in APIS {
        let account = Account::fresh(api).await;
        account.emulated.settings(json!({ "delivery_ms": 60_000 })).await;
        let id = account.created(&account.plain("one", 3)).await;
        let progress = |pending, delivered| StatusCounts {
            pending,
            delivered,
            failed: 0,
            canceled: 0,
        };
        assert_eq!(account.provider.progress(&id).await.unwrap().messages, progress(3, 0));
        account.clock(OPENS).await;
        assert_eq!(account.provider.progress(&id).await.unwrap().messages, progress(3, 0));
        account.clock("2026-11-23T09:05:00Z").await;
        let done = account.provider.progress(&id).await.unwrap();
        assert_eq!(done.messages, progress(0, 3));
        let cost = (api == Api::Ip1).then(|| Money::parse("1.047 SEK").unwrap());
        assert_eq!((done.cost, done.unpaid), (cost, 0));
        let state = account.get(&id).await.state;
        assert_eq!(
            state,
            if api == Api::Ip1 {
                ReportedState::Sent
            } else {
                ReportedState::Planned
            }
        );
    }
}

#[tokio::test]
async fn messages_that_cannot_be_paid_are_counted() {
    let account = Account::fresh(Api::Ip1).await;
    account
        .emulated
        .settings(json!({ "prepaid": true, "balance": "0.40" }))
        .await;
    let id = account.created(&account.plain("one", 3)).await;
    account.clock(CLOSES).await;
    let progress = account.provider.progress(&id).await.unwrap();
    assert_eq!(
        (progress.messages.delivered, progress.messages.failed, progress.unpaid),
        (1, 2, 2)
    );
}

#[tokio::test]
async fn personalized_texts_arrive_as_meant() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let id = account
            .created(&account.personalized("one", &["Anna", "", "Åsa"]))
            .await;
        assert_eq!(account.provider.recipients(&id).await.unwrap().len(), 3);
        account.clock(CLOSES).await;
        let texts: BTreeMap<String, String> = account
            .emulated
            .messages()
            .await
            .iter()
            .map(|m| {
                let text = |name: &str| m[name].as_str().unwrap().to_owned();
                (text("recipient"), text("body"))
            })
            .collect();
        let expected = ["Anna", "", "Åsa"]
            .iter()
            .zip(0..)
            .map(|(name, n)| (number(n).digits(), format!("Canary Hello {name}!")));
        assert_eq!(texts, expected.collect());
    }
}

#[tokio::test]
async fn foreign_batches_are_seen_and_left_alone() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let body = match api {
            Api::Ip1 => {
                json!({ "sender": "iP1", "recipients": ["46701740605"], "body": "x", "reference": "acme.nothing" })
            }
            Api::Sinch => {
                json!({ "to": ["46701740605"], "from": "iP1", "body": "x", "client_reference": "acme.nothing" })
            }
        };
        account.emulated.post(account.batches(), &body).await;
        if api == Api::Ip1 {
            let text = json!({ "sender": "46701740605", "recipient": "46101606060", "body": "STOP" });
            assert_eq!(
                account.emulated.post("/_emulator/ip1/incoming", &text).await.status,
                200
            );
        }
        let listed = account.list().await;
        assert_eq!(listed.len(), if api == Api::Ip1 { 2 } else { 1 });
        assert!(
            listed
                .iter()
                .all(|batch| batch.reference.is_none() && batch.visible.body.is_none())
        );
        assert_eq!(
            listed.first().and_then(|batch| batch.reference_text.as_deref()),
            Some("acme.nothing")
        );
    }
}

#[tokio::test]
async fn a_window_in_the_past_never_leaves() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let id = account.created(&account.plain("one", 1)).await;
        account.clock(OPENS).await;
        let before = account.calls().await;
        let late = account.plain("two", 1);
        let Created::NotSent(failure) = account.provider.create(&late).await else {
            panic!("not sent");
        };
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(matches!(
            account.provider.replace(&id, &late).await,
            InPlace::NotSent(_)
        ));
        assert_eq!(account.calls().await, before);
    }
}

#[tokio::test]
async fn what_the_provider_would_refuse_is_told_in_its_words_without_our_data() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let bad = NewBatch {
            report_url: Some("not a url".to_owned()),
            ..account.personalized("one", &["Canaryname"])
        };
        let Created::NotSent(failure) = account.provider.create(&bad).await else {
            panic!("not sent");
        };
        assert_eq!((failure.kind, failure.status), (FailureKind::Refused, Some(400)));
        assert!(failure.message.contains("was answered 400"), "{failure}");
        for canary in ["46701740605", "Canary Hello", "Canaryname", crate::accounts::TOKEN] {
            assert!(!failure.message.contains(canary), "{failure}");
        }
    }
}

#[tokio::test]
async fn content_is_put_in_place_only_where_the_provider_can() {
    let account = Account::fresh(Api::Sinch).await;
    let id = account.created(&account.plain("one", 3)).await;
    let edited = NewBatch {
        reference: reference("one", "7777777"),
        ..account.personalized("one", &["Anna", "Bo"])
    };
    assert_eq!(account.provider.replace(&id, &edited).await, InPlace::Done);
    let batch = account.get(&id).await;
    assert_eq!(batch.reference, Some(edited.reference.clone()));
    assert_eq!(batch.windows, edited.windows.as_slice());
    assert_eq!(account.provider.recipients(&id).await.unwrap().len(), 2);
    account.clock(OPENS).await;
    let late = NewBatch {
        windows: window(CLOSES, "2026-11-23T12:00:00Z"),
        ..edited
    };
    let answer = account.provider.replace(&id, &late).await;
    assert!(matches!(answer, InPlace::Dispatched(_)), "{answer:?}");

    let account = Account::fresh(Api::Ip1).await;
    let id = account.created(&account.plain("one", 3)).await;
    let before = account.calls().await;
    for answer in [
        account.provider.replace(&id, &account.plain("one", 2)).await,
        account
            .provider
            .remove_recipients(&id, &[number(0)], &reference("one", "7777777"))
            .await,
    ] {
        let InPlace::NotSent(failure) = answer else {
            panic!("not sent");
        };
        assert_eq!(failure.kind, FailureKind::Unsupported);
    }
    assert_eq!(account.calls().await, before);
}

#[tokio::test]
async fn people_are_taken_out_under_a_new_reference_and_nothing_else_changes() {
    let account = Account::fresh(Api::Sinch).await;
    let id = account
        .created(&account.personalized("one", &["Anna", "Bo", "Cy"]))
        .await;
    let before = account.get(&id).await;
    let less: Reference = reference("one", "7777777");
    assert_eq!(
        account.provider.remove_recipients(&id, &[number(1)], &less).await,
        InPlace::Done
    );
    let after = account.get(&id).await;
    assert_eq!(after.reference, Some(less.clone()));
    assert_eq!((&after.windows, &after.visible), (&before.windows, &before.visible));
    assert_eq!(
        account.provider.recipients(&id).await,
        Ok(NumberSet::new([number(0), number(2)]))
    );
    let calls = account.calls().await;
    assert!(matches!(
        account.provider.remove_recipients(&id, &[], &less).await,
        InPlace::NotSent(_)
    ));
    assert_eq!(account.calls().await, calls);
    account.clock(CLOSES).await;
    assert_eq!(account.emulated.messages().await.len(), 2);
    let late = account.provider.remove_recipients(&id, &[number(0)], &less).await;
    assert!(matches!(late, InPlace::Dispatched(_)), "{late:?}");
}

#[tokio::test]
async fn no_request_carries_a_null() {
    let account = Account::fresh(Api::Sinch).await;
    let id = account.created(&account.plain("one", 2)).await;
    account
        .provider
        .replace(&id, &account.personalized("one", &["Anna", "Bo"]))
        .await;
    account
        .provider
        .remove_recipients(&id, &[number(0)], &reference("one", "7777777"))
        .await;
    account.provider.dry_run(&account.plain("two", 2)).await.unwrap();
    let log = account.emulated.get("/_emulator/log").await.json();
    let bodies: Vec<String> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["body"].to_string())
        .collect();
    assert_eq!(bodies.len(), 4);
    assert!(
        bodies
            .iter()
            .all(|body| body.starts_with('{') && !body.contains("null")),
        "{bodies:?}"
    );
}

#[tokio::test]
async fn a_dry_run_counts_and_creates_nothing() {
    let account = Account::fresh(Api::Sinch).await;
    let run = account
        .provider
        .dry_run(&account.personalized("one", &["Anna", "ą"]))
        .await
        .unwrap();
    assert_eq!((run.recipients, run.segments, run.sample.len()), (2, 2, 2));
    let unicode = run.sample.iter().find(|message| message.is_unicode).unwrap();
    assert_eq!(
        (unicode.recipient, unicode.body.as_str(), unicode.segments),
        (number(1), "Canary Hello ą!", 1)
    );
    assert!(account.list().await.is_empty());
    assert_eq!(account.count("POST").await, 1);
    let ip1 = Account::fresh(Api::Ip1).await;
    let failure = ip1.provider.dry_run(&ip1.plain("one", 1)).await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Unsupported);
}

#[tokio::test]
async fn feedback_for_nobody_never_leaves() {
    let account = Account::fresh(Api::Sinch).await;
    let new = NewBatch {
        extra: BTreeMap::from([("feedback_enabled".to_owned(), "true".to_owned())]),
        ..account.plain("one", 2)
    };
    let id = account.created(&new).await;
    account.clock(CLOSES).await;
    assert_eq!(account.provider.feedback(&id, &[number(0)]).await, Ok(()));
    let calls = account.calls().await;
    assert_eq!(
        account.provider.feedback(&id, &[]).await.unwrap_err().kind,
        FailureKind::Refused
    );
    assert_eq!(account.calls().await, calls);
}

#[tokio::test]
async fn an_account_tells_what_it_may() {
    let account = Account::fresh(Api::Ip1).await;
    let told = account.provider.account().await.unwrap();
    assert_eq!(told.senders, None);
    assert_eq!(told.balance, Money::parse("10000 SEK").ok());
    account
        .emulated
        .settings(json!({ "senders": ["ACME"], "page_limit": 2, "balance": "-3.5" }))
        .await;
    let told = account.provider.account().await.unwrap();
    assert!(told.senders.unwrap().contains(&"ACME".to_owned()));
    assert_eq!(
        told.balance.map(|balance| balance.to_string()).as_deref(),
        Some("-3.5 SEK")
    );
    let sinch = Account::fresh(Api::Sinch).await;
    assert_eq!(
        sinch.provider.account().await.unwrap(),
        campanile::provider::Account::default()
    );
    assert!(sinch.calls().await.is_empty());
}

#[tokio::test]
async fn several_windows_are_kept_by_ip1_and_refused_for_sinch() {
    let windows = |account: &Account| {
        let at = |text: &str| campanile::model::Instant::parse(text).unwrap();
        let second = Window::new(at("2026-11-24T09:00:00Z"), at("2026-11-24T10:00:00Z")).unwrap();
        let first = account.plain("one", 1).windows.as_slice().to_vec();
        campanile::model::Windows::new([first, vec![second]].concat()).unwrap()
    };
    let ip1 = Account::fresh(Api::Ip1).await;
    let new = NewBatch {
        windows: windows(&ip1),
        ..ip1.plain("one", 1)
    };
    let id = ip1.created(&new).await;
    assert_eq!(ip1.get(&id).await.windows, new.windows.as_slice());
    let sinch = Account::fresh(Api::Sinch).await;
    let refused = NewBatch {
        windows: windows(&sinch),
        ..sinch.plain("one", 1)
    };
    assert!(matches!(sinch.provider.create(&refused).await, Created::NotSent(_)));
    assert!(sinch.calls().await.is_empty());
}
