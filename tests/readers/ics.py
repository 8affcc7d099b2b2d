"""Reads a calendar of Campanile with libraries of others: `ics.py FILE EVENTS PEOPLE`. icalendar (PyPI) reads it, libical
(Debian) checks the restrictions of RFC 5545 and 5546. Every event has its own people: their sum is PEOPLE."""

import ctypes
import ctypes.util
import re
import sys

from icalendar import Calendar

path, events, people = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
data = open(path, "rb").read()
calendar = Calendar.from_ical(data)
found = calendar.walk("VEVENT")
assert len(found) == events, f"{len(found)} events"
total = sum(int(re.search(r": ([\d,]+) pe", str(event["SUMMARY"])).group(1).replace(",", "")) for event in found)
assert total == people, f"{total} people"
for event in found:
    assert not event.errors, event.errors
    assert event["DTSTART"].dt < event["DTEND"].dt
    assert int(event["SEQUENCE"]) > 0 and event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt
assert "METHOD" not in calendar

libical = ctypes.CDLL(ctypes.util.find_library("ical"))
for name in ("icalparser_parse_string", "icalcomponent_as_ical_string"):
    getattr(libical, name).restype = ctypes.c_void_p
libical.icalparser_parse_string.argtypes = [ctypes.c_char_p]
libical.icalrestriction_check.argtypes = [ctypes.c_void_p]
libical.icalcomponent_count_errors.argtypes = [ctypes.c_void_p]
libical.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]


def check(text):
    component = libical.icalparser_parse_string(text)
    assert component, "libical does not read it"
    holds = libical.icalrestriction_check(component)
    errors = libical.icalcomponent_count_errors(component)
    shown = ctypes.string_at(libical.icalcomponent_as_ical_string(component)).decode()
    return holds, errors, [line for line in shown.splitlines() if "X-LIC-ERROR" in line or "Expected" in line]


# The check can fail: a METHOD without ORGANIZER is what it is there for.
holds, errors, _ = check(data.replace(b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE"))
assert not holds or errors, "libical does not refuse a METHOD without ORGANIZER"
holds, errors, said = check(data)
assert holds and not errors, said
print(f"icalendar and libical: {events} events, {total} people")
