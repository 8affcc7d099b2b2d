//! Hostile input, every kind of it: the committed corpus, pieces of it torn and glued together, and plain noise. What is
//! promised stands in `hostile_targets.rs`; `fuzz/run` goes on where this stops.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::hostile_targets::TARGETS;

/// No single input may keep the program busy for longer, on a busy machine in a debug build.
const PATIENCE: Duration = Duration::from_secs(20);
/// Unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 96;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus for {target}");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Pieces of two inputs with something foreign in between, a piece repeated, or noise alone.
fn mutated(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let foreign = prop_oneof![
        vec(any::<u8>(), 0..12),
        any::<String>().prop_map(String::into_bytes),
        prop::sample::select(vec![
            "\u{0}",
            "\u{feff}",
            "\"",
            "'",
            "\n",
            "\r\n",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "{{",
            "}}",
            "{%",
            "%}",
            "*a",
            "&a ",
            "<<: ",
            "!!binary ",
            "...\n---\n",
            ",",
            ";",
            "\t",
            "0",
            "-1",
            "99999999999999999999",
            "1e400",
            "null",
            "true",
            "\u{1b}[2J",
            "\u{202e}",
            "ǅ",
            "🙂",
            "€",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let seed = prop::sample::select(seeds);
    (
        seed.clone(),
        seed,
        any::<[prop::sample::Index; 4]>(),
        foreign,
        0..60_usize,
    )
        .prop_map(|(left, right, at, foreign, times)| {
            let cut = |bytes: &[u8], index: prop::sample::Index| index.index(bytes.len() + 1);
            let (a, b) = (cut(&left, at[0]), cut(&right, at[1]));
            let (from, to) = (cut(&left, at[2]), cut(&left, at[3]));
            let repeated = left[from.min(to)..from.max(to)].repeat(if times < 40 { 0 } else { times });
            [&left[..a], &foreign, &repeated, &right[b..]].concat()
        })
}

fn run(name: &str) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let timed = |input: &[u8]| {
        let begun = Instant::now();
        target(input);
        assert!(
            begun.elapsed() < PATIENCE,
            "{name} took {:?}: {:?}",
            begun.elapsed(),
            String::from_utf8_lossy(input)
        );
    };
    let seeds = corpus(name);
    seeds.iter().for_each(|seed| timed(seed));
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..Config::default()
    });
    let checked = runner.run(&mutated(seeds), |input| {
        timed(&input);
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{name}: {failure}");
    }
}

macro_rules! each {
    ($($test:ident: $target:literal),* $(,)?) => {
        $(#[test] fn $test() { run($target); })*

        #[test]
        fn every_target_is_run_here_and_has_its_fuzz_target() {
            let here = [$($target),*];
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
            for (target, _) in TARGETS {
                assert!(here.contains(&target), "{target}");
                assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
                assert!(root.join("fuzz_targets").join(format!("{target}.rs")).is_file(), "{target}");
            }
            assert_eq!(here.len(), TARGETS.len());
        }
    };
}

each! {
    any_project_file_is_read_or_refused: "project_yaml",
    any_campaign_file_is_read_or_refused: "campaign_yaml",
    any_list_is_read_or_refused: "csv",
    any_cell_is_a_number_or_not: "numbers",
    any_template_ends_and_stays_small: "template",
    any_condition_gives_one_answer: "condition",
    any_text_is_cut_into_segments_that_fit: "segments",
    any_reference_that_parses_is_written_as_it_was: "reference",
    any_answer_of_a_provider_is_understood_or_a_failure: "provider_answer",
    any_error_body_is_told_in_one_harmless_line: "error_body",
    any_page_of_batches_is_believed_with_care: "batches",
    any_link_header_leads_nowhere_else: "link_header",
    any_saved_plan_is_shown_harmlessly: "saved_plan",
    any_fault_file_is_read_or_refused: "fault_file",
    any_duration_is_written_as_it_was_read: "duration",
    any_schedule_goes_forward: "cron",
    any_journal_gives_its_whole_lines: "journal",
}

/// Inputs that are small and want to become large.
#[test]
fn bombs_stay_small() {
    let aliases: String = (0..40)
        .map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n.max(1) - 1))
        .collect();
    let deep = "[".repeat(100_000);
    let nested: String = (0..2_000).map(|n| format!("{}k:\n", " ".repeat(n))).collect();
    let loops = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}x{% endfor %}{% endfor %}";
    let doubling = format!(
        "{{% set a = \"{}\" %}}{}{{{{ a }}}}",
        "x".repeat(100),
        "{% set a = a ~ a %}".repeat(60)
    );
    let parentheses = format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000));
    let replaced =
        "{{ name | replace(from=\"\", to=\"xxxxxxxxxxxxxxxx\") | replace(from=\"\", to=\"xxxxxxxxxxxxxxxx\") }}"
            .repeat(20);
    for (targets, input) in [
        (&["project_yaml", "campaign_yaml", "fault_file"] as &[&str], &aliases),
        (&["project_yaml", "campaign_yaml", "fault_file", "saved_plan"], &deep),
        (&["project_yaml", "campaign_yaml"], &nested),
        (&["template"], &loops.to_owned()),
        (&["template"], &doubling),
        (&["template"], &parentheses),
        (&["condition"], &parentheses),
        (&["template"], &replaced),
        (&["csv"], &"\"".repeat(1_000_001)),
        (&["csv"], &",".repeat(1_000_000)),
        (&["cron"], &"1,".repeat(10_000)),
        (&["duration"], &"9".repeat(100_000)),
    ] {
        for name in targets {
            let (_, target) = TARGETS.iter().find(|(known, _)| known == name).unwrap();
            let begun = Instant::now();
            target(input.as_bytes());
            assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
        }
    }
}
