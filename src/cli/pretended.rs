//! `--at`: an instant with its offset, or the project's local time.
//!
//! In: what was typed, and the project's zone where no offset was typed. Out: the instant to pretend. Never: a choice
//! between the two instants of a time that happens twice, or a time that the clocks skip.

use super::args::Global;
use super::context::Failed;
use super::workspace;
use crate::model::{Instant, LocalTime};
use crate::project::timezone_of;
use crate::schedule::Zone;

/// The instant as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// With an offset, or `Z`.
    Instant(Instant),
    /// A wall-clock time in the project's zone.
    Local(LocalTime),
}

impl At {
    /// Reads RFC 3339, or a local time like `2026-12-01 09:00`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(instant) = Instant::parse(text) {
            return Ok(Self::Instant(instant));
        }
        LocalTime::parse(text).map(Self::Local).ok_or_else(|| {
            "expected an instant like `2026-12-01T08:00:00Z`, or the project's local time like `2026-12-01 09:00`"
                .to_owned()
        })
    }
}

/// The instant to pretend; `None` without `--at`.
pub fn pretended(global: &Global) -> Result<Option<Instant>, Failed> {
    match global.at {
        None => Ok(None),
        Some(At::Instant(instant)) => Ok(Some(instant)),
        Some(At::Local(local)) => in_project(global, local).map(Some),
    }
}

fn in_project(global: &Global, local: LocalTime) -> Result<Instant, Failed> {
    let offset = format!("or give an offset: `--at {local}:00Z`, `--at {local}:00+01:00`");
    let without_zone = |why: String| {
        Failed::usage(format!(
            "`--at {local}` has no offset, so it is in the project's time zone, and {why}"
        ))
    };
    let root = workspace::root_of(global).map_err(|_| {
        without_zone("there is no project here".to_owned()).hint(format!("name one with `-C DIR`, {offset}"))
    })?;
    let name = timezone_of(&root)
        .map_err(|_| {
            without_zone("`campanile.yaml` has errors".to_owned())
                .hint(format!("`campanile validate` lists them; {offset}"))
        })?
        .ok_or_else(|| {
            without_zone("the project has none".to_owned())
                .hint(format!("set `timezone` in `campanile.yaml`, {offset}"))
        })?;
    let zone = Zone::find(&name).map_err(|unknown| without_zone(unknown.to_string()).hint(unknown.hint()))?;
    zone.resolve(local, None).map_err(|fault| {
        let hint = match fault.two_instants(local) {
            Some([first, second]) => format!("write `--at {first}` for the first or `--at {second}` for the second"),
            None => fault.hint(local),
        };
        Failed::usage(format!("`--at`: {}", fault.message(local, &zone))).hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_an_offset_and_a_local_time_has_none() {
        let instant = |text: &str| Ok(At::Instant(Instant::parse(text).unwrap()));
        assert_eq!(At::parse("2026-12-01T08:00:00Z"), instant("2026-12-01T08:00:00Z"));
        assert_eq!(At::parse("2026-12-01T09:00:00+01:00"), instant("2026-12-01T08:00:00Z"));
        let local = Ok(At::Local(LocalTime::new(2026, 12, 1, 9, 0).unwrap()));
        for text in ["2026-12-01 09:00", "2026-12-01T09:00", "2026-12-01 09:00:00"] {
            assert_eq!(At::parse(text), local, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-12-01",
            "2026-12-01 25:00",
            "2026-02-29 09:00",
            "09:00",
        ] {
            assert!(At::parse(text).is_err(), "{text}");
        }
    }
}
