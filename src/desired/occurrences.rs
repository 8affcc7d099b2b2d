//! When a campaign fires: its zone, its schedule, and every firing that can still matter.
//!
//! In: a campaign and the clock. Out: firings with their windows, in one zone or on each recipient's wall clock; or
//! every fault of its times with its place. Never: more than [`MOST`] firings, or a firing of a schedule whose window
//! is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::desired::CronSchedule;
use super::diagnostics::{OUT_OF_CALENDAR, TOO_MANY_OCCURRENCES};
use crate::campaign::{
    Campaign, CronDelivery, Delivery, IfPassed, LocalWindow, WindowDelivery, WrittenTime, ZoneChoice, ZoneMap,
};
use crate::model::{Country, Diagnostic, Instant, LocalTime, OccurrenceKey, Window, Windows};
use crate::schedule::{
    Closing, Cron, LocalSpan, RecipientZones, Written, WrittenWindow, Zone, cron, cron_dates, explicit_windows, zone,
};

/// More firings of one campaign within one horizon are a mistake: a text every minute for a week.
pub(super) const MOST: usize = 11_000;

/// When a campaign fires.
#[derive(Debug, Clone)]
pub struct When {
    /// The campaign's zone, or how each recipient's is found.
    pub zone: ZoneRule,
    /// Of a recurring campaign.
    pub schedule: Option<Arc<CronSchedule>>,
    /// In order.
    pub firings: Vec<Firing>,
}

/// Whose wall clock.
#[derive(Debug, Clone)]
pub enum ZoneRule {
    /// One for all.
    One(Zone),
    /// Each recipient's own.
    Recipient {
        /// How it is found.
        zones: RecipientZones,
        /// Column with IANA names.
        column: Option<String>,
        /// What a window does that has passed for somebody.
        if_passed: IfPassed,
    },
}

/// One firing.
#[derive(Debug, Clone)]
pub struct Firing {
    /// Revision or nominal local time.
    pub key: OccurrenceKey,
    /// `None` for a one-off.
    pub nominal: Option<LocalTime>,
    /// When it is open.
    pub opening: Opening,
}

/// When a firing is open.
#[derive(Debug, Clone)]
pub enum Opening {
    /// In one zone, resolved.
    Fixed(Windows),
    /// On each recipient's wall clock.
    Local(LocalSpan),
}

/// Resolves a campaign's times. Of a schedule: every firing whose window is not over at `now`, up to `horizon`, and the
/// first one beyond it.
pub fn when(campaign: &Campaign, now: Instant, horizon: Instant) -> Result<When, Vec<Diagnostic>> {
    let zone = zone_rule(campaign.delivery.zone())?;
    match &campaign.delivery {
        Delivery::Windows(delivery) => one_off(campaign, delivery, zone),
        Delivery::Cron(delivery) => recurring(campaign, delivery, zone, now, horizon),
    }
}

fn zone_rule(choice: &ZoneChoice) -> Result<ZoneRule, Vec<Diagnostic>> {
    match choice {
        ZoneChoice::Named(name, place) => zone(name, place).map(ZoneRule::One).map_err(|fault| vec![fault]),
        ZoneChoice::Recipient {
            column,
            zones,
            fallback,
            if_passed,
            place,
        } => {
            let mut faults = Vec::new();
            let mut find = |name| zone(name, place).map_err(|fault| faults.push(fault)).ok();
            let fallback = fallback.as_ref().and_then(&mut find);
            let countries: Option<BTreeMap<Country, Zone>> = match zones {
                ZoneMap::Auto => None,
                ZoneMap::Countries(names) => Some(
                    names
                        .iter()
                        .filter_map(|(country, name)| Some((country.clone(), find(name)?)))
                        .collect(),
                ),
            };
            if !faults.is_empty() {
                return Err(faults);
            }
            let zones = RecipientZones::new(countries.as_ref(), fallback.as_ref());
            Ok(ZoneRule::Recipient {
                zones,
                column: column.clone(),
                if_passed: *if_passed,
            })
        }
    }
}

fn one_off(campaign: &Campaign, delivery: &WindowDelivery, zone: ZoneRule) -> Result<When, Vec<Diagnostic>> {
    let opening = match &zone {
        ZoneRule::One(zone) => {
            let written: Vec<WrittenWindow<'_>> = delivery.windows.iter().map(written_window).collect();
            Opening::Fixed(explicit_windows(zone, &written)?)
        }
        ZoneRule::Recipient { .. } => match delivery.windows.as_slice() {
            [window] => Opening::Local(LocalSpan {
                opens: window.opens.local,
                closes: Closing::At(window.closes.local),
            }),
            _ => return Err(Vec::new()), // refused when the file was read
        },
    };
    let firing = Firing {
        key: campaign.revision.into(),
        nominal: None,
        opening,
    };
    Ok(When {
        zone,
        schedule: None,
        firings: vec![firing],
    })
}

fn written_window(window: &LocalWindow) -> WrittenWindow<'_> {
    let written = |time: &'_ WrittenTime| (time.local, time.offset_seconds);
    let ((opens, opens_offset), (closes, closes_offset)) = (written(&window.opens), written(&window.closes));
    WrittenWindow {
        opens: Written {
            local: opens,
            offset_seconds: opens_offset,
            place: &window.opens.place,
        },
        closes: Written {
            local: closes,
            offset_seconds: closes_offset,
            place: &window.closes.place,
        },
    }
}

fn recurring(
    campaign: &Campaign,
    delivery: &CronDelivery,
    zone: ZoneRule,
    now: Instant,
    horizon: Instant,
) -> Result<When, Vec<Diagnostic>> {
    let parsed = cron(&delivery.cron).map_err(|fault| vec![fault])?;
    cron_dates(&parsed, delivery.from, delivery.until, &delivery.cron.place).map_err(|fault| vec![fault])?;
    let firings = match &zone {
        ZoneRule::One(zone) => in_one_zone(&parsed, zone, delivery, now, horizon),
        ZoneRule::Recipient { .. } => on_all_clocks(&parsed, delivery, now, horizon),
    }
    .map_err(|fault| vec![fault])?;
    if firings.len() > MOST {
        let message = format!("`{}` fires more than {MOST} times before the horizon", parsed.text());
        return Err(vec![
            Diagnostic::error(&TOO_MANY_OCCURRENCES, message)
                .at(delivery.cron.place.clone())
                .hint("a schedule this dense is most likely a mistake; the first field is the minute"),
        ]);
    }
    let schedule = CronSchedule {
        smallest_interval: parsed.smallest_interval(),
        from: delivery.from,
        until: delivery.until,
        zone: match &zone {
            ZoneRule::One(zone) => Some(zone.clone()),
            ZoneRule::Recipient { .. } => None,
        },
        cron: parsed,
    };
    let _ = campaign;
    Ok(When {
        zone,
        schedule: Some(Arc::new(schedule)),
        firings,
    })
}

fn in_one_zone(
    cron: &Cron,
    zone: &Zone,
    delivery: &CronDelivery,
    now: Instant,
    horizon: Instant,
) -> Result<Vec<Firing>, Diagnostic> {
    let firing = |occurrence: crate::schedule::Occurrence| {
        let window = Window::new(occurrence.opens, occurrence.opens + delivery.open_for)
            .map_err(|_| out_of_calendar(occurrence.nominal, delivery))?;
        Ok(Firing {
            key: key_of(occurrence.nominal, delivery)?,
            nominal: Some(occurrence.nominal),
            opening: Opening::Fixed(Windows::one(window)),
        })
    };
    let start = now - delivery.open_for;
    let mut firings: Vec<Firing> = cron
        .occurrences(zone, delivery.from, delivery.until, start, horizon)
        .take(MOST + 1)
        .map(firing)
        .collect::<Result<_, _>>()?;
    // `before` is exclusive, so the first beyond begins there.
    let beyond = horizon.max(start) - Duration::from_secs(1);
    let next = cron.next_after(zone, delivery.from, delivery.until, beyond);
    firings.extend(next.map(firing).transpose()?);
    firings.dedup_by_key(|firing| firing.key);
    Ok(firings)
}

/// An occurrence that no reference can name must not vanish: its planned batches would be canceled and not created.
fn key_of(nominal: LocalTime, delivery: &CronDelivery) -> Result<OccurrenceKey, Diagnostic> {
    OccurrenceKey::nominal(nominal).ok_or_else(|| out_of_calendar(nominal, delivery))
}

fn out_of_calendar(nominal: LocalTime, delivery: &CronDelivery) -> Diagnostic {
    let message = format!("the occurrence at `{nominal}` is outside of the years that a reference can name");
    Diagnostic::error(&OUT_OF_CALENDAR, message)
        .at(delivery.cron.place.clone())
        .hint("references name times from 2021-11-26 to 2083-10-17; limit the schedule with `from` and `until`")
}

/// Every nominal time that some wall clock may show before the horizon; groups whose own time is beyond it wait there.
fn on_all_clocks(
    cron: &Cron,
    delivery: &CronDelivery,
    now: Instant,
    horizon: Instant,
) -> Result<Vec<Firing>, Diagnostic> {
    cron.nominal_between(delivery.from, delivery.until, now - delivery.open_for, horizon)
        .take(MOST + 1)
        .map(|nominal| {
            let span = LocalSpan {
                opens: nominal,
                closes: Closing::After(delivery.open_for),
            };
            Ok(Firing {
                key: key_of(nominal, delivery)?,
                nominal: Some(nominal),
                opening: Opening::Local(span),
            })
        })
        .collect()
}
