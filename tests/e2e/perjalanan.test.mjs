// A complaint on its way, in Debian's Chromium: the board by deadline, the hub with its next step, completeness and
// waiting, team, hand-over and return, links; holidays, office hours and limits. Each page at three widths and by
// axe-core.
import assert from 'node:assert/strict';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { Client } from './lib.mjs';

const press = async (page, locator) => {
  await Promise.all([page.waitForNavigation(), locator.click()]);
};
const says = async (page, what) => assert.match(await page.textContent('main'), what);
const looked = async (page, name) => {
  assert.deepEqual(await axe(page), [], name);
  assert.deepEqual(await shoot(page, name), [], name);
};

export default function (suite) {
  let browser, desk, chief, head, section, first, second;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (browser) return office;
    browser = await launch();
    suite.cleanup(() => browser.close());
    desk = new Client(office);
    const { password } = office.people.get('rina');
    await desk.get('/masuk');
    await desk.form('/masuk', { username: 'rina', password });
    for (const page of ['/tamu', '/tamu/baru']) await desk.get(page);
    chief = await person(browser, office, 'arief');
    head = await person(browser, office, 'hendra');
    section = await person(browser, office, 'maria');
    return office;
  };
  const write = async (text) => {
    const made = await desk.json('/pengaduan/baru', {
      text, way: 'letter', class: 'corruption', reporter_mode: 'confidential', reporter_name: 'Siti Pelapor',
    });
    assert.equal(made.status, 201, made.text);
  };
  const row = (page, number) => page.locator('tr', { hasText: number }).locator('a');

  suite.test('the board lists what is open by deadline, and finds a number', async () => {
    await need();
    await write('Dana bantuan dipotong.');
    await write('Kuitansi yang sama dipakai dua kali.');
    await chief.goto('/pengaduan');
    await says(chief, /PGD-1\/\d{4}/);
    await looked(chief, 'perjalanan-papan');
    first = await row(chief, 'PGD-1/').getAttribute('href');
    second = await row(chief, 'PGD-2/').getAttribute('href');
    await chief.fill('#nomor', 'PGD-2');
    await press(chief, chief.locator('form[aria-label=Saring] button[type=submit]'));
    assert.equal(await chief.locator('tbody a').count(), 1);
    clean(chief);
  });

  suite.test('the hub has one filled button, says what is missing, and never the content', async () => {
    await need();
    await chief.goto(first);
    await looked(chief, 'perjalanan-pengaduan');
    assert.equal(await chief.locator('main button.big, main a.btn.big').count(), 1);
    await press(chief, chief.locator('button', { hasText: 'Mulai telaah' }));
    await says(chief, /Nilai sumber dan isi belum dicatat/);
    await chief.selectOption('#source', 'B');
    await chief.selectOption('#content', '2');
    await press(chief, chief.locator('button', { hasText: 'Simpan nilai' }));
    await says(chief, /Telaahan belum dibuat/);
    const link = await chief.locator('main a.btn.big').getAttribute('href');
    assert.match(link, /\/surat\/baru\?jenis=review$/);
    assert.ok(!(await chief.content()).includes('dipotong'));
    clean(chief);
  });

  suite.test('what is missing is asked for, and the clock stands still', async () => {
    await need();
    await chief.goto(first);
    await chief.check('input[name=complete][value=identity]');
    await press(chief, chief.locator('button', { hasText: 'Simpan kelengkapan' }));
    await says(chief, /Kurang/);
    await chief.check('input[name=side][value=needs_completion]');
    await chief.locator('#side_note').fill('Kuitansi belum ada');
    await press(chief, chief.locator('#keadaan button', { hasText: 'Tandai' }));
    await says(chief, /Pelapor melengkapi/);
    await says(chief, /masih menunggu kelengkapan/);
    await looked(chief, 'perjalanan-menunggu');
    await chief.goto('/pengaduan?kelompok=waiting');
    assert.equal(await chief.locator('tbody a').count(), 1);
    await chief.goto(first);
    await press(chief, chief.locator('#keadaan button', { hasText: 'Akhiri keadaan ini' }));
    await says(chief, /Telaahan belum dibuat/);
    await chief.goto(`${first}/riwayat`);
    await says(chief, /Kuitansi belum ada/);
    await looked(chief, 'perjalanan-riwayat');
    clean(chief);
  });

  suite.test('a team, and another complaint on the same matter', async () => {
    await need();
    await section.goto(first);
    await says(section, /Pengaduan ini tidak ada/);
    await chief.goto(first);
    const value = await chief.locator('#staff option', { hasText: 'Maria' }).getAttribute('value');
    await chief.selectOption('#staff', value);
    await press(chief, chief.locator('button', { hasText: 'Tambah ke tim' }));
    await section.goto('/pengaduan');
    assert.equal(await section.locator('tbody a').count(), 1);
    await chief.fill('#number', 'PGD-2');
    await press(chief, chief.locator('button', { hasText: 'Kaitkan' }));
    await says(chief, /Pengaduan dengan nomor itu tidak ada/);
    assert.equal(await chief.inputValue('#number'), 'PGD-2');
    await chief.fill('#number', `PGD-2/${new Date().getFullYear()}`);
    await press(chief, chief.locator('button', { hasText: 'Kaitkan' }));
    await chief.locator('#kaitan a', { hasText: 'PGD-2/' }).click();
    await chief.waitForURL(`**${second}`);
    await says(chief, /PGD-1\//);
    clean(chief);
  });

  suite.test('withdrawn with a reason, and opened again by the Kajari alone', async () => {
    await need();
    await chief.goto(second);
    await chief.locator('summary', { hasText: 'Langkah lain' }).click();
    await chief.check('input[name=to][value=withdrawn]');
    await press(chief, chief.locator('button', { hasText: 'Lakukan langkah ini' }));
    await says(chief, /Tulis alasannya/);
    assert.ok(await chief.isChecked('input[name=to][value=withdrawn]'), 'the choice is kept');
    await chief.locator('textarea[name=note]').first().fill('Pelapor mencabut dengan surat');
    await press(chief, chief.locator('button', { hasText: 'Lakukan langkah ini' }));
    await says(chief, /Dicabut pelapor/);
    await looked(chief, 'perjalanan-berakhir');
    assert.equal(await chief.locator('summary', { hasText: 'Buka lagi' }).count(), 0);
    await head.goto(second);
    await head.locator('summary', { hasText: 'Buka lagi' }).click();
    await head.check('input[name=to][value=review]');
    await head.locator('textarea[name=note]').first().fill('Ada bukti baru');
    await press(head, head.locator('button', { hasText: 'Lakukan langkah ini' }));
    await says(head, /Tahap ini sejak/);
    clean(head);
  });

  suite.test('holidays, office hours and limits move the deadline', async () => {
    await need();
    await head.goto('/hari-libur?tahun=2026');
    await says(head, /SKB 3 Menteri Nomor 1497\/2025/);
    await looked(head, 'perjalanan-hari-libur');
    await head.locator('summary', { hasText: 'Tempel daftar' }).click();
    await head.fill('#lines', '1 Januari 2027; Tahun Baru 2027 Masehi\nbesok; entah');
    await head.locator('#impor #decree, #impor input[name=decree]').fill('SKB 2026');
    await press(head, head.locator('button', { hasText: 'Simpan daftar' }));
    await says(head, /Baris 2 tidak terbaca/);
    await head.fill('#lines', '1 Januari 2027; Tahun Baru 2027 Masehi');
    await press(head, head.locator('button', { hasText: 'Simpan daftar' }));
    await says(head, /Hari libur 2027/);
    await head.goto('/jam-kerja');
    await looked(head, 'perjalanan-jam-kerja');
    await head.fill('input[name="hours.0.close"]', '15:00');
    await press(head, head.locator('button', { hasText: 'Simpan jam kerja' }));
    await says(head, /Jam kerja disimpan/);
    await head.goto('/tenggat');
    await looked(head, 'perjalanan-tenggat');
    const before = await (async () => {
      await chief.goto(second);
      return chief.textContent('.facts');
    })();
    await head.fill('input[name="limits.2.length"]', '30');
    await press(head, head.locator('button', { hasText: 'Simpan batas waktu' }));
    await says(head, /Tenggat sudah dihitung ulang/);
    await chief.goto(second);
    assert.notEqual(await chief.textContent('.facts'), before, 'the limit of telaah moved the deadline');
    clean(head);
  });
}
