// The published standard, complaints about the service and information requests as people use them: a guest's
// telephone, the office's screen, and the papers and workbooks that come of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { convert, haveSoffice, printed } from './papers.mjs';


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
    const text = await printed(path.join(dir, 'poster.pdf'));
    for (const part of ['Persyaratan', 'Jangka waktu', 'Tidak dipungut biaya', 'Produk', 'Penanganan pengaduan'])
      assert.match(text, new RegExp(part));
    const admin = await person(browser, office, 'admin');
    await admin.goto('/standar-pelayanan/ubah');
    await look(admin, 'standar-pelayanan-ubah');
    await admin.fill('#decree', 'KEP-1/2027');
    await admin.fill('#valid_from', '2026-01-05');
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

  suite.test('standards side by side, without scripts, and a version that is yet to come', async () => {
    const office = await need();
    const admin = await person(browser, office, 'admin');
    await admin.goto('/standar-pelayanan');
    await admin.click('a:has-text("Tambah layanan lain")');
    await admin.click('a:has-text("Contoh: Standar Pelayanan Informasi Publik")');
    await look(admin, 'standar-pelayanan-baru');
    await admin.fill('#decree', 'KEP-7/2026');
    await admin.fill('#valid_from', '2026-01-05');
    await admin.click('button:has-text("Simpan standar")');
    assert.match(admin.url(), /\/standar-pelayanan\/layanan\/informasi-publik\?/);
    await admin.click('a:has-text("Buat versi baru")');
    await admin.fill('#decree', 'KEP-8/2099');
    await admin.fill('#valid_from', '2099-01-05');
    await admin.click('button:has-text("Simpan sebagai versi baru")');
    assert.match(await admin.textContent('main'), /Keputusan Nomor KEP-7\/2026/);
    await admin.click('a:has-text("Baca versi itu")');
    assert.match(await admin.textContent('main'), /Versi ini belum berlaku/);
    clean(admin);

    const guest = await person(browser, office, null, { ...phone, javaScriptEnabled: false });
    await guest.goto('/standar-pelayanan');
    assert.equal(await guest.locator('main h2 a').count(), 2);
    await guest.locator('main h2 a').nth(1).focus();
    await guest.keyboard.press('Enter');
    assert.match(await guest.textContent('main'), /Waktu 10 hari kerja dihitung sejak langkah 2/);
    await guest.click('button:has-text("English")');
    assert.match(guest.url(), /informasi-publik$/);
    assert.match(await guest.textContent('main'), /10 working days, counted from step 2 to step 4/);
    await guest.context().close();

    const poster = await (await office.login('rina')).get('/standar-pelayanan/layanan/informasi-publik/poster.pdf');
    fs.writeFileSync(path.join(dir, 'informasi.pdf'), poster.bytes);
    const text = await printed(path.join(dir, 'informasi.pdf'));
    assert.match(text, /KEP-7\/2026/);
    assert.match(text, /standar-pelayanan\/layanan\/informasi-publik/);

    await admin.goto('/standar-pelayanan/layanan/informasi-publik');
    await admin.click('button:has-text("Cabut standar ini")');
    assert.match(await admin.textContent('main'), /Dicabut sejak/);
    const later = await person(browser, office, null, phone);
    await later.goto('/standar-pelayanan'); // the only one left
    assert.equal(await later.locator('#h-procedure').count(), 1);
    await later.context().close();
    await admin.context().close();
  });

  suite.test('a roster of the counter warns whoever makes it and the counter itself', async () => {
    const office = await need();
    const admin = await person(browser, office, 'admin');
    await admin.goto('/kompetensi');
    await admin.fill('#title', 'PER-032/A/JA/8/2010');
    await admin.fill('#day', '2010-08-27');
    await admin.click('button:has-text("Tetapkan pedoman")');
    await admin.goto('/jadwal-piket');
    const desks = admin.locator('#h-loket ~ form select');
    assert.equal(await desks.count(), 14);
    for (let i = 0; i < 14; i++) await desks.nth(i).selectOption({ index: 1 });
    await admin.locator('#h-loket ~ form button').click();
    assert.match(await admin.textContent('main'), /Jadwal disimpan/);
    assert.match(await admin.textContent('[aria-labelledby=h-kompetensi]'), /belum lengkap: pedoman belum dinyatakan dibaca, sertifikat Word/);
    await look(admin, 'jadwal-piket-loket');
    await admin.locator('#h-pejabat ~ form button').first().click();
    assert.match(await admin.textContent('main'), /Jadwal disimpan/);
    clean(admin);
    await admin.context().close();
    const desk = await person(browser, office, 'rina');
    await desk.goto('/tamu');
    assert.match(await desk.textContent('main'), /belum lengkap: pedoman belum dinyatakan dibaca/);
    await desk.click('a:has-text("Kompetensi pelaksana")');
    await desk.click('button:has-text("Saya sudah membaca")');
    assert.match(await desk.textContent('main'), /Sudah dibaca dan dipahami/);
    clean(desk);
    await desk.context().close();
  });

  suite.test('lists of the service as workbooks, and the register of objections in its columns a to k', async () => {
    const office = await need();
    const admin = await person(browser, office, 'admin');
    const year = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();
    await admin.goto('/layanan/informasi');
    await admin.fill('#name', '@SUM(1)');
    await admin.fill('#request', 'Daftar lelang');
    await admin.click('label:has-text("Salinan di kertas")');
    await admin.click('button:has-text("Catat dan beri nomor")');
    const step = async (title, fill) => {
      await admin.click(`summary:has-text("${title}")`);
      for (const [field, value] of Object.entries(fill)) {
        const input = admin.locator(`details[open] [name=${field}]`);
        await (['answer', 'ground'].includes(field) ? input.selectOption(value) : input.fill(value));
      }
      await admin.click('details[open] button:has-text("Simpan")');
    };
    await step('Jawab permintaan', { answer: 'refused', text: 'Dikecualikan' });
    await step('Catat keberatan', { ground: 'a', text: 'Tidak setuju' });
    await step('Jawab keberatan', { superior: 'Hendra, Kepala Kejaksaan Negeri', text: '=diberikan' });
    await step('Catat tanggapan pemohon', { text: '-menerima' });
    await look(admin, 'layanan-informasi-keberatan');
    await admin.goto('/layanan/pengaduan?keadaan=&jenis=aspiration&tahun=' + year);
    await look(admin, 'layanan-pengaduan-saringan');
    const href = await admin.getAttribute('a:has-text("Excel")', 'href');
    clean(admin);
    await admin.context().close();
    const client = await office.login('admin');
    for (const [name, url] of [['keberatan', `/layanan/informasi-tahun/${year}/keberatan.xlsx`], ['keluhan', href]]) {
      const book = await client.get(url);
      assert.equal(book.status, 200);
      fs.writeFileSync(path.join(dir, `${name}.xlsx`), book.bytes);
    }
    if (!haveSoffice) return 'soffice is not installed';
    await convert(dir, 'csv', [path.join(dir, 'keberatan.xlsx'), path.join(dir, 'keluhan.xlsx')]);
    const objections = fs.readFileSync(path.join(dir, 'keberatan.csv'), 'utf8');
    assert.match(objections, /a\. Nomor registrasi keberatan,b\. .*,k\. Tanggapan pemohon/);
    assert.match(objections, /KB-0001\/\d{4},[^,]*,@SUM\(1\),PI-\d{4}\/\d{4},Daftar lelang,,a\. [^,]*,=diberikan,".*","Hendra, Kepala Kejaksaan Negeri",-menerima/);
    const complaints = fs.readFileSync(path.join(dir, 'keluhan.csv'), 'utf8');
    assert.match(complaints, /PL-0001\/\d{4},Aspirasi,Selesai,Halaman publik/);
    assert.doesNotMatch(complaints, /kursi/);
    return undefined;
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
    const [number] = /PI-\d{4}\/\d{4}/.exec(await desk.textContent('main'));
    await desk.goto('/layanan/informasi');
    await look(desk, 'layanan-informasi');
    clean(desk);
    await desk.context().close();
    const client = await office.login('rina');
    const year = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();
    const book = await client.get(`/layanan/informasi-tahun/${year}/register.xlsx`);
    assert.equal(book.status, 200);
    fs.writeFileSync(path.join(dir, 'register.xlsx'), book.bytes);
    if (!haveSoffice) return 'soffice is not installed';
    await convert(dir, 'csv', [path.join(dir, 'register.xlsx')]);
    const csv = fs.readFileSync(path.join(dir, 'register.csv'), 'utf8');
    assert.match(csv, new RegExp(`${number},[^,]*,=1\\+1,`));
    assert.match(csv, /Laporan anggaran 2025/);
    return undefined;
  });
}
