//! Formats that scripts rely on: golden files of every version, read by today's reader, none of their keys lost by
//! today's writer. A golden file is never edited: a new version is a new file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use campanile::report::{FORMAT_VERSION, Layout, PlanView, plan_to_html, plan_to_json, plan_to_markdown, plan_to_text};
use serde_json::Value;

use crate::test_project::TestProject;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .unwrap()
}

/// Every path of keys in a document, with the kind of what stands there; items of a list count as one. Nothing is known
/// of what an empty list or a null would hold.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, field)| keys(field, &format!("{path}.{key}"), found)),
        Value::Array(items) => {
            found.insert(format!("{path}: list"));
            items.iter().for_each(|item| keys(item, &format!("{path}[]"), found));
        }
        Value::Null => {}
        Value::Bool(_) => drop(found.insert(format!("{path}: bool"))),
        Value::Number(_) => drop(found.insert(format!("{path}: number"))),
        Value::String(_) => drop(found.insert(format!("{path}: text"))),
    }
}

fn key_set(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    keys(value, "", &mut found);
    found
}

/// Everything of `old` stands in `new`, with the same value.
fn assert_kept(old: &Value, new: &Value, path: &str) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, field) in old {
                let path = format!("{path}.{key}");
                assert_kept(field, new.get(key).unwrap_or_else(|| panic!("`{path}` is lost")), &path);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "{path}");
            old.iter()
                .zip(new)
                .for_each(|(old, new)| assert_kept(old, new, &format!("{path}[]")));
        }
        (old, new) => assert_eq!(old, new, "{path}"),
    }
}

#[test]
fn saved_plans_of_every_version_are_read_and_kept_whole() {
    let mut versions = 0;
    for entry in fs::read_dir(golden("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("plan-") {
            continue;
        }
        versions += 1;
        let old = read(&path);
        let plan: PlanView = serde_json::from_value(old.clone()).unwrap();
        assert_kept(&old, &serde_json::from_str(&plan_to_json(&plan)).unwrap(), "");
        for shown in [
            plan_to_text(&plan, Layout::default()),
            plan_to_markdown(&plan),
            plan_to_html(&plan),
        ] {
            assert!(shown.contains("black"), "{name}:\n{shown}");
        }
        let project = TestProject::new();
        let path = path.to_str().unwrap();
        assert_eq!(project.run(&["show", path]).code, Some(0));
        // What a newer version adds is passed over; another major version is refused.
        let mut newer = old.clone();
        newer["format_version"] = "1.99".into();
        newer["added"] = serde_json::json!({ "by": "a newer version" });
        newer["operations"][0]["added"] = 7.into();
        project.write("newer.json", newer.to_string());
        assert_eq!(project.run(&["show", "newer.json"]).code, Some(0));
        newer["format_version"] = "2.0".into();
        project.write("newer.json", newer.to_string());
        assert_eq!(project.run(&["show", "newer.json"]).code, Some(65));
    }
    assert!(versions > 0);
    assert!(
        golden(&format!("plan-{FORMAT_VERSION}.json")).is_file(),
        "no golden file of this version"
    );
}

const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders:\n  sandbox: { kind: sandbox }\n\
    prices: [{ provider: sandbox, currency: SEK, country: SE, per_segment: \"0.349\" }]\n\
    guards: { max_cost: { run: [\"500 SEK\"] } }\n";
const CAMPAIGN: &str = "sender: ACME\nbody: \"Hi {{ name }}, it’s today. STOP: reply STOP\"\n\
    recipients: [{ csv: ../recipients/people.csv }]\ndelivery:\n  windows:\n\
    \x20   - { opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }\n";

/// What every command writes today, by the name of its golden file.
fn today() -> Vec<(&'static str, Value)> {
    let project = TestProject::new();
    project
        .write("campanile.yaml", PROJECT)
        .write("campaigns/black-friday.yaml", CAMPAIGN)
        .write(
            "recipients/people.csv",
            "msisdn,name\n+46701740605,Ann\n+46701740606,Bo\n",
        );
    let document = |words: &[&str]| {
        let ran = project.run(words);
        serde_json::from_str::<Value>(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    };
    let mut all = vec![
        ("planned", document(&["plan", "-o", "json"])),
        ("calendar", document(&["calendar", "-o", "json"])),
        ("apply", document(&["apply", "--yes", "-o", "json"])),
        ("status", document(&["status", "-o", "json"])),
        ("kept", document(&["plan", "-o", "json"])),
        ("segments", document(&["segments", "Hello", "-o", "json"])),
        ("stop", document(&["stop", "--all", "--yes", "-o", "json"])),
        ("held", document(&["plan", "-o", "json"])),
        ("failure", document(&["plan", "--campaign", "nobody", "-o", "json"])),
    ];
    project.write("campaigns/black-friday.yaml", "sendr: ACME\n");
    all.push(("validate", document(&["validate", "-o", "json"])));
    all.push(("input", document(&["plan", "-o", "json"])));
    all.extend(today_at_sinch());
    all
}

/// What only Sinch has, and what becomes of a saved plan.
fn today_at_sinch() -> Vec<(&'static str, Value)> {
    let project = TestProject::new();
    project
        .write(
            "campanile.yaml",
            PROJECT.replace("kind: sandbox", "kind: sandbox, emulates: sinch"),
        )
        .write("campaigns/black-friday.yaml", format!("{CAMPAIGN}feedback: true\n"))
        .write(
            "recipients/people.csv",
            "msisdn,name\n+46701740605,Ann\n+46701740606,Bo\n",
        )
        .write("confirmed.csv", "msisdn\n+46701740605\n");
    let document = |words: &[&str]| {
        let ran = project.run(words);
        serde_json::from_str::<Value>(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    };
    let saved = project.run(&["plan", "--save", "plan.json"]);
    assert_eq!(saved.code, Some(0), "{saved:?}");
    let shown = document(&["show", "plan.json", "-o", "json"]);
    let applied = project.run(&["apply", "plan.json"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    vec![
        ("show", shown),
        (
            "feedback",
            document(&["feedback", "black-friday", "--csv", "confirmed.csv", "-o", "json"]),
        ),
    ]
}

#[test]
fn no_key_of_any_document_is_ever_lost() {
    for (name, now) in today() {
        let old = key_set(&read(&golden(&format!("{name}-1.0.json"))));
        let now = key_set(&now);
        let lost: Vec<&String> = old.difference(&now).collect();
        assert!(lost.is_empty(), "{name}: lost {lost:?}");
        assert!(!old.is_empty());
    }
}

#[test]
fn the_journal_of_every_version_is_read() {
    let text = fs::read_to_string(golden("journal-1.jsonl")).unwrap();
    assert_eq!(campanile::apply::parse_lines(&text).len(), text.lines().count());
}
