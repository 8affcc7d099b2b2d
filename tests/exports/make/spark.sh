#!/usr/bin/env bash
# Apache Spark: DataFrameWriter.csv as it comes, and with `escape` set to a quote. PYTHON has pyspark; Java is installed.
#
# Expected: as it comes, quotes inside are escaped with a backslash; nothing for null, `""` for the empty text; blanks around a
#   cell are taken off when it is written.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
folder=$(mktemp -d)
"${PYTHON:-python3}" - "$make/people.json" "$folder" <<'P'
import json, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
people = spark.createDataFrame([tuple(person.values()) for person in json.load(open(sys.argv[1]))], "msisdn string, first_name string, note string").coalesce(1)
people.write.option("header", True).csv(sys.argv[2] + "/plain")
people.write.option("header", True).option("escape", '"').csv(sys.argv[2] + "/doubled")
P
cp "$folder"/plain/part-*.csv "$out/spark.csv"; cp "$folder"/doubled/part-*.csv "$out/spark-escape-quote.csv"
