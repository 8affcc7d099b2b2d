//! The one HTTP client: how a request leaves and how its answer comes back.
//!
//! In: a path, a query, a body. Out: status and bytes, or what is known of a request that got no answer. Never: a write
//! that is sent twice, a followed redirect, an unbounded answer or wait, a token outside its header.

mod answer;
mod change_outcome;
pub(super) mod error_text;
mod no_answer;
mod pace;
mod plain_client;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

pub use change_outcome::is_refusal;
pub use plain_client::http_client;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LINK, RETRY_AFTER};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::model::Instant;

use super::connection::{Connection, InvalidConnection};
use super::{Failure, FailureKind};

pub(super) use answer::Answer;
pub(super) use change_outcome::{ChangeOutcome, Echoed, Refusal};
use no_answer::NoAnswer;

/// What a call may take.
struct Limits {
    /// To connect, TLS included.
    connect: Duration,
    /// Of silence within an answer.
    silence: Duration,
    /// In all: an answer that trickles ends here.
    total: Duration,
    /// Bytes of an answer. A page of 200 messages of 2,000 characters has about 2 MB.
    answer_bytes: usize,
}

/// Neither vendor states any; 1,000 personalized recipients are taken in well within.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(30),
    total: Duration::from_secs(90),
    answer_bytes: 32 << 20,
};
/// Pooled connections are dropped before servers usually do, so that reads seldom meet a closed one.
const POOL_IDLE: Duration = Duration::from_secs(4);
/// So short ago a connection must have answered for a write to use it.
const WRITE_IDLE: Duration = Duration::from_secs(1);
/// First wait before a read is repeated; our own emulator on loopback is not spared.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const FIRST_BACKOFF_ON_LOOPBACK: Duration = Duration::from_millis(20);

/// A client for one account.
pub(super) struct Client {
    reads: reqwest::Client,
    writes: reqwest::Client,
    base: Url,
    token: SecretString,
    /// Not repeated in messages: a project may keep it out of its files.
    service_plan: Option<String>,
    answer_bytes: usize,
    pace: pace::RequestPace,
    first_backoff: Duration,
    last_date: Mutex<Option<Instant>>,
}

/// A method that changes something. Sent once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// Creates; never sent twice by the client.
    Post,
    /// Changes in place.
    Put,
    /// Cancels.
    Delete,
}

impl Client {
    /// Opens no connection yet.
    pub(super) fn new(connection: &Connection) -> Result<Self, InvalidConnection> {
        Self::limited(connection, &LIMITS)
    }

    fn limited(connection: &Connection, limits: &Limits) -> Result<Self, InvalidConnection> {
        let base = connection.checked_url()?;
        let is_plain = base.scheme() == "http";
        let headers = headers(&connection.token)?;
        install_tls();
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("campanile/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .http1_only()
                .connect_timeout(limits.connect)
                .read_timeout(limits.silence)
                .timeout(limits.total)
                .https_only(!is_plain);
            // A proxy of the environment tunnels TLS unread; plain HTTP to loopback would hand it the token. And
            // reading the machine's certificates takes a third of a small plan's time.
            if is_plain {
                builder.no_proxy().tls_certs_only([])
            } else {
                builder
            }
        };
        let failed =
            |error: reqwest::Error| InvalidConnection::Tls(error_text::clean(&error.without_url().to_string(), &[]));
        Ok(Self {
            reads: builder().pool_idle_timeout(POOL_IDLE).build().map_err(failed)?,
            // A write on a pooled connection that the server has just closed would have an unknown outcome: only one
            // that answered a moment ago is used again.
            writes: builder().pool_idle_timeout(WRITE_IDLE).build().map_err(failed)?,
            base,
            token: connection.token.clone(),
            service_plan: connection.service_plan_id.clone(),
            answer_bytes: limits.answer_bytes,
            pace: pace::RequestPace::new(connection.requests_per_second),
            first_backoff: if is_plain {
                FIRST_BACKOFF_ON_LOOPBACK
            } else {
                FIRST_BACKOFF
            },
            last_date: Mutex::new(None),
        })
    }

    /// The `Date` header of the newest answer.
    pub(super) fn last_date(&self) -> Option<Instant> {
        *self.last_date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Between two requests.
    pub(super) fn spacing(&self) -> Duration {
        self.pace.spacing()
    }

    /// The most bytes of an answer.
    pub(super) fn most_bytes(&self) -> usize {
        self.answer_bytes
    }

    /// The host that answers, for links.
    pub(super) fn host(&self) -> Option<&str> {
        self.base.host_str()
    }

    /// Reads; `None` is 404. Repeated a few times after failures that may pass.
    pub(super) async fn find(&self, path: &str, query: &[(&str, String)]) -> Result<Option<Answer>, Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.once(&self.reads, Method::GET, path, query, None::<&()>).await {
                Ok(answer) if answer.status == 404 => return Ok(None),
                Ok(answer) if answer.is_success() && answer.body.is_ok() => return Ok(Some(answer)),
                Ok(answer) => self.read_failure(&answer),
                Err(lost) => lost.failure,
            };
            let wait = match failure.kind {
                FailureKind::Transient => pace::wait(attempt, self.first_backoff, failure.retry_after),
                FailureKind::Systemic
                | FailureKind::Refused
                | FailureKind::Garbled
                | FailureKind::TooLarge
                | FailureKind::Unsupported => None,
            };
            let Some(wait) = wait else { return Err(failure) };
            tracing::debug!(attempt, wait_ms = wait.as_millis(), %failure, "reading again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Reads what must be there.
    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, Failure> {
        self.find(path, query).await?.ok_or_else(|| Failure {
            status: Some(404),
            ..Failure::new(
                FailureKind::Refused,
                format!("`{}` was answered 404 (not found)", self.shown("GET", path)),
            )
        })
    }

    /// Changes something: sent once, never repeated.
    pub(super) async fn write(
        &self,
        method: Write,
        path: &str,
        query: &[(&str, String)],
        body: Option<&impl Serialize>,
    ) -> Result<Answer, NoAnswer> {
        let method = match method {
            Write::Post => Method::POST,
            Write::Put => Method::PUT,
            Write::Delete => Method::DELETE,
        };
        self.once(&self.writes, method, path, query, body).await
    }

    async fn once(
        &self,
        client: &reqwest::Client,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&impl Serialize>,
    ) -> Result<Answer, NoAnswer> {
        let call = self.shown(method.as_str(), path);
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request = client.request(method, url);
        if !query.is_empty() {
            request = request.query(query);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.pace.turn().await;
        let result = request.send().await;
        let mut response = result.map_err(|error| {
            let lost = no_answer::judge(&error, &call);
            tracing::debug!(nothing_left = lost.nothing_left, failure = %lost.failure, "no answer");
            lost
        })?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let date = header(DATE).and_then(Instant::parse_http_date);
        let link = header(LINK).map(str::to_owned);
        let retry_after = header(RETRY_AFTER).and_then(|text| retry_after(text, date));
        if date.is_some() {
            *self.last_date.lock().unwrap_or_else(PoisonError::into_inner) = date;
        }
        let body = self.bounded(&mut response, &call, status).await;
        tracing::debug!(%call, status, bytes = body.as_ref().map_or(0, Vec::len), "answered");
        Ok(Answer {
            call,
            status,
            link,
            retry_after,
            body,
        })
    }

    async fn bounded(&self, response: &mut reqwest::Response, call: &str, status: u16) -> Result<Vec<u8>, Failure> {
        let largest = self.answer_bytes;
        let too_large = || Failure {
            status: Some(status),
            ..Failure::new(
                FailureKind::TooLarge,
                format!("the answer to `{call}` is larger than {largest} bytes"),
            )
        };
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |announced| announced > largest) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > largest => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) => {
                    return Err(Failure {
                        status: Some(status),
                        ..no_answer::judge(&error, call).failure
                    });
                }
            }
        }
    }

    /// `METHOD path` for messages.
    fn shown(&self, method: &str, path: &str) -> String {
        let plan = self.service_plan.as_ref().map(|plan| format!("/xms/v1/{plan}/"));
        let rest = plan.as_ref().and_then(|plan| path.strip_prefix(plan));
        rest.map_or_else(
            || format!("{method} {path}"),
            |rest| format!("{method} /xms/v1/…/{rest}"),
        )
    }

    /// What an unsuccessful answer to a read means.
    fn read_failure(&self, answer: &Answer) -> Failure {
        let kind = match answer.status {
            401 | 403 => FailureKind::Systemic,
            200..=299 | 408 | 429 | 500..=599 => FailureKind::Transient,
            400..=499 => FailureKind::Refused,
            _ => FailureKind::Garbled,
        };
        self.failure(answer, kind, &[])
    }

    /// What an unsuccessful answer to a write means. `private` are texts of ours that its message must not repeat.
    pub(super) fn write_failure(&self, answer: &Answer, private: &[&str]) -> Failure {
        let kind = match answer.status {
            401 => FailureKind::Systemic,
            408 | 500..=599 => FailureKind::Transient,
            400..=499 => FailureKind::Refused,
            _ => FailureKind::Garbled,
        };
        self.failure(answer, kind, private)
    }

    fn failure(&self, answer: &Answer, kind: FailureKind, private: &[&str]) -> Failure {
        let broken = match &answer.body {
            Err(broken) if answer.is_success() => return broken.clone(),
            Err(_) => String::new(),
            Ok(_) => self.said(answer, private).text,
        };
        let hint = match answer.status {
            401 | 403 => " (wrong token, or an address that it is not allowed from?)",
            300..=399 => " (redirects are not followed)",
            _ => "",
        };
        let said = if broken.is_empty() {
            broken
        } else {
            format!(": {broken}")
        };
        Failure {
            kind,
            status: Some(answer.status),
            message: format!("`{}` was answered {}{hint}{said}", answer.call, answer.status),
            retry_after: answer.retry_after,
        }
    }

    fn said(&self, answer: &Answer, private: &[&str]) -> error_text::ErrorText {
        let mut hidden = vec![self.token.expose_secret()];
        hidden.extend(private);
        answer
            .body
            .as_ref()
            .map(|body| error_text::read(body, &hidden))
            .unwrap_or_default()
    }

    /// The machine-readable code of an error body.
    pub(super) fn code(&self, answer: &Answer) -> Option<String> {
        self.said(answer, &[]).code
    }
}

fn headers(token: &SecretString) -> Result<HeaderMap, InvalidConnection> {
    let bare = token.expose_secret().trim();
    if bare.is_empty() {
        return Err(InvalidConnection::Token);
    }
    let mut bearer = HeaderValue::from_str(&format!("Bearer {bare}")).map_err(|_| InvalidConnection::Token)?;
    bearer.set_sensitive(true);
    let json = HeaderValue::from_static("application/json");
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, bearer),
        (ACCEPT, json.clone()),
        (CONTENT_TYPE, json),
    ]))
}

/// Without a provider of cryptography the client would panic.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that somebody else has installed one: as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Seconds, or an HTTP date measured from the answer's own `Date`, so that no clock of ours is needed.
fn retry_after(text: &str, date: Option<Instant>) -> Option<Duration> {
    match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(Instant::parse_http_date(text)?.since(date?)),
    }
}
