"""What Spark writes, and what Campanile makes of it. What was expected before the first run stands beside each folder."""

import csv
import datetime
import decimal
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

WORK = pathlib.Path(os.environ["WORK"])
CAMPANILE = os.environ.get("CAMPANILE", "")
root = WORK / "project"
exports = root / "exports"
NAMES = ["Åsa", "O'Hara, \"Bo\"", "Li"]
SEEN = datetime.datetime(2030, 1, 7, 6, 0, tzinfo=datetime.timezone.utc)
PEOPLE = [
    (46701740600 + n, NAMES[n % 3], decimal.Decimal(f"{n % 7}.50"), datetime.date(2030, 1, n % 28 + 1), SEEN, None if n % 2 else "x")
    for n in range(1, 41)
]
SCHEMA = "msisdn bigint, first_name string, points decimal(9,2), day date, seen timestamp, gap string"


def session():
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "OFF",
        "spark.sql.warehouse.dir": str(WORK / "warehouse"),
        "spark.sql.session.timeZone": "Asia/Kathmandu",
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def killed(folder):
    """Overwrites a folder slowly, until somebody kills it."""
    spark = session()
    frame = spark.createDataFrame(PEOPLE, SCHEMA).repartition(8)
    slow = frame.selectExpr("*", "java_method('java.lang.Thread', 'sleep', bigint(200)) AS slept")
    slow.write.mode("overwrite").parquet(folder)


if len(sys.argv) > 1:
    killed(sys.argv[1])
    sys.exit()

(root / "campaigns").mkdir(parents=True)
exports.mkdir()
(root / "campanile.yaml").write_text(
    "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n"
)


def plan(source, text="{{ day }}"):
    (root / "campaigns" / "spring.yaml").write_text(
        f"sender: ACME\nbody: 'Hi {{{{ first_name }}}}, {{{{ points }}}} {text}. STOP: www.acme.example/stop'\n"
        f"recipients:\n  - {source}\n"
        "delivery: { windows: [{ opens: 2030-01-08T10:00, closes: 2030-01-08T12:00 }] }\n"
    )
    command = [CAMPANILE, "-C", str(root), "--at", "2030-01-07T08:00:00Z", "plan", "-o", "json"]
    return subprocess.run(command, capture_output=True, text=True)


def references(source, text="{{ day }}"):
    done = plan(source, text)
    assert done.returncode == 0, (source, done.stderr)
    document = json.loads(done.stdout)
    assert document["summary"]["people"] == len(PEOPLE), (source, document["summary"])
    return sorted(operation["reference"] for operation in document["operations"])


def refused(source, why):
    done = plan(source)
    assert done.returncode == 65 and why in done.stderr, (source, why, done.returncode, done.stderr)


with open(exports / "members.csv", "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["msisdn", "first_name", "points", "day", "seen"])
    rows.writerows((*person[:4], "2030-01-07 06:00:00+00") for person in PEOPLE)
expected = references("csv: ../exports/members.csv")
instants = references("csv: ../exports/members.csv", "{{ seen }}")

spark = session()
frame = spark.createDataFrame(PEOPLE, SCHEMA).repartition(3)


def folder(name):
    return str(exports / name)


def parquet(name):
    return f"parquet: ../exports/{name}/"


# Expected: read, whatever the codec. Seen: so; `lz4` is the framing of Hadoop, `lz4_raw` is not. brotli has no codec there.
for codec in ["snappy", "zstd", "gzip", "lz4", "lz4_raw", "uncompressed"]:
    frame.write.option("compression", codec).parquet(folder(codec))
    assert references(parquet(codec)) == expected, codec
# Expected: instants of all three kinds read the same, in UTC. Seen: so.
for kind in ["INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS"]:
    spark.conf.set("spark.sql.parquet.outputTimestampType", kind)
    frame.write.parquet(folder(kind))
    assert references(parquet(kind), "{{ seen }}") == instants, kind
spark.conf.unset("spark.sql.parquet.outputTimestampType")
# Expected: pages of version 2, decimals as old Spark wrote them, several files a task and buckets are read. Seen: so.
frame.write.option("parquet.writer.version", "v2").parquet(folder("v2"))
spark.conf.set("spark.sql.parquet.writeLegacyFormat", "true")
frame.write.parquet(folder("legacy"))
spark.conf.unset("spark.sql.parquet.writeLegacyFormat")
frame.write.option("maxRecordsPerFile", 5).parquet(folder("many"))
frame.write.bucketBy(2, "msisdn").option("path", folder("buckets")).saveAsTable("buckets")
for name in ["v2", "legacy", "many", "buckets"]:
    assert references(parquet(name)) == expected, name
# Expected: a column of numbers that a join made doubles, or text, reads the same. Seen: so.
for kind in ["double", "string"]:
    frame.withColumn("msisdn", frame.msisdn.cast(kind)).write.parquet(folder(kind))
    assert references(parquet(kind)) == expected, kind
# Expected: CSV with both options is read, packed with gzip too. Seen: so; Spark 4.3.0 offers no zstd for CSV.
right = frame.drop("gap").write.option("header", True).option("escape", '"')
for codec in ["none", "gzip"]:
    right.mode("overwrite").option("compression", codec).csv(folder(f"csv-{codec}"))
    assert references(f"csv: ../exports/csv-{codec}/") == expected, codec
# Expected: partitions without rows leave files without rows, or none. Seen: none, and a part number is missing: read.
few = frame.filter("msisdn <= 46701740602").repartition(8).drop("gap")
few.write.option("header", True).option("escape", '"').csv(folder("few"))
assert json.loads(plan("csv: ../exports/few/").stdout)["summary"]["people"] == 2
# Expected: other codecs of CSV, and Spark's own defaults, are refused by name. Seen: so.
for codec in ["bzip2", "lz4", "snappy", "deflate"]:
    right.mode("overwrite").option("compression", codec).csv(folder("packed"))
    refused("csv: ../exports/packed/", "is no part of CSV")
frame.write.option("header", True).csv(folder("defaults"))
refused("csv: ../exports/defaults/", "backslash")
# Expected: what is not one whole list is refused. Seen: so.
frame.write.parquet(folder("twice"))
frame.write.mode("append").parquet(folder("twice"))
refused(parquet("twice"), "2 runs")
frame.selectExpr("*", "'SE' AS country").write.partitionBy("country").parquet(folder("partitions"))
refused(parquet("partitions"), "has a folder in it (`country=SE`)")
assert references("parquet: ../exports/partitions/country=SE/*.parquet") == expected
frame.filter("false").write.parquet(folder("nobody"))
refused(parquet("nobody"), "no rows")
frame.selectExpr("*", "array(1) AS tags").write.parquet(folder("nested"))
refused(parquet("nested"), "`tags` is nested")
frame.write.orc(folder("orc"))
refused(parquet("orc"), "no part of Parquet")
hadoop = spark.sparkContext._jsc.hadoopConfiguration()
hadoop.set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
frame.write.parquet(folder("unmarked"))
hadoop.set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "true")
refused(parquet("unmarked"), "_SUCCESS")
# Expected of an overwrite that fails: parts of both, no `_SUCCESS`. Seen: an empty folder; Spark removes the old parts
# before it writes, and what it wrote after the failure.
frame.write.parquet(folder("failed"))
broken = frame.selectExpr("*", "if(msisdn > 46701740630, raise_error('no'), 'x') AS late")
try:
    broken.write.mode("overwrite").parquet(folder("failed"))
    raise SystemExit("the overwrite did not fail")
except Exception as error:
    assert "no" in str(error)
refused(parquet("failed"), "no part files")
# Expected of one that is killed: `_temporary`. Seen: so.
frame.write.parquet(folder("killed"))
writer = subprocess.Popen([sys.executable, __file__, folder("killed")], start_new_session=True, stderr=subprocess.DEVNULL)
started = time.monotonic()
while not list((exports / "killed").glob("_temporary/**/*.parquet")):
    assert writer.poll() is None and time.monotonic() - started < 120, "nothing was written"
    time.sleep(0.05)
os.killpg(writer.pid, signal.SIGKILL)
writer.wait()
refused(parquet("killed"), "temporary file (`_temporary`)")
spark.stop()
print("spark: the same references, or a refusal")
