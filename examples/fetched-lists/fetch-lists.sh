#!/usr/bin/env bash
# Fetches the lists before `campanile plan` and `campanile apply`; the suppression list last, so that it is the newest.
# Without LISTS_URL - on a laptop, in a fork - the fictional list is used.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p suppressions
if [ -z "${LISTS_URL:-}" ]; then
  cp recipients/fictional.csv recipients/members.csv
  printf 'msisdn\n+46701740699\n' > suppressions/stop.csv
  exit 0
fi
for list in recipients/members.csv suppressions/stop.csv; do
  curl -fsS --proto '=https' --retry 3 -H "Authorization: Bearer $LISTS_TOKEN" -o "$list.part" "$LISTS_URL/$list"
  # A list that was cut ends within a line.
  [ -s "$list.part" ] && [ -z "$(tail -c 1 "$list.part")" ] || { echo "$list is empty or cut" >&2; exit 1; }
  mv "$list.part" "$list"
done
