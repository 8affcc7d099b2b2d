//! Networks and processes that fail in the middle: never a second message, a true report, and the promised exit code.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::cli_world::{AT, Emulator, Project, Ran, ip1, signal};

fn outcomes(report: &Value) -> Vec<&str> {
    report["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn an_answer_lost_after_the_commit_is_found_again() {
    for (make, path) in [
        (Project::on_ip1 as fn(&Emulator) -> Project, "/v2/batches"),
        (Project::on_sinch, "/xms/v1/plan/batches"),
    ] {
        for kind in ["drop_after", "truncate", "garbage"] {
            let emulator = Emulator::start();
            emulator.faults(json!([{ "match": format!("POST {path}"), "fault": kind }]));
            let project = make(&emulator);
            let report = project.run("apply --yes -o json").exits(0).json();
            assert_eq!(outcomes(&report), ["done"], "{kind}");
            assert!(report["operations"][0]["batch_id"].is_string());
            project.run("plan --detailed-exitcode").exits(0);
            assert_eq!(emulator.changing().len(), 1, "never posted twice");
            assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
        }
    }
}

#[test]
fn an_unknown_outcome_is_told_held_and_settled_later() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        emulator.faults(json!([{ "match": "POST *batches", "fault": "drop_before" }]));
        let project = make(&emulator);
        let report = project.run("apply --yes -o json").exits(6).json();
        assert_eq!(outcomes(&report), ["unknown"]);
        assert_eq!(report["exit_code"], 6);
        assert_eq!(report["summary"]["unknown"], 1);
        let plan = project.run("plan -o json").exits(0).json();
        assert_eq!(plan["held"][0]["reason"], "unknown_outcome");
        // The hold ends, and what never arrived is sent, once.
        emulator.clock("2030-01-07T08:30:00Z");
        project.run_at("2030-01-07T08:30:00Z", "apply --yes").exits(0);
        project
            .run_at("2030-01-07T08:31:00Z", "plan --detailed-exitcode")
            .exits(0);
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn a_list_that_lags_behind_a_lost_answer_never_leads_to_a_second_text() {
    let emulator = Emulator::start();
    emulator.faults(json!([
        { "match": "POST /v2/batches", "fault": "drop_after" },
        { "match": "POST /v2/batches", "fault": "list_lag", "lists": 6 },
    ]));
    let project = Project::on_ip1(&emulator);
    let first = project.run("apply --yes -o json");
    assert!([0, 6].contains(&first.code), "{first:#?}");
    for _ in 0..4 {
        let again = project.run("apply --yes");
        assert!([0, 6].contains(&again.code), "{again:#?}");
    }
    project.run("plan --detailed-exitcode").exits(0);
    assert_eq!(emulator.changing(), ["POST /v2/batches"]);
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
}

/// `--at` is our clock alone; an emulator has been running for a while, or tells real time.
#[test]
fn a_pretended_instant_need_not_be_the_emulators() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    emulator.clock("2030-01-07T08:05:00Z");
    let applied = project.run("apply --yes -o json").exits(0).json();
    assert_eq!(
        (&applied["summary"]["done"], &applied["remaining"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn a_refused_create_is_a_failure_and_the_others_go_on() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.campaign(
        "other",
        "Other. Stop: acme.example",
        "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }",
    );
    emulator.faults(json!([{ "match": "POST /v2/batches", "fault": "status", "status": 400 }]));
    let report = project.run("apply --yes -o json").exits(5).json();
    assert_eq!(outcomes(&report), ["failed", "done"]);
    assert!(report["operations"][0]["error"].is_string());
    assert_eq!(report["remaining"], 1);
    project.converges();
}

#[test]
fn a_provider_that_cannot_be_read_changes_nothing_and_exits_1() {
    let emulator = Emulator::start_with(&["--token", "another"]);
    let project = Project::on_ip1(&emulator);
    for command in ["plan", "apply --yes", "status", "stop --all --yes"] {
        let failed = project.run(&format!("{command} -o json")).exits(1);
        let document = failed.json();
        assert_eq!(document["exit_code"], 1, "{command}");
        assert!(document["error"].is_string());
        assert_eq!(document["diagnostics"][0]["code"], "C503", "{command}");
        assert!(!failed.err.contains("key-of-ip1") && !failed.out.contains("key-of-ip1"));
        assert!(failed.err.contains("401"), "{command}: {}", failed.err);
    }
    assert_eq!(emulator.changing(), [""; 0]);
}

#[test]
fn a_provider_that_is_not_there_changes_nothing_and_exits_1() {
    let project = Project::with("{ p: { kind: ip1, base_url: \"http://127.0.0.1:1\", token_env: IP1_API_KEY } }");
    project.people(3);
    project.campaign("hello", crate::cli_world::BODY, crate::cli_world::WINDOW);
    project.run("plan -o json").exits(1);
    project.run("plan --offline").exits(0);
}

#[test]
fn one_unreadable_provider_of_two_stops_all_creates() {
    let emulator = Emulator::start();
    let project = Project::on_sandbox();
    project.edit(
        "campanile.yaml",
        "providers: { p:",
        "default_provider: p\nproviders: { q: { kind: ip1, base_url: \"http://127.0.0.1:1\", token_env: IP1_API_KEY }, p:",
    );
    project.run("apply --yes").exits(1);
    assert_eq!(emulator.changing(), [""; 0]);
}

#[test]
fn a_cut_list_is_no_list() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    for kind in ["truncate", "garbage"] {
        emulator.faults(json!([{ "match": "GET /v2/batches", "times": 0, "fault": kind }]));
        project.run("apply --yes").exits(1);
    }
    emulator.faults(json!([]));
    project.run("plan --detailed-exitcode").exits(0);
    assert_eq!(emulator.changing().len(), 1);
}

/// Four campaigns whose creates are slow; the signal comes while one of them is under way.
fn interrupted(name: &str, code: i32) {
    let emulator = Emulator::start();
    let project = Project::with(&ip1(&emulator, ""));
    project.people(3);
    for day in 1..5 {
        let windows = format!(
            "{{ opens: 2030-01-{:02}T14:00, closes: 2030-01-{:02}T18:00 }}",
            7 + 2 * day,
            7 + 2 * day
        );
        project.campaign(&format!("c{day}"), &format!("Text {day}. Stop: acme.example"), &windows);
    }
    emulator.faults(json!([{ "match": "POST /v2/batches", "times": 0, "fault": "delay", "ms": 1500 }]));
    let child = project
        .command(AT, "apply --yes -o json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while emulator.changing().is_empty() {
        std::thread::yield_now();
    }
    signal(&child, name);
    let report = Ran::of(child.wait_with_output().unwrap()).exits(code).json();
    let done = report["summary"]["done"].as_u64().unwrap();
    let skipped = report["summary"]["skipped"].as_u64().unwrap();
    assert_eq!(done + skipped, 4, "{report}");
    assert!(skipped > 0, "the signal was heard: {report}");
    assert_eq!(
        emulator.changing().len() as u64,
        done,
        "what was in flight was finished and is told"
    );
    emulator.faults(json!([]));
    project.converges();
}

#[test]
fn an_interrupted_apply_finishes_the_call_in_flight_and_says_what_is_done() {
    interrupted("INT", 130);
}

#[test]
fn a_terminated_apply_does_the_same() {
    interrupted("TERM", 143);
}

#[test]
fn a_killed_apply_is_finished_by_the_next() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    emulator.faults(json!([{ "match": "POST /v2/batches", "fault": "delay", "ms": 1500 }]));
    let mut child = project
        .command(AT, "apply --yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while emulator.changing().is_empty() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    project.run("apply --yes").exits(0);
    project.run("plan --detailed-exitcode").exits(0);
    assert_eq!(emulator.changing().len(), 1);
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
}

#[test]
fn watching_ends_when_interrupted() {
    let project = Project::on_sandbox();
    project.converges();
    let mut child = project
        .command(AT, "status --watch")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0_u8; 1];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    signal(&child, "INT");
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:#?}");
    assert!(ran.out.contains("hello"));
    project.run("status --watch -o json").exits(64).json();
}

#[test]
fn an_emulator_ends_when_told() {
    let mut child = crate::cli_world::command(std::path::Path::new("/"))
        .arg("emulate")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0_u8; 30];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    assert!(first.starts_with(b"listening on http://127.0.0.1:"));
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
