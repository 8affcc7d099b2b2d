//! SIGINT and SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::Exit;

/// Waits for either signal. Both are listened for from this call on, not only when it is awaited; needs a runtime.
pub fn wait() -> impl Future<Output = Exit> {
    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    async move {
        tokio::select! {
            () = heard(interrupt) => Exit::Interrupted,
            () = heard(terminate) => Exit::Terminated,
        }
    }
}

/// Never ends for a signal that cannot be listened for: it then ends the program as it ends others.
async fn heard(signal: std::io::Result<Signal>) {
    if let Ok(mut signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Remembers that a signal came, so that work can stop between two calls.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// Listens in the background of the current runtime.
    pub fn listen() -> Self {
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
    pub async fn wait(&self) -> Exit {
        loop {
            if let Some(signal) = self.came() {
                return signal;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Which signal came, if one did.
    pub fn came(&self) -> Option<Exit> {
        match self.0.load(Ordering::SeqCst) {
            130 => Some(Exit::Interrupted),
            143 => Some(Exit::Terminated),
            _ => None,
        }
    }
}
