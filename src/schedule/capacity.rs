//! Whether a window is open long enough for its recipients.
//!
//! In: windows, messages, a rate. Out: how long is needed, when that is longer than all windows together.

use std::time::Duration;

use super::diagnostics::WINDOW_TOO_SHORT;
use crate::model::{Diagnostic, Windows, format_duration};

/// Windows that are over before the provider is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooShort {
    /// How long sending takes at the stated rate.
    pub needs: Duration,
    /// How long the windows are open together.
    pub open: Duration,
    /// The rate, in segments a second.
    pub segments_per_second: u32,
}

impl TooShort {
    /// In words, without a place.
    pub fn diagnostic(&self) -> Diagnostic {
        let whole_minutes = |duration: Duration| Duration::from_secs(duration.as_secs().div_ceil(60) * 60);
        let message = format!(
            "the window is open for `{}`, and sending takes about `{}` at {} segments a second",
            format_duration(self.open),
            format_duration(whole_minutes(self.needs)),
            self.segments_per_second
        );
        Diagnostic::warning(&WINDOW_TOO_SHORT, message).hint("open it for longer, or split the audience")
    }
}

/// Whether `segments` fit the windows at a rate; a rate of 0 is "not stated", and everything fits.
pub fn too_short(windows: &Windows, segments: u64, segments_per_second: u32) -> Option<TooShort> {
    if segments_per_second == 0 {
        return None;
    }
    let open = windows.as_slice().iter().map(|w| w.closes().since(w.opens())).sum();
    let needs = Duration::from_secs(segments.div_ceil(u64::from(segments_per_second)));
    (needs > open).then_some(TooShort {
        needs,
        open,
        segments_per_second,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Instant, Window};

    fn window(opens: i64, closes: i64) -> Window {
        Window::new(Instant::from_unix_seconds(opens), Instant::from_unix_seconds(closes)).unwrap()
    }

    #[test]
    fn all_windows_together_must_be_long_enough() {
        let windows = Windows::new(vec![window(0, 60), window(120, 180)]).unwrap();
        assert_eq!(too_short(&windows, 1200, 10), None);
        assert_eq!(too_short(&windows, u64::MAX, 0), None);
        let short = too_short(&windows, 1201, 10).unwrap();
        assert_eq!(
            (short.needs, short.open),
            (Duration::from_secs(121), Duration::from_mins(2))
        );
        assert_eq!(
            short.diagnostic().message,
            "the window is open for `2m`, and sending takes about `3m` at 10 segments a second"
        );
        assert!(too_short(&windows, u64::MAX, 1).is_some());
    }
}
