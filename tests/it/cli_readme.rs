//! What README says can be typed, is typed here; what it says is printed, is printed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli_world::{AT, Project, Ran, command, people};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

/// Fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if fence == language {
                found.push(body.join("\n"));
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".campanile" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A clone, as far as the program needs one.
fn clone() -> Project {
    let project = Project::empty();
    copy(&repository().join("examples"), &project.path("examples"));
    copy(&repository().join("campaigns"), &project.path("campaigns"));
    project
}

/// The words of a line, quotes respected, comments left out.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut began = false;
    for c in line.chars() {
        match (quote, c) {
            (None, '#') if !began => break,
            (None, ' ') => {
                if began {
                    words.push(std::mem::take(&mut word));
                    began = false;
                }
            }
            (None, '\'' | '"') => (quote, began) = (Some(c), true),
            (Some(open), c) if open == c => quote = None,
            (_, c) => {
                word.push(c);
                began = true;
            }
        }
    }
    if began {
        words.push(word);
    }
    words
}

/// What the program gets of a line: all of it, or what stands behind `cargo run --`; nothing of other tools.
fn arguments(line: &str) -> Option<Vec<String>> {
    let words = words(line);
    match words.first()?.as_str() {
        "campanile" => Some(words[1..].to_vec()),
        "cargo" if words.get(1).is_some_and(|word| word == "run") => {
            let at = words
                .iter()
                .position(|word| word == "--")
                .expect("arguments of the program");
            Some(words[at + 1..].to_vec())
        }
        "cargo" | "cd" => None,
        other => panic!("`{other}` is not to be had everywhere"),
    }
}

#[test]
fn the_commands_of_the_readme_work_in_their_order() {
    let mut ran = Vec::new();
    for block in blocks("sh") {
        let project = clone();
        let mut folder = project.root().to_owned();
        for line in block.lines() {
            if let Some(target) = line.strip_prefix("cd ") {
                folder.push(words(target).concat());
            }
            let Some(mut arguments) = arguments(line) else { continue };
            if arguments == ["apply"] {
                // Nobody sits at this terminal to type `yes`.
                arguments.push("--yes".to_owned());
            }
            Ran::of(command(&folder).args(&arguments).output().unwrap()).exits(0);
            if arguments.contains(&"apply".to_owned()) {
                let again = arguments
                    .iter()
                    .filter(|word| *word != "--yes")
                    .map(|word| if word == "apply" { "plan" } else { word.as_str() });
                Ran::of(
                    command(&folder)
                        .args(again)
                        .arg("--detailed-exitcode")
                        .output()
                        .unwrap(),
                )
                .exits(0);
            }
            ran.push(arguments.join(" "));
        }
    }
    assert!(ran.len() >= 6, "{ran:?}");
    assert!(ran.iter().any(|line| line.contains("examples/quickstart")), "{ran:?}");
}

/// Instants without their fraction and the seconds of a slow machine: the clock goes on while a plan is made.
fn without_fractions(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(at) = rest.find('.') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let digits = after[1..].bytes().take_while(u8::is_ascii_digit).count();
        let is_fraction = digits == 3 && after[4..].starts_with('Z');
        if !is_fraction {
            out.push('.');
        }
        rest = &after[if is_fraction { 4 } else { 1 }..];
    }
    let out = out + rest;
    (1..60).fold(out, |out, second| out.replace(&format!(":00:{second:02}Z"), ":00:00Z"))
}

#[test]
fn what_the_readme_shows_as_printed_is_printed() {
    let blocks = blocks("console");
    assert!(!blocks.is_empty());
    for block in blocks {
        let project = clone();
        let mut shown = block.lines().peekable();
        while let Some(line) = shown.next() {
            let line = line.strip_prefix("$ ").expect("a command");
            let mut expected = Vec::new();
            while let Some(printed) = shown.next_if(|line| !line.starts_with("$ ")) {
                expected.push(printed.trim_end());
            }
            let ran = Ran::of(
                command(project.root())
                    .args(arguments(line).expect("a command of ours"))
                    .output()
                    .unwrap(),
            );
            let printed = without_fractions(&format!("{}{}", ran.out, ran.err));
            let printed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
            assert_eq!(printed, expected, "{line}");
        }
    }
}

#[test]
fn the_files_of_the_readme_are_valid() {
    let yaml = blocks("yaml");
    let [campaign, schedule] = yaml.as_slice() else {
        panic!("a campaign and a schedule: {yaml:#?}");
    };
    let project = Project::empty();
    project.write(
        "campanile.yaml",
        "namespace: acme\nproviders: { sandbox: { kind: sandbox } }\n",
    );
    project.write("recipients/buyers.csv", "msisdn\n");
    let rows = people(0..3).replace("msisdn,first_name", "msisdn,first_name,consent");
    let rows = rows
        .replace("Name0", "Name0,yes")
        .replace("Name1", "Name1,no")
        .replace("Name2", "Name2,yes");
    project.write("recipients/vip.csv", rows);
    project.write("campaigns/bf.yaml", campaign);
    let at = "2026-11-20T08:00:00Z";
    project.run_at(at, "validate").exits(0);
    let (before, _) = campaign.split_once("  windows:").expect("explicit windows");
    project.write("campaigns/bf.yaml", format!("{before}{schedule}\n"));
    project.run_at(at, "validate").exits(0);
    assert!(AT.starts_with("2030"), "the samples above are of another year");
}

#[test]
fn the_docs_name_every_command_and_every_exit_code() {
    let text = fs::read_to_string(repository().join("docs/commands.md")).unwrap();
    let help = Ran::of(command(Project::empty().root()).arg("--help").output().unwrap()).out;
    let commands = help.split("Commands:").nth(1).unwrap().split("ptions:").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(names.len() > 15);
    for name in names {
        let is_named = [format!("| `{name}"), format!("`{name}`")]
            .iter()
            .any(|form| text.contains(form));
        assert!(is_named, "docs/commands.md says nothing of `{name}`");
    }
    for code in [
        "| 0 |", "| 1 |", "| 2 |", "| 3 |", "| 4 |", "| 5 |", "| 6 |", "64, 65", "130, 143",
    ] {
        assert!(text.contains(code), "{code}");
    }
}

#[test]
fn the_readme_has_at_most_two_hundred_lines() {
    assert!(readme().lines().count() <= 200);
}

#[test]
fn the_numbered_steps_of_the_readme_do_what_it_says() {
    let project = Project::empty();
    let folder = project.path("shop");
    let run = |arguments: &[&str]| Ran::of(command(&folder).args(arguments).output().unwrap());
    Ran::of(command(project.root()).args(["init", "shop"]).output().unwrap()).exits(0);
    run(&["apply", "--yes"]).exits(0);
    let file = folder.join("campaigns/welcome.yaml");
    let before = fs::read_to_string(&file).unwrap();

    fs::write(
        &file,
        before.replacen("Hi {{ first_name }}", "Hello {{ first_name }}", 1),
    )
    .unwrap();
    let plan = run(&["plan", "-o", "json"]).exits(0).json();
    assert_eq!(plan["summary"]["replace"], 1, "{plan}");

    fs::write(&file, before.replace("first_name", "frist_name")).unwrap();
    run(&["plan"]).exits(65).says("`first_name`").says("welcome.yaml:");

    fs::write(&file, format!("{before}state: canceled\n")).unwrap();
    run(&["apply", "--yes"]).exits(0).says("cancel welcome");
}
