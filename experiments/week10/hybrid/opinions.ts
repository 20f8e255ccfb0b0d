import { type Matrix, standardDeviation } from '../../../src/linalg/index.js';
import { normaliseAdjacency } from '../../../src/nn/index.js';
import { bayesianLinearRegression, gammaRegression, posteriorPredictive, predictGamma } from '../../../src/stats/index.js';
import type { Said } from './nets.js';
import { edgesOf, F, type Fold, G, monthsOf, type Task, windowsOf } from './task.js';

/*
 * What is forecast of every decision, by nets together and by closed forms that see the same.
 */

/** Of the return above the mean, in units of the asset's own deviation: a forecast and the variance of its error [M, N], NaN where none was made. */
export interface Opinion {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** What the seeds of a net say of a fold, by fold. */
export type SaidByFold = readonly (readonly Said[])[];

const empty = ({ rows, assets }: Task) => new Float64Array(rows.length * assets.length).fill(Number.NaN);

/** No forecast of a month is farther out than this, in deviations, and none of a variance than its exponential, over the quarter's. */
export const CLIPS = { deviations: 1, logVariance: 2 };
const within = (said: number, most: number) => Math.min(most, Math.max(-most, said));
const kept = (said: number) => within(said, CLIPS.deviations);

/** Puts rows of a fold's test months [months, N] in their places [M, N]. */
function place(into: Float64Array, { assets: { length: N } }: Task, { test }: Fold, values: ArrayLike<number>): void {
  for (const [i, m] of test.entries()) for (let n = 0; n < N; n++) into[m * N + n] = values[i * N + n];
}

/**
 * The seeds of a net as one: their mean, and how unsure it is of it: what draws of the weights differ by, of a Bayesian net, and what seeds do.
 *
 * @param seed  one of them alone, with the doubt of all
 */
export function committee(task: Task, said: SaidByFold, seed?: number): Opinion {
  const [mean, variance] = [empty(task), empty(task)];
  for (const [f, seeds] of said.entries()) {
    const S = seeds.length;
    const middle = Float64Array.from(seeds[0].value, (_, i) => seeds.reduce((sum, { value }) => sum + value[i] / S, 0));
    const doubt = middle.map((m, i) =>
      seeds.reduce((sum, { value, variance }) => sum + (value[i] - m) ** 2 / (S - 1) + (variance ? variance[i] / S : 0), 0),
    );
    place(mean, task, task.folds[f], (seed === undefined ? Array.from(middle) : seeds[seed].value).map(kept));
    place(variance, task, task.folds[f], doubt);
  }
  return { mean, variance };
}

/** A graph's forecasts of log(h / quarter's) as monthly variances h [M, N]. */
export function variancesOf({ unit }: Task, change: Float64Array): Float64Array {
  return change.map((f, at) => unit[at] ** 2 * Math.exp(f));
}

/** What a linear view looks at. */
const COLUMNS: Record<LinearName, (task: Task, months: readonly number[]) => Matrix> = {
  momentum: (task, months) => matrix(monthsOf(task.x, months, task.assets.length * F), F, (x) => [x[0]]),
  'linear regression': (task, months) =>
    matrix(monthsOf(task.x, months, task.assets.length * F), F, (x) => [
      ...x,
      ...Array.from(x).flatMap((a, i) => Array.from(x.subarray(i), (b) => (a * b) / 2)),
    ]),
  'regression on windows': (task, months) => {
    const windows = windowsOf(task, months);
    const size = windows.length / months.length / task.assets.length;
    return matrix(Float64Array.from(windows), size, (x) => x);
  },
};
export type LinearName = 'momentum' | 'linear regression' | 'regression on windows';

function matrix(data: Float64Array, size: number, columns: (row: Float64Array) => ArrayLike<number>): Matrix {
  const all = Array.from({ length: data.length / size }, (_, i) => columns(data.subarray(i * size, (i + 1) * size)));
  const cols = all[0].length;
  const out = new Float64Array(all.length * cols);
  for (const [i, row] of all.entries()) out.set(row, i * cols);
  return { rows: all.length, cols, data: out };
}

/** Deviations of a coefficient before data; the least says next to nothing, the most binds next to nothing. */
export const PRIORS = [0.001, 0.005, 0.02, 0.1, 0.5];

/** Bayesian linear regression, its prior by the evidence of the training months: a forecast with its own doubt, in closed form. */
export function linearOpinion(task: Task, name: LinearName): Opinion {
  const [mean, variance] = [empty(task), empty(task)];
  for (const fold of task.folds) {
    const y = monthsOf(task.y, fold.train, task.assets.length);
    const [x, later] = [fold.train, fold.test].map((months) => COLUMNS[name](task, months));
    const fits = PRIORS.map((prior) => bayesianLinearRegression(x, y, { noise: standardDeviation(y), prior }));
    const said = posteriorPredictive(
      fits.reduce((a, b) => (b.logEvidence > a.logEvidence ? b : a)),
      later,
    );
    place(mean, task, fold, said.mean.map(kept));
    place(variance, task, fold, said.epistemic);
  }
  return { mean, variance };
}

/** The most steps of a gamma regression. */
export const ITERATIONS = 5000;

/** log(h / quarter's) by a gamma regression, which minimises what the GCN does: on a node's own features, and with those of its neighbourhood. */
export function gammaChange(task: Task, withGraph: boolean): Float64Array {
  const out = empty(task);
  const N = task.assets.length;
  for (const fold of task.folds) {
    const { data: A } = normaliseAdjacency(N, edgesOf(task, fold));
    const [x, later] = [fold.train, fold.test]
      .map((months): Matrix => {
        const own = monthsOf(task.nodes, months, N * G);
        return matrix(own, N * G, (all) => {
          const nodes = Array.from({ length: N }, (_, n) => {
            const around = Array.from({ length: G }, (_, g) => {
              let sum = 0;
              for (let j = 0; j < N; j++) sum += A[n * N + j] * all[j * G + g];
              return sum;
            });
            return [1, ...all.subarray(n * G, (n + 1) * G), ...(withGraph ? around : [])];
          });
          return nodes.flat();
        });
      })
      .map(({ rows, data }): Matrix => ({ rows: rows * N, cols: data.length / rows / N, data }));
    const fit = gammaRegression(x, monthsOf(task.ratio, fold.train, N), { maxIterations: ITERATIONS });
    place(
      out,
      task,
      fold,
      predictGamma(fit, later).map((h) => within(Math.log(h), CLIPS.logVariance)),
    );
  }
  return out;
}
