//! The proof that the proof could fail: every deliberately broken variant of planner, apply and paging must be caught,
//! each within the first seeds. One that survives is a hole in the oracle or in the histories.
//!
//! The variants are patches in `mutants/`, no part of the product. `mutants/run` builds a copy of the tree with all of them
//! and plays each; `README.md` beside this file lists the seed that catches it. Here only this is checked: each patch
//! applies, and the table lists exactly the variants of the patches.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::read_to_string;

use super::script::Script;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sim/mutants");

/// A variant is caught within this many seeds, or not at all.
const SEEDS: u64 = 2000;

/// What the table says of a variant.
struct Row {
    rule: String,
    script: Script,
    oracle: String,
}

/// The table of `README.md`, by variant.
fn table() -> BTreeMap<String, Row> {
    let (_, table) = include_str!("README.md").split_once("## Broken variants").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let row = Row {
            rule: cells[1].to_owned(),
            script: cells[2].parse().unwrap(),
            oracle: cells[3].trim_matches('`').to_owned(),
        };
        (cells[0].trim_end_matches('`').to_owned(), row)
    })
    .collect()
}

/// The patches, by file name.
fn patches() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "patch"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                read_to_string(path).unwrap(),
            )
        })
        .collect()
}

/// The variants that the head of a patch names, each with the rule that it breaks.
fn head(patch: &str) -> BTreeMap<String, String> {
    let lines = patch.lines().take_while(|line| !line.starts_with("--- "));
    lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, rule)| (name.to_owned(), rule.trim_end_matches('.').to_owned()))
        .collect()
}

/// The variants of all patches.
fn variants() -> BTreeMap<String, String> {
    patches().values().flat_map(|patch| head(patch)).collect()
}

/// The files of a patch, each with its hunks: the lines that it looks for.
fn hunks(patch: &str) -> Vec<(String, String)> {
    let mut hunks: Vec<(String, String)> = Vec::new();
    let mut file = "";
    for line in patch.lines() {
        if let Some(path) = line.strip_prefix("--- a/") {
            file = path;
        } else if line.starts_with("@@ ") {
            hunks.push((file.to_owned(), String::new()));
        } else if let Some((_, lines)) = hunks.last_mut()
            && let Some(line) = line.strip_prefix([' ', '-'])
        {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    hunks
}

#[test]
fn every_broken_variant_is_in_the_table() {
    let listed: BTreeMap<String, String> = table().into_iter().map(|(name, row)| (name, row.rule)).collect();
    assert_eq!(listed, variants());
    for (name, row) in table() {
        assert!(row.script.seed < SEEDS && !row.oracle.is_empty(), "{name}");
    }
}

#[test]
fn each_patch_switches_the_variants_of_its_head() {
    for (file, patch) in patches().into_iter().filter(|(file, _)| file != "switch.patch") {
        let switches = patch.split("crate::mutant(\"").skip(1);
        let named: BTreeSet<String> = switches
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(head(&patch).into_keys().collect::<BTreeSet<_>>(), named, "{file}");
    }
}

/// What a hunk looks for must be there exactly once, so that it cannot land elsewhere.
#[test]
fn each_patch_applies() {
    let mut stale = Vec::new();
    for (name, patch) in patches() {
        for (file, lines) in hunks(&patch) {
            let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
            let places = read_to_string(path).unwrap_or_default().matches(&lines).count();
            if places != 1 {
                stale.push(format!(
                    "tests/sim/mutants/{name}: {places} places in {file} have these lines:\n{lines}"
                ));
            }
        }
    }
    assert!(stale.is_empty(), "these patches no longer apply:\n{}", stale.join("\n"));
}
