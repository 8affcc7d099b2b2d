//! Lists that shrink, lists that are cut, opt-outs beside somebody else's typing error.

use serde_json::{Value, json};

use crate::cli_world::{BODY, Emulator, Project, WINDOW, actions, held, people};

const EVENING: &str = "2030-01-07T20:00:00Z";

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap()
}

#[test]
fn a_list_that_was_cut_is_held_and_the_plan_says_so_first() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.people(100);
        project.converges();
        project.people(10);
        let plan = project.run("plan").exits(3);
        let line = first_line(&plan.out);
        for part in [
            "the old list, with 90 people who are no longer in it, goes out at Mon 7 Jan 2030 14:00 Europe/Stockholm (+01:00, 13:00Z)",
            "`--allow shrink=hello`",
            "`state: canceled` in `campaigns/hello.yaml`",
        ] {
            assert!(line.contains(part), "`{part}` is not in the first line:\n{}", plan.out);
        }
        let plan = project.run("plan -o json").exits(3).json();
        assert_eq!((held(&plan), actions(&plan)), (vec!["guard"], vec![]));
        assert_eq!(
            (
                &plan["campaigns"][0]["recipients_before"],
                &plan["campaigns"][0]["recipients"]
            ),
            (&json!(100), &json!(10))
        );
        project.run("apply --yes").exits(3);
        let allowed = project.run("plan --allow shrink=hello").exits(0);
        assert!(allowed.out.contains("10 people, was 100"), "{}", allowed.out);
        project.run("apply --yes --allow shrink=hello").exits(0);
        project.converges();
        assert_eq!(emulator.sent_once_by(EVENING), 10);
    }
}

/// Numbers of `people.csv`, so many of them.
fn stop_list(range: std::ops::Range<u32>) -> String {
    people(range)
}

fn with_stop_list(emulator: &Emulator) -> Project {
    let project = Project::on_sinch(emulator);
    project.people(10);
    project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
    project.write("stop.csv", stop_list(0..5));
    project
}

fn guards(plan: &Value) -> Vec<&str> {
    let guards = plan["guards"].as_array().unwrap().iter();
    guards
        .filter(|guard| guard["tripped"] == true)
        .map(|guard| guard["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn people_who_come_back_from_a_suppression_list_are_not_texted_unasked() {
    let emulator = Emulator::start();
    let project = with_stop_list(&emulator);
    let first = project.run("plan").exits(0);
    assert!(first.err.contains("C421"), "nothing is remembered:\n{}", first.err);
    project.converges();
    // It grows, and is sorted anew: nobody comes back.
    project.write("stop.csv", stop_list(0..6));
    project.converges();
    project.write("stop.csv", "msisdn\n".to_owned() + &reversed(&stop_list(0..6)));
    project.converges();
    // It was cut.
    project.write("stop.csv", stop_list(0..2));
    for _ in 0..2 {
        let plan = project.run("plan -o json").exits(3).json();
        assert_eq!((guards(&plan), actions(&plan)), (vec!["suppression-shrink"], vec![]));
        assert_eq!(plan["held"][0]["allow"], "suppression-shrink=stop.csv");
        project.run("apply --yes").exits(3).says("2 numbers, was 6");
    }
    assert!(
        !project.read(".campanile/journal.jsonl").contains("46701"),
        "no number is kept"
    );
    project.run("apply --yes --allow suppression-shrink=stop.csv").exits(0);
    project.converges();
    assert_eq!(emulator.sent_once_by(EVENING), 8);
}

fn reversed(list: &str) -> String {
    let mut rows: Vec<&str> = list.lines().skip(1).collect();
    rows.reverse();
    rows.iter()
        .map(|row| format!("{}\n", row.split(',').next().unwrap()))
        .collect()
}

/// One row of one campaign's list is wrong. Somebody opted out of the other campaign.
#[test]
fn one_bad_row_does_not_keep_other_opt_outs_from_being_carried_out() {
    for (make, sent) in [(Project::on_ip1 as fn(&Emulator) -> Project, 2), (Project::on_sinch, 2)] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
        project.write("stop.csv", "msisdn\n");
        project.converges();
        project.write("broken.csv", "msisdn,first_name\n+46701000009,Bo\n12,Cid\n");
        project.campaign("broken", BODY, WINDOW);
        project.edit("campaigns/broken.yaml", "../people.csv", "../broken.csv");
        project.write("stop.csv", "msisdn\n+46701000001\n");
        let failed = project.run("apply --yes -o json").exits(65).json();
        assert!(
            failed
                .to_string()
                .contains("suppressed people were taken out of 1 batch"),
            "{failed}"
        );
        // A bad row of the stop list itself hides its other rows no more.
        project.write("stop.csv", "msisdn\n+46701000001\n12\n");
        project.run("apply --yes").exits(65);
        assert_eq!(emulator.sent_once_by(EVENING), sent);
        let gone = emulator
            .messages()
            .iter()
            .any(|message| message["recipient"] == "46701000001");
        assert!(!gone, "who opted out got a text");
    }
}

#[test]
fn a_list_has_as_many_rows_as_expected_or_the_campaign_stays_as_it_is() {
    let project = Project::on_sandbox();
    project.edit(
        "campaigns/hello.yaml",
        "csv: ../people.csv",
        "csv: ../people.csv\n    expect: { rows: 3..5 }",
    );
    project.converges();
    project.people(2);
    project.run("apply --yes").exits(65).says("has 2 rows, not `3..5`");
    project.people(6);
    project.run("validate").exits(65).says("has 6 rows, not `3..5`");
    project.edit("campaigns/hello.yaml", "rows: 3..5", "rows: three");
    project.run("validate").exits(65).says("`three` is not a range of rows");
}

#[test]
fn a_list_that_ends_within_a_number_that_could_go_on_is_told() {
    let project = Project::on_sandbox();
    // A German number of a length that many have, and longer ones exist.
    project.write("people.csv", "first_name,msisdn\nAda,+46701740605\nBo,+49891234567");
    project.run("validate").exits(0).says("C114");
    project.write("people.csv", "first_name,msisdn\nAda,+46701740605\nBo,+49891234567\n");
    let ran = project.run("validate").exits(0);
    assert!(!ran.err.contains("C114"), "{}", ran.err);
    // Swedish mobile numbers all have one length.
    project.write("people.csv", "first_name,msisdn\nBo,+49891234567\nAda,+46701740605");
    let ran = project.run("validate").exits(0);
    assert!(!ran.err.contains("C114"), "{}", ran.err);
    project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
    project.write("stop.csv", "msisdn\n+49891234567");
    project.run("validate").exits(65).says("C114");
    project.write("stop.csv", "msisdn\n\"+49891234567\"");
    project.run("validate").exits(0);
}
