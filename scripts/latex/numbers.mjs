/** @typedef {{ profile: string, code: string, slice?: object, numbers: Record<string, { value: number, uncertainty?: unknown }> }} Result */

/**
 * The text of every number a document shows, and problems, one line each.
 *
 *     of 0.5731:  .2f 0.57   .3g 0.573   .1% 57.3\%   .0b 5731, basis points; five digits and more in groups of three
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
    const text = value === undefined ? undefined : formatted(value, format);
    if (text !== undefined) lines.add(`\\lemmata@number{${format}|${key}}{${text}}\n`);
    else if (value !== undefined)
      problems.push(`${where}: \\resnum[${format}]{${key}}: a format is .2f, .3g, .1\\% or .0b, got '${format}'`);
    else problems.push(`${where}: \\resnum{${key}}: results/${result}.json has no number '${name}'; it has ${known(saved)}`);
  }
  return { problems, tex: [...lines].sort().join('') };
}

/**
 * `<key>.se` of a number with a standard error, `<key>.low` and `<key>.high` of one with an interval.
 *
 * @param {Result['numbers']} known
 * @param {string} name
 * @returns {number | undefined}
 */
function derived(known, name) {
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

/**
 * A number as LaTeX sets it: a real minus, a thin space between thousands; nothing when the format is none.
 *
 * @param {number} value
 * @param {string} format
 */
export function formatted(value, format) {
  const match = /^\.(\d+)(f|g|b|\\?%)$/.exec(format);
  if (!match) return undefined;
  const digits = Number(match[1]);
  const text = written(value, match[2].at(-1), digits);
  return /[1-9]/.test(text) ? grouped(text).replace(/^-/, '\\ensuremath{-}') : grouped(text).replace(/^-/, '');
}

/**
 * @param {number} value
 * @param {string | undefined} kind
 * @param {number} digits
 */
function written(value, kind, digits) {
  if (kind === 'f') return value.toFixed(digits);
  if (kind === 'g') return significant(value, digits);
  return kind === 'b' ? (1e4 * value).toFixed(digits) : `${(100 * value).toFixed(digits)}\\%`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
function significant(value, digits) {
  const text = value.toPrecision(digits);
  if (!text.includes('e')) return text;
  const [mantissa, exponent] = text.split('e');
  return `\\ensuremath{${mantissa}\\cdot10^{${Number(exponent)}}}`;
}

/** @param {string} text */
const grouped = (text) => text.replace(/^(-?)(\d{5,})/, (_, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, '\\,'));
