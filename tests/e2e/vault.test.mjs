// Who cannot read a complaint: whoever has the disk, the administrator, a colleague without a share. And who can
// again: the holder of the recovery sheet.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { everyFile, Flock, inFiles } from './canary.mjs';
import { receivedVisit, wholeComplaint } from './canary.test.mjs';
import { BIN, Client, Office } from './lib.mjs';
import { routeTable } from './roles.test.mjs';

const PASSWORD = 'kuda merah lari ke pasar';

function run(args, input) {
  return new Promise((resolve) => {
    const child = execFile(BIN, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code ?? 1 : 0, stdout, stderr, text: stdout + stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

const idsOf = async (office) => (await office.sql('SELECT id FROM complaint ORDER BY year, number')).split('\n').filter(Boolean);

// A page or its JSON, but not a stream that never ends.
async function look(client, target) {
  if (target === '/peristiwa') return [];
  return [await client.get(target), await client.getJson(target)];
}

// The complaint's own routes: by method, path and roles.
const complaintRoutes = (table) => table.filter((r) => !r.open && !r.signed && /^\/pengaduan\/\{id\}/.test(r.path));

export default function (suite) {
  const flock = new Flock();
  const foreign = new Flock();
  let office, desk, own, other, visit, files, recovered;

  // `own` is shared with the case officer, `other` is not; each has a file.
  async function need() {
    if (own) return;
    office = await suite.office();
    desk = await office.program('rina');
    const writer = await office.login('yuliana');
    visit = await receivedVisit(desk, 'A-01');
    const second = await receivedVisit(desk, 'A-02');
    await writer.get(`${visit}/pengaduan`);
    for (const [at, birds] of [[visit, flock], [second, foreign]]) {
      const written = await writer.json(`${at}/pengaduan`, wholeComplaint(birds, 'V'));
      assert.equal(written.status, 201, written.text);
      await writer.get(`${at}/pengaduan/berkas`);
      const file = { data: Buffer.from(`%PDF-1.4\n% ${birds.bird('Body')}\n%%EOF\n`), name: `${birds.bird('File').replaceAll(' ', '-')}.pdf`, type: 'application/pdf' };
      assert.ok((await writer.form(`${at}/pengaduan/berkas`, { kind: 'evidence' }, { files: { files: file } })).status < 400);
    }
    [own, other] = await idsOf(office);
    const chief = await office.login('arief');
    await chief.get(`/pengaduan/${own}/akses`);
    const bayu = await office.sql("SELECT id FROM staff WHERE username = 'bayu'");
    const shared = await chief.json(`/pengaduan/${own}/akses`, { staff_id: bayu, parts: ['content'], password: office.people.get('arief').password });
    assert.equal(shared.status, 200, shared.text);
    files = {};
    for (const id of [own, other]) {
      const page = await chief.get(`/pengaduan/${id}/berkas`);
      files[id] = /href="\/pengaduan\/[^"]+\/berkas\/([^"?/]+)"/.exec(page.text)?.[1];
      assert.ok(files[id], 'the file is listed');
    }
  }

  const fill = (route, id) => route.path.replace('/pengaduan/{id}', `/pengaduan/${id}`).replace('{file}', files[id])
    .replace('{staff}', '00000000-0000-7000-8000-000000000000').replace('{other}', own).replace('{seq}', '1').replace(/\{[a-z.]+\}/g, 'AAAAAAAA');

  suite.test('the administrator sees no word of a complaint on any page, alone or as an officer too', async () => {
    await need();
    const admin = await office.login('admin');
    const made = await admin.json('/petugas', { username: 'serba.bisa', name: 'Serba Bisa', roles: ['admin', 'front_desk', 'duty_officer', 'monitor'], password: PASSWORD });
    assert.equal(made.status, 201, made.text);
    office.people.set('serba.bisa', { password: PASSWORD });
    const ids = { complaint: own, visit: visit.split('/').pop() };
    let pages = 0;
    for (const client of [admin, await office.login('serba.bisa'), await office.login('monitor'), await office.login('rina')]) {
      for (const route of routeTable().filter((r) => r.method === 'GET')) {
        for (const id of Object.values(ids)) {
          const target = route.path.replace('{name...}', 'bukutamu.css').replace('{token}', 'A'.repeat(22)).replace('{file}', files[own]).replace(/\{[a-z.]+\}/g, id);
          for (const answer of await look(client, target)) {
            pages += 1;
            assert.deepEqual([...flock.in(answer.bytes, target), ...foreign.in(answer.bytes, target)], []);
            assert.ok(answer.status < 500, `${target}: ${answer.status}`);
            if (route.path.startsWith('/pengaduan/{id}')) assert.ok([401, 403, 404].includes(answer.status), `${target}: ${answer.status}`);
          }
          if (!route.path.includes('{')) break;
        }
      }
    }
    console.log(`# ${pages} answers looked at`);
    assert.ok(pages > 400, String(pages));
  });

  suite.test('role by route, own complaint and foreign: from the route table', async () => {
    await need();
    const routes = complaintRoutes(routeTable());
    assert.ok(routes.length >= 12, `${routes.length} routes of a complaint`);
    const chief = await office.login('hendra');
    const officer = await office.login('bayu');
    const section = await office.login('maria');
    await officer.get('/akun');
    const entries = async () => Number(await office.sql(`SELECT count(*) FROM audit_entry WHERE subject_id = '${other}' AND actor_id IN (SELECT id FROM staff WHERE username IN ('bayu', 'maria'))`));
    const before = await entries();
    for (const route of routes) {
      for (const [who, client, id] of [['with a share', officer, own], ['without', officer, other], ['without any', section, other], ['the Kajari', chief, other]]) {
        if (who === 'the Kajari' && route.method !== 'GET') continue;
        if (who === 'with a share' && route.method !== 'GET') continue;
        const target = fill(route, id);
        const name = `${who}: ${route.method} ${target}`;
        const unnamed = /\/surat\/(baru|\{)/.test(route.path); // which letter is not said, or there is none
        const answers = route.method === 'GET' ? await look(client, target) : [await client.json(target, {})];
        for (const answer of answers) {
          if (who === 'with a share') assert.ok(answer.status === 200 || (answer.status === 403 && /identitas/.test(target)) || (answer.status === 404 && unnamed), `${name}: ${answer.status}`);
          else if (who === 'the Kajari') assert.equal(answer.status, unnamed ? 404 : 200, name);
          else {
            assert.ok([403, 404, 413, 415, 422].includes(answer.status), `${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
            assert.deepEqual(foreign.in(answer.bytes, name), []);
          }
          if (client === officer) assert.deepEqual(foreign.in(answer.bytes, name), []);
        }
      }
    }
    assert.equal(await entries(), before, 'a foreign complaint was touched');
    const nowhere = '00000000-0000-4000-8000-000000000000';
    for (const client of [officer, section]) {
      const [missing, hidden] = [await client.getJson(`/pengaduan/${nowhere}/isi`), await client.getJson(`/pengaduan/${other}/isi`)];
      assert.deepEqual({ ...hidden.json, request_id: 0, instance: 0 }, { ...missing.json, request_id: 0, instance: 0 }, 'the answer tells that it is there');
    }
  });

  suite.test('a file is had under its own complaint only', async () => {
    await need();
    const chief = await office.login('hendra');
    const officer = await office.login('bayu');
    for (const client of [chief, officer]) {
      const swapped = await client.get(`/pengaduan/${own}/berkas/${files[other]}`);
      assert.equal(swapped.status, 404);
      assert.deepEqual(foreign.in(swapped.bytes, 'the file'), []);
    }
    assert.equal((await chief.get(`/pengaduan/${own}/berkas/${files[own]}`)).status, 200);
    assert.equal((await officer.get(`/pengaduan/${own}/berkas/${files[own]}`)).status, 200);
  });

  suite.test('a machine token opens nothing that is sealed', async () => {
    await need();
    for (const username of ['arief', 'hendra', 'bayu', 'admin']) {
      const token = await office.program(username);
      for (const route of complaintRoutes(routeTable())) {
        const answer = route.method === 'GET' ? await token.getJson(fill(route, own)) : await token.json(fill(route, own), {});
        assert.equal(answer.status, 403, `${username}: ${route.method} ${route.path}`);
        assert.deepEqual(flock.in(answer.bytes, route.path), []);
      }
    }
  });

  suite.test('a stolen disk: without the keys nothing opens, with the master key no complaint', async () => {
    await need();
    const copy = (name) => {
      const to = path.join(office.dir, name);
      fs.cpSync(office.data, to, { recursive: true });
      fs.chmodSync(to, 0o700);
      return to;
    };
    const bare = copy('disk');
    fs.rmSync(path.join(bare, 'keys'), { recursive: true });
    for (const args of [['serve', '--listen', '127.0.0.1:0'], ['recovery', 'test'], ['backup', path.join(office.dir, 'curian.zip')], ['doctor'], ['token', 'add', '--user', 'arief'], ['user', 'trust', '--username', 'arief']]) {
      const answer = await run([...args, '--data', bare], `${PASSWORD}\n${PASSWORD}\n`);
      assert.notEqual(answer.code, 0, args.join(' '));
      assert.deepEqual([...flock.in(Buffer.from(answer.text), args[0]), ...foreign.in(Buffer.from(answer.text), args[0])], []);
    }
    for (const file of everyFile(bare)) assert.ok(!execFileSync('strings', ['-n', '6', file], { encoding: 'latin1', maxBuffer: 1 << 28 }).includes(flock.mark), file);
    assert.deepEqual(inFiles(flock, everyFile(bare), bare), []);
    // With the master key the thief runs the program, makes a chief of his own, and asks for everything.
    const thief = new Office();
    Object.assign(thief, { dir: office.dir, data: copy('disk-dan-kunci'), logFile: path.join(office.dir, 'log-curian'), people: new Map([['pencuri', { password: PASSWORD }]]), tokens: new Map() });
    fs.rmSync(path.join(thief.data, 'bukutamu.conf'));
    const made = await run(['user', 'add', '--username', 'pencuri', '--name', 'Pencuri', '--role', 'intel_chief,office_head,case_officer,admin,front_desk', '--data', thief.data], `${PASSWORD}\n${PASSWORD}\n`);
    assert.equal(made.code, 0, made.text);
    const sheet = ['0000', ...Array(13).fill('ABCD')].join('-');
    for (const args of [['recovery', 'test'], ['recovery', 'repair', '--user', 'pencuri', '--all']]) {
      const answer = await run([...args, '--data', thief.data], `${sheet}\n`);
      assert.equal(answer.code, 1, answer.text);
      assert.match(answer.stderr, /lembar/);
    }
    await thief.serve();
    try {
      const client = await thief.login('pencuri');
      let opened = 0;
      for (const route of routeTable().filter((r) => r.method === 'GET' && /pengaduan/.test(r.path))) {
        for (const id of [own, other]) {
          const target = route.path.startsWith('/tamu') ? route.path.replace('/tamu/{id}', visit) : fill(route, id);
          for (const answer of await look(client, target)) {
            opened += answer.status === 200;
            assert.deepEqual([...flock.in(answer.bytes, target), ...foreign.in(answer.bytes, target)], []);
          }
        }
      }
      assert.ok(opened > 0, 'the thief is logged in');
      assert.equal((await client.getJson(`/pengaduan/${own}/isi`)).json.code, 'no_share');
    } finally {
      await thief.halt();
    }
    assert.deepEqual([...inFiles(flock, everyFile(thief.data), thief.data), ...inFiles(flock, [thief.logFile], office.dir)], []);
  });

  suite.test('a leader whose key waits does not see that there is a complaint', async () => {
    await need();
    const admin = await office.login('admin');
    const made = await admin.json('/petugas', { username: 'kasi.tunggu', name: 'Kasi Tunggu', roles: ['intel_chief'], password: PASSWORD });
    assert.equal(made.status, 201, made.text);
    office.people.set('kasi.tunggu', { password: PASSWORD });
    const waiting = await office.login('kasi.tunggu');
    assert.ok(!('complaint' in (await waiting.getJson(visit)).json), 'in the visit');
    assert.equal((await waiting.getJson(`${visit}/pengaduan/tanda-terima`)).status, 403);
    for (const at of ['', '/isi', '/akses']) assert.equal((await waiting.getJson(`/pengaduan/${own}${at}`)).status, 404, at);
    const board = await waiting.get('/pengaduan');
    assert.ok(!board.text.includes(own) && !board.text.includes(other), 'in the list');
  });

  suite.test('sixty complaints from one counter go through, one after another', async () => {
    const busy = await suite.ownOffice({ rate: 'on', extra: '[server]\ntrusted_proxies = 127.0.0.1\n' });
    const page = await busy.login('rina');
    await page.get('/pengaduan/baru');
    const counter = { 'X-Forwarded-For': '10.20.30.40', 'X-Forwarded-Proto': 'https' }; // limits count for others than this machine
    const begun = Date.now();
    for (let i = 1; i <= 60; i += 1) {
      const answer = await page.json('/pengaduan/baru', { text: `Pengaduan ke-${i}. ${'Jalan desa. '.repeat(400)}`, way: 'letter', reporter_mode: 'anonymous' }, counter);
      assert.equal(answer.status, 201, `the ${i}th: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    console.log(`# 60 complaints in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    assert.equal(await busy.sql('SELECT count(*) FROM complaint'), '60');
  });

  suite.test('until the sheet is typed back no way in is open; then all are', async () => {
    const fresh = await suite.ownOffice();
    await fresh.halt();
    await fresh.sql('UPDATE office SET recovery_public = NULL, recovery_confirmed_at = NULL');
    await fresh.serve();
    const page = await fresh.login('rina');
    const at = await receivedVisit(await fresh.program('rina'), 'A-01');
    const ways = async (open) => {
      for (const target of [`${at}/pengaduan`, '/pengaduan/baru']) {
        await page.get(target);
        const answer = await page.json(target, { text: 'Tidak boleh masuk.', reporter_mode: 'anonymous', way: 'letter' });
        assert.equal(answer.status, open ? 201 : 409, `${target}: ${answer.text}`);
      }
      await page.get('/layar-tamu');
      const offer = await page.form('/layar-tamu', {});
      assert.equal(/kiosk-code">/.test(offer.text), open, 'the tablet');
      const reporter = new Client(fresh);
      await reporter.get('/lapor');
      if (reporter.csrf) assert.ok((await reporter.form('/lapor', { text: 'Tidak boleh masuk.', _langkah: 'kirim' })).status >= 400 || !open, 'the public page');
    };
    await ways(false);
    const made = await run(['recovery', 'create', '--data', fresh.data]);
    const sheet = /((?:[0-9A-Z]{4}-?\s*){14})/.exec(made.stdout.split('Dibuat')[1].split('\n').slice(1).join('\n'))[1];
    await ways(false);
    const swapped = sheet.replace(/[A-Z]/, (c) => (c === 'B' ? 'C' : 'B'));
    assert.equal((await run(['recovery', 'confirm', '--data', fresh.data], `${swapped.replace(/\s+/g, ' ')}\n`)).code, 1, 'a wrong letter');
    await ways(false);
    assert.equal(await fresh.sql('SELECT count(*) FROM complaint'), '0');
    const confirmed = await run(['recovery', 'confirm', '--data', fresh.data], `${sheet.replace(/\s+/g, ' ')}\n`);
    assert.equal(confirmed.code, 0, confirmed.text);
    await ways(true);
    fresh.sheet = sheet.replace(/\s+/g, ' ').trim();
    recovered = fresh;
  });

  suite.test('the drill opens every complaint with the sheet, and prints none', async () => {
    const office2 = recovered;
    const page = await office2.login('rina');
    await page.get('/pengaduan/baru');
    const birds = new Flock();
    for (const tag of ['A', 'B', 'C']) assert.equal((await page.json('/pengaduan/baru', { ...wholeComplaint(birds, tag), way: 'letter' })).status, 201);
    const drill = await run(['recovery', 'test', '--data', office2.data], `${office2.sheet}\n`);
    assert.equal(drill.code, 0, drill.text);
    assert.match(drill.stdout, /membuka semua pengaduan \(5\) dengan identitas pelapornya \(3\)/);
    assert.deepEqual(birds.in(Buffer.from(drill.text), 'the drill'), []);
    assert.equal(await office2.sql("SELECT detail FROM audit_entry WHERE action = 'recovery_tested'"), 'complaints=5');
    assert.ok(Number(await office2.sql('SELECT recovery_tested_at FROM office')) > Date.now() - 60_000);
    const kajari = await office2.login('hendra');
    const admin = await office2.login('admin');
    assert.ok(!(await kajari.get('/kunci')).text.includes('Latihan tahunan'));
    await office2.sql(`UPDATE office SET recovery_confirmed_at = ${Date.now() - 500 * 86_400_000}, recovery_tested_at = ${Date.now() - 340 * 86_400_000}`);
    assert.match((await kajari.get('/kunci')).text, /Latihan tahunan lembar kunci pemulihan jatuh tempo/);
    assert.match((await admin.get('/kantor')).text, /Latihan tahunan lembar kunci pemulihan jatuh tempo/);
    assert.match((await run(['doctor', '--data', office2.data])).text, /Latihan tahunan/);
    // A damaged share is found: the drill must not say that all is well.
    const one = "reader_id = 'recovery' AND complaint_id = (SELECT id FROM complaint ORDER BY id LIMIT 1)";
    const whole = await office2.sql(`SELECT hex(share) FROM complaint_share WHERE ${one}`);
    await office2.sql(`UPDATE complaint_share SET share = zeroblob(length(share)) WHERE ${one}`);
    const damaged = await run(['recovery', 'test', '--data', office2.data], `${office2.sheet}\n`);
    assert.equal(damaged.code, 1);
    assert.match(damaged.stderr, /hanya membuka 4 dari 5/);
    await office2.sql(`UPDATE complaint_share SET share = x'${whole}' WHERE ${one}`);
  });

  suite.test('a lost password: the sheet seals every complaint anew for the leader', async () => {
    const office2 = recovered;
    const id = (await office2.sql("SELECT complaint_id FROM reporter_share WHERE reader_id = 'recovery' LIMIT 1"));
    const admin = await office2.login('admin');
    const arief = await office2.sql("SELECT id FROM staff WHERE username = 'arief'");
    const reset = await admin.json(`/petugas/${arief}/kata-sandi`, { password: PASSWORD, understood: true });
    assert.equal(reset.status, 200, reset.text);
    office2.people.get('arief').password = PASSWORD;
    let chief = await office2.login('arief');
    assert.ok([403, 404].includes((await chief.getJson(`/pengaduan/${id}/isi`)).status));
    const early = await run(['recovery', 'repair', '--user', 'arief', '--data', office2.data], `${office2.sheet}\n`);
    assert.equal(early.code, 1, 'nobody vouches for the new key yet');
    assert.match(early.stderr, /belum dipercayai/);
    const kajari = await office2.login('hendra');
    const waiting = (await kajari.getJson('/kunci')).json.items.find((k) => k.id === arief);
    assert.equal((await kajari.json(`/kunci/${arief}`, { fingerprint: waiting.fingerprint, password: office2.people.get('hendra').password })).status, 200);
    chief = await office2.login('arief');
    assert.equal((await chief.getJson(`/pengaduan/${id}/isi`)).json.code, 'share_does_not_open');
    assert.match((await chief.get('/kunci')).text, /pengaduan masih disegel untuk kunci Anda yang lama/);
    const repaired = await run(['recovery', 'repair', '--user', 'arief', '--data', office2.data], `${office2.sheet}\n`);
    assert.equal(repaired.code, 0, repaired.text);
    assert.match(repaired.stdout, /^5 dari 5 pengaduan disegel kembali untuk .*, 3 dengan identitas pelapor/);
    for (const one of await idsOf(office2)) assert.equal((await chief.getJson(`/pengaduan/${one}/isi`)).status, 200, one);
    const identity = await chief.json(`/pengaduan/${id}/identitas`, { reason: 'contact' });
    assert.equal(identity.status, 200, identity.text);
    assert.ok(!/kunci Anda yang lama/.test((await chief.get('/kunci')).text));
    assert.match(await office2.sql("SELECT detail FROM audit_entry WHERE action = 'recovery_repaired'"), /^complaints=5 identities=3 all=0$/);
    // A successor who was never a reader: only when it is said.
    await run(['user', 'add', '--username', 'kasi.baru', '--name', 'Kasi Baru', '--role', 'intel_chief', '--data', office2.data], `${PASSWORD}\n${PASSWORD}\n`);
    const none = await run(['recovery', 'repair', '--user', 'kasi.baru', '--data', office2.data], `${office2.sheet}\n`);
    assert.match(none.stdout, /^0 dari 5/);
    const all = await run(['recovery', 'repair', '--user', 'kasi.baru', '--all', '--data', office2.data], `${office2.sheet}\n`);
    assert.match(all.stdout, /^5 dari 5/);
    office2.people.set('kasi.baru', { password: PASSWORD });
    assert.equal((await (await office2.login('kasi.baru')).getJson(`/pengaduan/${id}/isi`)).status, 200);
    assert.equal((await run(['recovery', 'repair', '--user', 'rina', '--data', office2.data], `${office2.sheet}\n`)).code, 1, 'no reader');
  });
}
