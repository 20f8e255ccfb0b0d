import { checkOneOf, checkWhole } from '../../base/internal.js';
import { backSubstitute, fromColumns, type Matrix, matVec } from '../../linalg/index.js';
import { leastSquaresOf } from '../../linalg/internal.js';
import { checkSeries } from '../inference/series.js';
import { dependentColumn } from '../regression/design.js';
import { linearRegression } from '../regression/linear-regression.js';
import { type CriticalValues, type Deterministic, mackinnonCriticalValues, mackinnonPValue } from './mackinnon.js';

/** What a unit-root regression has beside the level. */
export interface DickeyFullerOptions {
  /** 'constant' for a rate or a spread, 'trend' for log prices; unless told, 'constant'. */
  readonly deterministic?: Deterministic;
  /** Lagged differences: a number, or by which rule up to `mostLags` they are chosen; 'aic'. */
  readonly lags?: number | 'aic' | 'bic' | 't';
  /** The most that a rule may choose; Schwert's ⌈12 (n/100)^¼⌉, and never so many that rows run out. */
  readonly mostLags?: number;
}

/** A test of the hypothesis that a series has a unit root. */
export interface DickeyFuller {
  /** τ, γ̂ over its standard error: far below 0 speaks against a unit root. */
  readonly statistic: number;
  /** The chance of as small a τ under a unit root; MacKinnon's surface for large samples. */
  readonly pValue: number;
  /** γ̂, what a row moves back of its distance from the mean: −0.02 halves it in 34 rows. Biased down; its law is not normal. */
  readonly coefficient: number;
  /** Of γ̂, as least squares has it: the scale of τ, no basis for a normal interval. */
  readonly standardError: number;
  /** Lagged differences in the regression. */
  readonly lags: number;
  /** Of the regression: n less the lags and 1. */
  readonly rows: number;
  /** For so many rows. */
  readonly criticalValues: CriticalValues;
  /** What the regression had beside the level. */
  readonly deterministic: Deterministic;
}

/**
 * The augmented Dickey–Fuller test: is the series a random walk, or does it return to a mean or a trend?
 *
 *     Δyₜ = (a + b t) + γ yₜ₋₁ + Σₖ₌₁ᴸ cₖ Δyₜ₋ₖ + eₜ        τ = γ̂/se(γ̂),  hypothesis γ = 0
 *
 * Not rejecting is weak evidence of a unit root: of 200 rows that return with a half-life of 14, a third of samples reject. `kpss` takes the
 * other hypothesis; that neither is rejected says that the series is too short.
 *
 * Rules compare all lags on the same rows, those that the most lags leave; the test is then made on all that the chosen lags leave. 't' takes
 * the most lags whose last has |t| ≥ 1.645.
 *
 * @param series  [n] in time order: log prices, a spread, a volatility
 * @throws        when it does not vary, a value is not finite, lags leave too few rows, or it follows its lags without error
 *
 * Said & Dickey 1984; MacKinnon 1994, 2010; Schwert 1989 for the most lags. As `adfuller` of statsmodels.
 */
export function augmentedDickeyFuller(series: ArrayLike<number>, options: DickeyFullerOptions = {}): DickeyFuller {
  const { deterministic = 'constant', lags: wanted = 'aic' } = options;
  checkOneOf('augmentedDickeyFuller', 'deterministic', deterministic, ['none', 'constant', 'trend']);
  checkSeries('augmentedDickeyFuller', series);
  const n = series.length;
  const terms = { none: 0, constant: 1, trend: 2 }[deterministic];
  // The second leaves a row more than coefficients: a fit without error would win by any rule.
  const room = Math.min(Math.floor(n / 2) - terms - 1, Math.floor((n - 3 - terms) / 2));
  if (room < 0)
    throw new Error(
      `augmentedDickeyFuller: ${n} rows are too few for '${deterministic}', which needs ${Math.max(2 * (terms + 1), 3 + terms)}; load more history`,
    );
  const most = typeof wanted === 'number' ? wanted : (options.mostLags ?? Math.min(room, Math.ceil(12 * (n / 100) ** 0.25)));
  checkWhole('augmentedDickeyFuller', typeof wanted === 'number' ? 'lags' : 'mostLags', most, { from: 0, to: room }, `of ${n} rows`);
  const y = Float64Array.from(series);
  const lags = typeof wanted === 'number' ? wanted : choose(wanted, regression(y, most, deterministic), most);
  const { x, dy } = regression(y, lags, deterministic);
  const fit = linearRegression(x, dy);
  const statistic = fit.tStatistics[0];
  if (!Number.isFinite(statistic))
    throw new Error('augmentedDickeyFuller: the series follows its own lags without error, so there is nothing to test; is it computed?');
  return {
    statistic,
    pValue: mackinnonPValue(statistic, deterministic),
    coefficient: fit.coefficients[0],
    standardError: fit.standardErrors[0],
    lags,
    rows: x.rows,
    criticalValues: mackinnonCriticalValues(x.rows, deterministic),
    deterministic,
  };
}

/** Regressors and outcome of a Dickey–Fuller regression. */
interface Regression {
  readonly x: Matrix;
  readonly dy: Float64Array;
}

/** Δy on the level, the deterministic terms, and so many lagged differences, the last lag last. */
function regression(y: Float64Array, lags: number, deterministic: Deterministic): Regression {
  const rows = y.length - 1 - lags;
  const column = (value: (t: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i + lags + 1));
  const columns = [column((t) => y[t - 1])];
  const names = ['level'];
  if (deterministic !== 'none') {
    columns.push(column(() => 1));
    names.push('constant');
  }
  if (deterministic === 'trend') {
    columns.push(column((t) => t - lags));
    names.push('trend');
  }
  for (let k = 1; k <= lags; k++) {
    columns.push(column((t) => y[t - k] - y[t - k - 1]));
    names.push(`difference ${k} before`);
  }
  return { x: fromColumns(columns, names), dy: column((t) => y[t] - y[t - 1]) };
}

/**
 * The lags that a rule chooses. The regressions nest, so one decomposition holds the squared errors of all: without its last columns a fit
 * has those of the whole and the squares of what Qᵀy has along them.
 */
function choose(rule: 'aic' | 'bic' | 't', { x, dy }: Regression, most: number): number {
  checkOneOf('augmentedDickeyFuller', 'lags', rule, ['aic', 'bic', 't'], 'or a number');
  const { r, qty, dependent } = leastSquaresOf(x, dy);
  if (dependent >= 0) throw dependentColumn('augmentedDickeyFuller', x, dependent);
  const { rows: n, cols: p } = x;
  let squares = matVec(x, backSubstitute(r, qty)).reduce((total, fitted, t) => total + (dy[t] - fitted) ** 2, 0);
  let best = { lags: 0, criterion: Infinity };
  for (let lags = most; lags >= 0; lags--) {
    const k = p - most + lags; // coefficients
    if (rule === 't') {
      const last = qty[k - 1] ** 2 / (squares / (n - k)); // t² of the last lag
      if (lags === 0 || last >= 1.6448536269514722 ** 2) return lags;
    } else {
      const criterion = k * (rule === 'aic' ? 2 : Math.log(n)) + n * Math.log(squares);
      if (criterion <= best.criterion) best = { lags, criterion };
    }
    squares += qty[k - 1] ** 2;
  }
  return best.lags;
}
