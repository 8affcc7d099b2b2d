//! Durations as files and flags write them: `500ms 90s 15m 24h 7d`.

use std::time::Duration;

/// The text is not a whole number followed by `ms`, `s`, `m`, `h` or `d`, or is longer than ten years.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration like `500ms`, `90s`, `15m`, `24h` or `7d`")]
pub struct InvalidDuration(pub String);

const TEN_YEARS: u64 = 10 * 366 * 24 * 3600 * 1000;

/// Reads one number and one unit.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidDuration> {
    let invalid = || InvalidDuration(text.to_owned());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(invalid)?;
    let number: u64 = number.parse().map_err(|_| invalid())?;
    let unit_millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(invalid()),
    };
    number
        .checked_mul(unit_millis)
        .filter(|millis| *millis <= TEN_YEARS)
        .map(Duration::from_millis)
        .ok_or_else(invalid)
}

/// The shortest text that [`parse_duration`] reads back to the same duration.
pub fn format_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, unit_millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
        if millis > 0 && millis.is_multiple_of(unit_millis) {
            return format!("{}{unit}", millis / unit_millis);
        }
    }
    if millis == 0 {
        "0s".to_owned()
    } else {
        format!("{millis}ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_survive_a_round_trip() {
        for text in ["500ms", "90s", "15m", "25h", "7d", "0s"] {
            assert_eq!(format_duration(parse_duration(text).unwrap()), text);
        }
        assert_eq!(format_duration(parse_duration("24h").unwrap()), "1d");
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "5", "m", "1.5h", "-1s", "5 m", "99999999999d", "1w", "5µs"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
