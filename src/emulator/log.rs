//! Every request the emulator took, newest last, for tests and for curious users. The token is never kept.

use serde_json::{Value, json};

use super::clock::Instant;
use super::wire::Request;

/// Entries kept; older ones are forgotten.
const KEPT: usize = 200_000;
/// Bytes of a body kept.
const BODY_KEPT: usize = 4 << 20;
/// Bytes of all bodies kept: beyond, the oldest are forgotten and shown as `"forgotten"`.
const BODIES_KEPT: usize = 128 << 20;

/// One request and what became of it.
pub(super) struct Entry {
    request: Request,
    instant: Instant,
    status: Option<u16>,
    fault: Option<&'static str>,
    is_forgotten: bool,
}

/// The requests, oldest first.
#[derive(Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    /// Bytes of the bodies of all entries.
    bodies: usize,
    /// Entries before this one have lost their bodies.
    with_body: usize,
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
            let gone = self.entries.drain(..KEPT / 2);
            self.bodies -= gone.map(|entry| entry.request.body.len()).sum::<usize>();
            self.with_body = self.with_body.saturating_sub(KEPT / 2);
        }
        self.bodies += request.body.len();
        self.entries.push(Entry {
            request,
            instant,
            status,
            fault,
            is_forgotten: false,
        });
        self.forget(BODIES_KEPT);
    }

    /// Drops the oldest bodies until the others fit.
    fn forget(&mut self, most: usize) {
        while self.bodies > most
            && let Some(entry) = self.entries.get_mut(self.with_body)
        {
            let body = std::mem::take(&mut entry.request.body);
            entry.is_forgotten = !body.is_empty();
            self.bodies -= body.len();
            self.with_body += 1;
        }
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
            "body": if self.is_forgotten { json!("forgotten") } else { body(&request.body) },
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
fn body(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_bodies_are_forgotten_first() {
        let mut log = Log::default();
        for place in 0..4 {
            let request = Request {
                body: format!("\"body {place}\"").into_bytes(),
                ..Request::default()
            };
            log.note(request, Instant::from_unix_millis(0), Some(200), None);
        }
        log.forget(2 * "\"body 0\"".len());
        let shown = log.to_json();
        let bodies: Vec<&Value> = shown.as_array().unwrap().iter().map(|entry| &entry["body"]).collect();
        assert_eq!(bodies, ["forgotten", "forgotten", "body 2", "body 3"]);
    }
}
