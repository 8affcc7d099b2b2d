//! How many messages of a campaign are handed out in how much time.

use std::fmt;
use std::time::Duration;

use super::{Instant, Window, Windows, format_duration, grouped};

/// At most so many messages in each such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Messages of one step.
    pub messages: u64,
    /// From one step to the next, of the time in which windows are open.
    pub per: Duration,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = if self.per == Duration::from_secs(24 * 3600) {
            "24h".to_owned()
        } else {
            format_duration(self.per)
        };
        write!(f, "{} in {per}", grouped(self.messages))
    }
}

impl Windows {
    /// For how long they are open altogether.
    pub fn open_time(&self) -> Duration {
        self.as_slice()
            .iter()
            .map(|window| window.closes().since(window.opens()))
            .sum()
    }

    /// What is left of them once they have been open for so long; `None` when nothing is.
    #[must_use]
    pub fn after(&self, open_for: Duration) -> Option<Self> {
        let mut skipped = Duration::ZERO;
        let mut left = Vec::new();
        for window in self.as_slice() {
            let length = window.closes().since(window.opens());
            let cut = open_for.saturating_sub(skipped).min(length);
            left.extend(Window::new(window.opens() + cut, window.closes()));
            skipped += length;
        }
        Self::new(left).ok()
    }

    /// For how long they have been open at an instant within them; `None` outside.
    pub fn open_time_before(&self, instant: Instant) -> Option<Duration> {
        let mut before = Duration::ZERO;
        for window in self.as_slice() {
            if instant < window.opens() {
                return None;
            }
            if instant < window.closes() {
                return Some(before + instant.since(window.opens()));
            }
            before += window.closes().since(window.opens());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn windows(spans: &[(i64, i64)]) -> Windows {
        let window = |(opens, closes): &(i64, i64)| {
            let at = |minutes: i64| Instant::from_unix_seconds(60 * minutes);
            Window::new(at(*opens), at(*closes)).unwrap()
        };
        Windows::new(spans.iter().map(window).collect()).unwrap()
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn closed_time_does_not_count() {
        let both = windows(&[(0, 60), (100, 130)]);
        assert_eq!(both.open_time(), MINUTE * 90);
        assert_eq!(both.after(Duration::ZERO), Some(both.clone()));
        assert_eq!(both.after(MINUTE * 20), Some(windows(&[(20, 60), (100, 130)])));
        assert_eq!(both.after(MINUTE * 60), Some(windows(&[(100, 130)])));
        assert_eq!(both.after(MINUTE * 75), Some(windows(&[(115, 130)])));
        assert_eq!(both.after(MINUTE * 90), None);
    }

    proptest! {
        #[test]
        fn what_is_left_begins_where_so_much_time_has_passed(
            lengths in prop::collection::vec((1_i64..50, 1_i64..50), 1..4), after in 0_u32..160,
        ) {
            let mut at = 0;
            let spans: Vec<(i64, i64)> = lengths.iter().map(|(gap, length)| {
                at += gap + length;
                (at - length, at)
            }).collect();
            let all = windows(&spans);
            match all.after(MINUTE * after) {
                None => prop_assert!(MINUTE * after >= all.open_time()),
                Some(left) => {
                    prop_assert_eq!(all.open_time_before(left.opens()), Some(MINUTE * after));
                    prop_assert_eq!(left.open_time() + MINUTE * after, all.open_time());
                    prop_assert_eq!(left.closes(), all.closes());
                }
            }
        }
    }
}
