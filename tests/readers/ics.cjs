// Reads a calendar of Campanile with ical.js: `ics.cjs FILE EVENTS`.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const ICAL = require(join(process.env.READER_TOOLS, "node_modules/ical.js/dist/ical.es5.cjs"));

const [file, events] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
const found = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
const faulty = found.filter((e) => !(e.startDate.compare(e.endDate) < 0 && e.sequence > 0 && e.uid && /people|person/.test(e.summary)));
if (found.length !== Number(events) || faulty.length > 0 || new Set(found.map((e) => e.uid)).size !== found.length) {
  console.error(`${found.length} events, ${faulty.length} of them faulty`);
  process.exit(1);
}
console.log(`ical.js: ${found.length} events`);
