import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf } from './graph.mjs';

/**
 * Where the code that theorems name can be read, at the revision that last changed it: `src/stats/regression/ridge.ts#ridge` → an address.
 * Nothing where the repository's address or the history is not at hand: no address is made up.
 *
 * @param {string[]} places
 * @param {string} root  where the repository is
 * @returns {Map<string, string>}
 */
export function links(places, root) {
  return new Map(
    [...new Set(places)].flatMap((place) => {
      const address = addressOf(root, place.split('#')[0], placeLine(root, place));
      return address ? [[place, address]] : [];
    }),
  );
}

/**
 * Where a file of the repository can be read, at the revision that last changed it, and at a line; nothing where that is not known.
 *
 * @param {string} root
 * @param {string} file
 * @param {number} [line]
 */
export function addressOf(root, file, line) {
  const repository = repositoryOf(root);
  const revision = repository && (revisionsOf(root).get(file) ?? process.env.GITHUB_SHA);
  return revision && existsSync(join(root, file)) ? `${repository}/blob/${revision}/${file}${line ? `#L${line}` : ''}` : undefined;
}

/**
 * The repository's address for readers: what package.json names, `git+https://host/a/b.git` as https://host/a/b; else the one in whose workflow
 * this runs, which GitHub names. Both give the same bytes.
 *
 * @param {string} root
 */
export function repositoryOf(root) {
  const file = join(root, 'package.json');
  const { repository } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { repository: undefined };
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  const named = (typeof repository === 'string' ? repository : repository?.url) ?? (server && name && `${server}/${name}`);
  const url = named?.replace(/^git\+/, '').replace(/\.git$/, '');
  return url?.startsWith('https://') ? url : undefined;
}

/** @type {Map<string, Map<string, string>>} */
const known = new Map();

/** The revision that changed each file last, read once; none where there is no history. @param {string} root */
export function revisionsOf(root) {
  const before = known.get(root);
  if (before) return before;
  const { status, stdout } = spawnSync('git', ['log', '--format=%x00%H', '--name-only', '--no-renames'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const commit of status === 0 ? stdout.split('\0') : []) {
    const [revision, ...files] = commit.split('\n').filter(Boolean);
    for (const file of files) if (!found.has(file)) found.set(file, revision);
  }
  known.set(root, found);
  return found;
}

/** The line on which a function is declared, or on which a test file begins the checks of a theorem; 0 when there is none. @param {string} root @param {string} place */
export function placeLine(root, place) {
  const [file, name] = place.split('#');
  if (!name.startsWith('thm:')) return lineOf(root, file, name);
  if (!existsSync(join(root, file))) return 0;
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(`'${name}'`)) + 1;
}
