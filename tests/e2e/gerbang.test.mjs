// Each gateway file of packaging/gateways through the whole product: a guest is registered, the notice reaches
// the maker's service in the maker's form, what it reports shows on the visit, and the answer comes back by
// its hook, or by the signed link in the message.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { makers, startGatewayFake } from '../support/gateway-fakes.mjs';
import { guestData, ROOT, until } from './lib.mjs';

const HOOK = 'kata-acak-hook-gateway-uji';
const folder = path.join(ROOT, 'packaging/gateways');
const files = Object.keys(makers);

export default function (suite) {
  let office, desk, chief;
  const need = async () => {
    if (office) return;
    office = await suite.office();
    const admin = await office.login('admin');
    chief = (await admin.getJson('/petugas')).json.items.find((one) => one.username === 'arief');
    fs.mkdirSync(path.join(office.data, 'secrets'), { mode: 0o700 });
  };

  // The office sends through this gateway from now on. Only the address and the pace differ from the file.
  const use = async (name) => {
    await need();
    const fake = await startGatewayFake(name, { hook: `${office.url}/kait/gateway/${HOOK}` });
    suite.cleanup(() => fake.close());
    for (const [secret, value] of Object.entries({ ...fake.secrets, [`${name}_hook`]: HOOK }))
      fs.writeFileSync(path.join(office.data, 'secrets', secret), value, { mode: 0o600 });
    const ini = fs.readFileSync(path.join(folder, `${name}.ini`), 'utf8')
      .replace(/^url = https?:\/\/[^/]+/m, `url = ${fake.url}`)
      .replace(/^rate = .*$/m, 'rate = 50/1s').replace(/^per_recipient = .*$/m, 'per_recipient = 50/1s');
    const file = path.join(office.dir, `${name}.ini`);
    fs.writeFileSync(file, ini);
    office.writeSettings({ extra: `[gateway]\nfile = ${file}\n[server]\npublic_url = http://127.0.0.1\n` });
    await office.restart();
    const admin = await office.login('admin');
    if ((await admin.getJson(`/petugas/${chief.id}/saluran`)).json.channels.length === 0)
      assert.equal((await admin.json(`/petugas/${chief.id}/saluran`, { channel: 'gateway', address: '0812 0000 0103' })).status, 200);
    desk = await office.program('rina');
    return fake;
  };
  const visitOf = async (id) => (await desk.getJson(`/tamu/${id}`)).json;
  const guest = async (fake) => {
    const before = fake.messages.length;
    const made = await desk.json('/tamu', guestData());
    assert.equal(made.status, 201, made.text);
    await until('the notice at the gateway', () => {
      assert.deepEqual(fake.refused, []);
      return fake.messages.length > before;
    });
    assert.equal(made.json.notice.messages[0].channel, 'gateway');
    return [made.json, fake.messages.at(-1)];
  };
  const answered = (id, outcome) => until(`${outcome} of ${id}`, async () => {
    const [answer] = (await visitOf(id)).decision.answers;
    return answer?.outcome === outcome ? answer : null;
  });

  suite.test('every shipped file has its maker here', () => {
    assert.deepEqual(fs.readdirSync(folder).filter((f) => f.endsWith('.ini')).sort(), files.map((f) => `${f}.ini`).sort());
  });

  for (const name of files) {
    suite.test(`${name}: notice, reports, an answer by its hook and one by the link`, async () => {
      const fake = await use(name);
      const [visit, message] = await guest(fake);
      assert.match(message.to, /^6281200000103/);
      assert.match(message.text, new RegExp(`\\b${visit.number}/`));
      assert.doesNotMatch(message.text, /Budi|dana desa/, 'neither name nor purpose goes out');
      await until('sent', async () => (await visitOf(visit.id)).notice.state === 'sent');
      for (const step of ['delivered', 'read']) {
        const status = await fake.report(message, step);
        assert.ok(status === 200 || status === null, `${step}: ${status}`);
        if (status) await until(step, async () => (await visitOf(visit.id)).notice.state === step);
      }
      const forged = await fake.forge(message);
      assert.ok(forged === 401 || forged === null, `unsigned: ${forged}`);
      assert.equal(await fake.answer('bagaimana kabarnya', message), 200);
      if (name === files[0]) await until('one helpful reply', () => /Balas/.test(fake.messages[1]?.text ?? ''));
      assert.equal(await fake.answer(name === 'qontak' ? 'Saya terima' : '1', message), 200);
      assert.equal((await answered(visit.id, 'intel_chief')).channel, 'gateway');
      assert.equal((await visitOf(visit.id)).decision.answers.length, 1, 'small talk was no answer');

      const [other, second] = await guest(fake);
      const link = /http:\/\/127\.0\.0\.1(\/jawab\/[\w-]+)/.exec(second.text)[1];
      const phone = office.guest();
      const page = await phone.get(link);
      assert.equal(page.status, 200);
      const sent = await phone.form(link, { outcome: 'refused' });
      assert.ok(sent.status < 400, sent.text);
      assert.equal((await answered(other.id, 'refused')).channel, 'link');
    });
  }
}
