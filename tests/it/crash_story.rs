//! Stories for crash tests: a project and a provider in a known state, and the apply that is about to run. Each can be
//! told again and again from copies, through a proxy, and is judged in terms of people.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use campanile::model::AccountId;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli_world::{Emulator, Project, people};
use crate::crash_proxy::{Moment, Proxy};

/// After `AT` by more than `unknown_hold`, and long before any window.
pub const LATER: &str = "2030-01-07T08:20:00Z";
/// After every window.
pub const AFTER: &str = "2030-01-12T00:00:00Z";

/// Whose API a story plays at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Ip1,
    Sinch,
}

/// One line of `campanile.yaml`: provider `p` there, three people a batch.
pub fn providers(api: Api, url: &str) -> String {
    let kind = match api {
        Api::Ip1 => "kind: ip1, token_env: IP1_API_KEY",
        Api::Sinch => "kind: sinch, service_plan_id: plan, token_env: SINCH_API_TOKEN",
    };
    format!(
        "{{ p: {{ {kind}, base_url: \"{url}\", requests_per_second: 500, list_lag: 0s, max_recipients_per_batch: 3 }} }}"
    )
}

/// A campaign to the first `people` people on this day of January; its text says which campaign and version it is.
pub fn campaign(project: &Project, name: &str, version: &str, people_count: u32, day: u32) {
    project.write(&format!("{name}.csv"), people(0..people_count));
    project.write(
        &format!("campaigns/{name}.yaml"),
        format!(
            "sender: ACME\nbody: \"{name} {version} {{{{ first_name }}}}. Stop: acme.example\"\nrecipients:\n  - csv: ../{name}.csv\n\
             delivery:\n  windows:\n    - {{ opens: 2030-01-{day:02}T14:00, closes: 2030-01-{day:02}T18:00 }}\n"
        ),
    );
}

/// A batch as the provider itself shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    pub reference: String,
    pub id: String,
    pub is_live: bool,
}

/// Everything that the provider holds, asked past the program.
pub fn held_by(api: Api, emulator: &Emulator) -> Vec<Held> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut held: Vec<Held> = match api {
        Api::Ip1 => {
            let (_, list) = emulator.call("GET", "/v2/batches?limit=200", None);
            let batches = list.as_array().unwrap().iter();
            batches
                .map(|batch| Held {
                    reference: text(&batch["reference"]),
                    id: text(&batch["id"]),
                    is_live: batch["status"] != 203,
                })
                .collect()
        }
        Api::Sinch => {
            let path = "/xms/v1/plan/batches?page_size=100&start_date=2030-01-01T00:00:00Z";
            let (_, list) = emulator.call("GET", path, None);
            let batches = list["batches"].as_array().unwrap().iter();
            batches
                .map(|batch| Held {
                    reference: text(&batch["client_reference"]),
                    id: text(&batch["id"]),
                    is_live: batch["canceled"] != true,
                })
                .collect()
        }
    };
    held.sort();
    held
}

/// Who is to be texted by a campaign, and with which version of its text.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub campaign: &'static str,
    pub version: &'static str,
    pub people: Range<u32>,
}

/// A project and a provider just before an apply.
pub struct Story {
    pub api: Api,
    pub wanted: Vec<Wanted>,
    project: Project,
    /// Where its provider was.
    url: String,
    state: Vec<u8>,
}

/// A story being told: its own copy of everything.
pub struct Telling {
    pub api: Api,
    pub project: Project,
    pub emulator: Emulator,
    pub proxy: Proxy,
    _state: TempDir,
}

impl Story {
    /// `before` is applied, then `edit` is made and waits to be applied.
    pub fn new(api: Api, before: impl Fn(&Project), edit: impl Fn(&Project), wanted: Vec<Wanted>) -> Self {
        let folder = TempDir::new().unwrap();
        let state = folder.path().join("state.jsonl");
        let emulator = Emulator::start_with(&["--state", state.to_str().unwrap()]);
        let project = Project::with(&providers(api, &emulator.url));
        before(&project);
        if project.path("campaigns").exists() {
            project.converges();
        }
        edit(&project);
        // The next copy is of another address.
        project.edit("campanile.yaml", &emulator.url, "THERE");
        let url = emulator.url.clone();
        drop(emulator);
        Self {
            api,
            wanted,
            project,
            url,
            state: fs::read(&state).unwrap(),
        }
    }

    /// The same with another setting.
    pub fn edited(self, file: &str, from: &str, to: &str) -> Self {
        self.project.edit(file, from, to);
        self
    }

    pub fn tell(&self) -> Telling {
        let folder = TempDir::new().unwrap();
        let state = folder.path().join("state.jsonl");
        fs::write(&state, &self.state).unwrap();
        let emulator = Emulator::start_with(&["--state", state.to_str().unwrap()]);
        let proxy = Proxy::before(&emulator.url);
        let project = self.project_at(&proxy.url);
        Telling {
            api: self.api,
            project,
            emulator,
            proxy,
            _state: folder,
        }
    }

    /// Another working copy of the project, with the provider at this address.
    pub fn project_at(&self, url: &str) -> Project {
        let project = Project::empty();
        copy(self.project.root(), project.root());
        project.edit("campanile.yaml", "THERE", url);
        let journal = project.path(".campanile/journal.jsonl");
        if let Ok(lines) = fs::read_to_string(&journal) {
            // The same account: what stands in for a provider counts by its address too.
            let (before, now) = (account(self.api, &self.url), account(self.api, url));
            assert!(lines.contains(before.as_str()), "the journal names another account");
            fs::write(&journal, lines.replace(before.as_str(), now.as_str())).unwrap();
        }
        project
    }

    /// Every request of an undisturbed run of this command, in order.
    pub fn requests(&self, command: &str) -> Vec<String> {
        let telling = self.tell();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        telling.proxy.watch(move |passing| {
            if passing.moment == Moment::Arrived {
                noted.lock().unwrap().push(passing.line.clone());
            }
            true
        });
        telling.project.run(command).exits(0);
        telling.proxy.watch(|_| true);
        Arc::into_inner(seen).unwrap().into_inner().unwrap()
    }

    /// Lets every window pass and asks who got what: nobody two texts of one campaign, nobody a text that is not wanted,
    /// and who got none is in a batch that was canceled while the plan holds the campaign for that reason.
    #[track_caller]
    pub fn judge(&self, telling: &Telling, may_miss: &BTreeSet<String>) {
        let silenced = silenced(telling);
        telling.emulator.clock(AFTER);
        let mut got: BTreeMap<(String, String), String> = BTreeMap::new();
        for message in telling.emulator.messages() {
            let body = message["body"].as_str().unwrap();
            let mut words = body.split(' ');
            let campaign = words.next().unwrap().to_owned();
            let version = words.next().unwrap().to_owned();
            let person = message["recipient"].as_str().unwrap().to_owned();
            let before = got.insert((campaign.clone(), person), version);
            assert!(before.is_none(), "somebody got `{campaign}` twice");
        }
        for wanted in &self.wanted {
            for index in wanted.people.clone() {
                let person = format!("4670{:07}", 1_000_000 + index);
                match got.remove(&(wanted.campaign.to_owned(), person.clone())) {
                    Some(version) => assert_eq!(version, wanted.version, "`{}`", wanted.campaign),
                    None => assert!(
                        may_miss.contains(wanted.campaign) && silenced.contains(&(wanted.campaign.to_owned(), person)),
                        "somebody got no `{}`, and the plan does not say why",
                        wanted.campaign
                    ),
                }
            }
        }
        assert!(
            got.is_empty(),
            "texts that nobody wanted: {:?}",
            got.keys().map(|(campaign, _)| campaign)
        );
    }
}

/// Everybody in a canceled batch, with its campaign.
fn silenced(telling: &Telling) -> BTreeSet<(String, String)> {
    let mut silenced = BTreeSet::new();
    for held in held_by(telling.api, &telling.emulator)
        .iter()
        .filter(|held| !held.is_live)
    {
        let campaign = held.reference.split('.').nth(1).unwrap();
        let numbers: Vec<Value> = match telling.api {
            Api::Ip1 => {
                let path = format!("/v2/batches/{}/messages", held.id);
                let (_, messages) = telling.emulator.call("GET", &path, None);
                let messages = messages.as_array().unwrap().iter();
                messages.map(|message| message["recipient"].clone()).collect()
            }
            Api::Sinch => {
                let path = format!("/xms/v1/plan/batches/{}", held.id);
                let (_, batch) = telling.emulator.call("GET", &path, None);
                batch["to"].as_array().unwrap().clone()
            }
        };
        let numbers = numbers.iter().map(|number| number.as_str().unwrap().to_owned());
        silenced.extend(numbers.map(|number| (campaign.to_owned(), number)));
    }
    silenced
}

impl Telling {
    /// `status` tells what the provider itself shows.
    #[track_caller]
    pub fn status_is_true(&self) {
        let status = self.project.run("status -o json").exits(0).json();
        let mut told: Vec<Held> = status["batches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|batch| Held {
                reference: batch["reference"].as_str().unwrap().to_owned(),
                id: batch["batch_id"].as_str().unwrap().to_owned(),
                is_live: batch["state"] != "canceled",
            })
            .collect();
        told.sort();
        assert_eq!(told, held_by(self.api, &self.emulator));
    }

    /// What a report calls done is so at the provider, and what it calls failed or skipped is not.
    #[track_caller]
    pub fn report_is_true(&self, report: &Value) {
        let held = held_by(self.api, &self.emulator);
        for operation in report["operations"].as_array().unwrap() {
            let reference = operation["reference"].as_str().unwrap();
            let is_live = |batch: &Held| batch.is_live && batch.reference == reference;
            let is_there = match operation["batch_id"].as_str() {
                Some(id) if operation["outcome"] == "done" => held.iter().any(|batch| is_live(batch) && batch.id == id),
                _ => held.iter().any(is_live),
            };
            let is_cancel = operation["action"] == "cancel";
            match operation["outcome"].as_str().unwrap() {
                "done" => assert_eq!(is_there, !is_cancel, "told as done: {operation}"),
                "failed" | "skipped" => assert_eq!(is_there, is_cancel, "told as not done: {operation}"),
                other => panic!("nothing was lost, yet `{other}` is told: {operation}"),
            }
        }
    }
}

/// All points of time at which a run may be struck: at reads before they are sent, at calls that change something at every
/// moment. Reads before the last one ahead of the first change are alike: the very first stands for them.
pub fn boundaries(requests: &[String]) -> Vec<(usize, Moment)> {
    let changes = |line: &String| !line.starts_with("GET ");
    let first = requests.iter().position(changes).expect("the story changes something");
    let mut points = Vec::new();
    for (index, line) in requests.iter().enumerate() {
        if index == 0 || index + 1 >= first {
            points.push((index, Moment::Arrived));
        }
        if changes(line) {
            points.extend([(index, Moment::Answered), (index, Moment::Relayed)]);
        }
    }
    points
}

/// Does something for each, several at a time; a failure names its case.
pub fn each<T: std::fmt::Debug + Sync>(cases: &[T], work: impl Fn(&T) + Sync) {
    let next = Mutex::new(cases.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some(case) = next.lock().unwrap().next() else {
                        return;
                    };
                    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(case)));
                    if done.is_err() {
                        failed.lock().unwrap().push(format!("{case:?}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(
        failed.is_empty(),
        "{} of {} cases failed:\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n")
    );
}

/// The account of the emulator at this address, as a journal names it.
fn account(api: Api, url: &str) -> AccountId {
    match api {
        Api::Ip1 => AccountId::new("ip1", Some("ip1-12345"), url),
        Api::Sinch => AccountId::new("sinch", Some("plan"), url),
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Applies once more, after which nothing is left to do; its report, and which campaigns are held, with the reason.
#[track_caller]
pub fn settles(telling: &Telling, instant: &str, words: &str) -> (Value, BTreeSet<(String, String)>) {
    let ran = telling.project.run_at(instant, words);
    let report = ran.json();
    assert_eq!(report["remaining"], 0, "something is left to do: {report}");
    if report["summary"]["held"] == 0 {
        ran.exits(0);
        return (report, BTreeSet::new());
    }
    let plan = telling.project.run_at(instant, "plan -o json").exits(0).json();
    assert_eq!(plan["operations"], serde_json::json!([]), "something is left to do");
    let held = plan["held"].as_array().unwrap().iter();
    let waits_for_somebody = held.clone().any(|held| held["needs_person"] == true);
    ran.exits(if waits_for_somebody { 3 } else { 0 });
    let held = held.map(|held| {
        let text = |name: &str| held[name].as_str().unwrap().to_owned();
        (text("campaign"), text("reason"))
    });
    (report, held.collect())
}
