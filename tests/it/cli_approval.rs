//! Saved plans as approvals, guards and what allows them: exit codes 3 and 4.

use crate::cli_world::{AT, Emulator, Project, actions, held};

#[test]
fn a_saved_plan_is_applied_as_reviewed_and_only_once() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    let plan = project.run("plan --save plan.json -o json").exits(0);
    assert_eq!(
        plan.json(),
        serde_json::from_str::<serde_json::Value>(&project.read("plan.json")).unwrap()
    );
    // An approval needs neither a terminal nor `--yes`.
    let report = project.run("apply plan.json -o json").exits(0).json();
    assert_eq!(report["summary"]["done"], 1);
    project.run("apply plan.json").exits(0);
    assert_eq!(emulator.changing().len(), 1);
    project.run("plan --detailed-exitcode").exits(0);
}

#[test]
fn what_has_moved_since_the_review_is_refused_with_4() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.campaign(
        "other",
        "Other. Stop: acme.example",
        "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }",
    );
    project.run("plan --save plan.json").exits(0);
    project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
    let report = project.run("apply plan.json -o json").exits(4);
    assert!(
        report.err.contains("`hello` has moved since the plan was made"),
        "{}",
        report.err
    );
    let report = report.json();
    assert_eq!(report["exit_code"], 4);
    assert_eq!(report["summary"]["refused"], 1);
    let told = &report["diagnostics"][0];
    assert_eq!(
        (told["code"].as_str(), told["severity"].as_str()),
        (Some("C753"), Some("error"))
    );
    assert_eq!(told["file"], "campaigns/hello.yaml");
    assert_eq!(
        report["operations"].as_array().unwrap().len(),
        1,
        "the untouched campaign goes on"
    );
    assert_eq!(report["operations"][0]["campaign"], "other");
    assert_eq!(emulator.changing().len(), 1);
}

#[test]
fn a_row_more_than_reviewed_is_refused_too() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    project.people(4);
    project.run("apply plan.json").exits(4);
    project.run("plan --detailed-exitcode").exits(2);
}

#[test]
fn an_expired_plan_is_refused() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json --expires 1h").exits(0);
    project
        .run_at("2030-01-07T09:00:01Z", "apply plan.json -o json")
        .exits(4)
        .says("expired");
    project.run_at("2030-01-07T08:30:00Z", "apply plan.json").exits(0);
}

#[test]
fn a_plan_that_was_edited_by_hand_is_no_approval() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    let saved: serde_json::Value = serde_json::from_str(&project.read("plan.json")).unwrap();
    let edits = [
        ("/expires_at", serde_json::json!("2036-01-01T00:00:00Z")),
        ("/digest", serde_json::json!("0".repeat(64))),
        ("/operations/0/recipients", serde_json::json!(1)),
        (
            "/operations/0/windows/0/opens",
            serde_json::json!("2030-01-08T09:00:00Z"),
        ),
        ("/summary/recipients", serde_json::json!(1)),
        ("/seal", serde_json::json!("")),
    ];
    for (pointer, value) in edits {
        let mut edited = saved.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        project.write("edited.json", &edited.to_string());
        project.run("show edited.json").exits(0);
        let refused = project.run("apply edited.json -o json").exits(4).json();
        assert!(
            refused["error"].as_str().unwrap().contains("edited"),
            "{pointer}: {refused}"
        );
    }
    project.run("plan --detailed-exitcode").exits(2);
    // Written anew, in another order and with what a newer version adds, it says the same.
    let mut same = saved;
    same["added"] = serde_json::json!({ "by": "a newer version" });
    same["operations"][0]["added"] = 7.into();
    same["format_version"] = "1.7".into();
    project.write("same.json", &same.to_string());
    project.run("apply same.json").exits(0);
}

#[test]
fn an_offline_plan_is_never_applicable() {
    let project = Project::on_sandbox();
    let plan = project.run("plan --offline --save plan.json -o json").exits(0).json();
    assert_eq!(plan["offline"], true);
    project.run("apply plan.json").exits(4).says("offline");
    project.run("show plan.json").exits(0).says("hello");
}

#[test]
fn a_plan_of_a_pretended_instant_is_not_for_a_real_account() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    project.edit("campanile.yaml", "kind: sandbox", "kind: ip1, token_env: IP1_API_KEY");
    // Refused before anything is asked over the network.
    project.run("apply --yes").exits(64).says("--at");
    project.run("stop --all --yes").exits(64).says("--at");
    project.run_now("apply plan.json").exits(4);
}

#[test]
fn an_approval_takes_no_further_choices() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    project.run("apply plan.json --campaign hello").exits(64);
    project.run("apply plan.json --allow cost=hello").exits(64);
}

#[test]
fn files_that_are_no_plans_are_bad_input() {
    let project = Project::on_sandbox();
    project.write("plan.json", "{}");
    for command in [
        "apply plan.json",
        "show plan.json",
        "show missing.json",
        "apply campanile.yaml",
    ] {
        project.run(&format!("{command} -o json")).exits(65).json();
    }
    project
        .run("plan --save no/such/folder/plan.json")
        .exits(1)
        .says("plan.json");
}

#[test]
fn nobody_to_ask_is_wrong_usage() {
    let project = Project::on_sandbox();
    let refused = project.run("apply -o json").exits(64);
    assert_eq!(refused.json()["exit_code"], 64);
    refused.says("--yes");
    project.run("plan --detailed-exitcode").exits(2);
}

#[test]
fn a_guard_holds_with_3_and_its_override_has_a_scope() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit("campanile.yaml", "prices:", "guards: { max_recipients: 2 }\nprices:");
    let plan = project.run("plan -o json").exits(3).json();
    assert_eq!(actions(&plan), [""; 0]);
    assert_eq!(held(&plan), ["guard"]);
    assert_eq!(plan["held"][0]["allow"], "recipients=hello");
    assert_eq!(plan["guards"][0]["rule"], "recipients");
    project.run("apply --yes").exits(3);
    project.run("apply --yes --allow recipients=another").exits(3);
    assert_eq!(emulator.changing(), [""; 0]);
    project.run("apply --yes --allow recipients=hello").exits(0);
    project.run("plan --detailed-exitcode").exits(0);
    project.run("plan --allow nonsense=hello").exits(64).says("nonsense");
    project.run("plan --allow recipients").exits(64);
}

#[test]
fn an_override_in_the_campaign_goes_through_review() {
    let project = Project::on_sandbox();
    project.edit(
        "campanile.yaml",
        "prices:",
        "guards: { max_cost: { run: [\"1 SEK\"] } }\nprices:",
    );
    let plan = project.run("plan -o json").exits(3).json();
    assert_eq!(plan["guards"][0]["actual"], "1.047 SEK");
    assert_eq!(plan["guards"][0]["limit"], "1.00 SEK");
    project.edit(
        "campaigns/hello.yaml",
        "sender:",
        "allow: [{ rule: cost, until: 2030-02-01, reason: \"the board said so\" }]\nsender:",
    );
    project.run("apply --yes").exits(0);
    project.run_at("2030-02-02T08:00:00Z", "plan").exits(0);
}

#[test]
fn canceling_too_much_at_once_is_refused() {
    let project = Project::on_sandbox();
    for day in 8..13 {
        let windows = format!("{{ opens: 2030-01-{day:02}T14:00, closes: 2030-01-{day:02}T18:00 }}");
        project.campaign(&format!("c{day}"), &format!("Text {day}. Stop: acme.example"), &windows);
    }
    project.converges();
    for day in 9..13 {
        project.remove(&format!("campaigns/c{day}.yaml"));
    }
    let plan = project.run("plan -o json").exits(3).json();
    assert_eq!(actions(&plan), [""; 0]);
    assert_eq!(held(&plan), ["guard"; 4]);
    project.run("apply --yes").exits(3);
    for day in 9..13 {
        project.run(&format!("apply --yes --allow mass-cancel=c{day}"));
    }
    let mut all = String::from("apply --yes -o json");
    for day in 9..13 {
        all.push_str(&format!(" --allow mass-cancel=c{day}"));
    }
    project.run(&all).exits(0);
    project.run("plan --detailed-exitcode").exits(0);
}

#[test]
fn strict_turns_warnings_into_refusals() {
    let project = Project::on_sandbox();
    project.run("plan --strict").exits(0);
    project.edit(
        "campaigns/hello.yaml",
        "csv: ../people.csv",
        "csv: ../people.csv\n    where: \"first_name == 'nobody'\"",
    );
    project.edit("campaigns/hello.yaml", "delivery:", "  - csv: ../people.csv\ndelivery:");
    let plan = project.run("plan -o json").exits(0).json();
    assert_eq!(plan["diagnostics"][0]["severity"], "warning");
    project.run("plan --strict").exits(3);
    project.run("apply --strict --yes -o json").exits(3).json();
    project.run("plan --detailed-exitcode").exits(2);
    assert_eq!(plan["operations"][0]["windows"][0]["opens"], "2030-01-07T13:00:00Z");
    assert!(plan["now"].as_str().unwrap().starts_with(&AT[..16]));
}
