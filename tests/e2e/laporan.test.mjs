// The report by mail, from the page to the mailbox: named, due while the server was down, sent once, opened with the
// programs people have; without a mail server it waits and says so.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { guestData, sleep, startFake, until } from './lib.mjs';
import { convert, haveSoffice, printed } from './papers.mjs';

const DAY = 24 * 3600 * 1000;

// --- a mail as a reader takes it apart ---------------------------------------------------------------

// Header lines, unfolded, by lower-case name.
function headersOf(text) {
  const head = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ');
  return new Map(head.split('\r\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  }));
}

const words = (value) => value.replace(/=\?UTF-8\?B\?([^?]*)\?=\s*/g, (_, b) => Buffer.from(b, 'base64').toString('utf8'));

function open(mail) {
  const headers = headersOf(mail.text);
  const boundary = /^multipart\/mixed; boundary="([^"]+)"$/.exec(headers.get('content-type'))[1];
  const parts = mail.text.split(`--${boundary}`).slice(1, -1).map((part) => part.replace(/^\r\n/, ''));
  assert.equal(parts.length, 2);
  const bodies = parts.map((part) => Buffer.from(part.slice(part.indexOf('\r\n\r\n')), 'base64'));
  return {
    headers, subject: words(headers.get('subject')), text: bodies[0].toString('utf8'),
    type: headersOf(parts[1]).get('content-type'),
    name: /^attachment; filename="([^"]+)"$/.exec(headersOf(parts[1]).get('content-disposition'))[1],
    file: bodies[1],
  };
}

export default function (suite) {
  let office, admin, dir, port, control, guestName;
  const mails = async () => (await fetch(`http://127.0.0.1:${control}/`)).json();
  const waitMails = (n) => until(`mail ${n}`, async () => {
    const list = await mails();
    return list.length >= n ? list : null;
  }, 20_000);
  const settings = () => office.writeSettings({
    extra: `[mail]\nurl = smtp://127.0.0.1:${port}\nfrom = bukutamu@kantor.example\n`,
  });
  const need = async () => {
    if (office) return office;
    office = await suite.office({ whatsapp: false });
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-laporan.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    [port, control] = await startFake(suite, 'mail');
    const desk = await office.program('rina');
    const guest = guestData();
    guestName = guest.name;
    assert.equal((await desk.json('/tamu', guest)).status, 201);
    admin = await office.login('admin');
    return office;
  };
  const page = async () => (await admin.get('/laporan-berkala')).text;
  const list = async () => (await admin.getJson('/laporan-berkala')).json;
  const save = (name, bytes) => {
    fs.writeFileSync(path.join(dir, name), bytes);
    return path.join(dir, name);
  };

  suite.test('recipients are named while no mail server is set up, and the page says that it waits', async () => {
    await need();
    await admin.get('/laporan-berkala');
    const wrong = await admin.form('/laporan-berkala', { name: 'Kejati', address: 'kejati@', report: 'monthly', form: 'pdf', day: '40' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /value="Kejati"/);
    assert.match(wrong.text, /id="day-e"/);
    for (const [name, address, report, form] of [['Kejati Kalimantan Tengah – Pembinaan', 'pembinaan@kejati.example', 'monthly', 'pdf'],
      ['Kejati Kalimantan Tengah – Pengawasan', 'pengawasan@kejati.example', 'monthly', 'docx'],
      ['Kejagung', 'laporan@kejagung.example', 'yearly', 'pdf']]) {
      const made = await admin.form('/laporan-berkala', { name, address, report, form, day: '31' });
      assert.equal(made.status, 200, made.text);
      assert.match(made.text, /Penerima ditambahkan/);
    }
    const text = await page();
    assert.match(text, /Saluran surel belum disiapkan/);
    assert.doesNotMatch(text, /Kirim sekarang/);
    assert.doesNotMatch(text, /pembinaan@/);
    const { items, mail_ready: ready } = await list();
    assert.equal(ready, false);
    assert.equal(items.length, 3);
    assert.ok(items.every((one) => Date.parse(one.next_at) > Date.now()));
  });

  suite.test('what fell due while the server was down is sent once, and opens', async () => {
    await need();
    await office.halt();
    await office.sql(`UPDATE report_recipient SET created_at = ${Date.now() - 62 * DAY} WHERE report = 'monthly'`);
    await office.sql(`UPDATE visit SET arrived_at = arrived_at - ${31 * DAY}`);
    await office.serve(); // still without a mail server: due, and waiting
    await sleep(1500);
    assert.match(await page(), /Menunggu saluran surel disiapkan/);
    await office.halt();
    settings();
    await office.serve();
    await until('both recipients have theirs', async () => (await list()).items.filter((one) => one.sent_at).length === 2, 20_000);
    const rows = Number(await office.sql("SELECT count(*) FROM outbox WHERE kind = 'report_mail'"));
    assert.ok(rows >= 2 && rows % 2 === 0, String(rows));
    const arrived = await waitMails(rows);
    assert.equal(arrived.length, rows);
    for (const mail of arrived) {
      const one = open(mail);
      assert.match(one.subject, /^Laporan pelayanan \p{L}+ \d{4}, Kejaksaan Negeri Kapuas$/u);
      assert.match(one.text, /berisi angka saja/);
      assert.doesNotMatch(mail.text + one.text, new RegExp(guestName));
      const word = mail.to[0].startsWith('pengawasan');
      assert.equal(one.type, word ? 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' : 'application/pdf');
      assert.match(one.name, word ? /^Laporan pelayanan \d{4}-\d\d\.docx$/ : /^Laporan pelayanan \d{4}-\d\d\.pdf$/);
    }
    const pdf = arrived.map(open).filter((one) => one.type === 'application/pdf').at(-1);
    const text = await printed(save('laporan.pdf', pdf.file));
    assert.match(text, /LAPORAN PELAYANAN TAMU/);
    assert.match(text, /KEJAKSAAN NEGERI KAPUAS/i);
    assert.doesNotMatch(text, new RegExp(guestName));
    // Nothing more after another start, and a minute of the clock.
    await office.restart();
    await sleep(2500);
    assert.equal((await mails()).length, rows);
    assert.equal(Number(await office.sql("SELECT count(*) FROM audit_entry WHERE action = 'report_mailed'")), rows);
    assert.match(await page(), /Terkirim/);
    assert.doesNotMatch(office.log(), /kejati\.example/);
  });

  suite.test('the Word file opens in LibreOffice', async () => {
    if (!haveSoffice) return 'soffice is not installed';
    await need();
    const word = (await mails()).map(open).find((one) => one.name.endsWith('.docx'));
    const file = save('laporan.docx', word.file);
    await convert(dir, 'pdf', [file]);
    const text = await printed(file.replace(/docx$/, 'pdf'));
    assert.match(text, /Laporan Pelayanan Tamu/i);
    assert.doesNotMatch(text, /\{\{|\}\}/);
    assert.doesNotMatch(text, new RegExp(guestName));
    return undefined;
  });

  suite.test('a report is sent at once when somebody asks, and a refusal is seen', async () => {
    await need();
    const before = (await mails()).length;
    const yearly = (await list()).items.find((one) => one.report === 'yearly');
    await admin.get('/laporan-berkala');
    const asked = await admin.form(`/laporan-berkala/${yearly.id}/kirim`, {});
    assert.equal(asked.status, 200, asked.text);
    const arrived = await waitMails(before + 1);
    const one = open(arrived.at(-1));
    assert.deepEqual(arrived.at(-1).to, ['laporan@kejagung.example']);
    assert.match(one.name, /^Laporan pelayanan \d{4}\.pdf$/);
    await until('the page says so', async () => /Kiriman langsung diterima server surel/.test(await page()));
    assert.equal((await list()).items.find((r) => r.id === yearly.id).sent_at, null);
    const made = await admin.form('/laporan-berkala', { name: 'Ditolak', address: 'code550@kejati.example', report: 'monthly', form: 'pdf', day: '1' });
    assert.equal(made.status, 200);
    const refused = (await list()).items.find((r) => r.name === 'Ditolak');
    await admin.form(`/laporan-berkala/${refused.id}/kirim`, {});
    await until('the refusal', async () => /Kiriman langsung gagal: Alamat surel penerima ditolak/.test(await page()));
    const health = (await admin.get('/saluran')).text;
    assert.match(health, /<b>Ditolak<\/b>/);
    assert.match(health, /laporan, kiriman langsung/);
    const removed = await admin.form(`/laporan-berkala/${refused.id}/hapus`, {});
    assert.match(removed.text, /Alamatnya dilupakan/);
    assert.equal(await office.sql("SELECT count(*) FROM report_recipient WHERE ended_at IS NOT NULL AND address_sealed IS NULL"), '1');
  });

  suite.test('the page is readable at three widths', async () => {
    await need();
    const browser = await launch();
    suite.cleanup(() => browser.close());
    const chief = await person(browser, office, 'arief');
    await chief.goto('/dasbor');
    await chief.click('text=Lewat surel');
    await chief.waitForURL('**/laporan-berkala');
    assert.deepEqual(await axe(chief), []);
    assert.deepEqual(await shoot(chief, 'laporan-berkala'), []);
    clean(chief);
  });
}
