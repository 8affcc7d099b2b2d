//! How dates and offsets are written.

use chrono::Datelike;

use crate::model::LocalTime;

/// `Fri 27 Nov 2026`.
pub fn weekday_and_date(local: LocalTime) -> String {
    let date = local.naive().date();
    format!("{} {} {}", date.weekday(), date.format("%-d %b"), date.year())
}

/// `+01:00`, `-03:30`, `+00:00`; seconds only where an old local mean time has them.
pub fn format_offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let (hours, minutes, rest) = (size / 3600, size / 60 % 60, size % 60);
    if rest == 0 {
        format!("{sign}{hours:02}:{minutes:02}")
    } else {
        format!("{sign}{hours:02}:{minutes:02}:{rest:02}")
    }
}
