#!/usr/bin/env bash
# A time in a YAML file that a tool only reads and writes again may name another moment afterwards.
#
# Expected: a time with an offset keeps its moment; a time without one stays a local time.
# Seen:
# - yaml 2.9.1 (npm) in YAML 1.1: `2031-10-26T02:30:00+02:00` is written as `2031-10-26T00:30:00`. The clock was turned to UTC and the
#   offset dropped, so a reader in Stockholm finds it two hours early. The document API does the same, although nothing was changed.
# - js-yaml 4.1.1 (npm): the local time `2031-11-28T09:00:00` is written as `2031-11-28T09:00:00.000Z`, ten o'clock in Stockholm.
# - js-yaml 5.5.0 leaves both as they are (as quoted text).
# - All of them leave a time without seconds alone (`2031-11-28T09:00`): YAML 1.1 has no such timestamp. So write times without seconds.
#
# Exits 0 while that is so, 1 when it has changed. Needs node and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . yaml@2.9.1 js-yaml@npm:js-yaml@4.1.1 js-yaml-5@npm:js-yaml@5.5.0 >/dev/null
cat >again.js <<'JS'
const assert = require('node:assert');
const yaml = require('yaml'), four = require('js-yaml'), five = require('js-yaml-5');
const file = 'fold: 2031-10-26T02:30:00+02:00\nlocal: 2031-11-28T09:00:00\nshort: 2031-11-28T09:00\n';
const same = (who, seen, expected) => { console.log(`${who}:\n${seen}`); assert.equal(seen, expected, `${who} changed`); };

const bare = 'fold: 2031-10-26T00:30:00\nlocal: 2031-11-28T09:00:00\nshort: 2031-11-28T09:00\n';
same('yaml 2.9.1, YAML 1.1', yaml.stringify(yaml.parse(file, { version: '1.1' }), { version: '1.1' }), bare);
same('yaml 2.9.1, YAML 1.1, an untouched document', yaml.parseDocument(file, { version: '1.1' }).toString(), bare);
same('js-yaml 4.1.1', four.dump(four.load(file)),
  'fold: 2031-10-26T00:30:00.000Z\nlocal: 2031-11-28T09:00:00.000Z\nshort: 2031-11-28T09:00\n');
same('js-yaml 5.5.0', five.dump(five.load(file)),
  "fold: '2031-10-26T02:30:00+02:00'\nlocal: '2031-11-28T09:00:00'\nshort: 2031-11-28T09:00\n");
JS
node again.js
