import { existsSync, readFileSync } from 'node:fs';
import { replaceFile } from '../../../src/base/internal.js';
import {
  gaussianKernel,
  type Memorisation,
  maximumMeanDiscrepancy,
  medianDistance,
  memorisation,
  type StylisedFacts,
  stylisedFacts,
} from '../../../src/stats/index.js';
import { fold as foldKey, type Key } from '../../../src/tensor/index.js';
import { discriminativeScore, predictiveScore } from '../../../src/train/index.js';
import { type Maker, totals } from './makers.js';
import { blocksOf, type Fold, type Market, N, regimeOf, startsOf, T, windowsAfter } from './setting.js';

/** What one draw of a maker, or one seed of a net, comes to. */
export interface Draw {
  readonly facts: StylisedFacts;
  /** Accuracies behind the discriminative score on windows of the same years, and on those of the years after. */
  readonly within: { readonly score: number; readonly real: number; readonly made: number };
  readonly later: { readonly score: number; readonly real: number; readonly made: number };
  /** Mean absolute error of sizes of the next day, in standard deviations of a day: on windows of the same years. */
  readonly predictive: number;
  readonly discrepancy: { readonly squared: number; readonly nullError: number };
}

/** How windows are judged: sizes of samples, and steps of the nets that judge. */
export interface Judging {
  readonly windows: number;
  readonly steps: number;
}

type Series = { data: Float32Array; shape: number[] };

/** In units of the training days' deviation, tails drawn in. */
function inUnits(r: ArrayLike<number>, fold: Fold, of: (x: number) => number = Math.asinh): Series {
  return { data: Float32Array.from({ length: r.length }, (_, at) => of(r[at] / fold.scales[at % N])), shape: [r.length / (T * N), T, N] };
}
const sizes = (r: ArrayLike<number>, fold: Fold) => inUnits(r, fold, Math.abs);
const matrix = ({ data, shape: [rows] }: Series) => ({ rows, cols: T * N, data: Float64Array.from(data) });
/** Every so many of them, `count` in all or fewer. */
const some = (days: readonly number[], count: number, offset = 0) => {
  const step = Math.max(1, Math.floor(days.length / count));
  return days.filter((_, i) => i % step === offset % step).slice(0, count);
};

/** All of one draw but its risk. */
export async function judge(
  maker: Maker,
  market: Market,
  fold: Fold,
  { key, draw }: { key: Key; draw: number },
  sizesOf: Judging,
): Promise<Draw> {
  const { windows: count, steps } = sizesOf;
  const own = foldKey(key, draw);
  const days = fold.train.end - fold.train.start;
  const path = await maker.path(foldKey(own, 0), days);
  const blocks = blocksOf(fold);
  const real = windowsAfter(market, some(blocks.train, count, draw));
  const held = windowsAfter(market, some(blocks.test, count / 3, draw));
  const after = windowsAfter(market, some(startsOf(fold.test), count / 3, draw));
  const made = await maker.windows(foldKey(own, 1), real.length / (T * N));
  const others = await maker.windows(foldKey(own, 2), held.length / (T * N));
  const options = { key: foldKey(own, 3), steps, size: 64 };
  const train = { real: inUnits(real, fold), made: inUnits(made, fold) };
  const madeToTest = inUnits(others, fold);
  const tests = [held, after].map((real) => ({ real: inUnits(real, fold), made: madeToTest }));
  const [within, later] = (await discriminativeScore(train, tests, options)).map(({ score, accuracyReal, accuracyMade }) => {
    return { score, real: accuracyReal, made: accuracyMade };
  });
  const predictive = await predictiveScore(sizes(made, fold), sizes(held, fold), options);
  const apart = windowsAfter(
    market,
    startsOf(fold.train).filter((_, i) => i % T === (4 * draw) % T),
  );
  const [x, y] = [matrix(inUnits(apart, fold)), matrix(inUnits(await maker.windows(foldKey(own, 4), apart.length / (T * N)), fold))];
  const { squared, nullError } = maximumMeanDiscrepancy(x, y, gaussianKernel(medianDistance(x, x)));
  return { facts: stylisedFacts({ rows: days, cols: N, data: path }), within, later, predictive, discrepancy: { squared, nullError } };
}

/** The predictive score of a net trained on real windows of other blocks of the same years: what made ones are to come near. */
export const predictiveOfReal = (
  market: Market,
  fold: Fold,
  key: Key,
  draw: number,
  { windows: count, steps }: Judging,
): Promise<number> => {
  const blocks = blocksOf(fold);
  const [real, held] = [windowsAfter(market, some(blocks.train, count, draw)), windowsAfter(market, some(blocks.test, count / 3, draw))];
  return predictiveScore(sizes(real, fold), sizes(held, fold), { key: foldKey(foldKey(key, draw), 3), steps, size: 64 });
};

/** Whether windows of several draws lie nearer to the training windows than these to each other. */
export async function memoryOf(
  makers: readonly Pick<Maker, 'windows'>[],
  market: Market,
  fold: Fold,
  key: Key,
  each: number,
): Promise<Pick<Memorisation, 'nearer' | 'copied' | 'memorises'>> {
  const made: number[] = [];
  for (const [i, maker] of makers.entries()) made.push(...(await maker.windows(foldKey(key, i), each)));
  const known = matrix(inUnits(windowsAfter(market, startsOf(fold.train)), fold));
  const { nearer, copied, memorises } = memorisation(matrix(inUnits(made, fold)), known, { span: T });
  return { nearer, copied, memorises };
}

/** Value at risk on the test days of a fold. */
export interface Risk {
  readonly model: string;
  readonly seed: number;
  readonly fold: string;
  readonly horizon: number;
  readonly tail: number;
  readonly values: number[];
}

/** Days before the test days, each for a day ahead and every tenth for ten. */
export const daysBefore = ({ test }: Fold, horizon: 1 | 10): number[] =>
  Array.from({ length: Math.floor((test.end - test.start) / horizon) }, (_, i) => test.start - 1 + i * horizon);

export async function riskOf(maker: Maker, fold: Fold, key: Key, seed: number): Promise<Risk[]> {
  const out: Risk[] = [];
  for (const horizon of [1, 10] as const) {
    const pair = await maker.valueAtRisk(foldKey(key, horizon), daysBefore(fold, horizon), horizon);
    for (const [i, tail] of [0.05, 0.01].entries())
      out.push({ model: maker.name, seed, fold: fold.name, horizon, tail, values: Array.from(pair[i], (v) => Number(v.toPrecision(6))) });
  }
  return out;
}

/** Of paths that begin calm or turbulent on test days: sums over 1, 10 and 20 days, and their quantiles by day. */
export interface Fan {
  readonly model: string;
  readonly fold: string;
  readonly regime: 'calm' | 'turbulent';
  /** Number of paths. */
  readonly paths: number;
  /** Sums of squares of the portfolio's moves over 1, 10 and 20 days. */
  readonly squares: readonly [number, number, number];
  /** For days 1 to T: the quantiles 0.05, 0.25, 0.5, 0.75, 0.95. */
  readonly quantiles: readonly (readonly number[])[];
}
const AT = [0.05, 0.25, 0.5, 0.75, 0.95];

export async function fansOf(
  model: string,
  after: (days: readonly number[]) => Promise<ArrayLike<number>>,
  market: Market,
  fold: Fold,
  each = 1,
): Promise<Fan[]> {
  const fans: Fan[] = [];
  for (const [regime, third] of [
    ['calm', 0],
    ['turbulent', 2],
  ] as const) {
    const days = startsOf({ start: fold.test.start - 1, end: fold.test.end - 1 }).filter(
      (day) => regimeOf(fold, market.sigma[day]) === third,
    );
    if (days.length === 0) continue;
    const windows = await after(days.flatMap((day) => Array<number>(each).fill(day)));
    const byDay = Array.from({ length: T }, (_, t) => totals(windows, t + 1).sort());
    const square = (t: number) => byDay[t].reduce((sum, x) => sum + x * x, 0);
    fans.push({
      ...{ model, fold: fold.name, regime, paths: byDay[0].length },
      squares: [square(0), square(9), square(19)],
      quantiles: byDay.map((sorted) => AT.map((p) => Number(sorted[Math.round(p * (sorted.length - 1))].toPrecision(5)))),
    });
  }
  return fans;
}

/** What is in the folder already is not made again. */
export async function kept<V>(
  file: string,
  make: () => Promise<V>,
  { to = JSON.stringify as (value: V) => string, from = JSON.parse as (text: string) => V } = {},
) {
  if (existsSync(file)) return from(readFileSync(file, 'utf8'));
  const made = await make();
  replaceFile(file, to(made));
  return made;
}
