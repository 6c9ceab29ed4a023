// Runs the end-to-end tests:  node run.mjs [BINARY] [FILTER…]
// Prints "ok NAME" or "not ok NAME" for each case and a summary; the exit status is 0 when all passed.
// A filter is a part of a case's full name ("json: nine steps"). BUKUTAMU_BIN names the binary, too.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
if (args[0] && fs.existsSync(args[0]) && fs.statSync(args[0]).isFile()) process.env.BUKUTAMU_BIN = path.resolve(args.shift());
const filters = args;

const { Office, BIN } = await import('./lib.mjs');
if (!fs.existsSync(BIN)) {
  console.log(`not ok binary: ${BIN} is not there`);
  process.exit(1);
}

const CASE_MS = 120_000;
let passed = 0;
let failed = 0;

// One file's cases. Its office is made when the first case that runs asks for it.
class Suite {
  constructor(name) {
    this.name = name;
    this.cases = [];
    this.cleanups = [];
  }

  test(name, fn, options = {}) {
    this.cases.push({ name: `${this.name}: ${name}`, fn, ...options });
  }

  office(options) {
    this.shared ??= this.ownOffice(options);
    return this.shared;
  }

  async ownOffice(options) {
    const office = await Office.start(options);
    this.cleanups.push(() => office.stop());
    return office;
  }

  cleanup(fn) {
    this.cleanups.push(fn);
  }

  async run() {
    for (const one of this.cases) {
      if (filters.length && !filters.some((f) => one.name.includes(f))) continue;
      const started = Date.now();
      let timer;
      const limit = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`took longer than ${one.ms ?? CASE_MS} ms`)), one.ms ?? CASE_MS);
      });
      try {
        const skip = await Promise.race([one.fn(), limit]); // a case that cannot run here says why
        if (typeof skip !== 'string') passed += 1;
        console.log(`ok ${one.name} ${typeof skip === 'string' ? `# SKIP ${skip}` : `(${Date.now() - started} ms)`}`);
      } catch (error) {
        failed += 1;
        console.log(`not ok ${one.name}`);
        console.log(String(error.stack ?? error).split('\n').slice(0, 14).map((l) => `    ${l.slice(0, 400)}`).join('\n'));
      } finally {
        clearTimeout(timer);
      }
    }
    for (const fn of this.cleanups.reverse()) {
      try {
        await fn();
      } catch (error) {
        failed += 1;
        console.log(`not ok ${this.name}: clean-up`);
        console.log(`    ${error.stack}`);
      }
    }
  }
}

const files = fs.readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort();
for (const file of files) {
  const suite = new Suite(file.replace('.test.mjs', ''));
  const module = await import(`./${file}`);
  await module.default(suite);
  await suite.run();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
