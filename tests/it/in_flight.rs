//! Operations side by side: what goes together, what waits, and what is kept back.

use serde_json::{Value, json};

use crate::cli_world::{AT, BODY, Emulator, Project, WINDOW, ip1, people};

const SINCH: &str = "/xms/v1/plan/batches";

/// Three people a batch, at an account that is known to keep references.
fn known(emulator: &Emulator) -> Project {
    let project = Project::with(&ip1(emulator, ", max_recipients_per_batch: 3"));
    project.people(1);
    project.campaign("known", BODY, "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }");
    project.converges();
    project
}

/// The same at Sinch.
fn known_at_sinch(emulator: &Emulator) -> Project {
    let project = Project::on_sinch(emulator);
    project.edit("campanile.yaml", "list_lag", "max_recipients_per_batch: 3, list_lag");
    project.converges();
    project
}

/// `page_size` of every list request at Sinch so far.
fn page_sizes(emulator: &Emulator) -> Vec<u64> {
    let lists = emulator.queries(&format!("GET {SINCH}"));
    let sizes = lists
        .iter()
        .filter_map(|query| query["page_size"].as_str()?.parse().ok());
    sizes.collect()
}

/// A campaign to these people.
fn campaign(project: &Project, name: &str, range: std::ops::Range<u32>) {
    project.write(&format!("{name}.csv"), people(range));
    project.campaign(name, BODY, WINDOW);
    let file = format!("campaigns/{name}.yaml");
    project.edit(&file, "people.csv", &format!("{name}.csv"));
}

/// `METHOD path` of everything that a run asks.
fn asked(emulator: &Emulator, run: impl FnOnce()) -> Vec<String> {
    let before = emulator.log().len();
    run();
    emulator.log().split_off(before)
}

fn looks(emulator: &Emulator) -> usize {
    let lists = emulator.queries("GET /v2/batches");
    lists.iter().filter(|query| query["order"] == "DESC").count()
}

fn is_single(request: &str, method: &str) -> bool {
    request.starts_with(&format!("{method} /v2/batches/"))
}

#[test]
fn campaigns_that_share_nobody_share_a_look_and_others_do_not() {
    for (overlap, expected) in [(0, 1), (1, 3)] {
        let emulator = Emulator::start();
        let project = known(&emulator);
        for (n, name) in ["alpha", "beta", "gamma"].into_iter().enumerate() {
            let first = 100 + u32::try_from(n).unwrap() * (2 - overlap);
            campaign(&project, name, first..first + 2);
        }
        let before = looks(&emulator);
        project.run("apply --yes").exits(0);
        assert_eq!(looks(&emulator) - before, expected, "{overlap} in common");
        project.run("plan --detailed-exitcode").exits(0);
    }
}

#[test]
fn cancels_go_side_by_side_and_are_all_answered_before_the_first_create() {
    let emulator = Emulator::start();
    let project = known(&emulator);
    for (n, name) in ["one", "two", "three"].into_iter().enumerate() {
        let first = 100 + u32::try_from(n).unwrap() * 10;
        campaign(&project, name, first..first + 2);
    }
    project.converges();
    for (n, name) in ["one", "two", "three"].into_iter().enumerate() {
        let first = 200 + u32::try_from(n).unwrap() * 10;
        project.remove(&format!("campaigns/{name}.yaml"));
        campaign(&project, &format!("new-{name}"), first..first + 2);
    }
    // So slow that each read is still out when the next one leaves.
    emulator.faults(json!([{ "match": "GET /v2/batches/*", "fault": "delay", "ms": 200, "times": 0 }]));
    let requests = asked(&emulator, || {
        drop(project.run("apply --yes").exits(0));
    });
    let place = |what: &dyn Fn(&&String) -> bool| requests.iter().position(|request| what(&request)).unwrap();
    let first_delete = place(&|request| is_single(request, "DELETE"));
    let is_read = |request: &String| is_single(request, "GET") && !request.ends_with("/messages");
    assert!(
        requests[first_delete - 3..first_delete].iter().all(is_read),
        "each with a read of its own: {requests:?}"
    );
    let last_delete = requests
        .iter()
        .rposition(|request| is_single(request, "DELETE"))
        .unwrap();
    assert!(
        place(&|request| request.starts_with("POST")) > last_delete,
        "{requests:?}"
    );
}

#[test]
fn replaces_cancel_and_prove_before_any_of_them_creates() {
    let emulator = Emulator::start();
    let project = known(&emulator);
    campaign(&project, "parts", 100..112);
    project.converges();
    project.edit("campaigns/parts.yaml", "body: \"", "body: \"Now ");
    let requests = asked(&emulator, || {
        let report = project.run("apply --yes -o json").exits(0).json();
        assert!(report["summary"]["done"].as_u64().unwrap() >= 4, "{report}");
    });
    let last_delete = requests
        .iter()
        .rposition(|request| is_single(request, "DELETE"))
        .unwrap();
    let first_post = requests.iter().position(|request| request.starts_with("POST")).unwrap();
    let proofs = (requests.iter().take(first_post).skip(last_delete + 1)).filter(|request| is_single(request, "GET"));
    assert!(proofs.count() > 0 && first_post > last_delete, "{requests:?}");
    assert_eq!(emulator.sent_once_by("2030-01-08T08:00:00Z"), 12);
}

#[test]
fn a_refused_token_keeps_back_what_has_not_left() {
    let emulator = Emulator::start();
    let project = known(&emulator);
    campaign(&project, "parts", 100..190);
    emulator.faults(json!([{ "match": "POST /v2/batches", "fault": "status", "status": 401, "times": 0 }]));
    let requests = asked(&emulator, || {
        let report = project.run("apply --yes -o json").json();
        assert_eq!(report["summary"]["unknown"], 0, "{report}");
        let planned = report["summary"]["planned"].as_u64().unwrap();
        let (failed, skipped) = (&report["summary"]["failed"], &report["summary"]["skipped"]);
        assert!(
            planned > 24 && failed.as_u64() <= Some(8) && skipped.as_u64() >= Some(planned - 8),
            "{report}"
        );
    });
    let posts = requests.iter().filter(|request| request.starts_with("POST")).count();
    assert!((1..=8).contains(&posts), "{posts} left");
}

/// The report of an apply that ends with 5, because after so many calls that change something a hand does this.
fn applied_while(project: &Project, emulator: &Emulator, calls: usize, by_hand: impl FnOnce()) -> Value {
    let before = emulator.changing().len();
    let child = project
        .command(AT, "apply --yes -o json")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while emulator.changing().len() < before + calls {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    by_hand();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(5));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn an_apply_whose_batch_another_hand_cancels_ends_with_what_is_under_way() {
    let emulator = Emulator::start();
    let project = known(&emulator);
    campaign(&project, "parts", 100..190);
    // Slow enough for a hand: ten a second, in groups of eight.
    project.edit("campanile.yaml", "requests_per_second: 500", "requests_per_second: 10");
    let report = applied_while(&project, &emulator, 3, || {
        let newest = emulator.call("GET", "/v2/batches?start=0&limit=1&order=DESC", None).1[0]["id"].clone();
        emulator.cancel_by_hand(&newest);
    });
    let done = report["summary"]["done"].as_u64().unwrap();
    assert!((3..=16).contains(&done), "{report}");
    assert_eq!(report["summary"]["failed"], 0, "{report}");
}

#[test]
fn a_look_at_sinch_reads_two_batches_and_goes_on_only_to_what_is_known() {
    let emulator = Emulator::start();
    let project = known_at_sinch(&emulator);
    campaign(&project, "parts", 100..148);
    let before = page_sizes(&emulator).len();
    let report = project.run("apply --yes -o json").exits(0).json();
    let made = report["summary"]["done"].as_u64().unwrap();
    let sizes = page_sizes(&emulator).split_off(before);
    let small = sizes.iter().filter(|size| **size == 1).count() as u64;
    assert!(sizes.iter().all(|size| [1, 100].contains(size)), "{sizes:?}");
    assert!(
        (made.div_ceil(8)..=2 * made.div_ceil(8)).contains(&small),
        "{sizes:?} for {made}"
    );
}

#[test]
fn an_apply_at_sinch_whose_batch_another_hand_cancels_ends() {
    let emulator = Emulator::start();
    let project = known_at_sinch(&emulator);
    campaign(&project, "parts", 100..220);
    project.edit("campanile.yaml", "requests_per_second: 500", "requests_per_second: 20");
    let report = applied_while(&project, &emulator, 9, || {
        // The one that a `stop` on another machine cancels first.
        let path = format!("{SINCH}?page_size=100&start_date=2030-01-01T00:00:00Z");
        let list = emulator.call("GET", &path, None).1;
        let batches = list["batches"].as_array().unwrap();
        emulator.cancel_by_hand(&batches[batches.len() - 2]["id"]);
    });
    let (done, skipped) = (&report["summary"]["done"], &report["summary"]["skipped"]);
    assert!(done.as_u64() < Some(40) && skipped.as_u64() > Some(0), "{report}");
}
