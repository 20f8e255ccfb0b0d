import { whyBuild } from './engine.mjs';
import { readStamp } from './stamps.mjs';
import { timesOf } from './times.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/**
 * How long targets took when they were last built: by the minutes that experiments save, by stamps, and by what was written down of a checkout
 * that built them.
 *
 * @param {readonly Target[]} targets
 * @param {readonly string[]} names  of those that are to be built
 * @param {string} root
 */
export function needed(targets, names, root) {
  const written = timesOf(root);
  const times = targets
    .filter(({ name }) => names.includes(name))
    .map(({ name, minutes }) => ({ name, minutes: minutes || (readStamp(root, name)?.seconds ?? written[name] ?? 0) / 60 }));
  const total = times.reduce((sum, { minutes }) => sum + minutes, 0);
  const untimed = times.filter(({ minutes }) => minutes === 0).map(({ name }) => name);
  const said = total >= 1 ? `${total.toFixed(0)} minutes` : `${(total * 60).toFixed(0)} seconds`;
  return { minutes: total, untimed, line: `${names.length} to build; when they were last made they took ${said} in all` };
}

/**
 * What chosen targets read that was not chosen, is there, and is behind what it is made of: what was built shows it all the same.
 *
 * @param {readonly Target[]} all
 * @param {readonly Target[]} chosen
 * @param {string} root
 * @returns {Promise<string[]>} its names
 */
export async function behind(all, chosen, root) {
  const read = new Set(chosen.flatMap(({ after = [] }) => after));
  const others = all.filter((target) => read.has(target.name) && !chosen.includes(target));
  const stale = await Promise.all(
    others.map(async (target) => {
      const { reasons } = await whyBuild(target, root);
      return reasons.length > 0 && !reasons.some((reason) => reason.endsWith('is not there')) ? [target.name] : [];
    }),
  );
  return stale.flat();
}
