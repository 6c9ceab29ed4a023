// A stand-in for WhatsApp's Cloud API on loopback: checks every request as Meta's contract says,
// answers like Meta, and sends signed webhooks back. No dependency but Node ≥ 18.
//
//   node whatsapp-stand-in.mjs --port 0 --webhook http://127.0.0.1:PORT/kait/whatsapp \
//        --secret-file FILE [--token T] [--phone-number-id N] [--control]
//
// prints `listening PORT` when it is ready. With --control (all answers are JSON):
//
//   POST /_control           {mode, to?, times?, delays?, webhook?, templates?, openWindow?, token?,
//                            stoppedTemplates?: {name: CODE}, closeWindow?: recipient, seed?}
//        How to behave from now on, for one recipient or for all; `times` ends it by itself.
//        Of the answer: normal, slow:MS, fail:CODE, 500, 429, bad-json, hang, reset; hang-accepted,
//        reset-accepted and 500-accepted take the message first, reset-silent never
//        says a word of it again; chaos picks one for each request,
//        about half of them normal; mix:MODE=PERCENT,… picks by share. Both in the same order on every
//        run. Of the statuses: late, twice, reorder, batch, before (the answer), silent,
//        delivered-only, read-only, undelivered:CODE (sent, then failed),
//        undelivered-twice:CODE, failed-first:CODE.
//   GET  /_control/requests  everything received, with the verdict on each; DELETE forgets it
//   GET  /_control/messages  everything accepted
//   GET  /_control/webhooks  everything sent to the webhook, with its answers
//   POST /_control/tap       {to, button: index or payload, template?, from?, bsuid?, withoutContext?,
//                            text?, repeat?, kind?: "button_reply", statuses?}: the recipient presses a
//                            button of the last message, or chooses a row of its list
//   POST /_control/text      {to, text, bsuid?, replyTo?: true or wamid}: the person writes
//   POST /_control/raw       {body, signature?: "bad" | "none" | text}: any webhook body
//   GET  /_control/handshake?token=T   subscribes at the webhook as Meta does
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BUSINESS_NUMBER = '6285100000001';
const WINDOW_MS = 24 * 60 * 60 * 1000;
const BODY_MAX_BYTES = 256 * 1024;
const WEBHOOK_TRIES = 10;

// --- Meta's errors -------------------------------------------------------------------------------

const STATUS_OF_CODE = new Map([
  [0, 401], [104, 401], [190, 401],
  [10, 403], [368, 403], [131031, 403], [131005, 403],
  [132001, 404],
  [3, 500], [131000, 500], [131016, 500], [131045, 500], [131057, 500],
  [2, 503], [133004, 503],
]);

const TITLE_OF_CODE = new Map([
  [4, 'Application request limit reached'],
  [100, 'Invalid parameter'],
  [190, 'Invalid OAuth access token'],
  [130429, 'Rate limit hit'],
  [131026, 'Message undeliverable'],
  [131047, 'Re-engagement message'],
  [131056, '(Business Account, Consumer Account) pair rate limit hit'],
  [132000, 'Number of parameters does not match the expected number of params'],
  [132001, 'Template name does not exist in the translation'],
  [132015, 'Template is Paused'],
  [132016, 'Template is Disabled'],
]);

const statusOfCode = (code) =>
  STATUS_OF_CODE.get(code) ?? (code >= 200 && code <= 299 ? 403 : 400);
const titleOfCode = (code) => TITLE_OF_CODE.get(code) ?? `Error ${code}`;

function errorBody(code, details, more = {}) {
  return {
    error: {
      message: `(#${code}) ${titleOfCode(code)}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details },
      ...more,
      fbtrace_id: `A${randomBytes(10).toString('hex')}`,
    },
  };
}

class Refusal extends Error {
  constructor(code, details, more = {}) {
    super(details);
    this.code = code;
    this.more = more;
    this.status = more.status ?? statusOfCode(code);
  }
}

// --- checking a request ---------------------------------------------------------------------------

function need(condition, code, details) {
  if (!condition) throw new Refusal(code, details);
}

function onlyKeys(object, allowed, where) {
  need(object !== null && typeof object === 'object' && !Array.isArray(object), 100,
    `${where} must be an object`);
  for (const key of Object.keys(object))
    need(allowed.includes(key), 100, `${where} must not have "${key}"`);
}

const isText = (value, max) => typeof value === 'string' && value.length >= 1 && value.length <= max;

function checkBodyComponent(component) {
  onlyKeys(component, ['type', 'parameters'], 'body component');
  need(Array.isArray(component.parameters) && component.parameters.length > 0, 131008,
    'body component needs parameters');
  for (const parameter of component.parameters) {
    onlyKeys(parameter, ['type', 'text'], 'body parameter');
    need(parameter.type === 'text', 100, 'body parameter type must be text');
    need(isText(parameter.text, 1024), 131008, 'body parameter text must have 1 to 1024 characters');
    need(!/[\n\r\t]| {4}/.test(parameter.text), 132012,
      'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
  }
}

function checkButtonComponent(component, seen) {
  onlyKeys(component, ['type', 'sub_type', 'index', 'parameters'], 'button component');
  need(component.sub_type === 'quick_reply', 100, 'sub_type must be quick_reply');
  need(typeof component.index === 'string' && /^[0-9]$/.test(component.index), 100,
    'button index must be a string "0" to "9"');
  need(!seen.has(component.index), 100, 'button index given twice');
  seen.add(component.index);
  need(Array.isArray(component.parameters) && component.parameters.length === 1, 131008,
    'a quick reply has exactly one parameter');
  const [parameter] = component.parameters;
  onlyKeys(parameter, ['type', 'payload'], 'button parameter');
  need(parameter.type === 'payload', 100, 'button parameter type must be payload');
  need(isText(parameter.payload, 256), 131009, 'payload must have 1 to 256 characters');
}

function checkTemplate(template, templates) {
  onlyKeys(template, ['name', 'language', 'components'], 'template');
  need(isText(template.name, 512) && /^[a-z0-9_]+$/.test(template.name), 132001,
    'template name must be lower-case letters, digits and _');
  onlyKeys(template.language, ['policy', 'code'], 'language');
  need(template.language.policy === undefined || template.language.policy === 'deterministic', 100,
    'language policy must be deterministic');
  need(typeof template.language.code === 'string' && /^[a-z]{2,3}(_[A-Z]{2})?$/.test(template.language.code),
    100, 'language code is wrong');
  need(template.components === undefined || Array.isArray(template.components), 100,
    'components must be an array');
  const seen = new Set();
  let params = 0;
  let bodies = 0;
  for (const component of template.components ?? []) {
    if (component?.type === 'body') {
      checkBodyComponent(component);
      params = component.parameters.length;
      bodies += 1;
    } else if (component?.type === 'button') {
      checkButtonComponent(component, seen);
    } else {
      throw new Refusal(100, `component type ${JSON.stringify(component?.type)} is not expected`);
    }
  }
  need(bodies <= 1, 100, 'more than one body component');
  need(seen.size <= 10, 100, 'more than 10 buttons');
  if (!templates) return;
  const known = templates[template.name];
  need(known && (known.language ?? 'id') === template.language.code, 132001,
    `template name (${template.name}) does not exist in ${template.language.code}`);
  need(known.params === undefined || known.params === params, 132000,
    `body: number of localizable_params (${params}) does not match the expected number of params (${known.params})`);
  need(known.buttons === undefined || known.buttons === seen.size, 132000,
    `buttons: ${seen.size} given, ${known.buttons} expected`);
}

// A list of answers; the other interactive types are not ours.
function checkInteractive(interactive) {
  onlyKeys(interactive, ['type', 'header', 'body', 'footer', 'action'], 'interactive');
  need(interactive.type === 'list', 100, 'interactive.type must be list');
  onlyKeys(interactive.body, ['text'], 'interactive.body');
  need(isText(interactive.body.text, 1024), 131009, 'interactive.body.text must have 1 to 1024 characters');
  onlyKeys(interactive.action, ['button', 'sections'], 'interactive.action');
  need(isText(interactive.action.button, 20), 131009, 'action.button must have 1 to 20 characters');
  const { sections } = interactive.action;
  need(Array.isArray(sections) && sections.length >= 1 && sections.length <= 10, 131009, 'a list has 1 to 10 sections');
  const rows = sections.flatMap((section) => {
    onlyKeys(section, ['title', 'rows'], 'section');
    need(section.title === undefined ? sections.length === 1 : isText(section.title, 24), 131009, 'section.title has 1 to 24 characters');
    need(Array.isArray(section.rows), 131009, 'section.rows must be an array');
    return section.rows;
  });
  need(rows.length >= 1 && rows.length <= 10, 131009, 'a list has 1 to 10 rows');
  for (const row of rows) {
    onlyKeys(row, ['id', 'title', 'description'], 'row');
    need(isText(row.id, 200), 131009, 'row.id must have 1 to 200 characters');
    need(isText(row.title, 24), 131009, 'row.title must have 1 to 24 characters');
    need(row.description === undefined || isText(row.description, 72), 131009, 'row.description has 1 to 72 characters');
  }
  need(new Set(rows.map((row) => row.id)).size === rows.length, 131009, 'row.id given twice');
}

function checkWindow(message, state) {
  const inbound = state.openWindow ? Date.now() : (state.lastInbound.get(message.to) ?? 0);
  need(Date.now() - inbound < WINDOW_MS && !state.closedWindow.has(message.to), 131047,
    'Message failed to send because more than 24 hours have passed since the customer last replied to this number.');
}

function checkMessage(message, state) {
  onlyKeys(message, ['messaging_product', 'recipient_type', 'to', 'type', 'template', 'text',
    'interactive', 'context', 'biz_opaque_callback_data'], 'message');
  need(message.messaging_product === 'whatsapp', 100, 'messaging_product must be whatsapp');
  need(message.recipient_type === 'individual', 100, 'recipient_type must be individual');
  need(typeof message.to === 'string' && /^[1-9][0-9]{6,14}$/.test(message.to), 131009,
    'to must be digits with the country code');
  need(message.to !== BUSINESS_NUMBER, 131021, 'recipient cannot be sender');
  const opaque = message.biz_opaque_callback_data;
  need(opaque === undefined || isText(opaque, 512), 100, 'biz_opaque_callback_data has 1 to 512 characters');
  need(opaque === undefined || message.type === 'template', 100, 'biz_opaque_callback_data belongs to templates');
  if (message.context !== undefined) {
    onlyKeys(message.context, ['message_id'], 'context');
    need(isText(message.context.message_id, 256), 100, 'context.message_id is needed');
  }
  if (message.type === 'template') {
    need(message.text === undefined && message.interactive === undefined, 100, 'more than one kind of content');
    checkTemplate(message.template, state.templates);
    const stopped = state.stoppedTemplates[message.template.name];
    need(stopped === undefined, stopped, `Template ${message.template.name} is stopped`);
    return;
  }
  if (message.type === 'interactive') {
    need(message.text === undefined && message.template === undefined, 100, 'more than one kind of content');
    checkInteractive(message.interactive);
    checkWindow(message, state);
    return;
  }
  need(message.type === 'text', 131051, `type ${JSON.stringify(message.type)} is not expected`);
  need(message.template === undefined && message.interactive === undefined, 100, 'more than one kind of content');
  onlyKeys(message.text, ['preview_url', 'body'], 'text');
  need(message.text.preview_url === undefined || typeof message.text.preview_url === 'boolean', 100,
    'preview_url must be true or false');
  need(isText(message.text.body, 4096), 100, 'text.body must have 1 to 4096 characters');
  checkWindow(message, state);
}

// Returns the message, or throws a Refusal.
function checkRequest(request, raw, state) {
  const path = /^\/v(\d{2})\.\d\/(\d+)\/messages$/.exec(request.url);
  if (!path || request.method !== 'POST')
    throw new Refusal(100, `Unsupported ${request.method.toLowerCase()} request: ${request.url}`,
      { error_subcode: 33, type: 'GraphMethodException', status: 400 });
  need(Number(path[1]) >= 21, 2635, `version v${path[1]} is no longer available`);
  if (state.phoneNumberId && path[2] !== state.phoneNumberId)
    throw new Refusal(100, `Object with ID '${path[2]}' does not exist`, { error_subcode: 33 });
  const authorization = request.headers.authorization ?? '';
  need(authorization !== '', 104, 'An access token is required to request this resource');
  const token = /^Bearer ([!-~]+)$/.exec(authorization)?.[1];
  need(token !== undefined && (!state.token || token === state.token), 190,
    'Error validating access token: Session has expired');
  need(/^application\/json(; ?charset=utf-8)?$/i.test(request.headers['content-type'] ?? ''), 100,
    'Content-Type must be application/json');
  need(/^[A-Za-z0-9_-]+\/[0-9]+(\.[0-9]+){2,}/.test(request.headers['user-agent'] ?? ''), 100,
    'User-Agent must be name/N.N.N');
  let message;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw new Refusal(100, 'Invalid JSON in request body');
  }
  checkMessage(message, state);
  return message;
}

// --- webhooks -----------------------------------------------------------------------------------------

// As Meta writes it: only ASCII, and every slash escaped.
export function metaJson(value) {
  return JSON.stringify(value)
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function post(url, body, headers) {
  return new Promise((resolve) => {
    const { request: open } = url.startsWith('https:') ? https : http;
    const request = open(url, { method: 'POST', headers, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', () => resolve(0));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(0));
    request.end(body);
  });
}

function signature(state, body) {
  return `sha256=${createHmac('sha256', state.secret).update(body).digest('hex')}`;
}

async function postOnce(state, body, sign) {
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'facebookexternalua' };
  if (sign !== null) headers['X-Hub-Signature-256'] = sign;
  const status = await post(state.webhook, body, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  state.webhooks.push({ at: Date.now(), body, status });
  return status;
}

// Posts until the answer is 200, less and less often. Resolves with the first answer.
async function deliver(state, body) {
  if (!state.webhook) return 0;
  const first = await postOnce(state, body, signature(state, body));
  if (first !== 200) void redeliver(state, body);
  return first;
}

async function redeliver(state, body) {
  for (let n = 0; n < WEBHOOK_TRIES; n += 1) {
    await sleep(Math.min(200 * 2 ** n, 10_000));
    if (state.closed) return;
    if ((await postOnce(state, body, signature(state, body))) === 200) return;
  }
}

function change(state, value) {
  return {
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: BUSINESS_NUMBER, phone_number_id: state.phoneNumberId ?? '100000000000001' },
      ...value,
    },
    field: 'messages',
  };
}

const envelope = (changes) =>
  metaJson({ object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes }] });
const seconds = () => String(Math.floor(Date.now() / 1000));
const newWamid = () => `wamid.${Buffer.concat([Buffer.from('HBgN'), randomBytes(24)]).toString('base64')}`;

function statusOf(accepted, status, code) {
  const event = { id: accepted.wamid, status, timestamp: seconds(), recipient_id: accepted.to };
  if (accepted.opaque !== undefined) event.biz_opaque_callback_data = accepted.opaque;
  if (status === 'sent' || status === 'delivered') {
    event.conversation = { id: randomBytes(16).toString('hex'), origin: { type: 'utility' } };
    event.pricing = { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' };
  }
  if (code !== undefined)
    event.errors = [{
      code,
      title: titleOfCode(code),
      message: titleOfCode(code),
      error_data: { details: 'Message Undeliverable.' },
      href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
    }];
  return event;
}

// The status ladder of one accepted message, by mode.
async function sendStatuses(state, accepted, mode) {
  if (!state.webhook || mode.endsWith('silent')) return;
  const [sent, delivered, read] = state.delays;
  const body = (event) => envelope([change(state, { statuses: [event] })]);
  const send = (event) => {
    accepted.statuses.push(event.status);
    return deliver(state, body(event));
  };
  if (mode === 'late') await sleep(state.lateMs);
  if (mode.startsWith('failed-first:')) {
    await sleep(sent);
    await send(statusOf(accepted, 'failed', Number(mode.slice('failed-first:'.length))));
    await sleep(delivered);
    await send(statusOf(accepted, 'sent'));
    return;
  }
  if (mode === 'delivered-only' || mode === 'read-only') {
    await sleep(sent);
    await send(statusOf(accepted, mode.slice(0, -'-only'.length)));
    return;
  }
  if (/^undelivered(-twice)?:/.test(mode)) {
    await sleep(sent);
    await send(statusOf(accepted, 'sent'));
    await sleep(delivered);
    const failed = statusOf(accepted, 'failed', Number(mode.split(':')[1]));
    await send(failed);
    if (mode.startsWith('undelivered-twice')) await send(failed);
    return;
  }
  if (mode === 'batch') {
    await sleep(sent);
    accepted.statuses.push('sent', 'delivered', 'read');
    await deliver(state, envelope([
      change(state, { statuses: [statusOf(accepted, 'read'), statusOf(accepted, 'sent')] }),
      change(state, { statuses: [statusOf(accepted, 'delivered')] }),
    ]));
    return;
  }
  const order = mode === 'reorder' ? ['read', 'delivered', 'sent'] : ['sent', 'delivered', 'read'];
  const waits = [sent, delivered, read];
  for (let i = 0; i < order.length; i += 1) {
    await sleep(waits[i]);
    if (state.closed) return;
    const event = statusOf(accepted, order[i]);
    await send(event);
    if (mode === 'twice') await send(event);
  }
}

// --- sending --------------------------------------------------------------------------------------------

function accept(state, message) {
  const buttons = (message.template?.components ?? []).filter((c) => c.type === 'button');
  const rows = message.interactive?.action.sections.flatMap((section) => section.rows);
  const accepted = {
    wamid: newWamid(),
    to: message.to,
    at: Date.now(),
    template: message.template?.name ?? null,
    params: (message.template?.components ?? []).find((c) => c.type === 'body')?.parameters.map((p) => p.text) ?? [],
    payloads: rows ? rows.map((row) => row.id)
      : buttons.sort((a, b) => Number(a.index) - Number(b.index)).map((b) => b.parameters[0].payload),
    titles: rows ? rows.map((row) => row.title) : [],
    text: message.text?.body ?? null,
    list: message.interactive?.body.text ?? null,
    type: message.type,
    opaque: message.biz_opaque_callback_data,
    statuses: [],
  };
  state.messages.push(accepted);
  return accepted;
}

// One of the modes by its share in percent, "reset=5,hang=5"; the rest is normal.
function mixedMode(state, mix) {
  state.seed = (state.seed + 0x6d2b79f5) >>> 0; // mulberry32: its shares come out as they are asked for
  let t = Math.imul(state.seed ^ (state.seed >>> 15), state.seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  let n = (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * 100;
  for (const part of mix.split(',')) {
    const [mode, percent] = part.split('=');
    n -= Number(percent);
    if (n < 0) return mode;
  }
  return 'normal';
}

const CHAOS = ['reset', 'reset-accepted', '500', 'hang', 'hang-accepted', 'bad-json', 'twice', 'reorder', 'batch', 'before'];

// A small generator of its own, so that a failing run can be run again.
function chaosMode(state) {
  state.seed = (Math.imul(state.seed, 1664525) + 1013904223) >>> 0;
  const n = Math.floor((state.seed / 2 ** 32) * CHAOS.length * 2);
  return CHAOS[n] ?? 'normal';
}

function takeMode(state, to) {
  for (const key of [to, '*']) {
    const entry = state.modes.get(key);
    if (!entry) continue;
    if (entry.times !== undefined) {
      entry.times -= 1;
      if (entry.times <= 0) state.modes.delete(key);
    }
    if (entry.mode.startsWith('mix:')) return mixedMode(state, entry.mode.slice('mix:'.length));
    return entry.mode === 'chaos' ? chaosMode(state) : entry.mode;
  }
  return 'normal';
}

function answerJson(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

// Modes that give no proper answer. True when the mode was one of them.
function misbehave(response, mode) {
  if (mode === 'hang' || mode === 'hang-accepted') return true;
  if (['reset', 'reset-accepted', 'reset-silent'].includes(mode)) {
    response.socket.resetAndDestroy ? response.socket.resetAndDestroy() : response.socket.destroy();
    return true;
  }
  if (mode === 'bad-json') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end('{"messaging_product":"whatsapp","messages":[');
    return true;
  }
  if (mode === '500' || mode === '500-accepted') {
    response.writeHead(500, { 'Content-Type': 'text/html' });
    response.end('<html>Sorry, something went wrong.</html>');
    return true;
  }
  if (mode === '429') {
    response.writeHead(429, { 'Content-Type': 'text/plain', 'Retry-After': '2' });
    response.end('Too Many Requests');
    return true;
  }
  return false;
}

async function handleSend(state, request, response, raw) {
  const entry = {
    at: Date.now(), method: request.method, url: request.url,
    headers: { ...request.headers, authorization: request.headers.authorization ? 'Bearer …' : undefined },
    body: raw.toString('utf8'), verdict: 'accepted', mode: 'normal',
  };
  state.requests.push(entry);
  let message;
  try {
    message = checkRequest(request, raw, state);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const { status: _status, ...more } = refusal.more;
    entry.verdict = `${refusal.code}: ${refusal.message}`;
    answerJson(response, refusal.status, errorBody(refusal.code, refusal.message, more));
    return;
  }
  const mode = takeMode(state, message.to);
  entry.mode = mode;
  if (mode.startsWith('fail:')) {
    const code = Number(mode.slice('fail:'.length));
    entry.verdict = String(code);
    answerJson(response, statusOfCode(code), errorBody(code, 'As the stand-in was told.'));
    return;
  }
  if (['hang', 'reset', '500', '429'].includes(mode)) {
    entry.verdict = mode;
    misbehave(response, mode);
    return;
  }
  const accepted = accept(state, message);
  accepted.mode = mode;
  entry.wamid = accepted.wamid;
  if (mode.startsWith('slow:')) await sleep(Number(mode.slice('slow:'.length)));
  if (mode === 'before') await sendStatuses(state, accepted, 'normal');
  if (!misbehave(response, mode)) {
    const answer = { id: accepted.wamid };
    if (accepted.template) answer.message_status = 'accepted';
    answerJson(response, 200, {
      messaging_product: 'whatsapp',
      contacts: [{ input: message.to, wa_id: message.to }],
      messages: [answer],
    });
  }
  if (mode !== 'before') void sendStatuses(state, accepted, mode);
}

// --- control -----------------------------------------------------------------------------------------------

function inbound(state, person, message) {
  state.lastInbound.set(person.to, Date.now());
  state.closedWindow.delete(person.to);
  const contact = { profile: { name: person.name ?? 'Pejabat' } };
  const from = person.from ?? (person.bsuid ? undefined : person.to);
  if (from) contact.wa_id = from;
  if (person.bsuid) contact.user_id = person.bsuid;
  const full = { id: person.id ?? newWamid(), timestamp: seconds(), ...message };
  if (from) full.from = from;
  if (person.bsuid) full.from_user_id = person.bsuid;
  return { id: full.id, body: envelope([change(state, { contacts: [contact], messages: [full] })]) };
}

async function controlTap(state, ask) {
  const last = state.messages.findLast((m) =>
    m.to === ask.to && m.payloads.length > 0 && (!ask.template || m.template === ask.template));
  if (!last) return [404, { error: `no message with buttons went to ${ask.to}` }];
  const payload = typeof ask.button === 'number' ? last.payloads[ask.button] : ask.button;
  if (typeof payload !== 'string') return [422, { error: `no button ${ask.button}` }];
  const n = last.payloads.indexOf(payload);
  const title = ask.text ?? last.titles[n] ?? `Tombol ${n + 1}`;
  const kind = ask.kind ?? (last.type === 'interactive' ? 'list_reply' : 'button');
  const message = kind === 'button'
    ? { type: 'button', button: { payload, text: title } }
    : { type: 'interactive', interactive: { type: kind, [kind]: { id: payload, title } } };
  if (!ask.withoutContext) message.context = { from: BUSINESS_NUMBER, id: last.wamid };
  const { id, body } = inbound(state, ask, message);
  const statuses = await Promise.all(Array.from({ length: ask.repeat ?? 1 }, () => deliver(state, body)));
  return [200, { id, payload, context: last.wamid, status: statuses[0], statuses }];
}

async function controlText(state, ask) {
  const message = { type: 'text', text: { body: ask.text } };
  const replied = ask.replyTo === true ? state.messages.findLast((m) => m.to === ask.to)?.wamid : ask.replyTo;
  if (replied) message.context = { from: BUSINESS_NUMBER, id: replied };
  const { id, body } = inbound(state, ask, ask.type ? { type: ask.type, [ask.type]: { id: '1' } } : message);
  const statuses = [];
  for (let i = 0; i < (ask.repeat ?? 1); i += 1) statuses.push(await deliver(state, body));
  return [200, { id, status: statuses[0] }];
}

async function controlRaw(state, ask) {
  const body = typeof ask.body === 'string' ? ask.body : metaJson(ask.body);
  let sign = signature(state, body);
  if (ask.signature === 'bad') sign = `sha256=${'0'.repeat(64)}`;
  else if (ask.signature === 'none') sign = null;
  else if (ask.signature) sign = ask.signature;
  return [200, { status: await postOnce(state, body, sign) }];
}

async function controlHandshake(state, token) {
  const challenge = String(Math.floor(1e8 + Math.random() * 9e8));
  const url = new URL(state.webhook);
  url.search = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token });
  const answer = await fetch(url);
  const text = await answer.text();
  return [200, { status: answer.status, ok: answer.status === 200 && text === challenge }];
}

function controlMode(state, ask) {
  if (ask.mode !== undefined) {
    const key = ask.to ?? '*';
    if (ask.mode === 'normal') state.modes.delete(key);
    else state.modes.set(key, { mode: String(ask.mode), times: ask.times });
  }
  for (const key of ['delays', 'lateMs', 'webhook', 'templates', 'openWindow', 'token', 'stoppedTemplates', 'seed'])
    if (ask[key] !== undefined) state[key] = ask[key];
  if (ask.closeWindow) state.closedWindow.add(ask.closeWindow);
  return [200, { ok: true }];
}

async function handleControl(state, request, raw) {
  const { pathname, searchParams } = new URL(request.url, 'http://stand-in');
  const key = `${request.method} ${pathname}`;
  if (key === 'GET /_control/requests') return [200, state.requests];
  if (key === 'GET /_control/messages') return [200, state.messages];
  if (key === 'GET /_control/webhooks') return [200, state.webhooks];
  if (key === 'GET /_control/handshake') return controlHandshake(state, searchParams.get('token') ?? '');
  if (key === 'DELETE /_control/requests') {
    state.requests.length = 0;
    return [200, { ok: true }];
  }
  const actions = {
    'POST /_control': controlMode, 'POST /_control/tap': controlTap,
    'POST /_control/text': controlText, 'POST /_control/raw': controlRaw,
  };
  if (!actions[key]) return [404, { error: `no ${key}` }];
  let ask;
  try {
    ask = JSON.parse(raw.toString('utf8') || '{}');
  } catch {
    return [400, { error: 'not JSON' }];
  }
  return actions[key](state, ask);
}

// --- the server ----------------------------------------------------------------------------------------------

async function readBody(request) {
  const parts = [];
  let n = 0;
  for await (const part of request) {
    n += part.length;
    if (n > BODY_MAX_BYTES) throw new Error('body too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function handle(state, request, response) {
  const raw = await readBody(request);
  if (!request.url.startsWith('/_control')) {
    await handleSend(state, request, response, raw);
    return;
  }
  const [status, value] = state.control
    ? await handleControl(state, request, raw)
    : [404, { error: 'start the stand-in with --control' }];
  answerJson(response, status, value);
}

// For tests in Node: the same without a process. `secret` is a Buffer or text.
export async function startStandIn(options) {
  const state = {
    secret: options.secret, token: options.token, webhook: options.webhook,
    phoneNumberId: options.phoneNumberId, control: options.control ?? true,
    delays: options.delays ?? [20, 40, 60], lateMs: 1500, templates: options.templates,
    openWindow: false, closed: false, seed: 1, modes: new Map(), lastInbound: new Map(),
    closedWindow: new Set(), stoppedTemplates: {},
    requests: [], messages: [], webhooks: [],
  };
  const server = http.createServer((request, response) => {
    handle(state, request, response).catch((error) => {
      if (response.headersSent || response.destroyed) return;
      answerJson(response, 500, { error: String(error.message) });
    });
  });
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    state,
    close() {
      state.closed = true;
      server.closeAllConnections?.();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      webhook: { type: 'string' },
      'secret-file': { type: 'string' },
      token: { type: 'string' },
      'phone-number-id': { type: 'string' },
      control: { type: 'boolean', default: false },
    },
  });
  if (!values['secret-file']) throw new Error('--secret-file FILE is needed');
  const standIn = await startStandIn({
    port: Number(values.port),
    webhook: values.webhook,
    secret: readFileSync(values['secret-file'], 'utf8').trim(),
    token: values.token,
    phoneNumberId: values['phone-number-id'],
    control: values.control,
  });
  console.log(`listening ${standIn.port}`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
