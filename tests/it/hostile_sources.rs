//! Servers of sources that do what they like: endless rows, huge cells, silence, another protocol, words that would move a
//! terminal's cursor. Each costs its campaign, within bounds of rows, bytes and time; no secret and no cell is told.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fake_postgres::{self, Habit, data};
use crate::test_project::TestProject;
use crate::web_source::{Answer, WebSource};

/// A campaign whose people this server gives.
fn project(kind: &str, key: &str, url: &str) -> TestProject {
    let mut project = TestProject::new();
    project.set("SOURCE_URL", url).set("SOURCE_TOKEN", "t0k3n");
    project
        .write(
            "campanile.yaml",
            format!(
                "namespace: acme\ntimezone: Europe/Stockholm\nproviders: {{ sandbox: {{ kind: sandbox }} }}\n\
                 sources: {{ far: {{ kind: {kind}, max_rows: 1000 }} }}\n"
            ),
        )
        .write(
            "campaigns/spring.yaml",
            format!(
                "sender: ACME\nbody: \"Hello. STOP: reply STOP\"\nrecipients: [{{ source: far, {key} }}]\n\
                 delivery: {{ windows: [{{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}] }}\n"
            ),
        );
    project
}

fn postgres(habit: Habit) -> TestProject {
    let url = fake_postgres::start(habit);
    project(
        "postgres, url_env: SOURCE_URL, statement_timeout: 1s",
        "table: people",
        &url,
    )
}

fn web(answer: Answer) -> TestProject {
    let web = WebSource::start();
    web.answer("people.csv", answer);
    let url = format!("{}people.csv?X-Signature=s3cretpw", web.url);
    project(
        "https, url_env: SOURCE_URL, token_env: SOURCE_TOKEN, timeout: 1s",
        "format: csv",
        &url,
    )
}

/// The campaign is held for this reason, soon; nothing that a server said acts at a terminal, and nothing secret is told.
fn held(project: &TestProject, why: &str) {
    let began = Instant::now();
    let ran = project.run(&["plan", "-vv", "-o", "json"]);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{why}: {took:?}");
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(plan["held"][0]["reason"], "source_unreadable", "{why}: {ran:?}");
    let message = plan["held"][0]["message"].as_str().unwrap();
    assert!(message.contains(why), "{why}: {message}");
    assert!(message.chars().count() < 600, "{message}");
    let as_text = project.run(&["plan", "-vv"]);
    let sources = project.run(&["sources", "-vv"]);
    assert_eq!(sources.code, Some(1), "{sources:?}");
    for told in [&ran, &as_text, &sources] {
        let all = format!("{}{}", told.stdout, told.stderr);
        for secret in ["s3cretpw", "t0k3n", "46701740601", "Zyxwanda", "\u{1b}", "\u{7}"] {
            assert!(!all.contains(secret), "{secret:?} in {all}");
        }
        assert!(!all.contains("panicked"), "{all}");
    }
}

#[test]
fn a_database_that_does_what_it_likes_costs_its_campaign_and_no_more() {
    let endless: fake_postgres::Rows = Arc::new(|out| {
        data(out, b"msisdn,name\n")?;
        loop {
            data(out, &b"46701740601,Zyxwanda\n".repeat(1000))?;
        }
    });
    held(&postgres(Habit::Rows(endless)), "more rows than `max_rows`");
    let huge: fake_postgres::Rows = Arc::new(|out| {
        data(out, b"msisdn,name\n46701740601,\"")?;
        loop {
            data(out, &b"Zyxwanda".repeat(1 << 16))?;
        }
    });
    held(&postgres(Habit::Rows(huge)), "a row of more than a megabyte");
    held(
        &postgres(Habit::AnnouncesMuch),
        "announces a message of 2147483643 bytes",
    );
    held(&postgres(Habit::Greets(b"R\x7f\xff\xff\xff")), "announces a message of");
    held(&postgres(Habit::Talks), "bytes besides the rows");
    held(&postgres(Habit::IsSilent), "no answer from the server");
    held(&postgres(Habit::NeverAnswers), "no end after");
    held(
        &postgres(Habit::Greets(b"HTTP/1.1 400 Bad Request\r\nZyxwanda: s3cretpw\r\n\r\n")),
        "cannot be read",
    );
    held(&postgres(Habit::Greets(b"")), "cannot be read");
    held(&postgres(Habit::RepeatsThePassword), "SQLSTATE 28P01");
    let words = "no such table \u{1b}[2J\u{7} people";
    held(&postgres(Habit::Refuses("42P01", words)), "no such table");
    held(
        &postgres(Habit::Refuses("22P02", "invalid input: \"46701740601\"")),
        "SQLSTATE 22P02",
    );
}

#[test]
fn the_same_bounds_hold_in_tls() {
    let of = |habit| {
        let kind = "postgres, url_env: SOURCE_URL, statement_timeout: 1s, ca_file: own.pem";
        let project = project(kind, "table: people", &fake_postgres::start_tls(habit));
        let pem = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/own.pem")).unwrap();
        project.write("own.pem", pem);
        project
    };
    held(&of(Habit::AnnouncesMuch), "announces a message of 2147483643 bytes");
    held(&of(Habit::Talks), "bytes besides the rows");
    let rows: fake_postgres::Rows = Arc::new(|out| data(out, b"msisdn\n46701740601\n"));
    let ran = of(Habit::Rows(rows)).run(&["plan", "-o", "json"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(plan["summary"]["recipients"], 1, "{ran:?}");
}

#[test]
fn rows_of_a_well_behaved_one_are_read() {
    let rows: fake_postgres::Rows = Arc::new(|out| data(out, b"msisdn,name\n46701740601,Ann\n46701740602,Bo\n"));
    let project = postgres(Habit::Rows(rows));
    let ran = project.run(&["plan", "-o", "json"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(plan["summary"]["recipients"], 2, "{ran:?}");
}

fn begun(out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\n\r\nmsisdn,name\n46701740601,Zyxwanda\n")
}

#[test]
fn a_web_server_that_does_what_it_likes_costs_its_campaign_and_no_more() {
    let endless: Answer = Arc::new(|out| {
        begun(out)?;
        loop {
            out.write_all(&b"46701740601,Zyxwanda\n".repeat(100_000))?;
        }
    });
    held(&web(endless), "no end in time");
    let many: Answer = Arc::new(|out| {
        begun(out)?;
        out.write_all(&b"46701740601,Zyxwanda\n".repeat(2000))
    });
    held(&web(many), "more rows than `max_rows`");
    let huge: Answer = Arc::new(|out| {
        begun(out)?;
        out.write_all(b"46701740601,\"")?;
        out.write_all(&b"Zyxwanda".repeat(1 << 18))
    });
    held(&web(huge), "a row of more than a megabyte");
    let slow: Answer = Arc::new(|out| {
        begun(out)?;
        loop {
            out.write_all(b"4")?;
            std::thread::park_timeout(Duration::from_millis(50));
        }
    });
    held(&web(slow), "no end in time");
    let cut: Answer = Arc::new(|out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nmsisdn,name\n46701740601,Zyxwanda\n")
    });
    held(&web(cut), "cannot be read");
    let colored: Answer =
        Arc::new(|out| out.write_all(b"HTTP/1.1 200 OK\r\nETag: \"\x1b[2J\"\r\n\r\nmsisdn\n46701740601\n"));
    held(&web(colored), "cannot be read");
    let other: Answer = Arc::new(|out| out.write_all(b"SSH-2.0-\x1b[2J s3cretpw\r\n"));
    held(&web(other), "cannot be read");
    let elsewhere: Answer = Arc::new(|out| {
        out.write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/?t0k3n\r\nContent-Length: 0\r\n\r\n")
    });
    held(&web(elsewhere), "status 302");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"msisdn\n").unwrap();
    packed.write_all(&vec![b'\n'; 200 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let bomb: Answer = Arc::new(move |out| {
        write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", packed.len())?;
        out.write_all(&packed)
    });
    held(&web(bomb), "more rows than `max_rows`");
}

#[test]
fn a_private_authority_is_trusted_where_its_file_is_named_and_nowhere_else() {
    let web = WebSource::start_tls();
    web.put("people.csv", "msisdn\n46701740601\n");
    let pem = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/own.pem")).unwrap();
    let of = |more: &str| {
        let kind = format!("https, base_url: \"{}\", token_env: SOURCE_TOKEN{more}", web.url);
        let project = project(&kind, "path: people.csv", "");
        project.write("own.pem", &pem).write("none.pem", "nothing\n");
        project
    };
    held(&of(""), "far/people.csv");
    held(&of(", ca_file: none.pem"), "does not hold certificates");
    assert_eq!(web.times("people.csv"), 0, "no request, and so no token");
    let ran = of(", ca_file: own.pem").run(&["plan", "-o", "json"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(plan["summary"]["recipients"], 1, "{ran:?}");
}
