// The dashboard as its readers use it: in a browser of three widths and without scripts, from a number to its visits, and
// as papers that an office program opens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { guestData } from './lib.mjs';
import { convert, haveSoffice, printed } from './papers.mjs';


export default function (suite) {
  let browser, dir;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (browser) return office;
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-dasbor.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    browser = await launch();
    suite.cleanup(() => browser.close());
    const desk = await office.program('rina');
    for (let i = 0; i < 6; i++) {
      const made = await desk.json('/tamu', guestData({ category: i % 2 ? 'information' : 'meeting' }));
      assert.equal(made.status, 201, made.text);
    }
    const late = await desk.json('/tamu', guestData({
      arrived_at: new Date(Date.now() - 600_000).toISOString(), late_reason: 'Listrik padam', category: 'delivery',
    }));
    assert.equal(late.status, 201, late.text);
    return office;
  };
  const year = () => new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();

  suite.test('every width, no script, from a number to its visits', async () => {
    const office = await need();
    const page = await person(browser, office, 'arief');
    await page.goto('/dasbor');
    assert.match(await page.textContent('.strip'), /7\s*kunjungan/);
    assert.deepEqual(await shoot(page, 'dasbor'), []);
    assert.deepEqual(await axe(page), []);
    await page.selectOption('#kurun', 'hari');
    await page.click('button:has-text("Tampilkan")');
    assert.match(new URL(page.url()).pathname, /^\/dasbor\/\d{4}-\d{2}-\d{2}$/);
    await page.click('a:has-text("Belum atau tidak jadi diterima")');
    assert.equal(await page.locator('tbody tr').count(), 6);
    assert.deepEqual(await axe(page), []);
    await page.click('tbody a >> nth=0');
    assert.match(new URL(page.url()).pathname, /^\/tamu\//);
    clean(page);
    await page.context().close();
    const plain = await person(browser, office, 'monitor', { javaScriptEnabled: false });
    assert.equal(new URL(plain.url()).pathname, '/dasbor');
    assert.equal(await plain.locator('main a[href*="kunjungan"]').count(), 0);
    await plain.click('summary:has-text("Tabel angka") >> nth=0');
    assert.ok(await plain.locator('details[open] table').isVisible());
    await plain.context().close();
  });

  suite.test('the report in three formats says the same', async () => {
    const office = await need();
    const head = await office.login('hendra');
    const pdf = path.join(dir, 'laporan.pdf');
    const texts = [];
    for (const kind of ['pdf', 'docx', 'xlsx']) {
      const answer = await head.get(`/dasbor/${year()}/laporan.${kind}`);
      assert.equal(answer.status, 200, answer.text);
      fs.writeFileSync(path.join(dir, `laporan.${kind}`), answer.bytes);
    }
    texts.push(await printed(pdf));
    for (const kind of haveSoffice ? ['docx', 'xlsx'] : []) {
      const out = path.join(dir, kind);
      await convert(dir, 'pdf', [path.join(dir, `laporan.${kind}`)], { out });
      texts.push(await printed(path.join(out, 'laporan.pdf')));
    }
    for (const text of texts) {
      assert.match(text, /Kejaksaan Negeri Kapuas|KEJAKSAAN NEGERI KAPUAS/);
      assert.match(text, /Dicatat susulan\s+1\b/);
      assert.match(text, /Bertemu pejabat\s+3\b/);
      assert.match(text, /Belum atau tidak jadi diterima\s+6\b/);
      assert.doesNotMatch(text, /\{\{|#REF|Listrik padam/);
    }
  });
}
