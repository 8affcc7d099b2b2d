//! Reads `max_per_person` and `on_pressure`.

use super::at::At;
use super::contact::{ContactLimit, ContactPeriod, HOUR, OnPressure};
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::project_file::{ContactLimitFile, OnPressureFile};
use super::reading::Reading;
use crate::model::parse_duration;

/// `on_pressure` as declared; it is held where nothing is.
pub(super) fn on_pressure(field: &At<OnPressureFile>) -> OnPressure {
    match field.given() {
        Some(OnPressureFile::Skip) => OnPressure::Skip,
        Some(OnPressureFile::Hold) | None => OnPressure::Hold,
    }
}

/// `max_per_person` as declared.
pub(super) fn limits(reading: &mut Reading<'_>, field: &At<Vec<At<ContactLimitFile>>>) -> Vec<ContactLimit> {
    let mut limits = Vec::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let messages = reading.require(*id, "messages", &typed.messages, &diagnostics::OUT_OF_RANGE, |value| {
            if (1..=1000).contains(value) {
                Ok(*value)
            } else {
                Err(format!("`messages` is a whole number from 1 to 1000, not `{value}`"))
            }
        });
        let within = reading.require(*id, "within", &typed.within, &diagnostics::DURATION, |text| {
            period(text)
        });
        if let (Some(messages), Some(within)) = (messages, within) {
            limits.push(ContactLimit {
                messages: messages as usize,
                within,
            });
        }
    }
    limits
}

/// `30d` are calendar days, `24h` is time on the clock.
fn period(text: &str) -> Result<ContactPeriod, InvalidValue> {
    const MOST: u64 = 366;
    let length = parse_duration(text).map_err(|fault| InvalidValue(fault.to_string()))?;
    if length < HOUR || length > HOUR * 24 * 366 {
        return Err(InvalidValue(format!("`within` is a period from 1h to {MOST}d")));
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    Ok(days.map_or(ContactPeriod::Time(length), ContactPeriod::Days))
}
