//! Privacy as a property: numbers, names and tokens are unique canaries, and no stream and no file of any run has one.
//!
//! Allowed are `preview` (it is asked for texts and numbers) and the emulator's own state, which stands for what a
//! provider holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::emulated::Emulated;
use crate::test_project::{Ran, TestProject};

/// What must never be seen: in every spelling in which it stands in a file.
pub const CANARIES: [&str; 16] = [
    "701740611",
    "70-174 06 11",
    "70-174-06-11",
    "701740622",
    "70-174 06 22",
    "701740633",
    "701740644",
    "7O1740655",
    "701740666",
    "Zyxwanda",
    "zyxwanda",
    "Qvortrup",
    "Nebbiolo",
    "k4narie-t0ken",
    "73911-PIN",
    "9988776655",
];
const TOKEN: &str = "k4narie-t0ken-73911";
pub const FORMATS: [&str; 4] = ["text", "json", "markdown", "html"];

pub const PEOPLE: &str = "msisdn,first_name,code,consent\n\
    +46 70-174 06 11,Zyxwanda,73911-PIN,yes\n\
    +46701740622,Qvortrup’s,73911-PIN2,yes\n\
    0046701740633,Nebbiolo,,no\n";

fn settings(providers: &str, default: &str) -> String {
    format!(
        "namespace: acme\ndefault_provider: {default}\ntimezone: Europe/Stockholm\ndefault_country: SE\nproviders:\n{providers}\
         prices:\n  - {{ provider: {default}, currency: SEK, country: SE, per_segment: \"0.349\" }}\n\
         suppressions: [suppressions/stop.csv]\ntesters: testers.csv\n\
         guards: {{ max_cost: {{ run: [\"500 SEK\"] }} }}\n"
    )
}

pub fn campaign(body: &str, more: &str) -> String {
    format!(
        "sender: ACME\nbody: \"{body}\"\nrecipients:\n  - {{ csv: ../recipients/people.csv, where: \"consent == 'yes'\" }}\n{more}\
         delivery:\n  windows:\n    - {{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}\n"
    )
}

pub const BODY: &str = "Hi {{ first_name }} {{ code }}! STOP: reply STOP";

/// A project whose every secret is a canary.
fn project(providers: &str, default: &str) -> TestProject {
    let mut project = TestProject::new();
    project.set("CANARY_TOKEN", TOKEN);
    project
        .write("campanile.yaml", settings(providers, default))
        .write("campaigns/sale.yaml", campaign(BODY, ""))
        .write("recipients/people.csv", PEOPLE)
        .write("suppressions/stop.csv", "msisdn\n+46701740644\n")
        .write(
            "testers.csv",
            "msisdn,first_name,code,consent\n+46701740666,Zyxwanda,73911-PIN,yes\n",
        );
    project
}

pub fn sandbox(api: &str) -> TestProject {
    let providers = format!("  box: {{ kind: sandbox, emulates: {api} }}\n");
    project(&providers, "box")
}

pub fn account(api: &str, url: &str) -> TestProject {
    let providers = match api {
        "ip1" => format!(
            "  real: {{ kind: ip1, base_url: \"{url}\", token_env: CANARY_TOKEN, requests_per_second: 500, list_lag: 0s }}\n"
        ),
        _ => format!(
            "  real: {{ kind: sinch, base_url: \"{url}\", service_plan_id: plan, token_env: CANARY_TOKEN, requests_per_second: 500, list_lag: 0s }}\n"
        ),
    };
    project(&providers, "real")
}

/// The files that a project gives, and what holds people's data by its nature.
fn is_given(file: &Path) -> bool {
    let text = file.to_str().unwrap();
    text.starts_with("recipients/")
        || text.starts_with("suppressions/")
        || text == "testers.csv"
        || text == "token"
        || text == "confirmed.csv"
        || (text.starts_with(".campanile/sandbox") && text.ends_with(".jsonl"))
}

pub fn assert_silent(ran: &Ran, project: &TestProject) {
    for (name, stream) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        for canary in CANARIES {
            assert!(
                !stream.contains(canary),
                "`{canary}` on {name} of `{}`:\n{stream}",
                ran.words
            );
        }
        assert!(!stream.contains("panicked at"), "{}:\n{stream}", ran.words);
    }
    assert!(ran.code.is_some(), "`{}` was ended by a signal", ran.words);
    for (file, bytes) in project.files() {
        let text = String::from_utf8_lossy(&bytes);
        for canary in CANARIES {
            assert!(
                is_given(&file) || !text.contains(canary),
                "`{canary}` in `{}` after `{}`:\n{text}",
                file.display(),
                ran.words
            );
        }
    }
}

/// Runs and finds nothing.
pub fn quiet(project: &TestProject, words: &[&str]) -> Ran {
    let ran = project.run(words);
    assert_silent(&ran, project);
    ran
}

/// Every command that reads a project; each leaves files of every format behind.
fn tour(project: &TestProject) -> Vec<Ran> {
    let mut runs = Vec::new();
    for format in FORMATS {
        for words in [
            &["validate"] as &[&str],
            &["plan", "--offline"],
            &[
                "plan",
                "--save",
                "plan.json",
                "--write",
                "markdown=plan.md",
                "--write",
                "html=plan.html",
                "--write",
                "text=plan.txt",
            ],
            &["show", "plan.json"],
            &["status"],
            &["calendar"],
            &["calendar", "--ics"],
        ] {
            let mut words = words.to_vec();
            words.extend(["-vv", "-o", format]);
            runs.push(quiet(project, &words));
        }
    }
    for words in [
        &["plan", "--verify", "-vv"] as &[&str],
        &["test", "sale", "--yes", "-vv"],
        &["apply", "--yes", "-vv", "-o", "json", "--write", "markdown=done.md"],
        &["plan", "-vv", "-o", "json"],
        &["status", "-vv", "-o", "json"],
        &["opt-outs", "-vv"],
        &["opt-outs", "--needs-person", "-vv", "-o", "json"],
        &["opt-outs", "pull", "-vv"],
        &["results", "-vv"],
        &["results", "-vv", "-o", "json"],
        &["results", "-vv", "-o", "html"],
        &["results", "-vv", "-o", "csv"],
        &["results", "sale", "-vv", "--people", "suppressions/told.csv"],
        &["explain", "senders"],
        &["feedback", "sale", "--csv", "confirmed.csv", "-vv"],
        &["apply", "plan.json", "-vv"],
        &["apply", "-vv"],
        &["stop", "sale", "--yes", "-vv"],
        &["stop", "--all", "--yes", "-vv", "-o", "json"],
        &["plan", "--strict", "-vv"],
        &["schema", "plan"],
        &["completions", "bash"],
        &["man", "."],
        &["explain", "acme.sale.000010000000000000"],
    ] {
        runs.push(quiet(project, words));
    }
    runs
}

fn code(runs: &[Ran], words: &str) -> Option<i32> {
    runs.iter().find(|ran| ran.words.starts_with(words)).unwrap().code
}

#[test]
fn a_whole_life_on_the_sandbox_tells_nothing() {
    for api in ["ip1", "sinch"] {
        let mut project = sandbox(api);
        project.write("confirmed.csv", "msisdn\n+46701740611\n");
        project.set("GITHUB_ACTIONS", "true");
        let (summary, output) = (project.path().join("summary.md"), project.path().join("output.txt"));
        project.set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
        project.set("GITHUB_OUTPUT", output.to_str().unwrap());
        let runs = tour(&project);
        assert_eq!(code(&runs, "apply --yes"), Some(0), "{runs:#?}");
        // The canaries are really there: what a provider holds has them, and a preview shows them.
        let preview = project.run(&["preview", "sale", "-o", "json"]);
        assert!(preview.stdout.contains("Zyxwanda"), "{preview:?}");
        let state = project.files().into_iter().find(|(file, _)| {
            let name = file.to_str().unwrap();
            name.contains("sandbox") && !name.contains(".journal.")
        });
        assert!(String::from_utf8_lossy(&state.unwrap().1).contains("46701740611"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_against_an_account_tells_nothing() {
    for api in ["ip1", "sinch"] {
        let provider = Emulated::fresh().await;
        let project = account(api, &provider.running.url());
        project.write("confirmed.csv", "msisdn\n+46701740611\n");
        let runs = tour(&project);
        assert_eq!(code(&runs, "apply --yes"), Some(0), "{runs:#?}");
    }
}

/// A server that answers reads as given and everything else with what it was asked, secrets and all.
async fn echo(reads: &'static str) -> (String, Arc<AtomicU16>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let status = Arc::new(AtomicU16::new(400));
    let shared = Arc::clone(&status);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let status = shared.load(Ordering::SeqCst);
            tokio::spawn(async move {
                let mut asked = vec![0; 64 << 10];
                let mut length = 0;
                // Head and body may come in two pieces.
                while let Ok(read) = stream.read(&mut asked[length..]).await {
                    length += read;
                    let text = String::from_utf8_lossy(&asked[..length]).to_ascii_lowercase();
                    let head = text.find("\r\n\r\n");
                    let body = text
                        .split_once("content-length: ")
                        .and_then(|(_, rest)| rest.lines().next()?.trim().parse::<usize>().ok())
                        .unwrap_or(0);
                    if read == 0 || head.is_some_and(|head| length >= head + 4 + body) {
                        break;
                    }
                }
                let said = String::from_utf8_lossy(&asked[..length]).into_owned();
                let is_read = said.starts_with("GET");
                let said = format!("{said} +46 70-174 06 11 for Zyxwanda 46701740622 {TOKEN}");
                let (status, body) = if is_read && status != 401 {
                    (200, reads.to_owned())
                } else {
                    let json = serde_json::json!({
                        "code": "syntax_invalid_json", "text": said, "type": "about:blank", "title": said, "detail": said,
                        "errors": { "recipients[0]": [said] }, "message": said,
                    });
                    (status, json.to_string())
                };
                let answer = format!(
                    "HTTP/1.1 {status} Zyxwanda\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                // The client may hang up first.
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (url, status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_repeats_what_it_was_told_is_not_repeated() {
    for (api, reads) in [
        ("ip1", "[]"),
        ("sinch", r#"{"count":0,"page":0,"page_size":0,"batches":[]}"#),
    ] {
        let (url, status) = echo(reads).await;
        for code in [400, 401, 403, 422, 500] {
            status.store(code, Ordering::SeqCst);
            for format in ["text", "json"] {
                let project = account(api, &url);
                let ran = quiet(&project, &["apply", "--yes", "-vv", "-o", format]);
                assert!(matches!(ran.code, Some(1 | 5 | 6)), "{ran:?}");
            }
            let project = account(api, &url);
            for words in [
                &["plan", "-vv"] as &[&str],
                &["plan", "--verify", "-vv"],
                &["test", "sale", "--yes", "-vv", "-o", "json"],
                &["status", "-vv"],
                &["stop", "--all", "--yes", "-vv"],
            ] {
                quiet(&project, words);
            }
        }
    }
}

/// Faults of files, each of them with people's data in the faulty place.
fn faults() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let people = |text: &str| vec![("recipients/people.csv", text.to_owned())];
    let body = |text: &str| vec![("campaigns/sale.yaml", campaign(text, ""))];
    vec![
        (
            "a letter in a number",
            people("msisdn,first_name,code,consent\n+467O1740655,Zyxwanda,x,yes\n"),
        ),
        (
            "no head",
            people("46701740611,Zyxwanda,73911-PIN,yes\n46701740622,Qvortrup,x,yes\n"),
        ),
        ("a head of one column", people("46701740611\n46701740622\n")),
        ("names as a head", people("Zyxwanda,Qvortrup,46701740611\n")),
        (
            "the same name twice in the head",
            people("msisdn,first_name,first_name,consent\n+46701740611,Zyxwanda,Qvortrup,yes\n"),
        ),
        (
            "a short row",
            people("msisdn,first_name,code,consent\n+46701740611,Zyxwanda\n"),
        ),
        (
            "a long row",
            people("msisdn,first_name,code,consent\n+46701740611,Zyxwanda,x,yes,Qvortrup\n"),
        ),
        (
            "an open quote",
            people("msisdn,first_name,code,consent\n+46701740611,\"Zyxwanda,x,yes\n"),
        ),
        (
            "a number in scientific notation",
            people("msisdn,first_name,code,consent\n4.6701740611E+10,Zyxwanda,x,yes\n"),
        ),
        (
            "a number that is too long",
            people("msisdn,first_name,code,consent\n467017406119988776655,Zyxwanda,x,yes\n"),
        ),
        (
            "an unreadable suppression",
            vec![("suppressions/stop.csv", "msisdn\n7O1740655 Zyxwanda\n".to_owned())],
        ),
        (
            "suppressions without a head",
            vec![(
                "suppressions/stop.csv",
                "Zyxwanda;46701740611\nQvortrup;46701740622\n".to_owned(),
            )],
        ),
        ("a filter on a name", body("Hi {{ first_name | number }}! STOP")),
        (
            "a date of a name",
            body("Hi {{ first_name | date }} {{ code | int }}! STOP"),
        ),
        ("a sum of names", body("Hi {{ first_name + code * 2 }}! STOP")),
        ("an index", body("Hi {{ first_name[0] }} {{ code.x }}! STOP")),
        ("a throw", body("Hi {{ throw(message=first_name) }}! STOP")),
        ("an unknown column", body("Hi {{ firstname }}! STOP")),
        (
            "a long text",
            body(&format!("Hi {{{{ first_name }}}} {}! STOP", "lorem ipsum ".repeat(90))),
        ),
        (
            "no room in gsm",
            vec![("campaigns/sale.yaml", campaign(BODY, "datacoding: gsm\n"))],
        ),
        (
            "braces in personalized text",
            people(
                "msisdn,first_name,code,consent\n+46701740611,Zyxwanda {x},${y},yes\n+46701740622,Qvortrup,{z},yes\n",
            ),
        ),
        (
            "blank for somebody",
            body("{% if consent == 'yes' %}{% else %}Hi STOP{% endif %}"),
        ),
        (
            "a missing file",
            vec![(
                "campaigns/sale.yaml",
                campaign(BODY, "suppressions: [../recipients/nobody.csv]\n"),
            )],
        ),
        (
            "not UTF-8",
            vec![(
                "recipients/people.csv",
                "msisdn,first_name,code,consent\n+46701740611,Zyxwanda\u{0}\u{1},x,yes\n".to_owned(),
            )],
        ),
    ]
}

#[test]
fn a_fault_in_a_file_names_its_place_and_nobody() {
    for (name, files) in faults() {
        let project = sandbox("ip1");
        for (file, text) in files {
            project.write(file, text);
        }
        for format in ["text", "json"] {
            let ran = quiet(&project, &["validate", "-vv", "-o", format]);
            assert!(matches!(ran.code, Some(0 | 65)), "{name}: {ran:?}");
        }
        quiet(
            &project,
            &[
                "plan",
                "--offline",
                "-vv",
                "-o",
                "markdown",
                "--save",
                "plan.json",
                "--write",
                "html=plan.html",
            ],
        );
        quiet(&project, &["apply", "--yes", "-vv"]);
        quiet(&project, &["test", "sale", "--yes", "-vv"]);
    }
}

#[test]
fn a_token_in_the_wrong_place_is_not_shown() {
    let inline = |key: &str| format!("  real: {{ kind: ip1, base_url: \"http://127.0.0.1:9\", {key}: {TOKEN} }}\n");
    for key in ["token", "token_env", "api_key", "password", "bearer_token"] {
        let project = project(&inline(key), "real");
        // The file itself holds it: that is the fault. No stream and no other file may.
        for format in FORMATS {
            for command in ["validate", "plan", "status"] {
                let ran = project.run(&[command, "-vv", "-o", format]);
                for stream in [&ran.stdout, &ran.stderr] {
                    assert!(!stream.contains("k4narie"), "{key}: {ran:?}");
                }
            }
        }
    }
    for url in [
        format!("https://me:{TOKEN}@example.com"),
        format!("https://example.com/?key={TOKEN}"),
    ] {
        let project = project(
            &format!("  real: {{ kind: ip1, base_url: \"{url}\", token_env: CANARY_TOKEN }}\n"),
            "real",
        );
        for format in FORMATS {
            let ran = project.run(&["validate", "-vv", "-o", format]);
            assert_eq!(ran.code, Some(65), "{ran:?}");
            assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("k4narie"), "{ran:?}");
        }
    }
    for value in [
        format!("{TOKEN} {TOKEN}"),
        format!("{TOKEN}\n{TOKEN}"),
        format!("{TOKEN}ö"),
        "\u{1b}k4narie-t0ken".to_owned(),
    ] {
        let mut project = account("ip1", "http://127.0.0.1:9");
        project.set("CANARY_TOKEN", &value);
        for words in [
            &["plan", "-vv"] as &[&str],
            &["apply", "--yes", "-vv", "-o", "json"],
            &["status", "-vv"],
        ] {
            let ran = quiet(&project, words);
            assert_eq!(ran.code, Some(65), "{ran:?}");
        }
    }
}

#[test]
fn a_provider_out_of_reach_tells_nothing() {
    for api in ["ip1", "sinch"] {
        let project = account(api, "http://127.0.0.1:9");
        for words in [
            &["plan", "-vv"] as &[&str],
            &["apply", "--yes", "-vv", "-o", "json"],
            &["status", "-vv"],
            &["stop", "--all", "--yes", "-vv"],
            &["test", "sale", "--yes", "-vv"],
        ] {
            let ran = quiet(&project, words);
            assert_eq!(ran.code, Some(1), "{ran:?}");
        }
    }
}
