#!/usr/bin/env bash
# A bounded soak against the emulator on loopback, faults on: nothing lost, nothing doubled, memory told.
# tests/soak/run.sh CAMPANILE [CAMPAIGNS [RECIPIENTS-PER-CAMPAIGN]]      (1000 campaigns of 5000 people unless told)
set -euo pipefail
campanile=$(realpath "$1")
campaigns=${2:-1000}
people=${3:-5000}
at=2030-01-07T08:00:00Z

room=$(mktemp -d)
emulator=
finish() {
  [ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true
  rm -rf "$room"
}
trap finish EXIT
cd "$room"

# Answers lost after the work was done, answers that never came, servers that fail: again and again.
cat > faults.yaml <<'FAULTS'
- { match: "POST /v2/batches", nth: 7, times: 2, fault: drop_after }
- { match: "POST /v2/batches", nth: 40, times: 1, fault: status, status: 503, commit: true }
- { match: "POST /v2/batches", nth: 90, times: 1, fault: drop_before }
- { match: "GET /v2/batches", nth: 5, times: 1, fault: status, status: 503 }
- { match: "GET /v2/batches", nth: 21, times: 1, fault: truncate }
- { match: "POST /v2/batches", nth: 150, times: 1, fault: list_lag, lists: 2 }
- { match: "POST /v2/batches", nth: 1000, times: 3, fault: truncate }
- { match: "POST /v2/batches", nth: 2000, times: 2, fault: garbage }
- { match: "GET /v2/batches", nth: 3000, times: 2, fault: drop_after }
- { match: "POST /v2/batches", nth: 4000, times: 2, fault: drop_before }
- { match: "POST /v2/batches", nth: 5000, times: 1, fault: status, status: 408, commit: true }
FAULTS
"$campanile" emulate --at "$at" --faults faults.yaml > listening &
emulator=$!
until grep -q http listening 2>/dev/null; do kill -0 "$emulator"; sleep 0.1; done
url=$(sed 's/listening on //' listening)

mkdir -p shop/campaigns shop/recipients
cat > shop/campanile.yaml <<PROJECT
namespace: soak
timezone: UTC
providers:
  real: { kind: ip1, base_url: "$url", token_env: TOKEN, requests_per_second: 1000, list_lag: 1s, unknown_hold: 0s, max_recipients_per_batch: 1000 }
PROJECT
export TOKEN=soak
awk -v people="$people" 'BEGIN { print "msisdn,name"; for (i = 0; i < people; i++) printf "467017%05d,P%d\n", i, i }' > shop/recipients/all.csv
for ((i = 0; i < campaigns; i++)); do
  cat > "shop/campaigns/c$i.yaml" <<CAMPAIGN
sender: ACME
category: service
body: "c$i: hello {{ name }}"
recipients: [{ csv: ../recipients/all.csv }]
delivery: { windows: [{ opens: 2030-01-10T09:00, closes: 2030-01-10T20:00 }] }
CAMPAIGN
done

# In MiB: now (VmRSS) or at most so far (VmHWM).
memory() { awk -v what="$2:" '$1 == what { print int($2 / 1024) }' "/proc/$1/status" 2>/dev/null || echo 0; }
begun=$SECONDS
for ((run = 1; run <= 12; run++)); do
  "$campanile" -C shop apply --yes -q -o json --at "$at" > report.json 2> errors &
  applying=$!
  most=0
  : > samples
  while kill -0 "$applying" 2>/dev/null; do
    now=$(memory "$applying" VmHWM)
    [ "${now:-0}" -gt "$most" ] && most=$now
    memory "$applying" VmRSS >> samples
    sleep 0.5
  done
  code=0
  wait "$applying" || code=$?
  half=$(awk '{ all[NR] = $1 } END { print all[int(NR / 2) + 1] }' samples)
  done_=$(sed -n 's/^    "done": \([0-9]*\).*/\1/p' report.json)
  echo "run $run: exit $code, ${done_:-0} operations done, $((SECONDS - begun)) s, memory at most $most MiB, $half at half time (emulator $(memory "$emulator" VmRSS) MiB)"
  case $code in
    0) [ "${done_:-0}" -eq 0 ] && ! grep -q unknown_outcome report.json && break ;;
    1 | 5 | 6) ;;
    *) cat errors; exit 1 ;;
  esac
done

curl -sf -H 'content-type: application/json' -d '{"now":"2030-01-10T12:00:00Z"}' "$url/_emulator/clock" > /dev/null
# In pages: the list as a whole would be the largest thing in this test.
start=0
: > sent
while curl -sf "$url/_emulator/messages?start=$start&limit=200000" > page && [ "$(head -c 3 page)" != "[]" ]; do
  tr '{' '\n' < page | grep -o '"body":"[^"]*"\|"recipient":"[^"]*"' | paste - - >> sent
  start=$((start + 200000))
done
sort -o sent sent
all=$(wc -l < sent)
different=$(uniq sent | wc -l)
wanted=$((campaigns * people))
echo "$campaigns campaigns of $people people: $all messages sent, $different different, $wanted wanted, $((SECONDS - begun)) s; emulator at most $(memory "$emulator" VmHWM) MiB"
[ "$all" -eq "$wanted" ] && [ "$different" -eq "$wanted" ]
