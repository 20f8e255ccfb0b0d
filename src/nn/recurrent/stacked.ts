import type * as tf from '@tensorflow/tfjs';
import { type Key, split } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { dropout } from '../dropout.js';

/**
 * Weights of recurrences on top of each other, the lowest first.
 *
 *     initStacked(key, 2, (k, layer) => initLstm(k, { inputs: layer === 0 ? F : D, width: D }))
 *
 * @throws when the number of layers is no integer above 0
 */
export function initStacked<P>(key: Key, layers: number, init: (key: Key, layer: number) => P): P[] {
  checkWhole('initStacked', 'layers', layers);
  return split(key, layers).map(init);
}

/** Which recurrence is stacked, and on what. */
export interface StackedOptions<P, S> {
  /** `rnn`, `gru`, `lstm`, …, or both directions: `(params, x, options) => bidirectional(params, x, { recurrence: lstm, ...options })`. */
  readonly recurrence: (params: P, x: tf.Tensor, options?: { readonly state?: S }) => { readonly outputs: tf.Tensor; readonly state?: S };
  /** One for each layer, as a call before returned them; zeros when left out. */
  readonly state?: readonly S[];
  /** For each layer but the last a mask of `dropoutMask` or `temporalDropoutMask`, through which its outputs go up, in training only. */
  readonly masks?: readonly tf.Tensor[];
}

/**
 * Recurrences on top of each other: each reads the outputs of the one below.
 *
 *     const { outputs, state } = stacked(params, x, { recurrence: lstm });
 *
 * @param params  of each layer, the lowest first
 * @param x       [B, T, F]
 * @returns       the outputs of the highest [B, T, D], and the state of each after the last step
 * @throws        when there is no layer, or not one state for each or one mask between each two; as the recurrence does
 *
 * As PyTorch's `num_layers`, with its `dropout` by masks. Graves, Mohamed & Hinton 2013.
 */
export function stacked<P, S>(
  params: readonly P[],
  x: tf.Tensor,
  options: StackedOptions<P, S>,
): { readonly outputs: tf.Tensor; readonly state: S[] } {
  checkOptions('stacked', options, ['recurrence', 'state', 'masks']);
  const { recurrence, state, masks } = options;
  const layers = params.length;
  checkWhole('stacked', 'the number of layers', layers);
  if (state && state.length !== layers)
    throw new Error(`stacked: there are ${layers} layers and states of ${state.length}; give one for each`);
  if (masks && masks.length !== layers - 1)
    throw new Error(`stacked: there are ${layers} layers and ${masks.length} masks; give one for each layer but the last`);
  let outputs = x;
  const states: S[] = [];
  params.forEach((layer, i) => {
    const below = i > 0 && masks ? dropout(outputs, { mask: masks[i - 1] }) : outputs;
    const result = recurrence(layer, below, state && { state: state[i] });
    outputs = result.outputs;
    states.push(result.state as S);
  });
  return { outputs, state: states };
}
