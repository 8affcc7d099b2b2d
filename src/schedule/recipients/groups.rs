//! Recipients by the UTC offset that their wall clocks show when a window opens: one group for each.
//!
//! A pure function of zones and the local window: a group never depends on the clock, so its slot is stable. Whether
//! its window has passed, and whether those people then wait for the next day, is decided for the group afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Days;

use super::super::zone::{Meaning, TimeFault, Zone};
use super::ZoneId;
use crate::model::{Group, Instant, LocalTime, Window, Windows};

/// A window on each person's own wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalSpan {
    /// First moment.
    pub opens: LocalTime,
    /// The end.
    pub closes: Closing,
}

/// How the end of a [`LocalSpan`] is given, and so how strictly its times are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Explicit times: one that a zone's clocks jump over or show twice is a fault.
    At(LocalTime),
    /// A schedule's nominal time: opens at the jump, or the first time, and stays open so long.
    After(Duration),
}

/// Recipients who share a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientGroup {
    /// By the offset at `opens`.
    pub group: Group,
    /// One window: the earliest `closes` among its zones counts.
    pub windows: Windows,
    /// The same a day later on each wall clock; `None` where the zones then have no moment in common.
    pub next_day: Option<Windows>,
    /// Who is in it, in order.
    pub zones: Vec<ZoneId>,
}

impl RecipientGroup {
    /// Whether its window is over.
    pub fn has_passed(&self, now: Instant) -> bool {
        self.windows.closes() <= now
    }
}

/// Why the recipients of a [`ZoneId`] are in no group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ungrouped {
    /// The window's local time is none in this zone, or two.
    Time {
        /// In which zone.
        zone: String,
        /// Which of the window's times.
        local: LocalTime,
        /// What about it.
        fault: TimeFault,
    },
    /// The window closes before it opens there.
    ClosesFirst {
        /// In which zone.
        zone: String,
    },
    /// The prefix has several zones, and the windows of all of them have no moment in common.
    NothingInCommon,
    /// A UTC offset that is no whole number of quarter hours.
    OddOffset {
        /// In which zone.
        zone: String,
    },
}

/// Everybody by group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grouping {
    /// In order of group.
    pub groups: BTreeMap<Group, RecipientGroup>,
    /// Which group an id is in.
    pub group_of: BTreeMap<ZoneId, Group>,
    /// Ids of prefixes that had nothing in common and took the fallback instead.
    pub fell_back: Vec<ZoneId>,
    /// Ids without a group: an error for as many rows as they have.
    pub ungrouped: Vec<(ZoneId, Ungrouped)>,
}

#[derive(Clone, Copy)]
struct GroupSpan {
    opens: Instant,
    closes: Instant,
    offset_seconds: i32,
}

/// Sorts zones into groups for one window.
pub fn group(ids: &BTreeSet<ZoneId>, window: &LocalSpan, fallback: Option<ZoneId>) -> Grouping {
    let mut grouping = Grouping::default();
    let mut spans: BTreeMap<Group, (GroupSpan, Vec<ZoneId>)> = BTreeMap::new();
    for id in ids {
        let mut found = common_span(*id, window);
        if let (Err(Ungrouped::NothingInCommon), Some(fallback)) = (&found, fallback) {
            grouping.fell_back.push(*id);
            found = common_span(fallback, window);
        }
        let grouped = found.and_then(|span| match Group::from_offset_seconds(span.offset_seconds) {
            Some(group) => Ok((group, span)),
            None => Err(Ungrouped::OddOffset {
                zone: id.names().join(" "),
            }),
        });
        match grouped {
            Ok((group, span)) => {
                let (all, members) = spans.entry(group).or_insert((span, Vec::new()));
                all.opens = all.opens.max(span.opens);
                all.closes = all.closes.min(span.closes);
                members.push(*id);
                grouping.group_of.insert(*id, group);
            }
            Err(why) => grouping.ungrouped.push((*id, why)),
        }
    }
    for (group, (span, zones)) in spans {
        match Window::new(span.opens, span.closes) {
            Ok(windows) => {
                let next_day = next_day(window).and_then(|window| common_window(&zones, &window, fallback));
                let windows = Windows::one(windows);
                grouping.groups.insert(
                    group,
                    RecipientGroup {
                        group,
                        windows,
                        next_day,
                        zones,
                    },
                );
            }
            Err(_) => {
                for id in zones {
                    grouping.group_of.remove(&id);
                    grouping.ungrouped.push((id, Ungrouped::NothingInCommon));
                }
            }
        }
    }
    grouping
}

/// The moments within the window on every clock of an id: where its zones agree, that is the window of each.
fn common_span(id: ZoneId, window: &LocalSpan) -> Result<GroupSpan, Ungrouped> {
    let mut common: Option<GroupSpan> = None;
    for zone in id.zones() {
        let span = span_in(&zone, window)?;
        common = Some(common.map_or(span, |common| GroupSpan {
            // The common window opens at the offset of the clock that opens last.
            offset_seconds: if span.opens > common.opens {
                span.offset_seconds
            } else {
                common.offset_seconds
            },
            opens: common.opens.max(span.opens),
            closes: common.closes.min(span.closes),
        }));
    }
    common
        .filter(|span| span.closes > span.opens)
        .ok_or(Ungrouped::NothingInCommon)
}

fn span_in(zone: &Zone, window: &LocalSpan) -> Result<GroupSpan, Ungrouped> {
    let name = || zone.name().to_owned();
    let fault = |local, fault| Ungrouped::Time {
        zone: name(),
        local,
        fault,
    };
    let explicit = |local| zone.resolve(local, None).map_err(|f| fault(local, f));
    let (opens, closes) = match window.closes {
        Closing::At(closes) => (explicit(window.opens)?, explicit(closes)?),
        Closing::After(open_for) => {
            let opens = match zone.meaning(window.opens) {
                Meaning::One(opens) | Meaning::Fold([(opens, _), _]) => opens,
                Meaning::Gap(change) => change.at,
                Meaning::OutOfRange => return Err(fault(window.opens, TimeFault::OutOfRange)),
            };
            (opens, opens + open_for)
        }
    };
    if closes <= opens {
        return Err(Ungrouped::ClosesFirst { zone: name() });
    }
    Ok(GroupSpan {
        opens,
        closes,
        offset_seconds: zone.offset_seconds_at(opens),
    })
}

/// One day later; its times are read as a schedule's are, since nobody wrote them.
fn next_day(window: &LocalSpan) -> Option<LocalSpan> {
    let day = Days::new(1);
    let later = |local: LocalTime| local.naive().checked_add_days(day).map(LocalTime::from_naive);
    let open_for = match window.closes {
        Closing::After(open_for) => open_for,
        Closing::At(closes) => (closes.naive() - window.opens.naive()).to_std().ok()?,
    };
    Some(LocalSpan {
        opens: later(window.opens)?,
        closes: Closing::After(open_for),
    })
}

fn common_window(zones: &[ZoneId], window: &LocalSpan, fallback: Option<ZoneId>) -> Option<Windows> {
    let mut common: Option<(Instant, Instant)> = None;
    for id in zones {
        let span = match (common_span(*id, window), fallback) {
            (Err(Ungrouped::NothingInCommon), Some(fallback)) => common_span(fallback, window),
            (found, _) => found,
        };
        let span = span.ok()?;
        common = Some(common.map_or((span.opens, span.closes), |(opens, closes)| {
            (opens.max(span.opens), closes.min(span.closes))
        }));
    }
    let (opens, closes) = common?;
    Window::new(opens, closes).ok().map(Windows::one)
}
