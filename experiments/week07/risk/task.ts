import { fetchData, fieldOf, loadFrame, loadPanel, logReturns, type Panel } from '../../../src/market/index.js';
import { RESEARCH } from '../../../src/trade/index.js';
import { SOURCE } from '../../volatility.js';
import { GRAPHS, type GraphName, graphsOf, type Links } from './graphs.js';

/** Where assets come from: twenty stocks, or 23 funds. */
export type Universe = 'stocks' | 'funds';

/** Months of the assets, each with what is known at its last close and what the next month brings. */
export interface RiskTask {
  readonly assets: readonly string[];
  /** Daily log returns [T, N], in row-major order. */
  readonly returns: Float64Array;
  /** Of each month its last row of returns, its name, and the rows of the next: [first, end). */
  readonly months: readonly Month[];
  /** Where tests begin, a month's place. */
  readonly firstTest: number;
}

/** The same assets to the end of 1999, with its last two years as tests: what nets are chosen on. */
export function before2000(task: RiskTask): RiskTask {
  const months = task.months.filter(({ name }) => name < '2000');
  return { ...task, months, firstTest: months.length - 24 };
}

/** What is known at the last close of a month. */
export interface Month {
  /** `2000-01`, of the month that is forecast. */
  readonly name: string;
  /** The row behind the last that is known. */
  readonly now: number;
  /** The row behind the month that is forecast. */
  readonly next: number;
  /** [N, F] logarithms of past variances over a week, a month, a quarter, a year and by RiskMetrics' weights. */
  readonly features: Float64Array;
  /** [N] mean squared return of the month that is forecast, from its second part of a million up. */
  readonly target: Float64Array;
  readonly graphs: Readonly<Record<GraphName, Links>>;
}

/** F. */
export const FEATURES = 5;
export const YEAR = 252;
/** A daily variance below that of 0.1 % is taken as that. */
const FLOOR = 1e-6;

/** Whole months of a universe to the end of 2016, without the last of the data, which may have no end; for a slice the last few years of six assets. */
export async function riskTask(universe: Universe, quick: boolean): Promise<RiskTask> {
  const prices = universe === 'stocks' ? fieldOf(await loadFrame(SOURCE, RESEARCH), 'adjClose') : await funds();
  const panel = logReturns(prices);
  const N = quick ? 6 : panel.assets.length;
  const from = quick ? panel.dates.length - 5 * YEAR : 0;
  const dates = panel.dates.slice(from);
  const returns = Float64Array.from({ length: dates.length * N }, (_, at) => {
    return panel.values[(from + Math.floor(at / N)) * panel.assets.length + (at % N)];
  });
  const gap = returns.findIndex(Number.isNaN);
  if (gap >= 0) throw new Error(`risk: ${panel.assets[gap % N]} has no return on ${dates[Math.floor(gap / N)]}`);
  const ends = dates.flatMap((date, t) => (t + 1 < dates.length && date.slice(0, 7) !== dates[t + 1].slice(0, 7) ? [t + 1] : []));
  const months: Month[] = [];
  for (const [m, now] of ends.entries()) {
    if (now < YEAR + 1 || m + 1 >= ends.length) continue;
    const next = ends[m + 1];
    months.push({
      name: dates[now].slice(0, 7),
      now,
      next,
      features: featuresOf(returns, N, now),
      target: Float64Array.from({ length: N }, (_, i) => Math.max(FLOOR, meanSquare(returns, N, i, now, next))),
      graphs: graphsOf(returns.subarray((now - YEAR) * N, now * N), N),
    });
  }
  const firstTest = quick ? months.length - 24 : universe === 'stocks' ? months.findIndex(({ name }) => name >= '2000-01') : 24;
  return { assets: panel.assets.slice(0, N), returns, months, firstTest };
}

async function funds(): Promise<Panel> {
  try {
    return await loadPanel('mlfinpy/etfs', RESEARCH);
  } catch (error) {
    if (!/no dataset/.test((error as Error).message)) throw error;
    await fetchData('mlfinpy/etfs');
    return loadPanel('mlfinpy/etfs', RESEARCH);
  }
}

function meanSquare(returns: Float64Array, N: number, i: number, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += returns[t * N + i] ** 2;
  return sum / (to - from);
}

/** RiskMetrics' variance of a day, of the year behind it. */
export function ewma(returns: Float64Array, N: number, i: number, now: number): number {
  let [sum, weights] = [0, 0];
  for (let back = 1; back <= YEAR; back++) {
    sum += 0.94 ** back * returns[(now - back) * N + i] ** 2;
    weights += 0.94 ** back;
  }
  return sum / weights;
}

function featuresOf(returns: Float64Array, N: number, now: number): Float64Array {
  const features = new Float64Array(N * FEATURES);
  for (let i = 0; i < N; i++) {
    const past = [5, 21, 63, YEAR].map((days) => meanSquare(returns, N, i, now - days, now));
    for (const [f, variance] of [...past, ewma(returns, N, i, now)].entries())
      features[i * FEATURES + f] = Math.log(Math.max(FLOOR, variance));
  }
  return features;
}

/** Months of training at an origin, which all end before it does, at most ten years of them; coefficients serve a year of origins. */
export function trainingMonths({ months, firstTest }: RiskTask, origin: number): readonly Month[] {
  const refit = origin - ((origin - firstTest) % 12);
  return months.slice(Math.max(0, refit - 120), refit);
}

/** Origins of the tests. */
export const testsOf = ({ months, firstTest }: RiskTask): readonly number[] =>
  Array.from({ length: months.length - firstTest }, (_, i) => firstTest + i);

export { GRAPHS, type GraphName };
