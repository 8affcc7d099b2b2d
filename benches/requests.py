#!/usr/bin/env python3
"""What is asked of a provider: requests, bytes and processor time of the built program against strict stand-ins that count.

    cargo build --release && python3 benches/requests.py target/release/campanile [--write] [--only WORD]

Rows are written into docs/requests.md (with `--only` those alone whose measurement has that word in its name). Requests and bytes
are the same on every machine; times are of this one. `benches/run.py` measures what needs no provider, and runs this at its end.
"""

import datetime
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requests.md"
DAY = datetime.timedelta(days=1)
UTC = datetime.timezone.utc


def text_of(instant):
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def tail(number):
    """A reference's tail: a one-off without zones and parts, with this fingerprint."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    digits = ""
    for _ in range(7):
        number, digit = divmod(number, 32)
        digits = alphabet[digit] + digits
    return "00001" + "00" + "0000" + digits


class StandIn:
    """Both APIs, as far as these measurements go; every request is counted."""

    def __init__(self, batches=(), traffic=False, pad=0, latency=0.0):
        self.batches = list(batches)
        self.traffic, self.pad, self.latency = traffic, pad, latency
        self.requests, self.bytes, self.made = [], 0, 0
        self.log = []  # when, method, query, bytes of the answer
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                stand_in.requests.append((self.command, url.path, query))
                arrived = time.monotonic()
                status, answer = stand_in.route(self.command, url.path.strip("/").split("/"), query, body)
                data = json.dumps(answer).encode()
                stand_in.bytes += len(data)
                stand_in.log.append((arrived, self.command, query, len(data)))
                time.sleep(max(0.0, arrived + stand_in.latency - time.monotonic()))
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # too large: the client has hung up

            do_GET = do_POST = do_DELETE = answer

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def route(self, method, path, query, body):
        if path == ["api", "me", "account"]:
            return 200, {"ID": "bench", "Balance": 1000000, "Currency": "SEK"}
        if path[:2] == ["v2", "batches"]:
            return self.ip1(method, path[2:], query, body)
        if path[0] == "xms":
            return self.sinch(method, path[4:], query, body)
        return 200, []

    def ip1(self, method, path, query, body):
        if not path and method == "POST":
            self.made += 1
            batch = {**body, "id": f"{self.made:024x}", "status": 101, "direction": "mt"}
            people = len(batch.pop("recipients"))
            batch["messageSummary"] = {"101": {"messages": people, "sms": people}}
            self.batches.append(batch)
            return 200, batch
        if not path:
            start, limit = int(query["start"]), min(200, int(query["limit"]))
            if query.get("order") == "DESC":
                return 200, self.batches[::-1][start : start + limit]
            return 200, self.batches[start : start + limit]
        found = next((batch for batch in self.batches if batch["id"] == path[0]), None)
        if found is None:
            return 404, {}
        if path[1:] == ["messages"]:
            return 200, []
        if method == "DELETE":
            found["status"] = 203
            found["messageSummary"] = {"203": {"messages": 1, "sms": 1}}
        return 200, found

    def sinch(self, method, path, query, body):
        if not path and method == "POST":
            self.made += 1
            now = text_of(datetime.datetime.now(UTC))
            batch = {**body, "id": f"M{self.made:025d}", "canceled": False, "created_at": now, "modified_at": now}
            self.batches.append(batch)
            return 201, batch
        if path and method == "GET":
            found = next((batch for batch in self.batches if batch["id"] == path[0]), None)
            return (200, found) if found and not path[1:] else (404, {})
        if path or method != "GET":
            return 404, {}
        if self.traffic:
            self.batches.append(sinch_batch(len(self.batches), datetime.datetime.now(UTC)))
        start, end = query.get("start_date", ""), query.get("end_date", "9")
        shown = [batch for batch in reversed(self.batches) if start <= batch["created_at"] < end]
        page, size = int(query["page"]), int(query["page_size"])
        items = shown[page * size : (page + 1) * size]
        items = [{**item, "body": "x" * self.pad} for item in items] if self.pad else items
        return 200, {"page": page, "count": len(shown), "page_size": len(items), "batches": items}

    def take(self):
        """What was asked since the last time."""
        asked, self.requests, self.bytes, size = self.requests, [], 0, self.bytes
        return asked, size


def ip1_history(count, campaign="old"):
    """Finished batches of ours, sent two days ago."""
    opens = datetime.datetime.now(UTC) - 2 * DAY
    windows = [{"opens": text_of(opens), "closes": text_of(opens + DAY / 24)}]
    return [
        {
            "id": f"f{n:023x}", "status": 112, "direction": "mt", "sender": "ACME", "body": "hi", "type": "sms", "priority": 1,
            "reference": f"acme.{campaign}.{tail(n)}", "deliveryWindows": windows,
            "messageSummary": {"201": {"messages": 1, "sms": 1}},
        }
        for n in range(count)
    ]


def sinch_batch(n, created):
    return {
        "id": f"S{n:025d}", "to": ["46701740699"], "from": "OTHER", "canceled": False, "body": "hi", "type": "mt_text",
        "created_at": text_of(created), "send_at": text_of(created + DAY / 24), "expire_at": text_of(created + DAY / 12),
        "client_reference": f"other-{n}",
    }


def project(folder, url, kind="ip1", people=("46701740605", "46701740606"), rate=1000, body="Hello. Stop at acme.example"):
    extra = "service_plan_id: plan, " if kind == "sinch" else ""
    (folder / "campaigns").mkdir(exist_ok=True)
    (folder / ".campanile").mkdir(exist_ok=True)
    (folder / "campanile.yaml").write_text(
        "namespace: acme\ntimezone: UTC\ndefault_country: SE\n"
        f'providers: {{ p: {{ kind: {kind}, base_url: "{url}", {extra}token_env: TOKEN, requests_per_second: {rate}, '
        "list_lag: 0s, opt_outs: off } }\n"
    )
    with (folder / "people.csv").open("w") as out:
        out.write("msisdn,first_name\n")
        out.writelines(f"{number},Name{number[-3:]}\n" for number in people)
    soon = (datetime.datetime.now(UTC) + DAY).strftime("%Y-%m-%dT%H:%M")
    late = (datetime.datetime.now(UTC) + DAY + DAY / 24).strftime("%Y-%m-%dT%H:%M")
    (folder / "campaigns" / "hello.yaml").write_text(
        f"sender: ACME\ncategory: service\nbody: \"{body}\"\nrecipients:\n  - csv: ../people.csv\n"
        f"delivery:\n  windows:\n    - {{ opens: {soon}, closes: {late} }}\n"
    )
    return folder


def run(program, folder, *arguments):
    """Exit code, and seconds of processor time."""
    code, usage = measured(program, folder, *arguments)
    return code, usage.ru_utime + usage.ru_stime


def measured(program, folder, *arguments):
    """Exit code, and what the run has used."""
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            [program, *arguments], cwd=folder, env={"TOKEN": "t", "HOME": str(folder)}, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = code = os.waitstatus_to_exitcode(status)
        if code not in (0, 3):
            said.seek(0)
            print(arguments, code, said.read()[-600:], file=sys.stderr)
    return code, usage


def journal(folder, count):
    """Creates that were answered, under the account that the first line names."""
    path = folder / ".campanile" / "journal.jsonl"
    account = json.loads(path.read_text().splitlines()[0])["account"]
    opens = int(time.time()) - 2 * 86400
    with path.open("a") as out:
        for n in range(count):
            common = {"at_ms": opens * 1000, "provider": "p", "account": account, "reference": f"acme.old.{tail(n)}"}
            intent = {"event": "intent", "call": "create", "reason": "new", "batch_id": None, "windows": [[opens, opens + 3600]]}
            answer = {"event": "answer", "call": "create", "outcome": "done", "batch_id": f"f{n:023x}"}
            out.write(json.dumps({**common, **intent}) + "\n" + json.dumps({**common, **answer}) + "\n")


ROWS = []


def row(what, bound, measured, holds):
    ROWS.append((what, bound, measured, "yes" if holds else "**no**"))
    print("|", " | ".join(ROWS[-1]), "|", flush=True)


def folder():
    return pathlib.Path(tempfile.mkdtemp(prefix="campanile-"))


def people(count):
    """Numbers from nobody's list; the stand-in hands them to nobody."""
    return (f"4670{1_000_000 + n:07d}" for n in range(count))


def again(program):
    for history in (10_000, 50_000):
        stand_in = StandIn(ip1_history(history))
        at = project(folder(), stand_in.url)
        run(program, at, "apply", "--yes")
        first, _ = stand_in.take()
        run(program, at, "plan")
        again, size = stand_in.take()
        # The page of the batch that is planned is read besides.
        row(f"iP.1: `plan` again, {history:,} batches", "6 requests + unfinished pages",
            f"{len(again)} requests, {size // 1000:,} kB (the first time {len(first)})", len(again) <= 7)
        run(program, at, "stop", "hello", "--yes")
        asked, _ = stand_in.take()
        before = next(n for n, request in enumerate(asked, 1) if request[0] == "DELETE")
        row(f"`stop`, {history:,} batches: the first DELETE", "request 5", f"request {before}", before <= 5)


def first(program):
    stand_in = StandIn(ip1_history(10_000))
    at = project(folder(), stand_in.url)
    run(program, at, "plan")
    starts = [int(query["start"]) for _, path, query in stand_in.take()[0] if path == "/v2/batches"]
    whole = next(n for n, (one, other) in enumerate(zip(starts, starts[1:]), 1) if other < one)
    row("iP.1: first `plan` without a journal, 10,000 batches of ours", "L + 3 requests",
        f"L + {len(starts) - whole} requests (L is {whole})", len(starts) <= whole + 3)
    stand_in = StandIn([sinch_batch(n, datetime.datetime.now(UTC) - DAY - n * DAY / 10_000) for n in range(9_999, -1, -1)])
    at = project(folder(), stand_in.url, "sinch")
    run(program, at, "plan")
    pages = [int(query["page"]) for _, path, query in stand_in.take()[0] if path.endswith("/batches")]
    # The settled half ends in an empty page and its first page again; the new half is one empty page.
    whole = 10_000 // 100 + 3
    row("Sinch: first `plan` without a journal, 10,000 batches", "L + 3 requests",
        f"L + {len(pages) - whole} requests (L is {whole})", len(pages) <= whole + 3)


def million(program):
    stand_in = StandIn(latency=0.15)
    at = project(folder(), stand_in.url, people=people(1_000_000), rate=50, body="Hello {{ first_name }}. Stop at acme.example")
    began = time.monotonic()
    code, usage = measured(program, at, "apply", "--yes")
    posts = [when for when, method, _, _ in stand_in.log if method == "POST"]
    seconds = max(posts, default=began) + 0.15 - began
    row("iP.1: 1,000,000 people, 150 ms latency, 50 requests/s: until the last create is answered", "60 s",
        f"{seconds:.0f} s, {len(posts):,} batches, {seconds - (posts[0] - began):.0f} s of them creating; exit {code}",
        code == 0 and seconds <= 60)
    row("the same: batches", "1,300", f"{len(posts):,}", len(posts) <= 1_300)
    row("the same: memory of `apply`", "100 MiB", f"{usage.ru_maxrss / 1024:.0f} MiB", usage.ru_maxrss <= 100 << 10)
    window = max(sum(1 for one in posts if at <= one < at + 1) for at in posts)
    row("the same: creates in any second", "50", f"{window}", window <= 50)


def slow(program):
    stand_in = StandIn(latency=0.15)
    at = project(folder(), stand_in.url, people=people(100_000), rate=5)
    code, _ = measured(program, at, "apply", "--yes")
    posts = [when for when, method, _, _ in stand_in.log if method == "POST"]
    span = [one for one in stand_in.log if posts[1] <= one[0] <= posts[-1]]
    bound = (len(span) - 1) / 5
    took = posts[-1] - posts[1]
    row("iP.1: 100,000 people, 150 ms latency, 5 requests/s", "1.1 times the rate's own bound",
        f"{took / bound:.2f} times ({len(posts)} creates and {len(span) - len(posts) + 1} looks in {took:.0f} s)", code == 0 and took <= 1.1 * bound)


def sinch_bytes(program):
    stand_in = StandIn()
    at = project(folder(), stand_in.url, "sinch", people=people(100_000), body="Hello {{ first_name }}. Stop at acme.example")
    code, _ = measured(program, at, "apply", "--yes")
    posts = [n for n, one in enumerate(stand_in.log) if one[1] == "POST"]
    between = stand_in.log[posts[0] + 1 : posts[-1]]
    looks = [one for one in between if one[1] == "GET"]
    size = sum(one[3] for one in looks)
    row("Sinch: 100,000 people: looks and reads between the first and the last create", "2 MB",
        f"{size / 1e6:.2f} MB in {len(looks)} requests for {len(posts)} creates; exit {code}", code == 0 and size <= 2_000_000)


def endless(program):
    stand_in = StandIn(ip1_history(250_000))
    at = project(folder(), stand_in.url)
    code, _ = run(program, at, "plan")
    asked, _ = stand_in.take()
    row("iP.1: `plan`, 250,000 batches", "no limit of pages", f"exit {code} after {len(asked):,} requests", code in (0, 3))


def against_journal(program):
    stand_in = StandIn(ip1_history(20_000))
    at = project(folder(), stand_in.url)
    run(program, at, "apply", "--yes")
    run(program, at, "plan")
    _, without = run(program, at, "plan")
    journal(at, 20_000)
    _, with_journal = run(program, at, "plan")
    cost = max(0.0, with_journal - without)
    row("a journal of 20,000 batches against the list", "0.2 s of processor time", f"{cost:.2f} s", cost <= 0.2)
    long = (at / ".campanile" / "journal.jsonl").stat().st_size
    run(program, at, "apply", "--yes")
    short = (at / ".campanile" / "journal.jsonl").stat().st_size
    row("that journal after an `apply`", "shorter", f"{short / long:.2f} times as long", short < long)


def status(program):
    stand_in = StandIn(ip1_history(3_000))
    at = project(folder(), stand_in.url)
    run(program, at, "apply", "--yes")
    run(program, at, "status")
    stand_in.take()
    run(program, at, "status")
    asked, _ = stand_in.take()
    singles = sum(1 for _, path, _ in asked if path.startswith("/v2/batches/"))
    row("`status` again, 3,001 batches of which one is planned", "1 GET of a batch", f"{singles} GETs", singles == 1)


def moving(program):
    now = datetime.datetime.now(UTC)
    past = [sinch_batch(n, now - 13 * DAY + n * DAY * 13 / 50_000) for n in range(50_000)]
    stand_in = StandIn(past, traffic=True)
    at = project(folder(), stand_in.url, "sinch")
    codes = [run(program, at, "plan")[0] for _ in range(6)]
    failed = sum(1 for code in codes if code not in (0, 3))
    row("Sinch: 50,000 batches, one more with every request", "never fails", f"{failed} of 6 plans failed", failed == 0)

    stand_in = StandIn(past[-400:], pad=500_000)
    at = project(folder(), stand_in.url, "sinch")
    code, _ = run(program, at, "plan")
    sizes = sorted({int(query["page_size"]) for _, _, query in stand_in.take()[0]}, reverse=True)
    row("Sinch: 100 batches of 500 kB a page", "page size falls until it fits", f"exit {code}, pages of {sizes}", code in (0, 3))


MEASUREMENTS = [again, endless, first, against_journal, status, moving, sinch_bytes, slow, million]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    for measurement in MEASUREMENTS:
        if only in measurement.__name__:
            measurement(program)
    rows = ROWS
    table = "| what | bound | measured | holds |\n|---|---|---|---|\n" + "".join(
        f"| {' | '.join(row)} |\n" for row in rows
    )
    if "--write" in sys.argv:
        text = PAGE.read_text()
        table = f"<!-- requests: written by benches/requests.py -->\n{table}<!-- /requests -->"
        text = re.sub(r"<!-- requests: .*<!-- /requests -->", lambda _: table, text, flags=re.S)
        PAGE.write_text(text)
    return 0 if all(row[3] == "yes" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
