//! A cell as the text that it shows.

use calamine::{Data, ExcelDateTime};

use crate::model::WhyNot;

/// A number of this size or more has lost digits: programs of sheets keep 15 of them.
const EXACT: f64 = 1e15;

/// The text of a cell, or why it has none.
pub(super) fn shown(value: &Data) -> Result<String, WhyNot> {
    Ok(match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() >= EXACT => {
            return Err("is a number of more than 15 digits, which has lost some of them".into());
        }
        Data::Float(number) => number.to_string(),
        Data::String(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(instant) => date_time(instant),
        Data::DateTimeIso(text) => match text.strip_suffix("T00:00:00") {
            Some(date) => date.to_owned(),
            None => text.replacen('T', " ", 1),
        },
        Data::DurationIso(text) => duration(text).unwrap_or_else(|| text.clone()),
        Data::Error(error) => return Err(format!("holds an error ({error})").into()),
        Data::Empty => String::new(),
    })
}

/// A date, a time, or both, as ISO.
fn date_time(instant: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = instant.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    if instant.is_duration() {
        elapsed(instant.as_f64())
    } else if instant.as_f64() < 1.0 {
        clock
    } else if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {clock}")
    }
}

/// A time that has passed may be longer than a day: `30:00:00`, as .ods has it too.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "workbooks count days in floats; this many seconds fit"
)]
fn elapsed(days: f64) -> String {
    let seconds = (days * 86_400.0).round() as i64;
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!(
        "{sign}{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// `PT09H30M00S`, as .ods has times of day.
fn duration(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let number = |text: &str| text.split('.').next()?.parse::<u32>().ok();
    Some(format!(
        "{:02}:{:02}:{:02}",
        number(hours)?,
        number(minutes)?,
        number(seconds)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn cells_are_the_text_that_they_show() {
        let date = |value| Data::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false));
        for (cell, expected) in [
            (Data::Float(46_701_234_567.0), "46701234567"),
            (Data::Float(0.5), "0.5"),
            (Data::Int(7), "7"),
            (Data::Bool(true), "true"),
            (date(46_356.0), "2026-11-30"),
            (date(46_356.395_833_333_336), "2026-11-30 09:30:00"),
            (date(0.395_833_333_333_333), "09:30:00"),
            (
                Data::DateTime(ExcelDateTime::new(1.25, ExcelDateTimeType::TimeDelta, false)),
                "30:00:00",
            ),
            (Data::DateTimeIso("2026-11-30T00:00:00".to_owned()), "2026-11-30"),
            (Data::DurationIso("PT09H30M00S".to_owned()), "09:30:00"),
        ] {
            assert_eq!(shown(&cell).as_deref(), Ok(expected), "{cell:?}");
        }
        assert!(shown(&Data::Float(1e15)).is_err());
    }
}
