// A .docx as its files, to change a template like an office program would: read, write, and cut the placeholders into
// runs as Word does after every correction.
import zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => (bytes.reduce((c, byte) => TABLE[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

// Name → bytes, in the order of the file.
export function unpack(zip) {
  const files = new Map();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o));
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(from, from + packed);
    files.set(zip.toString('utf8', at + 46, at + 46 + name), method === 8 ? zlib.inflateRawSync(data) : data);
    at += 46 + name + extra + comment;
  }
  return files;
}

function header(signature, name, data, offset) {
  const central = offset !== undefined;
  const head = Buffer.alloc(central ? 46 : 30);
  head.write(signature, 0, 'latin1');
  const from = central ? 6 : 4;
  if (central) head.writeUInt16LE(20, 4);
  head.writeUInt16LE(20, from);
  head.writeUInt16LE(0x0800, from + 2);
  head.writeUInt16LE(0x21, from + 8); // 1 January 1980
  head.writeUInt32LE(crc(data), from + 10);
  head.writeUInt32LE(data.length, from + 14);
  head.writeUInt32LE(data.length, from + 18);
  head.writeUInt16LE(name.length, from + 22);
  if (central) head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
}

// Stored, not packed: any program reads it.
export function pack(files) {
  const parts = [];
  const list = [];
  let at = 0;
  for (const [title, data] of files) {
    const name = Buffer.from(title);
    const head = header('PK\x03\x04', name, data);
    list.push(header('PK\x01\x02', name, data, at));
    parts.push(head, data);
    at += head.length + data.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

const BETWEEN = ['<w:proofErr w:type="spellStart"/>', '<w:bookmarkStart w:id="ID" w:name="potong_ID"/><w:bookmarkEnd w:id="ID"/>',
  '<w:proofErr w:type="spellEnd"/>', ''];

// One run → one for each letter of its placeholders, with what Word leaves between them.
function split(look, text, count) {
  return text.split(/(\{\{[^{}]*\}\})/).flatMap((part) => (part.startsWith('{{') ? [...part] : [part])).filter(Boolean)
    .map((piece) => {
      count.n += 1;
      const between = BETWEEN[count.n % BETWEEN.length].replaceAll('ID', String(500 + count.n));
      return `${between}<w:r w:rsidR="00${(count.n % 4096).toString(16).padStart(6, '0').toUpperCase()}">${look}<w:t xml:space="preserve">${piece}</w:t></w:r>`;
    }).join('');
}

// The same template with every placeholder cut into pieces; also says how many runs came of it.
export function splitRuns(docx) {
  const files = unpack(docx);
  const count = { n: 0 };
  for (const [name, data] of files) {
    if (!/^word\/(document|footer\d*|header\d*)\.xml$/.test(name)) continue;
    const xml = data.toString('utf8').replace(/<w:r>(<w:rPr>.*?<\/w:rPr>)?<w:t xml:space="preserve">([^<]*\{\{[^<]*)<\/w:t><\/w:r>/g,
      (_, look, text) => split(look ?? '', text, count));
    files.set(name, Buffer.from(xml));
  }
  return { bytes: pack(files), runs: count.n };
}
