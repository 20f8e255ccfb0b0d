import { escapeHtml, highlight } from './highlight.mjs';
import { markdown } from './markdown.mjs';

/**
 * @typedef {import('./api.mjs').Entry} Entry
 * @typedef {{ name: string, room: string, kind: string, url: string, html: string, first: string, file: string, line: number, from?: string, fromUrl?: string }} ApiPage
 * @typedef {ReturnType<typeof apiPages>} Pages
 */

const GROUPS = [
  { title: 'Functions and constants', kinds: ['function', 'constant', 'class', 'name'] },
  { title: 'Types', kinds: ['interface', 'type'] },
  { title: 'From other rooms', kinds: ['reference'] },
];

/** What each room holds. @type {Record<string, string>} */
const ROOMS = {
  attack: 'adversarial examples, attacks that search for them, training and certificates against them',
  base: 'what every room uses: arrays, keys and random numbers, shape errors, tables',
  datasets: 'MNIST, Fashion-MNIST and the graphs of Planetoid',
  desk: 'a paper broker on bars, sweeps that Optuna reads, alarms of drift, an A/B test of executions; a market model trained from one file',
  hand: 'layers by hand, forward and backward on plain arrays, as the thirty-day path writes them',
  kernel: 'what a cell may ask of the Jupyter kernel: displays, controls, time, shell',
  linalg: 'dense matrices in double precision: QR, singular values, Cholesky, eigenvalues, solving',
  market: 'prices from the store as panels; audits, adjustment, calendars, features, labels, splits, simulators, ticks, a limit order book',
  models: 'networks built from layers: forecasters, graph networks, Bayesian nets, GANs, MLP, CNN; boosted trees',
  nn: 'layers and losses: activations, attention, recurrent, convolution, graph, normalisation, blocks, Bayesian, embedding',
  optim: 'SGD, Adam and its kin, schedules, clipping, averaged weights',
  report: 'what a notebook shows and saves: tables, charts, maths, results',
  rl: 'environments, policies, advantages, Q-learning, PPO; finite decision processes solved exactly',
  stats: 'regressions, tests, scores and forecasts in double precision, without TensorFlow',
  tensor: 'the engine: compile, gradients, ONNX, quantising, random keys, trees',
  text: 'tokenisers, sentence encoders with the date up to which they have read, news with their times',
  trade: 'back-tests with costs and ledgers, metrics, trials and the vault; execution; portfolios under constraints and by views',
  train: 'the training loop: batches, validation, early stopping, checkpoints, run log, guard',
};

/**
 * A page for each public name, and one for each room.
 *
 * @param {readonly Entry[]} names
 */
export function apiPages(names) {
  const md = markdown({ plain: true });
  const urls = new Map(
    names.filter(({ kind }) => kind !== 'reference').map((entry) => [`${entry.room} ${entry.name} ${isType(entry)}`, urlOfEntry(entry)]),
  );
  const types = new Map(names.filter((entry) => isType(entry) || entry.kind === 'class').map((entry) => [entry.name, urlOfEntry(entry)]));
  // What a room passes on from another is shown where it is declared.
  const own = (/** @type {Entry} */ entry) =>
    names.find(({ room, name, kind }) => room === entry.from && name === entry.name && kind !== 'reference') ?? entry;
  const entries = names.map((entry) => {
    const notes = [...(entry.returns ? [entry.returns] : []), ...entry.throws]
      .map((text) => text.split(/\n\n/).slice(1).join('\n\n'))
      .filter(Boolean);
    const first = (/** @type {string} */ text) => text.split(/\n\n/)[0];
    const rows = entry.parameters.map(({ name, text }) => `<dt><code>${escapeHtml(name)}</code></dt><dd>${md.renderInline(text)}</dd>`);
    if (entry.returns) rows.push(`<dt>returns</dt><dd>${md.renderInline(first(entry.returns))}</dd>`);
    for (const thrown of entry.throws) rows.push(`<dt>throws</dt><dd>${md.renderInline(first(thrown))}</dd>`);
    const html = [
      entry.signature && linked(highlight(entry.signature), types, entry.name),
      md.render(entry.summary),
      rows.length ? `<dl>${rows.join('')}</dl>` : '',
      ...notes.map((text) => md.render(text)),
    ];
    return {
      name: entry.name,
      room: entry.room,
      kind: entry.kind,
      url: urlOfEntry(own(entry)),
      html: html.join('\n').replace(/\bthm:([a-z0-9-]+)/g, '<a href="/theorems/$1/">thm:$1</a>'),
      first: firstSentence(entry.summary, entry.from).replaceAll('`', ''),
      firstHtml: md.renderInline(firstSentence(entry.summary, entry.from)),
      file: entry.file,
      line: entry.line,
    };
  });
  const rooms = [...new Set(names.map(({ room }) => room))].map((room) => ({
    name: room,
    url: `/api/${room}/`,
    about: aboutRoom(room),
    count: entries.filter((entry) => entry.room === room).length,
    groups: GROUPS.map(({ title, kinds }) => ({
      title,
      entries: entries.filter((entry) => entry.room === room && kinds.includes(entry.kind)),
    })).filter((group) => group.entries.length),
  }));
  const places = new Map(
    names
      .filter(({ kind }) => kind !== 'reference')
      .map((entry) => [`${entry.file}#${entry.name}`, urls.get(`${entry.room} ${entry.name} ${isType(entry)}`)]),
  );
  return { entries, rooms, urlOf: (/** @type {string} */ file, /** @type {string} */ name) => places.get(`${file}#${name}`) };
}

/** @param {Entry} entry */
const isType = ({ kind }) => kind === 'interface' || kind === 'type';

/** Types apart from functions, whose names may differ in a capital only. @param {Entry} entry */
const urlOfEntry = (entry) => `/api/${entry.room}/${isType(entry) ? 'type.' : ''}${entry.name}/`;

/**
 * The first sentence of a docstring. It ends at a colon where enough stands before one to say something; `HAR: what …` goes on.
 *
 * @param {string} summary
 * @param {string} [from]  the room of which the name is
 */
export function firstSentence(summary, from) {
  if (from) return `as in ${from}`;
  const line = summary
    .split(/\n\s*\n/)[0]
    .replace(/\n/g, ' ')
    .trim();
  const sentence = /^.*?\.(?=\s|$)/.exec(line)?.[0] ?? line;
  const [, head] = /^(.*?):(?=\s|$)/.exec(sentence) ?? [];
  const isEnough = head !== undefined && head.split(/\s+/).length >= 5;
  return (isEnough ? `${head}.` : sentence).replace(/:$/, '.');
}

/**
 * Theorems by kind and number, where docstrings have their labels; one without a page on the site stays a label and leads nowhere.
 *
 * @param {Pages} api
 * @param {readonly { label: string, kind: string, number: string }[]} theorems
 */
export function numberTheorems({ entries }, theorems) {
  const named = new Map(theorems.map(({ label, kind, number }) => [label, `${kind} ${number}`]));
  for (const entry of entries)
    entry.html = entry.html.replace(/(?:\b[Tt]heorem )?(<a href="[^"]*">)(thm:[a-z0-9-]+)(<\/a>)/g, (_, open, label, close) =>
      named.has(label) ? `${open}${named.get(label)}${close}` : label,
    );
}

/**
 * Names of public types in highlighted code as links.
 *
 * @param {string} html
 * @param {ReadonlyMap<string, string>} types
 * @param {string} own  that of the page
 */
function linked(html, types, own) {
  return html.replace(/(?<=>|^)[^<]+/g, (text) =>
    text.replace(/\b[A-Z]\w+\b/g, (name) => (types.has(name) && name !== own ? `<a href="${types.get(name)}">${name}</a>` : name)),
  );
}

/** @param {string} room */
function aboutRoom(room) {
  if (!(room in ROOMS)) throw new Error(`scripts/blog/api-pages.mjs: the room ${room} has no line in ROOMS; say there what it holds`);
  return ROOMS[room];
}
