//! Delivery windows: half-open spans of instants in which the provider may send.

use super::Instant;

/// `[opens, closes)`, at second precision, with `closes` after `opens`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    opens: Instant,
    closes: Instant,
}

/// Why windows are refused. Indices count from 0 in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// `closes` is not after `opens`.
    #[error("a window must close after it opens")]
    ClosesFirst,
    /// Two windows overlap or touch (what providers do with touching ones is not documented).
    #[error("windows {0} and {1} overlap or touch")]
    Overlap(usize, usize),
    /// There is none.
    #[error("at least one window is needed")]
    Empty,
}

impl Window {
    /// Truncates both ends to seconds and checks their order.
    pub fn new(opens: Instant, closes: Instant) -> Result<Self, InvalidWindow> {
        let (opens, closes) = (opens.truncated_to_seconds(), closes.truncated_to_seconds());
        if closes > opens {
            Ok(Self { opens, closes })
        } else {
            Err(InvalidWindow::ClosesFirst)
        }
    }

    /// First instant inside.
    pub fn opens(self) -> Instant {
        self.opens
    }

    /// First instant after.
    pub fn closes(self) -> Instant {
        self.closes
    }
}

/// One or more windows, sorted, neither overlapping nor touching.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Windows(Vec<Window>);

impl Windows {
    /// Sorts; refuses none at all and any two that overlap or touch.
    #[expect(clippy::needless_pass_by_value, reason = "callers have just gathered them")]
    pub fn new(windows: Vec<Window>) -> Result<Self, InvalidWindow> {
        let mut order: Vec<usize> = (0..windows.len()).collect();
        order.sort_by_key(|i| windows.get(*i).copied());
        let sorted: Vec<Window> = order.iter().filter_map(|i| windows.get(*i).copied()).collect();
        for (pair, places) in sorted.windows(2).zip(order.windows(2)) {
            if let ([a, b], [i, j]) = (pair, places)
                && b.opens <= a.closes
            {
                return Err(InvalidWindow::Overlap(*i.min(j), *i.max(j)));
            }
        }
        if sorted.is_empty() {
            Err(InvalidWindow::Empty)
        } else {
            Ok(Self(sorted))
        }
    }

    /// A single window.
    pub fn one(window: Window) -> Self {
        Self(vec![window])
    }

    /// In order of opening.
    pub fn as_slice(&self) -> &[Window] {
        &self.0
    }

    /// When the first opens.
    pub fn opens(&self) -> Instant {
        self.0.first().map_or(Instant::from_unix_seconds(0), |w| w.opens)
    }

    /// When the last closes.
    pub fn closes(&self) -> Instant {
        self.0.last().map_or(Instant::from_unix_seconds(0), |w| w.closes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(opens: i64, closes: i64) -> Window {
        Window::new(Instant::from_unix_seconds(opens), Instant::from_unix_seconds(closes)).unwrap()
    }

    #[test]
    fn windows_are_sorted_and_kept_apart() {
        let windows = Windows::new(vec![window(30, 40), window(10, 20)]).unwrap();
        assert_eq!(windows.as_slice(), [window(10, 20), window(30, 40)]);
        assert_eq!(windows.closes(), Instant::from_unix_seconds(40));
        assert_eq!(
            Windows::new(vec![window(15, 40), window(10, 20)]),
            Err(InvalidWindow::Overlap(0, 1))
        );
        assert_eq!(
            Windows::new(vec![window(20, 40), window(10, 20)]),
            Err(InvalidWindow::Overlap(0, 1))
        );
        assert_eq!(Windows::new(vec![]), Err(InvalidWindow::Empty));
    }

    #[test]
    fn an_empty_window_is_refused() {
        let at = Instant::from_unix_seconds(5);
        assert_eq!(Window::new(at, at), Err(InvalidWindow::ClosesFirst));
    }
}
