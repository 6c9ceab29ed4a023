// Debian's Chromium with a camera that is not one.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { ROOT } from './lib.mjs';

const require = createRequire(import.meta.url);
export const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = path.join(ROOT, 'build', 'screenshots');
export const WIDTHS = [[360, 740], [768, 1024], [1366, 768]];

const ARGS = [
  '--use-fake-device-for-media-stream', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--no-first-run', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage',
];

export function launch({ camera = true } = {}) {
  const args = [...ARGS];
  if (camera) args.push('--use-fake-ui-for-media-stream');
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args,
  });
}

// A person at a browser. Everything that goes wrong in the page is remembered and fails the test.
export async function person(browser, office, username, options = {}) {
  const context = await browser.newContext({
    baseURL: office.url, locale: 'id-ID', viewport: { width: 1366, height: 768 }, ...options,
  });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    page.faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    const text = message.text();
    // htmx reports a stream that ends because the page is left as a bare event.
    const expected = /status of (4\d\d|5\d\d)/.test(text) || text === '[object Event]';
    if (message.type() === 'error' && !expected) page.faults.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(office.url)) page.faults.push(`request to the outside: ${url}`);
  });
  if (username) {
    await page.goto('/masuk');
    await page.fill('#username', username);
    await page.fill('#password', office.people.get(username).password);
    await page.click('main button[type=submit]');
    await page.waitForURL((url) => url.pathname !== '/masuk');
  }
  return page;
}

export function clean(page) {
  if (page.faults.length) throw new Error(`in the page: ${page.faults.join(' | ')}`);
}

// Serious and critical findings of axe-core on what is shown now.
export async function axe(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations', 'passes'] }));
  if (found.passes.length < 5) throw new Error('axe-core looked at nothing');
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join('; ')}`);
}

// Pictures of a page at three widths; says where something is wider than the window.
export async function shoot(page, name) {
  fs.mkdirSync(SHOTS, { recursive: true });
  const wide = [];
  const before = page.viewportSize();
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: path.join(SHOTS, `${name}-${width}.png`), fullPage: true });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) wide.push(`${name} is ${over} px too wide at ${width}`);
  }
  await page.setViewportSize(before);
  return wide;
}
