//! Waiting for a server, on a thread and a runtime of its own, because the caller may run within another runtime.

use std::path::Path;
use std::time::Duration;

use super::{OpenError, Trouble};
use crate::project::diagnostics;

/// The answer, or an error when it takes longer than this.
pub(super) fn on_thread<T: Send>(
    name: &Path,
    patience: Duration,
    answer: impl Future<Output = Result<T, OpenError>> + Send,
) -> Result<T, OpenError> {
    let unable = |why: String| OpenError::from(Trouble::new(name, &diagnostics::NOT_CONNECTED, why));
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unable(format!("cannot be read: {}", error.kind())))?;
        runtime.block_on(async {
            tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
                let why = format!("cannot be read: no end after {} seconds", patience.as_secs());
                Err(unable(why))
            })
        })
    };
    std::thread::scope(|scope| {
        let failed = |_| Err(unable("cannot be read: the reading thread failed".to_owned()));
        scope.spawn(work).join().unwrap_or_else(failed)
    })
}
