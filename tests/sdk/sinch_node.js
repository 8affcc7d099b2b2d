// Every batch operation of Sinch's official Node client against a running emulator.
//
// Usage: npm install @sinch/sdk-core && node sinch_node.js http://127.0.0.1:PORT
const assert = require('node:assert/strict');
const { SinchClient } = require('@sinch/sdk-core');

const url = process.argv[2].replace(/\/$/, '');
const [one, two, three] = ['46701740605', '46701740606', '46701740607'];
const now = new Date('2026-11-23T08:00:00Z');
const hours = (count) => new Date(now.getTime() + count * 3600_000);

const control = (path, body) =>
  fetch(`${url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });

async function all(list) {
  const found = [];
  for await (const item of list) found.push(item);
  return found;
}

async function main() {
  await control('reset', {});
  await control('clock', { now });
  const client = new SinchClient({
    servicePlanId: 'node-plan', apiToken: 'token', smsRegion: 'eu', smsHostname: url,
  });
  const { batches, deliveryReports, groups, inbounds } = client.sms;

  const sent = await batches.send({ sendSMSRequestBody: {
    to: ['+' + one, two], from: '+15551231234', body: 'Hi ${name}!', type: 'mt_text',
    parameters: { name: { ['+' + one]: 'Joe', default: 'there' } },
    send_at: hours(1), client_reference: 'node.one', feedback_enabled: true,
  } });
  assert.deepEqual([sent.to, sent.from, sent.canceled], [[one, two], '15551231234', false]);
  assert.deepEqual(sent.parameters, { name: { ['+' + one]: 'Joe', default: 'there' } });
  assert.equal(sent.send_at.getTime(), hours(1).getTime());
  assert.deepEqual(await batches.get({ batch_id: sent.id }), sent);

  const dry = await batches.dryRun({ per_recipient: true, number_of_recipients: 10, dryRunRequestBody: {
    to: [one, two], from: 'ACME', body: 'Hi ${name}!', parameters: { name: { [one]: 'Жо', default: 'you' } }, type: 'mt_text',
  } });
  assert.deepEqual([dry.number_of_recipients, dry.number_of_messages], [2, 2]);
  const described = Object.fromEntries(dry.per_recipient.map((item) => [item.recipient, [item.body, item.number_of_parts, item.encoding]]));
  assert.deepEqual(described, { [one]: ['Hi Жо!', 1, 'unicode'], [two]: ['Hi you!', 1, 'text'] });

  for (let number = 0; number < 3; number += 1) {
    await batches.send({ sendSMSRequestBody: { to: [one], from: '12345', body: String(number), send_at: hours(2) } });
  }
  const listed = await all(batches.list({ page_size: 2, start_date: hours(-24), from: '12345' }));
  assert.deepEqual(listed.map((batch) => batch.body), ['2', '1', '0']);
  assert.equal((await all(batches.list({ client_reference: 'node.one' }))).length, 1);

  const updated = await batches.update({ batch_id: sent.id, updateBatchMessageRequestBody: {
    type: 'mt_text', to_add: [three], to_remove: ['+' + two], body: 'Bye ${name}',
  } });
  assert.deepEqual([updated.to, updated.body], [[one, three], 'Bye ${name}']);
  const replaced = await batches.replace({ batch_id: sent.id, replaceBatchMessageRequestBody: {
    to: [one, two], from: 'ACME', body: 'New', send_at: hours(1), feedback_enabled: true,
  } });
  assert.deepEqual([replaced.id, replaced.created_at, replaced.parameters], [sent.id, sent.created_at, undefined]);

  const canceled = await batches.cancel({ batch_id: listed[0].id });
  assert.equal(canceled.canceled, true);
  assert.deepEqual((await deliveryReports.get({ batch_id: canceled.id })).statuses, []);

  await control('clock', { now: hours(1.5) });
  const report = await deliveryReports.get({ batch_id: sent.id, type: 'full', status: ['Delivered'], code: [0] });
  assert.deepEqual(report.statuses, [{ code: 0, status: 'Delivered', count: 2, recipients: [one, two] }]);
  const single = await deliveryReports.getForNumber({ batch_id: sent.id, recipient_msisdn: one });
  assert.equal(single.status, 'Delivered');
  assert.equal((await all(deliveryReports.list({ page_size: 1, start_date: hours(-1) }))).length, 2);
  await batches.sendDeliveryFeedback({ batch_id: sent.id, deliveryFeedbackRequestBody: { recipients: [one] } });

  await assert.rejects(
    batches.update({ batch_id: sent.id, updateBatchMessageRequestBody: { type: 'mt_text', body: 'x' } }),
    (error) => error.statusCode === 403 && JSON.stringify(error.data).includes('batch_already_dispatched'),
  );
  await assert.rejects(batches.get({ batch_id: '01FC66621XXXXX119Z8PMV1QPQ' }), (error) => error.statusCode === 404);

  const group = await groups.create({ createGroupRequestBody: { name: 'Node', members: [one, two] } });
  assert.equal(group.size, 2);
  assert.deepEqual(await groups.listMembers({ group_id: group.id }), [one, two]);
  assert.equal((await all(groups.list({}))).length, 1);
  await groups.delete({ group_id: group.id });
  assert.deepEqual(await all(inbounds.list({})), []);
  console.log('@sinch/sdk-core (npm): send, list, dry run, get, update, replace, cancel, feedback, reports, groups: ok');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
