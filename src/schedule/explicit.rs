//! Times of the files, checked: zone names, schedules and explicit windows, with diagnostics at their places.
//!
//! In: texts and local times as written, each with its place. Out: zones, schedules, windows; or every fault at once.
//! Never: a guess at what was meant.

use super::diagnostics::{
    CRON, CRON_NEVER, REPEATED_TIME, SKIPPED_TIME, UNKNOWN_ZONE, WINDOW_ORDER, WINDOW_OVERLAP, WRONG_OFFSET,
};
use super::{Cron, TimeFault, Zone};
use crate::model::{Diagnostic, Instant, InvalidWindow, LocalTime, Place, Text, Window, Windows, ZoneName};

/// A local time as written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Wall clock.
    pub local: LocalTime,
    /// Seconds east of UTC, if written.
    pub offset_seconds: Option<i32>,
    /// Its place in the file.
    pub place: &'a Place,
}

/// A window as written.
#[derive(Debug, Clone, Copy)]
pub struct WrittenWindow<'a> {
    /// First moment.
    pub opens: Written<'a>,
    /// First moment after.
    pub closes: Written<'a>,
}

/// The zone of this name, or what names come near.
pub fn zone(name: &ZoneName, place: &Place) -> Result<Zone, Diagnostic> {
    Zone::find(name).map_err(|unknown| {
        Diagnostic::error(&UNKNOWN_ZONE, unknown.to_string())
            .at(place.clone())
            .hint(unknown.hint())
    })
}

/// The schedule that a campaign's `cron` key means.
pub fn cron(text: &Text) -> Result<Cron, Diagnostic> {
    Cron::parse(&text.text).map_err(|fault| {
        let code = if fault.never_happens { &CRON_NEVER } else { &CRON };
        let mut place = text.place.clone();
        if place.column > 0 {
            place.column += text.indent + fault.column.saturating_sub(1);
            place.length = fault.length;
        }
        let diagnostic = Diagnostic::error(code, fault.message).at(place);
        match fault.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    })
}

/// Whether a schedule has a time between its dates at all, both inclusive.
pub fn cron_dates(
    cron: &Cron,
    from: Option<LocalTime>,
    until: Option<LocalTime>,
    place: &Place,
) -> Result<(), Diagnostic> {
    let Some(until) = until else { return Ok(()) };
    let date = |time: LocalTime| time.naive().date();
    let never = |message: String, hint: &str| Err(Diagnostic::error(&CRON_NEVER, message).at(place.clone()).hint(hint));
    match from {
        Some(from) if from > until => never(
            format!("`from: {}` is after `until: {}`", date(from), date(until)),
            "both dates are inclusive; swap them",
        ),
        Some(from)
            if cron
                .nominal_from(from)
                .next()
                .is_none_or(|first| date(first) > date(until)) =>
        {
            never(
                format!(
                    "`{}` has no time from `{}` to `{}`",
                    cron.text(),
                    date(from),
                    date(until)
                ),
                "check the days of the schedule against the two dates",
            )
        }
        Some(_) | None => Ok(()),
    }
}

/// The instants of explicit windows in one zone.
pub fn explicit_windows(zone: &Zone, written: &[WrittenWindow<'_>]) -> Result<Windows, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut windows = Vec::new();
    for window in written {
        match (instant(zone, window.opens), instant(zone, window.closes)) {
            (Ok(opens), Ok(closes)) => match Window::new(opens, closes) {
                Ok(window) => windows.push(window),
                Err(_) => faults.push(order_fault(zone, window, opens, closes)),
            },
            (opens, closes) => faults.extend([opens.err(), closes.err()].into_iter().flatten()),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Windows::new(windows).map_err(|fault| vec![overlap_fault(fault, written)])
}

fn instant(zone: &Zone, written: Written<'_>) -> Result<Instant, Diagnostic> {
    zone.resolve(written.local, written.offset_seconds).map_err(|fault| {
        let code = match fault {
            TimeFault::Gap { .. } | TimeFault::OutOfRange => &SKIPPED_TIME,
            TimeFault::Fold { .. } => &REPEATED_TIME,
            TimeFault::WrongOffset { .. } => &WRONG_OFFSET,
        };
        Diagnostic::error(code, fault.message(written.local, zone))
            .at(written.place.clone())
            .hint(fault.hint(written.local))
    })
}

fn order_fault(zone: &Zone, window: &WrittenWindow<'_>, opens: Instant, closes: Instant) -> Diagnostic {
    let message = format!(
        "this window closes at `{}` and opens at `{}`",
        zone.spell(closes),
        zone.spell(opens)
    );
    let hint = if window.closes.local > window.opens.local {
        "the clocks go back in between"
    } else if window.closes.local.naive().date() == window.opens.local.naive().date() {
        "a window that runs past midnight closes on the next date"
    } else {
        "swap the two"
    };
    Diagnostic::error(&WINDOW_ORDER, message)
        .at(window.closes.place.clone())
        .hint(hint)
}

fn overlap_fault(fault: InvalidWindow, written: &[WrittenWindow<'_>]) -> Diagnostic {
    match fault {
        InvalidWindow::Overlap(first, second) => {
            let place = written.get(second).map(|w| w.opens.place.clone()).unwrap_or_default();
            let message = format!("windows {} and {} overlap or touch", first + 1, second + 1);
            Diagnostic::error(&WINDOW_OVERLAP, message)
                .at(place)
                .hint("make them one window, or leave time between them")
        }
        InvalidWindow::ClosesFirst | InvalidWindow::Empty => Diagnostic::error(&WINDOW_ORDER, fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stockholm() -> Zone {
        zone(&ZoneName::parse("Europe/Stockholm").unwrap(), &Place::default()).unwrap()
    }

    fn judged(windows: &[(&str, Option<i32>, &str, Option<i32>)]) -> Result<Vec<String>, Vec<(&'static str, usize)>> {
        let places: Vec<(Place, Place)> = (0..windows.len())
            .map(|i| (Place::line("c.yaml", 10 * i + 1), Place::line("c.yaml", 10 * i + 2)))
            .collect();
        let written: Vec<WrittenWindow<'_>> = windows
            .iter()
            .zip(&places)
            .map(|((opens, opens_offset, closes, closes_offset), (a, b))| WrittenWindow {
                opens: Written {
                    local: LocalTime::parse(opens).unwrap(),
                    offset_seconds: *opens_offset,
                    place: a,
                },
                closes: Written {
                    local: LocalTime::parse(closes).unwrap(),
                    offset_seconds: *closes_offset,
                    place: b,
                },
            })
            .collect();
        match explicit_windows(&stockholm(), &written) {
            Ok(windows) => Ok(windows
                .as_slice()
                .iter()
                .map(|w| format!("{}/{}", w.opens(), w.closes()))
                .collect()),
            Err(faults) => Err(faults
                .iter()
                .map(|f| (f.code, f.place.as_ref().map_or(0, |p| p.line)))
                .collect()),
        }
    }

    #[test]
    fn windows_become_instants_in_order() {
        assert_eq!(
            judged(&[
                ("2026-11-28T09:00", None, "2026-11-28T20:00", None),
                ("2026-10-25T01:00", None, "2026-10-25T02:30", Some(3600)),
            ]),
            Ok(vec![
                "2026-10-24T23:00:00Z/2026-10-25T01:30:00Z".to_owned(),
                "2026-11-28T08:00:00Z/2026-11-28T19:00:00Z".to_owned(),
            ])
        );
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        assert_eq!(
            judged(&[
                ("2027-03-28T02:30", None, "2026-10-25T02:30", None),
                ("2026-11-28T09:00", Some(7200), "2026-11-28T20:00", None),
                ("2026-11-28T20:00", None, "2026-11-28T02:00", None),
            ]),
            Err(vec![("C303", 1), ("C304", 2), ("C305", 11), ("C306", 22)])
        );
        assert_eq!(
            judged(&[
                ("2026-11-28T09:00", None, "2026-11-28T20:00", None),
                ("2026-11-28T20:00", None, "2026-11-28T21:00", None),
            ]),
            Err(vec![("C307", 11)])
        );
        assert_eq!(
            judged(&[("2026-10-25T02:30", Some(3600), "2026-10-25T02:40", Some(7200))]),
            Err(vec![("C306", 2)])
        );
    }

    #[test]
    fn a_fault_in_a_schedule_points_into_the_file() {
        let text = Text {
            text: "0 24 * * *".to_owned(),
            place: Place {
                column: 10,
                ..Place::line("c.yaml", 4)
            },
            indent: 0,
            pieces: Vec::new(),
        };
        let fault = cron(&text).unwrap_err();
        let place = fault.place.unwrap();
        assert_eq!((fault.code, place.line, place.column, place.length), ("C302", 4, 12, 2));
        let never = Text {
            text: "0 0 30 2 *".to_owned(),
            ..text
        };
        assert_eq!(cron(&never).unwrap_err().code, "C308");
    }

    #[test]
    fn dates_that_leave_a_schedule_nothing_are_told() {
        let judge = |text: &str, from: &str, until: &str| {
            let cron = Cron::parse(text).unwrap();
            cron_dates(
                &cron,
                LocalTime::parse(from),
                LocalTime::parse(until),
                &Place::default(),
            )
            .map_err(|d| d.message)
        };
        assert_eq!(judge("0 10 * * *", "2026-12-01T00:00", "2026-12-01T00:00"), Ok(()));
        assert_eq!(judge("0 10 * * *", "", "2026-12-01T00:00"), Ok(()));
        assert_eq!(
            judge("0 10 * * *", "2026-12-02T00:00", "2026-12-01T00:00"),
            Err("`from: 2026-12-02` is after `until: 2026-12-01`".to_owned())
        );
        assert_eq!(
            judge("0 10 29 2 *", "2026-12-02T00:00", "2027-12-01T00:00"),
            Err("`0 10 29 2 *` has no time from `2026-12-02` to `2027-12-01`".to_owned())
        );
    }
}
