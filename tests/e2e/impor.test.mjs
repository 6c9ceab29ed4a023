// An old guest book in the browser: a workbook that an office program wrote is uploaded, its columns are chosen, every
// bad row is named, it comes in, stands in the register, and goes out again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { convert, haveSoffice } from './papers.mjs';

const BOOK = ['No,Nama Tamu,Tanggal,Jam,NIK,No HP,Alamat,Keperluan,Petugas,Keterangan',
  '1,Rina Wati,2024-03-04,09:15,6203015708900002,081234567890,"Jalan Pemuda 1, Kapuas",Menanyakan tilang,Bayu,',
  '2,=1+1,2024-03-05,10:00,,,Jalan Baru,Mengantar surat,Bayu,penting',
  '3,,2024-03-06,11:00,,,,,Bayu,',
  '4,Agus Salim,31 Februari 2024,11:00,,,,Rapat,Bayu,',
  '5,Siti Aminah,2024-03-07,,123,tidak ada,,Konsultasi,Bayu,'].join('\n');

export default function (suite) {
  suite.test('a book from an office program comes in and goes out', async () => {
    const office = await suite.office({ whatsapp: false });
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-impor.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    let file = path.join(dir, 'buku.csv');
    fs.writeFileSync(file, BOOK);
    if (haveSoffice) {
      await convert(dir, 'xlsx', [file]);
      file = path.join(dir, 'buku.xlsx');
    }
    const browser = await launch();
    suite.cleanup(() => browser.close());
    const page = await person(browser, office, 'admin');
    const press = (text) => Promise.all([page.waitForNavigation(), page.locator('main button', { hasText: text }).click()]);
    const look = async (name) => {
      assert.deepEqual(await axe(page), [], name);
      assert.deepEqual(await shoot(page, name), [], name);
    };
    await page.goto('/impor');
    await look('impor');
    await page.setInputFiles('#file', file);
    await press('Unggah dan pilih kolom');
    assert.equal(await page.inputValue('#name'), '2'); // by the heads
    assert.equal(await page.inputValue('#arrived'), '3');
    assert.equal(await page.inputValue('#phone'), '6');
    await look('impor-kolom');
    await press('Periksa semua baris');
    const bad = await page.textContent('main');
    assert.match(bad, /Nama kosong/);
    assert.match(bad, /Tanggal tidak terbaca/);
    assert.match(bad, /Nomor HP tidak benar/);
    await look('impor-periksa');
    await press('Impor 3 baris');
    assert.match(await page.textContent('main'), /Masuk ke buku\s*3/);
    await look('impor-hasil');
    const chief = await office.login('arief');
    const month = (await chief.get('/register/tamu/2024-03')).text;
    assert.match(month, /1-L/);
    assert.match(month, /Siti Aminah/);
    assert.match(month, /Dari buku lama/);
    await page.goto('/ekspor-kunjungan');
    await look('ekspor-kunjungan');
    await page.goto('/impor');
    await Promise.all([page.waitForNavigation(), page.locator('main table a').first().click()]);
    await press('Batalkan impor ini');
    assert.match(await page.textContent('main'), /Dibatalkan/);
    assert.doesNotMatch((await chief.get('/register/tamu/2024-03')).text, /Siti Aminah/);
    clean(page);
  });
}
