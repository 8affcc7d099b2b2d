//! `stop` on the worst day, and what a brake means to the applies that come after it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::cli_world::{Emulator, Project, actions, held};
use crate::crash_proxy::{Moment, Proxy};
use crate::tampered::{Answer, Tampered};

const EVENING: &str = "2030-01-07T20:00:00Z";
const LATE: &str = "{ opens: 2030-01-07T16:00, closes: 2030-01-07T18:00 }";

type Make = fn(&Emulator) -> Project;

/// Two campaigns are planned; from now on the project sees the provider through `tamper`.
fn planned(
    emulator: &Emulator,
    make: Make,
    mut tamper: impl FnMut(&str, &mut Answer) + Send + 'static,
) -> (Project, Tampered) {
    let project = make(emulator);
    project.campaign("later", "Later. Reply STOP", LATE);
    let is_bad_day = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&is_bad_day);
    let tampered = Tampered::before(&emulator.url, move |request, answer| {
        if is_bad_day.load(Ordering::SeqCst) {
            tamper(request, answer);
        }
    });
    project.edit("campanile.yaml", &emulator.url, &tampered.url);
    project.converges();
    begins.store(true, Ordering::SeqCst);
    (project, tampered)
}

fn is_list(request: &str) -> bool {
    request.starts_with("GET ") && (request.contains("/v2/batches?") || request.contains("/batches?"))
}

/// The list within a page of either provider.
fn entries(page: &mut Value) -> &mut Vec<Value> {
    let list = if page.is_array() { page } else { &mut page["batches"] };
    list.as_array_mut().unwrap()
}

fn ip1(emulator: &Emulator) -> Project {
    Project::on_ip1(emulator)
}

fn sinch(emulator: &Emulator) -> Project {
    Project::on_sinch(emulator)
}

/// Whatever the list is like: everything planned is canceled, and the exit code says whether all of it was seen.
#[track_caller]
fn brakes(make: Make, code: i32, keeps_journal: bool, tamper: impl FnMut(&str, &mut Answer) + Send + 'static) {
    let emulator = Emulator::start();
    let (project, _tampered) = planned(&emulator, make, tamper);
    if !keeps_journal {
        std::fs::remove_dir_all(project.path(".campanile")).unwrap();
    }
    let stopped = project.run("stop --all --yes -o json").exits(code).json();
    assert_eq!(stopped["canceled"].as_array().unwrap().len(), 2, "{stopped}");
    assert_eq!(stopped["left"] == json!([]), code == 0, "{stopped}");
    assert_eq!(emulator.sent_once_by(EVENING), 0);
}

#[test]
fn a_sound_list_is_stopped_completely() {
    for make in [ip1 as Make, sinch] {
        for keeps_journal in [true, false] {
            brakes(make, 0, keeps_journal, |_, _| {});
        }
    }
}

#[test]
fn a_strange_foreign_entry_hides_nothing() {
    for make in [ip1 as Make, sinch] {
        brakes(make, 5, false, |request, answer| {
            if is_list(request) {
                answer.json(|page| entries(page).push(json!({ "of": "somebody else" })));
            }
        });
    }
}

#[test]
fn a_page_that_breaks_or_is_too_large_is_read_in_pieces() {
    // At Sinch a complete list is read in smaller pages too, where it is only the size.
    for (make, too_large) in [(ip1 as Make, 5), (sinch, 0)] {
        let is_whole =
            |request: &str| is_list(request) && (request.contains("limit=200") || request.contains("page_size=100"));
        brakes(make, 5, false, move |request, answer| {
            if is_whole(request) {
                answer.body.truncate(answer.body.len() / 2);
            }
        });
        brakes(make, too_large, false, move |request, answer| {
            if is_whole(request) {
                answer.claims = Some(1 << 40);
            }
        });
    }
}

#[test]
fn without_any_list_the_journal_is_enough_to_cancel() {
    for make in [ip1 as Make, sinch] {
        brakes(make, 5, true, |request, answer| {
            if is_list(request) {
                answer.status = "500 Internal Server Error".to_owned();
            }
        });
    }
}

#[test]
fn a_count_that_is_off_by_one_and_another_order_hide_nothing() {
    brakes(sinch, 5, false, |request, answer| {
        if is_list(request) {
            answer.json(|page| page["count"] = json!(page["count"].as_u64().unwrap() + 1));
        }
    });
    // iP.1's order tells that pages overlap: without it no list is believed to be complete.
    for (make, code) in [(ip1 as Make, 5), (sinch, 0)] {
        brakes(make, code, false, |request, answer| {
            if is_list(request) {
                answer.json(|page| entries(page).reverse());
            }
        });
    }
}

/// Somebody creates a batch before each look at the list.
#[test]
fn a_busy_account_is_stopped_all_the_same() {
    for make in [ip1 as Make, sinch] {
        let count = AtomicUsize::new(0);
        let emulator = Emulator::start();
        let (project, _tampered) = planned(&emulator, make, move |request, answer| {
            if is_list(request) {
                let mut new = None;
                answer.json(|page| {
                    if let Some(first) = entries(page).first() {
                        new = Some(first.clone());
                    }
                    if let Some(mut new) = new.take() {
                        new["id"] = json!(format!("foreign-{}", count.fetch_add(1, Ordering::SeqCst)));
                        for name in ["reference", "client_reference"] {
                            if new.get(name).is_some() {
                                new[name] = json!("somebody else's");
                            }
                        }
                        entries(page).insert(0, new);
                    }
                });
            }
        });
        std::fs::remove_dir_all(project.path(".campanile")).unwrap();
        // Whether such a list can be read completely is a matter of luck; what is left is told either way.
        let ran = project.run("stop --all --yes -o json");
        let stopped = ran.json();
        assert_eq!(stopped["canceled"].as_array().unwrap().len(), 2, "{stopped}");
        ran.exits(if stopped["left"] == json!([]) { 0 } else { 5 });
        assert_eq!(emulator.sent_once_by(EVENING), 0);
    }
}

#[test]
fn a_batch_of_ours_with_an_unknown_status_is_named() {
    let emulator = Emulator::start();
    let (project, _tampered) = planned(&emulator, ip1, |request, answer| {
        if is_list(request) {
            answer.json(|page| {
                for batch in entries(page) {
                    if batch["reference"].as_str().is_some_and(|text| text.contains("later")) {
                        batch["status"] = json!(999);
                    }
                }
            });
        }
    });
    std::fs::remove_dir_all(project.path(".campanile")).unwrap();
    let stopped = project.run("stop --all --yes -o json").exits(5).json();
    assert_eq!(stopped["canceled"].as_array().unwrap().len(), 1, "{stopped}");
    assert!(stopped["left"][0].as_str().unwrap().contains("999"), "{stopped}");
}

/// This machine's clock and the provider's are years apart, and the windows are ahead by both.
#[test]
fn neither_a_wrong_clock_nor_a_missing_date_stops_the_brake() {
    for make in [ip1 as Make, sinch] {
        for has_date in [true, false] {
            let emulator = Emulator::start();
            let (project, _tampered) = planned(&emulator, make, move |_, answer| {
                answer
                    .headers
                    .retain(|line| !line.to_ascii_lowercase().starts_with("date:"));
                if has_date {
                    answer.headers.push("date: Mon, 07 Jan 2030 08:00:00 GMT".to_owned());
                }
            });
            if has_date {
                project.run_now("apply --yes").exits(1);
            }
            project.run_now("stop --all --yes").exits(0).says("canceled 2 batches");
            assert_eq!(emulator.sent_once_by(EVENING), 0);
        }
    }
}

/// The first batch is canceled by another hand while the second is about to be created.
#[test]
fn a_running_apply_whose_own_batch_is_canceled_creates_nothing_more() {
    for make in [ip1 as Make, sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.campaign("later", "Later. Reply STOP", LATE);
        let proxy = Proxy::before(&emulator.url);
        project.edit("campanile.yaml", &emulator.url, &proxy.url);
        let emulator = Arc::new(Mutex::new(emulator));
        let hand = Arc::clone(&emulator);
        let mut is_pulled = false;
        proxy.watch(move |passing| {
            if passing.line.starts_with("POST ") && passing.moment == Moment::Answered && !is_pulled {
                is_pulled = true;
                let emulator = hand.lock().unwrap();
                let (path, field) = if passing.line.contains("/v2/") {
                    ("/v2/batches?start=0&limit=10&order=ASC", "id")
                } else {
                    ("/xms/v1/plan/batches?start_date=2030-01-01T00:00:00Z", "id")
                };
                let (_, mut page) = emulator.call("GET", path, None);
                emulator.cancel_by_hand(&entries(&mut page)[0][field]);
            }
            true
        });
        let applied = project.run("apply --yes -o json").exits(5).json();
        assert_eq!(applied["operations"][0]["outcome"], "done");
        assert_eq!(applied["operations"][1]["outcome"], "skipped", "{applied}");
        let emulator = emulator.lock().unwrap();
        assert_eq!(emulator.changing().len(), 1, "{:?}", emulator.changing());
    }
}

/// Half of a campaign exists when the brake is pulled: the other half is never sent by a scheduled apply.
#[test]
fn no_apply_sends_the_rest_of_what_was_stopped() {
    for make in [ip1 as Make, sinch] {
        for keeps_journal in [true, false] {
            let emulator = Emulator::start();
            let project = make(&emulator);
            project.people(9);
            project.edit(
                "campanile.yaml",
                "list_lag: 0s",
                "list_lag: 0s, max_recipients_per_batch: 3",
            );
            emulator
                .faults(json!([{ "match": "POST *batches", "nth": 2, "times": 50, "fault": "status", "status": 400 }]));
            project.run("apply --yes").exits(5);
            project.run("stop --all --yes").exits(0).says("canceled 1 batch");
            emulator.faults(json!([]));
            if !keeps_journal {
                std::fs::remove_dir_all(project.path(".campanile")).unwrap();
            }
            let applied = project.run("apply --yes -o json").exits(3).json();
            assert_eq!(actions(&applied), [""; 0], "{applied}");
            let plan = project.plan();
            assert!(
                held(&plan).iter().all(|reason| *reason == "canceled_at_provider"),
                "{plan}"
            );
            assert_eq!(emulator.sent_once_by(EVENING), 0);
        }
    }
}

/// An apply had canceled a batch to replace it when it was killed; then somebody pulled the brake. Where a DELETE erases, only
/// the journal tells of it.
#[test]
fn a_stop_brakes_what_an_apply_had_half_replaced() {
    for delete_planned in ["cancel", "erase"] {
        let emulator = Emulator::start();
        emulator.settings(json!({ "delete_planned": delete_planned }));
        let project = Project::on_ip1(&emulator);
        project.converges();
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        let refused = json!([{ "match": "POST /v2/batches", "nth": 1, "times": 1, "fault": "status", "status": 400 }]);
        emulator.faults(refused);
        project.run("apply --yes").exits(5);
        project.run("stop --all --yes").exits(0);
        let applied = project.run("apply --yes -o json").exits(3).json();
        assert_eq!(actions(&applied), [""; 0], "{applied}");
        assert_eq!(emulator.sent_once_by(EVENING), 0);
    }
}
