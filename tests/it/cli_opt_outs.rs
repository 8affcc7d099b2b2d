//! People who want no more texts, through the whole program: whom it leaves out, what it writes down, what it holds.

use serde_json::{Value, json};

use crate::cli_world::{Emulator, Project, actions, held};

const FIRST: &str = "46701000000";
const SECOND: &str = "46701000001";

fn block(emulator: &Emulator, number: &str) {
    let (status, _) = emulator.call("PUT", &format!("/v2/blacklist/{number}"), None);
    assert_eq!(status, 200);
}

fn text_in(emulator: &Emulator, from: &str, body: &str) {
    let text = json!({ "plan": "plan", "from": from, "to": "46101606060", "body": body });
    let (status, answer) = emulator.call("POST", "/_emulator/sinch/inbounds", Some(&text));
    assert_eq!(status, 200, "{answer}");
}

/// A Sinch project that writes opt-outs down.
fn on_sinch(emulator: &Emulator) -> Project {
    let project = Project::on_sinch(emulator);
    project.edit(
        "campanile.yaml",
        "list_lag: 0s",
        "list_lag: 0s, opt_outs: { file: suppressions/opt-outs.csv }",
    );
    project
}

fn people_of(plan: &Value) -> (u64, u64) {
    let campaign = &plan["campaigns"][0];
    (
        campaign["recipients"].as_u64().unwrap(),
        campaign["suppressed"].as_u64().unwrap(),
    )
}

#[test]
fn texts_to_ip1_that_its_blacklist_does_not_answer_are_for_a_person() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    let text_in = |sender: &str, body: &str| {
        let text = json!({ "sender": sender, "recipient": "46101606060", "body": body });
        assert_eq!(emulator.call("POST", "/_emulator/ip1/incoming", Some(&text)).0, 200);
    };
    text_in("46701740605", "please stop this");
    text_in("46701740606", "Avsluta!");
    text_in("46701740607", "hello");
    text_in("46701740608", "STOP");
    text_in("46701740608", "start");
    let told = project.run("opt-outs --needs-person -o json").exits(0).json();
    let account = &told["accounts"][0];
    assert_eq!(
        (&account["opted_out"], &account["needs_person"]),
        (&json!(1), &json!(3)),
        "{told}"
    );
    let why: Vec<&Value> = account["texts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| &text["why"])
        .collect();
    assert_eq!(why, ["among_others", "not_on_list", "wants_back"]);
    assert!(!told.to_string().contains("4670174060"), "numbers are masked");
    let text = project.run("opt-outs").exits(0).out;
    assert!(
        text.contains("1 text needs a person: an opt-out word, and the number is not on the blacklist"),
        "{text}"
    );
    // What cannot be read is a warning: the blacklist counts all the same.
    emulator.faults(json!([{ "match": "GET /v2/batches", "nth": 1, "times": 9, "fault": "status", "status": 403 }]));
    let told = project.run("opt-outs -o json").exits(0).json();
    assert_eq!(told["accounts"][0]["opted_out"], 1);
    let code = &told["diagnostics"][0]["code"];
    assert!(
        told["diagnostics"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("incoming texts at "),
        "{told} {code}"
    );
}

#[test]
fn who_is_on_the_blacklist_leaves_counts_and_planned_batches_while_there_is_time() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    block(&emulator, FIRST);
    assert_eq!(people_of(&project.plan()), (2, 1));
    project.converges();
    block(&emulator, SECOND);
    let plan = project.plan();
    assert_eq!((actions(&plan), people_of(&plan)), (vec!["replace"], (1, 2)));
    // Nearer than `freeze_before` it stays, and the plan says how many it holds.
    let late = project.run_at("2030-01-07T12:55:00Z", "plan -o json").exits(0).json();
    assert_eq!((actions(&late), held(&late)), (vec![], vec!["too_late"]));
    let told: Vec<&str> = (late["diagnostics"].as_array().unwrap().iter())
        .filter(|fault| fault["code"] == "C414")
        .map(|fault| fault["message"].as_str().unwrap())
        .collect();
    assert!(told.len() == 1 && told[0].starts_with("1 people in "), "{told:?}");
    assert!(!late.to_string().contains(SECOND));
    project.converges();
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 1);
}

#[test]
fn a_stop_by_text_takes_a_person_out_of_what_is_planned_at_any_time() {
    // Nearer than `freeze_before` the batch only loses the person; what else the files want of it is held as too late.
    for (instant, action, code) in [
        ("2030-01-07T08:00:00Z", "replace", 0),
        ("2030-01-07T12:55:00Z", "update", 3),
    ] {
        let emulator = Emulator::start();
        let project = Project::on_sinch(&emulator);
        project.converges();
        text_in(&emulator, FIRST, "Stop.");
        text_in(&emulator, SECOND, "please do not stop");
        emulator.clock(instant);
        let applied = project.run_at(instant, "apply --yes -o json").exits(code).json();
        assert_eq!(actions(&applied), [action]);
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 2);
        assert!(emulator.messages().iter().all(|message| message["recipient"] != FIRST));
    }
}

#[test]
fn opt_outs_that_cannot_be_read_hold_what_would_be_sent_and_cancel_nothing() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    block(&emulator, FIRST);
    project.converges();
    let before = emulator.changing().len();
    let broken = json!([{ "match": "GET /v2/blacklist", "times": 999, "fault": "status", "status": 404 }]);
    emulator.faults(broken);
    project.campaign(
        "other",
        "Hi! Stop: acme.example/no",
        "{ opens: 2030-01-07T15:00, closes: 2030-01-07T18:00 }",
    );
    let plan = project.run("plan -o json").exits(3).json();
    assert_eq!(actions(&plan), [""; 0]);
    assert_eq!(held(&plan), ["opt_outs_unreadable", "opt_outs_unreadable"]);
    assert_eq!(plan["held"][0]["allow"], "opt-outs=hello");
    project.run("apply --yes").exits(3);
    assert_eq!(emulator.changing().len(), before);
    let allowed = project.run("plan --allow opt-outs=other -o json").exits(3).json();
    assert_eq!(actions(&allowed), ["create"]);
    project.edit("campanile.yaml", "list_lag: 0s", "list_lag: 0s, opt_outs: off");
    let off = project.run("plan -o json").exits(0).json();
    assert_eq!(actions(&off), ["replace", "create"]);
}

#[test]
fn pull_writes_down_what_is_new_once_and_start_takes_a_stop_back() {
    let emulator = Emulator::start();
    let project = on_sinch(&emulator);
    text_in(&emulator, FIRST, "STOP");
    text_in(&emulator, SECOND, "I want to stop, please");
    let seen = project.run("opt-outs -o json").exits(0).json();
    let account = &seen["accounts"][0];
    assert_eq!(
        (
            &account["opted_out"],
            &account["new"],
            &account["needs_person"],
            &account["source"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!("incoming"))
    );
    assert!(
        !project.path("suppressions/opt-outs.csv").exists(),
        "looking writes nothing"
    );
    let pulled = project.run("opt-outs pull -o json").exits(0).json();
    assert_eq!(pulled["accounts"][0]["written"], 1);
    let file = project.read("suppressions/opt-outs.csv");
    assert_eq!(file.lines().count(), 3, "{file}");
    assert!(file.starts_with("number,instant,provider,word,id\n"));
    project.run("opt-outs pull").exits(0);
    assert_eq!(project.read("suppressions/opt-outs.csv"), file);
    // What is written down counts for whoever cannot ask.
    assert_eq!(
        people_of(&project.run("plan --offline -o json").exits(0).json()),
        (2, 1)
    );
    text_in(&emulator, FIRST, "start");
    assert_eq!(people_of(&project.plan()), (3, 0));
    project.run("opt-outs pull").exits(0);
    assert_eq!(
        people_of(&project.run("plan --offline -o json").exits(0).json()),
        (3, 0)
    );
    let asked = project
        .run("opt-outs --needs-person")
        .exits(0)
        .says("46•••••••01")
        .says("1 text needs a person");
    assert!(!asked.out.contains(SECOND) && !asked.out.contains("please"));
}

#[test]
fn after_thirteen_days_without_a_pull_nothing_is_created_until_somebody_pulls() {
    let emulator = Emulator::start();
    let project = on_sinch(&emulator);
    let row = |day: u8| format!("number,instant,provider,word,id\n,2029-12-{day:02}T09:00:00Z,p,pulled,\n");
    project.write("suppressions/opt-outs.csv", row(26));
    project.plan();
    project.write("suppressions/opt-outs.csv", row(25));
    assert_eq!(held(&project.plan()), [""; 0], "13 days to the hour");
    project.write("suppressions/opt-outs.csv", row(24));
    let plan = project.run("plan -o json").exits(3).json();
    assert_eq!(held(&plan), ["opt_outs_unreadable"]);
    project.run("opt-outs pull").exits(0);
    assert_eq!(actions(&project.plan()), ["create"]);
}

#[test]
fn a_file_with_a_row_that_cannot_be_believed_stops_everything() {
    let emulator = Emulator::start();
    let project = on_sinch(&emulator);
    project.write(
        "suppressions/opt-outs.csv",
        "number,instant,provider,word,id\nnobody,,,,\n",
    );
    project.run("validate").exits(65).says("C755").says("line 2");
    project.run("apply --yes").exits(65);
    assert!(emulator.changing().is_empty());
}

#[test]
fn a_group_that_fills_itself_is_a_suppression_list() {
    let emulator = Emulator::start();
    let keywords = json!({ "name": "gone", "auto_update": { "to": "46101606060", "add": { "first_word": "STOP" } } });
    let (_, group) = emulator.call("POST", "/xms/v1/plan/groups", Some(&keywords));
    let project = Project::on_sinch(&emulator);
    let id = group["id"].as_str().unwrap();
    project.edit(
        "campanile.yaml",
        "list_lag: 0s",
        &format!("list_lag: 0s, opt_outs: {{ group_id: {id} }}"),
    );
    text_in(&emulator, FIRST, "STOP");
    assert_eq!(people_of(&project.plan()), (2, 1));
    project.edit("campanile.yaml", id, "01FC66621VHDBN119Z8PMV1QPU");
    project.run("plan").exits(3).says("cannot be read");
}

/// A plan reviewed while the first of four people is on the list.
fn reviewed(project: &Project) {
    project.people(4);
    project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
    project.write("stop.csv", format!("phone\n{FIRST}\n"));
    let saved = project.run("plan --save plan.json -o json").exits(0).json();
    assert_eq!(people_of(&saved), (3, 1));
}

#[test]
fn who_opts_out_after_the_review_makes_it_smaller_and_nobody_else_goes_out() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    reviewed(&project);
    project.write("stop.csv", format!("phone\n{FIRST}\n{SECOND}\n"));
    block(&emulator, "46701000002");
    let applied = project.run("apply plan.json -o json").exits(0).json();
    assert_eq!(
        (actions(&applied), applied["summary"]["refused"].as_u64()),
        (vec!["create"], Some(0))
    );
    assert_eq!(applied["operations"][0]["recipients"], 1);
    let told = &applied["diagnostics"][0];
    assert_eq!(
        (told["code"].as_str(), told["severity"].as_str()),
        (Some("C754"), Some("note"))
    );
    assert!(told["message"].as_str().unwrap().contains("without 2 people"), "{told}");
    project.run("plan --detailed-exitcode").exits(0);
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 1);
}

#[test]
fn whoever_comes_back_after_the_review_or_an_edit_beside_an_opt_out_is_refused() {
    let edits: [&dyn Fn(&Project); 3] = [
        &|project| project.write("stop.csv", format!("phone\n{SECOND}\n46701000002\n")),
        &|project| project.write("stop.csv", "phone\n46701099999\n"),
        &|project| {
            project.write("stop.csv", format!("phone\n{FIRST}\n{SECOND}\n"));
            project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        },
    ];
    for edit in edits {
        let emulator = Emulator::start();
        let project = Project::on_ip1(&emulator);
        reviewed(&project);
        edit(&project);
        let applied = project.run("apply plan.json -o json").exits(4).json();
        assert_eq!(applied["summary"]["refused"], 1);
        assert_eq!(emulator.changing(), [""; 0]);
    }
}

#[test]
fn a_stop_after_the_review_leaves_what_is_planned_already_too() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    project.converges();
    project.campaign(
        "other",
        "Other. Stop: acme.example/no",
        "{ opens: 2030-01-07T15:00, closes: 2030-01-07T18:00 }",
    );
    project.run("plan --save plan.json").exits(0);
    text_in(&emulator, FIRST, "STOP");
    let applied = project.run("apply plan.json -o json").exits(0).json();
    assert_eq!(applied["summary"]["done"], 2, "{applied}");
    project.run("plan --detailed-exitcode").exits(0);
    emulator.clock("2030-01-07T20:00:00Z");
    let messages = emulator.messages();
    assert_eq!(messages.len(), 4, "two people of two campaigns");
    assert!(messages.iter().all(|message| message["recipient"] != FIRST));
}
