//! A project in a folder of its own, the real program, and a real `campanile emulate` in another process.
//!
//! Nothing of the machine's environment gets in: no variables, an odd time zone, a home that is not there.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The instant of every story: a Monday morning.
pub const AT: &str = "2030-01-07T08:00:00Z";

/// Where the program is.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_campanile"))
}

/// The program with nothing of this machine but its own folder.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(folder)
        .env_clear()
        .env("TZ", "Pacific/Chatham")
        .env("HOME", folder.join("no-home"))
        .env("IP1_API_KEY", "key-of-ip1")
        .env("SINCH_API_TOKEN", "token-of-sinch")
        .stdin(Stdio::null());
    command
}

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("not killed by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The only document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not one document: {error}\n{self:#?}"))
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "`{text}` is missing:\n{}\n{}",
            self.out,
            self.err
        );
        self
    }
}

/// A project in a temporary folder.
pub struct Project {
    folder: TempDir,
}

/// The text of most campaigns here.
pub const BODY: &str = "Hi {{ first_name }}! Stop: acme.example/no";
/// One window on the day of `AT`.
pub const WINDOW: &str = "{ opens: 2030-01-07T14:00, closes: 2030-01-07T18:00 }";

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// Namespace `acme` with these providers (one line of YAML) and no campaign.
    pub fn with(providers: &str) -> Self {
        let project = Self::empty();
        project.write(
            "campanile.yaml",
            &format!(
                "namespace: acme\ntimezone: Europe/Stockholm\ndefault_country: SE\nproviders: {providers}\nprices:\n  \
                 - {{ provider: p, currency: SEK, country: SE, per_segment: \"0.349\" }}\n"
            ),
        );
        project
    }

    /// On the embedded sandbox, with the campaign `hello` to three people.
    pub fn on_sandbox() -> Self {
        let project = Self::with("{ p: { kind: sandbox } }");
        project.people(3);
        project.campaign("hello", BODY, WINDOW);
        project
    }

    /// On iP.1 as `emulator` serves it, with the campaign `hello` to three people.
    pub fn on_ip1(emulator: &Emulator) -> Self {
        let project = Self::with(&ip1(emulator, ""));
        project.people(3);
        project.campaign("hello", BODY, WINDOW);
        project
    }

    /// On Sinch as `emulator` serves it, with the campaign `hello` to three people.
    pub fn on_sinch(emulator: &Emulator) -> Self {
        let project = Self::with(&format!(
            "{{ p: {{ kind: sinch, base_url: \"{}\", service_plan_id: plan, token_env: SINCH_API_TOKEN, \
             requests_per_second: 500, list_lag: 0s }} }}",
            emulator.url
        ));
        project.people(3);
        project.campaign("hello", BODY, WINDOW);
        project
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Replaces text in a file; it must have been there.
    #[track_caller]
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "`{from}` is not in `{name}`:\n{text}");
        self.write(name, text.replace(from, to));
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// `people.csv` with so many people.
    pub fn people(&self, count: u32) {
        self.write("people.csv", people(0..count));
    }

    /// A campaign to everybody in `people.csv`.
    pub fn campaign(&self, name: &str, body: &str, windows: &str) {
        self.write(
            &format!("campaigns/{name}.yaml"),
            format!(
                "sender: ACME\nbody: \"{body}\"\nrecipients:\n  - csv: ../people.csv\ndelivery:\n  windows:\n    - {windows}\n"
            ),
        );
    }

    /// The program in this folder at `AT`; arguments as in a shell without quotes.
    pub fn run(&self, arguments: &str) -> Ran {
        self.run_at(AT, arguments)
    }

    pub fn run_at(&self, instant: &str, arguments: &str) -> Ran {
        Ran::of(self.command(instant, arguments).output().unwrap())
    }

    pub fn command(&self, instant: &str, arguments: &str) -> Command {
        let mut command = command(self.root());
        command.args(arguments.split_whitespace()).args(["--at", instant]);
        command
    }

    /// The program in this folder in real time.
    pub fn run_now(&self, arguments: &str) -> Ran {
        Ran::of(
            command(self.root())
                .args(arguments.split_whitespace())
                .output()
                .unwrap(),
        )
    }

    /// Applies, and the next plan has nothing to do.
    #[track_caller]
    pub fn converges(&self) -> Value {
        let applied = self.run("apply --yes -o json").exits(0).json();
        let plan = self.run("plan --detailed-exitcode -o json").exits(0).json();
        assert_eq!(plan["operations"], json!([]));
        applied
    }

    /// The plan's document.
    #[track_caller]
    pub fn plan(&self) -> Value {
        self.run("plan -o json").exits(0).json()
    }
}

/// One provider `p` at iP.1 in the emulator, with further settings.
pub fn ip1(emulator: &Emulator, further: &str) -> String {
    format!(
        "{{ p: {{ kind: ip1, base_url: \"{}\", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s{further} }} }}",
        emulator.url
    )
}

/// CSV rows of Swedish mobile numbers.
pub fn people(range: std::ops::Range<u32>) -> String {
    let mut text = "msisdn,first_name\n".to_owned();
    for index in range {
        text.push_str(&format!("+4670{:07},Name{index}\n", 1_000_000 + index));
    }
    text
}

/// Actions of a plan or report, in order.
pub fn actions(document: &Value) -> Vec<&str> {
    document["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["action"].as_str().unwrap())
        .collect()
}

/// Reasons of held operations.
pub fn held(document: &Value) -> Vec<&str> {
    document["held"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| held["reason"].as_str().unwrap())
        .collect()
}

/// `campanile emulate` in another process, stopped when dropped.
pub struct Emulator {
    child: Child,
    pub url: String,
    _folder: TempDir,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Emulator {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(further: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = command(folder.path())
            .args(["emulate", "--at", AT])
            .args(further)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim_end()
            .strip_prefix("listening on ")
            .expect("the promised line")
            .to_owned();
        Self {
            child,
            url,
            _folder: folder,
        }
    }

    /// One request; the status and the document.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let authority = self.url.strip_prefix("http://").unwrap();
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(authority).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer key-of-ip1\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").expect("an answer with a head");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(text).unwrap_or_default())
    }

    #[track_caller]
    fn control(&self, path: &str, body: &Value) {
        let (status, answer) = self.call("POST", &format!("/_emulator/{path}"), Some(body));
        assert_eq!(status, 200, "{answer}");
    }

    fn look(&self, path: &str) -> Vec<Value> {
        let (status, answer) = self.call("GET", &format!("/_emulator/{path}"), None);
        assert_eq!(status, 200);
        answer.as_array().unwrap().clone()
    }

    /// Orders faults; counting begins anew.
    #[track_caller]
    pub fn faults(&self, faults: Value) {
        self.control("faults", &faults);
    }

    #[track_caller]
    pub fn settings(&self, settings: Value) {
        self.control("settings", &settings);
    }

    /// Moves the clock; what is due by then happens.
    #[track_caller]
    pub fn clock(&self, now: &str) {
        self.control("clock", &json!({ "now": now }));
    }

    /// Somebody cancels a batch in the portal.
    #[track_caller]
    pub fn cancel_by_hand(&self, batch: &Value) {
        self.control(&format!("batches/{}/cancel", batch.as_str().unwrap()), &json!({}));
    }

    /// Somebody erases a batch in the portal.
    #[track_caller]
    pub fn erase_by_hand(&self, batch: &Value) {
        self.control(&format!("batches/{}/erase", batch.as_str().unwrap()), &json!({}));
    }

    /// Every request so far but those under `/_emulator`, as `POST /v2/batches`.
    pub fn log(&self) -> Vec<String> {
        self.look("log")
            .iter()
            .map(|entry| {
                format!(
                    "{} {}",
                    entry["method"].as_str().unwrap(),
                    entry["path"].as_str().unwrap()
                )
            })
            .filter(|line| !line.contains("/_emulator"))
            .collect()
    }

    /// The queries of every request with this method and path.
    pub fn queries(&self, call: &str) -> Vec<Value> {
        let is_meant = |entry: &&Value| {
            format!(
                "{} {}",
                entry["method"].as_str().unwrap(),
                entry["path"].as_str().unwrap()
            ) == call
        };
        let log = self.look("log");
        log.iter()
            .filter(is_meant)
            .map(|entry| entry["query"].clone())
            .collect()
    }

    /// Requests that could change something.
    pub fn changing(&self) -> Vec<String> {
        self.log()
            .into_iter()
            .filter(|line| !line.starts_with("GET "))
            .collect()
    }

    /// Every message sent by now.
    pub fn messages(&self) -> Vec<Value> {
        self.look("messages")
    }

    /// How many messages everybody got once `now` has come; nobody more than one of a text.
    #[track_caller]
    pub fn sent_once_by(&self, now: &str) -> usize {
        self.clock(now);
        let messages = self.messages();
        let mut seen = std::collections::BTreeSet::new();
        for message in &messages {
            let person = message["recipient"].as_str().unwrap().to_owned();
            assert!(seen.insert(person), "somebody got two messages");
        }
        messages.len()
    }
}

/// Stops a program as a person would.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}
