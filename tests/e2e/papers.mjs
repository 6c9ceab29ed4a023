// What an office program makes of our files: LibreOffice without a window, and the text of a PDF.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const haveSoffice = await run('soffice', ['--version']).then(() => true, () => false);
// One run of LibreOffice for all files: starting it takes longer than the work. Its profile stays in `dir`.
export const convert = (dir, to, files, { out = dir, timeout = 110_000 } = {}) =>
  run('soffice', ['--headless', `-env:UserInstallation=file://${dir}/profil`, '--convert-to', to, '--outdir', out, ...files], { timeout });
export const printed = async (pdf, how = '-layout') => (await run('pdftotext', [how, pdf, '-'], { maxBuffer: 1 << 26 })).stdout;
