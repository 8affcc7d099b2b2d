//! Faults of zone names and local times, each with what would have been right.

use std::fmt;

use super::names::{NAMES, tzdb_version};
use super::offset::format_offset;
use super::otherwise::{at_offset, of_abbreviation, offset_of};
use crate::model::LocalTime;

/// No zone of the database has exactly this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone of the IANA database {}", tzdb_version())]
pub struct UnknownZone {
    /// What was written.
    pub name: String,
    /// Names that may have been meant, likeliest first; at most three.
    pub suggestions: Vec<String>,
}

impl UnknownZone {
    /// What can be done about it, for a diagnostic's `hint:` line.
    pub fn hint(&self) -> String {
        if let (Some(offset), [name]) = (offset_of(&self.name), self.suggestions.as_slice()) {
            return format!(
                "`{name}` is {} all year (the sign of such names is reversed); a city, like `Europe/Stockholm`, has summer time too",
                format_offset(offset)
            );
        }
        match self.suggestions.as_slice() {
            [] => "use an IANA name like `Europe/Stockholm`".to_owned(),
            [one] if one.eq_ignore_ascii_case(&self.name) => format!("zone names keep their capitals: `{one}`"),
            several => format!("did you mean {}?", list_of(several)),
        }
    }
}

fn list_of(names: &[String]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")
}

/// Why a local time is not one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFault {
    /// The clocks jump over it.
    Gap {
        /// The last minute before the jump.
        before: LocalTime,
        /// The first moment after it.
        after: LocalTime,
    },
    /// It happens twice: the clocks go back over it.
    Fold {
        /// Seconds east of UTC the first time.
        first_offset: i32,
        /// Seconds east of UTC the second time.
        second_offset: i32,
    },
    /// The offset written with it is not the zone's then.
    WrongOffset {
        /// Seconds east of UTC, as written.
        written: i32,
        /// What would be right: one, or two where the time happens twice.
        right: Vec<i32>,
    },
    /// Outside of the years 1 to 9999.
    OutOfRange,
}

impl TimeFault {
    /// What is wrong with this time in this zone: a diagnostic's message.
    pub fn message(&self, local: LocalTime, zone: &dyn fmt::Display) -> String {
        match self {
            Self::Gap { .. } => format!("`{local}` does not exist in `{zone}`: the clocks jump over it"),
            Self::Fold { .. } => format!("`{local}` happens twice in `{zone}`: the clocks go back over it"),
            Self::WrongOffset { written, .. } => {
                format!(
                    "`{local}` in `{zone}` does not have the offset `{}`",
                    format_offset(*written)
                )
            }
            Self::OutOfRange => format!("`{local}` is outside of the years 1 to 9999"),
        }
    }

    /// Where the time happens twice: both, each with its offset, as RFC 3339.
    pub fn two_instants(&self, local: LocalTime) -> Option<[String; 2]> {
        match self {
            Self::Fold {
                first_offset,
                second_offset,
            } => Some([*first_offset, *second_offset].map(|offset| format!("{local}:00{}", format_offset(offset)))),
            Self::Gap { .. } | Self::WrongOffset { .. } | Self::OutOfRange => None,
        }
    }

    /// What can be done about it.
    pub fn hint(&self, local: LocalTime) -> String {
        match self {
            Self::Gap { before, after } => format!("the nearest times that exist are `{before}` and `{after}`"),
            Self::Fold {
                first_offset,
                second_offset,
            } => format!(
                "write `{local}{}` for the first or `{local}{}` for the second",
                format_offset(*first_offset),
                format_offset(*second_offset)
            ),
            Self::WrongOffset { right, .. } => {
                let right: Vec<String> = right.iter().map(|o| format!("`{}`", format_offset(*o))).collect();
                format!("leave the offset out, or write {}", right.join(" or "))
            }
            Self::OutOfRange => "check the year".to_owned(),
        }
    }
}

/// Names that may have been meant: the same but for case, the same city, or nearly the same letters.
pub(super) fn suggestions(name: &str) -> Vec<String> {
    if let Some(offset) = offset_of(name) {
        return at_offset(offset).into_iter().collect();
    }
    let meant = of_abbreviation(name);
    if !meant.is_empty() {
        return meant;
    }
    let wanted = name.to_ascii_lowercase();
    let city = wanted.rsplit('/').next().unwrap_or(&wanted).replace(' ', "_");
    let mut ranked: Vec<(usize, &String)> = NAMES
        .iter()
        .filter_map(|known| {
            let lower = known.to_ascii_lowercase();
            let known_city = lower.rsplit('/').next().unwrap_or(&lower);
            if lower == wanted {
                return Some((0, known));
            }
            if known_city == city {
                return Some((1, known));
            }
            let distance = strsim::osa_distance(&lower, &wanted);
            (distance <= 1 + wanted.len() / 6).then_some((1 + distance, known))
        })
        .collect();
    ranked.sort();
    match ranked.first() {
        Some((0, exact)) => vec![(*exact).clone()],
        _ => ranked.into_iter().take(3).map(|(_, known)| known.clone()).collect(),
    }
}
