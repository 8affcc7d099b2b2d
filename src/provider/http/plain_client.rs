//! A client for hosts that are no providers (code hosts): the same TLS, no redirects, bounded time.

use std::time::Duration;

use crate::provider::InvalidConnection;

/// A client that gives up after `patience`.
pub fn http_client(patience: Duration) -> Result<reqwest::Client, InvalidConnection> {
    super::install_tls();
    reqwest::Client::builder()
        .user_agent(concat!("campanile/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .timeout(patience)
        .build()
        .map_err(|error| InvalidConnection::Tls(error.without_url().to_string()))
}
