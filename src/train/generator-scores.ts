import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, key, shapeError, split } from '../base/index.js';
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
 * @param tests  each of real and made [m, T, F]; windows that share days with those of training are no test
 * @returns      a score for each test
 * @throws       when the shapes do not fit, there are fewer series than rows of a step, or an option is not allowed
 *
 * Yoon, Jarrett & van der Schaar 2019, section 5.1, with one LSTM layer for their two GRU layers.
 */
export async function discriminativeScore(
  train: { readonly real: Series; readonly made: Series },
  tests: readonly { readonly real: Series; readonly made: Series }[],
  options: GeneratorScoreOptions,
): Promise<DiscriminativeScore[]> {
  const { real, made } = train;
  fitting('discriminativeScore', { real, made });
  for (const test of tests) fitting('discriminativeScore', { train: real, ...test });
  const x = stacked([real, made]);
  const y = { data: Float32Array.from({ length: x.shape[0] }, (_, i) => Number(i < real.shape[0])), shape: [x.shape[0], 1] };
  const logits = await trained(TELL, x, y, 1, options);
  const share = async (of: Series, isReal: boolean) => {
    const said = await logits(of);
    return said.reduce((count, logit) => count + Number(logit > 0 === isReal), 0) / said.length;
  };
  const scores: DiscriminativeScore[] = [];
  for (const test of tests) {
    const [accuracyReal, accuracyMade] = [await share(test.real, true), await share(test.made, false)];
    const accuracy = (accuracyReal + accuracyMade) / 2;
    scores.push({ score: Math.abs(0.5 - accuracy), accuracy, accuracyReal, accuracyMade });
  }
  return scores;
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
  const answers = await trained(FORECAST, steps(made, 0, T - 1), steps(made, 1, T), F, options);
  const truth = steps(real, 1, T).data;
  const said = await answers(steps(real, 0, T - 1));
  return said.reduce((sum, value, i) => sum + Math.abs(value - truth[i]), 0) / said.length;
}

interface Params<T = tf.Tensor> {
  readonly lstm: { readonly wx: T; readonly wh: T; readonly b: T };
  readonly head: LinearParams<T>;
}

/** What a net says and what it is trained by. */
interface Task {
  readonly caller: 'discriminativeScore' | 'predictiveScore';
  readonly of: (outputs: tf.Tensor) => tf.Tensor;
  readonly loss: (said: tf.Tensor, y: tf.Tensor) => tf.Tensor;
}

const TELL: Task = {
  caller: 'discriminativeScore',
  of: (outputs) => outputs.slice([0, outputs.shape[1]! - 1], [-1, 1]).squeeze([1]),
  loss: binaryCrossEntropy,
};
const FORECAST: Task = { caller: 'predictiveScore', of: (outputs) => outputs, loss: meanAbsoluteError };

/** The step and the answers of an LSTM with a linear head, whatever its weights: compiled once for each size, since dozens of makers are scored by one. */
const compiled = new Map<string, ReturnType<typeof compiledNet>>();

function compiledNet({ of, loss }: Task, inputs: number, outputs: number, width: number) {
  const initial = (key: Key): Params<Series> => {
    const [forLstm, forHead] = split(key);
    return { lstm: initLstm(forLstm, { inputs, width }), head: initLinear(forHead, { inputs: width, outputs }) };
  };
  const optimizer = adam(initial(key(0)), { learningRate: 3e-3 });
  const answer = ({ lstm: own, head }: Params, x: tf.Tensor) => linear(head, of(lstm(own, x).outputs));
  const step = compile(
    trainingStep(optimizer, (params, x: tf.Tensor, y: tf.Tensor) => loss(answer(params as Params, x), y)),
    { donate: [0] },
  );
  const forward = compile((state: Parameters<typeof optimizer.params>[0], x: tf.Tensor) => answer(optimizer.params(state) as Params, x));
  return { initial, optimizer, step, forward };
}

/** The net trained on x and y; a function of other series. */
async function trained(task: Task, x: Series, y: Series, outputs: number, options: GeneratorScoreOptions) {
  checkOptions(task.caller, options, ['key', 'width', 'steps', 'size']);
  const { key: own, width = 16, steps = 400, size = 128 } = options;
  for (const [name, value] of Object.entries({ width, steps, size })) checkWhole(task.caller, name, value);
  const id = `${task.caller} ${x.shape[2]} ${outputs} ${width}`;
  const { initial, optimizer, step, forward } = compiled.get(id) ?? compiledNet(task, x.shape[2], outputs, width);
  compiled.set(id, compiled.get(id) ?? { initial, optimizer, step, forward });
  const [forWeights, forBatches] = split(own);
  const rows = minibatches(forBatches, x.shape[0], size);
  let state = optimizer.init(initial(forWeights)) as Parameters<typeof step>[0];
  for (let k = 0; k < steps; k++) {
    const chosen = rows(k);
    const next = await step(state, gathered(x, chosen), gathered(y, chosen));
    state = next.state as typeof state;
    next.loss.dispose();
    if (k % 20 === 19) await new Promise(setImmediate);
  }
  return async (x: Series) => (await forward(state as never, x)).data() as Float32Array;
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
