"""Every batch operation of Sinch's official Python client against a running emulator.

Usage: sinch_python.py http://127.0.0.1:PORT. The emulator's clock is moved and its state forgotten. Set
SINCH_WEBHOOK_SECRET to the emulator's webhook secret to have signatures checked by the client too.
"""

import json
import os
import sys
import threading
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

from sinch import SinchClient
from sinch.domains.sms.api.v1.exceptions import SmsException
from sinch.domains.sms.sinch_events.v1.sms_sinch_event import SmsSinchEvent

URL = sys.argv[1].rstrip("/")
# Numbers of a range reserved for fiction (Sweden, 070-174 06 05 to 99).
ONE, TWO, THREE = "46701740605", "46701740606", "46701740607"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
callbacks = []


def control(path, body):
    request = urllib.request.Request(
        f"{URL}/_emulator/{path}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def at(**delta):
    return NOW + timedelta(**delta)


def clock(instant):
    control("clock", {"now": instant.isoformat()})


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def refused(status, code, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except SmsException as error:
        equal(error.response_status_code, status, "status")
        equal((error.http_response.body or {}).get("code"), code, "code")
        return
    raise AssertionError(f"{call.__name__} was not refused with {status} {code}")


class Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        callbacks.append((dict(self.headers), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def send_and_get(batches):
    batch = batches.send_sms(
        to=["+" + ONE, "00" + TWO],
        from_="+15551231234",
        body="Hi ${name}! How are you?",
        parameters={"name": {ONE: "Joe", "default": "there"}},
        send_at=at(hours=1),
        client_reference="sdk/one",
        feedback_enabled=True,
    )
    equal((batch.to, batch.from_, batch.canceled), ([ONE, TWO], "15551231234", False), "sent batch")
    equal((batch.type, batch.send_at, batch.expire_at), ("mt_text", at(hours=1), at(days=3, hours=1)), "times")
    equal((batch.delivery_report, len(batch.id)), ("none", 26), "defaults")
    again = batches.get(batch_id=batch.id)
    equal(again.model_dump(), batch.model_dump(), "get after send")
    refused(404, None, batches.get, batch_id="01FC66621XXXXX119Z8PMV1QPQ")
    refused(400, "syntax_invalid_parameter_format", batches.send_sms, to=["+1"], from_="ACME", body="x")
    refused(
        403, "missing_callback_url", batches.send_sms, to=[ONE], from_="ACME", body="x", delivery_report="summary"
    )
    return batch


def dry_run(batches):
    result = batches.dry_run_sms(
        to=[ONE, TWO, THREE],
        from_="ACME",
        body="Hi ${name}! " + "x" * 160,
        parameters={"name": {ONE: "Жо", "default": "there"}},
        per_recipient=True,
        number_of_recipients=1000,
    )
    equal((result.number_of_recipients, result.number_of_messages), (3, 7), "dry run totals")
    by_recipient = {item.recipient: (item.number_of_parts, item.encoding) for item in result.per_recipient}
    equal(by_recipient, {ONE: (3, "unicode"), TWO: (2, "text"), THREE: (2, "text")}, "dry run details")
    equal(batches.dry_run_sms(to=[ONE], from_="ACME", body="x").per_recipient, None, "dry run without details")


def listing(batches, first):
    for number in range(4):
        batches.send_sms(to=[ONE], from_="12345", body=str(number), send_at=at(hours=2), client_reference="sdk/list")
    pager = batches.list(page_size=2, start_date=at(days=-1), client_reference="sdk/list")
    equal([batch.body for batch in pager.iterator()], ["3", "2", "1", "0"], "list over pages, newest first")
    equal(len(list(batches.list(from_=["12345", "15551231234"]).iterator())), 5, "list by senders")
    equal([batch.id for batch in batches.list(from_=["+15551231234"]).iterator()], [first.id], "list by one sender")
    equal(batches.list(end_date=at(days=-1), start_date=at(days=-2)).content(), [], "list of another day")


def change(batches, first):
    updated = batches.update_sms(batch_id=first.id, to_add=[THREE], to_remove=["+" + TWO], body="Bye ${name}")
    equal((updated.to, updated.body, updated.client_reference), ([ONE, THREE], "Bye ${name}", "sdk/one"), "update")
    replaced = batches.replace_sms(
        batch_id=first.id, to=[ONE, TWO], from_="ACME", body="New", send_at=at(hours=1), feedback_enabled=True
    )
    equal((replaced.id, replaced.created_at), (first.id, first.created_at), "replace keeps id and creation")
    equal((replaced.to, replaced.client_reference, replaced.parameters), ([ONE, TWO], None, None), "replace")


def cancel(batches, reports):
    batch = batches.send_sms(to=[ONE], from_="ACME", body="never", send_at=at(hours=1))
    equal(batches.cancel(batch_id=batch.id).canceled, True, "cancel")
    equal(batches.get(batch_id=batch.id).canceled, True, "get after cancel")
    report = reports.get(batch_id=batch.id)
    equal((report.type, report.statuses), ("delivery_report_sms", []), "report of a batch canceled in time")
    refused(403, "batch_already_dispatched", batches.update_sms, batch_id=batch.id, body="x")
    return batch


def deliver(batches, reports, first, canceled):
    clock(at(hours=1, minutes=1))
    report = reports.get(batch_id=first.id, report_type="full")
    equal(report.total_message_count, 2, "messages")
    status = report.statuses[0]
    equal((status.code, status.status, status.count), (0, "Delivered", 2), "status")
    equal(status.recipients, [ONE, TWO], "recipients")
    equal(reports.get(batch_id=first.id, status=["DELIVERED"], code=[405]).statuses, [], "filtered report")
    single = reports.get_for_number(batch_id=first.id, recipient="+" + ONE)
    equal((single.recipient, single.code, single.status), (ONE, 0, "Delivered"), "recipient report")
    listed = list(reports.list(start_date=at(days=-1), page_size=1).iterator())
    equal(sorted(report.recipient for report in listed), [ONE, TWO], "list of reports")
    equal(batches.send_delivery_feedback(batch_id=first.id, recipients=["+" + ONE]), None, "feedback")
    equal(batches.send_delivery_feedback(batch_id=first.id, recipients=[]), None, "feedback for all")
    refused(400, "syntax_constraint_violation", batches.send_delivery_feedback, batch_id=canceled.id, recipients=[])
    equal(batches.cancel(batch_id=first.id).canceled, True, "cancel after sending")
    equal(reports.get(batch_id=first.id).statuses[0].status, "Delivered", "report after a late cancel")
    refused(403, "batch_already_dispatched", batches.replace_sms, batch_id=first.id, to=[ONE], from_="A1", body="x")


def groups(sms):
    group = sms.groups.create(name="SDK", members=["+" + ONE, ONE])
    equal((group.name, group.size), ("SDK", 1), "group")
    equal(sms.groups.update(group_id=group.id, add=[TWO]).size, 2, "group update")
    equal(sms.groups.list_members(group_id=group.id).content(), [ONE, TWO], "members")
    equal([item.id for item in sms.groups.list().iterator()], [group.id], "groups")
    equal(sms.batches.dry_run_sms(to=[group.id], from_="ACME", body="x").number_of_recipients, 2, "dry run of a group")
    equal(sms.groups.replace(group_id=group.id, members=[THREE]).size, 1, "group replace")
    sms.groups.delete(group_id=group.id)
    refused(403, "unknown_group", sms.batches.send_sms, to=[group.id], from_="ACME", body="x")
    equal(list(sms.inbounds.list().iterator()), [], "inbounds")


def text_in(**text):
    return control("sinch/inbounds", {"plan": "sdk-plan", "to": "46101606060", **text})["id"]


def inbounds(sms, now):
    """Texts from handsets, and a group that fills and empties itself by them."""
    keywords = {"to": "46101606060", "add": {"first_word": "STOP"}, "remove": {"first_word": "START"}}
    group = sms.groups.create(name="Opted out", auto_update=keywords)
    equal((group.size, group.auto_update.to, group.auto_update.add.first_word), (0, "46101606060", "STOP"), "keywords")
    first = text_in(**{"from": ONE, "body": "Stop it"})
    second = text_in(**{"from": TWO, "body": "stop"})
    text_in(**{"from": TWO, "body": "start", "client_reference": "sdk/in"})
    equal(sms.groups.list_members(group_id=group.id).content(), [ONE], "who answered is in the group, or not any more")
    one = sms.inbounds.get(inbound_id=first)
    equal((one.type, one.from_, one.to, one.body, one.received_at.replace(microsecond=0)), ("mo_text", ONE, "46101606060", "Stop it", now), "a text")
    since = now - timedelta(days=13)
    listed = list(sms.inbounds.list(start_date=since, page_size=2).iterator())
    equal(sorted((text.from_, text.body) for text in listed), [(ONE, "Stop it"), (TWO, "start"), (TWO, "stop")], "over pages")
    equal({first, second} <= {text.id for text in listed}, True, "their ids")
    filtered = sms.inbounds.list(start_date=since, to=["46101606060"], client_reference="sdk/in")
    equal([text.body for text in filtered.iterator()], ["start"], "by number and reference")
    equal(list(sms.inbounds.list(start_date=since, to=["46101606061"]).iterator()), [], "to another number")
    # Sinch forgets after 14 days.
    clock(now + timedelta(days=15))
    equal(list(sms.inbounds.list(start_date=now - timedelta(days=1)).iterator()), [], "after 15 days")
    refused(404, None, sms.inbounds.get, inbound_id=first)
    sms.groups.delete(group_id=group.id)


def posted(batches):
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/dlr"
    batches.send_sms(
        to=[ONE], from_="ACME", body="x", send_at=at(hours=3), delivery_report="full", event_destination_target=url
    )
    batches.send_sms(
        to=[TWO], from_="ACME", body="x", send_at=at(hours=3), delivery_report="per_recipient_final",
        event_destination_target=url, client_reference="sdk/final",
    )
    clock(at(hours=4))
    server.shutdown()
    secret = os.environ.get("SINCH_WEBHOOK_SECRET")
    events = SmsSinchEvent(secret)
    parsed = [events.parse_event(body, headers) for headers, body in callbacks]
    equal(
        sorted(event.type for event in parsed), ["delivery_report_sms", "recipient_delivery_report_sms"], "callbacks"
    )
    for headers, body in callbacks:
        if secret:
            equal(events.validate_authentication_header(headers, body), True, "signature")


def main():
    control("reset", {})
    clock(NOW)
    client = SinchClient(service_plan_id="sdk-plan", sms_api_token="token", sms_region="eu")
    client.configuration.sms_domain_with_service_plan_id = URL
    sms = client.sms
    first = send_and_get(sms.batches)
    clock(NOW)
    dry_run(sms.batches)
    listing(sms.batches, first)
    change(sms.batches, first)
    canceled = cancel(sms.batches, sms.delivery_reports)
    deliver(sms.batches, sms.delivery_reports, first, canceled)
    groups(sms)
    posted(sms.batches)
    inbounds(sms, at(hours=4))
    done = "send, list, dry run, get, update, replace, cancel, feedback, reports, groups, callbacks, inbounds"
    print(f"sinch (PyPI): {done}: ok")


main()
