//! Time as `apply` sees it: the program's clock, tokio's sleep, signals.

use std::time::Duration;

use super::clock::Clock;
use super::signals::Interrupt;
use crate::apply;
use crate::model::Instant;

/// The program's clock with an ear for signals.
pub struct RunClock {
    /// The program's.
    pub clock: Clock,
    /// Signals.
    pub interrupt: Interrupt,
}

impl apply::Clock for RunClock {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn watch(&self) -> Duration {
        self.clock.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        // In slices, so that a signal does not wait for a long lag.
        let mut left = duration;
        while !left.is_zero() && self.interrupt.came().is_none() {
            let slice = left.min(Duration::from_millis(200));
            tokio::time::sleep(slice).await;
            left -= slice;
        }
    }

    fn is_pretended(&self) -> bool {
        self.clock.is_pretended()
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.came().is_some()
    }
}
