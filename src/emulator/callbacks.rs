//! Delivery reports posted back to the customer: a queue ordered by the emulator's clock, and a small HTTP client.
//!
//! Reports go to loopback addresses only (nothing a sandbox does may reach the outside); any other is listed as refused.
//! Who queues a report says how it is retried. The queue is not part of the state file.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::clock::Instant;

/// Attempts kept for `GET /_emulator/callbacks`.
const KEPT: usize = 100_000;
/// Real time for one attempt.
const PATIENCE: Duration = Duration::from_secs(5);

/// When a report is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Every 10 minutes unless exactly 200 is answered, 10 tries in all, then discarded (iP.1).
    TenTimesEveryTenMinutes,
    /// After 5 s, then doubling up to 81920 s, on 5xx, 429 or no answer (Sinch).
    Doubling,
}

impl Retry {
    /// Milliseconds to the next try after the `tries`-th has been answered with `status`; none when it is over.
    fn wait_millis(self, tries: u32, status: Option<u16>) -> Option<i64> {
        match self {
            Retry::TenTimesEveryTenMinutes => (status != Some(200) && tries < 10).then_some(600_000),
            Retry::Doubling => {
                let again = status.is_none_or(|status| status >= 500 || status == 429);
                let wait = 5_i64.checked_shl(tries.saturating_sub(1)).unwrap_or(i64::MAX);
                (again && wait <= 81_920 && tries < 16).then(|| wait * 1000)
            }
        }
    }
}

/// A report to be posted.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where to; `http://` and loopback.
    pub url: String,
    /// Headers besides length and host.
    pub headers: Vec<(String, String)>,
    /// JSON text.
    pub body: Vec<u8>,
    /// When it is tried again.
    pub retry: Retry,
}

/// One try and its end.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    url: String,
    body: Value,
    tries: u32,
    due: Instant,
    status: Option<u16>,
    refused: bool,
}

/// A report whose time has come.
#[derive(Debug)]
pub(super) struct Due {
    at: Instant,
    tries: u32,
    report: Report,
}

/// The queue and what became of its reports.
#[derive(Debug, Default)]
pub struct Callbacks {
    queue: BTreeMap<(Instant, u64), (u32, Report)>,
    next: u64,
    attempts: Vec<Attempt>,
}

impl Callbacks {
    /// Queues a report for an instant of the emulator's clock.
    pub fn queue(&mut self, at: Instant, report: Report) {
        self.put(at, 0, report);
    }

    fn put(&mut self, at: Instant, tries: u32, report: Report) {
        self.next += 1;
        self.queue.insert((at, self.next), (tries, report));
    }

    /// Takes the reports that are due.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<Due> {
        let later = self.queue.split_off(&(now.plus_millis(1), 0));
        let due = std::mem::replace(&mut self.queue, later);
        due.into_iter()
            .map(|((at, _), (tries, report))| Due { at, tries, report })
            .collect()
    }

    /// Notes how a try ended and queues the next one.
    pub(super) fn settle(&mut self, due: Due, end: End) {
        let tries = due.tries + 1;
        let (status, refused) = match end {
            End::Answered(status) => (Some(status), false),
            End::Unanswered => (None, false),
            End::Refused => (None, true),
        };
        if self.attempts.len() < KEPT {
            let body = serde_json::from_slice(&due.report.body).unwrap_or_default();
            let url = due.report.url.clone();
            self.attempts.push(Attempt {
                url,
                body,
                tries,
                due: due.at,
                status,
                refused,
            });
        }
        if !refused && let Some(wait) = due.report.retry.wait_millis(tries, status) {
            self.put(due.at.plus_millis(wait), tries, due.report);
        }
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Answered(u16),
    Unanswered,
    Refused,
}

/// Posts one report.
pub(super) async fn post(due: &Due) -> End {
    let Some((host, port, path)) = loopback(&due.report.url) else {
        return End::Refused;
    };
    match tokio::time::timeout(PATIENCE, exchange(&due.report, &host, port, &path)).await {
        Ok(Some(status)) => End::Answered(status),
        Ok(None) | Err(_) => End::Unanswered,
    }
}

/// Host, port and path of a loopback URL.
fn loopback(url: &str) -> Option<(String, u16, String)> {
    let rest = url.strip_prefix("http://")?;
    let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, 80),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = match bare {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        other => other.parse().ok()?,
    };
    address
        .is_loopback()
        .then(|| (address.to_string(), port, path.to_owned()))
}

async fn exchange(report: &Report, host: &str, port: u16, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect((host, port)).await.ok()?;
    let headers = report
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n{}content-length: {}\r\n\r\n",
        headers.collect::<String>(),
        report.body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(&report.body).await.ok()?;
    let mut answer = Vec::new();
    let mut chunk = [0; 512];
    while !answer.contains(&b'\n') && answer.len() < 4096 {
        match stream.read(&mut chunk).await.ok()? {
            0 => break,
            read => answer.extend_from_slice(chunk.get(..read)?),
        }
    }
    String::from_utf8_lossy(&answer).split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_follow_the_vendors_words() {
        let ip1 = Retry::TenTimesEveryTenMinutes;
        assert_eq!(ip1.wait_millis(1, Some(200)), None);
        assert_eq!(ip1.wait_millis(1, Some(202)), Some(600_000));
        assert_eq!(ip1.wait_millis(9, None), Some(600_000));
        assert_eq!(ip1.wait_millis(10, None), None);
        let sinch = Retry::Doubling;
        assert_eq!(sinch.wait_millis(1, Some(202)), None);
        assert_eq!(sinch.wait_millis(1, Some(404)), None);
        assert_eq!(sinch.wait_millis(1, Some(500)), Some(5_000));
        assert_eq!(sinch.wait_millis(2, Some(429)), Some(10_000));
        assert_eq!(sinch.wait_millis(15, None), Some(81_920_000));
        assert_eq!(sinch.wait_millis(16, None), None);
    }

    #[test]
    fn reports_stay_on_this_computer() {
        assert_eq!(
            loopback("http://127.0.0.1:8080/dlr?x=1"),
            Some(("127.0.0.1".into(), 8080, "/dlr?x=1".into()))
        );
        assert_eq!(
            loopback("http://localhost/dlr"),
            Some(("127.0.0.1".into(), 80, "/dlr".into()))
        );
        assert_eq!(loopback("http://[::1]:81"), Some(("::1".into(), 81, "/".into())));
        for url in [
            "https://127.0.0.1/",
            "http://example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
        ] {
            assert_eq!(loopback(url), None, "{url}");
        }
    }
}
