"""The batch operations of `clx-sdk-xms` 1.0.0 (PyPI, 2017), the ancestor of Sinch's clients, against an emulator.

Usage: python -m venv V && V/bin/pip install clx-sdk-xms==1.0.0 && V/bin/python clx_python.py http://127.0.0.1:PORT
"""

import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import clx.xms
from clx.xms import api
from clx.xms.exceptions import ErrorResponseException, NotFoundException

URL = sys.argv[1].rstrip("/")
ONE, TWO, THREE = "46701740605", "46701740606", "46701740607"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)


def control(path, body):
    data = json.dumps(body).encode()
    urllib.request.urlopen(urllib.request.Request(f"{URL}/_emulator/{path}", data=data, method="POST"), timeout=10)


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def refused(code, call, *arguments):
    try:
        call(*arguments)
    except ErrorResponseException as error:
        equal(error.error_code, code, "code")
        return
    raise AssertionError(f"not refused with {code}")


def order(kind=api.MtBatchTextSmsCreate):
    batch = kind()
    batch.sender = "+15551231234"
    batch.recipients = {"+" + ONE, TWO}
    batch.body = "Hi ${name}!"
    batch.parameters = {"name": {ONE: "Joe", "default": "there"}}
    batch.send_at = NOW + timedelta(hours=1)
    batch.expire_at = NOW + timedelta(hours=2)
    return batch


control("reset", {})
control("clock", {"now": NOW.isoformat()})
client = clx.xms.Client("clx-plan", "token", endpoint=URL + "/xms")

sent = client.create_batch(order())
equal((sent.recipients, sent.sender, sent.canceled), ({ONE, TWO}, "15551231234", False), "create")
equal((sent.send_at, sent.expire_at), (NOW + timedelta(hours=1), NOW + timedelta(hours=2)), "times")
equal(client.fetch_batch(sent.batch_id).body, "Hi ${name}!", "fetch")
dry = client.create_batch_dry_run(order(), 20)
equal((dry.number_of_recipients, dry.number_of_messages), (2, 2), "dry run")
equal({item.recipient: item.body for item in dry.per_recipient}, {ONE: "Hi Joe!", TWO: "Hi there!"}, "dry run bodies")
change = api.MtBatchTextSmsUpdate()
change.recipient_insertions, change.recipient_removals, change.body = {THREE}, {"+" + TWO}, "Bye ${name}"
equal(client.update_batch(sent.batch_id, change).recipients, {ONE, THREE}, "update")
new = order()
new.parameters, new.body = {}, "New"
replaced = client.replace_batch(sent.batch_id, new)
equal((replaced.batch_id, replaced.created_at, replaced.body), (sent.batch_id, sent.created_at, "New"), "replace")
binary = api.MtBatchBinarySmsCreate()
binary.sender, binary.recipients, binary.udh, binary.body = "12345", {ONE}, b"\x05\x00\x03\x01\x02\x03", b"\x00\xff"
binary.send_at = NOW + timedelta(hours=3)
octets = client.create_batch(binary)
equal((octets.udh, octets.body), (binary.udh, binary.body), "binary")
client.cancel_batch(octets.batch_id)
equal(client.fetch_batch(octets.batch_id).canceled, True, "cancel")
equal(client.fetch_delivery_report(octets.batch_id).statuses, [], "report of a batch canceled in time")
pages = client.fetch_batches(page_size=1, start_date=NOW.date() - timedelta(days=1))
found = [batch.batch_id for page in pages for batch in page]
equal(found, [octets.batch_id, sent.batch_id], "list")
control("clock", {"now": (NOW + timedelta(hours=1)).isoformat()})
report = client.fetch_delivery_report(sent.batch_id, "full", {"Delivered"}, {0, 400})
equal([(s.code, s.status, s.count, s.recipients) for s in report.statuses], [(0, "Delivered", 2, {ONE, TWO})], "report")
equal(client.fetch_recipient_delivery_report(sent.batch_id, ONE).status, "Delivered", "recipient report")
refused("batch_already_dispatched", client.update_batch, sent.batch_id, change)
bad = order()
bad.recipients = {"+1"}
refused("syntax_invalid_parameter_format", client.create_batch, bad)
group = api.GroupCreate()
group.name, group.members = "CLX", {ONE, "+" + TWO}
made = client.create_group(group)
equal((made.size, client.fetch_group_members(made.group_id)), (2, {ONE, TWO}), "group")
rename = api.GroupUpdate()
rename.name = api.RESET
equal(client.update_group(made.group_id, rename).name, None, "group without a name")
equal([item.group_id for page in client.fetch_groups() for item in page], [made.group_id], "groups")
client.delete_group(made.group_id)
try:
    client.fetch_group(made.group_id)
    raise AssertionError("a deleted group was found")
except NotFoundException:
    pass
equal([item for page in client.fetch_inbounds() for item in page], [], "inbounds")
print("clx-sdk-xms (PyPI): create, fetch, list, dry run, update, replace, cancel, reports, groups, inbounds: ok")
