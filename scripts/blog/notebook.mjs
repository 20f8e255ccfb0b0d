import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { escapeHtml, highlight } from './highlight.mjs';
import { markdown, slugger, slugOf } from './markdown.mjs';
import { chart } from './shortcodes.mjs';
import { textOf } from './text.mjs';

/**
 * @typedef {{ cell_type: string, source: string | string[], metadata: { tags?: string[] }, outputs?: Output[], execution_count?: number | null }} Cell
 * @typedef {{ output_type: string, name?: string, text?: string | string[], data?: Record<string, any>, ename?: string, evalue?: string }} Output
 * @typedef {{ key: string, svg: string, spec: any }} Chart
 */

const joined = (/** @type {string | string[] | undefined} */ text) => (Array.isArray(text) ? text.join('') : (text ?? ''));
const VEGA = 'application/vnd.vegalite.v5+json';

/**
 * A notebook as a page: its HTML, its headings, its charts, and its plain text for the search.
 *
 * @param {string} root
 * @param {string} file  within the repository
 * @throws when a cell ended in an error, or a formula cannot be set, with the file and the number of the cell
 */
export function notebookPage(root, file) {
  const notebook = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const slug = basename(file, '.ipynb');
  const slugs = slugger();
  /** @type {Chart[]} */
  const charts = [];
  /** @type {Cell[]} */
  const cells = notebook.cells;
  const head = joined(cells[0].source);
  const title = /^#\s+(.+)$/m.exec(head)?.[1] ?? slug;
  const groups = grouped(cells);
  const html = ordered(
    linked(
      groups
        .map((group) => {
          const parts = group.map(({ cell, at }) => {
            const where = `${file}, cell ${at + 1}`;
            const md = markdown({ where, slugs });
            const source = at === 0 ? joined(cell.source).replace(/^#\s+.+$/m, '') : joined(cell.source);
            if (cell.cell_type === 'markdown') return { input: md.render(lowered(source)), output: '' };
            if (cell.cell_type !== 'code') return { input: '', output: '' };
            const output = (cell.outputs ?? []).map((one) => outputHtml(one, { md, where, charts, slug })).join('\n');
            return { input: highlight(source), output };
          });
          return section(group, parts);
        })
        .map((part, i) =>
          i > 0 && /^(?!<section)[\s\S]*<h[2-4] id=/.test(part) && groups[i][0].cell.cell_type === 'markdown'
            ? `</section>\n<section class="part">${part}`
            : part,
        )
        .join('\n'),
    ),
  );
  const contents = [...html.matchAll(/<h([23]) id="([^"]+)">(.*?)<\/h\1>/gs)].map(([, level, id, text]) => ({
    level: Number(level),
    id,
    text: text.replace(/<math.*?<\/math>/gs, '').replace(/<[^>]+>/g, ''),
  }));
  /** @type {{ label: string, id: string }[]} */
  const mentions = [];
  let heading = '';
  for (const [, id, label] of html.matchAll(/<h[2-5] id="([^"]+)"|href="\/theorems\/([a-z0-9-]+)\/"/g)) {
    if (id) heading = id;
    else mentions.push({ label: `thm:${label}`, id: heading });
  }
  const paragraph = head.split(/\n\n/).find((text) => text && !text.startsWith('#')) ?? '';
  return {
    file,
    slug,
    url: `/notebooks/${slug}/`,
    title,
    topic: title.replace(/^(?:Week|Day) \d+ · /, ''),
    /** 0 of a lesson. */
    week: Number(/^week(\d+)/.exec(slug)?.[1] ?? 0),
    /** Of the thirty-day path; 0 of a week. */
    day: Number(/^day(\d+)/.exec(slug)?.[1] ?? 0),
    lead: paragraph
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/(\*{1,2})(?=\S)(.+?)(?<=\S)\1/g, '$2')
      .replace(/[\s`]+/g, ' ')
      .replace(/ (?=[.,;:!?])/g, '')
      .trim(),
    // Sections that are not in view need not be laid out.
    html: `<section class="part">${html}</section>`,
    contents,
    mentions,
    charts,
  };
}

/** Headings whose levels follow one another without a gap, as those who listen to a page need it. @param {string} html */
function ordered(html) {
  /** @type {number[]} */
  const open = [];
  return html.replace(/<h([2-6])( id="[^"]*">[\s\S]*?)<\/h\1>/g, (_, digit, rest) => {
    const level = Number(digit);
    while (open.length && open[open.length - 1] >= level) open.pop();
    open.push(level);
    return `<h${open.length + 1}${rest}</h${open.length + 1}>`;
  });
}

/** Names of theorems, in outputs and prose, as links to their pages; a statement has the number that it has in the book. @param {string} html */
const linked = (html) =>
  html
    .replace(
      /(<summary><b>[A-Z][a-z]+ )(\d+ \((?:(?!<\/details>)[\s\S])*?Proof: <code>proofs\/week0?(\d+)\.tex<\/code>)/g,
      (_, kind, rest, week) => `${kind}${week}.${rest}`,
    )
    .replace(/Proof: <code>proofs\/week\d+\.tex<\/code>, <code>thm:([a-z0-9-]+)<\/code>\./g, '<a href="/theorems/$1/">The proof</a>.')
    .replace(/<code>thm:([a-z0-9-]+)<\/code>/g, '<a href="/theorems/$1/"><code>$1</code></a>')
    .replace(/(<td>)thm:([a-z0-9-]+)(?=<\/td>)/g, '$1<a href="/theorems/$2/">$2</a>');

/**
 * Exercises with the answer below them; all other cells alone.
 *
 * @param {Cell[]} cells
 */
function grouped(cells) {
  /** @type {{ cell: Cell, at: number }[][]} */
  const groups = [];
  for (const [at, cell] of cells.entries()) {
    if (cell.metadata.tags?.includes('answer') && groups.at(-1)?.at(-1)?.cell.metadata.tags?.includes('exercise'))
      groups.at(-1)?.push({ cell, at });
    else groups.push([{ cell, at }]);
  }
  return groups;
}

/**
 * @param {{ cell: Cell, at: number }[]} group
 * @param {{ input: string, output: string }[]} parts
 */
function section([{ cell }], parts) {
  const tags = cell.metadata.tags ?? [];
  const [first, answer] = parts;
  if (tags.includes('exercise')) {
    const solution = answer ? `<details class="answer"><summary>Answer</summary>${answer.input}${unfolded(answer.output)}</details>` : '';
    return `<section class="exercise">${first.input}${solution}</section>`;
  }
  if (cell.cell_type === 'markdown') return first.input;
  if (tags.includes('parameters'))
    return `<details class="cell"><summary>Parameters of this run</summary>${first.input}${first.output}</details>`;
  return `<div class="cell">${first.input}${first.output && `<div class="out">${first.output}</div>`}</div>`;
}

/** An answer's output without the fold of its own. @param {string} html */
const unfolded = (html) => html.replace(/<details><summary>Answer<\/summary>([\s\S]*)<\/details>/, '$1');

/** Headings one level down where a notebook's parts are h1: a page has one h1, its title. @param {string} source */
const lowered = (source) => source.replace(/^(#{1,4}) /gm, '#$1 ');

/**
 * One output, by the richest form that a page can show.
 *
 * @param {Output} output
 * @param {{ md: any, where: string, charts: Chart[], slug: string }} context
 */
function outputHtml(output, { md, where, charts, slug }) {
  if (output.output_type === 'error')
    throw new Error(`${where} ended in an error (${output.ename}: ${output.evalue}); run it again: npm run notebooks -- ${slug}`);
  if (output.output_type === 'stream') return `<pre class="stream" tabindex="0">${escapeHtml(joined(output.text).replace(ANSI, ''))}</pre>`;
  const data = output.data ?? {};
  const plain = joined(data['text/plain']);
  if (data[VEGA]) {
    const key = `${slug}/${charts.length + 1}`;
    const svg = joined(data['image/svg+xml']);
    charts.push({ key, svg, spec: data[VEGA] });
    return chart({ key, svg, alt: plain.replace('[chart] ', '') });
  }
  if (data['text/html']) return tables(joined(data['text/html']), md);
  if (data['text/markdown']) {
    // The line of a fold is HTML to Markdown, and its formulas would stay as they are typed.
    const set = joined(data['text/markdown']).replace(/(?<=<summary>).*?(?=<\/summary>)/g, (/** @type {string} */ line) =>
      md.renderInline(line),
    );
    return tables(md.render(set), md);
  }
  if (data['image/png'])
    return `<img alt="${escapeHtml(plain)}" src="data:image/png;base64,${joined(data['image/png']).replace(/\s/g, '')}">`;
  return `<pre class="stream" tabindex="0">${escapeHtml(plain.replace(ANSI, ''))}</pre>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours begin with it
const ANSI = /\u001b\[[0-9;]*m/g;

/**
 * Tables scroll within themselves; the formulas of their cells are set.
 *
 * @param {string} html
 * @param {any} md
 */
function tables(html, md) {
  return html.replace(/(<div class="wide"[^>]*>)?<table>([\s\S]*?)<\/table>(<\/div>)?/g, (_, _open, inner) => {
    const caption = /<caption>([\s\S]*?)<\/caption>/.exec(inner)?.[1] ?? 'table';
    const label = escapeHtml(textOf(caption).replace(/\$/g, ''));
    const body = inner
      .replace(/ style="text-align: ?(left|right|center)"/g, (/** @type {string} */ _all, /** @type {string} */ side) =>
        side === 'left' ? '' : ` class="${side}"`,
      )
      .replace(
        /(<(?:td|th|caption)[^>]*>)([^<]*\$[^<]*)(?=<)/g,
        (/** @type {string} */ _all, /** @type {string} */ open, /** @type {string} */ text) => open + md.renderInline(text),
      );
    return `<div class="wide" tabindex="0" role="region" aria-label="${label}"><table>${body}</table></div>`;
  });
}

export { slugOf };
