#!/usr/bin/env bash
# A contact with two numbers, saved by a phone as a vCard, read by packages of npm that turn vCards into objects. Whoever makes a list of
# recipients from contacts, with a name and every number, should know.
#
# Expected (RFC 2426 and RFC 6350): a line that goes on after CRLF and one white-space character is put together without the two, so a second
# blank stays; `\,` in a value is a comma; a card may have several TEL, each with a group before its name or not.
# Seen with a card of version 3.0 whose note is folded before a blank:
# - ical.js 2.2.1 reads all as expected;
# - vcf 2.1.2 leaves the backslash in the name: `Berg\, Ann`;
# - vcard-parser 1.0.0 takes away every white-space character at a fold: "call" and "after six" become "callafter six". Of a URI with a
#   semicolon (`tel:+46-70-174-06-06;ext=5`, version 4.0) it makes a list of two texts;
# - vcard 0.1.0 has the same fault at a fold, and keeps one number of the two without a word.
#
# Exits 0 while that is so, 1 when it has changed. Needs node and npm. Numbers are fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . ical.js@2.2.1 vcf@2.1.2 vcard-parser@1.0.0 vcard@0.1.0 >/dev/null
printf '%s\r\n' 'BEGIN:VCARD' 'VERSION:3.0' 'N:Berg;Ann;;;' 'FN:Berg\, Ann' 'item1.TEL;TYPE=CELL:+46 70-174 06 05' \
  'item1.X-ABLabel:mobil' 'TEL;TYPE=HOME:+46 70-174 06 06' 'NOTE:call' '  after six' 'END:VCARD' >three.vcf
printf '%s\r\n' 'BEGIN:VCARD' 'VERSION:4.0' 'FN:Dag' 'TEL;VALUE=uri;TYPE=home:tel:+46-70-174-06-06;ext=5' 'END:VCARD' >four.vcf
cat >read.mjs <<'JS'
import assert from 'node:assert';
import fs from 'node:fs';
import ICAL from 'ical.js';
import vcf from 'vcf';
import parser from 'vcard-parser';
import VCard from 'vcard';
const three = fs.readFileSync('three.vcf', 'utf8');
const numbers = ['+46 70-174 06 05', '+46 70-174 06 06'];
const told = (reader, name, note, tel, expected) => {
  console.log(`${reader}: ${JSON.stringify({ name, note, tel })}`);
  assert.deepEqual([name, note, tel], expected, reader);
};
const card = new ICAL.Component(ICAL.parse(three));
told('ical.js', card.getFirstPropertyValue('fn'), card.getFirstPropertyValue('note'),
  card.getAllProperties('tel').map((property) => property.getFirstValue()), ['Berg, Ann', 'call after six', numbers]);
const [second] = vcf.parse(three);
told('vcf', second.get('fn').valueOf(), second.get('note').valueOf(), second.get('tel').map((property) => property.valueOf()),
  ['Berg\\, Ann', 'call after six', numbers]);
const third = parser.parse(three);
told('vcard-parser', third.fn[0].value, third.note[0].value, third.tel.map((tel) => tel.value),
  ['Berg, Ann', 'callafter six', numbers]);
const uri = parser.parse(fs.readFileSync('four.vcf', 'utf8')).tel[0].value;
console.log(`vcard-parser, a URI: ${JSON.stringify(uri)}`);
assert.deepEqual(uri, ['tel:+46-70-174-06-06', 'ext=5']);
const log = console.log;
console.log = () => {};
new VCard().readFile('three.vcf', (error, fourth) => {
  console.log = log;
  told('vcard', fourth.FN, fourth.NOTE, fourth.TEL.value, ['Berg\\, Ann', 'callafter six', numbers[0]]);
});
JS
node read.mjs
