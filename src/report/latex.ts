/** LaTeX macros by name: how many arguments they take, and what they stand for, with #1 for the first argument. */
export type Macros = ReadonlyMap<string, { readonly arity: number; readonly body: string }>;

/** The macros that LaTeX sources define with \newcommand and \DeclarePairedDelimiter. */
export function macrosOf(sources: readonly string[]): Macros {
  const macros = new Map<string, { arity: number; body: string }>();
  for (const source of sources) {
    for (const match of source.matchAll(/\\(?:re)?newcommand\*?\{?(\\[A-Za-z]+)\}?(?:\[(\d)\])?(?=\{)/g))
      macros.set(match[1], { arity: Number(match[2] ?? 0), body: argument(source, match.index + match[0].length).text });
    for (const [, name, left, right] of source.matchAll(/\\DeclarePairedDelimiter\{?(\\[A-Za-z]+)\}?\{([^}]*)\}\{([^}]*)\}/g))
      macros.set(name, { arity: 1, body: `${left} #1${right}` });
  }
  return macros;
}

/**
 * A statement in LaTeX as Markdown with MathJax: maths stays as it is, with its macros expanded; lists, emphasis, dashes and spaces
 * become Markdown's. What a proof needs beyond that, figures or tables, is not translated.
 */
export function toMarkdown(latex: string, macros: Macros): string {
  const text = expand(latex.replace(/(?<!\\)%.*\n?/g, ''), macros)
    .replace(/\\\[(.*?)\\\]/gs, (_, maths: string) => display(maths))
    .replace(/\\begin\{(align|equation|gather)\*?\}(.*?)\\end\{\1\*?\}/gs, (_, kind: string, maths: string) => {
      const inner = kind === 'gather' ? 'gathered' : 'aligned';
      return display(`\\begin{${inner}}${maths}\\end{${inner}}`);
    })
    // A dollar inside of a formula's words would end the formula.
    .replace(/\\text\{([^{}$]*\$[^{}]*)\}/g, (_, words: string) =>
      words
        .split('$')
        .map((part, i) => (i % 2 ? part : part && `\\text{${part}}`))
        .join(''),
    )
    .replace(/\\begin\{(enumerate|itemize)\}(?:\[[^\]]*\])?(.*?)\\end\{\1\}/gs, (_, kind: string, items: string) => list(kind, items))
    .replace(/\\(?:emph|textit)\{([^{}]*)\}/g, '*$1*')
    .replace(/\\textbf\{([^{}]*)\}/g, '**$1**')
    .replace(/(?<!\\)~/g, ' ')
    .replace(/--/g, '–');
  const paragraphs = text.split(/(\n\n\$\$.*?\$\$\n\n|\n\n(?:- |\([a-z]\) )[^\n]*)/s);
  const flowing = paragraphs.map((part, i) => (i % 2 ? part : oneLine(part)));
  return flowing
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Line breaks and the blanks around them as one blank, in time that grows with the text: a pattern would look from every blank again. */
const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((line, i, lines) => (i ? (i < lines.length - 1 ? line.trim() : line.trimStart()) : lines.length > 1 ? line.trimEnd() : line))
    .filter((line, i, lines) => line || i === 0 || i === lines.length - 1)
    .join(' ');

const display = (maths: string) => `\n\n$$${oneLine(maths.trim())}$$\n\n`;

function list(kind: string, items: string): string {
  const parts = items.split(/\\item(?:\[[^\]]*\])?/).slice(1);
  const mark = (i: number) => (kind === 'enumerate' ? `(${String.fromCharCode(97 + i)}) ` : '- ');
  // A displayed formula stays within its item's line, or Markdown would end the list.
  const body = (item: string) => oneLine(item.trim().replace(/\n\n(\$\$.*?\$\$)\n\n\s*/g, ' $1 '));
  return `${parts.map((item, i) => `\n\n${mark(i)}${body(item)}`).join('')}\n\n`;
}

function expand(text: string, macros: Macros): string {
  const used = [...text.matchAll(/\\[A-Za-z]+/g)].find(([name]) => macros.has(name));
  if (!used) return text;
  const { arity, body } = macros.get(used[0])!;
  let end = used.index + used[0].length;
  const values: string[] = [];
  for (let i = 0; i < arity; i++) {
    const { text: value, after } = argument(text, end);
    values.push(value);
    end = after;
  }
  const meaning = body
    .split(/(#\d)/)
    .reduce((before, part) => joined(before, part[0] === '#' ? (values[Number(part[1]) - 1] ?? part) : part), '');
  return expand(joined(joined(text.slice(0, used.index), meaning), text.slice(end)), macros);
}

/** Two pieces side by side, with a blank where the name of a command would swallow the letter that follows. */
const joined = (before: string, after: string): string =>
  before + (/\\[A-Za-z]+$/.test(before) && /^[A-Za-z]/.test(after) ? ' ' : '') + after;

/** The argument that starts at a position, a {group} or one token, and the position after it. */
function argument(source: string, at: number): { text: string; after: number } {
  const token = /^\s*(\\[A-Za-z]+|[^{\s])/.exec(source.slice(at));
  if (token) return { text: token[1], after: at + token[0].length };
  const start = source.indexOf('{', at);
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '{') depth++;
    else if (source[i] === '}' && --depth === 0) return { text: source.slice(start + 1, i), after: i + 1 };
  }
  throw new Error(`LaTeX: the brace at '${source.slice(start, start + 30)}' is never closed`);
}
