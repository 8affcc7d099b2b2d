#!/usr/bin/env python3
"""What is asked of a provider: requests, bytes and processor time of the built program against strict stand-ins that count.

    cargo build --release && python3 benches/requests.py target/release/campanile [--write]

Rows are written into docs/requests.md. Requests and bytes are the same on every machine; times are of this one.
"""

import datetime
import http.server
import json
import pathlib
import re
import resource
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

    def __init__(self, batches=(), traffic=False, pad=0):
        self.batches = list(batches)
        self.traffic, self.pad = traffic, pad
        self.requests, self.bytes, self.made = [], 0, 0
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
                status, answer = stand_in.route(self.command, url.path.strip("/").split("/"), query, body)
                data = json.dumps(answer).encode()
                stand_in.bytes += len(data)
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
            return self.sinch(method, path[4:], query)
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

    def sinch(self, method, path, query):
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


def project(folder, url, kind="ip1"):
    extra = "service_plan_id: plan, " if kind == "sinch" else ""
    (folder / "campaigns").mkdir(exist_ok=True)
    (folder / ".campanile").mkdir(exist_ok=True)
    (folder / "campanile.yaml").write_text(
        "namespace: acme\ntimezone: UTC\ndefault_country: SE\n"
        f'providers: {{ p: {{ kind: {kind}, base_url: "{url}", {extra}token_env: TOKEN, requests_per_second: 1000, '
        "list_lag: 0s, opt_outs: off } }\n"
    )
    (folder / "people.csv").write_text("msisdn\n46701740605\n46701740606\n")
    soon = (datetime.datetime.now(UTC) + DAY).strftime("%Y-%m-%dT%H:%M")
    late = (datetime.datetime.now(UTC) + DAY + DAY / 24).strftime("%Y-%m-%dT%H:%M")
    (folder / "campaigns" / "hello.yaml").write_text(
        "sender: ACME\ncategory: service\nbody: Hello. Stop at acme.example\nrecipients:\n  - csv: ../people.csv\n"
        f"delivery:\n  windows:\n    - {{ opens: {soon}, closes: {late} }}\n"
    )
    return folder


def run(program, folder, *arguments):
    """Exit code, and seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [program, *arguments], cwd=folder, env={"TOKEN": "t", "HOME": str(folder)}, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode not in (0, 3):
        print(arguments, done.returncode, done.stderr[-600:], file=sys.stderr)
    return done.returncode, cpu


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


def measure(program):
    rows = []

    def row(what, bound, measured, holds):
        rows.append((what, bound, measured, "yes" if holds else "**no**"))
        print("|", " | ".join(rows[-1]), "|", flush=True)

    def folder():
        return pathlib.Path(tempfile.mkdtemp(prefix="campanile-"))

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

    stand_in = StandIn(ip1_history(250_000))
    at = project(folder(), stand_in.url)
    code, _ = run(program, at, "plan")
    asked, _ = stand_in.take()
    row("iP.1: `plan`, 250,000 batches", "no limit of pages", f"exit {code} after {len(asked):,} requests", code in (0, 3))

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

    stand_in = StandIn(ip1_history(3_000))
    at = project(folder(), stand_in.url)
    run(program, at, "apply", "--yes")
    run(program, at, "status")
    stand_in.take()
    run(program, at, "status")
    asked, _ = stand_in.take()
    singles = sum(1 for _, path, _ in asked if path.startswith("/v2/batches/"))
    row("`status` again, 3,001 batches of which one is planned", "1 GET of a batch", f"{singles} GETs", singles == 1)

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
    return rows




def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    rows = measure(program)
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
