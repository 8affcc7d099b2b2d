#!/usr/bin/env bash
# The time zones that libphonenumber gives for numbers of some countries, against the zones that the IANA database gives those countries.
# Who sends "between 8 and 20 in the recipient's time" by these zones is an hour early or late for them.
#
# Expected: each zone that is given for a country's numbers has that country's time.
# Seen with phonenumbers 9.0.43 (PyPI; it packages libphonenumber's own table) and tzdata 2026.6, at noon UTC:
# - 15 July 2027: Algeria gets Europe/Paris (14:00 there, 13:00 in Algiers), Libya Europe/Bucharest (15:00, 14:00 in Tripoli), Morocco
#   Atlantic/Canary (13:00, 12:00 in Casablanca, which gave up summer time in autumn 2026), Nicaragua America/Chicago (07:00, 06:00 in
#   Managua), Kaliningrad Europe/Bucharest (15:00, 14:00 in Kaliningrad);
# - all year: South Sudan gets Africa/Nairobi (15:00, 14:00 in Juba since 2021), Quintana Roo in Mexico (the retired prefix 52201)
#   America/New_York beside America/Mexico_City.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI. Numbers are the examples of libphonenumber's metadata.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check phonenumbers==9.0.43 tzdata==2026.6
PYTHONTZPATH= venv/bin/python -W ignore - <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import TIMEZONE_DATA, time_zones_for_number

JULY = datetime(2027, 7, 15, 12, tzinfo=timezone.utc)


def at(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


for country, given, own, moment, there, at_home in [
    ("DZ", "Europe/Paris", "Africa/Algiers", JULY, "14:00", "13:00"),
    ("LY", "Europe/Bucharest", "Africa/Tripoli", JULY, "15:00", "14:00"),
    ("NI", "America/Chicago", "America/Managua", JULY, "07:00", "06:00"),
    ("MA", "Atlantic/Canary", "Africa/Casablanca", JULY, "13:00", "12:00"),
    ("SS", "Africa/Nairobi", "Africa/Juba", JULY, "15:00", "14:00"),
]:
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert time_zones_for_number(number) == (given,), (country, time_zones_for_number(number))
    assert (at(moment, given), at(moment, own)) == (there, at_home), country
    print(f"{country}: {given}, {there}; {own}, {at_home}")
assert TIMEZONE_DATA["740"] == ("Europe/Bucharest",) and at(JULY, "Europe/Kaliningrad") == "14:00"
assert "America/New_York" in TIMEZONE_DATA["52201"]
PY
