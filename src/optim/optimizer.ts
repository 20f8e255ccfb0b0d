import type * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../base/index.js';
import { checkNumber, checkOptions } from '../base/internal.js';
import type { Mapped } from '../tensor/index.js';
import { type Clipping, clipping } from './clipping.js';
import { layoutOf, type Tensors } from './flat.js';
import { type ParameterGroup, perParameter } from './groups.js';
import { type Rate, type Schedule, times } from './schedule.js';

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

/** An optimiser of any kind, for a table of them: `{ adam: adam(params), sgd: sgd(params, { learningRate: 0.1 }) }`, all compiled by one `trainingStep`. */
export type AnyOptimizer<P> = Optimizer<P, State>;

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
  /** λ, which pulls parameters to 0; each optimiser says how. */
  readonly weightDecay?: number;
  /** Parameters with a λ or η of their own: `[{ of: ({ shape }) => shape.length < 2, weightDecay: 0 }]` spares shifts and norms. */
  readonly groups?: readonly ParameterGroup[];
}

/** The names of what every optimiser can be told. */
const COMMON = ['learningRate', 'weightDecay', 'groups', 'clipNorm', 'clipValue'] as const;

/** What every optimiser's state holds: all parameters as one vector [n], and the schedule's place when η follows one. */
export interface State {
  readonly parameters: tf.Tensor;
  readonly schedule?: tf.Tensor;
}

/** How an optimiser moves one vector. */
export interface UpdateRule<S extends State> {
  /** What it remembers beside the parameters, before the first step. */
  start(n: number): Record<Exclude<keyof S, keyof State>, HostArray<Float32Array>>;
  update(state: S, gradient: tf.Tensor, rates: Rates): Omit<S, 'schedule'>;
}

/** η and λ at one step: numbers, scalars, or vectors [n] where groups of parameters have their own. */
export interface Rates {
  readonly learningRate: Rate;
  readonly weightDecay: Rate;
}

/**
 * The optimiser of a tree of parameters that moves all of them at once, as one vector.
 *
 * @param config  as it was given, with what else this optimiser can be told
 * @throws        when an option is unknown, η or a clipping threshold is not positive, λ negative, or a group without parameters
 */
export function byRule<P, S extends State, C extends CommonConfig>(
  name: string,
  params: P,
  { config, defaults, own }: { config: C; defaults: { learningRate?: number; weightDecay?: number }; own: readonly (keyof C & string)[] },
  rule: UpdateRule<S>,
): Optimizer<P, S> {
  checkOptions<CommonConfig>(name, config, [...COMMON, ...own] as never);
  const { learningRate = defaults.learningRate!, weightDecay = defaults.weightDecay ?? 0, groups = [], clipNorm, clipValue } = config;
  if (typeof learningRate !== 'object') checkNumber(name, 'learningRate', learningRate, { above: 0 });
  const layout = layoutOf(params);
  const clip = clipping(name, { clipNorm, clipValue });
  const each = perParameter(name, layout.parts, { weightDecay, groups });
  const schedule = typeof learningRate === 'number' ? undefined : learningRate;
  return {
    init: (params) => {
      const parameters = layout.vector(params);
      return { parameters, ...rule.start(layout.n), ...(schedule && { schedule: schedule.start }) } as unknown as InitialState<S>;
    },
    update(state, grads) {
      const gradient = clip(layout.pack(grads));
      const at = state.schedule!;
      const rate = schedule ? schedule.rate(at) : (learningRate as number);
      const rates = { learningRate: times(rate, each.rate()), weightDecay: each.weightDecay() };
      return { ...rule.update(state, gradient, rates), ...(schedule && { schedule: schedule.next(at) }) } as S;
    },
    params: ({ parameters }) => layout.unpack(parameters),
  };
}
