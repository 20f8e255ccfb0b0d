/** Words that stand in every question and tell no page from another. */
const EMPTY = new Set(
  'a an and are as at be by does do for from has how i in is it of on or that the this to was what when where which why with'.split(' '),
);

/** What readers ask for by other words than the house uses: each phrase, and what is looked for beside it. @type {readonly (readonly [RegExp, readonly string[]])[]} */
const SYNONYMS = [
  [
    /\b(?:multiple (?:testing|tests|comparisons)|data (?:snooping|mining|dredging)|p[- ]?hacking|snooping)\b/,
    ['holm', 'deflatedSharpe', 'trials'],
  ],
  [/\b(?:data )?(?:leak|leaks|leakage)\b/, ['purged', 'assertNoLookahead']],
  [/\b(?:transaction|trading) costs?\b/, ['proportional', 'halfSpread', 'sumCosts']],
  [/\badversarial\b/, ['adversaries']],
];

/**
 * The words of a text as the search counts them: `back-test` is one and its parts, `fitGarch` is itself and its parts.
 *
 * @param {string} text
 */
const tokenize = (text) =>
  text
    .normalize('NFKC')
    .split(/[^\p{L}\p{N}\-‐‑]+/u)
    .flatMap((part) => [...new Set([part.replace(/[-‐‑]/g, ''), ...part.split(/[-‐‑]/)])])
    .filter(Boolean)
    .flatMap((word) => [...new Set([word, ...word.split(/(?<=[a-z])(?=[A-Z])/)])]);

/**
 * A word without its ending, so that `over-fitted` answers `overfitting`; none where it says nothing.
 *
 * @param {string} word
 */
function processTerm(word) {
  const lower = word.toLowerCase();
  if (EMPTY.has(lower)) return null;
  return lower.length > 5 ? lower.replace(/(?:ing|ed|s)$/, '') : lower.replace(/(?<=\w{3})(?<!s)s$/, '');
}

/** How the index is made, and how the page reads it. */
export const OPTIONS = { fields: ['title', 'text'], storeFields: ['title', 'kind', 'url', 'about'], tokenize, processTerm };

/**
 * The ways to read what was asked: `black-litterman` as one word and as two, and by the words of the house.
 *
 * @param {string} words
 */
function readings(words) {
  const plain = words.normalize('NFKC').replace(/[‐‑]/g, '-');
  const meant = SYNONYMS.flatMap(([phrase, others]) => (phrase.test(plain.toLowerCase()) ? others : []));
  return { own: [...new Set([plain.replace(/(?<=\p{L})-(?=\p{L})/gu, ''), plain.replace(/-/g, ' ')])], meant };
}

/**
 * Pages that have all words, best first, and after them, where they are few, those that have some. A type stands behind the functions that use it,
 * a page whose title is what was asked before those that have more in theirs.
 *
 * @template {{ id: any, title?: any, score?: number }} R
 * @param {{ search(words: string, options: object): R[] }} index
 * @param {string} words
 * @returns {R[]}
 */
export function find(index, words) {
  const options = {
    prefix: (/** @type {string} */ term) => term.length > 2,
    fuzzy: (/** @type {string} */ term) => (term.length > 5 ? 0.15 : 0),
    maxFuzzy: 1, // two letters aside, cointegration is integration
    boost: { title: 4 },
    boostDocument: (/** @type {unknown} */ _id, /** @type {string} */ term, /** @type {any} */ { url, title } = {}) => {
      if (url?.includes('/type.')) return 0.4;
      if (url?.includes('/simulate.')) return 0.8;
      if (url?.startsWith('/posts/')) return 2.5;
      return url?.startsWith('/play/') && title?.toLowerCase().includes(term) ? 1.5 : 1;
    },
  };
  const { own, meant } = readings(words);
  const asked = new Set(own.flatMap((reading) => terms(reading)));
  /** @type {Map<unknown, R>} */
  const best = new Map();
  for (const [i, reading] of [...own, ...meant].entries()) {
    const pages = index.search(reading, { ...options, combineWith: 'AND' });
    // As it was asked, then with its hyphens taken for spaces; words of the house count by their rank, for two of them score more than one.
    const scale = i === 0 ? 1 : i < own.length ? 0.4 : (100 * 0.9 ** (i - own.length)) / (pages[0]?.score ?? 1);
    for (const page of pages) {
      const whole = page.title && terms(page.title).every((term) => asked.has(term)) ? 1.5 : 1;
      const score = scale * whole * (page.score ?? 0);
      if (score >= (best.get(page.id)?.score ?? 0)) best.set(page.id, { ...page, score });
    }
  }
  const all = [...best.values()].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  if (all.length >= 10 || meant.length > 0) return all;
  return [...all, ...index.search(words, { ...options, combineWith: 'OR' }).filter(({ id }) => !best.has(id))];
}

/** The terms of a text as the index has them. @param {string} text */
const terms = (text) => tokenize(text).flatMap((word) => processTerm(word) ?? []);
