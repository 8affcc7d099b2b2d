// The pages in a real Chromium: they render, say what the JSON plan says, run nothing, look right in the dark and on a
// phone, and axe finds nothing. Arguments: the campanile binary, a folder for screenshots.
"use strict";
const assert = require("node:assert/strict");
const { spawn, execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;

const [campanile, shots] = process.argv.slice(2);
const AT = "2026-11-24T07:00:00Z";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "campanile-browser-"));
const checks = [];
const check = (name, run) => checks.push({ name, run });

// A project whose texts, cells and file names would all like to be a script.
const EVIL = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
function project() {
  const root = path.join(folder, "project");
  fs.mkdirSync(path.join(root, "campaigns"), { recursive: true });
  fs.mkdirSync(path.join(root, "recipients"), { recursive: true });
  fs.writeFileSync(
    path.join(root, "campanile.yaml"),
    [
      "namespace: shop",
      "timezone: Europe/Stockholm",
      "default_country: SE",
      "providers:",
      "  sandbox: { kind: sandbox }",
      "prices:",
      `  - { provider: sandbox, currency: SEK, country: SE, per_segment: "0.349", as_of: 2026-11-01 }`,
      `  - { provider: sandbox, currency: SEK, country: "NO", per_segment: "0.55", as_of: 2026-11-01 }`,
      "",
    ].join("\n"),
  );
  const rows = ["msisdn,first_name,consent"];
  for (let n = 0; n < 40; n += 1) rows.push(`4670174${String(605 + n).padStart(4, "0")},${n === 0 ? '"<b onmouseover=alert(1)>Åsa</b>"' : `Name${n}`},${n % 4 ? "yes" : "no"}`);
  for (let n = 0; n < 5; n += 1) rows.push(`474060000${n},Kari${n},yes`);
  fs.writeFileSync(path.join(root, "recipients", "list.csv"), `${rows.join("\n")}\n`);
  writeCampaign(root, "It’s Black Friday");
  fs.writeFileSync(
    path.join(root, "campaigns", "weekly.yaml"),
    [
      "sender: SHOP",
      "category: service",
      "body: |",
      "  Hello {{ first_name }}, your weekly offer for week {{ occurrence.week }} is here. STOP: reply STOP",
      "recipients: [{ csv: ../recipients/list.csv }]",
      `delivery: { cron: "0 10 * * *", open_for: 30m }`,
      "",
    ].join("\n"),
  );
  return root;
}

function writeCampaign(root, text) {
  fs.writeFileSync(
    path.join(root, "campaigns", "black-friday.yaml"),
    [
      "sender: SHOP",
      "category: service",
      "body: |",
      `  Hi {{ first_name }}! ${text} ${EVIL} 20 % off at {{ shop }} today only, doors open at nine. {% if consent == 'yes' %}See you there.{% else %}Say yes.{% endif %} STOP: reply STOP`,
      `vars: { shop: "Kungsgatan 1" }`,
      "recipients: [{ csv: ../recipients/list.csv }]",
      "delivery: { windows: [{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }] }",
      "",
    ].join("\n"),
  );
}

const run = (root, ...args) => execFileSync(campanile, ["-C", root, "--at", AT, ...args], { encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "inherit"] });

async function opened(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.requests = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) page.faults.push(message.text()); });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => page.requests.push(request.url()));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

// axe runs beside the page, not in it: the page's policy forbids every script.
async function violations(page) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId: contextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await client.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  await evaluate(`${axe};0`);
  const found = await evaluate(`axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map((n) => n.html) })))`);
  return found;
}

// Money as people read it: every digit, at least two places, thousands apart.
const told = (estimate) => estimate.map(({ amount, currency }) => `${Number(amount).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 20 })} ${currency}`).join(" + ");

const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

check("the report says what the JSON plan says, runs nothing and asks nobody", async ({ browser, root }) => {
  const plan = JSON.parse(run(root, "plan", "-o", "json"));
  assert.ok(plan.summary.create > 0);
  const file = path.join(folder, "plan.html");
  fs.writeFileSync(file, run(root, "plan", "-o", "html"));
  const page = await opened(browser, pathToFileURL(file).href);
  const value = (selector) => page.getAttribute(selector, "value");
  assert.equal(await value("[data-fact=recipients]"), String(plan.summary.recipients));
  assert.equal(await value("[data-fact=segments]"), String(plan.summary.segments));
  assert.equal(await value("[data-fact=estimate]"), plan.summary.estimate.map((amount) => `${amount.amount} ${amount.currency}`).join(" + "));
  for (const key of ["create", "replace", "update", "cancel", "held", "keep", "later", "foreign"]) {
    const shown = (await page.locator(`[data-count=${key}]`).count()) ? await value(`[data-count=${key}]`) : "0";
    assert.equal(shown, String(plan.summary[key]), key);
  }
  // Without the marks of segments, which may stand before any word.
  const shownText = await page.locator(".bubble").first().evaluate((bubble) => {
    const copy = bubble.cloneNode(true);
    copy.querySelectorAll(".break").forEach((mark) => mark.remove());
    return copy.textContent;
  });
  assert.ok(shownText.includes("<img src=x onerror="), "a text is shown as it is written");
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(page.requests, [pathToFileURL(file).href]);
  assert.deepEqual(page.faults, []);
  assert.ok(!/467017\d{5}/.test(await page.content()), "no number is on the page");
  assert.deepEqual(await violations(page), []);
  await page.screenshot({ path: path.join(shots, "report-light.png"), fullPage: true });
});

// How many pixels of an element are green.
async function greenPixels(browser, element) {
  const png = (await element.screenshot()).toString("base64");
  const page = await (await browser.newContext()).newPage();
  return page.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    let green = 0;
    for (let at = 0; at < data.length; at += 4) green += data[at + 1] > data[at] + 40 && data[at + 1] > data[at + 2] + 40;
    return green;
  }, png);
}

// A shamrock is drawn as a black letter unless a page asks for the emoji, and black on dark is nothing.
check("an emoji has its colors in the light and in the dark", async ({ browser, root }) => {
  writeCampaign(root, "Good luck \u2618 on Friday");
  const file = path.join(folder, "emoji.html");
  fs.writeFileSync(file, run(root, "plan", "-o", "html"));
  writeCampaign(root, "It’s Black Friday");
  for (const colorScheme of ["light", "dark"]) {
    const page = await opened(browser, pathToFileURL(file).href, { colorScheme });
    const mark = page.locator("mark", { hasText: "\u2618" }).first();
    const green = await greenPixels(browser, mark);
    assert.ok(green > 20, `${colorScheme}: ${green} green pixels`);
    await mark.evaluate((element) => { element.style.fontVariantEmoji = "text"; });
    assert.equal(await greenPixels(browser, mark), 0, "a letter is not green, so this can fail");
  }
});

check("the report is fine in the dark, on a phone and on paper", async ({ browser }) => {
  const url = pathToFileURL(path.join(folder, "plan.html")).href;
  const light = await opened(browser, url);
  const dark = await opened(browser, url, { colorScheme: "dark" });
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(await background(light), await background(dark));
  assert.deepEqual(await violations(dark), []);
  await dark.screenshot({ path: path.join(shots, "report-dark.png"), fullPage: true });
  const phone = await opened(browser, url, { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 });
  assert.equal(await isWide(phone), false, "nothing hangs over the side");
  assert.deepEqual(await violations(phone), []);
  await phone.screenshot({ path: path.join(shots, "report-narrow.png"), fullPage: true });
  const pdf = await light.pdf({ format: "A4" });
  assert.ok(pdf.length > 10_000);
});

check("the keyboard reaches what can be opened", async ({ browser }) => {
  const page = await opened(browser, pathToFileURL(path.join(folder, "plan.html")).href);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  const operations = page.locator("details", { has: page.getByText(/operations?, in order/) }).first();
  const before = await operations.evaluate((details) => details.open);
  await operations.locator("summary").focus();
  await page.keyboard.press("Enter");
  assert.equal(await operations.evaluate((details) => details.open), !before);
});

check("a plan of 2,000 operations opens in under a second and stays under 2 MB", async ({ browser, root }) => {
  const plan = JSON.parse(run(root, "plan", "-o", "json"));
  const operation = plan.operations[0];
  const campaign = plan.campaigns[0];
  plan.operations = Array.from({ length: 2000 }, (_, n) => ({ ...operation, campaign: `campaign-${n}` }));
  plan.campaigns = Array.from({ length: 2000 }, (_, n) => ({ ...campaign, campaign: `campaign-${n}` }));
  const saved = path.join(folder, "large.json");
  fs.writeFileSync(saved, JSON.stringify(plan));
  const file = path.join(folder, "large.html");
  fs.writeFileSync(file, run(root, "show", saved, "-o", "html"));
  const { size } = fs.statSync(file);
  assert.ok(size < 2_000_000, `${size} bytes`);
  const url = pathToFileURL(file).href;
  // The best of five: the machine may be doing something else.
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const page = await opened(browser, url);
    times.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
  console.log(`  ${Math.round(size / 1000)} kB, open after ${times.map(Math.round).join(", ")} ms`);
  assert.ok(Math.min(...times) < 1000, `${times} ms`);
});

// What came of campaigns: sent by the emulator, with variants, a rejected number and somebody who opts out afterwards.
async function withResults(use) {
  const emulator = spawn(campanile, ["emulate", "--at", AT], { stdio: ["ignore", "pipe", "inherit"], cwd: folder });
  try {
    const url = await new Promise((resolve) => {
      let text = "";
      emulator.stdout.on("data", (chunk) => {
        text += chunk;
        const found = /http:\/\/\S+/.exec(text);
        if (found) resolve(found[0]);
      });
    });
    const call = async (method, where, body) => {
      const answer = await fetch(`${url}${where}`, { method, headers: { authorization: "Bearer key", "content-type": "application/json" }, body: body && JSON.stringify(body) });
      assert.ok(answer.ok, `${where}: ${answer.status}`);
    };
    const root = path.join(folder, "results");
    fs.mkdirSync(path.join(root, "campaigns"), { recursive: true });
    fs.writeFileSync(
      path.join(root, "campanile.yaml"),
      [
        "namespace: shop",
        "timezone: Europe/Stockholm",
        `providers: { p: { kind: ip1, base_url: "${url}", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s } }`,
        "prices:",
        `  - { provider: p, currency: SEK, country: SE, per_segment: "0.349", as_of: 2026-11-01 }`,
        `  - { provider: p, currency: SEK, country: "NO", per_segment: "0.55", as_of: 2026-11-01 }`,
        "",
      ].join("\n"),
    );
    const rows = ["msisdn,first_name"];
    for (let n = 0; n < 60; n += 1) rows.push(`4670174${String(605 + n).padStart(4, "0")},Name${n}`);
    for (let n = 0; n < 5; n += 1) rows.push(`474060000${n},Kari${n}`);
    fs.writeFileSync(path.join(root, "list.csv"), `${rows.join("\n")}\n`);
    fs.writeFileSync(
      path.join(root, "campaigns", "winter.yaml"),
      [
        "sender: SHOP",
        "category: service",
        "variants:",
        `  - { name: plain, weight: 50, body: "Hi {{ first_name }}. STOP: reply STOP" }`,
        `  - { name: long, weight: 50, body: "Hi {{ first_name }}, the winter sale begins on Friday at nine. STOP: reply STOP" }`,
        "recipients: [{ csv: ../list.csv }]",
        "delivery: { windows: [{ opens: 2026-11-24T10:00, closes: 2026-11-24T20:00 }] }",
        "",
      ].join("\n"),
    );
    const env = { ...process.env, IP1_API_KEY: "key" };
    const at = (instant, ...args) => execFileSync(campanile, ["-C", root, "--at", instant, ...args], { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] });
    at(AT, "apply", "--yes", "-q");
    // The provider rejects one; another one wants no more texts afterwards.
    await call("POST", "/_emulator/ip1/blacklist", ["46701740605"]);
    const over = "2026-11-25T07:00:00Z";
    await call("POST", "/_emulator/clock", { now: over });
    await call("POST", "/_emulator/ip1/blacklist", ["46701740606"]);
    await use((...args) => at(over, ...args));
  } finally {
    emulator.kill("SIGTERM");
  }
}

check("the page of results says what its JSON says, in the dark and on a phone too", async ({ browser }) => {
  await withResults(async (shown) => {
    const results = JSON.parse(shown("results", "-o", "json"));
    const [one] = results.campaigns;
    assert.equal(one.sent, 65);
    assert.ok(one.delivered === 64 && Object.values(one.failed).reduce((sum, n) => sum + n, 0) === 1);
    assert.equal(one.opted_out, 1);
    const file = path.join(folder, "results.html");
    fs.writeFileSync(file, shown("results", "-o", "html"));
    const url = pathToFileURL(file).href;
    const page = await opened(browser, url);
    const table = await page.evaluate(() => {
      const rows = [...document.querySelectorAll("section table:not(.spans) tr")].slice(1);
      return Object.fromEntries(rows.map((row) => [row.querySelector("th").textContent, [...row.querySelectorAll("td")].map((cell) => cell.textContent)]));
    });
    const failed = (outcome) => Object.values(outcome.failed).reduce((sum, n) => sum + n, 0);
    const expected = { all: one };
    for (const [by, outcomes] of Object.entries({ country: one.by_country, sender: one.by_sender, variant: one.by_variant })) {
      for (const [value, outcome] of Object.entries(outcomes)) expected[`${by} ${value}`] = outcome;
    }
    assert.deepEqual(Object.keys(table).sort(), Object.keys(expected).sort());
    assert.ok(Object.keys(table).includes("variant plain") && Object.keys(table).includes("country NO"));
    for (const [head, outcome] of Object.entries(expected)) {
      const cells = [outcome.sent, outcome.delivered, outcome.pending, failed(outcome), outcome.opted_out].map((n) => n.toLocaleString("en-US"));
      assert.deepEqual(table[head].slice(0, 5), cells, head);
      assert.equal(table[head][5], told(outcome.cost), head);
    }
    // What is drawn is what is counted.
    const bars = await page.evaluate(() => [...document.querySelectorAll("section svg[role=img] rect")].map((rect) => [rect.getAttribute("class"), Number(rect.getAttribute("width"))]));
    const share = (n) => Math.floor((n * 1000) / one.sent);
    assert.deepEqual(bars, [["delivered", share(one.delivered)], ["pending", share(one.pending)], ["failed", share(failed(one))]]);
    const spans = await page.evaluate(() => [...document.querySelectorAll(".spans tr")].slice(1).map((row) => row.querySelector("td").textContent));
    assert.deepEqual(spans, ["1m", "5m", "15m", "1h", "6h", "24h", "later"].map((span) => String(one.delivered_within[span] ?? 0)));
    const text = await page.locator("main").innerText();
    assert.ok(text.includes(`${one.segments.billed} segments billed, ${one.segments.estimated} estimated`), text);
    assert.deepEqual([page.faults, page.requests], [[], [url]]);
    assert.ok(!/467017\d{5}/.test(await page.content()), "no number is on the page");
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: path.join(shots, "results-light.png"), fullPage: true });
    const dark = await opened(browser, url, { colorScheme: "dark" });
    const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.notEqual(await background(page), await background(dark));
    assert.deepEqual(await violations(dark), []);
    await dark.screenshot({ path: path.join(shots, "results-dark.png"), fullPage: true });
    const phone = await opened(browser, url, { viewport: { width: 360, height: 740 } });
    assert.equal(await isWide(phone), false, "nothing hangs over the side");
    assert.deepEqual(await violations(phone), []);
    await phone.screenshot({ path: path.join(shots, "results-narrow.png"), fullPage: true });
  });
});

// The command's page, followed through saves.
async function serving(root, use, campaign = "black-friday", at = AT) {
  const child = spawn(campanile, ["-C", root, "--at", at, "preview", campaign, "--serve"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = await new Promise((resolve, reject) => {
      let text = "";
      child.on("exit", (code) => reject(new Error(`the command ended with ${code}`)));
      child.stdout.on("data", (chunk) => {
        text += chunk;
        const found = /http:\/\/\S+/.exec(text);
        if (found) resolve(found[0]);
      });
    });
    await use(url, child);
  } finally {
    child.kill("SIGTERM");
  }
}

check("the live preview follows saves, tries texts out and masks numbers", async ({ browser, root }) => {
  await serving(root, async (url, child) => {
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
    const page = await opened(browser, url);
    const text = (id) => page.locator(`#${id}`).innerText();
    const until = (id, expected) => page.waitForFunction(([id, expected]) => document.getElementById(id).textContent.includes(expected), [id, expected], { timeout: 15000 });
    await until("bubble", "Black Friday");
    assert.ok((await text("bubble")).includes("<b onmouseover=alert(1)>Åsa</b>"), "a cell is text");
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await text("encoding"), "UCS-2");
    const plan = JSON.parse(run(root, "plan", "--campaign", "black-friday", "-o", "json"));
    const campaign = plan.campaigns.find((one) => one.campaign === "black-friday");
    assert.equal(await text("all-people"), String(campaign.recipients));
    assert.equal(await text("all-segments"), String(campaign.segments));
    assert.equal(await text("all-estimate"), told(campaign.estimate));
    assert.ok(!(await page.content()).includes("46701740605"));
    assert.ok((await text("person")).includes("46"));
    await page.screenshot({ path: path.join(shots, "preview-light.png"), fullPage: true });
    await page.check("#numbers");
    await until("person", "+46701740605");
    await page.uncheck("#numbers");
    await page.waitForFunction(() => !document.getElementById("person").textContent.includes("+46701740605"));
    // Another recipient.
    await page.selectOption("#person", "1");
    await until("bubble", "Name1");
    // A text tried out: counters follow, the file does not change.
    const file = path.join(root, "campaigns", "black-friday.yaml");
    const before = fs.readFileSync(file, "utf8");
    await page.fill("#text", "Hi {{ first_name }}, short and plain. STOP: reply STOP");
    await until("encoding", "GSM-7");
    await until("all-segments", String(campaign.recipients));
    await until("all-difference", String(campaign.segments));
    assert.equal(fs.readFileSync(file, "utf8"), before);
    // A mistake in it, said where it is.
    await page.fill("#text", "Hi {{ frist_name }}");
    await until("fault-list", "frist_name");
    await until("fault-list", "text tried out:1:");
    assert.equal(await text("all-people"), String(campaign.recipients), "the last good figures stay");
    assert.ok(await page.evaluate(() => document.getElementById("all-facts").classList.contains("stale")));
    const below = await page.evaluate(() => document.getElementById("faults").getBoundingClientRect().top > document.getElementById("text").getBoundingClientRect().bottom);
    assert.ok(below, "errors are below the text box");
    await page.screenshot({ path: path.join(shots, "preview-fault.png"), fullPage: true });
    assert.deepEqual(await violations(page), []);
    await page.click("#back");
    await page.waitForFunction(() => !/frist_name|sendr/.test(document.getElementById("fault-list").textContent));
    // A save is followed.
    writeCampaign(root, "It's a quiet Friday");
    await until("bubble", "quiet Friday");
    await until("encoding", "GSM-7");
    // So is a saved mistake, and its repair, and a new row.
    fs.writeFileSync(file, before.replace("sender: SHOP", "sendr: SHOP"));
    await until("fault-list", "sendr");
    fs.writeFileSync(file, before);
    await until("bubble", "Black Friday");
    fs.appendFileSync(path.join(root, "recipients", "list.csv"), "46701749999,New,yes\n");
    await until("all-people", String(campaign.recipients + 1));
    assert.deepEqual(page.faults, []);
    const origin = new URL(url).origin;
    assert.ok(page.requests.every((request) => request.startsWith(`${origin}/`)), "every request stays here");
    assert.deepEqual(await violations(page), []);
    const dark = await opened(browser, url, { colorScheme: "dark", viewport: { width: 360, height: 740 } });
    await dark.waitForFunction(() => document.getElementById("bubble").textContent !== "");
    assert.equal(await isWide(dark), false);
    assert.deepEqual(await violations(dark), []);
    await dark.screenshot({ path: path.join(shots, "preview-dark-narrow.png"), fullPage: true });
    // Without the token, or by another name, there is nothing.
    assert.equal((await fetch(`${origin}/`)).status, 404);
    assert.equal((await fetch(`${origin}/${"0".repeat(32)}/`)).status, 404);
    const rebound = new URL(url);
    rebound.hostname = "localhost";
    await assert.rejects(fetch(rebound).then((response) => { if (response.status !== 200) throw new Error(String(response.status)); }));
    // It ends with the command.
    child.removeAllListeners("exit");
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    assert.equal(await gone, 143);
    await until("state", "has ended");
  });
});

check("any recipient and any occurrence of a schedule can be looked at", async ({ browser, root }) => {
  const list = path.join(root, "recipients", "list.csv");
  const before = fs.readFileSync(list, "utf8");
  const rows = Array.from({ length: 450 }, (_, n) => `46702${String(100000 + n)},Far${n},yes`);
  fs.writeFileSync(list, `${before}${rows.join("\n")}\n`);
  const look = async (url) => {
    const page = await opened(browser, url);
    const until = (id, expected) => page.waitForFunction(([id, expected]) => document.getElementById(id).textContent.includes(expected), [id, expected], { timeout: 15000 });
    await until("bubble", "week 48");
    assert.equal(await page.locator("#occurrence option").count(), 8);
    await page.selectOption("#occurrence", { index: 6 });
    await until("bubble", "week 49");
    const everybody = Number((await page.locator("#all-people").innerText()).replaceAll(",", ""));
    await page.fill("#nth", String(everybody));
    await page.press("#nth", "Enter");
    await until("bubble", "Hello Far449");
    await until("bubble", "week 49");
    await until("more", `401 to ${everybody} of ${everybody}`);
    // By the line of the list, and by its first column.
    await page.fill("#find", String(before.split("\n").length));
    await page.press("#find", "Enter");
    await until("bubble", "Hello Far0");
    await page.fill("#find", "46702100003");
    await page.press("#find", "Enter");
    await until("bubble", "Hello Far3");
    await page.fill("#find", "no such thing");
    await page.press("#find", "Enter");
    await until("find-note", "nobody found");
    // Beyond the last one is the last one.
    await page.fill("#nth", "100000");
    await page.press("#nth", "Enter");
    await page.waitForFunction((last) => document.getElementById("nth").value === last, String(everybody));
    assert.deepEqual(page.faults, []);
    assert.deepEqual(await violations(page), []);
  };
  try {
    await serving(root, look, "weekly");
  } finally {
    fs.writeFileSync(list, before);
  }
});

// What the README shows: the project at the top of this repository, looked at in both pages.
check("the README's figures can be taken", async ({ browser }) => {
  const top = path.join(__dirname, "..", "..");
  const at = "2031-11-24T08:00:00Z";
  const file = path.join(folder, "figure.html");
  fs.writeFileSync(file, execFileSync(campanile, ["-C", top, "--at", at, "plan", "--offline", "-o", "html"], { encoding: "utf8" }));
  const report = await opened(browser, pathToFileURL(file).href, { viewport: { width: 1000, height: 1330 } });
  await report.screenshot({ path: path.join(shots, "figure-report.png") });
  const look = async (url) => {
    const page = await opened(browser, url, { viewport: { width: 1000, height: 660 } });
    await page.waitForFunction(() => document.getElementById("bubble").textContent !== "");
    await page.fill("#text", "Hi {{ first_name }}! As a gold member you get {{ discount }} % off everything at ACME in {{ city }} – today until 20:00. Reply STOP to opt out");
    await page.waitForFunction(() => document.getElementById("encoding").textContent === "UCS-2", undefined, { timeout: 15000 });
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({ path: path.join(shots, "figure-preview.png") });
    assert.deepEqual([report.faults, page.faults], [[], []]);
  };
  await serving(top, look, "black-friday", at);
});

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  let failed = 0;
  try {
    const root = project();
    for (const { name, run: body } of checks) {
      try {
        await body({ browser, root });
        console.log(`ok - ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`not ok - ${name}\n${error.stack || error}`);
      }
    }
  } finally {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  console.log(failed ? `${failed} of ${checks.length} failed` : `all ${checks.length} passed`);
  process.exitCode = failed ? 1 : 0;
})();
