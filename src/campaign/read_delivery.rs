//! `delivery` to [`Delivery`]: windows or a schedule, on one zone's clock or on each recipient's own.

use std::collections::BTreeMap;
use std::time::Duration;

use super::at::At;
use super::campaign_file::{DeliveryFile, IfPassedFile, WindowFile};
use super::delivery::{
    CronDelivery, Delivery, IfPassed, LocalWindow, WindowDelivery, WrittenTime, ZoneChoice, ZoneMap,
};
use super::diagnostics;
use super::forms_file::ZonesFile;
use super::invalid_value::InvalidValue;
use super::project::Project;
use super::reading::Reading;
use super::tree::NodeId;
use super::wording::{clip, nearest};
use crate::model::{Country, Diagnostic, LocalTime, ZoneName, parse_duration};

pub(super) fn delivery(
    reading: &mut Reading<'_>,
    root: NodeId,
    field: &At<DeliveryFile>,
    project: &Project,
) -> Option<Delivery> {
    if field.is_absent() {
        let fault = reading.missing_fault(root, "delivery");
        reading.push(
            root,
            fault.hint("say when: `delivery:` with `windows:`, or with `cron:` and `open_for:`"),
        );
    }
    let At::Given(id, typed) = field else { return None };
    let zone = zone(reading, *id, typed, project);
    match (typed.windows.is_absent(), typed.cron.is_absent()) {
        (false, true) => {
            refuse_schedule_keys(reading, typed);
            let windows = windows(reading, typed)?;
            Some(Delivery::Windows(WindowDelivery { zone: zone?, windows }))
        }
        (true, false) => cron(reading, *id, typed, zone),
        (false, false) => {
            if let Some(second) = typed.cron.id().max(typed.windows.id()) {
                reading.error(second, &diagnostics::DELIVERY, "either `windows` or `cron`, not both");
            }
            None
        }
        (true, true) => {
            let fault = Diagnostic::error(&diagnostics::DELIVERY, "`delivery` has neither `windows` nor `cron`");
            let hint = "for one send: `windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }]`";
            reading.push(*id, fault.hint(hint));
            None
        }
    }
}

fn refuse_schedule_keys(reading: &mut Reading<'_>, typed: &DeliveryFile) {
    let keys = [
        ("open_for", typed.open_for.id()),
        ("from", typed.from.id()),
        ("until", typed.until.id()),
    ];
    for (key, id) in keys {
        if let Some(id) = id {
            reading.error(
                id,
                &diagnostics::DELIVERY,
                format!("`{key}` goes with `cron`, not with `windows`"),
            );
        }
    }
}

fn windows(reading: &mut Reading<'_>, typed: &DeliveryFile) -> Option<Vec<LocalWindow>> {
    let At::Given(id, items) = &typed.windows else {
        return None;
    };
    if items.is_empty() {
        reading.error(*id, &diagnostics::DELIVERY, "`windows` has no window");
        return None;
    }
    let own_zones = typed.timezone.given().is_some_and(|zone| zone == RECIPIENT);
    if let (true, Some(second)) = (own_zones, items.get(1).and_then(At::id)) {
        let message = "`timezone: recipient` takes exactly one window";
        reading.error(second, &diagnostics::ZONE, message);
    }
    let windows: Vec<Option<LocalWindow>> = items.iter().map(|item| window(reading, item, own_zones)).collect();
    windows.into_iter().collect()
}

fn window(reading: &mut Reading<'_>, item: &At<WindowFile>, own_zones: bool) -> Option<LocalWindow> {
    let At::Given(id, typed) = item else { return None };
    let opens = reading.require(*id, "opens", &typed.opens, &diagnostics::TIME, |text| {
        written_time(text)
    });
    let closes = if typed.closes.is_absent() {
        let fault = reading.missing_fault(*id, "closes");
        reading.push(
            *id,
            fault.hint("both ends are always given, so that a plan can show them"),
        );
        None
    } else {
        reading.parse(&typed.closes, &diagnostics::TIME, |text| written_time(text))
    };
    let ((opens, opens_offset), (closes, closes_offset)) = (opens?, closes?);
    for (id, offset) in [(typed.opens.id(), opens_offset), (typed.closes.id(), closes_offset)] {
        if let (true, Some(id), Some(_)) = (own_zones, id, offset) {
            let message = "with `timezone: recipient` a time has no offset: it is read on each recipient's clock";
            reading.error(id, &diagnostics::ZONE, message);
        }
    }
    Some(LocalWindow {
        opens: WrittenTime {
            local: opens,
            offset_seconds: opens_offset,
            place: reading.place(typed.opens.id()),
        },
        closes: WrittenTime {
            local: closes,
            offset_seconds: closes_offset,
            place: reading.place(typed.closes.id()),
        },
    })
}

/// `2026-11-27T09:00`, `2026-10-25T02:30+02:00`, `2026-11-27T09:00Z`.
fn written_time(text: &str) -> Result<(LocalTime, Option<i32>), InvalidValue> {
    let fault = || {
        let why = format!("`{}` is not a local time like `2026-11-27T09:00`", clip(text));
        let with_colon = text.replace('.', ":");
        InvalidValue(if LocalTime::parse(&with_colon).is_some() {
            format!("{why}; did you mean `{with_colon}`?")
        } else if text.contains("T24:") {
            format!("{why}; midnight is `00:00` of the next date")
        } else {
            why
        })
    };
    // A sign after the date begins an offset; the date's own hyphens come before.
    let clock_at = text.find(['T', ' ']).unwrap_or(text.len());
    let sign_at = text.rfind(['+', '-', 'Z']).filter(|at| *at > clock_at);
    let (local, offset) = match sign_at {
        Some(at) => text.split_at_checked(at).ok_or_else(fault)?,
        None => (text, ""),
    };
    let offset = match offset {
        "" => None,
        written => Some(offset_seconds(written).ok_or_else(fault)?),
    };
    let shaped = local.len() >= 16 && local.is_ascii();
    match (LocalTime::parse(local), shaped) {
        (Some(local), true) => Ok((local, offset)),
        _ if local.len() == 19 && !local.ends_with(":00") => {
            Err(InvalidValue(format!("`{}`: times are whole minutes", clip(text))))
        }
        _ if clock_at == text.len() => Err(InvalidValue(format!(
            "`{}` has no time of day; write `{}T09:00`",
            clip(text),
            if super::reading::parse_date(text).is_ok() {
                text
            } else {
                "2026-11-27"
            }
        ))),
        _ => Err(fault()),
    }
}

/// `Z`, `+02:00`, `-0330`.
fn offset_seconds(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let shaped = digits.len() == 4
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (rest.len() == 4 || rest.get(2..3) == Some(":"));
    let (hours, minutes): (i32, i32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    (shaped && hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn cron(reading: &mut Reading<'_>, id: NodeId, typed: &DeliveryFile, zone: Option<ZoneChoice>) -> Option<Delivery> {
    let open_for = if typed.open_for.is_absent() {
        let fault = reading.missing_fault(id, "open_for");
        reading.push(id, fault.hint("how long may the provider take to send? `open_for: 2h`"));
        None
    } else {
        reading.parse(&typed.open_for, &diagnostics::DURATION, |text| {
            match parse_duration(text) {
                Ok(duration) if duration < Duration::from_mins(1) => {
                    Err(format!("`{}` is too short: at least `1m`", clip(text)))
                }
                Ok(duration) => Ok(duration),
                Err(fault) => Err(fault.to_string()),
            }
        })
    };
    if let (Some(IfPassedFile::NextDay), Some(at)) = (typed.if_passed.given(), typed.if_passed.id()) {
        let fault = Diagnostic::error(&diagnostics::CRON_ONLY, "`if_passed: next_day` does not go with `cron`");
        reading.push(
            at,
            fault.hint("a schedule has a next occurrence already; use `if_passed: skip`"),
        );
    }
    let from = reading.date(&typed.from);
    let until = reading.date(&typed.until);
    if let (Some(from), Some(until), Some(at)) = (from, until, typed.until.id())
        && until < from
    {
        reading.error(
            at,
            &diagnostics::TIME,
            "`until` is before `from`: the schedule never fires",
        );
    }
    if let At::Given(at, text) = &typed.cron
        && text.trim().is_empty()
    {
        reading.error(*at, &diagnostics::DELIVERY, "`cron` is blank");
        return None;
    }
    Some(Delivery::Cron(CronDelivery {
        zone: zone?,
        cron: reading.text(&typed.cron)?,
        open_for: open_for?,
        from,
        until,
    }))
}

/// The word instead of a zone for each recipient's own.
const RECIPIENT: &str = "recipient";

fn zone(reading: &mut Reading<'_>, id: NodeId, typed: &DeliveryFile, project: &Project) -> Option<ZoneChoice> {
    if typed.timezone.given().is_some_and(|zone| zone == RECIPIENT) {
        return recipient_zone(reading, typed);
    }
    let own_zone_keys = [
        ("timezone_column", typed.timezone_column.id()),
        ("zones", typed.zones.id()),
        ("fallback", typed.fallback.id()),
        ("if_passed", typed.if_passed.id()),
    ];
    for (key, at) in own_zone_keys {
        if let Some(at) = at {
            let fault = Diagnostic::error(&diagnostics::ZONE, format!("`{key}` goes with `timezone: recipient`"));
            reading.push(at, fault.hint("write `timezone: recipient`, or remove the key"));
        }
    }
    match &typed.timezone {
        At::Given(at, text) => {
            if nearest(text, [RECIPIENT]).is_some() {
                let fault = Diagnostic::error(&diagnostics::ZONE, format!("`{}` is not a time zone", clip(text)));
                reading.push(*at, fault.hint("did you mean `recipient`?"));
                return None;
            }
            let zone = reading.zone(&typed.timezone)?;
            Some(ZoneChoice::Named(zone, reading.place(Some(*at))))
        }
        At::Faulty(_) => None,
        At::Absent => {
            if project.timezone.is_none() {
                let fault = reading.missing_fault(id, "timezone");
                let hint = "write `timezone: Europe/Stockholm` here, or in campanile.yaml for all campaigns";
                reading.push(id, fault.hint(hint));
            }
            let zone = project.timezone.clone()?;
            let place = project.timezone_place.clone();
            Some(ZoneChoice::Named(
                zone,
                place.unwrap_or_else(|| reading.place(Some(id))),
            ))
        }
    }
}

fn recipient_zone(reading: &mut Reading<'_>, typed: &DeliveryFile) -> Option<ZoneChoice> {
    let at = typed.timezone.id()?;
    let column = reading.parse(&typed.timezone_column, &diagnostics::ZONE, |text| {
        if text.trim().is_empty() {
            Err("the name of a column is blank")
        } else {
            Ok(text.clone())
        }
    });
    let fallback = reading.zone(&typed.fallback);
    let zones = match typed.zones.given() {
        None => ZoneMap::Countries(BTreeMap::new()),
        Some(ZonesFile::Auto) => ZoneMap::Auto,
        Some(ZonesFile::Countries(map)) => ZoneMap::Countries(country_zones(reading, map)),
    };
    if typed.timezone_column.is_absent() && typed.zones.is_absent() && typed.fallback.is_absent() {
        let message = "`timezone: recipient` needs a way to tell each recipient's zone";
        let fault = Diagnostic::error(&diagnostics::ZONE, message);
        reading.push(at, fault.hint("give `timezone_column`, `zones` or `fallback`"));
        return None;
    }
    Some(ZoneChoice::Recipient {
        column,
        zones,
        fallback,
        if_passed: match typed.if_passed.given() {
            Some(IfPassedFile::NextDay) => IfPassed::NextDay,
            Some(IfPassedFile::Skip) | None => IfPassed::Skip,
        },
        place: reading.place(Some(at)),
    })
}

fn country_zones(reading: &mut Reading<'_>, map: &BTreeMap<String, At<String>>) -> BTreeMap<Country, ZoneName> {
    let mut zones = BTreeMap::new();
    for (key, value) in map {
        let country = reading.country_key(key, value.id());
        let zone = reading.zone(value);
        if let (Some(country), Some(zone)) = (country, zone)
            && zones.insert(country.clone(), zone).is_some()
        {
            let mut fault = Diagnostic::error(
                &diagnostics::DUPLICATE_KEY,
                format!("country `{country}` is given twice"),
            );
            fault.place = value.id().map(|id| reading.tree.key_place(id));
            reading.found.push(fault);
        }
    }
    zones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_and_without_an_offset() {
        let local = LocalTime::parse("2026-10-25T02:30").unwrap();
        for (text, offset) in [
            ("2026-10-25T02:30", None),
            ("2026-10-25 02:30", None),
            ("2026-10-25T02:30:00", None),
            ("2026-10-25T02:30+02:00", Some(7200)),
            ("2026-10-25T02:30-0330", Some(-12_600)),
            ("2026-10-25T02:30Z", Some(0)),
        ] {
            assert_eq!(written_time(text), Ok((local, offset)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-10-25",
            "2026-02-30T10:00",
            "2026-10-25T24:00",
            "2026-10-25T02:30:15",
            "2026-10-25T02:30+2",
            "2026-10-25T02:30+99:00",
            "2026-10-25T2:30",
            "tomorrow",
            "25/10/2026 02:30",
            "2026-10-25T02:30Z+1",
        ] {
            assert!(written_time(text).is_err(), "{text}");
        }
    }
}
