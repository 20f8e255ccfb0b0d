import { existsSync, globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { text } from './support/house.js';

const SKIPPED = /(^|\/)(node_modules|dist|build|data|\.\w[\w.-]*)(\/|$)/;
const root = `${import.meta.dirname}/..`;
/** Packages of others: what set-up fetched, and a Python environment that a reader made here. */
const isForeign = (path: string) => SKIPPED.test(path) || existsSync(join(root, path, 'pyvenv.cfg'));
const tracked = (pattern: string): string[] => globSync(pattern, { cwd: root, exclude: isForeign }).filter((file) => !SKIPPED.test(file));
const files = tracked('**/*');
const known = new Set(files);

const FOLDERS = /^(src|tests|proofs|notebooks|scripts|bench|experiments|results|docs|summaries)\//;
/** A word that may be a path; `<name>`, `NN`, `*` and `…` stand for many, so such words are not looked up. */
const WORD = /(?<![\w./:@<>*…-])(?:\.\.?\/)*[\w.-]+(?:\/[\w.-]+)*(?![\w./<>*…-]*[<>*…])/g;
const LABEL = /\b(?:thm|def|lem|sec|eq):[a-z][a-z\d-]*/g;

/** One line of prose, and where it stands. */
interface Line {
  readonly file: string;
  readonly line: number;
  readonly said: string;
}

/** The comments of code; all of a document; the prose of a notebook. */
function linesOf(file: string, content = text(file)): Line[] {
  if (file.endsWith('.ipynb')) {
    const { cells } = JSON.parse(content) as { cells: { cell_type: string; source: string[] }[] };
    return cells.flatMap(({ cell_type, source }, i) =>
      cell_type === 'markdown' ? source.map((said) => ({ file, line: i + 1, said })) : [],
    );
  }
  const all = content.split('\n').map((said, i) => ({ file, line: i + 1, said }));
  if (!/\.(ts|mjs)$/.test(file)) return all;
  return all.flatMap((line) => {
    const comment = /(?:^|\s)(\/\/.*|\/\*\*?.*\*\/)$|^\s*\/?\*+(.*)/.exec(line.said);
    return comment ? [{ ...line, said: comment[1] ?? comment[2] }] : [];
  });
}

/** Paths of this repository that a line cites and that are not there. */
function missingPaths({ file, line, said }: Line): string[] {
  const words = said.match(WORD) ?? [];
  return words
    .map((word) => word.replace(/\.$/, ''))
    .filter((word) => isCitation(word) && !/NN/.test(word) && !exists(file, word))
    .map((word) => `${file}:${line} cites ${word}, which is not there; name the file as it is called now`);
}

/** What begins in one of our folders, or looks like a source file of ours. */
const isCitation = (word: string) =>
  FOLDERS.test(word) || /^(\.\.?\/)*[\w-][\w./-]*\.(ts|mjs|ipynb|md)$/.test(word) || /^reference\/[\w.-]+$/.test(word);

/** From the root, from beside the citing file or its room's other files, or as the end of a path. */
function exists(file: string, word: string): boolean {
  const path = word.replace(/^(\.\.?\/)+|\/$/g, '');
  const folders = ['.', dirname(file), file.split('/').slice(0, 2).join('/')];
  if (folders.some((folder) => known.has(normalize(`${folder}/${path}`)) || known.has(normalize(`${folder}/${word}`)))) return true;
  const [, experiment] = /^(experiments\/[\w-]+\/[\w-]+)\./.exec(path) ?? []; // a number of an experiment, experiments/week03/mnist.plainError
  if (experiment && known.has(`${experiment}.ts`)) return true;
  return !path.startsWith('reference/') && files.some((one) => one.endsWith(`/${path}`));
}

const labels = new Set(
  tracked('proofs/*.tex').flatMap((file) => [...text(file).matchAll(/\\(?:thm)?label\{([^}]+)\}/g)].map(([, label]) => label)),
);

function missingLabels({ file, line, said }: Line): string[] {
  const cited = said.match(LABEL) ?? [];
  return cited.filter((label) => !labels.has(label)).map((label) => `${file}:${line} cites ${label}, which no file of proofs/ states`);
}

/** Checked ahead of the week that states them; a label leaves this list when its proof arrives. */
const TO_BE_PROVED = ['thm:layer-norm-backward'];

const documents = tracked('**/*.{md,tex,sty,ts,mjs,py,ipynb,yml}').filter((file) => file !== 'tests/citations.test.ts');
const code = documents.filter((file) => /^(src|experiments|scripts|bench)\/.*\.(ts|mjs|py)$/.test(file) || file.endsWith('.ipynb'));

/** Source files that scripts and settings name, as `'scripts/start.mjs'` or `at('dist', 'kernel', 'install.js')`; what is in dist/ is made from src/. */
function missingFiles(file: string, content = text(file)): string[] {
  const joined = [...content.matchAll(/\bat\(((?:'[\w.-]+'(?:, )?)+)\)/g)].map(([, parts]) =>
    parts.replace(/', '/g, '/').replace(/'/g, ''),
  );
  const whole = content.match(/(?<=['"\s/])(?:src|tests|scripts|bench|dist)\/[\w./-]+\.(?:ts|mjs|js|py)\b/g) ?? [];
  const named = [...new Set([...joined, ...whole])].filter((path) => /^(src|tests|scripts|bench|dist)\/.*\.(ts|mjs|js|py)$/.test(path));
  const source = (path: string) => (path.startsWith('dist/') ? path.replace('dist/', 'src/').replace(/js$/, 'ts') : path);
  return named.filter((path) => !known.has(source(path))).map((path) => `${file} names ${path}, and ${source(path)} is not there`);
}

describe('what comments and documents cite', () => {
  it('is there, where it is a path', () => {
    expect(documents.flatMap((file) => linesOf(file).flatMap(missingPaths))).toEqual([]);
  });

  it('is stated in proofs/, where it is a label', () => {
    expect(code.flatMap((file) => linesOf(file).flatMap(missingLabels))).toEqual([]);
  });

  it('is stated in proofs/, where a test binds it', () => {
    const bound = tracked('src/**/*.test.ts').flatMap((file) => {
      const lines = text(file)
        .split('\n')
        .map((said, i) => ({ file, line: i + 1, said }));
      return lines.filter(({ said }) => /^theorem\b/.test(said));
    });
    expect(bound.length).toBeGreaterThan(10);
    expect(bound.flatMap(missingLabels).filter((complaint) => !TO_BE_PROVED.some((label) => complaint.includes(label)))).toEqual([]);
    expect(TO_BE_PROVED.filter((label) => labels.has(label))).toEqual([]);
  });

  it('is there, where scripts and settings name a file', () => {
    const settings = ['package.json', 'vitest.config.ts', 'vitest.long.config.ts', '.ci/run', '.github/workflows/ci.yml'];
    expect([...tracked('scripts/**/*.mjs'), ...settings].flatMap((file) => missingFiles(file))).toEqual([]);
    expect(missingFiles('a.mjs', "import(at('dist', 'no', 'such.js')); run('scripts/no-such.mjs');")).toHaveLength(2);
  });

  it.each([
    ['a file of a folder', 'src/nn/a.ts', '// As in src/nn/no-such.ts, but faster.', 'src/nn/a.ts:1 cites src/nn/no-such.ts'],
    ['a file by its name', 'src/nn/a.ts', '/** Beside `no-such.ts`. */', 'cites no-such.ts'],
    [
      'a script of reference values',
      'src/nn/a.ts',
      "import r from './a.json'; // made by reference/no-such.py",
      'cites reference/no-such.py',
    ],
    ['a file in a document', 'README.md', 'See [it](docs/no-such.md).', 'README.md:1 cites docs/no-such.md'],
    ['a label', 'src/nn/a.ts', '\n * Backward: thm:no-such.', 'src/nn/a.ts:2 cites thm:no-such'],
  ])('would notice %s', (_, file, content, complaint) => {
    const found = linesOf(file, content).flatMap((line) => [...missingPaths(line), ...missingLabels(line)]);
    expect(found).toEqual([expect.stringContaining(complaint)]);
  });

  it('may be a pattern, a file that is there or code', () => {
    const lines = [
      '// experiments/<week>/<name>.ts, proofs/weekNN.tex and src/*/index.ts',
      '// src/nn/linear.ts, linear.test.ts; scripts/',
      "import x from './no-such.js';",
    ];
    expect(linesOf('src/nn/a.ts', lines.join('\n')).flatMap(missingPaths)).toEqual([]);
  });
});
