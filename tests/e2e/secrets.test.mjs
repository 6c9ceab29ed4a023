// What must not be found: secrets in the data folder and the log; answers without their headers. And what
// the program takes when it is idle.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { guestData, JPEG, multipart, PHONES, sleep, until } from './lib.mjs';

const CANARY = {
  nik: '6203011507881234', phone: '81287654321', email: 'kenari.rahasia@contoh.id', address: 'Gang Kenari Emas 77',
  birth: '1988-07-15', complaint: 'PungliKenariUngu', reported: 'TerlaporKenariJingga', document: 'KuitansiKenariMerah',
  note: 'CatatanKenariHijau', signature: 'M11 22 L33 44 L555 666', newPhone: '81311112222', newAddress: 'Jalan Kenari Perak 9',
  passport: 'X7654321', typedNik: '6203011507885678', searched: '6203011507889999', decision: 'AlasanKenariBiru',
};

function everyFile(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(dir, entry.name);
    return entry.isDirectory() ? everyFile(name) : entry.isFile() ? [name] : [];
  });
}

const ALWAYS = {
  'content-security-policy': /default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/,
  'strict-transport-security': /max-age=(\d{8,}).*includeSubDomains/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\((self)?\)/,
};

export default function (suite) {
  suite.test('no secret in clear in the data folder or the log, after everything', async () => {
    const office = await suite.office();
    const desk = await office.program('rina');
    const page = await office.login('yuliana');
    const chief = await office.login('arief');
    const key = () => ({ 'Idempotency-Key': randomUUID() });
    const data = guestData({
      name: 'Kenari Saksi', id_number: CANARY.nik, phone: `0${CANARY.phone}`, email: CANARY.email, address: CANARY.address, birth_date: CANARY.birth,
      category: 'complaint',
    });
    const first = key();
    const made = await desk.json('/tamu', data, first);
    assert.equal(made.status, 201, made.text);
    assert.equal((await desk.json('/tamu', data, first)).status, 201);
    assert.equal((await desk.json('/tamu', data)).status, 409);
    assert.equal((await desk.json('/tamu', { ...data, id_number: CANARY.typedNik, name: '' })).status, 422);
    assert.equal((await desk.json('/tamu', { ...guestData(), [`id_${CANARY.typedNik}`]: 1 })).status, 422);
    assert.equal((await desk.json('/tamu', { ...data, id_number: `${CANARY.typedNik}9` })).status, 422);
    const at = `/tamu/${made.json.id}`;
    const upload = multipart({ ...guestData({ id_type: 'passport', id_number: CANARY.passport, address: CANARY.address }) }, { photo: { data: JPEG } });
    const second = await desk.send('POST', '/tamu', { headers: { 'Content-Type': upload.type, Accept: 'application/json', ...key() }, body: upload.body });
    assert.equal(second.status, 201, second.text);
    const photo = await page.get(`/tamu/${second.json.id}/foto`);
    assert.equal(photo.status, 200);
    await page.get('/tamu/baru');
    await page.form('/tamu', { ...guestData({ id_number: CANARY.typedNik, name: '' }) }, { files: { photo: { data: JPEG } } });
    await page.form('/tamu/baru', { _q: CANARY.searched, find: '1' }, { files: {} });
    await page.form('/tamu/baru', { _q: CANARY.nik, find: '1' }, { files: {} });
    await page.get(`/tamu?q=${CANARY.searched}`);
    await page.get(`/tamu/${CANARY.searched}`);
    await page.get(`/masuk?next=${CANARY.searched}`);
    for (const [field, value] of [['phone', `0${CANARY.newPhone}`], ['address', CANARY.newAddress]])
      assert.equal((await desk.json(`${at}/koreksi`, { field, value, reason: 'Salah ketik' }, key())).status, 200, field);
    for (const [step, body] of [['titipan', { badge: 'A-02', items: [{ kind: 'id_card' }] }], ['ruang-tunggu', {}], ['keputusan', { official: 'office_head', outcome: 'office_head', note: CANARY.decision }], ['diterima', {}]])
      assert.equal((await desk.json(`${at}/${step}`, body, key())).status, 200, step);
    const note = { who: CANARY.note, what: CANARY.note, when: CANARY.note, where: CANARY.note, how: CANARY.note, why: CANARY.note, signature: CANARY.signature, documents: [{ kind: CANARY.document, count: 1 }] };
    assert.equal((await desk.json(`${at}/catatan`, note, key())).status, 200);
    const complaint = { text: `${CANARY.complaint} `.repeat(50), reported_party: CANARY.reported, documents: [{ kind: CANARY.document, count: 2 }] };
    assert.equal((await desk.json(`${at}/pengaduan`, { ...complaint, documents: 'x' }, key())).status, 422);
    assert.equal((await desk.json(`${at}/pengaduan`, complaint, key())).status, 201);
    assert.equal((await chief.get(`${at}/pengaduan/isi`)).status, 200);
    await desk.json(`${at}/pengembalian`, { all: true }, key());
    await desk.json(`${at}/selesai`, { badge: 'A-02' }, key());
    await office.message('tamu_baru', 2);
    await office.control('/text', { to: PHONES.arief, text: `Pesan ${CANARY.complaint}` });
    const wrong = office.guest();
    await wrong.get('/masuk');
    await wrong.form('/masuk', { username: 'rina', password: 'SandiKenariSalah' });
    await sleep(300);
    const links = office.messages('tamu_baru').map((m) => new URL(m.params.find((p) => p.includes('/jawab/'))).pathname);
    const phone = office.guest();
    await phone.get(links[0]);
    const look = (when) => {
      const needles = Object.entries({
        ...CANARY, nikDots: '6203.0115', passwordRina: office.people.get('rina').password, wrongPassword: 'SandiKenariSalah',
        token: desk.bearer, tokenSecret: desk.bearer.slice(-32), session: page.cookies.get('__Host-bukutamu'), csrf: page.csrf,
        link: links[0].split('/').at(-1), button: office.messages('tamu_baru')[0].payloads[0].slice(3),
        chiefPhone: PHONES.arief.slice(2), appSecret: office.secret, graphToken: 'token-uji-graph', verify: 'perkenalan-webhook',
      }).map(([name, text]) => [name, Buffer.from(text)]);
      for (let i = 200; i + 24 < photo.bytes.length; i += 400) needles.push([`photo at ${i}`, photo.bytes.subarray(i, i + 24)]);
      for (let i = 700; i + 24 < JPEG.length; i += 400) needles.push([`upload at ${i}`, JPEG.subarray(i, i + 24)]);
      const found = [];
      const files = [...everyFile(office.data).filter((f) => path.basename(f) !== 'bukutamu.conf'), office.logFile];
      assert.ok(files.some((f) => f.endsWith('bukutamu.db')) && files.length >= 4, files.join(' '));
      let sure = false; // that this look would find something: the name is no secret inside the house
      for (const file of files) {
        const bytes = fs.readFileSync(file);
        sure = sure || bytes.includes('Kenari Saksi');
        for (const [name, needle] of needles) {
          if (bytes.includes(needle)) found.push(`${name} in ${path.relative(office.dir, file)} (${when})`);
        }
      }
      assert.ok(sure, 'the name is not found either');
      assert.deepEqual(found, []);
    };
    look('running');
    await office.halt();
    look('stopped');
    await office.serve();
  });

  suite.test('the security headers on every status', async () => {
    const office = await suite.office();
    const desk = await office.program('rina');
    const page = await office.login('rina');
    const html = (await page.get('/tamu')).text;
    const css = /href="(\/aset\/bukutamu\.css[^"]*)"/.exec(html)[1];
    const asset = await page.get(css);
    const made = await desk.json('/tamu', guestData());
    const at = `/tamu/${made.json.id}`;
    const answers = {
      'page 200': await page.get('/tamu'),
      'JSON 200': await desk.getJson('/tamu'),
      'JSON 201': made,
      'asset 200': asset,
      'asset 304': await page.get(css, { headers: { 'If-None-Match': asset.headers.etag } }),
      'asset 404': await page.get('/aset/tidak-ada.css'),
      '303': await office.guest().get('/tamu'),
      '400': await desk.send('POST', '/tamu', { headers: { 'Content-Type': 'application/json' }, body: '{' }),
      '401': await office.guest().getJson('/tamu'),
      '403': await page.send('POST', '/tamu', { headers: { 'Content-Type': 'application/json' }, body: '{}' }),
      '404': await page.get('/tidak-ada'),
      '405': await page.send('PUT', '/tamu'),
      '409': await desk.json(`${at}/selesai`, { badge: 'A-01' }),
      '415': await desk.send('POST', '/tamu', { headers: { 'Content-Type': 'text/plain' }, body: 'x' }),
      '422': await desk.json('/tamu', {}),
      health: await office.guest().get('/healthz'),
      webhook: await office.guest().get('/kait/whatsapp'),
      HEAD: await page.send('HEAD', '/tamu'),
      'camera page': await page.get('/tamu/baru'),
      login: await office.guest().get('/masuk'),
      link: await office.guest().get('/jawab/AAAAAAAAAAAAAAAAAAAAAA'),
      // Refused before any handler, at the head of the request.
      'framing 400': await raw(office, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
      'size 413': await raw(office, `POST ${at}/ruang-tunggu HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n{`),
    };
    const expected = { 'asset 304': 304, 303: 303, 'framing 400': 400, 'size 413': 413 };
    for (const [name, answer] of Object.entries(answers)) {
      const wanted = expected[name] ?? (/\d{3}/.test(name) ? Number(/\d{3}/.exec(name)[0]) : null);
      if (wanted) assert.equal(answer.status, wanted, `${name}: ${answer.status}`);
      for (const [header, pattern] of Object.entries(ALWAYS)) assert.match(answer.headers[header] ?? '', pattern, `${name}: ${header}`);
      assert.ok(!('server' in answer.headers) || !/\d/.test(answer.headers.server), `${name}: the server tells its version`);
      assert.ok(!/unsafe|\*/.test(answer.headers['content-security-policy']), name);
      if (!/^asset (200|304)/.test(name)) assert.match(answer.headers['cache-control'] ?? '', /no-store/, `${name}: cache-control`);
      const camera = answer.headers['permissions-policy'].includes('camera=(self)');
      assert.equal(camera, name === 'camera page', `${name}: camera`);
      if (answer.text && answer.status >= 400) assert.ok(!/\.c:\d+|sqlite|SELECT |0x[0-9a-f]{6}/.test(answer.text), `${name} tells of the inside`);
    }
    assert.match(asset.headers['cache-control'], /immutable/);
    const stream = await new Promise((resolve, reject) => {
      const request = http.get(`${office.url}/peristiwa`, { headers: { Cookie: [...page.cookies].map(([k, v]) => `${k}=${v}`).join('; ') } }, (response) => {
        resolve({ status: response.statusCode, headers: response.headers });
        response.destroy();
      });
      request.on('error', reject);
    });
    assert.equal(stream.status, 200);
    assert.match(stream.headers['content-type'], /^text\/event-stream/);
    for (const [header, pattern] of Object.entries(ALWAYS)) assert.match(stream.headers[header] ?? '', pattern, `stream: ${header}`);
  });

  suite.test('live events: one for each change, replayed after Last-Event-ID, nothing personal', async () => {
    const office = await suite.office();
    const page = await office.login('rina');
    const desk = await office.program('rina');
    const listen = (more = {}) => new Promise((resolve, reject) => {
      const request = http.get(`${office.url}/peristiwa`, { agent: false, headers: { Cookie: [...page.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...more } }, (response) => {
        const stream = { text: '', close: () => response.destroy() };
        response.setEncoding('utf8');
        response.on('data', (part) => { stream.text += part; });
        response.on('error', () => {});
        resolve(stream);
      });
      request.on('error', reject);
    });
    const live = await listen();
    const data = guestData({ name: 'Nama Peristiwa' });
    const made = await desk.json('/tamu', data);
    await until('an event', () => live.text.includes(made.json.id));
    const last = /^id: ?(\S+)/m.exec(live.text)[1];
    live.close();
    const later = await desk.json('/tamu', guestData());
    const again = await listen({ 'Last-Event-ID': last });
    await until('a missed event', () => again.text.includes(later.json.id));
    assert.ok(!again.text.includes(data.name) && !live.text.includes(data.name) && !live.text.includes(data.id_number));
    again.close();
    await page.get('/tamu');
    const ended = await listen();
    let over = false;
    const watch = setInterval(() => { over = over || ended.text.includes('bye'); }, 20);
    await page.form('/keluar', {});
    await sleep(300);
    clearInterval(watch);
    const before = ended.text;
    await desk.json('/tamu', guestData());
    await sleep(300);
    assert.ok(!/event: ?visit/.test(ended.text.slice(before.length)), 'a stream goes on after logout');
    ended.close();
    void over;
  });

  suite.test('eight streams of one person, not more', async () => {
    const office = await suite.office();
    const page = await office.login('yuliana');
    const cookie = [...page.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const open = () => new Promise((resolve, reject) => {
      const request = http.get(`${office.url}/peristiwa`, { agent: false, headers: { Cookie: cookie, Accept: 'text/event-stream' } }, resolve);
      request.on('error', reject);
    });
    const streams = [];
    for (let i = 0; i < 9; i += 1) streams.push(await open());
    assert.deepEqual(streams.slice(0, 8).map((s) => s.statusCode), Array(8).fill(200));
    assert.ok([429, 503].includes(streams[8].statusCode), String(streams[8].statusCode));
    for (const s of streams) s.destroy();
  });

  suite.test('idle memory after start and one login is under 40 MB', async () => {
    const office = await suite.ownOffice();
    await office.login('rina');
    await sleep(300);
    const status = fs.readFileSync(`/proc/${office.child.pid}/status`, 'utf8');
    const megabytes = Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
    console.log(`# idle memory: ${megabytes.toFixed(1)} MB, ready after ${office.startMs} ms`);
    assert.ok(megabytes < 40, `${megabytes} MB`);
    assert.ok(office.startMs < 3000, `${office.startMs} ms to the first answer`);
  });

  suite.test('SIGTERM ends it cleanly', async () => {
    const office = await suite.ownOffice();
    const end = await office.halt('SIGTERM');
    assert.deepEqual(end, { code: 0, signal: null });
  });
}

function raw(office, text) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(office.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.on('data', (part) => { got += part; });
    socket.on('error', reject);
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('close', () => {
      const [head, ...rest] = got.split('\r\n\r\n');
      const [first, ...lines] = head.split('\r\n');
      resolve({
        status: Number(first.split(' ')[1]), text: rest.join('\r\n\r\n'),
        headers: Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()])),
      });
    });
  });
}
