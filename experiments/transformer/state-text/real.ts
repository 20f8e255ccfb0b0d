import { fieldOf, loadFrame, logReturns } from '../../../src/market/index.js';
import type { HostArray } from '../../../src/tensor/index.js';
import type { Classes } from './closed.js';
import { DAYS } from './net.js';

export const PANEL = 'skfolio/sp500-stocks';
/** Days around the last one of a window by which its state is defined, with hindsight: a year, and a month. */
const [YEAR, MONTH] = [252, 21];

/** Windows of real stocks, one behind the other, and their states by a stated definition. */
export interface RealWindows {
  /** [n, T] in % */
  readonly returns: HostArray<Float32Array>;
  /**
   * Regime: whether the 21 days around the last one move more than the 252 around it; volatility: by the root mean square of those 252 days; trend: by the
   * window's mean as a share of its root mean square. All within the bounds of the planted ones.
   */
  readonly states: Classes[];
  /** Of the last day of each. */
  readonly dates: readonly string[];
}

/** Of twenty stocks from 1990 to 2016, windows that do not overlap. */
export async function realWindows(quick: boolean): Promise<RealWindows> {
  const frame = await loadFrame(PANEL, { from: '1990-01-01', to: '2016-12-31' });
  const { dates, assets, values } = logReturns(fieldOf(frame, 'adjClose'));
  const N = assets.length;
  const [data, states, ends]: [number[], Classes[], string[]] = [[], [], []];
  for (let t = YEAR / 2; t + YEAR / 2 < dates.length && (!quick || states.length < 60); t += DAYS)
    for (let n = 0; n < N; n++) {
      const days = (from: number, to: number) => Float64Array.from({ length: to - from }, (_, i) => 100 * values[(from + i) * N + n]);
      const year = days(t + 1 - YEAR / 2, t + 1 + YEAR / 2);
      if (year.some(Number.isNaN)) continue;
      const window = days(t + 1 - DAYS, t + 1);
      const month = days(t - (MONTH - 1) / 2, t + 1 + (MONTH - 1) / 2);
      const drift = window.reduce((sum, r) => sum + r, 0) / DAYS / rms(window);
      const size = rms(year);
      states.push([Number(rms(month) > size), size < 1 ? 0 : size < 2 ? 1 : 2, drift < -0.15 ? 0 : drift < 0.15 ? 1 : 2]);
      data.push(...window);
      ends.push(dates[t]);
    }
  return { returns: { data: Float32Array.from(data), shape: [states.length, DAYS] }, states, dates: ends };
}

const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
