//! How an emulator is started.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::emulator::clock::Instant;
use crate::emulator::faults::Fault;

/// How an emulator is started; the default is a fresh one on a free port.
#[derive(Clone)]
pub struct Options {
    /// Address to listen on; loopback only, port 0 takes a free one.
    pub listen: SocketAddr,
    /// State file, made if missing; none keeps everything in memory.
    pub state: Option<PathBuf>,
    /// Faults ordered from the beginning.
    pub faults: Vec<Fault>,
    /// The only bearer token admitted; none admits any.
    pub token: Option<String>,
    /// What the clock shows at the start; none is real time.
    pub now: Option<Instant>,
    /// Key with which Sinch's webhooks are signed.
    pub sinch_webhook_secret: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state: None,
            faults: Vec::new(),
            token: None,
            now: None,
            sinch_webhook_secret: None,
        }
    }
}

impl Options {
    /// The sandbox of a project: a free port, its state in `folder` (made if missing), any token.
    pub fn sandbox(folder: &Path, now: Option<Instant>) -> Options {
        Options {
            state: Some(folder.join("sandbox.jsonl")),
            now,
            ..Options::default()
        }
    }
}

impl fmt::Debug for Options {
    /// Without token and key.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options {
            listen,
            state,
            faults,
            token: _,
            now,
            sinch_webhook_secret: _,
        } = self;
        let mut shown = out.debug_struct("Options");
        shown
            .field("listen", listen)
            .field("state", state)
            .field("faults", faults)
            .field("now", now);
        shown.finish_non_exhaustive()
    }
}
