// The job of a plan in Node, as well as its usual libraries allow: csv-parse, a parsed liquidjs template,
// libphonenumber-js, sms-segments-calculator, a digest a row. In: a list and a template. Out: the totals as JSON.
//
//     node job.js a.csv template.txt

import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { parse } from "csv-parse";
import { parsePhoneNumber } from "libphonenumber-js/max";
import { Liquid } from "liquidjs";
import calculator from "sms-segments-calculator";

const [list, source] = process.argv.slice(2);
const engine = new Liquid();
const template = engine.parse(readFileSync(source, "utf8"));
const seen = new Set();
let segments = 0;
let gsm7 = 0;
let fingerprint = 0n;

for await (const row of createReadStream(list).pipe(parse({ columns: true, bom: true }))) {
  const number = parsePhoneNumber("+" + row.msisdn);
  if (!number.isValid()) throw new Error("a number does not exist");
  if (seen.has(number.number)) continue;
  seen.add(number.number);
  const body = engine.renderSync(template, row);
  const message = new calculator.SegmentedMessage(body);
  segments += message.segmentsCount;
  gsm7 += message.encodingName === "GSM-7";
  const digest = createHash("md5").update(number.number).update(body).digest();
  fingerprint = BigInt.asUintN(64, fingerprint + digest.readBigUInt64LE());
}
const people = seen.size;
console.log(JSON.stringify({ people, segments, gsm7, ucs2: people - gsm7 }));
