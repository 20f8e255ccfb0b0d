import { type Panel, type RowRange, stack } from '../../../src/market/index.js';
import { initMlp, mlp } from '../../../src/models/index.js';
import { adam } from '../../../src/optim/index.js';
import { gammaRegression, predictGamma, scaler } from '../../../src/stats/index.js';
import { key } from '../../../src/tensor/index.js';
import { plainNet, trainer } from '../../train-net.js';
import { foldSamples, qlikeOf, type Sample, type VolatilityFold, type VolatilityTask, varianceOf } from '../../volatility.js';
import { floored, withOnes } from './plant.js';
import { logMean, productsOf, ridgeOfProducts } from './products.js';

/** Variances h [T · N] of a fold's test rows, by model. */
export type Forecasts = Readonly<Record<string, Float64Array>>;

/** λ / n of the products; no product at all, the limit of a large one, is chosen among them too. */
export const PENALTIES: readonly number[] = [0, 0.001, 0.01, 0.1, 1];
export const PLAIN = 'gamma regression';
export const PRODUCTS = 'with products';
export const RIDGE = 'with products, ridge';
export const NET = 'perceptron';
export const STOPPED = 'perceptron, stopped';

/**
 * Gamma regressions fitted to the training rows of tasks that differ in their target alone: on the inputs; on all products of two of them beside; and on
 * these with the penalty, or without any product, that has the least QLIKE on the validation rows. With products a variance is kept where those of nets are.
 */
export function regressions({ features, target }: VolatilityTask, fold: VolatilityFold): (task: VolatilityTask) => Forecasts {
  const rowsOf = (of: Panel, rows: RowRange) => stack(features, { label: of, rows });
  const scale = scaler('standard').fit(rowsOf(target, fold.train).x);
  const scaled = [fold.train, fold.validation, fold.test].map((rows) => scale.apply(rowsOf(target, rows).x));
  const [x, chooseAt, testAt] = scaled.map(withOnes);
  const products = productsOf(scaled[0], 2);
  const [chooseProducts, testProducts] = scaled.slice(1).map((rows) => products.at(rows));
  return (task) => {
    const [trained, choosing, tested] = [fold.train, fold.validation, fold.test].map((rows) => rowsOf(task.target, rows));
    const { clamp, unit } = foldSamples(task, fold);
    const [low, high] = clamp.map((end) => end + Math.log(unit));
    const kept = (logs: Float64Array) => logs.map((l) => Math.exp(Math.min(high, Math.max(low, l))));
    const y = floored(trained.y);
    const plain = gammaRegression(x, y);
    const fits = ridgeOfProducts(products, y, PENALTIES);
    const qlike = (h: Float64Array) => h.reduce((sum, one, i) => sum + Math.log(one) + choosing.y[i] / one, 0) / h.length;
    const choices = [
      { h: predictGamma(plain, testAt), loss: qlike(predictGamma(plain, chooseAt)) },
      ...fits.map((fit) => ({ h: kept(logMean(fit, testProducts)), loss: qlike(kept(logMean(fit, chooseProducts))) })),
    ];
    const onCells = (h: Float64Array) => {
      const all = new Float64Array(target.values.length).fill(Number.NaN);
      for (const [i, cell] of tested.cells.entries()) all[cell] = h[i];
      return all;
    };
    return {
      [PLAIN]: onCells(choices[0].h),
      [PRODUCTS]: onCells(choices[1 + fits.findIndex(({ penalty }) => penalty === 0)].h),
      [RIDGE]: onCells(choices.reduce((a, b) => (b.loss < a.loss ? b : a)).h),
    };
  };
}

/**
 * Perceptrons 8 → 32 → 32 → 1 of one seed: week 2's base, 400 steps of Adam at 0.01 and its last weights; and 1,000 steps, of which the weights with the
 * least QLIKE on the validation rows are kept. Labels are in a unit that all plantings share, so that one graph serves them.
 */
export async function nets(
  task: VolatilityTask,
  fold: VolatilityFold,
  { seed, unit, quick }: { seed: number; unit: number; quick: boolean },
): Promise<Forecasts> {
  const own = foldSamples(task, fold);
  const scale = own.unit / unit;
  const inUnits = ({ x, y, cells }: Sample): Sample => ({ x, y: { ...y, data: y.data.map((one) => one * scale) }, cells });
  const clamp = own.clamp.map((end) => Math.fround(end + Math.log(scale))) as [number, number];
  const samples = { train: inUnits(own.train), validation: inUnits(own.validation), test: own.test, unit, clamp } as const;
  const widths = [own.train.x.shape[1], ...(quick ? [8] : [32, 32]), 1];
  const net = plainNet((k) => initMlp(k, widths), mlp);
  const optimizer = (params: ReturnType<typeof initMlp>) => adam(params, { learningRate: 0.01 });
  const found: Record<string, Float64Array> = {};
  for (const [name, steps, every] of quick ? QUICK : FULL) {
    const options = { loss: qlikeOf(clamp), optimizer, size: 1024, steps, every };
    const { outputs } = await trainer(net as never, samples, options as never)(key(seed));
    found[name] = varianceOf(task, samples, own.test, await outputs(own.test.x));
  }
  return found;
}

const FULL = [
  [NET, 400, 400],
  [STOPPED, 1000, 50],
] as const;
const QUICK = [
  [NET, 8, 8],
  [STOPPED, 12, 5],
] as const;
