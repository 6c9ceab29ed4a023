// The reporter's own pages in the real browser: the guest's tablet, the public page, following a complaint.
import assert from 'node:assert/strict';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { Client, JPEG, multipart, sleep } from './lib.mjs';

const STORY = 'Dana desa tahun 2025 dibagikan tidak sesuai daftar; jalan <b>Rangkai</b> & jembatan "tidak" ada.';
const press = async (page, locator) => {
  await Promise.all([page.waitForNavigation(), locator.click()]);
};
const button = (page, name) => page.getByRole('button', { name, exact: false }).first();

// A code from the officer's page, as a guest is told it.
async function newCode(officer, path = '/layar-tamu') {
  await officer.get('/layar-tamu');
  const answer = await officer.form(path, {});
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  return /kiosk-code">([0-9A-Z]{4} [0-9A-Z]{4})</.exec(answer.text)[1];
}

const codeOf = (html) => /<p class="code">([0-9A-Z-]+)<br>([0-9A-Z-]+)</.exec(html)?.slice(1).join('-');

// A guest without JavaScript writes at the tablet; gives the receipt's code.
async function writeAtTablet(office, officer, fields = {}) {
  const guest = new Client(office);
  await guest.get('/kios');
  await guest.form('/kios/mulai', { code: await newCode(officer) });
  await guest.form('/kios/bahasa', { ke: 'id' });
  const receipt = /name="receipt" value="([^"]+)"/.exec(guest.page)[1];
  const all = { receipt, text: STORY, reporter_mode: 'anonymous', ...fields };
  const review = await guest.form('/kios/pengaduan', { ...all, _langkah: 'periksa' });
  assert.equal(review.status, 200, review.text.slice(0, 2000));
  const sent = await guest.form('/kios/pengaduan', { ...all, _langkah: 'kirim' });
  assert.equal(sent.status, 200, sent.text.slice(0, 2000));
  const code = codeOf(sent.text);
  assert.equal(code, receipt);
  await guest.form('/kios/kosongkan', {});
  return code;
}

async function follow(office, code) {
  const reporter = new Client(office);
  await reporter.get('/tindak-lanjut');
  const page = await reporter.form('/tindak-lanjut', { code });
  assert.equal(page.status, 200, page.text.slice(0, 500));
  return reporter;
}

export default function (suite) {
  let browser, office, rina;
  const need = async () => {
    office ??= await suite.office();
    if (!browser) {
      browser = await launch();
      suite.cleanup(() => browser.close());
    }
    rina ??= await office.login('rina');
  };
  const tablet = async (options = {}) => {
    const page = await person(browser, office, null, options);
    suite.cleanup(() => page.context().close());
    return page;
  };
  const openTablet = async (page, code) => {
    await page.goto('/kios');
    await page.fill('#code', code);
    await press(page, button(page, 'Mulai'));
  };

  suite.test('a guest writes alone at the tablet', async () => {
    await need();
    const officer = await person(browser, office, 'rina');
    await officer.goto('/layar-tamu');
    await press(officer, officer.locator('main button[type=submit]'));
    const code = await officer.textContent('.kiosk-code');
    assert.match(code, /^[0-9A-Z]{4} [0-9A-Z]{4}$/);
    const wide = await shoot(officer, 'layar-tamu-kode');
    const page = await tablet();
    await page.goto('/kios');
    wide.push(...await shoot(page, 'kios-mulai'));
    assert.deepEqual(await axe(page), []);
    await page.fill('#code', code.toLowerCase().replace(' ', '-'));
    await press(page, button(page, 'Mulai'));
    wide.push(...await shoot(page, 'kios-bahasa'));
    assert.deepEqual(await axe(page), []);
    await press(page, button(page, 'English'));
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(await page.textContent('h1'), /Written complaint/);
    await page.fill('#text', STORY);
    await press(page, page.locator('button[name=_bahasa]')); // typed words stay
    assert.equal(await page.getAttribute('html', 'lang'), 'id');
    assert.equal(await page.inputValue('#text'), STORY);
    await page.check('input[name=reporter_mode][value=anonymous]');
    await page.fill('[name="parties.0.name"]', 'Kepala Desa <Contoh>');
    await page.fill('[name="documents.0.kind"]', 'Fotokopi APBDes');
    wide.push(...await shoot(page, 'kios-tulis'));
    assert.deepEqual(await axe(page), []);
    await press(page, page.locator('button.big[value=periksa]'));
    const review = await page.textContent('main');
    assert.ok(review.includes(STORY) && review.includes('Kepala Desa <Contoh>') && review.includes('Fotokopi APBDes'));
    wide.push(...await shoot(page, 'kios-periksa'));
    assert.deepEqual(await axe(page), []);
    await press(page, page.locator('button[value=ubah]'));
    assert.equal(await page.inputValue('#text'), STORY);
    assert.equal(await page.inputValue('[name="parties.0.name"]'), 'Kepala Desa <Contoh>');
    await press(page, page.locator('button.big[value=periksa]'));
    await press(page, page.locator('button[value=kirim]'));
    const receipt = codeOf(await page.content());
    assert.match(receipt, /^([0-9A-Z]{4}-){6}[0-9A-Z]$/);
    wide.push(...await shoot(page, 'kios-diterima'));
    assert.deepEqual(await axe(page), []);
    await press(page, button(page, 'Selesai'));
    assert.equal(new URL(page.url()).pathname, '/kios');
    assert.equal((await page.context().cookies()).filter((c) => c.name === '__Host-kios' || c.name === 'bahasa').length, 0);
    for (let i = 0; i < 8; i += 1) {
      await page.goBack().catch(() => null);
      await page.waitForTimeout(150);
      const seen = await page.content();
      assert.ok(!seen.includes('Rangkai') && !seen.includes(receipt), `back ${i + 1} shows what was written`);
      const typed = await page.evaluate(() => [...document.querySelectorAll('textarea, input')].map((f) => f.value).join(' '));
      assert.ok(!typed.includes('Rangkai'), `back ${i + 1} fills in what was written`);
    }
    assert.deepEqual(wide, []);
    clean(page);
    await officer.context().close();
  });

  suite.test('a code opens one tablet, once, and not beside an officer', async () => {
    await need();
    const code = await newCode(rina);
    const first = new Client(office);
    await first.get('/kios');
    const begun = await first.form('/kios/mulai', { code: code.replace(' ', '') }, { follow: false });
    assert.equal(begun.status, 303);
    const second = new Client(office);
    await second.get('/kios');
    const again = await second.form('/kios/mulai', { code });
    assert.equal(again.status, 422);
    assert.match(again.text, /sudah dipakai/);
    const wrong = await second.form('/kios/mulai', { code: 'K7QM' });
    assert.equal(wrong.status, 422);
    const officer = await office.login('yuliana');
    await officer.get('/kios');
    assert.match(officer.page, /Petugas masih masuk/);
    const refused = await officer.form('/kios/mulai', { code: await newCode(rina) });
    assert.equal(refused.status, 409);
    const stranger = new Client(office);
    await stranger.get('/tindak-lanjut');
    const file = multipart([['csrf', stranger.csrf]], { files: { name: 'a.jpg', data: JPEG } });
    const unasked = await stranger.send('POST', '/tindak-lanjut/berkas', { headers: { 'Content-Type': file.type }, body: file.body });
    assert.equal(unasked.status, 404, 'no body is taken from somebody without a code');
    const late = new Client(office);
    await late.get('/kios');
    const lost = await late.form('/kios/pengaduan', { text: STORY, _langkah: 'periksa' });
    assert.ok(!lost.text.includes('Rangkai'), 'without a session nothing is shown again');
    assert.match(lost.text, /Kode dari petugas/);
  });

  suite.test('45 seconds without a touch clear the tablet', async () => {
    await need();
    const page = await tablet();
    await page.clock.install();
    await openTablet(page, await newCode(rina));
    await press(page, button(page, 'Bahasa Indonesia'));
    await page.fill('#text', STORY);
    await page.clock.runFor(29_000);
    assert.ok(!await page.locator('[data-idle-dialog]').isVisible(), 'not yet');
    await page.clock.runFor(3_000);
    assert.ok(await page.locator('[data-idle-dialog]').isVisible(), 'it is said 15 seconds before');
    assert.ok(await page.locator('[data-idle-stay]').evaluate((e) => e === document.activeElement), 'the button has the focus');
    const wide = await shoot(page, 'kios-peringatan');
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Enter');
    assert.ok(!await page.locator('[data-idle-dialog]').isVisible(), 'a key goes on');
    assert.equal(await page.inputValue('#text'), STORY);
    await page.clock.runFor(20_000);
    await page.click('#text'); // a touch begins the time anew
    await page.clock.runFor(40_000);
    assert.equal(await page.inputValue('#text'), STORY);
    await Promise.all([page.waitForURL('**/kios'), page.clock.runFor(6_000)]);
    await page.waitForSelector('#code');
    await page.goBack().catch(() => null);
    assert.ok(!(await page.content()).includes('Rangkai'));
    assert.deepEqual(wide, []);
    clean(page);
  });

  suite.test('a scanned code opens the tablet and stays in no address', async () => {
    await need();
    const page = await tablet();
    const code = await newCode(rina);
    await page.goto(`/kios#${code.replace(' ', '')}`);
    await page.getByRole('button', { name: 'English' }).waitFor();
    assert.equal(new URL(page.url()).hash, '');
    clean(page);
  });

  suite.test('the whole way without JavaScript', async () => {
    await need();
    const page = await tablet({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    await openTablet(page, await newCode(rina));
    await press(page, button(page, 'Bahasa Indonesia'));
    assert.match(await page.content(), /http-equiv="refresh" content="600; url=\/kios\/habis"/);
    await press(page, page.locator('button[name=_add_party]'));
    await page.fill('#text', STORY);
    await page.fill('[name="parties.1.name"]', 'Bendahara Desa');
    await page.check('input[name=reporter_mode][value=anonymous]');
    await press(page, page.locator('button.big[value=periksa]'));
    assert.match(await page.textContent('main'), /Bendahara Desa/);
    await press(page, page.locator('button[value=kirim]'));
    const code = codeOf(await page.content());
    assert.ok(code);
    await press(page, page.locator('[data-wipe] button'));
    await page.goto('/tindak-lanjut');
    await page.fill('#code', code.toLowerCase().replaceAll('-', ' '));
    await press(page, button(page, 'Buka'));
    assert.match(await page.textContent('h1'), /^PGD-\d+\/\d{4}$/);
    assert.ok(!page.url().includes(code.slice(0, 4)));
    await page.goto('/kios/habis');
    assert.equal(new URL(page.url()).pathname, '/kios');
    clean(page);
  });

  suite.test('the public page, closed and open', async () => {
    await need();
    const page = await tablet();
    await page.goto('/lapor');
    assert.match(await page.textContent('main'), /belum menerima pengaduan lewat halaman ini/);
    const outside = new Client(office);
    await outside.get('/lapor');
    const refused = await outside.form('/lapor', { text: STORY, _langkah: 'kirim' });
    assert.equal(refused.status, 409);
    const head = await person(browser, office, 'hendra');
    await head.goto('/lapor/pengaturan');
    await head.check('#open');
    await press(head, button(head, 'Simpan'));
    const wide = await shoot(head, 'lapor-pengaturan');
    await page.goto('/lapor');
    wide.push(...await shoot(page, 'lapor'));
    assert.deepEqual(await axe(page), []);
    assert.match(await page.textContent('main'), /dan yang tidak/);
    await page.fill('#text', STORY);
    await press(page, page.locator('button.big[value=periksa]'));
    await press(page, page.locator('button[value=kirim]'));
    assert.match(await page.textContent('h1'), /Pengaduan diterima/);
    const code = codeOf(await page.content());
    await press(page, button(page, 'Tambah berkas sekarang'));
    assert.equal(new URL(page.url()).pathname, '/tindak-lanjut');
    assert.match(await page.textContent('h1'), /^PGD-/);
    await press(page, button(page, 'Tutup halaman ini'));
    assert.ok(await page.locator('#code').isVisible());
    assert.ok(!(await page.content()).includes(code));
    assert.deepEqual(wide, []);
    clean(page);
    await head.context().close();
  });

  suite.test('the reporter follows, asks, is answered, and withdraws', async () => {
    await need();
    const code = await writeAtTablet(office, rina);
    const page = await tablet();
    await page.goto('/tindak-lanjut');
    const wide = await shoot(page, 'tindak-lanjut-kode');
    assert.deepEqual(await axe(page), []);
    const wrong = code.replace(/.$/, (c) => (c === '7' ? '8' : '7'));
    await page.fill('#code', wrong);
    await press(page, button(page, 'Buka'));
    assert.match(await page.textContent('main'), /salah ketik/);
    await page.fill('#code', ` ${code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ')} `);
    await press(page, button(page, 'Buka'));
    const number = await page.textContent('h1');
    assert.match(number, /^PGD-\d+\/\d{4}$/);
    await page.fill('#text', 'Apakah laporan saya sudah dibaca?\nSaya punya foto jembatan.');
    await press(page, button(page, 'Kirim pesan'));
    assert.match(await page.textContent('main'), /foto jembatan/);
    await page.setInputFiles('#files', [
      { name: 'jembatan desa.jpg', mimeType: 'image/jpeg', buffer: JPEG },
      { name: 'jalan.jpg', mimeType: 'image/jpeg', buffer: JPEG },
    ]);
    await press(page, button(page, 'Segel dan tambahkan'));
    assert.match(await page.textContent('main'), /jembatan desa\.jpg[\s\S]*jalan\.jpg/);
    await page.setInputFiles('#files', { name: 'program.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ program') });
    await press(page, button(page, 'Segel dan tambahkan'));
    assert.ok(await page.locator('.errors').isVisible(), 'a program is not taken');
    const arief = await person(browser, office, 'arief');
    const id = await office.sql(`SELECT id FROM complaint WHERE 'PGD-' || number || '/' || year = '${number}'`);
    await arief.goto('/pengaduan');
    assert.match(await arief.locator('tr', { hasText: number }).textContent(), /Pesan pelapor/, 'the board says so');
    await arief.goto(`/pengaduan/${id}`);
    assert.match(await arief.textContent('main'), /Pesan\s*1 baru/);
    await arief.click(`a[href="/pengaduan/${id}/pesan"]`);
    assert.match(await arief.textContent('main'), /Saya punya foto jembatan/);
    wide.push(...await shoot(arief, 'pengaduan-pesan'));
    assert.deepEqual(await axe(arief), []);
    await arief.fill('#text', 'Sudah. Kirimkan fotonya lewat halaman ini.');
    await press(arief, button(arief, 'Kirim jawaban'));
    await page.goto('/tindak-lanjut');
    assert.match(await page.textContent('main'), /Kirimkan fotonya lewat halaman ini/);
    assert.match(await page.textContent('.message.reporter'), /sudah dibaca kantor/);
    assert.doesNotMatch(await page.textContent('.messages'), /Arief|\d\d\.\d\d WIB/, 'neither a name nor a time');
    wide.push(...await shoot(page, 'tindak-lanjut'));
    assert.deepEqual(await axe(page), []);
    await page.click('summary:has-text("Cabut pengaduan")');
    await press(page, button(page, 'Minta pengaduan dicabut'));
    assert.match(await page.textContent('.errors'), /Centang/);
    await page.check('#sure');
    await press(page, button(page, 'Minta pengaduan dicabut'));
    assert.match(await page.textContent('main'), /sudah meminta pengaduan ini dicabut/);
    await arief.goto(`/pengaduan/${id}`);
    assert.match(await arief.textContent('main'), /Pelapor meminta pengaduan ini dicabut/);
    await arief.goto(`/pengaduan/${id}/pesan`);
    assert.match(await arief.textContent('main'), /Pelapor meminta pengaduan ini dicabut\. Putuskan/);
    await press(page, page.locator('[data-wipe] button'));
    await page.goBack().catch(() => null);
    assert.ok(!(await page.content()).includes('foto jembatan'));
    assert.deepEqual(wide, []);
    clean(page);
    clean(arief);
    await arief.context().close();
  });

  suite.test('an open complaint closes itself after five minutes', async () => {
    await need();
    const code = await writeAtTablet(office, rina);
    const page = await tablet();
    await page.clock.install();
    await page.goto('/tindak-lanjut');
    await page.fill('#code', code);
    await press(page, button(page, 'Buka'));
    assert.match(await page.textContent('h1'), /^PGD-/);
    await page.clock.runFor(284_000);
    assert.ok(!await page.locator('[data-idle-dialog]').isVisible());
    await page.clock.runFor(2_000);
    assert.ok(await page.locator('[data-idle-dialog]').isVisible());
    await Promise.all([page.waitForURL('**/tindak-lanjut'), page.clock.runFor(15_000)]);
    await page.waitForSelector('#code');
    assert.ok(!(await page.content()).includes('PGD-'));
    clean(page);
  });

  suite.test('an anonymous reporter leaves no time and no address', async () => {
    await need();
    const before = await office.sql('SELECT seq FROM audit_head');
    const code = await writeAtTablet(office, rina);
    const reporter = await follow(office, code);
    const sent = await reporter.form('/tindak-lanjut/pesan', { text: 'Pesan pertama' });
    assert.match(sent.text, /Pesan pertama/);
    assert.equal(await office.sql('SELECT seq FROM audit_head'), before, 'no entry in the audit');
    const day = 24 * 3600 * 1000;
    const times = await office.sql('SELECT (m.at + 25200000) % 86400000 FROM complaint_message m JOIN complaint c ON c.id = m.complaint_id ' +
      "WHERE c.reporter_mode = 'anonymous'");
    assert.ok(times.split('\n').every((t) => t === '0'), `whole days of ${day} ms only: ${times}`);
    assert.equal(await office.sql('SELECT count(*) FROM kiosk_session WHERE visit_sealed IS NOT NULL'), '0');
    assert.doesNotMatch(office.log(), /kios|tindak-lanjut|layar-tamu/, 'the log does not say that somebody wrote');
  });

  suite.test('guessing is slowed down, a busy counter is not', async () => {
    await need();
    const strict = await suite.ownOffice({ rate: 'on' });
    const desk = await strict.login('rina');
    const guesser = new Client(strict);
    await guesser.get('/tindak-lanjut');
    const statuses = [];
    for (let i = 0; i < 14; i += 1)
      statuses.push((await guesser.form('/tindak-lanjut', { code: '0000-0000-0000-0000-0000-0000-0' })).status);
    assert.deepEqual([statuses.slice(0, 10).every((s) => s === 422), statuses.at(-1)], [true, 429], String(statuses));
    await guesser.get('/kios');
    const codes = [];
    for (let i = 0; i < 24; i += 1) codes.push((await guesser.form('/kios/mulai', { code: 'AAAA AAAA' })).status);
    assert.equal(codes.at(-1), 429, String(codes));
    for (let i = 0; i < 60; i += 1) { // from the same address
      assert.ok(await writeAtTablet(strict, desk));
      await sleep(400); // no address may ask more than 50 times in a second
    }
    assert.equal(await strict.sql('SELECT count(*) FROM complaint'), '60');
  });
}
