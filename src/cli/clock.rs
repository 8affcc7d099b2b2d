//! The only clock of the program.

use std::time::Instant as Stopwatch;

use crate::model::Instant;

/// Real time, or a pretended instant plus the time elapsed since the start.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    pretended: Option<Instant>,
    started: Stopwatch,
}

#[expect(clippy::disallowed_methods, reason = "the one place where time is read")]
impl Clock {
    /// Starts now.
    pub fn start(pretended: Option<Instant>) -> Self {
        Self {
            pretended,
            started: Stopwatch::now(),
        }
    }

    /// The instant to plan and act by.
    pub fn now(&self) -> Instant {
        self.pretended.map_or_else(Self::real, |at| at + self.started.elapsed())
    }

    /// Time since the start, by a clock that never jumps.
    pub fn elapsed(&self) -> std::time::Duration {
        self.started.elapsed()
    }

    /// Whether the instant is pretended (`--at`).
    pub fn is_pretended(&self) -> bool {
        self.pretended.is_some()
    }

    /// The machine's time, whatever is pretended.
    pub fn real() -> Instant {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Instant::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}
