import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../publish/stamps.mjs';
import { highlight } from './highlight.mjs';

/**
 * The files that theorems bind, checks and functions, as pages of the site: so a reader sees what was run without going elsewhere.
 *
 * @param {string} root
 * @param {readonly import('./theorems.mjs').TheoremPage[]} theorems
 * @param {readonly { file: string, line: number }[]} declared  where public names are, whose pages lead here too
 */
export function sourcePages(root, theorems, declared) {
  const files = [...new Set(theorems.flatMap(({ checks, code }) => [...checks, ...code].map(({ file }) => file)))].sort();
  return files.map((file) => {
    const bound = theorems.filter(({ checks, code }) => [...checks, ...code].some((one) => one.file === file));
    const places = [...bound.flatMap(({ checks, code }) => [...checks, ...code]), ...declared].filter((one) => one.file === file);
    return {
      file,
      url: sourceUrl(file),
      isTest: file.endsWith('.test.ts'),
      theorems: bound.map(({ url, number, title }) => ({ url, number, title })),
      html: anchored(highlighted(root, file), new Set(places.map(({ line }) => line))),
    };
  });
}

/** @param {string} file */
export const sourceUrl = (file) => `/source/${file}/`;

/** Code as HTML, kept in build/cache as long as it is the same. @param {string} root @param {string} file */
function highlighted(root, file) {
  const code = readFileSync(join(root, file), 'utf8');
  const how = readFileSync(join(import.meta.dirname, 'highlight.mjs'), 'utf8') + readFileSync(join(root, 'package-lock.json'), 'utf8');
  const folder = join(root, 'build/cache/source');
  const kept = join(folder, `${digest(`${how}\0${code}`)}.html`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const html = highlight(code);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, html);
  renameSync(`${kept}.${process.pid}`, kept);
  return html;
}

/** The same with a place to lead to at each line that something names: `#L12`. @param {string} html @param {ReadonlySet<number>} lines */
function anchored(html, lines) {
  const [, open = '', code = '', close = ''] = /^(<pre[^>]*><code[^>]*>)([\s\S]*)(<\/code><\/pre>)$/.exec(html) ?? [];
  const rows = code.split('\n').map((row, i) => (lines.has(i + 1) ? `<b id="L${i + 1}"></b>${row}` : row));
  return `${open}${rows.join('\n')}${close}`;
}
