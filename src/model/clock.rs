//! The trait of a clock. The program has one clock, in `cli`; nothing here reads the time.

use std::fmt;

use super::Instant;

/// Tells the instant to act by: the real one, or the one that `--at` pretends.
pub trait Clock {
    /// Now, whenever it is asked.
    fn now(&self) -> Instant;
    /// Whether the instant is pretended: then no provider's clock can agree with it.
    fn is_pretended(&self) -> bool {
        false
    }
}

/// For tests: what a function says.
impl<F: Fn() -> Instant> Clock for F {
    fn now(&self) -> Instant {
        self()
    }
}

impl fmt::Debug for dyn Clock + Send + Sync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
