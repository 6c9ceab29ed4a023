// WhatsApp to the last corner: answers in words, the list inside the 24-hour window, a rush of guests, every
// class of failure, and what is known of a message whose outcome nobody knows.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guestData, PHONES, sleep, until } from './lib.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;

export default function (suite) {
  // Waiting times are a twentieth: 30 s are 1.5 s, the pace of a person is one message in 0.3 s.
  const SPEED = 20;
  const made = new Map();
  const open = async (name, options = {}) => {
    if (!made.has(name)) {
      const office = await suite.ownOffice({ speed: SPEED, ...options });
      office.desk = await office.program('rina');
      office.chief = await office.program('arief');
      office.head = await office.program('hendra');
      office.admin = await office.login('admin');
      made.set(name, office);
    }
    return made.get(name);
  };
  const common = () => open('common');
  const look = async (office, id) => (await office.desk.getJson(`/tamu/${id}`)).json;
  const wait = (office, id, what, test, ms) => until(what, async () => {
    const v = await look(office, id);
    return test(v) ? v : null;
  }, ms);
  const register = async (office, more = {}) => {
    const answer = await office.desk.json('/tamu', guestData(more));
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  };
  const about = (office, number, template) => office.messages(template)
    .filter((m) => m.params[0]?.startsWith(`${number}/`));
  const announce = async (office, more = {}) => {
    const { id, number } = await register(office, more);
    const message = await until(`message about ${number}`, () => about(office, number, 'tamu_baru')[0]);
    return { id, number, message };
  };
  // Nobody waits any more: a text then can mean one guest only.
  const clear = async (office) => {
    const { json } = await office.desk.getJson('/tamu?limit=200');
    for (const v of json.items.filter((x) => !['closed', 'cancelled', 'left'].includes(x.state)))
      await office.desk.json(`/tamu/${v.id}/batal`, { reason: 'Uji' });
  };
  const text = (office, to, words, more = {}) => office.control('/text', { to, text: words, ...more });
  const tap = (office, to, button, more = {}) => office.control('/tap', { to, button, ...more });
  const texts = (office, to) => office.whatsapp.state.messages.filter((m) => m.text && (!to || m.to === to));
  const lists = (office, to) => office.whatsapp.state.messages.filter((m) => m.list && m.to === to);
  const forget = async (office, sql) => {
    await office.halt();
    const result = await office.sql(sql);
    await office.serve();
    return result;
  };
  const closeWindow = (office) => forget(office, 'UPDATE staff SET last_inbound_at = NULL');
  const readSql = (office, sql) => office.sql(sql);

  // --- answers in words -----------------------------------------------------------------------------------

  suite.test('words: the only open question is meant; the answer is kept with its message', async () => {
    const office = await common();
    for (const [words, outcome] of [['ok pak', 'intel_chief'], ['2.', 'ask_head'], ['tolak', 'refused'], ['Saya terima pak', 'intel_chief']]) {
      await clear(office);
      const { id } = await announce(office);
      const said = await text(office, PHONES.arief, words);
      assert.equal(said.status, 200);
      const v = await wait(office, id, `"${words}"`, (x) => x.decision.state === 'proposed');
      assert.equal(v.decision.outcome, outcome, words);
      assert.deepEqual(v.decision.answers.map((a) => [a.channel, a.by]), [['whatsapp', 'Arief Setiadi']]);
      assert.equal(await readSql(office, `SELECT message_id FROM answer WHERE visit_id = '${id}'`), said.id);
    }
  });

  suite.test('words: "nanti 15" asks again in fifteen minutes', async () => {
    const office = await common();
    await clear(office);
    const { id } = await announce(office);
    await text(office, PHONES.arief, 'nanti 15 menit lagi ya pak');
    await wait(office, id, 'later', (x) => x.decision.answers.some((a) => a.outcome === 'later'));
    const minutes = Number(await readSql(office, `SELECT (ask_again_at - ${Date.now()}) / 60000.0 FROM visit WHERE id = '${id}'`));
    assert.ok(minutes > 14 && minutes < 15.1, `${minutes} minutes`);
    assert.equal((await look(office, id)).decision.state, 'none');
  });

  suite.test('words: the Kajari answers his question in words too', async () => {
    const office = await common();
    await clear(office);
    const { id, number } = await announce(office);
    await text(office, PHONES.arief, '1');
    await until('the question', () => about(office, number, 'tanya_kajari')[0]);
    await text(office, PHONES.hendra, 'cukup kasi intel saja');
    const v = await wait(office, id, 'final', (x) => x.decision.state === 'final');
    assert.equal(v.decision.outcome, 'intel_chief');
    assert.equal(v.decision.answers.at(-1).by, 'Hendra Wijaksana');
  });

  suite.test('words that are no answer: nothing is decided, help comes once a day', async () => {
    const office = await common();
    await clear(office);
    await forget(office, "DELETE FROM outbox WHERE kind = 'help_reply'");
    const { id, number } = await announce(office);
    const before = texts(office, PHONES.arief).length;
    for (const words of ['belum bisa terima', 'jangan terima', 'terima kasih', 'terima?', 'siapa tamunya', 'nanti jam 3'])
      assert.equal((await text(office, PHONES.arief, words)).status, 200);
    await text(office, PHONES.arief, '', { type: 'audio' });
    await until('help', () => texts(office, PHONES.arief).length > before);
    await sleep(400);
    assert.equal(texts(office, PHONES.arief).length, before + 1, 'one help');
    const help = texts(office, PHONES.arief).at(-1).text;
    assert.ok(help.includes(`${number}/`) && /1 Saya terima, 2 Tanya Kajari/.test(help), help);
    assert.equal((await look(office, id)).decision.answers.length, 0);
    assert.equal(await readSql(office, "SELECT count(*) FROM outbox WHERE kind = 'help_reply'"), '1');
  });

  suite.test('words count from the person addressed only, and only while a question is open', async () => {
    const office = await common();
    await clear(office);
    const { id } = await announce(office);
    await text(office, PHONES.hendra, 'terima');
    await text(office, PHONES.maria, 'terima');
    await text(office, '6289999999999', 'terima');
    await sleep(300);
    assert.equal((await look(office, id)).decision.answers.length, 0);
    await office.desk.json(`/tamu/${id}/batal`, { reason: 'Uji' });
    await text(office, PHONES.arief, 'terima');
    await sleep(300);
    assert.equal((await look(office, id)).decision.answers.length, 0);
  });

  suite.test('several open: a reply names its guest, a number does, and else the list is sent', async () => {
    const office = await common();
    await clear(office);
    const a = await announce(office);
    const b = await announce(office);
    const c = await announce(office);
    await text(office, PHONES.arief, 'terima', { replyTo: b.message.wamid });
    await wait(office, b.id, 'the one replied to', (v) => v.decision.state === 'proposed');
    await text(office, PHONES.arief, `tolak ${c.number}`);
    await wait(office, c.id, 'the one named', (v) => v.decision.state === 'proposed');
    assert.equal((await look(office, a.id)).decision.state, 'none');
    const d = await announce(office);
    const before = lists(office, PHONES.arief).length;
    await text(office, PHONES.arief, 'saya terima', { repeat: 3 });
    const list = await until('the list', () => lists(office, PHONES.arief).slice(before).find((m) => m.list.includes('2 tamu menunggu')));
    await sleep(300);
    assert.equal(lists(office, PHONES.arief).length, before + 1, 'one list, though his message came three times');
    assert.equal(list.payloads.length, 2);
    assert.ok(list.list.includes(`1. ${a.number}/`) && list.list.includes(`2. ${d.number}/`), list.list);
    for (const one of [a, d]) assert.equal((await look(office, one.id)).decision.state, 'none');
    // A row shows the answers of its guest; its answer decides.
    await tap(office, PHONES.arief, list.payloads[1]);
    const choices = await until('the answers', () => lists(office, PHONES.arief).slice(before + 1)[0]);
    assert.deepEqual(choices.titles, ['Saya terima', 'Tanya Kajari', 'Nanti', 'Tolak']);
    assert.ok(choices.list.includes(`${d.number}/`));
    assert.equal((await look(office, d.id)).decision.state, 'none', 'a row decides nothing');
    await tap(office, PHONES.arief, choices.payloads[1]);
    const v = await wait(office, d.id, 'decided by its answers', (x) => x.decision.state === 'proposed');
    assert.equal(v.decision.outcome, 'ask_head');
    assert.equal((await look(office, a.id)).decision.state, 'none');
  });

  suite.test('a reply to a guest who is decided is kept as too late, and says so', async () => {
    const office = await common();
    await clear(office);
    const { id, message } = await announce(office);
    await office.head.json(`/tamu/${id}/keputusan`, { outcome: 'office_head' });
    await wait(office, id, 'final', (v) => v.decision.state === 'final');
    const before = texts(office, PHONES.arief).length;
    await text(office, PHONES.arief, 'terima', { replyTo: message.wamid });
    const v = await wait(office, id, 'kept', (x) => x.decision.answers.some((a) => a.effect === 'too_late'));
    assert.equal(v.decision.outcome, 'office_head');
    await until('told', () => texts(office, PHONES.arief).slice(before).some((m) => /sudah dijawab/.test(m.text)));
  });

  // --- the window -----------------------------------------------------------------------------------------

  suite.test('outside the window a template, inside it a list; list and button replies count', async () => {
    const office = await common();
    await clear(office);
    await closeWindow(office);
    const first = await announce(office);
    assert.equal(first.message.type, 'template');
    await tap(office, PHONES.arief, first.message.payloads[0]);
    await wait(office, first.id, 'template button', (v) => v.decision.state === 'proposed');
    for (const kind of ['list_reply', 'button_reply']) {
      const { id, message } = await announce(office);
      assert.equal(message.type, 'interactive');
      assert.deepEqual(message.titles, ['Saya terima', 'Tanya Kajari', 'Nanti', 'Tolak']);
      await tap(office, PHONES.arief, message.payloads[3], { kind });
      const v = await wait(office, id, kind, (x) => x.decision.state === 'proposed');
      assert.equal(v.decision.outcome, 'refused');
    }
    await forget(office, `UPDATE staff SET last_inbound_at = ${Date.now() - DAY_MS + 30_000}`);
    assert.equal((await announce(office)).message.type, 'template', 'a minute before its end it counts as closed');
  });

  suite.test('131047: the window is closed after all, and the template goes out at once', async () => {
    const office = await common();
    await clear(office);
    await text(office, PHONES.arief, 'terima kasih');
    await sleep(500); // his help goes out, if it has not today
    await office.control('', { closeWindow: PHONES.arief });
    const from = office.whatsapp.state.requests.length;
    const { message } = await announce(office);
    assert.equal(message.type, 'template');
    const requests = office.whatsapp.state.requests.slice(from);
    assert.deepEqual(requests.map((r) => [JSON.parse(r.body).type, r.verdict.slice(0, 8)]), [['interactive', '131047: '], ['template', 'accepted']]);
    assert.ok(requests[1].at - requests[0].at < 500, 'at once');
    // The same when it is said only later, by a status.
    await text(office, PHONES.arief, 'terima kasih');
    await office.control('', { to: PHONES.arief, mode: 'undelivered:131047', times: 1 });
    const late = await register(office);
    await until('the template', () => about(office, late.number, 'tamu_baru').some((m) => m.type === 'template'));
    await wait(office, late.id, 'read', (v) => v.notice.state === 'read');
    await closeWindow(office);
  });

  suite.test('a sender without a number is known by the id learnt before', async () => {
    const office = await common();
    await clear(office);
    await text(office, PHONES.arief, 'terima kasih', { from: PHONES.arief, bsuid: 'ID.1234567890' });
    const { id, message } = await announce(office);
    await tap(office, PHONES.arief, message.payloads[0], { bsuid: 'ID.1234567890', withoutContext: true });
    await wait(office, id, 'answered without a number', (v) => v.decision.state === 'proposed');
    const other = await announce(office);
    await tap(office, PHONES.arief, other.message.payloads[0], { bsuid: 'ID.9999999999', withoutContext: true });
    await sleep(300);
    assert.equal((await look(office, other.id)).decision.state, 'none', 'an id nobody has');
    await office.control('/text', { to: PHONES.arief, text: 'terima', bsuid: 'ID.1234567890' });
    await wait(office, other.id, 'in words without a number', (v) => v.decision.state === 'proposed');
    await closeWindow(office);
  });

  // --- a rush ---------------------------------------------------------------------------------------------

  suite.test('a rush: one message lists the guests who wait, and their rows know it', async () => {
    const office = await open('rush', { burst: 3 });
    const visits = [];
    for (let i = 0; i < 9; i += 1) visits.push(await register(office));
    for (const v of visits) await wait(office, v.id, `read ${v.number}`, (x) => x.notice.state === 'read', 15_000);
    const all = office.whatsapp.state.messages.filter((m) => m.to === PHONES.arief);
    const queue = all.filter((m) => m.template === 'antrean_tamu');
    assert.ok(all.length < 9, `${all.length} messages for nine guests`);
    assert.ok(queue.length >= 1);
    for (const m of queue) {
      const [count, list, link] = m.params;
      assert.ok(Number(count) >= 2);
      assert.ok(link.endsWith('/jawab'));
      assert.match(list, /menunggu \d+ menit, perorangan, Pertemuan|menunggu \d+ menit, perorangan/);
    }
    for (const v of visits) {
      const told = all.filter((m) => m.params[0]?.startsWith(`${v.number}/`) || m.params[1]?.includes(`${v.number}/`));
      assert.ok(told.length <= 1, `guest ${v.number} is told of ${told.length} times`);
    }
    // A list names the first few and counts the rest ("dan 1 tamu lagi").
    const counted = all.reduce((sum, m) => sum + (m.template === 'antrean_tamu' ? Number(m.params[0]) : 1), 0);
    assert.equal(counted, 9, 'every guest is told of once');
    const carried = await readSql(office, `SELECT count(*) FROM outbox c JOIN outbox r ON r.id = c.carried_by
      WHERE c.state = 'read' AND r.state = 'read' AND c.provider_id IS NULL AND r.carried_by IS NULL`);
    assert.equal(Number(carried), 9 - all.length, 'the rows that went along');
    // His pace: three at once, then one in 0.3 s (6 s of real life).
    const times = all.map((m) => m.at).sort((x, y) => x - y);
    for (let i = 3; i < times.length; i += 1) assert.ok(times[i] - times[i - 3] >= 250, `${times[i] - times[i - 3]} ms`);
  });

  suite.test('a rush inside the window: the list leads to the answers of each guest', async () => {
    const office = await open('rush', { burst: 3 });
    await clear(office);
    await text(office, PHONES.arief, 'terima kasih');
    await sleep(1200);
    const visits = [];
    for (let i = 0; i < 8; i += 1) visits.push(await register(office));
    const list = await until('a list of guests', () => lists(office, PHONES.arief).find((m) => /tamu menunggu jawaban Anda/.test(m.list)), 15_000);
    assert.ok(list.payloads.length >= 2);
    for (const v of visits) await wait(office, v.id, `read ${v.number}`, (x) => x.notice.state === 'read', 15_000);
    const number = Number(/^(\d+)\//.exec(list.titles[0])[1]);
    const guest = visits.find((v) => v.number === number);
    await tap(office, PHONES.arief, list.payloads[0]);
    const choices = await until('his answers', () => lists(office, PHONES.arief)
      .find((m) => m.at > list.at && m.list.includes(`nomor ${number}/`) && m.titles.includes('Tolak')), 15_000);
    await tap(office, PHONES.arief, choices.payloads[0]);
    const v = await wait(office, guest.id, 'answered', (x) => x.decision.state === 'proposed');
    assert.equal(v.decision.outcome, 'intel_chief');
    // A reply to the list names nobody, but a number does.
    const other = visits.find((x) => x.number !== number && list.titles.some((t) => t.startsWith(`${x.number}/`)));
    await text(office, PHONES.arief, `terima ${other.number}`, { replyTo: list.wamid });
    await wait(office, other.id, 'answered in words', (x) => x.decision.state === 'proposed');
  });

  suite.test('a refused list template: each guest gets his own message, nothing is lost', async () => {
    const office = await open('norush', { burst: 2 });
    await office.control('', { stoppedTemplates: { antrean_tamu: 132001 } });
    const visits = [];
    for (let i = 0; i < 6; i += 1) visits.push(await register(office));
    for (const v of visits) await wait(office, v.id, `read ${v.number}`, (x) => x.notice.state === 'read', 20_000);
    for (const v of visits) assert.equal(about(office, v.number, 'tamu_baru').length, 1, `guest ${v.number}`);
    assert.equal(await readSql(office, "SELECT name || ' ' || code FROM template_stop"), 'antrean_tamu 132001');
  });

  // --- failures -------------------------------------------------------------------------------------------

  suite.test('the table: what may pass is sent again, what cannot is not', async () => {
    const office = await common();
    await clear(office);
    await closeWindow(office);
    for (const code of [1, 2, 4, 80007, 130429, 131000, 131016, 131057, 133004]) {
      await office.control('', { to: PHONES.arief, mode: `fail:${code}`, times: 1 });
      const { id, number } = await register(office);
      await wait(office, id, `sent after ${code}`, (v) => v.notice.state === 'read');
      assert.equal(about(office, number, 'tamu_baru').length, 1, String(code));
    }
    for (const code of [100, 131008, 131009, 131021, 131030, 131051, 131062, 132000, 132001, 132005, 132007, 132012, 135000]) {
      await office.control('', { to: PHONES.arief, mode: `fail:${code}` });
      const before = office.whatsapp.state.requests.length;
      const { id } = await register(office);
      const v = await wait(office, id, `failed by ${code}`, (x) => x.notice.state === 'failed');
      assert.match(v.notice.reason, /[a-z]{4}/);
      await sleep(150);
      assert.equal(office.whatsapp.state.requests.length, before + 1, `${code} is tried once`);
    }
    await office.control('', { to: PHONES.arief, mode: 'normal' });
  });

  suite.test('a failure told later by a status: sent again when it may pass, and only then', async () => {
    const office = await common();
    await clear(office);
    for (const mode of ['undelivered:131000', 'undelivered-twice:130429', 'failed-first:131016']) {
      await office.control('', { to: PHONES.arief, mode, times: 1 });
      const { id, number } = await register(office);
      await wait(office, id, `read after ${mode}`, (v) => v.notice.state === 'read', 15_000);
      assert.equal(about(office, number, 'tamu_baru').length, 2, mode);
    }
    await office.control('', { to: PHONES.arief, mode: 'undelivered:132015', times: 1 });
    const { id, number } = await register(office);
    await wait(office, id, 'failed', (v) => v.notice.state === 'failed');
    await sleep(300);
    assert.equal(about(office, number, 'tamu_baru').length, 1);
  });

  suite.test('131026 puts the number in doubt; a delivered message takes it back', async () => {
    const office = await common();
    await clear(office);
    const doubt = () => readSql(office, "SELECT phone_doubtful_at IS NOT NULL FROM staff WHERE username = 'arief'");
    const page = async () => {
      const id = await readSql(office, "SELECT id FROM staff WHERE username = 'arief'");
      return (await office.admin.get(`/petugas/${id}`)).text;
    };
    for (const mode of ['fail:131026', 'undelivered:131026']) {
      await office.control('', { to: PHONES.arief, mode, times: 1 });
      const { id } = await register(office);
      await wait(office, id, mode, (v) => v.notice.state === 'failed');
      assert.equal(await doubt(), '1', mode);
      assert.match(await page(), /diragukan/);
      const doctor = await office.command('doctor').catch((e) => e);
      assert.match(doctor.stdout, /diragukan/);
      await announce(office);
      await until('no doubt any more', async () => (await doubt()) === '0');
      assert.doesNotMatch(await page(), /diragukan/);
    }
  });

  suite.test('131056: this person alone waits, four times longer each time', async () => {
    const office = await common();
    await clear(office);
    await office.control('', { to: PHONES.arief, mode: 'fail:131056', times: 3 });
    const { id, number } = await register(office);
    await wait(office, id, 'read in the end', (v) => v.notice.state === 'read', 15_000);
    const opaque = about(office, number, 'tamu_baru')[0].opaque;
    const at = office.whatsapp.state.requests.filter((r) => r.body.includes(opaque)).map((r) => r.at);
    assert.equal(at.length, 4);
    const gaps = at.slice(1).map((t, i) => t - at[i]);
    assert.ok(gaps[0] >= 45 && gaps[1] >= 195 && gaps[2] >= 790, gaps.join(' '));
    assert.ok(gaps[2] < 4000, gaps.join(' '));
  });

  suite.test('190 in mid-run: the queue is kept until another token lies there', async () => {
    const office = await open('token', { speed: 1 });
    await announce(office);
    await office.control('', { token: 'token-baru' });
    const visits = [];
    for (let i = 0; i < 4; i += 1) visits.push(await register(office));
    await until('refused', () => office.whatsapp.state.requests.some((r) => r.verdict.startsWith('190')));
    await sleep(1500);
    assert.equal(office.whatsapp.state.requests.filter((r) => r.verdict.startsWith('190')).length, 1, 'nothing more is tried');
    for (const v of visits) assert.equal((await look(office, v.id)).notice.state, 'queued');
    fs.writeFileSync(path.join(office.dir, 'token'), 'token-baru\n', { mode: 0o600 });
    for (const v of visits) await wait(office, v.id, 'read', (x) => x.notice.state === 'read', 15_000);
    for (const v of visits) assert.equal(about(office, v.number, 'tamu_baru').length, 1);
  });

  suite.test('a paused template is not used again, until Meta says that it is approved', async () => {
    const office = await open('paused');
    await office.control('', { stoppedTemplates: { tamu_baru: 132015 } });
    const first = await register(office);
    await wait(office, first.id, 'failed', (v) => v.notice.state === 'failed' && /dihentikan/.test(v.notice.reason));
    const requests = office.whatsapp.state.requests.length;
    const second = await register(office);
    await wait(office, second.id, 'failed unsent', (v) => v.notice.state === 'failed');
    assert.equal(office.whatsapp.state.requests.length, requests, 'no request is made of it');
    assert.match((await office.command('doctor').catch((e) => e)).stdout, /tamu_baru/);
    const event = (name) => office.control('/raw', { body: { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'message_template_status_update', value: { event: name, message_template_name: 'tamu_baru', message_template_language: 'id', reason: 'NONE' } }] }] } });
    await office.control('', { stoppedTemplates: {} });
    assert.equal((await event('APPROVED')).status, 200);
    await until('free again', async () => (await readSql(office, 'SELECT count(*) FROM template_stop')) === '0');
    await announce(office);
    await event('PAUSED');
    await until('stopped by the event', async () => (await readSql(office, 'SELECT count(*) FROM template_stop')) === '1');
    const third = await register(office);
    await wait(office, third.id, 'failed unsent', (v) => v.notice.state === 'failed');
  });

  suite.test('an outcome that nobody knows: a status settles it, else it is sent again, and never lost', async () => {
    const office = await common();
    await clear(office);
    for (const mode of ['reset-accepted', 'hang-accepted', 'bad-json', '500-accepted']) {
      await office.control('', { to: PHONES.arief, mode, times: 1 });
      const { id, number } = await register(office);
      await wait(office, id, mode, (v) => v.notice.state === 'read', 15_000);
      await sleep(200);
      const count = about(office, number, 'tamu_baru').length;
      assert.ok(mode === '500-accepted' ? count <= 2 : count === 1, `${mode}: ${count} messages`);
    }
    for (const mode of ['reset', 'hang']) {
      await office.control('', { to: PHONES.arief, mode, times: 3 });
      const { id, number } = await register(office);
      await wait(office, id, `three times ${mode}`, (v) => v.notice.state === 'read', 30_000);
      assert.equal(about(office, number, 'tamu_baru').length, 1, mode);
    }
  });

  suite.test('slow answers and a hung server: the counter does not wait, nothing is sent twice', async () => {
    const office = await common();
    await clear(office);
    await office.control('', { to: PHONES.arief, mode: 'slow:300', times: 2 });
    const started = Date.now();
    const one = await register(office);
    assert.ok(Date.now() - started < 1000);
    await wait(office, one.id, 'read', (v) => v.notice.state === 'read');
    assert.equal(about(office, one.number, 'tamu_baru').length, 1);
  });

  suite.test('statuses: only delivered, only read, one of a stranger, all at once', async () => {
    const office = await common();
    await clear(office);
    for (const [mode, state] of [['delivered-only', 'delivered'], ['read-only', 'read']]) {
      await office.control('', { to: PHONES.arief, mode, times: 1 });
      const { id } = await register(office);
      await wait(office, id, mode, (v) => v.notice.state === state);
    }
    const status = { id: 'wamid.asing', status: 'delivered', timestamp: '1', recipient_id: '1', biz_opaque_callback_data: '01890000-0000-7000-8000-0000000000ff' };
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', statuses: Array.from({ length: 500 }, () => status) } }] }] };
    assert.equal((await office.control('/raw', { body })).status, 200);
    await until('processed', async () => (await readSql(office, 'SELECT count(*) FROM webhook_event WHERE processed_at IS NULL')) === '0');
  });

  // --- the contract ---------------------------------------------------------------------------------------

  // Meta's own description of the API judges every form of request that the product has sent above.
  suite.test('every form of request passes the published contract', async () => {
    const contract = process.env.WHATSAPP_OPENAPI;
    const prism = fileURLToPath(new URL('./node_modules/.bin/prism', import.meta.url));
    if (!contract || !fs.existsSync(contract)) return 'WHATSAPP_OPENAPI names no contract';
    if (!fs.existsSync(prism)) return 'Prism is not installed';
    const office = await open('contract', { burst: 2 });
    await announce(office);
    await register(office);
    await register(office);
    await register(office);
    await until('a list template', () => office.messages('antrean_tamu')[0], 15_000);
    await clear(office);
    await text(office, PHONES.arief, 'tidak mengerti');
    const { id } = await announce(office);
    await office.chief.json(`/tamu/${id}/keputusan`, { outcome: 'intel_chief' });
    await until('the question', () => office.messages('tanya_kajari')[0]);
    await until('a text', () => texts(office)[0], 15_000);
    const forms = new Map();
    for (const r of office.whatsapp.state.requests) {
      const body = JSON.parse(r.body);
      forms.set(`${body.type} ${body.template?.name ?? ''}`, r);
    }
    assert.deepEqual([...forms.keys()].sort(), ['interactive ', 'template antrean_tamu', 'template tamu_baru', 'template tanya_kajari', 'text ']);
    const port = await freePort();
    const child = spawn(prism, ['mock', '-p', String(port), '--errors', contract], { stdio: 'ignore' });
    try {
      await until('Prism', () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false), 60_000);
      for (const [name, r] of forms) {
        const answer = await fetch(`http://127.0.0.1:${port}${r.url}`, {
          method: 'POST', body: r.body,
          headers: { 'Content-Type': r.headers['content-type'], 'User-Agent': r.headers['user-agent'], Authorization: 'Bearer uji' },
        });
        assert.equal(answer.status, 200, `${name}: ${answer.headers.get('sl-violations')} ${await answer.text()}`);
      }
      const wrong = await fetch(`http://127.0.0.1:${port}${[...forms.values()][0].url}`, {
        method: 'POST', body: '{"messaging_product":"whatsapp"}', headers: { 'Content-Type': 'application/json', 'User-Agent': 'bukutamu/1.0.0', Authorization: 'Bearer uji' },
      });
      assert.notEqual(wrong.status, 200, 'Prism lets everything pass');
    } finally {
      child.kill();
    }
    return undefined;
  }, { ms: 180_000 });
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
