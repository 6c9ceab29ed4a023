// The nine steps in Debian's Chromium: with its fake camera, by keyboard alone, without JavaScript, and
// with a camera that is refused.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { guestData, PHONES, sleep, until } from './lib.mjs';

const PHOTO = path.join(path.dirname(fileURLToPath(import.meta.url)), 'foto.jpg');
const visitOf = (page) => /\/tamu\/([0-9a-f-]{36})/.exec(page.url())[1];

async function fillGuest(page, data) {
  await page.check(`input[name=id_type][value=${data.id_type}]`);
  await page.fill('#id_number', data.id_number);
  await page.fill('#name', data.name);
  await page.fill('#phone', data.phone);
  await page.check(`input[name=category][value=${data.category}]`);
  await page.fill('#purpose', data.purpose);
}

const post = (page, action) => page.locator(`form[action$="${action}"]`);
const press = async (page, locator) => {
  await Promise.all([page.waitForNavigation(), locator.click()]);
};

export default function (suite) {
  let browser, desk, target;
  const need = async () => {
    const office = await suite.office();
    if (!browser) {
      browser = await launch();
      suite.cleanup(() => browser.close());
    }
    desk ??= await person(browser, office, 'rina');
    return office;
  };

  suite.test('a new guest with a webcam photo', async () => {
    await need();
    await desk.goto('/tamu');
    await desk.keyboard.press('n');
    await desk.waitForURL('**/tamu/baru');
    const data = guestData({ name: 'Dewi "Ayu" <Lestari>' });
    await desk.click('[data-camera-open]');
    await desk.waitForSelector('[data-camera-shoot]:not([hidden])');
    await desk.click('[data-camera-shoot]');
    await desk.waitForSelector('[data-camera-canvas]:not([hidden])');
    await desk.click('[data-camera-retake]');
    await desk.waitForSelector('[data-camera-shoot]:not([hidden])');
    await desk.click('[data-camera-shoot]');
    await fillGuest(desk, { ...data, phone: '0812' });
    await press(desk, desk.locator('button.big'));
    assert.ok(await desk.locator('.errors').isVisible(), 'the refused form says what is wrong');
    assert.equal(await desk.evaluate(() => document.activeElement.className), 'errors', 'the summary has the focus');
    assert.equal(await desk.inputValue('#name'), data.name);
    await desk.waitForSelector('[data-camera-canvas]:not([hidden])');
    await desk.fill('#phone', data.phone);
    await press(desk, desk.locator('button.big'));
    assert.match(new URL(desk.url()).pathname, /^\/tamu\/[0-9a-f-]{36}$/);
    target = `/tamu/${visitOf(desk)}`;
    assert.equal(await desk.textContent('h1'), data.name);
    const size = await desk.locator('img.photo').first().evaluate(async (img) => {
      await img.decode();
      return [img.naturalWidth, img.naturalHeight];
    });
    assert.ok(size[0] >= 100 && size[1] >= 100, `the photo is shown: ${size}`);
    clean(desk);
  });

  suite.test('card and badge, then the waiting room', async () => {
    await need();
    await desk.goto(target);
    assert.equal(await desk.evaluate(() => document.activeElement.id), 'badge', 'the cursor waits in the badge field');
    await desk.keyboard.type('A-09');
    await desk.selectOption('[name="items[1][kind]"]', 'phone');
    await desk.fill('[name="items[1][label]"]', 'Oppo putih');
    await press(desk, post(desk, '/titipan').first().locator('button[type=submit]'));
    assert.match(await desk.textContent('main'), /Oppo putih/);
    await press(desk, post(desk, '/ruang-tunggu').locator('button'));
    assert.match(await desk.textContent('main'), /Ruang tunggu 1/);
    clean(desk);
  });

  suite.test('two levels by WhatsApp, live at the desk without a reload', async () => {
    const office = await need();
    await desk.goto('/tamu');
    await desk.evaluate(() => { globalThis.samePage = true; });
    const row = desk.locator('li.visit', { has: desk.locator(`a[href="${target}"]`) });
    const live = (what) => until(`the row says ${what}`, async () => what.test(await row.textContent()));
    await office.message('tamu_baru');
    await live(/[Dd]ibaca/);
    assert.equal((await office.control('/tap', { to: PHONES.arief, button: 0, text: 'Saya terima' })).status, 200);
    const question = await office.message('tanya_kajari');
    assert.equal(question.to, PHONES.hendra);
    await live(/Kajari/);
    assert.equal((await office.control('/tap', { to: PHONES.hendra, button: 0, text: 'Saya terima' })).status, 200);
    await live(/Catat diterima/);
    assert.equal(await desk.evaluate(() => globalThis.samePage), true, 'the page was loaded again');
    await desk.goto(target);
    assert.match(await desk.textContent('main'), /Penerima tamu: .*Hendra/);
    clean(desk);
  });

  suite.test('received, note with a signature, complaint and its receipt', async () => {
    const office = await need();
    const head = await person(browser, office, 'hendra');
    await head.goto(target);
    await press(head, post(head, '/diterima').locator('button'));
    await head.locator('summary', { hasText: 'catatan wawancara' }).click();
    await head.fill('[name=who]', 'Dewi');
    await head.fill('[name=what]', 'Bertanya');
    const pad = head.locator('[data-signature] canvas, canvas[data-signature-canvas], [data-signature] svg').first();
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    await head.mouse.move(box.x + 20, box.y + 20);
    await head.mouse.down();
    await head.mouse.move(box.x + 80, box.y + 50, { steps: 6 });
    await head.mouse.move(box.x + 120, box.y + 25, { steps: 6 });
    await head.mouse.up();
    assert.match(await head.inputValue('[name=signature]'), /^M/);
    await press(head, post(head, '/catatan').locator('button[type=submit]').last());
    await press(head, head.locator('main a[href$="/pengaduan"]'));
    await head.fill('[name=text]', 'Ada pungutan <script>alert(1)</script> liar.');
    await head.fill('[name="parties.0.name"]', 'Oknum');
    await press(head, head.locator('main form[action$="/pengaduan"] button.big').last());
    assert.match(head.url(), /tanda-terima$/);
    assert.ok(!(await head.textContent('main')).includes('pungutan'));
    await head.goto(`${target}/pengaduan/isi`);
    assert.match(await head.textContent('main'), /Ada pungutan <script>alert\(1\)<\/script> liar\./);
    clean(head);
    await head.context().close();
  });

  suite.test('return by scan, badge back, closed', async () => {
    const office = await need();
    const duty = await person(browser, office, 'yuliana');
    await duty.goto('/pengembalian');
    await duty.locator('h1').click();
    await duty.keyboard.type('a-09');
    await Promise.all([duty.waitForNavigation(), duty.keyboard.press('Enter')]);
    assert.match(await duty.textContent('main'), /Oppo putih/);
    await press(duty, duty.locator('button', { hasText: 'Kembalikan semua' }));
    await press(duty, post(duty, '/selesai').locator('button'));
    assert.match(await duty.textContent('main'), /ditutup/);
    const program = await office.program('rina');
    assert.equal((await program.getJson(target)).json.state, 'closed');
    clean(duty);
    await duty.context().close();
  });

  suite.test('a new guest by keyboard alone', async () => {
    const office = await need();
    const page = await person(browser, office, 'rina');
    await page.goto('/tamu');
    const data = guestData();
    // Tab until the wanted field has the focus: it must be reachable, and the focus must be seen.
    const tabTo = async (selector) => {
      for (let i = 0; i < 120; i += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate((s) => {
          const e = document.activeElement;
          if (!e || !e.matches(s)) return null;
          const style = getComputedStyle(e);
          const label = e.closest('label');
          const around = label ? getComputedStyle(label) : style;
          return style.outlineStyle !== 'none' || style.boxShadow !== 'none' || around.outlineStyle !== 'none' || around.boxShadow !== 'none';
        }, selector);
        if (at !== null) {
          assert.ok(at, `the focus on ${selector} is not seen`);
          return;
        }
      }
      throw new Error(`${selector} is not reachable by Tab`);
    };
    await tabTo('.skip');
    await tabTo('a[href="/tamu/baru"]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await tabTo('#no_photo_reason');
    await page.keyboard.type('Kamera');
    await tabTo('#id_number');
    await page.keyboard.type(data.id_number);
    await tabTo('#name');
    await page.keyboard.type(data.name);
    await tabTo('#phone');
    await page.keyboard.type(data.phone);
    await tabTo('input[name=category]');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await tabTo('#purpose');
    await page.keyboard.type('Bertemu');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Control+Enter')]);
    assert.equal(await page.textContent('h1'), data.name);
    assert.match(await page.textContent('main'), /Kamera rusak/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'badge');
    await page.keyboard.type('A-10');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.match(await page.textContent('main'), /A-10/);
    clean(page);
    await page.context().close();
  });

  suite.test('the whole path without JavaScript', async () => {
    const office = await need();
    const page = await person(browser, office, 'rina', { javaScriptEnabled: false });
    await page.goto('/tamu/baru');
    const data = guestData();
    await fillGuest(page, data);
    await page.setInputFiles('input[type=file][name=photo]', PHOTO);
    await page.locator('button.big').click();
    await page.waitForURL(/\/tamu\/[0-9a-f-]{36}$/);
    const path = new URL(page.url()).pathname;
    assert.match(await page.textContent('main'), new RegExp(data.name));
    await page.fill('#badge', 'A-12');
    await post(page, '/titipan').first().locator('button[type=submit]').click();
    await post(page, '/ruang-tunggu').locator('button').click();
    const decide = post(page, '/keputusan');
    await decide.locator('input[name=official][value=office_head]').check();
    await decide.locator('input[name=outcome][value=intel_chief]').check();
    await decide.locator('button').click();
    await post(page, '/diterima').locator('button').click();
    await page.locator('a[href$="/pengaduan"]').click();
    await page.fill('[name=text]', 'Tertulis tanpa skrip.');
    await page.locator('main form[method=post] button[type=submit]').last().click();
    await page.waitForURL(/tanda-terima$/);
    await page.goto('/pengembalian?badge=A-12');
    await page.locator('button', { hasText: 'Kembalikan' }).last().click();
    await page.locator('form[action$="/selesai"] button').click();
    const program = await office.program('rina');
    await until('closed', async () => (await program.getJson(path)).json.state === 'closed');
    clean(page);
    await page.context().close();
  });

  suite.test('a refused camera says so, and a file does instead', async () => {
    const office = await need();
    const other = await launch({ camera: false });
    try {
      const page = await person(other, office, 'rina', { permissions: [] });
      await page.goto('/tamu/baru');
      await page.click('[data-camera-open]');
      await until('a sentence about the camera', async () =>
        /tidak diizinkan|belum diizinkan/.test(await page.textContent('[data-camera-status]')), 25_000);
      await page.setInputFiles('input[type=file][name=photo]', PHOTO);
      await fillGuest(page, guestData());
      await press(page, page.locator('button.big'));
      assert.match(page.url(), /\/tamu\/[0-9a-f-]{36}$/);
      clean(page);
    } finally {
      await other.close();
    }
  });

  suite.test('hostile names are shown as they are, everywhere', async () => {
    const office = await need();
    const page = await person(browser, office, 'rina');
    const program = await office.program('rina');
    const name = '"><svg onload=alert(1)>{{7*7}}\'';
    const made = await program.json('/tamu', guestData({ name, purpose: '<img src=x onerror=alert(2)>', organization: '</title><script>alert(3)</script>', companions: [{ name: '<b>tebal</b>' }] }));
    assert.equal(made.status, 201, made.text);
    for (const where of ['/tamu', `/tamu/${made.json.id}`, '/penutupan-hari']) {
      await page.goto(where);
      assert.equal(await page.locator('svg[onload], img[onerror]').count(), 0);
    }
    await page.goto(`/tamu/${made.json.id}`);
    assert.equal((await page.textContent('h1')).replace(/\s/g, ' '), name.replace(/\s/g, ' '));
    await sleep(100);
    clean(page);
    await page.context().close();
  });

  suite.test('every page: no serious finding of axe-core, nothing too wide', async () => {
    const office = await need();
    const program = await office.program('rina');
    const visit = (await program.json('/tamu', guestData({ category: 'complaint', organization: 'Kantor Desa Selat Hulu' }))).json;
    const at = `/tamu/${visit.id}`;
    const findings = [];
    const seen = async (page, name, where) => {
      if (where) await page.goto(where);
      findings.push(...(await axe(page)).map((f) => `${name}: ${f}`), ...await shoot(page, name));
    };
    const nobody = await person(browser, office);
    await seen(nobody, 'masuk', '/masuk');
    await nobody.fill('#username', 'rina');
    await nobody.fill('#password', 'salah sama sekali');
    await press(nobody, nobody.locator('main button[type=submit]'));
    await seen(nobody, 'masuk-salah');
    await seen(nobody, 'tidak-ada', '/tidak-ada');
    await office.message('tamu_baru');
    await until('the link', () => office.messages('tamu_baru').some((m) => m.params.some((p) => /\/jawab\//.test(p))));
    const page = await person(browser, office, 'rina');
    await seen(page, 'tamu', '/tamu');
    await seen(page, 'tamu-cari', '/tamu?q=budi');
    await seen(page, 'tamu-baru', '/tamu/baru');
    await press(page, page.locator('button.big'));
    await seen(page, 'tamu-baru-ditolak');
    await seen(page, 'kunjungan-3', at);
    await program.json(`${at}/titipan`, { badge: 'A-30', items: [{ kind: 'id_card', label: 'KTP' }, { kind: 'phone', label: 'Samsung' }] });
    await seen(page, 'kunjungan-4', at);
    await program.json(`${at}/ruang-tunggu`, {});
    await seen(page, 'kunjungan-6', at);
    await seen(page, 'slip', `${at}/slip`);
    await page.goto(new URL('/pengembalian', page.url()).href);
    await page.type('#badge', at.split('/').pop()); // what the slip's code holds, from a scanner that types
    await Promise.all([page.waitForNavigation(), page.press('#badge', 'Enter')]);
    assert.match(await page.textContent('main'), /Samsung/);
    const chief = await person(browser, office, 'arief');
    await seen(chief, 'jawab', '/jawab');
    await seen(chief, 'jawab-tamu', `${at}/jawab`);
    const last = await until('its notice', () => office.messages('tamu_baru').findLast((m) => m.params[0].startsWith(`${visit.number}/`)));
    const link = new URL(last.params.find((p) => p.includes('/jawab/'))).pathname;
    const phone = await person(browser, office);
    await seen(phone, 'jawab-tautan', link);
    await press(phone, phone.locator('button[value=intel_chief]'));
    await seen(phone, 'jawab-tercatat');
    await program.json(`${at}/keputusan`, { official: 'office_head', outcome: 'office_head' });
    await program.json(`${at}/diterima`, {});
    await seen(page, 'kunjungan-7', at);
    await seen(page, 'pengaduan', `${at}/pengaduan`);
    await page.fill('[name=text]', 'Isi pengaduan untuk gambar.');
    await press(page, page.locator('main form[method=post] button[type=submit]').last());
    await seen(page, 'tanda-terima');
    const head = await person(browser, office, 'hendra');
    await seen(head, 'pengaduan-isi', `${at}/pengaduan/isi`);
    const made = await (await office.login('admin')).json('/petugas', { username: 'kasi.baru', name: 'Kasi Baru', roles: ['intel_chief'], password: 'kuda merah lari ke pasar' });
    assert.equal(made.status, 201, made.text);
    await seen(head, 'jawab-kunci', '/jawab');
    await seen(head, 'kunci', '/kunci');
    await seen(page, 'pengembalian', '/pengembalian');
    await seen(page, 'pengembalian-tamu', '/pengembalian?badge=A-30');
    await seen(page, 'tutup-hari', '/penutupan-hari');
    await seen(page, 'akun', '/akun');
    const admin = await person(browser, office, 'admin');
    for (const name of ['petugas', 'tanda-pengenal', 'loker', 'ruang', 'kantor']) await seen(admin, name, `/${name}`);
    await seen(admin, 'petugas-satu', await admin.goto('/petugas').then(() => admin.locator('main a[href^="/petugas/"]').first().getAttribute('href')));
    for (const p of [nobody, page, chief, phone, head, admin]) {
      clean(p);
      await p.context().close();
    }
    assert.deepEqual(findings, []);
  }, { ms: 240_000 });

  suite.test('dark colours, English, large text: no serious finding of axe-core', async () => {
    const office = await need();
    const program = await office.program('rina');
    const visit = (await program.json('/tamu', guestData({ organization: 'Kantor Desa', priority: 'elderly' }))).json;
    await program.json(`/tamu/${visit.id}/titipan`, { badge: 'A-25', items: [{ kind: 'id_card' }] });
    const findings = [];
    const dark = await person(browser, office, 'rina', { colorScheme: 'dark' });
    const admin = await person(browser, office, 'admin', { colorScheme: 'dark' });
    const chief = await person(browser, office, 'arief', { colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    const walk = async (page, name, paths) => {
      for (const where of paths) {
        await page.goto(where);
        findings.push(...(await axe(page)).map((f) => `${name} ${where}: ${f}`));
      }
    };
    await walk(dark, 'dark', ['/tamu', '/tamu/baru', `/tamu/${visit.id}`, '/pengembalian?badge=A-25', '/penutupan-hari', '/akun']);
    await dark.goto('/tamu/baru');
    await press(dark, dark.locator('button.big'));
    await dark.hover('button.big');
    await sleep(400); // the colour changes slowly
    findings.push(...(await axe(dark)).map((f) => `dark, refused: ${f}`), ...await shoot(dark, 'gelap-tamu-baru'));
    await dark.goto('/tamu');
    findings.push(...await shoot(dark, 'gelap-tamu'));
    await walk(admin, 'dark', ['/petugas', '/kantor', '/loker']);
    await walk(chief, 'dark', ['/jawab', `/tamu/${visit.id}/jawab`]);
    await dark.goto('/tamu');
    await press(dark, dark.locator('button[name=ke][value=en]'));
    assert.equal(await dark.getAttribute('html', 'lang'), 'en');
    await walk(dark, 'English', ['/tamu', '/tamu/baru', `/tamu/${visit.id}`, '/penutupan-hari']);
    findings.push(...await shoot(dark, 'inggris-tutup-hari'));
    await press(dark, dark.locator('button[name=ke][value=id]'));
    // Twice the text size must not push anything out of the window (WCAG 1.4.4, 1.4.10).
    for (const where of ['/tamu', '/tamu/baru', `/tamu/${visit.id}`, '/pengembalian?badge=A-25']) {
      await dark.setViewportSize({ width: 683, height: 384 });
      await dark.goto(where);
      await dark.evaluate(() => { document.documentElement.style.setProperty('font-size', '200%'); });
      const over = await dark.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) findings.push(`${where} is ${over} px too wide with large text`);
    }
    for (const p of [dark, admin, chief]) {
      clean(p);
      await p.context().close();
    }
    assert.deepEqual(findings, []);
  }, { ms: 240_000 });
}
