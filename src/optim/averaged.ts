import * as tf from '@tensorflow/tfjs';
import { checkNumber, checkOptions } from '../base/internal.js';
import type { Accumulation } from './accumulated.js';
import { layoutOf, type Tensors } from './flat.js';
import { towards } from './moments.js';
import type { InitialState, Optimizer, State } from './optimizer.js';

/** An optimiser whose state holds a running mean of its parameters. */
export interface Averaged<P, S> extends Optimizer<P, S & { readonly average: tf.Tensor }> {
  /** The averaged parameters in the state: those to validate and to serve. */
  average(state: S & { readonly average: tf.Tensor }): Tensors<P>;
}

/**
 * The same optimiser, with a running mean of the parameters that it passes through, from the initial ones on.
 *
 *     a ← d a + (1 − d) θ
 *
 * Around `accumulated` it moves when the parameters do, not with each gradient that waits.
 *
 * @throws when d is not in [0, 1)
 *
 * Polyak & Juditsky 1992 average with equal weights; exponential ones are PyTorch's `get_ema_multi_avg_fn`.
 */
export function averaged<P, S extends State>(params: P, optimizer: Optimizer<P, S>, options: { decay?: number } = {}): Averaged<P, S> {
  checkOptions('averaged', options, ['decay']);
  const { decay = 0.999 } = options;
  checkNumber('averaged', 'decay', decay, { from: 0, below: 1 });
  const layout = layoutOf(params);
  return {
    init: (params) =>
      ({ ...optimizer.init(params), average: layout.vector(params) }) as unknown as InitialState<S & { average: tf.Tensor }>,
    update({ average, ...state }, grads) {
      const next = optimizer.update(state as unknown as S, grads);
      const moved = towards(average, next.parameters, 1 - decay);
      const { seen } = next as Partial<Accumulation>;
      return { ...next, average: seen ? tf.where(seen.equal(0), moved, average) : moved };
    },
    params: optimizer.params,
    average: ({ average }) => layout.unpack(average),
  };
}
