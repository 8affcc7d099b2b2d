//! The samples of this repository: every project under `examples/` and the one at the root is faultless, is what its
//! schema describes, and holds only numbers that are kept for fiction.

use std::fs;
use std::path::{Path, PathBuf};

use campanile::campaign::{campaign_schema, project_schema};
use campanile::project::{Loaded, load};
use serde_json::Value;

use crate::json_schema::check;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Folders with a `campanile.yaml`: the root and every example.
fn projects() -> Vec<PathBuf> {
    let mut found = vec![root()];
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("campanile.yaml").exists() {
            found.push(path);
        }
    }
    assert!(found.len() > 10, "the list of issue 5 is complete");
    found
}

fn loaded(folder: &Path) -> Loaded {
    load(folder).unwrap_or_else(|failed| panic!("{}: {:#?}", folder.display(), failed.diagnostics))
}

#[test]
fn every_sample_is_read_without_a_fault_or_warning() {
    for folder in projects() {
        let loaded = loaded(&folder);
        assert!(
            loaded.diagnostics.is_empty(),
            "{}: {:#?}",
            folder.display(),
            loaded.diagnostics
        );
        assert!(!loaded.campaigns.is_empty(), "{}", folder.display());
        for campaign in &loaded.campaigns {
            for source in &campaign.sources {
                assert!(
                    loaded.sources.open(&source.origin).is_ok(),
                    "{}",
                    source.origin.name().display()
                );
            }
            for list in &campaign.suppressions {
                assert!(
                    loaded.sources.open(&list.origin).is_ok(),
                    "{}",
                    list.origin.name().display()
                );
            }
        }
    }
}

#[test]
fn every_sample_can_be_planned_in_any_year() {
    for folder in projects() {
        for at in ["2026-11-23T06:00:00Z", "2030-03-30T12:00:00Z"] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_campanile"))
                .args([
                    "-C",
                    folder.to_str().unwrap(),
                    "plan",
                    "--offline",
                    "-o",
                    "json",
                    "--at",
                    at,
                ])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{} at {at}: {told}", folder.display());
            let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(plan["held"], serde_json::json!([]), "{} at {at}", folder.display());
            let creates = plan["summary"]["create"].as_u64().unwrap();
            assert!(creates > 0, "{} at {at} shows nothing", folder.display());
        }
    }
}

#[test]
fn every_sample_names_its_schema_and_keeps_to_it() {
    for folder in projects() {
        for (file, text) in loaded(&folder).texts {
            if file
                .extension()
                .is_none_or(|ending| ending != "yaml" && ending != "yml")
            {
                continue;
            }
            let whole = folder.join(&file);
            let named = text
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("# yaml-language-server: $schema="))
                .unwrap_or_else(|| panic!("{} has no modeline", whole.display()));
            let schema: Value =
                serde_json::from_str(&fs::read_to_string(whole.parent().unwrap().join(named)).unwrap()).unwrap();
            let value: Value = serde_yaml::from_str(&text).unwrap();
            let faults = check(&schema, &schema, &value, "");
            assert!(faults.is_empty(), "{}: {faults:#?}", whole.display());
        }
    }
}

#[test]
fn the_committed_schemas_are_those_that_the_command_prints() {
    for (name, expected) in [("project", project_schema()), ("campaign", campaign_schema())] {
        let path = root().join(format!(".campanile-schema/{name}.json"));
        let committed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(
            committed,
            expected,
            "run `campanile schema {name} > {}`",
            path.display()
        );
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let sound: Value = serde_json::json!({
        "sender": "ACME", "body": "Hi", "recipients": [{ "csv": "a.csv" }],
        "delivery": { "windows": [{ "opens": "2031-11-28T09:00", "closes": "2031-11-28T20:00" }] }
    });
    let schema = campaign_schema();
    assert_eq!(check(&schema, &schema, &sound, ""), Vec::<String>::new());
    for (pointer, value) in [
        ("sender", serde_json::json!("A!")),
        ("sendr", serde_json::json!("ACME")),
        ("state", serde_json::json!("stopped")),
        ("revision", serde_json::json!(0)),
        ("priority", serde_json::json!(3)),
        ("reference", serde_json::json!("Black Friday")),
        ("recipients", serde_json::json!([])),
        ("recipients", serde_json::json!([{}])),
        ("recipients", serde_json::json!([{ "csv": "a.csv", "on_invalid": "x" }])),
        ("vars", serde_json::json!({ "price": 1.5 })),
        ("vars", serde_json::json!({ "price": null })),
        ("allow", serde_json::json!([{ "rule": "too-late" }])),
        ("allow", serde_json::json!([{ "rule": "x", "reason": "y" }])),
        ("body_file", serde_json::json!("a.txt")),
        ("delivery", serde_json::json!({})),
        ("delivery", serde_json::json!({ "cron": "0 10 * * *" })),
        (
            "delivery",
            serde_json::json!({ "cron": "0 10 * * *", "open_for": "1 hour" }),
        ),
        (
            "delivery",
            serde_json::json!({ "windows": [{ "opens": "soon", "closes": "later" }] }),
        ),
        ("body", Value::Null),
    ] {
        let mut faulty = sound.clone();
        faulty
            .as_object_mut()
            .unwrap()
            .insert(pointer.to_owned(), value.clone());
        assert!(!check(&schema, &schema, &faulty, "").is_empty(), "{pointer}: {value}");
    }
    for key in ["sender", "recipients", "delivery"] {
        let mut faulty = sound.clone();
        faulty.as_object_mut().unwrap().remove(key);
        assert!(!check(&schema, &schema, &faulty, "").is_empty(), "without {key}");
    }
}

#[test]
fn every_key_of_a_schema_is_described() {
    for schema in [project_schema(), campaign_schema()] {
        let definitions = schema["definitions"].as_object().unwrap().values();
        for owner in definitions.chain([&schema]) {
            assert_eq!(owner["additionalProperties"], Value::Bool(false));
            for (key, property) in owner["properties"].as_object().unwrap() {
                assert!(property["description"].is_string(), "{key}");
            }
        }
    }
}

#[test]
fn every_number_is_kept_for_fiction_and_valid_all_the_same() {
    let mut files = Vec::new();
    csv_files(&root().join("examples"), &mut files);
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().skip(1) {
            let written = line.split([',', ';']).next().unwrap();
            let digits: String = written.chars().filter(char::is_ascii_digit).collect();
            let digits = digits
                .strip_prefix('0')
                .map_or(digits.clone(), |rest| format!("46{rest}"));
            assert!(is_fiction(&digits), "{}: {written} may be somebody's", file.display());
            let number = campanile::audience::normalize(&format!("+{digits}"), None);
            assert!(number.is_ok(), "{}: {written}", file.display());
        }
    }
}

fn csv_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            csv_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "csv") {
            found.push(path);
        }
    }
}

/// Ranges that the countries keep for fiction and tests (looked up 2026-11-22): PTS, NANPA, Bundesnetzagentur, ACMA.
fn is_fiction(digits: &str) -> bool {
    const AUSTRALIA: [&str; 8] = ["006", "110", "156", "157", "158", "159", "313", "737"];
    let sweden = digits.strip_prefix("467017406").is_some_and(|rest| {
        rest.parse::<u8>()
            .is_ok_and(|n| rest.len() == 2 && (5..=99).contains(&n))
    });
    let america = digits.len() == 11 && digits.starts_with('1') && digits.get(4..9) == Some("55501");
    let germany = digits.len() == 12 && digits.starts_with("4917139200");
    let australia = digits
        .strip_prefix("61491570")
        .is_some_and(|rest| AUSTRALIA.contains(&rest));
    sweden || america || germany || australia
}

#[test]
fn the_ci_repository_has_the_workflows_that_init_writes() {
    let project = crate::cli_world::Project::empty();
    project
        .run("init --release 0.1.0 --repository https://example.com/OWNER/campanile shop")
        .exits(0);
    for file in [".github/workflows/campanile.yml", ".gitlab-ci.yml"] {
        let sample = root().join("examples/ci-repository").join(file);
        assert_eq!(
            fs::read_to_string(sample).unwrap(),
            project.read(&format!("shop/{file}")),
            "{file}"
        );
    }
}
