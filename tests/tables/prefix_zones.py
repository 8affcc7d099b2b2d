"""Writes src/schedule/recipients/prefix_zones.txt: the time zones in which the numbers of a prefix may live."""

import phonenumbers
import table
from phonenumbers.timezone import TIMEZONE_DATA


def text():
    prefixes = {}
    for prefix, zones in TIMEZONE_DATA.items():
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
