// The stand-in tested by itself: `node --test tests/support`.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { metaJson, startStandIn } from './whatsapp-stand-in.mjs';

const SECRET = 'rahasia aplikasi';
const TO = '6281200001111';
let standIn;
let hook;
let received = [];
let refuseNext = 0;

const template = (change = {}) => ({
  messaging_product: 'whatsapp', recipient_type: 'individual', to: TO, type: 'template',
  biz_opaque_callback_data: 'o-1',
  template: {
    name: 'tamu_baru', language: { policy: 'deterministic', code: 'id' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: '12' }, { type: 'text', text: 'Perorangan' }] },
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'p0' }] },
      { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'p1' }] },
    ],
  },
  ...change,
});

const plain = (type, content) => ({ ...template(), biz_opaque_callback_data: undefined, template: undefined, type, [type]: content });
const text = (body) => plain('text', { body });
const list = (rows) => plain('interactive', {
  type: 'list', body: { text: 'Ada tamu.' }, action: { button: 'Pilih', sections: [{ title: 'Pilih', rows }] },
});

async function send(body, headers = {}, path = '/v23.0/100000000000001/messages') {
  const answer = await fetch(standIn.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json', Authorization: 'Bearer T0KEN',
      'User-Agent': 'bukutamu/1.0.0', ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, json: await answer.json() };
}

async function control(path, body) {
  const answer = await fetch(`${standIn.url}/_control${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return answer.json();
}

async function until(condition) {
  for (let i = 0; i < 200; i += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('waited too long');
}

const events = () => received.flatMap((r) => JSON.parse(r.body).entry.flatMap((e) => e.changes)).map((c) => c.value);
const statuses = () => events().flatMap((v) => v.statuses ?? []).map((s) => s.status);

before(async () => {
  hook = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const wanted = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      const good = request.headers['x-hub-signature-256'] === wanted;
      const refuse = refuseNext > 0;
      if (refuse) refuseNext -= 1;
      else received.push({ body, good });
      response.writeHead(refuse ? 503 : good ? 200 : 401);
      response.end();
    });
  });
  await new Promise((resolve) => hook.listen(0, '127.0.0.1', resolve));
  standIn = await startStandIn({
    secret: SECRET, token: 'T0KEN', delays: [2, 2, 2],
    webhook: `http://127.0.0.1:${hook.address().port}/kait/whatsapp`,
  });
});

after(async () => {
  await standIn.close();
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
});

beforeEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 60));
  received = [];
});

test('a right request is accepted and climbs the ladder, signed', async () => {
  const { status, json } = await send(template());
  assert.equal(status, 200);
  assert.match(json.messages[0].id, /^wamid\./);
  await until(() => received.length === 3);
  assert.deepEqual(statuses(), ['sent', 'delivered', 'read']);
  assert.ok(received.every((r) => r.good));
  assert.ok(events().every((v) => v.statuses[0].biz_opaque_callback_data === 'o-1'));
});

test('wrong requests are refused as Meta refuses them', async () => {
  const change = (edit) => {
    const body = template();
    edit(body);
    return body;
  };
  const body = (text) => change((m) => { m.template.components[0].parameters[0].text = text; });
  const cases = [
    [change((m) => { m.to = '+6281200001111'; }), 131009],
    [change((m) => { m.to = '081200001111'; }), 131009],
    [change((m) => { delete m.messaging_product; }), 100],
    [change((m) => { m.surprise = 1; }), 100],
    [change((m) => { m.template.language.policy = 'fallback'; }), 100],
    [change((m) => { m.template.components[1].index = 0; }), 100],
    [change((m) => { m.template.components[2].index = '0'; }), 100],
    [change((m) => { m.template.components[1].parameters[0].payload = 'x'.repeat(257); }), 131009],
    [body('dua\nbaris'), 132012], [body('a\tb'), 132012], [body('a    b'), 132012], [body(''), 131008],
    [text('Halo'), 131047],
    [{ ...text('Halo'), biz_opaque_callback_data: 'o-1' }, 100],
    [list([{ id: 'a', title: 'Saya terima' }]), 131047],
    [list([{ id: 'a', title: 'x'.repeat(25) }]), 131009],
    [list([{ id: 'a', title: 'x' }, { id: 'a', title: 'y' }]), 131009],
    [list(Array.from({ length: 11 }, (_, i) => ({ id: `r${i}`, title: 'x' }))), 131009],
    [list([]), 131009],
    ['{"messaging_product":', 100],
  ];
  for (const [request, code] of cases) {
    const { status, json } = await send(request);
    assert.equal(json.error.code, code, JSON.stringify(request));
    assert.ok(status >= 400 && status < 500);
  }
  assert.equal((await send(template(), { Authorization: 'Bearer old' })).json.error.code, 190);
  assert.equal((await send(template(), { 'User-Agent': 'bukutamu/1.0' })).json.error.code, 100);
  assert.equal((await send(template(), { 'Content-Type': 'text/plain' })).json.error.code, 100);
  assert.equal((await send(template(), {}, '/v23.0/messages')).json.error.error_subcode, 33);
  assert.equal((await send(template(), {}, '/v20.0/1/messages')).json.error.code, 2635);
});

test('an eleventh button and a wrong count of parameters are refused', async () => {
  const many = template();
  many.template.components = Array.from({ length: 11 }, (_, i) => ({
    type: 'button', sub_type: 'quick_reply', index: String(i), parameters: [{ type: 'payload', payload: `p${i}` }],
  }));
  assert.equal((await send(many)).json.error.code, 100);
  await control('', { templates: { tamu_baru: { params: 3 } } });
  assert.equal((await send(template())).json.error.code, 132000);
  await control('', { templates: { lain: {} } });
  assert.equal((await send(template())).status, 404);
  await control('', { templates: false });
});

test('modes: failure, twice, wrong order, batch, undelivered, for one recipient', async () => {
  await control('', { mode: 'fail:131056', to: TO, times: 1 });
  assert.equal((await send(template())).json.error.code, 131056);
  await control('', { mode: 'twice', times: 1 });
  await send(template());
  await until(() => received.length === 6);
  assert.deepEqual(statuses(), ['sent', 'sent', 'delivered', 'delivered', 'read', 'read']);
  received = [];
  await control('', { mode: 'reorder', times: 1 });
  await send(template());
  await until(() => received.length === 3);
  assert.deepEqual(statuses(), ['read', 'delivered', 'sent']);
  received = [];
  await control('', { mode: 'batch', times: 1 });
  await send(template());
  await until(() => received.length === 1);
  assert.deepEqual(statuses(), ['read', 'sent', 'delivered']);
  received = [];
  await control('', { mode: 'undelivered:131026', times: 1 });
  await send(template());
  await until(() => received.length === 2);
  assert.equal(events()[1].statuses[0].errors[0].code, 131026);
});

test('modes: reset, 500, bad JSON', async () => {
  await control('', { mode: 'reset', times: 1 });
  await assert.rejects(send(template()));
  await control('', { mode: '500', times: 1 });
  await assert.rejects(send(template())); // no JSON in it
  await control('', { mode: 'bad-json', times: 1 });
  await assert.rejects(send(template()));
});

test('a webhook answered with anything but 200 is sent again', async () => {
  refuseNext = 1;
  await control('', { mode: 'batch', times: 1 });
  await send(template());
  await until(() => received.length === 1);
  const log = (await control('/webhooks')).slice(-2);
  assert.deepEqual(log.map((w) => w.status), [503, 200]);
  assert.equal(log[0].body, log[1].body);
});

test('a tap carries the payload that was sent, with and without a number and context', async () => {
  const { json } = await send(template());
  await until(() => received.length === 3);
  received = [];
  assert.equal((await control('/tap', { to: TO, button: 1 })).status, 200);
  const message = events()[0].messages[0];
  assert.equal(message.button.payload, 'p1');
  assert.equal(message.context.id, json.messages[0].id);
  assert.equal(message.from, TO);
  received = [];
  await control('/tap', { to: TO, button: 0, bsuid: 'ID.abc123', withoutContext: true });
  const hidden = events()[0];
  assert.equal(hidden.messages[0].from, undefined);
  assert.equal(hidden.messages[0].context, undefined);
  assert.equal(hidden.messages[0].from_user_id, 'ID.abc123');
  assert.equal(hidden.contacts[0].wa_id, undefined);
  assert.equal((await send(text('Baik'))).status, 200);
});

test('inside the window a list is taken, and its row comes back as a list reply', async () => {
  await control('/text', { to: TO, text: 'ya' });
  assert.equal((await send(list([{ id: 'v1.a', title: 'Saya terima' }, { id: 'v1.b', title: 'Tolak', description: 'Tidak dapat' }]))).status, 200);
  await control('/tap', { to: TO, button: 1 });
  const reply = events().flatMap((v) => v.messages ?? []).find((m) => m.type === 'interactive');
  assert.deepEqual(reply.interactive, { type: 'list_reply', list_reply: { id: 'v1.b', title: 'Tolak' } });
});

test('a mixture keeps to its shares, a stopped template and a closed window refuse', async () => {
  await control('', { mode: 'mix:fail:131000=30,500=20', seed: 7 });
  const counts = { 200: 0, 500: 0 };
  for (let i = 0; i < 200; i += 1) {
    const answer = await fetch(`${standIn.url}/v23.0/100000000000001/messages`, { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer T0KEN', 'User-Agent': 'bukutamu/1.0.0' }, body: JSON.stringify(template()) });
    await answer.text();
    counts[answer.status] += 1;
  }
  assert.ok(counts[200] > 80 && counts[200] < 120, JSON.stringify(counts));
  await control('', { mode: 'normal', stoppedTemplates: { tamu_baru: 132015 } });
  assert.equal((await send(template())).json.error.code, 132015);
  await control('/text', { to: TO, text: 'ya' });
  await control('', { stoppedTemplates: {}, closeWindow: TO });
  assert.equal((await send(text('Halo'))).json.error.code, 131047);
  await control('/text', { to: TO, text: 'ya' });
});

test('webhook bodies are written as Meta writes them', async () => {
  assert.equal(metaJson({ a: 'é/😀' }), '{"a":"\\u00e9\\/\\ud83d\\ude00"}');
  await control('/text', { to: TO, text: 'baik, saya terima — segera' });
  assert.ok(received[0].good);
  assert.ok(received[0].body.includes('\\u2014'));
  assert.equal((await control('/raw', { body: '[]', signature: 'bad' })).status, 401);
  assert.equal((await control('/raw', { body: '[]' })).status, 200);
});
