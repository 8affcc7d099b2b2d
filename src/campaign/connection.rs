//! `sources` of campanile.yaml, checked.

use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;
use crate::model::Place;

/// A database or web server that holds audiences.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceConnection {
    /// Which and where.
    pub kind: ConnectionKind,
    /// Certificates (PEM) of a private authority, relative to the project root; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The query, or the download, is given up after this long.
    pub timeout: Duration,
    /// More rows than this are an error.
    pub max_rows: u64,
    /// Where it is written.
    pub place: Place,
}

/// Which protocol, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionKind {
    /// Whatever speaks the protocol of `PostgreSQL`.
    Postgres {
        /// Its URL, password included.
        url: Secret,
    },
    /// A web server.
    Https {
        /// Where its files are.
        base: HttpsBase,
        /// Sent as `Authorization: Bearer`.
        token: Option<Secret>,
    },
}

/// Where the files of a web server are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpsBase {
    /// Below this URL, without a trailing slash.
    Url(String),
    /// At a URL that is secret itself, as a signed one is.
    Secret(Secret),
}
