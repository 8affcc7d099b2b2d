#!/usr/bin/env bash
# How clients that build segments themselves (SMPP and modem PDUs) cut a long text with braces, which take two septets in GSM-7.
#
# Expected (3GPP TS 23.040, 9.2.3.24.1): a segment carries 140 octets of user data, so 153 septets beside a header of six octets;
# a character's escape code and its second septet lie in one segment. 152 letters, a brace and ten letters are segments of 152 and 12
# septets; 153 braces are three segments; 159 letters and a brace (161 septets) are two.
# Seen:
# - smpplib 2.2.4 (PyPI) and node-sms-pdu 0.3.0 (npm) cut between the escape code and its second septet: the first segment ends with
#   the bare escape, the second begins with `(`. 153 braces are two segments for both.
# - aiosmpplib 0.7.4 (PyPI) counts characters before it cuts: 153 braces go out as one segment of 306 septets, without a header, and
#   159 letters and a brace as one of 161.
# - node-pdu 2.1.1 (npm) cuts every long text at 133 characters, also 160 letters and 161; of `ab{` fifty times its first segment has
#   user data of 162 octets.
# - python-gsmmodem-new 0.13.0 (PyPI) cuts all of these as expected.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm. The number is fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check smpplib==2.2.4 aiosmpplib==0.7.4 python-gsmmodem-new==0.13.0
npm install --silent --no-audit --no-fund --prefix . node-sms-pdu@0.3.0 node-pdu@2.1.1 >/dev/null
cat >cut.py <<'PY'
from aiosmpplib.utils import split_sms_udh
from gsmmodem.pdu import divideTextGsm7
from smpplib.gsm import make_parts

TEXT, BRACES, FULL = "a" * 152 + "{" + "b" * 10, "{" * 153, "x" * 159 + "{"
HEADER = 6


def septets(text):
    return sum(2 if c == "{" else 1 for c in text)


def smpplib(text):
    return [part[HEADER:] for part in make_parts(text)[0]]


first, second = smpplib(TEXT)
assert (len(first), first[-1:], second[:1]) == (153, b"\x1b", b"("), (first, second)
assert [len(part) for part in smpplib(BRACES)] == [153, 153]

(whole,) = split_sms_udh(BRACES)
assert whole.count(b"\x1b(") == 153 and len(whole) - 306 == 1, whole
(whole,) = split_sms_udh(FULL)
assert whole.count(b"x") == 159 and whole.endswith(b"\x1b("), whole

assert [septets(part) for part in divideTextGsm7(TEXT)] == [152, 12]
assert [septets(part) for part in divideTextGsm7(BRACES)] == [152, 152, 2]
print("smpplib, aiosmpplib, python-gsmmodem-new: as described")
PY
venv/bin/python cut.py
cat >cut.js <<'JS'
const assert = require('node:assert');
const sms = require('node-sms-pdu');
const { Submit, parse } = require('node-pdu');
const TO = '+46701740605';

// Septets of user data behind TO, coding and length; the header of six octets and one fill bit take the first seven.
const septets = (hex) => {
  const bytes = Buffer.from(hex, 'hex'), data = bytes.subarray(bytes.length - Math.ceil((bytes[13] * 7) / 8));
  const bit = (n) => (data[n >> 3] >> (n & 7)) & 1;
  return Array.from({ length: bytes[13] }, (_, i) => [0, 1, 2, 3, 4, 5, 6].reduce((sum, b) => sum | (bit(7 * i + b) << b), 0)).slice(7);
};
const cut = sms.generateSubmit(TO, 'a'.repeat(152) + '{' + 'b'.repeat(10)).map((part) => septets(part.hex));
assert.deepStrictEqual([cut.length, cut[0].length, cut[0].at(-1), cut[1][0]], [2, 153, 0x1b, 0x28]);
assert.strictEqual(sms.generateSubmit(TO, '{'.repeat(153)).length, 2);

const lengths = (text) => new Submit(TO, text).getPartStrings().map((part) => parse(part).data.getText().length);
assert.deepStrictEqual(lengths('a'.repeat(160)), [133, 27]);
assert.deepStrictEqual(lengths('a'.repeat(161)), [133, 28]);
const first = new Submit(TO, 'ab{'.repeat(50)).getPartStrings()[0];
// Service centre, type, reference, number (two octets and six), protocol, coding, length: fourteen octets before the user data.
assert.strictEqual(first.length / 2 - 14, 162);
console.log('node-sms-pdu, node-pdu: as described');
JS
node cut.js
