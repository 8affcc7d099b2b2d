//! Schema and program agree on mutated files: what a schema can say, both refuse; what only the program can know is listed.
//! `tests/schemas/run.sh` asks a real validator the same of the schema's half.

use std::fs;
use std::path::{Path, PathBuf};

use campanile::campaign::{campaign_schema, project_schema};
use campanile::project::load;
use serde_json::Value;

use crate::cli_world::{AT, Ran, command};
use crate::json_schema::check;

/// One line of `cases.txt`.
struct Case {
    verdict: String,
    file: &'static str,
    text: String,
    changed: String,
    /// What the program says, where only it can know.
    code: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

fn cases() -> Vec<Case> {
    let lines = fs::read_to_string(folder().join("cases.txt")).unwrap();
    let case = |line: &str| {
        let fields: Vec<String> = serde_json::from_str(line).unwrap();
        let [verdict, name, before, after, ..] = &fields[..] else {
            panic!("{line}")
        };
        let file = match name.as_str() {
            "project" => "campanile.yaml",
            "offer" => "campaigns/offer.yaml",
            "weekly" => "campaigns/weekly.yaml",
            "split" => "campaigns/split.yaml",
            other => panic!("there is no file `{other}`"),
        };
        let base = fs::read_to_string(folder().join("base").join(file)).unwrap();
        assert_eq!(base.matches(before.as_str()).count(), 1, "{line}");
        Case {
            verdict: verdict.clone(),
            file,
            text: base.replace(before.as_str(), after),
            changed: format!("{name}: {after:?}"),
            code: fields.get(4).cloned(),
        }
    };
    let cases: Vec<Case> = lines.lines().filter(|line| line.starts_with('[')).map(case).collect();
    assert!(cases.len() >= 200, "{} files", cases.len());
    cases
}

#[test]
fn the_schema_says_of_each_mutated_file_what_is_recorded() {
    let (project, campaign) = (project_schema(), campaign_schema());
    for case in cases() {
        let schema = if case.file == "campanile.yaml" {
            &project
        } else {
            &campaign
        };
        let value: Value = serde_yaml::from_str(&case.text).unwrap();
        let faults = check(schema, schema, &value, "");
        assert_eq!(
            !faults.is_empty(),
            case.verdict == "both",
            "{}: {faults:?}",
            case.changed
        );
    }
}

#[test]
fn the_program_says_of_each_mutated_file_what_is_recorded() {
    let cases = cases();
    let (one, other) = cases.split_at(cases.len() / 2);
    std::thread::scope(|scope| {
        for half in [one, other] {
            scope.spawn(|| half.iter().for_each(judge));
        }
    });
}

/// A project of its own, as it is in `base/` but for one file.
fn judge(case: &Case) {
    let project = tempfile::tempdir().unwrap();
    for file in [
        "campanile.yaml",
        "campaigns/offer.yaml",
        "campaigns/weekly.yaml",
        "campaigns/split.yaml",
        "lists/people.csv",
        "lists/stop.csv",
        "lists/buyers.csv",
        "lists/testers.csv",
    ] {
        let there = project.path().join(file);
        fs::create_dir_all(there.parent().unwrap()).unwrap();
        fs::copy(folder().join("base").join(file), there).unwrap();
    }
    fs::write(project.path().join(case.file), &case.text).unwrap();
    // Reading the files alone finds most of it, and needs no process.
    let faults = match load(project.path()) {
        Ok(loaded) => loaded.diagnostics,
        Err(failed) => failed.diagnostics,
    };
    let mut codes: Vec<String> = (faults.iter().filter(|fault| fault.is_error()))
        .map(|fault| fault.code.to_owned())
        .collect();
    if codes.is_empty() {
        codes = validated(project.path());
    }
    assert_eq!(codes.is_empty(), case.verdict == "ok", "{}: {codes:?}", case.changed);
    if let Some(code) = &case.code {
        assert_eq!(codes.first(), Some(code), "{}", case.changed);
    }
}

fn validated(project: &Path) -> Vec<String> {
    let output = command(project)
        .args(["validate", "-o", "json", "--at", AT])
        .output()
        .unwrap();
    let said = Ran::of(output).json();
    (said["diagnostics"].as_array().unwrap().iter())
        .filter(|diagnostic| diagnostic["severity"] == "error")
        .map(|diagnostic| diagnostic["code"].as_str().unwrap().to_owned())
        .collect()
}
