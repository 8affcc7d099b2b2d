#!/usr/bin/env python3
"""Measures everything that docs/speed.md says, and writes it there; then `requests.py`, with the same build, for docs/requests.md.

In: nothing but this checkout (and what `peers/install.sh` fetches). Out: the tables between the marks in docs/speed.md. A time
is printed only after all programs of a comparison have agreed on people, segments and encodings. Programs that are
compared run in turn, and the best of each is taken: what else the machine does makes runs slower, never faster.

    benches/run.py              everything, and both pages rewritten
    benches/run.py --quick      small lists, no requests, both pages left alone
"""

import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = TARGET / "peers"
MARKS = ("<!-- speed: written by benches/run.py -->\n", "<!-- /speed -->\n")
QUICK = "--quick" in sys.argv
# The largest is a file of more than a gigabyte.
SIZES = [1_000, 10_000] if QUICK else [10_000, 100_000, 1_000_000, 10_000_000, 24_000_000]
MILLION = SIZES[-1] if QUICK else 1_000_000
TEN_MILLION = SIZES[-1] if QUICK else 10_000_000
FEW = SIZES[-2] if QUICK else 100_000
RUNS = 3 if QUICK else 9

PROJECT = """namespace: acme
timezone: UTC
horizon: 7d
allow_paths: [../lists]
providers: {{ sandbox: {{ kind: sandbox, max_recipients_per_batch: {limit} }} }}
prices:
  - {{ provider: sandbox, currency: SEK, country: SE, per_segment: "0.349" }}
"""
ONCE = "  windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }]\n"
HOURLY = '  cron: "0 * * * *"\n  open_for: 30m\n'


class Run:
    """One finished run of a program that ends with one of these codes: seconds, peak memory in bytes, what it printed."""

    def __init__(self, words, folder=None, ends=(0,)):
        with tempfile.TemporaryFile() as out:
            start = time.perf_counter()
            child = subprocess.Popen([str(word) for word in words], cwd=folder, stdout=out, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            self.peak = usage.ru_maxrss * 1024
            self.cpu = usage.ru_utime + usage.ru_stime
            out.seek(0)
            self.text = out.read().decode()
        if child.returncode not in ends:
            raise SystemExit(f"{words} ended with {child.returncode}\n{self.text[-2000:]}")


def best(runs):
    return min(run.seconds for run in runs)


def in_turn(jobs, count):
    """Each job `count` times, one after the other in turn; by name."""
    runs = {name: [] for name in jobs}
    for _ in range(count):
        for name, job in jobs.items():
            runs[name].append(job())
    return runs


def ratio(runs, one, other):
    """Median of the ratios of runs that stood beside each other, so that a slow minute counts for both."""
    return statistics.median(a.seconds / b.seconds for a, b in zip(runs[one], runs[other]))


def build():
    cargo = ["cargo", "build", "--profile", "dist", "--locked", "--quiet"]
    subprocess.run(cargo + ["--bin", "campanile"], cwd=ROOT, check=True)
    said = subprocess.run(
        ["cargo", "bench", "--no-run", "--locked", "--message-format=json", "--bench", "floors"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    made = [json.loads(line).get("executable") for line in said.splitlines() if '"name":"floors"' in line]
    return TARGET / "dist" / "campanile", next(path for path in made if path)


class Lab:
    """A folder with lists and projects."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.campanile, self.floors = build()
        (self.folder / "lists").mkdir()
        self.template = Run([self.floors, "template"]).text.rstrip("\n")

    def list(self, rows):
        file = self.folder / "lists" / f"{rows}.csv"
        if not file.exists() and isinstance(rows, int):
            Run([self.floors, "list", rows, file])
        return file

    def project(self, name, rows, template=None, delivery=ONCE, limit=1000):
        self.list(rows)
        folder = self.folder / name
        (folder / "campaigns").mkdir(parents=True)
        (folder / "campanile.yaml").write_text(PROJECT.format(limit=limit))
        body = json.dumps(template or self.template)
        source = f"recipients: [{{ csv: ../../lists/{rows}.csv }}]\n"
        (folder / "campaigns" / "a.yaml").write_text(f"sender: ACME\ncategory: service\nbody: {body}\n{source}delivery:\n{delivery}")
        return folder

    def plan(self, folder, ends=(0,)):
        return Run([self.campanile, "plan", "--offline", "-o", "json"], folder, ends)

    def floor(self, kind, rows):
        return Run([self.floors, kind, self.list(rows)])


def totals(run):
    """Of a plan or a peer: people, segments, messages by encoding."""
    said = json.loads(run.text)
    if "summary" not in said:
        return said["people"], said["segments"], said["gsm7"], said["ucs2"]
    encodings = [operation["encodings"] for operation in said["operations"]]
    return (
        said["summary"]["recipients"],
        said["summary"]["segments"],
        sum(one["gsm7"] for one in encodings),
        sum(one["ucs2"] for one in encodings),
    )


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def count(number):
    return f"{number:,}"


def growth(lab, must):
    """(c) and the floors: lists of four sizes, each beside the csv crate's parse and a read of its bytes."""
    nearly_empty = lab.project("empty", 1)
    empty = min(lab.plan(nearly_empty).peak for _ in range(3))
    rows, per_row = [], {}
    for size in SIZES:
        folder = lab.project(f"growth-{size}", size)
        jobs = {
            "plan": lambda: lab.plan(folder),
            "csv": lambda: lab.floor("csv", size),
            "read": lambda: lab.floor("read", size),
        }
        runs = in_turn(jobs, 3 if size > MILLION else RUNS)
        assert totals(runs["plan"][0])[0] == size
        plan, times = best(runs["plan"]), ratio(runs, "plan", "csv")
        memory = max(0, min(run.peak for run in runs["plan"]) - empty) / size
        per_row[size] = plan / size
        rows.append([
            count(size), seconds(best(runs["read"])), seconds(best(runs["csv"])), seconds(plan),
            f"{times:.1f}", f"{plan / size * 1e9:.0f} ns", f"{memory:.0f} bytes",
        ])
        if size == MILLION:
            must.append(("a million rows: times the csv crate's bare parse", times, 3))
            must.append(("a million rows: bytes a recipient over an empty run", memory, 100))
        if lab.list(size).stat().st_size > 1_000_000_000:
            must.append(("a list of more than a gigabyte: bytes a recipient over an empty run", memory, 100))
    must.append(("ten million rows: time a row, times that of 100,000", per_row[TEN_MILLION] / per_row[FEW], 1.3))
    heads = ["rows", "bytes read", "csv crate", "plan", "times csv", "a row", "memory a row"]
    return table(heads, rows)


def instructions(words, folder):
    """Of one run, by cachegrind; nothing else on the machine changes them."""
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run([*counted, *words], cwd=folder, check=True, capture_output=True, text=True)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


def quoted(lab, must):
    """The same list with quotes around four cells of every other row."""
    rows = []
    for size in (FEW, 2 * FEW, MILLION):
        file = lab.folder / "lists" / f"quoted-{size}.csv"
        Run([lab.floors, "quoted", size, file])
        lab.project(f"quoted-{size}", f"quoted-{size}")
        if not (lab.folder / f"growth-{size}").exists():
            lab.project(f"growth-{size}", size)
    jobs = {}
    for name in ("growth", "quoted"):
        folder = lab.folder / f"{name}-{MILLION}"
        file = lab.folder / "lists" / (f"{MILLION}.csv" if name == "growth" else f"quoted-{MILLION}.csv")
        jobs[f"{name} plan"] = lambda folder=folder: lab.plan(folder)
        jobs[f"{name} csv"] = lambda file=file: Run([lab.floors, "csv", file])
    runs = in_turn(jobs, RUNS)
    times = {name: ratio(runs, f"{name} plan", f"{name} csv") for name in ("growth", "quoted")}
    must.append(("a million rows, half of them with quotes: times the csv crate's bare parse", times["quoted"], 2.5))
    must.append(("the same, over what it is without quotes", times["quoted"] / times["growth"], 1.25))
    if shutil.which("valgrind"):
        plan = [lab.campanile, "plan", "--offline", "-o", "json"]
        for name in ("growth", "quoted"):
            few, more = (instructions(plan, lab.folder / f"{name}-{size}") for size in (FEW, 2 * FEW))
            row = (more - few) / FEW
            what = "half of the rows with quotes" if name == "quoted" else "without quotes"
            rows.append([f"instructions of a plan for each row more, {what}", count(round(row))])
            if name == "quoted":
                must.append(("the same: instructions a row of a whole plan", row, 2900))
    return table(["", ""], rows)


def campaigns(lab, name, settings, texts, sources):
    """A project of many campaigns on some lists."""
    folder = lab.folder / name
    (folder / "campaigns").mkdir(parents=True)
    (folder / "campanile.yaml").write_text(PROJECT.format(limit=1000) + settings)
    for at, (text, source) in enumerate(zip(texts, sources)):
        (folder / "campaigns" / f"c{at}.yaml").write_text(
            f"sender: ACME\ncategory: marketing\nbody: {json.dumps(text)}\n"
            f"recipients: [{{ csv: ../../lists/{source} }}]\ndelivery:\n"
            f"  windows: [{{ opens: 2031-11-28T{9 + at % 3:02}:00, closes: 2031-11-28T18:00 }}]\n")
    return folder


def shared(lab, must):
    """Many campaigns on few lists, and rules that look at all campaigns together."""
    lists, size, many = (2, 1000, 20) if QUICK else (10, 20_000, 1000)
    for at in range(lists):
        Run([lab.floors, "list", size, lab.folder / "lists" / f"shared-{at}.csv"])
    texts = [f"Hi {{{{ first_name }}}}, offer {at} waits for you in {{{{ city }}}}. STOP: reply STOP" for at in range(many)]
    files = [f"shared-{at % lists}.csv" for at in range(many)]
    thousand = campaigns(lab, "thousand", "", texts, files)
    plans = {
        form: Run([lab.campanile, "plan", "--offline", "-o", form], thousand)
        for form in ("json", "text", "html")
    }
    operations = len(json.loads(plans["json"].text)["operations"])
    what = f"{count(many)} campaigns on {lists} lists of {count(size)}"
    must.append((f"{what}: seconds", plans["text"].seconds, 5))
    must.append((f"{what}: megabytes", plans["text"].peak / 1e6, 150))
    for form in ("text", "html"):
        must.append((f"a plan of {count(operations)} operations as {form}: megabytes", plans[form].peak / 1e6, 100))
    rows = [[f"{what}: CPU time of a plan", seconds(plans["text"].cpu)]]
    lab.list(MILLION)
    limits = 'guards: { max_per_person: [{ messages: 30, within: 24h }] }\n'
    same = [f"{MILLION}.csv"] * 20
    texts = texts[:20]
    free = campaigns(lab, "free", 'guards: { max_per_person: [{ messages: 100, within: 24h }] }\n', texts, same)
    pressed = campaigns(lab, "pressed", limits.replace("30", "5"), texts, same)
    runs = in_turn({"free": lambda: lab.plan(free), "pressed": lambda: lab.plan(pressed, ends=(3,))}, 3)
    people = 20 * MILLION
    more = min(run.peak for run in runs["pressed"]) - min(run.peak for run in runs["free"])
    must.append(("20 campaigns of a million people with a limit a person, times without", ratio(runs, "pressed", "free"), 1.5))
    must.append(("the same: bytes more for each person and campaign", max(0, more) / people, 16))
    stopped = lab.folder / "lists" / "stopped.csv"
    with open(lab.list(MILLION)) as people, open(stopped, "w") as numbers:
        numbers.write("msisdn\n")
        numbers.writelines(f"4670{int(line[4:11]) ^ 1:07}\n" for line in people if line[:4].isdigit())
    plain = lab.folder / f"growth-{MILLION}"
    with_stopped = lab.project("stopped", MILLION)
    settings = with_stopped / "campanile.yaml"
    settings.write_text(settings.read_text() + "suppressions: [{ csv: ../lists/stopped.csv }]\n")
    runs = in_turn({"plain": lambda: lab.plan(plain), "stopped": lambda: lab.plan(with_stopped)}, 5)
    rows.append(["a million people and a list of a million suppressed numbers, which is read too, times without",
                 f"{ratio(runs, 'stopped', 'plain'):.2f}"])
    return table(["", ""], rows)


def peers(lab, must):
    """(b) the whole job in other languages, totals held against each other before any time is told."""
    subprocess.run([ROOT / "benches" / "peers" / "install.sh", PEERS], check=True)
    text = lab.folder / "template.txt"
    text.write_text(lab.template)
    go_text = lab.folder / "template.go.txt"
    in_go = lab.template.replace("{% if tier == 'gold' %}", '{{if eq .tier "gold"}}')
    in_go = in_go.replace("{% else %}", "{{else}}").replace("{% endif %}", "{{end}}")
    go_text.write_text(re.sub(r"\{\{ (\w+) \}\}", r"{{.\1}}", in_go))
    known = {
        "Python: csv, jinja2, phonenumbers, smsutil; all cores": (
            PEERS / "python/bin/python", [ROOT / "benches/peers/python/job.py"], text, MILLION, 25),
        "Go: encoding/csv, text/template, own checks; all cores": (PEERS / "job-go", [], go_text, MILLION, 4),
        "Node: csv-parse, liquidjs, libphonenumber-js, sms-segments-calculator": (
            shutil.which("node"), [PEERS / "node/job.js"], text, FEW, None),
    }
    rows = []
    for name, (program, words, template, size, least) in known.items():
        if program is None or not pathlib.Path(program).exists():
            rows.append([name, count(size), "not installed", "", ""])
            continue
        plan = lab.folder / f"growth-{size}"
        jobs = {
            "plan": lambda: lab.plan(plan),
            "peer": lambda: Run([program, *words, lab.list(size), template]),
        }
        first = in_turn(jobs, 1)
        ours, theirs = totals(first["plan"][0]), totals(first["peer"][0])
        assert ours == theirs, f"{name}: {theirs}, and the plan says {ours}"
        # Minutes say enough at once.
        more = 0 if best(first["peer"]) > 20 else 4
        runs = in_turn(jobs, more)
        runs = {job: runs[job] + first[job] for job in jobs}
        runs["plan"] += [lab.plan(plan) for _ in range(3)]
        times = best(runs["peer"]) / best(runs["plan"])
        rows.append([name, count(size), seconds(best(runs["peer"])), seconds(best(runs["plan"])), f"{times:.0f}"])
        if least:
            must.append((f"times faster than {name.split(':')[0]}", times, least))
    return table(["the same job in", "rows", "takes", "plan", "times as long"], rows)


def variations(lab, must):
    """What a plan's time depends on, and what it does not; and what an apply takes."""
    plain = lab.folder / f"growth-{MILLION}"
    by_tera = lab.project("tera", MILLION, lab.template.replace("{{ city }}", "{{ city | truncate(length=40) }}"))
    few_parts = lab.project("few", MILLION, limit=100_000)
    jobs = {
        "plain": lambda: lab.plan(plain),
        "tera": lambda: lab.plan(by_tera),
        "few": lambda: lab.plan(few_parts),
    }
    runs = in_turn(jobs, 5)
    parts = {name: json.loads(runs[name][0].text)["summary"]["create"] for name in ("plain", "few")}
    tera, many = ratio(runs, "tera", "plain"), ratio(runs, "plain", "few")
    must.append(("a template outside the fast path, times one inside", tera, 4))
    rows = [
        ["a template that Tera renders, times one of the fast path", f"{tera:.2f}"],
        [f"{count(parts['plain'])} parts, times {count(parts['few'])} parts", f"{many:.2f}"],
    ]
    once = lab.folder / f"growth-{FEW}"
    hourly = lab.project("hourly", FEW, delivery=HOURLY)
    runs = in_turn({"once": lambda: lab.plan(once), "hourly": lambda: lab.plan(hourly)}, 5)
    operations = json.loads(runs["hourly"][0].text)["operations"]
    firings = len({operation["occurrence"] for operation in operations})
    rows.append([
        f"{firings} hourly occurrences of {count(FEW)} people ({count(len(operations))} batches), times one occurrence",
        f"{ratio(runs, 'hourly', 'once'):.2f} ({seconds(best(runs['hourly']))})",
    ])
    apply = lab.project("apply", FEW)
    done = Run([lab.campanile, "apply", "--yes", "-o", "json"], apply)
    summary = json.loads(done.text)["summary"]
    assert summary["done"] == summary["planned"] > 0
    rows.append(["recipients a second, applied into the emulator", count(round(FEW / done.seconds))])
    return table(["", ""], rows)


def micro():
    """(a) the steps of a row, by the benches' own harness."""
    rows = []
    for bench in ("audience", "render"):
        said = subprocess.run(
            ["cargo", "bench", "--locked", "--quiet", "--bench", bench],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout
        group = ""
        for line in said.splitlines():
            found = re.match(r"^(│? *)[├╰]─ (.+?)\s+(?:([\d.]+ [nµm]?s)\s+│\s+[\d.]+ [nµm]?s\s+│\s+([\d.]+ [nµm]?s))?", line)
            if not found:
                continue
            deep, name, _, median = found.groups()
            if not deep:
                group = name.strip()
            if median:
                name = f"{group}: {name.strip()}" if deep else name.strip()
                rows.append([name.replace("_", " ").replace("|", "\\|")[:60], median])
    return table(["step", "median"], rows)


def verdicts(must):
    rows = []
    for what, measured, bound in must:
        at_least = what.startswith("times faster")
        holds = measured >= bound if at_least else measured <= bound
        rows.append([what, f"{'at least' if at_least else 'at most'} {bound}", f"{measured:.1f}", "yes" if holds else "**no**"])
    return table(["what must hold", "bound", "measured", "holds"], rows)


def machine():
    names = re.findall(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), {time.strftime('%Y-%m-%d', time.gmtime())}"


def main():
    must = []
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder)
        sizes = growth(lab, must)
        others = peers(lab, must)
        rest = variations(lab, must)
        more = [quoted(lab, must), shared(lab, must)]
    steps = micro()
    section = (
        f"Measured on {machine()}; other programs may run beside it, so the best of several runs in turn is told, and of\n"
        "ratios the median. A personalized list, five variables and one `if`, numbers validated, de-duplicated,\n"
        "fingerprinted; each time is a whole process.\n\n"
        f"{verdicts(must)}\n{sizes}\n{others}\n{rest}\n{more[0]}\n{more[1]}\n{steps}\n"
    )
    print(section)
    if not QUICK:
        page = ROOT / "docs" / "speed.md"
        head, rest = page.read_text().split(MARKS[0])
        page.write_text(head + MARKS[0] + section + MARKS[1] + rest.split(MARKS[1])[1])
        # It says by its exit code whether every bound holds.
        asked = [sys.executable, ROOT / "benches" / "requests.py", lab.campanile, "--write"]
        raise SystemExit(subprocess.run(asked, cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
