#!/usr/bin/env bash
# What six schedulers make of a cron line in the nights when the clocks change (Europe/Stockholm: forward on 2027-03-28, back on
# 2027-10-31). Who moves a schedule from one of them to another should know.
#
# Expected, after Vixie cron: a time that the spring night does not have fires once, right after the gap; a time that the
# autumn night has twice fires once, at the first; an hourly line fires every hour; the day after is like every other day.
# Seen:
# - croniter 6.0.0: after the autumn night `30 2 * * *` fires at 03:30 on the next day, an hour late, and is right again the day after
#   that; `0 * * * *` leaves out the second 02:00, so two hours pass between two fires. In spring it names 02:30+01:00, a local time
#   that does not exist (03:30+02:00).
# - cronsim 2.8: spring at 03:00 and autumn at the first 02:30, as expected, but `*/30 2 * * *` leaves the whole spring night out and
#   fires four times in autumn.
# - APScheduler 3.11.3: spring as croniter; in autumn `30 2 * * *` fires twice.
# - croner 11.0.1: `30 2 * * *` at 03:00 in spring, but `*/30 2 * * *` leaves that night out.
# - cron-parser 5.10.6: 03:30 in spring, half an hour after the gap's end.
# - cron 4.4.0: 03:00 in spring, the first 02:30 in autumn.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check croniter==6.0.0 cronsim==2.8 apscheduler==3.11.3 tzdata
venv/bin/python - <<'PY'
import datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from cronsim import CronSim
from croniter import croniter

ZONE = ZoneInfo("Europe/Stockholm")
SPRING = datetime.datetime(2027, 3, 27, 12, tzinfo=ZONE)
AUTUMN = datetime.datetime(2027, 10, 30, 12, tzinfo=ZONE)


def told(times):
    return [time.strftime("%m-%d %H:%M%z") for time in times]


def by_croniter(line, start, count):
    fires = croniter(line, start)
    return told(fires.get_next(datetime.datetime) for _ in range(count))


def by_cronsim(line, start, count):
    fires = CronSim(line, start)
    return told(next(fires) for _ in range(count))


def by_apscheduler(line, start, count):
    trigger, last, now, fires = CronTrigger.from_crontab(line, timezone=ZONE), None, start, []
    for _ in range(count):
        last = trigger.get_next_fire_time(last, now)
        now = last + datetime.timedelta(seconds=1)
        fires.append(last)
    return told(fires)


def same(who, seen, expected):
    print(f"{who}: {seen}")
    assert seen == expected, f"{who} changed: expected {expected}"


same("croniter, spring", by_croniter("30 2 * * *", SPRING, 2), ["03-28 02:30+0100", "03-29 02:30+0200"])
same("croniter, autumn", by_croniter("30 2 * * *", AUTUMN, 3), ["10-31 02:30+0200", "11-01 03:30+0100", "11-02 02:30+0100"])
midnight = datetime.datetime(2027, 10, 31, tzinfo=ZONE)
same("croniter, hourly", by_croniter("0 * * * *", midnight, 3), ["10-31 01:00+0200", "10-31 02:00+0200", "10-31 03:00+0100"])
same("cronsim, spring", by_cronsim("30 2 * * *", SPRING, 2), ["03-28 03:00+0200", "03-29 02:30+0200"])
same("cronsim, autumn", by_cronsim("30 2 * * *", AUTUMN, 2), ["10-31 02:30+0200", "11-01 02:30+0100"])
same("cronsim, spring, halves", by_cronsim("*/30 2 * * *", SPRING, 2), ["03-29 02:00+0200", "03-29 02:30+0200"])
same(
    "cronsim, autumn, halves",
    by_cronsim("*/30 2 * * *", AUTUMN, 4),
    ["10-31 02:00+0200", "10-31 02:30+0200", "10-31 02:00+0100", "10-31 02:30+0100"],
)
same("APScheduler, spring", by_apscheduler("30 2 * * *", SPRING, 2), ["03-28 02:30+0100", "03-29 02:30+0200"])
same("APScheduler, autumn", by_apscheduler("30 2 * * *", AUTUMN, 2), ["10-31 02:30+0200", "10-31 02:30+0100"])
PY

npm install --silent --no-audit --no-fund --prefix . croner@11.0.1 cron-parser@5.10.6 cron@4.4.0 >/dev/null
cat >fires.js <<'JS'
const assert = require('node:assert');
const { Cron } = require('croner'), { CronExpressionParser } = require('cron-parser'), { CronTime } = require('cron');
const zone = 'Europe/Stockholm', spring = new Date('2027-03-27T11:00:00Z'), autumn = new Date('2027-10-30T10:00:00Z');
const told = (times) => times.map((time) => new Date(time).toISOString().slice(5, 16));
const byCroner = (line, start, count) => told(new Cron(line, { timezone: zone }).nextRuns(count, start));
const byParser = (line, start, count) => told(CronExpressionParser.parse(line, { tz: zone, currentDate: start }).take(count).map((one) => one.toDate()));
const byCron = (line, start, count) => {
  const fires = [];
  for (let from = start; fires.length < count; fires.push(from)) from = new CronTime(line, zone).getNextDateFrom(from, zone).toJSDate();
  return told(fires);
};
const same = (who, seen, expected) => { console.log(`${who}: ${seen} (UTC)`); assert.deepEqual(seen, expected, `${who} changed`); };
same('croner, spring', byCroner('30 2 * * *', spring, 2), ['03-28T01:00', '03-29T00:30']);
same('croner, spring, halves', byCroner('*/30 2 * * *', spring, 2), ['03-29T00:00', '03-29T00:30']);
same('cron-parser, spring', byParser('30 2 * * *', spring, 2), ['03-28T01:30', '03-29T00:30']);
same('cron, spring', byCron('30 2 * * *', spring, 2), ['03-28T01:00', '03-29T00:30']);
same('cron, autumn', byCron('30 2 * * *', autumn, 2), ['10-31T00:30', '11-01T01:30']);
JS
node fires.js
