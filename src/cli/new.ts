import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { packageRoot, replaceFile } from '../base/internal.js';
import { proofs, summary } from './skeleton/documents.js';
import { check, experiment } from './skeleton/evidence.js';
import { notebook } from './skeleton/notebook.js';

/** `lemmata new week NN`: the skeleton of a week, which builds and passes its tests before a word of it is changed. */
export function newCommand(): Command {
  const command = new Command('new').description('lay the skeleton of something new');
  command
    .command('week <number>')
    .description('notebook, proofs, summary, check and experiment of a week, as notebooks/README.md says')
    .option('--in <folder>', 'the checkout to write into', packageRoot)
    .action((number: string, options: { in: string }) => {
      for (const file of newWeek(number, options.in)) process.stdout.write(`  ${relative(options.in, file)}\n`);
      process.stdout.write(
        `Now: npm run notebooks -- week${number}, npm run experiments -- week${number}, npm run proofs, npm run summaries;\n` +
          `then npm test -- tests/weeks/week${number}.test.ts, which lets the proofs say checked, and npm run lint\n`,
      );
    });
  return command;
}

/**
 * Writes the files of a week and returns their paths.
 *
 * @param number  two digits: '02'
 * @throws        when it is no week's number, the folder is no checkout, or a file is already there; nothing is written then
 */
export function newWeek(number: string, checkout: string): string[] {
  if (!/^(0[1-9]|[1-9]\d)$/.test(number))
    throw new Error(`new week: a week is two digits from 01 to 99, got '${number}'; as in: npx lemmata new week 02`);
  if (!existsSync(join(checkout, 'proofs', 'lemmata.sty')))
    throw new Error(`new week: ${checkout} is no checkout of Lemmata (it has no proofs/lemmata.sty); run it in a clone of the repository`);
  const week = `week${number}`;
  const files: [string, string][] = [
    [`notebooks/${week}-mean.ipynb`, notebook(week)],
    [`proofs/${week}.tex`, proofs(week)],
    [`summaries/${week}.tex`, summary(week)],
    [`tests/weeks/${week}.test.ts`, check(week)],
    [`experiments/${week}/mean.ts`, experiment(week)],
  ];
  const taken = files.map(([path]) => join(checkout, path)).find((path) => existsSync(path));
  if (taken)
    throw new Error(`new week: ${relative(checkout, taken)} is already there, and nothing was written; remove it or take another number`);
  return files.map(([path, text]) => {
    replaceFile(join(checkout, path), text);
    return join(checkout, path);
  });
}
