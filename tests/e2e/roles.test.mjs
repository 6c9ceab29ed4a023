// Every route as every role, from the program's own route table: by cookie, by machine token, and as
// nobody. What the table says is what happens, and a POST without its CSRF token never gets through.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { BIN, guestData, JPEG, multipart } from './lib.mjs';

const ROLES = { front_desk: 'rina', duty_officer: 'yuliana', intel_chief: 'arief', office_head: 'hendra', section_chief: 'maria', admin: 'admin', monitor: 'monitor', case_officer: 'bayu' };
const WORDS = new Set([...Object.keys(ROLES), 'all', '(public)', '(signature)']);

export function routeTable() {
  return execFileSync(BIN, ['routes'], { encoding: 'utf8' }).trim().split('\n').map((line) => {
    const [method, path, ...words] = line.trim().split(/\s+/);
    const end = words.findIndex((w) => !WORDS.has(w));
    const flags = [];
    for (const word of words.slice(end)) {
      if (!/^(-|[a-z]+(-[a-z]+)*)$/.test(word)) break;
      flags.push(word);
    }
    const who = words.slice(0, end);
    return {
      method, path, flags, open: who[0] === '(public)', signed: who[0] === '(signature)',
      roles: who.includes('all') ? Object.keys(ROLES) : who,
    };
  });
}

// Only the head of the answer: a live stream never ends.
function head(client, method, target, headers, body) {
  const url = new URL(client.office.url);
  const all = { Accept: 'application/json', ...headers };
  if (client.bearer) all.Authorization = `Bearer ${client.bearer}`;
  if (client.cookies.size) all.Cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  if (body !== undefined) Object.assign(all, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  return new Promise((resolve, reject) => {
    const request = http.request({ host: url.hostname, port: url.port, method, path: target, headers: all, agent: false }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    request.on('error', reject);
    request.end(body);
  });
}

// What anybody may call. A new one is added here on purpose.
const PUBLIC = new Set([
  'GET /', 'GET /aset/{name...}', 'GET /healthz', 'GET /jawab/{token}', 'GET /masuk', 'GET /metrics', 'GET /openapi.json',
  'POST /bahasa', 'POST /jawab/{token}', 'POST /masuk', 'GET /buku-tamu.webmanifest', 'GET /dorong.js',
  // The reporter: the guest's tablet, the public page, following a complaint with its code.
  'GET /kios', 'GET /kios/habis', 'POST /kios/bahasa', 'POST /kios/kosongkan', 'POST /kios/mulai', 'POST /kios/pengaduan',
  'GET /lapor', 'POST /lapor', 'POST /lapor/kosongkan',
  'GET /tindak-lanjut', 'POST /tindak-lanjut', 'POST /tindak-lanjut/berkas', 'POST /tindak-lanjut/cabut', 'POST /tindak-lanjut/pesan', 'POST /tindak-lanjut/tutup',
  'GET /survei', 'POST /survei',
  // The published standard, and complaints about the service.
  'GET /standar-pelayanan', 'GET /standar-pelayanan/poster.pdf', 'GET /standar-pelayanan/versi/{id}',
  'GET /standar-pelayanan/layanan/{kind}', 'GET /standar-pelayanan/layanan/{kind}/poster.pdf',
  'GET /maklumat-pelayanan', 'GET /maklumat-pelayanan/maklumat.pdf', 'GET /maklumat-pelayanan/maklumat.docx',
  'GET /pengaduan-layanan', 'POST /pengaduan-layanan', 'GET /pengaduan-layanan/tiket', 'POST /pengaduan-layanan/tiket',
  'POST /pengaduan-layanan/tiket/buka-lagi', 'POST /pengaduan-layanan/tiket/selesai', 'POST /pengaduan-layanan/tiket/tinggalkan',
  // Papers for whoever has the code, and whether a paper is genuine.
  'POST /pengaduan/naskah.pdf', 'POST /pengaduan/naskah.docx', 'POST /pengaduan/tanda-terima.docx', 'POST /pengaduan/tanda-terima.pdf', 'GET /periksa', 'GET /periksa/{code}', 'POST /periksa/{code}',
]);

// A desk names the official who spoke; an official answers for himself.
const bodyOf = (path, role) =>
  path !== '/tamu/{id}/keputusan' ? {}
    : ['front_desk', 'duty_officer'].includes(role) ? { outcome: 'intel_chief', official: 'office_head' } : { outcome: 'intel_chief' };

export default function (suite) {
  let table;
  const cookies = {};
  const tokens = {};
  const need = async () => {
    const office = await suite.office();
    table ??= routeTable();
    for (const [role, username] of Object.entries(ROLES)) {
      cookies[role] ??= await office.login(username);
      tokens[role] ??= await office.program(username);
    }
    return office;
  };
  const fill = (path) => path.replace('{name...}', 'bukutamu.css').replace('{token}', 'A'.repeat(22)).replace(/\{id\}/g, randomUUID());
  const ask = (client, route, role, csrf = true) => {
    const post = route.method === 'POST';
    const headers = post && csrf && client.cookies.size ? { 'X-CSRF-Token': client.csrf } : {};
    return head(client, route.method, fill(route.path), headers, post ? JSON.stringify(bodyOf(route.path, role)) : undefined);
  };

  suite.test('the table says who may call each route', async () => {
    await need();
    assert.ok(table.length > 50, `${table.length} routes`);
    for (const route of table) assert.ok(route.open || route.signed || route.roles.length > 0, route.path);
    for (const route of table.filter((r) => r.open)) {
      const name = `${route.method} ${route.path}`;
      assert.ok(PUBLIC.has(name), `${name} is public: is that meant?`);
    }
  });

  suite.test('nobody: 401 wherever a login is needed', async () => {
    const office = await need();
    const nobody = office.guest();
    for (const route of table) {
      const status = await ask(nobody, route);
      if (route.signed) assert.ok([401, 403, 404].includes(status), `${route.method} ${route.path}: ${status}`);
      else if (route.open) assert.ok(![401, 403].includes(status) && status < 500, `${route.method} ${route.path}: ${status}`);
      else assert.equal(status, 401, `${route.method} ${route.path}`);
    }
  });

  suite.test('every role by cookie: 403 outside its routes, never inside', async () => {
    const office = await need();
    for (const [role, username] of Object.entries(ROLES)) {
      for (const route of table.filter((r) => !r.open && !r.signed)) {
        const client = ['/keluar', '/pengaduan/kunci'].includes(route.path) ? await office.login(username) : cookies[role];
        const status = await ask(client, route, role);
        const name = `${role}: ${route.method} ${route.path}: ${status}`;
        if (!route.roles.includes(role)) assert.equal(status, 403, name);
        else assert.ok(![401, 403, 405].includes(status) && status < 500, name);
      }
    }
  });

  suite.test('every role by machine token: the same, and 403 where no token may', async () => {
    await need();
    for (const role of Object.keys(ROLES)) {
      for (const route of table.filter((r) => !r.open && !r.signed)) {
        const status = await ask(tokens[role], route, role);
        const name = `${role} token: ${route.method} ${route.path}: ${status}`;
        if (!route.roles.includes(role) || route.flags.includes('no-token')) assert.equal(status, 403, name);
        else assert.ok(![401, 403, 405].includes(status) && status < 500, name);
      }
    }
  });

  suite.test('every change without its CSRF token is 403, for every role that may', async () => {
    const office = await need();
    const other = await office.login('rina');
    await other.get('/tamu');
    for (const [role, client] of Object.entries(cookies)) {
      for (const route of table.filter((r) => r.method === 'POST' && !r.signed && (r.open || r.roles.includes(role)))) {
        assert.equal(await ask(client, route, role, false), 403, `${role}: POST ${route.path} without a token`);
        const foreign = await head(client, 'POST', fill(route.path), { 'X-CSRF-Token': other.csrf }, '{}');
        if (route.path !== '/masuk') assert.equal(foreign, 403, `${role}: POST ${route.path} with a foreign token`);
      }
    }
  });

  suite.test('a GET changes nothing: 405 where only POST is', async () => {
    await need();
    const paths = new Map();
    for (const route of table) paths.set(route.path, [...(paths.get(route.path) ?? []), route.method]);
    for (const [path, methods] of paths) {
      const client = cookies.front_desk;
      // "/jawab/kembali" is a token to "/jawab/{token}".
      const covered = (method) => table.some((r) => r.method === method && r.path !== path &&
        new RegExp(`^${r.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path));
      if (!methods.includes('GET') && !covered('GET')) assert.equal(await head(client, 'GET', fill(path), {}), 405, path);
      if (!methods.includes('POST') && !covered('POST')) assert.equal(await head(client, 'POST', fill(path), { 'X-CSRF-Token': client.csrf }, '{}'), 405, path);
      for (const method of ['PUT', 'DELETE']) assert.equal(await head(client, method, fill(path), { 'X-CSRF-Token': client.csrf }), 405, `${method} ${path}`);
    }
  });

  suite.test('a real visit: who sees the page, the photo, the address, the complaint', async () => {
    const office = await need();
    const desk = tokens.front_desk;
    const upload = multipart(guestData({ address: 'Jl. Kenari 12' }), { photo: { data: JPEG } });
    const made = await desk.send('POST', '/tamu', { headers: { 'Content-Type': upload.type, Accept: 'application/json' }, body: upload.body });
    assert.equal(made.status, 201, made.text);
    const at = `/tamu/${made.json.id}`;
    const sees = ['front_desk', 'duty_officer', 'intel_chief', 'office_head', 'section_chief'];
    for (const [role, client] of Object.entries(cookies)) {
      const expected = sees.includes(role) ? 200 : 403;
      for (const path of ['/tamu', at, `${at}/foto`]) {
        assert.equal((await client.get(path)).status, expected, `${role}: ${path}`);
        assert.equal((await client.getJson(path)).status, expected, `${role}: ${path} as JSON`);
      }
      if (expected === 200) {
        const v = (await client.getJson(at)).json;
        assert.equal(Boolean(v.visitor.address), ['front_desk', 'duty_officer'].includes(role), `${role}: the address`);
        assert.match(v.visitor.id_number, /•/);
      }
    }
    for (const [step, body] of [['titipan', { badge: 'A-05', items: [{ kind: 'id_card' }] }], ['ruang-tunggu', {}], ['keputusan', { official: 'office_head', outcome: 'office_head' }], ['diterima', {}]])
      assert.equal((await desk.json(`${at}/${step}`, body)).status, 200, step);
    const writer = cookies.duty_officer;
    await writer.get(`${at}/pengaduan`);
    const written = await writer.json(`${at}/pengaduan`, { text: 'Hanya untuk dua orang.' });
    assert.equal(written.status, 201, written.text);
    assert.ok(written.json.number, 'its writer sees the number');
    for (const [role, client] of Object.entries(cookies)) {
      const reads = ['intel_chief', 'office_head'].includes(role);
      assert.equal((await client.get(`${at}/pengaduan/isi`)).status, reads ? 200 : 403, `${role} reads the complaint`);
      if (!sees.includes(role)) continue;
      const v = (await client.getJson(at)).json;
      assert.equal('complaint' in v, reads || role === 'duty_officer', `${role} sees that there is one`);
      assert.equal((await tokens[role].getJson(`${at}/pengaduan/isi`)).status, 403, `${role} token`);
      assert.ok(!('complaint' in (await tokens[role].getJson(at)).json), `${role} token`);
      const list = (await tokens[role].getJson('/tamu')).text;
      assert.ok(!list.includes('"complaint":{'), `${role} token, list`);
    }
    void office;
  });

  suite.test('a chief made by the administrator reads no complaint until a chief in office trusts the key', async () => {
    const office = await suite.ownOffice();
    const password = 'kuda merah lari ke pasar';
    const admin = await office.login('admin');
    const made = await admin.json('/petugas', { username: 'kasi.palsu', name: 'Kasi', roles: ['intel_chief'], password });
    assert.equal(made.status, 201, made.text);
    assert.equal((await (await office.program('admin')).json('/petugas', { username: 'kasi.lain', name: 'Kasi', roles: ['intel_chief'], password })).status, 403);
    office.people.set('kasi.palsu', { password });
    const desk = await office.program('rina');
    const complain = async (badge) => {
      const visit = await desk.json('/tamu', guestData());
      const at = `/tamu/${visit.json.id}`;
      for (const [step, body] of [['titipan', { badge, items: [{ kind: 'id_card' }] }], ['ruang-tunggu', {}], ['keputusan', { official: 'office_head', outcome: 'office_head' }], ['diterima', {}]])
        assert.equal((await desk.json(`${at}/${step}`, body)).status, 200, step);
      assert.equal((await desk.json(`${at}/pengaduan`, { text: 'Hanya untuk yang berhak.' })).status, 201);
      return `${at}/pengaduan/isi`;
    };
    const first = await complain('A-01');
    const chief = await office.login('kasi.palsu');
    const refused = await chief.getJson(first);
    assert.equal(refused.status, 403);
    assert.equal(refused.json.code, 'complaint_sealed', 'not even that there is one');
    const kajari = await office.login('hendra');
    const waiting = (await kajari.getJson('/kunci')).json.items.find((k) => k.id === made.json.id);
    assert.equal(waiting.state, 'waiting');
    const own = await chief.json(`/kunci/${made.json.id}`, { fingerprint: waiting.fingerprint, password });
    assert.equal(own.status, 403, 'not by himself');
    const done = await kajari.json(`/kunci/${made.json.id}`, { fingerprint: waiting.fingerprint, password: office.people.get('hendra').password });
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.state, 'trusted');
    assert.equal((await chief.getJson(first)).status, 403, 'what was written before stays shut');
    const second = await complain('A-02');
    assert.equal((await chief.getJson(second)).json.text, 'Hanya untuk yang berhak.');
  });

  suite.test('an account that is disabled is out at once, by cookie and by token', async () => {
    const office = await need();
    const admin = cookies.admin;
    const list = (await admin.getJson('/petugas')).json;
    const maria = list.items.find((p) => p.username === 'maria');
    assert.equal((await cookies.section_chief.getJson('/tamu')).status, 200);
    await admin.get('/petugas');
    const done = await admin.json(`/petugas/${maria.id}/nonaktif`, {});
    assert.equal(done.status, 200, done.text);
    assert.equal((await cookies.section_chief.getJson('/tamu')).status, 401);
    assert.equal((await tokens.section_chief.getJson('/tamu')).status, 401);
    const guest = office.guest();
    await guest.get('/masuk');
    assert.equal((await guest.form('/masuk', { username: 'maria', password: office.people.get('maria').password })).status, 401);
  });
}
