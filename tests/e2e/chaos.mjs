// The long run:  node chaos.mjs [BINARY]
//
// 1,000 notices to 200 people through 10 % connection resets, 10 % timeouts, 10 % answers of 5xx and 20 times
// kill -9 of the server, on a clock twenty times as fast: none is lost, every message that went out twice is
// explained by an outcome that nobody could know. Then 10,000 webhook events over 64 connections: every one is
// kept and every decision takes effect once. Prints "ok …" and "not ok …".
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

if (process.argv[2]) process.env.BUKUTAMU_BIN = path.resolve(process.argv[2]);
const { Office, guestData, sleep, until } = await import('./lib.mjs');
const { metaJson } = await import('../support/whatsapp-stand-in.mjs');

const PEOPLE = Number(process.env.CHAOS_PEOPLE ?? 200);
const NOTICES = Number(process.env.CHAOS_NOTICES ?? 1000);
const KILLS = Number(process.env.CHAOS_KILLS ?? 20);
const EVENTS = Number(process.env.CHAOS_EVENTS ?? 10_000);
const CONNECTIONS = 64;
const SPEED = 20;
const LEASE_MS = 30_000 / SPEED;
const MIX = 'mix:reset=5,reset-accepted=3,reset-silent=2,hang=5,hang-accepted=5,500=5,500-accepted=5';
const UNKNOWN = new Set(['reset-accepted', 'reset-silent', 'hang-accepted', '500-accepted', 'bad-json']);
const LIMIT_MS = 15 * 60_000;

let failed = 0;
function check(name, good, detail = '') {
  if (!good) failed += 1;
  console.log(`${good ? 'ok' : 'not ok'} ${name}${detail ? `: ${detail}` : ''}`);
}
const say = (line) => console.log(`# ${line}`);
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function inParallel(count, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < count) {
      const n = next;
      next += 1;
      await work(n);
    }
  }));
}

// Version 7, as the program makes them.
function uuid7() {
  const b = randomBytes(16);
  b.writeUIntBE(Date.now(), 0, 6);
  b[6] = (b[6] & 0x0f) | 0x70;
  b[8] = (b[8] & 0x3f) | 0x80;
  const h = b.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

// People by the administrator's form, guests by the counter's; no message yet, because WhatsApp is off.
async function populate(office) {
  const started = Date.now();
  const admin = await office.login('admin');
  await inParallel(PEOPLE, 4, async (n) => {
    const made = await admin.json('/petugas', {
      username: `kasi.${n}`, name: `Kasi ${n}`, roles: ['intel_chief'], title: 'Kasi Intelijen',
      phone: `0813${String(10_000_000 + n)}`, password: `sandi panjang nomor ${n} untuk uji`,
    });
    if (made.status !== 201) throw new Error(`account ${n}: ${made.status} ${made.text}`);
  });
  say(`${PEOPLE} accounts in ${seconds(started)}`);
  const desk = await office.program('rina');
  const visits = [];
  const from = Date.now();
  await inParallel(NOTICES, 16, async () => {
    const made = await desk.json('/tamu', guestData());
    if (made.status !== 201) throw new Error(`guest: ${made.status} ${made.text}`);
    visits.push(made.json.id);
  });
  say(`${NOTICES} guests in ${seconds(from)}`);
  return visits;
}

// Each guest's notice to one of the people, as the transaction of the registration would have queued it.
async function enqueue(office, visits) {
  const people = (await office.sql("SELECT id FROM staff WHERE username LIKE 'kasi.%' ORDER BY username")).split('\n');
  const officeId = await office.sql('SELECT office_id FROM office');
  const rows = visits.map((visit, i) => ({ id: uuid7(), visit, to: people[i % people.length] }));
  const now = Date.now();
  const values = rows.map((r) => `('${officeId}','${r.id}','visit_notice','${r.visit}','${r.to}','whatsapp',1,'queued',0,${now},${now})`);
  const file = path.join(office.dir, 'queue.sql');
  fs.writeFileSync(file, `BEGIN;
    INSERT INTO outbox (office_id, id, kind, subject_id, recipient_id, channel, round, state, attempts, queued_at, next_at)
    VALUES ${values.join(',\n')};
    UPDATE visit SET notice_state = 'queued', notice_reason = NULL;
    UPDATE office SET ask_head = 'when_asked';
    COMMIT;`);
  await office.sql(`.read ${file}`);
  return rows;
}

const states = async (office) => Object.fromEntries((await office.sql(
  "SELECT state, count(*) FROM outbox WHERE kind = 'visit_notice' GROUP BY state")).split('\n').map((l) => l.split('|')));

async function storm(office) {
  const started = Date.now();
  const kills = [];
  await office.control('', { mode: MIX, seed: Number(process.env.CHAOS_SEED ?? 1) });
  while (kills.length < KILLS) {
    await sleep(700 + Math.floor(Math.random() * 2500));
    kills.push(Date.now());
    await office.restart('SIGKILL');
  }
  await until('every notice is read', async () => {
    const now = await states(office);
    if (Date.now() - started > LIMIT_MS) throw new Error(JSON.stringify(now));
    await sleep(500);
    return Number(now.read ?? 0) === NOTICES;
  }, LIMIT_MS);
  say(`storm over in ${seconds(started)}`);
  await office.control('', { mode: 'normal' });
  return kills;
}

function judge(office, rows, kills) {
  const { messages, requests } = office.whatsapp.state;
  const of = new Map(rows.map((r) => [r.id, []]));
  for (const m of messages) of.get(m.opaque)?.push(m);
  const lost = rows.filter((r) => of.get(r.id).length === 0);
  const killed = (at) => kills.some((k) => k >= at - 100 && k <= at + LEASE_MS);
  let doubles = 0;
  const unexplained = [];
  for (const list of of.values()) {
    doubles += list.length - 1;
    for (const m of list.slice(0, -1)) if (!UNKNOWN.has(m.mode) && !killed(m.at)) unexplained.push(m);
  }
  const share = (test) => `${((100 * requests.filter(test).length) / requests.length).toFixed(1)} %`;
  say(`${requests.length} requests (${share((r) => r.mode.startsWith('reset'))} reset, ${share((r) => r.mode.startsWith('hang'))} timeout, ` +
    `${share((r) => r.mode.startsWith('500'))} 5xx), ${messages.length} accepted, ${doubles} doubles`);
  check(`none of ${NOTICES} notices is lost`, lost.length === 0, `${lost.length} lost`);
  check('every double is explained by an unknown outcome', unexplained.length === 0, `${doubles} doubles, ${unexplained.length} unexplained`);
  check('every request keeps to the contract', requests.every((r) => !/^1?\d{2,6}: /.test(r.verdict)), requests.find((r) => /^\d+: /.test(r.verdict))?.verdict ?? '');
  const pairs = new Map();
  for (const m of messages.filter((x) => x.mode === 'normal')) pairs.set(m.to, [...(pairs.get(m.to) ?? []), m.at]);
  const gaps = [...pairs.values()].flatMap((t) => t.slice(1).map((at, i) => at - t[i])).sort((a, b) => a - b);
  say(`between two messages to one person: least ${gaps[0]} ms, median ${gaps[gaps.length >> 1]} ms (a message in ${6000 / SPEED} ms)`);
}

async function judgeStates(office) {
  const now = await states(office);
  check('every row is read in the end', Number(now.read) === NOTICES, JSON.stringify(now));
  const visits = await office.sql("SELECT count(*) FROM visit WHERE notice_state = 'read'");
  check('every visit knows it', Number(visits) === NOTICES, visits);
  const times = await office.sql("SELECT count(*) FROM outbox WHERE kind = 'visit_notice' AND (sent_at IS NULL OR delivered_at IS NULL OR read_at IS NULL)");
  check('every step has its time', times === '0', `${times} without`);
}

// --- webhooks -------------------------------------------------------------------------------------------------

function events(office, rows) {
  const { state } = office.whatsapp;
  const last = new Map(state.messages.map((m) => [m.opaque, m]));
  const envelope = (value) => metaJson({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata: { phone_number_id: state.phoneNumberId }, ...value } }] }] });
  const at = String(Math.floor(Date.now() / 1000));
  const list = [];
  for (const row of rows) { // every tap comes three times, every status as often as it takes
    const m = last.get(row.id);
    const tap = { id: `wamid.tap.${row.id}`, from: m.to, timestamp: at, type: 'button', button: { payload: m.payloads[0], text: 'Saya terima' }, context: { id: m.wamid } };
    for (let i = 0; i < 3; i += 1) list.push(envelope({ contacts: [{ wa_id: m.to }], messages: [tap] }));
  }
  for (let i = 0; list.length < EVENTS; i += 1) {
    const m = last.get(rows[i % rows.length].id);
    list.push(envelope({ statuses: [{ id: m.wamid, status: ['sent', 'delivered', 'read'][i % 3], timestamp: at, recipient_id: m.to, biz_opaque_callback_data: m.opaque }] }));
  }
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list.slice(0, EVENTS);
}

function post(agent, office, body) {
  const sign = createHmac('sha256', office.secret).update(body).digest('hex');
  const url = new URL(office.url);
  return new Promise((resolve) => {
    const started = performance.now();
    const request = http.request({
      agent, host: url.hostname, port: url.port, method: 'POST', path: '/kait/whatsapp',
      headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${sign}`, 'Content-Length': Buffer.byteLength(body) },
    }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, ms: performance.now() - started }));
    });
    request.on('error', () => resolve({ status: 0, ms: performance.now() - started }));
    request.end(body);
  });
}

async function flood(office, rows) {
  const list = events(office, rows);
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = Number(await office.sql('SELECT count(*) FROM webhook_event'));
  const answers = [];
  const started = Date.now();
  await inParallel(list.length, CONNECTIONS, async (n) => {
    answers.push(await post(agent, office, list[n]));
  });
  const took = Date.now() - started;
  agent.destroy();
  const ms = answers.map((a) => a.ms).sort((a, b) => a - b);
  const at = (share) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))].toFixed(1);
  say(`${list.length} events over ${CONNECTIONS} connections in ${(took / 1000).toFixed(1)} s: median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
  check('every event is answered 200', answers.every((a) => a.status === 200), `${answers.filter((a) => a.status !== 200).length} otherwise`);
  await until('all are processed', async () => (await office.sql('SELECT count(*) FROM webhook_event WHERE processed_at IS NULL')) === '0', 300_000);
  say(`processed ${((Date.now() - started) / 1000).toFixed(1)} s after the first`);
  const kept = Number(await office.sql('SELECT count(*) FROM webhook_event')) - before;
  check(`none of ${EVENTS} events is lost`, kept === EVENTS, `${kept} kept`);
  const once = await office.sql("SELECT count(*) FROM (SELECT visit_id FROM answer GROUP BY visit_id HAVING count(*) = 1)");
  const answered = await office.sql('SELECT count(*) FROM answer');
  check('every decision took effect once', Number(once) === rows.length && Number(answered) === rows.length, `${once} visits, ${answered} answers`);
  const final = await office.sql("SELECT count(*) FROM visit WHERE decision_state = 'final' AND decision_outcome = 'intel_chief'");
  check('and stands', Number(final) === rows.length, final);
}

const office = await Office.start({ whatsapp: false });
try {
  const visits = await populate(office);
  await office.halt();
  const { startStandIn } = await import('../support/whatsapp-stand-in.mjs');
  office.whatsapp = await startStandIn({ secret: office.secret, token: 'token-uji-graph', phoneNumberId: '100000000000001', delays: [5, 10, 15] });
  office.writeSettings({ speed: SPEED, burst: 2 });
  fs.appendFileSync(path.join(office.data, 'bukutamu.conf'), '[whatsapp]\ntemplate_queue =\n');
  const rows = await enqueue(office, visits);
  await office.serve();
  const kills = await storm(office);
  await sleep(1500);
  judge(office, rows, kills);
  await judgeStates(office);
  await flood(office, rows);
} catch (error) {
  check('the long run', false, String(error.stack ?? error));
} finally {
  await office.stop().catch((error) => check('clean-up', false, error.message));
}
console.log(`${failed ? 'failed' : 'passed'}`);
process.exit(failed ? 1 : 0);
