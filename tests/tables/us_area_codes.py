"""Writes src/schedule/quiet_hours/us_area_codes.txt: the area codes of each state of the United States."""

import importlib.metadata

import table
from phonenumbers.geodata import GEOCODE_DATA

STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID",
    "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA", "Maine": "ME",
    "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN", "Mississippi": "MS", "Missouri": "MO",
    "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM",
    "New York": "NY", "North Carolina": "NC", "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR",
    "Pennsylvania": "PA", "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN",
    "Texas": "TX", "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA", "Washington D.C.": "DC",
    "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
}  # fmt: skip


def text():
    # An area code is told as a state (`Texas`), as a city of one (`San Antonio, TX`), or only by the cities of its exchanges.
    told, exchanges = {}, {}
    for prefix, names in GEOCODE_DATA.items():
        if not prefix.startswith("1") or len(prefix) < 4:
            continue
        name = names.get("en", "")
        state = STATES.get(name) or (name[-2:] if name[-4:-2] == ", " and name[-2:] in STATES.values() else None)
        if len(prefix) == 4:
            told[prefix[1:]] = state
        elif state:
            exchanges.setdefault(prefix[1:4], set()).add(state)
    codes = {}
    for area in sorted(told.keys() | exchanges.keys()):
        among = exchanges.get(area, set())
        state = told[area] if area in told else (among.pop() if len(among) == 1 else None)
        if state:
            codes.setdefault(state, []).append(area)
    lines = [
        "# States of the United States and their area codes.",
        "# Source: libphonenumber's geocoding data (Apache License 2.0), as packaged in",
        f"# PyPI phonenumbers {importlib.metadata.version('phonenumbers')}; written by tests/tables/us_area_codes.py.",
    ]
    lines += [f"{state}\t{' '.join(sorted(found))}" for state, found in sorted(codes.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table.main("src/schedule/quiet_hours/us_area_codes.txt", text)
