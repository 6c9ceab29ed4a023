// Canaries: words nobody else says, put into every field that is a secret, and looked for afterwards wherever
// bytes can lie: files, what went out, and the memory of every process of the product.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const CHUNK = 256 << 10;
const OVERLAP = 256;
const NOTHING = Buffer.alloc(CHUNK + OVERLAP);

function needlesOf(name, text) {
  const plain = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  const list = [[name, plain], [`${name} in UTF-16`, wide], [`${name} in UTF-16BE`, Buffer.from(wide).swap16()],
    [`${name} in hexadecimal`, Buffer.from(plain.toString('hex'))]];
  for (let at = 0; at < 3; at += 1) {
    const coded = Buffer.concat([Buffer.alloc(at), plain]).toString('base64').replace(/=+$/, '');
    const whole = coded.slice(at === 0 ? 0 : at + 1, coded.length - ((at + plain.length) % 3 === 0 ? 0 : 1));
    list.push([`${name} in base64`, Buffer.from(whole)]);
    if (/[+/]/.test(whole)) list.push([`${name} in base64url`, Buffer.from(whole.replaceAll('+', '-').replaceAll('/', '_'))]);
  }
  return list;
}

// A flock shares one random mark, so that a look needs few needles. Its canaries carry letters that forms and
// URLs write differently, beside the mark.
export class Flock {
  constructor() {
    this.mark = `Kn${randomBytes(6).toString('hex')}`;
    this.names = [];
    this.more = []; // what cannot carry the mark: numbers, passwords
  }

  also(name, text) {
    this.more.push([name, String(text)]);
    return text;
  }

  // A text that is told from all others of the flock.
  bird(name) {
    if (!this.names.includes(name)) this.names.push(name);
    return `${this.mark}${name}é ü`;
  }

  // The mark as bytes could hold it: UTF-8 (and percent-encoded: letters and digits stay), UTF-16, hexadecimal,
  // and base64 at each of its three places.
  needles() {
    this.made ??= [['the mark', this.mark], ...this.more].flatMap(([name, text]) => needlesOf(name, text));
    return this.made;
  }

  // What is found in these bytes, with the letters behind it.
  in(bytes, where) {
    const found = [];
    for (const [form, needle] of this.needles()) {
      for (let at = bytes.indexOf(needle); at >= 0 && found.length < 20; at = bytes.indexOf(needle, at + needle.length)) {
        const about = bytes.subarray(at, at + 60).toString('latin1').replace(/[^\x20-\x7e]/g, '.');
        found.push(`${form} in ${where}: ${about}`);
      }
    }
    return found;
  }
}

export function everyFile(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(dir, entry.name);
    return entry.isDirectory() ? everyFile(name) : entry.isFile() ? [name] : [];
  });
}

export function inFiles(flock, files, base) {
  return files.flatMap((file) => flock.in(fs.readFileSync(file), path.relative(base, file)));
}

// An archive of the product is a zip: what is in it, unpacked.
export function inBackup(flock, file) {
  const names = execFileSync('unzip', ['-Z1', file], { encoding: 'utf8' }).trim().split('\n');
  return [...flock.in(fs.readFileSync(file), 'the backup'),
    ...names.flatMap((name) => flock.in(execFileSync('unzip', ['-p', file, name], { maxBuffer: 1 << 30 }), `the backup's ${name}`))];
}

// Files of this user written since `since` in the folders that programs use without being asked.
export function inTempFolders(flock, since) {
  const found = [];
  for (const dir of new Set([os.tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])) {
    if (!fs.existsSync(dir)) continue;
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(dir, entry.name);
      try {
        const stat = fs.statSync(file);
        if (stat.mtimeMs >= since && stat.size < 1 << 28) found.push(...flock.in(fs.readFileSync(file), file));
      } catch { /* gone, or somebody else's */ }
    }
  }
  return found;
}

// --- memory --------------------------------------------------------------------------------------------

export function processTree(pid) {
  const parents = new Map();
  for (const name of fs.readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch { /* it has ended */ }
  }
  const tree = [pid];
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child);
  return tree;
}

// May this user look into the memory of that process?
export function memoryReadable(pid) {
  try {
    fs.closeSync(fs.openSync(`/proc/${pid}/mem`, 'r'));
    return true;
  } catch {
    return false;
  }
}

function inMapping(flock, fd, from, to, where) {
  const found = [];
  const room = Buffer.alloc(CHUNK + OVERLAP);
  for (let at = from; at < to; at += BigInt(CHUNK)) {
    const length = Number(to - at < BigInt(room.length) ? to - at : BigInt(room.length));
    let n = 0;
    try {
      n = fs.readSync(fd, room, 0, length, at);
    } catch { /* the kernel's own pages: vvar */ }
    if (!room.subarray(0, n).equals(NOTHING.subarray(0, n))) found.push(...flock.in(room.subarray(0, n), where));
  }
  return found;
}

// Every mapping that a process can have written: heaps, stacks, anonymous memory, libraries' data, shared files. `saw.bytes` counts.
export function inMemory(flock, pid, saw) {
  const fd = fs.openSync(`/proc/${pid}/mem`, 'r');
  try {
    return fs.readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n').flatMap((line) => {
      const [, from, to, rights, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/.exec(line);
      if (!rights.startsWith('r') || /^\[v(var|syscall|dso)/.test(name)) return [];
      if (rights[1] !== 'w' && rights[3] === 'p' && name.startsWith('/')) return []; // a file of the system, as it lies on disk
      if (saw) saw.bytes += Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
      return inMapping(flock, fd, BigInt(`0x${from}`), BigInt(`0x${to}`), `process ${pid}, ${name || 'anonymous memory'} ${from}-${to}`);
    });
  } finally {
    fs.closeSync(fd);
  }
}
