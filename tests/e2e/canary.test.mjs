// No word of a complaint is left anywhere: a canary in every field, written in every way and read by a leader;
// then everybody logs out, and the data folder, the log, a backup, what went out and the memory of every
// process of the product are searched.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { everyFile, Flock, inBackup, inFiles, inMemory, inTempFolders, memoryReadable, processTree } from './canary.mjs';
import { BIN, Client, formValues, guestData, JPEG, multipart, PHONES, sleep } from './lib.mjs';

const SETTLE_MS = 1500; // the last connections are closed and forgotten
const digits = (n) => Array.from({ length: n }, () => randomInt(10)).join('');

export async function receivedVisit(desk, badge) {
  const made = await desk.json('/tamu', guestData({ category: 'complaint' }));
  assert.equal(made.status, 201, made.text);
  const at = `/tamu/${made.json.id}`;
  for (const [step, body] of [['titipan', { badge, items: [{ kind: 'id_card' }] }], ['ruang-tunggu', {}], ['keputusan', { official: 'office_head', outcome: 'office_head' }], ['diterima', {}]])
    assert.equal((await desk.json(`${at}/${step}`, body)).status, 200, step);
  return at;
}

// Everything that can be written down; `tag` tells the complaints apart.
export function wholeComplaint(flock, tag) {
  const bird = (name) => flock.bird(`${tag}${name}`);
  return {
    text: `${bird('Text')}\n`.repeat(40),
    parties: [{ name: bird('PartyName'), position: bird('PartyPosition'), address: bird('PartyAddress') }],
    documents: [{ kind: bird('Document'), form: 'copy', count: 2 }],
    who: bird('Who'), when: bird('When'), where: bird('Where'), how: bird('How'), why: bird('Why'),
    place: bird('Place'), period: bird('Period'), earlier: bird('Earlier'),
    loss_rupiah: Number(flock.also('the loss', `7${digits(13)}`)),
    reporter_mode: 'confidential',
    reporter_name: bird('Reporter'), reporter_id_type: 'passport',
    reporter_id_number: flock.also('the passport', `${String.fromCharCode(65 + randomInt(26))}${digits(8)}`),
    reporter_occupation: bird('Occupation'), reporter_address: bird('ReporterAddress'),
    reporter_phone: `08${flock.also('the number', `13${digits(9)}`)}`,
    reporter_email: flock.also('the mail address', `kenari${digits(10)}@contoh.id`),
  };
}

// The same as a form sends it.
export function asForm(complaint) {
  const flat = {};
  for (const [key, value] of Object.entries(complaint)) {
    if (!Array.isArray(value)) flat[key] = String(value);
    else value.forEach((one, i) => Object.entries(one).forEach(([k, v]) => { flat[`${key}.${i}.${k}`] = String(v); }));
  }
  return flat;
}

export default function (suite) {
  const flock = new Flock();
  let office, since;

  async function byTablet() {
    const officer = await office.login('rina');
    await officer.get('/layar-tamu');
    const offered = await officer.form('/layar-tamu', {});
    const guest = new Client(office);
    await guest.get('/kios');
    await guest.form('/kios/mulai', { code: /kiosk-code">([0-9A-Z]{4} [0-9A-Z]{4})</.exec(offered.text)[1] });
    await guest.form('/kios/bahasa', { ke: 'id' });
    const receipt = /name="receipt" value="([^"]+)"/.exec(guest.page)[1];
    const typed = { receipt, ...asForm({ ...wholeComplaint(flock, 'K'), reporter_mode: 'anonymous' }) };
    for (const name of Object.keys(typed)) if (name.startsWith('reporter_') && name !== 'reporter_mode') delete typed[name];
    const review = await guest.form('/kios/pengaduan', { ...typed, _langkah: 'periksa' });
    assert.ok(review.text.includes(flock.mark), 'the guest sees what was written');
    assert.equal((await guest.form('/kios/pengaduan', { ...typed, _langkah: 'kirim' })).status, 200);
    await guest.form('/kios/kosongkan', {});
    await officer.form('/keluar', {});
    return flock.also('the code', receipt);
  }

  // The reporter adds a message and a file, an officer answers, and both read.
  async function correspond(code, chief) {
    const reporter = new Client(office);
    await reporter.get('/tindak-lanjut');
    assert.equal((await reporter.form('/tindak-lanjut', { code })).status, 200);
    assert.equal((await reporter.form('/tindak-lanjut/pesan', { text: flock.bird('Message') })).status, 200, 'a message');
    const file = { data: Buffer.from(`%PDF-1.4\n% ${flock.bird('Body')}\n%%EOF\n`), name: `${flock.bird('File').replaceAll(' ', '-')}.pdf`, type: 'application/pdf' };
    assert.ok((await reporter.form('/tindak-lanjut/berkas', {}, { files: { files: file } })).status < 400, 'a file');
    const id = (await office.sql("SELECT id FROM complaint WHERE reporter_mode = 'anonymous' LIMIT 1"));
    const seen = await chief.get(`/pengaduan/${id}/pesan`);
    assert.ok(seen.text.includes(flock.mark), 'the chief reads the message');
    assert.equal((await chief.form(`/pengaduan/${id}/pesan`, { text: flock.bird('Answer') })).status, 200);
    await reporter.get('/tindak-lanjut');
    assert.ok(reporter.page.includes(`${flock.mark}Answer`), 'the reporter reads the answer');
    await reporter.form('/tindak-lanjut/tutup', {});
    return id;
  }

  async function readEverything(chief) {
    const ids = (await office.sql('SELECT id FROM complaint ORDER BY id')).split('\n');
    for (const id of ids) {
      for (const answer of [await chief.get(`/pengaduan/${id}/isi`), await chief.getJson(`/pengaduan/${id}/isi`)])
        assert.ok(answer.status === 200 && answer.text.includes(flock.mark), `${id}: ${answer.status}`);
      await chief.get(`/pengaduan/${id}/identitas`);
      const named = (await office.sql(`SELECT reporter_mode FROM complaint WHERE id = '${id}'`)) !== 'anonymous';
      const identity = await chief.form(`/pengaduan/${id}/identitas`, { reason: 'contact', note: flock.bird('Reason') });
      assert.ok(!named || identity.text.includes(flock.mark), `the identity: ${identity.status}`);
      await chief.get(`/pengaduan/${id}`);
      await chief.get(`/pengaduan/${id}/berkas`);
      for (const [, at] of chief.page.matchAll(/href="(\/pengaduan\/[^"]+\/berkas\/[^"?]+)"/g)) await chief.get(at);
      assert.equal((await chief.get(`/pengaduan/${id}/naskah.pdf`)).status, 200, 'the paper');
      await chief.get(`/pengaduan/${id}/ekspor`);
      const exported = await chief.form(`/pengaduan/${id}/ekspor`, { reason: 'case_file', note: flock.bird('ExportNote'), ...(named ? { reporter: '1' } : {}), password: office.people.get('hendra').password });
      assert.ok(exported.status < 400, `export: ${exported.status} ${exported.text.slice(0, 3000)}`);
    }
    await chief.get('/pengaduan/cari');
    const found = await chief.form('/pengaduan/cari', { q: `${flock.mark}JText` });
    assert.ok(found.text.includes(`/pengaduan/`) && found.status === 200, 'the search');
    return ids;
  }

  // Notes of the work on it, and a letter with its file.
  async function workOn(chief, id) {
    assert.equal((await chief.get(`/pengaduan/${id}`)).status, 200);
    assert.equal((await chief.form(`/pengaduan/${id}/keadaan`, { side: 'needs_completion', side_note: flock.bird('SideNote') })).status, 200, 'a note');
    const page = await chief.get(`/pengaduan/${id}/surat/baru?jenis=review`);
    assert.equal(page.status, 200, page.text.slice(0, 300));
    const words = Object.fromEntries(['addressee', 'subject', 'basis', 'body', 'analysis', 'conclusion', 'advice', 'note'].map((name) => [name, flock.bird(`Letter${name}`)]));
    const typed = formValues(/<form[^>]*action="\/pengaduan\/[^"]+\/surat".*?<\/form>/s.exec(page.text)[0]);
    delete typed.csrf; // it comes with every form
    for (const name of Object.keys(words)) if (!(name in typed)) delete words[name];
    const signer = await office.sql("SELECT id FROM staff WHERE username = 'hendra'");
    const made = await chief.form(`/pengaduan/${id}/surat`, { ...typed, ...words, signer });
    assert.equal(made.status, 200, /<div class="errors".*?<\/div>/s.exec(made.text)?.[0].replace(/<[^>]+>/g, ' '));
    const list = await chief.get(`/pengaduan/${id}/surat`);
    const at = /"(\/pengaduan\/[^"]+\/surat\/[^"]+\/unduh)"/.exec(list.text)?.[1];
    assert.ok(at, 'the letter is listed');
    assert.equal((await chief.get(at)).status, 200, 'its file');
    for (const form of ['formulir', 'tanda-terima']) await chief.get(`/pengaduan/${id}/surat/${form}`);
    await chief.get(`/pengaduan/${id}/riwayat`);
  }

  suite.test('complaints are written in every way and read', async () => {
    since = Date.now();
    office = await suite.office();
    const desk = await office.program('rina');
    const page = await office.login('yuliana');
    const first = await receivedVisit(desk, 'A-01');
    const second = await receivedVisit(desk, 'A-02');
    const written = await desk.json(`${first}/pengaduan`, wholeComplaint(flock, 'J'), { 'Idempotency-Key': randomUUID() });
    assert.equal(written.status, 201, written.text);
    await page.get(`${second}/pengaduan`);
    const bad = asForm(wholeComplaint(flock, 'B'));
    assert.equal((await page.form(`${second}/pengaduan`, { ...bad, text: '' })).status, 422, 'a refused form');
    assert.equal((await page.form(`${second}/pengaduan`, { ...asForm(wholeComplaint(flock, 'F')), receipt: /name="receipt" value="([^"]*)"/.exec(page.page)?.[1] ?? '' })).status, 200);
    const photo = { data: Buffer.concat([JPEG.subarray(0, -2), Buffer.from(flock.bird('Pixels')), JPEG.subarray(-2)]), name: `${flock.bird('Photo').replaceAll(' ', '-')}.jpg`, type: 'image/jpeg' };
    await page.get(`${second}/pengaduan/berkas`);
    assert.ok((await page.form(`${second}/pengaduan/berkas`, { kind: 'evidence' }, { files: { files: photo } })).status < 400, 'a file at the counter');
    await page.get('/pengaduan/baru');
    const letter = await page.form('/pengaduan/baru', { ...asForm(wholeComplaint(flock, 'L')), way: 'letter', receipt: /name="receipt" value="([^"]*)"/.exec(page.page)?.[1] ?? '' });
    assert.equal(letter.status, 200, letter.text.slice(0, 400));
    const code = await byTablet();
    const chief = await office.login('hendra');
    const id = await correspond(code, chief);
    const ids = await readEverything(chief);
    assert.ok(ids.length === 4 && ids.includes(id), ids.join(' '));
    await workOn(chief, ids.find((one) => one !== id));
    await office.control('/text', { to: PHONES.arief, text: 'Baik' });
    for (const client of [chief, page]) await client.form('/keluar', {});
    for (const name of ['hendra', 'yuliana']) flock.also(`${name}'s password`, office.people.get(name).password);
    await sleep(SETTLE_MS);
  });

  suite.test('no canary in files, in what went out, in a backup', async () => {
    const look = async (when) => {
      const files = everyFile(office.dir).filter((f) => path.basename(f) !== 'bukutamu.conf');
      assert.ok(files.some((f) => f.endsWith('bukutamu.db-wal')) || when !== 'running', files.join(' '));
      assert.deepEqual(inFiles(flock, files, office.dir), [], when);
      assert.deepEqual(inTempFolders(flock, since), [], when);
    };
    await look('running');
    assert.deepEqual(flock.in(Buffer.from(JSON.stringify(office.whatsapp.state)), 'what the stand-in received'), []);
    const file = path.join(office.dir, 'cadangan.zip');
    await office.command('backup', file);
    assert.deepEqual(inBackup(flock, file), []);
  });

  suite.test('no canary in the memory of any process', async () => {
    const pids = processTree(office.child.pid);
    if (!memoryReadable(office.child.pid)) return 'this user may not look into the memory of another process';
    if (fs.readFileSync(BIN).includes('__asan_init')) return 'a sanitizer keeps what is freed';
    assert.ok(pids.length >= 2, 'the server and the launcher of its decoder');
    const saw = { bytes: 0 };
    const control = new Flock();
    control.mark = office.data; // a look that finds nothing at all would prove nothing
    assert.ok(inMemory(control, pids[0]).length > 0, 'the look finds nothing that is there');
    const found = pids.flatMap((pid) => inMemory(flock, pid, saw));
    console.log(`# ${pids.length} processes, ${(saw.bytes / 1e6).toFixed(0)} MB looked at for ${flock.needles().length} forms of ${flock.names.length} canaries`);
    assert.deepEqual(found, []);
    const limits = fs.readFileSync(`/proc/${office.child.pid}/limits`, 'utf8');
    assert.match(limits, /Max core file size\s+0\s+0\s/, 'a core dump is possible');
    return undefined;
  });

  suite.test('no canary in files once it has stopped', async () => {
    await office.halt();
    const files = everyFile(office.dir).filter((f) => path.basename(f) !== 'bukutamu.conf');
    assert.deepEqual(inFiles(flock, files, office.dir), []);
    await office.serve();
  });
}
