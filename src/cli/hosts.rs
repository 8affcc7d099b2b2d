//! Hosts that are no providers: code hosts and hooks.

use reqwest::Url;

/// Tokens and addresses that are secrets travel over TLS, or do not leave this machine.
pub(super) fn require_tls(url: &Url) -> anyhow::Result<()> {
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    anyhow::ensure!(url.scheme() == "https" || is_loopback, "tokens travel only over https");
    Ok(())
}
