//! The five fields as sets of values: our own reading, with our own messages, and the spelling for the `cron` crate.
//!
//! That crate wants six or seven fields, counts Sunday as 1, refuses 0, knows `L`, `W` and `#`, and has an empty message
//! for five fields; so it is given plain lists only.

use std::fmt::Write as _;

use super::fault::CronFault;

struct FieldKind {
    name: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
}

impl FieldKind {
    fn article(&self) -> &'static str {
        if self.name == "hour" { "an" } else { "a" }
    }
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const KINDS: [FieldKind; 5] = [
    FieldKind {
        name: "minute",
        first: 0,
        last: 59,
        names: &[],
    },
    FieldKind {
        name: "hour",
        first: 0,
        last: 23,
        names: &[],
    },
    FieldKind {
        name: "day of the month",
        first: 1,
        last: 31,
        names: &[],
    },
    FieldKind {
        name: "month",
        first: 1,
        last: 12,
        names: MONTHS,
    },
    // 7 is Sunday too; folded onto 0 when the set is complete.
    FieldKind {
        name: "day of the week",
        first: 0,
        last: 7,
        names: WEEKDAYS,
    },
];

/// Sets of values, bit n for value n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
}

const ALL_DAYS: u64 = 0xffff_fffe;
const ALL_WEEKDAYS: u64 = 0x7f;

impl Fields {
    pub(super) fn parse(text: &str) -> Result<Self, CronFault> {
        let words = words(text);
        if let Some(word) = words.first().filter(|w| w.text.starts_with('@')) {
            let meant = match word.text.to_ascii_lowercase().as_str() {
                "@daily" | "@midnight" => "write `0 0 * * *` for every midnight, or a better hour for a text",
                "@hourly" => "write `0 * * * *`",
                "@weekly" => "write `0 0 * * SUN`",
                "@monthly" => "write `0 0 1 * *`",
                "@yearly" | "@annually" => "write `0 0 1 1 *`",
                _ => "write five fields like `0 10 * * MON-FRI`",
            };
            return Err(word.fault(format!("`{}` is not supported", word.text), meant));
        }
        let [minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(wrong_count(text, words.len()));
        };
        let [minutes_kind, hours_kind, days_kind, months_kind, weekdays_kind] = &KINDS;
        let weekday_set = set(weekday, weekdays_kind)?;
        let fields = Self {
            minutes: set(minute, minutes_kind)?,
            hours: set(hour, hours_kind)?,
            days: set(day, days_kind)?,
            months: set(month, months_kind)?,
            weekdays: (weekday_set | weekday_set >> 7) & ALL_WEEKDAYS,
        };
        if fields.days != ALL_DAYS && fields.weekdays != ALL_WEEKDAYS {
            return Err(weekday.fault(
                "both the day of the month and the day of the week are restricted",
                "make one of them `*`: cron programs disagree on whether both or either must match",
            ));
        }
        if !fields.ever_happens() {
            let fault = day.fault(
                "this schedule never happens: no month in it has such a day",
                "check the day of the month and the month",
            );
            return Err(CronFault {
                never_happens: true,
                ..fault
            });
        }
        Ok(fields)
    }

    /// Six fields with a Sunday of 1, plain lists only.
    pub(super) fn for_matcher(&self) -> String {
        let list = |bits: u64, shift: u32| {
            let mut text = String::new();
            for value in values(bits) {
                let comma = if text.is_empty() { "" } else { "," };
                let _ = write!(text, "{comma}{}", value + shift);
            }
            text
        };
        let all_or = |bits: u64, all: u64, shift: u32| if bits == all { "*".to_owned() } else { list(bits, shift) };
        format!(
            "0 {} {} {} {} {}",
            list(self.minutes, 0),
            list(self.hours, 0),
            all_or(self.days, ALL_DAYS, 0),
            list(self.months, 0),
            all_or(self.weekdays, ALL_WEEKDAYS, 1),
        )
    }

    /// Every time of day it names, in minutes since midnight, rising.
    pub(super) fn minutes_of_day(&self) -> Vec<u32> {
        values(self.hours)
            .flat_map(|hour| values(self.minutes).map(move |minute| hour * 60 + minute))
            .collect()
    }

    /// `weekday` counts from Sunday as 0.
    pub(super) fn has_day(&self, month: u32, day: u32, weekday: u32) -> bool {
        has(self.months, month) && has(self.days, day) && has(self.weekdays, weekday)
    }

    fn ever_happens(&self) -> bool {
        let days_in = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        values(self.months).any(|month| values(self.days).any(|day| day <= days_in(month)))
    }
}

fn has(bits: u64, value: u32) -> bool {
    bits.checked_shr(value).is_some_and(|rest| rest & 1 == 1)
}

fn values(bits: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |value| has(bits, *value))
}

fn wrong_count(text: &str, count: usize) -> CronFault {
    let hint = match count {
        6 | 7 => "there are no seconds and no years here: minute, hour, day of the month, month, day of the week",
        _ => "minute, hour, day of the month, month, day of the week, like `0 10 * * MON-FRI`",
    };
    CronFault::whole(text, format!("a schedule has five fields, this has {count}"), hint)
}

/// A piece of the text with its column.
#[derive(Debug, Clone, Copy)]
struct FieldWord<'a> {
    text: &'a str,
    column: usize,
}

impl<'a> FieldWord<'a> {
    fn fault(self, message: impl Into<String>, hint: impl Into<String>) -> CronFault {
        CronFault {
            message: message.into(),
            column: self.column,
            length: self.text.chars().count().max(1),
            hint: Some(hint.into()),
            never_happens: false,
        }
    }

    fn split(self, separator: char) -> impl Iterator<Item = FieldWord<'a>> {
        let mut column = self.column;
        self.text.split(separator).map(move |text| {
            let word = FieldWord { text, column };
            column += text.chars().count() + 1;
            word
        })
    }

    fn split_once(self, separator: char) -> (Self, Option<Self>) {
        let mut pieces = self.split(separator);
        let head = pieces.next().unwrap_or(self);
        let rest = self.text.split_once(separator).map(|(first, text)| FieldWord {
            text,
            column: self.column + first.chars().count() + 1,
        });
        (head, rest)
    }
}

fn words(text: &str) -> Vec<FieldWord<'_>> {
    let mut words = Vec::new();
    let mut start: Option<(usize, usize)> = None;
    let end = [(text.len(), ' ')];
    for (column, (at, char)) in text.char_indices().chain(end).enumerate() {
        match (char.is_whitespace(), start) {
            (false, None) => start = Some((at, column + 1)),
            (true, Some((from, column))) => {
                words.extend(text.get(from..at).map(|text| FieldWord { text, column }));
                start = None;
            }
            (false, Some(_)) | (true, None) => {}
        }
    }
    words
}

fn set(field: &FieldWord<'_>, kind: &FieldKind) -> Result<u64, CronFault> {
    let mut bits = 0;
    for item in field.split(',') {
        bits |= item_set(item, kind)?;
    }
    Ok(bits)
}

fn item_set(item: FieldWord<'_>, kind: &FieldKind) -> Result<u64, CronFault> {
    refuse_foreign(item, kind)?;
    let (range, step) = item.split_once('/');
    let (low, high) = match range.split_once('-') {
        (_, None) if range.text == "*" => (kind.first, if kind.last == 7 { 6 } else { kind.last }),
        (one, None) => {
            let value = value(one, kind)?;
            if step.is_some() {
                return Err(item.fault(
                    format!("`{}` has a step and no range", item.text),
                    format!(
                        "write `{}-{}/{}` or `*/{}`",
                        one.text,
                        kind.last,
                        step_text(step),
                        step_text(step)
                    ),
                ));
            }
            (value, value)
        }
        (from, Some(to)) => {
            let (low, mut high) = (value(from, kind)?, value(to, kind)?);
            // The week may end with Sunday: `FRI-SUN` is `5-7`.
            if kind.last == 7 && high == 0 && low > 0 {
                high = 7;
            }
            if low > high {
                return Err(range.fault(
                    format!("the range `{}` runs backwards", range.text),
                    format!(
                        "write it as two: `{}-{},{}-{}`",
                        from.text, kind.last, kind.first, to.text
                    ),
                ));
            }
            (low, high)
        }
    };
    let step = match step {
        None => 1,
        Some(step) => step_value(step, item, kind)?,
    };
    Ok((low..=high)
        .step_by(usize::try_from(step).unwrap_or(1))
        .fold(0, |bits, value| bits | 1 << value))
}

fn step_text(step: Option<FieldWord<'_>>) -> &str {
    step.map_or("1", |word| word.text)
}

fn step_value(step: FieldWord<'_>, item: FieldWord<'_>, kind: &FieldKind) -> Result<u32, CronFault> {
    let parsed = digits(step.text).filter(|step| *step > 0);
    let span = if kind.last == 7 { 7 } else { kind.last - kind.first + 1 };
    match parsed {
        None => Err(item.fault(
            format!("`{}` is not a step", step.text),
            "a step is a whole number from 1, like `*/15`",
        )),
        Some(step) if step >= span && span > 1 => Err(item.fault(
            format!(
                "a step of {step} is longer than the {} field, which has {span} values",
                kind.name
            ),
            "steps begin anew with each hour, day, month, year or week: name the values instead",
        )),
        Some(step) => Ok(step),
    }
}

/// What other programs' schedules have and these have not.
fn refuse_foreign(item: FieldWord<'_>, kind: &FieldKind) -> Result<(), CronFault> {
    let text = item.text.to_ascii_uppercase();
    let is_name = kind.names.iter().any(|name| text.contains(name));
    let refused = if text.is_empty() {
        Some(("an empty item in a list", "take the extra comma out"))
    } else if text.contains('#') {
        Some((
            "`#` (the n-th weekday of a month) is not supported",
            "use explicit windows, or a campaign for each date",
        ))
    } else if text.contains('?') {
        Some(("`?` is not supported", "write `*`"))
    } else if text.ends_with('L') && !is_name {
        Some((
            "`L` (the last day) is not supported",
            "name a day that every month has, such as 28",
        ))
    } else if text.ends_with('W') && text.len() > 1 && !is_name {
        Some((
            "`W` (the nearest weekday) is not supported",
            "use weekdays: `0 10 * * MON-FRI`",
        ))
    } else {
        None
    };
    refused.map_or(Ok(()), |(message, hint)| Err(item.fault(message, hint)))
}

fn digits(text: &str) -> Option<u32> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn value(word: FieldWord<'_>, kind: &FieldKind) -> Result<u32, CronFault> {
    let upper = word.text.to_ascii_uppercase();
    let named = kind.names.iter().position(|name| *name == upper);
    if let Some(position) = named.and_then(|p| u32::try_from(p).ok()) {
        return Ok(position + u32::from(kind.first == 1));
    }
    if word.text.is_empty() {
        let hint = format!("a number from {} to {}", kind.first, kind.last);
        return Err(word.fault(format!("{} {} is missing", kind.article(), kind.name), hint));
    }
    let Some(value) = digits(word.text) else {
        let hint = match kind.names.iter().find(|name| upper.starts_with(*name)) {
            Some(name) => format!("write `{name}`"),
            None if kind.names.is_empty() => format!("a number from {} to {}", kind.first, kind.last),
            None => format!(
                "a number from {} to {}, or one of {}",
                kind.first,
                kind.last,
                kind.names.join(" ")
            ),
        };
        return Err(word.fault(format!("`{}` is not {} {}", word.text, kind.article(), kind.name), hint));
    };
    if (kind.first..=kind.last).contains(&value) {
        Ok(value)
    } else {
        Err(word.fault(
            format!("`{value}` is not {} {}", kind.article(), kind.name),
            format!("a number from {} to {}", kind.first, kind.last),
        ))
    }
}
