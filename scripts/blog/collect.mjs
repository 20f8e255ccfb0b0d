import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { notebooksIn } from '../notebooks/files.mjs';
import { MORE, SUMMARIES } from '../publish/weeks.mjs';
import { publicNames } from './api.mjs';
import { apiPages, numberTheorems } from './api-pages.mjs';
import { canDrawCards } from './cards.mjs';
import { graphOf } from './graph.mjs';
import { notebookPage } from './notebook.mjs';
import { quotable } from './numbers.mjs';
import { sourcePages } from './source.mjs';
import { theoremPages } from './theorems.mjs';
import { wordProblems } from './words.mjs';

/**
 * @typedef {{ number: number, name: string, slug: string, title: string, topic: string, lead: string, proofs: string[] }} Week
 * @typedef {Awaited<ReturnType<typeof collect>>} Site
 */

/** @type {Map<string, ReturnType<typeof gather>>} */
const gathered = new Map();

/**
 * All that the templates show, read once a build: weeks, notebooks as pages, theorems, the API, PDFs.
 *
 * @param {string} root  where the repository is
 */
export function collect(root) {
  const found = gathered.get(root) ?? gather(root);
  gathered.set(root, found);
  return found;
}

/**
 * The PDFs of a week that are built, by what they are called beside its name.
 *
 * @param {number} week
 * @param {readonly { file: string, url: string }[]} pdfs
 */
function papersOf(week, pdfs) {
  const name = `week${String(week).padStart(2, '0')}`;
  const named = [
    ['proofs', `proofs/${name}.tex`],
    ...(MORE[week] ?? []),
    ...[name, ...(SUMMARIES[week] ?? [])].map((summary) => ['in a page', `summaries/${summary}.tex`]),
  ];
  return named.flatMap(([text, file]) => {
    const found = pdfs.find((pdf) => pdf.file === file.replace(/tex$/, 'pdf'));
    return found ? [{ text, url: found.url }] : [];
  });
}

/** @param {string} root */
async function gather(root) {
  const files = (/** @type {string} */ pattern) => globSync(pattern, { cwd: root }).sort();
  const notebooks = notebooksIn(root).map((file) => notebookPage(root, file));
  const pdfs = [...files('proofs/*.pdf'), ...files('summaries/*.pdf'), ...files('paper/*.pdf'), ...files('slides/*.pdf')].map((file) => ({
    file,
    url: `/pdf/${file}`,
    name: basename(file, '.pdf'),
  }));
  const quote = quotable(root);
  const problems = wordProblems(root, quote.num);
  if (problems.length) throw new Error(problems.join('\n'));
  const api = apiPages(await publicNames(root));
  const theorems = theoremPages(root, quote.num, notebooks, api);
  numberTheorems(api, theorems);
  const weeks = notebooks
    .filter(({ week }) => week > 0)
    .map(({ slug, week, topic, lead }) => ({
      number: week,
      slug,
      topic,
      lead,
      count: theorems.filter(({ file }) => file === `proofs/week${String(week).padStart(2, '0')}.tex`).length,
      papers: papersOf(week, pdfs),
    }));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sources = sourcePages(root, theorems, api.entries);
  /** @type {Map<string, import('./notebook.mjs').Chart>} */
  const charts = new Map(notebooks.flatMap((notebook) => notebook.charts).map((chart) => [chart.key, chart]));
  return {
    root,
    charts,
    quotable: quote,
    theorems,
    api,
    notebooks,
    pdfs,
    sourceUrls: new Set(sources.map(({ file }) => file)),
    data: {
      site: {
        name: 'Lemmata',
        url: (process.env.LEMMATA_SITE_URL ?? 'http://localhost:8080').replace(/\/$/, ''),
        version,
        prefix: process.env.LEMMATA_SITE_PREFIX ?? '/',
        cards: canDrawCards(),
      },
      runtimeMegabytes: Math.round(statSync(join(root, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm')).size / 1e6),
      weeks,
      notebooks,
      theorems,
      byLabel: Object.fromEntries(theorems.map((theorem) => [theorem.label, theorem])),
      graph: graphOf(theorems),
      apiNames: api.entries.filter(({ kind }) => kind !== 'reference'),
      rooms: api.rooms,
      sources,
      pdfs,
    },
  };
}
