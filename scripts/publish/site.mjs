import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryOf, revisionsOf } from '../latex/links.mjs';
import { notebooksIn, resultOf } from '../notebooks/files.mjs';
import { paperTables } from '../paper/tables.mjs';
import { node } from './child.mjs';
import { FOLDERS } from './documents.mjs';
import { lessonsShown, lessonsTable, writeLessons } from './lessons.mjs';
import { digest, filesOf } from './stamps.mjs';
import { weeksTable, writeWeeks } from './weeks.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/** What the site may be told. @typedef {{ pathprefix?: string, url?: string, out?: string }} SiteOptions */

/**
 * The website, made of its own words and scripts, the notebooks, theorems and library that it shows, and the PDFs that it links.
 *
 * @param {string} root
 * @param {readonly Target[]} pdfs
 * @param {SiteOptions} options
 * @returns {Target}
 */
export function site(root, pdfs, { pathprefix = '/', url, out = 'build/site' } = {}) {
  return {
    name: 'blog',
    group: 'blog',
    after: [...pdfs.map(({ name }) => name), 'checks', ...notebooksIn(root).map(resultOf)],
    outputs: [out],
    inputs: () => ({
      ...filesOf(root, [
        ...globSync('{blog,scripts/blog,scripts/latex}/**/*.*', { cwd: root }),
        ...globSync('{notebooks/**/*.ipynb,proofs/**/*.{tex,sty},src/**/*.ts}', { cwd: root }),
        ...globSync('results/**/*.{json,svg}', { cwd: root }),
        ...FOLDERS.flatMap((folder) => globSync(`${folder}/*.pdf`, { cwd: root })),
        ...['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/publish/weeks.mjs'],
      ]),
      'the base path': pathprefix,
      'the address': url ?? '',
      'the folder': out,
      'the repository, and the revisions of its files': repositoryOf(root)
        ? digest(JSON.stringify([repositoryOf(root), ...revisionsOf(root)]))
        : '',
    }),
    build: () => node([join(root, 'scripts/blog.mjs'), '--pathprefix', pathprefix, '--out', out, ...(url ? ['--url', url] : [])]),
  };
}

/**
 * The tables of the paper, the letters with their numbers, and the README's table of weeks.
 *
 * @param {string} root
 * @returns {Target[]}
 */
export function texts(root) {
  return [
    {
      name: 'paper/tables',
      group: 'paper',
      after: ['week12'],
      outputs: ['paper/tables'],
      inputs: () => ({}),
      changed: () => {
        const load = (/** @type {string} */ name) => JSON.parse(readFileSync(join(root, 'results', `${name}.json`), 'utf8'));
        const now = paperTables(load('week12'), load);
        return Object.entries(now).flatMap(([name, text]) => {
          const file = join(root, 'paper/tables', `${name}.tex`);
          return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : [`paper/tables/${name}.tex is not what the results say`];
        });
      },
      build: async () => {
        await node([join(root, 'scripts/paper/tables.mjs')]);
        return 'paper/tables';
      },
    },
    {
      name: 'paper/letters',
      group: 'paper',
      after: ['week12'],
      outputs: ['build/letters'],
      inputs: () =>
        filesOf(root, [
          ...['scripts/paper/letters.mjs', 'scripts/blog/numbers.mjs', 'scripts/latex/numbers.mjs', 'src/report/quoted.ts'],
          ...globSync('{paper/letters/*.md,results/week*.json,results/experiments/**/*.json}', { cwd: root }),
        ]),
      build: async () => {
        await node([join(root, 'scripts/paper/letters.mjs')]);
        return 'build/letters';
      },
    },
    {
      name: 'README',
      group: 'readme',
      after: [],
      outputs: ['README.md'],
      inputs: () => ({ 'the table of weeks': digest(weeksTable(root)), 'the table of lessons': digest(lessonsTable(root)) }),
      changed: () => [
        ...(readFileSync(join(root, 'README.md'), 'utf8').includes(weeksTable(root)) ? [] : ['its table of weeks is not what is there']),
        ...(lessonsShown(root) ? [] : ['the table of lessons is not what is there']),
      ],
      build: () => {
        writeLessons(root);
        return writeWeeks(root);
      },
    },
  ];
}
