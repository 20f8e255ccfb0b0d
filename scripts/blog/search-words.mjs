/** Words that stand in every question and tell no page from another. */
const EMPTY = new Set(
  'a an and are as at be by does do for from has how i in is it of on or that the this to was what when where which why with'.split(' '),
);

/**
 * The words of a text as the search counts them: `back-test` is one, `fitGarch` is itself and its parts.
 *
 * @param {string} text
 */
const tokenize = (text) =>
  text
    .normalize('NFKC')
    .replace(/(?<=\p{L})[-‐‑](?=\p{L})/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
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
 * Pages that have all words, best first, and after them, where they are few, those that have some. A type stands behind the functions that use it.
 *
 * @template {{ id: any }} R
 * @param {{ search(words: string, options: object): R[] }} index
 * @param {string} words
 * @returns {R[]}
 */
export function find(index, words) {
  const options = {
    prefix: (/** @type {string} */ term) => term.length > 2,
    fuzzy: (/** @type {string} */ term) => (term.length > 5 ? 0.15 : 0),
    boost: { title: 4 },
    boostDocument: (/** @type {unknown} */ _id, /** @type {string} */ _term, /** @type {any} */ { url } = {}) =>
      url?.includes('/type.') ? 0.4 : url?.startsWith('/play/') ? 1.5 : 1,
  };
  const all = index.search(words, { ...options, combineWith: 'AND' });
  if (all.length >= 10) return all;
  const found = new Set(all.map(({ id }) => id));
  return [...all, ...index.search(words, { ...options, combineWith: 'OR' }).filter(({ id }) => !found.has(id))];
}
