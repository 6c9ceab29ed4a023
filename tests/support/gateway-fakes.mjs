// The gateways of packaging/gateways on loopback, each as its maker's service behaves: it takes what its API
// asks for and refuses anything else in its own words, and it reports to our hook in its own form.
//
//   const gateway = await startGatewayFake('waha', { hook: 'http://127.0.0.1:8080/kait/gateway/WORD' });
//   gateway.url       origin, for the `url` of the configuration
//   gateway.secrets   {name: value}: what the configuration's secrets must hold, `*_hook` not among them
//   gateway.messages  what it has taken: [{id, to, text}]
//   gateway.refused   what it has not: [{path, why}]
//   gateway.answer(text, message)   the person who got that message writes; resolves to our status
//   gateway.report(message, step)   'delivered' or 'read'; null where the maker tells nothing
//   gateway.close()
import { createHmac } from 'node:crypto';
import http from 'node:http';

const bearer = 'rahasia-uji-7Qw9xZ2m';
const hmacKey = 'kunci-tanda-tangan-uji-4Tb8';
const loginOf = 'kantor:sandi-uji-9kLm2p';
const digits = /^62\d{8,13}$/;

// An incoming request as each maker checks it: the message it carries, or what is wrong with it.
const wrong = (status, why) => ({ status, why });
const json = (r) => {
  try {
    return JSON.parse(r.body);
  } catch {
    return {};
  }
};

export const makers = {
  fonnte: {
    path: '/send',
    secrets: { fonnte_token: bearer },
    take(r) {
      const f = Object.fromEntries(new URLSearchParams(r.body));
      if (r.headers.authorization !== bearer) return wrong(200, 'token invalid');
      if (!digits.test(f.target ?? '') || f.countryCode !== '0') return wrong(200, 'target invalid');
      return { to: f.target, text: f.message };
    },
    took: (m) => [200, { status: true, id: [m.id], process: 'pending', target: [m.to] }],
    refuse: (w) => [w.status, { status: false, reason: w.why }],
    hook: (m, text, n) => ({ body: { device: '6285100000001', sender: m.to, message: text, inboxid: n, name: 'Pejabat' } }),
    report: (m, step) => ({ body: { id: m.id, status: step } }),
  },
  wablas: {
    path: '/api/v2/send-message',
    secrets: { wablas_token: bearer },
    take(r) {
      const [one, ...more] = json(r).data ?? [];
      if (r.headers.authorization !== bearer) return wrong(401, 'token invalid');
      if (!one || more.length || !digits.test(one.phone)) return wrong(400, 'phone is wrong');
      return { to: one.phone, text: one.message };
    },
    took: (m) => [200, { status: true, message: 'ok', data: { messages: [{ id: m.id, phone: m.to, status: 'pending' }] } }],
    refuse: (w) => [w.status, { status: false, message: w.why }],
    hook: (m, text, n) => ({ body: { id: `in${n}`, phone: m.to, message: text, isFromMe: false, messageType: 'text' } }),
  },
  watzap: {
    path: '/v1/send_message',
    secrets: { watzap_api_key: bearer, watzap_number_key: 'nomor-uji-5Rt' },
    take(r) {
      const b = json(r);
      if (b.api_key !== bearer || b.number_key !== 'nomor-uji-5Rt') return wrong(200, 'invalid key');
      if (!digits.test(b.phone_no ?? '')) return wrong(200, 'phone number is wrong');
      return { to: b.phone_no, text: b.message };
    },
    took: (m) => [200, { status: '200', message: 'Successfully', message_id: m.id }],
    refuse: (w) => [w.status, { status: '1004', message: w.why }],
    hook: (m, text, n) => ({ body: { type: 'incoming_chat', data: { message_id: `in${n}`, phone_no: m.to, message_body: text, is_from_me: false } } }),
  },
  waha: {
    path: '/api/sendText',
    secrets: { waha_key: bearer, waha_hmac: hmacKey },
    take(r) {
      const b = json(r);
      if (r.headers['x-api-key'] !== bearer) return wrong(401, 'Unauthorized');
      if (b.session !== 'default' || !/^62\d+@c\.us$/.test(b.chatId ?? '')) return wrong(422, 'chatId does not exist');
      return { to: b.chatId, text: b.text };
    },
    took: (m) => [201, { id: m.id, timestamp: 1 }],
    refuse: (w) => [w.status, { statusCode: w.status, message: w.why }],
    hook: (m, text, n) => waha({ event: 'message', session: 'default', payload: { id: `in${n}`, from: m.to, fromMe: false, body: text, replyTo: { id: m.id } } }),
    report: (m, step) => waha({ event: 'message.ack', session: 'default', payload: { id: m.id, ack: 2, ackName: step === 'read' ? 'READ' : 'DEVICE' } }),
  },
  gowa: {
    path: '/send/message',
    secrets: { gowa_login: loginOf, gowa_device: 'perangkat-uji', gowa_hmac: hmacKey },
    take(r) {
      const b = json(r);
      if (r.headers.authorization !== `Basic ${Buffer.from(loginOf).toString('base64')}`) return wrong(401, 'Unauthorized');
      if (r.headers['x-device-id'] !== 'perangkat-uji') return wrong(404, 'device not found');
      if (!/^62\d+@s\.whatsapp\.net$/.test(b.phone ?? '')) return wrong(400, 'invalid jid');
      return { to: b.phone, text: b.message };
    },
    took: (m) => [200, { code: 'SUCCESS', message: 'Success', results: { message_id: m.id, status: 'ok' } }],
    refuse: (w) => [w.status, { code: 'ERROR', message: w.why }],
    hook: (m, text, n) => gowa({ event: 'message', device_id: 'perangkat-uji', payload: { id: `in${n}`, from: m.to, body: text, is_from_me: false, replied_to_id: m.id } }),
    report: (m, step) => gowa({ event: 'message.ack', payload: { ids: [m.id], receipt_type: step } }),
  },
  evolution: {
    path: '/message/sendText/INSTANCE',
    secrets: { evolution_key: bearer, evolution_header: hmacKey },
    take(r) {
      const b = json(r);
      if (r.headers.apikey !== bearer) return wrong(401, 'Unauthorized');
      if (!digits.test(b.number ?? '') || b.linkPreview !== false) return wrong(400, 'number exists: false');
      return { to: b.number, text: b.text };
    },
    took: (m) => [201, { key: { id: m.id, fromMe: true, remoteJid: `${m.to}@s.whatsapp.net` }, status: 'PENDING' }],
    refuse: (w) => [w.status, { status: w.status, response: { message: [w.why] } }],
    hook: (m, text, n) => evolution({ event: 'messages.upsert', data: { key: { id: `in${n}`, fromMe: false, remoteJid: `${m.to}@s.whatsapp.net` }, message: { extendedTextMessage: { text, contextInfo: { stanzaId: m.id } } } } }),
    report: (m, step) => evolution({ event: 'messages.update', data: { keyId: m.id, status: step === 'read' ? 'READ' : 'DELIVERY_ACK' } }),
  },
  qontak: {
    path: '/api/open/v1/broadcasts/whatsapp/direct',
    secrets: { qontak_token: bearer },
    take(r) {
      const b = json(r);
      const body = b.parameters?.body ?? [];
      if (r.headers.authorization !== `Bearer ${bearer}`) return wrong(401, 'unauthorized');
      if (!digits.test(b.to_number ?? '')) return wrong(422, 'to_number is wrong');
      if (!/^0{8}-0{4}-0{4}-0{4}-0{11}[12]$/.test(b.message_template_id) || body.some((p, i) => p.key !== String(i + 1)))
        return wrong(422, 'parameters are wrong');
      return { to: b.to_number, text: body.map((p) => p.value_text).join('\n'), buttons: b.parameters.buttons };
    },
    took: (m) => [201, { status: 'success', data: { id: m.id, send_at: 'now' } }],
    refuse: (w) => [w.status, { status: 'error', error: { code: w.status, messages: [w.why] } }],
    hook: (m, text, n) => ({ body: { id: `in${n}`, type: 'text', text, room: { account_uniq_id: m.to }, sender: { name: 'Pejabat' } } }),
  },
};

function signed(algorithm, header, prefix) {
  return (body) => {
    const text = JSON.stringify(body);
    return { text, headers: { [header]: prefix + createHmac(algorithm, hmacKey).update(text).digest('hex') } };
  };
}
const waha = signed('sha512', 'X-Webhook-Hmac', '');
const gowa = signed('sha256', 'X-Hub-Signature-256', 'sha256=');
const evolution = (body) => ({ body: { ...body, instance: 'kantor', apikey: bearer }, headers: { 'X-Buku-Tamu': hmacKey } });

async function deliver(url, said) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...said.headers },
    body: said.text ?? JSON.stringify(said.body),
  });
  return answer.status;
}

export async function startGatewayFake(name, { hook }) {
  const maker = makers[name];
  const fake = { secrets: maker.secrets, messages: [], refused: [] };
  let heard = Object.keys(makers).indexOf(name) * 1000; // what comes in is known again by its id
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const taken = request.method === 'POST' && request.url === maker.path
        ? maker.take({ headers: request.headers, body })
        : wrong(404, 'not found');
      if (taken.why) fake.refused.push({ path: request.url, why: taken.why });
      else fake.messages.push(Object.assign(taken, { id: `${name}-${fake.messages.length + 1}` }));
      const [status, value] = taken.why ? maker.refuse(taken) : maker.took(taken);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value));
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  fake.url = `http://127.0.0.1:${server.address().port}`;
  fake.answer = (text, message) => deliver(hook, maker.hook(message, text, (heard += 1)));
  fake.report = async (message, step) => (maker.report ? deliver(hook, maker.report(message, step)) : null);
  fake.forge = (message) => (maker.hook(message, '1', 0).headers ? deliver(hook, { body: maker.hook(message, '1', 0).body ?? {} }) : null);
  fake.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return fake;
}
