#!/usr/bin/env bash
# What several counters of SMS segments say about texts that the standard leaves no doubt about.
#
# Expected (3GPP TS 23.038 and 23.040): GSM-7 has ten characters of two septets, form feed among them; such a pair never lies
# across two segments, so 153 braces (306 septets) need three segments of 152 + 152 + 2. UCS-2 is cut by code units: a
# segment of a long message has 67.
# Seen:
# - sms-length 0.2.2 and sms-counter-npm 1.0.4 (npm) divide by 153 and round up: 153 braces are 2 segments for them.
# - both, and smshelper 0.1.0 (npm), take a text with a form feed for UCS-2. smsutil 1.1.3 (PyPI) and split-sms 0.1.7 (npm) do not.
# - sms-segments-calculator 1.3.0 (npm) keeps a grapheme together: 268 code units of Hindi, without any emoji, are 5 segments
#   for it and 4 by code units, because many of its graphemes have two or three.
# - smsutil 1.1.3 takes the escape code itself (U+001B) for a GSM-7 character of one septet, and encodes it as a bare escape.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . sms-length@0.2.2 sms-counter-npm@1.0.4 smshelper@0.1.0 \
  split-sms@0.1.7 sms-segments-calculator@1.3.0 >/dev/null
cat >count.js <<'JS'
const assert = require('node:assert');
const length = require('sms-length'), counter = require('sms-counter-npm'), helper = require('smshelper');
const splitter = require('split-sms'), { SegmentedMessage } = require('sms-segments-calculator');

const braces = '}'.repeat(153);
const said = {
  'sms-length': length.count(braces).messages,
  'sms-counter-npm': counter.count(braces).messages,
  'split-sms': splitter.split(braces).parts.length,
  'sms-segments-calculator': new SegmentedMessage(braces).segmentsCount,
};
console.log('153 braces:', said);
assert.deepEqual(said, { 'sms-length': 2, 'sms-counter-npm': 2, 'split-sms': 3, 'sms-segments-calculator': 3 });

const feed = 'Sale\ftoday';
const encodings = {
  'sms-length': length.count(feed).encoding,
  'sms-counter-npm': counter.count(feed).encoding,
  smshelper: helper.detectEncoding(feed),
  'split-sms': splitter.split(feed).characterSet,
};
console.log('a form feed:', encodings);
assert.deepEqual(encodings, { 'sms-length': 'UTF16', 'sms-counter-npm': 'UTF16', smshelper: 'UTF16', 'split-sms': 'GSM' });

const hindi = 'नमस्ते आज की छूट '.repeat(16).slice(0, 268);
const parts = { 'sms-segments-calculator': new SegmentedMessage(hindi).segmentsCount, 'split-sms': splitter.split(hindi).parts.length };
console.log('268 code units of Hindi:', parts);
assert.deepEqual(parts, { 'sms-segments-calculator': 5, 'split-sms': 4 });
JS
node count.js

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check smsutil==1.1.3
venv/bin/python - <<'PY'
import smsutil

assert len(smsutil.split("}" * 153).parts) == 3
assert smsutil.split("Sale\ftoday").encoding == "gsm0338"
print("U+001B in smsutil:", smsutil.split("a\x1bb").encoding, smsutil.encode("a\x1bb"))
assert smsutil.split("a\x1bb").encoding == "gsm0338"
PY
