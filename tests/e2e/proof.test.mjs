// Papers that leave the house, in the real browser: the receipt and the written complaint, the export of a complaint,
// and the page where anybody checks it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { Client, ROOT } from './lib.mjs';

const STORY = Array.from({ length: 60 }, (_, i) => `Pada hari ke-${i + 1} pekerjaan jalan desa tidak sesuai dengan laporannya; ` +
  'aspal <b>tipis</b> & "kuitansi" tanpa tanda tangan.').join(' ');
const SHOTS = path.join(ROOT, 'build', 'screenshots');
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

function read(office, pdf, ...args) {
  const file = path.join(office.dir, 'a.pdf');
  fs.writeFileSync(file, pdf);
  return execFileSync('pdftotext', [...args, '-layout', file, '-'], { encoding: 'utf8' });
}

// Each page as a picture, to be looked at.
function picture(office, pdf, name) {
  const file = path.join(office.dir, 'b.pdf');
  fs.writeFileSync(file, pdf);
  fs.mkdirSync(SHOTS, { recursive: true });
  execFileSync('pdftoppm', ['-png', '-r', '70', file, path.join(SHOTS, name)]);
}

// As docs/adr/0017 says that anybody can do it.
function pageHashes(data) {
  const hashes = [];
  for (let at = 0; ;) {
    const mark = data.indexOf('/Type /Page % ', at);
    if (mark < 0) return hashes;
    const end = data.indexOf('\nendobj\n', mark) + 8;
    hashes.push(sha(data.subarray(at, end)));
    at = end;
  }
}

export default function (suite) {
  let browser, office, rina;
  const need = async () => {
    office ??= await suite.office({ extra: '[server]\npublic_url = https://bukutamu.kejari-kapuas.example\n' });
    if (!browser) {
      browser = await launch();
      suite.cleanup(() => browser.close());
    }
    rina ??= await office.login('rina');
  };
  // A complaint written by the desk: id and receipt code.
  const write = async (more = {}) => {
    const answer = await rina.json('/pengaduan/baru', {
      text: STORY, way: 'letter', class: 'corruption', reporter_mode: 'confidential', reporter_name: 'Siti Pelapor',
      parties: [{ name: 'Budi Hartono', position: 'Kepala Desa', address: 'Desa Anjir' }],
      documents: [{ kind: 'Fotokopi laporan realisasi APBDes', form: 'copy', count: 2 }, { kind: 'Foto pekerjaan jalan', form: 'digital', count: 5 }],
      place: 'Desa Anjir', loss_rupiah: 125000000, who: 'Kepala desa', when: 'Awal 2026', ...more,
    });
    assert.equal(answer.status, 201, answer.text);
    const id = await office.sql('SELECT id FROM complaint ORDER BY number DESC LIMIT 1');
    return { id, receipt: answer.json.receipt };
  };

  suite.test('the papers of the intake', async () => {
    await need();
    const { receipt } = await write();
    const guest = new Client(office);
    await guest.get('/masuk');
    const sheet = await guest.form('/pengaduan/tanda-terima.pdf', { code: receipt });
    assert.equal(sheet.status, 200, sheet.text.slice(0, 300));
    assert.equal(sheet.headers['content-type'], 'application/pdf');
    assert.match(sheet.headers['content-disposition'], /tanda-terima\.pdf/);
    assert.match(sheet.headers['cache-control'], /no-store/);
    const text = read(office, sheet.bytes);
    assert.ok(text.includes(receipt.slice(0, 14)) && text.includes(receipt.slice(15)));
    assert.ok(!text.includes('aspal') && !text.includes('Siti'));
    picture(office, sheet.bytes, 'pdf-tanda-terima');
    const archive = await guest.form('/pengaduan/tanda-terima.pdf', { code: receipt, sheet: 'archive' });
    assert.ok(!read(office, archive.bytes).includes(receipt.slice(0, 4)));
    const paper = await guest.form('/pengaduan/naskah.pdf', { code: receipt });
    assert.match(read(office, paper.bytes), /aspal <b>tipis<\/b> & "kuitansi"/);
    picture(office, paper.bytes, 'pdf-pengaduan');
    assert.ok(!office.log().includes(receipt.slice(0, 14)) && !office.log().includes('naskah.pdf'));
  });

  suite.test('an export is made, checked and found genuine', async () => {
    await need();
    const { id, receipt } = await write();
    const arief = await office.login('arief');
    await arief.get(`/pengaduan/${id}`);
    const moved = await arief.form(`/pengaduan/${id}/kelengkapan`, {}, { follow: false });
    assert.equal(moved.status, 303, moved.text.slice(0, 300));
    const evidence = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    await arief.get(`/pengaduan/${id}/berkas`);
    const kept = await arief.form(`/pengaduan/${id}/berkas`, {}, {
      follow: false, files: { files: { name: 'kuitansi & nota.pdf', type: 'application/pdf', data: evidence } },
    });
    assert.equal(kept.status, 303, kept.text.slice(0, 300));
    const photo = fs.readFileSync(path.join(ROOT, 'tests', 'e2e', 'foto.jpg'));
    const handover = await arief.form(`/pengaduan/${id}/berkas`, { kind: 'handover_photo' }, {
      follow: false, files: { photo: { name: 'serah-terima.jpg', type: 'image/jpeg', data: photo } },
    });
    assert.equal(handover.status, 303, handover.text.slice(0, 300));
    const reporter = new Client(office);
    await reporter.get('/tindak-lanjut');
    await reporter.form('/tindak-lanjut', { code: receipt });
    const told = await reporter.form('/tindak-lanjut/pesan', { text: 'Saya menunggu kabar,\nterima kasih.' });
    assert.equal(told.status, 200, told.text.slice(0, 300));
    const page = await person(browser, office, 'arief');
    await page.goto(`/pengaduan/${id}/ekspor`);
    const wide = await shoot(page, 'ekspor');
    assert.deepEqual(await axe(page), []);
    await page.check('input[name=reason][value=other]');
    await page.fill('#password', office.people.get('arief').password);
    await Promise.all([page.waitForNavigation(), page.click('main button.big')]);
    assert.match(await page.textContent('.errors'), /Jelaskan keperluannya/);
    await page.fill('#note', 'Permintaan Inspektorat Kabupaten');
    await page.fill('#password', office.people.get('arief').password);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('main button.big')]);
    assert.equal(download.suggestedFilename(), 'EKS-1-2026.pdf');
    const file = path.join(office.dir, 'EKS-1-2026.pdf');
    await download.saveAs(file);
    const pdf = fs.readFileSync(file);
    const text = read(office, pdf);
    const parts = ['SALINAN BERKAS PENGADUAN', 'Permintaan Inspektorat Kabupaten', 'kuitansi & nota.pdf', 'Pelapor',
      'Saya menunggu kabar,', 'terima kasih.', 'Kelengkapan diperiksa', 'Riwayat penanganan'];
    for (const part of parts) assert.ok(text.includes(part), part);
    assert.ok(text.replaceAll(/\s/g, '').includes(sha(evidence).slice(0, 20)));
    picture(office, pdf, 'pdf-ekspor');
    // Whoever handed something over is seen on the photo: it comes along with the identity alone.
    assert.ok(!text.includes('Dokumentasi penerimaan') && !text.includes('Siti Pelapor'));
    await arief.get(`/pengaduan/${id}/ekspor`);
    const full = await arief.form(`/pengaduan/${id}/ekspor`,
      { reason: 'handover', reporter: '1', password: office.people.get('arief').password });
    assert.equal(full.status, 200);
    const whole = read(office, full.bytes);
    assert.ok(whole.includes('Dokumentasi penerimaan') && whole.includes('Siti Pelapor'));
    picture(office, full.bytes, 'pdf-ekspor-identitas');
    const code = /periksa: ([0-9A-Z-]{24})/.exec(text)[1];
    await page.reload();
    wide.push(...await shoot(page, 'ekspor-sesudah'));
    assert.match(await page.textContent('main'), /EKS-1\/2026/);
    clean(page);
    await page.context().close();

    const guest = await person(browser, office);
    await guest.goto('/periksa');
    wide.push(...await shoot(guest, 'periksa'));
    assert.deepEqual(await axe(guest), []);
    await guest.fill('#kode', code.toLowerCase().replaceAll('-', ' '));
    await Promise.all([guest.waitForNavigation(), guest.click('main button.big')]);
    assert.equal(new URL(guest.url()).pathname, `/periksa/${code}`);
    const seen = await guest.textContent('main');
    for (const secret of ['PGD-', 'aspal', 'Budi', 'Arief', 'Inspektorat', id]) assert.ok(!seen.includes(secret), secret);
    assert.ok(seen.includes('EKS-1/2026') && seen.includes(sha(pdf)));
    for (const hash of pageHashes(pdf)) assert.ok(seen.includes(hash));
    wide.push(...await shoot(guest, 'periksa-kode'));
    assert.deepEqual(await axe(guest), []);
    await guest.setInputFiles('#file', file);
    await Promise.all([guest.waitForNavigation(), guest.click('main form button.big')]);
    assert.match(await guest.textContent('.banner'), /Asli/);
    wide.push(...await shoot(guest, 'periksa-asli'));

    const changed = Buffer.from(pdf);
    changed[changed.indexOf('/Type /Page % 2') - 400] ^= 1;
    await guest.setInputFiles('#file', { name: 'ubah.pdf', mimeType: 'application/pdf', buffer: changed });
    await Promise.all([guest.waitForNavigation(), guest.click('main form button.big')]);
    assert.match(await guest.textContent('.banner'), /telah diubah/);
    assert.match(await guest.textContent('.proof-pages'), /Sama.*Halaman 1.*Berbeda.*Halaman 2/s);
    wide.push(...await shoot(guest, 'periksa-diubah'));
    assert.deepEqual(await axe(guest), []);
    assert.deepEqual(wide, []);
    clean(guest);
    await guest.context().close();
  });
}
