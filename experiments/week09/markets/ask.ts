import type { Key } from '../../../src/tensor/index.js';
import { fold as foldKey } from '../../../src/tensor/index.js';
import { type Maker, TAILS, totals } from './makers.js';
import { type Fold, type Market, regimeOf, startsOf, T } from './setting.js';

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

export async function riskOf(maker: Pick<Maker, 'name' | 'valueAtRisk'>, fold: Fold, key: Key, seed: number): Promise<Risk[]> {
  const out: Risk[] = [];
  for (const horizon of [1, 10] as const) {
    const pair = await maker.valueAtRisk(foldKey(key, horizon), daysBefore(fold, horizon), horizon);
    for (const [i, tail] of TAILS.entries())
      out.push({ model: maker.name, seed, fold: fold.name, horizon, tail, values: Array.from(pair[i], (v) => Number(v.toPrecision(6))) });
  }
  return out;
}

/** Of paths that begin calm or turbulent on test days: sums over 1, 10 and 20 days, and their quantiles by day. */
export interface Fan {
  readonly model: string;
  readonly seed: number;
  readonly fold: string;
  readonly regime: 'calm' | 'turbulent';
  /** Number of paths. */
  readonly paths: number;
  /** Sums of squares of the portfolio's moves over 1, 10 and 20 days. */
  readonly squares: readonly [number, number, number];
  /** And of their fourth powers. */
  readonly fourths: readonly [number, number, number];
  /** For days 1 to T: the quantiles 0.05, 0.25, 0.5, 0.75, 0.95. */
  readonly quantiles: readonly (readonly number[])[];
}
const AT = [0.05, 0.25, 0.5, 0.75, 0.95];

export async function fansOf(
  model: string,
  after: (days: readonly number[]) => Promise<ArrayLike<number>>,
  market: Market,
  fold: Fold,
  seed = 0,
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
    const windows = await after(days);
    const byDay = Array.from({ length: T }, (_, t) => totals(windows, t + 1).sort());
    const power = (p: number) => [0, 9, 19].map((t) => byDay[t].reduce((sum, x) => sum + x ** p, 0)) as [number, number, number];
    fans.push({
      ...{ model, seed, fold: fold.name, regime, paths: byDay[0].length },
      squares: power(2),
      fourths: power(4),
      quantiles: byDay.map((sorted) => AT.map((p) => Number(sorted[Math.round(p * (sorted.length - 1))].toPrecision(5)))),
    });
  }
  return fans;
}
