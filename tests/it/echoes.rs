//! What a provider hands back: references, new batches, silence, its clock - the real program against stand-ins over HTTP.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::cli_world::{BODY, Emulator, Project, WINDOW, actions, held};
use crate::stand_in::{Habits, StandIn};
use crate::tampered::Tampered;

/// A project at a stand-in, with so many campaigns of three people.
fn project(there: &StandIn, campaigns: u32) -> Project {
    let project = Project::with(&format!(
        "{{ p: {{ kind: ip1, base_url: \"{}\", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s }} }}",
        there.url
    ));
    project.people(3);
    for n in 0..campaigns {
        project.campaign(&format!("hello{n}"), &format!("{BODY} {n}"), WINDOW);
    }
    project
}

fn posts(there: &StandIn) -> usize {
    there.changing().iter().filter(|call| call.starts_with("POST")).count()
}

#[test]
fn a_provider_that_does_not_keep_references_gets_one_batch_which_is_canceled_by_its_id() {
    let echoes: [fn(&str) -> Value; 6] = [
        |_| Value::Null,
        |text| json!(text.to_uppercase()),
        |text| json!(format!("{text} ")),
        |text| json!(text.chars().take(20).collect::<String>()),
        |text| json!(format!("{text:0<40}")),
        |_| json!("something else"),
    ];
    for echo in echoes {
        let there = StandIn::start(Habits {
            echo,
            ..Habits::default()
        });
        let project = project(&there, 3);
        let ran = project.run("apply --yes -o json").exits(6);
        let report = ran.json();
        assert_eq!(posts(&there), 1, "{report}");
        assert_eq!(there.planned().len(), 0, "canceled by its id: {report}");
        assert!(report.to_string().contains("letter by letter"), "{report}");
        // And never again beside it while it is in doubt, nor beyond one a run.
        project.run("apply --yes");
        assert_eq!(there.planned().len(), 0);
    }
}

#[test]
fn a_provider_that_forgets_references_later_gets_nothing_twice() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 2);
    project.converges();
    let before = there.changing();
    for echo in [
        (|_| Value::Null) as fn(&str) -> Value,
        |text| json!(text.to_uppercase()),
        |text| json!(format!(" {text}")),
        |text| json!(text.chars().take(12).collect::<String>()),
    ] {
        there.change(|habits| habits.echo = echo);
        project.run("apply --yes").exits(0);
        assert_eq!(there.changing(), before, "ours by their ids");
    }
    // Without the journal they are doubt: nothing is sent beside them.
    there.change(|habits| habits.echo = |text| json!(text.to_uppercase()));
    project.remove(".campanile/journal.jsonl");
    let plan = project.run("plan -o json").json();
    assert_eq!(held(&plan), ["unreadable_reference", "unreadable_reference"]);
    project.run("apply --yes");
    assert_eq!(there.changing(), before);
}

#[test]
fn a_direction_in_numbers_makes_no_batch_incoming() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 1);
    project.converges();
    there.edit(|batch| batch["direction"] = json!(1));
    project.run("plan --detailed-exitcode").exits(0);
}

#[test]
fn a_create_that_reading_back_does_not_show_is_unknown() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 1);
    project.converges();
    project.campaign("more", &format!("{BODY} more"), WINDOW);
    there.change(|habits| habits.lists = false);
    // The first is known to have been there: what vanishes now is another matter.
    let report = project.run("apply --yes -o json").exits(6).json();
    assert_eq!(report["summary"]["unknown"], 1, "{report}");
}

#[test]
fn a_replace_waits_where_nobody_could_prove_silence_and_a_cancel_does_not() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 1);
    project.converges();
    there.change(|habits| habits.tells_messages = false);
    project.edit("campaigns/hello0.yaml", "Hi ", "Hello ");
    let before = there.changing();
    let plan = project.run("plan -o json").exits(0).json();
    assert_eq!((actions(&plan), held(&plan)), (vec![], vec!["silence_unprovable"]));
    project.run("plan --strict").exits(3);
    project.run("apply --yes");
    assert_eq!(there.changing(), before, "the old one stays");
    project.edit("campaigns/hello0.yaml", "sender: ACME", "state: canceled\nsender: ACME");
    project.run("apply --yes");
    assert_eq!(there.planned().len(), 0);
    project.edit("campaigns/hello0.yaml", "state: canceled\n", "");
    let plan = project.run("plan -o json").json();
    assert_eq!(held(&plan), ["silence_unproved"], "never `already_sent`");
    project.edit("campaigns/hello0.yaml", "sender: ACME", "revision: 2\nsender: ACME");
    project.run("apply --yes").exits(0);
    assert_eq!(there.planned().len(), 1);
}

/// The people of one zone have left the list: their batch goes, and nothing waits for its silence. Asking for a proof
/// beforehand would refuse the cancel on every run.
#[test]
fn a_group_that_has_nobody_left_is_canceled_where_nobody_could_prove_silence() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 1);
    project.edit(
        "campaigns/hello0.yaml",
        "delivery:\n",
        "delivery:\n  timezone: recipient\n  timezone_column: tz\n",
    );
    let list = |zones: &[&str]| {
        let rows = (1_000_000..)
            .zip(zones)
            .map(|(number, zone)| format!("+4670{number},You,{zone}\n"));
        format!("msisdn,first_name,tz\n{}", rows.collect::<String>())
    };
    project.write(
        "people.csv",
        list(&["Europe/Stockholm", "Europe/Stockholm", "Europe/Helsinki"]),
    );
    project.converges();
    assert_eq!(there.planned().len(), 2);
    there.change(|habits| habits.tells_messages = false);
    project.write("people.csv", list(&["Europe/Stockholm", "Europe/Stockholm"]));
    assert_eq!(actions(&project.plan()), ["cancel"]);
    project.run("apply --yes");
    assert_eq!(there.planned().len(), 1, "it is canceled");
    let before = there.changing();
    project.run("apply --yes").exits(0);
    assert_eq!(there.changing(), before, "once");
}

#[test]
fn a_delete_without_an_answer_whose_batch_is_gone_in_time_was_ours() {
    let there = StandIn::start(Habits {
        erases: true,
        ..Habits::default()
    });
    let project = project(&there, 1);
    project.converges();
    there.change(|habits| habits.cuts_deletes = true);
    project.edit("campaigns/hello0.yaml", "Hi ", "Hello ");
    assert_eq!(actions(&project.converges()), ["replace"]);
    assert_eq!(there.planned().len(), 1);
}

#[test]
fn a_provider_without_a_clock_is_not_applied_to() {
    let there = StandIn::start(Habits::default());
    let project = project(&there, 1);
    project.edit("campaigns/hello0.yaml", "2030-01-07T14:00", "2036-01-07T14:00");
    project.edit("campaigns/hello0.yaml", "2030-01-07T18:00", "2036-01-07T18:00");
    project.run_now("apply --yes").exits(1).says("`Date`");
    assert_eq!(there.changing(), Vec::<String>::new());
    project.run_now("plan").exits(0);
}

#[test]
fn a_refused_put_falls_back_to_cancel_prove_create() {
    for status in [405, 403] {
        let emulator = Emulator::start();
        let project = Project::on_sinch(&emulator);
        project.converges();
        emulator.faults(
            json!([{ "match": "PUT /xms/v1/plan/batches/*", "times": 100, "fault": "status", "status": status }]),
        );
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        project.converges();
        let changing = emulator.changing();
        assert!(changing.iter().any(|call| call.starts_with("DELETE")), "{changing:?}");
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn people_added_at_sinch_are_taken_out_and_missing_ones_reported() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    let applied = project.converges();
    let id = applied["operations"][0]["batch_id"].as_str().unwrap().to_owned();
    let path = format!("/xms/v1/plan/batches/{id}");
    emulator.call(
        "POST",
        &path,
        Some(&json!({ "type": "mt_text", "to_add": ["46701740699"], "to_remove": ["46701000000"] })),
    );
    let plan = project.run("plan -o json").exits(0).json();
    assert_eq!(actions(&plan), ["update"]);
    assert!(plan.to_string().contains("C413"), "{plan}");
    assert!(!plan.to_string().contains("46701740699"));
    project.run("apply --yes").exits(0);
    let (_, batch) = emulator.call("GET", &path, None);
    assert_eq!(batch["to"].as_array().unwrap().len(), 2, "{batch}");
    project.run("plan --detailed-exitcode").exits(0);
}

/// The provider drops a person and adds another, and says so in its answer to the create, and later to the change.
#[test]
fn people_in_the_answer_to_a_create_or_a_change_are_compared_with_those_who_were_sent() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    let added = "46701740699";
    let tampered = Tampered::before(&emulator.url, move |request, answer| {
        // What the account holds, as every read shows it, and as the answers show it.
        if request.contains("/batches") && !request.contains("delivery_report") {
            answer.json(|document| {
                let is_list = document.get("batches").is_some();
                let batches = if is_list {
                    document["batches"].as_array_mut().unwrap().iter_mut().collect()
                } else {
                    vec![document]
                };
                for batch in batches {
                    if let Some(to) = batch["to"].as_array_mut() {
                        to.retain(|number| number != "46701000000");
                    }
                }
            });
        }
        let is_answer = request == "POST /xms/v1/plan/batches" || request.starts_with("PUT ");
        if is_answer {
            answer.json(|batch| batch["to"].as_array_mut().unwrap().push(json!(added)));
        }
    });
    project.edit("campanile.yaml", &emulator.url, &tampered.url);
    for _ in 0..2 {
        let ran = project.run("apply --yes").exits(0);
        let said = "with other people than were sent: 1 of 3 people are missing, 1 person whom nobody sent in it";
        assert!(ran.err.contains(said) && ran.err.contains("C413"), "{ran:?}");
        assert!(!ran.err.contains(added) && !ran.out.contains(added));
        let journal = project.read(".campanile/journal.jsonl");
        let line = journal.lines().rfind(|line| line.contains("other_people")).unwrap();
        assert!(line.contains("\"added\":1,\"missing\":1"), "{line}");
        // Nobody is put back, and nothing is left to do.
        let plan = project.run("plan --detailed-exitcode -o json").exits(0).json();
        assert!(plan.to_string().contains("C413"), "{plan}");
        project.edit("campaigns/hello.yaml", "Hi ", "Hi there ");
    }
}

#[test]
fn whom_the_answer_to_a_create_shows_besides_is_taken_out_by_the_same_run() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    let url = emulator.url.clone();
    let emulator = Arc::new(Mutex::new(emulator));
    let hand = Arc::clone(&emulator);
    // The provider adds a person to a new batch, before it answers.
    let tampered = Tampered::before(&url, move |request, answer| {
        if request == "POST /xms/v1/plan/batches" {
            answer.json(|batch| {
                let path = format!("/xms/v1/plan/batches/{}", batch["id"].as_str().unwrap());
                let body = json!({ "type": "mt_text", "to_add": ["46701740699"] });
                *batch = hand.lock().unwrap().call("POST", &path, Some(&body)).1;
            });
        }
    });
    project.edit("campanile.yaml", &url, &tampered.url);
    let applied = project.run("apply --yes -o json").exits(0).json();
    assert!(
        applied["diagnostics"].to_string().contains("1 person whom nobody sent"),
        "{applied}"
    );
    assert_eq!(applied["repairs"][0]["action"], "update", "{applied}");
    assert_eq!(emulator.lock().unwrap().sent_once_by("2030-01-07T20:00:00Z"), 3);
}
