//! A stand-in of iP.1 over real HTTP with habits that the vendor's pages leave open: how references come back, what DELETE
//! leaves behind, what a batch tells, which account it is. Written for these tests alone, and shares no code with the
//! emulator, so that both cannot be wrong together.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What this one does where nothing is promised.
#[derive(Clone)]
pub struct Habits {
    /// What `GET /api/me/account` calls the account; none answers 404.
    pub id: Option<String>,
    /// How a stored reference comes back, in lists, reads and answers.
    pub echo: fn(&str) -> Value,
    /// DELETE erases a batch instead of marking it.
    pub erases: bool,
    /// Batches tell what became of their messages.
    pub tells_messages: bool,
    /// New batches are in the list.
    pub lists: bool,
    /// The connection is cut in the place of an answer to DELETE.
    pub cuts_deletes: bool,
    /// The `Date` header: none is sent when this says so.
    pub date: Option<String>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            id: Some("ip1-1".to_owned()),
            echo: |text| json!(text),
            erases: false,
            tells_messages: true,
            lists: true,
            cuts_deletes: false,
            date: None,
        }
    }
}

#[derive(Default)]
struct State {
    batches: Vec<Value>,
    /// Requests that could change something.
    changing: Vec<String>,
    made: usize,
}

/// A running one; its thread ends with the process.
pub struct StandIn {
    pub url: String,
    state: Arc<Mutex<State>>,
    habits: Arc<Mutex<Habits>>,
}

impl StandIn {
    pub fn start(habits: Habits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let habits = Arc::new(Mutex::new(habits));
        let (shared, of) = (Arc::clone(&state), Arc::clone(&habits));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let habits = of.lock().unwrap().clone();
                serve(stream, &mut shared.lock().unwrap(), &habits);
            }
        });
        Self { url, state, habits }
    }

    /// From now on it behaves otherwise.
    pub fn change(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut self.habits.lock().unwrap());
    }

    /// Every `POST` and `DELETE` so far.
    pub fn changing(&self) -> Vec<String> {
        self.state.lock().unwrap().changing.clone()
    }

    /// References of batches that would be sent.
    pub fn planned(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let planned = state.batches.iter().filter(|batch| batch["status"] == 101);
        planned
            .map(|batch| batch["reference"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every batch: id, reference, status.
    pub fn all(&self) -> Vec<(String, String, i64)> {
        let state = self.state.lock().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = state.batches.iter();
        all.map(|batch| {
            (
                text(&batch["id"]),
                text(&batch["reference"]),
                batch["status"].as_i64().unwrap(),
            )
        })
        .collect()
    }

    /// Somebody puts a batch there.
    pub fn put(&self, reference: &str, opens: &str, closes: &str) {
        let batch = json!({
            "sender": "OTHER", "body": "hi", "recipients": ["46701740699"], "type": "sms", "datacoding": "gsm",
            "priority": 1, "reference": reference, "deliveryWindows": [{ "opens": opens, "closes": closes }],
        });
        self.state.lock().unwrap().add(batch);
    }

    /// Changes what is stored of every batch.
    pub fn edit(&self, edit: impl Fn(&mut Value)) {
        self.state.lock().unwrap().batches.iter_mut().for_each(edit);
    }
}

impl State {
    fn add(&mut self, mut batch: Value) -> String {
        self.made += 1;
        let id = format!("{:024x}", self.made);
        batch["id"] = json!(id);
        batch["status"] = json!(101);
        batch["direction"] = json!("mt");
        self.batches.push(batch);
        id
    }
}

struct Request {
    method: String,
    path: String,
    query: String,
    body: Value,
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

fn serve(mut stream: TcpStream, state: &mut State, habits: &Habits) {
    let Some(request) = read(&stream) else { return };
    if request.method != "GET" {
        state.changing.push(format!("{} {}", request.method, request.path));
    }
    let (status, body) = answer(&request, state, habits);
    if request.method == "DELETE" && habits.cuts_deletes {
        return;
    }
    let text = body.to_string();
    let date = habits
        .date
        .as_ref()
        .map_or_else(String::new, |date| format!("date: {date}\r\n"));
    // The client may have gone.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n{date}content-length: {}\r\n\r\n{text}",
        text.len()
    );
}

fn answer(request: &Request, state: &mut State, habits: &Habits) -> (u16, Value) {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["api", "me", "account"]) => match &habits.id {
            Some(id) => (
                200,
                json!({ "Key": "secret", "ID": id, "Balance": 100, "Currency": "SEK" }),
            ),
            None => (404, json!({})),
        },
        ("GET", ["v2", "me", "senders"]) => (200, page(vec![json!("ACME")], &request.query)),
        ("GET", ["v2", "blacklist"]) => (200, page(Vec::new(), &request.query)),
        ("GET", ["v2", "batches"]) => {
            let all = state.batches.iter().filter(|_| habits.lists);
            (
                200,
                page(all.map(|batch| shown(batch, habits, false)).collect(), &request.query),
            )
        }
        ("POST", ["v2", "batches"]) => {
            let id = state.add(request.body.clone());
            let made = state.batches.iter().find(|batch| batch["id"] == *id).unwrap();
            (200, shown(made, habits, true))
        }
        ("GET", ["v2", "batches", id]) => match state.batches.iter().find(|batch| batch["id"] == **id) {
            Some(batch) => (200, shown(batch, habits, true)),
            None => (404, json!({})),
        },
        ("GET", ["v2", "batches", id, "messages"]) => match state.batches.iter().find(|batch| batch["id"] == **id) {
            Some(batch) => (200, page(messages(batch), &request.query)),
            None => (404, json!({})),
        },
        ("DELETE", ["v2", "batches", id]) => {
            let Some(at) = state.batches.iter().position(|batch| batch["id"] == **id) else {
                return (404, json!({}));
            };
            if habits.erases {
                state.batches.remove(at);
            } else {
                state.batches[at]["status"] = json!(203);
            }
            (200, json!({}))
        }
        _ => (404, json!({})),
    }
}

fn people(batch: &Value) -> Vec<String> {
    match &batch["recipients"] {
        Value::Array(numbers) => numbers.iter().map(|n| n.as_str().unwrap().to_owned()).collect(),
        Value::Object(people) => people.keys().filter(|key| *key != "default").cloned().collect(),
        _ => Vec::new(),
    }
}

fn messages(batch: &Value) -> Vec<Value> {
    let numbers = people(batch).into_iter().enumerate();
    numbers
        .map(|(n, number)| json!({ "id": format!("m{n}"), "recipient": number }))
        .collect()
}

fn shown(batch: &Value, habits: &Habits, is_single: bool) -> Value {
    let mut shown = batch.clone();
    let count = people(batch).len();
    let fields = shown.as_object_mut().unwrap();
    fields.remove("recipients");
    let reference = fields
        .get("reference")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    fields.insert("reference".to_owned(), (habits.echo)(&reference));
    if is_single && habits.tells_messages {
        let code = if batch["status"] == 203 { "203" } else { "101" };
        fields.insert(
            "messageSummary".to_owned(),
            json!({ code: { "messages": count, "sms": count } }),
        );
    }
    shown
}

fn page(mut items: Vec<Value>, query: &str) -> Value {
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    let number = |name: &str, default: usize| value(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    if value("order").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        items.reverse();
    }
    let (start, limit) = (number("start", 0), number("limit", 50));
    Value::Array(items.into_iter().skip(start).take(limit).collect())
}
