//! What an adapter needs to reach an account, given by `cli`: no environment, no files and no clock are read here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use crate::model::{Clock, ProviderName};

/// An account and how to treat it. Its `Debug` does not show the token.
#[derive(Debug, Clone)]
pub struct Connection {
    /// As `campanile.yaml` names it.
    pub name: ProviderName,
    /// `https://host`, or `http://` to loopback; without `/v2` or `/xms/v1`.
    pub base_url: String,
    /// Bearer token.
    pub token: SecretString,
    /// At most this many people in a batch.
    pub max_recipients_per_batch: u32,
    /// Requests are spaced to this rate; 0 is no limit.
    pub requests_per_second: u32,
    /// So many operations may be under way at once.
    pub requests_in_flight: usize,
    /// How long a new batch may be missing from the list.
    pub list_lag: Duration,
    /// How long an unknown outcome holds its occurrence.
    pub unknown_hold: Duration,
    /// Whether it is an emulator of our own.
    pub is_sandbox: bool,
    /// Sinch only: in the path of every request.
    pub service_plan_id: Option<String>,
    /// Asked right before a batch leaves, since a window in the past would be sent at once, and for the start of
    /// Sinch's list.
    pub clock: Arc<dyn Clock + Send + Sync>,
}

/// Why an account cannot be reached with these arguments. Holds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConnection {
    /// Not a URL of a host, or with a user, a query or a fragment.
    #[error("`{0}` is not a base URL like `https://api.example.com`")]
    Url(String),
    /// The token would travel unprotected.
    #[error("`{0}` must begin with `https://` (plain `http://` is for loopback only)")]
    PlainHttp(String),
    /// Empty, or with characters that no header can carry.
    #[error("the token is empty or has characters that a token cannot have")]
    Token,
    /// Missing, or not a path segment.
    #[error("a Sinch account needs a service plan id of letters, digits, `-` and `_`")]
    ServicePlan,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Connection {
    /// The base URL, if it is safe to send a token there.
    pub(super) fn checked_url(&self) -> Result<Url, InvalidConnection> {
        // What was written is not repeated where it may hold a password.
        let shown = self.base_url.split('@').next_back().unwrap_or_default().to_owned();
        let Ok(url) = Url::parse(self.base_url.trim()) else {
            return Err(InvalidConnection::Url(shown));
        };
        let has_more =
            !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
        let Some(host) = url.host_str().filter(|_| !has_more) else {
            return Err(InvalidConnection::Url(shown));
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback(host) => Ok(url),
            "http" => Err(InvalidConnection::PlainHttp(shown)),
            _ => Err(InvalidConnection::Url(shown)),
        }
    }
}

/// `localhost` counts: a machine with a false entry for it in its hosts file is lost anyway.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Instant;

    fn connection(base_url: &str) -> Connection {
        Connection {
            name: ProviderName::parse("ip1").unwrap(),
            base_url: base_url.to_owned(),
            token: SecretString::from("canary-token"),
            max_recipients_per_batch: 1000,
            requests_per_second: 0,
            requests_in_flight: 1,
            list_lag: Duration::ZERO,
            unknown_hold: Duration::ZERO,
            is_sandbox: true,
            service_plan_id: None,
            clock: Arc::new(|| Instant::from_unix_seconds(0)),
        }
    }

    #[test]
    fn a_token_travels_over_https_or_to_loopback_only() {
        for url in [
            "https://api.ip1sms.com",
            "https://proxy.example.com/ip1/",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost",
            "http://127.8.9.1",
        ] {
            assert!(connection(url).checked_url().is_ok(), "{url}");
        }
        for url in [
            "http://api.ip1sms.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
        ] {
            assert_eq!(
                connection(url).checked_url(),
                Err(InvalidConnection::PlainHttp(url.to_owned()))
            );
        }
        for url in [
            "",
            "api.ip1sms.com",
            "ftp://x",
            "https://",
            "https://a/?q=1",
            "https://a/#f",
            "file:///etc/passwd",
        ] {
            assert_eq!(
                connection(url).checked_url(),
                Err(InvalidConnection::Url(url.to_owned()))
            );
        }
    }

    #[test]
    fn neither_a_token_nor_a_password_is_shown() {
        let connection = connection("https://user:hunter2@example.com");
        assert!(!format!("{connection:?}").contains("canary-token"));
        let error = connection.checked_url().unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
