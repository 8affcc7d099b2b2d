//! Which faults a run meets, and where it dies.

use super::actor::{Death, Faults};
use super::chance::Chance;

/// What goes wrong during a run.
pub fn trouble(is_smooth: bool, chance: &mut Chance) -> (Faults, Option<Death>) {
    // Drawn in any case: a smooth step must not shuffle what comes after it.
    let kind = chance.below(100);
    let awaits = if chance.in_thousand(500) { 40 } else { 130 };
    let at = u32::try_from(1 + chance.below(awaits)).unwrap();
    let line = u32::try_from(1 + chance.below(10)).unwrap();
    let shift = if chance.in_thousand(300) { 100 } else { 0 };
    let person = if chance.in_thousand(250) { 15 } else { 0 };
    if is_smooth {
        return (Faults::NONE, None);
    }
    let base = Faults {
        hidden: 300,
        shift,
        stale: 40,
        slow: 30,
        person,
        ..Faults::NONE
    };
    match kind {
        0..30 => (Faults::NONE, None),
        30..45 => (base, None),
        45..60 => (Faults { write: 250, ..base }, None),
        60..68 => (
            Faults {
                write: 150,
                read: 60,
                ..base
            },
            None,
        ),
        68..78 => (
            Faults {
                hidden: 300,
                ..Faults::NONE
            },
            Some(Death::Await(at)),
        ),
        78..83 => (base, Some(Death::BeforeLine(line))),
        83..88 => (base, Some(Death::AfterLine(line))),
        88..94 => (Faults { sleep: 25, ..base }, None),
        94..97 => (
            Faults {
                jump: 60,
                sleep: 20,
                ..base
            },
            None,
        ),
        _ => (
            Faults {
                write: 300,
                read: 20,
                sleep: 5,
                ..base
            },
            Some(Death::Await(at)),
        ),
    }
}
