// Draws what the command answers. Everything is set as text: nothing of a campaign, a list or a provider is ever markup.
"use strict";
const by = (id) => document.getElementById(id);
const make = (name, text, className) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
};
const count = (number) => number.toLocaleString("en-US");
let version = 0;
let tried = null;
let filed = null;
let asked = 0;
let chosen = 0;
// What is looked for in the lists: asked once, then the row is known.
let wanted = null;

async function ask(again) {
  const mine = ++asked;
  let page;
  try {
    const response = await fetch("render", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        body: tried,
        row: chosen,
        find: wanted,
        occurrence: Number(by("occurrence").value) || 0,
        numbers: by("numbers").checked,
        again: again === true,
      }),
    });
    if (!response.ok) throw new Error(String(response.status));
    page = await response.json();
  } catch {
    by("state").textContent = "· the command has ended";
    return;
  }
  if (mine !== asked) return;
  if (wanted !== null) by("find-note").textContent = page.is_found ? "" : "nobody found";
  wanted = null;
  draw(page);
  // Of another list: its own text belongs beside the message.
  if (page.is_found) ask();
}

function draw(page) {
  version = Math.max(version, page.version);
  document.documentElement.dataset.version = String(page.version);
  document.title = `${page.campaign} - Campanile preview`;
  by("campaign").textContent = page.campaign;
  by("file").textContent = page.file;
  by("sender").textContent = page.sender;
  by("state").textContent = `· follows every save, ${count(page.version - 1)} so far`;
  if (tried === null && by("text").value !== page.template) by("text").value = page.template;
  by("back").hidden = tried === null;
  by("tried").textContent =
    tried === null ? "Try a text out here: nothing is written to the file." : "Tried out: the file says something else.";
  by("elsewhere").hidden = !page.read_at;
  by("read-at").textContent = page.read_at || "";
  // Under a mistake the last good figures stay, in grey.
  const isBroken = page.diagnostics.some((fault) => fault.severity === "error");
  const keepsMessage = isBroken && !page.message && by("bubble").textContent !== "";
  const keepsTotals = isBroken && !page.totals && by("all-people").textContent !== "";
  for (const id of ["phone", "facts"]) by(id).classList.toggle("stale", keepsMessage);
  by("all-facts").classList.toggle("stale", keepsTotals);
  by("stale-note").hidden = !keepsMessage && !keepsTotals;
  drawOccurrences(page);
  drawPeople(page);
  if (!keepsMessage) {
    drawMessage(page);
    drawLanguages(page);
  }
  if (!keepsTotals) drawTotals(page);
  drawFaults(page.diagnostics);
}

const options = (select, texts, first, at) =>
  select.replaceChildren(
    ...texts.map((text, index) => {
      const option = make("option", text);
      option.value = String(first + index);
      option.selected = first + index === at;
      return option;
    }),
  );

function drawOccurrences(page) {
  // Under a mistake nothing can be listed: the choice stays.
  if (page.occurrences.length === 0 && page.diagnostics.length > 0) return;
  by("when").hidden = page.occurrences.length < 2;
  options(by("occurrence"), page.occurrences, 0, page.occurrence);
}

function drawPeople(page) {
  if (page.people.length === 0 && page.diagnostics.length > 0) return;
  chosen = page.row;
  const names = page.people.map((person, index) => `${page.people_from + index + 1}. ${person.number} (${person.country})${person.first ? ` ${person.first}` : ""}`);
  options(by("person"), names, page.people_from, page.row);
  const hasMore = page.audience > page.people.length;
  by("go").hidden = !hasMore;
  by("nth").max = String(page.audience);
  by("nth").value = String(page.row + 1);
  const last = page.people_from + page.people.length;
  by("more").textContent = hasMore ? `${count(page.people_from + 1)} to ${count(last)} of ${count(page.audience)}` : "";
}

function fill(bubble, message) {
  bubble.replaceChildren();
  for (const piece of message ? message.pieces : []) {
    if (piece.kind === "text") bubble.append(piece.text);
    else if (piece.kind === "odd") bubble.append(make("mark", piece.text));
    else bubble.append(make("span", piece.text, "break"));
  }
}

function drawLanguages(page) {
  const phones = (page.languages || []).map((other) => {
    const phone = make("div", undefined, "phone");
    const bubble = make("p", undefined, "bubble");
    bubble.lang = other.language;
    fill(bubble, other.message);
    const message = other.message;
    const counted = `${other.language}: ${message.encoding}, ${count(message.units)} ${message.unit}, ${count(message.segments)} segments`;
    phone.append(make("p", counted, "sender"), bubble);
    return phone;
  });
  by("languages").replaceChildren(...phones);
}

function drawMessage(page) {
  const message = page.message;
  fill(by("bubble"), message);
  by("forcing").replaceChildren();
  for (const id of ["encoding", "units", "segments", "estimate"]) by(id).textContent = "";
  if (!message) return;
  by("encoding").textContent = message.encoding;
  by("units").textContent = `${count(message.units)} ${message.unit}, ${count(message.left)} left`;
  by("segments").textContent = count(message.segments);
  by("estimate").textContent = page.estimate;
  for (const one of message.forcing) {
    const instead = one.instead ? `; ${one.instead} would not` : "";
    by("forcing").append(make("li", `${one.character} ${one.code_point} forces UCS-2${instead}`));
  }
}

function drawTotals(page) {
  const totals = page.totals;
  by("all-people").textContent = totals ? count(totals.recipients) : "";
  by("all-segments").textContent = totals ? count(totals.segments) : "";
  by("all-estimate").textContent = totals ? totals.estimate : "";
  by("left-out").textContent = totals && totals.left_out.length ? `rows left out: ${totals.left_out.join(", ")}` : "";
  if (totals && !page.is_tried) filed = totals;
  const isOther = totals && page.is_tried && filed;
  by("all-difference").textContent = isOther
    ? `the file’s text: ${count(filed.segments)} segments, ${filed.estimate}`
    : "";
  const table = by("histogram");
  table.hidden = !totals || totals.histogram.length === 0;
  const rows = (totals ? totals.histogram : []).map(([segments, messages]) => {
    const row = make("tr");
    const head = make("th", String(segments));
    head.scope = "row";
    row.append(head, make("td", count(messages)));
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
}

function drawFaults(faults) {
  by("faults").hidden = faults.length === 0;
  by("fault-list").replaceChildren(
    ...faults.map((fault) => {
      const item = make("li", undefined, fault.severity === "error" ? "error" : "");
      item.append(make("strong", fault.severity), make("span", fault.message));
      if (fault.file) {
        const place = [fault.file, fault.line, fault.line && fault.column].filter(Boolean).join(":");
        const line = make("p", undefined, "soft");
        line.append(make("code", place), ` ${fault.code}`);
        item.append(line);
      }
      for (const hint of fault.hints || []) item.append(make("p", `hint: ${hint}`, "soft"));
      return item;
    }),
  );
}

async function follow() {
  for (;;) {
    try {
      const response = await fetch(`saved?after=${version}`);
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      if (answer.version > version) await ask();
    } catch {
      by("state").textContent = "· the command has ended";
      return;
    }
  }
}

let timer = 0;
by("text").addEventListener("input", () => {
  tried = by("text").value;
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
});
by("back").addEventListener("click", () => {
  tried = null;
  ask();
  by("text").focus();
});
by("person").addEventListener("change", () => {
  chosen = Number(by("person").value) || 0;
  ask();
});
by("nth").addEventListener("change", () => {
  chosen = Math.max(0, Math.trunc(Number(by("nth").value) || 1) - 1);
  ask();
});
by("find").addEventListener("change", () => {
  wanted = by("find").value.trim() || null;
  if (wanted !== null) ask();
  else by("find-note").textContent = "";
});
by("again").addEventListener("click", () => ask(true));
by("occurrence").addEventListener("change", () => ask());
by("numbers").addEventListener("change", () => ask());
ask().then(follow);
