//! Text of others in our outputs: nothing acts at a terminal, in a pull request, on a page or in a workflow's log.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::test_project::{Ran, TestProject};

/// Escape, bell, carriage return, C1 control, right-to-left override; markup; workflow commands; a formula.
const EVIL: &str =
    "\\e[2J\\a\\r\\x9b31m\\u202e<img src=x onerror=alert(1)> **b** [l](javascript:x) @here | `c` ::error::x =cmd|calc";

/// What a tag may be: the same without control characters.
const MARKUP: &str = "<img src=x onerror=alert(1)> **b** [l](javascript:x) @here | `c` ::error::x =cmd|calc";

fn project() -> TestProject {
    let project = TestProject::new();
    project.write(
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
    project
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
    let mut project = project();
    project.set("GITHUB_ACTIONS", "true");
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
            harmless(&project.run(&words));
        }
    }
    for file in ["plan.txt", "plan.md", "plan.html"] {
        let text = std::fs::read_to_string(project.path().join(file)).unwrap();
        assert_harmless(&text, file);
        if file == "plan.txt" {
            continue; // nothing renders marks in plain text
        }
        assert!(!text.contains("<img src=x"), "{file}:\n{text}");
        let link = if file == "plan.md" {
            "](javascript:"
        } else {
            "href=\"javascript:"
        };
        assert!(!text.contains(link), "{file}:\n{text}");
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
        let project = project();
        project.write(file, text);
        for words in [
            &["validate"] as &[&str],
            &["plan", "--offline"],
            &["preview", "sale"],
            &["plan", "-o", "markdown"],
        ] {
            harmless(&project.run(words));
        }
    }
}

#[test]
fn a_damaged_saved_plan_acts_nowhere() {
    let project = project();
    for text in [
        "\u{1b}[2J{".to_owned(),
        "{\"format_version\": \"\\u001b[2J\\u202e\"}".to_owned(),
        "{\"\\u001b[2J\": \"\\u001b]0;x\\u0007\", \"format_version\": 7}".to_owned(),
    ] {
        project.write("plan.json", text);
        for words in [&["show", "plan.json"] as &[&str], &["apply", "plan.json", "--yes"]] {
            let ran = project.run(words);
            assert_eq!(ran.code, Some(65), "{ran:?}");
            harmless(&ran);
        }
    }
    project.write("faults.yaml", "- { match: \"\\e[2J\", fault: \"\\x9b\\u202e\" }\n");
    let ran = project.run(&["emulate", "--faults", "faults.yaml"]);
    assert_eq!(ran.code, Some(65), "{ran:?}");
    harmless(&ran);
}

/// An iP.1 whose every text is evil: one batch of ours, a foreign one, or an error on everything. `start` pages it.
async fn evil_provider(fails: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let evil = "\u{1b}[2J\u{7}\r\u{9b}31m\u{202e}<img src=x onerror=alert(1)> @here ::error::x";
    let batch = |id: &str, reference: &str| {
        json!({
            "id": id, "status": 101, "statusMessage": evil, "reference": reference, "sender": evil, "body": evil,
            "type": evil, "datacoding": evil, "tags": [evil], "deliveryReportUrl": evil, "owner": evil,
            "deliveryWindows": [{ "opens": "2026-11-27T08:00:00Z", "closes": "2026-11-27T19:00:00Z" }],
            "messageSummary": { "101": { "messages": 1 }, evil: { "messages": 1 } },
            "priceSummary": { "total": 1, "currency": evil },
        })
    };
    let pages = [
        json!([batch("ours", "acme.gone.000010000000000000"), batch("theirs", evil)]),
        json!([batch("theirs", evil)]),
        json!([]),
    ];
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 64 << 10];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let start = head.split("start=").nth(1).and_then(|rest| rest.chars().next());
            let (status, body) = match start {
                _ if fails => (
                    "422",
                    json!({ "title": evil, "detail": evil, "errors": { evil: [evil] } }),
                ),
                _ if head.contains("/messages") => ("200", json!([{ "id": evil, "recipient": evil }])),
                _ if head.contains("/batches/") => ("200", pages[0][0].clone()),
                Some('0') => ("200", pages[0].clone()),
                Some('1') => ("200", pages[1].clone()),
                _ => ("200", pages[2].clone()),
            };
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} \u{9b}2J\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            // The client may hang up first.
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_provider_says_acts_at_a_terminal() {
    for fails in [false, true] {
        let url = evil_provider(fails).await;
        let mut project = project();
        project.set("IP1_API_KEY", "key");
        project.write(
            "campanile.yaml",
            format!(
                "namespace: acme\ntimezone: Europe/Stockholm\nproviders:\n  ip1: {{ kind: ip1, base_url: \"{url}\", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s }}\n"
            ),
        );
        let mut said_something = false;
        for words in [
            &["plan", "-vv"] as &[&str],
            &["plan", "-o", "json"],
            &["plan", "-o", "markdown"],
            &["plan", "--write", "html=plan.html", "--write", "markdown=plan.md"],
            &["status", "-vv"],
            &["status", "-o", "json"],
            &["apply", "--yes", "-vv"],
            &["stop", "--all", "--yes", "-vv"],
        ] {
            let ran = project.run(words);
            harmless(&ran);
            said_something |= ran.stdout.contains("acme.gone") || ran.stderr.contains("422");
        }
        assert!(said_something, "the evil provider was not heard");
        for (file, bytes) in project.files() {
            if file.starts_with("plan.html") || file.starts_with("plan.md") || file.starts_with(".campanile") {
                let text = String::from_utf8(bytes).unwrap();
                assert_harmless(&text, file.to_str().unwrap());
                // A fenced block of Markdown shows marks as they stand.
                let shown: String = text.split("```").step_by(2).collect();
                assert!(!shown.contains("<img src=x"), "{}:\n{text}", file.display());
            }
        }
    }
}
