//! Text of others in our outputs: nothing acts at a terminal, in a pull request, on a page or in a workflow's log.

use crate::room::{Ran, Room};

/// Escape, bell, carriage return, C1 control, right-to-left override; markup; workflow commands; a formula.
const EVIL: &str =
    "\\e[2J\\a\\r\\x9b31m\\u202e<img src=x onerror=alert(1)> **b** [l](javascript:x) @here | `c` ::error::x =cmd|calc";

/// What a tag may be: the same without control characters.
const MARKUP: &str = "<img src=x onerror=alert(1)> **b** [l](javascript:x) @here | `c` ::error::x =cmd|calc";

fn room() -> Room {
    let room = Room::new();
    room.write(
        "campanile.yaml",
        "namespace: acme\ntimezone: Europe/Stockholm\nproviders:\n  sandbox: { kind: sandbox }\n",
    )
    .write("recipients/people.csv", "msisdn,name\n+46701740605,\u{1b}]0;owned\u{7}\u{202e}<b>x</b>\u{9b}2J\n")
    .write(
        "campaigns/sale.yaml",
        format!(
            "sender: ACME\nbody: \"Hello {{{{ name }}}} {EVIL}. STOP\"\ntags: [\"{MARKUP}\"]\nvars: {{ shop: \"{EVIL}\" }}\n\
             recipients:\n  - {{ csv: ../recipients/people.csv }}\nallow: [{{ rule: too-late, until: 2026-12-27, reason: \"{EVIL}\" }}]\n\
             delivery:\n  windows:\n    - {{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}\n"
        ),
    );
    room
}

/// Nothing that a terminal would obey, our own colors apart (there are none: output is no terminal).
fn assert_harmless(text: &str, what: &str) {
    for character in text.chars() {
        let acts = character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!acts, "{character:?} in {what}:\n{text:?}");
    }
}

fn harmless(ran: &Ran) {
    assert_harmless(&ran.stdout, &format!("stdout of {}", ran.words));
    assert_harmless(&ran.stderr, &format!("stderr of {}", ran.words));
}

#[test]
fn nothing_in_a_file_acts_at_a_terminal() {
    let mut room = room();
    room.set("GITHUB_ACTIONS", "true");
    for words in [
        &["validate"] as &[&str],
        &["plan", "--offline"],
        &[
            "plan",
            "--save",
            "plan.json",
            "--write",
            "html=plan.html",
            "--write",
            "markdown=plan.md",
            "--write",
            "text=plan.txt",
        ],
        &["preview", "sale"],
        &["test", "sale", "--yes"],
        &["apply", "--yes", "-vv"],
        &["status"],
        &["calendar"],
        &["show", "plan.json"],
        &["stop", "sale", "--yes"],
    ] {
        for color in ["never", "auto"] {
            let mut words = words.to_vec();
            words.extend(["--color", color]);
            harmless(&room.run(&words));
        }
    }
    for file in ["plan.txt", "plan.md", "plan.html"] {
        let text = std::fs::read_to_string(room.path().join(file)).unwrap();
        assert_harmless(&text, file);
        if file == "plan.txt" {
            continue; // nothing renders marks in plain text
        }
        assert!(!text.contains("<img src=x"), "{file}:\n{text}");
        assert!(!text.contains("](javascript:"), "{file}:\n{text}");
    }
}

#[test]
fn nothing_in_a_faulty_file_acts_at_a_terminal() {
    let evil = "\u{1b}[2J\u{7}\u{202e}\u{9b}31m";
    for (file, text) in [
        ("campaigns/sale.yaml", format!("se{evil}nder: ACME\n")),
        (
            "campaigns/sale.yaml",
            format!("sender: \"{evil}\"\nbody: \"{{{{ {evil} }}}}\"\n"),
        ),
        (
            "campaigns/sale.yaml",
            format!("sender: ACME # {evil}\nbdy: x # {evil}\n"),
        ),
        (
            "campaigns/sale.yaml",
            "\"se\\e[2J\\x9b\\u202ender\": ACME\n\"\\e[31m\": 1\n".to_owned(),
        ),
        (
            "campaigns/sale.yaml",
            "sender: \"\\e[2J\"\nprovider: \"\\e\\a\"\nstate: \"\\x9b\\u202e\"\nbody: \"{{ x \\e }}\"\n".to_owned(),
        ),
        (
            "campanile.yaml",
            "namespace: \"\\e[2J\"\nproviders: { \"\\e\\a\": { kind: \"\\x9b\" } }\n".to_owned(),
        ),
        (
            "recipients/people.csv",
            format!("msisdn,{evil},{evil}\n+46701740605{evil},x,y\n"),
        ),
        ("recipients/people.csv", format!("{evil},name\nx,y\n")),
        (&format!("campaigns/a{evil}.yaml"), "sender: 1\n".to_owned()),
    ] as [(&str, String); 9]
    {
        let room = room();
        room.write(file, text);
        for words in [
            &["validate"] as &[&str],
            &["plan", "--offline"],
            &["preview", "sale"],
            &["plan", "-o", "markdown"],
        ] {
            harmless(&room.run(words));
        }
    }
}

#[test]
fn a_damaged_saved_plan_acts_nowhere() {
    let room = room();
    for text in [
        "\u{1b}[2J{".to_owned(),
        "{\"format_version\": \"\\u001b[2J\\u202e\"}".to_owned(),
        "{\"\\u001b[2J\": \"\\u001b]0;x\\u0007\", \"format_version\": 7}".to_owned(),
    ] {
        room.write("plan.json", text);
        for words in [&["show", "plan.json"] as &[&str], &["apply", "plan.json", "--yes"]] {
            let ran = room.run(words);
            assert_eq!(ran.code, Some(65), "{ran:?}");
            harmless(&ran);
        }
    }
    room.write("faults.yaml", "- { match: \"\\e[2J\", fault: \"\\x9b\\u202e\" }\n");
    let ran = room.run(&["emulate", "--faults", "faults.yaml"]);
    assert_eq!(ran.code, Some(65), "{ran:?}");
    harmless(&ran);
}
