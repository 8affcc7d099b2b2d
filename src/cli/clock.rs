//! The only clock of the program: it gives the time, waits, and listens for signals.

use std::time::{Duration, Instant as Stopwatch};

use super::signals::Interrupt;
use crate::apply::RunClock;
use crate::model::{Clock, Instant};

/// Real time, or a pretended instant plus the time elapsed since the start.
#[derive(Debug, Clone)]
pub(super) struct SystemClock {
    pretended: Option<Instant>,
    started: Stopwatch,
    interrupt: Interrupt,
}

#[expect(clippy::disallowed_methods, reason = "the one place where time is read")]
impl SystemClock {
    /// Starts now.
    pub(super) fn start(pretended: Option<Instant>) -> Self {
        Self {
            pretended,
            started: Stopwatch::now(),
            interrupt: Interrupt::default(),
        }
    }

    /// The instant to plan and act by.
    pub(super) fn now(&self) -> Instant {
        self.pretended.map_or_else(Self::real, |at| at + self.started.elapsed())
    }

    /// The same clock, which gets signals from now on; needs a runtime.
    pub(super) fn listening(&self) -> Self {
        Self {
            interrupt: Interrupt::listen(),
            ..self.clone()
        }
    }

    /// The signals that it gets.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Time since the start, by a clock that never jumps.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The instant at the start, where it is pretended (`--at`).
    pub(super) fn pretended(&self) -> Option<Instant> {
        self.pretended
    }

    /// Whether the instant is pretended (`--at`).
    pub(super) fn is_pretended(&self) -> bool {
        self.pretended.is_some()
    }

    /// The machine's time, whatever is pretended.
    pub(super) fn real() -> Instant {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Instant::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        self.now()
    }

    fn is_pretended(&self) -> bool {
        self.is_pretended()
    }
}

impl RunClock for SystemClock {
    fn watch(&self) -> Duration {
        self.started.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        // In slices, so that a signal does not wait for a long lag.
        let mut left = duration;
        while !left.is_zero() && !self.is_interrupted() {
            let slice = left.min(Duration::from_millis(200));
            tokio::time::sleep(slice).await;
            left -= slice;
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.came().is_some()
    }
}
