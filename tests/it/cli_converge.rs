//! Apply, then plan: nothing left to do; and each edit does what the decision table says, at both providers.

use serde_json::json;

use crate::cli_world::{AT, BODY, Emulator, Project, WINDOW, actions, held, ip1, people};

#[test]
fn a_first_campaign_on_the_sandbox_is_applied_once() {
    let project = Project::on_sandbox();
    project.run("plan --detailed-exitcode").exits(2).says("create");
    let applied = project.converges();
    assert_eq!(applied["summary"]["done"], 1);
    assert_eq!(applied["remaining"], 0);
    let again = project.converges();
    assert_eq!(again["operations"], json!([]));
}

#[test]
fn whatever_success_ip1_answers_a_create_with_there_is_nothing_left_to_do() {
    for status in [200, 201, 202] {
        let emulator = Emulator::start();
        emulator.settings(json!({ "create_status": status }));
        let project = Project::on_ip1(&emulator);
        let applied = project.converges();
        assert_eq!(applied["summary"]["done"], 1, "{status}");
        assert_eq!(emulator.changing(), ["POST /v2/batches"], "{status}");
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn sinch_converges_too() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    assert_eq!(project.converges()["summary"]["done"], 1);
    assert_eq!(emulator.changing(), ["POST /xms/v1/plan/batches"]);
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
}

#[test]
fn sinch_is_told_the_most_segments_that_a_message_may_have() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    let settings = project.read("campanile.yaml");
    project.write(
        "campanile.yaml",
        format!("{settings}guards: {{ max_segments_per_message: 2 }}\n"),
    );
    project.converges();
    let parts = || {
        let (_, page) = emulator.call("GET", "/xms/v1/plan/batches?start_date=2030-01-01T00:00:00Z", None);
        let batches = page["batches"].as_array().unwrap();
        let parts: Vec<_> = batches
            .iter()
            .map(|batch| batch["max_number_of_message_parts"].clone())
            .collect();
        parts
    };
    assert_eq!(parts(), [json!(2)]);
    // So is it with a test.
    project.edit("campanile.yaml", "timezone:", "testers: people.csv\ntimezone:");
    project.run("test hello --yes").exits(0);
    assert_eq!(parts(), [json!(2), json!(2)]);
    // Another limit alone is no reason to send anything again.
    project.edit(
        "campanile.yaml",
        "max_segments_per_message: 2",
        "max_segments_per_message: 4",
    );
    assert_eq!(project.plan()["operations"], json!([]));
    assert_eq!(parts(), [json!(2), json!(2)]);
}

#[test]
fn an_edited_text_is_replaced_and_everybody_gets_the_new_one_only() {
    // Sinch's list shows the people, so a plan can tell that they are the same.
    type Make = fn(&Emulator) -> Project;
    for (make, changed) in [(Project::on_ip1 as Make, "content"), (Project::on_sinch, "body")] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.converges();
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        let plan = project.plan();
        assert_eq!(plan["operations"].as_array().unwrap().len(), 1);
        assert_eq!(plan["operations"][0]["changed"], json!([changed]));
        project.converges();
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
        for message in emulator.messages() {
            assert!(message["body"].as_str().unwrap().starts_with("Hello Name"));
        }
    }
}

#[test]
fn a_removed_file_cancels_its_batch() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.campaign(
            "other",
            "Other text. Stop: acme.example",
            "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }",
        );
        project.converges();
        project.remove("campaigns/hello.yaml");
        assert_eq!(actions(&project.plan()), ["cancel"]);
        project.converges();
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 0);
    }
}

#[test]
fn a_canceled_tombstone_cancels_and_creates_nothing() {
    let project = Project::on_sandbox();
    project.converges();
    project.edit("campaigns/hello.yaml", "sender:", "state: canceled\nsender:");
    assert_eq!(actions(&project.plan()), ["cancel"]);
    project.converges();
}

#[test]
fn moved_windows_replace_the_batch() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.converges();
        project.edit("campaigns/hello.yaml", "2030-01-07T14:00", "2030-01-07T15:00");
        let plan = project.plan();
        assert_eq!(plan["operations"][0]["changed"], json!(["windows"]));
        project.converges();
        assert_eq!(
            emulator.sent_once_by("2030-01-07T13:30:00Z"),
            0,
            "the old window is not used"
        );
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn one_row_more_in_five_thousand_changes_one_batch_and_their_order_none() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.people(5000);
    assert_eq!(project.converges()["summary"]["done"], 8);

    let rows = people(0..5000);
    let (head, rest) = rows.split_once('\n').unwrap();
    let mut lines: Vec<&str> = rest.lines().collect();
    lines.reverse();
    project.write("people.csv", format!("{head}\n{}\n", lines.join("\n")));
    project.run("plan --detailed-exitcode").exits(0);

    project.people(5001);
    assert_eq!(actions(&project.plan()), ["replace"], "exactly one batch");
    project.converges();
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 5001);
}

#[test]
fn a_list_that_outgrows_its_batch_is_cut_anew_and_texts_everybody_once() {
    let emulator = Emulator::start();
    let project = Project::with(&ip1(&emulator, ", max_recipients_per_batch: 20"));
    project.campaign("hello", BODY, WINDOW);
    project.people(20);
    assert_eq!(project.converges()["summary"]["done"], 1);
    project.people(30);
    let plan = project.plan();
    let reasons: Vec<&str> = plan["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["reason"].as_str().unwrap())
        .collect();
    assert!(reasons.contains(&"repartitioned"), "{reasons:?}");
    project.converges();
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 30);
}

#[test]
fn a_renamed_campaign_converges_in_one_apply() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    let text = project.read("campaigns/hello.yaml");
    project.remove("campaigns/hello.yaml");
    project.write("campaigns/greeting.yaml", text);
    project.converges();
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
}

#[test]
fn a_cron_schedule_fills_its_horizon_and_names_the_next_apply() {
    let project = Project::on_sandbox();
    project.write(
        "campaigns/hello.yaml",
        format!(
            "sender: ACME\nbody: \"{BODY}\"\nrecipients:\n  - csv: ../people.csv\ndelivery:\n  cron: \"0 10 * * Mon-Fri\"\n  open_for: 15m\n"
        ),
    );
    let plan = project.plan();
    assert_eq!(plan["operations"].as_array().unwrap().len(), 5);
    assert_eq!(plan["operations"][0]["occurrence"], "2030-01-07T10:00");
    assert!(plan["next_apply_by"].is_string(), "{}", plan["next_apply_by"]);
    project.converges();
}

#[test]
fn two_providers_and_a_narrowed_apply() {
    let project = Project::on_sandbox();
    project.campaign(
        "other",
        "Other text. Stop: acme.example",
        "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }",
    );
    let applied = project.run("apply --yes --campaign other -o json").exits(0).json();
    assert_eq!(applied["operations"].as_array().unwrap().len(), 1);
    assert_eq!(applied["operations"][0]["campaign"], "other");
    let plan = project.plan();
    assert_eq!(plan["operations"][0]["campaign"], "hello");
    project.run("plan --campaign nobody").exits(64).says("known campaigns");
    project
        .run("plan --campaign othre")
        .exits(64)
        .says("did you mean `other`?");
}

#[test]
fn too_near_is_held_until_it_is_allowed() {
    let project = Project::on_sandbox();
    let plan = project.run_at("2030-01-07T12:55:00Z", "plan -o json").exits(0).json();
    assert_eq!(held(&plan), ["starts_now"]);
    assert_eq!(plan["held"][0]["allow"], "starts-now=hello");
    let applied = project
        .run_at("2030-01-07T12:55:00Z", "apply --yes --allow starts-now=hello -o json")
        .exits(0)
        .json();
    assert_eq!(applied["summary"]["done"], 1);
    assert_eq!(applied["operations"][0]["starts_now"], true);
    let late = Project::on_sandbox();
    let plan = late.run_at("2030-01-08T08:00:00Z", "plan -o json").exits(0).json();
    assert_eq!(actions(&plan), [""; 0], "a window that has passed creates nothing");
}

#[test]
fn a_change_too_late_is_held_and_the_batch_stands() {
    let project = Project::on_sandbox();
    project.converges();
    project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
    let plan = project.run_at("2030-01-07T12:55:00Z", "plan -o json").exits(0).json();
    assert_eq!(held(&plan), ["too_late"]);
    assert!(AT < "2030-01-07T12:55:00Z");
}

#[test]
fn the_sandbox_option_needs_no_account_at_all() {
    let project = Project::with("{ p: { kind: ip1, token_env: NOT_THERE } }");
    project.people(3);
    project.campaign("hello", BODY, WINDOW);
    project.run("plan").exits(65).says("NOT_THERE");
    project.run("apply --yes --sandbox").exits(0);
    project.run("plan --sandbox --detailed-exitcode").exits(0);
}
