import { type Matrix, mean } from '../../../src/linalg/index.js';
import { fitGarch, forecastVolatility, gammaRegression, predictGamma } from '../../../src/stats/index.js';
import { meanOfNeighbours } from './graphs.js';
import { ewma, FEATURES, GRAPHS, type Month, type RiskTask, testsOf, trainingMonths, YEAR } from './task.js';

/** Forecasts of variances by origin, each [N]. */
export type Forecasts = readonly Float64Array[];

/** Rivals in closed form, or near to it; each HAR is a gamma regression, whose loss is the one that forecasts are judged by. */
export function closedForms(task: RiskTask, onStep: (done: number, total: number, note: string) => void): Record<string, Forecasts> {
  const found: Record<string, Forecasts> = {};
  const makers: Record<string, () => Forecasts> = {
    EWMA: () =>
      testsOf(task).map((m) => Float64Array.from(task.assets, (_, i) => ewma(task.returns, task.assets.length, i, task.months[m].now))),
    GARCH: () => garch(task),
    HAR: () => har(task, () => undefined),
    'HAR with products': () => har(task, () => undefined, true),
    'HAR and all': () => har(task, (_, N) => new Float64Array(N * N).fill(1 / N)),
    ...Object.fromEntries(
      GRAPHS.map((graph) => [`HAR and ${graph}`, () => har(task, (month, N) => meanOfNeighbours(month.graphs[graph], N))]),
    ),
  };
  for (const [k, [name, make]] of Object.entries(makers).entries()) {
    found[name] = make();
    onStep(k + 1, Object.keys(makers).length, name);
  }
  return found;
}

/** The linear filter: own terms, and the mean of the neighbours' by the same coefficients for all assets; with products of each two terms where asked. */
function har(task: RiskTask, weights: (month: Month, N: number) => Float64Array | undefined, products = false): Forecasts {
  const N = task.assets.length;
  const unit = mean(trainingMonths(task, task.firstTest).flatMap(({ target }) => [...target]));
  // Logarithms of variances in this unit are near 0, and so are their coefficients' starts.
  const rowOf = ({ features }: Month, P: Float64Array | undefined, i: number): number[] => {
    const at = (j: number, f: number) => features[j * FEATURES + f] - Math.log(unit);
    const places = Array.from({ length: FEATURES }, (_, f) => f);
    const own = places.map((f) => at(i, f));
    const others = P ? places.map((f) => P.subarray(i * N, (i + 1) * N).reduce((sum, p, j) => sum + p * at(j, f), 0)) : [];
    const terms = [...own, ...others];
    return [1, ...terms, ...(products ? terms.flatMap((a, k) => terms.slice(k).map((b) => a * b)) : [])];
  };
  const design = (months: readonly Month[]): Matrix => {
    const rows = months.flatMap((month) => {
      const P = weights(month, N);
      return task.assets.map((_, i) => rowOf(month, P, i));
    });
    return { rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) };
  };
  let fitted: { readonly of: readonly Month[]; readonly fit: ReturnType<typeof gammaRegression> } | undefined;
  return testsOf(task).map((m) => {
    const train = trainingMonths(task, m);
    if (fitted?.of.at(-1) !== train.at(-1))
      fitted = {
        of: train,
        fit: gammaRegression(
          design(train),
          Float64Array.from(
            train.flatMap(({ target }) => [...target]),
            (y) => y / unit,
          ),
          { maxIterations: 5000 },
        ),
      };
    return predictGamma(fitted!.fit, design([task.months[m]])).map((h) => unit * h);
  });
}

/** GARCH(1, 1) of each asset, of at most ten years before, its mean variance over the next 21 days. */
function garch(task: RiskTask): Forecasts {
  const N = task.assets.length;
  const tests = testsOf(task);
  const forecasts = tests.map(() => new Float64Array(N));
  for (let i = 0; i < N; i++) {
    let fit: ReturnType<typeof fitGarch> | undefined;
    for (const [k, m] of tests.entries()) {
      const { now } = task.months[m];
      const history = Float64Array.from(
        { length: Math.min(now, 10 * YEAR) },
        (_, t) => task.returns[(now - Math.min(now, 10 * YEAR) + t) * N + i],
      );
      if (k % 12 === 0) fit = fitGarch(history);
      const { variance } = forecastVolatility(fit!, { horizon: 21, returns: history });
      forecasts[k][i] = variance.reduce((sum, v) => sum + v, 0) / 21;
    }
  }
  return forecasts;
}
