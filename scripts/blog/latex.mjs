import { macrosOf } from '../../src/report/latex.ts';
import { escapeHtml } from './highlight.mjs';
import { held, maths } from './maths.mjs';

/**
 * What LaTeX refers to: `ref` a label by its number and page, `cite` a source, `num` a number of results/. `pictures` counts the figures and tables that
 * only the PDF can show.
 *
 * @typedef {{ where: string, macros: Record<string, string>, equations: ReadonlyMap<string, number>, pictures: number, pdf?: string,
 *   ref: (label: string) => { text: string, url?: string } | undefined, cite: (key: string) => string, num: (key: string, format: string) => string }} Context
 */

const DISPLAYS = { align: 'aligned', gather: 'gathered', equation: '', multline: 'gathered', displaymath: '' };
/** Commands of the text that say nothing on a page, with how many arguments they take. @type {Record<string, number>} */
const SILENT = {
  noindent: 0,
  medskip: 0,
  smallskip: 0,
  bigskip: 0,
  par: 0,
  clearpage: 0,
  footnotesize: 0,
  small: 0,
  ignorespaces: 0,
  label: 1,
  thmlabel: 1,
  uses: 1,
  implementedby: 1,
  checkedby: 1,
  vspace: 1,
  hspace: 1,
  unchecked: 3,
  index: 1,
  Needspace: 1,
  setlength: 2,
  itshape: 0,
  normalfont: 0,
  qedhere: 0,
  centering: 0,
  displaybreak: 0,
  allowbreak: 0,
  linebreak: 0,
  newpage: 0,
  phantom: 1,
  alone: 1,
  inbook: 1,
  sffamily: 0,
  color: 1,
};
/** @type {Record<string, string>} */
const INLINE = {
  emph: 'em',
  textit: 'em',
  textbf: 'strong',
  texttt: 'code',
  nolinkurl: 'code',
  textsf: 'span',
  mbox: 'span',
  textup: 'span',
  textrm: 'span',
  enquote: 'q',
};
/** @type {Record<string, string>} */
const SIGNS = {
  ' ': ' ',
  ',': '\u202f',
  '!': '',
  '%': '%',
  '&': '&amp;',
  $: '$',
  '#': '#',
  _: '_',
  '{': '{',
  '}': '}',
  '/': '',
  '@': '',
  ';': ' ',
  ':': ' ',
  '-': '\u00ad',
  '\\': '<br>',
  dots: '…',
  ldots: '…',
  S: '§',
  quad: '\u2003',
  qquad: '\u2003',
  ss: 'ß',
  o: 'ø',
  O: 'Ø',
  ae: 'æ',
  l: 'ł',
  L: 'Ł',
  i: 'ı',
  textperiodcentered: '·',
  textendash: '–',
  slash: '/',
};
/** @type {Record<string, string>} */
const ACCENTS = {
  '"': '\u0308',
  "'": '\u0301',
  '`': '\u0300',
  '^': '\u0302',
  '~': '\u0303',
  c: '\u0327',
  v: '\u030c',
  H: '\u030b',
  u: '\u0306',
  r: '\u030a',
  '=': '\u0304',
  '.': '\u0307',
};

/** KaTeX's macros, of the LaTeX that defines them. @param {readonly string[]} sources @returns {Record<string, string>} */
export function katexMacros(sources) {
  const macros = Object.fromEntries([...macrosOf(sources)].map(([name, { body }]) => [name, body]));
  for (const name of ['\\resnum', '\\ref', '\\status', '\\theequation']) delete macros[name];
  return { ...macros, '\\qedhere': '', '\\ensuremath': '#1', '\\mathds': '\\mathbb{#1}' };
}

/**
 * LaTeX of a statement, a proof or a remark as HTML.
 *
 * @param {string} tex
 * @param {Context} context
 * @throws at a formula that KaTeX cannot set and at a command that is not known, with file and line
 */
export const toHtml = (tex, context) => paragraphs(render(tex, context));

/** A line of LaTeX, such as a title, as HTML without paragraphs. @param {string} tex @param {Context} context */
export const toInline = (tex, context) => render(tex, context).trim();

/** @param {string} html */
function paragraphs(html) {
  return html
    .split(/\n\s*\n|(?=<(?:ol|ul|section|div|p|h2)\b)|(?<=<\/(?:ol|ul|section|div|p|h2)>)/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (/^<(?:\/?(?:ol|ul|li|section|div|p|h2))\b/.test(part) ? part : `<p>${part}</p>`))
    .join('\n');
}

const TOKEN = /\\begin\{([a-z]+\*?)\}|\\\[|\\([A-Za-z]+|[\s\S])|\$|[{}~]|---?|``|''|`|"|[<>&]/g;

/** @param {string} tex @param {Context} context @returns {string} */
function render(tex, context) {
  let html = '';
  let at = 0;
  TOKEN.lastIndex = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(tex);
    if (!match) return html + tex.slice(at);
    html += tex.slice(at, match.index);
    const { html: piece, end } = token(tex, match, context);
    html += piece;
    at = end;
  }
}

/** @param {string} tex @param {RegExpExecArray} match @param {Context} context */
function token(tex, match, context) {
  const [all, environment, command] = match;
  const end = match.index + all.length;
  if (environment) return within(tex, match.index, environment, context);
  if (all === '\\[') {
    const close = tex.indexOf('\\]', end);
    return { html: display(tex.slice(end, close), context), end: close + 2 };
  }
  if (all === '$') {
    const close = dollar(tex, end);
    if (close < 0) throw new Error(`${context.where}: a formula that begins $${tex.slice(end, end + 40)} is never closed`);
    const { html, length } = held(formula(tex.slice(end, close), false, context), tex.slice(close + 1));
    return { html, end: close + 1 + length };
  }
  if (all === '{') {
    const group = argument(tex, match.index);
    return { html: render(group.text, context), end: group.end };
  }
  if (command) return ofCommand(tex, command, end, context);
  return { html: CHARACTERS[all] ?? all, end };
}

/** Where a formula ends: at the next dollar that stands in no group, as in \\text{is $1$}. @param {string} tex @param {number} from */
function dollar(tex, from) {
  let depth = 0;
  for (let i = from; i < tex.length; i++) {
    if (tex[i] === '\\') i++;
    else if (tex[i] === '{') depth++;
    else if (tex[i] === '}') depth--;
    else if (tex[i] === '$' && depth <= 0) return i;
  }
  return -1;
}

/** @type {Record<string, string>} */
const CHARACTERS = {
  '}': '',
  '~': '\u00a0',
  '--': '–',
  '---': '—',
  '``': '“',
  "''": '”',
  '`': '‘',
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
};

/** @param {string} tex @param {string} name @param {number} at  after the name @param {Context} context */
function ofCommand(tex, name, at, context) {
  const letters = /^[A-Za-z]/.test(name);
  const skip = letters ? (/^[ \t]*\n?[ \t]*(?!\n)/.exec(tex.slice(at))?.[0].length ?? 0) : 0;
  const optional = /^\s*\[([^\]]*)\]/.exec(tex.slice(at));
  const first = () => argument(tex, at + (optional?.[0].length ?? 0));
  if (INLINE[name]) {
    const { text, end } = first();
    return { html: `<${INLINE[name]}>${render(text, context)}</${INLINE[name]}>`, end };
  }
  if (name in SILENT) {
    let end = at + (optional && SILENT[name] ? optional[0].length : 0);
    for (let i = 0; i < SILENT[name]; i++) end = argument(tex, end).end;
    return { html: '', end: SILENT[name] ? end : at + skip };
  }
  if (name === 'ref' || name === 'eqref' || name === 'thmref') {
    const { text, end } = first();
    return { html: reference(text, name === 'eqref', context), end };
  }
  if (/^(?:paren|text|auto)?cite[pt]?$/.test(name)) {
    const { text, end } = first();
    const cited = text.split(',').map((key) => context.cite(key.trim()));
    return { html: `[${cited.join(', ')}${optional ? `, ${render(optional[1], context)}` : ''}]`, end };
  }
  if (name === 'resnum') {
    const { text, end } = first();
    return { html: escapeHtml(context.num(text, (optional?.[1] ?? '.3g').replace(/\\%/, '%'))), end };
  }
  if (name in ACCENTS && (!letters || /^\s*\{|^\s/.test(tex.slice(at)))) {
    const { text, end } = argument(tex, at);
    const letter = text.replace(/^\\([ij])$/, '$1');
    return { html: (letter.charAt(0) + ACCENTS[name]).normalize('NFC') + letter.slice(1), end };
  }
  if (name in SIGNS) return { html: SIGNS[name], end: at + (letters ? skip : 0) };
  if (name === 'href') {
    const [address, text] = [first(), argument(tex, first().end)];
    return { html: `<a href="${escapeHtml(address.text)}">${render(text.text, context)}</a>`, end: text.end };
  }
  throw new Error(
    `${context.where}: the site does not know the command \\${name} in a text; say it otherwise, or teach scripts/blog/latex.mjs`,
  );
}

/** @param {string} tex @param {number} start @param {string} name @param {Context} context */
function within(tex, start, name, context) {
  const open = start + `\\begin{${name}}`.length;
  let depth = 1;
  const marks = new RegExp(`\\\\(begin|end)\\{${name.replace('*', '\\*')}\\}`, 'g');
  marks.lastIndex = open;
  let close = marks.exec(tex);
  for (; close; close = marks.exec(tex)) {
    depth += close[1] === 'begin' ? 1 : -1;
    if (depth === 0) break;
  }
  if (!close) throw new Error(`${context.where}: \\begin{${name}} has no \\end`);
  const optional = /^\s*\[([^\]]*)\]/.exec(tex.slice(open, close.index));
  const body = tex.slice(open + (optional?.[0].length ?? 0), close.index);
  return { html: environment(name, optional?.[1], body, context), end: close.index + close[0].length };
}

/** @param {string} name @param {string | undefined} optional @param {string} body @param {Context} context */
function environment(name, optional, body, context) {
  const kind = name.replace('*', '');
  if (kind in DISPLAYS) {
    const inner = DISPLAYS[/** @type {keyof typeof DISPLAYS} */ (kind)];
    return display(inner ? `\\begin{${inner}}${body}\\end{${inner}}` : body, context);
  }
  if (kind === 'enumerate' || kind === 'itemize') {
    const items = split(body).map(
      (item) =>
        `<li>${paragraphs(render(item, context)).replace(/^<p>([\s\S]*)<\/p>$/, (all, text) => (text.includes('<p>') ? all : text))}</li>`,
    );
    return `\n\n<${kind === 'itemize' ? 'ul' : `ol class="${/arabic|\d/.test(optional ?? '') ? 'numbers' : 'clauses'}"`}>${items.join('')}</${kind === 'itemize' ? 'ul' : 'ol'}>\n\n`;
  }
  if (kind === 'proof')
    return `\n\n<section class="proof"><h2 class="part">${optional ? render(optional, context) : 'Proof'}</h2>${paragraphs(render(body, context))}</section>\n\n`;
  if (kind === 'remark')
    return `\n\n<section class="remark"><h2 class="part">Remark</h2>${paragraphs(render(body, context))}</section>\n\n`;
  if (kind === 'center' && !/\\begin\{(?:tikzpicture|tabular)/.test(body)) return `\n\n<div>${paragraphs(render(body, context))}</div>\n\n`;
  if (['center', 'tikzpicture', 'tabular', 'figure', 'table'].includes(kind)) {
    context.pictures++;
    const what = /tikzpicture|includegraphics|resfig/.test(body) || kind === 'tikzpicture' ? 'figure' : 'table';
    return `\n\n<p class="elsewhere">A ${what} stands here in ${context.pdf ? `<a href="${context.pdf}">the PDF</a>` : 'the PDF'}.</p>\n\n`;
  }
  throw new Error(`${context.where}: the site does not know the environment ${name}; say it otherwise, or teach scripts/blog/latex.mjs`);
}

/** The items of a list, those of lists within it left whole. @param {string} body */
function split(body) {
  /** @type {string[]} */
  const items = [];
  let depth = 0;
  let from = -1;
  for (const match of body.matchAll(/\\(begin|end)\{(?:enumerate|itemize)\}|\\item\b(?:\[[^\]]*\])?/g)) {
    if (match[1]) depth += match[1] === 'begin' ? 1 : -1;
    else if (depth === 0) {
      if (from >= 0) items.push(body.slice(from, match.index));
      from = match.index + match[0].length;
    }
  }
  return from >= 0 ? [...items, body.slice(from)] : items;
}

/** @param {string} label @param {boolean} brackets @param {Context} context */
function reference(label, brackets, context) {
  const number = context.equations.get(label);
  if (number !== undefined) return brackets ? `(${number})` : String(number);
  const found = context.ref(label);
  if (!found) throw new Error(`${context.where}: \\ref{${label}}: nothing is labelled so`);
  const text = brackets ? `(${found.text})` : found.text;
  return found.url ? `<a href="${found.url}">${text}</a>` : text;
}

/** @param {string} tex @param {Context} context */
function display(tex, context) {
  const label = /\\label\{([^}]*)\}/.exec(tex)?.[1];
  const number = label === undefined ? undefined : context.equations.get(label);
  return `<span class="formula" tabindex="0" role="group" aria-label="formula">${formula(tex.replace(/\\label\{[^}]*\}/g, ''), true, context, number)}</span>`;
}

/** @param {string} tex @param {boolean} isDisplay @param {Context} context @param {number} [number] */
function formula(tex, isDisplay, context, number) {
  // A reference within a formula's words is its number; a starred or sized pair of delimiters grows by itself.
  const plain = tex
    .replace(/\\(eq)?ref\{([^}]*)\}/g, (_, eq, label) => {
      const text = context.equations.get(label) ?? context.ref(label)?.text ?? label;
      return eq ? `(${text})` : String(text);
    })
    .replace(/\\resnum(?:\[([^\]]*)\])?\{([^}]*)\}/g, (_, format, key) =>
      context.num(key, (format ?? '.3g').replace(/\\%/, '%')).replace(/%/, '\\%'),
    )
    .replace(/\\(norm|abs|inner)(?:\*|\[\\[a-zA-Z]+\])/g, '\\$1')
    .trim();
  return maths(number === undefined ? plain : `${plain}\\tag{${number}}`, {
    display: isDisplay,
    macros: context.macros,
    where: context.where,
  });
}

/** The argument that starts at a position: a {group}, a command, or one character. @param {string} tex @param {number} at */
function argument(tex, at) {
  const blank = /^\s*/.exec(tex.slice(at))?.[0].length ?? 0;
  const start = at + blank;
  if (tex[start] !== '{') {
    const one = /^\\[A-Za-z]+|^\\?[\s\S]/.exec(tex.slice(start))?.[0] ?? '';
    return { text: one, end: start + one.length };
  }
  let depth = 0;
  for (let i = start; i < tex.length; i++) {
    if (tex[i] === '\\') i++;
    else if (tex[i] === '{') depth++;
    else if (tex[i] === '}' && --depth === 0) return { text: tex.slice(start + 1, i), end: i + 1 };
  }
  throw new Error(`a brace is never closed: ${tex.slice(start, start + 40)}`);
}
