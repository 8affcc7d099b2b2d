"""Writes src/schedule/recipients/country_zones.txt: the time zones of each country, in the order of zone.tab."""

import importlib.metadata
import importlib.resources

import table


def zones_of_countries():
    zones = {}
    tab = importlib.resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in tab.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones.setdefault(country, []).append(zone)
    return zones


def text():
    version = importlib.metadata.version("tzdata")
    zones = zones_of_countries()
    lines = [
        "# Countries (ISO 3166-1) and their time zones.",
        "# Source: zone.tab of the IANA time zone database, in the public domain, as packaged in",
        f"# PyPI tzdata {version}; written by tests/tables/country_zones.py.",
    ]
    lines += [f"{country}\t{' '.join(names)}" for country, names in sorted(zones.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table.main("src/schedule/recipients/country_zones.txt", text)
