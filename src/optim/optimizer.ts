import type * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../base/index.js';
import { checkNumber } from '../base/internal.js';
import type { Mapped } from '../tensor/index.js';
import { type Clipping, clipping } from './clipping.js';
import { layoutOf, type Tensors } from './flat.js';
import type { Rate, Schedule } from './schedule.js';

/**
 * An optimiser of parameters `P` with state `S`, as pure functions: keep the state, not the parameters.
 *
 *     const optimizer = adam(params, { learningRate: 1e-3 });
 *     const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
 */
export interface Optimizer<P, S> {
  /** The state before the first step: typed arrays, for a compiled step or, through `tf.tensor`, an eager one. */
  init(params: P): InitialState<S>;
  /** The state after a step along these gradients: the tree of them, or all as one vector. */
  update(state: S, grads: Tensors<P> | tf.Tensor): S;
  /** The parameters in the state. */
  params(state: S): Tensors<P>;
}

/** A state before the first step: a typed array with its shape in place of each tensor. */
export type InitialState<S> = Mapped<S, tf.Tensor, HostArray<Float32Array>>;

/** The parameters that an optimiser's loss gets, a tree of tensors: `type Params = ParamsOf<typeof optimizer>`. */
export type ParamsOf<O extends { params(state: never): unknown }> = ReturnType<O['params']>;

/** The state that an optimiser's step takes and returns, a tree of tensors: `type State = StateOf<typeof optimizer>`. */
export type StateOf<O extends { update(state: never, grads: never): unknown }> = ReturnType<O['update']>;

/** What every optimiser can be told. */
export interface CommonConfig extends Clipping {
  /** η: a number, or one that changes from step to step. */
  readonly learningRate?: number | Schedule;
}

/** What every optimiser's state holds: all parameters as one vector [n], and the schedule's place when η follows one. */
export interface State {
  readonly parameters: tf.Tensor;
  readonly schedule?: tf.Tensor;
}

/** How an optimiser moves one vector. */
export interface UpdateRule<S extends State> {
  /** What it remembers beside the parameters, before the first step. */
  start(n: number): Record<Exclude<keyof S, keyof State>, HostArray<Float32Array>>;
  update(state: S, gradient: tf.Tensor, learningRate: Rate): Omit<S, 'schedule'>;
}

/**
 * The optimiser of a tree of parameters that moves all of them at once, as one vector.
 *
 * @throws when η is not positive, or a clipping threshold
 */
export function byRule<P, S extends State>(
  name: string,
  params: P,
  { learningRate, ...clips }: CommonConfig & { learningRate: number | Schedule },
  rule: UpdateRule<S>,
): Optimizer<P, S> {
  if (typeof learningRate === 'number') checkNumber(name, 'learningRate', learningRate, { above: 0 });
  const layout = layoutOf(params);
  const clip = clipping(name, clips);
  const schedule = typeof learningRate === 'number' ? undefined : learningRate;
  return {
    init: (params) => {
      const parameters = layout.vector(params);
      return { parameters, ...rule.start(layout.n), ...(schedule && { schedule: schedule.start }) } as unknown as InitialState<S>;
    },
    update(state, grads) {
      const gradient = clip(layout.pack(grads));
      if (!schedule) return rule.update(state, gradient, learningRate as number) as S;
      const at = state.schedule!;
      return { ...rule.update(state, gradient, schedule.rate(at)), schedule: schedule.next(at) } as S;
    },
    params: ({ parameters }) => layout.unpack(parameters),
  };
}
