"""Writes src/schedule/recipients/prefix_zones.txt: the time zones in which the numbers of a prefix may live.

libphonenumber names some countries by a zone of another that once kept the same time: Algeria by Europe/Paris, Libya by
Europe/Bucharest, Morocco by Atlantic/Canary (findings/phone-zones-of-another-country.sh). A zone whose clocks go otherwise than every
zone of the countries of the calling code (zone.tab) is replaced: by the country's zones that keep the same time in January, else by all
of them.
"""

import datetime
import functools
import zoneinfo

import phonenumbers
import table
from country_zones import zones_of_countries
from phonenumbers.timezone import TIMEZONE_DATA

# The zones of PyPI's tzdata, not of this machine.
zoneinfo.reset_tzpath(to=())

# Clocks are compared hour by hour over the years for which campaigns are planned.
HOURS = [datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(hours=n) for n in range(3 * 8766)]
JANUARY = datetime.datetime(2027, 1, 15, tzinfo=datetime.timezone.utc)


@functools.cache
def clocks(zone):
    keeper = zoneinfo.ZoneInfo(zone)
    return tuple(hour.astimezone(keeper).utcoffset() for hour in HOURS)


def january(zone):
    return JANUARY.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()


def calling_code(prefix):
    return next(int(prefix[:n]) for n in (1, 2, 3) if phonenumbers.region_codes_for_country_code(int(prefix[:n])))


@functools.cache
def in_the_country(zone, code):
    own = [own for country in phonenumbers.region_codes_for_country_code(code) for own in COUNTRIES.get(country, [])]
    if not own or any(clocks(zone) == clocks(other) for other in own):
        return (zone,)
    same = [other for other in own if january(other) == january(zone)] or own
    return tuple({clocks(other): other for other in reversed(same)}.values())


COUNTRIES = zones_of_countries()


def text():
    prefixes = {}
    for prefix, zones in TIMEZONE_DATA.items():
        code = calling_code(str(prefix))
        zones = sorted({own for zone in zones for own in in_the_country(zone, code)})
        prefixes.setdefault(" ".join(zones), []).append(str(prefix))
    lines = [
        "# Calling prefixes and the time zones in which their numbers may live.",
        "# Source: libphonenumber, Copyright (C) 2011-2026 The Libphonenumber Authors, Apache License 2.0 (see LICENSE-APACHE),",
        f"# as packaged in PyPI phonenumbers {phonenumbers.__version__}; written by tests/tables/prefix_zones.py: zones, a tab, prefixes.",
        "# The longest prefix of a number counts. Mobile numbers carry the zone of their issue, not of their bearer.",
    ]
    lines += [f"{zones}\t{' '.join(sorted(prefixes[zones]))}" for zones in sorted(prefixes)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table.main("src/schedule/recipients/prefix_zones.txt", text)
