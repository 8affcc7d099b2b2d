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
fn status_asks_for_unfinished_batches_alone() {
    for sinch in [false, true] {
        let emulator = Emulator::start();
        let project = if sinch {
            Project::on_sinch(&emulator)
        } else {
            Project::on_ip1(&emulator)
        };
        project.run("apply --yes").exits(0);
        let next_day = "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }";
        project.campaign("later", crate::cli_world::BODY, next_day);
        project.run("apply --yes").exits(0);
        let after = "2030-01-08T08:00:00Z";
        emulator.clock(after);
        let singles = || {
            let log = emulator.log();
            log.iter()
                .filter(|line| line.starts_with("GET") && line.contains("/batches/"))
                .count()
        };
        let mut asked = Vec::new();
        let mut shown = Vec::new();
        for _ in 0..3 {
            let before = singles();
            let status = project.run_at(after, "status -o json").exits(0).json();
            shown.push(status["batches"].clone());
            asked.push(singles() - before);
        }
        let for_one = if sinch { 2 } else { 1 };
        assert_eq!(asked, [2 * for_one, for_one, for_one], "sinch: {sinch}");
        assert!(shown[0] == shown[1] && shown[1] == shown[2], "{shown:?}");
        assert_eq!(shown[0][0]["messages"]["delivered"], 3, "{shown:?}");
        // What is kept is a belt: torn, the batch is asked for again.
        project.write(".campanile/progress.jsonl", "{\"account\": 1}");
        let before = singles();
        project.run_at(after, "status").exits(0);
        assert_eq!(singles() - before, 2 * for_one);
    }
}

#[test]
fn a_long_journal_becomes_short_and_the_plan_stays_the_same() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.run("apply --yes").exits(0);
    let journal = project.read(".campanile/journal.jsonl");
    let account = journal
        .split("\"account\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let mut long = journal.clone();
    for n in 0..1_500 {
        let common = format!(
            "\"at_ms\":1,\"provider\":\"p\",\"account\":\"{account}\",\"reference\":\"acme.old.0000100000{n:08}\""
        );
        long += &format!(
            "{{{common},\"event\":\"intent\",\"call\":\"create\",\"reason\":\"new\",\"batch_id\":null,\"windows\":[[1600000000,1600003600]]}}\n\
             {{{common},\"event\":\"answer\",\"call\":\"create\",\"outcome\":\"done\",\"batch_id\":\"old-{n}\"}}\n"
        );
    }
    project.write(".campanile/journal.jsonl", &long);
    project.campaign("hello", "Another text. Stop: acme.example/no", crate::cli_world::WINDOW);
    let plan = |project: &Project| {
        let mut plan = project.run("plan -o json").json();
        for key in ["now", "expires_at", "created_at", "operations"] {
            plan.as_object_mut().unwrap().remove(key);
        }
        plan["summary"].clone()
    };
    let before = plan(&project);
    assert_eq!(before["replace"], 1, "{before}");
    assert_eq!(project.read(".campanile/journal.jsonl"), long, "a plan changes nothing");
    project.run("apply --yes").exits(0);
    let short = project.read(".campanile/journal.jsonl");
    assert!(short.contains("\"event\":\"finished\"") && short.contains("old-1499"));
    let missed = short.matches("\"event\":\"missing\"").count();
    assert_eq!(missed, 1_500, "what the list has lost is written down as before");
    project.run("apply --yes").exits(0);
    let short = project.read(".campanile/journal.jsonl");
    assert!(short.len() < long.len() / 3, "{} of {}", short.len(), long.len());
    project.run("plan --detailed-exitcode").exits(0);
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

/// So many batches of ours that were sent a day before `WINDOW`'s, made past the program.
fn history(emulator: &Emulator, count: usize) {
    for n in 0..count {
        let batch = json!({
            "sender": "ACME", "recipients": ["46701740698"], "body": "hi", "type": "sms", "datacoding": "gsm", "priority": 1,
            "reference": format!("acme.old.0000100000{n:08}"),
            "deliveryWindows": [{ "opens": "2030-01-07T09:00:00Z", "closes": "2030-01-07T10:00:00Z" }],
        });
        assert_eq!(emulator.call("POST", "/v2/batches", Some(&batch)).0, 200);
    }
}

/// How many requests a run makes, and its words.
fn asked(emulator: &Emulator, run: impl FnOnce()) -> Vec<String> {
    let before = emulator.log().len();
    run();
    emulator.log().split_off(before)
}

#[test]
fn a_plan_again_asks_for_what_is_new_and_doubts_what_has_moved() {
    const NEXT_DAY: &str = "2030-01-08T08:00:00Z";
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    history(&emulator, 1_500);
    emulator.clock(NEXT_DAY);
    project.campaign(
        "hello",
        crate::cli_world::BODY,
        "{ opens: 2030-01-08T14:00, closes: 2030-01-08T18:00 }",
    );
    project.run_at(NEXT_DAY, "apply --yes").exits(0);
    let file = ".campanile/list-p.json";
    assert!(!project.read(file).contains("467017406"), "a number is written down");
    let plan = || {
        asked(&emulator, || {
            drop(project.run_at(NEXT_DAY, "plan --detailed-exitcode").exits(0));
        })
    };
    // The account's ID, the end of the list, two finished pages in turn, the page of what is planned.
    for _ in 0..4 {
        let requests = plan();
        assert!(requests.len() <= 7, "{requests:?}");
    }
    let whole = 1 + 1_500 / 199;
    let first = emulator.call("GET", "/v2/batches?start=700&limit=1", None).1[0]["id"].clone();
    emulator.erase_by_hand(&first);
    assert!(plan().len() > whole, "something before the anchor has gone");
    assert!(plan().len() <= 7);
    let list = project.read(file);
    project.write(file, &list[..list.len() / 2]);
    assert!(plan().len() > whole, "torn");
    project.write(file, list.replacen("ip1.id.", "ip1.id.0", 1));
    assert!(plan().len() > whole, "another account's");
    project.write(file, &list);
    assert!(plan().len() <= 7, "an older one of the same account is still true");
    // A batch that somebody cancels is unfinished until then: it is seen.
    let hello = emulator.call("GET", "/v2/batches?start=0&limit=1&order=DESC", None).1[0]["id"].clone();
    emulator.cancel_by_hand(&hello);
    let plan = project.run_at(NEXT_DAY, "plan -o json").json();
    assert_eq!(crate::cli_world::held(&plan), ["canceled_at_provider"], "{plan}");
}

#[test]
fn a_first_plan_without_a_journal_reads_on_from_what_it_has_read() {
    const NEXT_DAY: &str = "2030-01-08T08:00:00Z";
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    history(&emulator, 1_500);
    emulator.clock(NEXT_DAY);
    let requests = asked(&emulator, || drop(project.run_at(NEXT_DAY, "plan -o json")));
    let lists = requests.iter().filter(|request| *request == "GET /v2/batches").count();
    let whole = 1_500_usize.div_ceil(199) + 1;
    assert!(
        (whole..=whole + 3).contains(&lists),
        "{lists} for {whole}: {requests:?}"
    );
}

#[test]
fn at_sinch_a_run_reads_again_what_may_have_changed() {
    const TWO_DAYS_ON: &str = "2030-01-09T08:00:00Z";
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    for n in 0..1_500 {
        assert_eq!(emulator.call("POST", SINCH, Some(&foreign(n))).0, 201);
    }
    emulator.clock(TWO_DAYS_ON);
    let lists = |run: &dyn Fn()| {
        let requests = asked(&emulator, run);
        requests
            .iter()
            .filter(|request| *request == &format!("GET {SINCH}"))
            .count()
    };
    // Fifteen pages and the empty one, the first page again, and nothing newer.
    let whole = 15 + 1 + 1 + 1;
    let first_plan = || drop(project.run_at(TWO_DAYS_ON, "plan -o json"));
    assert_eq!(lists(&first_plan), whole + 2);
    // What is planned is asked for again: each page that holds such a batch.
    for n in [1_500, 1_501] {
        let mut batch = foreign(n);
        batch["send_at"] = json!("2030-01-10T20:00:00.000Z");
        batch["expire_at"] = json!("2030-01-10T21:00:00.000Z");
        assert_eq!(emulator.call("POST", SINCH, Some(&batch)).0, 201);
    }
    emulator.clock("2030-01-09T09:00:00Z");
    let later = || drop(project.run_at("2030-01-09T09:00:00Z", "plan -o json"));
    assert_eq!(lists(&later), whole + 1 + 2);
}

#[test]
fn the_first_cancel_of_a_stop_leaves_within_five_requests() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    history(&emulator, 600);
    project.run("apply --yes --allow adopt=acme");
    let requests = asked(&emulator, || drop(project.run("stop hello --yes").exits(0)));
    let first = requests
        .iter()
        .position(|request| request.starts_with("DELETE"))
        .unwrap();
    assert!(first < 5, "{requests:?}");
}

/// Thirty people in parts of three, of which up to eight are on their way at once.
fn side_by_side(emulator: &Emulator) -> Project {
    let project = Project::with(&crate::cli_world::ip1(
        emulator,
        ", max_recipients_per_batch: 3, requests_in_flight: 8",
    ));
    project.people(30);
    project.campaign("hello", crate::cli_world::BODY, crate::cli_world::WINDOW);
    project
}

#[test]
fn creates_side_by_side_share_a_look_and_text_everybody_once() {
    let emulator = Emulator::start();
    let project = side_by_side(&emulator);
    let report = project.run("apply --yes -o json").exits(0).json();
    let made = report["summary"]["done"].as_u64().unwrap();
    assert!(made >= 10, "{report}");
    let looks = emulator.queries("GET /v2/batches");
    let looks = looks.iter().filter(|query| query["order"] == "DESC").count() as u64;
    // The first goes alone, until the account is known to keep references.
    assert!(looks <= 1 + (made - 1).div_ceil(8), "{looks} looks for {made}");
    let journal = project.read(".campanile/journal.jsonl");
    assert_eq!(journal.matches("\"call\":\"create\",\"reason\"").count() as u64, made);
    project.run("plan --detailed-exitcode").exits(0);
    assert_eq!(emulator.sent_once_by("2030-01-08T08:00:00Z"), 30);
}

#[test]
fn a_create_whose_answer_is_lost_among_others_is_settled_and_never_repeated() {
    for fault in ["drop_after", "drop_before"] {
        let emulator = Emulator::start();
        let project = side_by_side(&emulator);
        emulator.faults(json!([{ "match": "POST /v2/batches", "fault": fault, "nth": 4, "times": 3 }]));
        let ran = project.run("apply --yes -o json");
        assert!(ran.code == 0 || ran.code == 6, "{ran:?}");
        let posts = emulator
            .changing()
            .iter()
            .filter(|call| call.starts_with("POST"))
            .count();
        let report = ran.json();
        assert_eq!(posts as u64, report["summary"]["planned"].as_u64().unwrap(), "{report}");
        // After `unknown_hold` the rest is made.
        emulator.clock("2030-01-07T08:20:00Z");
        project.run_at("2030-01-07T08:20:00Z", "apply --yes").exits(0);
        assert_eq!(emulator.sent_once_by("2030-01-08T08:00:00Z"), 30, "{fault}");
    }
}

#[test]
fn an_apply_that_was_killed_among_creates_side_by_side_texts_nobody_twice() {
    for nth in [1, 2, 5, 9, 12] {
        let emulator = Emulator::start();
        let project = side_by_side(&emulator);
        emulator.faults(json!([{ "match": "POST /v2/batches", "fault": "delay", "ms": 3000, "nth": nth, "times": 4 }]));
        let mut child = project.command(crate::cli_world::AT, "apply --yes").spawn().unwrap();
        let posts = || emulator.changing().len();
        for _ in 0..400 {
            if posts() >= nth {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        emulator.faults(json!([]));
        emulator.clock("2030-01-07T08:20:00Z");
        project.run_at("2030-01-07T08:20:00Z", "apply --yes").exits(0);
        assert_eq!(emulator.sent_once_by("2030-01-08T08:00:00Z"), 30, "{nth}");
    }
}

/// Takes creates, and hangs up without a word after so many requests on one connection; how many connections it took.
async fn hangs_up_after(requests: usize) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                for _ in 0..requests {
                    let mut text = Vec::new();
                    let body = loop {
                        let mut piece = [0; 4096];
                        let Ok(read @ 1..) = stream.read(&mut piece).await else {
                            return;
                        };
                        text.extend_from_slice(&piece[..read]);
                        let told = String::from_utf8_lossy(&text).into_owned();
                        let Some((head, body)) = told.split_once("\r\n\r\n") else {
                            continue;
                        };
                        let length = head.to_lowercase();
                        let length = length
                            .split("content-length: ")
                            .nth(1)
                            .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
                        if body.len() >= length {
                            break body.to_owned();
                        }
                    };
                    let mut answer: Value = serde_json::from_str(&body).unwrap();
                    answer["id"] = json!("5bc86b6e85c7209830f96936");
                    let answer = answer.to_string();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        answer.len()
                    );
                    let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
                }
            });
        }
    });
    (url, connections)
}

#[tokio::test]
async fn writes_share_a_connection_and_a_server_that_hangs_up_leaves_no_outcome_unknown() {
    let (url, connections) = hangs_up_after(100).await;
    let clock = std::sync::Arc::new(|| campanile::model::Instant::parse(crate::emulated::START).unwrap());
    let account = Account::fresh(Api::Ip1).await;
    let provider = campanile::provider::AnyProvider::new(Api::Ip1, crate::accounts::connection(&url, clock)).unwrap();
    let create = async |n: usize| {
        let created = provider.create(&account.plain(&format!("c{n}"), 2)).await;
        assert!(
            matches!(created, campanile::provider::Created::Done(_)),
            "{n}: {created:?}"
        );
    };
    for n in 0..350 {
        create(n).await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 4);
    // Eight at a time, as an apply sends them.
    for n in 0..150 {
        let n = n * 8;
        let (one, other) = (n + 1_000, n + 1_004);
        tokio::join!(
            create(one),
            create(one + 1),
            create(one + 2),
            create(one + 3),
            create(other),
            create(other + 1),
            create(other + 2),
            create(other + 3)
        );
    }
}
