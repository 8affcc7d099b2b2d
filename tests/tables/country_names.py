"""Writes src/audience/country_names.txt: what columns of countries hold besides ISO 3166-1's codes of two letters."""

import importlib.metadata

import phonenumbers
import table
from babel import Locale
from babel.core import get_global
from babel.localedata import exists

# English names beside CLDR's own, as shops, CRMs and ISO 3166-1 write them. Each is of one country alone.
OTHER = {
    "AE": ["UAE", "U.A.E."],
    "BA": ["Bosnia and Herzegovina"],
    "BO": ["Plurinational State of Bolivia"],
    "BN": ["Brunei Darussalam"],
    "CI": ["Ivory Coast"],
    "CV": ["Cabo Verde", "Cape Verde"],
    "CZ": ["Czech Republic", "Czechia"],
    "FO": ["Faeroe Islands"],
    "GB": ["UK", "U.K.", "Great Britain"],
    "HK": ["Hong Kong"],
    "IE": ["Republic of Ireland"],
    "IR": ["Islamic Republic of Iran"],
    "KR": ["Republic of Korea"],
    "LA": ["Lao PDR"],
    "MD": ["Republic of Moldova"],
    "MK": ["Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "MO": ["Macao", "Macau"],
    "NL": ["Holland", "The Netherlands"],
    "PS": ["Palestine"],
    "RU": ["Russian Federation"],
    "SY": ["Syrian Arab Republic"],
    "SZ": ["Swaziland", "Eswatini"],
    "TR": ["Turkey", "Türkiye"],
    "TZ": ["United Republic of Tanzania"],
    "US": ["U.S.", "U.S.A.", "United States of America"],
    "VA": ["Holy See"],
    "VE": ["Bolivarian Republic of Venezuela"],
    "VN": ["Viet Nam"],
}
OFFICIAL = {"official", "de_facto_official", "official_regional"}


def native_names(country):
    """In its own languages, the official ones first, then what a tenth of its people speak."""
    languages = get_global("territory_languages").get(country, {})
    for language, facts in languages.items():
        if facts["official_status"] not in OFFICIAL and facts["population_percent"] < 10:
            continue
        for name in (f"{language}_{country}", language):
            if exists(name):
                yield Locale.parse(name).territories.get(country)
                break


def text():
    three = {}
    for alias, to in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(to) == 1:
            three.setdefault(to[0], []).append(alias)
    english = Locale("en").territories
    lines = [
        "# Countries (ISO 3166-1): their codes of two and three letters, and their names in English and in their own languages.",
        "# Source: Unicode CLDR (Unicode License v3), as packaged in",
        f"# PyPI babel {importlib.metadata.version('babel')}; written by tests/tables/country_names.py, with its list of other English names.",
    ]
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        names = [english.get(country), *OTHER.get(country, []), *native_names(country)]
        names = list(dict.fromkeys(name for name in names if name and "\t" not in name and "|" not in name))
        lines.append(f"{country}\t{' '.join(sorted(three.get(country, [])))}\t{'|'.join(names)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table.main("src/audience/country_names.txt", text)
