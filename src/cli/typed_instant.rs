//! `--at` as typed: an instant with its offset, or the project's local time.

use crate::model::{Instant, LocalTime, WhyNot};

/// The instant as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypedInstant {
    /// With an offset, or `Z`.
    Instant(Instant),
    /// A wall-clock time in the project's zone.
    Local(LocalTime),
}

impl TypedInstant {
    /// Reads RFC 3339, or a local time like `2026-12-01 09:00`.
    pub(super) fn parse(text: &str) -> Result<Self, WhyNot> {
        if let Ok(instant) = Instant::parse(text) {
            return Ok(Self::Instant(instant));
        }
        LocalTime::parse(text).map(Self::Local).ok_or_else(|| {
            "expected an instant like `2026-12-01T08:00:00Z`, or the project's local time like `2026-12-01 09:00`"
                .into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_an_offset_and_a_local_time_has_none() {
        let instant = |text: &str| Ok(TypedInstant::Instant(Instant::parse(text).unwrap()));
        assert_eq!(
            TypedInstant::parse("2026-12-01T08:00:00Z"),
            instant("2026-12-01T08:00:00Z")
        );
        assert_eq!(
            TypedInstant::parse("2026-12-01T09:00:00+01:00"),
            instant("2026-12-01T08:00:00Z")
        );
        let local = Ok(TypedInstant::Local(LocalTime::new(2026, 12, 1, 9, 0).unwrap()));
        for text in ["2026-12-01 09:00", "2026-12-01T09:00", "2026-12-01 09:00:00"] {
            assert_eq!(TypedInstant::parse(text), local, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-12-01",
            "2026-12-01 25:00",
            "2026-02-29 09:00",
            "09:00",
        ] {
            assert!(TypedInstant::parse(text).is_err(), "{text}");
        }
    }
}
