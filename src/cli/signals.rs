//! SIGINT and SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::exit::Exit;
use super::system::signals;

/// Waits for either signal. Both are listened for from this call on, not only when it is awaited; needs a runtime.
pub(super) fn wait() -> impl Future<Output = Exit> {
    let (interrupted, terminated) = signals();
    async move {
        tokio::select! {
            () = interrupted => Exit::Interrupted,
            () = terminated => Exit::Terminated,
        }
    }
}

/// Remembers that a signal came, so that work can stop between two calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// Listens in the background of the current runtime.
    pub(super) fn listen() -> Self {
        let interrupt = Self::default();
        let flag = Arc::clone(&interrupt.0);
        let wait = wait();
        tokio::spawn(async move {
            let exit = wait.await;
            flag.store(exit.code(), Ordering::SeqCst);
        });
        interrupt
    }

    /// Waits until a signal has come; which.
    pub(super) async fn wait(&self) -> Exit {
        loop {
            if let Some(signal) = self.came() {
                return signal;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Which signal came, if one did.
    pub(super) fn came(&self) -> Option<Exit> {
        match self.0.load(Ordering::SeqCst) {
            130 => Some(Exit::Interrupted),
            143 => Some(Exit::Terminated),
            _ => None,
        }
    }
}
