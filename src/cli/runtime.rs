//! The runtime of commands that talk to providers.

use crate::cli::context::Failed;

/// The runtime of commands that talk to providers: two threads, one of them for the sandbox.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failed::from(anyhow::Error::from(error)))
}
