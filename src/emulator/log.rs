//! Every request the emulator took, newest last, for tests and for curious users. The token is never kept.

use serde::Serialize;
use serde_json::{Value, json};

use super::clock::Instant;
use super::wire::Request;

/// Entries kept; older ones are forgotten.
const KEPT: usize = 200_000;
/// Bytes of a body kept.
const BODY_KEPT: usize = 4 << 20;

/// One request and what became of it.
pub(super) struct Entry {
    request: Request,
    instant: Instant,
    status: Option<u16>,
    fault: Option<&'static str>,
}

/// The requests, oldest first.
#[derive(Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
}

impl Log {
    /// Notes a request; `status` is none when the connection was cut before an answer.
    pub(super) fn note(
        &mut self,
        mut request: Request,
        instant: Instant,
        status: Option<u16>,
        fault: Option<&'static str>,
    ) {
        for (name, value) in &mut request.headers {
            if name == "authorization" {
                "***".clone_into(value);
            }
        }
        request.body.truncate(BODY_KEPT);
        if self.entries.len() >= KEPT {
            self.entries.drain(..KEPT / 2);
        }
        self.entries.push(Entry {
            request,
            instant,
            status,
            fault,
        });
    }

    /// The log as `GET /_emulator/log` shows it.
    pub(super) fn to_json(&self) -> Value {
        self.entries.iter().map(Entry::to_json).collect()
    }
}

impl Entry {
    fn to_json(&self) -> Value {
        let request = &self.request;
        json!({
            "instant": self.instant,
            "method": request.method,
            "path": request.path,
            "query": pairs(&request.query),
            "headers": pairs(&request.headers),
            "body": body(&request.body),
            "status": self.status,
            "fault": self.fault,
        })
    }
}

/// Pairs as an object; a name that comes twice keeps its values, comma-separated.
fn pairs(pairs: &[(String, String)]) -> Value {
    let mut object = serde_json::Map::new();
    for (name, value) in pairs {
        match object.get_mut(name) {
            Some(Value::String(before)) => {
                before.push(',');
                before.push_str(value);
            }
            _ => drop(object.insert(name.clone(), json!(value))),
        }
    }
    object.into()
}

/// A JSON body as JSON, another as text, none as null.
fn body(bytes: &[u8]) -> impl Serialize + use<> {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}
