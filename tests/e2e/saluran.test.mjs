// The channels beside WhatsApp, from end to end: Telegram with buttons and words, a gateway with numbered
// answers, notices in the browser; the administrator's page of channels, deputies and the duty calendar,
// and what the officials' telephone pages weigh.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { csrfOf, guestData, PHONES, sleep, startFake, unescapeHtml, until } from './lib.mjs';

const KIB = 1024;
const HOOK = 'kata-acak-hook-gateway-uji';

function listen(handle) {
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => handle(request, Buffer.concat(parts).toString('utf8'), response));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
  });
}

// A Bot API that keeps what it is sent, and hands out updates by long polling.
async function startTelegram() {
  const bot = { calls: [], updates: [], next: 1 };
  const answer = (response, result) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ ok: true, result }));
  };
  const { server, url } = await listen(async (request, body, response) => {
    const method = request.url.split('/').pop();
    const args = JSON.parse(body || '{}');
    if (method === 'getUpdates') {
      for (let i = 0; i < 20 && !bot.updates.some((u) => u.update_id >= args.offset); i += 1) await sleep(50);
      return answer(response, bot.updates.filter((u) => u.update_id >= args.offset));
    }
    bot.calls.push({ method, args, token: request.url });
    return answer(response, { message_id: bot.calls.length, chat: { id: args.chat_id } });
  });
  bot.url = url;
  bot.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  bot.sent = (chat) => bot.calls.filter((c) => c.method === 'sendMessage' && String(c.args.chat_id) === chat);
  bot.push = (update) => { bot.updates.push({ update_id: 1000 + bot.next++, ...update }); };
  bot.write = (chat, text) => bot.push({
    message: { message_id: 5000 + bot.next, from: { id: Number(chat), is_bot: false }, chat: { id: Number(chat), type: 'private' }, text },
  });
  bot.tap = (chat, data, messageId) => bot.push({
    callback_query: {
      id: `cb${bot.next}`, from: { id: Number(chat) }, data,
      message: { message_id: messageId, chat: { id: Number(chat), type: 'private' } },
    },
  });
  return bot;
}

async function startGateway() {
  const gateway = { messages: [] };
  const { server, url } = await listen((request, body, response) => {
    gateway.messages.push({ id: `gw${gateway.messages.length + 1}`, ...Object.fromEntries(new URLSearchParams(body)), auth: request.headers.authorization });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ status: true, id: [gateway.messages.at(-1).id] }));
  });
  gateway.url = url;
  gateway.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return gateway;
}

// A fake of tests/support as a process: [port, control port].
const post = async (url, value) => (await fetch(url, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value),
})).json();

export default function (suite) {
  let office, telegram, gateway, desk, browser, pushPort, mailPort, mailControl;
  const staff = {};

  const need = async () => {
    if (office) return office;
    telegram = await startTelegram();
    gateway = await startGateway();
    [pushPort] = await startFake(suite, 'push');
    [mailPort, mailControl] = await startFake(suite, 'mail');
    suite.cleanup(() => telegram.close());
    suite.cleanup(() => gateway.close());
    office = await suite.office();
    const secrets = path.join(office.data, 'secrets');
    fs.mkdirSync(secrets, { mode: 0o700 });
    fs.writeFileSync(path.join(secrets, 'fonnte_token'), 'token-gateway-uji', { mode: 0o600 });
    fs.writeFileSync(path.join(secrets, 'fonnte_hook'), HOOK, { mode: 0o600 });
    fs.writeFileSync(path.join(office.dir, 'bot'), '12345:token-bot-uji', { mode: 0o600 });
    const ini = fs.readFileSync(new URL('../../packaging/gateways/fonnte.ini', import.meta.url), 'utf8');
    fs.writeFileSync(path.join(office.dir, 'gateway.ini'), ini.replace('https://api.fonnte.com/send', `${gateway.url}/send`)
      .replace('rate = 1/2s', 'rate = 50/1s').replace('per_recipient = 1/6s', 'per_recipient = 50/1s'));
    office.writeSettings({
      extra: `[gateway]\nfile = ${office.dir}/gateway.ini\n[telegram]\ntoken_file = ${office.dir}/bot\napi_base = ${telegram.url}\n` +
        `[webpush]\nsubject = mailto:admin@kantor.example\n[mail]\nurl = smtp://127.0.0.1:${mailPort}\nfrom = bukutamu@kantor.example\n[server]\npublic_url = http://127.0.0.1\n`,
    });
    await office.restart();
    desk = await office.program('rina');
    const admin = await office.login('admin');
    for (const one of (await admin.getJson('/petugas')).json.items) staff[one.username] = one.id;
    return office;
  };
  const channel = async (username, name, address) => {
    const admin = await office.login('admin');
    const answer = await admin.json(`/petugas/${staff[username]}/saluran`, { channel: name, address });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.channels;
  };
  const guest = async (more = {}) => {
    const made = await desk.json('/tamu', guestData(more));
    assert.equal(made.status, 201, made.text);
    return made.json;
  };
  const decided = (id, outcome) => until(`${outcome} of ${id}`, async () => {
    const v = (await desk.getJson(`/tamu/${id}`)).json;
    return v.decision.answers.some((a) => a.outcome === outcome) ? v : null;
  });
  const hook = (fields, token = HOOK) => office.guest().send('POST', `/kait/gateway/${token}`, {
    headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields),
  });

  suite.test('the bot tells a stranger his number, and proves a channel by the code that comes back', async () => {
    await need();
    telegram.write('777', '/start');
    await until('the introduction', () => telegram.sent('777').length === 1);
    assert.match(telegram.sent('777')[0].args.text, /777/);
    const [row] = await channel('arief', 'telegram', '501');
    assert.equal(row.verified_at, null);
    assert.doesNotMatch(row.address, /501\d/);
    const admin = await office.login('admin');
    assert.equal((await admin.json('/saluran/uji', { staff: staff.arief, channel: row.id })).status, 200);
    await until('the test message', () => telegram.sent('501').length === 1);
    const code = /\b\d{6}\b/.exec(telegram.sent('501')[0].args.text)[0];
    const verified = async () => (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels[0].verified_at;
    telegram.write('502', code);
    await sleep(400);
    assert.equal(await verified(), null, 'another person’s reply proves nothing');
    telegram.write('501', `Kode ${code}`);
    await until('verified', verified);
    const wrong = await admin.json('/saluran/kode', { channel: row.id, code: code === '000000' ? '000001' : '000000' });
    assert.equal(wrong.status, 422);
  });

  suite.test('Telegram: the button decides once, is ended and its message changed; another person’s tap does nothing', async () => {
    await need();
    const visit = await guest();
    await until('the notice', () => telegram.sent('501').some((c) => c.args.reply_markup));
    const call = telegram.sent('501').filter((c) => c.args.reply_markup).at(-1);
    const messageId = telegram.calls.indexOf(call) + 1;
    const buttons = call.args.reply_markup.inline_keyboard.flat();
    assert.deepEqual(buttons.map((b) => b.text), ['Saya terima', 'Tanya Kajari', 'Nanti', 'Tolak']);
    assert.doesNotMatch(call.args.text, /Budi/, 'no name on a channel outside');
    telegram.tap('777', buttons[3].callback_data, messageId);
    telegram.tap('501', buttons[0].callback_data, messageId);
    telegram.tap('501', buttons[0].callback_data, messageId);
    const v = await decided(visit.id, 'intel_chief');
    assert.equal(v.decision.answers.length, 1);
    assert.equal(v.decision.answers[0].channel, 'telegram');
    await until('three taps ended', () => telegram.calls.filter((c) => c.method === 'answerCallbackQuery').length >= 3);
    assert.ok(telegram.calls.some((c) => c.method === 'editMessageText' && c.args.text.includes(`${visit.number}/`)));
    assert.equal((await desk.getJson(`/tamu/${visit.id}`)).json.decision.answers.length, 1);
  });

  suite.test('Telegram: words count too, thanks do not', async () => {
    await need();
    const before = telegram.sent('501').length;
    const visit = await guest();
    await until('the notice', () => telegram.sent('501').length > before);
    telegram.write('501', 'terima kasih pak');
    await sleep(700);
    assert.equal((await desk.getJson(`/tamu/${visit.id}`)).json.decision.answers.length, 0);
    telegram.write('501', 'tolak');
    const v = await decided(visit.id, 'refused');
    assert.equal(v.decision.answers[0].channel, 'telegram');
  });

  suite.test('a gateway: numbered answer by its hook; wrong token 401; a stranger is nobody', async () => {
    await need();
    const admin = await office.login('admin');
    const [row] = (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels;
    await admin.json(`/petugas/${staff.arief}/saluran/${row.id}/hapus`, {});
    await channel('arief', 'gateway', '0812 0000 0103');
    const visit = await guest();
    await until('the message', () => gateway.messages.length > 0);
    const message = gateway.messages.at(-1);
    assert.equal(message.auth, 'token-gateway-uji');
    assert.match(message.message, /Balas 1 untuk: Saya terima/);
    assert.match(message.message, /http:\/\/127\.0\.0\.1\/jawab\//);
    assert.equal((await hook({ sender: '6281200000103', message: '1' }, 'tebakan')).status, 401);
    assert.equal((await hook({ sender: '6281299999999', message: '1', inboxid: 7 })).status, 200);
    await sleep(300);
    assert.equal((await desk.getJson(`/tamu/${visit.id}`)).json.decision.answers.length, 0);
    assert.equal((await hook({ sender: '6281200000103', message: '1', inboxid: 8 })).status, 200);
    const v = await decided(visit.id, 'intel_chief');
    assert.equal(v.decision.answers[0].channel, 'gateway');
    assert.equal((await hook({ sender: '6281200000103', message: '1', inboxid: 8 })).status, 200, 'a repeated one');
    await sleep(500);
    assert.equal((await desk.getJson(`/tamu/${visit.id}`)).json.decision.answers.length, 1);
  });

  suite.test('WhatsApp proves itself by a tap on the test message', async () => {
    await need();
    const admin = await office.login('admin');
    const page = await admin.get('/saluran');
    assert.equal(page.status, 200);
    assert.match(page.text, /tanya_kajari/);
    const before = office.messages('tamu_baru').length;
    const done = await admin.form('/saluran/uji', { staff: staff.hendra });
    assert.match(done.text, /Pesan uji dikirim/);
    const message = await office.message('tamu_baru', before + 1);
    assert.equal(message.params[0], 'PESAN UJI');
    await office.control('/tap', { to: PHONES.hendra, button: 0 });
    await until('verified', async () => (await admin.getJson(`/petugas/${staff.hendra}/saluran`)).json.channels[0].verified_at);
  });

  suite.test('escalation is edited as a table, its faults are named, a step is taken away', async () => {
    await need();
    const admin = await office.login('admin');
    const rules = async () => (await admin.getJson('/saluran')).json.rules;
    const kept = await rules();
    assert.equal(kept.length, 4);
    await admin.get('/saluran');
    const refused = await admin.form('/saluran/eskalasi', {
      'rules.0.after_s': '60', 'rules.0.condition': 'undelivered', 'rules.0.action': 'next_channel',
      'rules.1.after_s': '5', 'rules.1.condition': 'unanswered', 'rules.1.action': 'counter_alarm',
    });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /href="#rules\.1\.after_s"/);
    const saved = await admin.form('/saluran/eskalasi', {
      'rules.0.after_s': '60', 'rules.0.condition': 'undelivered', 'rules.0.action': 'next_channel',
      'rules.1.after_s': '120', 'rules.1.condition': 'unanswered', 'rules.1.action': '',
      'rules.2.after_s': '300', 'rules.2.condition': 'unanswered', 'rules.2.action': 'counter_alarm',
      'rules.3.after_s': '', 'rules.3.condition': 'unanswered', 'rules.3.action': '',
    });
    assert.equal(saved.status, 200);
    assert.match(saved.text, /5 menit/);
    assert.deepEqual((await rules()).map((r) => [r.after_s, r.action]), [[60, 'next_channel'], [300, 'counter_alarm']]);
    assert.equal((await admin.json('/saluran/eskalasi', { rules: kept })).status, 200);
  });

  suite.test('a dead letter is shown with its reason and sent again', async () => {
    await need();
    const admin = await office.login('admin');
    await office.control('', { to: PHONES.hendra, mode: 'fail:131026', times: 1 });
    await admin.get('/saluran');
    const [row] = (await admin.getJson(`/petugas/${staff.hendra}/saluran`)).json.channels;
    await admin.form('/saluran/uji', { staff: staff.hendra, channel: row.id });
    const dead = await until('a dead letter', async () => (await admin.getJson('/saluran')).json.dead_letters.find((d) => d.code === '131026'));
    assert.equal(dead.kind, 'channel_test');
    const page = await admin.get('/saluran');
    assert.match(page.text, /Kirim ulang/);
    assert.equal((await admin.form(`/saluran/pesan/${dead.id}/kirim-ulang`, {})).status, 200);
    await until('no longer there', async () => !(await admin.getJson('/saluran')).json.dead_letters.some((d) => d.id === dead.id));
    assert.equal((await admin.json(`/saluran/pesan/${dead.id}/kirim-ulang`, {})).status, 409);
  });

  suite.test('away with a deputy: the deputy has the queue and answers; back again', async () => {
    await need();
    const chief = await office.login('arief');
    await chief.get('/jawab');
    const none = await chief.form('/jawab/luar-kantor', { deputy: staff.rina, from: '', until: '2030-01-01T10:00' });
    assert.equal(none.status, 422, 'the counter cannot stand in');
    const until2030 = await chief.form('/jawab/luar-kantor', { deputy: staff.maria, from: '', until: '2030-01-01T10:00' });
    assert.match(until2030.text, /diwakili Maria Tiara/);
    const deputy = await office.login('maria');
    const messages = office.messages('tamu_baru').length;
    const visit = await guest();
    const message = await office.message('tamu_baru', messages + 1);
    assert.equal(message.to, PHONES.maria, 'the message goes to the deputy');
    const link = new URL(message.params.find((p) => p.includes('/jawab/'))).pathname;
    assert.equal((await office.guest().get(link)).status, 200, 'the deputy’s own link opens');
    const page = await deputy.get('/jawab');
    assert.match(unescapeHtml(page.text), new RegExp(`/tamu/${visit.id}/jawab`));
    assert.match(page.text, /Anda juga ditanya sebagai Kasi Intelijen/);
    const one = await deputy.get(`/tamu/${visit.id}/jawab`);
    assert.equal(one.status, 200);
    await deputy.form(`/tamu/${visit.id}/keputusan`, { outcome: 'intel_chief', _next: '/jawab' });
    assert.match((await deputy.get('/jawab')).text, /diteruskan kepada Kajari/);
    assert.equal((await deputy.getJson('/jawab')).json.answered.length, 1);
    await chief.get('/jawab');
    assert.match((await chief.form('/jawab/kembali', {})).text, /sudah kembali/);
    assert.equal((await chief.getJson('/jawab')).json.away, null);
  });

  suite.test('duty calendar by the week', async () => {
    await need();
    const admin = await office.login('admin');
    const page = await admin.get('/jadwal-piket?minggu=2026-12-02');
    assert.match(page.text, /30 November 2026/);
    const saved = await admin.form('/jadwal-piket', [
      ['duties.0.day', '2026-12-01'], ['duties.0.post', 'intel_chief'], ['duties.0.staff', staff.arief],
      ['duties.1.day', '2026-12-01'], ['duties.1.post', 'office_head'], ['duties.1.staff', ''],
    ]);
    assert.match(saved.text, /Jadwal disimpan/);
    assert.deepEqual((await admin.getJson('/jadwal-piket?minggu=2026-12-06')).json.items,
      [{ day: '2026-12-01', post: 'intel_chief', staff: staff.arief }]);
    const wrong = await admin.json('/jadwal-piket', { duties: [{ day: '2026-12-01', post: 'intel_chief', staff: staff.maria }] });
    assert.equal(wrong.status, 422);
    assert.equal((await (await office.login('rina')).get('/jadwal-piket')).status, 200);
  });

  suite.test('the pages at three widths, without serious findings of axe', async () => {
    await need();
    browser = await launch({ camera: false });
    suite.cleanup(() => browser.close());
    await guest();
    const seen = {
      admin: [['/saluran', 'saluran'], [`/petugas/${staff.arief}/saluran`, 'petugas-saluran'], ['/jadwal-piket', 'jadwal-piket'], [`/petugas/${staff.arief}`, 'petugas-satu']],
      arief: [['/jawab', 'jawab-antrean']],
    };
    for (const [username, pages] of Object.entries(seen)) {
      const page = await person(browser, office, username);
      for (const [target, name] of pages) {
        await page.goto(target);
        assert.deepEqual(await axe(page), [], `${name}: axe`);
        assert.deepEqual(await shoot(page, name), []);
      }
      clean(page);
      await page.context().close();
    }
  });

  // Bytes on the wire of a first visit, and how long it takes on Chromium's slow-3G figures.
  const measure = async (target, username) => {
    const page = await person(browser, office, username, { viewport: { width: 360, height: 740 } });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.clearBrowserCache');
    let bytes = 0;
    cdp.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
    await cdp.send('Network.emulateNetworkConditions',
      { offline: false, latency: 400, downloadThroughput: (400 * 1000) / 8, uploadThroughput: (400 * 1000) / 8 });
    const started = Date.now();
    await page.goto(target, { waitUntil: 'load' });
    const ms = Date.now() - started;
    const painted = await until('something painted', () => page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime));
    await sleep(600);
    await page.context().close();
    return { bytes, ms, painted: Math.round(painted) };
  };

  suite.test('telephone pages: under 30 KiB, and there in 2 s on slow 3G', async () => {
    await need();
    browser ??= await launch({ camera: false });
    const before = gateway.messages.length;
    await guest();
    await until('the message', () => gateway.messages.length > before);
    const link = new URL(/http:\/\/127\.0\.0\.1\/jawab\/\S+/.exec(gateway.messages.at(-1).message)[0]).pathname;
    const of = { link: await measure(link), queue: await measure('/jawab', 'arief') };
    console.log(`    link page ${JSON.stringify(of.link)}, queue ${JSON.stringify(of.queue)}`);
    for (const [name, m] of Object.entries(of)) {
      assert.ok(m.bytes < 30 * KIB, `${name}: ${m.bytes} bytes`);
      assert.ok(m.painted < 2000, `${name}: ${m.painted} ms`);
    }
  });

  suite.test('notices in the browser: the worker may control the page, the subscription is kept once', async () => {
    await need();
    const chief = await office.login('arief');
    const page = await chief.get('/jawab');
    assert.match(page.text, /data-push-key="[A-Za-z0-9_-]{87}"/);
    assert.match(page.text, /rel="manifest"/);
    const worker = await chief.get('/dorong.js');
    assert.match(worker.headers['content-type'], /^text\/javascript/);
    assert.match(worker.headers['content-security-policy'], /worker-src 'self'/);
    assert.equal((await chief.get('/buku-tamu.webmanifest')).headers['content-type'], 'application/manifest+json');
    const subscription = JSON.stringify({
      endpoint: 'http://127.0.0.1:9/push/abc', expirationTime: null,
      keys: { auth: 'BTBZMqHH6r4Tts7J_aSIgg', p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4' },
    });
    for (let i = 0; i < 2; i += 1)
      assert.equal((await chief.json('/jawab/langganan', { subscription })).status, 200);
    const admin = await office.login('admin');
    const kept = (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels.filter((c) => c.channel === 'webpush');
    assert.equal(kept.length, 1);
    assert.equal(kept[0].address, '127.0.0.1:9');
    assert.equal((await chief.json('/jawab/langganan', { subscription: '{"endpoint":"https://x.example/"}' })).status, 422);
    assert.equal((await chief.json('/jawab/langganan', { subscription }, { 'X-CSRF-Token': 'x' })).status, 403);
    assert.ok(csrfOf(page.text));
  });

  suite.test('a push arrives at the browser’s service without a word of the guest; a mail carries the link', async () => {
    await need();
    const admin = await office.login('admin');
    for (const one of (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels)
      await admin.json(`/petugas/${staff.arief}/saluran/${one.id}/hapus`, {});
    const chief = await office.login('arief');
    const key = /data-push-key="([^"]+)"/.exec((await chief.get('/jawab')).text)[1];
    const { data } = await post(`http://127.0.0.1:${pushPort}/subscribe`, { applicationServerKey: key, userVisibleOnly: 'true' });
    const kept = await chief.json('/jawab/langganan', { subscription: JSON.stringify({ endpoint: data.endpoint, keys: data.keys }) });
    assert.equal(kept.status, 200, kept.text);
    const visit = await guest({ name: 'Nama Rahasia' });
    const got = await until('the push', async () => {
      const answer = await post(`http://127.0.0.1:${pushPort}/get-notifications`, { clientHash: data.clientHash });
      return answer.data?.messages.length ? answer.data.messages : null;
    });
    assert.match(JSON.parse(got[0]).body, /^Ada tamu/);
    assert.doesNotMatch(got.join(), new RegExp(`Rahasia|${visit.number}/`));
    for (const one of (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels)
      await admin.json(`/petugas/${staff.arief}/saluran/${one.id}/hapus`, {});
    await channel('arief', 'mail', 'arief@kantor.example');
    const second = await guest({ name: 'Nama Rahasia' });
    const mail = await until('the mail', async () => (await (await fetch(`http://127.0.0.1:${mailControl}/`)).json())[0]);
    assert.deepEqual(mail.to, ['arief@kantor.example']);
    const [head, ...parts] = mail.text.split('\r\n\r\n');
    const body = parts.join('\n');
    const text = /Transfer-Encoding: base64/i.test(head) ? Buffer.from(body, 'base64').toString() : body.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    assert.doesNotMatch(text, /Rahasia/);
    const link = /http:\/\/127\.0\.0\.1(\/jawab\/[A-Za-z0-9_-]+)/.exec(text)[1];
    const phone = office.guest();
    await phone.get(link);
    assert.equal((await phone.form(link, { outcome: 'intel_chief' })).status, 200);
    assert.equal((await decided(second.id, 'intel_chief')).decision.answers[0].channel, 'link');
  });

  suite.test('a browser takes the service worker for the page, and shows the switch', async () => {
    await need();
    browser ??= await launch({ camera: false });
    const page = await person(browser, office, 'arief');
    await page.goto('/jawab');
    await page.waitForSelector('[data-push-key]:not([hidden])');
    const state = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.register('/dorong.js', { scope: '/jawab' });
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      while (worker.state !== 'activated') await new Promise((resolve) => { worker.addEventListener('statechange', resolve, { once: true }); });
      return { scope: new URL(registration.scope).pathname, state: worker.state };
    });
    assert.deepEqual(state, { scope: '/jawab', state: 'activated' });
    const guests = await page.locator('#antrean li').count();
    await guest();
    await page.waitForFunction((n) => document.querySelectorAll('#antrean li').length === n, guests + 1);
    clean(page);
    await page.context().close();
  });

  suite.test('doctor checks every channel and sends a test', async () => {
    await need();
    const { stdout } = await office.command('doctor', '--send', 'hendra').catch((error) => error);
    assert.match(stdout, /ok +Telegram: setelan dapat dipakai/);
    assert.match(stdout, /ok +Gerbang WhatsApp: setelan dapat dipakai/);
    assert.match(stdout, /ok +WhatsApp: pesan uji diterima penyedia/);
    assert.doesNotMatch(stdout, /token-bot-uji|token-gateway-uji/);
    assert.doesNotMatch(office.log(), /token-bot-uji|kata-acak-hook/, 'no secret in the log');
  });

  suite.test('Telegram by webhook: only with its secret, and what was taken before a kill -9 is done after it', async () => {
    await need();
    const admin = await office.login('admin');
    for (const one of (await admin.getJson(`/petugas/${staff.arief}/saluran`)).json.channels)
      await admin.json(`/petugas/${staff.arief}/saluran/${one.id}/hapus`, {});
    await channel('arief', 'telegram', '501');
    fs.writeFileSync(path.join(office.dir, 'hook'), 'rahasia-webhook-bot', { mode: 0o600 });
    const conf = path.join(office.data, 'bukutamu.conf');
    fs.writeFileSync(conf, fs.readFileSync(conf, 'utf8').replace('[telegram]\n', `[telegram]\nmode = webhook\nsecret_file = ${office.dir}/hook\n`));
    await office.restart();
    const before = telegram.sent('501').length;
    const visit = await guest();
    await until('the notice', () => telegram.sent('501').length > before);
    const call = telegram.sent('501').at(-1);
    const update = (data) => JSON.stringify({
      update_id: 9001, callback_query: { id: 'cb9001', from: { id: 501 }, data, message: { message_id: 1, chat: { id: 501, type: 'private' } } },
    });
    const send = (secret, body) => office.guest().send('POST', '/kait/telegram', {
      headers: { 'Content-Type': 'application/json', ...(secret ? { 'X-Telegram-Bot-Api-Secret-Token': secret } : {}) }, body,
    });
    const data = call.args.reply_markup.inline_keyboard.flat()[1].callback_data;
    assert.equal((await send(null, update(data))).status, 401);
    assert.equal((await send('tebakan', update(data))).status, 401);
    assert.equal((await send('rahasia-webhook-bot', 'bukan json')).status, 400);
    assert.equal((await send('rahasia-webhook-bot', update(data))).status, 200);
    await office.halt('SIGKILL');
    await office.serve();
    const v = await decided(visit.id, 'ask_head');
    assert.equal((await send('rahasia-webhook-bot', update(data))).status, 200);
    await sleep(900);
    assert.equal((await desk.getJson(`/tamu/${visit.id}`)).json.decision.answers.length, v.decision.answers.length);
  });
}
