//! `--at`: an instant with its offset, or the project's local time.
//!
//! In: what was typed, and the project's zone where no offset was typed. Out: the instant to pretend. Never: a choice
//! between the two instants of a time that happens twice, or a time that the clocks skip.

use super::context::Failed;
use super::global::Global;
use super::typed_instant::TypedInstant;
use super::workspace;
use crate::model::{Instant, LocalTime};
use crate::project::timezone_of;
use crate::schedule::Zone;

/// The instant to pretend; `None` without `--at`.
pub(super) fn pretended(global: &Global) -> Result<Option<Instant>, Failed> {
    match global.at {
        None => Ok(None),
        Some(TypedInstant::Instant(instant)) => Ok(Some(instant)),
        Some(TypedInstant::Local(local)) => in_project(global, local).map(Some),
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
