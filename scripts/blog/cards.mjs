import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { escapeHtml } from './highlight.mjs';
import { textOf } from './text.mjs';

/** Whether pictures for links can be drawn: by librsvg's rsvg-convert. */
export const canDrawCards = () => !spawnSync('rsvg-convert', ['--version'], { stdio: 'ignore' }).error;

/**
 * The pictures that other sites show beside a link: one for the site, one for each post, notebook, day of the log and page to
 * play with.
 *
 * @param {string} out  the site's folder, its pages written
 */
export function writeCards(out) {
  draw(out, 'site', 'Lemmata', 'Quant machine learning in TypeScript: every step proved, run, and tested on markets');
  for (const file of globSync('{posts,notebooks,play,progress}/*/index.html', { cwd: out }).sort()) {
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
  const file = join(out, 'cards', `${name}.png`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pngOf(framed(`<rect width="1200" height="630" fill="#1f3a5f"/>${MARK('#fff', 90, 62)}${rows.join('')}`)));
}

/**
 * The picture of a day for LinkedIn and X: its title over a chart of the day's week, or a card without one.
 *
 * @param {string} title
 * @param {string} about
 * @param {string} [chart]  an SVG that a notebook saved
 */
export function dayPicture(title, about, chart) {
  const size = chart && /<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"/.exec(chart);
  const words = lines(about, 84).slice(0, chart ? 1 : 3);
  const head = `<rect width="1200" height="630" fill="#ffffff"/><rect width="1200" height="118" fill="#1f3a5f"/>${MARK('#fff', 48, 26)}<text x="330" y="74" font-size="34" font-weight="bold" fill="#fff">${escapeHtml(title)}</text>`;
  if (!chart || !size) {
    const rows = words.map((text, i) => `<text x="48" y="${240 + 52 * i}" font-size="36" fill="#1b1f24">${escapeHtml(text)}</text>`);
    return pngOf(framed(head + rows.join('')));
  }
  const [width, height] = [Number(size[1]), Number(size[2])];
  const scale = Math.min(1104 / width, 470 / height);
  const inner = chart
    .replace(/^[\s\S]*?<svg/, '<svg')
    .replace(/ width="[\d.]+"/, '')
    .replace(/ height="[\d.]+"/, '');
  const placed = inner.replace(
    '<svg',
    `<svg x="${(600 - (scale * width) / 2).toFixed(1)}" y="138" width="${(scale * width).toFixed(1)}" height="${(scale * height).toFixed(1)}"`,
  );
  const viewed = /<svg[^>]* viewBox=/.test(placed) ? placed : placed.replace('<svg', `<svg viewBox="0 0 ${width} ${height}"`);
  return pngOf(framed(`${head}<g color="#1b1f24">${viewed}</g>`));
}

/** The sign of the house and its name. @param {string} ink @param {number} x @param {number} y */
const MARK = (ink, x, y) =>
  `<path d="M${x} ${y + 56}l28-56 28 56" fill="none" stroke="${ink}" stroke-width="9" stroke-linejoin="round" stroke-linecap="round"/><text x="${x + 80}" y="${y + 50}" font-size="38" fill="${ink}">Lemmata</text>`;

/** 1200 by 630, as those who show a link want it. @param {string} inner */
const framed = (inner) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">${inner}</svg>`;

/**
 * An SVG as PNG, the same bytes for the same picture, fonts and librsvg.
 *
 * @param {string} svg
 * @throws when rsvg-convert is not there, with how to get it, or cannot draw the picture
 */
function pngOf(svg) {
  const { error, status, stdout, stderr } = spawnSync('rsvg-convert', ['--format', 'png'], { input: svg, maxBuffer: 2 ** 26 });
  if (error)
    throw new Error(
      'pictures of links are drawn by rsvg-convert, which is not installed: sudo apt install librsvg2-bin, or brew install librsvg',
    );
  if (status !== 0) throw new Error(`rsvg-convert could not draw a picture: ${stderr.toString().trim()}`);
  return stdout;
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
