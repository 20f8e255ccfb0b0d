import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './display.js';

/** Where the proofs are: `proofs/` of this package. */
const proofsFolder = (): string => fileURLToPath(new URL('../../proofs', import.meta.url));

const BINDINGS = /\\(?:thmlabel|uses|implementedby|checkedby|label)\{[^{}]*\}/g;

/**
 * The statement of a theorem, read from `proofs/`, so that a notebook and its proof cannot say different things.
 *
 *     statement('thm:normal-equations')
 *
 * @throws when no proof has that label, or the statement uses LaTeX that Markdown with MathJax cannot show
 */
export function statement(label: `thm:${string}`, folder = proofsFolder()): Bundle {
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.tex'))
    .sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    const found = environment(label).exec(text);
    if (!found) continue;
    const [, kind = '', title = '', body = ''] = found;
    const macros = macrosOf(folder, text);
    const heading = `**${capital(kind)}${title && ` (${toMarkdown(title, macros)})`}.**`;
    const markdown = `> ${heading} ${toMarkdown(body.replace(BINDINGS, ''), macros)}`.replaceAll('\n', '\n> ');
    return { 'text/markdown': markdown, 'text/plain': `${capital(kind)} (${title}) — ${label}, proved in proofs/${file}` };
  }
  throw new Error(`statement: no proof in ${folder} has \\thmlabel{${label}}; is the label spelt as in proofs/*.tex?`);
}

/** The environment that holds the label: its kind, its title, what is before the label and after it. */
const environment = (label: string) =>
  new RegExp(
    `\\\\begin\\{(theorem|lemma|proposition|corollary)\\}(?:\\[([^\\]]*)\\])?((?:(?!\\\\end\\{\\1\\}).)*?\\\\thmlabel\\{${label}\\}.*?)\\\\end\\{\\1\\}`,
    's',
  );

type Macros = Map<string, { arity: number; body: string }>;

/** The macros that the proof and its style file define. */
function macrosOf(folder: string, text: string): Macros {
  const style = readdirSync(folder)
    .filter((name) => name.endsWith('.sty'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const macros: Macros = new Map();
  for (const source of [...style, text]) {
    for (const [, name = '', arity = '0', at] of matches(source, /\\(?:re)?newcommand\*?\{?(\\[A-Za-z]+)\}?(?:\[(\d)\])?(?=\{)/g))
      macros.set(name, { arity: Number(arity), body: group(source, at)[0] });
    for (const [, name = '', operator = ''] of source.matchAll(/\\DeclareMathOperator\*?\{(\\[A-Za-z]+)\}\{([^}]*)\}/g))
      macros.set(name, { arity: 0, body: `\\operatorname{${operator}}` });
  }
  return macros;
}

/** The matches of a pattern, with the position after each as last element. */
function* matches(source: string, pattern: RegExp): Generator<[string, string | undefined, string | undefined, number]> {
  for (const match of source.matchAll(pattern)) yield [match[0], match[1], match[2], match.index + match[0].length];
}

/** The balanced {group} that starts at a position, without its braces, and the position after it. */
function group(source: string, at: number): [string, number] {
  let depth = 0;
  for (let i = at; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '{') depth++;
    else if (source[i] === '}' && --depth === 0) return [source.slice(at + 1, i), i + 1];
  }
  throw new Error(`statement: a brace opened at '${source.slice(at, at + 30)}' is never closed`);
}

function expand(text: string, macros: Macros): string {
  const used = [...text.matchAll(/\\[A-Za-z]+/g)].find(([name]) => macros.has(name));
  if (!used) return text;
  const { arity, body } = macros.get(used[0])!;
  let end = used.index + used[0].length;
  let replacement = body;
  for (let i = 1; i <= arity; i++) {
    const [argument, after] = group(text, end);
    replacement = replacement.replaceAll(`#${i}`, argument);
    end = after;
  }
  return expand(
    `${text.slice(0, used.index)}${replacement}${arity === 0 && /^[A-Za-z]/.test(text.slice(end)) ? ' ' : ''}${text.slice(end)}`,
    macros,
  );
}

/** What MathJax sets stays; the few text commands that statements use become Markdown. */
function toMarkdown(latex: string, macros: Macros): string {
  const text = expand(latex.replace(/(?<!\\)%.*\n?/g, ''), macros)
    .replace(/\\\[(.*?)\\\]/gs, (_, maths: string) => `\n$$${maths.trim().replace(/\n\s*/g, ' ')}$$\n`)
    .replace(
      /\\begin\{(align|equation)\*?\}(.*?)\\end\{\1\*?\}/gs,
      (_, _kind, maths: string) => `\n$$\\begin{aligned}${maths.trim().replace(/\n\s*/g, ' ')}\\end{aligned}$$\n`,
    )
    .replace(/\\\((.*?)\\\)/gs, '$$$1$$')
    .replace(/\\(?:emph|textit)\{([^{}]*)\}/g, '*$1*')
    .replace(/\\textbf\{([^{}]*)\}/g, '**$1**')
    .replace(/\\(?:c|C|eq)?ref\{[^{}]*\}/g, 'above')
    .replace(/\\begin\{(?:enumerate|itemize)\}(?:\[[^\]]*\])?/g, '\n')
    .replace(/\\end\{(?:enumerate|itemize)\}/g, '\n')
    .replace(/\n?\s*\\item(?:\[([^\]]*)\])?\s*/g, (_, mark?: string) => `\n- ${mark ? `${mark} ` : ''}`)
    .replace(/(?<!\\)~/g, ' ')
    .replace(/---?/g, '–')
    .replace(/``|''/g, '"');
  return text
    .split(/(\$\$.*?\$\$)/s)
    .map((part, i) => (i % 2 ? part : part.replace(/[ \t]*\n(?![\n-])[ \t]*/g, ' ')))
    .join('\n')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
