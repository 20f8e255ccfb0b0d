import { FORMATS, quoted } from '../../src/report/quoted.ts';

/** @typedef {{ profile: string, code: string, slice?: object, numbers: Record<string, { value: number, uncertainty?: unknown }> }} Result */

/**
 * The text of every number a document shows, and problems, one line each. `tex` is what LaTeX reads, `texts` what the site shows, by
 * `format|key`.
 *
 * @param {{format: string, key: string, where: string}[]} wanted
 * @param {(result: string) => Result | undefined} load  results/<result>.json, undefined when there is none
 * @param {Set<string>} stamps            of the runs that made the outputs of the notebooks: what a result must carry as `code`
 */
export function numbers(wanted, load, stamps) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Set<string>} */
  const lines = new Set();
  /** @type {Map<string, string>} */
  const texts = new Map();
  const unusable = new Set(); // results already complained of
  for (const { format, key, where } of wanted) {
    const dot = key.indexOf('.');
    const [result, name] = [key.slice(0, dot), key.slice(dot + 1)];
    const saved = load(result);
    const complaint = whyNot(result, saved, stamps);
    if (!saved || complaint) {
      if (!unusable.has(result))
        problems.push(`${where}: \\resnum{${key}}: results/${result}.json ${complaint}; make it with npm run ${commandOf(result)}`);
      unusable.add(result);
      continue;
    }
    const value = saved.numbers[name]?.value ?? derived(saved.numbers, name);
    const text = value === undefined ? undefined : quoted(value, format, 'latex');
    if (text !== undefined && value !== undefined) {
      lines.add(`\\lemmata@number{${format}|${key}}{${text}}\n`);
      texts.set(`${format}|${key}`, quoted(value, format, 'text') ?? '');
    } else if (value !== undefined) problems.push(`${where}: \\resnum[${format}]{${key}}: a format is ${FORMATS}; got '${format}'`);
    else problems.push(`${where}: \\resnum{${key}}: results/${result}.json has no number '${name}'; it has ${known(saved)}`);
  }
  return { problems, tex: [...lines].sort().join(''), texts };
}

/**
 * `<key>.se` of a number with a standard error, `<key>.low` and `<key>.high` of one with an interval.
 *
 * @param {Result['numbers']} known
 * @param {string} name
 * @returns {number | undefined}
 */
export function derived(known, name) {
  const [, stem = '', part = ''] = /^(.+)\.(se|low|high)$/.exec(name) ?? [];
  const uncertainty = known[stem]?.uncertainty;
  if (typeof uncertainty === 'number') return part === 'se' ? uncertainty : undefined;
  return Array.isArray(uncertainty) ? uncertainty[['low', 'high'].indexOf(part)] : undefined;
}

const EXPERIMENTS = 'experiments/';

/** What makes a result: `notebooks week01`, `experiments week02/ablation`. @param {string} result */
const commandOf = (result) => (result.startsWith(EXPERIMENTS) ? result.replace('/', ' ') : `notebooks ${result}`);

/**
 * Why nothing of a result may be printed, or nothing. Whether an experiment's result still follows from its code is for `npm run experiments -- --stale`,
 * which runs its slice.
 *
 * @param {string} result
 * @param {Result | undefined} saved
 * @param {Set<string>} stamps
 */
function whyNot(result, saved, stamps) {
  if (!saved) return 'does not exist';
  if (result.startsWith(EXPERIMENTS)) return saved.slice ? undefined : 'was not saved by npm run experiments';
  if (saved.profile !== 'full') return `is from a ${saved.profile} run, not a full one`;
  if (!stamps.has(saved.code)) return 'is stale: no notebook with its present outputs saved it';
}

/** @param {Result} saved */
const known = (saved) => Object.keys(saved.numbers).join(', ') || 'none';
