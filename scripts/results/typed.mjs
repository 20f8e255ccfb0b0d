import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textSource } from '../latex/source.mjs';

/**
 * A number with a unit that stands in prose as digits: '5 %', its file and line, and the words around it.
 *
 * @typedef {{ number: string, file: string, where: string, around: string }} Typed
 */

/** Constants by document, each with the reason why it is no finding: a level, a figure that another paper published, arithmetic on the page. */
/** @typedef {Record<string, Record<string, string>>} Constants */

const UNITS = [
  '%|per cent|percent|percentage points?|basis points?|bps?|points?',
  'times|-?fold|nats?|bits?',
  'ms|milliseconds?|microseconds?|seconds?|minutes?|hours?',
  'USD|EUR|dollars?|euros?|cents?',
].join('|');
const BLANK = '(?:\\\\,|\\\\ |~|\\s|&nbsp;|\\$|\\{,\\}|\\\\mbox\\{)*'; // between a number and its unit
const TYPED = new RegExp(`(?<![\\w.\\\\^_{/-])(\\d(?:[\\d.,]|\\{,\\}|\\\\,(?=\\d{3}))*)${BLANK}(?:\\\\?(${UNITS}))(?![\\w-])`, 'g');
const MONEY = /\\\$\s?(\d[\d.,]*)|[€£]\s?(\d[\d.,]*)/g;

/** What says its number by a command, or is no prose. */
const TEX_EXEMPT = [
  /\\resnum(?:\[[^\]]*\])?\{[^}]*\}/g,
  /\\answernum\{[^}]*\}\{[^}]*\}/g, // which tests/answers.test.ts computes again
  /\\(?:cite|resfig|ref|thmref|label|includegraphics|vspace|hspace|usepackage|addbibresource)(?:\[[^\]]*\])?\{[^}]*\}/g,
  /\\begin\{(tikzpicture|thebibliography|lstlisting)\}[\s\S]*?\\end\{\1\}/g,
];
const MARKDOWN_EXEMPT = [/^---\n[\s\S]*?\n---\n/, /```[\s\S]*?```/g, /`[^`\n]*`/g, /\{\{[\s\S]*?\}\}/g, /\{%[\s\S]*?%\}/g, /\]\([^)]*\)/g];

/** @param {string} text @param {RegExp[]} patterns */
const without = (text, patterns) =>
  patterns.reduce((rest, pattern) => rest.replace(pattern, (found) => found.replace(/[^\n]/g, '·')), text);

/**
 * The typed numbers of a document. Of proofs its remarks are prose, and what is neither theorem nor proof where it is no week.
 *
 * @param {string} file  its name: what it is, and what messages say
 * @param {string} source
 * @returns {Typed[]}
 */
export function typedNumbers(file, source) {
  const text = file.endsWith('.tex') ? prose(file, without(textSource(source, file).text, TEX_EXEMPT)) : without(source, MARKDOWN_EXEMPT);
  const found = [
    ...[...text.matchAll(TYPED)].map((match) => ({ match, number: `${plain(match[1])} ${match[2]}` })),
    ...[...text.matchAll(MONEY)].map((match) => ({ match, number: `$${plain(match[1] ?? match[2])}` })),
  ];
  return found
    .sort((a, b) => a.match.index - b.match.index)
    .map(({ match, number }) => ({
      ...{ number, file },
      where: `${file}:${text.slice(0, match.index).split('\n').length}`,
      around: text
        .slice(Math.max(0, match.index - 40), match.index + match[0].length + 20)
        .replace(/\s+/g, ' ')
        .trim(),
    }));
}

/** Digits without their separators: `1{,}000` is 1000. @param {string} digits */
const plain = (digits) =>
  digits
    .replace(/\{,\}|\\,/g, '')
    .replace(/,(?=\d{3})/g, '')
    .replace(/[.,]$/, '');

/** @param {string} file @param {string} text */
function prose(file, text) {
  if (!file.startsWith('proofs/')) return text;
  const blank = (/** @type {string} */ part) => part.replace(/[^\n]/g, ' ');
  if (!/^proofs\/(?:week\d+|path)\.tex$/.test(file)) return text.replace(/\\begin\{(theorem|lemma|proof)\}[\s\S]*?\\end\{\1\}/g, blank);
  let shown = blank(text);
  for (const { index, 0: remark } of text.matchAll(/\\begin\{remark\}[\s\S]*?\\end\{remark\}/g))
    shown = shown.slice(0, index) + remark + shown.slice(index + remark.length);
  return shown;
}

/** The documents whose prose quotes results. @param {string} root  where the repository is */
export function proseFiles(root) {
  const folders = [
    'summaries',
    'paper',
    'paper/letters',
    'slides',
    'proofs',
    'proofs/book',
    'proofs/exercises',
    'blog/posts',
    'blog/progress',
  ];
  return folders
    .flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : []))
    .filter((file) => (/^(?:paper\/letters|blog)\//.test(file) ? file.endsWith('.md') : file.endsWith('.tex')) && !EXEMPT.has(file))
    .filter((file) => !file.endsWith('/README.md'))
    .sort();
}

/** The table of letters, whose numbers are chapters. */
const EXEMPT = new Set(['proofs/book/notation.tex']);

/**
 * What is wrong with the typed numbers of all prose, one line each: those that are no constants, and constants that no document has.
 *
 * @param {string} root
 * @param {Constants} constants
 */
export function typedProblems(root, constants) {
  const found = proseFiles(root).flatMap((file) => typedNumbers(file, readFileSync(join(root, file), 'utf8')));
  const unlisted = found
    .filter(({ file, number }) => !constants[file]?.[number])
    .map(
      ({ where, number, around }) =>
        `${where}: '${number}' is typed (…${around}…); quote the result, ${where.includes('.md:') ? "{{ num('…') }}" : '\\resnum{…}'}, or list it with its reason in tests/typed-numbers.json`,
    );
  const unused = Object.entries(constants).flatMap(([file, numbers]) =>
    Object.keys(numbers)
      .filter((number) => !found.some((typed) => typed.file === file && typed.number === number))
      .map((number) => `tests/typed-numbers.json: ${file} has no '${number}' any more; take it out`),
  );
  return [...unlisted, ...unused];
}
