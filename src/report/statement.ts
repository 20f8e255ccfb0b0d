import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../base/index.js';
import { packageRoot } from '../base/internal.js';
import { macrosOf, toMarkdown } from './latex.js';

/** Where the proofs are: `proofs/` of this package. */
const proofsFolder = (): string => join(packageRoot, 'proofs');

const BINDINGS = /\\(?:thmlabel|uses|implementedby|checkedby|unchecked|label)\{[^{}]*\}/g;

/**
 * The statement of a theorem, folded behind its idea, with its number in the PDF. It is read from `proofs/`, so that a notebook and
 * its proof cannot say different things.
 *
 *     statement('thm:normal-equations', 'The best line leaves a remainder at right angles to all that it may use.')
 *
 * @param idea  what it says, in one sentence
 * @throws      when there is no idea, or no proof has that label
 */
export function statement(label: `thm:${string}`, idea: string, folder = proofsFolder()): Bundle {
  if (!/[.!?]$/.test(idea)) throw new Error(`statement: ${label} needs its idea in one sentence, got '${idea}'; end it with a full stop`);
  const { name, text, file } = theoremOf(label, folder);
  return {
    'text/markdown': `<details><summary><b>${name}.</b> ${idea}</summary>\n\n${text.replace(/^/gm, '> ').replace(/^> $/gm, '>')}\n>\n> Proof: \`proofs/${file}\`, \`${label}\`.\n\n</details>`,
    'text/plain': `${name}: ${idea} (${label}, proved in proofs/${file})`,
  };
}

/**
 * A theorem as its document states it: `Theorem 3 (Gauss–Markov)`, the statement in Markdown, and the file.
 *
 * @throws when no proof has that label
 */
export function theoremOf(label: string, folder = proofsFolder()): { name: string; text: string; file: string } {
  const files = readdirSync(folder).sort();
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  for (const file of files.filter((name) => name.endsWith('.tex'))) {
    const source = read(file);
    const found = environment(label).exec(source);
    if (!found) continue;
    const [, kind = '', title = '', body = ''] = found;
    const macros = macrosOf([...files.filter((name) => name.endsWith('.sty')), file].map(read));
    const name = `${capital(kind)} ${numberAt(source, found.index)}${title && ` (${toMarkdown(title, macros)})`}`;
    const numbered = body.replace(BINDINGS, '').replace(/\\ref\{(thm:[^{}]*)\}/g, (_, other: string) => {
      const { index } = environment(other).exec(source) ?? {};
      if (index === undefined) throw new Error(`statement: ${label} refers to ${other}, which proofs/${file} does not state`);
      return `${numberAt(source, index)}`;
    });
    return { name, text: toMarkdown(numbered, macros), file };
  }
  throw new Error(`statement: no proof in ${folder} has \\thmlabel{${label}}; is the label spelt as in proofs/*.tex?`);
}

/** The environment that holds the label: its kind, its title, what is before the label and after it. */
const environment = (label: string) =>
  new RegExp(
    `\\\\begin\\{(theorem|lemma|proposition|corollary)\\}(?:\\[([^\\]]*)\\])?((?:(?!\\\\end\\{\\1\\}).)*?\\\\thmlabel\\{${label}\\}.*?)\\\\end\\{\\1\\}`,
    's',
  );

/** The number of the theorem that begins at some place of its document: all kinds share one counter, as in lemmata.sty. */
const numberAt = (source: string, place: number): number =>
  [...source.slice(0, place).matchAll(/^\\begin\{(?:theorem|lemma|proposition|corollary)\}/gm)].length + 1;

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
