import * as tf from '@tensorflow/tfjs';
import {
  bayesNetNoise,
  drawWeights,
  dropoutNet,
  dropoutNetMasks,
  initBayesNet,
  initMlp,
  type MlpParams,
  mlp,
  negativeElbo,
} from '../../../src/models/index.js';
import { gaussianNllFromLog } from '../../../src/nn/index.js';
import { adam, oneCycle, trainingStep } from '../../../src/optim/index.js';
import { standardNormal } from '../../../src/stats/index.js';
import { compile, fold as foldKey, type HostArray, type Key, normal, split } from '../../../src/tensor/index.js';
import { fit, minibatches, run } from '../../../src/train/index.js';
import { designs, type Fold, TARGETS, type Target, type Task } from './panel.js';
import { type Ensembles, gridOf, LEVELS, stretched } from './score.js';

const BATCH = 512; // of the rows of twenty stocks
const HIDDEN = [32, 32];
const PRIOR = 0.5;
const KEEP = 0.9;

interface Batch {
  readonly x: tf.Tensor;
  /** y and what log σ² starts from [B, 2]. */
  readonly y: tf.Tensor;
  readonly noise: readonly tf.Tensor[];
  readonly weight: tf.Tensor;
}

/** Mean and log-variance of outputs [B, 2], the latter within e^±8 of its start. */
function moments(output: tf.Tensor, start: tf.Tensor) {
  const [mean, change] = tf.split(output, 2, -1);
  return { mean, logVariance: change.clipByValue(-8, 8).add(start) };
}
function likelihood(output: tf.Tensor, both: tf.Tensor): tf.Tensor {
  const [y, start] = tf.split(both, 2, -1);
  return gaussianNllFromLog(moments(output, start), y);
}

/** A kind of net: how it starts, what a step draws, its loss, and one whole function. `members` of them are averaged. */
interface Kind {
  readonly members: number;
  readonly draws: number;
  readonly steps: number;
  readonly initial: (k: Key, widths: number[]) => object;
  readonly noise: (k: Key, widths: number[], rows: number) => HostArray<Float32Array>[];
  readonly loss: (params: never, batch: Batch) => tf.Tensor;
  readonly output: (params: never, x: tf.Tensor, draw: readonly tf.Tensor[]) => tf.Tensor;
  readonly draw: (k: Key, widths: number[]) => HostArray<Float32Array>[];
}

const parametersOf = (widths: readonly number[]) => widths.slice(1).reduce((sum, D, i) => sum + D * (widths[i] + 1), 0);

/** Steps by what one costs of processor time, about 0.55, 1.6 and 2.1 ms, so that the minutes of all members together are about equal. */
export const KINDS: Record<string, Kind> = {
  ensemble: {
    members: 5,
    draws: 1,
    steps: 2000,
    initial: (k, widths) => initMlp(k, widths),
    noise: () => [],
    loss: (params: MlpParams, { x, y }) => likelihood(mlp(params, x), y),
    output: (params: MlpParams, x) => mlp(params, x),
    draw: () => [],
  },
  dropout: {
    members: 1,
    draws: 20,
    steps: 3400,
    initial: (k, widths) => initMlp(k, widths),
    noise: (k, widths, rows) => dropoutNetMasks(k, KEEP, widths, [rows]),
    loss: (params: MlpParams, { x, y, noise }) => likelihood(dropoutNet(params, x, { masks: noise }), y),
    output: (params: MlpParams, x, masks) => dropoutNet(params, x, { masks }),
    draw: (k, widths) => dropoutNetMasks(k, KEEP, widths, [1]),
  },
  meanField: {
    members: 1,
    draws: 20,
    steps: 2600,
    initial: (k, widths) => initBayesNet(k, widths, 0.05),
    noise: (k, widths, rows) => bayesNetNoise(k, widths, [rows]),
    loss: (q: never, batch) => negativeElbo(q, batch as never, { prior: PRIOR, likelihood }),
    output: (q: never, x, [noise]) => mlp(drawWeights(q, { noise }) as MlpParams, x),
    draw: (k, widths) => [normal(k, [parametersOf(widths)])],
  },
};

/** Mean and the two variances of each row. */
interface Split {
  readonly mean: Float64Array;
  readonly aleatoric: Float64Array;
  readonly epistemic: Float64Array;
}

/** Trains a net on a fold; its laws of the test rows, normal and with its own residuals, and its variances. */
export async function netOn(task: Task, target: Target, fold: Fold, kind: Kind, k: Key, quick: boolean) {
  const x = designs(task, fold);
  const F = x.train.cols - 1;
  const widths = [F, ...HIDDEN, 2];
  const n = fold.train.length;
  const inputs = (m: typeof x.train) =>
    Float32Array.from({ length: m.rows * F }, (_, i) => m.data[Math.floor(i / F) * (F + 1) + 1 + (i % F)]);
  const [own, test] = [inputs(x.train), inputs(x.test)];
  // A return's log σ² starts from the month's; a log volatility's mean does, and its variance from that of a week's logarithm, about e⁻².
  const month = (rows: Fold['train']) => Float64Array.from(rows, ({ asset, t }) => task.month[asset][t]);
  const shift = (rows: Fold['train']) => (target === 'returns' ? new Float64Array(rows.length) : month(rows).map((m) => m / 2));
  const start = (rows: Fold['train']) => (target === 'returns' ? month(rows) : new Float64Array(rows.length).fill(-2));
  const [shifts, starts] = [shift(fold.train), start(fold.train)];
  const y = Float64Array.from(fold.train, (row, i) => TARGETS[target].of(task, row) - shifts[i]);

  const functions: ((x: Float32Array, base: Float64Array) => Promise<{ mean: Float32Array; variance: Float32Array }>)[] = [];
  let [minutes, loss] = [0, 0];
  for (let m = 0; m < kind.members; m++) {
    const [forInit, forRows, forNoise, forDraws] = split(foldKey(k, m), 4);
    const initial = kind.initial(forInit, widths);
    const steps = quick ? 5 : kind.steps;
    const optimizer = adam(initial as never, { learningRate: oneCycle({ peak: 0.005, steps }), clipNorm: 1 });
    type State = Parameters<typeof optimizer.params>[0];
    const step = compile(trainingStep(optimizer, kind.loss as never), { donate: [0] });
    const rows = minibatches(forRows, n, BATCH);
    const training = run(optimizer.init(initial as never));
    const before = process.cpuUsage();
    await fit(training, {
      step: step as never,
      batch: (i) => {
        const chosen = rows(i);
        const [bx, by] = [new Float32Array(BATCH * F), new Float32Array(BATCH * 2)];
        chosen.forEach((row, b) => {
          bx.set(own.subarray(row * F, (row + 1) * F), b * F);
          by[2 * b] = y[row];
          by[2 * b + 1] = starts[row];
        });
        const noise = kind.noise(foldKey(forNoise, i), widths, BATCH);
        return { x: { data: bx, shape: [BATCH, F] }, y: { data: by, shape: [BATCH, 2] }, noise, weight: 1 / n } as never;
      },
      steps,
    });
    const { user, system } = process.cpuUsage(before);
    minutes += (user + system) / 6e7;
    loss = training.losses.at(-1)!;
    const predict = compile((state: State, x: tf.Tensor, base: tf.Tensor, draw: tf.Tensor[]) => {
      const { mean, logVariance } = moments(kind.output(optimizer.params(state) as never, x, draw), base);
      return { mean, variance: logVariance.exp() };
    });
    for (let s = 0; s < (quick ? Math.min(2, kind.draws) : kind.draws); s++) {
      const draw = kind.draw(foldKey(forDraws, s), widths);
      functions.push(async (data, base) => {
        const rows = base.length;
        const out = (await predict(
          training.state,
          { data, shape: [rows, F] } as never,
          { data: Float32Array.from(base), shape: [rows, 1] } as never,
          draw as never,
        )) as unknown as Record<'mean' | 'variance', { data(): Float32Array }>;
        return { mean: out.mean.data().slice(), variance: out.variance.data().slice() };
      });
    }
  }
  const divided = async (data: Float32Array, base: Float64Array, moved: Float64Array): Promise<Split> => {
    const S = functions.length;
    const [mean, square, aleatoric] = [0, 1, 2].map(() => new Float64Array(base.length));
    for (const f of functions) {
      const one = await f(data, base);
      for (let i = 0; i < base.length; i++) {
        mean[i] += one.mean[i] / S;
        square[i] += one.mean[i] ** 2 / S;
        aleatoric[i] += one.variance[i] / S;
      }
    }
    // S functions are a sample of those that the net holds for likely: their variance is divided by S − 1.
    const epistemic = mean.map((m, i) => (Math.max(square[i] - m * m, 0) * S) / (S - 1));
    return { mean: mean.map((m, i) => m + moved[i]), aleatoric, epistemic };
  };
  // The form of the law: standardised residuals of every seventh training row.
  const some = Int32Array.from({ length: Math.floor(n / 7) }, (_, i) => 7 * i);
  const residualRows = Float32Array.from({ length: some.length * F }, (_, i) => own[some[Math.floor(i / F)] * F + (i % F)]);
  const fitted = await divided(
    residualRows,
    Float64Array.from(some, (i) => starts[i]),
    Float64Array.from(some, (i) => shifts[i]),
  );
  const z = Float64Array.from(some, (row, i) => (y[row] + shifts[row] - fitted.mean[i]) / deviation(fitted, i));
  const said = await divided(test, start(fold.test), shift(fold.test));
  const scale = said.mean.map((_, i) => deviation(said, i));
  const law = (grid: Float64Array): Ensembles => stretched(said.mean, scale, grid);
  return {
    normal: law(NORMAL),
    filtered: law(gridOf(z)),
    ratios: said.mean.map((_, i) => Math.sqrt(said.epistemic[i] / said.aleatoric[i])),
    doubt: said.mean.map((m, i) => Math.abs(m) / Math.sqrt(said.epistemic[i])),
    loss,
    minutes,
  };
}

const deviation = ({ aleatoric, epistemic }: Split, i: number) => Math.sqrt(aleatoric[i] + epistemic[i]);
const NORMAL = LEVELS.map((p) => standardNormal.quantile(p));
