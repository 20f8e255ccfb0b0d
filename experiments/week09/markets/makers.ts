import { column, type Matrix } from '../../../src/linalg/index.js';
import { cholesky, quantileOf } from '../../../src/linalg/internal.js';
import {
  blockLength,
  type ConstantCorrelation,
  filterVolatility,
  fitConstantCorrelation,
  sampleCovariance,
  simulateConstantCorrelation,
  stationaryBootstrap,
  studentT,
} from '../../../src/stats/index.js';
import { fold as foldKey, type Key, normal, randint } from '../../../src/tensor/index.js';
import { type Net, sampler } from './nets.js';
import { type Fold, type Market, N, regimeOf, startsOf, T } from './setting.js';

/** What makes returns of the six stocks after the training days of a fold. */
export interface Maker {
  readonly name: string;
  /** r [n, T, N], windows as they occur in training. */
  readonly windows: (key: Key, n: number) => Promise<Float64Array>;
  /** r [days, N], one path. */
  readonly path: (key: Key, days: number) => Promise<Float64Array>;
  /** r [n, T, N] after each of some days of the market, by whoever follows the market. */
  readonly after?: (key: Key, days: readonly number[]) => Promise<Float64Array>;
  /** The loss of the portfolio over 1 or 10 days after each of some days that falls with probability `tail`, for two tails [2, n]. */
  readonly valueAtRisk: (key: Key, days: readonly number[], horizon: 1 | 10) => Promise<[Float64Array, Float64Array]>;
}

export const TAILS = [0.05, 0.01] as const;

/** Returns of the training days. */
export const trainingReturns = ({ returns }: Market, { train }: Fold): Matrix => ({
  rows: train.end - train.start,
  cols: N,
  data: returns.data.slice(train.start * N, train.end * N),
});

/** The longest block that the rule of Politis and White chooses for the sizes of one of the stocks: what the blocks are to keep is their memory. */
export const blockOf = (returns: Matrix): number =>
  Math.max(...Array.from({ length: N }, (_, n) => blockLength(column(returns, n).map(Math.abs)).stationary));

/** Sums of the portfolio over the first days of windows [n, T, N]. */
export function totals(windows: ArrayLike<number>, horizon: number): Float64Array {
  const out = new Float64Array(windows.length / (T * N));
  for (let i = 0; i < out.length; i++) for (let k = 0; k < horizon * N; k++) out[i] += windows[i * T * N + k] / N;
  return out;
}

export const losses = (sums: Float64Array): [number, number] => {
  const sorted = sums.toSorted();
  return [-quantileOf(sorted, TAILS[0]), -quantileOf(sorted, TAILS[1])];
};

/** The same on every day. */
const constant =
  (windows: Maker['windows'], draws: number): Maker['valueAtRisk'] =>
  async (key, days, horizon) => {
    const [low, far] = losses(totals(await windows(key, draws), horizon));
    return [new Float64Array(days.length).fill(low), new Float64Array(days.length).fill(far)];
  };

/** Independent normal days of the training mean and covariance. */
export function gaussian(market: Market, fold: Fold, draws: number): Maker {
  const days = trainingReturns(market, fold);
  const root = cholesky(sampleCovariance(days))!.data;
  const means = Float64Array.from({ length: N }, (_, n) => column(days, n).reduce((a, b) => a + b, 0) / days.rows);
  const path = async (key: Key, count: number) => {
    const e = normal(key, [count, N], 'float64').data;
    const r = new Float64Array(count * N);
    for (let t = 0; t < count; t++)
      for (let n = 0; n < N; n++) {
        r[t * N + n] = means[n];
        for (let k = 0; k <= n; k++) r[t * N + n] += root[k * N + n] * e[t * N + k];
      }
    return r;
  };
  const windows = (key: Key, n: number) => path(key, n * T);
  return { name: 'Gaussian', path, windows, valueAtRisk: constant(windows, draws) };
}

/** Blocks of training days, of the length that is estimated. */
export function blockBootstrap(market: Market, fold: Fold, draws: number): Maker {
  const days = trainingReturns(market, fold);
  const block = blockOf(days);
  const path = async (key: Key, count: number) => {
    const r = new Float64Array(count * N);
    for (let from = 0, part = 0; from < count; from += days.rows, part++) {
      const rows = stationaryBootstrap(foldKey(key, part), days.rows, block);
      for (let t = 0; t < Math.min(days.rows, count - from); t++) r.set(days.data.subarray(rows[t] * N, (rows[t] + 1) * N), (from + t) * N);
    }
    return r;
  };
  const windows = (key: Key, n: number) => path(key, n * T);
  return { name: 'block bootstrap', path, windows, valueAtRisk: constant(windows, draws) };
}

/** GJR of each stock with one correlation, by Student shocks or by rows of those that the training days had; or with a correlation of each day. */
export function garch(
  market: Market,
  fold: Fold,
  shocks: 'student' | 'historical',
  paths: number,
  model: ConstantCorrelation,
  correlationAt?: (day: number) => Matrix,
): Maker {
  const path = async (key: Key, count: number) => simulateConstantCorrelation(model, { key, horizon: count, paths: 1, shocks });
  const upTo = (day: number): Matrix => ({
    rows: day + 1 - fold.train.start,
    cols: N,
    data: market.returns.data.subarray(fold.train.start * N, (day + 1) * N),
  });
  const future = (key: Key, day: number, count: number, horizon: number) =>
    simulateConstantCorrelation(correlationAt ? { ...model, correlation: correlationAt(day) } : model, {
      ...{ key: foldKey(key, day), horizon, paths: count, shocks },
      returns: upTo(day),
    });
  return {
    name: correlationAt ? 'GARCH with moving correlation' : shocks === 'student' ? 'GARCH' : 'filtered bootstrap',
    path,
    windows: (key, n) => path(key, n * T),
    after: async (key, days) => {
      const out = new Float64Array(days.length * T * N);
      for (const [i, day] of days.entries()) out.set(future(key, day, 1, T), i * T * N);
      return out;
    },
    valueAtRisk: async (key, days, horizon) => {
      const out: [Float64Array, Float64Array] = [new Float64Array(days.length), new Float64Array(days.length)];
      const tomorrow = horizon === 1 ? nextDay(model, market, fold, shocks, correlationAt) : undefined;
      for (const [i, day] of days.entries()) {
        const pair = tomorrow ? tomorrow(day) : losses(sums(future(key, day, paths, horizon), horizon));
        for (const tail of [0, 1]) out[tail][i] = pair[tail];
      }
      return out;
    },
  };
}

const sums = (r: Float64Array, horizon: number): Float64Array => {
  const out = new Float64Array(r.length / (horizon * N));
  for (let at = 0; at < r.length; at++) out[Math.floor(at / (horizon * N))] += r[at] / N;
  return out;
};

/** The value at risk of tomorrow in closed form, or by the rows of the training days: no path is needed. */
function nextDay(
  { fits, correlation, nu, standardised }: ConstantCorrelation,
  market: Market,
  fold: Fold,
  shocks: 'student' | 'historical',
  correlationAt: (day: number) => Matrix = () => correlation,
) {
  const own = fits.map((fit, n) => filterVolatility(fit, column(market.returns, n).subarray(fold.train.start)));
  const mean = fits.reduce((sum, { parts }) => sum + (parts.mean[0] ?? 0) / N, 0);
  const quantiles = TAILS.map((tail) => studentT(nu).quantile(tail) * Math.sqrt((nu - 2) / nu));
  return (day: number): [number, number] => {
    const t = day + 1 - fold.train.start;
    const deviations = own.map(({ variance, next }) => Math.sqrt(t < variance.length ? variance[t] : next) / N);
    if (shocks === 'historical') {
      const moves = new Float64Array(standardised.rows).fill(mean);
      for (let at = 0; at < standardised.data.length; at++) moves[Math.floor(at / N)] += deviations[at % N] * standardised.data[at];
      return losses(moves);
    }
    const { data } = correlationAt(day);
    let variance = 0;
    for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) variance += deviations[i] * deviations[j] * data[i * N + j];
    return [-mean - Math.sqrt(variance) * quantiles[0], -mean - Math.sqrt(variance) * quantiles[1]];
  };
}

export const fitted = (market: Market, fold: Fold): ConstantCorrelation =>
  fitConstantCorrelation(trainingReturns(market, fold), { o: 1, law: 'student' });

/** Windows of training days that began in the same third of volatility, in units of the σ of the day before, times today's. */
export function scaledBootstrap(market: Market, fold: Fold, draws: number): Maker {
  const starts = startsOf(fold.train);
  const byThird = [0, 1, 2].map((third) => starts.filter((day) => regimeOf(fold, market.sigma[day]) === third));
  const told = async (key: Key, sigmas: ArrayLike<number>) => {
    const out = new Float64Array(sigmas.length * T * N);
    const drawn = randint(key, [sigmas.length], 0, 1 << 30).data;
    for (let i = 0; i < sigmas.length; i++) {
      const own = byThird[regimeOf(fold, sigmas[i])];
      const day = own[drawn[i] % own.length];
      const size = sigmas[i] / market.sigma[day];
      for (let k = 0; k < T * N; k++) out[i * T * N + k] = size * market.returns.data[(day + 1) * N + k];
    }
    return out;
  };
  return following('scaled bootstrap', told, market, fold, draws);
}

/** A trained net: of no condition, or told σ. */
export function netMaker(net: Net, market: Market, fold: Fold, draws: number): Maker {
  const draw = sampler(net, fold);
  if (net.name === 'conditional') return following(net.name, (key, sigmas) => draw(key, sigmas.length, T, sigmas), market, fold, draws);
  const windows = (key: Key, n: number) => draw(key, n, T);
  return { name: net.name, windows, path: (key, days) => draw(key, 1, days), valueAtRisk: constant(windows, draws) };
}

/** Whoever is told σ: windows after training days, paths in windows that are each told what the last one left, and risk by σ. */
function following(
  name: string,
  told: (key: Key, sigmas: ArrayLike<number>) => Promise<Float64Array>,
  { sigma }: Market,
  fold: Fold,
  draws: number,
): Maker {
  const starts = startsOf(fold.train);
  const after = (key: Key, days: readonly number[]) =>
    told(
      key,
      days.map((day) => sigma[day]),
    );
  return {
    name,
    after,
    windows: async (key, n) => {
      const drawn = randint(foldKey(key, 0), [n], 0, starts.length).data;
      return after(
        foldKey(key, 1),
        Array.from(drawn, (i) => starts[i]),
      );
    },
    path: async (key, days) => {
      const out = new Float64Array(Math.ceil(days / T) * T * N);
      let now = fold.level;
      for (let at = 0; at < out.length; at += T * N) {
        const window = await told(foldKey(key, at), [now]);
        out.set(window, at);
        for (let t = 0; t < T; t++) {
          const moved = window.subarray(t * N, (t + 1) * N).reduce((a, b) => a + b, 0) / N;
          now = Math.sqrt(0.94 * now * now + 0.06 * moved * moved);
        }
      }
      return out.slice(0, days * N);
    },
    // Loss over σ is a function of the condition: at points between the least and the largest of training, and a line between them.
    valueAtRisk: async (drawKey, days, horizon) => {
      const { low, high, mean, deviation } = fold.log;
      const points = Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));
      const ratios: [number, number][] = [];
      for (const [i, c] of points.entries()) {
        const size = Math.exp(mean + deviation * c);
        const windows = await told(foldKey(drawKey, i), new Float64Array(draws).fill(size));
        const [near, far] = losses(totals(windows, horizon));
        ratios.push([near / size, far / size]);
      }
      const at = (day: number, tail: number) => {
        const c = Math.min(high, Math.max(low, (Math.log(sigma[day]) - mean) / deviation));
        const place = Math.min(POINTS - 1.000001, ((c - low) / (high - low)) * (POINTS - 1));
        const i = Math.floor(place);
        return sigma[day] * (ratios[i][tail] + (place - i) * (ratios[i + 1][tail] - ratios[i][tail]));
      };
      return [Float64Array.from(days, (day) => at(day, 0)), Float64Array.from(days, (day) => at(day, 1))];
    },
  };
}
const POINTS = 17;

/** Training windows with noise of a fifth of their size: what a generator makes that has learnt them by heart. */
export function plantedCopier(market: Market, fold: Fold): Pick<Maker, 'name' | 'windows'> {
  const starts = startsOf(fold.train);
  return {
    name: 'planted copier',
    windows: async (of, n) => {
      const drawn = randint(of, [n], 0, starts.length).data;
      const noise = normal(foldKey(of, 1), [n * T * N], 'float64').data;
      const out = new Float64Array(n * T * N);
      for (let at = 0; at < out.length; at++) {
        const [i, k] = [Math.floor(at / (T * N)), at % (T * N)];
        out[at] = market.returns.data[(starts[drawn[i]] + 1) * N + k] + 0.2 * fold.scales[k % N] * noise[at];
      }
      return out;
    },
  };
}
