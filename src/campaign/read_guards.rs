//! `guards` to [`Guards`].

use std::collections::{BTreeMap, BTreeSet};

use regex::RegexBuilder;

use super::at::At;
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::project::{DaySet, Guards, MoneyLimits, QuietHours, TimeRange};
use super::project_file::{AmountFile, DateFile, GuardsFile, NumberTypeFile, QuietHoursFile};
use super::read_contact::{limits, on_pressure};
use super::reading::{Reading, parse_date};
use super::wording::clip;
use crate::model::{Country, Diagnostic, Money, NumberKind};

pub(super) fn guards(reading: &mut Reading<'_>, field: &At<GuardsFile>) -> Guards {
    let unset = GuardsFile::default();
    let typed = field.given().unwrap_or(&unset);
    let (cost, no_cost) = (typed.max_cost.given(), At::Absent);
    Guards {
        max_recipients: range(reading, &typed.max_recipients, 1, u64::MAX),
        max_segments_per_message: range(reading, &typed.max_segments_per_message, 1, 255),
        max_cost: MoneyLimits {
            run: amounts(reading, cost.map_or(&no_cost, |cost| &cost.run)),
            occurrence: amounts(reading, cost.map_or(&no_cost, |cost| &cost.occurrence)),
            planned: amounts(reading, cost.map_or(&no_cost, |cost| &cost.planned)),
        },
        max_growth_percent: range(reading, &typed.max_growth_percent, 100, u32::MAX),
        max_shrink_percent: Some(range(reading, &typed.max_shrink_percent, 0, 100).unwrap_or(50)),
        max_cancel_percent: Some(range(reading, &typed.max_cancel_percent, 0, 100).unwrap_or(50)),
        max_cancel: typed.max_cancel.given().copied(),
        max_per_person: limits(reading, &typed.max_per_person),
        on_pressure: on_pressure(&typed.on_pressure),
        number_types: number_types(reading, &typed.number_types),
        opt_out_pattern: opt_out_pattern(reading, &typed.opt_out_pattern),
        quiet_hours: quiet_hours(reading, typed.quiet_hours.given()),
        holidays: holidays(reading, &typed.holidays),
    }
}

fn range<T: PartialOrd + Copy + std::fmt::Display>(
    reading: &mut Reading<'_>,
    field: &At<T>,
    min: T,
    max: T,
) -> Option<T> {
    reading.parse(field, &diagnostics::OUT_OF_RANGE, |value| {
        if (min..=max).contains(value) {
            Ok(*value)
        } else {
            Err(format!("this is a whole number from {min} to {max}, not `{value}`"))
        }
    })
}

fn amounts(reading: &mut Reading<'_>, field: &At<Vec<At<AmountFile>>>) -> Vec<Money> {
    let mut limits: Vec<Money> = Vec::new();
    for item in field.given().into_iter().flatten() {
        let Some(money) = reading.parse(item, &diagnostics::MONEY, |amount| Money::parse(&amount.0)) else {
            continue;
        };
        if let (Some(id), true) = (item.id(), limits.iter().any(|limit| limit.currency == money.currency)) {
            let message = format!("a second limit in {}", money.currency);
            reading.error(id, &diagnostics::MONEY, message);
        } else {
            limits.push(money);
        }
    }
    limits
}

/// Which kinds of numbers are texted; none at all would hold everything.
fn number_types(reading: &mut Reading<'_>, field: &At<Vec<At<NumberTypeFile>>>) -> Option<BTreeSet<NumberKind>> {
    let At::Given(id, items) = field else { return None };
    if items.is_empty() {
        reading.error(*id, &diagnostics::NO_VALUE, "`number_types` names no kind: `[mobile]`");
    }
    let kinds = items.iter().filter_map(At::given).map(|typed| match typed {
        NumberTypeFile::Mobile => NumberKind::Mobile,
        NumberTypeFile::Fixed => NumberKind::Fixed,
        NumberTypeFile::Premium => NumberKind::Premium,
        NumberTypeFile::TollFree => NumberKind::TollFree,
        NumberTypeFile::SharedCost => NumberKind::SharedCost,
        NumberTypeFile::Voip => NumberKind::Voip,
        NumberTypeFile::Personal => NumberKind::Personal,
        NumberTypeFile::Pager => NumberKind::Pager,
        NumberTypeFile::Company => NumberKind::Company,
        NumberTypeFile::Voicemail => NumberKind::Voicemail,
    });
    Some(kinds.collect())
}

fn opt_out_pattern(reading: &mut Reading<'_>, field: &At<String>) -> Option<String> {
    /// Bytes that a compiled pattern may take.
    const SIZE_LIMIT: usize = 1 << 20;
    reading.parse(field, &diagnostics::PATTERN, |text| {
        match RegexBuilder::new(text).size_limit(SIZE_LIMIT).build() {
            Ok(pattern) if pattern.is_match("") => {
                Err(format!("`{}` matches every text, so it demands nothing", clip(text)))
            }
            Ok(_) => Ok(text.clone()),
            Err(fault) => {
                let shown = fault.to_string();
                let why = shown.lines().last().unwrap_or_default().trim();
                Err(format!(
                    "`{}` is not a regular expression: {}",
                    clip(text),
                    clip(why.trim_start_matches("error: "))
                ))
            }
        }
    })
}

fn quiet_hours(reading: &mut Reading<'_>, typed: Option<&QuietHoursFile>) -> QuietHours {
    let Some(typed) = typed else {
        return QuietHours::default();
    };
    let mut countries = BTreeMap::new();
    for (key, entry) in typed.countries.given().into_iter().flatten() {
        let country = reading.country_key(key, entry.id());
        let Some(hours) = entry.given() else { continue };
        let allowed = reading.parse(&hours.allowed, &diagnostics::HOURS, |text| hours_of(text));
        let days = reading.parse(&hours.days, &diagnostics::HOURS, |text| days_of(text));
        if let Some(country) = country {
            insert_country(reading, &mut countries, country, (allowed, days), entry.id());
        }
    }
    QuietHours {
        allowed: reading.parse(&typed.allowed, &diagnostics::HOURS, |text| hours_of(text)),
        days: reading.parse(&typed.days, &diagnostics::HOURS, |text| days_of(text)),
        countries,
    }
}

/// `se` and `SE` are one country: the second entry is a fault.
fn insert_country<V>(
    reading: &mut Reading<'_>,
    all: &mut BTreeMap<Country, V>,
    country: Country,
    value: V,
    id: Option<usize>,
) {
    let message = format!("country `{country}` is given twice");
    if all.insert(country, value).is_some() {
        let mut fault = Diagnostic::error(&diagnostics::DUPLICATE_KEY, message);
        fault.place = id.map(|id| reading.tree.key_place(id));
        reading.found.push(fault);
    }
}

fn holidays(
    reading: &mut Reading<'_>,
    field: &At<BTreeMap<String, At<Vec<At<DateFile>>>>>,
) -> BTreeMap<Country, BTreeSet<String>> {
    let mut holidays = BTreeMap::new();
    for (key, dates) in field.given().into_iter().flatten() {
        let country = reading.country_key(key, dates.id());
        let mut set = BTreeSet::new();
        for date in dates.given().into_iter().flatten() {
            set.extend(reading.parse(date, &diagnostics::TIME, |date| {
                parse_date(&date.0).map(|_| date.0.clone())
            }));
        }
        if let Some(country) = country {
            insert_country(reading, &mut holidays, country, set, dates.id());
        }
    }
    holidays
}

/// `09:00-20:00`; the end may be `24:00`.
fn hours_of(text: &str) -> Result<TimeRange, InvalidValue> {
    let fault = || InvalidValue(format!("`{}` is not hours like `09:00-20:00`", clip(text)));
    let (start, end) = text.split_once('-').ok_or_else(fault)?;
    let (start, end) = (minutes(start).ok_or_else(fault)?, minutes(end).ok_or_else(fault)?);
    if start < end {
        Ok(TimeRange { start, end })
    } else {
        Err(InvalidValue(format!(
            "`{}`: the hours must end after they begin, on the same day",
            clip(text)
        )))
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let shaped = hours.len() == 2 && minutes.len() == 2 && text.trim().bytes().all(|b| b.is_ascii_digit() || b == b':');
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    (shaped && minutes < 60 && total <= 24 * 60).then_some(total)
}

/// `mon-sat`, `mon-fri,sun`; a range may wrap (`sat-mon`).
fn days_of(text: &str) -> Result<DaySet, InvalidValue> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let fault = || InvalidValue(format!("`{}` is not days like `mon-sat` or `mon-fri,sun`", clip(text)));
    let index = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        NAMES.iter().position(|known| *known == name)
    };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (index(first).ok_or_else(fault)?, index(last).ok_or_else(fault)?);
        let span = (last + 7 - first) % 7;
        for (day, is_in) in days.iter_mut().enumerate() {
            *is_in |= (day + 7 - first) % 7 <= span;
        }
    }
    Ok(DaySet(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_whole_minutes_of_one_day() {
        assert_eq!(hours_of("09:00-20:00"), Ok(TimeRange { start: 540, end: 1200 }));
        assert_eq!(hours_of("00:00-24:00"), Ok(TimeRange { start: 0, end: 1440 }));
        for text in [
            "9-20",
            "09:00",
            "20:00-09:00",
            "09:60-10:00",
            "09:00-24:01",
            "",
            "+9:00-20:00",
            "09:00-09:00",
        ] {
            assert!(hours_of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_names_ranges_and_lists() {
        let week = |text| days_of(text).map(|days| days.0.map(u8::from));
        assert_eq!(week("mon-sat"), Ok([1, 1, 1, 1, 1, 1, 0]));
        assert_eq!(week("Mon-Fri, sun"), Ok([1, 1, 1, 1, 1, 0, 1]));
        assert_eq!(week("sat-mon"), Ok([1, 0, 0, 0, 0, 1, 1]));
        assert_eq!(week("wed"), Ok([0, 0, 1, 0, 0, 0, 0]));
        for text in ["", "monday", "mon-", "mon,,tue", "1-5"] {
            assert!(days_of(text).is_err(), "{text}");
        }
    }
}
