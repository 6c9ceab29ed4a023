// What every end-to-end test stands on: one office in a folder of its own, the real binary serving it,
// WhatsApp played by the stand-in, and a client that keeps cookies like a browser without JavaScript.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startStandIn } from '../support/whatsapp-stand-in.mjs';

const run = promisify(execFile);
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BIN = path.resolve(ROOT, process.env.BUKUTAMU_BIN ?? 'build/release/bukutamu');
export const VERIFY_TOKEN = 'perkenalan-webhook';
const START_MS = 15_000;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until `look` gives something true, and returns it.
export async function until(what, look, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(40);
  }
}

// --- requests -----------------------------------------------------------------------------------

function send(base, method, target, headers, body) {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: url.hostname, port: url.port, method, path: target, headers, agent: false,
    }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        resolve({ status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') });
      });
    });
    request.setTimeout(30_000, () => request.destroy(new Error(`no answer: ${method} ${target}`)));
    request.on('error', reject);
    request.end(body);
  });
}

export function multipart(fields, files = {}) {
  const boundary = `----batas${randomBytes(12).toString('hex')}`;
  const parts = [];
  for (const [name, value] of pairs(fields))
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  for (const [name, file] of Object.entries(files)) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; ` +
      `filename="${file.name ?? 'foto.jpg'}"\r\nContent-Type: ${file.type ?? 'image/jpeg'}\r\n\r\n`));
    parts.push(file.data, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

// {a: 1, b: [2, 3]} and [['a', 1]] alike.
function pairs(fields) {
  if (Array.isArray(fields)) return fields;
  return Object.entries(fields).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]);
}

export const urlencoded = (fields) =>
  pairs(fields).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');

export const unescapeHtml = (text) =>
  text.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)))
    .replace(/&#x([0-9a-f]+);/gi, (_, n) => String.fromCodePoint(parseInt(n, 16)))
    .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');

// The inputs, selects and textareas of a page, as name → what they would send (the last one wins).
export function formValues(html) {
  const values = {};
  for (const [, attrs] of html.matchAll(/<input\b([^>]*)>/g)) {
    const name = /\bname="([^"]*)"/.exec(attrs)?.[1];
    if (!name) continue;
    if (/type="(radio|checkbox)"/.test(attrs) && !/\bchecked\b/.test(attrs)) continue;
    values[unescapeHtml(name)] = unescapeHtml(/\bvalue="([^"]*)"/.exec(attrs)?.[1] ?? '');
  }
  for (const [, attrs, text] of html.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g))
    values[/\bname="([^"]*)"/.exec(attrs)?.[1]] = unescapeHtml(text).replace(/^\n/, '');
  for (const [, attrs, inside] of html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const name = /\bname="([^"]*)"/.exec(attrs)?.[1];
    const chosen = [...inside.matchAll(/<option\b([^>]*)>/g)].find(([, o]) => /\bselected\b/.test(o));
    if (name) values[name] = unescapeHtml(/\bvalue="([^"]*)"/.exec(chosen?.[1] ?? '')?.[1] ?? '');
  }
  return values;
}

export const csrfOf = (html) => {
  const found = /name="csrf" value="([^"]+)"/.exec(html);
  if (!found) throw new Error('no CSRF token in the page');
  return found[1];
};

// A browser without JavaScript: keeps cookies, sends the token of the last page, follows redirects.
export class Client {
  constructor(office, more = {}) {
    this.office = office;
    this.cookies = new Map();
    this.bearer = more.bearer;
    this.csrf = undefined;
    this.page = undefined;
  }

  async send(method, target, { headers = {}, body, follow = false } = {}) {
    const all = { ...headers };
    if (this.bearer) all.Authorization ??= `Bearer ${this.bearer}`;
    if (this.cookies.size) all.Cookie ??= [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    if (body !== undefined) all['Content-Length'] ??= Buffer.byteLength(body);
    const answer = await send(this.office.url, method, target, all, body);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair, ...attributes] = line.split(';').map((s) => s.trim());
      const at = pair.indexOf('=');
      if (attributes.some((a) => /^max-age=0$/i.test(a))) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const html = (answer.headers['content-type'] ?? '').startsWith('text/html');
    if (html) {
      this.page = answer.text;
      this.csrf = /name="csrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? this.csrf;
    }
    if ((answer.headers['content-type'] ?? '').includes('json') && answer.text) answer.json = JSON.parse(answer.text);
    if (follow && answer.status === 303) {
      const next = await this.send('GET', answer.headers.location, { follow: true });
      next.from = answer.headers.location;
      return next;
    }
    return answer;
  }

  get(target, options = {}) {
    return this.send('GET', target, options);
  }

  getJson(target, headers = {}) {
    return this.send('GET', target, { headers: { Accept: 'application/json', ...headers } });
  }

  // JSON as a program sends it; with a cookie the token goes along in its header.
  json(target, value, headers = {}) {
    const all = { 'Content-Type': 'application/json', Accept: 'application/json', ...headers };
    if (!this.bearer && this.csrf) all['X-CSRF-Token'] ??= this.csrf;
    return this.send('POST', target, { headers: all, body: JSON.stringify(value) });
  }

  // A form of the last page.
  form(target, fields, { headers = {}, follow = true, files } = {}) {
    const list = [['csrf', this.csrf ?? ''], ...pairs(fields)];
    if (files) {
      const { body, type } = multipart(list, files);
      return this.send('POST', target, { headers: { 'Content-Type': type, ...headers }, body, follow });
    }
    return this.send('POST', target, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: urlencoded(list), follow,
    });
  }
}

// --- the office ------------------------------------------------------------------------------------

// However the run ends, no server stays behind.
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Office {
  static async start(options = {}) {
    const office = new Office();
    office.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bukutamu-e2e.'));
    office.data = path.join(office.dir, 'data');
    office.logFile = path.join(office.dir, 'log');
    const { stdout } = await run(BIN, ['demo', '--data', office.data]);
    office.people = new Map(stdout.trim().split('\n').map((line) => {
      const [role, username, password] = line.split('\t');
      return [username, { role, username, password }];
    }));
    office.tokens = new Map();
    office.secret = randomBytes(24).toString('hex');
    fs.writeFileSync(path.join(office.dir, 'secret'), office.secret, { mode: 0o600 });
    fs.writeFileSync(path.join(office.dir, 'token'), 'token-uji-graph', { mode: 0o600 });
    if (options.whatsapp !== false) {
      office.whatsapp = await startStandIn({
        secret: office.secret, token: 'token-uji-graph', phoneNumberId: '100000000000001', delays: [5, 10, 15],
      });
    }
    office.writeSettings(options);
    await office.serve();
    return office;
  }

  // Guests of a test come faster than those of an office: `burst` lets all their messages out at once.
  writeSettings({ rate = 'off', burst = 1000, speed = 1, extra = '' } = {}) {
    const lines = ['[limits]', `rate = ${rate}`];
    if (this.whatsapp)
      lines.push('[outbox]', `recipient_burst = ${burst}`, `speed = ${speed}`, '[whatsapp]', `graph_base = ${this.whatsapp.url}`, 'phone_number_id = 100000000000001',
        `token_file = ${this.dir}/token`, `app_secret_file = ${this.dir}/secret`, `verify_token = ${VERIFY_TOKEN}`);
    fs.writeFileSync(path.join(this.data, 'bukutamu.conf'), `${lines.join('\n')}\n${extra}`);
  }

  // Resolves when the server says that it is ready.
  async serve() {
    const log = fs.openSync(this.logFile, 'a');
    const started = Date.now();
    this.child = spawn(BIN, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port ?? 0}`],
      { stdio: ['ignore', 'pipe', log] });
    fs.closeSync(log);
    const { child } = this;
    running.add(child);
    this.exited = new Promise((resolve) => child.on('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    }));
    let said = '';
    const ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`server not ready: ${said}`)), START_MS);
      this.child.stdout.on('data', (part) => {
        said += part;
        fs.appendFileSync(this.logFile, part);
        const found = /(https?:\/\/127\.0\.0\.1:(\d+))/.exec(said);
        if (!found) return;
        clearTimeout(timer);
        [, this.url] = found;
        resolve(Number(found[2]));
      });
      void this.exited.then((end) => {
        clearTimeout(timer);
        reject(new Error(`server ended: ${JSON.stringify(end)} ${this.log()}`));
      });
    });
    this.port = await ready;
    this.startMs = Date.now() - started;
    if (this.whatsapp) this.whatsapp.state.webhook = `${this.url}/kait/whatsapp`;
  }

  log() {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8') : '';
  }

  async halt(signal = 'SIGTERM') {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return undefined;
    this.child.kill(signal);
    return this.exited;
  }

  async restart(signal) {
    await this.halt(signal);
    await this.serve();
  }

  // The end of a test file: a server that crashed, leaked or answered 500 on the way has failed.
  async stop() {
    await this.halt();
    const end = await this.exited;
    const log = this.log();
    await this.whatsapp?.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
    const fault = /.*(Sanitizer|runtime error:|"status":"500").*/.exec(log);
    if (fault) throw new Error(`in the server's log: ${fault[0]}`);
    if (end?.code !== 0) throw new Error(`the server ended with ${JSON.stringify(end)}: ${log.slice(-2000)}`);
  }

  // SQL on the stopped server's database.
  async sql(text) {
    const { stdout } = await run('sqlite3', [path.join(this.data, 'bukutamu.db'), text]);
    return stdout.trim();
  }

  command(...args) {
    return run(BIN, [...args, '--data', this.data]);
  }

  guest() {
    return new Client(this);
  }

  async token(username) {
    if (!this.tokens.has(username)) {
      const { stdout } = await this.command('token', 'add', '--user', username);
      this.tokens.set(username, stdout.trim());
    }
    return this.tokens.get(username);
  }

  async program(username) {
    return new Client(this, { bearer: await this.token(username) });
  }

  async login(username) {
    const client = new Client(this);
    await client.get('/masuk');
    const person = this.people.get(username);
    const answer = await client.form('/masuk', { username, password: person.password });
    if (answer.status !== 200 || !client.cookies.has('__Host-bukutamu'))
      throw new Error(`login of ${username}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return client;
  }

  // Every message of a template that WhatsApp accepted, of one visit when its number is given.
  messages(template) {
    this.whatsapp.state.messages.forEach(nameList);
    return this.whatsapp.state.messages.filter((m) => !template || m.template === template);
  }

  async message(template, nth = 1) {
    await until(`message ${nth} of ${template}`, () => this.messages(template).length >= nth);
    return this.messages(template)[nth - 1];
  }

  async control(name, value) {
    const answer = await send(this.whatsapp.url, 'POST', `/_control${name}`,
      { 'Content-Type': 'application/json' }, JSON.stringify(value));
    return { status: answer.status, ...JSON.parse(answer.text) };
  }
}

// A question asked as a list (inside the 24-hour window) gets the name and the parameters of its template, so
// that a test need not care in which form it went out.
function nameList(message) {
  if (message.type !== 'interactive' || message.template) return;
  const number = /nomor (\d+\/\d+)/.exec(message.list)?.[1];
  const link = /https?:\/\/\S+\/jawab\/\S+/.exec(message.list)?.[0];
  if (!number || !link) return;
  message.template = message.titles.includes('Tanya Kajari') ? 'tamu_baru' : 'tanya_kajari';
  message.params = [number, message.list.slice(0, message.list.indexOf('\n')), link];
}

// The rest of a demo guest; every call is another person.
let person = 0;
export function guestData(more = {}) {
  person += 1;
  return {
    name: `Budi Santoso ${person}`, id_type: 'ktp',
    id_number: `620301230390${String(1000 + person)}`, phone: `08120000${String(1000 + person)}`,
    purpose: 'Bertemu pejabat', category: 'meeting', ...more,
  };
}

export const PHONES = { arief: '6281200000103', hendra: '6281200000104', maria: '6281200000105' };

// --- a photo -------------------------------------------------------------------------------------------

// A small portrait, made for these tests.
export const JPEG = fs.readFileSync(new URL('./foto.jpg', import.meta.url));

// A local push service or mail server (tests/support/channel-fakes.mjs): its ports.
export function startFake(suite, kind) {
  const child = spawn(process.execPath, [path.join(ROOT, 'tests/support/channel-fakes.mjs'), kind], { stdio: ['ignore', 'pipe', 'inherit'] });
  suite.cleanup(() => child.kill());
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${kind} ended with ${code}; run npm ci in tests/e2e`)));
    child.stdout.once('data', (part) => resolve(String(part).trim().split(' ').slice(1).map(Number)));
  });
}
