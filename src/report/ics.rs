//! Coming occurrences as an iCalendar file (RFC 5545) that a team can subscribe to: one event for each window.
//!
//! In: the same view as the text's. Out: lines of at most 75 octets ending in CRLF, all times in UTC. Never: a phone
//! number, a body, an event whose UID changes while its slot stays, a METHOD (RFC 5546 wants an ORGANIZER beside it).
//!
//! The calendar is made anew each time and remembers nothing, so SEQUENCE is the time of making: a moved window always has
//! a greater one than before, and programs that compare it take the new time.

use super::batch_view::{PeopleView, WindowView};
use super::calendar::{CalendarView, OFFLINE, OccurrenceView};
use crate::model::{Instant, counted};
use crate::report::numbers::amounts;

/// Octets of a content line, without its CRLF.
const LINE_OCTETS: usize = 75;

/// The whole calendar. `tool` is `campanile 0.1.0`.
pub fn calendar_to_ics(calendar: &CalendarView, tool: &str) -> String {
    let mut out = String::new();
    let name = format!("Campanile {}", calendar.namespace);
    let stamp = basic(&calendar.now);
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", &escaped(&format!("-//{tool}//calendar//EN")));
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "X-WR-CALNAME", &escaped(&name));
    line(&mut out, "X-WR-CALDESC", &escaped(OFFLINE));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for entry in &calendar.occurrences {
        for (index, window) in entry.windows.iter().enumerate() {
            event(&mut out, calendar, entry, index, window, &stamp);
        }
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn event(
    out: &mut String,
    calendar: &CalendarView,
    entry: &OccurrenceView,
    index: usize,
    window: &WindowView,
    stamp: &str,
) {
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escaped(&uid(&calendar.namespace, entry, index)));
    line(out, "DTSTAMP", stamp);
    line(out, "LAST-MODIFIED", stamp);
    line(out, "SEQUENCE", &sequence(&calendar.now).to_string());
    line(out, "DTSTART", &basic(&window.opens));
    line(out, "DTEND", &basic(&window.closes));
    line(out, "SUMMARY", &escaped(&summary(entry, &people_of(entry, window))));
    line(out, "DESCRIPTION", &escaped(&description(entry, window)));
    line(out, "CATEGORIES", "SMS");
    line(out, "TRANSP", "TRANSPARENT");
    line(out, "END", "VEVENT");
}

/// Campaign, firing and window: what stays while texts, people and times change.
fn uid(namespace: &str, entry: &OccurrenceView, index: usize) -> String {
    let firing = match (&entry.occurrence, entry.revision) {
        (Some(occurrence), _) => occurrence.replace([':', '-'], ""),
        (None, Some(revision)) => format!("r{revision}"),
        (None, None) => "r1".to_owned(),
    };
    format!("{}.{firing}.{}@{namespace}.campanile", entry.campaign, index + 1)
}

/// Those whose window it is.
fn people_of(entry: &OccurrenceView, window: &WindowView) -> PeopleView {
    window.people.clone().unwrap_or_else(|| PeopleView {
        recipients: entry.recipients,
        segments: entry.segments,
        estimate: entry.estimate.clone(),
    })
}

/// Seconds since 2020, which fit the 31 bits of an iCalendar INTEGER until 2088.
fn sequence(now: &str) -> i64 {
    const EPOCH: i64 = 1_577_836_800;
    Instant::parse(now).map_or(0, |now| (now.unix_seconds() - EPOCH).clamp(0, i64::from(i32::MAX)))
}

fn summary(entry: &OccurrenceView, people: &PeopleView) -> String {
    let mark = if entry.violations.is_empty() { "" } else { "! " };
    format!(
        "{mark}{}: {}",
        entry.campaign,
        counted(people.recipients, "person", "people")
    )
}

fn description(entry: &OccurrenceView, window: &WindowView) -> String {
    let people = people_of(entry, window);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(window.local.clone());
    lines.push(format!(
        "{} by {}, {}, {}",
        counted(people.recipients, "person", "people"),
        entry.provider,
        counted(people.segments, "segment", "segments"),
        amounts(&people.estimate)
    ));
    lines.push(format!("sender {}", entry.sender));
    lines.extend(window.clock_changes.iter().cloned());
    lines.extend(entry.violations.iter().map(|violation| format!("warning: {violation}")));
    lines.join("\n")
}

/// `2026-11-27T08:00:00Z` as `20261127T080000Z`; fractions of a second are dropped.
fn basic(instant: &str) -> String {
    let whole = instant.split_once('.').map_or(instant, |(whole, _)| whole);
    let digits: String = whole.chars().filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    format!("{digits}Z")
}

/// TEXT of RFC 5545 3.3.11; control characters, which it does not allow, are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            _ if character.is_control() => {}
            _ => out.push(character),
        }
    }
    out
}

/// One content line, folded so that no line has more than 75 octets and no character is cut.
fn line(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for character in name.chars().chain([':']).chain(value.chars()) {
        if octets + character.len_utf8() > LINE_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(character);
        octets += character.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::super::calendar::tests::sample;
    use super::*;
    use icalendar::parser::{read_calendar, unfold};

    /// Properties of each event, as an independent parser reads them.
    fn read_back(text: &str) -> Vec<Vec<(String, String)>> {
        let unfolded = unfold(text);
        let calendar = read_calendar(&unfolded).unwrap();
        let events = calendar.components.iter().filter(|c| c.name == "VEVENT");
        events
            .map(|event| {
                let property = |p: &icalendar::parser::Property<'_>| (p.name.to_string(), p.val.to_string());
                event.properties.iter().map(property).collect()
            })
            .collect()
    }

    fn value<'a>(event: &'a [(String, String)], name: &str) -> &'a str {
        event.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap()
    }

    #[test]
    fn an_independent_parser_reads_back_what_was_meant() {
        let events = read_back(&calendar_to_ics(&sample(), "campanile 0.1.0"));
        assert_eq!(events.len(), 3);
        let uids: Vec<&str> = events.iter().map(|e| value(e, "UID")).collect();
        assert_eq!(
            uids,
            [
                "black-friday.r1.1@acme.campanile",
                "newsletter.20261127T1000.1@acme.campanile",
                "newsletter.20261129T1000.1@acme.campanile"
            ]
        );
        assert_eq!(value(&events[0], "DTSTART"), "20261127T080000Z");
        assert_eq!(value(&events[0], "DTEND"), "20261127T190000Z");
        assert_eq!(value(&events[0], "DTSTAMP"), "20261122T120000Z");
        let said = value(&events[2], "DESCRIPTION")
            .replace("\\n", "\n")
            .replace("\\;", ";")
            .replace("\\,", ",")
            .replace("\\\\", "\\");
        assert!(
            said.ends_with("warning: a Sunday; not for everybody, \\ says the \"rule\""),
            "{said}"
        );
    }

    #[test]
    fn lines_are_short_and_end_in_crlf_whatever_the_text() {
        let mut calendar = sample();
        calendar.occurrences[0]
            .violations
            .push("ÅÄÖ🎉 ".repeat(60) + "\u{7}END:VEVENT\r\nBEGIN:VEVENT");
        let text = calendar_to_ics(&calendar, "campanile 0.1.0");
        assert!(
            text.split_inclusive("\r\n")
                .all(|line| line.ends_with("\r\n") && line.len() <= LINE_OCTETS + 2)
        );
        assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\u{7}']));
        assert_eq!(read_back(&text).len(), 3);
    }

    #[test]
    fn each_window_has_its_own_people_and_cost() {
        let mut calendar = sample();
        let window = &mut calendar.occurrences[0].windows[0];
        window.people = Some(PeopleView {
            recipients: 7,
            segments: 9,
            estimate: Vec::new(),
        });
        let events = read_back(&calendar_to_ics(&calendar, "campanile 0.1.0"));
        assert_eq!(value(&events[0], "SUMMARY"), "black-friday: 7 people");
        let description = value(&events[0], "DESCRIPTION");
        assert!(
            description.contains("7 people") && description.contains("9 segments"),
            "{description}"
        );
        let others: Vec<String> = events[1..]
            .iter()
            .map(|event| value(event, "SUMMARY").to_string())
            .collect();
        assert!(
            others.iter().any(|summary| summary.contains("210 people"))
                && !others.iter().any(|summary| summary.contains("7 people")),
            "{others:?}"
        );
    }

    #[test]
    fn a_later_calendar_has_a_greater_sequence_and_none_has_a_method() {
        let mut calendar = sample();
        let first = calendar_to_ics(&calendar, "campanile 0.1.0");
        calendar.now = "2026-11-22T12:00:01Z".to_owned();
        let sequence = |text: &str| value(&read_back(text)[0], "SEQUENCE").parse::<u32>().unwrap();
        assert_eq!(
            sequence(&calendar_to_ics(&calendar, "campanile 0.1.0")),
            sequence(&first) + 1
        );
        assert!(!first.contains("METHOD"));
    }

    #[test]
    fn an_event_keeps_its_uid_while_its_text_people_and_time_change() {
        let (before, mut calendar) = (sample(), sample());
        for entry in &mut calendar.occurrences {
            entry.recipients += 1;
            entry.estimate.clear();
            entry.windows[0].closes = "2026-11-30T00:00:00Z".to_owned();
        }
        let uids = |calendar: &CalendarView| -> Vec<String> {
            let events = read_back(&calendar_to_ics(calendar, "campanile 0.1.0"));
            events.iter().map(|e| value(e, "UID").to_owned()).collect()
        };
        assert_eq!(uids(&before), uids(&calendar));
    }
}
