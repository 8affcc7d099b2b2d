//! Where a secret is found: never the secret itself.

use std::path::PathBuf;

/// Where a value comes from that files must not hold (or, for a service plan id, may).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// Written in the file (service plan ids only).
    Literal(String),
    /// Name of an environment variable.
    Env(String),
    /// A file, relative to the project root.
    File(PathBuf),
}
