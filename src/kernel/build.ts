import { execFile } from 'node:child_process';
import { closeSync, existsSync, globSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMPILER = 'node_modules/typescript/bin/tsc';

/**
 * Compiles `src/` into `dist/` when a source is newer than every output; an installed package has no `src/`, so nothing to do.
 *
 * @returns what the compiler complained about; the JavaScript is written all the same
 */
export async function buildIfStale(root = ROOT): Promise<string | undefined> {
  if (!existsSync(join(root, 'tsconfig.build.json')) || !existsSync(join(root, COMPILER))) return undefined;
  if (!isStale(root)) return undefined;
  return alone(join(root, '.lemmata-build'), async () => (isStale(root) ? compile(root) : undefined));
}

function isStale(root: string): boolean {
  const sources = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  return newest(root, sources) > newest(root, globSync('dist/**/*.js', { cwd: root }));
}

const newest = (root: string, files: string[]) =>
  files.reduce((latest, file) => Math.max(latest, statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0), 0);

async function compile(root: string): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: root });
    return undefined;
  } catch (error) {
    return `lemmata: src/ does not compile cleanly, the newest output runs anyway:\n${(error as { stdout?: string }).stdout ?? error}`;
  }
}

const ABANDONED_MS = 60_000;

/** Two kernels that start together must not write the same files at once. */
async function alone<T>(lock: string, action: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > ABANDONED_MS) rmSync(lock, { force: true });
      await sleep(100);
    }
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}
