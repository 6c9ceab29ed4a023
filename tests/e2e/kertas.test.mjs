// Every letter of the product, as shipped and with its placeholders cut into runs as Word cuts them, filled with what
// nobody should write: LibreOffice opens all of them and prints exactly that, as text.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pack, splitRuns, unpack } from './docx.mjs';
import { convert, haveSoffice, printed } from './papers.mjs';


const BAD = `=cmd|' /C calc'!A0 ]]> &amp; <w:p/> {{nomor_surat}} {{/dokumen}} {{x}}`;
// What no form takes may still lie in a database: from an import, from a version of long ago.
const HIDDEN = `=1+1 \u0001]]>&amp;\u202Eterbalik\u202C \u200F{{x}}`;
const SHOWN = '=1+1 ]]>&amp;terbalik {{x}}';
const LONG = 'Ž'.repeat(5000);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// What each letter must say beside its own words, and how often the name of 5,000 letters stands in it (the signer's, and what is typed or told).
const letters = {
  review: { fields: { addressee: BAD, subject: BAD, analysis: `${BAD}\n${LONG}`, conclusion: BAD, advice: BAD, value: 'A-1' }, says: [BAD, SHOWN], long: 3 },
  disposition: { fields: { addressee: BAD, subject: BAD, body: `${BAD}\n${LONG}`, note: BAD, period: BAD }, says: [BAD, SHOWN], long: 2 },
  order: { fields: { basis: `${BAD}\nDasar dua.`, task: BAD, period: BAD, copies: BAD, team: true }, says: [BAD, SHOWN], long: 2 },
  report: { fields: { addressee: BAD, subject: BAD, basis: BAD, body: BAD, note: BAD, analysis: BAD, conclusion: LONG, advice: BAD, team: true }, says: [BAD, SHOWN], long: 3 },
  notice: { fields: { addressee: BAD, subject: BAD, body: `${BAD}\n${LONG}`, conclusion: BAD, copies: BAD }, says: [BAD, SHOWN], long: 2 },
  transfer: { fields: { addressee: BAD, subject: BAD, body: LONG, nature: '=1+1', attachment: BAD.slice(0, 70) }, says: [BAD, SHOWN], long: 2 },
  completion: { fields: { subject: BAD, body: `${BAD}\n${LONG}`, period: BAD }, says: [BAD, SHOWN], long: 2 },
  summons: { fields: { addressee: BAD, subject: BAD, period: BAD, note: BAD, task: BAD, body: LONG }, says: [BAD, SHOWN], long: 2 },
};
const papers = {
  complaint_form: { says: [BAD, SHOWN], long: 1 },
  receipt: { says: [BAD, SHOWN], long: 0 },
  deposit: { says: [SHOWN], long: 3 },
  service_report: { says: [SHOWN], long: 1 },
  pledge: { says: [BAD, SHOWN], long: 1 },
};

export default function (suite) {
  let office, desk, chief, admin, complaint, visit, signer, dir;
  const spaced = (text) => text.replace(/\s+/g, '');
  const openAll = async () => {
    desk = await office.login('rina');
    chief = await office.login('arief');
    admin = await office.login('admin');
    for (const who of [desk, chief, admin]) await who.get('/tamu');
  };

  // A complaint and a guest by the counter; then the rows that no form would have taken.
  const prepare = async () => {
    office = await suite.office({ whatsapp: false });
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-kertas.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    await openAll();
    const taken = await desk.json('/pengaduan/baru', {
      text: `${BAD}\n${LONG}`, way: 'oral', class: 'corruption', reporter_mode: 'confidential', reporter_name: BAD, reporter_address: BAD,
      parties: [{ name: BAD, position: BAD, address: BAD }], place: BAD, period: BAD, earlier: BAD, who: BAD, how: BAD,
      documents: [{ kind: BAD, form: 'copy', count: 2 }],
    });
    assert.equal(taken.status, 201, taken.text);
    const guest = await desk.json('/tamu', { name: BAD, id_type: 'other', id_number: '1', purpose: BAD, category: 'meeting', no_photo_reason: 'Uji', organization: BAD, visitor_kind: 'organization' });
    assert.equal(guest.status, 201, guest.text);
    visit = guest.json.id;
    const put = await desk.json(`/tamu/${visit}/titipan`, { badge: 'A-01', items: [{ kind: 'id_card' }, { kind: 'phone', label: BAD.slice(0, 40) }] });
    assert.equal(put.status, 200, put.text);
    const pledge = await admin.json('/maklumat-pelayanan', { body: `${BAD}\n${LONG.slice(0, 2500)}`, place: 'Kuala Kapuas', day: '2026-07-01', signer: `${BAD}\n${BAD}` });
    assert.ok(pledge.status < 400, pledge.text);
    await office.halt();
    complaint = await office.sql('SELECT id FROM complaint');
    signer = await office.sql("SELECT id FROM staff WHERE username = 'hendra'");
    await office.sql(`UPDATE staff SET name = ${quoted(LONG)}, rank = ${quoted(HIDDEN)}, nip = ${quoted(HIDDEN)} WHERE username = 'hendra';
      UPDATE staff SET name = ${quoted(HIDDEN)} WHERE username = 'rina';
      UPDATE office SET name = ${quoted(`Kejaksaan ${HIDDEN}`)}, address = ${quoted(HIDDEN)}, parent_name = ${quoted(HIDDEN)};
      UPDATE visit SET name = ${quoted(LONG)}, organization = ${quoted(HIDDEN)} WHERE id = '${visit}';
      UPDATE item SET label = ${quoted(LONG)} WHERE visit_id = '${visit}' AND kind = 'phone';
      UPDATE service_pledge SET body = body || ${quoted(LONG.slice(2500))}, place = ${quoted(HIDDEN)}`);
    await office.serve();
    await openAll();
  };

  const save = (name, answer) => {
    assert.equal(answer.status, 200, `${name}: ${answer.text.slice(0, 300)}`);
    assert.match(answer.headers['content-type'], /wordprocessingml/, name);
    const file = path.join(dir, `${name}.docx`);
    fs.writeFileSync(file, answer.bytes);
    return file;
  };
  const letter = async (kind, round) => {
    const { team, ...fields } = letters[kind].fields;
    const made = await chief.json(`/pengaduan/${complaint}/surat`, { kind, signer, ...fields, ...(team ? { team: [signer] } : {}) });
    assert.equal(made.status, 201, `${kind}: ${made.text}`);
    return save(`${kind}-${round}`, await chief.get(`/pengaduan/${complaint}/surat/${made.json.id}/unduh`));
  };
  const month = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 7);
  const paths = {
    complaint_form: () => chief.get(`/pengaduan/${complaint}/surat/formulir`),
    receipt: () => chief.get(`/pengaduan/${complaint}/surat/tanda-terima`),
    deposit: () => desk.get(`/tamu/${visit}/slip.docx`),
    service_report: () => chief.get(`/dasbor/${month}/laporan.docx`),
    pledge: () => office.guest().get('/maklumat-pelayanan/maklumat.docx'),
  };
  const all = async (round) => {
    const files = new Map();
    for (const kind of Object.keys(letters)) files.set(kind, await letter(kind, round));
    for (const kind of Object.keys(papers)) files.set(kind, save(`${kind}-${round}`, await paths[kind]()));
    return files;
  };
  const upload = async (kind) => {
    const shipped = await admin.get(`/templat-surat/${kind}/unduh?versi=0`);
    const cut = splitRuns(shipped.bytes);
    assert.ok(cut.runs > 100, `${kind}: ${cut.runs} runs`);
    await admin.get(`/templat-surat/${kind}`);
    const answer = await admin.form(`/templat-surat/${kind}`, {}, { files: { file: { name: `${kind}.docx`, type: 'application/octet-stream', data: cut.bytes } } });
    assert.equal(answer.status, 200, `${kind}: ${answer.text}`);
    assert.match(answer.text, /Versi 1/, kind);
  };
  const texts = async (files) => {
    const out = fs.mkdtempSync(path.join(dir, 'out.'));
    await convert(dir, 'pdf', [...files.values()], { out, timeout: 170_000 });
    const found = new Map();
    for (const [kind, file] of files) {
      const pdf = path.join(out, path.basename(file).replace('.docx', '.pdf'));
      found.set(kind, await printed(pdf, '-raw'));
    }
    return found;
  };
  // Page numbers stand between the halves of a long name; the numbers of two rounds differ.
  const flat = (text) => spaced(text.replace(/Halaman \d+ dari \d+/g, '').replace(/\b(R-[A-Z]+|Print|B|R)-\d+\//g, '$1-N/'));

  // Also where a letterhead writes in capitals.
  const without = (text, words) => text.replace(new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), '');

  suite.test('whatever is written comes out as text, whole templates and cut ones alike', async () => {
    if (!haveSoffice) return 'soffice is not installed';
    await prepare();
    const listed = (await admin.getJson('/templat-surat')).json;
    const wanted = { ...letters, ...papers };
    assert.deepEqual(listed.items.map((i) => i.kind).sort(), Object.keys(wanted).sort(), 'every kind is looked at here');
    const whole = await texts(await all('utuh'));
    for (const kind of Object.keys(wanted)) await upload(kind);
    const cut = await texts(await all('terbelah'));
    for (const [kind, want] of Object.entries(wanted)) {
      const text = flat(whole.get(kind));
      for (const words of want.says) assert.ok(text.includes(spaced(words)), `${kind} says ${words}:\n${whole.get(kind).slice(0, 3000)}`);
      assert.equal(text.split('Ž').length - 1, 5000 * want.long, `${kind}: the name of 5,000 letters`);
      assert.doesNotMatch(text, /[\u0001\u202A-\u202E\u200E\u200F]/, kind);
      const own = [BAD, SHOWN, BAD.slice(0, 70)].reduce((left, words) => without(left, spaced(words)), text);
      assert.doesNotMatch(own, /\{\{|\}\}/, `${kind}: ${own.slice(Math.max(0, own.search(/\{\{|\}\}/) - 80)).slice(0, 200)}`);
      const same = flat(cut.get(kind));
      const letters = [...same];
      const at = [...text].findIndex((letter, i) => letter !== letters[i]);
      assert.ok(same === text, `${kind}: cut into runs it says “${same.slice(at - 40, at + 60)}”, not “${text.slice(at - 40, at + 60)}”`);
    }
    return undefined;
  }, { ms: 400_000 });

  // A letter whose last line is the last of the page: found to the twentieth of a point, then a little longer.
  suite.test('a letter that fills its page has no empty one behind it', async () => {
    if (!haveSoffice) return 'soffice is not installed';
    if (!office) await prepare();
    const shipped = unpack((await admin.get('/templat-surat/review/contoh?versi=0')).bytes);
    const xml = shipped.get('word/document.xml').toString('utf8');
    const from = xml.indexOf('<w:p>', xml.indexOf('I. Pokok masalah'));
    const until = xml.lastIndexOf('<w:p>', xml.indexOf('VI. Saran tindak'));
    const pages = async (heights) => {
      const files = new Map(heights.map((height) => {
        const space = `<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="${height}" w:lineRule="exact"/></w:pPr></w:p>`;
        const file = path.join(dir, `penuh-${height}.docx`);
        fs.writeFileSync(file, pack(new Map([...shipped, ['word/document.xml', Buffer.from(xml.slice(0, from) + space + xml.slice(until))]])));
        return [height, file];
      }));
      const found = await texts(files);
      return heights.map((height) => found.get(height).split('\f').slice(0, -1)
        .map((page) => spaced(page.replace(/^.*Halaman \d+ dari \d+$/gm, '').replace(/^CONTOH.*$/gm, ''))));
    };
    let [low, high] = [20, 14000];
    while (high - low > 20) {
      const steps = [1, 2, 3, 4, 5, 6, 7].map((n) => low + Math.floor(((high - low) * n) / 8)).filter((h, at, all) => h > low && all.indexOf(h) === at);
      const counts = (await pages(steps)).map((p) => p.length);
      const over = counts.findIndex((n) => n > 1);
      high = over < 0 ? high : steps[over];
      low = over === 0 ? low : steps[(over < 0 ? steps.length : over) - 1];
    }
    const heights = Array.from({ length: 45 }, (_, n) => low + n);
    const seen = await pages(heights);
    assert.equal(seen[0].length, 1);
    assert.equal(seen.at(-1).length, 2);
    const empty = heights.filter((_, n) => seen[n].some((page) => page === ''));
    assert.ok(empty.length <= 1, `an empty page at ${empty.length} heights: ${empty}`);
    return undefined;
  }, { ms: 200_000 });
}
