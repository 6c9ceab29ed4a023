// The nine steps with plain forms and a cookie: what a browser without JavaScript does.
import assert from 'node:assert/strict';
import { formValues, guestData, JPEG, PHONES, unescapeHtml, until } from './lib.mjs';

// The page without tags, as a person reads it.
export const readable = (html) =>
  unescapeHtml(html.replace(/<svg[\s\S]*?<\/svg>|<script[\s\S]*?<\/script>/g, ' ').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');

function ok(answer, status = 200) {
  assert.equal(answer.status, status, readable(answer.text).slice(0, 600));
  return answer;
}

export default function (suite) {
  let desk, duty, head, target;
  const need = async () => {
    const office = await suite.office();
    desk ??= await office.login('rina');
    duty ??= await office.login('yuliana');
    head ??= await office.login('hendra');
    return office;
  };

  suite.test('a page asks to log in first, and comes back to where it was', async () => {
    const office = await suite.office();
    const guest = office.guest();
    const asked = await guest.get('/tamu/baru');
    assert.equal(asked.status, 303);
    assert.match(asked.headers.location, /^\/masuk\?next=/);
    const login = ok(await guest.get(asked.headers.location));
    const fields = formValues(login.text);
    const wrong = await guest.form('/masuk', { _next: fields._next, username: 'rina', password: 'bukan-kata-sandi' });
    assert.equal(wrong.status, 401);
    assert.equal(formValues(wrong.text).username, 'rina', 'the username survives');
    assert.ok(!wrong.text.includes('bukan-kata-sandi'), 'the password is shown again');
    const inside = await guest.form('/masuk', { _next: fields._next, username: 'rina', password: office.people.get('rina').password });
    ok(inside);
    assert.equal(inside.from, '/tamu/baru');
    const foreign = office.guest();
    await foreign.get('/masuk?next=//contoh.id/');
    const sent = await foreign.form('/masuk', { _next: '//contoh.id/', username: 'rina', password: office.people.get('rina').password }, { follow: false });
    assert.equal(sent.status, 303);
    assert.ok(!sent.headers.location.includes('contoh.id'), sent.headers.location);
    const [cookie] = sent.headers['set-cookie'].filter((c) => c.startsWith('__Host-bukutamu='));
    for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=']) assert.ok(cookie.includes(part), `${part} in ${cookie}`);
  });

  suite.test('steps 1 and 2: refused, everything typed is still there, then saved with a photo', async () => {
    await need();
    ok(await desk.get('/tamu/baru'));
    const data = guestData({ email: 'budi@contoh.id', address: 'Jl. "Melati" <7>', organization: "Desa O'Brien & Co", service: 'Konsultasi', host: 'office_head', category: 'complaint' });
    const typed = { ...data, id_number: '12345', birth_date: '1990-03-23', gender: 'L', guardian: 'Wali', priority: 'elderly', 'companions.name': ['Siti & Adi', 'Jo'], no_photo_reason: 'Kamera rusak' };
    const refused = await desk.form('/tamu', typed, { files: {} });
    ok(refused, 422);
    const again = formValues(refused.text);
    const rows = [...refused.text.matchAll(/name="companions.name"[^>]* value="([^"]*)"/g)].map((m) => unescapeHtml(m[1]));
    assert.deepEqual(rows.slice(0, 2), typed['companions.name']);
    for (const [name, value] of Object.entries(typed)) if (name !== 'companions.name') assert.equal(again[name], value, `${name} was lost`);
    assert.match(refused.text, /class="errors"/);
    assert.match(refused.text, /aria-describedby="[^"]*id_number-e"/);
    const saved = await desk.form('/tamu', { ...typed, id_number: data.id_number, no_photo_reason: '' }, { files: { photo: { data: JPEG } } });
    ok(saved);
    assert.match(saved.from, /^\/tamu\/[0-9a-f-]{36}$/);
    target = saved.from;
    const text = readable(saved.text);
    assert.match(text, /Nomor 1\/\d{4}/);
    assert.ok(text.includes(data.name));
    assert.ok(!saved.text.includes(data.id_number), 'the whole NIK is shown');
    assert.match(saved.text, /aria-current="step"/);
    const photo = ok(await desk.get(`${target}/foto`));
    assert.equal(photo.headers['content-type'], 'image/jpeg');
    assert.equal(photo.headers['cache-control'], 'no-store');
    assert.deepEqual([...photo.bytes.subarray(0, 2)], [0xff, 0xd8]);
  });

  suite.test('step 3: badge and card', async () => {
    await need();
    await desk.get(target);
    const unknown = await desk.form(`${target}/titipan`, { badge: 'Z-99', 'items[0][kind]': 'id_card' });
    ok(unknown, 422);
    assert.match(readable(unknown.text), /Z-99/);
    const none = await desk.form(`${target}/titipan`, { badge: 'A-03' });
    ok(none, 422);
    const done = ok(await desk.form(`${target}/titipan`, [
      ['badge', 'A-03'], ['no_card_reason', ''],
      ['items[0][kind]', 'id_card'], ['items[0][slot]', ''], ['items[0][label]', 'KTP'],
      ['items[1][kind]', 'phone'], ['items[1][slot]', '05'], ['items[1][label]', 'HP biru'],
      ['items[2][kind]', ''], ['items[2][slot]', ''], ['items[2][label]', ''],
    ]));
    assert.match(readable(done.text), /HP, HP biru 05/);
    const slip = ok(await desk.get(`${target}/slip`));
    assert.match(readable(slip.text), /A-03/);
  });

  suite.test('step 4: waiting room', async () => {
    await need();
    await desk.get(target);
    const done = ok(await desk.form(`${target}/ruang-tunggu`, { room: 'Ruang tunggu 2' }));
    assert.match(readable(done.text), /Ruang tunggu 2/);
    const board = ok(await desk.get('/tamu'));
    assert.match(readable(board.text), /Menunggu/);
    assert.ok(board.text.includes(target));
  });

  suite.test('steps 5 and 6: the notice read, an answer by button, one spoken', async () => {
    const office = await need();
    await office.message('tamu_baru');
    await until('read at the desk', async () => /Dibaca/.test(readable((await desk.get(target)).text)));
    const tap = await office.control('/tap', { to: PHONES.arief, button: 0 });
    assert.equal(tap.status, 200);
    await until('proposal', async () => /Belum dijawab/.test(readable((await desk.get(target)).text)));
    await desk.get(target);
    const done = ok(await desk.form(`${target}/keputusan`, { official: 'office_head', outcome: 'office_head', minutes: '', note: '' }));
    assert.match(readable(done.text), /Penerima tamu: .*Hendra/);
    assert.match(readable(done.text), /lisan, dicatat petugas/);
    const late = await desk.form(`${target}/keputusan`, { official: 'office_head', outcome: 'refused' });
    assert.equal(late.status, 409);
  });

  suite.test('step 7: received, note, complaint with receipt', async () => {
    await need();
    await head.get(target);
    ok(await head.form(`${target}/diterima`, {}));
    ok(await head.form(`${target}/catatan`, { who: 'Budi', what: 'Bertanya\nhal kedua', when: '', where: '', how: '', why: '', 'documents[0][kind]': 'Surat', 'documents[0][count]': '2', 'documents[1][kind]': '', 'documents[1][count]': '', signature: '' }));
    ok(await head.get(`${target}/pengaduan`));
    const empty = await head.form(`${target}/pengaduan`, { text: '', reported_party: 'Oknum <b>', 'documents[0][kind]': 'Kuitansi', 'documents[0][count]': '1' });
    ok(empty, 422);
    assert.equal(formValues(empty.text).reported_party, 'Oknum <b>');
    const written = ok(await head.form(`${target}/pengaduan`, { text: 'Ada pungutan liar.', reported_party: 'Oknum', 'documents[0][kind]': 'Kuitansi', 'documents[0][count]': '1' }));
    assert.match(written.from, /tanda-terima$/);
    assert.ok(!written.text.includes('pungutan liar'), 'the receipt shows the complaint');
    const seen = ok(await head.get(target));
    assert.match(readable(seen.text), /Pengaduan tertulis/);
    const read = ok(await head.get(`${target}/pengaduan/isi`));
    assert.match(readable(read.text), /pungutan liar/);
    assert.equal((await desk.get(`${target}/pengaduan/isi`)).status, 403);
    const atDesk = readable((await desk.get(target)).text);
    assert.ok(!/Pengaduan tertulis [A-Z0-9]/.test(atDesk.replace(/Buat pengaduan tertulis/g, '')), 'the desk sees that there is a complaint');
  });

  suite.test('step 8: by badge at the return page of the duty officer', async () => {
    await need();
    const empty = ok(await duty.get('/pengembalian'));
    assert.match(empty.text, /name="badge"/);
    assert.equal((await duty.get('/pengembalian?badge=A-31')).status >= 400, true);
    const page = ok(await duty.get('/pengembalian?badge=a-03'));
    const text = readable(page.text);
    assert.match(text, /KTP/);
    assert.match(text, /HP biru/);
    const early = await duty.form(`${target}/selesai`, { badge: 'A-03' });
    assert.equal(early.status, 409);
    assert.match(readable(early.text), /HP/);
    ok(await duty.form(`${target}/pengembalian`, { all: '1' }));
  });

  suite.test('step 9: badge back, closed', async () => {
    await need();
    await duty.get('/pengembalian?badge=A-03');
    const wrong = await duty.form(`${target}/selesai`, { badge: 'A-04' });
    assert.equal(wrong.status, 409);
    const done = ok(await duty.form(`${target}/selesai`, { badge: 'A-03' }));
    assert.match(readable(done.text), /Selesai|selesai/);
    const board = readable((await desk.get('/tamu')).text);
    assert.match(board, /Selesai hari ini \(1\)/);
  });

  suite.test('a returning guest fills the form; every look is one for the audit', async () => {
    await need();
    const first = guestData({ name: 'Kunjung Ulang', address: 'Jl. Anggrek 4' });
    const program = await (await suite.office()).program('rina');
    assert.equal((await program.json('/tamu', first)).status, 201);
    await desk.get('/tamu/baru');
    const found = ok(await desk.form('/tamu/baru', { _q: first.id_number, find: '1', purpose: 'Keperluan baru' }, { files: {} }));
    assert.match(readable(found.text), /Kunjung Ulang/);
    assert.equal(formValues(found.text).purpose, 'Keperluan baru');
    const use = /name="use" value="([^"]+)"/.exec(found.text)[1];
    const filled = formValues(ok(await desk.form('/tamu/baru', { use, purpose: 'Keperluan baru' }, { files: {} })).text);
    assert.equal(filled.name, 'Kunjung Ulang');
    assert.equal(filled.id_number, first.id_number);
    assert.equal(filled.address, 'Jl. Anggrek 4');
    assert.equal(filled.purpose, 'Keperluan baru');
    const nobody = ok(await desk.form('/tamu/baru', { _q: '6203010101800999', find: '1' }, { files: {} }));
    assert.match(readable(nobody.text), /Tidak ditemukan/);
  });

  suite.test('end of day: what is out is listed, and must be explained', async () => {
    const office = await need();
    const program = await office.program('yuliana');
    const made = await program.json('/tamu', guestData());
    await program.json(`/tamu/${made.json.id}/titipan`, { badge: 'A-11', items: [{ kind: 'id_card' }, { kind: 'laptop', label: 'ThinkPad' }] });
    const page = ok(await duty.get('/penutupan-hari'));
    const text = readable(page.text);
    assert.match(text, /A-11/);
    assert.match(text, /ThinkPad/);
    const fields = formValues(page.text);
    delete fields.csrf;
    delete fields.ke;
    delete fields.kembali;
    const missing = await duty.form('/penutupan-hari', fields);
    assert.equal(missing.status, 422, readable(missing.text).slice(0, 400));
    for (const name of Object.keys(fields)) {
      if (/reason/.test(name)) fields[name] = 'Disimpan di brankas';
    }
    const counts = [...page.text.matchAll(/<td class="r">(\d+)<\/td><td><input class="count" id="([^"]+)"/g)];
    assert.equal(counts.length, 3);
    // What lies there now: the rack lacks one badge, a slot and a locker are still taken.
    const found = { badges: -1, cards: 1, devices: 1 };
    for (const [, should, name] of counts) fields[name] = String(Number(should) + found[name]);
    const closed = ok(await duty.form('/penutupan-hari', fields));
    assert.match(readable(closed.text), /Hari ditutup/);
  });

  suite.test('English by one click, and back', async () => {
    await need();
    const other = await (await suite.office()).login('yuliana');
    await other.get('/tamu');
    const english = ok(await other.form('/bahasa', { ke: 'en', kembali: '/tamu' }));
    assert.match(english.text, /<html lang="en">/);
    assert.match(readable(english.text), /New guest/);
    const back = ok(await other.form('/bahasa', { ke: 'id', kembali: '/tamu' }));
    assert.match(readable(back.text), /Tamu baru/);
  });

  suite.test('set-up by the administrator: rooms, badges, lockers, staff', async () => {
    const office = await need();
    const admin = await office.login('admin');
    for (const page of ['/petugas', '/tanda-pengenal', '/loker', '/ruang', '/kantor']) ok(await admin.get(page));
    await admin.get('/ruang');
    ok(await admin.form('/ruang', { label: 'Ruang tunggu 3' }));
    assert.match(readable((await admin.get('/ruang')).text), /Ruang tunggu 3/);
    await admin.get('/tanda-pengenal');
    ok(await admin.form('/tanda-pengenal', { label: 'B-01' }));
    assert.match(readable((await admin.get('/tanda-pengenal')).text), /B-01/);
    assert.equal((await admin.form('/tanda-pengenal', { label: 'B-01' })).status, 409);
    assert.equal((await admin.get(`${target}`)).status, 403);
    assert.equal((await admin.get(`${target}/foto`)).status, 403);
  });

  suite.test('logout ends the session for good', async () => {
    const office = await suite.office();
    const other = await office.login('rina');
    const stolen = [...other.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    await other.get('/tamu');
    ok(await other.form('/keluar', {}));
    const replay = await office.guest().send('GET', '/tamu', { headers: { Cookie: stolen, Accept: 'application/json' } });
    assert.equal(replay.status, 401);
  });
}
