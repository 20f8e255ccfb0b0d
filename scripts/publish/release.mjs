import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from './stamps.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/** What a release has attached. */
const FOLDER = 'build/release';

/**
 * The PDFs under names that tell them apart, `proofs-week01.pdf`, with a list of their sums, in one folder.
 *
 * @param {string} root
 * @param {readonly Target[]} pdfs
 * @returns {Target}
 */
export function release(root, pdfs) {
  const files = pdfs.flatMap(({ outputs }) => outputs).sort();
  return {
    name: 'release',
    group: 'release',
    after: pdfs.map(({ name }) => name),
    outputs: [FOLDER],
    inputs: () => filesOf(root, files),
    build: () => {
      const draft = join(root, `${FOLDER}.${process.pid}`);
      mkdirSync(draft, { recursive: true });
      const lines = files.map((file) => {
        const name = nameOf(file);
        copyFileSync(join(root, file), join(draft, name));
        return `${createHash('sha256')
          .update(readFileSync(join(root, file)))
          .digest('hex')}  ${name}\n`;
      });
      writeFileSync(join(draft, 'SHA256SUMS'), lines.join(''));
      rmSync(join(root, FOLDER), { recursive: true, force: true });
      renameSync(draft, join(root, FOLDER));
      return `${FOLDER}  ${files.length} PDFs`;
    },
  };
}

/** A document that is named as its folder keeps its name, another has the folder before it: of `paper/` paper.pdf, of `proofs/` proofs-week01.pdf. @param {string} file */
function nameOf(file) {
  const [folder, name] = [dirname(file), file.slice(dirname(file).length + 1)];
  return name.startsWith(`${folder}.`) ? name : `${folder}-${name}`;
}
