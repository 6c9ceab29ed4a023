// The whole life of a complaint in Debian's Chromium, from the desk or the guest's tablet to the reporter who
// reads the answer with the code.
import assert from 'node:assert/strict';
import { axe, clean, launch, person, shoot } from './browser.mjs';

const press = async (page, locator) => {
  await Promise.all([page.waitForNavigation(), locator.click()]);
};
const says = async (page, what) => assert.match(await page.textContent('main'), what);
const CODE = /[0-9A-Z]{4}(-[0-9A-Z]{4}){5}-[0-9A-Z]/;

export default function (suite) {
  let browser, desk, chief, officer, id;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (!browser) {
      browser = await launch();
      suite.cleanup(() => browser.close());
      desk = await person(browser, office, 'rina');
      chief = await person(browser, office, 'arief');
      officer = await person(browser, office, 'bayu');
    }
    return office;
  };
  const looked = async (page, name) => {
    assert.deepEqual(await axe(page), [], name);
    assert.deepEqual(await shoot(page, name), [], name);
  };

  suite.test('a letter is typed in at the counter and sealed', async () => {
    await need();
    await desk.goto('/pengaduan/baru');
    await desk.fill('[name=text]', 'Dana bantuan dipotong.\nWarga menandatangani kuitansi k\u00e9palsuan.');
    await desk.fill('[name="parties.0.name"]', 'Budi Hartono');
    await desk.fill('[name="parties.0.position"]', 'Kepala Desa');
    await desk.selectOption('select[name=way], [name=way]', 'letter').catch(() => desk.check('input[name=way][value=letter]'));
    await desk.check('input[name=reporter_mode][value=confidential]');
    await desk.locator('summary', { hasText: 'cara menghubungi' }).click();
    await desk.fill('[name=reporter_name]', 'Siti Pelapor');
    await desk.fill('[name=reporter_phone]', '081234567890');
    await press(desk, desk.locator('button.big[type=submit]'));
    assert.match(await desk.textContent('main'), CODE, 'the receipt has the code');
    assert.match(await desk.textContent('main'), /PGD-1\//);
    clean(desk);
  });

  suite.test('Kasi Intel finds it by a word, reads it, and the reading is seen', async () => {
    await need();
    await chief.goto('/pengaduan/cari');
    await looked(chief, 'pengaduan-cari');
    await chief.fill('#q', 'KEPALSUAN kuitansi');
    await press(chief, chief.locator('main button[type=submit]'));
    assert.ok(!chief.url().includes('KEPALSUAN'), 'the words are not in the address');
    await says(chief, /1 dari 1 pengaduan cocok/);
    assert.equal(await chief.textContent('mark'), 'k\u00e9palsuan');
    await looked(chief, 'pengaduan-cari-hasil');
    id = /\/pengaduan\/([0-9a-f-]{36})/.exec(await chief.getAttribute('main h3 a', 'href'))[1];
    await chief.goto(`/pengaduan/${id}/isi`);
    await says(chief, /Pembacaan ini dicatat/);
    await says(chief, /Dana bantuan dipotong/);
    await says(chief, /Budi Hartono/);
    assert.doesNotMatch(await chief.textContent('main'), /Siti Pelapor/);
    await looked(chief, 'pengaduan-isi');
    await chief.goto(`/pengaduan/${id}/akses`);
    await says(chief, /Pengaduan dibaca/);
    await looked(chief, 'pengaduan-akses');
    clean(chief);
  });

  suite.test('the key is put away, and asked for where it is missed', async () => {
    const office = await need();
    await chief.goto(`/pengaduan/${id}/isi`);
    await press(chief, chief.locator('form[action="/pengaduan/kunci"] button'));
    await chief.goto(`/pengaduan/${id}/isi`);
    await says(chief, /Kunci pribadi Anda sedang terkunci/);
    assert.doesNotMatch(await chief.textContent('main'), /Dana bantuan/);
    await looked(chief, 'pengaduan-kunci');
    await chief.fill('#password', 'kata sandi yang salah sekali');
    await press(chief, chief.locator('form[action="/pengaduan/buka-kunci"] button'));
    await says(chief, /Kata sandi Anda tidak cocok/);
    await chief.fill('#password', office.people.get('arief').password);
    await press(chief, chief.locator('form[action="/pengaduan/buka-kunci"] button'));
    assert.equal(new URL(chief.url()).pathname, `/pengaduan/${id}/isi`);
    await says(chief, /Dana bantuan dipotong/);
    clean(chief);
  });

  suite.test('the reporter\'s identity, for a reason, once', async () => {
    await need();
    await chief.goto(`/pengaduan/${id}/identitas`);
    assert.doesNotMatch(await chief.textContent('main'), /Siti Pelapor/);
    await looked(chief, 'pengaduan-identitas');
    await chief.check('input[name=reason][value=other]');
    await chief.fill('#note', 'singkat');
    await press(chief, chief.locator('form[action$="/identitas"] button'));
    await says(chief, /paling sedikit 10 huruf/);
    assert.equal(await chief.inputValue('#note'), 'singkat');
    await chief.check('input[name=reason][value=contact]');
    await chief.fill('#note', '');
    await press(chief, chief.locator('form[action$="/identitas"] button'));
    await says(chief, /Siti Pelapor/);
    await looked(chief, 'pengaduan-identitas-tampil');
    clean(chief);
  });

  suite.test('the case officer gets access, reads it, and has it taken away again', async () => {
    await need();
    assert.equal((await officer.goto(`/pengaduan/${id}/isi`)).status(), 404);
    await chief.goto(`/pengaduan/${id}/akses`);
    await chief.selectOption('#staff_id', { label: 'Bayu Saputra (Petugas penanganan)' });
    const give = chief.locator('section[aria-labelledby=h-beri] form');
    await press(chief, give.locator('button'));
    await says(chief, /Bayu Saputra/);
    await officer.goto(`/pengaduan/${id}/isi`);
    await says(officer, /Dana bantuan dipotong/);
    await officer.goto(`/pengaduan/${id}/identitas`);
    await says(officer, /tidak disegel untuk akun Anda/);
    await officer.goto(`/pengaduan/${id}/akses`);
    assert.equal(await officer.locator('form[action$="/cabut"]').count(), 0);
    const row = chief.locator('li', { hasText: 'Bayu Saputra' }).first();
    await press(chief, row.locator('form[action$="/cabut"] button'));
    assert.equal((await officer.goto(`/pengaduan/${id}/isi`)).status(), 404);
    clean(chief);
    clean(officer);
  });

  suite.test('all complaints are passed on to a colleague in one act', async () => {
    const office = await need();
    await chief.goto('/pengaduan/bagikan');
    await looked(chief, 'pengaduan-bagikan');
    await chief.selectOption('#staff_id', { label: 'Bayu Saputra (Petugas penanganan)' });
    await chief.fill('#password', office.people.get('arief').password);
    await press(chief, chief.locator('form[action="/pengaduan/bagikan"] button'));
    await says(chief, /1 pengaduan dibagikan kepada Bayu Saputra/);
    await officer.goto(`/pengaduan/${id}/isi`);
    await says(officer, /Dana bantuan dipotong/);
    clean(chief);
    clean(officer);
  });
}
