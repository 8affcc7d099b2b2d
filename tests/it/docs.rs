//! The pages in `docs/`: every link leads somewhere, every page is in the table of contents, every citation in the code
//! names a page that a reader has.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Markdown file below a folder, except what tools have left there.
fn pages_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "book") {
            pages_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The targets of `[text](target)` outside code blocks.
fn links(page: &str) -> Vec<String> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        found.extend(
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split_once(')').map(|(target, _)| target.to_owned())),
        );
    }
    found
}

#[test]
fn every_link_of_every_page_leads_to_a_file() {
    let mut pages = Vec::new();
    pages_below(&repository().join("docs"), &mut pages);
    pages_below(&repository().join("examples"), &mut pages);
    for name in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        pages.push(repository().join(name));
    }
    let mut checked = 0;
    for page in &pages {
        for target in links(&fs::read_to_string(page).unwrap()) {
            if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
                continue;
            }
            let file = target.split('#').next().unwrap();
            assert!(
                page.parent().unwrap().join(file).exists(),
                "{} links to `{target}`, which is not there",
                page.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked} links");
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let docs = repository().join("docs");
    let contents = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let listed: BTreeSet<String> = links(&contents).into_iter().collect();
    let mut pages = Vec::new();
    pages_below(&docs, &mut pages);
    let there: BTreeSet<String> = pages
        .iter()
        .map(|page| page.strip_prefix(&docs).unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "SUMMARY.md")
        .collect();
    assert_eq!(listed, there, "docs/SUMMARY.md on the left, the files on the right");
}

/// Paths like `docs/design.md` in a text.
fn cited(text: &str) -> Vec<&str> {
    text.match_indices("docs/")
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || "/-_.".contains(c)))
        .filter_map(|(at, _)| {
            let rest = &text[at..];
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || "/-_.".contains(c)))
                .unwrap_or(rest.len());
            let path = rest[..end].trim_end_matches('.');
            path.ends_with(".md").then_some(path)
        })
        .collect()
}

/// Every file of code below a folder.
fn code_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            code_below(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "py")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_citation_in_the_code_names_a_page_that_is_there() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        code_below(&repository().join(folder), &mut files);
    }
    let mut checked = 0;
    for file in files {
        if file.ends_with("tests/it/docs.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for path in cited(&text) {
            assert!(
                repository().join(path).exists(),
                "{} cites `{path}`, which is not there",
                file.display()
            );
            checked += 1;
        }
        for gone in [
            "vendor-docs/",
            "`CONTRACT`",
            "`DESIGN`",
            "CONTRACT section",
            "DESIGN section",
        ] {
            assert!(!text.contains(gone), "{} cites `{gone}`", file.display());
        }
    }
    assert!(checked > 10, "{checked} citations");
}

/// "In which file is it made?": path and word of each row.
#[test]
fn what_one_looks_for_is_made_where_the_page_for_contributors_says() {
    let page = fs::read_to_string(repository().join("docs/contributing.md")).unwrap();
    let mut checked = 0;
    for row in page
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("`src/"))
    {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let [_, path, word] = cells[..] else {
            panic!("three cells, please: {row}")
        };
        let (path, word) = (path.trim().trim_matches('`'), word.trim().trim_matches('`'));
        let code = fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(code.contains(word), "`{word}` is not in {path}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked} rows");
}

/// With `CAMPANILE_WRITE_DOCS=1` the pages are written instead.
#[test]
fn the_pages_that_are_generated_are_what_the_program_says() {
    for (name, page) in [
        ("reference", crate::pages::reference()),
        ("diagnostics", crate::pages::diagnostics()),
    ] {
        let path = repository().join(format!("docs/{name}.md"));
        if std::env::var_os("CAMPANILE_WRITE_DOCS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == page,
            "{} is not what the program says: run `CAMPANILE_WRITE_DOCS=1 cargo test --test it generated`",
            path.display()
        );
    }
}
