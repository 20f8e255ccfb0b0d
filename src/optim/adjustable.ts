import { checkNumber } from '../base/internal.js';
import { moved, type Schedule } from './schedule.js';

/** A rate that stays as it was set last. */
export interface Adjustable extends Schedule {
  /**
   * The optimiser's state with another rate, for steps to come.
   *
   * @throws when the rate is not positive, or the state is of an optimiser that does not follow this schedule
   */
  set<S extends { readonly schedule?: unknown }>(state: S, rate: number): S;
}

/**
 * A learning rate that is part of the state, not of the graph: one compiled step serves every rate of a search, and a rate can change by hand.
 *
 *     const rate = adjustable(1e-3);
 *     const optimizer = adam(params, { learningRate: rate });
 *     const step = compile(trainingStep(optimizer, lossOf));
 *     for (const eta of [1e-4, 1e-3, 1e-2]) let { state } = await step(rate.set(optimizer.init(params), eta), x, y);
 *
 * @param rate  of the first steps
 * @throws      when it is not positive
 */
export function adjustable(rate: number): Adjustable {
  checkNumber('adjustable', 'rate', rate, { above: 0 });
  return {
    start: { data: Float32Array.of(rate), shape: [1] },
    rate: (at) => at.squeeze(),
    next: (at) => at,
    set(state, rate) {
      checkNumber('adjustable.set', 'rate', rate, { above: 0 });
      return moved('adjustable.set', state, 1, () => [rate]);
    },
  };
}
