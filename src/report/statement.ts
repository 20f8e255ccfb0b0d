import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../base/index.js';
import { packageRoot } from '../base/internal.js';
import { macrosOf, toMarkdown } from './latex.js';

/** Where the proofs are: `proofs/` of this package. */
const proofsFolder = (): string => join(packageRoot, 'proofs');

const BINDINGS = /\\(?:thmlabel|uses|implementedby|checkedby|label)\{[^{}]*\}/g;

/**
 * The statement of a theorem, read from `proofs/`, so that a notebook and its proof cannot say different things.
 *
 *     statement('thm:normal-equations')
 *
 * @throws when no proof has that label
 */
export function statement(label: `thm:${string}`, folder = proofsFolder()): Bundle {
  const files = readdirSync(folder).sort();
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  for (const file of files.filter((name) => name.endsWith('.tex'))) {
    const found = environment(label).exec(read(file));
    if (!found) continue;
    const [, kind = '', title = '', body = ''] = found;
    const macros = macrosOf([...files.filter((name) => name.endsWith('.sty')), file].map(read));
    const heading = `**${capital(kind)}${title && ` (${toMarkdown(title, macros)})`}.**`;
    const text = toMarkdown(body.replace(BINDINGS, ''), macros);
    const quoted = `${heading}${/^(- |\([a-z]\) )/.test(text) ? '\n\n' : ' '}${text}`.replace(/^/gm, '> ').replace(/^> $/gm, '>');
    return { 'text/markdown': quoted, 'text/plain': `${capital(kind)} (${title}) — ${label}, proved in proofs/${file}` };
  }
  throw new Error(`statement: no proof in ${folder} has \\thmlabel{${label}}; is the label spelt as in proofs/*.tex?`);
}

/** The environment that holds the label: its kind, its title, what is before the label and after it. */
const environment = (label: string) =>
  new RegExp(
    `\\\\begin\\{(theorem|lemma|proposition|corollary)\\}(?:\\[([^\\]]*)\\])?((?:(?!\\\\end\\{\\1\\}).)*?\\\\thmlabel\\{${label}\\}.*?)\\\\end\\{\\1\\}`,
    's',
  );

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
