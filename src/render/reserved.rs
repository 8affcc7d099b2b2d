//! The reserved variables: `occurrence` (when a recurring campaign fires) and `recipient` (what is known about a
//! number). Both are functions of their input alone, the same today and in ten years.

use chrono::Datelike;

use crate::model::{LocalTime, Msisdn, Person, SplitSalt};

/// Fields of `occurrence`, in the order of `OccurrenceField`.
pub const OCCURRENCE_FIELDS: [&str; 7] = ["date", "time", "week", "week_year", "weekday", "month", "year"];
/// Fields of `recipient`.
pub const RECIPIENT_FIELDS: [&str; 2] = ["country", "bucket"];

/// The same in the text of a variant.
pub const VARIANT_FIELDS: [&str; 3] = ["country", "bucket", "variant"];

/// One field of `occurrence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OccurrenceField {
    Date,
    Time,
    Week,
    WeekYear,
    Weekday,
    Month,
    Year,
}

impl OccurrenceField {
    pub(super) const ALL: [Self; 7] = [
        Self::Date,
        Self::Time,
        Self::Week,
        Self::WeekYear,
        Self::Weekday,
        Self::Month,
        Self::Year,
    ];

    pub(super) fn parse(name: &str) -> Option<Self> {
        OCCURRENCE_FIELDS
            .iter()
            .zip(Self::ALL)
            .find(|(field, _)| **field == name)
            .map(|(_, field)| field)
    }

    /// Whether it is a string in templates (the others are whole numbers).
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Date | Self::Time => true,
            Self::Week | Self::WeekYear | Self::Weekday | Self::Month | Self::Year => false,
        }
    }
}

/// The reserved variable `occurrence`: the nominal local time of one firing, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceVariable {
    /// Numbers in the order of the fields; zero for those that are text.
    numbers: [i64; 7],
    texts: [String; 7],
}

impl OccurrenceVariable {
    /// `date` 2026-12-01, `time` 10:00, ISO `week` 1-53 and its `week_year`, ISO `weekday` 1 (Monday) to 7, `month`
    /// 1-12, `year`.
    pub fn new(nominal: LocalTime) -> Self {
        let time = nominal.naive();
        let numbers = [
            0,
            0,
            i64::from(time.iso_week().week()),
            i64::from(time.iso_week().year()),
            i64::from(time.weekday().number_from_monday()),
            i64::from(time.month()),
            i64::from(time.year()),
        ];
        let mut texts = numbers.map(|number| number.to_string());
        let [date, clock, ..] = &mut texts;
        *date = time.format("%Y-%m-%d").to_string();
        *clock = time.format("%H:%M").to_string();
        Self { numbers, texts }
    }

    pub(super) fn text(&self, field: OccurrenceField) -> &str {
        self.texts.get(field as usize).map_or("", String::as_str)
    }

    pub(super) fn number(&self, field: OccurrenceField) -> i64 {
        self.numbers.get(field as usize).copied().unwrap_or(0)
    }
}

/// The recipient's bucket, 0 to 99: stable for a person and a salt for ever, however the number is spelled.
pub fn bucket(recipient: Msisdn, salt: SplitSalt) -> u8 {
    u8::try_from(Person::from(recipient).draw(salt) % 100).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occurrence_is_its_nominal_local_time_in_parts() {
        let occurrence = OccurrenceVariable::new(LocalTime::parse("2027-01-03T09:05").unwrap());
        let texts = OccurrenceField::ALL.map(|field| occurrence.text(field).to_owned());
        assert_eq!(texts, ["2027-01-03", "09:05", "53", "2026", "7", "1", "2027"]);
    }

    #[test]
    fn buckets_are_committed_and_spread_evenly() {
        let salted = |number: u64, salt: &str| bucket(Msisdn::from_u64(number).unwrap(), SplitSalt::new(salt));
        let of = |number: u64| salted(number, "black-friday");
        assert_eq!(
            [46_701_234_567, 46_701_234_568, 14_155_550_100, 10_000].map(of),
            [47, 84, 0, 41]
        );
        assert_eq!(salted(46_701_234_567, "welcome"), 0);
        let mut counts = [0_u32; 100];
        for number in 46_700_000_000..46_700_100_000 {
            counts[usize::from(of(number))] += 1;
        }
        assert!(counts.iter().all(|n| (800..1200).contains(n)), "{counts:?}");
    }
}
