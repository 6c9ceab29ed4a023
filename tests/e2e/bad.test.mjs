// Bad input: whatever comes, a 4xx with a clear message, nothing half done, the process alive.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { readable } from './forms.test.mjs';
import { problem } from './json.test.mjs';
import { formValues, guestData, JPEG, multipart, urlencoded } from './lib.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' };

// Bytes as they are, over a connection of their own; the status line that comes back, or ''.
function wire(office, text) {
  return new Promise((resolve) => {
    const socket = net.connect(office.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.on('data', (part) => { got += part; });
    socket.on('close', () => resolve(got));
    socket.on('error', () => resolve(got));
    socket.setTimeout(3000, () => socket.destroy());
  });
}
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

export default function (suite) {
  let desk, duty, page;
  const need = async () => {
    const office = await suite.office();
    desk ??= await office.program('rina');
    duty ??= await office.program('yuliana');
    page ??= await office.login('rina');
    return office;
  };
  const count = async () => {
    let n = 0;
    let cursor = '';
    do {
      const list = (await desk.getJson(`/tamu?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json;
      n += list.items.length;
      cursor = list.next_cursor;
    } while (cursor);
    return n;
  };
  const make = async (more = {}) => {
    const made = await desk.json('/tamu', guestData(more));
    assert.equal(made.status, 201, made.text);
    return made.json.id;
  };
  const send = (body, headers = {}, target = '/tamu') => desk.send('POST', target, { headers: { ...JSON_TYPE, ...headers }, body });
  const bad = async (answer, status, code) => problem(await answer, status, code);

  suite.test('malformed JSON is 400, wrong shapes and unknown fields 422 by name', async () => {
    await need();
    const before = await count();
    for (const body of ['{', '{"name":"a",}', '[]]', '{"name":"a","name":"b"}', '{"name":"\\ud800"}', '"\\ud800"', '{"a":1e999}', '\u0000', `${'['.repeat(5000)}${']'.repeat(5000)}`, '{"name":"a\u0000b"}'])
      await bad(send(body), 400);
    await bad(send(Buffer.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 400);
    for (const body of ['[]', '"teks"', '12', 'null', 'true']) {
      const answer = await send(body);
      assert.ok([400, 422].includes(answer.status), `${body}: ${answer.status}`);
    }
    const data = guestData();
    const wrong = {
      name: 7, id_type: ['ktp'], id_number: { a: 1 }, phone: true, email: 'bukan-surel', gender: 'X',
      birth_date: '2020-02-30', visitor_kind: 'robot', companions: 'Siti', priority: 'vip', purpose: [],
      category: 'rahasia', host: 'tidak-ada', arrived_at: 'kemarin', accept_warnings: 'under_age',
    };
    const all = await bad(send(JSON.stringify(wrong)), 422);
    const named = new Set(all.errors.map((e) => e.field.split('.')[0]));
    for (const field of Object.keys(wrong).filter((f) => f !== 'host')) assert.ok(named.has(field), `${field} is not named: ${[...named]}`);
    for (const error of all.errors) {
      assert.ok(error.code && error.message, JSON.stringify(error));
      assert.ok(!/invalid|!/i.test(error.message), error.message);
    }
    const unknown = await bad(send(JSON.stringify({ ...data, warna: 'merah' })), 422);
    assert.deepEqual(unknown.errors.map((e) => [e.field, e.code]), [['warna', 'unknown_field']]);
    await bad(send(JSON.stringify({ ...data, companions: [{ name: 'Siti', umur: 7 }] })), 422);
    await bad(send(JSON.stringify({ ...data, accept_warnings: ['semua'] })), 422);
    await bad(send(JSON.stringify({ ...data, companions: Array.from({ length: 31 }, () => ({ name: 'x' })) })), 422);
    await bad(send('{}'), 422);
    await bad(send(''), 422);
    assert.equal(await count(), before, 'something was saved');
  });

  suite.test('size, method and type: 413, 405 with Allow, 415, 404', async () => {
    const office = await need();
    const visit = await make();
    // Only the head and a beginning: the refusal must not wait for the rest.
    const large = (target, type, bytes, token = desk.bearer) => wire(office,
      `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${type}\r\nAccept: application/json\r\nContent-Length: ${bytes}\r\n\r\n{"`);
    for (const [target, type, bytes] of [[`/tamu/${visit}/ruang-tunggu`, 'application/json', 66_000], ['/tamu', 'application/json', 66_000], ['/tamu', 'multipart/form-data; boundary=b', 7_000_000], ['/masuk', 'application/json', 70_000], [`/tamu/${visit}/pengaduan`, 'application/json', 600_000]]) {
      const answer = await large(target, type, bytes);
      assert.equal(statusOf(answer), 413, `${target} ${type}: ${answer.slice(0, 200)}`);
      assert.match(answer, /application\/problem\+json/);
    }
    const chunk = 'x'.repeat(40_000);
    const chunked = await wire(office, `POST /tamu/${visit}/ruang-tunggu HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${desk.bearer}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(2)}0\r\n\r\n`);
    assert.equal(statusOf(chunked), 413, chunked.slice(0, 100));
    for (const [method, target, allow] of [['PUT', '/tamu', 'GET, HEAD, POST'], ['DELETE', `/tamu/${visit}`, 'GET, HEAD'], ['GET', `/tamu/${visit}/titipan`, 'POST'], ['PATCH', '/tamu', 'GET, HEAD, POST'], ['POST', `/tamu/${visit}`, 'GET, HEAD']]) {
      const answer = await desk.send(method, target, { headers: { Accept: 'application/json' } });
      problem(answer, 405);
      assert.equal(answer.headers.allow, allow, `${method} ${target}`);
    }
    for (const type of ['text/plain', 'application/xml', 'application/json-patch+json', 'image/jpeg'])
      await bad(send(JSON.stringify(guestData()), { 'Content-Type': type }), 415);
    await bad(send(JSON.stringify(guestData()), { 'Content-Type': null }), 415);
    problem(await desk.getJson('/tidak/ada'), 404);
    problem(await desk.getJson('/tamu/bukan-uuid'), 404);
    problem(await desk.getJson(`/tamu/${randomUUID()}`), 404);
    problem(await desk.json(`/tamu/${randomUUID()}/titipan`, { badge: 'A-01' }), 404);
    problem(await desk.json(`/tamu/${randomUUID()}/titipan`, { warna: 1 }), 404);
    const trace = await wire(office, 'TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    assert.ok([400, 405, 501].includes(statusOf(trace)), trace.slice(0, 80));
    const html = await page.get('/tidak/ada');
    assert.equal(html.status, 404);
    assert.match(readable(html.text), /tidak ada/);
    const before = await page.get('/tamu', { headers: { Accept: 'text/html' } });
    assert.equal(before.status, 200);
  });

  suite.test('framing that two servers could read in two ways is 400, and the connection ends', async () => {
    const office = await need();
    const head = 'POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
    const cases = {
      'length and chunked': `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'two lengths': `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      'odd length': `${head}Content-Length: +2\r\n\r\n{}`,
      'two hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'no host': 'GET / HTTP/1.1\r\n\r\n',
      'NUL in the path': 'GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n',
      'bad escape': 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n',
      'not UTF-8': 'GET /%ff%fe HTTP/1.1\r\nHost: a\r\n\r\n',
      'dot segments': 'GET /aset/../keys/master.key HTTP/1.1\r\nHost: a\r\n\r\n',
      'escaped dots': 'GET /aset/%2e%2e/keys/master.key HTTP/1.1\r\nHost: a\r\n\r\n',
      'no HTTP': 'halo\r\n\r\n',
    };
    for (const [name, text] of Object.entries(cases)) {
      const status = statusOf(await wire(office, text));
      assert.ok(status === 400 || status === 404 || status === 0, `${name}: ${status}`);
    }
    const many = `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(150)}\r\n`;
    assert.ok([400, 413, 431].includes(statusOf(await wire(office, many))));
    const long = `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    assert.ok([400, 414, 431, 0].includes(statusOf(await wire(office, long))));
    assert.equal((await office.guest().get('/healthz')).status, 200);
  });

  suite.test('CSRF: no token, a foreign one, a foreign Origin, a foreign site: 403', async () => {
    const office = await need();
    const before = await count();
    const other = await office.login('yuliana');
    await other.get('/tamu/baru');
    const foreign = other.csrf;
    const body = (csrf) => urlencoded({ ...(csrf === undefined ? {} : { csrf }), ...guestData(), no_photo_reason: 'Kamera rusak' });
    const post = (csrf, headers = {}) => page.send('POST', '/tamu', { headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, body: body(csrf) });
    await page.get('/tamu/baru');
    for (const token of [undefined, '', 'x', foreign, `${page.csrf}x`]) assert.equal((await post(token)).status, 403, String(token));
    assert.equal((await post(page.csrf, { Origin: 'https://contoh.id' })).status, 403);
    assert.equal((await post(page.csrf, { Origin: `http://127.0.0.1:${office.port + 1}` })).status, 403);
    assert.equal((await post(page.csrf, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
    assert.equal((await post(page.csrf, { 'Sec-Fetch-Site': 'same-site' })).status, 403);
    const json = await page.send('POST', '/tamu', { headers: { ...JSON_TYPE }, body: JSON.stringify(guestData()) });
    problem(json, 403, 'csrf');
    const upload = multipart({ csrf: foreign, ...guestData() }, { photo: { data: JPEG } });
    assert.equal((await page.send('POST', '/tamu', { headers: { 'Content-Type': upload.type }, body: upload.body })).status, 403);
    const login = await office.guest().send('POST', '/masuk', { headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://contoh.id' }, body: urlencoded({ username: 'rina', password: office.people.get('rina').password }) });
    assert.equal(login.status, 403, 'log-in from another site');
    for (const target of ['/keluar', '/bahasa']) assert.equal((await page.send('POST', target, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: '' })).status, 403, target);
    assert.equal(await count(), before, 'something was saved');
    const right = await post(page.csrf, { Origin: office.url, 'Sec-Fetch-Site': 'same-origin' });
    assert.equal(right.status, 303);
  });

  suite.test('credentials: both at once 400, a bad cookie or token 401, none 401', async () => {
    const office = await need();
    const both = office.guest();
    both.cookies = new Map(page.cookies);
    both.bearer = desk.bearer;
    problem(await both.getJson('/tamu'), 400);
    const headers = (more) => office.guest().send('GET', '/tamu', { headers: { Accept: 'application/json', ...more } });
    problem(await headers({ Cookie: '__Host-bukutamu=palsu' }), 401);
    problem(await headers({ Cookie: `__Host-bukutamu=${'A'.repeat(43)}` }), 401);
    problem(await headers({ Authorization: 'Bearer palsu' }), 401);
    problem(await headers({ Authorization: `Bearer ${desk.bearer}x` }), 401);
    problem(await headers({ Authorization: 'Basic cmluYTpyYWhhc2lh' }), 401);
    problem(await headers({}), 401);
    const cut = page.cookies.get('__Host-bukutamu');
    problem(await headers({ Cookie: `__Host-bukutamu=${cut.slice(0, -1)}` }), 401);
  });

  suite.test('steps out of order: 409, and nothing changes', async () => {
    await need();
    const id = await make();
    const at = (step, body = {}) => desk.json(`/tamu/${id}/${step}`, body);
    // The notice moves on by itself, and late answers are kept beside the decision.
    const still = async () => {
      const { notice, question, decision, ...rest } = (await desk.getJson(`/tamu/${id}`)).json;
      return { ...rest, decision: { ...decision, answers: Boolean(notice && question) } };
    };
    const refuse = async (steps) => {
      const before = await still();
      for (const [step, body] of steps) problem(await at(step, body), 409);
      assert.deepEqual(await still(), before);
    };
    await refuse([['ruang-tunggu'], ['diterima'], ['catatan', { who: 'x' }], ['pengaduan', { text: 'x' }], ['pengembalian', { all: true }], ['selesai', { badge: 'A-01' }]]);
    const card = [{ kind: 'id_card' }];
    assert.equal((await at('titipan', { badge: 'A-40', items: card })).status, 200);
    await refuse([['titipan', { badge: 'A-39', items: card }], ['diterima'], ['pengaduan', { text: 'x' }], ['batal', { reason: 'x' }]]);
    assert.equal((await at('ruang-tunggu')).status, 200);
    await refuse([['diterima'], ['selesai', { badge: 'A-40' }], ['pengembalian', { all: true }], ['pengaduan', { text: 'x' }]]);
    assert.equal((await at('keputusan', { official: 'office_head', outcome: 'intel_chief' })).status, 200);
    assert.equal((await at('diterima')).status, 200);
    await refuse([['diterima'], ['ruang-tunggu'], ['pulang'], ['batal', { reason: 'x' }], ['keputusan', { official: 'office_head', outcome: 'office_head' }], ['selesai', { badge: 'A-40' }]]);
    assert.equal((await at('pengembalian', { all: true })).status, 200);
    assert.equal((await at('selesai', { badge: 'A-40' })).status, 200);
    await refuse([['titipan', { badge: 'A-40', items: card }], ['ruang-tunggu'], ['diterima'], ['catatan', { who: 'x' }], ['pengaduan', { text: 'x' }], ['pengembalian', { all: true }], ['selesai', { badge: 'A-40' }], ['pulang'], ['batal', { reason: 'x' }], ['keputusan', { official: 'office_head', outcome: 'office_head' }]]);
  });

  suite.test('Idempotency-Key: the same again, another body 422, ten at once one visit', async () => {
    await need();
    const before = await count();
    const key = () => ({ 'Idempotency-Key': randomUUID() });
    const data = guestData();
    const header = key();
    const first = await desk.json('/tamu', data, header);
    assert.equal(first.status, 201);
    const again = await desk.json('/tamu', data, header);
    assert.equal(again.status, 201);
    assert.equal(again.json.id, first.json.id);
    assert.equal(again.json.number, first.json.number);
    problem(await desk.json('/tamu', { ...data, name: 'Orang lain' }, header), 422);
    const others = await duty.json('/tamu', guestData(), header);
    assert.equal(others.status, 201, 'a key belongs to its sender');
    assert.notEqual(others.json.id, first.json.id);
    const parallel = key();
    const one = guestData();
    const answers = await Promise.all(Array.from({ length: 10 }, () => desk.json('/tamu', one, parallel)));
    assert.deepEqual(answers.map((a) => a.status), Array(10).fill(201), answers.map((a) => a.text.slice(0, 200)).join('\n'));
    assert.equal(new Set(answers.map((a) => a.json.id)).size, 1);
    assert.equal(await count(), before + 3);
    const id = first.json.id;
    const steps = [
      ['titipan', { badge: 'A-35', items: [{ kind: 'id_card' }] }, { badge: 'A-36', items: [{ kind: 'id_card' }] }],
      ['ruang-tunggu', {}, { room: 'Ruang tunggu 2' }],
      ['keputusan', { official: 'office_head', outcome: 'office_head' }, { official: 'office_head', outcome: 'refused' }],
      ['diterima', {}], ['catatan', { who: 'Budi' }, { who: 'Tono' }],
      ['pengembalian', { all: true }, { items: [randomUUID()] }], ['selesai', { badge: 'A-35' }, { badge: 'A-36' }],
    ];
    for (const [step, body, other] of steps) {
      const h = key();
      const done = await desk.json(`/tamu/${id}/${step}`, body, h);
      assert.equal(done.status, 200, `${step}: ${done.text}`);
      const repeat = await desk.json(`/tamu/${id}/${step}`, body, h);
      assert.equal(repeat.status, 200, `${step} again: ${repeat.text}`);
      assert.equal(repeat.json.id, id);
      if (other) problem(await desk.json(`/tamu/${id}/${step}`, other, h), 422);
    }
    for (const bad of ['', 'x'.repeat(300), 'a\tb']) {
      const answer = await desk.json('/tamu', guestData(), { 'Idempotency-Key': bad });
      assert.ok(answer.status < 500, `${JSON.stringify(bad)}: ${answer.status}`);
    }
    const complaint = await make();
    for (const [step, body] of steps.slice(0, 4)) assert.equal((await desk.json(`/tamu/${complaint}/${step}`, { ...body })).status, 200, step);
    const h = key();
    assert.equal((await desk.json(`/tamu/${complaint}/pengaduan`, { text: 'Satu kali' }, h)).status, 201);
    assert.equal((await desk.json(`/tamu/${complaint}/pengaduan`, { text: 'Satu kali' }, h)).status, 201);
    problem(await desk.json(`/tamu/${complaint}/pengaduan`, { text: 'Lain' }, h), 422);
    assert.equal((await desk.json(`/tamu/${complaint}/pengembalian`, { all: true })).status, 200);
    assert.equal((await desk.json(`/tamu/${complaint}/selesai`, { badge: 'A-35' })).status, 200);
  });

  suite.test('names: quotes, tags, right-to-left marks, 10,000 characters, NUL', async () => {
    await need();
    const before = await count();
    const good = ['O\'Brien "Jo" <script>alert(1)</script> & Co', "'; DROP TABLE visit; --", 'مريم', '李小龍', 'Ñandú é', '%s%n%x', '{{7*7}} ${7*7}', 'a'.repeat(200)];
    for (const name of good) {
      const made = await desk.json('/tamu', guestData({ name }));
      assert.equal(made.status, 201, `${name}: ${made.text}`);
      assert.equal(made.json.visitor.name, name);
      const shown = await page.get(`/tamu/${made.json.id}`);
      assert.equal(shown.status, 200);
      assert.ok(!shown.text.includes('<script>alert'), 'a tag came through');
      assert.ok(readable(shown.text).includes(name.replace(/\s+/g, ' ')), name);
    }
    const refused = ['a\u202eb', 'a\u2066b', 'a\u200fb', 'a\u0000b', 'a\nb', 'a\u0007b', 'a'.repeat(201), 'a'.repeat(10_000), '', '   '];
    for (const name of refused) {
      const answer = await desk.json('/tamu', guestData({ name }));
      assert.ok([400, 422].includes(answer.status), `${JSON.stringify(name.slice(0, 20))}: ${answer.status}`);
      if (answer.status === 422) assert.equal(answer.json.errors[0].field, 'name');
    }
    assert.equal(await count(), before + good.length);
    await page.get('/tamu/baru');
    const typed = { ...guestData(), name: `${'ж'.repeat(5000)}<"'>`, no_photo_reason: 'Kamera rusak' };
    const form = await page.form('/tamu', typed);
    assert.equal(form.status, 422);
    assert.equal(formValues(form.text).name, typed.name, 'what was typed is lost');
    const search = await page.get(`/tamu?q=${encodeURIComponent('<b>"%_!\'')}`);
    assert.equal(search.status, 200);
    assert.ok(!search.text.includes('<b>"%'));
  });

  suite.test('hostile pictures: refused by name, the process alive, nothing kept', async () => {
    const office = await need();
    const before = await count();
    const sof = JPEG.indexOf(Buffer.from([0xff, 0xc0]));
    const claiming = (w, h) => {
      const copy = Buffer.from(JPEG);
      copy.writeUInt16BE(h, sof + 5);
      copy.writeUInt16BE(w, sof + 7);
      return copy;
    };
    const pictures = {
      'a PNG': Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
      'a text': Buffer.from('bukan foto'),
      'an SVG': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      'a web page': Buffer.from('<!DOCTYPE html><script>alert(1)</script>'),
      'a GIF': Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64'),
      'only a beginning': JPEG.subarray(0, 20),
      'a cut file': JPEG.subarray(0, JPEG.length >> 1),
      '65,000 × 65,000': claiming(65_000, 65_000),
      '13 megapixels': claiming(4000, 3300),
      'no width': claiming(0, 320),
      'noise after the header': Buffer.concat([JPEG.subarray(0, sof + 19), Buffer.alloc(3000, 0xa5)]),
    };
    for (const [name, data] of Object.entries(pictures)) {
      await page.get('/tamu/baru');
      const answer = await page.form('/tamu', guestData(), { files: { photo: { data } } });
      assert.equal(answer.status, 422, `${name}: ${answer.status}`);
      assert.match(answer.text, /photo-e/, `${name}: the field says nothing`);
    }
    const program = multipart(guestData(), { photo: { data: pictures['a PNG'] } });
    const json = await desk.send('POST', '/tamu', { headers: { 'Content-Type': program.type, Accept: 'application/json' }, body: program.body });
    assert.equal(problem(json, 422).errors[0].field, 'photo');
    await page.get('/tamu/baru');
    const large = await page.form('/tamu', guestData(), { files: { photo: { data: Buffer.concat([JPEG, Buffer.alloc(5.5 * 1024 * 1024)]) } } });
    assert.equal(large.status, 422);
    assert.match(readable(large.text), /Ada 1 isian/, 'one fault, one sentence');
    await page.get('/tamu/baru');
    const huge = await page.form('/tamu', guestData(), { files: { photo: { data: Buffer.concat([JPEG, Buffer.alloc(7 * 1024 * 1024)]) } } }).catch((e) => ({ status: e.code }));
    assert.ok([413, 'ECONNRESET', 'EPIPE'].includes(huge.status), String(huge.status));
    assert.equal(await count(), before, 'something was saved');
    await page.get('/tamu/baru');
    const right = await page.form('/tamu', guestData(), { files: { photo: { data: JPEG, name: '../../x.php', type: 'text/html' } } });
    assert.equal(right.status, 200, 'a proper photo after all of them');
    void office;
  });

  suite.test('multipart that is broken: 400 or 422', async () => {
    const office = await need();
    const type = 'multipart/form-data; boundary=b';
    const bodies = ['', '--b', '--b--', '--b\r\n\r\nx\r\n--b--\r\n', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', '--b\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\nx\r\n--b--\r\n', `--b\r\n${'X: y\r\n'.repeat(200)}\r\n\r\n--b--\r\n`, Array.from({ length: 300 }, (_, i) => `--b\r\nContent-Disposition: form-data; name="f${i}"\r\n\r\nx\r\n`).join('') + '--b--\r\n'];
    for (const body of bodies) {
      const answer = await desk.send('POST', '/tamu', { headers: { 'Content-Type': type, Accept: 'application/json' }, body });
      assert.ok([400, 422].includes(answer.status), `${JSON.stringify(body.slice(0, 60))}: ${answer.status}`);
    }
    for (const t of ['multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(200)}`]) {
      const answer = await desk.send('POST', '/tamu', { headers: { 'Content-Type': t, Accept: 'application/json' }, body: '--b--' });
      assert.ok([400, 415, 422].includes(answer.status), `${t}: ${answer.status}`);
    }
    const fields = Array.from({ length: 100 }, (_, i) => `f${i}=x`).join('&');
    const many = await desk.send('POST', '/tamu', { headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }, body: fields });
    assert.ok([400, 422].includes(many.status), String(many.status));
    const bits = await desk.send('POST', '/tamu', { headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }, body: 'name=%zz&purpose=%ff%00' });
    assert.ok([400, 422].includes(bits.status), String(bits.status));
    assert.equal((await office.guest().get('/healthz')).status, 200);
  });

  suite.test('one badge, twenty officers at once: one winner', async () => {
    await need();
    const ids = await Promise.all(Array.from({ length: 20 }, () => make()));
    const answers = await Promise.all(ids.map((id, i) => (i % 2 ? desk : duty).json(`/tamu/${id}/titipan`, { badge: 'A-15', items: [{ kind: 'id_card' }] })));
    assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join(' '));
    for (const a of answers.filter((x) => x.status !== 200)) {
      problem(a, 409);
      assert.match(a.json.detail, /A-15/);
    }
    const numbers = (await Promise.all(ids.map((id) => desk.getJson(`/tamu/${id}`)))).map((a) => a.json.number);
    assert.equal(new Set(numbers).size, 20);
    assert.equal(Math.max(...numbers) - Math.min(...numbers), 19, 'a gap in the numbers');
    const losers = ids.filter((_, i) => answers[i].status !== 200);
    for (const id of losers) assert.deepEqual((await desk.getJson(`/tamu/${id}`)).json.items, [], 'half done');
    const [a, b] = losers;
    const locker = await Promise.all([a, b].map((id, i) => desk.json(`/tamu/${id}/titipan`, { badge: `A-1${6 + i}`, items: [{ kind: 'id_card' }, { kind: 'phone', slot: '20' }] })));
    assert.deepEqual(locker.map((x) => x.status).sort(), [200, 409], 'one locker, two guests');
    const free = await Promise.all(losers.slice(2, 12).map((id, i) => desk.json(`/tamu/${id}/titipan`, { badge: `A-2${i}`, items: [{ kind: 'id_card' }] })));
    assert.deepEqual(free.map((x) => x.status), Array(10).fill(200), free.map((x) => x.text.slice(0, 100)).join('\n'));
    const slots = free.map((x) => x.json.items[0].slot);
    assert.equal(new Set(slots).size, 10, 'ten free slots for ten cards');
    problem(await desk.json(`/tamu/${losers[13]}/titipan`, { badge: 'A-33', items: [{ kind: 'phone', slot: 'K-40' }, { kind: 'id_card' }] }), 422);
    problem(await desk.json(`/tamu/${losers[13]}/titipan`, { badge: 'A-33', items: [{ kind: 'id_card', slot: 'K-99' }] }), 422);
    problem(await desk.json(`/tamu/${losers[13]}/titipan`, { badge: 'A-33', items: [] }), 422);
    assert.equal((await desk.json(`/tamu/${losers[13]}/titipan`, { badge: 'A-33', items: [], no_card_reason: 'Kartu tertinggal' })).status, 200);
  });

  suite.test('two officers act on one visit at once: each step happens once', async () => {
    await need();
    const id = await make();
    const twice = (step, body) => Promise.all([desk, duty, desk, duty].map((who) => who.json(`/tamu/${id}/${step}`, body)));
    const wins = (answers, step) => {
      assert.equal(answers.filter((a) => a.status === 200).length, 1, `${step}: ${answers.map((a) => a.status).join(' ')}`);
      assert.ok(answers.every((a) => [200, 409].includes(a.status)), `${step}: ${answers.map((a) => `${a.status} ${a.text.slice(0, 200)}`).join('; ')}`);
    };
    const cards = await twice('titipan', { badge: 'A-38', items: [{ kind: 'id_card' }] });
    assert.deepEqual(cards.map((a) => a.status).sort(), [200, 422, 422, 422], 'one person, one card');
    assert.ok((await twice('ruang-tunggu', {})).every((a) => a.status === 200), 'another room is no other step');
    wins(await twice('keputusan', { official: 'office_head', outcome: 'office_head' }), 'keputusan');
    wins(await twice('diterima', {}), 'diterima');
    wins(await twice('pengaduan', { text: 'Sekali saja' }).then((a) => a.map((x) => ({ ...x, status: x.status === 201 ? 200 : x.status }))), 'pengaduan');
    const item = (await desk.getJson(`/tamu/${id}`)).json.items[0].id;
    wins(await twice('pengembalian', { items: [item] }), 'pengembalian');
    wins(await twice('selesai', { badge: 'A-38' }), 'selesai');
    const v = (await desk.getJson(`/tamu/${id}`)).json;
    assert.equal(v.items.length, 1);
    assert.equal(v.call_number, (await desk.getJson(`/tamu/${id}`)).json.call_number);
    assert.equal(v.steps.length, new Set(v.steps.map((s) => s.step)).size, 'a step is there twice');
  });

  suite.test('already inside: 409 that names the visit, until it is accepted', async () => {
    await need();
    const data = guestData();
    const first = (await desk.json('/tamu', data)).json;
    const again = problem(await desk.json('/tamu', data), 409, 'already_inside');
    assert.ok(JSON.stringify(again).includes(first.id) || JSON.stringify(again).includes(`${first.number}/`), JSON.stringify(again));
    await page.get('/tamu/baru');
    const form = await page.form('/tamu', { ...data, no_photo_reason: 'Kamera rusak' });
    assert.equal(form.status, 409);
    assert.ok(form.text.includes(`/tamu/${first.id}`), 'a way to that visit');
    assert.match(form.text, /name="accept_warnings" value="already_inside"|value="already_inside"/);
    assert.equal(formValues(form.text).name, data.name);
    const taken = await desk.json('/tamu', { ...data, accept_warnings: ['already_inside'] });
    assert.equal(taken.status, 201, taken.text);
    assert.notEqual(taken.json.id, first.id);
    await desk.json(`/tamu/${first.id}/batal`, { reason: 'x' });
    await desk.json(`/tamu/${taken.json.id}/batal`, { reason: 'x' });
    const parallel = await Promise.all(Array.from({ length: 10 }, () => desk.json('/tamu', data)));
    assert.equal(parallel.filter((a) => a.status === 201).length, 1, parallel.map((a) => a.status).join(' '));
  });

  suite.test('NIK: hard errors stay, each doubt is overruled by its name', async () => {
    await need();
    const nik = (id_number, more = {}) => desk.json('/tamu', guestData({ id_number, ...more }));
    for (const wrong of ['620301230390000', '62030123039000011', '62030A2303900001', '6203013203900001', '6203012313900001', '0000000000000000', '6203012303900000'])
      assert.equal(problem(await nik(wrong), 422).errors[0].field, 'id_number', wrong);
    const year = new Date().getFullYear();
    const child = String(year - 10).slice(2);
    const cases = {
      region_unknown: ['9903012303900001', {}],
      birth_date_differs: ['6203012303904001', { birth_date: '1991-03-23' }],
      gender_differs: ['6203012303904002', { gender: 'P' }],
      under_age: [`6203012303${child}4003`, {}],
    };
    for (const [code, [number, more]] of Object.entries(cases)) {
      const doubt = problem(await nik(number, more), 422, code);
      assert.ok(doubt.errors.some((e) => e.code === code), code);
      problem(await nik(number, { ...more, accept_warnings: ['already_inside'] }), 422, code);
      const taken = await nik(number, { ...more, accept_warnings: [code] });
      assert.equal(taken.status, 201, `${code}: ${taken.text}`);
      assert.ok(String(taken.json.accepted_warnings).includes(code));
    }
    const both = problem(await nik('9903012303904005', { gender: 'P' }), 422);
    assert.deepEqual(both.errors.map((e) => e.code).sort(), ['gender_differs', 'region_unknown']);
    problem(await nik('9903012303904005', { gender: 'P', accept_warnings: ['gender_differs'] }), 422, 'region_unknown');
    await page.get('/tamu/baru');
    const form = await page.form('/tamu', { ...guestData({ id_number: '9903012303904006' }), no_photo_reason: 'Kamera rusak' });
    assert.equal(form.status, 422);
    assert.match(form.text, /class="caution/);
    const ticked = await page.form('/tamu', { ...guestData({ id_number: '9903012303904006' }), no_photo_reason: 'Kamera rusak', accept_warnings: ['region_unknown'] });
    assert.equal(ticked.status, 200);
    const woman = await nik('6203016303904007', { gender: 'P', birth_date: '1990-03-23' });
    assert.equal(woman.status, 201, woman.text);
    const passport = await desk.json('/tamu', guestData({ id_type: 'passport', id_number: 'x 123-4567' }));
    assert.equal(passport.status, 201, passport.text);
    for (const phone of ['0812', 'abc', '+1', '08120000112233445566']) problem(await desk.json('/tamu', guestData({ phone })), 422);
    for (const phone of ['0812-0000-1122', '+62 812 0000 1122', '62 81200001122', '(0812) 0000 1122']) assert.equal((await desk.json('/tamu', guestData({ phone }))).status, 201, phone);
  });

  suite.test('the login is slow for a guesser, not for its owner elsewhere', async () => {
    const office = await suite.ownOffice({ rate: 'on' });
    const guesser = office.guest();
    await guesser.get('/masuk');
    const statuses = [];
    for (let i = 0; i < 40; i += 1) statuses.push((await guesser.form('/masuk', { username: 'rina', password: `tebakan-${i}` })).status);
    assert.ok(statuses.includes(429), statuses.join(' '));
    assert.ok(statuses.filter((s) => s === 401).length <= 30);
    assert.ok((await office.login('yuliana')).cookies.has('__Host-bukutamu'), 'another account still gets in');
  });

  suite.test('after all this the server is the same process, and its audit holds', async () => {
    const office = await need();
    assert.equal(office.child.exitCode, null);
    assert.equal(office.child.signalCode, null);
    assert.ok(!/"status":"5\d\d"/.test(office.log()), office.log().split('\n').find((l) => /"status":"5\d\d"/.test(l)));
    assert.equal((await office.guest().get('/healthz')).status, 200);
  });
}
