//! The commands that neither plan nor apply.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc;

use serde_json::{Value, json};

use crate::cli_world::{AT, BODY, Emulator, Project, Ran, WINDOW};

#[test]
fn init_makes_a_project_that_plans_and_applies_at_once() {
    let project = Project::empty();
    project.run("init shop").exits(0).says("cd shop && campanile plan");
    for file in [
        "campanile.yaml",
        "campaigns/welcome.yaml",
        ".github/workflows/campanile.yml",
        ".gitlab-ci.yml",
        ".gitignore",
        ".campanile-schema/campaign.json",
    ] {
        assert!(project.path("shop").join(file).exists(), "{file}");
    }
    project.run("-C shop validate --strict").exits(0);
    project.run("-C shop plan --strict").exits(0);
    project.run("-C shop apply --yes").exits(0);
    project.run("-C shop plan --detailed-exitcode").exits(0);
    project.run("init shop").exits(1).says("is a project already");
    project.run("init --namespace ACME other").exits(64);
}

#[test]
fn validate_tells_every_fault_of_every_file_at_once() {
    let project = Project::on_sandbox();
    project.write("campaigns/a.yaml", "sender: A\nbody: x\n");
    project.write("campaigns/b.yaml", "bodey: x\n");
    project.write("campaigns/c.yaml", "[");
    let document = project.run("validate -o json").exits(65).json();
    let files: std::collections::BTreeSet<&str> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["file"].as_str().unwrap())
        .collect();
    assert_eq!(
        files.into_iter().collect::<Vec<_>>(),
        ["campaigns/a.yaml", "campaigns/b.yaml", "campaigns/c.yaml"]
    );
    project.run("plan").exits(65);
    project.run("apply --yes").exits(65);
}

#[test]
fn preview_shows_single_messages_and_what_forces_the_expensive_encoding() {
    let project = Project::on_sandbox();
    project.write("people.csv", "msisdn,first_name\n+46701000001,Ada’s\n+46701000002,Bo\n");
    project
        .run("preview hello --row 2")
        .exits(0)
        .says("Hi Ada’s! Stop: acme.example")
        .says("U+2019");
    let bo = project.run("preview hello --to 070-1000002").exits(0).says("Hi Bo!");
    assert!(!bo.out.contains("Ada"));
    project.run("preview hello --row 99").exits(64);
    project.run("preview hello --limit 1").exits(0).says("1 of 2 people");
    project.run("preview helo").exits(64).says("did you mean `hello`?");
}

#[test]
fn segments_counts_texts_and_streams() {
    let project = Project::empty();
    project.run("segments Hello").exits(0).says("GSM-7");
    let mut child = project
        .command(AT, "segments --jsonl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = "a".repeat(161);
    writeln!(child.stdin.take().unwrap(), "{}\n{}", json!(text), json!("漢")).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap()).exits(0);
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            json!({ "encoding": "gsm7", "units": 161, "segments": 2, "units_per_segment": [153, 8] }),
            json!({ "encoding": "ucs2", "units": 1, "segments": 1, "units_per_segment": [1] }),
        ]
    );
}

#[test]
fn explain_decodes_references_and_knows_every_code_it_lists() {
    let project = Project::on_sandbox();
    let plan = project.plan();
    let reference = plan["operations"][0]["reference"].as_str().unwrap();
    project
        .run(&format!("explain {reference}"))
        .exits(0)
        .says("hello")
        .says("acme");
    let list = project.run("explain all").exits(0).out;
    let codes: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).collect();
    assert!(codes.len() > 20);
    for line in codes {
        let code = line.split(' ').next().unwrap();
        assert!(code.len() >= 4, "{line}");
    }
    let first = list.split(' ').next().unwrap();
    project.run(&format!("explain {}", first.to_lowercase())).exits(0);
    project.run("explain Z999").exits(64);
}

#[test]
fn explain_knows_every_word_of_a_plan_and_every_rule() {
    let project = Project::on_sandbox();
    let all = project.run("explain all -o json").exits(0).json();
    let words = all["words"].as_array().unwrap();
    assert!(words.len() > 60, "{}", words.len());
    for known in words {
        let (word, kind) = (known["word"].as_str().unwrap(), known["kind"].as_str().unwrap());
        let page = project.run(&format!("explain {word} -o json")).exits(0).json();
        let kinds: Vec<&str> = (page["meanings"].as_array().unwrap().iter())
            .map(|meaning| meaning["kind"].as_str().unwrap())
            .collect();
        assert!(kinds.contains(&kind), "{word}: {kinds:?}");
    }
    // As a plan prints it: with spaces, quoted or not.
    project
        .run("explain canceled at provider")
        .exits(0)
        .says("--allow resume=REF");
    project.run("explain window-passed").exits(0).says("needs a person: no");
    project
        .run("explain repartitined")
        .exits(64)
        .says("did you mean `repartitioned`?");
}

#[test]
fn show_prints_a_saved_plan_in_every_format() {
    let project = Project::on_sandbox();
    let planned = project.run("plan --save plan.json -o markdown").exits(0).out;
    assert_eq!(project.run("show plan.json -o markdown").exits(0).out, planned);
    assert_eq!(
        project.run("show plan.json -o json").exits(0).out,
        project.read("plan.json")
    );
    project.run("show plan.json -o html").exits(0).says("<!doctype html>");
    project.run("show plan.json").exits(0).says("create hello");
}

#[test]
fn calendar_tells_what_comes_in_every_format() {
    let project = Project::on_sandbox();
    project.run("calendar --days 3").exits(0).says("hello: 3 people");
    project
        .run("calendar --ics")
        .exits(0)
        .says("BEGIN:VEVENT")
        .says("END:VCALENDAR");
    project.run("calendar --days 0").exits(64);
}

#[test]
fn status_follows_a_batch_to_its_end() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.run("status").exits(0).says("hold nothing of ours");
    project.converges();
    let state = |at: &str| {
        let status = project.run_at(at, "status -o json").exits(0).json();
        (
            status["batches"][0]["state"].clone(),
            status["batches"][0]["messages"].clone(),
        )
    };
    assert_eq!(state(AT).0, "planned");
    emulator.clock("2030-01-07T20:00:00Z");
    let (state, messages) = state("2030-01-07T20:00:00Z");
    assert_eq!(state, "sent");
    assert_eq!(
        messages,
        json!({ "pending": 0, "delivered": 3, "failed": 0, "canceled": 0 })
    );
    project
        .run("status --campaign other")
        .exits(0)
        .says("hold nothing of ours");
}

#[test]
fn status_is_a_line_a_campaign_and_a_replaced_batch_is_no_canceled_one() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    project.edit("campaigns/hello.yaml", "Hi", "Hello");
    project.converges();
    let status = project.run("status -o json").exits(0).json();
    let batches = status["batches"].as_array().unwrap();
    let by_state = |state: &str| batches.iter().find(|batch| batch["state"] == state).unwrap();
    assert_eq!(by_state("canceled")["replaced_by"], by_state("planned")["batch_id"]);
    assert_eq!(by_state("planned")["replaced_by"], json!(null));
    let hello = &status["campaigns"][0];
    assert_eq!(
        (&hello["campaign"], &hello["batches"], &hello["replaced"]),
        (&json!("hello"), &json!(1), &json!(1))
    );
    assert_eq!(
        hello["occurrences"],
        json!({ "planned": 1, "ongoing": 0, "sent": 0, "canceled": 0 })
    );
    assert_eq!(status["timezone"], "Europe/Stockholm");
    let text = project.run("status").exits(0).out;
    assert!(text.contains("planned") && !text.contains("canceled"), "{text}");
    assert!(text.contains("2030-01-07 14:00"), "in the project's zone: {text}");
    assert!(
        text.contains("times are Europe/Stockholm; 1 replaced batch not shown: see `--batches`"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    project.run("status --batches").exits(0).says("replaced");
    // What a person stops does look canceled.
    project.run("stop hello --yes").exits(0);
    project.run("status").exits(0).says("canceled");
}

#[test]
fn status_asks_nothing_about_batches_whose_results_are_known() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    let later = "2030-01-07T20:00:00Z";
    emulator.clock(later);
    let asked = || {
        let requests = emulator.log();
        requests
            .iter()
            .filter(|request| request.starts_with("GET /v2/batches/"))
            .count()
    };
    let before = asked();
    let read = project.run_at(later, "status -o json").exits(0).json();
    assert_eq!(asked(), before + 1);
    project.run_at(later, "results").exits(0);
    let before = asked();
    let known = project.run_at(later, "status -o json").exits(0).json();
    assert_eq!(asked(), before);
    assert_eq!(known["batches"], read["batches"]);
}

#[test]
fn feedback_reports_confirmed_deliveries_and_refuses_an_empty_list() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    project.edit("campaigns/hello.yaml", "sender:", "feedback: true\nsender:");
    project.converges();
    emulator.clock("2030-01-07T20:00:00Z");
    project.write("confirmed.csv", "msisdn\n+46701000001\n+46709999999\n");
    project
        .run_at("2030-01-07T20:00:00Z", "feedback hello --csv confirmed.csv -o json")
        .exits(0)
        .says("\"reported\": 1");
    project.write("confirmed.csv", "msisdn\n");
    project
        .run("feedback hello --csv confirmed.csv")
        .exits(65)
        .says("everybody");
    let sandbox = Project::on_sandbox();
    sandbox.write("confirmed.csv", "msisdn\n+46701000001\n");
    sandbox
        .run("feedback hello --csv confirmed.csv")
        .exits(64)
        .says("only Sinch");
}

#[test]
fn completions_exist_for_the_usual_shells() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let mut command = crate::cli_world::command(project.root());
        Ran::of(command.args(["completions", shell]).output().unwrap())
            .exits(0)
            .says("campanile");
    }
    let mut command = crate::cli_world::command(project.root());
    Ran::of(command.args(["man", "pages"]).output().unwrap()).exits(0);
    assert!(project.path("pages/campanile.1").exists());
}

#[test]
fn recipients_may_come_from_standard_input() {
    let project = Project::on_sandbox();
    project.edit("campaigns/hello.yaml", "../people.csv", "'-'");
    let mut child = project
        .command(AT, "plan -o json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"msisdn,first_name\n+46701000001,Ada\n")
        .unwrap();
    let plan = Ran::of(child.wait_with_output().unwrap()).exits(0).json();
    assert_eq!(plan["summary"]["recipients"], 1);
}

#[test]
fn faults_may_come_from_a_file_and_wrong_ones_are_refused() {
    let project = Project::empty();
    project.write(
        "faults.yaml",
        "- { match: 'GET /v2/batches', fault: status, status: 503, times: 0 }\n",
    );
    project.write("wrong.yaml", "- { match: 'GET /v2/batches', fault: explode }\n");
    let emulator = Emulator::start_with(&["--faults", project.path("faults.yaml").to_str().unwrap()]);
    assert_eq!(emulator.call("GET", "/v2/batches", None).0, 503);
    let mut command = crate::cli_world::command(project.root());
    Ran::of(command.args(["emulate", "--faults", "wrong.yaml"]).output().unwrap()).exits(65);
    let mut command = crate::cli_world::command(project.root());
    Ran::of(command.args(["emulate", "--listen", "0.0.0.0:0"]).output().unwrap())
        .exits(64)
        .says("loopback");
}

/// One comment thread as both hosts serve it: answers `requests` requests, tells each.
fn host(requests: usize, existing: Value) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let (line, body) = read_request(&mut stream);
            let answer = if line.starts_with("GET") {
                existing.to_string()
            } else {
                "{\"id\":7}".into()
            };
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .unwrap();
            tell.send((line, body)).unwrap();
        }
    });
    (url, told)
}

fn read_request(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap().to_lowercase();
    assert!(head.contains("secret-of-ci"), "the token travels in a header");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    let line = head.lines().next().unwrap().replace(" http/1.1", "");
    let (method, path) = line.split_once(' ').unwrap();
    (
        format!("{} {path}", method.to_uppercase()),
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

fn comment(project: &Project, arguments: &str, token: &str) -> Ran {
    let mut command = project.command(AT, arguments);
    Ran::of(command.env(token, "secret-of-ci").output().unwrap())
}

#[test]
fn a_comment_is_posted_once_then_updated_and_never_by_an_older_run() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    let github = |url: &str| format!("comment github plan.json --repository o/r --number 5 --api-url {url}");
    let gitlab = |url: &str| format!("comment gitlab plan.json --project 12 --number 5 --api-url {url}");
    for (arguments, token, list, item) in [
        (
            &github as &dyn Fn(&str) -> String,
            "GITHUB_TOKEN",
            "/repos/o/r/issues/5/comments",
            "PATCH /repos/o/r/issues/comments/7",
        ),
        (
            &gitlab,
            "GITLAB_TOKEN",
            "/projects/12/merge_requests/5/notes",
            "PUT /projects/12/merge_requests/5/notes/7",
        ),
    ] {
        let (url, told) = host(2, json!([{ "id": 3, "body": "a person speaks" }]));
        comment(&project, &arguments(&url), token).exits(0).says("posted");
        assert!(told.recv().unwrap().0.starts_with(&format!("GET {list}?")));
        let (line, posted) = told.recv().unwrap();
        assert_eq!(line, format!("POST {list}"));
        let body = posted["body"].as_str().unwrap().to_owned();
        assert!(body.starts_with("<!-- campanile acme "));
        assert!(body.contains("hello") && !body.contains("701000"));

        let (url, told) = host(2, json!([{ "id": 7, "body": body }]));
        comment(&project, &arguments(&url), token).exits(0).says("updated");
        told.recv().unwrap();
        assert_eq!(told.recv().unwrap().0, item);

        let marked = |instant: &str| format!("<!-- campanile acme {instant} -->\nx");
        let newer = json!([{ "id": 7, "body": marked("2030-01-07T08:03:00Z") }]);
        let (url, told) = host(1, newer);
        comment(&project, &arguments(&url), token).exits(0).says("left alone");
        told.recv().unwrap();

        // Nobody has planned in the future yet.
        let (url, told) = host(2, json!([{ "id": 7, "body": marked("2999-01-01T00:00:00Z") }]));
        comment(&project, &arguments(&url), token).exits(0).says("updated");
        told.recv().unwrap();
        assert_eq!(told.recv().unwrap().0, item);
    }
    // Our mark under a stranger's name is a stranger's comment: ours is another.
    let mark = "<!-- campanile acme 2030-01-07T08:03:00Z -->\nnothing would be sent";
    for (arguments, token, requests, strange) in [
        (
            &github as &dyn Fn(&str) -> String,
            "GITHUB_TOKEN",
            2,
            json!([{ "id": 7, "body": mark, "author_association": "NONE", "user": { "type": "User" } }]),
        ),
        (
            &gitlab,
            "GITLAB_TOKEN",
            3,
            json!([{ "id": 7, "body": mark, "author": { "id": 66 } }]),
        ),
    ] {
        let (url, told) = host(requests, strange);
        comment(&project, &arguments(&url), token).exits(0).says("posted");
        assert!(told.iter().last().unwrap().0.starts_with("POST "));
    }
    // A host that is not there never turns a build red.
    let failed = comment(&project, &github("http://127.0.0.1:1"), "GITHUB_TOKEN").exits(0);
    assert!(failed.err.contains("warning"));
    assert!(!failed.err.contains("secret-of-ci"));
    let refused = comment(&project, &github("http://example.com"), "GITHUB_TOKEN").exits(0);
    refused.says("only over https");
}

#[test]
fn vendor_terms_that_cannot_be_kept_are_refused_offline() {
    let project = Project::with("{ p: { kind: sandbox, emulates: sinch } }");
    project.people(3);
    project.campaign("hello", BODY, "{ opens: 2030-01-07T14:00, closes: 2030-01-12T18:00 }");
    project.run("plan --offline").exits(65).says("`p` takes at most 3d");
    project.run("plan -o json").exits(65).json();
    project.run("apply --yes -o json").exits(65).json();
    project.campaign("hello", BODY, WINDOW);
    project.edit("campaigns/hello.yaml", "sender:", "priority: 2\nsender:");
    project.run("plan --offline").exits(65);
}
