import { correlationMatrix, ledoitWolf, sampleCovariance, spanningTree } from '../../../src/stats/index.js';
import { decomposed, matrixOf } from './graphs.js';
import type { Forecasts } from './linear.js';
import { type RiskTask, testsOf, YEAR } from './task.js';

/** A covariance [N, N] of daily returns, of the year before an origin, and where they are wanted of forecast variances. */
export type CovarianceOf = (past: Float64Array, N: number, variances?: Float64Array) => Float64Array;

const covariance = (past: Float64Array, N: number) => sampleCovariance(matrixOf(past, N)).data;
const shrunk = (past: Float64Array, N: number) => ledoitWolf(matrixOf(past, N)).covariance.data;

/** Covariances that need no forecast. */
export const COVARIANCES: Readonly<Record<string, CovarianceOf>> = {
  sample: covariance,
  'Ledoit–Wolf': shrunk,
  EWMA(past, N) {
    const T = past.length / N;
    const S = new Float64Array(N * N);
    let weights = 0;
    for (let t = 0; t < T; t++) {
      const weight = 0.97 ** (T - 1 - t);
      weights += weight;
      for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) S[i * N + j] += weight * past[t * N + i] * past[t * N + j];
    }
    return S.map((s) => s / weights);
  },
  'one factor'(past, N) {
    const S = covariance(past, N);
    const withAll = Float64Array.from({ length: N }, (_, i) => S.subarray(i * N, (i + 1) * N).reduce((sum, s) => sum + s, 0) / N);
    const market = withAll.reduce((sum, s) => sum + s, 0) / N;
    return S.map((s, at) => (at % (N + 1) === 0 ? s : (withAll[Math.floor(at / N)] * withAll[at % N]) / market));
  },
  tree: (past, N) =>
    scaled(
      treeCorrelations(past, N),
      Float64Array.from({ length: N }, (_, i) => covariance(past, N)[i * (N + 1)]),
    ),
};

/** Ledoit and Wolf's correlations, or those of the tree, with variances that a model forecasts. */
export const withVariances: Readonly<Record<'Ledoit–Wolf' | 'tree', CovarianceOf>> = {
  'Ledoit–Wolf': (past, N, variances) => {
    const S = shrunk(past, N);
    const R = S.map((s, at) => s / Math.sqrt(S[Math.floor(at / N) * (N + 1)] * S[(at % N) * (N + 1)]));
    return scaled(R, variances!);
  },
  tree: (past, N, variances) => scaled(treeCorrelations(past, N), variances!),
};

const scaled = (R: Float64Array, variances: Float64Array): Float64Array => {
  const N = variances.length;
  return R.map((r, at) => r * Math.sqrt(variances[Math.floor(at / N)] * variances[at % N]));
};

/** The correlations of a normal law whose graph is the tree: products of those along its paths. */
function treeCorrelations(past: Float64Array, N: number): Float64Array {
  const correlations = correlationMatrix(matrixOf(past, N));
  const R = correlations.data;
  const beside = Array.from({ length: N }, (): number[] => []);
  for (const [i, j] of spanningTree(correlations)) {
    beside[i].push(j);
    beside[j].push(i);
  }
  const out = new Float64Array(N * N);
  for (let start = 0; start < N; start++) {
    out[start * N + start] = 1;
    const reached = [start];
    for (const i of reached)
      for (const j of beside[i])
        if (j !== start && out[start * N + j] === 0) {
          out[start * N + j] = out[start * N + i] * R[i * N + j];
          reached.push(j);
        }
  }
  return out;
}

/** What a covariance comes to over all tests. */
export interface Judged {
  /** By day: returns of the portfolio of least variance, chosen at each origin, its weights kept through the month. */
  readonly minimum: number[];
  /** By day: returns of equal weights over the volatility that was forecast for them. */
  readonly equal: number[];
  /** By month: (log det Σ + mean rᵀΣ⁻¹r) / N, which no covariance makes less than the true one does. */
  readonly loss: number[];
}

/** Portfolios and forecasts of a covariance over the tests. */
export function judge(task: RiskTask, covarianceOf: CovarianceOf, variances?: Forecasts): Judged {
  const N = task.assets.length;
  const judged: Judged = { minimum: [], equal: [], loss: [] };
  for (const [k, m] of testsOf(task).entries()) {
    const { now, next } = task.months[m];
    const S = covarianceOf(task.returns.subarray((now - YEAR) * N, now * N), N, variances?.[k]);
    const { inverse: K, logDeterminant } = decomposed({ rows: N, cols: N, data: S });
    const raw = Float64Array.from({ length: N }, (_, i) => sum(K.subarray(i * N, (i + 1) * N)));
    const total = sum(raw);
    const deviation = Math.sqrt(sum(S)) / N;
    let form = 0;
    for (let t = now; t < next; t++) {
      const day = task.returns.subarray(t * N, (t + 1) * N);
      judged.minimum.push(day.reduce((sum, r, i) => sum + (raw[i] / total) * Math.expm1(r), 0));
      judged.equal.push(day.reduce((sum, r) => sum + Math.expm1(r), 0) / N / deviation);
      form += K.reduce((sum, k, at) => sum + day[Math.floor(at / N)] * k * day[at % N], 0);
    }
    judged.loss.push((logDeterminant + form / (next - now)) / N);
  }
  return judged;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
