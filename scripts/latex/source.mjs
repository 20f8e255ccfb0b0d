import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The text of a document with what it takes in, without comments: `at` says in which file and line a place of it stands.
 *
 * @typedef {{ text: string, at: (index: number) => string, files: string[] }} Source
 */

/** @typedef {{ file: string, line: number, text: string }} Piece  whole lines of one file, or parts of a line */

/** \input{x}, \include{x}: all of x; \chapterfrom{week01}: what stands between \begin{document} and \end{document} of proofs/week01.tex. */
const TAKES = /(\\(?:input|include|chapterfrom)\{[^}]*\})/;

/**
 * A document and all that it takes in. A file that is not there is left to LaTeX, which may have it among its own.
 *
 * @param {string} file    absolute
 * @param {string} root    where the repository is
 * @param {(file: string) => string | undefined} [load]  the text of an absolute path
 * @returns {Source}
 */
export function readSource(file, root, load = readText) {
  const folders = [dirname(file), join(root, 'proofs')];
  /** @type {string[]} */
  const files = [];
  /** @type {(file: string, body: boolean, above: string[]) => Piece[]} */
  const pieces = (path, body, above) => {
    const shown = relative(root, path);
    if (above.includes(path))
      throw new Error(`${shown} takes in itself, by way of ${above.map((name) => relative(root, name)).join(', ')}`);
    if (!files.includes(path)) files.push(path);
    const text = bare(load(path) ?? '');
    return linesOf(body ? bodyOf(text) : text, shown).flatMap((piece) =>
      split(piece).flatMap((part) => {
        const [, command, name] = /^\\(input|include|chapterfrom)\{([^}]*)\}$/.exec(part.text) ?? [];
        const found = name && candidates(name, folders).find((path) => load(path) !== undefined);
        if (command === 'chapterfrom' && !found)
          throw new Error(`${part.file}:${part.line}: \\chapterfrom names ${name}.tex, which does not exist`);
        return found ? [{ ...part, text: '' }, ...pieces(found, command === 'chapterfrom', [...above, path])] : [part];
      }),
    );
  };
  return joined(pieces(file, false, []), files);
}

/**
 * A text as a source of its own, which takes nothing in.
 *
 * @param {string} text
 * @param {string} file  its name, for messages
 * @returns {Source}
 */
export const textSource = (text, file) => joined(linesOf(bare(text), file), [file]);

/** Comments bind nothing. @param {string} text */
const bare = (text) => text.replace(/(?<!\\)%.*/g, '');

/** What is outside of the document's body becomes blank lines, so that lines keep their numbers. @param {string} text */
function bodyOf(text) {
  const from = text.indexOf('\\begin{document}') + '\\begin{document}'.length;
  const to = text.indexOf('\\end{document}');
  return text.slice(0, from).replace(/[^\n]/g, '') + text.slice(from, to < 0 ? undefined : to);
}

/** @param {string} text @param {string} file @returns {Piece[]} */
const linesOf = (text, file) =>
  text.split('\n').map((line, i, all) => ({ file, line: i + 1, text: i < all.length - 1 ? `${line}\n` : line }));

/** A line in parts, of which each is a command that takes a file in, or none. @param {Piece} piece @returns {Piece[]} */
const split = (piece) => piece.text.split(TAKES).map((text) => ({ ...piece, text }));

/** @param {string} name @param {string[]} folders */
const candidates = (name, folders) =>
  folders.flatMap((folder) => [join(folder, `${name}.tex`), join(folder, name)]).filter((path) => path.endsWith('.tex'));

/** @param {Piece[]} pieces @param {string[]} files @returns {Source} */
function joined(pieces, files) {
  /** @type {number[]} */
  const starts = [];
  let length = 0;
  for (const { text } of pieces) {
    starts.push(length);
    length += text.length;
  }
  const at = (/** @type {number} */ index) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    const { file, line } = pieces[low];
    return `${file}:${line}`;
  };
  return { text: pieces.map(({ text }) => text).join(''), at, files };
}

/** @param {string} path */
const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
