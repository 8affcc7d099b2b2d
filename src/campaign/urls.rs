//! URLs in files: of an API, of a server that gets reports. Plain `http://` is for loopback only.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::invalid_value::InvalidValue;
use super::wording::clip;

/// The longest URL that is read; Sinch takes 2048 characters for a callback.
const MAX_LENGTH: usize = 2048;

/// Checks a URL without changing it: `https://`, or `http://` to loopback; no user name, no spaces.
pub(super) fn check_url(text: &str) -> Result<(), InvalidValue> {
    let shown = clip(&shown(text));
    let wrong = |why: &str| Err(InvalidValue(format!("`{shown}` is not usable as a URL: {why}")));
    if text.len() > MAX_LENGTH {
        return wrong("it is longer than 2048 characters");
    }
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii())
    {
        return wrong("it holds spaces or characters outside ASCII");
    }
    let lower = text.to_ascii_lowercase();
    let (is_plain, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => return wrong("it must begin with `https://`"),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return wrong("it must not hold a user name or password");
    }
    if authority.contains('\\') || text.contains('\\') {
        return wrong("it holds a backslash");
    }
    let Some((host, port)) = split_port(authority) else {
        return wrong("its host is not a name or an address");
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return wrong("its port is not a number up to 65535");
    }
    if !is_host(host) {
        return wrong("its host is not a name or an address");
    }
    if is_plain && !is_loopback(host) {
        return wrong("plain `http://` is allowed to loopback only; use `https://`");
    }
    Ok(())
}

/// Checks an API's base URL: as [`check_url`], without query and fragment; a trailing slash is dropped.
pub(super) fn base_url(text: &str) -> Result<String, InvalidValue> {
    check_url(text)?;
    if text.contains(['?', '#']) {
        return Err(InvalidValue(format!(
            "`{}` is not usable as a base URL: it holds a query or fragment",
            clip(&shown(text))
        )));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// For messages: without user name and query, in which people keep secrets.
fn shown(text: &str) -> String {
    let (scheme, rest) = text
        .split_once("://")
        .map_or(("", text), |(scheme, rest)| (scheme, rest));
    let separator = if scheme.is_empty() { "" } else { "://" };
    let (rest, query) = rest.split_once(['?', '#']).map_or((rest, ""), |(rest, _)| (rest, "?…"));
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("…@", rest));
    format!("{scheme}{separator}{user}{rest}{query}")
}

fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if authority.starts_with('[') {
        let (host, rest) = authority.split_at_checked(authority.find(']')? + 1)?;
        return match rest {
            "" => Some((host, None)),
            _ => rest.strip_prefix(':').map(|port| (host, Some(port))),
        };
    }
    match authority.split_once(':') {
        None => Some((authority, None)),
        Some((host, port)) => Some((host, Some(port))),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = bracketed(host) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

fn bracketed(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// Only what cannot be anything else: shortened addresses and names ending in `localhost` are not believed.
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || bracketed(host).is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_to_loopback_are_usable() {
        for text in [
            "https://api.ip1sms.com",
            "https://eu.sms.api.sinch.com:8443/base",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:9",
            "HTTPS://Example.com/dlr?x=1",
        ] {
            assert_eq!(check_url(text), Ok(()), "{text}");
        }
        assert_eq!(base_url("https://a.example/x/"), Ok("https://a.example/x".to_owned()));
    }

    #[test]
    fn anything_that_could_leak_a_token_is_refused() {
        for text in [
            "http://api.ip1sms.com",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://127.1",
            "http://127.0.0.1@evil.example",
            "https://user:pw@example.com",
            "https://",
            "https://exa mple.com",
            "https://example.com:99999",
            "https://[::1",
            "https://a..b",
            "http://localhost\\@evil.example",
            "ftp://example.com",
            "example.com",
            "",
        ] {
            assert!(check_url(text).is_err(), "{text}");
        }
        assert!(base_url("https://example.com?x=1").is_err());
    }
}
