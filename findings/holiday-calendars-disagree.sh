#!/usr/bin/env bash
# Two well-known calendars of public holidays, asked for the same countries and years. Who fills `guards.holidays` from one of them
# should look at the other.
#
# Expected: the same days for 2026 to 2036 where a country's law fixes them.
# Seen with holidays 0.109 (PyPI) and date-holidays 3.37.0 (npm):
# - they agree on every day in Sweden, Norway, Denmark, Germany, France, Portugal, Ireland, Austria and Poland;
# - United States: Veterans Day on a Saturday or Sunday is observed on the Friday before or the Monday after (5 U.S.C. 6103). holidays
#   has 2028-11-10 and 2029-11-12, date-holidays has neither, although it has the observed Independence Day;
# - Singapore 2027: Hari Raya Puasa is 9 March for date-holidays and 10 March for holidays; Vesak Day is there in holidays alone.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . date-holidays@3.37.0 >/dev/null
cat >days.js <<'JS'
const Holidays = require('date-holidays').default || require('date-holidays');
const found = {};
for (const country of ['SE', 'NO', 'DK', 'DE', 'FR', 'PT', 'IE', 'AT', 'PL', 'US', 'SG']) {
  found[country] = [];
  for (let year = 2026; year <= 2036; year++)
    for (const day of new Holidays(country).getHolidays(year)) if (day.type === 'public') found[country].push(day.date.slice(0, 10));
}
console.log(JSON.stringify(found));
JS
node days.js >days.json
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check holidays==0.109
venv/bin/python - <<'PY'
import json

import holidays

npm = {country: set(days) for country, days in json.load(open("days.json")).items()}
pypi = {
    country: {day.isoformat() for day in holidays.country_holidays(country, years=range(2026, 2037))} for country in npm
}
for country in ("SE", "NO", "DK", "DE", "FR", "PT", "IE", "AT", "PL"):
    assert npm[country] == pypi[country], (country, npm[country] ^ pypi[country])
observed = {"2028-11-10", "2029-11-12"}
print("observed Veterans Day: holidays", sorted(observed & pypi["US"]), "date-holidays", sorted(observed & npm["US"]))
assert observed <= pypi["US"] and not observed & npm["US"]
assert "2026-07-03" in npm["US"], "the observed Independence Day"
march = {"2027-03-09", "2027-03-10"}
print("Singapore, Hari Raya Puasa 2027: holidays", sorted(march & pypi["SG"]), "date-holidays", sorted(march & npm["SG"]))
assert march & pypi["SG"] == {"2027-03-10"} and march & npm["SG"] == {"2027-03-09"}
assert "2027-05-20" in pypi["SG"] and not any(day.startswith("2027-05-2") for day in npm["SG"]), "Vesak Day"
PY
