// Letters as an office uses them: LibreOffice opens every one and prints what was typed, hostile or not; a template
// that went through an office program comes back, is checked and used; one with a mistake is refused in words.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { convert as convertAll, haveSoffice, printed } from './papers.mjs';

const KINDS = ['complaint_form', 'receipt', 'review', 'disposition', 'order', 'report', 'notice', 'transfer',
  'completion', 'summons', 'deposit', 'service_report', 'pledge'];
const HOSTILE = 'Dr. Ir. H. Muhammad Abdurrahman Wiranatakusumah-Tjokrodiningrat ]]> & <w:p/> "=1+1" {{nomor_surat}} {{/dasar}}';


export default function (suite) {
  let chief, admin, id, dir;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (chief) return office;
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-surat.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    const desk = await office.login('rina');
    await desk.get('/tamu');
    const taken = await desk.json('/pengaduan/baru', {
      text: 'Dana bantuan dipotong.\nWarga menandatangani kuitansi kosong.', way: 'letter', class: 'corruption',
      parties: [{ name: 'Budi Hartono', position: 'Kepala Desa', address: 'Desa Anjir' }],
      documents: [{ kind: 'Kuitansi', form: 'copy', count: 2 }, { kind: 'Foto', form: 'digital', count: 5 }],
      place: 'Desa Anjir', loss_rupiah: 12500000, reporter_mode: 'confidential', reporter_name: 'Siti Pelapor',
      reporter_address: 'Jl. Mawar 1, Kuala Kapuas',
    });
    assert.equal(taken.status, 201, taken.text);
    chief = await office.login('arief');
    admin = await office.login('admin');
    await admin.get('/nomor-surat');
    const placed = await admin.json('/nomor-surat/kode', { place: 'Kuala Kapuas', rules: [] });
    assert.equal(placed.status, 200, placed.text);
    await office.halt();
    id = await office.sql('SELECT id FROM complaint');
    await office.serve();
    return office;
  };
  const convert = async (to, files) => {
    const out = fs.mkdtempSync(path.join(dir, 'out.'));
    await convertAll(dir, to, files, { out });
    return (file) => path.join(out, path.basename(file).replace(/\.docx$/, `.${to}`));
  };
  const save = (name, bytes) => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, bytes);
    return file;
  };

  suite.test('every shipped letter is printed as it should be', async () => {
    if (!haveSoffice) return 'soffice is not installed';
    await need();
    const files = [];
    for (const kind of KINDS) {
      const answer = await admin.get(`/templat-surat/${kind}/contoh`);
      assert.equal(answer.status, 200);
      files.push(save(`${kind}.docx`, answer.bytes));
    }
    const pdf = await convert('pdf', files);
    for (const [i, kind] of KINDS.entries()) {
      const text = await printed(pdf(files[i]));
      assert.match(text, /KEJAKSAAN NEGERI KAPUAS/, kind);
      assert.doesNotMatch(text, /\{\{|\}\}/, kind);
      assert.match(text, /Halaman 1 dari/, kind);
      assert.doesNotMatch(text, /KEJAKSAAN REPUBLIK/, `${kind}: the letterhead is that of the office's PDFs`);
    }
    return undefined;
  });

  suite.test('a letter with hostile words is printed with those words', async () => {
    await need();
    await chief.get(`/pengaduan/${id}/surat`);
    const people = await chief.get(`/pengaduan/${id}/surat/baru?jenis=order`);
    const signer = /<option value="([0-9a-f-]{36})"[^>]*>Hendra/.exec(people.text)[1];
    const member = /name="team" value="([0-9a-f-]{36})"[^>]*>\s*Bayu/.exec(people.text)[1];
    const made = await chief.json(`/pengaduan/${id}/surat`, {
      kind: 'order', signer, team: [member], basis: `Dasar satu.\n${HOSTILE}`, task: `${'kata '.repeat(780)}akhir`,
      period: '7 (tujuh) hari kerja', copies: 'Yth. Kajati',
    });
    assert.equal(made.status, 201, made.text);
    const answer = await chief.get(`/pengaduan/${id}/surat/${made.json.id}/unduh`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-disposition'], /Print-1-.*\.docx/);
    assert.match(answer.headers['cache-control'], /no-store/);
    const notice = await chief.json(`/pengaduan/${id}/surat`, {
      kind: 'notice', signer, subject: 'Perkembangan pengaduan', body: 'Pengaduan Saudara sedang ditindaklanjuti.\nTerima kasih.',
    });
    const named = await chief.form(`/pengaduan/${id}/surat/${notice.json.id}/unduh`, {});
    const files = [save('perintah.docx', answer.bytes), save('kabar.docx', named.bytes)];
    if (!haveSoffice) return;
    const pdf = await convert('pdf', files);
    const order = (await printed(pdf(files[0]))).replace(/\s+/g, ' ');
    assert.ok(order.includes(made.json.number));
    assert.ok(order.includes(HOSTILE.replace(/\s+/g, ' ')), order);
    assert.match(order, /Bayu Saputra/);
    assert.match(order, /kata kata akhir/);
    const told = (await printed(pdf(files[1]))).replace(/\s+/g, ' ');
    assert.match(told, /Siti Pelapor/);
    assert.match(told, /Jl\. Mawar 1/);
    assert.match(told, /Kuala Kapuas, \d+ \w+ \d{4}/);
  });

  suite.test('a template saved by an office program is taken and used', async () => {
    if (!haveSoffice) return 'soffice is not installed';
    await need();
    const shipped = save('templat.docx', (await admin.get('/templat-surat/disposition/unduh?versi=0')).bytes);
    const rich = await convert('odt', [shipped]);
    const back = await convert('docx', [rich(shipped)]);
    const bytes = fs.readFileSync(back(rich(shipped).replace(/\.odt$/, '.docx')));
    await admin.get('/templat-surat/disposition');
    const answer = await admin.form('/templat-surat/disposition', {}, { files: { file: { name: 'disposisi.docx', type: 'application/octet-stream', data: bytes } } });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /Versi 1/);
    const sample = save('contoh.docx', (await admin.get('/templat-surat/disposition/contoh')).bytes);
    const pdf = await convert('pdf', [sample]);
    const text = await printed(pdf(sample));
    assert.match(text, /CONTOH-0\/KODE/);
    assert.match(text, /Contoh isi surat/);
    assert.doesNotMatch(text, /\{\{/);
    return undefined;
  });

  suite.test('a template with a mistake is refused in words, and nothing changes', async () => {
    await need();
    await admin.get('/templat-surat/order');
    const answer = await admin.form('/templat-surat/order', {}, { files: { file: { name: 'x.docx', data: Buffer.from('PK bukan dokumen, tetapi cukup panjang untuk diperiksa') } } });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /bukan dokumen Word/);
    assert.match((await admin.get('/templat-surat')).text, /Bawaan program/);
  });

  suite.test('the pages can be used by keyboard and on a telephone', async () => {
    const office = await need();
    const browser = await launch();
    suite.cleanup(() => browser.close());
    const page = await person(browser, office, 'arief');
    const boss = await person(browser, office, 'admin');
    const looked = async (who, target, name) => {
      await who.goto(target);
      assert.deepEqual(await axe(who), [], name);
      assert.deepEqual(await shoot(who, name), [], name);
    };
    await looked(page, `/pengaduan/${id}/surat`, 'surat');
    await page.selectOption('#jenis', 'disposition');
    await Promise.all([page.waitForNavigation(), page.locator('button', { hasText: 'Lanjutkan' }).click()]);
    await looked(page, page.url().replace(office.url, ''), 'surat-baru');
    await page.fill('#addressee', 'Kasi Intelijen');
    await page.fill('#body', 'Telaah dan laporkan.');
    await Promise.all([page.waitForNavigation(), page.locator('button.big[type=submit]').click()]);
    assert.match(await page.textContent('main'), /R-DISP-1\//);
    await looked(boss, '/nomor-surat', 'nomor-surat');
    await looked(boss, '/templat-surat', 'templat-surat');
    await looked(boss, '/templat-surat/order', 'templat-surat-satu');
    clean(page);
    clean(boss);
  });
}
