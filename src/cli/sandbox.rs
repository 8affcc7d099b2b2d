//! The embedded sandbox: the emulator inside this process, on a free loopback port, through the very same HTTP adapters.

use std::path::Path;

use super::context::Failed;
use super::exit::Exit;
use super::file_journal::FileJournal;
use super::state;
use crate::emulator::clock::Instant as EmulatorInstant;
use crate::emulator::{Options, Running, start};
use crate::model::{Instant, ProviderName};

/// The emulator has a clock type of its own.
pub(super) fn emulator_instant(instant: Instant) -> EmulatorInstant {
    EmulatorInstant::from_unix_millis(instant.unix_millis())
}

/// Starts the sandbox of a provider; its batches stay in `.campanile/`. A state that is gone takes its journal with it.
pub(super) async fn open(root: &Path, provider: &ProviderName, at: Option<Instant>) -> Result<Running, Failed> {
    let file = state::folder(root)?.join(format!("sandbox-{provider}.jsonl"));
    if !file.exists() {
        FileJournal::of_sandbox(root, provider)
            .forget()
            .map_err(|error| Failed::new(Exit::Failed, format!("could not remove the sandbox's journal: {error}")))?;
    }
    let options = Options {
        state: Some(file),
        now: at.map(emulator_instant),
        ..Options::default()
    };
    start(options)
        .await
        .map_err(|error| Failed::from(anyhow::Error::from(error)))
}
