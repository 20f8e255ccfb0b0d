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
import type { Maker } from './makers.js';
import { blocksOf, type Fold, type Market, MEMORY, N, spreadOver, startsOf, T, windowsAfter } from './setting.js';

/** What one draw of a maker, or one seed of a net, comes to. */
export interface Draw {
  readonly facts: StylisedFacts;
  /** Accuracies behind the discriminative score on windows of the same years, and on those of the years after. */
  readonly within: { readonly score: number; readonly real: number; readonly made: number };
  readonly later: { readonly score: number; readonly real: number; readonly made: number };
  /** Mean absolute error of sizes of the next day, in standard deviations of a day: on windows of the same years. */
  readonly predictive: number;
  /** MMD² of the windows [T × N], by a Gaussian kernel as wide as the median distance of real ones. */
  readonly discrepancy: number;
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
/** Real windows of the training years, of other blocks of the same years, and of the years after: each over its whole span, others in each draw. */
function realWindows(market: Market, fold: Fold, draw: number, count: number) {
  const blocks = blocksOf(fold);
  const of = (days: readonly number[], n: number) => windowsAfter(market, spreadOver(days, n, (draw % 5) / 5));
  return { real: of(blocks.train, count), held: of(blocks.test, count / 3), after: of(startsOf(fold.test), count / 3) };
}

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
  const { real, held, after } = realWindows(market, fold, draw, count);
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
  const discrepancy = apartness(apart, await maker.windows(foldKey(own, 4), apart.length / (T * N)), fold);
  return { facts: stylisedFacts({ rows: days, cols: N, data: path }), within, later, predictive, discrepancy };
}

function apartness(real: ArrayLike<number>, made: ArrayLike<number>, fold: Fold): number {
  const [x, y] = [matrix(inUnits(real, fold)), matrix(inUnits(made, fold))];
  return maximumMeanDiscrepancy(x, y, gaussianKernel(medianDistance(x, x))).squared;
}

/**
 * What the mean MMD² of several draws comes to if maker and market are one law, whose days depend on each other: one path of blocks of training days
 * stands for the market, and others for the draws. Ascending.
 */
export async function discrepancyOfEqual(
  blocks: Pick<Maker, 'path'>,
  fold: Fold,
  key: Key,
  { samples, draws }: { readonly samples: number; readonly draws: number },
): Promise<number[]> {
  const rows = Math.floor((fold.train.end - fold.train.start) / T) * T;
  const out: number[] = [];
  for (let i = 0; i < samples; i++) {
    const market = await blocks.path(foldKey(key, i * (draws + 1)), rows);
    let sum = 0;
    for (let d = 1; d <= draws; d++) sum += apartness(market, await blocks.path(foldKey(key, i * (draws + 1) + d), rows), fold);
    out.push(sum / draws);
  }
  return out.sort((a, b) => a - b);
}

/** Predictive scores of who was fitted on real windows of other blocks of the same years: a net, medians, and a running mean of sizes times a factor. */
export interface Predicted {
  readonly net: number;
  readonly medians: number;
  readonly runningMean: number;
}

export async function predictiveOfReal(
  market: Market,
  fold: Fold,
  key: Key,
  draw: number,
  { windows, steps }: Judging,
): Promise<Predicted> {
  const { real, held } = realWindows(market, fold, draw, windows);
  const [train, test] = [sizes(real, fold), sizes(held, fold)];
  const net = await predictiveScore(train, test, { key: foldKey(foldKey(key, draw), 3), steps, size: 64 });
  const own = Array.from({ length: N }, (_, n) => ({ train: pairsOf(train, n), test: pairsOf(test, n) }));
  const error = (of: (pair: Pair, n: number) => number) =>
    own.reduce((sum, { test }, n) => sum + test.reduce((total, pair) => total + Math.abs(pair.next - of(pair, n)) / test.length, 0) / N, 0);
  const medians = own.map(({ train }) => weighedMedian(train.map(({ next }) => [next, 1])));
  const factors = own.map(({ train }) => weighedMedian(train.map(({ next, running }) => [next / running, running])));
  return { net, medians: error((_, n) => medians[n]), runningMean: error(({ running }, n) => factors[n] * running) };
}

interface Pair {
  readonly next: number;
  readonly running: number;
}

/** Sizes of asset n and the running mean of those before in the window, which begins at the mean of a window's first day. */
function pairsOf({ data, shape: [rows] }: Series, n: number): Pair[] {
  let first = 0;
  for (let i = 0; i < rows; i++) first += data[i * T * N + n] / rows;
  return Array.from({ length: rows }).flatMap((_, i) => {
    let running = first;
    return Array.from({ length: T - 1 }, (_, t) => {
      running = MEMORY * running + (1 - MEMORY) * data[(i * T + t) * N + n];
      return { next: data[(i * T + t + 1) * N + n], running };
    });
  });
}

/** The value of least mean absolute distance. */
function weighedMedian(values: [value: number, weight: number][]): number {
  const sorted = values.sort(([a], [b]) => a - b);
  let left = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  for (const [value, weight] of sorted) {
    left -= weight;
    if (left <= 0) return value;
  }
  return sorted[sorted.length - 1][0];
}

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
