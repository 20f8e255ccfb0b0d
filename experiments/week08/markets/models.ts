import type * as tf from '@tensorflow/tfjs';
import { adversarialStep, fgsm, pgd, type Raised, randomStart } from '../../../src/attack/index.js';
import { initMlp, initTcn, type MlpParams, mlp, type TcnParams, tcn } from '../../../src/models/index.js';
import { initLinear, type LinearParams, linear } from '../../../src/nn/index.js';
import { type AnyOptimizer, adam, oneCycle, type StateOf, type Tensors } from '../../../src/optim/index.js';
import { compile, fold as foldKey, type HostArray, type Key, key, split } from '../../../src/tensor/index.js';
import { fit, minibatches, run } from '../../../src/train/index.js';
import { closesFor, type Fold, featuresOf, LOOKBACK, labelsOf, type Market, windowsOf } from './closes.js';

/** What training is told: the closes as they are, each at the bid or the ask by chance, or the worst within the bound. */
export const TRAININGS = ['as it is', 'bounced', 'worst'] as const;
export type TrainingName = (typeof TRAININGS)[number];

/** A forecast f = log(h / unit) [B] of scaled features [B, L, F]. */
export interface Model<P = unknown> {
  /** L */
  readonly lookback: number;
  init(k: Key): P;
  forecast(params: Tensors<P>, features: tf.Tensor): tf.Tensor;
}

const F = 8;
const WIDTHS = [F, 32, 32, 1];
const TCN = { inputs: F, width: 16, kernel: 3, dilations: [1, 2, 4], outputs: 1 };
const flat = (t: tf.Tensor) => t.reshape([-1]);
type Host = HostArray<Float32Array>;

const LINEAR: Model<LinearParams<Host>> = {
  lookback: 1,
  init: (k) => initLinear(k, { inputs: F, outputs: 1 }),
  forecast: (params, x) => flat(linear(params, x.reshape([-1, F]))),
};
const MLP: Model<MlpParams<Host>> = {
  lookback: 1,
  init: (k) => initMlp(k, WIDTHS),
  forecast: (params, x) => flat(mlp(params, x.reshape([-1, F]))),
};
const WINDOW: Model<TcnParams<Host>> = {
  lookback: LOOKBACK,
  init: (k) => initTcn(k, TCN),
  forecast: (params, x) => flat(tcn(params, x, TCN)),
};
/** The gamma regression's form, log-linear in the last day's features; a perceptron of them; and the best net of week 5, which sees a window. */
export const MODELS = { linear: LINEAR, MLP, TCN: WINDOW } as unknown as Readonly<Record<'linear' | 'MLP' | 'TCN', Model>>;
export type ModelName = keyof typeof MODELS;

/** How a fold scales features, and where it keeps f. */
interface Frame {
  readonly centre: tf.Tensor;
  readonly scale: tf.Tensor;
  readonly low: tf.Tensor;
  readonly high: tf.Tensor;
}
const frameOf = ({ centre, scale, clamp: [low, high] }: Fold) => {
  const one = (data: Float32Array) => ({ data, shape: [data.length] });
  return { centre: one(centre), scale: one(scale), low: one(Float32Array.of(low)), high: one(Float32Array.of(high)) };
};

/** QLIKE less log unit of each row, of f within the clamp. */
const qlike = (f: tf.Tensor, y: tf.Tensor, { low, high }: Frame): tf.Tensor => {
  const kept = f.maximum(low).minimum(high);
  return kept.add(y.mul(kept.neg().exp()));
};

/** How long a net is trained, and how often it is looked at; the attack on a batch has three steps, from a random start. */
const TRAINING = { size: 256, steps: 200, every: 50 };
const SLICE = { size: 64, steps: 8, every: 4 };
const INNER = 3;
/** One of so many validation rows is looked at: stocks and neighbouring days say nearly the same. */
const SPARSE = 7;

/** The inner maximum of a training: x and starts are in units of ε. */
const ATTACKS: Readonly<Record<TrainingName, (loss: Raised, x: tf.Tensor, start: tf.Tensor) => tf.Tensor>> = {
  'as it is': (_, x) => x,
  bounced: (_, x, start) => x.add(start.sign()),
  worst: (loss, x, start) => pgd(loss, x, { epsilon: 1, steps: INNER, start }),
};

/** Weights of one training, and the least loss on validation rows whose closes are treated as those of the training are. */
export interface Weights {
  readonly params: unknown;
  readonly validation: number;
}

/** What a row shows, with the frame of its fold, so that one graph serves all folds. */
interface Shown extends Frame {
  readonly r2: tf.Tensor;
}

/**
 * A trainer of a model: its graphs are compiled once, and each key starts from weights and batches of its own.
 *
 * @param epsilon  in basis points
 */
export function trainer(
  { lookback, init, forecast }: Model,
  { kind, rate, epsilon, quick }: { kind: TrainingName; rate: number; epsilon: number; quick: boolean },
) {
  const { size, steps, every } = quick ? SLICE : TRAINING;
  const features = featuresOf(lookback);
  const optimizer = adam(init(key(0)) as never, { learningRate: oneCycle({ peak: rate, steps }), clipNorm: 1 }) as AnyOptimizer<never>;
  type State = StateOf<typeof optimizer>;
  const lossOf = (params: Tensors<unknown>, x: tf.Tensor, { r2, ...frame }: Shown) =>
    qlike(forecast(params, features(x, epsilon).sub(frame.centre).div(frame.scale)), r2, frame);
  const step = compile(adversarialStep(optimizer as never, lossOf as never, ATTACKS[kind]) as never, { donate: [0] });
  const judge = compile((state: State, { x, y, start }: { x: tf.Tensor; y: Shown; start: tf.Tensor }) => {
    const params = optimizer.params(state as never) as Tensors<unknown>;
    return lossOf(
      params,
      ATTACKS[kind]((moved) => lossOf(params, moved, y), x, start),
      y,
    ).mean();
  });
  const read = compile((state: State) => optimizer.params(state as never) as never);

  const batchOf = ({ market, fold }: Place, cells: ArrayLike<number>, k: Key) => {
    const x = windowsOf(market, cells, lookback);
    const start = kind === 'as it is' ? { data: new Float32Array(1), shape: [1] } : randomStart(k, 'linf', x.shape);
    return { x: { ...x, data: x.data.map((v) => v / epsilon) }, y: { r2: labelsOf(market, fold, cells), ...frameOf(fold) }, start };
  };
  /** @param from  weights to start from; drawn when left out */
  return async (place: Place, k: Key, from?: unknown): Promise<Weights> => {
    const { train, validation } = place.fold.cells;
    const held = batchOf(
      place,
      validation.filter((_, i) => i % SPARSE === 0),
      key(1),
    );
    const [forWeights, forRows, forStarts] = split(k, 3);
    const training = run(optimizer.init((from ?? init(forWeights)) as never));
    const rows = minibatches(forRows, train.length, size);
    await fit(
      training as never,
      {
        step: step as never,
        batch: ((i: number) =>
          batchOf(
            place,
            rows(i).map((row) => train[row]),
            foldKey(forStarts, i),
          )) as never,
        steps,
        validate: { every, loss: (state: never) => judge(state, held as never) },
      } as never,
    );
    const { loss, state } = training.best!;
    return { params: await read(state as never), validation: loss };
  };
}

/** Where a model is trained and tested. */
export interface Place {
  readonly market: Market;
  readonly fold: Fold;
}

/** How far forecasts of rows [n] can be moved within the bound. */
export interface Moved {
  /** After one step of the fast gradient sign method on the loss. */
  readonly fast: Float64Array;
  /** The ends of the way down and of the way up, of projected steps on the forecast itself. */
  readonly down: Float64Array;
  readonly up: Float64Array;
}

/**
 * Forecasts of a model, and attacks on them. QLIKE falls and then rises with the forecast, so that its worst case within a range is at an end of the
 * range: the iterated attack goes both ways.
 *
 * @param steps  of the iterated attack, of 2.5 / steps of the bound each
 */
export function attacker({ lookback, forecast }: Model, steps: number, group: number) {
  const features = featuresOf(lookback);
  const K = closesFor(lookback);
  const outputOf = (params: Tensors<unknown>, x: tf.Tensor, epsilon: tf.Tensor, { centre, scale }: Frame) =>
    forecast(params, features(x, epsilon).sub(centre).div(scale));
  const plain = compile((params: never, x: tf.Tensor, epsilon: tf.Tensor, frame: Frame) => outputOf(params, x, epsilon, frame));
  // One step compiles at once and is called again and again; all of them as one graph would take minutes to compile.
  const climb = compile((params: never, { at, x }: Record<'at' | 'x', tf.Tensor>, epsilon: tf.Tensor, frame: Frame, sign: tf.Tensor) => {
    const loss = (x: tf.Tensor) => outputOf(params, x, epsilon, frame).mul(sign);
    return pgd(loss, x, { epsilon: 1, steps: 1, stepSize: 2.5 / steps, start: at.sub(x) });
  });
  const once = compile((params: never, { x, y }: Record<'x' | 'y', tf.Tensor>, epsilon: tf.Tensor, frame: Frame) =>
    outputOf(
      params,
      fgsm((x) => qlike(outputOf(params, x, epsilon, frame), y, frame), x, { epsilon: 1 }),
      epsilon,
      frame,
    ),
  );
  /** Rows in groups of one size, the last filled up with its first. */
  const byGroups = async (cells: ArrayLike<number>, each: (some: Int32Array, at: number, count: number) => Promise<void>) => {
    for (let at = 0; at < cells.length; at += group) {
      const count = Math.min(group, cells.length - at);
      await each(
        Int32Array.from({ length: group }, (_, i) => cells[at + (i < count ? i : 0)]),
        at,
        count,
      );
    }
  };
  const bound = (epsilon: number) => ({ data: Float32Array.of(epsilon), shape: [1] });
  return {
    /** f of the cells [n], of closes with `errors` in basis points [T · N] where there are such. */
    async forecasts({ market, fold }: Place, params: unknown, cells: ArrayLike<number>, errors?: Float64Array) {
      const out = new Float64Array(cells.length);
      await byGroups(cells, async (some, at, count) => {
        const f = await plain(
          params as never,
          windowsOf(market, some, lookback, errors) as never,
          bound(1) as never,
          frameOf(fold) as never,
        );
        out.set(Array.from(f.data()).slice(0, count), at);
      });
      return out;
    },
    /** @param epsilon  in basis points */
    async moved({ market, fold }: Place, params: unknown, cells: ArrayLike<number>, epsilon: number): Promise<Moved> {
      const [fast, down, up] = [0, 1, 2].map(() => new Float64Array(cells.length));
      const [size, frame] = [bound(epsilon), frameOf(fold)];
      await byGroups(cells, async (some, at, count) => {
        const whole = windowsOf(market, some, lookback);
        const x = { ...whole, data: whole.data.map((v) => v / epsilon) };
        const keep = (to: Float64Array, from: { data(): ArrayLike<number> }) => to.set(Array.from(from.data()).slice(0, count), at);
        keep(fast, await once(params as never, { x, y: labelsOf(market, fold, some) } as never, size as never, frame as never));
        const start = randomStart(foldKey(key(2), at), 'linf', [group, K]);
        for (const [to, sign] of [
          [down, -1],
          [up, 1],
        ] as const) {
          let point: unknown = { ...x, data: x.data.map((v, i) => v + start.data[i]) };
          const way = { data: Float32Array.of(sign), shape: [1] };
          for (let k = 0; k < steps; k++)
            point = await climb(params as never, { at: point, x } as never, size as never, frame as never, way as never);
          keep(to, await plain(params as never, point as never, size as never, frame as never));
        }
      });
      return { fast, down, up };
    },
  };
}
