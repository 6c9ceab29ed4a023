// The commands beside `serve`, on a real data folder: what they say, and that they tell the truth.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { BIN, guestData, JPEG, multipart, Office, sleep } from './lib.mjs';

// Runs the program; never throws.
function run(args, input) {
  return new Promise((resolve) => {
    const child = execFile(BIN, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code ?? 1 : 0, stdout, stderr, text: stdout + stderr });
    });
    child.stdin.on('error', () => {}); // it may have ended without reading
    child.stdin.end(input ?? '');
  });
}

export default function (suite) {
  const need = async () => {
    const office = await suite.office();
    const desk = await office.program('rina');
    return { office, desk, at: ['--data', office.data] };
  };

  suite.test('demo: one account for each role, random passwords, only once', async () => {
    const { office, at } = await need();
    assert.deepEqual([...office.people.values()].map((p) => p.role).sort(),
      ['admin', 'case_officer', 'duty_officer', 'front_desk', 'intel_chief', 'monitor', 'office_head', 'section_chief']);
    assert.equal(new Set([...office.people.values()].map((p) => p.password)).size, 8);
    for (const p of office.people.values()) assert.ok(p.password.length >= 15, p.username);
    const again = await run(['demo', ...at]);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /sudah ada/);
    assert.equal(fs.statSync(path.join(office.data, 'keys', 'master.key')).mode & 0o777, 0o400);
    assert.equal(fs.statSync(office.data).mode & 0o077, 0);
  });

  suite.test('token add prints the token alone; an unknown name is refused', async () => {
    const { office, at } = await need();
    const made = await run(['token', 'add', ...at, '--user', 'rina']);
    assert.equal(made.code, 0, made.text);
    assert.match(made.stdout, /^\S{30,}\n$/);
    const client = office.guest();
    client.bearer = made.stdout.trim();
    assert.equal((await client.getJson('/tamu')).status, 200, 'it works at once, beside the running server');
    const none = await run(['token', 'add', ...at, '--user', 'tidak-ada']);
    assert.notEqual(none.code, 0);
    assert.match(none.stderr, /tidak-ada/);
  });

  suite.test('user add: a new officer logs in', async () => {
    const { office, at } = await need();
    const password = 'kuda baterai stapel benar';
    const made = await run(['user', 'add', ...at, '--username', 'dewi', '--name', 'Dewi Lestari', '--role', 'front_desk'], `${password}\n${password}\n`);
    assert.equal(made.code, 0, made.text);
    const printed = /\b([a-z0-9]{5}(?:-[a-z0-9]{5}){3})\b/.exec(made.stdout)?.[1];
    office.people.set('dewi', { role: 'front_desk', username: 'dewi', password: printed ?? password });
    const desk = await office.login('dewi');
    assert.equal((await desk.get('/tamu')).status, 200);
  });

  suite.test('unknown commands, options and settings are refused in words', async () => {
    const { office, at } = await need();
    for (const args of [['serve', '--warna', 'merah'], ['tidak-ada'], ['token', 'add'], ['init', '--name', 'X'], ['backup'], ['restore'], ['serve', '--data']]) {
      const answer = await run([...args, ...(args.at(-1) === '--data' ? [] : at)]);
      assert.notEqual(answer.code, 0, args.join(' '));
      assert.ok(answer.text.trim().length > 10, `${args.join(' ')} says nothing`);
      assert.ok(!/ERR_|assert|Aborted/.test(answer.text), answer.text);
    }
    const conf = path.join(office.dir, 'salah.conf');
    for (const text of ['[server]\nwarna = merah\n', '[limits]\nrate = mungkin\n', 'tanpa bagian\n', '[whatsapp]\ngraph_base = http://contoh.id\nphone_number_id = 1\ntoken_file = /x\napp_secret_file = /x\nverify_token = x\n']) {
      fs.writeFileSync(conf, text);
      const answer = await Promise.race([run(['serve', ...at, '--config', conf, '--listen', '127.0.0.1:0']), sleep(4000)]);
      assert.ok(answer && answer.code !== 0, `the server starts with: ${text}`);
    }
    const empty = path.join(office.dir, 'kosong');
    const none = await run(['serve', '--data', empty, '--listen', '127.0.0.1:0']);
    assert.notEqual(none.code, 0);
  });

  suite.test('migrate again changes nothing', async () => {
    const { at } = await need();
    assert.equal((await run(['migrate', ...at])).code, 0);
    assert.equal((await run(['migrate', ...at])).code, 0);
  });

  suite.test('doctor says what is wrong, in plain words', async () => {
    const { office, at } = await need();
    const fine = await run(['doctor', ...at]);
    assert.equal(fine.code, 0, fine.text);
    assert.match(fine.stdout, /0 gagal/);
    const key = path.join(office.data, 'keys', 'master.key');
    fs.chmodSync(key, 0o444);
    const open = await run(['doctor', ...at]);
    fs.chmodSync(key, 0o400);
    assert.match(open.text, /Kunci induk|master\.key/);
    assert.notEqual(open.code, 0, 'a key that others can read');
  });

  suite.test('backup of a running office, restored elsewhere with everything in it', async () => {
    const { office, desk, at } = await need();
    const upload = multipart(guestData({ name: 'Tamu Cadangan' }), { photo: { data: JPEG } });
    const made = await desk.send('POST', '/tamu', { headers: { 'Content-Type': upload.type, Accept: 'application/json' }, body: upload.body });
    assert.equal(made.status, 201, made.text);
    let busy = true;
    const load = (async () => {
      while (busy) await desk.json('/tamu', guestData());
    })();
    const file = path.join(office.dir, 'cadangan');
    const saved = await run(['backup', file, ...at]);
    busy = false;
    await load;
    assert.equal(saved.code, 0, saved.text);
    const digest = /SHA-256 : ([0-9a-f]{64})/.exec(saved.stdout)[1];
    const key = path.join(office.data, 'keys', 'master.key');
    assert.ok(!fs.readFileSync(file).includes(fs.readFileSync(key)), 'the key is in the backup');
    const copy = path.join(office.dir, 'pulih');
    const wrong = await run(['restore', file, '--data', copy, '--key', key, '--sha256', '0'.repeat(64)]);
    assert.notEqual(wrong.code, 0, 'another digest');
    const back = await run(['restore', file, '--data', copy, '--key', key, '--sha256', digest]);
    assert.equal(back.code, 0, back.text);
    const twice = await run(['restore', file, '--data', copy, '--key', key]);
    assert.notEqual(twice.code, 0, 'into a folder that is not empty');
    const other = new Office();
    other.dir = office.dir;
    other.data = copy;
    other.logFile = path.join(office.dir, 'log-pulih');
    other.people = office.people;
    other.tokens = new Map();
    await other.serve();
    try {
      const page = await other.login('yuliana');
      const seen = await page.get(`/tamu/${made.json.id}`);
      assert.equal(seen.status, 200);
      assert.match(seen.text, /Tamu Cadangan/);
      const photo = await page.get(`/tamu/${made.json.id}/foto`);
      assert.deepEqual(photo.bytes, (await (await office.login('yuliana')).get(`/tamu/${made.json.id}/foto`)).bytes);
    } finally {
      await other.halt();
    }
    const cut = fs.readFileSync(file);
    fs.writeFileSync(`${file}-cacat`, cut.subarray(0, cut.length - 100));
    const broken = await run(['restore', `${file}-cacat`, '--data', path.join(office.dir, 'pulih-2'), '--key', key]);
    assert.notEqual(broken.code, 0, 'a cut backup');
  });

  suite.test('audit verify: whole while it runs; a changed entry is found', async () => {
    const { office, at } = await need();
    const whole = await run(['audit', 'verify', ...at]);
    assert.equal(whole.code, 0, whole.text);
    assert.match(whole.stdout, /utuh: \d+ catatan/);
    await office.halt();
    await assert.rejects(office.sql("UPDATE audit_entry SET detail = 'x' WHERE seq = 5"), /append-only/, 'the table lets itself be changed');
    await assert.rejects(office.sql('DELETE FROM audit_entry WHERE seq = 5'), /append-only/, 'the table lets itself be shortened');
    const triggers = (await office.sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")).split('\n').filter(Boolean);
    for (const name of triggers) await office.sql(`DROP TRIGGER ${name}`);
    await office.sql("UPDATE audit_entry SET detail = detail || 'x' WHERE seq = 5");
    const changed = await run(['audit', 'verify', ...at]);
    assert.notEqual(changed.code, 0, 'a changed entry');
    assert.match(changed.text, /5/);
  });

  suite.test('tls: a certificate of our own, and login over HTTPS', async () => {
    const office = await suite.ownOffice({ whatsapp: false });
    await office.halt();
    const made = await run(['tls', '--data', office.data, '--host', 'localhost', '--host', '127.0.0.1']);
    assert.equal(made.code, 0, made.text);
    const [, cert, key] = /tls_cert = (\S+)\s+tls_key = (\S+)/.exec(made.stdout);
    assert.equal(fs.statSync(key).mode & 0o077, 0, 'others can read the key');
    office.writeSettings({ extra: `[server]\ntls_cert = ${cert}\ntls_key = ${key}\n` });
    await office.serve();
    assert.match(office.url, /^https:/);
    const ca = fs.readFileSync(path.join(path.dirname(cert), 'ca.crt'));
    const status = await new Promise((resolve, reject) => {
      https.get(`${office.url}/masuk`, { ca, servername: 'localhost' }, (r) => {
        r.resume();
        resolve([r.statusCode, r.headers['strict-transport-security']]);
      }).on('error', reject);
    });
    assert.equal(status[0], 200);
    assert.match(status[1], /max-age/);
  });
}
