//! A URL as libpq reads it, for a client that knows fewer words; TLS beyond this machine.
//!
//! Never: a part of the URL in a message, because it holds the password.

use std::net::IpAddr;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::model::WhyNot;

/// Where to connect, and whether in TLS.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) is_encrypted: bool,
}

/// Parameters of libpq that change nothing here: certificates are always verified, with those of `ca_file` or the
/// system.
const IGNORED: [&str; 9] = [
    "sslrootcert",
    "sslcompression",
    "sslsni",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "gssencmode",
    "client_encoding",
    "application_name",
    "fallback_application_name",
];

/// Reads a URL; the error says what is wrong with it, without what it says.
pub(super) fn address(url: &str) -> Result<Address, WhyNot> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("the URL does not begin with `postgresql://`".into());
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut kept = Vec::new();
    let mut mode = SslMode::Prefer;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (key, value) {
            // What libpq calls so, this client does whenever it uses TLS.
            ("sslmode", "require" | "verify-ca" | "verify-full") => mode = SslMode::Require,
            ("sslmode", "disable" | "allow") => mode = SslMode::Disable,
            ("sslmode", "prefer") => {}
            ("sslmode", _) => return Err("its `sslmode` is none of libpq's".into()),
            ("sslcert" | "sslkey", _) => {
                return Err(format!("its `{key}` is not supported: a password, or a role without one").into());
            }
            (key, _) if IGNORED.contains(&key) => {}
            _ => kept.push(pair),
        }
    }
    let url = format!("{base}?{}", kept.join("&"));
    let mut config: Config = url.parse().map_err(|error| wrong(&error))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err("the URL names no host".into());
    }
    if config.get_user().is_none() {
        return Err("the URL names no user".into());
    }
    let is_local = is_local(&config);
    if !is_local && mode == SslMode::Disable {
        return Err("its `sslmode` turns TLS off, which is for this machine only".into());
    }
    let is_encrypted = !is_local || mode == SslMode::Require;
    config.ssl_mode(if is_encrypted {
        SslMode::Require
    } else {
        SslMode::Disable
    });
    config.application_name(concat!("campanile/", env!("CARGO_PKG_VERSION")));
    Ok(Address { config, is_encrypted })
}

fn is_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

/// Names of parameters may be shown; anything else may be a piece of the password.
fn wrong(error: &tokio_postgres::Error) -> WhyNot {
    let cause = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    if cause.starts_with("unknown option") || cause.starts_with("invalid value for option") {
        format!("the URL cannot be read: {cause}").into()
    } else {
        "the URL cannot be read: it is like `postgresql://USER:PASSWORD@HOST/DATABASE`, with `%40` for `@` in a password"
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libpq_reads_is_read_and_tls_is_for_all_but_this_machine() {
        for (url, is_encrypted) in [
            ("postgresql://u:p@db.example/x", true),
            (
                "postgresql://u:p@db.example/x?sslmode=verify-full&sslrootcert=system",
                true,
            ),
            (
                "postgres://u@db.example:6543/x?channel_binding=require&sslmode=require",
                true,
            ),
            ("postgresql://u@localhost/x", false),
            ("postgresql://u@127.0.0.1/x?sslmode=require", true),
            ("postgresql://u@[::1]:5433/x?sslmode=disable", false),
            ("postgresql:///x?host=/run/postgresql&user=u", false),
            ("postgresql://u@db.example,localhost/x", true),
            ("postgresql://u@db.example/x?hostaddr=127.0.0.1", false),
        ] {
            let address = address(url).unwrap_or_else(|why| panic!("{url}: {why}"));
            assert_eq!(address.is_encrypted, is_encrypted, "{url}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_used_is_refused_without_being_told() {
        for url in [
            "",
            "mysql://u:s3cretpw@h/x",
            "postgresql://u:s3cretpw@db.example/x?sslmode=disable",
            "postgresql://u:s3cretpw@db.example/x?sslmode=s3cretpw",
            "postgresql://u:s3cretpw@db.example:s3cretpw/x",
            "postgresql://u:s3cretpw@db.example/x?sslkey=s3cretpw",
            "postgresql://u:s3cretpw@db.example/x?unheard=s3cretpw",
            "postgresql:///x?password=s3cretpw",
        ] {
            let why = address(url).map(|_| ()).expect_err(url);
            assert!(!why.0.contains("s3cr"), "{url}: {why}");
        }
    }
}
