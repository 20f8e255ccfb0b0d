import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../base/index.js';
import { checkOptions, checkWhole } from '../base/internal.js';
import { binaryCrossEntropy, initLinear, initLstm, type LinearParams, linear, lstm, meanAbsoluteError } from '../nn/index.js';
import { adam, trainingStep } from '../optim/index.js';
import { compile } from '../tensor/index.js';
import { minibatches } from './minibatches.js';

type Series = HostArray<Float32Array>;

/** How the net that scores is trained. */
export interface GeneratorScoreOptions {
  /** Decides the net's first weights and its batches. */
  readonly key: Key;
  /** Hidden units; 16. */
  readonly width?: number;
  /** Steps of Adam; 400. */
  readonly steps?: number;
  /** Rows of a step; 128. */
  readonly size?: number;
}

/** How well a net that was trained to tell made series from real ones does on others. */
export interface DiscriminativeScore {
  /** |½ − accuracy|: 0 where it can only guess, ½ where it is always right. */
  readonly score: number;
  /** The mean of both accuracies below, so that neither side's number counts. */
  readonly accuracy: number;
  /** Share of the real series that it takes for real. */
  readonly accuracyReal: number;
  /** Share of the made ones that it takes for made. */
  readonly accuracyMade: number;
}

/**
 * The discriminative score: can an LSTM that was trained to tell made series from real ones do so on series that it has not seen?
 *
 *     score = |½ − ½ (accuracy on real + accuracy on made)|
 *
 * Where the real series to test on are of later days than those to train on, a change of the market is taken for a fault of the generator:
 * the accuracy on real ones falls, and the score with it. Read both.
 *
 * @param train  real and made [n, T, F]
 * @param test   real and made [m, T, F]; windows that share days with those of training are no test
 * @throws       when the shapes do not fit, there are fewer series than rows of a step, or an option is not allowed
 *
 * Yoon, Jarrett & van der Schaar 2019, section 5.1, with one LSTM layer for their two GRU layers.
 */
export async function discriminativeScore(
  train: { readonly real: Series; readonly made: Series },
  test: { readonly real: Series; readonly made: Series },
  options: GeneratorScoreOptions,
): Promise<DiscriminativeScore> {
  const { real, made } = train;
  fitting('discriminativeScore', { trainReal: real, trainMade: made, testReal: test.real, testMade: test.made });
  const x = stacked([real, made]);
  const y = { data: Float32Array.from({ length: x.shape[0] }, (_, i) => Number(i < real.shape[0])), shape: [x.shape[0], 1] };
  const last = (outputs: tf.Tensor) => outputs.slice([0, outputs.shape[1]! - 1], [-1, 1]).squeeze([1]);
  const logits = await trained('discriminativeScore', x, y, { ...options, outputs: 1, of: last, loss: binaryCrossEntropy });
  const share = async (of: Series, isReal: boolean) => {
    const said = await logits(of);
    return said.reduce((count, logit) => count + Number(logit > 0 === isReal), 0) / said.length;
  };
  const [accuracyReal, accuracyMade] = [await share(test.real, true), await share(test.made, false)];
  const accuracy = (accuracyReal + accuracyMade) / 2;
  logits.release();
  return { score: Math.abs(0.5 - accuracy), accuracy, accuracyReal, accuracyMade };
}

/**
 * The predictive score: the mean absolute error, on real series, of an LSTM that was trained on made ones to forecast each next step.
 *
 *     score = mean |x̂ₜ₊₁ − xₜ₊₁|,  x̂ₜ₊₁ of x₁ … xₜ
 *
 * To be read beside that of an LSTM trained on real series: no less is possible in the long run.
 *
 * @param made  [n, T, F] to train on
 * @param real  [m, T, F] to test on
 * @throws      as `discriminativeScore`, and when series have one step
 *
 * Yoon, Jarrett & van der Schaar 2019, section 5.1; here each step's vector is forecast from all before it.
 */
export async function predictiveScore(made: Series, real: Series, options: GeneratorScoreOptions): Promise<number> {
  fitting('predictiveScore', { made, real });
  const [, T, F] = made.shape;
  if (T < 2) throw shapeError('predictiveScore forecasts each next step of series [n, T, F] of two steps or more', { made });
  const answers = await trained('predictiveScore', steps(made, 0, T - 1), steps(made, 1, T), {
    ...options,
    outputs: F,
    of: (outputs) => outputs,
    loss: meanAbsoluteError,
  });
  const truth = steps(real, 1, T).data;
  const said = await answers(steps(real, 0, T - 1));
  answers.release();
  return said.reduce((sum, value, i) => sum + Math.abs(value - truth[i]), 0) / said.length;
}

interface Params<T = tf.Tensor> {
  readonly lstm: { readonly wx: T; readonly wh: T; readonly b: T };
  readonly head: LinearParams<T>;
}

/** An LSTM with a linear head on some of its outputs, trained; a function of other series. */
async function trained(
  caller: string,
  x: Series,
  y: Series,
  options: GeneratorScoreOptions & {
    readonly outputs: number;
    readonly of: (outputs: tf.Tensor) => tf.Tensor;
    readonly loss: (said: tf.Tensor, y: tf.Tensor) => tf.Tensor;
  },
) {
  checkOptions(caller, options, ['key', 'width', 'steps', 'size', 'outputs', 'of', 'loss']);
  const { key, width = 16, steps = 400, size = 128, outputs, of, loss } = options;
  for (const [name, value] of Object.entries({ width, steps, size })) checkWhole(caller, name, value);
  const [forLstm, forHead, forBatches] = split(key, 3);
  const initial: Params<HostArray<Float32Array>> = {
    lstm: initLstm(forLstm, { inputs: x.shape[2], width }),
    head: initLinear(forHead, { inputs: width, outputs }),
  };
  const optimizer = adam(initial, { learningRate: 3e-3 });
  const answer = ({ lstm: own, head }: Params, x: tf.Tensor) => linear(head, of(lstm(own, x).outputs));
  const step = compile(
    trainingStep(optimizer, (params, x: tf.Tensor, y: tf.Tensor) => loss(answer(params as Params, x), y)),
    { donate: [0] },
  );
  const rows = minibatches(forBatches, x.shape[0], size);
  let state = optimizer.init(initial) as Parameters<typeof step>[0];
  for (let k = 0; k < steps; k++) {
    const chosen = rows(k);
    const next = await step(state, gathered(x, chosen), gathered(y, chosen));
    state = next.state as typeof state;
    next.loss.dispose();
    if (k % 20 === 19) await new Promise(setImmediate);
  }
  const forward = compile((state: Parameters<typeof optimizer.params>[0], x: tf.Tensor) => answer(optimizer.params(state) as Params, x));
  const call = async (x: Series) => (await forward(state as never, x)).data() as Float32Array;
  return Object.assign(call, {
    release() {
      step.release();
      forward.release();
    },
  });
}

function gathered({ data, shape: [, ...rest] }: Series, rows: Int32Array): Series {
  const each = rest.reduce((a, b) => a * b, 1);
  const out = new Float32Array(rows.length * each);
  for (const [i, row] of rows.entries()) out.set(data.subarray(row * each, (row + 1) * each), i * each);
  return { data: out, shape: [rows.length, ...rest] };
}

function stacked(parts: readonly Series[]): Series {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, shape: [parts.reduce((sum, { shape }) => sum + shape[0], 0), ...parts[0].shape.slice(1)] };
}

/** Steps `from` to `to` of each series. */
function steps({ data, shape: [n, T, F] }: Series, from: number, to: number): Series {
  const out = new Float32Array(n * (to - from) * F);
  for (let i = 0; i < n; i++) out.set(data.subarray((i * T + from) * F, (i * T + to) * F), i * (to - from) * F);
  return { data: out, shape: [n, to - from, F] };
}

function fitting(caller: string, series: Record<string, Series>): void {
  const all = Object.values(series);
  const [, T, F] = all[0].shape;
  if (all.some(({ shape }) => shape.length !== 3 || shape[0] === 0 || shape[1] !== T || shape[2] !== F))
    throw shapeError(`${caller} takes series [n, T, F] of one length and one number of features`, series);
}
