//! A working tree that git can take as it is, whatever command was run: `git add -A` takes no number that was not in the
//! user's own lists, or in the files that `opt_outs:` and `undeliverable:` name.

use std::collections::BTreeSet;

use serde_json::json;

use crate::ci::git;
use crate::cli_world::{AT, Emulator, Project};

/// Whose numbers are in no list of the user's: who answers, and whom the account blocks.
const STRANGERS: [&str; 2] = ["46701009901", "46701009902"];

/// A project with every list that there is, in a repository.
fn committed(project: &Project) {
    git(project, "init --quiet");
    project.write("testers.csv", "msisdn,first_name\n+46701000000,Tess\n");
    project.write("stop.csv", "msisdn\n+46701000099\n");
    project.write("confirmed.csv", "msisdn\n+46701000001\n");
    project.edit(
        "campanile.yaml",
        "providers:",
        "testers: testers.csv\nsuppressions: [stop.csv]\nundeliverable: { after: 1, file: undeliverable.csv }\nproviders:",
    );
}

/// Every command, with every output that it can write; each once more in the words of `--write`.
const COMMANDS: [(&str, &[&str]); 20] = [
    (
        "init",
        &[
            "init new",
            "init . --workflows --repository https://code.example/o/c --from-source",
        ],
    ),
    (
        "validate",
        &["validate --write json=valid.json --write html=valid.html"],
    ),
    ("preview", &["preview hello"]),
    (
        "plan",
        &[
            "plan --save plan.json --write markdown=plan.md --write html=plan.html --write text=plan.txt",
            "plan --offline --write json=offline.json",
            "plan --sandbox --base . -vv",
        ],
    ),
    (
        "show",
        &["show plan.json --write html=shown.html --write markdown=shown.md"],
    ),
    (
        "apply",
        &[
            "apply --yes --write json=done.json --write markdown=done.md --write html=done.html",
            "apply plan.json --write json=again.json",
        ],
    ),
    ("test", &["test hello --yes --write json=test.json"]),
    (
        "status",
        &[
            "status --write json=status.json --write html=status.html",
            "status --batches",
        ],
    ),
    (
        "calendar",
        &[
            "calendar --write json=calendar.json --write html=calendar.html",
            "calendar --ics",
        ],
    ),
    ("sources", &["sources --write json=sources.json"]),
    ("segments", &["segments Hello --write json=segments.json"]),
    ("explain", &["explain all --write json=explained.json"]),
    (
        "opt-outs",
        &[
            "opt-outs --write json=opted.json",
            "opt-outs pull --write json=pulled.json",
        ],
    ),
    (
        "results",
        &["results --write json=results.json --write csv=results.csv --write html=results.html"],
    ),
    (
        "feedback",
        &["feedback hello --csv confirmed.csv --write json=feedback.json"],
    ),
    ("comment", &["comment github plan.json --repository o/r --number 5"]),
    // It serves until it is stopped, and is run for itself.
    ("emulate", &[]),
    ("schema", &["schema plan", "schema project"]),
    ("completions", &["completions bash"]),
    (
        "stop",
        &["stop hello --yes --write json=stopped.json", "stop --all --yes"],
    ),
];

/// Commands as `campanile --help` lists them.
fn listed(project: &Project) -> BTreeSet<String> {
    let help = project.run("--help").exits(0).out;
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let lines = rest.lines().take_while(|line| !line.is_empty());
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn git_takes_no_number_that_was_not_in_the_users_own_lists() {
    for on in [Project::on_ip1 as fn(&Emulator) -> Project, on_sinch_with_a_file] {
        let emulator = Emulator::start();
        let project = on(&emulator);
        committed(&project);
        let known: BTreeSet<String> = COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(known, listed(&project), "every command is run here");
        let (status, _) = emulator.call("PUT", &format!("/v2/blacklist/{}", STRANGERS[0]), None);
        assert_eq!(status, 200);
        for text in [
            json!({ "plan": "plan", "from": STRANGERS[1], "to": "46101606060", "body": "STOP" }),
            json!({ "plan": "plan", "from": STRANGERS[0], "to": "46101606060", "body": "call me on 46701009902" }),
        ] {
            let (status, _) = emulator.call("POST", "/_emulator/sinch/inbounds", Some(&text));
            assert_eq!(status, 200);
        }
        // On the day itself, and when all is over and has failed or not.
        for (now, is_over) in [(AT, false), ("2030-01-07T20:00:00Z", true)] {
            emulator.clock(now);
            for (name, runs) in COMMANDS {
                if name == "stop" && !is_over {
                    continue;
                }
                for arguments in runs {
                    project.run_at(now, arguments);
                    assert_staged(&project, arguments);
                }
            }
        }
        let state = project.path(".campanile/emulated.jsonl");
        drop(Emulator::start_with(&["--state", state.to_str().unwrap()]));
        assert_staged(&project, "emulate --state");
    }
}

fn on_sinch_with_a_file(emulator: &Emulator) -> Project {
    let project = Project::on_sinch(emulator);
    project.edit(
        "campanile.yaml",
        "list_lag: 0s",
        "list_lag: 0s, opt_outs: { file: opt-outs.csv }",
    );
    project
}

/// What `git add -A` takes: no number but in lists, and a stranger's in the files alone that the project names for them.
fn assert_staged(project: &Project, arguments: &str) {
    git(project, "add -A");
    for file in git(project, "ls-files").lines() {
        let is_own = matches!(file, "people.csv" | "testers.csv" | "stop.csv" | "confirmed.csv");
        let is_named = matches!(file, "opt-outs.csv" | "undeliverable.csv");
        let text = String::from_utf8_lossy(&std::fs::read(project.path(file)).unwrap()).into_owned();
        assert!(
            is_own || is_named || !text.contains("670100"),
            "{file} after `{arguments}`"
        );
        let stranger = STRANGERS.iter().find(|number| text.contains(*number));
        assert!(stranger.is_none() || is_named, "{file} after `{arguments}`");
        assert!(!file.starts_with(".campanile/"), "{file} after `{arguments}`");
    }
}
