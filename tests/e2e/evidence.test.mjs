// What is handed over with a complaint: large files in little memory, nothing readable on the way, the same bytes
// back, and refusals that say what to do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { formValues, guestData, JPEG, multipart, sleep, until } from './lib.mjs';

const MIB = 1 << 20;
const LARGE = 100 * MIB;
const MOST_EXTRA = 20 * 1000 * 1000; // bytes of memory that one such upload may cost
const COMPLAINT = { text: 'Pungutan di loket pada hari Senin. '.repeat(5), reported_party: 'Seorang petugas', documents: [{ kind: 'Rekaman', count: 1 }] };

function everyFile(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(dir, entry.name);
    return entry.isDirectory() ? everyFile(name) : entry.isFile() ? [name] : [];
  });
}

const status = (office, name) =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(fs.readFileSync(`/proc/${office.child.pid}/status`, 'utf8'))[1]) * 1024;

// The highest memory is counted from now on. Only root may ask for that: others compare with the peak so far.
function peakFromNow(office) {
  try {
    fs.writeFileSync(`/proc/${office.child.pid}/clear_refs`, '5');
    return status(office, 'VmRSS');
  } catch {
    return status(office, 'VmHWM');
  }
}

// A complaint at the counter: the writer's client, the path of the visit, the complaint's id.
async function written(office, more = {}) {
  const desk = await office.login('rina');
  await desk.get('/tamu/baru');
  const made = await desk.json('/tamu', guestData({ category: 'complaint', no_photo_reason: 'Kamera rusak', ...more }));
  assert.equal(made.status, 201, made.text);
  const visit = `/tamu/${made.json.id}`;
  office.badges = (office.badges ?? 0) + 1;
  const steps = [['titipan', { badge: `A-0${office.badges}`, items: [{ kind: 'id_card' }] }], ['ruang-tunggu', {}],
    ['keputusan', { official: 'office_head', outcome: 'office_head' }], ['diterima', {}]];
  for (const [step, body] of steps) {
    const done = await desk.json(`${visit}/${step}`, body);
    assert.equal(done.status, 200, `${step}: ${done.text}`);
  }
  const at = `${visit}/pengaduan`;
  const taken = await desk.json(at, COMPLAINT);
  assert.equal(taken.status, 201, taken.text);
  const [, number, year] = /PGD-(\d+)\/(\d+)/.exec(taken.json.number);
  const id = await office.sql(`SELECT id FROM complaint WHERE number = ${number} AND year = ${year}`);
  return { desk, at, id, receipt: taken.json.receipt, list: `/pengaduan/${id}/berkas` };
}

const fileOf = (data, name = 'rekaman.mp4', type = 'video/mp4') => ({ files: { files: { data, name, type } }, follow: false });

// The first bytes of a film, then noise: nothing that a disk or a hash could make short.
function film(bytes) {
  const data = randomBytes(bytes);
  Buffer.from([0, 0, 0, 24]).copy(data);
  data.write('ftypmp42', 4, 'latin1');
  return data;
}

function crc(bytes) {
  let c = -1;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}

// A PNG with transparent places, and a text beside the picture.
function png(width, height, text) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8); // RGBA
  const rows = Buffer.alloc((width * 4 + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows.set([x * 4, y * 6, 90, x % 5 ? 255 : 0], y * (width * 4 + 1) + 1 + x * 4);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('tEXt', Buffer.from(`Comment\0${text}`, 'latin1')),
    chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

// Sends a prepared body in small pieces, as a network does. `stopAt`: hang up after so many bytes.
function sendSlowly(client, target, { body, type }, { stopAt, piece = 256 * 1024, onPiece, chunked = false } = {}) {
  const url = new URL(client.office.url);
  const headers = {
    'Content-Type': type, 'X-CSRF-Token': client.csrf,
    Cookie: [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; '), Accept: 'application/json',
    ...(chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': body.length }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: url.hostname, port: url.port, method: 'POST', path: target, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
    });
    request.on('error', (error) => (stopAt ? resolve({ status: 0 }) : reject(error)));
    void (async () => {
      for (let i = 0; i < body.length; i += piece) {
        if (stopAt && i >= stopAt) {
          await onPiece?.();
          request.destroy();
          return;
        }
        if (!request.write(body.subarray(i, i + piece))) await new Promise((go) => request.once('drain', go));
      }
      request.end();
    })();
  });
}

// The bytes as they come, without keeping them.
function download(client, target) {
  const url = new URL(client.office.url);
  const headers = { Cookie: [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ') };
  return new Promise((resolve, reject) => {
    http.get({ host: url.hostname, port: url.port, path: target, headers, agent: false }, (response) => {
      const hash = createHash('sha256');
      let bytes = 0;
      response.on('data', (part) => {
        hash.update(part);
        bytes += part.length;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, bytes, sha256: hash.digest('hex') }));
    }).on('error', reject);
  });
}

export default function (suite) {
  suite.test('100 MB in and out again in less than 20 MB of memory', async () => {
    const office = await suite.office();
    const { desk, at, list } = await written(office);
    const chief = await office.login('arief');
    assert.equal((await chief.get(list)).status, 200);
    const data = film(LARGE - 1024);
    const sha256 = createHash('sha256').update(data).digest('hex');
    const upload = multipart({ kind: 'evidence' }, { files: { data, name: 'rekaman lapangan.mp4', type: 'video/mp4' } });
    await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(film(600_000))); // everything is warm
    const before = peakFromNow(office);
    const began = Date.now();
    const sent = await sendSlowly(desk, `${at}/berkas`, upload);
    const took = Date.now() - began;
    assert.equal(sent.status, 201, sent.text);
    const extra = status(office, 'VmHWM') - before;
    const items = (await chief.getJson(list)).json.items;
    const file = items.find((f) => f.name === 'rekaman lapangan.mp4');
    assert.equal(file.bytes, data.length);
    assert.equal(file.sha256, sha256);
    assert.equal(file.type, 'video/mp4');
    const resting = peakFromNow(office);
    const back = await download(chief, `${list}/${file.id}`);
    const out = status(office, 'VmHWM') - resting;
    assert.equal(back.status, 200);
    assert.equal(back.bytes, data.length);
    assert.equal(back.sha256, sha256);
    assert.match(back.headers['content-disposition'], /^attachment; filename="rekaman lapangan\.mp4"; filename\*=UTF-8''rekaman%20lapangan\.mp4$/);
    assert.equal(back.headers['content-type'], 'application/octet-stream');
    assert.match(back.headers['content-security-policy'], /sandbox/);
    assert.equal(back.headers['cache-control'], 'no-store');
    console.log(`#   100 MB: up in ${took} ms with ${(extra / 1e6).toFixed(1)} MB more memory, down with ${(out / 1e6).toFixed(1)} MB`);
    assert.ok(extra < MOST_EXTRA, `${extra} bytes more`);
    assert.ok(out < MOST_EXTRA, `${out} bytes more`);
    assert.deepEqual(fs.readdirSync(path.join(office.data, 'spool')), []);
  });

  suite.test('too large is refused before it is sent, and while it comes', async () => {
    const office = await suite.office();
    const { desk, at } = await written(office);
    const upload = multipart({ kind: 'evidence' }, { files: { data: film(LARGE + 200_000), name: 'a.mp4' } });
    const told = await desk.send('POST', `${at}/berkas`, {
      headers: { 'Content-Type': upload.type, 'X-CSRF-Token': desk.csrf, Accept: 'application/json', 'Content-Length': String(10 * 1024 * MIB) }, body: upload.body.subarray(0, 1000),
    }).catch((error) => error);
    assert.equal(told.status, 413, String(told));
    const before = peakFromNow(office);
    const counted = await sendSlowly(desk, `${at}/berkas`, upload, { chunked: true }).catch((error) => ({ status: 413, text: String(error) }));
    assert.equal(counted.status, 413, counted.text);
    assert.ok(status(office, 'VmHWM') - before < MOST_EXTRA);
    assert.equal((await desk.get('/tamu')).status, 200);
  });

  suite.test('nothing readable is left on the way, by a hang-up or by a kill', async () => {
    const office = await suite.ownOffice({ whatsapp: false });
    const { desk, at, id } = await written(office);
    const canary = 'KenariDiTengahJalan';
    const data = film(12 * MIB);
    for (let i = 1000; i + 100 < data.length; i += 5000) data.write(canary, i, 'latin1');
    const upload = multipart({ kind: 'evidence' }, { files: { data, name: `${canary}.mp4`, type: 'video/mp4' } });
    const look = (when) => {
      const found = [...everyFile(office.data), office.logFile].filter((f) => fs.readFileSync(f).includes(canary));
      assert.deepEqual(found, [], when);
    };
    const root = process.getuid() === 0; // nobody else looks into the server
    const openSpool = () => fs.readdirSync(`/proc/${office.child.pid}/fd`).map((fd) => {
      const link = `/proc/${office.child.pid}/fd/${fd}`;
      try {
        return fs.readlinkSync(link).includes('/spool/') ? fs.readFileSync(link) : null;
      } catch {
        return null;
      }
    }).filter(Boolean);
    await sendSlowly(desk, `${at}/berkas`, upload, {
      stopAt: 8 * MIB,
      onPiece: async () => {
        if (!root) return;
        const spools = await until('the spool', () => (openSpool()[0]?.length > 6 * MIB ? openSpool() : null));
        assert.equal(spools.filter((bytes) => bytes.includes(canary)).length, 0, 'in the spool itself');
        look('while it comes');
      },
    });
    if (root) await until('the spool is let go', () => openSpool().length === 0);
    look('after a hang-up');
    assert.equal(await office.sql(`SELECT count(*) FROM complaint_file WHERE complaint_id = '${id}'`), '0');
    await sendSlowly(desk, `${at}/berkas`, upload, { stopAt: 8 * MIB, onPiece: () => office.halt('SIGKILL') });
    await office.halt('SIGKILL');
    look('after a kill');
    assert.deepEqual(fs.readdirSync(path.join(office.data, 'spool')), []);
    await office.serve();
    const again = await office.login('rina');
    await again.get(`${at}/berkas`);
    const stored = await again.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(data, `${canary}.mp4`));
    assert.equal(stored.status, 303, stored.text);
    look('after it was stored');
    await office.halt();
    look('stopped');
    await office.serve();
  });

  suite.test('a full disk refuses the upload with its sentence, and heals', async () => {
    const office = await suite.office();
    const { desk, at } = await written(office);
    const spool = path.join(office.data, 'spool');
    fs.mkdirSync(spool, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'none', spool], { stdio: 'ignore' });
    } catch {
      return 'needs root to mount a small disk';
    }
    try {
      const upload = multipart({ kind: 'evidence' }, { files: { data: film(60 * MIB), name: 'a.mp4' } });
      for (const chunked of [false, true]) { // refused at the door; on the way
        const refused = await sendSlowly(desk, `${at}/berkas`, upload, { chunked }).catch((error) => ({ status: 507, text: `Penyimpanan penuh: ${error}` }));
        assert.equal(refused.status, 507, refused.text);
        assert.match(refused.text, /Penyimpanan penuh/);
      }
      assert.equal((await desk.get('/tamu')).status, 200);
    } finally {
      execFileSync('umount', [spool]);
    }
    await desk.get(`${at}/berkas`);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(film(MIB)))).status, 303);
    return undefined;
  });

  suite.test('a picture gets a copy without metadata; types are told by name and content', async () => {
    const office = await suite.office();
    const { desk, at, list } = await written(office);
    const chief = await office.login('arief');
    await desk.get(`${at}/berkas`);
    assert.match(desk.page, /name="files"/);
    const secret = 'GpsKenariDalamExif';
    const exif = Buffer.from(`Exif\0\0${secret}`, 'latin1');
    const marker = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
    const photo = Buffer.concat([JPEG.subarray(0, 2), marker, exif, JPEG.subarray(2)]);
    const name = 'foto "serah; terima" – Nurul/ñ.jpg';
    const given = await desk.form(`${at}/berkas`, { kind: 'handover_photo' }, fileOf(photo, name.replace(/"/g, '%22'), 'image/jpeg'));
    assert.equal(given.status, 303, given.text);
    assert.match((await desk.get(given.headers.location)).text, /1 berkas disegel dan tersimpan/);
    const [file] = (await chief.getJson(list)).json.items;
    assert.equal(file.kind, 'handover_photo');
    assert.ok(file.copy_id);
    const original = await chief.get(`${list}/${file.id}`);
    assert.ok(original.bytes.equals(photo));
    const copy = await chief.get(`${list}/${file.copy_id}`);
    assert.equal(copy.headers['content-type'], 'image/jpeg');
    assert.match(copy.headers['content-disposition'], /^inline/);
    assert.ok(copy.bytes.length > 1000 && !copy.bytes.includes(secret) && !copy.bytes.includes('Exif'));
    const page = await chief.get(list);
    assert.match(page.text, /Foto serah terima/);
    assert.match(page.text, /Belum dipindai/);
    assert.match(page.text, /Lihat gambar/);
    // A PNG becomes a clean JPEG; one that cannot be read is kept as it is, and the page says that it has no copy.
    const picture = png(120, 80, secret);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(picture, 'layar.png', 'image/png'))).status, 303);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(picture.subarray(0, 200), 'potong.png', 'image/png'))).status, 303);
    const [, screen, cut] = (await chief.getJson(list)).json.items;
    assert.ok((await chief.get(`${list}/${screen.id}`)).bytes.equals(picture));
    const clean = await chief.get(`${list}/${screen.copy_id}`);
    assert.ok(clean.bytes.length > 500 && !clean.bytes.includes(secret));
    assert.equal(clean.bytes.readUInt16BE(0), 0xffd8);
    assert.equal(cut.copy_id, null);
    assert.match((await chief.get(list)).text, /Tanpa salinan bersih/);
    for (const [data, wrong, code] of [
      [Buffer.from('MZ\x90 program'), 'laporan.exe', 'file_type'], [Buffer.from('MZ\x90 program'), 'laporan.pdf', 'file_type'],
      [Buffer.from('<svg onload=alert(1)>'), 'gambar.svg', 'file_type'], [Buffer.alloc(0), 'kosong.pdf', 'file_empty']]) {
      const refused = await desk.send('POST', `${at}/berkas`, (({ body, type }) => ({ headers: { 'Content-Type': type, 'X-CSRF-Token': desk.csrf, Accept: 'application/json' }, body }))(multipart({ kind: 'evidence' }, { files: { data, name: wrong } })));
      assert.equal(refused.status, 422, wrong);
      assert.equal(refused.json.errors[0].code, code, wrong);
      assert.equal(refused.json.errors[0].field, 'files', wrong);
    }
    const shown = await desk.form(`${at}/berkas`, { kind: 'letter_scan' }, fileOf(Buffer.from('MZ'), '<b>x</b>.exe'));
    assert.equal(shown.status, 422);
    assert.match(shown.text, /jenis berkas ini tidak diterima/);
    assert.ok(!shown.text.includes('<b>x</b>'));
    assert.match(shown.text, /value="letter_scan"[^>]* checked/);
  });

  suite.test('a page sent again, also twice at once, stores its file once; a wrong file is withdrawn, not lost', async () => {
    const office = await suite.office();
    const { desk, at, list } = await written(office);
    const page = await desk.get(`${at}/berkas`);
    const [, id] = /name="_kiriman" value="([0-9a-f-]{36})"/.exec(page.text);
    const once = () => desk.form(`${at}/berkas`, { kind: 'evidence', _kiriman: id }, fileOf(Buffer.from('%PDF-1.4 kuitansi'), 'kuitansi.pdf'));
    for (const answer of await Promise.all([once(), once(), once()])) {
      assert.equal(answer.status, 303);
      assert.match(answer.headers.location, /tersimpan=1$/);
    }
    const chief = await office.login('arief');
    const [file, ...rest] = (await chief.getJson(list)).json.items;
    assert.equal(rest.length, 0);
    const why = await chief.get(`${list}/${file.id}/tarik`);
    assert.match(why.text, /kuitansi\.pdf/);
    assert.equal((await chief.form(`${list}/${file.id}/tarik`, { reason: '' }, { follow: false })).status, 422);
    assert.equal((await chief.form(`${list}/${file.id}/tarik`, { reason: 'Milik perkara lain' }, { follow: false })).status, 303);
    assert.equal((await chief.json(`${list}/${file.id}/tarik`, { reason: 'lagi' })).status, 409);
    const shown = await chief.get(list);
    assert.match(shown.text, /Ditarik/);
    assert.match(shown.text, /Milik perkara lain/);
    assert.equal((await chief.get(`${list}/${file.id}`)).bytes.toString(), '%PDF-1.4 kuitansi');
    assert.equal((await desk.json(`${list}/${file.id}/tarik`, { reason: 'x' })).status, 403);
  });

  suite.test('who may list, add and fetch', async () => {
    const office = await suite.office();
    const { desk, at, list, receipt } = await written(office);
    const chief = await office.login('arief');
    await desk.get(`${at}/berkas`);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(Buffer.from('%PDF-1.4 bukti'), 'bukti.pdf'))).status, 303);
    const [file] = (await chief.getJson(list)).json.items;
    assert.equal((await desk.get(list)).status, 403); // the desk adds, and sees nothing
    assert.equal((await desk.get(`${list}/${file.id}`)).status, 403);
    const other = await office.login('yuliana');
    assert.equal((await other.get(`${at}/berkas`)).status, 403); // another one's complaint
    const admin = await office.login('bagus').catch(() => null);
    if (admin) assert.equal((await admin.get(list)).status, 403);
    const machine = await office.program('arief');
    assert.equal((await machine.getJson(list)).status, 403);
    assert.equal((await machine.getJson(`${list}/${file.id}`)).status, 403);
    assert.equal((await office.guest().getJson(list)).status, 401);
    assert.equal((await chief.getJson(`${list}/00000000-0000-4000-8000-000000000000`)).status, 404);
    // Later, another desk takes in what the reporter brings, by the code on the receipt.
    await other.get('/pengaduan/berkas');
    const wrong = await other.form('/pengaduan/berkas', { receipt: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-A', kind: 'evidence' }, fileOf(Buffer.from('%PDF-1.4'), 'a.pdf'));
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /Kode ini tidak dikenal/);
    assert.ok(receipt);
    const later = await other.form('/pengaduan/berkas', { receipt: receipt.toLowerCase().replaceAll('-', ' '), kind: 'evidence' }, fileOf(Buffer.from('%PDF-1.4 susulan'), 'susulan.pdf'));
    assert.equal(later.status, 303, later.text);
    assert.ok(!later.headers.location.includes(receipt.slice(0, 4)));
    // From the receipt itself, whose page knows the code: an anonymous complaint has no visit to go by.
    await other.get('/pengaduan/baru');
    const blank = formValues(other.page);
    delete blank.kembali; // of the language switch
    const receiptPage = await other.form('/pengaduan/baru', { ...blank, text: COMPLAINT.text, reporter_mode: 'anonymous' });
    assert.equal(receiptPage.status, 200, receiptPage.text.match(/class="errors"[^]{0,900}/)?.[0]);
    const code = /name="receipt" value="([^"]+)"/.exec(receiptPage.text)[1];
    const opened = await other.form('/pengaduan/berkas', { receipt: code, _open: '1' });
    assert.equal(opened.status, 200);
    assert.ok(opened.text.includes(`value="${code}"`) && !opened.text.includes('class="errors"'));
    const photo = await other.form('/pengaduan/berkas', { receipt: code, kind: 'handover_photo' }, { files: { photo: { data: JPEG } }, follow: false });
    assert.equal(photo.status, 303, photo.text);
    const traces = await office.sql(`SELECT (f.added_at % 60000) || ' ' || f.kind || ' ' || c.reporter_mode FROM complaint_file f JOIN complaint c ON c.id = f.complaint_id WHERE c.reporter_mode = 'anonymous' ORDER BY f.ordinal`);
    assert.equal(traces, '0 handover_photo anonymous\n0 clean_copy anonymous');
    const items = (await chief.getJson(list)).json.items;
    assert.deepEqual(items.map((f) => f.name), ['bukti.pdf', 'susulan.pdf']);
    const fetched = await chief.get(`${list}/${items[1].id}`);
    assert.equal(fetched.text, '%PDF-1.4 susulan');
    const audit = await office.sql(`SELECT action || ' ' || detail FROM audit_entry WHERE action IN ('file_fetched', 'file_added') ORDER BY seq`);
    assert.ok(audit.includes(`file_fetched file=${items[1].id}`), audit);
    assert.ok(!audit.includes('susulan'));
    const log = office.log();
    assert.ok(!log.includes('susulan'));
    assert.ok(!/"method":"POST","route":"[^"]*berkas","status":"[234]/.test(log), 'adding leaves no line');
  });

  suite.test('twenty files, not one more; eight uploads at once, and room again afterwards', async () => {
    const office = await suite.office();
    const { desk, at, id } = await written(office);
    await desk.get(`${at}/berkas`);
    for (let i = 0; i < 20; i++)
      assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(Buffer.from(`%PDF-1.4 ${i}`), `${i}.pdf`))).status, 303);
    const more = await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(Buffer.from('%PDF-1.4'), '21.pdf'));
    assert.equal(more.status, 409);
    assert.match(more.text, /sudah memuat 20 berkas/);
    assert.equal(await office.sql(`SELECT count(*) FROM complaint_file WHERE complaint_id = '${id}'`), '20');
    const kept = everyFile(path.join(office.data, 'evidence')).length;
    const named = Number(await office.sql('SELECT count(*) FROM complaint_file'));
    assert.equal(kept, named, 'every file has its row');
    // Nine at once: eight are let in, the ninth is told to come back.
    const upload = multipart({ kind: 'evidence' }, { files: { data: film(2 * MIB), name: 'a.mp4' } });
    let free;
    const hold = new Promise((go) => (free = go));
    const held = Array.from({ length: 8 }, () => sendSlowly(desk, `${at}/berkas`, upload, { stopAt: MIB, onPiece: () => hold }));
    await sleep(700);
    const ninth = await sendSlowly(desk, `${at}/berkas`, upload).catch((error) => ({ status: 503, text: String(error) }));
    assert.equal(ninth.status, 503);
    assert.equal((await desk.get('/tamu')).status, 200);
    free();
    await Promise.all(held);
    await until('a place is free', async () => (await sendSlowly(desk, `${at}/berkas`, upload).catch(() => ({ status: 503 }))).status === 409);
  });

  suite.test('in the browser: files, the hand-over by camera, and the list', async () => {
    const office = await suite.office();
    const { desk, at, list, receipt } = await written(office);
    const browser = await launch();
    try {
      const page = await person(browser, office, 'rina');
      await page.goto(`${at}/berkas`);
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(await shoot(page, 'berkas-loket'), []);
      await page.evaluate(() => document.getElementById('files').setAttribute('data-max-bytes', '10'));
      await page.setInputFiles('#files', { name: 'besar.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 terlalu besar') });
      assert.match(await page.evaluate(() => document.getElementById('files').validationMessage), /lebih dari 100 MB/);
      await page.reload();
      await page.setInputFiles('#files', [
        { name: 'kuitansi pembayaran dengan nama yang sangat panjang sekali dan tidak berhenti-berhenti.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 satu') },
        { name: 'foto lapangan.jpg', mimeType: 'image/jpeg', buffer: JPEG }]);
      await page.click('text=Segel dan simpan berkas');
      await page.waitForURL(/tersimpan=2/);
      assert.match(await page.textContent('main'), /2 berkas disegel dan tersimpan/);
      await page.click('text=Nyalakan kamera');
      await page.click('[data-camera-shoot]');
      await page.waitForSelector('text=Foto diambil');
      await page.click('text=Segel dan simpan foto');
      await page.waitForURL(/tersimpan=1/);
      assert.equal(await page.evaluate(() => sessionStorage.getItem('foto')), null);
      await page.setInputFiles('#files', { name: 'program.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
      await page.click('text=Segel dan simpan berkas');
      await page.waitForSelector('.errors');
      assert.match(await page.textContent('#files-e'), /program\.exe: jenis berkas ini tidak diterima/);
      assert.deepEqual(await axe(page), []);
      clean(page);
      await page.goto('/pengaduan/berkas');
      assert.deepEqual(await axe(page), []);
      await page.fill('#receipt', receipt);
      await page.setInputFiles('#files', { name: 'susulan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 susulan') });
      await page.click('text=Segel dan simpan berkas');
      await page.waitForURL(/berkas\?tersimpan=1/);
      assert.equal(await page.inputValue('#receipt'), '');
      assert.deepEqual(await shoot(page, 'berkas-susulan'), []);
      clean(page);
      const chief = await person(browser, office, 'arief');
      await chief.goto(list);
      assert.equal(await chief.locator('ul.plain > li').count(), 4);
      assert.deepEqual(await axe(chief), []);
      assert.deepEqual(await shoot(chief, 'berkas-daftar'), []);
      const [saved] = await Promise.all([chief.waitForEvent('download'), chief.locator('text=Unduh berkas asli').first().click()]);
      assert.match(saved.suggestedFilename(), /^kuitansi pembayaran/);
      const [shown] = await Promise.all([chief.context().waitForEvent('page'), chief.locator('a:has-text("Lihat gambar")').first().click()]);
      await shown.waitForLoadState();
      assert.ok(await shown.evaluate(() => document.images[0]?.naturalWidth > 10), 'the picture is shown');
      clean(chief);
      assert.ok(desk);
    } finally {
      await browser.close();
    }
  });

  suite.test('backup and restore take the files along', async () => {
    const office = await suite.ownOffice({ whatsapp: false });
    const { desk, at, list } = await written(office);
    await desk.get(`${at}/berkas`);
    const data = film(3 * MIB);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(data))).status, 303);
    assert.equal((await desk.form(`${at}/berkas`, { kind: 'evidence' }, fileOf(JPEG, 'foto.jpg', 'image/jpeg'))).status, 303);
    const file = path.join(office.dir, 'cadangan.zip');
    await office.command('backup', file);
    await office.halt();
    const old = office.data;
    office.data = path.join(office.dir, 'pulih');
    const { stdout } = await office.command('restore', file, '--key', path.join(old, 'keys/master.key'));
    assert.match(stdout, /berkas pengaduan: 3 disebut basis data, semua ada/);
    office.writeSettings();
    await office.serve();
    const chief = await office.login('arief');
    const { items } = (await chief.getJson(list)).json;
    const back = await chief.get(`${list}/${items.find((f) => f.name === 'rekaman.mp4').id}`);
    assert.ok(back.bytes.equals(data));
    // One byte of the sealed file is another: the download breaks instead of giving something else.
    const sealed = everyFile(path.join(office.data, 'evidence')).sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)[0];
    const bytes = fs.readFileSync(sealed);
    bytes[bytes.length - 1000] ^= 1;
    fs.writeFileSync(sealed, bytes);
    await assert.rejects(chief.get(`${list}/${items.find((f) => f.name === 'rekaman.mp4').id}`));
    fs.unlinkSync(sealed);
    await office.command('backup', `${file}.2`);
    await assert.rejects(office.command('restore', `${file}.2`, '--data', path.join(office.dir, 'kurang'), '--key', path.join(old, 'keys/master.key')));
  });
}
