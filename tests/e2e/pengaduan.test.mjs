// The whole life of a complaint in Debian's Chromium, from the desk or the guest's tablet to the reporter who
// reads the answer with the code.
import assert from 'node:assert/strict';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { JPEG } from './lib.mjs';

const press = async (page, locator) => {
  await Promise.all([page.waitForNavigation(), locator.click()]);
};
const says = async (page, what) => assert.match(await page.textContent('main'), what);
const CODE = /[0-9A-Z]{4}(-[0-9A-Z]{4}){5}-[0-9A-Z]/;
const codeOf = (html) => /<p class="code">([0-9A-Z-]+)<br>([0-9A-Z-]+)</.exec(html)?.slice(1).join('-');

export default function (suite) {
  let browser, desk, chief, head, officer, tablet, id, code;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (!browser) {
      browser = await launch();
      suite.cleanup(() => browser.close());
      desk = await person(browser, office, 'rina');
      chief = await person(browser, office, 'arief');
      head = await person(browser, office, 'hendra');
      officer = await person(browser, office, 'bayu');
      tablet = await person(browser, office, null);
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
    await desk.selectOption('select[name=way]', 'letter');
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
    await chief.goto(`/pengaduan/${id}/pesan`); // other pages lead there
    await press(chief, chief.getByRole('link', { name: 'Buka kunci pribadi' }));
    assert.match(await chief.inputValue('input[name=_next]'), /\/pesan$/);
    await chief.goto(`/pengaduan/${id}/isi`);
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

  // --- one complaint from the tablet to the answer ------------------------------------------------------

  const hub = () => `/pengaduan/${id}`;
  const onHub = async (page, action, fill) => {
    await page.goto(hub());
    const form = page.locator(`form[action="${hub()}/${action}"]`).first();
    await fill?.(form);
    await press(page, form.locator('button[type=submit]').first());
  };

  // A letter with every needed field filled in; it gets its number.
  const letter = async (page, kind, fill) => {
    await page.goto(`${hub()}/surat/baru?jenis=${kind}`);
    const form = page.locator(`form[action="${hub()}/surat"]`);
    for (const field of await form.locator('[required]:not(select)').all()) {
      const code = await field.getAttribute('name') === 'value';
      if (await field.inputValue() === '') await field.fill(code ? 'B-2' : `Uraian ${kind} untuk uji.`);
    }
    await fill?.(form);
    await form.locator('select[name=signer]').selectOption({ index: 1 });
    await press(page, form.locator('button.big'));
    assert.equal(new URL(page.url()).pathname, `${hub()}/surat`, await page.textContent('main'));
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Unduh .docx/ }).last().click()]);
    const parts = [];
    for await (const part of await download.createReadStream()) parts.push(part);
    assert.equal(Buffer.concat(parts).subarray(0, 2).toString(), 'PK', `${kind} is a .docx`);
  };

  suite.test('a guest writes alone at the tablet and gets a code', async () => {
    await need();
    await desk.goto('/layar-tamu');
    await press(desk, desk.locator('main button[type=submit]'));
    await tablet.goto('/kios');
    await tablet.fill('#code', await desk.textContent('.kiosk-code'));
    await press(tablet, tablet.locator('main button[type=submit]').first());
    await press(tablet, tablet.getByRole('button', { name: 'Bahasa Indonesia' }).first());
    await tablet.fill('#text', 'Jembatan Rangkai dibayar lunas, tetapi tidak pernah dibangun.');
    await tablet.fill('[name="parties.0.name"]', 'Kepala Dinas Contoh');
    await tablet.check('input[name=reporter_mode][value=confidential]');
    await tablet.locator('summary', { hasText: 'cara menghubungi' }).click();
    await tablet.fill('[name=reporter_name]', 'Yohana Pelapor');
    await press(tablet, tablet.locator('button.big[value=periksa]'));
    await press(tablet, tablet.locator('button[value=kirim]'));
    code = codeOf(await tablet.content());
    assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]$/);
    await press(tablet, tablet.getByRole('button', { name: 'Selesai' }).first());
    clean(tablet);
  });

  suite.test('Kasi Intel sees it on the board, reads it, checks, sorts and values it', async () => {
    await need();
    await chief.goto('/pengaduan');
    const row = chief.locator('main a', { hasText: 'PGD-2/' }).first();
    id = /\/pengaduan\/([0-9a-f-]{36})/.exec(await row.getAttribute('href'))[1];
    await press(chief, row);
    assert.doesNotMatch(await chief.textContent('main'), /Jembatan|Yohana/, 'the hub shows nothing of the content');
    await press(chief, chief.locator(`main a[href="${hub()}/isi"]`).first());
    await says(chief, /Jembatan Rangkai dibayar lunas/);
    await says(chief, /Ditulis sendiri di layar tamu/);
    await onHub(chief, 'kelengkapan', async (form) => {
      for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
    });
    await says(chief, /Lengkap/);
    await onHub(chief, 'golongan', (form) => form.locator('select').selectOption('corruption'));
    await onHub(chief, 'nilai', async (form) => {
      await form.locator('select[name=source]').selectOption('B');
      await form.locator('select[name=content]').selectOption('2');
    });
    await onHub(chief, 'tahap');
    await says(chief, /Telaah/);
    await chief.goto(hub());
    await looked(chief, 'pengaduan-lembar');
    clean(chief);
  });

  suite.test('telaahan, disposition by the Kajari, order to the case officer', async () => {
    await need();
    await chief.goto(hub());
    await says(chief, /Telaahan belum dibuat/);
    await letter(chief, 'review');
    await onHub(chief, 'tahap');
    await says(chief, /Disposisi/);
    await head.goto('/pengaduan');
    await press(head, head.locator('main a', { hasText: 'PGD-2/' }).first());
    await letter(head, 'disposition');
    await onHub(head, 'tahap');
    await says(head, /Surat perintah/);
    await letter(chief, 'order', (form) => form.locator('#team input, [name=team]').first().check());
    assert.equal((await officer.goto(hub())).status(), 404, 'nobody has shared it with the officer yet');
    await onHub(chief, 'tim', async (form) => {
      const option = form.locator('option', { hasText: 'Bayu Saputra' });
      await form.locator('select').selectOption(await option.getAttribute('value'));
    });
    await says(chief, /Bayu Saputra\s*sejak/);
    clean(chief);
    clean(head);
  });

  suite.test('the case officer reads, adds evidence and reports', async () => {
    await need();
    await officer.goto('/pengaduan');
    await press(officer, officer.locator('main a', { hasText: 'PGD-2/' }).first());
    await press(officer, officer.locator(`main a[href="${hub()}/isi"]`).first());
    await says(officer, /Jembatan Rangkai dibayar lunas/);
    await officer.goto(`${hub()}/berkas`);
    await officer.setInputFiles('#files', { name: 'jembatan.jpg', mimeType: 'image/jpeg', buffer: JPEG });
    await press(officer, officer.getByRole('button', { name: 'Segel dan' }).first());
    await says(officer, /jembatan\.jpg/);
    await onHub(officer, 'tahap');
    await says(officer, /Pengumpulan bahan keterangan/);
    await onHub(officer, 'tahap');
    await says(officer, /Ekspose/);
    await onHub(officer, 'tahap');
    await letter(officer, 'report');
    clean(officer);
  });

  suite.test('the outcome, the letter to the reporter, and the answer read with the code', async () => {
    await need();
    await chief.goto(hub());
    await says(chief, /Pemberitahuan kepada pelapor belum dibuat/);
    await letter(chief, 'notice');
    await chief.goto(`${hub()}/pesan`);
    await chief.fill('#text', 'Laporan Anda terbukti. Terima kasih.');
    await press(chief, chief.getByRole('button', { name: 'Kirim jawaban' }));
    await onHub(chief, 'tahap');
    await says(chief, /Selesai/);
    await tablet.goto('/tindak-lanjut');
    await tablet.fill('#code', code.toLowerCase());
    await press(tablet, tablet.getByRole('button', { name: 'Buka' }).first());
    await says(tablet, /PGD-2\//);
    await says(tablet, /Selesai/);
    await says(tablet, /Laporan Anda terbukti\. Terima kasih\./);
    assert.doesNotMatch(await tablet.textContent('main'), /Arief|Bayu|Hendra|jembatan\.jpg/, 'no name of the house, nothing that it gathered');
    await looked(tablet, 'pengaduan-jawaban');
    await chief.goto(`${hub()}/akses`);
    for (const seen of [/Bayu Saputra/, /Pengaduan dibaca/, /Akses pengaduan diberikan/]) await says(chief, seen);
    await looked(chief, 'pengaduan-akses-akhir');
    clean(tablet);
    clean(chief);
  });
}
