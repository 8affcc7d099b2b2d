#!/usr/bin/env bash
# Packages with time zone data of their own, whose newest release is an hour off in zones that changed in 2026. A send time computed with
# them is not the one that people's clocks show.
#
# Expected: the newest release of a time zone package on 2026-12-01 knows what the IANA database knew in autumn (2026f, PyPI tzdata 2026.6):
# Vancouver, Edmonton and Winnipeg keep summer time all year since November 2026 (-07:00, -06:00, -05:00), Casablanca keeps +00:00 since
# September 2026.
# Seen on 15 January 2027:
# - moment-timezone 0.6.6 (npm) and python-dateutil 4.0.0 (PyPI) agree with it;
# - @js-joda/timezone 2.25.2, timezone-support 3.1.0 (npm) and chrono-tz 0.10.4 (crates.io) have all four as before: -08:00, -07:00, -06:00,
#   +01:00;
# - countries-and-timezones 3.10.0 (npm) knows of Vancouver, not of Winnipeg and Casablanca;
# - @touch4it/ical-timezones 1.9.0 (npm) writes a VTIMEZONE of Vancouver that goes back to -08:00 each November;
#   timezones-ical-library 2.3.2 (npm) one that has no -08:00 at all, so that events before November 2026 move too.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, cargo, PyPI, npm and crates.io.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . moment-timezone@0.6.6 @js-joda/core@6.0.0 @js-joda/timezone@2.25.2 \
  timezone-support@3.1.0 countries-and-timezones@3.10.0 @touch4it/ical-timezones@1.9.0 timezones-ical-library@2.3.2 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tzdata==2026.6 python-dateutil==4.0.0
PYTHONTZPATH= venv/bin/python - <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from dateutil import tz

winter = datetime(2027, 1, 15, 12, tzinfo=timezone.utc)
for zone, hour in {"America/Vancouver": "05", "America/Edmonton": "06", "America/Winnipeg": "07", "Africa/Casablanca": "12"}.items():
    assert winter.astimezone(ZoneInfo(zone)).strftime("%H") == hour, zone
    assert winter.astimezone(tz.gettz(zone)).strftime("%H") == hour, zone
print("tzdata, python-dateutil: -07:00 -06:00 -05:00 +00:00")
PY
cat >zones.js <<'JS'
const assert = require('node:assert');
const ZONES = ['America/Vancouver', 'America/Edmonton', 'America/Winnipeg', 'Africa/Casablanca'];
const AT = '2027-01-15T12:00:00Z', NOW = [-7, -6, -5, 0], BEFORE = [-8, -7, -6, 1];

const moment = require('moment-timezone');
assert.deepStrictEqual(ZONES.map((zone) => moment.utc(AT).tz(zone).utcOffset() / 60), NOW);
const joda = require('@js-joda/core');
require('@js-joda/timezone');
const offset = (zone) => joda.ZonedDateTime.ofInstant(joda.Instant.parse(AT), joda.ZoneId.of(zone)).offset().totalSeconds() / 3600;
assert.deepStrictEqual(ZONES.map(offset), BEFORE);
const support = require('timezone-support');
assert.deepStrictEqual(ZONES.map((zone) => -support.getUTCOffset(new Date(AT), support.findTimeZone(zone)).offset / 60), BEFORE);
const { getTimezone } = require('countries-and-timezones');
assert.deepStrictEqual([0, 2, 3].map((at) => getTimezone(ZONES[at]).utcOffset / 60), [-7, -6, 1]);
assert.match(require('@touch4it/ical-timezones').getVtimezoneComponent(ZONES[0]), /TZOFFSETTO:-0800\s+TZNAME:PST\s+DTSTART:19701101T020000\s+RRULE/);
assert.doesNotMatch(require('timezones-ical-library').tzlib_get_ical_block(ZONES[0])[0], /-0800/);
console.log('the packages of npm: as described');
JS
node zones.js
mkdir -p src
cat >Cargo.toml <<'TOML'
[package]
name = "zones"
version = "0.0.0"
edition = "2021"
[dependencies]
chrono = { version = "=0.4.45", default-features = false }
chrono-tz = { version = "=0.10.4", default-features = false }
TOML
cat >src/main.rs <<'RS'
use chrono::{Offset, TimeZone, Utc};

fn main() {
    let at = Utc.with_ymd_and_hms(2027, 1, 15, 12, 0, 0).unwrap();
    let zones = [chrono_tz::America::Vancouver, chrono_tz::America::Edmonton, chrono_tz::America::Winnipeg, chrono_tz::Africa::Casablanca];
    let hours = zones.map(|zone| at.with_timezone(&zone).offset().fix().local_minus_utc() / 3600);
    assert_eq!(hours, [-8, -7, -6, 1]);
    println!("chrono-tz: as described");
}
RS
cargo run --quiet
