import { checkNumber, checkOptions } from '../base/internal.js';
import type { Optimizer, State } from './optimizer.js';

/** What every parameter has to lie within, ends included. */
export interface Box {
  /** Its lower end, in units of the parameters. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/**
 * The same optimiser within a box: what a step takes out of it is put back to its nearest end.
 *
 *     θ ← min(max(θ, low), high)
 *
 * @throws when an end of the box is not finite, the box is empty, or `init` gets a parameter outside of it
 *
 * In coordinates, which Adam and its kin scale one by one, it is the projection in their own norm too (Reddi, Kale & Kumar 2018, §2).
 * thm:adam-counterexample, thm:amsgrad-regret.
 */
export function projected<P, S extends State>(optimizer: Optimizer<P, S>, box: Box): Optimizer<P, S> {
  checkOptions('projected', box, ['low', 'high']);
  const { low, high } = box;
  checkNumber('projected', 'low', low, {});
  checkNumber('projected', 'high', high, { above: low });
  return {
    init(params) {
      const state = optimizer.init(params);
      const outside = (state.parameters as { data: Float32Array }).data.find((x) => !(x >= low && x <= high));
      if (outside !== undefined)
        throw new Error(`projected: a parameter starts at ${outside}, outside of [${low}, ${high}]; start within the box or widen it`);
      return state;
    },
    update(state, grads) {
      const next = optimizer.update(state, grads);
      return { ...next, parameters: next.parameters.clipByValue(low, high) };
    },
    params: optimizer.params,
  };
}
