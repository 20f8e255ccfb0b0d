import type { Row } from '../src/base/index.js';
import type { Finding } from '../src/report/index.js';
import { confidenceInterval, studentT } from '../src/stats/index.js';
import type { Trial } from './ablation.js';

/** `Map` of ECMAScript 2024, which Node 22 has and the types of the tests do not. */
export interface Grouping {
  /** The items by what `of` says of each, in their order. */
  groupBy<X, K>(items: Iterable<X>, of: (item: X) => K): Map<K, X[]>;
}

/** What a level of a factor comes to, over paired seeds. */
export interface LevelRow extends Row {
  readonly factor: string;
  readonly level: string;
  /** The rate that two seeds chose on validation, and whether it lies inside the grid of those that they looked at. */
  readonly rate: number;
  readonly inside: boolean;
  readonly seeds: number;
  readonly validation: number;
  readonly test: number;
  /** Of the test loss against the first level, paired by seed, with its 95 % interval; none of the first. */
  readonly difference?: number;
  readonly low?: number;
  readonly high?: number;
  /** Of no difference, two-sided and not corrected. */
  readonly p?: number;
}

/** Mean of a few numbers and its standard error. */
export function meanOf(values: readonly number[]): { mean: number; error: number; n: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, error: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n), n };
}

/** The levels of a factor, the first being what the others are compared with; a level that diverged from a seed is left out and said so. */
export function levelRows(
  levels: readonly { readonly factor: string; readonly level: string; readonly inside: boolean; readonly trials: readonly Trial[] }[],
): LevelRow[] {
  const [base] = levels;
  return levels.flatMap(({ factor, level, inside, trials }) => {
    if (trials.some(({ test, validation }) => test === null || validation === null)) return [];
    const test = trials.map(({ test }) => test!);
    const row = { factor, level, rate: trials[0].config.rate, inside, seeds: trials.length };
    const own = { ...row, validation: meanOf(trials.map(({ validation }) => validation!)).mean, test: meanOf(test).mean };
    if (level === base.level) return [own];
    const { mean: difference, error, n } = meanOf(test.map((value, i) => value - base.trials[i].test!));
    const { low, high } = confidenceInterval(difference, error, { df: n - 1 });
    return [{ ...own, difference, low, high, p: 2 * studentT(n - 1).survival(Math.abs(difference) / error) }];
  });
}

/** The correlation of validation and test over trials, with Fisher's interval of 95 %. */
export function correlation(trials: readonly { readonly validation: number; readonly test: number }[]): {
  value: number;
  uncertainty: [number, number];
} {
  const [x, y] = [trials.map(({ validation }) => validation), trials.map(({ test }) => test)];
  const [mx, my] = [meanOf(x).mean, meanOf(y).mean];
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0);
  const value = sum((i) => (x[i] - mx) * (y[i] - my)) / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
  const [z, half] = [Math.atanh(value), 1.959964 / Math.sqrt(trials.length - 3)];
  return { value, uncertainty: [Math.tanh(z - half), Math.tanh(z + half)] };
}

/** Each training once, whatever it was part of: the base is a level of every factor. */
export const distinct = <T extends Trial>(trials: readonly T[]): T[] => [
  ...new Map(trials.map((one) => [JSON.stringify([one.config, one.seed]), one])).values(),
];

/** Those that did not diverge. */
export const sound = (trials: readonly Trial[]) =>
  trials.filter((trial): trial is Trial & { validation: number; test: number } => trial.validation !== null && trial.test !== null);

/** What selection is worth: how validation and test go together over all trials and over the best twenty, and where the chosen one stands. */
export function selection(trials: readonly Trial[], unit: string): Record<string, Finding> {
  const all = distinct(sound(trials)).toSorted((a, b) => a.validation - b.validation);
  const top = all.slice(0, 20);
  const of = { unit: '1', tolerance: 0.2 };
  const best = all.reduce((a, b) => (b.test < a.test ? b : a));
  const middle = meanOf(top.map(({ test }) => test));
  return {
    correlationAll: { ...of, ...correlation(all), description: `correlation of validation and test over ${all.length} trainings` },
    correlationTop: { ...of, ...correlation(top), description: 'the same over the twenty best on validation' },
    chosenTest: {
      ...of,
      value: top[0].test,
      uncertainty: 'none: one training',
      description: `test ${unit} of the training that validation chooses`,
    },
    topTest: { ...of, value: middle.mean, uncertainty: middle.error, description: `mean test ${unit} of the twenty best on validation` },
    bestTest: { ...of, value: best.test, uncertainty: 'none: chosen with hindsight', description: `least test ${unit} of all trainings` },
  };
}

/** How many errors of Student's law an interval of 95 % is wide to each side, with n seeds. */
export const errorsOf = (n: number): number => studentT(n - 1).quantile(0.975);

/** Rates with the mean loss of their seeds and its band, for a chart. */
export function rateRows(trials: readonly Trial[], levels: readonly string[]): Row[] {
  const own = sound(trials).filter(({ factor, level }) => factor === 'optimiser' && levels.includes(level));
  const groups = (Map as unknown as Grouping).groupBy(own, ({ level, config }) => `${level} ${config.rate}`);
  return [...groups.values()]
    .filter((group) => group.length > 2)
    .map((group) => {
      const { mean, error, n } = meanOf(group.map(({ validation }) => validation));
      const half = errorsOf(n) * error;
      return { optimiser: group[0].level, rate: group[0].config.rate, loss: mean, low: mean - half, high: mean + half };
    })
    .sort((a, b) => a.rate - b.rate);
}
