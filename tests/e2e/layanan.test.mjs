// The published standard, complaints about the service and information requests as people use them: a guest's
// telephone, the office's screen, and the papers and workbooks that come of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { axe, clean, launch, person, shoot } from './browser.mjs';

const run = promisify(execFile);
const haveSoffice = await run('soffice', ['--version']).then(() => true, () => false);

export default function (suite) {
  let browser, dir;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (browser) return office;
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-layanan.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    browser = await launch();
    suite.cleanup(() => browser.close());
    return office;
  };
  const phone = { viewport: { width: 360, height: 740 } };
  const look = async (page, name) => {
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await shoot(page, name), []);
  };

  suite.test('a complaint about the service, from the telephone to the answer', async () => {
    const office = await need();
    const guest = await person(browser, office, null, { ...phone, javaScriptEnabled: true });
    await guest.goto('/masuk');
    await guest.click('a:has-text("Pengaduan layanan")');
    await look(guest, 'pengaduan-layanan');
    await guest.click('label:has-text("Aspirasi")');
    await guest.fill('#text', 'Tambahkan kursi di ruang tunggu. <b>Terima kasih</b>');
    await guest.click('button:has-text("Kirim")');
    const [number, code] = await guest.locator('main b.num').allTextContents();
    assert.match(number, /^PL-0001\/\d{4}$/);
    assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]$/);
    await look(guest, 'pengaduan-layanan-diterima');

    const head = await person(browser, office, 'hendra');
    await head.goto('/layanan/pengaduan');
    await look(head, 'layanan-pengaduan');
    await head.click(`a:has-text("${number}")`);
    await look(head, 'layanan-pengaduan-satu');
    assert.match(await head.textContent('main'), /<b>Terima kasih<\/b>/);
    await head.click('button:has-text("Terima")');
    await head.fill('#text', 'Kursi ditambah minggu depan.');
    await head.click('button:has-text("Kirim jawaban akhir")');
    for (const where of ['/layanan/statistik', '/layanan/batas-waktu']) {
      await head.goto(where);
      await look(head, where.slice(1).replace('/', '-'));
    }
    clean(head);
    await head.context().close();

    await guest.click('a:has-text("Lihat perkembangan")');
    await guest.fill('#number', number);
    await guest.fill('#code', code.toLowerCase().replaceAll('-', ' '));
    await guest.click('main button[type=submit]');
    assert.match(await guest.textContent('main'), /Kursi ditambah minggu depan\./);
    assert.doesNotMatch(guest.url(), new RegExp(code.slice(0, 4)));
    await look(guest, 'pengaduan-layanan-tiket');
    await guest.click('button:has-text("Jawaban cukup")');
    assert.match(await guest.textContent('main'), /Ditutup oleh pelapor/);
    await guest.click('button:has-text("Tutup halaman ini")');
    assert.ok(await guest.locator('#code').isVisible());
    clean(guest);
    await guest.context().close();
    assert.doesNotMatch(office.log(), new RegExp(`${code}|kursi|pengaduan-layanan`, 'i'));
  });

  suite.test('the standard on a telephone, as a poster, and its new version', async () => {
    const office = await need();
    const guest = await person(browser, office, null, phone);
    await guest.goto('/standar-pelayanan');
    assert.equal(await guest.locator('#h-procedure + ol > li').count(), 9);
    await look(guest, 'standar-pelayanan');
    const client = await office.login('admin');
    const poster = await client.get('/standar-pelayanan/poster.pdf');
    fs.writeFileSync(path.join(dir, 'poster.pdf'), poster.bytes);
    const text = (await run('pdftotext', ['-layout', path.join(dir, 'poster.pdf'), '-'])).stdout;
    for (const part of ['Persyaratan', 'Jangka waktu', 'Tidak dipungut biaya', 'Produk', 'Penanganan pengaduan'])
      assert.match(text, new RegExp(part));
    const admin = await person(browser, office, 'admin');
    await admin.goto('/standar-pelayanan/ubah');
    await look(admin, 'standar-pelayanan-ubah');
    await admin.fill('#decree', 'KEP-1/2027');
    await admin.fill('#valid_from', '2027-01-04');
    await admin.fill('#stop_step', '99');
    await admin.click('button:has-text("Simpan sebagai versi baru")');
    assert.match(await admin.textContent('.errors'), /sesudah langkah yang memulai waktu/);
    assert.equal(await admin.inputValue('#decree'), 'KEP-1/2027');
    await admin.fill('#stop_step', '6');
    await admin.click('button:has-text("Simpan sebagai versi baru")');
    await guest.reload();
    assert.match(await guest.textContent('main'), /KEP-1\/2027/);
    assert.match(await guest.textContent('main'), /sejak langkah 1 sampai langkah 6/);
    for (const where of ['/maklumat-pelayanan', '/kompetensi']) {
      await admin.goto(where);
      await look(admin, where.slice(1));
    }
    clean(admin);
    clean(guest);
    await admin.context().close();
    await guest.context().close();
  });

  suite.test('the register of information requests opens in an office program', async () => {
    const office = await need();
    const desk = await person(browser, office, 'rina');
    await desk.goto('/layanan/informasi');
    await desk.fill('#name', '=1+1');
    await desk.fill('#request', 'Laporan anggaran 2025');
    await desk.click('label:has-text("Salinan elektronik")');
    await desk.click('button:has-text("Catat dan beri nomor")');
    await look(desk, 'layanan-informasi-satu');
    await desk.goto('/layanan/informasi');
    await look(desk, 'layanan-informasi');
    clean(desk);
    await desk.context().close();
    const client = await office.login('rina');
    const year = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();
    const book = await client.get(`/layanan/informasi-tahun/${year}/register.xlsx`);
    assert.equal(book.status, 200);
    fs.writeFileSync(path.join(dir, 'register.xlsx'), book.bytes);
    if (!haveSoffice) return;
    await run('soffice', ['--headless', `-env:UserInstallation=file://${dir}/profil`, '--convert-to', 'csv', '--outdir', dir,
      path.join(dir, 'register.xlsx')], { timeout: 110_000 });
    const csv = fs.readFileSync(path.join(dir, 'register.csv'), 'utf8');
    assert.match(csv, /PI-0001\/\d{4},[^,]*,=1\+1,/);
    assert.match(csv, /Laporan anggaran 2025/);
  });
}
