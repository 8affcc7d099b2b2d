//! An emulator and an HTTP client of it, for tests that talk to it as anybody would.

use campanile::emulator::clock::Instant;
use campanile::emulator::{Options, Running, start};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The instant at which every emulated story begins: a Monday morning.
pub const START: &str = "2026-11-23T08:00:00Z";

/// A running emulator.
pub struct Emulated {
    pub running: Running,
    pub http: Client,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Reply {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Emulated {
    /// A fresh one whose clock begins at `START`.
    pub async fn fresh() -> Emulated {
        Emulated::with(Options::default()).await
    }

    /// One with options; without `now` its clock begins at `START`.
    pub async fn with(options: Options) -> Emulated {
        // Several tests of one process race for it; any of them may win.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let now = options.now.or(Instant::parse(START));
        let running = start(Options { now, ..options }).await.unwrap();
        Emulated {
            running,
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// One request with a token; none when the connection was cut.
    pub async fn try_call(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Reply> {
        self.send(method, path, Some("Bearer key"), body.map(ToString::to_string))
            .await
    }

    /// One request with a token.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        self.try_call(method, path, body).await.expect("an answer")
    }

    /// One request, as it stands.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: Option<String>,
    ) -> Option<Reply> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.running.url()));
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        Some(Reply {
            status,
            headers,
            text: response.text().await.ok()?,
        })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, None).await
    }

    /// Moves the clock; whatever has come due by then has happened when this returns.
    pub async fn clock(&self, now: &str) {
        assert_eq!(self.post("/_emulator/clock", &json!({ "now": now })).await.status, 200);
    }

    pub async fn settings(&self, settings: Value) {
        let reply = self.post("/_emulator/settings", &settings).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    pub async fn faults(&self, faults: Value) {
        let reply = self.post("/_emulator/faults", &faults).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    /// Every message sent so far.
    pub async fn messages(&self) -> Vec<Value> {
        self.get("/_emulator/messages").await.json().as_array().unwrap().clone()
    }
}
