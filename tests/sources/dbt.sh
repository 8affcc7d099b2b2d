#!/usr/bin/env bash
# The project of docs/sources.md with a real dbt: its model, its role, its campaign and its query are taken from the page.
# `tests/sources/dbt.sh CAMPANILE`; needs Debian's postgresql and Python; dbt is installed from PyPI into a temporary
# folder. Not part of CI.
set -euo pipefail
campanile=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${WAREHOUSE_URL:-}" ]; then
  exec "$here/postgres.sh" "$0" "$campanile"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "${DBT:-}" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q dbt-core==1.10.23 "dbt-postgres<1.11"
  DBT=$work/venv/bin/dbt
fi
mkdir -p "$work/dbt/models/marts" "$work/dbt/macros" "$work/project/campaigns" "$work/project/audiences"
python3 - "$here/../../docs/sources.md" "$work" <<'PY'
import datetime, pathlib, re, sys

page, work = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
page = page.split("## A worked project: dbt and PostgreSQL")[1].split("\n## ")[0]
blocks = re.findall(r"```\w+\n(.*?)```", page, re.DOTALL)


def block(first):
    return next(text for text in blocks if text.startswith(first))


tomorrow = str(datetime.date.today() + datetime.timedelta(days=1))
(work / "dbt/models/marts/sms_spring.sql").write_text(block("-- models/marts/sms_spring.sql"))
(work / "role.sql").write_text(block("CREATE ROLE"))
(work / "project/campanile.yaml").write_text(
    "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n" + block("# campanile.yaml")
)
(work / "project/campaigns/spring.yaml").write_text(block("# campaigns/spring.yaml").replace("2027-03-26", tomorrow))
(work / "project/audiences/spring.sql").write_text(block("-- audiences/spring.sql"))
PY
psql -qv ON_ERROR_STOP=1 -f "$work/role.sql" -c "ALTER DEFAULT PRIVILEGES IN SCHEMA marts REVOKE SELECT ON TABLES FROM reader"
cd "$work/dbt"
cat >dbt_project.yml <<'YAML'
name: acme
version: 1.0.0
config-version: 2
profile: acme
models: { acme: { marts: { +schema: marts } } }
YAML
cat >profiles.yml <<YAML
acme:
  target: dev
  outputs:
    dev: { type: postgres, host: "$PGHOST", port: $PGPORT, user: owner, password: none, dbname: postgres, schema: public, threads: 1 }
YAML
echo "{% macro generate_schema_name(custom, node) -%}{{ custom or target.schema }}{%- endmacro %}" >macros/schema.sql
echo "SELECT n AS customer_id, 46701000000 + n AS msisdn, 'Li' AS first_name, timestamptz '2026-06-01' AS consent_at FROM generate_series(1, 60000) n" >models/customers.sql
echo "SELECT n AS customer_id, now() - interval '200 days' AS ordered_at FROM generate_series(1, 60000) n" >models/orders.sql
export WAREHOUSE_URL="postgresql:///postgres?host=$PGHOST&port=$PGPORT&user=campanile"
plan() { "$campanile" -C "$work/project" plan -o json "$@" 2>"$work/told" | python3 -c 'import json, sys; plan = json.load(sys.stdin); print(plan["summary"]["people"], *(item["message"] for item in plan["held"]))'; }
expect() {
  local got; got=$(plan "${@:2}")
  [[ "$got" == $1 ]] || { echo "dbt: $got, not $1"; cat "$work/told"; exit 1; }
}
# The right outlives the next run, which makes the table anew.
for run in first second; do
  "$DBT" -q run --profiles-dir .
  expect "60000"
done
# dbt has not run for more than a day.
psql -qc "UPDATE marts.sms_spring SET loaded_at = now() - interval '25 hours'"
expect "0 *old by*loaded_at*"
echo "dbt: the project of the page plans, and is held when dbt has not run"
