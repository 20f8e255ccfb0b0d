import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { npmPackage, serveRegistries, wheel } from './registries.js';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** A small library in the shape of ours, so that a set-up takes seconds. */
const SOURCES = {
  'tsconfig.json': '{ "compilerOptions": { "target": "es2023", "module": "nodenext", "strict": true, "types": [], "skipLibCheck": true } }',
  'tsconfig.build.json':
    '{ "extends": "./tsconfig.json", "compilerOptions": { "rootDir": "src", "outDir": "dist", "sourceMap": true }, "include": ["src"] }',
  'src/market/sources/registry.ts': "export const REGISTRY = ['prices'];\n",
  'src/kernel/main.ts': 'export {};\n',
  'src/kernel/install.ts': `declare const process: { execPath: string };
// @ts-ignore
import { mkdirSync, writeFileSync } from 'node:fs';
export function installKernel({ prefix }: { prefix: string }): void {
  const folder = prefix + '/share/jupyter/kernels/lemmata';
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/kernel.json', JSON.stringify({ argv: [process.execPath, prefix.replace('.venv', 'dist/kernel/main.js')] }));
}
`,
  'src/cli/main.ts': `// @ts-ignore
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('data', { recursive: true });
writeFileSync('data/prices.csv', '1,2,3');
`,
};

/** The sources of the fixture compile with the repository's own compiler, behind a package of that name. */
const compiler = `import(${JSON.stringify(`file://${REPOSITORY}/node_modules/typescript/bin/tsc`)});\n`;

export type Checkout = Awaited<ReturnType<typeof makeCheckout>>;

/**
 * A checkout that set-up has never touched: our scripts, a small library, and lock files that pin one npm package and one
 * wheel, served by local registries. Nothing of this machine's configuration reaches it.
 *
 * @param at where to put it; a new temporary folder if not given
 * @param ballast bytes that the npm package and the wheel carry
 */
export async function makeCheckout({ at = mkdtempSync(join(tmpdir(), 'lemmata-setup-')), ballast = 0 } = {}) {
  const aside = mkdtempSync(join(tmpdir(), 'lemmata-registry-'));
  const padding = Array.from({ length: ballast / 16 }, () => Math.random().toString(36).padEnd(16, '0').slice(0, 16)).join('');
  const npm = npmPackage(aside, 'typescript', '1.0.0', { 'bin/tsc': compiler, 'ballast.txt': padding });
  const python = wheel('tiny_lab', '1.0', { 'tiny_lab.py': 'answer = 42\n', 'openvino/libs/libopenvino_c.so': padding });
  const trees = wheel('tiny_trees', '1.0', { 'lightgbm/lib/lib_lightgbm.so': 'trees' });
  const registries = await serveRegistries(
    { typescript: { '1.0.0': npm } },
    { 'tiny-lab': { '1.0': python }, 'tiny-trees': { '1.0': trees } },
  );

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  };
  const dependencies = { typescript: '1.0.0' };
  write('package.json', JSON.stringify({ name: 'lemmata', version: '0.0.0', type: 'module', dependencies }));
  const entry = { version: '1.0.0', integrity: npm.integrity };
  const packages = { '': { name: 'lemmata', version: '0.0.0', dependencies }, 'node_modules/typescript': entry };
  write('package-lock.json', JSON.stringify({ name: 'lemmata', version: '0.0.0', lockfileVersion: 3, requires: true, packages }));
  write('.npmrc', 'audit=false\n');
  write('requirements.txt', `tiny-lab==1.0 --hash=sha256:${python.sha256}\n`);
  write('requirements-lightgbm.txt', `tiny-trees==1.0 --hash=sha256:${trees.sha256}\n`);
  for (const [path, text] of Object.entries(SOURCES)) write(path, text);
  for (const name of ['bootstrap.mjs', 'bootstrap', 'start.mjs', 'start'])
    cpSync(join(REPOSITORY, 'scripts', name), join(at, 'scripts', name), { recursive: true });

  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const env: NodeJS.ProcessEnv = {
    PATH: path.join(delimiter),
    HOME: aside,
    npm_config_registry: registries.url,
    npm_config_cache: join(aside, 'npm-cache'),
    PIP_INDEX_URL: `${registries.url}/simple/`,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_CACHE_DIR: '1',
  };
  const running = new Set<ChildProcess>();
  /** Starts a script of the checkout. */
  const begin = (args: string[], { extra = {}, until, blocks }: Options = {}) => {
    const limit = ['-c', `ulimit -f ${blocks ?? 'unlimited'}; exec "$0" "$@"`, process.execPath];
    const child = spawn('/bin/sh', [...limit, ...args], { cwd: at, env: { ...env, ...extra }, detached: true });
    running.add(child);
    const begun = Date.now();
    let output = '';
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (until?.test(output)) child.kill('SIGKILL');
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const ended = new Promise<Outcome>((resolve) =>
      child.once('exit', (status, signal) => setTimeout(() => resolve({ status, signal, output, ms: Date.now() - begun }), 20)),
    );
    return { child, ended };
  };
  return {
    at,
    path: path.join(delimiter),
    write,
    read: (path: string) => readFileSync(join(at, path), 'utf8'),
    begin,
    setUp: (options?: Options) => begin(['scripts/bootstrap.mjs'], options).ended,
    goOffline: registries.close,
    dispose: async () => {
      for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await registries.close().catch(() => undefined);
      for (const folder of [at, aside]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Options {
  /** more environment */
  readonly extra?: NodeJS.ProcessEnv;
  /** kills that process alone, without warning, when its output matches */
  readonly until?: RegExp;
  /** the largest file it may write, in units of 512 bytes */
  readonly blocks?: number | undefined;
}

interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly ms: number;
}
