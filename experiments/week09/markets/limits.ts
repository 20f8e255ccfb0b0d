import { column, type Matrix } from '../../../src/linalg/index.js';
import { cholesky } from '../../../src/linalg/internal.js';
import {
  type ConstantCorrelation,
  filterVolatility,
  fitConstantCorrelation,
  simulateConstantCorrelation,
  standardNormal,
  studentT,
} from '../../../src/stats/index.js';
import { fold as foldKey } from '../../../src/tensor/index.js';
import { losses, type Maker, TAILS } from './makers.js';
import { type Fold, type Market, N, startsOf } from './setting.js';

/*
 * Rivals that say what the portfolio may lose and make no paths of the stocks: the simplest there are, and what a correlation that follows the market adds.
 */
export type Limit = Pick<Maker, 'name' | 'valueAtRisk'>;

const both = (of: (tail: number) => number[]): [Float64Array, Float64Array] => [
  Float64Array.from(of(TAILS[0])),
  Float64Array.from(of(TAILS[1])),
];

/** RiskMetrics as it was published: the normal law's quantile times σ, and over h days √h of it. */
export const riskMetrics = ({ sigma }: Market): Limit => ({
  name: 'RiskMetrics',
  valueAtRisk: async (_, days, horizon) =>
    both((tail) => days.map((day) => -standardNormal.quantile(tail) * sigma[day] * Math.sqrt(horizon))),
});

/** σ times the quantile that returns over σ of the day before had in training. */
export const sigmaTimesQuantile = ({ portfolio, sigma }: Market, fold: Fold): Limit => ({
  name: 'sigma times quantile',
  valueAtRisk: async (_, days, horizon) => {
    const ratios = startsOf(fold.train, horizon).map(
      (day) => portfolio.subarray(day + 1, day + 1 + horizon).reduce((sum, r) => sum + r, 0) / sigma[day],
    );
    const pair = losses(Float64Array.from(ratios));
    return [Float64Array.from(days, (day) => pair[0] * sigma[day]), Float64Array.from(days, (day) => pair[1] * sigma[day])];
  },
});

/** GJR with Student shocks of the portfolio itself, as if it were one stock. */
export function garchOfMix({ portfolio }: Market, { train }: Fold, paths: number): Limit {
  const upTo = (end: number): Matrix => ({ rows: end - train.start, cols: 1, data: portfolio.slice(train.start, end) });
  const model = fitConstantCorrelation(upTo(train.end), { o: 1, law: 'student' });
  const [fit] = model.fits;
  const { variance, next } = filterVolatility(fit, portfolio.subarray(train.start));
  const quantile = (tail: number) => studentT(model.nu).quantile(tail) * Math.sqrt((model.nu - 2) / model.nu);
  return {
    name: 'GARCH of the mix',
    valueAtRisk: async (key, days, horizon) => {
      const deviation = (day: number) => Math.sqrt(variance[day + 1 - train.start] ?? next);
      if (horizon === 1) return both((tail) => days.map((day) => -fit.parts.mean[0] - deviation(day) * quantile(tail)));
      const pairs = days.map((day) => {
        const drawn = simulateConstantCorrelation(model, { key: foldKey(key, day), horizon, paths, returns: upTo(day + 1) });
        return losses(
          Float64Array.from({ length: paths }, (_, k) => drawn.subarray(k * horizon, (k + 1) * horizon).reduce((a, b) => a + b, 0)),
        );
      });
      return both((tail) => pairs.map((pair) => pair[TAILS.indexOf(tail as (typeof TAILS)[number])]));
    },
  };
}

/** Weights of the past among which the training days choose; 1 is the constant correlation. */
const MEMORIES = [0.9, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1];

/**
 * The correlation of the stocks' shocks at each close, a running mean of their products that begins at that of the training days. Its memory is the
 * likeliest one of the training days, by the model's own Student law.
 */
export function movingCorrelation(model: ConstantCorrelation, market: Market, { train }: Fold) {
  const shocks = model.fits.map((fit, n) => filterVolatility(fit, column(market.returns, n).subarray(train.start)).standardised);
  const z = (t: number) => shocks.map((own) => own[t]);
  const rows = train.end - train.start;
  const likelihoods = MEMORIES.map((memory) => {
    let sum = 0;
    follow(model.correlation, memory, rows, z, (t, before) => {
      sum += logDensity(z(t), before, model.nu);
    });
    return sum;
  });
  const memory = MEMORIES[likelihoods.indexOf(Math.max(...likelihoods))];
  if (memory === MEMORIES[0]) throw new Error(`movingCorrelation: the likeliest memory is the least, ${memory}; try lesser ones`);
  const all: Matrix[] = [];
  follow(model.correlation, memory, shocks[0].length, z, (_, before) => all.push(before));
  return { memory, at: (day: number): Matrix => all[Math.min(all.length - 1, day + 1 - train.start)] };
}

/** Says the correlation that was known before each day. */
function follow(first: Matrix, memory: number, days: number, z: (t: number) => number[], say: (t: number, before: Matrix) => void): void {
  const products = Float64Array.from(first.data);
  for (let t = 0; t < days; t++) {
    const scale = Array.from({ length: N }, (_, i) => Math.sqrt(products[i * N + i]));
    say(t, { rows: N, cols: N, data: products.map((value, at) => value / (scale[Math.floor(at / N)] * scale[at % N])) });
    const own = z(t);
    for (let at = 0; at < N * N; at++) products[at] = memory * products[at] + (1 - memory) * own[Math.floor(at / N)] * own[at % N];
  }
}

/** Of Student's law of variance R, but for what does not depend on R. */
function logDensity(z: readonly number[], correlation: Matrix, nu: number): number {
  const root = cholesky(correlation)!.data;
  const y: number[] = [];
  let [logDeterminant, squares] = [0, 0];
  for (let i = 0; i < N; i++) {
    let value = z[i];
    for (let k = 0; k < i; k++) value -= root[k * N + i] * y[k];
    y.push(value / root[i * N + i]);
    logDeterminant += 2 * Math.log(root[i * N + i]);
    squares += y[i] ** 2;
  }
  return -logDeterminant / 2 - ((nu + N) / 2) * Math.log1p(squares / (nu - 2));
}
