import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { packageRoot } from '../base/internal.js';

const BUILD = 'scripts/bootstrap.mjs';
const STAMP = 'dist/.lemmata';

/**
 * Builds `dist/` anew when a file of `src/` is younger; an installed package has no `src/`, so nothing to do.
 *
 * @returns why there is no new build, if there is none: what the compiler complained about
 */
export async function buildIfStale(root = packageRoot): Promise<string | undefined> {
  if (!existsSync(join(root, BUILD)) || !isStale(root)) return undefined;
  try {
    await promisify(execFile)(process.execPath, [BUILD, 'library'], { cwd: root });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `lemmata: src/ changed but does not build, so its last build runs.\n${stripVTControlCharacters(stdout + stderr)}`;
  }
}

function isStale(root: string): boolean {
  const built = modified(join(root, STAMP));
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file));
  return sources.some((file) => modified(join(root, 'src', file)) > built);
}

const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
