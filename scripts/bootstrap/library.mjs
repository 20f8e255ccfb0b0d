import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './command.mjs';
import { at, digest, discard, filesUnder, OWN, read, readJson, swap, workshop, write } from './files.mjs';

const CLI = at('dist', 'cli', 'main.js');

/** What dist/ is made from: names and contents, so that a deleted file or another branch counts as a change. */
const sources = () => {
  const files = filesUnder('src').filter((file) => !file.endsWith('.test.ts'));
  return digest({ files: ['scripts/bootstrap/library.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...files] });
};

/** @type {import('./set-up.mjs').Step} */
export const library = {
  name: 'library',
  what: 'the library',
  current: () => existsSync(CLI) && read(at('dist', '.lemmata')) === sources(),

  async make() {
    const state = sources();
    const folder = workshop('dist');
    const out = join(folder, 'dist');
    mkdirSync(out);
    await run(this.what, process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', out]);
    for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.map')) pointToSources(join(out, file), out);
    chmodSync(join(out, 'cli', 'main.js'), 0o755);
    write(join(out, '.lemmata'), state);
    swap(out, at('dist'));
    discard(folder);
  },
};

/**
 * A source map says how to get from its own place to src/, and its place changes.
 *
 * @param {string} file
 * @param {string} out  the folder that it was written to
 */
function pointToSources(file, out) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(`${relative(out, at('src'))}/`, '../src/'));
}

/** Where the data lives: as the library decides it. */
const dataRoot = () => process.env.LEMMATA_DATA || at('data');

/** What the data was made from, and that its files are still there: names and sizes. */
const dataState = () => {
  const root = dataRoot();
  if (!existsSync(root)) return undefined;
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  const sizes = paths.map((path) => `${path} ${statSync(path).size}`);
  return digest({ texts: sizes, files: ['dist/market/sources/registry.js'] });
};

/** @type {import('./set-up.mjs').Step} */
export const data = {
  name: 'data',
  what: 'the default data',
  current: () => read(join(OWN, 'data')) === (dataState() ?? 'absent'),
  async make() {
    await run(this.what, process.execPath, [CLI, 'data', 'update'], { detail: (text) => text });
    write(join(OWN, 'data'), dataState() ?? '');
  },
};

const SPEC = at('.venv', 'share', 'jupyter', 'kernels', 'lemmata', 'kernel.json');

/** @type {import('./set-up.mjs').Step} */
export const kernel = {
  name: 'kernel',
  what: 'the TypeScript kernel',
  current() {
    const [node, main] = readJson(SPEC)?.argv ?? [];
    return node === process.execPath && main === at('dist', 'kernel', 'main.js');
  },
  async make() {
    const { installKernel } = await import(at('dist', 'kernel', 'install.js'));
    installKernel({ prefix: at('.venv') });
  },
};
