//! Days and times of formats that count from an epoch, as ISO text.

/// `2026-11-30`, for days since 1970-01-01.
pub(super) fn date(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `09:30:00`, with a fraction where there is one; for nanoseconds since midnight.
pub(super) fn time(nanos: i64) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let fraction = nanos.rem_euclid(1_000_000_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 {
        return clock;
    }
    let fraction = format!("{fraction:09}");
    format!("{clock}.{}", fraction.trim_end_matches('0'))
}

/// `2026-11-30 09:30:00`, as databases write it; for units since 1970, so many a second.
pub(super) fn timestamp(units: i64, per_second: i64) -> String {
    let per_day = 86_400 * per_second;
    let (days, rest) = (units.div_euclid(per_day), units.rem_euclid(per_day));
    format!("{} {}", date(days), time(rest * (1_000_000_000 / per_second)))
}

/// Howard Hinnant's `civil_from_days`: years begin in March, so that leap days are at their end.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_databases_write_them() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (20_787, "2026-11-30"),
            (11_016, "2000-02-29"),
            (-719_162, "0001-01-01"),
        ] {
            assert_eq!(date(days), expected);
        }
        assert_eq!(timestamp(1_796_031_000_000, 1000), "2026-11-30 09:30:00");
        assert_eq!(timestamp(-1, 1_000_000), "1969-12-31 23:59:59.999999");
        assert_eq!(time(34_200_500_000_000), "09:30:00.5");
    }
}
