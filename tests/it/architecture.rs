//! Who may name whom (`src/lib.rs`), and which module is home to an outside crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::uses::{arrows, circles, product_lines};

const ARROWS: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("emulator", &[]),
    ("campaign", &["model", "profile"]),
    ("schedule", &["model"]),
    ("profile", &["model"]),
    ("provider", &["model", "profile"]),
    ("render", &["model", "campaign", "profile"]),
    ("audience", &["model", "campaign"]),
    ("project", &["model", "campaign"]),
    (
        "desired",
        &["model", "campaign", "schedule", "profile", "render", "audience"],
    ),
    ("plan", &["model", "campaign", "schedule", "profile", "desired"]),
    ("report", &["model", "render", "desired", "plan"]),
    ("apply", &["model", "desired", "plan", "provider"]),
    (
        "cli",
        &[
            "model", "emulator", "campaign", "schedule", "profile", "provider", "render", "audience", "project",
            "desired", "plan", "report", "apply",
        ],
    ),
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

/// Rows of the table in `docs/dependencies.md`: a crate, and the modules that name it, its home first.
fn explained() -> BTreeMap<String, Vec<String>> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dependencies.md")).unwrap();
    let (_, table) = page.split_once("# Dependencies\n").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let quoted = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let [name, why, homes, instead] = cells[..] else {
                panic!("four cells, please: {line}")
            };
            assert!(
                !why.trim().is_empty() && !instead.trim_end_matches('|').trim().is_empty(),
                "{line}"
            );
            (quoted(name).remove(0), quoted(homes))
        })
        .collect()
}

#[test]
fn every_outside_crate_is_named_where_the_docs_say_and_nowhere_else() {
    let sources = sources();
    for (outside, homes) in explained() {
        if ["all", "tests", "benches"].contains(&homes[0].as_str()) {
            continue;
        }
        let path = format!("{}::", outside.replace('-', "_"));
        let naming: BTreeSet<&str> = sources
            .iter()
            .filter(|(_, _, code)| {
                names_after(code, &path).iter().any(|name| !name.is_empty()) || code.contains(&format!("use {path}{{"))
            })
            .map(|(module, _, _)| module.as_str())
            .collect();
        let told: BTreeSet<&str> = homes.iter().map(String::as_str).collect();
        assert_eq!(
            naming, told,
            "who names `{outside}` in the code, and in the table of docs/dependencies.md"
        );
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
fn every_direct_dependency_is_explained_in_the_docs() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let heads = [
        "\n[dependencies]\n",
        "\n[dev-dependencies]\n",
        "\n[target.'cfg(unix)'.dev-dependencies]\n",
    ];
    let named: BTreeSet<String> = heads
        .into_iter()
        .flat_map(|head| {
            manifest
                .split_once(head)
                .unwrap()
                .1
                .split("\n[")
                .next()
                .unwrap()
                .lines()
        })
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(
        named,
        explained().into_keys().collect(),
        "Cargo.toml on the left, the table in docs/dependencies.md on the right"
    );
}

#[test]
fn every_binary_that_the_action_asks_for_is_released_and_its_dependencies_are_judged() {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let after = |text: &str, mark: &str| -> BTreeSet<String> {
        let targets = text.split(mark).skip(1).filter_map(|rest| {
            let target = rest.split([' ', '"', '\n']).next()?;
            (target.matches('-').count() >= 2).then(|| target.to_owned())
        });
        targets.collect()
    };
    let asked = after(&read("action.yml"), "target=");
    let released = after(&read(".github/workflows/release.yml"), "target: ");
    assert_eq!(asked, released, "action.yml on the left, release.yml on the right");
    assert!(!asked.is_empty());
    let judged = read("deny.toml");
    for target in &asked {
        assert!(judged.contains(&format!("\"{target}\"")), "`{target}` in deny.toml");
    }
}

#[test]
fn the_action_installs_with_the_script_that_init_writes_into_workflows() {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let script = read("src/cli/commands/scaffold/ci/install-release.sh");
    let indented: String = script.lines().map(|line| format!("        {line}\n")).collect();
    assert!(
        read("action.yml").contains(&indented),
        "action.yml has not:\n{indented}"
    );
}

/// Files that name a vendor in their code.
fn naming_a_vendor(files: &[(String, String)]) -> BTreeSet<String> {
    const ROOMS: [&str; 4] = ["profile/", "emulator/", "provider/ip1/", "provider/sinch/"];
    let names = |text: &str| {
        let code = product_lines(text)
            .into_iter()
            .filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != ':'))
            .any(|word| word.ends_with("::Ip1") || word.ends_with("::Sinch"))
    };
    let outside = files
        .iter()
        .filter(|(name, _)| !ROOMS.iter().any(|room| name.starts_with(room)));
    outside
        .filter(|(_, text)| names(text))
        .map(|(name, _)| format!("src/{name}"))
        .collect()
}

#[test]
fn a_vendor_is_named_where_the_docs_say_and_nowhere_else() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/contributing.md")).unwrap();
    let (_, section) = page.split_once("\n## A provider\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let named = naming_a_vendor(&product_files());
    assert!(named.contains("src/provider/any.rs"), "{named:?}");
    for file in named {
        assert!(
            section.contains(&format!("`{file}`")),
            "{file} names a vendor: it is a fact for `src/profile`"
        );
    }
}

/// Product files below `src` with their text; those of tests are left out.
fn product_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let named = files.into_iter().map(|path| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap())
    });
    let is_product = |name: &str| {
        !name
            .split('/')
            .any(|part| matches!(part, "tests" | "testing.rs") || part.ends_with("tests.rs"))
    };
    named.filter(|(name, _)| is_product(name)).collect()
}

#[test]
fn files_use_each_other_in_one_direction() {
    let files = product_files();
    let inside = |name: &str| !matches!(name, "lib.rs" | "main.rs");
    let files: Vec<_> = files.into_iter().filter(|(name, _)| inside(name)).collect();
    let rows: Vec<String> = circles(arrows(&files))
        .into_iter()
        .map(|(file, to)| format!("{file} -> {}", to.into_iter().collect::<Vec<_>>().join(", ")))
        .collect();
    assert!(
        rows.is_empty(),
        "files use each other in circles; move what they share to a file of its own:\n{}",
        rows.join("\n")
    );
}

#[test]
fn a_circle_is_found_through_every_form_of_a_path() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let tree = |second: &str| {
        [
            file(
                "a/mod.rs",
                "mod one;\nmod two;\npub use one::One;\npub(super) use two::{Two, two as second};\n",
            ),
            file("a/one.rs", "use super::{second,\n    three::Three};\npub struct One;\n"),
            file("a/two.rs", second),
            file(
                "a/three.rs",
                "// use super::One;\n#[cfg(test)]\nmod tests {\n    use super::super::One;\n}\n",
            ),
        ]
    };
    for second in [
        "use super::One;",
        "use crate::a::{self, One as First};",
        "pub use super::one::One;",
        "fn two() { let _ = crate::a::one::One; }",
        "fn two(_: super::One) {}",
    ] {
        let found = circles(arrows(&tree(second)));
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["a/one.rs", "a/two.rs"], "{second}");
    }
    for second in [
        "use super::three::Three;",
        "// crate::a::One",
        "pub(in crate::a) fn two() {}",
        "use std::one::One;",
    ] {
        assert!(circles(arrows(&tree(second))).is_empty(), "{second}");
    }
}

#[test]
fn no_file_of_the_product_is_longer_than_four_hundred_lines() {
    let long: Vec<String> = product_files()
        .into_iter()
        .map(|(name, text)| (product_lines(&text).len(), name))
        .filter(|(lines, _)| *lines > 400)
        .map(|(lines, name)| format!("{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "split along a seam:\n{}", long.join("\n"));
}
