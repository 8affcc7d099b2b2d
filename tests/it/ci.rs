//! What CI relies on: files that `init` writes where the hosts look, comments for plans that fail, hooks, and a working
//! tree that git can take as it is.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc;

use serde_json::{Value, json};

use crate::cli_world::{AT, BODY, Emulator, Project, Ran, WINDOW};

pub fn git(project: &Project, arguments: &str) -> String {
    let output = Command::new("git")
        .current_dir(project.root())
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn init_in_a_folder_of_a_repository_writes_the_ci_files_where_the_hosts_look() {
    let project = Project::empty();
    git(&project, "init --quiet --initial-branch=trunk");
    project.write("apps/sms/.gitignore", "node_modules\nplan.json");
    project
        .run("init --repository https://code.example/o/campanile --from-source apps/sms")
        .exits(0);
    let workflow = project.read(".github/workflows/campanile-apps-sms.yml");
    for text in [
        "campanile -C apps/sms plan --save plan.json",
        "branches: [trunk]",
        "paths: [\"apps/sms/**\", \".github/workflows/campanile-apps-sms.yml\"]",
        "apps/sms/.campanile/journal.jsonl",
        "CAMPANILE_REPOSITORY: \"https://code.example/o/campanile\"",
        "--base .campanile-base/apps/sms",
    ] {
        assert!(workflow.contains(text), "`{text}` in\n{workflow}");
    }
    assert_eq!(
        project.read(".gitlab-ci.yml"),
        "include: [{ local: apps/sms/.gitlab-ci.yml }]\n"
    );
    assert!(
        project
            .read("apps/sms/.gitlab-ci.yml")
            .contains("campanile -C apps/sms apply --yes")
    );
    let ignored = project.read("apps/sms/.gitignore");
    assert!(
        ignored.starts_with("node_modules\nplan.json\n") && ignored.contains("\n.campanile/\n"),
        "{ignored}"
    );
    assert_eq!(ignored.matches("plan.json").count(), 1);
}

#[test]
fn init_asks_for_an_address_that_it_does_not_know_and_writes_the_files_anew() {
    let project = Project::empty();
    project.run("init shop").exits(0).says("--repository URL");
    assert!(
        project
            .read("shop/.github/workflows/campanile.yml")
            .contains("CAMPANILE_REPOSITORY: \"\"")
    );
    for address in [
        "http://code.example/o/c",
        "https://code.example/o/c\";id",
        "code.example",
    ] {
        project
            .run(&format!("init --repository {address} other"))
            .exits(64)
            .says("https://HOST/OWNER");
    }
    project
        .run("-C shop init --workflows --release v1.2.3 --repository https://code.example/o/campanile.git .")
        .exits(0);
    let workflow = project.read("shop/.github/workflows/campanile.yml");
    assert!(
        workflow.contains("CAMPANILE_VERSION: \"1.2.3\"") && workflow.contains("\"https://code.example/o/campanile\""),
        "{workflow}"
    );
    project.run("init --workflows nowhere").exits(1).says("no project yet");
}

/// Answers requests, and tells each: its first line, its head and its body.
struct Server {
    url: String,
    told: mpsc::Receiver<(String, String, String)>,
}

impl Server {
    fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let (line, head, body) = request(&mut stream);
                let (status, text) = answer(&line);
                let length = text.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}"
                );
                if tell.send((line, head, body)).is_err() {
                    return;
                }
            }
        });
        Self { url, told }
    }

    fn all(&self) -> Vec<(String, String, String)> {
        self.told.try_iter().collect()
    }
}

fn request(stream: &mut TcpStream) -> (String, String, String) {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    let line = head.lines().next().unwrap_or_default().replace(" HTTP/1.1", "");
    (line, head, String::from_utf8(body).unwrap())
}

#[test]
fn a_plan_that_fails_is_told_where_the_plan_was_on_both_hosts() {
    let project = Project::on_sandbox();
    for (host, token) in [
        (
            "comment github plan.json --repository o/r --number 5 --api-url",
            "GITHUB_TOKEN",
        ),
        (
            "comment gitlab plan.json --project 12 --number 5 --api-url",
            "GITLAB_TOKEN",
        ),
    ] {
        project.campaign("hello", BODY, WINDOW);
        project.run("plan --save plan.json").exits(0);
        let plan = json!([{ "id": 7, "author": { "id": 3 }, "body": "<!-- campanile acme 2030-01-01T00:00:00Z -->\n\n### the last plan" }]);
        let server = Server::start(move |line| match line {
            line if line.ends_with("/user") => (200, "{\"id\":3}".into()),
            line if line.starts_with("GET") => (200, plan.to_string()),
            _ => (200, "{\"id\":7}".into()),
        });
        project.write("campaigns/hello.yaml", "sender: [");
        project.run("plan --save plan.json").exits(65);
        project.run("show plan.json").exits(65).says("holds no plan");
        project.run("apply plan.json").exits(65).says("holds no plan");
        let mut command = project.command(AT, &format!("{host} {}", server.url));
        command.env(token, "secret-of-ci");
        Ran::of(command.output().unwrap()).exits(0).says("updated");
        let (_, _, body) = server.all().pop().unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        let body = body["body"].as_str().unwrap();
        assert!(body.starts_with("<!-- campanile acme "), "{body}");
        let (reason, outdated) = body.split_once("<details>").unwrap();
        assert!(
            reason.contains("there is no plan") && reason.contains("hello"),
            "{reason}"
        );
        assert!(
            outdated.contains("Outdated: the plan of 2030-01-01T00:00:00Z"),
            "{outdated}"
        );
        assert!(outdated.contains("### the last plan"), "{outdated}");
    }
}

#[test]
fn a_plan_tells_what_the_files_change_against_others() {
    let project = Project::on_sandbox();
    let base = Project::empty();
    let compared = |project: &Project| {
        let words = format!("plan --offline -o json --base {}", base.root().display());
        project.run(&words).exits(0).json()["change"].clone()
    };
    let first = compared(&project);
    assert_eq!(first["before"]["messages"], 0);
    assert_eq!(
        (&first["after"]["messages"], &first["after"]["people"]),
        (&json!(3), &json!(3))
    );
    for file in ["campanile.yaml", "people.csv", "campaigns/hello.yaml"] {
        base.write(file, project.read(file));
    }
    project.campaign("again", BODY, "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }");
    let second = compared(&project);
    assert_eq!(second["before"], first["after"]);
    assert_eq!(
        (&second["after"]["messages"], &second["after"]["people"]),
        (&json!(6), &json!(3))
    );
    assert_eq!(second["after"]["estimate"][0]["amount"], "2.094");
    base.write("campaigns/hello.yaml", "sender: [");
    assert_eq!(compared(&project), Value::Null);
}

#[test]
fn hooks_are_told_when_the_set_of_what_waits_changes_and_never_change_an_exit_code() {
    let project = Project::on_sandbox();
    let server = Server::start(|_| (200, "ok".into()));
    project.edit(
        "campanile.yaml",
        "providers:",
        "notify:\n  - { url_env: HOOK, secret_env: HOOK_KEY, on: [applied, failed, held] }\n  - { url_env: CHAT, on: [failed], format: slack }\nproviders:",
    );
    let apply = |url: &str| {
        let mut command = project.command(AT, "apply --yes");
        command.env("HOOK", url).env("HOOK_KEY", "key").env("CHAT", url);
        Ran::of(command.output().unwrap())
    };
    apply(&server.url).exits(0);
    let told = server.all();
    assert_eq!(told.len(), 1, "{told:?}");
    let (line, head, body) = &told[0];
    assert_eq!(line, "POST /");
    assert!(head.to_lowercase().contains("x-campanile-signature: sha256="), "{head}");
    let document: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&document["event"], &document["counts"]["operations"]),
        (&json!("applied"), &json!(1))
    );
    assert!(!body.contains("6701"), "{body}");

    apply(&server.url).exits(0);
    assert!(server.all().is_empty(), "nothing happened, nothing is told");

    project.write("campaigns/hello.yaml", "sender: [");
    let broken = Server::start(|_| (500, String::new()));
    apply(&broken.url).exits(65).says("the hook answered 500");
    apply(&server.url).exits(65);
    let events: Vec<String> = server.all().into_iter().map(|(_, _, body)| body).collect();
    assert_eq!(events.len(), 2, "told again by the next run, to both: {events:?}");
    assert!(
        events
            .iter()
            .any(|body| body.starts_with("{\"text\":\"Campanile acme: an apply did not end well"))
    );
    apply(&server.url).exits(65);
    assert!(server.all().is_empty(), "the same failure is told once");
    apply("http://example.com/hook").exits(65);
    project.campaign("hello", BODY, WINDOW);
    apply(&server.url).exits(0);
    apply("").exits(0);
}

#[test]
fn a_hook_hears_of_what_is_held_when_the_set_changes_and_not_with_each_run() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.campaign(
        "later",
        "Later. Reply STOP",
        "{ opens: 2030-01-07T16:00, closes: 2030-01-07T18:00 }",
    );
    project.edit(
        "campanile.yaml",
        "providers:",
        "notify: [{ url_env: HOOK, secret_env: HOOK_KEY, on: [held] }]\nproviders:",
    );
    let server = Server::start(|_| (200, "ok".into()));
    let told = |arguments: &str| -> Vec<Value> {
        let mut command = project.command(AT, arguments);
        command.env("HOOK", &server.url).env("HOOK_KEY", "key");
        let ran = Ran::of(command.output().unwrap());
        assert!([0, 3].contains(&ran.code), "{ran:?}");
        let all = server.all().into_iter();
        all.map(|(_, _, body)| serde_json::from_str::<Value>(&body).unwrap()["counts"]["batches"].clone())
            .collect()
    };
    let nothing: [Value; 0] = [];
    assert_eq!(told("apply --yes"), nothing, "nothing is held");
    let (_, batches) = emulator.call("GET", "/v2/batches?start=0&limit=10&order=ASC", None);
    let id_of = |name: &str| {
        let mut all = batches.as_array().unwrap().iter();
        let found = all.find(|batch| batch["reference"].as_str().unwrap().contains(name));
        found.unwrap()["id"].clone()
    };
    emulator.cancel_by_hand(&id_of("hello"));
    assert_eq!(told("apply --yes"), [1]);
    for _ in 0..3 {
        assert_eq!(told("apply --yes"), nothing, "the same is held as before");
    }
    emulator.cancel_by_hand(&id_of("later"));
    assert_eq!(told("apply --yes"), [2]);
    assert_eq!(told("apply --yes"), nothing);
    assert_eq!(told("apply --yes --allow resume=hello"), [1], "fewer are held");
    assert_eq!(told("apply --yes"), nothing);
    // One goes and another comes: as many as before, and not the same.
    let (_, batches) = emulator.call("GET", "/v2/batches?start=0&limit=10&order=ASC", None);
    let resumed = batches
        .as_array()
        .unwrap()
        .iter()
        .find(|batch| batch["status"] == 101)
        .unwrap();
    emulator.cancel_by_hand(&resumed["id"]);
    assert_eq!(told("apply --yes --allow resume=later"), [1]);
    assert_eq!(
        told("apply --yes --allow resume=hello"),
        nothing,
        "what ended is remembered, and not sent"
    );
}
