"""One audience, written by real engines, read by Campanile: the same references whatever the source."""

import datetime
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading

import duckdb
import openpyxl
import pandas
import polars

WORK = pathlib.Path(os.environ["WORK"])
CAMPANILE = os.environ["CAMPANILE"]
AT = "2030-01-07T08:00:00Z"
PEOPLE = [(46701740600 + n, ["Åsa", "O'Hara, \"Bo\"", "Li"][n % 3], f"{n % 7}.50") for n in range(1, 41)]
HEAD = ["msisdn", "first_name", "points"]

root = WORK / "project"
(root / "campaigns").mkdir(parents=True)
(root / "audiences").mkdir()
(root / "exports").mkdir()


def psql(sql):
    subprocess.run(["psql", "-qv", "ON_ERROR_STOP=1"], input=sql, text=True, check=True)


def write_project():
    (root / "campanile.yaml").write_text(
        "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n"
        "sources:\n"
        "  warehouse: { kind: postgres, url_env: WAREHOUSE_URL, statement_timeout: 3s, max_rows: 1000 }\n"
        "  writer: { kind: postgres, url_env: WRITER_URL }\n"
        "  secure: { kind: postgres, url_env: TLS_URL, ca_file: own.pem }\n"
        "  unknown: { kind: postgres, url_env: TLS_URL }\n"
        f"  web: {{ kind: https, base_url: 'http://127.0.0.1:{PORT}', token_env: WEB_TOKEN }}\n"
    )


def campaign(source, suppressions="[]"):
    (root / "campaigns" / "spring.yaml").write_text(
        "sender: ACME\nbody: 'Hi {{ first_name }}, {{ points }} points. STOP: reply STOP'\n"
        f"recipients:\n  - {source}\nsuppressions: {suppressions}\n"
        "delivery: { windows: [{ opens: 2030-01-08T10:00, closes: 2030-01-08T12:00 }] }\n"
    )


def run(*arguments, code=None, at=AT):
    done = subprocess.run(
        [CAMPANILE, "-C", str(root), "--at", at, *arguments], capture_output=True, text=True, env=ENVIRONMENT
    )
    told = done.stdout + done.stderr
    for secret in ["t0k3n", "s3cretpw", *(str(number) for number, _, _ in PEOPLE)]:
        assert secret not in told, f"{arguments} tells {secret}: {told}"
    if code is not None:
        assert done.returncode == code, (arguments, done.returncode, told)
    return done


def plan(source):
    campaign(source)
    done = run("plan", "-o", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 0, (source, done.stdout, done.stderr)
    return document


def references(source):
    document = plan(source)
    found = sorted(operation["reference"] for operation in document["operations"])
    assert found, (source, document)
    assert document["summary"]["people"] == len(PEOPLE), (source, document["summary"])
    return found


def held(source, why):
    """The campaign is held with this reason; nothing is created."""
    campaign(source)
    document = json.loads(run("plan", "-o", "json").stdout)
    assert document.get("operations") == [], (source, document)
    reasons = [(item["reason"], item["message"]) for item in document["held"]]
    assert reasons and all(reason == "source_unreadable" for reason, _ in reasons), (source, document)
    assert any(why in message for _, message in reasons), (why, reasons)


def refused(source, why):
    campaign(source)
    done = run("plan", code=65)
    assert why in done.stderr, (why, done.stderr)


def office(ending, name):
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{WORK}/office", "--headless", "--convert-to", ending, "--outdir",
         str(root / "exports" / "office"), str(root / "exports" / name)],
        check=True, capture_output=True,
    )


class Files(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Authorization") != "Bearer t0k3n":
            self.send_response(403)
            self.end_headers()
        elif self.path == "/moved.csv":
            self.send_response(302)
            self.send_header("Location", "/members.csv")
            self.end_headers()
        elif self.path == "/page.csv":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>sign in</html>")
        else:
            body = (root / "exports" / self.path.lstrip("/")).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"v1"')
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
PORT = server.server_address[1]
threading.Thread(target=server.serve_forever, daemon=True).start()
ENVIRONMENT = {**os.environ, "WEB_TOKEN": "t0k3n"}
write_project()

# The list as CSV is what all others are compared with.
frame = pandas.DataFrame(PEOPLE, columns=HEAD)
exports = root / "exports"
frame.to_csv(exports / "members.csv", index=False)
expected = references("csv: ../exports/members.csv")

# Part files, by the engines themselves.
duck = duckdb.connect()
duck.execute("SET threads = 2")
duck.register("members", frame)
duck.execute(f"COPY (SELECT * FROM members ORDER BY msisdn) TO '{exports}/duck.parquet' (FORMAT parquet)")
duck.execute(f"COPY (SELECT msisdn, first_name, points::DECIMAL(9,2) AS points FROM members) TO '{exports}/duckdecimal.parquet' (FORMAT parquet, COMPRESSION zstd)")
duck.execute(f"COPY members TO '{exports}/duckcsv' (FORMAT csv, HEADER, PER_THREAD_OUTPUT)")
lazy = polars.DataFrame(PEOPLE, schema=HEAD, orient="row")
(exports / "polars").mkdir()
lazy.head(20).write_parquet(exports / "polars" / "00000000.parquet")
lazy.tail(20).write_parquet(exports / "polars" / "00000001.parquet", compression="snappy")
(exports / "pandas").mkdir()
frame.head(20).to_parquet(exports / "pandas" / "part-0.parquet", index=False)
frame.tail(20).to_parquet(exports / "pandas" / "part-1.parquet", index=False, compression="gzip")
# A gap makes a whole number of pandas a float.
gap = frame.astype({"msisdn": "float64"})
gap.to_parquet(exports / "gap.parquet", index=False, compression="lz4")
for source in [
    "parquet: ../exports/duck.parquet",
    "parquet: ../exports/duckdecimal.parquet",
    "csv: ../exports/duckcsv/",
    "parquet: ../exports/polars/",
    "parquet: ../exports/pandas/",
    "parquet: ../exports/pandas/part-*.parquet",
    "parquet: ../exports/gap.parquet",
]:
    assert references(source) == expected, source

# A column that nobody uses is not read: what is wrong in it stops nothing.
wide = frame.assign(ledger=[4670174060012345678.0 + n for n in range(len(PEOPLE))])
wide.to_parquet(exports / "wide.parquet", index=False)
assert references("parquet: ../exports/wide.parquet") == expected
refused("{ parquet: ../exports/wide.parquet, where: ledger }", "column `ledger`, row 1 of")

# Folders that are not one whole list.
spark = exports / "spark"
spark.mkdir()
name = "part-0000{}-{}-c000.snappy.parquet"
first, second = "2b1d4c5e-0000-4abc-8def-0123456789ab", "9b1d4c5e-0000-4abc-8def-0123456789ab"
shutil.copy(exports / "duck.parquet", spark / name.format(0, first))
refused("parquet: ../exports/spark/", "_SUCCESS")
(spark / "_SUCCESS").touch()
assert references("parquet: ../exports/spark/") == expected
shutil.copy(exports / "duck.parquet", spark / name.format(1, second))
refused("parquet: ../exports/spark/", "2 runs")
duck.execute(f"COPY (SELECT *, [1, 2] AS tags FROM members) TO '{exports}/nested.parquet' (FORMAT parquet)")
refused("parquet: ../exports/nested.parquet", "`tags` is nested")

# Workbooks.
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Kunder"
sheet.append(HEAD)
for person in PEOPLE:
    sheet.append(person)
book.create_sheet("Notes").sheet_state = "hidden"
book.save(exports / "members.xlsx")
assert references("{ xlsx: ../exports/members.xlsx, sheet: Kunder }") == expected
assert references("xlsx: ../exports/members.xlsx") == expected
if shutil.which("soffice"):
    office("ods", "members.xlsx")
    assert references("xlsx: ../exports/office/members.ods") == expected
# A row of a sheet is asked for as the sheet counts, one of Parquet from 1.
for source, row in [("{ xlsx: ../exports/members.xlsx, sheet: Kunder }", 3), ("parquet: ../exports/duck.parquet", 2)]:
    campaign(source)
    shown = json.loads(run("preview", "spring", "--row", str(row), "-o", "json", code=0).stdout)
    assert shown["messages"][0]["body"].startswith("Hi Li, 2.50"), shown
# Formulas that no program has computed, and times of more than a day: what LibreOffice makes of both is the same.
sheet["D1"], sheet["E1"] = "note", "spent"
for row in range(2, sheet.max_row + 1):
    sheet.cell(row, 4, '=CONCATENATE("a","b")')
    sheet.cell(row, 5, datetime.timedelta(hours=30)).number_format = "[h]:mm"
book.save(exports / "formulas.xlsx")
campaign("{ xlsx: ../exports/formulas.xlsx, sheet: Kunder }")
assert "formulas without a value (the first: D2)" in run("plan", code=0).stderr
if shutil.which("soffice"):
    for ending in ["ods", "xlsx"]:
        office(ending, "formulas.xlsx")
    spent = "{ xlsx: ../exports/office/formulas.%s, sheet: Kunder, where: \"note == 'ab' and spent == '30:00:00'\" }"
    assert references(spent % "ods") == references(spent % "xlsx") == expected
sheet["A3"] = 4670174060012345678
book.save(exports / "long.xlsx")
refused("{ xlsx: ../exports/long.xlsx, sheet: Kunder }", "cell A3")

# The web.
assert references("{ source: web, path: members.csv }") == expected
assert references("{ source: web, path: duck.parquet }") == expected
held("{ source: web, path: moved.csv }", "status 302")
held("{ source: web, path: page.csv }", "is a page")
ENVIRONMENT["WEB_TOKEN"] = "other"
held("{ source: web, path: members.csv }", "status 403")
ENVIRONMENT["WEB_TOKEN"] = "t0k3n"

# PostgreSQL.
psql(
    "CREATE TABLE marts.members (msisdn bigint, first_name text, points numeric(9,2), seen timestamptz);"
    + "".join(
        "INSERT INTO marts.members VALUES ({}, '{}', {}, '2030-01-07 06:00Z');".format(n, f.replace("'", "''"), p)
        for n, f, p in PEOPLE
    )
    + "ANALYZE;"
)
audience = root / "audiences" / "spring.sql"


def query(sql, more=""):
    audience.write_text(sql)
    return "{ source: warehouse, sql: ../audiences/spring.sql" + more + " }"


# In TLS, by the certificate that is named; without it, by nobody's word.
shutil.copy(os.environ["TLS_CA"], root / "own.pem")
assert references("{ source: secure, table: marts.members }") == expected
held("{ source: unknown, table: marts.members }", "cannot be read")
everybody = "SELECT msisdn, first_name, points FROM marts.members"
assert references("{ source: warehouse, table: marts.members }") == expected
for sql in [everybody, everybody + ";", everybody + "; -- all of them;\n", "/* ; */ " + everybody + " ORDER BY msisdn DESC"]:
    assert references(query(sql)) == expected, sql
since = everybody + " WHERE seen >= current_setting('campanile.since')::date AND seen <= current_setting('campanile.as_of')::timestamptz"
assert references(query(since, ", params: { since: 2030-01-01 }")) == expected
held(query(since), "campanile.since")
held(query(everybody + "; DELETE FROM marts.members"), "multiple commands")
held(query(everybody + ") TO STDOUT; SELECT (1"), "syntax error")
held(query("DELETE FROM marts.members RETURNING msisdn"), "read-only transaction")
held(query("SELECT msisdn, first_name, points FROM marts.nothing"), "line 1")
held(query("SELECT msisdn, first_name, points, pg_sleep(20) FROM marts.members"), "statement timeout")
held(query(everybody + " WHERE false"), "no row")
held(query("SELECT generate_series(1, 2000) AS msisdn, 'x' AS first_name, '1' AS points"), "max_rows")
held(query("SELECT first_name::int AS msisdn, first_name, points FROM marts.members"), "SQLSTATE 22P02")
held(query(everybody, ", expect: { rows: 50..60 }"), "40 rows")
fresh = everybody.replace(" FROM", ", seen FROM")
assert references(query(fresh, ", freshness: { column: seen, error_after: 24h }")) == expected
held(query(fresh, ", freshness: { column: seen, error_after: 1h }"), "is 2h old")
campaign("{ source: writer, table: marts.members }")
assert "may write" in run("plan", code=0).stderr

# Suppressions from the same places: every number column counts, an empty cell suppresses nobody.
psql(
    "CREATE TABLE marts.opt_outs (phone bigint, mobile text);"
    f"INSERT INTO marts.opt_outs VALUES ({PEOPLE[0][0]}, NULL), (NULL, '+{PEOPLE[1][0]}'), (NULL, NULL);"
)
gone = [(PEOPLE[0][0], None), (None, f"+{PEOPLE[1][0]}"), (None, None)]
stop = pandas.DataFrame(gone, columns=["phone", "mobile"])
stop.to_parquet(exports / "stop.parquet", index=False)
stop.to_csv(exports / "stop.csv", index=False)
stop.astype({"phone": "Int64"}).to_csv(exports / "whole.csv", index=False)
book = openpyxl.Workbook()
book.active.append(["phone", "mobile"])
for row in gone:
    book.active.append(row)
book.save(exports / "stop.xlsx")
(root / "audiences" / "opt_outs.sql").write_text("SELECT phone, mobile FROM marts.opt_outs;")
for entry in [
    "{ source: warehouse, sql: ../audiences/opt_outs.sql }",
    "{ source: warehouse, table: marts.opt_outs }",
    "{ parquet: ../exports/stop.parquet }",
    "{ xlsx: ../exports/stop.xlsx }",
    "{ source: web, path: stop.parquet }",
    "{ source: web, path: whole.csv }",
]:
    campaign("csv: ../exports/members.csv", f"[{entry}]")
    document = json.loads(run("plan", "-o", "json", code=0).stdout)
    assert document["summary"]["people"] == len(PEOPLE) - 2, (entry, document["summary"])
    assert document["campaigns"][0]["suppressed"] == 2, (entry, document["campaigns"])
campaign("csv: ../exports/members.csv", "[{ source: warehouse, table: marts.nothing }]")
document = json.loads(run("plan", "-o", "json").stdout)
assert [item["reason"] for item in document["held"]] == ["source_unreadable"] and not document["operations"], document
# Asked as of now, also by an apply of a saved plan.
psql("CREATE TABLE marts.stopped (phone bigint, at timestamptz);" + f"INSERT INTO marts.stopped VALUES ({PEOPLE[2][0]}, '2030-01-07 07:00Z');")
(root / "audiences" / "stopped.sql").write_text(
    "SELECT phone FROM marts.stopped WHERE at <= current_setting('campanile.as_of')::timestamptz"
)
campaign("{ source: warehouse, table: marts.members }", "[{ source: warehouse, sql: ../audiences/stopped.sql }]")
later = WORK / "later.json"
run("plan", "--save", str(later), code=0)
psql(f"INSERT INTO marts.stopped VALUES ({PEOPLE[3][0]}, '2030-01-07 08:10Z');")
done = run("apply", str(later), at="2030-01-07T08:20:00Z", code=0)
assert "C754" in done.stderr, done.stderr
shutil.rmtree(root / ".campanile", ignore_errors=True)

# A plan is held to what it read.
source = query(everybody)
campaign(source)
saved = WORK / "plan.json"
run("plan", "--save", str(saved), code=0)
receipt = json.loads(saved.read_text())["sources"][0]
assert receipt["rows"] == 40 and len(receipt["digest"]) == 32 and len(receipt["sql_digest"]) == 64, receipt
psql("INSERT INTO marts.members VALUES (46701740699, 'Eve', 1, now())")
done = run("apply", str(saved), code=4)
assert "gives 41 rows, and gave 40" in done.stderr, done.stderr
psql("DELETE FROM marts.members WHERE first_name = 'Eve'")
run("apply", str(saved), code=0)

# Nothing is connected to offline.
campaign(source)
ENVIRONMENT["WAREHOUSE_URL"] = "postgresql://u:s3cretpw@127.0.0.1:1/x"
done = run("validate", code=0)
assert "offline" in done.stderr, done.stderr
done = run("plan", "--offline", "-o", "json", code=0)
assert json.loads(done.stdout)["held"][0]["reason"] == "source_unreadable", done.stdout
held(source, "cannot be read")
run("sources", code=1)
print("sources: the same references from everywhere")
