// npm run proofs, npm run summaries: builds the documents of a folder, or those named, and says what became of each.
//
//     node scripts/latex.mjs proofs            every proofs/*.tex that is a document
//     node scripts/latex.mjs proofs week01     of these, week01: so npm run proofs -- week01 builds one
//     node scripts/latex.mjs proofs/week01.tex
//
// Before LaTeX runs, every name a document binds is looked up: theorems in tests, functions in src/, numbers and figures in results/.
// After it, the log is read: an undefined reference or a line that sticks out by more than 5 pt fails. Equal sources give equal bytes.
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { documentsIn } from './latex/book.mjs';
import { build } from './latex/build.mjs';
import { missingLatex } from './latex/latexmk.mjs';

const root = resolve(import.meta.dirname, '..');

const missing = missingLatex();
if (missing) {
  console.error(missing);
  process.exit(process.env.CI ? 1 : 3);
}

const documents = documentsOf(process.argv.slice(2));
if (documents.length === 0) {
  console.error('latex: no document; name a folder or a .tex file, as in: node scripts/latex.mjs proofs');
  process.exit(1);
}
for (const document of documents) {
  try {
    console.log((await build(document)).summary);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 1;
  }
}

/**
 * The documents that the arguments name: files, folders, or names within the folder that comes first.
 *
 * @param {string[]} given
 */
function documentsOf([first, ...names]) {
  const folder = first && existsSync(first) && statSync(first).isDirectory() ? resolve(first) : undefined;
  if (folder && names.length === 0) return documentsIn(folder);
  return (folder ? names.map((name) => join(folder, `${basename(name, '.tex')}.tex`)) : [first, ...names].filter(Boolean)).map((file) => {
    if (existsSync(file)) return resolve(file);
    const beside = existsSync(dirname(file)) ? documentsIn(dirname(file)) : [];
    console.error(
      `latex: there is no ${relative(root, resolve(file))}${beside.length ? `; there are ${beside.map((name) => basename(name, '.tex')).join(', ')}` : ''}`,
    );
    return process.exit(1);
  });
}
