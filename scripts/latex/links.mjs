import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf } from './graph.mjs';

/**
 * Where the code that theorems name can be read, at the revision that last changed it: `src/stats/regression/ridge.ts#ridge` → an address,
 * in the repository that package.json names. Nothing where it names none, or where the history is not at hand: no address is made up.
 *
 * @param {string[]} places
 * @param {string} root  where the repository is
 * @returns {Map<string, string>}
 */
export function links(places, root) {
  const repository = repositoryOf(root);
  if (!repository) return new Map();
  return new Map(
    [...new Set(places)].flatMap((place) => {
      const [file, name] = place.split('#');
      const revision = revisionOf(root, file);
      const line = name.startsWith('thm:') ? testLine(root, file, name) : lineOf(root, file, name);
      return revision ? [[place, `${repository}/blob/${revision}/${file}${line ? `#L${line}` : ''}`]] : [];
    }),
  );
}

/** The address that package.json gives, for readers: `git+https://host/a/b.git` is https://host/a/b. @param {string} root */
function repositoryOf(root) {
  const file = join(root, 'package.json');
  const { repository } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { repository: undefined };
  const url = (typeof repository === 'string' ? repository : repository?.url)?.replace(/^git\+/, '').replace(/\.git$/, '');
  return url?.startsWith('https://') ? url : undefined;
}

/** @param {string} root @param {string} file */
function revisionOf(root, file) {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%H', '--', file], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** The line of a test file that begins the checks of a theorem. @param {string} root @param {string} file @param {string} label */
function testLine(root, file, label) {
  if (!existsSync(join(root, file))) return 0;
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(`'${label}'`)) + 1;
}
