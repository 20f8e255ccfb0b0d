import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { escapeHtml } from './highlight.mjs';
import { textOf } from './text.mjs';

/** Whether pictures for links can be drawn: by librsvg's rsvg-convert. */
export const canDrawCards = () => !spawnSync('rsvg-convert', ['--version'], { stdio: 'ignore' }).error;

/**
 * The pictures that other sites show beside a link: one for the site, one for each post, notebook and page to play with.
 *
 * @param {string} out  the site's folder, its pages written
 */
export function writeCards(out) {
  draw(out, 'site', 'Lemmata', 'Quant machine learning in TypeScript: every step proved, run, and tested on markets');
  for (const file of globSync('{posts,notebooks,play}/*/index.html', { cwd: out }).sort()) {
    const html = readFileSync(join(out, file), 'utf8');
    const title = textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? '');
    const about = textOf(/<meta name="description" content="([^"]*)"/.exec(html)?.[1] ?? '');
    draw(out, file.replace('/index.html', ''), title, about);
  }
}

/** @param {string} out @param {string} name @param {string} title @param {string} about */
function draw(out, name, title, about) {
  const heading = lines(title, 26).slice(0, 3);
  const words = lines(about, 58).slice(0, 3);
  const top = 250 - 34 * (heading.length - 1);
  const rows = [
    ...heading.map(
      (text, i) => `<text x="90" y="${top + 76 * i}" font-size="64" font-weight="bold" fill="#ffffff">${escapeHtml(text)}</text>`,
    ),
    ...words.map(
      (text, i) => `<text x="90" y="${top + 76 * heading.length + 44 * i}" font-size="32" fill="#c9d6e8">${escapeHtml(text)}</text>`,
    ),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="DejaVu Sans, Helvetica, Arial, sans-serif"><rect width="1200" height="630" fill="#1f3a5f"/><path d="M90 118 118 62l28 56" fill="none" stroke="#fff" stroke-width="9" stroke-linejoin="round" stroke-linecap="round"/><text x="170" y="112" font-size="38" fill="#fff">Lemmata</text>${rows.join('')}</svg>`;
  const file = join(out, 'cards', `${name}.png`);
  mkdirSync(dirname(file), { recursive: true });
  const { status, stderr } = spawnSync('rsvg-convert', ['-o', file], { input: svg, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the card of ${name} could not be drawn by rsvg-convert: ${stderr}`);
}

/** @param {string} text @param {number} width  in letters */
function lines(text, width) {
  /** @type {string[]} */
  const found = [];
  for (const word of text.split(' ')) {
    const last = found.at(-1);
    if (last !== undefined && last.length + word.length < width) found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}
