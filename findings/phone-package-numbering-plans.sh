#!/usr/bin/env bash
# Valid numbers that the npm package `phone` refuses, and numbers that it makes of others. Lists cleaned with it lose these people.
#
# Expected: the form that the national plan prescribes is valid, with the country code in front.
# Seen with phone 3.1.72 beside libphonenumber-js 1.13.16 (its `max` metadata):
# - Argentina: mobiles are +54 9 and ten digits. `+54 9 11 2345 6789` is invalid for phone. The domestic spelling with 15 is accepted and
#   becomes +54 11 15 2345 6789, fourteen digits; libphonenumber-js reads it as +54 9 11 2345 6789, the same person.
# - Benin: since 2024-11-30 numbers have ten digits that begin with 01. phone refuses them and accepts the old eight.
# - Italy: short fixed-line numbers such as +39 06 6982 are invalid for phone.
# - Sweden and Great Britain: the usual spelling with the trunk zero in parentheses, `+46 (0)70-174 06 05`, is invalid for phone.
#
# Exits 0 while that is so, 1 when it has changed. Needs node and npm. Numbers are fictional or public service lines.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . phone@3.1.72 libphonenumber-js@1.13.16 >/dev/null
cat >compare.js <<'JS'
const assert = require('node:assert');
const { phone } = require('phone');
const { parsePhoneNumber } = require('libphonenumber-js/max');
const cases = [
  // written, country for phone, country for libphonenumber-js, phone, libphonenumber-js
  ['+54 9 11 2345 6789', 'ARG', 'AR', null, '+5491123456789'],
  ['011 15-2345-6789', 'ARG', 'AR', '+54111523456789', '+5491123456789'],
  ['+229 01 97 12 34 56', 'BEN', 'BJ', null, '+2290197123456'],
  ['+229 97123456', 'BEN', 'BJ', '+22997123456', null],
  ['+39 06 6982', 'ITA', 'IT', null, '+39066982'],
  ['+46 (0)70-174 06 05', 'SWE', 'SE', null, '+46701740605'],
  ['+44 (0) 7400 123456', 'GBR', 'GB', null, '+447400123456'],
];
for (const [written, three, two, byPhone, byLibrary] of cases) {
  const said = phone(written, { country: three }).phoneNumber;
  const number = parsePhoneNumber(written, two);
  const other = number.isValid() ? number.number : null;
  console.log(`${written}: phone ${said}, libphonenumber-js ${other}`);
  assert.deepEqual([said, other], [byPhone, byLibrary], written);
}
JS
node compare.js
