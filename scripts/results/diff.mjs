import { spawnSync } from 'node:child_process';

/** @typedef {{ value: number, uncertainty?: number | [number, number] | string, unit: string }} Saved */
/** @typedef {Record<string, { numbers: Record<string, Saved> }>} Results  by name */
/** @typedef {{ key: string, before: Saved | undefined, after: Saved | undefined, errors: number | undefined }} Move */

/**
 * The numbers that differ between two states of the results, by key. `errors`: how far the value moved in its own standard errors, which of
 * an interval of 95 % are its half-width by 1.96; those of the later state, or of the earlier where that has none; nothing for a count.
 *
 * @param {Results} before
 * @param {Results} after
 * @returns {Move[]}
 */
export function moves(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before[name]?.numbers ?? {}, after[name]?.numbers ?? {}];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return keys
      .filter((key) => old[key]?.value !== now[key]?.value || String(old[key]?.uncertainty) !== String(now[key]?.uncertainty))
      .map((key) => ({ key: `${name}.${key}`, before: old[key], after: now[key], errors: inErrors(old[key], now[key]) }));
  });
}

/** @param {Saved | undefined} old @param {Saved | undefined} now */
function inErrors(old, now) {
  const error = now && old ? (standardError(now) ?? standardError(old)) : undefined;
  return error && old && now ? (now.value - old.value) / error : undefined;
}

/** @param {Saved} saved @returns {number | undefined} */
function standardError({ uncertainty }) {
  if (typeof uncertainty === 'number') return uncertainty;
  if (!Array.isArray(uncertainty)) return undefined;
  const [low, high] = uncertainty;
  return high > low ? (high - low) / 2 / 1.96 : undefined;
}

/**
 * A move as its line: what, from, to, how far, and what else is known.
 *
 * @param {Move} move
 */
export function moveLine({ key, before, after, errors }) {
  const unit = (after ?? before)?.unit;
  const shown = (/** @type {Saved | undefined} */ saved) => (saved ? String(Number(saved.value.toPrecision(6))) : 'absent');
  const far = !errors ? '' : `  ${errors > 0 ? '+' : ''}${Number(errors.toPrecision(2))} of its standard errors`;
  const same = before && after && before.value === after.value ? '  (its uncertainty alone)' : '';
  return `${key}  ${shown(before)} → ${shown(after)}${unit && unit !== '1' ? ` ${unit}` : ''}${far}${same}`;
}

/**
 * The results as a revision has them.
 *
 * @param {string} root  where the repository is
 * @param {string} revision
 * @returns {Results}
 * @throws when there is no such revision
 */
export function resultsAt(root, revision) {
  const git = (/** @type {string[]} */ ...args) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status !== 0)
      throw new Error(`results: git says of ${revision}: ${stderr.trim().split('\n')[0]}; name a commit, a tag or a branch`);
    return stdout;
  };
  const files = git('ls-tree', '-r', '--name-only', revision, '--', 'results')
    .split('\n')
    .filter((file) => file.endsWith('.json') && !file.endsWith('.vl.json'));
  const read = files.map((file) => [file.slice('results/'.length, -'.json'.length), JSON.parse(git('show', `${revision}:${file}`))]);
  return Object.fromEntries(read.filter(([, result]) => result.numbers));
}
