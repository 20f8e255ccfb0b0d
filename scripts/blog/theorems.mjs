import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookTheorems, nameOfChapter, weeks } from '../latex/book.mjs';
import { placeLine } from '../latex/links.mjs';
import { currentOf, statusOf, verdictOf } from '../latex/verdicts.mjs';
import { katexMacros, toHtml, toInline } from './latex.mjs';
import { textOf } from './text.mjs';

/**
 * A theorem as its page shows it.
 *
 * @typedef {{ label: string, slug: string, url: string, week: number, chapter: string, number: string, kind: string, title: string, plainTitle: string, idea: string, summary: string, statement: string,
 *   body: string, references: string[], pictures: number, pdf?: string, file: string, line: number, status: string, refused: number, clauses: string, covered: string,
 *   checks: { file: string, label: string, line: number, status: string, refused: string[], clauses: string }[], code: { file: string, line: number, name: string, url?: string, killed?: number, of?: number }[],
 *   uses: string[], usedBy: string[], notebooks: { url: string, title: string }[] }} TheoremPage
 */

/**
 * Every theorem of the proofs, with its checks as they last ran and where it is used.
 *
 * @param {string} root
 * @param {(key: string, format: string, where: string) => string} num
 * @param {{ slug: string, title: string, url: string, mentions: { label: string, id: string }[] }[]} notebooks
 * @param {import('./api-pages.mjs').Pages} api
 * @returns {TheoremPage[]}
 */
export function theoremPages(root, num, notebooks, api) {
  const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
  const json = (/** @type {string} */ file) => (existsSync(join(root, file)) ? JSON.parse(read(file)) : {});
  const styles = globSync('proofs/*.sty', { cwd: root }).sort().map(read);
  const theorems = bookTheorems(root);
  const checks = currentOf(theorems, json('results/checks.json'), root);
  const mutants = json('results/mutants.json');
  const byLabel = new Map(theorems.map((theorem) => [theorem.label, theorem]));
  const ref = (/** @type {string} */ label) => {
    const found = byLabel.get(label);
    return found && { text: `${found.week}.${found.number}`, url: urlOf(label) };
  };
  return weeks(root).flatMap(({ week, file }) => {
    const source = read(file).replace(/(?<!\\)%.*\n?/g, (comment) => (comment.endsWith('\n') ? '\n' : ''));
    const macros = katexMacros([...styles, source]);
    const equations = new Map([...source.matchAll(/\\begin\{equation\}\s*(?:\\label\{([^}]*)\})?/g)].map(([, label], i) => [label, i + 1]));
    const sections = new Map(
      [...source.matchAll(/\\section\{[^\n]*\}\\label\{([^}]*)\}/g)].map(([, label], i) => [label, { text: String(i + 1) }]),
    );
    const sources = bibliography(source);
    const pdf = existsSync(join(root, file.replace(/tex$/, 'pdf'))) ? `/pdf/${file.replace(/tex$/, 'pdf')}` : undefined;
    return theorems
      .filter((theorem) => theorem.week === week)
      .map((theorem) => {
        const { label, where, uses } = theorem;
        /** @type {Set<string>} */
        const cited = new Set();
        const context = {
          where,
          macros,
          equations,
          pictures: 0,
          pdf,
          ref: (/** @type {string} */ name) => ref(name) ?? sections.get(name),
          cite: (/** @type {string} */ key) => {
            if (!sources.has(key)) throw new Error(`${where}: \\cite{${key}}: the document has no \\bibitem of that name`);
            cited.add(key);
            const number = [...cited].indexOf(key) + 1;
            return `<a href="#ref-${number}">${number}</a>`;
          },
          num: (/** @type {string} */ key, /** @type {string} */ format) => num(key, format, where),
        };
        const { statement, after } = parts(source, label);
        const idea = /\\idea\{/.exec(after);
        const [ideaText, rest] = idea ? cut(after, idea.index) : ['', after];
        const verdict = verdictOf(theorem, checks);
        const title = toInline(theorem.title ?? '', context);
        return {
          label,
          slug: label.replace('thm:', ''),
          url: urlOf(label),
          week,
          chapter: nameOfChapter(week),
          number: `${week}.${theorem.number}`,
          kind: theorem.kind === 'lemma' ? 'Lemma' : 'Theorem',
          title,
          plainTitle: textOf(title),
          idea: toInline(ideaText, context),
          summary: textOf(toInline(ideaText, context)),
          statement: toHtml(statement, context),
          body: toHtml(rest, context),
          references: [...cited].map((key) => toInline(sources.get(key) ?? key, context)),
          pictures: context.pictures,
          pdf,
          file,
          line: Number(where.split(':').at(-1)),
          ...verdict,
          clauses: theorem.clauses,
          checks: theorem.checks.map((name) => ({
            file: name.split('#')[0],
            line: placeLine(root, name),
            label: name.split('#')[1],
            status: statusOf(checks[name]),
            refused: checks[name]?.refused ?? [],
            clauses: checks[name]?.clauses ?? '',
          })),
          code: theorem.implementations.map((name) => {
            const [path, symbol] = name.split('#');
            return {
              file: path,
              line: placeLine(root, name),
              name: symbol,
              url: api.urlOf(path, symbol),
              killed: mutants[path]?.killed,
              of: mutants[path]?.of,
            };
          }),
          uses,
          usedBy: theorems.filter((other) => other.uses.includes(label)).map((other) => other.label),
          notebooks: notebooks.flatMap(({ url, title: name, mentions }) => {
            const first = mentions.find((mention) => mention.label === label);
            return first ? [{ url: `${url}${first.id && `#${first.id}`}`, title: name }] : [];
          }),
        };
      });
  });
}

/** @param {string} label */
export const urlOf = (label) => `/theorems/${label.replace('thm:', '')}/`;

const BINDINGS = /\\(?:thmlabel|uses|implementedby|checkedby)\{[^}]*\}/g;

/** The statement of a theorem, and all that follows it up to the next one or the next section. @param {string} source @param {string} label */
function parts(source, label) {
  const at = source.indexOf(`\\thmlabel{${label}}`);
  const end = /\\end\{(theorem|lemma)\}/.exec(source.slice(at));
  const close = at + (end?.index ?? 0);
  const from = close + (end?.[0].length ?? 0);
  const next =
    /\\begin\{(?:theorem|lemma|thebibliography)\}|\\section\b|\\printbibliography|\\end\{document\}|\\chapteroutro|\\subsection\b/.exec(
      source.slice(from),
    );
  return { statement: source.slice(at, close).replace(BINDINGS, ''), after: source.slice(from, from + (next?.index ?? 0)) };
}

/** The argument of the command that stands at a position, and the text without both. @param {string} text @param {number} at */
function cut(text, at) {
  const start = text.indexOf('{', at);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return [text.slice(start + 1, i), text.slice(0, at) + text.slice(i + 1)];
  }
  return ['', text];
}

/** What a document's own list of sources says, by key. @param {string} source @returns {Map<string, string>} */
function bibliography(source) {
  const list = /\\begin\{thebibliography\}(?:\{[^}]*\})?([\s\S]*?)\\end\{thebibliography\}/.exec(source)?.[1] ?? '';
  return new Map([...list.matchAll(/\\bibitem\{([^}]*)\}([\s\S]*?)(?=\\bibitem|$)/g)].map(([, key, text]) => [key, text.trim()]));
}
