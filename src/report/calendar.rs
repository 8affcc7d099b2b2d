//! Coming occurrences as people read them (a grid for each month, then a list) and as JSON.
//!
//! In: entries of plain values; local dates and texts come ready made, because only `schedule` may resolve zones. Out:
//! text that fits 80 columns, or one JSON document. Never: a phone number, a body, a failure because of what is listed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use chrono::{Datelike, Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;
use super::batch_view::WindowView;
use super::json::document;
use super::view::{DiagnosticView, FORMAT_VERSION};
use crate::model::counted;
use crate::report::numbers::{amounts, shortened};

const WIDTH: usize = 80;

/// What a calendar does not know.
pub(super) const OFFLINE: &str = "offline, from the files alone: what was stopped at a provider is listed too";

/// More months than this are listed without grids.
const MOST_GRIDS: usize = 13;

/// What `calendar -o json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarView {
    /// `1.0`.
    pub format_version: String,
    /// The project's namespace.
    pub namespace: String,
    /// The instant looked from.
    pub now: String,
    /// The instant looked to.
    pub until: String,
    /// Always true: made from the files, without asking a provider.
    pub offline: bool,
    /// In order of opening.
    pub occurrences: Vec<OccurrenceView>,
    /// What is wrong with the files or the hours; never makes the command fail.
    pub diagnostics: Vec<DiagnosticView>,
}

/// One firing of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OccurrenceView {
    /// Its reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// One-offs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// In order of opening; with recipients' own zones one for each group, `timezone` is then the offset.
    pub windows: Vec<WindowView>,
    /// Its date on the campaign's own clock: `2026-11-27`.
    pub date: String,
    /// Where it goes.
    pub provider: String,
    /// Whom recipients see.
    pub sender: String,
    /// People, by the files as they are now.
    pub recipients: u64,
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
    /// Quiet hours, blocked days and short windows, in words.
    pub violations: Vec<String>,
}

impl CalendarView {
    /// Sorts by opening, then campaign.
    pub fn new(namespace: &str, now: String, until: String, mut occurrences: Vec<OccurrenceView>) -> Self {
        let opens = |entry: &OccurrenceView| entry.windows.first().map(|w| w.opens.clone()).unwrap_or_default();
        occurrences.sort_by_cached_key(|entry| (opens(entry), entry.campaign.clone(), entry.occurrence.clone()));
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            namespace: namespace.to_owned(),
            now,
            until,
            offline: true,
            occurrences,
            diagnostics: Vec::new(),
        }
    }
}

/// Exactly one document, with a final newline.
pub fn calendar_to_json(calendar: &CalendarView) -> String {
    document(calendar)
}

/// Grids and list, styled with ANSI codes; from and until when as the project's clock shows it.
pub fn calendar_to_text(calendar: &CalendarView, (from, until): (&str, &str)) -> String {
    let mut out = String::new();
    let bold = Style::new().bold();
    let _ = writeln!(
        out,
        "{bold}Calendar of `{}` from {from} to {until}{bold:#}",
        calendar.namespace
    );
    let _ = writeln!(out, "{OFFLINE};\n`campanile status` shows what the providers hold");
    if calendar.occurrences.is_empty() {
        out.push_str("\nnothing is coming in this time\n");
        return out;
    }
    grids(calendar, &mut out);
    list(calendar, &mut out);
    totals(calendar, &mut out);
    out
}

fn grids(calendar: &CalendarView, out: &mut String) {
    let mut months: BTreeMap<(i32, u32), BTreeMap<u32, usize>> = BTreeMap::new();
    let dates = calendar.occurrences.iter().filter_map(|entry| date_of(&entry.date));
    for date in dates {
        let days = months.entry((date.year(), date.month())).or_default();
        *days.entry(date.day()).or_default() += 1;
    }
    if months.len() > MOST_GRIDS {
        return;
    }
    for ((year, month), counts) in &months {
        if let Some(first) = NaiveDate::from_ymd_opt(*year, *month, 1) {
            grid(first, counts, out);
        }
    }
}

fn date_of(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// One month: each day, and how many occurrences it has.
fn grid(first: NaiveDate, counts: &BTreeMap<u32, usize>, out: &mut String) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mark = AnsiColor::Green.on_default().bold();
    let _ = writeln!(out, "\n{bold}{}{bold:#}", first.format("%B %Y"));
    let _ = writeln!(out, "{dim}  Mon     Tue     Wed     Thu     Fri     Sat     Sun{dim:#}");
    let blanks = usize::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
    let mut line = " ".repeat(8 * blanks);
    let days = first.iter_days().take_while(|day| day.month() == first.month());
    for day in days {
        let cell = match counts.get(&day.day()) {
            None => format!("{:>5}   ", day.day()),
            Some(1) => format!("{mark}{:>5}*{mark:#}  ", day.day()),
            // Two characters are left beside the star; more than 99 are shown as `99`.
            Some(count) => format!("{mark}{:>5}*{:<2}{mark:#}", day.day(), (*count).min(99)),
        };
        line.push_str(&cell);
        let is_last = day
            .checked_add_days(Days::new(1))
            .is_none_or(|next| next.month() != first.month());
        if day.weekday().num_days_from_sunday() == 0 || is_last {
            let _ = writeln!(out, "{}", line.trim_end());
            line.clear();
        }
    }
}

fn list(calendar: &CalendarView, out: &mut String) {
    let bold = Style::new().bold();
    let warn = AnsiColor::Yellow.on_default();
    let mut last = "";
    for entry in &calendar.occurrences {
        if entry.date != last {
            let day = date_of(&entry.date).map_or(entry.date.clone(), |date| date.format("%a %-d %b %Y").to_string());
            let _ = writeln!(out, "\n{bold}{day}{bold:#}");
            last = &entry.date;
        }
        let name = match &entry.occurrence {
            Some(occurrence) => format!("{} @ {occurrence}", entry.campaign),
            None => entry.campaign.clone(),
        };
        let people = counted(entry.recipients, "person", "people");
        let _ = writeln!(out, "  {name}: {people}, {}", amounts(&entry.estimate));
        for window in &entry.windows {
            let text = window
                .local
                .clone()
                .unwrap_or_else(|| format!("{} to {}", window.opens, window.closes));
            let _ = writeln!(out, "    {}", shortened(&text, 2 * WIDTH));
            for change in &window.clock_changes {
                let _ = writeln!(out, "    {warn}note{warn:#}: {change}");
            }
        }
        for violation in &entry.violations {
            let _ = writeln!(out, "    {warn}warning{warn:#}: {violation}");
        }
    }
}

fn totals(calendar: &CalendarView, out: &mut String) {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let violated = calendar
        .occurrences
        .iter()
        .filter(|entry| !entry.violations.is_empty())
        .count();
    let messages: u64 = calendar.occurrences.iter().map(|entry| entry.recipients).sum();
    let _ = write!(
        out,
        "\n{}, {}",
        counted(count(calendar.occurrences.len()), "occurrence", "occurrences"),
        counted(messages, "message", "messages")
    );
    if violated > 0 {
        let _ = write!(
            out,
            ", {} with warnings",
            counted(count(violated), "occurrence", "occurrences")
        );
    }
    out.push('\n');
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn sample() -> CalendarView {
        let window = |opens: &str, closes: &str, local: &str| WindowView {
            opens: opens.to_owned(),
            closes: closes.to_owned(),
            local: Some(local.to_owned()),
            timezone: Some("Europe/Stockholm".to_owned()),
            ..WindowView::default()
        };
        let sek = |amount: &str| AmountView {
            currency: "SEK".to_owned(),
            amount: amount.to_owned(),
            unpriced_segments: Some(0),
        };
        let entry = |campaign: &str, occurrence: Option<&str>, date: &str, window: WindowView| OccurrenceView {
            campaign: campaign.to_owned(),
            occurrence: occurrence.map(str::to_owned),
            revision: occurrence.is_none().then_some(1),
            windows: vec![window],
            date: date.to_owned(),
            provider: "ip1".to_owned(),
            sender: "ACME".to_owned(),
            recipients: 1210,
            segments: 2414,
            estimate: vec![sek("844.90")],
            violations: Vec::new(),
        };
        let mut sunday = entry(
            "newsletter",
            Some("2026-11-29T10:00"),
            "2026-11-29",
            window(
                "2026-11-29T09:00:00Z",
                "2026-11-29T09:15:00Z",
                "Sun 29 Nov 2026 10:00-10:15 Europe/Stockholm (+01:00, 09:00Z-09:15Z)",
            ),
        );
        sunday
            .violations
            .push("a Sunday; not for everybody, \\ says the \"rule\"".to_owned());
        let friday = entry(
            "black-friday",
            None,
            "2026-11-27",
            window(
                "2026-11-27T08:00:00Z",
                "2026-11-27T19:00:00Z",
                "Fri 27 Nov 2026 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)",
            ),
        );
        let again = entry(
            "newsletter",
            Some("2026-11-27T10:00"),
            "2026-11-27",
            window(
                "2026-11-27T09:00:00Z",
                "2026-11-27T09:15:00Z",
                "Fri 27 Nov 2026 10:00-10:15 Europe/Stockholm (+01:00, 09:00Z-09:15Z)",
            ),
        );
        let (now, until) = ("2026-11-22T12:00:00Z".to_owned(), "2026-12-02T12:00:00Z".to_owned());
        CalendarView::new("acme", now, until, vec![sunday, again, friday])
    }

    const SPAN: (&str, &str) = ("2026-11-22 13:00", "2026-12-02 13:00 Europe/Stockholm");

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn text_has_a_grid_of_the_month_and_a_list() {
        insta::assert_snapshot!(plain(&calendar_to_text(&sample(), SPAN)), @r#"
        Calendar of `acme` from 2026-11-22 13:00 to 2026-12-02 13:00 Europe/Stockholm
        offline, from the files alone: what was stopped at a provider is listed too;
        `campanile status` shows what the providers hold

        November 2026
          Mon     Tue     Wed     Thu     Fri     Sat     Sun
                                                            1
            2       3       4       5       6       7       8
            9      10      11      12      13      14      15
           16      17      18      19      20      21      22
           23      24      25      26      27*2    28      29*
           30

        Fri 27 Nov 2026
          black-friday: 1,210 people, 844.90 SEK
            Fri 27 Nov 2026 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)
          newsletter @ 2026-11-27T10:00: 1,210 people, 844.90 SEK
            Fri 27 Nov 2026 10:00-10:15 Europe/Stockholm (+01:00, 09:00Z-09:15Z)

        Sun 29 Nov 2026
          newsletter @ 2026-11-29T10:00: 1,210 people, 844.90 SEK
            Sun 29 Nov 2026 10:00-10:15 Europe/Stockholm (+01:00, 09:00Z-09:15Z)
            warning: a Sunday; not for everybody, \ says the "rule"

        3 occurrences, 3,630 messages, 1 occurrence with warnings
        "#);
    }

    #[test]
    fn json_has_the_shape_of_the_contract() {
        let json: serde_json::Value = serde_json::from_str(&calendar_to_json(&sample())).unwrap();
        assert_eq!(json["format_version"], "1.0");
        let first = &json["occurrences"][0];
        assert_eq!(first["campaign"], "black-friday");
        assert_eq!(first["occurrence"], serde_json::Value::Null);
        assert_eq!(first["recipients"], 1210);
        assert_eq!(first["windows"][0]["opens"], "2026-11-27T08:00:00Z");
        assert_eq!(first["windows"][0]["closes"], "2026-11-27T19:00:00Z");
        assert_eq!(first["windows"][0]["timezone"], "Europe/Stockholm");
        assert_eq!(json["occurrences"][1]["occurrence"], "2026-11-27T10:00");
    }

    #[test]
    fn an_empty_calendar_says_so_and_odd_dates_break_nothing() {
        let mut calendar = sample();
        calendar.occurrences[0].date = "not a date".to_owned();
        calendar.occurrences[0].windows.clear();
        assert!(calendar_to_text(&calendar, SPAN).contains("not a date"));
        calendar.occurrences.clear();
        assert!(plain(&calendar_to_text(&calendar, SPAN)).ends_with("nothing is coming in this time\n"));
    }
}
