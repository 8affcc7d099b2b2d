//! One changing line on stderr while something takes long: what is done, how much of it, how fast.
//!
//! In: steps of a run, bytes of lists. Out: a line with a bar, at a terminal only, no colors; nothing with `--quiet`,
//! in CI (`CI` is set) and where `TERM` is `dumb`. With `-v` steps go to the log as well. Never: a number, a text, a
//! line that stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::apply::Progress;
use crate::model::grouped;

/// A bar of 16 characters, then words; what does not fit is cut.
const COUNTED: &str = "{spinner} [{bar:16}] {wide_msg}";
const UNCOUNTED: &str = "{spinner} {wide_msg}";
/// Bytes that are read in a tenth of a second.
const WORTH_TELLING: u64 = 2_000_000;
/// Often enough to be seen to live.
const TICK: Duration = Duration::from_millis(200);

/// The line; a copy speaks of the same.
#[derive(Clone, Default)]
pub(super) struct ProgressLine(Option<Arc<BarState>>);

struct BarState {
    bar: ProgressBar,
    /// Bytes are counted while lists are read for the first time.
    is_reading: AtomicBool,
    list: AtomicU64,
    lists: AtomicU64,
    people: AtomicU64,
}

impl ProgressLine {
    /// Drawn or not.
    pub(super) fn new(is_shown: bool) -> Self {
        Self(is_shown.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(style(UNCOUNTED));
            Arc::new(BarState {
                bar,
                is_reading: AtomicBool::new(false),
                list: AtomicU64::new(0),
                lists: AtomicU64::new(0),
                people: AtomicU64::new(0),
            })
        }))
    }

    /// Whether anybody sees it.
    pub(super) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// So many lists with so many bytes are going to be read; what is read at once is not shown.
    pub(super) fn begin_reading(&self, lists: u64, bytes: u64) {
        if let Some(line) = self.0.as_ref().filter(|_| bytes >= WORTH_TELLING) {
            line.begin(COUNTED, bytes);
            line.lists.store(lists, Ordering::Relaxed);
            line.list.store(0, Ordering::Relaxed);
            line.is_reading.store(true, Ordering::Relaxed);
        }
    }

    /// The next list begins.
    pub(super) fn next_list(&self) {
        if let Some(line) = &self.0 {
            line.list.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// So many bytes more were read.
    pub(super) fn read(&self, bytes: u64) {
        if let Some(line) = self.0.as_ref().filter(|line| line.is_reading.load(Ordering::Relaxed)) {
            line.bar.inc(bytes);
            let done = line.bar.position();
            line.bar.set_message(format!(
                "{} of {}, {}/s · list {} of {}",
                size(done),
                size(line.bar.length().unwrap_or(done).max(done)),
                size(line.per_second(done)),
                grouped(line.list.load(Ordering::Relaxed)),
                grouped(line.lists.load(Ordering::Relaxed)),
            ));
        }
    }

    /// A step of a run.
    pub(super) fn tell(&self, progress: &Progress<'_>) {
        tracing::info!("{progress}");
        let Some(line) = &self.0 else { return };
        match progress {
            Progress::Operating { number, all, operation } => {
                if *number == 1 {
                    line.begin(COUNTED, *all as u64);
                }
                let done = number.saturating_sub(1) as u64;
                let people = line.people.fetch_add(progress.people(), Ordering::Relaxed);
                let rate = if people > 0 {
                    format!("{} people, {}/s", grouped(people), grouped(line.per_second(people)))
                } else {
                    format!("{}/s", grouped(line.per_second(done)))
                };
                line.bar.set_position(done);
                line.bar.set_message(format!(
                    "{} of {} · {rate} · {} {}",
                    grouped(*number as u64),
                    grouped(*all as u64),
                    operation.action.as_str(),
                    operation.campaign(),
                ));
            }
            Progress::Reading { number, all } | Progress::Canceling { number, all } => {
                if *number == 1 {
                    line.begin(COUNTED, *all as u64);
                }
                line.bar.set_position(number.saturating_sub(1) as u64);
                line.bar.set_message(progress.to_string());
            }
            Progress::Listing(_) | Progress::Waiting | Progress::Operated | Progress::Repairing => {
                line.begin(UNCOUNTED, 0);
                line.bar.set_message(progress.to_string());
            }
        }
    }

    /// Removes the line; the next step draws it again.
    pub(super) fn clear(&self) {
        if let Some(line) = &self.0 {
            line.is_reading.store(false, Ordering::Relaxed);
            line.bar.disable_steady_tick();
            line.bar.finish_and_clear();
        }
    }
}

impl BarState {
    fn begin(&self, template: &str, length: u64) {
        self.is_reading.store(false, Ordering::Relaxed);
        self.list.store(0, Ordering::Relaxed);
        self.people.store(0, Ordering::Relaxed);
        self.bar.reset();
        self.bar.set_style(style(template));
        self.bar.set_length(length);
        self.bar.enable_steady_tick(TICK);
    }

    /// On average since the beginning of this kind of work.
    fn per_second(&self, done: u64) -> u64 {
        let millis = u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(u64::MAX);
        done.saturating_mul(1000) / millis.max(1)
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants of this file; a faulty one would only be drawn in another way.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .progress_chars("━╸ ")
}

/// `512 B`, `12.3 MB`: three digits at most, and a unit.
fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, unit)| bytes >= *unit) {
        None => format!("{bytes} B"),
        Some((name, unit)) if bytes >= 100 * unit => format!("{} {name}", bytes / unit),
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 999, 1_000, 12_345, 999_999, 1_000_000, 123_456_789, 8_200_000_000].map(size);
        assert_eq!(
            sizes,
            [
                "0 B", "999 B", "1.0 kB", "12.3 kB", "999 kB", "1.0 MB", "123 MB", "8.2 GB"
            ]
        );
    }

    #[test]
    fn who_sees_nothing_pays_nothing() {
        let progress = ProgressLine::new(false);
        progress.begin_reading(1, 1);
        progress.read(1);
        progress.clear();
        assert!(!progress.is_shown());
    }
}
