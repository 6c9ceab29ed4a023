// The nine steps as programs see them: JSON with machine tokens, WhatsApp answered by the stand-in.
import assert from 'node:assert/strict';
import { guestData, PHONES, until } from './lib.mjs';

const STATES = ['registered', 'checked_in', 'waiting', 'received', 'leaving', 'closed', 'cancelled', 'left'];
const NOTICE_STATES = ['none', 'queued', 'sent', 'delivered', 'read', 'answered', 'failed'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+07:00$/;

// What design says that a visit always has.
export function checkVisit(v) {
  assert.match(v.id, UUID);
  assert.equal(typeof v.number, 'number');
  assert.ok(Number.isInteger(v.number) && v.number > 0);
  assert.ok('number_suffix' in v);
  assert.ok(typeof v.office === 'string' && v.office);
  assert.ok(STATES.includes(v.state), v.state);
  assert.ok(v.step >= 1 && v.step <= 9);
  assert.ok(Array.isArray(v.steps) && v.steps.length > 0);
  for (const s of v.steps) {
    assert.ok(s.step >= 1 && s.step <= 9);
    assert.match(s.at, TIME);
    for (const key of ['by', 'skipped']) assert.ok(key in s, `steps[].${key}`);
  }
  assert.equal(Math.max(...v.steps.map((s) => s.step)), v.step);
  assert.match(v.arrived_at, TIME);
  assert.match(v.due_at, TIME);
  assert.equal(Date.parse(v.due_at) - Date.parse(v.arrived_at), 600_000);
  assert.equal(typeof v.visitor.name, 'string');
  assert.ok(['ktp', 'sim', 'passport', 'other'].includes(v.visitor.id_type));
  assert.match(v.visitor.id_number, /•/);
  for (const key of ['purpose', 'category', 'badge']) assert.ok(key in v, key);
  assert.ok(Array.isArray(v.items));
  for (const item of v.items) {
    assert.match(item.id, UUID);
    for (const key of ['kind', 'label', 'slot', 'taken_at', 'returned_at']) assert.ok(key in item, `items[].${key}`);
    assert.match(item.taken_at, TIME);
  }
  assert.ok(NOTICE_STATES.includes(v.notice.state), v.notice.state);
  assert.ok(['none', 'proposed', 'final'].includes(v.decision.state));
  for (const key of ['outcome', 'by', 'at', 'answers']) assert.ok(key in v.decision, `decision.${key}`);
  assert.ok(Array.isArray(v.decision.answers));
  return v;
}

export function problem(answer, status, code) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text.slice(0, 300)}`);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.title || answer.json.detail);
  if (code) assert.equal(answer.json.code, code);
  return answer.json;
}

export default function (suite) {
  let desk, chief, head, id, visit;
  const data = guestData({ category: 'information', email: 'budi@contoh.id', address: 'Jl. Melati No. 7', companions: [{ name: 'Siti' }] });
  const need = async () => {
    const office = await suite.office();
    desk ??= await office.program('rina');
    chief ??= await office.program('arief');
    head ??= await office.program('hendra');
    return office;
  };

  suite.test('the webhook introduces itself', async () => {
    const office = await need();
    const { VERIFY_TOKEN } = await import('./lib.mjs');
    const guest = office.guest();
    const query = (token) => `/kait/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`;
    const right = await guest.get(query(VERIFY_TOKEN));
    assert.equal(right.status, 200);
    assert.equal(right.text, '1158201444');
    assert.equal((await guest.get(query('lain'))).status, 403);
    assert.equal((await guest.get(query(VERIFY_TOKEN).replace('subscribe', 'unsubscribe'))).status, 403);
    assert.equal((await guest.get('/kait/whatsapp')).status, 403);
  });

  suite.test('steps 1 and 2: 201, a number, a masked identity', async () => {
    const office = await need();
    const made = await desk.json('/tamu', data);
    assert.equal(made.status, 201, made.text);
    visit = checkVisit(made.json);
    id = visit.id;
    assert.equal(made.headers.location, `/tamu/${id}`);
    assert.equal(visit.state, 'registered');
    assert.equal(visit.number, 1);
    assert.equal(visit.category, 'information');
    assert.equal(visit.visitor.name, data.name);
    assert.deepEqual(visit.visitor.companions, [{ name: 'Siti' }]);
    assert.ok(!made.text.includes(data.id_number), 'the whole NIK is shown');
    assert.ok(!made.text.includes('81200001'), 'the whole telephone number is shown');
    assert.deepEqual(visit.steps.map((s) => s.step), [1, 2, 5]);
    assert.equal(visit.steps[0].by, 'Rina Wahyuni');
    assert.equal(visit.steps[2].skipped, null);
    assert.equal(visit.decision.state, 'none');
    assert.equal(visit.badge, null);
    assert.deepEqual(visit.items, []);
    assert.ok(!('complaint' in visit));
    assert.ok(['queued', 'sent'].includes(visit.notice.state));
    void office;
  });

  suite.test('step 3: card, telephone, badge', async () => {
    await need();
    const answer = await desk.json(`/tamu/${id}/titipan`, {
      badge: 'a-07', items: [{ kind: 'id_card' }, { kind: 'phone', label: 'Samsung hitam' }],
    });
    assert.equal(answer.status, 200, answer.text);
    visit = checkVisit(answer.json);
    assert.equal(visit.state, 'checked_in');
    assert.equal(visit.badge, 'A-07');
    assert.equal(visit.items.length, 2);
    const [card, phone] = visit.items;
    assert.equal(card.kind, 'id_card');
    assert.match(card.slot, /^K-\d\d$/);
    assert.equal(phone.kind, 'phone');
    assert.equal(phone.label, 'Samsung hitam');
    assert.ok(phone.slot && phone.slot !== card.slot);
    assert.equal(card.returned_at, null);
    assert.ok(visit.steps.some((s) => s.step === 3));
  });

  suite.test('step 4: the first waiting room and a call number', async () => {
    await need();
    const answer = await desk.json(`/tamu/${id}/ruang-tunggu`, {});
    assert.equal(answer.status, 200, answer.text);
    visit = checkVisit(answer.json);
    assert.equal(visit.state, 'waiting');
    assert.equal(visit.room, 'Ruang tunggu 1');
    assert.equal(visit.call_number, 1);
  });

  suite.test('step 5: the notice is sent, delivered and read', async () => {
    const office = await need();
    const message = await office.message('tamu_baru');
    assert.equal(message.to, PHONES.arief);
    assert.equal(message.payloads.length, 4);
    const whole = JSON.stringify(message);
    for (const secret of [data.id_number, data.name, 'Bertemu pejabat', 'Melati'])
      if (secret !== data.name) assert.ok(!whole.includes(secret), `${secret} went to WhatsApp`);
    assert.ok(!office.whatsapp.state.requests.some((r) => r.verdict !== 'accepted'), JSON.stringify(office.whatsapp.state.requests));
    await until('read', async () => {
      visit = (await desk.getJson(`/tamu/${id}`)).json;
      return visit.notice.state === 'read';
    });
    checkVisit(visit);
  });

  suite.test('step 6: the Kasi Intel proposes, the Kajari decides', async () => {
    const office = await need();
    const proposed = await chief.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' });
    assert.equal(proposed.status, 200, proposed.text);
    checkVisit(proposed.json);
    assert.equal(proposed.json.decision.state, 'proposed');
    assert.equal(proposed.json.notice.state, 'answered');
    assert.ok(!proposed.json.steps.some((s) => s.step === 6));
    const question = await office.message('tanya_kajari');
    assert.equal(question.to, PHONES.hendra);
    assert.equal(question.payloads.length, 3);
    const early = await head.json(`/tamu/${id}/diterima`, {});
    problem(early, 403);
    problem(await desk.json(`/tamu/${id}/diterima`, {}), 409);
    const tap = await office.control('/tap', { to: PHONES.hendra, button: 0 });
    assert.equal(tap.status, 200);
    await until('the decision is final', async () => {
      visit = (await desk.getJson(`/tamu/${id}`)).json;
      return visit.decision.state === 'final';
    });
    checkVisit(visit);
    assert.equal(visit.decision.outcome, 'office_head');
    assert.equal(visit.decision.by, 'Hendra Wijaksana');
    assert.deepEqual(visit.decision.answers.map((a) => [a.role, a.outcome, a.channel, a.effect]),
      [['intel_chief', 'intel_chief', 'api', 'proposed'], ['office_head', 'office_head', 'whatsapp', 'final']]);
    assert.ok(visit.steps.some((s) => s.step === 6));
  });

  suite.test('step 7: received, noted, and a complaint that only its reader sees', async () => {
    await need();
    problem(await chief.json(`/tamu/${id}/diterima`, {}), 403);
    const received = await head.json(`/tamu/${id}/diterima`, {});
    assert.equal(received.status, 200, received.text);
    visit = checkVisit(received.json);
    assert.equal(visit.state, 'received');
    assert.match(visit.received_at, TIME);
    const noted = await head.json(`/tamu/${id}/catatan`, {
      who: 'Budi', what: 'Bertanya', when: 'Kemarin', where: 'Kapuas', how: 'Lisan', why: 'Ingin tahu',
      documents: [{ kind: 'Surat', count: 2 }], signature: 'ink',
    });
    assert.equal(noted.status, 200, noted.text);
    checkVisit(noted.json);
    assert.ok(!noted.text.includes('Bertanya'));
    const written = await desk.json(`/tamu/${id}/pengaduan`, {
      text: 'Saya melaporkan pungutan liar.', reported_party: 'Oknum', documents: [{ kind: 'Kuitansi', count: 1 }],
    });
    assert.equal(written.status, 201, written.text);
    assert.deepEqual(written.json, {}, 'a machine token sees no complaint number');
    for (const who of [desk, chief, head]) {
      const seen = await who.getJson(`/tamu/${id}`);
      assert.ok(!('complaint' in seen.json), 'a machine token sees that there is a complaint');
    }
  });

  suite.test('step 8: one thing, then the rest', async () => {
    await need();
    problem(await desk.json(`/tamu/${id}/selesai`, { badge: 'A-07' }), 409, 'still_held');
    const phone = visit.items.find((i) => i.kind === 'phone');
    const one = await desk.json(`/tamu/${id}/pengembalian`, { items: [phone.id] });
    assert.equal(one.status, 200, one.text);
    assert.match(one.json.items.find((i) => i.id === phone.id).returned_at, TIME);
    const held = problem(await desk.json(`/tamu/${id}/selesai`, {}), 409, 'still_held');
    assert.match(held.detail ?? held.title, /[Kk]artu/);
    const rest = await desk.json(`/tamu/${id}/pengembalian`, { all: true });
    assert.equal(rest.status, 200, rest.text);
    visit = checkVisit(rest.json);
    assert.ok(visit.items.every((i) => i.returned_at));
    assert.equal(visit.state, 'leaving');
  });

  suite.test('step 9: another badge 409, no badge 422, the right one closes', async () => {
    await need();
    problem(await desk.json(`/tamu/${id}/selesai`, {}), 422);
    problem(await desk.json(`/tamu/${id}/selesai`, { badge: 'A-08' }), 409);
    const closed = await desk.json(`/tamu/${id}/selesai`, { badge: 'A-07' });
    assert.equal(closed.status, 200, closed.text);
    visit = checkVisit(closed.json);
    assert.equal(visit.state, 'closed');
    assert.equal(visit.step, 9);
    assert.deepEqual([...new Set(visit.steps.map((s) => s.step))].sort(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    problem(await desk.json(`/tamu/${id}/selesai`, { badge: 'A-07' }), 409);
    const again = await desk.json('/tamu', guestData());
    assert.equal(again.status, 201);
    assert.equal(again.json.number, 2);
    const badge = await desk.json(`/tamu/${again.json.id}/titipan`, { badge: 'A-07', items: [{ kind: 'id_card' }] });
    assert.equal(badge.status, 200, badge.text);
  });

  suite.test('lists: items and next_cursor, by state, by text, page by page', async () => {
    await need();
    const all = (await desk.getJson('/tamu')).json;
    assert.equal(all.items.length, 2);
    assert.equal(all.next_cursor, null);
    const closed = (await desk.getJson('/tamu?state=closed')).json;
    assert.deepEqual(closed.items.map((v) => v.id), [id]);
    const found = (await desk.getJson(`/tamu?q=${encodeURIComponent(data.name)}`)).json;
    assert.ok(found.items.some((v) => v.id === id));
    const first = (await desk.getJson('/tamu?limit=1')).json;
    assert.equal(first.items.length, 1);
    assert.ok(first.next_cursor);
    const second = (await desk.getJson(`/tamu?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`)).json;
    assert.notEqual(second.items[0].id, first.items[0].id);
    assert.equal(second.next_cursor, null);
    assert.deepEqual((await desk.getJson('/tamu?date=2020-01-01')).json.items, []);
    problem(await desk.getJson('/tamu?limit=0'), 400);
    problem(await desk.getJson('/tamu?limit=201'), 400);
    problem(await desk.getJson('/tamu?cursor=bukan-kursor'), 400);
    problem(await desk.getJson('/tamu?date=kemarin'), 400);
    problem(await desk.getJson('/tamu/01a20fc9-0000-7000-8000-000000000000'), 404);
  });

  suite.test('the other endings: cancelled, left, lost, corrected', async () => {
    await need();
    const make = async () => (await desk.json('/tamu', guestData())).json.id;
    const cancelled = await make();
    problem(await desk.json(`/tamu/${cancelled}/batal`, {}), 422);
    const gone = await desk.json(`/tamu/${cancelled}/batal`, { reason: 'Salah kantor' });
    assert.equal(gone.json.state, 'cancelled', gone.text);
    problem(await desk.json(`/tamu/${cancelled}/titipan`, { badge: 'A-20', items: [{ kind: 'id_card' }] }), 409);
    const left = await make();
    assert.equal((await desk.json(`/tamu/${left}/titipan`, { badge: 'A-21', items: [{ kind: 'id_card' }] })).status, 200);
    problem(await desk.json(`/tamu/${left}/batal`, { reason: 'Terlambat' }), 409);
    const leaving = await desk.json(`/tamu/${left}/pulang`, { reason: 'Dijemput' });
    assert.equal(leaving.status, 200, leaving.text);
    assert.equal((await desk.json(`/tamu/${left}/pengembalian`, { all: true })).status, 200);
    const end = await desk.json(`/tamu/${left}/selesai`, { badge: 'A-21' });
    assert.equal(end.status, 200, end.text);
    assert.equal(end.json.state, 'left');
    const lost = await make();
    assert.equal((await desk.json(`/tamu/${lost}/titipan`, { badge: 'A-22', items: [{ kind: 'id_card' }] })).status, 200);
    problem(await desk.json(`/tamu/${lost}/hilang`, { reason: 'Jatuh' }), 422);
    assert.equal((await desk.json(`/tamu/${lost}/hilang`, { reason: 'Jatuh di parkiran', witness: 'Yuliana' })).status, 200);
    problem(await desk.json(`/tamu/${await make()}/titipan`, { badge: 'A-22', items: [{ kind: 'id_card' }] }), 409);
    const thing = await make();
    const held = (await desk.json(`/tamu/${thing}/titipan`, { badge: 'A-23', items: [{ kind: 'id_card' }, { kind: 'phone' }] })).json;
    const phone = held.items.find((i) => i.kind === 'phone').id;
    problem(await desk.json(`/tamu/${thing}/titipan`, { badge: 'A-24', items: [{ kind: 'bag' }] }), 409);
    const more = await desk.json(`/tamu/${thing}/titipan`, { badge: 'A-23', items: [{ kind: 'bag' }] });
    assert.equal(more.json.items.length, 3, more.text);
    assert.equal((await desk.json(`/tamu/${thing}/hilang`, { item: phone, reason: 'Jatuh', witness: 'Yuliana' })).status, 200);
    problem(await desk.json(`/tamu/${thing}/hilang`, { item: phone, reason: 'Jatuh', witness: 'Yuliana' }), 409);
    assert.equal((await desk.json(`/tamu/${thing}/pulang`, {})).json.state, 'leaving');
    problem(await desk.json(`/tamu/${thing}/pengembalian`, { items: [phone] }), 409);
    assert.equal((await desk.json(`/tamu/${thing}/pengembalian`, { all: true })).status, 200);
    assert.equal((await desk.json(`/tamu/${thing}/hilang`, { reason: 'Terbawa', witness: 'Yuliana' })).status, 200);
    assert.equal((await desk.json(`/tamu/${thing}/selesai`, {})).json.state, 'left', 'a lost badge is not waited for');
    const never = await desk.json(`/tamu/${await make()}/pulang`, { reason: 'Tidak jadi' });
    assert.equal(never.json.state, 'left', never.text);
    const wrong = await make();
    const fixed = await desk.json(`/tamu/${wrong}/koreksi`, { field: 'name', value: 'Budi Santosa', reason: 'Salah ketik' });
    assert.equal(fixed.status, 200, fixed.text);
    assert.equal(fixed.json.visitor.name, 'Budi Santosa');
    problem(await desk.json(`/tamu/${wrong}/koreksi`, { field: 'number', value: '7', reason: 'x' }), 422);
  });

  suite.test('a late entry: marked, with its reason', async () => {
    await need();
    const at = new Date(Date.now() - 3 * 3600_000).toISOString();
    problem(await desk.json('/tamu', guestData({ arrived_at: at })), 422);
    const late = await desk.json('/tamu', guestData({ arrived_at: at, late_reason: 'Listrik padam' }));
    assert.equal(late.status, 201, late.text);
    checkVisit(late.json);
    assert.equal(late.json.late, true);
    assert.equal(Math.abs(Date.parse(late.json.arrived_at) - Date.parse(at)) < 1000, true);
    problem(await desk.json('/tamu', guestData({ arrived_at: new Date(Date.now() + 3600_000).toISOString() })), 422);
  });
}
