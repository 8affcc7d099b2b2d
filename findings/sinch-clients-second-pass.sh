#!/usr/bin/env bash
# A list of batches that the official Sinch clients have gone through once gives less the second time, and says nothing.
#
# Expected: what `batches.list()` returns stands for the whole list, so a second loop over it gives the same batches again (or
# fails).
# Seen with sinch 2.3.0 (PyPI): the first pass over five batches in pages of two gives all five, the second pass gives only the
#   last page: one batch. `content()` gives the last page too: the paginator keeps the page where the first pass ended.
# Seen with @sinch/sdk-core 1.4.0 (npm): the second `for await` over the same object gives nothing and asks nothing.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm. The server is a stand-in on loopback.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
cat >server.py <<'PY'
import json, urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        page, size = int(query.get("page", 0)), int(query.get("page_size", 2))
        here = range(page * size, min(5, (page + 1) * size))
        batches = [
            {"type": "mt_text", "id": f"b{n}", "from": "ACME", "to": ["46701740605"], "body": "Hi", "canceled": False,
             "created_at": "2026-11-23T08:00:00Z", "modified_at": "2026-11-23T08:00:00Z"}
            for n in here
        ]
        answer = json.dumps({"page": page, "page_size": len(batches), "count": 5, "batches": batches}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 server.py >port &
server=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
port=$(cat port)

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sinch==2.3.0
venv/bin/python - "$port" <<'PY'
import sys
from sinch import SinchClient

client = SinchClient(service_plan_id="plan", sms_api_token="token", sms_region="eu")
client.configuration.sms_domain_with_service_plan_id = f"http://127.0.0.1:{sys.argv[1]}"
listed = client.sms.batches.list(page_size=2)
first, second = ([batch.id for batch in listed.iterator()] for _ in range(2))
print("sinch 2.3.0:", first, "then", second)
assert first == ["b0", "b1", "b2", "b3", "b4"], first
assert second == ["b4"], second
assert [batch.id for batch in listed.content()] == ["b4"]
PY

npm install --silent --no-audit --no-fund --prefix . @sinch/sdk-core@1.4.0 >/dev/null
cat >twice.js <<'JS'
const { SinchClient } = require('@sinch/sdk-core');
(async () => {
  const client = new SinchClient({
    servicePlanId: 'plan', apiToken: 'token', smsRegion: 'eu', smsHostname: `http://127.0.0.1:${process.argv[2]}`,
  });
  const listed = client.sms.batches.list({ page_size: 2 });
  const passes = [[], []];
  for (const pass of passes) for await (const batch of listed) pass.push(batch.id);
  console.log('@sinch/sdk-core 1.4.0:', JSON.stringify(passes[0]), 'then', JSON.stringify(passes[1]));
  if (passes[0].join() !== 'b0,b1,b2,b3,b4' || passes[1].length !== 0) process.exit(1);
})();
JS
node twice.js "$port"
