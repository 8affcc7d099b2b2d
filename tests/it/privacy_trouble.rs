//! Privacy where things go wrong: lost answers, replaced and narrowed batches, guards, holds, stale plans, interrupted
//! runs, comments, a panic. The same canaries as in `privacy.rs`.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::emulated::Emulated;
use crate::privacy::{BODY, CANARIES, FORMATS, PEOPLE, account, campaign, quiet, sandbox};
use crate::test_project::TestProject;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_tells_nothing() {
    for (api, post) in [("ip1", "POST /v2/batches"), ("sinch", "POST /xms/v1/plan/batches")] {
        for (fault, codes) in [
            (json!({ "fault": "drop_before" }), [5, 6]),
            (json!({ "fault": "drop_after" }), [0, 6]),
            (json!({ "fault": "status", "status": 503 }), [5, 6]),
            (json!({ "fault": "truncate" }), [0, 6]),
            (json!({ "fault": "garbage" }), [0, 6]),
        ] {
            let provider = Emulated::fresh().await;
            let project = account(api, &provider.running.url());
            let mut fault = fault;
            fault["match"] = json!(post);
            fault["nth"] = json!(1);
            provider.faults(json!([fault])).await;
            let ran = quiet(
                &project,
                &["apply", "--yes", "-vv", "-o", "json", "--write", "markdown=done.md"],
            );
            assert!(ran.code.is_some_and(|code| codes.contains(&code)), "{fault}: {ran:?}");
            for format in FORMATS {
                quiet(&project, &["plan", "-vv", "-o", format]);
            }
            quiet(&project, &["apply", "--yes", "-vv"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_changed_held_or_stopped_tells_nothing() {
    for api in ["ip1", "sinch"] {
        let provider = Emulated::fresh().await;
        let project = account(api, &provider.running.url());
        let act = |words: &[&str], expected: &[i32]| {
            for format in FORMATS {
                quiet(&project, &["plan", "-vv", "-o", format, "--save", "plan.json"]);
                quiet(&project, &["status", "-o", format]);
            }
            let ran = quiet(&project, words);
            assert!(ran.code.is_some_and(|code| expected.contains(&code)), "{api}: {ran:?}");
        };
        act(&["apply", "--yes", "-vv"], &[0]);
        project.write("campaigns/sale.yaml", campaign(&format!("New: {BODY}"), ""));
        act(&["apply", "--yes", "-vv", "-o", "markdown"], &[0]);
        // Somebody opts out, somebody comes along, and a guard holds it all.
        project.write("suppressions/stop.csv", "msisdn\n+46701740644\n+46701740622\n");
        act(&["apply", "--yes", "-vv", "-o", "html"], &[0]);
        project.write(
            "recipients/people.csv",
            format!("{PEOPLE}+46701740655,Zyxwanda,x,yes\n"),
        );
        act(&["apply", "plan.json", "-vv"], &[0, 4]);
        project.write(
            "campaigns/sale.yaml",
            campaign(BODY, "transliterate: punctuation\n").replace("ACME", "ACME2"),
        );
        let tight = std::fs::read_to_string(project.path().join("campanile.yaml")).unwrap();
        project.write("campanile.yaml", tight.replace("500 SEK", "0.01 SEK"));
        act(&["apply", "--yes", "-vv", "-o", "json"], &[3]);
        project.write("campanile.yaml", format!("{tight}paused: true\n"));
        act(&["apply", "--yes", "-vv"], &[0]);
        project.write("campanile.yaml", &tight);
        // Renamed and near: the people of both are compared.
        std::fs::rename(
            project.path().join("campaigns/sale.yaml"),
            project.path().join("campaigns/other.yaml"),
        )
        .unwrap();
        act(&["apply", "--yes", "-vv"], &[0]);
        act(&["stop", "other", "--yes", "-vv", "-o", "json"], &[0]);
        act(&["apply", "--yes", "-vv", "--strict"], &[0, 3]);
        quiet(&project, &["plan", "-vv", "--allow", "resume=other", "--verify"]);
        // On the day itself, and when it is over.
        for now in ["2026-11-27T07:55:00Z", "2026-11-27T12:00:00Z", "2026-12-24T08:00:00Z"] {
            provider.clock(now).await;
            for words in [
                &["plan", "-vv"] as &[&str],
                &["apply", "--yes", "-vv"],
                &["status", "-vv", "-o", "json"],
            ] {
                let ran = project.run_at(Some(now), words);
                crate::privacy::assert_silent(&ran, &project);
            }
        }
    }
}

#[test]
fn every_command_in_every_format_tells_nothing() {
    for format in FORMATS {
        let project = sandbox("sinch");
        project.write("confirmed.csv", "msisdn\n+46701740611\n");
        let folder = project.path().join("tmp");
        std::fs::create_dir(&folder).unwrap();
        for words in [
            &["init", "new"] as &[&str],
            &["test", "sale", "--yes"],
            &["apply", "--yes"],
            &["feedback", "sale", "--csv", "confirmed.csv"],
            &["stop", "sale", "--yes"],
            &["explain", "acme.sale.000010000000000000"],
            &["schema", "campaign"],
            &["apply", "nowhere.json"],
            &["plan", "--campaign", "nobody"],
            &["apply"],
            &["emulate", "--listen", "0.0.0.0:0"],
        ] {
            let mut words = words.to_vec();
            words.extend(["-vv", "-o", format]);
            quiet(&project, &words);
        }
    }
}

#[test]
fn standard_input_leaves_nothing_behind() {
    let mut project = sandbox("ip1");
    let temporary = project.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    project.set("TMPDIR", temporary.to_str().unwrap());
    project.write(
        "campaigns/sale.yaml",
        campaign(BODY, "").replace("../recipients/people.csv", "\"-\""),
    );
    let ran = project.run_with(PEOPLE, &["apply", "--yes", "-vv"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    crate::privacy::assert_silent(&ran, &project);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
}

/// A list of people where another file is wanted, and JSON of another kind: told where it differs, never what it says.
#[test]
fn a_wrong_file_is_not_repeated() {
    let project = sandbox("ip1");
    let wrong = [
        ("people.csv", PEOPLE),
        ("people.json", r#"[{"msisdn":"+46701740611","first_name":"Zyxwanda"}]"#),
        (
            "plan.json",
            r#"{"format_version":"1.0","digest":46701740611,"summary":{"create":"Zyxwanda"}}"#,
        ),
        (
            "state.json",
            "{\"api\":\"ip1\",\"event\":{\"canceled\":{\"batch\":46701740611,\"at\":\"Zyxwanda\"}}}\n",
        ),
        ("line.json", r#"{"api":46701740611,"event":"Zyxwanda"}"#),
        ("text.yaml", "- Zyxwanda 46701740622\n"),
        (
            "faults.yaml",
            "- { match: 'GET /a', fault: delay, ms: \"Zyxwanda\", 46701740622: x }\n",
        ),
    ];
    for (name, text) in wrong {
        let file = format!("recipients/{name}");
        project.write(&file, text);
        for words in [
            &["show", &file] as &[&str],
            &["apply", &file],
            &["comment", "github", &file, "--repository", "o/r", "--number", "5"],
            &["emulate", "--faults", &file],
            &["emulate", "--state", &file],
        ] {
            for format in ["text", "json"] {
                let mut words = words.to_vec();
                words.extend(["-vv", "-o", format]);
                let ran = quiet(&project, &words);
                assert!(matches!(ran.code, Some(1 | 65)), "{ran:?}");
            }
        }
        let ran = project.run_with(text, &["segments", "--jsonl", "-vv"]);
        crate::privacy::assert_silent(&ran, &project);
        let left = std::fs::read_to_string(project.path().join(&file)).unwrap();
        assert_eq!(left, text, "a wrong file stays as it was");
    }
}

/// A number written where a file, a list or a small number is wanted; the line that is quoted tells it no more than the
/// message does.
#[test]
fn a_number_in_a_campaign_file_is_not_quoted() {
    for line in [
        "recipients: [\"+46 70-174 06 11\"]",
        "recipients: [46701740622]",
        "recipients: 46701740622",
        "recipients: [{ csv: ../recipients/people.csv, number: [46701740622] }]",
        "recipients: [{ csv: \"+46 70-174 06 11\" }]",
        "suppressions: [\"+46701740622\"]\nrecipients: [{ csv: ../recipients/people.csv }]",
        "priority: 46701740622",
        "vars: [46701740622]",
        "tags: { a: 46701740622 }",
        "feedback: \"46701740622\"",
    ] {
        let project = sandbox("ip1");
        let windows = "delivery:\n  windows:\n    - { opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }\n";
        project.write(
            "campaigns/sale.yaml",
            format!("sender: ACME\nbody: Hi. STOP\n{line}\n{windows}"),
        );
        for format in FORMATS {
            let ran = project.run(&["validate", "-vv", "-o", format]);
            assert_eq!(ran.code, Some(65), "{ran:?}");
            for canary in ["701740622", "70-174 06 11"] {
                let is_told = ran.stdout.contains(canary) || ran.stderr.contains(canary);
                assert!(!is_told, "{line}: {ran:?}");
            }
        }
    }
}

/// Commands that go on until they are told to end: a page is shown to whoever asks for it, a stream tells nothing.
#[test]
fn what_runs_on_tells_nothing() {
    for api in ["ip1", "sinch"] {
        let project = sandbox(api);
        quiet(&project, &["apply", "--yes"]);
        let ran = project.run_until_told(&["status", "--watch", "-vv"], |_| ());
        crate::privacy::assert_silent(&ran, &project);
        let ran = project.run_until_told(&["preview", "sale", "--serve", "-vv"], |line| {
            let address = line.split("http://").nth(1).unwrap();
            let (host, page) = address.split_once('/').unwrap();
            let ask = |path: &str| {
                let mut stream = std::net::TcpStream::connect(host).unwrap();
                write!(
                    stream,
                    "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
                )
                .unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                answer
            };
            let shown = ask(&format!("/{page}?to=46701740622"));
            assert!(shown.starts_with("HTTP/1.1 200"), "{shown}");
            for path in [
                format!("/{page}?to=46701740611&row=Zyxwanda"),
                "/46701740611".to_owned(),
                format!("/{page}Zyxwanda/46701740611"),
            ] {
                ask(&path);
            }
            // A fault in a file while the page is open.
            project.write("campaigns/sale.yaml", "recipients: [46701740622]\n");
            ask(&format!("/{page}?to=46701740622"));
            project.write("campaigns/sale.yaml", campaign(BODY, ""));
        });
        crate::privacy::assert_silent(&ran, &project);
    }
}

/// What a code host is told.
async fn code_host() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let told = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&told);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 256 << 10];
            let mut length = 0;
            while let Ok(read @ 1..) = stream.read(&mut request[length..]).await {
                length += read;
                let text = String::from_utf8_lossy(&request[..length]);
                let body = text
                    .to_ascii_lowercase()
                    .split_once("content-length: ")
                    .and_then(|(_, rest)| rest.lines().next()?.trim().parse::<usize>().ok());
                if text
                    .split_once("\r\n\r\n")
                    .is_some_and(|(_, sent)| sent.len() >= body.unwrap_or(0))
                {
                    break;
                }
            }
            log.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&request[..length]));
            // The client may hang up first.
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]")
                .await;
            let _ = stream.shutdown().await;
        }
    });
    (url, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_tells_nothing() {
    let (url, told) = code_host().await;
    let mut project = sandbox("ip1");
    project
        .set("GITHUB_TOKEN", "k4narie-t0ken-of-the-host")
        .set("GITLAB_TOKEN", "k4narie-t0ken-of-the-host");
    quiet(&project, &["plan", "--save", "plan.json"]);
    for words in [
        &[
            "comment",
            "github",
            "plan.json",
            "--repository",
            "o/r",
            "--number",
            "5",
            "--api-url",
            &url,
        ] as &[&str],
        &[
            "comment",
            "gitlab",
            "plan.json",
            "--project",
            "12",
            "--number",
            "5",
            "--api-url",
            &url,
        ],
    ] {
        let mut words = words.to_vec();
        words.push("-vv");
        let ran = quiet(&project, &words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let told = told.lock().unwrap().replace("k4narie-t0ken-of-the-host", "");
    assert!(told.contains("acme") && told.matches("POST ").count() == 2, "{told}");
    for canary in CANARIES {
        assert!(!told.contains(canary), "`{canary}` in a comment:\n{told}");
    }
}

/// Runs itself once more, to look at the streams of a process that panics while it works on a text.
#[test]
fn a_panic_tells_its_place_and_nothing_else() {
    const MARK: &str = "CAMPANILE_TEST_PANICS";
    if std::env::var_os(MARK).is_some() {
        campanile::cli::tell_places_only();
        let text = "åZyxwanda 46701740611".to_owned();
        // In the middle of a character: the library's message would quote the whole text.
        let _ = text.split_at(1).0.len();
        return;
    }
    for backtrace in ["0", "full"] {
        let ran = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "privacy_trouble::a_panic_tells_its_place_and_nothing_else",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(MARK, "1")
            .env("RUST_BACKTRACE", backtrace)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
        assert!(!ran.status.success() && said.contains("internal error at `"), "{said}");
        for canary in CANARIES {
            assert!(!said.contains(canary), "`{canary}` in a panic:\n{said}");
        }
        assert_eq!(said.contains("split_at"), backtrace == "full", "{said}");
    }
}

/// Nobody else's work: a project of this module has what its tests look for.
#[test]
fn the_canaries_are_in_the_project() {
    let project: TestProject = sandbox("ip1");
    let all: String = project
        .files()
        .into_iter()
        .map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    for canary in [
        "70-174 06 11",
        "701740622",
        "701740633",
        "701740644",
        "701740666",
        "Zyxwanda",
        "Qvortrup",
        "73911-PIN",
    ] {
        assert!(all.contains(canary) && CANARIES.contains(&canary), "{canary}");
    }
}
