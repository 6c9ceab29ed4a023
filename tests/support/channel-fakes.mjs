// Services of others on loopback, for the tests of the notice channels.
//
//   node channel-fakes.mjs push                     a push service (npm web-push-testing), as a browser
//                                                   and its vendor: subscribes, decrypts, expires
//   node channel-fakes.mjs mail [--cert F --key F]  an SMTP server (npm smtp-server) with a login and,
//                                                   given a certificate, STARTTLS
//   node channel-fakes.mjs telegram TOKEN           a Bot API that checks each call (no package)
//
// prints `listening PORT [CONTROL-PORT]` when it is ready; exits with 77 where its package is not
// installed (npm ci in tests/e2e). Control, as JSON: mail: GET / lists what arrived; telegram: GET /
// lists the calls, POST / {…update} queues an update.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cert: { type: 'string' }, key: { type: 'string' } },
});
const require = createRequire(new URL('../e2e/package.json', import.meta.url));

function needed(name) {
  try {
    return require(name);
  } catch {
    process.exit(77);
  }
}

function bodyOf(request) {
  return new Promise((resolve) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => resolve(Buffer.concat(parts)));
  });
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

function answerJson(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

// --- push ----------------------------------------------------------------------------------------

async function push() {
  const Server = needed('web-push-testing/src/server.js');
  const { PushApiModel } = needed('web-push-testing/src/PushApiModel.js');
  const probe = net.createServer();
  const port = await listen(probe); // the package wants to know its port before
  await new Promise((resolve) => probe.close(resolve));
  console.log = () => {};
  const server = new Server(new PushApiModel(), port);
  server.startServer();
  server._server.on('listening', () => process.stdout.write(`listening ${port}\n`));
}

// --- mail ----------------------------------------------------------------------------------------

async function mail() {
  const { SMTPServer } = needed('smtp-server');
  const arrived = [];
  const server = new SMTPServer({
    disabledCommands: values.cert ? [] : ['STARTTLS'],
    cert: values.cert && readFileSync(values.cert),
    key: values.key && readFileSync(values.key),
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: (auth, session, done) =>
      auth.username === 'kantor' && auth.password === 'K3y-surel'
        ? done(null, { user: 'kantor' })
        : done(Object.assign(new Error('no such login'), { responseCode: 535 })),
    onRcptTo: (address, session, done) => {
      const code = /^code([45]\d\d)@/.exec(address.address);
      done(code ? Object.assign(new Error('as asked'), { responseCode: Number(code[1]) }) : null);
    },
    onData: (stream, session, done) => {
      const parts = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', () => {
        arrived.push({
          from: session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map((one) => one.address),
          secure: session.secure,
          user: session.user ?? null,
          text: Buffer.concat(parts).toString('latin1'),
        });
        done();
      });
    },
  });
  server.on('error', () => {}); // a client that does not like our certificate
  const port = await new Promise((resolve) => {
    const one = server.listen(0, '127.0.0.1', () => resolve(one.address().port));
  });
  const control = await listen(http.createServer((request, response) => answerJson(response, 200, arrived)));
  process.stdout.write(`listening ${port} ${control}\n`);
}

// --- telegram ------------------------------------------------------------------------------------

const whole = (value) => Number.isInteger(value);
const texted = (value, max) => typeof value === 'string' && value.length > 0 && value.length <= max;

// What the Bot API would say of these arguments: undefined when they are fine.
const checks = {
  sendMessage(a) {
    if (!whole(a.chat_id)) return 'Bad Request: chat_id is empty';
    if (!texted(a.text, 4096)) return 'Bad Request: message text is empty';
    for (const row of a.reply_markup?.inline_keyboard ?? [])
      for (const button of row)
        if (!texted(button.text, 64) || Buffer.byteLength(button.callback_data ?? '') > 64 || !button.callback_data)
          return 'Bad Request: BUTTON_DATA_INVALID';
    return undefined;
  },
  editMessageText(a, state) {
    const message = state.messages.get(a.message_id);
    if (!message || message.chat.id !== a.chat_id) return 'Bad Request: message to edit not found';
    if (message.text === a.text && !message.reply_markup) return 'Bad Request: message is not modified';
    return texted(a.text, 4096) ? undefined : 'Bad Request: message text is empty';
  },
  answerCallbackQuery(a, state) {
    return state.callbacks.delete(a.callback_query_id) ? undefined : 'Bad Request: query is too old';
  },
  getUpdates: (a) => (whole(a.offset ?? 0) && whole(a.timeout ?? 0) ? undefined : 'Bad Request: offset'),
};

const does = {
  sendMessage(a, state) {
    const message = {
      message_id: 100 + state.messages.size, date: 1767225600, chat: { id: a.chat_id, type: 'private' },
      text: a.text, reply_markup: a.reply_markup,
    };
    state.messages.set(message.message_id, message);
    return message;
  },
  editMessageText(a, state) {
    const message = state.messages.get(a.message_id);
    message.text = a.text;
    delete message.reply_markup;
    return message;
  },
  answerCallbackQuery: () => true,
  async getUpdates(a, state) {
    const due = () => {
      state.updates = state.updates.filter((one) => one.update_id >= (a.offset ?? 0));
      return state.updates.slice(0, a.limit ?? 100);
    };
    const end = Date.now() + (a.timeout ?? 0) * 1000;
    while (due().length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    return due();
  },
};

async function telegram(token) {
  const state = { messages: new Map(), callbacks: new Set(), updates: [], calls: [] };
  const api = http.createServer(async (request, response) => {
    const [, bot, method] = request.url.split('/');
    const said = (await bodyOf(request)).toString();
    const fail = (status, description) => answerJson(response, status, { ok: false, error_code: status, description });
    if (bot !== `bot${token}`) return fail(401, 'Unauthorized');
    if (!checks[method]) return fail(404, 'Not Found: method not found');
    const given = JSON.parse(said);
    const wrong = checks[method](given, state);
    state.calls.push({ method, given, wrong: wrong ?? null });
    if (wrong) return fail(400, wrong);
    return answerJson(response, 200, { ok: true, result: await does[method](given, state) });
  });
  const control = http.createServer(async (request, response) => {
    if (request.method !== 'POST') return answerJson(response, 200, state.calls);
    const update = JSON.parse(await bodyOf(request));
    if (update.callback_query) state.callbacks.add(update.callback_query.id);
    state.updates.push(update);
    return answerJson(response, 200, {});
  });
  process.stdout.write(`listening ${await listen(api)} ${await listen(control)}\n`);
}

process.on('SIGTERM', () => process.exit(0));
await { push, mail, telegram }[positionals[0]](positionals[1]);
