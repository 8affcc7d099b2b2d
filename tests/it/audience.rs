//! Variants, control groups and the holdout, from the files to the phones of the sandbox.

use crate::test_project::TestProject;

const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n";
const CAMPAIGN: &str = "\
sender: ACME
variants:
  - { name: a, weight: 45, body: \"A {{ name }} STOP\" }
  - { name: b, weight: 45, body: \"B {{ name }} STOP\" }
  - { name: control, weight: 10, send: false }
recipients: [{ csv: ../list.csv }]
delivery:
  windows: [{ opens: 2026-11-24T10:00, closes: 2026-11-24T18:00 }]
";

fn project(keys: &str) -> TestProject {
    let rows: String = (0..90).map(|i| format!("+467017406{i:02},x\n")).collect();
    let project = TestProject::new();
    project
        .write("campanile.yaml", format!("{PROJECT}{keys}"))
        .write("campaigns/spring.yaml", CAMPAIGN)
        .write("list.csv", format!("msisdn,name\n{rows}"));
    project
}

fn planned(project: &TestProject) -> serde_json::Value {
    let ran = project.run(&["plan", "-o", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|fault| panic!("{fault}: {ran:?}"))
}

#[test]
fn variants_are_applied_and_planned_again_without_an_operation() {
    let project = project("holdout: { percent: 10, salt: \"2026\" }\n");
    let plan = planned(&project);
    let campaign = &plan["campaigns"][0];
    let people: Vec<u64> = (0..3)
        .map(|at| campaign["variants"][at]["people"].as_u64().unwrap())
        .collect();
    let held_out = campaign["holdout"].as_u64().unwrap();
    assert_eq!(people.iter().sum::<u64>() + held_out, 90, "{campaign}");
    assert_eq!(plan["summary"]["recipients"], people[0] + people[1]);
    let applied = project.run(&["apply", "--yes"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    assert_eq!(planned(&project)["operations"], serde_json::json!([]));
    // Another text of one variant replaces the batch; it stays one.
    project.write("campaigns/spring.yaml", CAMPAIGN.replace("B {{", "Bb {{"));
    let plan = planned(&project);
    assert_eq!(plan["summary"]["replace"], 1, "{plan}");
    assert_eq!(plan["summary"]["create"], 0, "{plan}");
}

/// Two campaigns of one morning, with ten people in both lists.
fn pressed(on_pressure: &str) -> TestProject {
    let list = |people: std::ops::Range<u32>| -> String {
        let rows = people.map(|i| format!("+467017406{i:02}\n"));
        std::iter::once("msisdn\n".to_owned()).chain(rows).collect()
    };
    let campaign = |list: &str, opens: u32| {
        format!(
            "sender: ACME\nbody: \"{list} STOP\"\nrecipients: [{{ csv: ../{list}.csv }}]\ndelivery:\n  windows: [{{ opens: 2026-11-24T{opens}:00, closes: 2026-11-24T18:00 }}]\n"
        )
    };
    let project = TestProject::new();
    let guards =
        format!("guards: {{ max_per_person: [{{ messages: 1, within: 24h }}], on_pressure: {on_pressure} }}\n");
    project
        .write("campanile.yaml", format!("{PROJECT}{guards}"))
        .write("early.csv", list(10..40))
        .write("late.csv", list(30..60))
        .write("campaigns/early.yaml", campaign("early", 10))
        .write("campaigns/late.yaml", campaign("late", 12));
    project
}

#[test]
fn people_who_would_get_too_many_texts_are_left_out_of_the_later_one() {
    let project = pressed("skip");
    let plan = planned(&project);
    assert_eq!(plan["summary"]["recipients"], 50, "{plan}");
    let late = &plan["campaigns"][1];
    assert_eq!((&late["campaign"], &late["recipients"]), (&"late".into(), &20.into()));
    let skipped = serde_json::json!([{ "rule": "1 within 24h", "instead": ["early"], "people": 10 }]);
    assert_eq!(late["skipped"], skipped);
    for format in ["text", "markdown", "html"] {
        let told = project.run(&["plan", "-o", format]).stdout;
        let sentence = "10 people left out by";
        assert!(told.contains(sentence), "{format}: {told}");
    }
    let applied = project.run(&["apply", "--yes"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    // Planned again before, while and after they are sent: nothing is left to do, and nothing is read as something else.
    for at in [
        "2026-11-23T08:00:00Z",
        "2026-11-24T09:30:00Z",
        "2026-11-24T11:30:00Z",
        "2026-11-26T08:00:00Z",
    ] {
        let ran = project.run_at(Some(at), &["plan", "-o", "json"]);
        let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            (&plan["operations"], &plan["held"]),
            (&serde_json::json!([]), &serde_json::json!([])),
            "{at}"
        );
    }
}

/// What a command prints as JSON.
fn document(project: &TestProject, words: &[&str]) -> serde_json::Value {
    let ran = project.run(&[words, &["-o", "json"]].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|fault| panic!("{fault}: {ran:?}"))
}

#[test]
fn commands_that_ask_no_provider_leave_out_whom_the_plan_leaves_out() {
    let project = pressed("skip");
    let calendar = document(&project, &["calendar"]);
    let people = |at: usize| {
        (
            &calendar["occurrences"][at]["campaign"],
            &calendar["occurrences"][at]["recipients"],
        )
    };
    assert_eq!(
        (people(0), people(1)),
        ((&"early".into(), &30.into()), (&"late".into(), &20.into()))
    );
    let preview = document(&project, &["preview", "late", "--limit", "100"]);
    assert_eq!(preview["recipients"], 20, "{preview}");
    assert_eq!(preview["messages"].as_array().unwrap().len(), 20);
    let asked = project.run(&["preview", "late", "--to", "+46701740635"]);
    assert!(asked.stderr.contains("gets other marketing texts instead"), "{asked:?}");
    assert_eq!(asked.code, Some(1));
    assert_eq!(project.run(&["preview", "late", "--to", "+46701740655"]).code, Some(0));

    // The early one is what the change adds: ten people get it instead of the late one.
    let base = pressed("skip");
    std::fs::remove_file(base.path().join("campaigns/early.yaml")).unwrap();
    let plan = document(&project, &["plan", "--base", base.path().to_str().unwrap()]);
    let change = &plan["change"];
    assert_eq!(
        (&change["before"]["messages"], &change["after"]["messages"]),
        (&30.into(), &50.into())
    );
    assert_eq!(change["after"]["messages"], plan["summary"]["recipients"]);
}

#[test]
fn what_a_schedule_has_sent_counts_in_the_calendar_and_so_does_what_only_the_calendar_sees() {
    let project = pressed("skip");
    let campaign = |list: &str, rank: i32, cron: &str| {
        format!(
            "sender: ACME\nrank: {rank}\nbody: \"{list} STOP\"\nrecipients: [{{ csv: ../{list}.csv }}]\ndelivery: {{ cron: \"{cron}\", open_for: 1h }}\n"
        )
    };
    project
        .write("campaigns/early.yaml", campaign("early", 1, "0 20 * * Sun"))
        .write("campaigns/late.yaml", campaign("late", 0, "0 12 * * *"));
    let calendar = document(&project, &["calendar", "--days", "14"]);
    let people = |nominal: &str| {
        let mut all = calendar["occurrences"].as_array().unwrap().iter();
        let found = all.find(|one| one["campaign"] == "late" && one["occurrence"] == nominal);
        found.unwrap_or_else(|| panic!("{nominal}: {calendar}"))["recipients"].clone()
    };
    // Sunday evening's text lies 16 hours before Monday's and 8 hours after Sunday's.
    for day in ["2026-11-23", "2026-11-29", "2026-11-30", "2026-12-06"] {
        assert_eq!(people(&format!("{day}T12:00")), 20, "{day}");
    }
    assert_eq!(people("2026-11-24T12:00"), 30);
    assert_eq!(people("2026-12-02T12:00"), 30);
}

#[test]
fn held_is_the_later_one_where_nobody_is_left_out() {
    let plan = planned(&pressed("hold"));
    assert_eq!(plan["summary"]["recipients"], 30, "{plan}");
    assert_eq!(plan["held"][0]["reason"], "pressure", "{plan}");
}

#[test]
fn a_pace_opens_parts_step_by_step_and_the_plan_settles_while_they_go_out() {
    let rows: String = (0..90).map(|i| format!("+467017406{i:02}\n")).collect();
    let campaign = |pace: &str| {
        format!(
            "sender: ACME\nbody: \"hi STOP\"\npace: {pace}\nrecipients: [{{ csv: ../list.csv }}]\ndelivery:\n  windows: [{{ opens: 2026-11-24T10:00, closes: 2026-11-24T18:00 }}]\n"
        )
    };
    let project = TestProject::new();
    project
        .write("campanile.yaml", PROJECT)
        .write("list.csv", format!("msisdn\n{rows}"))
        .write("campaigns/spring.yaml", campaign("{ messages: 5, per: 1h }"));
    let ran = project.run(&["plan"]);
    assert_eq!(ran.code, Some(65), "{ran:?}");
    assert!(ran.stderr.contains("they would end at "), "{ran:?}");
    project.write("campaigns/spring.yaml", campaign("{ messages: 20, per: 1h }"));
    let plan = planned(&project);
    let pace = &plan["campaigns"][0]["pace"];
    assert_eq!((&pace["messages"], &pace["per"]), (&20.into(), &"1h".into()));
    let steps = pace["steps"].as_u64().unwrap();
    let mut by_opening = std::collections::BTreeMap::new();
    for operation in plan["operations"].as_array().unwrap() {
        let opens = operation["windows"][0]["opens"].as_str().unwrap().to_owned();
        *by_opening.entry(opens).or_insert(0) += operation["recipients"].as_u64().unwrap();
    }
    assert_eq!(by_opening.len() as u64, steps);
    assert!(by_opening.values().all(|messages| *messages <= 20), "{by_opening:?}");
    assert_eq!(
        by_opening.keys().last().unwrap().as_str(),
        pace["last_opens"].as_str().unwrap()
    );
    for format in ["text", "markdown", "html"] {
        let told = project.run(&["plan", "-o", format]).stdout;
        assert!(told.contains("at most 20 messages in 1h"), "{format}: {told}");
    }
    let applied = project.run(&["apply", "--yes"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    for at in ["2026-11-23T08:00:00Z", "2026-11-24T11:30:00Z", "2026-11-25T08:00:00Z"] {
        let ran = project.run_at(Some(at), &["plan", "-o", "json"]);
        let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let none = serde_json::json!([]);
        assert_eq!((&plan["operations"], &plan["held"]), (&none, &none), "{at}");
    }
}
