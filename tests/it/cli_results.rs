//! What came of campaigns, through the whole program: counts, reasons, money, files with numbers only where asked for.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::cli_world::{Emulator, Project};

const FIRST: &str = "46701000000";
const OPEN: &str = "2030-01-07T13:30:00Z";
const OVER: &str = "2030-01-07T20:00:00Z";

fn sent(make: fn(&Emulator) -> Project) -> (Emulator, Project) {
    let emulator = Emulator::start();
    let project = make(&emulator);
    project.converges();
    (emulator, project)
}

#[test]
fn a_finished_campaign_is_counted_by_country_and_sender_with_its_cost() {
    let (emulator, project) = sent(Project::on_ip1);
    emulator.clock(OVER);
    let results = project.run_at(OVER, "results -o json").exits(0).json();
    let one = &results["campaigns"][0];
    assert_eq!(
        (
            &one["campaign"],
            &one["sent"],
            &one["delivered"],
            &one["pending"],
            &one["finished"]
        ),
        (&json!("hello"), &json!(3), &json!(3), &json!(0), &json!(true))
    );
    assert_eq!(one["segments"], json!({ "estimated": 3, "billed": 3 }));
    assert_eq!(one["cost"], json!([{ "currency": "SEK", "amount": "1.047" }]));
    assert_eq!(one["by_country"]["SE"]["sent"], 3);
    assert_eq!(one["by_sender"]["ACME"]["delivered"], 3);
    assert_eq!(results["accuracy"][0]["price"], "0");
    for format in ["text", "markdown", "html", "csv"] {
        let shown = project.run_at(OVER, &format!("results -o {format}")).exits(0).out;
        assert!(
            shown.contains("hello") && !shown.contains("46701"),
            "{format}:\n{shown}"
        );
    }
    assert!(
        project
            .run_at(OVER, "results other")
            .exits(64)
            .err
            .contains("no campaign `other`")
    );
    project.run("plan -o csv").exits(64);
}

#[test]
fn times_are_the_projects_for_people_and_utc_for_programs() {
    let (emulator, project) = sent(Project::on_ip1);
    emulator.clock(OVER);
    let settings = project.read("campanile.yaml");
    assert!(settings.contains("timezone: Europe/Stockholm"), "{settings}");
    for (format, opens) in [
        ("text", "  2030-01-07 14:00  "),
        ("html", "opens 2030-01-07 14:00,"),
        ("csv", ",2030-01-07T13:00:00Z,"),
        ("json", "\"opens\": \"2030-01-07T13:00:00Z\""),
    ] {
        let shown = project.run_at(OVER, &format!("results -o {format}")).exits(0).out;
        assert!(shown.contains(opens), "{format}:\n{shown}");
        let zone = shown.contains("times are Europe/Stockholm");
        assert_eq!(zone, matches!(format, "text" | "html"), "{format}:\n{shown}");
    }
}

#[test]
fn failures_have_reasons_and_what_is_finished_is_read_once() {
    let (emulator, project) = sent(Project::on_ip1);
    let (status, _) = emulator.call("PUT", &format!("/v2/blacklist/{FIRST}"), None);
    assert_eq!(status, 200);
    let early = project.run("results -o json").exits(0).json();
    assert_eq!(early["campaigns"], json!([]), "nothing has left yet");
    emulator.clock(OPEN);
    emulator.clock(OVER);
    let results = project.run_at(OVER, "results -o json").exits(0).json();
    let one = &results["campaigns"][0];
    assert_eq!((&one["sent"], &one["delivered"]), (&json!(3), &json!(2)));
    assert_eq!(one["failed"], json!({ "rejected (code 450)": 1 }));
    assert_eq!(results["accuracy"][0]["rejected"], "-0.349");
    let asked = |emulator: &Emulator| emulator.log().iter().filter(|line| line.ends_with("/messages")).count();
    let before = asked(&emulator);
    let again = project.run_at(OVER, "results -o json").exits(0).json();
    assert_eq!(again["campaigns"][0]["failed"], one["failed"]);
    let people_asked = asked(&emulator) - before;
    assert!(people_asked <= 3, "who opted out afterwards alone: {people_asked}");
    std::fs::remove_file(project.path(".campanile/results.jsonl")).unwrap();
    let lost = project.run_at(OVER, "results -o json").exits(0).json();
    assert_eq!(lost["campaigns"][0]["failed"], one["failed"]);
    assert!(!project.read(".campanile/results.jsonl").contains(FIRST));
}

#[test]
fn rows_with_numbers_are_written_only_where_asked_for_and_for_one_reader() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let (emulator, project) = sent(make);
        emulator.clock(OVER);
        project.run_at(OVER, "results --people people-results.csv").exits(0);
        let rows = project.read("people-results.csv");
        assert_eq!(rows.lines().count(), 4, "{rows}");
        assert!(rows.contains(FIRST) && rows.contains(",delivered,"));
        let mode = std::fs::metadata(project.path("people-results.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn who_opted_out_afterwards_is_counted_also_in_what_was_read_before() {
    let (emulator, project) = sent(Project::on_sinch);
    emulator.clock(OVER);
    let before = project.run_at(OVER, "results -o json").exits(0).json();
    assert_eq!(before["campaigns"][0]["opted_out"], 0);
    let text = json!({ "plan": "plan", "from": FIRST, "to": "46101606060", "body": "STOP" });
    let (status, _) = emulator.call("POST", "/_emulator/sinch/inbounds", Some(&text));
    assert_eq!(status, 200);
    let after = project.run_at(OVER, "results -o json").exits(0).json();
    assert_eq!(
        (&after["campaigns"][0]["opted_out"], &after["campaigns"][0]["delivered"]),
        (&json!(1), &json!(3))
    );
}

#[test]
fn since_leaves_older_campaigns_out() {
    let (emulator, project) = sent(Project::on_ip1);
    emulator.clock(OVER);
    let of = |day: &str| {
        project
            .run_at(OVER, &format!("results --since {day} -o json"))
            .exits(0)
            .json()
    };
    assert_eq!(of("2030-01-07")["campaigns"].as_array().unwrap().len(), 1);
    assert_eq!(of("2030-01-08")["campaigns"], json!([]));
    // It opened at 14:00 in Stockholm, at 02:00 on the next day in Auckland.
    let settings = project.read("campanile.yaml");
    project.write(
        "campanile.yaml",
        &settings.replace("Europe/Stockholm", "Pacific/Auckland"),
    );
    assert_eq!(of("2030-01-08")["campaigns"].as_array().unwrap().len(), 1);
    project.run_at(OVER, "results --since tomorrow").exits(64);
}

#[test]
fn numbers_given_up_are_suppressed_like_any_other() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit(
        "campanile.yaml",
        "prices:",
        "undeliverable: { after: 3, file: suppressions/undeliverable.csv }\nprices:",
    );
    let file = |in_a_row: u8| {
        let row = format!("{FIRST},{in_a_row},2030-01-01T08:00:00Z,\"undeliverable (code 500)\"\n");
        project.write(
            "suppressions/undeliverable.csv",
            format!("number,in_a_row,last,reason\n{row}"),
        );
    };
    file(2);
    assert_eq!(project.plan()["campaigns"][0]["suppressed"], 0);
    file(3);
    assert_eq!(project.plan()["campaigns"][0]["suppressed"], 1);
    project.write(
        "suppressions/undeliverable.csv",
        "number,in_a_row,last,reason\nx,y,z,\n",
    );
    project
        .run("plan")
        .exits(65)
        .says("C755")
        .says("line 2 is no row of `number,in_a_row,last,reason`");
}

#[test]
fn variants_control_groups_and_the_holdout_are_known_for_each_person() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit(
        "campanile.yaml",
        "prices:",
        "holdout: { percent: 20, salt: \"2030\" }\nprices:",
    );
    let rows: String = (0..60).map(|i| format!("467010000{i:02}\n")).collect();
    project.write("recipients/sixty.csv", format!("msisdn\n{rows}"));
    project.write(
        "campaigns/hello.yaml",
        "sender: ACME\nvariants:\n  - { name: a, weight: 40, body: \"A acme.example/no\" }\n  - { name: b, weight: 40, body: \"B acme.example/no\" }\n  - { name: control, weight: 20, send: false }\nrecipients: [{ csv: ../recipients/sixty.csv }]\ndelivery:\n  windows: [{ opens: 2030-01-07T14:00, closes: 2030-01-07T18:00 }]\n",
    );
    project.converges();
    emulator.clock(OVER);
    let results = project.run_at(OVER, "results -o json --people all.csv").exits(0).json();
    let one = &results["campaigns"][0];
    let sent = |variant: &str| one["by_variant"][variant]["sent"].as_u64().unwrap_or(0);
    assert_eq!(sent("a") + sent("b"), one["sent"].as_u64().unwrap());
    assert!(sent("a") > 0 && sent("b") > 0 && sent("control") == 0, "{one}");
    let rows = project.read("all.csv");
    let count = |end: &str| rows.lines().filter(|line| line.ends_with(end)).count() as u64;
    assert_eq!(rows.lines().count(), 61, "{rows}");
    assert_eq!((count(",a,no"), count(",b,no")), (sent("a"), sent("b")));
    assert!(count(",control,no") > 0 && count(",,yes") > 0, "{rows}");
    assert!(
        rows.lines()
            .filter(|line| line.ends_with(",yes"))
            .all(|line| line.contains(",not_sent,"))
    );
    // What is kept of finished batches knows the variants too.
    for format in ["text", "html", "csv", "markdown"] {
        let shown = project.run_at(OVER, &format!("results -o {format}")).exits(0).out;
        let words = if format == "csv" { "variant,a," } else { "a" };
        assert!(shown.contains(words) && !shown.contains("46701"), "{format}:\n{shown}");
    }
    let again = project.run_at(OVER, "results -o json").exits(0).json();
    assert_eq!(again["campaigns"][0]["by_variant"], one["by_variant"]);
}
