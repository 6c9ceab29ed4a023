// The books of the office beside the guest book: letters that come in and go out, the intelligence work register,
// telaahan. A month is kept, closed, read back from its PDF and counted again here; what is sealed is in none.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { axe, clean, launch, person, shoot } from './browser.mjs';
import { printed as textOf } from './papers.mjs';

// Single words: in a narrow column a phrase is broken by what stands beside it.
const SECRET = ['dipotong', 'Hartono', 'Siti', 'Anjir'];
const day = (ms) => new Date(ms + 7 * 3600_000).toISOString().slice(0, 10);
const today = day(Date.now());
const month = today.slice(0, 7);
const before = day(Date.parse(`${month}-01T12:00:00Z`) - 86400_000).slice(0, 7);
const on = (n) => `${before}-${String(n).padStart(2, '0')}`;

export default function (suite) {
  let dir, desk, chief, head;
  const need = async () => {
    const office = await suite.office({ whatsapp: false });
    if (dir) return office;
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-buku.'));
    suite.cleanup(() => fs.rmSync(dir, { recursive: true, force: true }));
    await office.halt();
    await office.sql("UPDATE staff SET rank = 'Jaksa Muda', nip = '198705082010121001' WHERE username = 'arief'");
    await office.serve();
    [desk, chief, head] = await Promise.all(['rina', 'arief', 'hendra'].map((name) => office.login(name)));
    return office;
  };
  const printed = async (client, book, which) => {
    const answer = await client.get(`/register/${book}/${which}/buku.pdf`);
    assert.equal(answer.status, 200, answer.text.slice(0, 300));
    const file = path.join(dir, `${book}-${which}.pdf`);
    fs.writeFileSync(file, answer.bytes);
    if (process.env.BUKUTAMU_KEEP) fs.copyFileSync(file, path.join(process.env.BUKUTAMU_KEEP, path.basename(file)));
    return textOf(file);
  };
  const sealed = (text, what) => {
    for (const word of SECRET) assert.ok(!text.includes(word), `${what} says "${word}"`);
  };
  const csrf = async (client, where) => {
    const answer = await client.get(where);
    assert.equal(answer.status, 200, `${where} ${answer.text.slice(0, 200)}`);
    return answer.text;
  };
  const letter = (client, fields) => client.json('/register/surat-masuk/catat', {
    received_date: on(5), sender: 'Bupati Kapuas', subject: 'Undangan rapat', ...fields,
  });

  suite.test('letters come in: numbers, late ones, confidential ones, cancelled ones', async () => {
    await need();
    await csrf(desk, '/register/surat-masuk/catat');
    const numbers = [];
    for (const fields of [
      { letter_number: 'B/1/X', letter_date: on(3), attachments: '1 (satu) berkas', received_time: '09:30',
        disposition_date: on(6), disposition: 'Kasi Intel hadir' },
      { received_date: on(12), sender: '=1+1 <b>]]>&', subject: 'Permintaan data' },
      { received_date: on(8), subject: 'Surat yang terlupa' },
      { received_date: on(20), subject: 'Salah alamat' },
      { received_date: on(21), subject: 'Undangan kedua' },
    ]) {
      const made = await letter(desk, fields);
      assert.equal(made.status, 201, made.text);
      numbers.push(made.json.number.split('/')[0]);
    }
    assert.deepEqual(numbers, ['1', '2', '1A', '3', '4']);
    const page = await csrf(desk, `/register/surat-masuk/${before}`);
    const wrong = [...page.matchAll(/entri\/([0-9a-f-]{36})/g)].map((m) => m[1]);
    assert.equal(wrong.length, 5);
    const third = wrong[3]; // 1, 1A, 2, 3, 4
    const gone = await desk.form(`/register/surat-masuk/entri/${third}/batal`, { reason: 'Salah alamat kantor' });
    assert.equal(gone.status, 200);
    assert.match(gone.text, /Dibatalkan: Salah alamat kantor/);

    // nothing to invent, nothing of tomorrow, nothing without its words
    for (const [fields, field] of [[{ received_date: '2999-01-01' }, 'received_date'], [{ received_time: '25:00' }, 'received_time'],
      [{ sender: '' }, 'sender'], [{ disposition_date: on(4) }, 'disposition_date']]) {
      const refused = await letter(desk, fields);
      assert.equal(refused.status, 422, refused.text);
      assert.equal(refused.json.errors[0].field, field, refused.text);
    }

    // the desk writes a confidential letter down, and does not read the book
    const secret = await letter(desk, { nature: 'confidential', sender: 'Kejati Kalteng', subject: 'Perintah operasi' });
    assert.equal(secret.json.number.split('/')[0], '1');
    assert.equal(secret.json.book, 'surat-masuk-rahasia');
    for (const client of [desk, await (await need()).login('bayu')])
      assert.equal((await client.get(`/register/surat-masuk-rahasia/${before}`)).status, 403);
    assert.match((await chief.get(`/register/surat-masuk-rahasia/${before}`)).text, /Perintah operasi/);
    assert.doesNotMatch((await desk.get(`/register/surat-masuk/${before}`)).text, /Perintah operasi/);
  });

  suite.test('a month is closed, read back and counted again', async () => {
    await need();
    const page = await csrf(chief, `/register/surat-masuk/${before}`);
    assert.match(page, /Tutup bulan ini/);
    const closed = await chief.form(`/register/surat-masuk/${before}/tutup`, {});
    assert.equal(closed.status, 200, closed.text.slice(0, 500));
    const text = await printed(chief, 'surat-masuk', before);
    const fact = (label) => Number(new RegExp(`${label}\\s*:?\\s*(\\d+)`).exec(text)?.[1]);
    // counted from what was written above: 5 numbers, one cancelled, one disposed of
    assert.deepEqual(['Sisa bulan lalu', 'Masuk bulan laporan', 'Jumlah', 'Diselesaikan', 'Sisa bulan laporan'].map(fact),
      [0, 4, 4, 1, 3]);
    assert.doesNotMatch(text, /perorangan/);
    for (const words of [/R\.IN\.1/, /=1\+1 <b>\]\]>&/, /Salah\s+alamat/, /Entri\s+susulan/, /Kepala Seksi Intelijen/,
      /Mengetahui/, /Jaksa Muda/, /NIP: 198705082010121001/, /09\.30/]) assert.match(text, words);
    const code = /Kode:\s*([0-9A-Z-]+)/.exec(text)[1];
    const check = await (await need()).guest().get(`/periksa/${code}`);
    assert.equal(check.status, 200);
    const again = await chief.form(`/register/surat-masuk/${before}/tutup`, {});
    assert.match(again.text, /sudah ditutup/);
    const next = await csrf(chief, `/register/surat-masuk/${month}`);
    assert.match(next, /Sisa bulan lalu<\/dt><dd class="num">3</); // what was left is carried
  });

  suite.test('after the closing, a correction is dated and stands in its own month', async () => {
    await need();
    const page = await csrf(desk, `/register/surat-masuk/${before}`);
    const id = /entri\/([0-9a-f-]{36})/.exec(page)[1];
    const target = `/register/surat-masuk/entri/${id}`;
    await csrf(desk, target);
    const words = { letter_number: 'B/1/X', letter_date: on(3), sender: 'Bupati Kapuas', subject: 'Undangan rapat kerja',
      attachments: '1 (satu) berkas', disposition_date: on(6), disposition: 'Kasi Intel hadir' };
    const refused = await desk.json(target, words);
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.json.errors[0].field, 'reason');
    assert.equal((await desk.form(target, { ...words, reason: 'Perihal kurang lengkap' })).status, 200);
    assert.equal((await letter(desk, { received_date: on(9), subject: 'Baru ditemukan' })).json.number.split('/')[0], '1B');
    const now = await csrf(chief, `/register/surat-masuk/${month}`);
    assert.match(now, /Perbaikan atas bulan yang sudah ditutup/);
    assert.match(now, /Perihal kurang lengkap/);
    assert.match(now, />1B<[\s\S]*Baru ditemukan[\s\S]*Entri susulan, dicatat/);
    const text = await printed(chief, 'surat-masuk', month);
    assert.doesNotMatch(text, /NIHIL/);
    assert.match(text, /Baru ditemukan/);
    assert.match(text, /Perihal kurang lengkap/);
    assert.doesNotMatch(text, /Kode:/); // a draft has no proof
    // the late one stands and counts where it was written down
    assert.match(text, /Masuk bulan laporan\s*:?\s*1\b/);
    assert.match(await printed(chief, 'kerja-pamstra', month), /NIHIL/);
    assert.doesNotMatch(await printed(chief, 'surat-masuk', before), /Baru ditemukan|rapat kerja/);
  });

  suite.test('a complaint stands in the books without what it says', async () => {
    const office = await need();
    await csrf(desk, '/tamu');
    const taken = await desk.json('/pengaduan/baru', {
      text: 'Dana bantuan dipotong.', way: 'letter', class: 'corruption', place: 'Desa Anjir',
      parties: [{ name: 'Budi Hartono', position: 'Kepala Desa', address: 'Desa Anjir' }],
      documents: [{ kind: 'Kuitansi', form: 'copy', count: 2 }], reporter_mode: 'confidential', reporter_name: 'Siti Pelapor',
    });
    assert.equal(taken.status, 201, taken.text);
    let page = await csrf(chief, `/register/surat-masuk-rahasia/${month}`);
    assert.match(page, /1 pengaduan lewat surat belum dicatat/);
    page = (await chief.form('/register/surat-masuk-rahasia/belum', {})).text;
    assert.match(page, /Isi tersegel, lihat berkas PGD-1\/\d{4}/);
    assert.doesNotMatch(page, /belum dicatat/);
    sealed(page, 'R.IN.1');

    page = await csrf(chief, '/register/kerja-ekokeu/belum');
    sealed(page, 'the list');
    const complaint = /name="complaint" value="([0-9a-f-]{36})"/.exec(page)[1];
    const sorted = await chief.form('/register/kerja-ekokeu/sektor', { complaint, book: 'kerja-ekokeu' });
    assert.match(sorted.text, /Semua pengaduan sudah masuk buku/);
    assert.match((await chief.form('/register/kerja-ekokeu/sektor', { complaint, book: 'kerja-pamstra' })).text, /sudah masuk buku/);
    page = await csrf(chief, `/register/kerja-ekokeu/${month}`);
    assert.match(page, /Dugaan tindak pidana korupsi/);
    assert.match(page, /Belum dinilai/);
    sealed(page, 'R.IN.3');
    const line = /entri\/([0-9a-f-]{36})/.exec(page)[1];
    assert.match(await csrf(chief, `/register/kerja-ekokeu/entri/${line}`), /Jangan menulis isi pengaduan/);
    await chief.form(`/register/kerja-ekokeu/entri/${line}`, { subject: 'Penyaluran bantuan desa', notes: 'Perlu pulbaket' });
    const report = await chief.json('/register/kerja-ekokeu/catat', { received_date: today, sender: 'Tim Intelijen',
      value: 'B-2', subject: 'Harga pupuk naik di pasar', follow_up: 'Bahan koordinasi', follow_date: today });
    assert.equal(report.json?.number.split('/')[0], '2', report.text);
    assert.equal((await chief.json('/register/kerja-ekokeu/catat', { sender: 'Tim', subject: 'x', value: 'G-7' })).status, 422);
    const work = await printed(chief, 'kerja-ekokeu', month);
    sealed(work, 'the PDF of R.IN.3');
    for (const words of [/RAHASIA/, /EKONOMI DAN KEUANGAN/, /Penyaluran\s+bantuan desa/, /B-2/, /Ekokeu/, /Harga pupuk/])
      assert.match(work, words);
    assert.match(work, /Diselesaikan\s*:?\s*1\b/);
    // a machine sees none of it, a desk neither
    assert.equal((await (await office.program('arief')).get(`/register/kerja-ekokeu/${month}`)).status, 403);
    assert.equal((await desk.get(`/register/kerja-ekokeu/${month}`)).status, 403);

    // its letters: in the letter book by number, in the telaahan by number and author
    await csrf(chief, `/pengaduan/${complaint}/surat`);
    const people = await chief.get(`/pengaduan/${complaint}/surat/baru?jenis=review`);
    const signer = /<option value="([0-9a-f-]{36})"[^>]*>Arief/.exec(people.text)[1];
    const review = await chief.json(`/pengaduan/${complaint}/surat`, { kind: 'review', signer, addressee: 'Kajari', value: 'B-2',
      subject: 'Dana bantuan dipotong', body: 'Dana bantuan dipotong', analysis: 'Budi Hartono', conclusion: 'Layak ditindaklanjuti',
      advice: 'Dana bantuan dipotong: pulbaket' });
    assert.equal(review.status, 201, review.text);
    page = await csrf(chief, `/register/telaahan/${month}`);
    assert.ok(page.includes(review.json.number), page);
    sealed(page, 'R.IN.19');
    const own = /entri\/([0-9a-f-]{36})/.exec(page)[1];
    await csrf(chief, `/register/telaahan/entri/${own}`);
    await chief.form(`/register/telaahan/entri/${own}`, { subject: 'Bantuan desa', attachments: '2 lembar', advice: 'Pulbaket' });
    const reviews = await printed(chief, 'telaahan', month);
    for (const words of [/REGISTER TELAAHAN/, /Bantuan desa/, /Pulbaket/, /lihat\s+berkas/]) assert.match(reviews, words);
    sealed(reviews, 'the PDF of R.IN.19');
    await office.halt();
    const rows = await office.sql("SELECT group_concat(hex(words_sealed)) FROM register_words");
    assert.ok(rows.length > 0, 'words are kept');
    assert.ok(!Buffer.from(rows.replaceAll(',', ''), 'hex').includes('Bantuan desa')); // sealed on the disk
    await office.serve();
  });

  suite.test('letters that go out fill their books by kind', async () => {
    await need();
    await csrf(chief, '/nomor-surat');
    for (const [type, about, date] of [['B', 'Balasan undangan', on(7)], ['B', 'Permintaan ruang', on(9)], ['B', 'Yang terlupa', on(8)],
      ['R', 'Permintaan bantuan', on(9)], ['KEP', 'Tim kerja', today]]) {
      const made = await chief.json('/nomor-surat', { type, about, date, subject_code: 'Cp.3', addressee: 'Sekda Kapuas', attachment: '-' });
      assert.equal(made.status, 201, made.text);
    }
    const open = await csrf(chief, `/register/surat-keluar/${before}`);
    assert.match(open, /Balasan undangan/);
    assert.match(open, /B-1A\//);
    assert.doesNotMatch(open, /Permintaan bantuan/);
    assert.match(await csrf(chief, `/register/surat-keluar-rahasia/${before}`), /Permintaan bantuan/);
    await chief.get('/nomor-surat');
    const row = /nomor-surat\/([0-9a-f-]{36})\/batal/g;
    const ids = [...(await chief.get('/nomor-surat')).text.matchAll(row)].map((m) => m[1]);
    assert.equal((await chief.form(`/nomor-surat/${ids[3]}/batal`, { reason: 'Surat tidak jadi' })).status, 200);
    await csrf(head, `/register/surat-keluar/${before}`);
    assert.equal((await head.form(`/register/surat-keluar/${before}/tutup`, {})).status, 200);
    const text = await printed(head, 'surat-keluar', before);
    assert.match(text, /Dibatalkan:\s+Surat\s+tidak jadi/);
    assert.match(text, /Sekda Kapuas/);
    assert.match(text, /Masuk bulan laporan\s*:?\s*2\b/);
    // the complaint's own letter is in the confidential book, with its reference
    const secret = await printed(chief, 'surat-keluar-rahasia', month);
    assert.match(secret, /R-TELAAHAN-1/);
    assert.match(secret, /Isi tersegel/);
    sealed(secret, 'R.IN.2');
    const xlsx = await chief.get(`/register/surat-keluar/${before}/buku.xlsx`);
    assert.equal(xlsx.status, 200);
    assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK');
  });

  suite.test('the pages, at three widths', async () => {
    const office = await need();
    const browser = await launch();
    suite.cleanup(() => browser.close());
    const look = async (page, where, name) => {
      const answer = await page.goto(where);
      assert.equal(answer.status(), 200, where);
      assert.deepEqual(await axe(page), [], name);
      assert.deepEqual(await shoot(page, name), [], name);
    };
    const page = await person(browser, office, 'arief');
    await look(page, '/register', 'buku-daftar');
    await look(page, `/register/surat-masuk/${before}`, 'buku-surat-masuk');
    await look(page, `/register/kerja-ekokeu/${month}`, 'buku-kerja');
    await page.click('main table a');
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await shoot(page, 'buku-entri'), []);
    await look(page, `/register/telaahan/${month}`, 'buku-telaahan');
    await look(page, '/register/kerja-ekokeu/catat', 'buku-laporan');
    await look(page, '/register/telaahan/atur', 'buku-atur');
    const front = await person(browser, office, 'rina', { viewport: { width: 360, height: 740 } });
    await look(front, '/register', 'buku-daftar-loket');
    await look(front, '/register/surat-masuk/catat', 'buku-catat');
    await front.fill('#sender', 'Dinas Pendidikan');
    await front.fill('#subject', 'Permohonan narasumber');
    await front.click('label:has-text("Rahasia")');
    await front.fill('#received_time', '00:00');
    await front.click('main button[type=submit]');
    assert.match(await front.textContent('main'), /Tercatat dengan nomor \d+/);
    await look(front, '/register/surat-masuk/catat', 'buku-catat-lagi');
    clean(page);
    clean(front);
  });
}
