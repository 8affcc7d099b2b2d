//! When things may be sent: a row per campaign, grouped by zone, all on one scale of time.
//!
//! Positions are text like `12.34%`, computed in whole numbers. Never: a conversion between local time and instants;
//! the offset of a zone's ruler is the one that its windows were spelled with, and the ruler is UTC where they differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Timelike};
use serde::Serialize;

use crate::model::{Group, Instant, Reference};
use crate::report::batch_view::WindowView;
use crate::report::view::PlanView;

/// The whole figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Timeline {
    pub(super) zones: Vec<ZoneRows>,
    /// Campaigns that are not drawn.
    pub(super) more_rows: usize,
    /// Kinds of bars that occur.
    pub(super) legend: BTreeSet<&'static str>,
    /// Where now is, when it is inside.
    pub(super) now: Option<String>,
}

/// Rows that share a zone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct ZoneRows {
    pub(super) zone: String,
    /// What the ruler counts in: `UTC+01:00`.
    pub(super) ruler: String,
    pub(super) ticks: Vec<Tick>,
    pub(super) rows: Vec<TimelineRow>,
}

/// A mark on the ruler.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Tick {
    pub(super) x: String,
    pub(super) label: String,
}

/// A campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct TimelineRow {
    pub(super) campaign: String,
    /// The first window in words.
    pub(super) first: String,
    /// How many more.
    pub(super) more: usize,
    /// Some of its windows are beyond the ruler.
    pub(super) further: bool,
    pub(super) bars: Vec<Bar>,
}

/// A window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Bar {
    pub(super) x: String,
    pub(super) width: String,
    /// `send`, `cancel`, `held`, `later` or `keep`.
    pub(super) kind: &'static str,
}

const MAX_ROWS: usize = 40;
const MAX_BARS_PER_ROW: usize = 200;
/// Narrower bars could not be seen: 0.6 %.
const MIN_WIDTH: i64 = 60;
const DAY: i64 = 86_400;

/// A window as found, in seconds.
struct WindowSpan<'p> {
    zone: String,
    campaign: &'p str,
    opens: i64,
    closes: i64,
    kind: &'static str,
    words: &'p WindowView,
    offset: Option<i64>,
}

impl WindowSpan<'_> {
    /// Whether another window of the campaign opens and closes with this one.
    fn is_at_the_time_of(&self, other: &Self) -> bool {
        (&self.zone, self.campaign, self.opens, self.closes) == (&other.zone, other.campaign, other.opens, other.closes)
    }
}

/// `None` when the plan has no windows.
pub(super) fn timeline(plan: &PlanView) -> Option<Timeline> {
    let mut spans = spans(plan);
    // What is over would press what is coming against the edge.
    let now = Instant::parse(&plan.now).map_or(i64::MIN, Instant::unix_seconds);
    if spans.iter().any(|span| span.closes > now) {
        spans.retain(|span| span.closes > now);
    }
    let from = spans.iter().map(|span| span.opens).min()?;
    let to = end(&spans, from);
    // Now belongs to the picture unless it is far from it.
    let from = if (0..=to - from).contains(&from.saturating_sub(now)) {
        now
    } else {
        from
    };
    let margin = ((to - from) / 50).max(600);
    let scale = Scale {
        from: from - margin,
        to: to + margin,
    };
    let mut zones: BTreeMap<&str, BTreeMap<&str, Vec<&WindowSpan<'_>>>> = BTreeMap::new();
    for span in &spans {
        zones
            .entry(&span.zone)
            .or_default()
            .entry(span.campaign)
            .or_default()
            .push(span);
    }
    let mut out = Timeline {
        legend: spans.iter().map(|span| span.kind).collect(),
        now: Instant::parse(&plan.now)
            .ok()
            .and_then(|now| scale.inside(now.unix_seconds())),
        ..Timeline::default()
    };
    let mut room = MAX_ROWS;
    for (zone, campaigns) in zones {
        let shown: Vec<_> = campaigns.iter().take(room).collect();
        out.more_rows += campaigns.len() - shown.len();
        room -= shown.len();
        if shown.is_empty() {
            continue;
        }
        // Windows that are not spelled (of an occurrence without operations) do not count.
        let offsets: BTreeSet<Option<i64>> = campaigns
            .values()
            .flatten()
            .filter(|span| span.words.local.is_some())
            .map(|span| span.offset)
            .collect();
        // Where clocks change within the picture, its first hours are local.
        let offset = match offsets.iter().collect::<Vec<_>>().as_slice() {
            [Some(offset)] => *offset,
            _ => first_offset(campaigns.values().flatten()),
        };
        out.zones.push(ZoneRows {
            zone: zone.to_owned(),
            ruler: ruler(offset),
            ticks: scale.ticks(offset),
            rows: shown
                .into_iter()
                .map(|(campaign, spans)| row(campaign, spans, &scale))
                .collect(),
        });
    }
    Some(out)
}

/// Where the picture ends: the last window, unless it is so much later than all others that they would be pressed
/// together.
fn end(spans: &[WindowSpan<'_>], from: i64) -> i64 {
    let mut ordered: Vec<(i64, i64)> = spans.iter().map(|span| (span.opens, span.closes)).collect();
    ordered.sort_unstable();
    let mut to = from + 3600;
    for (opens, closes) in ordered {
        let gap = opens - to;
        if gap > 3 * (to - from).max(2 * DAY) {
            break;
        }
        to = to.max(closes);
    }
    to
}

fn row(campaign: &str, spans: &[&WindowSpan<'_>], scale: &Scale) -> TimelineRow {
    let all: BTreeSet<(i64, i64, &'static str)> =
        spans.iter().map(|span| (span.opens, span.closes, span.kind)).collect();
    let bars: Vec<(i64, i64, &'static str)> = all.iter().copied().filter(|bar| bar.0 <= scale.to).collect();
    let is_cut = bars.len() < all.len();
    let first = spans.iter().min_by_key(|span| span.opens);
    TimelineRow {
        campaign: campaign.to_owned(),
        first: first.map_or_else(String::new, |span| in_words(span.words)),
        more: all.len().saturating_sub(1),
        further: is_cut,
        bars: bars
            .into_iter()
            .take(MAX_BARS_PER_ROW)
            .map(|(opens, closes, kind)| scale.bar(opens, closes, kind))
            .collect(),
    }
}

/// The offset of the earliest window that is spelled.
fn first_offset<'s, 'p: 's>(spans: impl Iterator<Item = &'s &'s WindowSpan<'p>>) -> i64 {
    let known = spans.filter_map(|span| Some((span.opens, span.offset?)));
    known.min().map_or(0, |(_, offset)| offset)
}

/// As spelled in its zone, else as instants.
pub(super) fn in_words(window: &WindowView) -> String {
    window
        .local
        .clone()
        .unwrap_or_else(|| format!("{} to {}", window.opens, window.closes))
}

fn spans(plan: &PlanView) -> Vec<WindowSpan<'_>> {
    let zones: BTreeMap<&str, &str> = plan
        .campaigns
        .iter()
        .map(|campaign| (campaign.campaign.as_str(), campaign.timezone.as_str()))
        .collect();
    let mut spans = Vec::new();
    let mut with_operations = BTreeSet::new();
    for operation in &plan.operations {
        with_operations.insert((&operation.campaign, &operation.occurrence));
        let kind = if operation.action == "cancel" { "cancel" } else { "send" };
        let declared = zones.get(operation.campaign.as_str()).copied();
        let zone = zone_of(declared, &operation.reference, &operation.countries);
        for window in &operation.windows {
            spans.extend(span(window, zone.clone(), &operation.campaign, kind));
        }
    }
    for held in &plan.held {
        let declared = zones.get(held.campaign.as_str()).copied();
        let zone = zone_of(declared, &held.reference, &held.countries);
        for found in (held.windows.iter()).filter_map(|window| span(window, zone.clone(), &held.campaign, "held")) {
            // Beside a part that is sent at the same time a held part would not be seen.
            let is_sent = spans.iter().any(|span| span.is_at_the_time_of(&found));
            if !is_sent {
                spans.push(found);
            }
        }
    }
    let held: BTreeMap<_, bool> = (plan.held.iter())
        .map(|held| ((&held.campaign, &held.occurrence), !held.windows.is_empty()))
        .collect();
    let kept: BTreeSet<_> = plan
        .kept
        .iter()
        .map(|kept| (&kept.campaign, &kept.occurrence))
        .collect();
    for campaign in &plan.campaigns {
        let key = (&campaign.campaign, &campaign.occurrence);
        let kind = match (held.get(&key), kept.contains(&key)) {
            (Some(true), _) => continue,
            _ if with_operations.contains(&key) => continue,
            (Some(false), _) => "held",
            (None, true) => "keep",
            (None, false) => "later",
        };
        let zone = if campaign.timezone == "recipient" {
            "recipients' own zones".to_owned()
        } else {
            campaign.timezone.clone()
        };
        for window in &campaign.windows {
            spans.extend(span(window, zone.clone(), &campaign.campaign, kind));
        }
    }
    spans
}

/// The zone that a batch's windows are grouped under: the campaign's, or that of its recipients.
fn zone_of(declared: Option<&str>, reference: &str, countries: &[String]) -> String {
    let group = Reference::parse(reference).map(|reference| reference.slot.group);
    match (declared, group) {
        (Some("recipient"), Ok(Group::Offset(quarters))) => match countries {
            [] => format!("recipients at {}", ruler(i64::from(quarters) * 900)),
            countries => format!("recipients in {}", countries.join(", ")),
        },
        (Some("recipient"), Ok(Group::Single | Group::Test) | Err(_)) => "recipients' own zones".to_owned(),
        (Some(zone), _) => zone.to_owned(),
        (None, _) => "no file any more".to_owned(),
    }
}

fn span<'p>(window: &'p WindowView, zone: String, campaign: &'p str, kind: &'static str) -> Option<WindowSpan<'p>> {
    let opens = Instant::parse(&window.opens).ok()?.unix_seconds();
    let closes = Instant::parse(&window.closes).ok()?.unix_seconds().max(opens + 1);
    Some(WindowSpan {
        zone,
        campaign,
        opens,
        closes,
        kind,
        words: window,
        offset: window.local.as_deref().and_then(offset_seconds),
    })
}

/// From `... Europe/Stockholm (+01:00, 08:00Z-19:00Z)`; `None` when both ends are not at the same offset.
fn offset_seconds(words: &str) -> Option<i64> {
    let mut offsets = words.split('(').skip(1).filter_map(|rest| {
        let (sign, digits) = rest.split(',').next()?.split_at_checked(1)?;
        let (hours, minutes) = digits.split_once(':')?;
        let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
        match sign {
            "+" => Some(seconds),
            "-" => Some(-seconds),
            _ => None,
        }
    });
    let first = offsets.next()?;
    offsets.all(|offset| offset == first).then_some(first)
}

/// `UTC+01:00`, `UTC`.
fn ruler(offset: i64) -> String {
    if offset == 0 {
        return "UTC".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let size = offset.unsigned_abs();
    format!("UTC{sign}{:02}:{:02}", size / 3600, size / 60 % 60)
}

struct Scale {
    from: i64,
    to: i64,
}

impl Scale {
    /// Hundredths of a percent.
    fn place(&self, at: i64) -> i64 {
        let span = i128::from(self.to - self.from).max(1);
        i64::try_from(i128::from(at - self.from) * 10_000 / span).unwrap_or(0)
    }

    fn inside(&self, at: i64) -> Option<String> {
        (self.from..=self.to).contains(&at).then(|| percent(self.place(at)))
    }

    fn bar(&self, opens: i64, closes: i64, kind: &'static str) -> Bar {
        let x = self.place(opens);
        Bar {
            x: percent(x),
            width: percent((self.place(closes) - x).max(MIN_WIDTH)),
            kind,
        }
    }

    /// At most seven marks, at whole hours or days of that offset.
    fn ticks(&self, offset: i64) -> Vec<Tick> {
        const STEPS: [i64; 11] = [
            3600,
            2 * 3600,
            3 * 3600,
            6 * 3600,
            12 * 3600,
            DAY,
            2 * DAY,
            7 * DAY,
            14 * DAY,
            30 * DAY,
            90 * DAY,
        ];
        let span = self.to - self.from;
        let step = STEPS
            .into_iter()
            .find(|step| span / step <= 6)
            .unwrap_or_else(|| (span / 6 / DAY + 1) * DAY);
        let first = (self.from + offset).div_euclid(step) * step + step - offset;
        (0..8)
            .map(|index| first + index * step)
            .filter(|at| *at < self.to - span / 10)
            .map(|at| Tick {
                x: percent(self.place(at)),
                label: label(at + offset, step),
            })
            .collect()
    }
}

fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// `09:00`, or `27 Nov` at midnight and on rulers of days; with the year on rulers of months.
fn label(local: i64, step: i64) -> String {
    let Some(time) = DateTime::from_timestamp(local, 0) else {
        return String::new();
    };
    if step < DAY && (time.hour() != 0 || time.minute() != 0) {
        return time.format("%H:%M").to_string();
    }
    if step >= 30 * DAY {
        return format!("{} {}", time.format("%-d %b"), time.year());
    }
    if step >= 7 * DAY {
        return time.format("%-d %b").to_string();
    }
    time.format("%a %-d %b").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CampaignRef, Fingerprint, Namespace, OccurrenceKey, Part, Slot};
    use crate::report::{CampaignView, HeldView, OperationView};

    fn window(opens: &str, closes: &str, local: &str) -> WindowView {
        WindowView {
            opens: opens.into(),
            closes: closes.into(),
            local: Some(local.into()),
            ..WindowView::default()
        }
    }

    #[test]
    fn a_zone_counts_in_its_own_offset() {
        let words = "Fri 27 Nov 2026 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)";
        let operation = OperationView {
            action: "create".into(),
            campaign: "a".into(),
            windows: vec![window("2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z", words)],
            ..OperationView::default()
        };
        let campaign = CampaignView {
            campaign: "a".into(),
            timezone: "Europe/Stockholm".into(),
            ..CampaignView::default()
        };
        let plan = PlanView {
            operations: vec![operation],
            campaigns: vec![campaign],
            ..PlanView::default()
        };
        let found = timeline(&plan).unwrap();
        assert_eq!(found.zones[0].ruler, "UTC+01:00");
        let labels: Vec<&str> = found.zones[0].ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["10:00", "12:00", "14:00", "16:00", "18:00"]);
        let row = &found.zones[0].rows[0];
        assert_eq!((row.first.as_str(), row.more), (words, 0));
        assert_eq!(
            (row.bars[0].x.as_str(), row.bars[0].width.as_str()),
            ("1.92%", "96.15%")
        );
    }

    #[test]
    fn two_offsets_in_one_zone_count_in_utc() {
        assert_eq!(offset_seconds("a (+01:00, 1Z) to b (+02:00, 2Z)"), None);
        assert_eq!(offset_seconds("a (-03:30, 1Z) to b (-03:30, 2Z)"), Some(-12_600));
        assert_eq!(offset_seconds("nothing"), None);
    }

    #[test]
    fn what_is_over_is_left_out_while_something_is_coming() {
        let operation = |campaign: &str, opens: &str, closes: &str| OperationView {
            action: "create".into(),
            campaign: campaign.into(),
            windows: vec![window(opens, closes, "")],
            ..OperationView::default()
        };
        let mut plan = PlanView {
            now: "2026-11-26T00:00:00Z".into(),
            operations: vec![
                operation("over", "2026-09-01T08:00:00Z", "2026-09-01T19:00:00Z"),
                operation("coming", "2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z"),
            ],
            ..PlanView::default()
        };
        let rows =
            |plan: &PlanView| -> usize { timeline(plan).unwrap().zones.iter().map(|zone| zone.rows.len()).sum() };
        assert_eq!(rows(&plan), 1);
        assert_eq!(timeline(&plan).unwrap().now, None, "far from what is coming");
        plan.now = "2026-11-27T06:00:00Z".into();
        assert!(timeline(&plan).unwrap().now.is_some());
        plan.now = "2026-12-01T00:00:00Z".into();
        assert_eq!(rows(&plan), 2);
    }

    #[test]
    fn one_campaign_far_off_does_not_press_all_others_together() {
        let operation = |campaign: &str, opens: &str, closes: &str| OperationView {
            action: "create".into(),
            campaign: campaign.into(),
            windows: vec![window(opens, closes, "")],
            ..OperationView::default()
        };
        let plan = PlanView {
            now: "2026-11-26T00:00:00Z".into(),
            operations: vec![
                operation("soon", "2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z"),
                operation("next", "2026-11-28T08:00:00Z", "2026-11-28T19:00:00Z"),
                operation("summer", "2027-06-28T08:00:00Z", "2027-06-28T19:00:00Z"),
            ],
            ..PlanView::default()
        };
        let found = timeline(&plan).unwrap();
        let rows: Vec<(&str, usize, bool)> = (found.zones.iter().flat_map(|zone| &zone.rows))
            .map(|row| (row.campaign.as_str(), row.bars.len(), row.further))
            .collect();
        assert_eq!(rows, [("next", 1, false), ("soon", 1, false), ("summer", 0, true)]);
        let width = |row: &TimelineRow| row.bars[0].width.trim_end_matches('%').parse::<f64>().unwrap();
        assert!(width(&found.zones[0].rows[0]) > 10.0);
    }

    #[test]
    fn held_windows_are_grouped_by_country_as_planned_ones_are() {
        let reference = |quarters: i8| Reference {
            namespace: Namespace::parse("acme").unwrap(),
            slot: Slot {
                campaign: CampaignRef::parse("a").unwrap(),
                occurrence: OccurrenceKey::revision(1).unwrap(),
                group: Group::Offset(quarters),
                part: Part::WHOLE,
            },
            fingerprint: Fingerprint::from_bits(0).unwrap(),
        };
        let held = |quarters: i8, country: &str, opens: &str, closes: &str| HeldView {
            campaign: "a".into(),
            reference: reference(quarters).to_string(),
            countries: vec![country.into()],
            windows: vec![window(opens, closes, "")],
            ..HeldView::default()
        };
        let (sweden, finland) = (
            window("2026-11-27T08:00:00Z", "2026-11-27T19:00:00Z", ""),
            window("2026-11-27T07:00:00Z", "2026-11-27T18:00:00Z", ""),
        );
        let plan = PlanView {
            held: vec![
                held(4, "SE", &sweden.opens, &sweden.closes),
                held(4, "SE", &sweden.opens, &sweden.closes),
                held(8, "FI", &finland.opens, &finland.closes),
            ],
            campaigns: vec![CampaignView {
                campaign: "a".into(),
                timezone: "recipient".into(),
                windows: vec![sweden, finland],
                ..CampaignView::default()
            }],
            ..PlanView::default()
        };
        let found = timeline(&plan).unwrap();
        let bars: Vec<(&str, usize)> = (found.zones.iter())
            .map(|zone| (zone.zone.as_str(), zone.rows[0].bars.len()))
            .collect();
        assert_eq!(bars, [("recipients in FI", 1), ("recipients in SE", 1)]);
        assert_eq!(found.legend, ["held"].into());
    }

    #[test]
    fn a_plan_without_windows_has_no_figure() {
        assert_eq!(timeline(&PlanView::default()), None);
    }
}
