#!/usr/bin/env python3
"""Measures what docs/sources.md says about time, memory and size.

In: a binary of `cargo build --profile dist` (`--binary PATH`, else target/dist/campanile), and within `tests/sources/postgres.sh`
a real PostgreSQL. Out: a table. A time counts only where all sources of a comparison
gave the same people and segments. Runs that are compared alternate, and the median of the ratios of neighbors is
taken, so that a slow minute counts for both; instructions (perf) do not depend on what else the machine does.

    tests/sources/postgres.sh PYTHON benches/sources.py [--rows N] [--runs N]

PYTHON has duckdb, which writes the list as CSV and as Parquet.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
options = argparse.ArgumentParser()
options.add_argument("--binary", default=ROOT / "target/dist/campanile")
options.add_argument("--rows", type=int, default=1_000_000)
options.add_argument("--runs", type=int, default=7)
options.add_argument("--lists", help="only writes the lists into this folder")
OPTIONS = options.parse_args()


def write_lists(folder, rows):
    """The list as CSV and as Parquet."""
    import duckdb

    duck = duckdb.connect()
    people = (
        f"SELECT 46701000000 + i AS msisdn, 'Name' || (i % 1000) AS first_name, 'City ' || (i % 290) AS city,"
        f" ((i * 7919) % 100000)::DECIMAL(9,2) / 100 AS points, DATE '2020-01-01' + (i % 2000)::INTEGER AS since"
        f" FROM range({rows}) t(i)"
    )
    duck.execute(f"CREATE TABLE people AS {people}")
    duck.execute("ALTER TABLE people ALTER points TYPE DECIMAL(9,2)")
    duck.execute(f"COPY people TO '{folder}/people.csv' (HEADER)")
    duck.execute(f"COPY people TO '{folder}/people.parquet' (FORMAT parquet, COMPRESSION snappy)")


if OPTIONS.lists:
    write_lists(OPTIONS.lists, OPTIONS.rows)
    sys.exit()
BINARY = str(pathlib.Path(OPTIONS.binary).resolve())
HAS_PERF = shutil.which("perf") is not None

work = pathlib.Path(tempfile.mkdtemp(prefix="campanile-bench-"))
(work / "project/campaigns").mkdir(parents=True)
(work / "project/lists").mkdir()
(work / "project/campanile.yaml").write_text(
    "namespace: acme\ntimezone: UTC\nproviders: { sandbox: { kind: sandbox } }\n"
    "sources: { warehouse: { kind: postgres, url_env: WAREHOUSE_URL } }\n"
)
lists = work / "project/lists"


def campaign(source):
    (work / "project/campaigns/spring.yaml").write_text(
        "sender: ACME\nbody: 'Hi {{ first_name }} of {{ city }}: {{ points }} points since {{ since }}. STOP: acme.example/stop'\n"
        f"recipients: [{source}]\n"
        "delivery: { windows: [{ opens: 2030-01-08T09:00, closes: 2030-01-08T20:00 }] }\n"
    )


class Run:
    """One finished run: seconds, peak memory in bytes, instructions, what it printed."""

    def __init__(self, *words):
        count = work / "instructions"
        perf = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", str(count)] if HAS_PERF else []
        with tempfile.TemporaryFile() as out:
            start = time.perf_counter()
            child = subprocess.Popen([*perf, *map(str, words)], stdout=out, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds = time.perf_counter() - start
            out.seek(0)
            self.text = out.read().decode()
        assert status == 0, (words, self.text[-2000:])
        self.peak = usage.ru_maxrss * 1024
        said = count.read_text().splitlines()[-1].split(",")[0] if HAS_PERF else ""
        self.instructions = int(said) if said.isdigit() else None


def plan(source):
    campaign(source)
    run = Run(BINARY, "-C", work / "project", "--at", "2030-01-07T08:00:00Z", "plan", "-o", "json")
    summary = json.loads(run.text)["summary"]
    run.said = (summary["people"], summary["segments"])
    return run


def write(rows):
    """The list in every form. By a process of its own: a program that is started counts the memory of who started it."""
    subprocess.run([sys.executable, __file__, "--lists", str(lists), "--rows", str(rows)], check=True)
    psql = ["psql", "-qv", "ON_ERROR_STOP=1"]
    table = "DROP TABLE IF EXISTS marts.people; CREATE TABLE marts.people (msisdn bigint, first_name text, city text, points numeric(9,2), since date)"
    subprocess.run([*psql, "-c", table, "-c", f"\\copy marts.people FROM '{lists}/people.csv' CSV HEADER", "-c", "ANALYZE marts.people"], check=True)


def exported():
    """The way by hand: psql writes a file, and the plan of that file."""
    copy = f"\\copy (SELECT * FROM marts.people) TO '{lists}/copied.csv' CSV HEADER"
    first = Run("psql", "-q", os.environ["WAREHOUSE_URL"], "-c", copy)
    second = plan("{ csv: ../lists/copied.csv }")
    second.seconds += first.seconds
    second.instructions = second.instructions and first.instructions and second.instructions + first.instructions
    return second


JOBS = {
    "csv": lambda: plan("{ csv: ../lists/people.csv }"),
    "parquet": lambda: plan("{ parquet: ../lists/people.parquet }"),
    "postgres": lambda: plan("{ source: warehouse, table: marts.people }"),
    "by hand": exported,
}


def measured(rows, count):
    write(rows)
    runs = {name: [] for name in JOBS}
    for job in JOBS.values():
        job()
    for _ in range(count):
        for name, job in JOBS.items():
            runs[name].append(job())
    said = {run.said for all_runs in runs.values() for run in all_runs}
    assert len(said) == 1 and said.pop()[0] == rows, said
    return runs


def ratio(runs, one, other, what):
    pairs = [(getattr(a, what), getattr(b, what)) for a, b in zip(runs[one], runs[other])]
    return statistics.median(a / b for a, b in pairs) if all(a and b for a, b in pairs) else None


def shown(value, form="{:.2f}"):
    return "not measured" if value is None else form.format(value)


def flat(few, many, name):
    """Bytes of memory that a further row takes."""
    peaks = [min(run.peak for run in runs[name]) for runs in (few, many)]
    return (peaks[1] - peaks[0]) / (OPTIONS.rows * 0.9)


few = measured(OPTIONS.rows // 10, 3)
many = measured(OPTIONS.rows, OPTIONS.runs)
rows = [("what", "bound", "seconds", "instructions")]
for what, bound, one, other in [
    ("from PostgreSQL, times `psql -c \"\\copy ...\"` plus the plan of that file", 1.3, "postgres", "by hand"),
    ("from Parquet (snappy, 5 columns, all used), times the list as CSV", 1, "parquet", "csv"),
]:
    rows.append((what, f"at most {bound}", shown(ratio(many, one, other, "seconds")), shown(ratio(many, one, other, "instructions"))))
for name in ["csv", "parquet", "postgres"]:
    best = min(run.seconds for run in many[name])
    each = many[name][0].instructions
    rows.append((f"the whole plan from {name}", "", f"{best:.2f} s", shown(each and each / OPTIONS.rows, "{:.0f} a row")))
    rows.append((f"memory of one more row, {name}", "", f"{flat(few, many, name):.0f} bytes", ""))
rows.append(("the binary", "", f"{os.path.getsize(BINARY) / 1e6:.1f} MB", ""))
text = "".join("| " + " | ".join(row) + " |\n" + ("|---|---|---|---|\n" if at == 0 else "") for at, row in enumerate(rows))
print(text)
shutil.rmtree(work)
