import { fold, type Key, permutation } from '../../base/index.js';
import { mean, standardDeviation } from '../../linalg/index.js';
import { frameOf, type Panel, seriesOf } from '../../market/index.js';
import { dieboldMariano, hacMean, ridgePath, studentT } from '../../stats/index.js';
import { backtest, maximumDrawdown, proportional, sharpe } from '../../trade/index.js';
import type { MarketRunConfig } from './config.js';
import type { MarketData, MarketWindows } from './market-windows.js';

/** A number of a run: its `value`, its `uncertainty` (standard error, 95 % interval, or why there is none) and a `description` for readers. */
export interface RunMetric {
  readonly value: number;
  readonly uncertainty: number | readonly [number, number] | `exact: ${string}`;
  readonly description: string;
}

/** Numbers by name. */
export type RunMetrics = Readonly<Record<string, RunMetric>>;

/** Squared error of each window, the mean over its assets [W]. */
export const lossesOf = ({ y: { data, shape } }: MarketWindows, made: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: shape[0] }, (_, w) => {
    let sum = 0;
    for (let i = w * shape[1]; i < (w + 1) * shape[1]; i++) sum += (data[i] - made[i]) ** 2;
    return sum / shape[1];
  });

/** What a line sees of an asset: its features on the last day of a window, and their means over the assets [W N, 2 F]. */
function lineOf({ x: { data, shape } }: MarketWindows) {
  const [W, T, N, F] = shape;
  const at = (w: number, n: number, f: number) => data[((w * T + T - 1) * N + n) * F + f];
  const means = Array.from({ length: W }, (_, w) =>
    Array.from({ length: F }, (_, f) => mean(Float64Array.from({ length: N }, (_, n) => at(w, n, f)))),
  );
  const values = Float64Array.from({ length: W * N * 2 * F }, (_, i) => {
    const [row, f] = [Math.floor(i / (2 * F)), i % (2 * F)];
    const [w, n] = [Math.floor(row / N), row % N];
    return f < F ? at(w, n, f) : means[w][f - F];
  });
  return { rows: W * N, cols: 2 * F, data: values };
}

/** As good as no penalty, with which features that equal their means still have one answer. */
const NONE = 1e-6;
const penaltiesOf = (penalties: readonly number[]) => penalties.map((penalty) => Math.max(penalty, NONE));

/** A ridge on the last day, its penalty chosen by the windows that choose: its forecasts of the judged ones [W N]. */
function ridgeOf({ train, validate, judge }: MarketData, penalties: readonly number[]): { made: Float64Array; lambda: number } {
  // A feature of the whole market is the same for all assets, and equals its mean: the penalty takes care of that.
  const fits = ridgePath(lineOf(train), Float64Array.from(train.y.data), { lambdas: penaltiesOf(penalties) }).fits;
  const made = ({ coefficients, intercept }: (typeof fits)[number], of: MarketWindows) => {
    const { rows, cols, data } = lineOf(of);
    return Float64Array.from({ length: rows }, (_, i) => {
      let sum = intercept;
      for (let j = 0; j < cols; j++) sum += data[i * cols + j] * coefficients[j];
      return sum;
    });
  };
  const best = fits
    .map((fit) => ({ fit, lost: mean(lossesOf(validate, made(fit, validate))) }))
    .reduce((a, b) => (b.lost < a.lost ? b : a)).fit;
  return { made: made(best, judge), lambda: best.lambda };
}

/** Squared errors of the model and its rivals in standard units, and what it saves on each, over windows by HAC. */
export function evaluate(data: MarketData, made: Float64Array, { penalties }: NonNullable<MarketRunConfig['evaluation']>): RunMetrics {
  const own = lossesOf(data.judge, made);
  const { made: byRidge, lambda } = ridgeOf(data, penalties);
  const rivals = { mean: lossesOf(data.judge, new Float64Array(made.length)), ridge: lossesOf(data.judge, byRidge) };
  const found: Record<string, RunMetric> = {};
  const put = (name: string, { mean: value, standardError }: { mean: number; standardError: number }, description: string) => {
    found[name] = { value, uncertainty: standardError, description };
  };
  put('error.model', hacMean(own), 'squared error of the market transformer, in variances of training; HAC');
  for (const [name, losses] of Object.entries(rivals)) {
    put(`error.${name}`, hacMean(losses), `squared error of the ${name}; HAC`);
    put(
      `saved.${name}`,
      dieboldMariano({ model: own, benchmark: losses }, { horizon: 1 }),
      `squared error that the model saves on the ${name}; HAC`,
    );
  }
  const lambdas = penaltiesOf(penalties);
  const isAtEnd = lambda === Math.max(...lambdas) || (lambda === Math.min(...lambdas) && lambda > NONE);
  found['ridge.penalty'] = {
    value: lambda,
    uncertainty: 'exact: chosen by the validation years',
    description: `penalty of the ridge${isAtEnd ? ', at an end of evaluation.penalties: widen them' : ''}`,
  };
  return found;
}

/** Weights of each window [W, N]: more of what is calm, or the half whose forecasts are highest in equal parts. */
function weightsOf(what: MarketRunConfig['forecast']['what'], made: Float64Array, { unit }: MarketData, N: number): Float64Array {
  return Float64Array.from(made, (_, i) => {
    const row = made.subarray(Math.floor(i / N) * N, (Math.floor(i / N) + 1) * N);
    const own = (v: number) => (what === 'volatility' ? Math.exp(-(unit.mean + unit.deviation * v)) : 0);
    if (what === 'volatility') return own(made[i]) / Array.from(row, own).reduce((sum, v) => sum + v, 0);
    const above = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, Math.ceil(N / 2));
    return above.includes(i % N) ? 1 / above.length : 0;
  });
}

/** Sharpe ratio with its interval, drawdown and cost of the forecasts' portfolio, and of 1/N on the same days. */
export function trade(
  data: MarketData,
  made: Float64Array,
  config: MarketRunConfig,
): { metrics: RunMetrics; equity: Record<string, Float64Array>; dates: readonly string[] } {
  const { prices, judge } = data;
  const N = prices.assets.length;
  const portfolios = { model: weightsOf(config.forecast.what, made, data, N), equal: new Float64Array(made.length).fill(1 / N) };
  const found: Record<string, RunMetric> = {};
  const equity: Record<string, Float64Array> = {};
  let dates: readonly string[] = [];
  for (const [name, values] of Object.entries(portfolios)) {
    const weights: Panel = { dates: judge.dates, assets: prices.assets, values, field: 'weight', source: config.name };
    const ran = backtest({ weights, prices: frameOf(prices), execution: 'nextClose', costs: proportional(config.backtest!.cost / 1e4) });
    const ratio = sharpe(ran.returns, { perYear: 252 });
    const words = name === 'model' ? "the forecasts' portfolio" : '1/N';
    found[`sharpe.${name}`] = {
      value: ratio.annual,
      uncertainty: [ratio.hac.interval.low, ratio.hac.interval.high],
      description: `Sharpe ratio a year of ${words}, net of costs; 95 % by HAC`,
    };
    found[`drawdown.${name}`] = {
      value: maximumDrawdown(ran.returns).value,
      uncertainty: 'exact: of this path',
      description: `largest loss from a peak of ${words}`,
    };
    equity[name] = ran.equity;
    dates = ran.dates;
  }
  return { metrics: found, equity, dates };
}

/** What the error grows by when a feature is dealt out anew over windows: Student over the shuffles. */
export async function explain(
  { judge }: MarketData,
  config: MarketRunConfig,
  { key, forecast, made }: { key: Key; forecast: (x: MarketWindows['x']) => Promise<Float64Array>; made: Float64Array },
): Promise<RunMetrics> {
  const { features } = config.data;
  const shuffles = config.explanation!.shuffles;
  const [W, T, N, F] = judge.x.shape;
  const found: Record<string, RunMetric> = {};
  const own = mean(lossesOf(judge, made));
  for (const [f, name] of features.entries()) {
    const grown: number[] = [];
    for (let s = 0; s < shuffles; s++) {
      const order = permutation(fold(fold(key, f), s), W).data;
      const data = judge.x.data.map((v, i) =>
        i % F === f ? judge.x.data[order[Math.floor(i / (T * N * F))] * T * N * F + (i % (T * N * F))] : v,
      );
      grown.push(mean(lossesOf(judge, await forecast({ data, shape: judge.x.shape }))) - own);
    }
    const value = mean(Float64Array.from(grown));
    const deviation = standardDeviation(Float64Array.from(grown));
    const reach = (studentT(shuffles - 1).quantile(0.975) * deviation) / Math.sqrt(shuffles);
    found[`needs.${name}`] = {
      value,
      uncertainty: [value - reach, value + reach],
      description: `growth of the squared error when ${name} is shuffled over windows; 95 % over shuffles (Student)`,
    };
  }
  return found;
}

/** Sentences on the newest judged window. */
export function tell({ prices, judge, unit }: MarketData, made: Float64Array, config: MarketRunConfig, metrics: RunMetrics): string {
  const N = prices.assets.length;
  const { what, days } = config.forecast;
  const last = made.subarray(made.length - N);
  const inUnits = (v: number) => {
    const own = unit.mean + unit.deviation * v;
    return what === 'volatility' ? `${(100 * Math.exp(own)).toFixed(0)} % a year` : `${(100 * own).toFixed(1)} %`;
  };
  const ranked = [...last.keys()].sort((a, b) => last[b] - last[a]);
  const named = (rows: readonly number[]) => rows.map((n) => `${prices.assets[n]} (${inUnits(last[n])})`).join(', ');
  const count = Math.min(config.text!.assets, Math.floor(N / 2));
  const date = judge.dates.at(-1)!;
  const moved = prices.assets
    .map((name) => seriesOf(prices, name))
    .map((own) => own[prices.dates.indexOf(date)] / own[prices.dates.indexOf(date) - days] - 1);
  const saved = metrics['saved.ridge'];
  const reach = typeof saved?.uncertainty === 'number' ? 1.96 * saved.uncertainty : Number.NaN;
  const verdict = !saved
    ? 'It was not evaluated beside a rival: add a section evaluation.'
    : Math.abs(saved.value) <= reach
      ? `Beside a ridge on the last day it saves ${saved.value.toFixed(4)} ± ${(reach / 1.96).toFixed(4)} of squared error: no difference that these windows could show.`
      : `Beside a ridge on the last day it ${saved.value > 0 ? 'saves' : 'loses'} ${Math.abs(saved.value).toFixed(4)} ± ${(reach / 1.96).toFixed(4)} of squared error.`;
  return [
    `At the close of ${date} the model foresees the highest ${what} of the coming ${days} days for ${named(ranked.slice(0, count))}, and the lowest for ${named(ranked.slice(-count))}.`,
    `Over the ${days} days before, ${prices.assets[ranked[0]]} had moved by ${(100 * moved[ranked[0]]).toFixed(1)} %.`,
    verdict,
  ].join('\n');
}
