//! One meaning for one type name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a vendor calls things in its JSON stays in the vendor's `wire.rs`; the emulator has a world of its own.
fn counts(file: &str) -> bool {
    !file.starts_with("emulator/") && !file.ends_with("/wire.rs") && !file.contains("test")
}

/// The vendors' rooms lie side by side: a file of one has its twin in the other, and so have its types.
fn place(file: &str) -> String {
    file.replace("/ip1/", "/VENDOR/").replace("/sinch/", "/VENDOR/")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The type that a line at the left margin defines.
fn defined(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.trim_start_matches(|c| c != ' ').trim_start(),
        None => line,
    };
    let name = ["struct ", "enum ", "trait ", "type "]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    Some(name.split(|c: char| !c.is_alphanumeric()).next().unwrap())
}

#[test]
fn a_definition_is_found_whoever_may_see_it() {
    assert_eq!(defined("pub(super) struct Row<'a> {"), Some("Row"));
    assert_eq!(defined("enum Kind {"), Some("Kind"));
    assert_eq!(defined("    type Output = u8;"), None);
}

#[test]
fn no_two_types_have_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in all {
        let text = fs::read_to_string(&file).unwrap();
        let file = file.strip_prefix(&root).unwrap().to_str().unwrap();
        if !counts(file) {
            continue;
        }
        let product = text.split("#[cfg(test)]\nmod ").next().unwrap();
        for name in product.lines().filter_map(defined) {
            let homes = homes.entry(name.to_owned()).or_default();
            let home = place(file);
            if !homes.contains(&home) {
                homes.push(home);
            }
        }
    }
    homes.retain(|_, homes| homes.len() > 1);
    assert!(homes.is_empty(), "one name for several types: {homes:#?}");
}
