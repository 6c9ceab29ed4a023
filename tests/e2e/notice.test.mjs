// Steps 5 and 6 beyond the usual path: webhooks late, twice and in the wrong order, bad signatures,
// answers from the wrong person, the link page, silence, both policies, a restart in between.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readable } from './forms.test.mjs';
import { problem } from './json.test.mjs';
import { guestData, PHONES, sleep, until } from './lib.mjs';

export default function (suite) {
  let desk, duty, chief, head;
  const need = async () => {
    const office = await suite.office();
    desk ??= await office.program('rina');
    duty ??= await office.program('yuliana');
    chief ??= await office.program('arief');
    head ??= await office.program('hendra');
    return office;
  };
  const look = async (id, who = desk) => (await who.getJson(`/tamu/${id}`)).json;
  const wait = (id, what, test) => until(what, async () => {
    const v = await look(id);
    return test(v) ? v : null;
  });

  // A guest, and the message that tells of him.
  const announce = async (office, more = {}, who = desk) => {
    const before = office.messages('tamu_baru').length;
    const made = await who.json('/tamu', guestData(more));
    assert.equal(made.status, 201, made.text);
    const message = await office.message('tamu_baru', before + 1);
    return { id: made.json.id, number: made.json.number, message };
  };
  const linkOf = (message) => new URL(message.params.find((p) => p.includes('/jawab/'))).pathname;
  const tap = (office, to, button, more = {}) => office.control('/tap', { to, button, ...more });

  suite.test('statuses late, twice, in the wrong order, all in one: the highest stays', async () => {
    const office = await need();
    for (const mode of ['late', 'twice', 'reorder', 'batch', 'before']) {
      await office.control('', { to: PHONES.arief, mode, times: 1, lateMs: 400 });
      const { id, message } = await announce(office);
      await wait(id, `read after ${mode}`, (v) => v.notice.state === 'read');
      await until('all statuses sent', () => message.statuses.length >= 3);
      await sleep(150);
      assert.equal((await look(id)).notice.state, 'read', mode);
      assert.equal(office.messages('tamu_baru').filter((m) => m.params[0] === message.params[0]).length, 1, `${mode}: one notice`);
    }
    assert.ok(office.whatsapp.state.webhooks.every((w) => w.status === 200));
  });

  suite.test('an undelivered message is failed at the desk, with a reason in words', async () => {
    const office = await need();
    await office.control('', { to: PHONES.arief, mode: 'undelivered:131026', times: 1 });
    const { id } = await announce(office);
    const v = await wait(id, 'failed', (x) => x.notice.state === 'failed');
    assert.ok(v.notice.reason && /[a-z]/.test(v.notice.reason));
    await office.control('', { to: PHONES.arief, mode: 'fail:131026', times: 1 });
    const made = await desk.json('/tamu', guestData());
    const w = await wait(made.json.id, 'failed at once', (x) => x.notice.state === 'failed');
    assert.ok(w.notice.reason);
  });

  suite.test('WhatsApp in trouble for a moment: tried again, sent once', async () => {
    const office = await need();
    for (const mode of ['500', '429']) {
      await office.control('', { to: PHONES.arief, mode, times: 1 });
      const made = await desk.json('/tamu', guestData());
      assert.equal(made.status, 201);
      await until(`sent after ${mode}`, async () => ['sent', 'delivered', 'read'].includes((await look(made.json.id)).notice.state), 60_000);
      assert.equal(office.messages('tamu_baru').filter((m) => m.params[0].startsWith(`${made.json.number}/`)).length, 1, mode);
    }
  });

  suite.test('webhooks: bad signature 401, none 401, non-JSON 400, unknown JSON 200', async () => {
    const office = await need();
    const raw = async (body, signature) => (await office.control('/raw', { body, signature })).status;
    assert.equal(await raw({ object: 'x' }, 'bad'), 401);
    assert.equal(await raw({ object: 'x' }, 'none'), 401);
    assert.equal(await raw({ object: 'x' }, 'sha256='), 401);
    assert.equal(await raw('bukan json', undefined), 400);
    assert.equal(await raw('', undefined), 400);
    for (const body of [{}, [], { object: 'page' }, { entry: 7 }, { entry: [{ changes: [{ field: 'lain', value: [] }] }] }, 'null', '"teks"', '12'])
      assert.equal(await raw(body, undefined), 200, JSON.stringify(body));
    const signed = (kilobytes) => {
      const body = JSON.stringify({ object: 'whatsapp_business_account', pad: 'x'.repeat(kilobytes * 1024) });
      const sign = createHmac('sha256', office.secret).update(body).digest('hex');
      return office.guest().send('POST', '/kait/whatsapp', { headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${sign}` }, body });
    };
    assert.equal((await signed(2900)).status, 200, 'nearly three megabytes');
    assert.equal((await signed(3100)).status, 413, 'more than Meta ever sends');
    const bare = await office.guest().send('POST', '/kait/whatsapp', { headers: { 'Content-Type': 'application/json' }, body: '{}' });
    assert.equal(bare.status, 401);
  });

  suite.test('an answer counts only from the person addressed', async () => {
    const office = await need();
    const { id, message } = await announce(office);
    assert.equal((await tap(office, PHONES.arief, 0, { from: PHONES.hendra })).status, 200);
    assert.equal((await tap(office, PHONES.arief, 0, { from: '6289999999999' })).status, 200);
    assert.equal((await tap(office, PHONES.arief, 'v1.AAAAAAAAAAAAAAAAAAAAAA')).status, 200);
    await sleep(300);
    assert.equal((await look(id)).decision.state, 'none');
    assert.equal((await tap(office, PHONES.arief, message.payloads[0])).status, 200);
    const v = await wait(id, 'proposed', (x) => x.decision.state === 'proposed');
    assert.equal(v.decision.answers.length, 1);
  });

  suite.test('the same tap twice counts once; one after the decision is told so', async () => {
    const office = await need();
    const { id } = await announce(office);
    await tap(office, PHONES.arief, 0, { repeat: 3 });
    await wait(id, 'proposed', (x) => x.decision.state === 'proposed');
    await sleep(200);
    assert.equal((await look(id)).decision.answers.length, 1, 'three deliveries of one tap');
    const questions = office.messages('tanya_kajari').length;
    const texts = office.messages().filter((m) => m.text).length;
    await head.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' });
    await wait(id, 'final', (x) => x.decision.state === 'final');
    await until('the question', () => office.messages('tanya_kajari').length >= questions);
    await tap(office, PHONES.hendra, 0);
    const v = await wait(id, 'a late answer is kept', (x) => x.decision.answers.length === 3);
    assert.equal(v.decision.outcome, 'intel_chief');
    assert.equal(v.decision.answers.at(-1).effect, 'too_late');
    await until('a message that says so', () => office.messages().filter((m) => m.text).length > texts);
    const said = office.messages().filter((m) => m.text).at(-1);
    assert.equal(said.to, PHONES.hendra);
    assert.match(said.text, /sudah/i);
  });

  suite.test('the link page: GET changes nothing, POST decides, once', async () => {
    const office = await need();
    const { id, message } = await announce(office, { category: 'complaint', name: 'Nama Rahasia' });
    const link = linkOf(message);
    assert.ok(!JSON.stringify(message).includes('Nama Rahasia'));
    const phone = office.guest();
    for (let i = 0; i < 3; i += 1) {
      const page = await phone.get(link);
      assert.equal(page.status, 200);
      assert.match(readable(page.text), /Saya terima/);
      assert.ok(!page.text.includes('Nama Rahasia'), 'the name of somebody with a complaint');
      assert.equal(page.headers['cache-control'], 'no-store');
      assert.equal(page.headers['referrer-policy'], 'no-referrer');
    }
    assert.equal((await look(id)).decision.state, 'none');
    const foreign = await office.guest().send('POST', link, { headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://contoh.id', 'Sec-Fetch-Site': 'cross-site' }, body: 'outcome=intel_chief' });
    assert.equal(foreign.status, 403);
    const nothing = await phone.form(link, { outcome: '' });
    assert.equal(nothing.status, 422);
    await phone.get(link);
    const done = await phone.form(link, { outcome: 'intel_chief' });
    assert.equal(done.status, 200);
    assert.match(readable(done.text), /Tercatat/);
    assert.equal((await look(id)).decision.state, 'proposed');
    const again = await phone.form(link, { outcome: 'refused' });
    assert.equal(again.status, 409);
    const v = await look(id);
    assert.equal(v.decision.state, 'proposed');
    assert.equal(v.decision.answers.filter((a) => a.effect !== 'too_late').length, 1);
    assert.match(readable((await phone.get(link)).text), /sudah tercatat/);
    assert.equal((await phone.get('/jawab/AAAAAAAAAAAAAAAAAAAAAA')).status, 404);
    assert.equal((await phone.get(`/jawab/${message.payloads[0].slice(3)}`)).status, 404, 'a button is not a link');
    assert.ok(!office.log().includes(link.split('/').at(-1)), 'the link is in the log');
  });

  suite.test('twenty answers at once by the link: one counts', async () => {
    const office = await need();
    const { id, message } = await announce(office);
    const link = linkOf(message);
    const phones = await Promise.all(Array.from({ length: 20 }, async () => {
      const phone = office.guest();
      await phone.get(link);
      return phone;
    }));
    const answers = await Promise.all(phones.map((p, i) => p.form(link, { outcome: i % 2 ? 'refused' : 'intel_chief' })));
    assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join(' '));
    assert.equal((await look(id)).decision.answers.filter((a) => a.effect === 'proposed').length, 1);
  });

  suite.test('"Nanti" asks again, and does not decide', async () => {
    const office = await need();
    const { id } = await announce(office);
    await tap(office, PHONES.arief, 2);
    await wait(id, 'kept as later', (v) => v.decision.answers.some((a) => a.outcome === 'later'));
    assert.equal((await look(id)).decision.state, 'none');
    const before = office.messages('tamu_baru').length;
    await office.halt();
    const minutes = Number(await office.sql(`SELECT (ask_again_at - ${Date.now()}) / 60000.0 FROM visit WHERE id = '${id}'`));
    assert.ok(minutes > 8 && minutes < 10.1, `asked again in ${minutes} minutes`);
    await office.sql(`UPDATE visit SET ask_again_at = 1 WHERE id = '${id}'`);
    await office.serve();
    const again = await office.message('tamu_baru', before + 1);
    assert.equal(again.to, PHONES.arief);
    await tap(office, PHONES.arief, 0);
    await wait(id, 'proposed', (v) => v.decision.state === 'proposed');
  });

  suite.test('spoken, written down by a desk with the official; without one 403', async () => {
    const office = await need();
    const { id } = await announce(office);
    problem(await desk.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' }), 403);
    problem(await desk.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief', official: 'rina' }), 422);
    problem(await desk.json(`/tamu/${id}/keputusan`, { official: 'office_head' }), 422);
    const first = await desk.json(`/tamu/${id}/keputusan`, { outcome: 'ask_head', official: 'arief', note: 'Lewat telepon' });
    assert.equal(first.status, 200, first.text);
    assert.equal(first.json.decision.state, 'proposed');
    const second = await duty.json(`/tamu/${id}/keputusan`, { outcome: 'office_head', official: 'office_head' });
    assert.equal(second.status, 200, second.text);
    assert.equal(second.json.decision.state, 'final');
    const spoken = second.json.decision.answers;
    assert.deepEqual(spoken.map((a) => [a.channel, a.by, a.recorded_by]),
      [['spoken', 'Arief Setiadi', 'Rina Wahyuni'], ['spoken', 'Hendra Wijaksana', 'Yuliana Karing']]);
    problem(await chief.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' }), 409);
    const maria = await office.program('maria');
    const other = await announce(office);
    problem(await maria.json(`/tamu/${other.id}/keputusan`, { outcome: 'section_chief' }), 403);
    const hers = await announce(office, { host: 'maria' });
    const own = await maria.json(`/tamu/${hers.id}/keputusan`, { outcome: 'section_chief' });
    assert.equal(own.status, 200, own.text);
  });

  suite.test('twenty final answers at once: one is final, all are kept', async () => {
    const office = await need();
    const { id } = await announce(office);
    await chief.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
      head.json(`/tamu/${id}/keputusan`, { outcome: i % 2 ? 'office_head' : 'intel_chief' })));
    assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join(' '));
    const v = await look(id);
    assert.equal(v.decision.answers.filter((a) => a.effect === 'final').length, 1);
    assert.equal(v.decision.answers.length, 21);
    assert.equal(v.decision.outcome, v.decision.answers.find((a) => a.effect === 'final').outcome);
  });

  suite.test('refused: the guest leaves unreceived', async () => {
    const office = await need();
    const { id } = await announce(office);
    await tap(office, PHONES.arief, 3);
    await wait(id, 'proposed', (v) => v.decision.state === 'proposed');
    await head.json(`/tamu/${id}/keputusan`, { outcome: 'refused' });
    problem(await head.json(`/tamu/${id}/diterima`, {}), 403);
    problem(await desk.json(`/tamu/${id}/diterima`, {}), 409);
    const gone = await desk.json(`/tamu/${id}/pulang`, {});
    assert.equal(gone.json.state, 'left', gone.text);
    void office;
  });

  suite.test('queued messages survive kill -9 of the server', async () => {
    const office = await need();
    await office.control('', { mode: '500' });
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push((await desk.json('/tamu', guestData())).json);
    await office.halt('SIGKILL');
    const before = office.messages('tamu_baru').length;
    await office.control('', { mode: 'normal' });
    await office.serve();
    await until('all five are sent', () => office.messages('tamu_baru').length >= before + 5, 60_000);
    await sleep(300);
    for (const v of made)
      assert.equal(office.messages('tamu_baru').filter((m) => m.params[0].startsWith(`${v.number}/`)).length, 1, `one notice of ${v.number}`);
  });

  suite.test('WhatsApp hangs: the counter does not wait', async () => {
    const office = await need();
    await office.control('', { to: PHONES.arief, mode: 'hang', times: 1 });
    const started = Date.now();
    const made = await desk.json('/tamu', guestData());
    assert.equal(made.status, 201);
    assert.ok(Date.now() - started < 1000, `${Date.now() - started} ms`);
    const health = await office.guest().get('/healthz');
    assert.equal(health.status, 200);
  });

  suite.test('silence of the Kajari makes the proposal final, and says so', async () => {
    const office = await suite.ownOffice();
    await office.halt();
    await office.sql('UPDATE office SET head_silence_s = 2');
    await office.serve();
    const program = await office.program('rina');
    const made = await program.json('/tamu', guestData());
    const kasi = await office.program('arief');
    assert.equal((await kasi.json(`/tamu/${made.json.id}/keputusan`, { outcome: 'intel_chief' })).json.decision.state, 'proposed');
    const v = await until('final by silence', async () => {
      const seen = (await program.getJson(`/tamu/${made.json.id}`)).json;
      return seen.decision.state === 'final' ? seen : null;
    }, 8000);
    assert.equal(v.decision.outcome, 'intel_chief');
    assert.equal(v.decision.by, 'Arief Setiadi', 'whose proposal it was');
    assert.equal(v.decision.answers.at(-1).channel, 'silence');
    assert.equal(v.decision.answers.at(-1).by, null, 'nobody answered');
    const asked = await program.json('/tamu', guestData());
    await kasi.json(`/tamu/${asked.json.id}/keputusan`, { outcome: 'ask_head' });
    await office.restart('SIGKILL');
    const w = await until('final by silence after a restart', async () => {
      const seen = (await program.getJson(`/tamu/${asked.json.id}`)).json;
      return seen.decision.state === 'final' ? seen : null;
    }, 8000);
    assert.equal(w.decision.outcome, 'intel_chief', 'as the Kajari wishes, and he says nothing: the Kasi Intel');
    await program.json(`/tamu/${made.json.id}/titipan`, { badge: 'A-01', items: [{ kind: 'id_card' }] });
    await program.json(`/tamu/${made.json.id}/ruang-tunggu`, {});
    assert.equal((await kasi.json(`/tamu/${made.json.id}/diterima`, {})).status, 200);
  });

  suite.test('policy when_asked: the Kasi Intel decides, unless he asks', async () => {
    const office = await suite.ownOffice();
    const admin = await office.login('admin');
    await admin.get('/kantor');
    const set = await admin.json('/kantor', { ask_head: 'when_asked' });
    assert.equal(set.status, 200, set.text);
    const program = await office.program('rina');
    const kasi = await office.program('arief');
    const made = await program.json('/tamu', guestData());
    const own = await kasi.json(`/tamu/${made.json.id}/keputusan`, { outcome: 'intel_chief' });
    assert.equal(own.json.decision.state, 'final', own.text);
    assert.equal(own.json.decision.outcome, 'intel_chief');
    const other = await program.json('/tamu', guestData());
    const asks = await kasi.json(`/tamu/${other.json.id}/keputusan`, { outcome: 'ask_head' });
    assert.equal(asks.json.decision.state, 'proposed');
    await office.message('tanya_kajari');
    await tap(office, PHONES.hendra, 1);
    await until('final', async () => (await program.getJson(`/tamu/${other.json.id}`)).json.decision.state === 'final');
  });

  suite.test('without WhatsApp step 5 is skipped with its reason, and the desk goes on', async () => {
    const office = await suite.ownOffice({ whatsapp: false });
    const program = await office.program('rina');
    const made = await program.json('/tamu', guestData());
    const step = made.json.steps.find((s) => s.step === 5);
    assert.match(step.skipped, /WhatsApp/);
    assert.equal(made.json.notice.state, 'none');
    const spoken = await program.json(`/tamu/${made.json.id}/keputusan`, { official: 'office_head', outcome: 'office_head' });
    assert.equal(spoken.json.decision.state, 'final');
    const desk2 = await office.login('rina');
    assert.match(readable((await desk2.get('/tamu')).text), /Tidak dikirim/);
    const closed = await office.guest().send('POST', '/kait/whatsapp', { headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` }, body: '{}' });
    assert.equal(closed.status, 401);
  });
}
