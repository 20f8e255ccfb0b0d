import { dot, type Matrix } from '../../../src/linalg/index.js';
import {
  filteredHistoricalSimulation,
  filterVolatility,
  fitGarch,
  gammaRegression,
  linearRegression,
  predict,
  predictGamma,
  standardNormal,
  studentT,
  type VolatilityFit,
} from '../../../src/stats/index.js';
import { fold as foldKey, key } from '../../../src/tensor/index.js';
import { type At, designs, type Fold, TARGETS, type Target, type Task, weekVariance, withProducts } from './panel.js';
import { type Ensembles, gridOf, K, LEVELS, stretched } from './score.js';

const PATHS = 495;

/** Laws of the test rows of a fold by every rival in closed form. */
export function closedForms(task: Task, target: Target, fold: Fold): Record<string, Ensembles> {
  const { train, test } = fold;
  const x = designs(task, fold);
  const y = Float64Array.from(train, (row) => TARGETS[target].of(task, row));
  const fits = (options: Parameters<typeof fitGarch>[1]) => task.returns.map((r) => fitGarch(r.slice(0, fold.start), options));
  const gjr = fits({ o: 1, law: 'student' });
  const past = historical(task, fold, y);
  if (target === 'returns')
    return {
      'past returns': past,
      'GARCH, normal': byFilter(task, test, fits({}), () => LEVELS.map((p) => standardNormal.quantile(p))),
      'GJR, Student': byFilter(task, test, gjr, ({ parts }) => {
        const { nu } = parts as { nu: number };
        return LEVELS.map((p) => studentT(nu).quantile(p) * Math.sqrt((nu - 2) / nu));
      }),
      'GJR, own shocks': byFilter(task, test, gjr, (fit) => gridOf(filterVolatility(fit).standardised)),
      'gamma regression': filtered(
        train,
        test,
        x,
        y,
        Float64Array.from(train, (row) => Math.max(TARGETS.returns.of(task, row) ** 2, 1e-4)),
      ),
    };
  const curved = { train: withProducts(x.train), test: withProducts(x.test) };
  const weeks = Float64Array.from(train, (row) => weekVariance(task, row));
  return {
    'past weeks': past,
    'log HAR': byLeastSquares(x, y),
    'log HAR, products': byLeastSquares(curved, y),
    'GJR, simulated': simulated(task, test, gjr),
    'gamma regression': filtered(train, test, x, y, weeks, true),
  };
}

/** What happened to each stock before, whatever the day. */
function historical({ assets }: Task, { train, test }: Fold, y: Float64Array): Ensembles {
  const grids = assets.map((_, asset) => gridOf(y.filter((_, i) => train[i].asset === asset)));
  const out = new Float64Array(test.length * K);
  test.forEach(({ asset }, i) => void out.set(grids[asset], i * K));
  return out;
}

/** A volatility model's deviation of the next day, times shocks of a law. */
function byFilter(task: Task, test: readonly At[], fits: readonly VolatilityFit[], gridOfFit: (fit: VolatilityFit) => Float64Array) {
  const grids = fits.map(gridOfFit);
  const variances = fits.map((fit, asset) => filterVolatility(fit, task.returns[asset]).variance);
  const out = new Float64Array(test.length * K);
  test.forEach(({ asset, t }, i) => {
    const [mu, sigma] = [fits[asset].parts.mean[0], Math.sqrt(variances[asset][t + 1])];
    for (let k = 0; k < K; k++) out[i * K + k] = mu + sigma * grids[asset][k];
  });
  return out;
}

/** Gamma regression of the variance on the terms; its standardised residuals of all training rows give the form. */
function filtered(
  train: readonly At[],
  test: readonly At[],
  x: { readonly train: Matrix; readonly test: Matrix },
  y: Float64Array,
  variance: Float64Array,
  logarithm = false,
): Ensembles {
  const fit = gammaRegression(x.train, variance, { maxIterations: 1000 });
  const deviations = { train: fit.fitted.map(Math.sqrt), test: predictGamma(fit, x.test).map(Math.sqrt) };
  if (logarithm) {
    const grid = gridOf(y.map((value, i) => value - Math.log(deviations.train[i])));
    return stretched(deviations.test.map(Math.log), new Float64Array(test.length).fill(1), grid);
  }
  const grid = gridOf(Float64Array.from(train, (_, i) => y[i] / deviations.train[i]));
  return stretched(new Float64Array(test.length), deviations.test, grid);
}

/** Least squares of the log volatility on the terms, with its residuals. */
function byLeastSquares(x: { readonly train: Matrix; readonly test: Matrix }, y: Float64Array): Ensembles {
  const fit = linearRegression(x.train, y);
  const location = predict(fit, x.test);
  return stretched(location, new Float64Array(location.length).fill(1), gridOf(fit.residuals));
}

/** Weeks of filtered historical simulation. */
function simulated(task: Task, test: readonly At[], fits: readonly VolatilityFit[]): Ensembles {
  const out = new Float64Array(test.length * K);
  test.forEach(({ asset, t }, i) => {
    const { returns } = filteredHistoricalSimulation(fits[asset], {
      key: foldKey(key(5), i),
      horizon: 5,
      paths: PATHS,
      returns: task.returns[asset].subarray(0, t + 1),
    });
    const weeks = new Float64Array(PATHS);
    for (let p = 0; p < PATHS; p++) {
      const week = returns.subarray(5 * p, 5 * p + 5);
      weeks[p] = 0.5 * Math.log(Math.max(dot(week, week) / 5, 1e-4));
    }
    out.set(gridOf(weeks), i * K);
  });
  return out;
}
