import type * as tf from '@tensorflow/tfjs';
import type { AnyOptimizer, StateOf, Tensors } from '../src/optim/index.js';
import { trainingStep } from '../src/optim/index.js';
import { compile, type HostArray, type Key, key, split } from '../src/tensor/index.js';
import { batches, fit, run } from '../src/train/index.js';

/** A net that an experiment trains: weights `P`, and averages `A` that move beside them, as batch normalisation has them; {} of most. */
export interface Net<P, A = object> {
  init(k: Key): { readonly params: P; readonly averages: A };
  /** In training: the outputs, and the averages after this batch. */
  train(params: Tensors<P>, averages: Tensors<A>, x: tf.Tensor): { readonly y: tf.Tensor; readonly averages: Tensors<A> };
  /** In evaluation, where a row does not depend on those beside it. */
  predict(params: Tensors<P>, averages: Tensors<A>, x: tf.Tensor): tf.Tensor;
}

/** A net of weights alone: `plainNet((k) => initMlp(k, widths), mlp)`. */
export const plainNet = <P>(init: (k: Key) => P, predict: (params: Tensors<P>, x: tf.Tensor) => tf.Tensor): Net<P> => ({
  init: (k) => ({ params: init(k), averages: {} }),
  train: (params, averages, x) => ({ y: predict(params, x), averages }),
  predict: (params, _, x) => predict(params, x),
});

/** Rows to train on or to judge by: x [n, ...], y [n] or [n, ...]. */
export interface Rows {
  readonly x: HostArray<Float32Array>;
  readonly y: HostArray<Float32Array> | HostArray<Int32Array>;
}

/** How a net is trained. */
export interface Training<P> {
  /** Mean over rows of the outputs [B, ...] against y [B, ...]. */
  readonly loss: (output: tf.Tensor, y: tf.Tensor) => tf.Tensor;
  readonly optimizer: (params: P) => AnyOptimizer<P>;
  /** Rows a batch. */
  readonly size: number;
  readonly steps: number;
  /** Steps between validations; the best state is kept. */
  readonly every: number;
  /** Ends after so many validations that were not the best. */
  readonly patience?: number;
}

/** What came of one seed. */
export interface Trained {
  /** The least loss on the validation rows; NaN of a training that diverged. */
  readonly validation: number;
  /** Of the last step. */
  readonly training: number;
  /** Outputs of the best state for rows x [n, ...]: [n, D] row-major; NaN of a training that diverged. */
  outputs(x: HostArray<Float32Array>): Promise<Float64Array>;
}

/**
 * A trainer of one configuration: its graphs are compiled once, and each seed starts from weights and batches of its own.
 *
 * A rate that is too high is a finding, so that a training that diverges has NaN for its losses; any other error is thrown.
 */
export function trainer<P, A>(net: Net<P, A>, rows: { readonly train: Rows; readonly validation: Rows }, options: Training<P>) {
  const { loss, size, steps, every, patience } = options;
  const shapes = net.init(key(0));
  const optimizer = options.optimizer(shapes.params);
  type Learner = StateOf<typeof optimizer>;
  interface State {
    readonly learner: Learner;
    readonly averages: Tensors<A>;
  }
  interface Batch {
    readonly x: tf.Tensor;
    readonly y: tf.Tensor;
  }
  const lossOf = (params: Tensors<P>, averages: Tensors<A>, { x, y }: Batch) => loss(net.train(params, averages, x).y, y);
  const learn = trainingStep(optimizer, lossOf);
  const step = compile(
    ({ learner, averages }: State, batch: Batch) => {
      const next = net.train(optimizer.params(learner), averages, batch.x).averages;
      const { state, loss } = learn(learner, averages, batch);
      return { state: { learner: state, averages: next }, loss };
    },
    { donate: [0] },
  );
  const judge = compile(({ learner, averages }: State, { x, y }: Batch) => loss(net.predict(optimizer.params(learner), averages, x), y));
  const predict = compile(({ learner, averages }: State, x: tf.Tensor) => net.predict(optimizer.params(learner), averages, x));

  return async (k: Key): Promise<Trained> => {
    const [forWeights, forBatches] = split(k);
    const { params, averages } = net.init(forWeights);
    const training = run({ learner: optimizer.init(params), averages } as never) as ReturnType<typeof run<State>>;
    const data = batches({ x: rows.train.x, y: rows.train.y }, { size, key: forBatches });
    try {
      await fit(
        training as never,
        {
          step: step as never,
          batch: data.batch as never,
          steps,
          validate: { every, loss: (state: never) => judge(state, rows.validation as never), ...(patience && { patience }) },
        } as never,
      );
    } catch (error) {
      if (!/^fit: the (validation )?loss is/.test((error as Error).message)) throw error;
      return { validation: Number.NaN, training: Number.NaN, outputs: async ({ shape: [n] }) => new Float64Array(n).fill(Number.NaN) };
    }
    const best = training.best!;
    return {
      validation: best.loss,
      training: training.losses.at(-1)!,
      outputs: async (x) => Float64Array.from((await predict(best.state as never, x as never)).data()),
    };
  };
}
