//! How fast requests may leave, and how long to wait before one is repeated.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces requests evenly; nothing bursts, because neither vendor says what a burst may be.
#[derive(Debug)]
pub(super) struct RequestPace {
    spacing: Duration,
    next: Mutex<Option<Instant>>,
}

impl RequestPace {
    /// At most this many requests a second; 0 is no limit.
    pub(super) fn new(requests_per_second: u32) -> Self {
        Self {
            spacing: Duration::from_secs(1)
                .checked_div(requests_per_second)
                .unwrap_or_default(),
            next: Mutex::new(None),
        }
    }

    /// Between two requests.
    pub(super) fn spacing(&self) -> Duration {
        self.spacing
    }

    /// Waits until this request may leave.
    pub(super) async fn turn(&self) {
        if !self.spacing.is_zero() {
            sleep_until(self.reserve(Instant::now())).await;
        }
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.spacing);
        turn
    }
}

/// A read is tried this often in all.
pub(super) const ATTEMPTS: u32 = 4;
/// A provider that wants to be left alone for longer is left alone by giving up.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to wait after the `attempt`-th failure (from 1), or nothing when there is no point in trying again.
/// Doubling and without jitter: one client, one account, and runs that can be reproduced from their logs.
pub(super) fn wait(attempt: u32, first: Duration, retry_after: Option<Duration>) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let backoff = first.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    let wait = backoff.max(retry_after.unwrap_or_default());
    (wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_evenly_and_never_burst() {
        let pace = RequestPace::new(5);
        let start = Instant::now();
        let turns: Vec<u128> = [0, 0, 10, 60_000, 60_000]
            .map(|millis| start + Duration::from_millis(millis))
            .map(|now| pace.reserve(now).duration_since(start).as_millis())
            .to_vec();
        assert_eq!(turns, [0, 200, 400, 60_000, 60_200]);
    }

    #[test]
    fn waits_double_and_honor_retry_after_up_to_a_limit() {
        let first = Duration::from_millis(500);
        let table = [
            (1, None, Some(500)),
            (2, None, Some(1000)),
            (3, None, Some(2000)),
            (4, None, None),
            (1, Some(7), Some(7000)),
            (1, Some(31), None),
        ];
        for (attempt, retry_after, expected) in table {
            assert_eq!(
                wait(attempt, first, retry_after.map(Duration::from_secs)),
                expected.map(Duration::from_millis),
            );
        }
    }
}
