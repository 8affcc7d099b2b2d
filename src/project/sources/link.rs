//! What a run may connect to, and as of when it reads.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use super::{OpenError, Trouble};
use crate::campaign::{Secret, SourceConnection};
use crate::model::Instant;
use crate::project::{diagnostics, read_secret};

/// Asked for environment variables.
pub type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a run may connect to.
pub struct Link {
    /// By name.
    pub connections: BTreeMap<String, SourceConnection>,
    /// For their secrets.
    pub environment: Environment,
    /// Given to every query of an audience; what is fresh is measured from it.
    pub as_of: Instant,
    /// The run's own instant: given to queries of suppressions.
    pub now: Instant,
    /// Why nothing is connected to; `None`: it is.
    pub offline: Option<&'static str>,
}

impl Link {
    /// The connection of this name, unless the run connects to nothing.
    pub(super) fn connection(&self, name: &str, what: &std::path::Path) -> Result<&SourceConnection, OpenError> {
        if let Some(why) = self.offline {
            return Err(Trouble::new(what, &diagnostics::NOT_CONNECTED, format!("is not read: {why}")).into());
        }
        self.connections.get(name).ok_or_else(|| {
            let why = format!("names `{name}`, which campanile.yaml does not have");
            Trouble::new(what, &diagnostics::NOT_CONNECTED, why).into()
        })
    }

    /// A secret of a connection.
    pub(super) fn secret(
        &self,
        secret: &Secret,
        root: &std::path::Path,
        allowed: &[PathBuf],
        what: &std::path::Path,
    ) -> Result<SecretString, OpenError> {
        match read_secret(secret, root, allowed, &*self.environment) {
            Ok((secret, _)) => Ok(secret),
            Err(error) => {
                let fault = error.diagnostic();
                let trouble = Trouble::new(
                    what,
                    &diagnostics::NO_TOKEN,
                    format!("cannot be read: {}", fault.message),
                );
                Err(fault.hints.into_iter().fold(trouble, Trouble::hint).into())
            }
        }
    }
}
