import * as tf from '@tensorflow/tfjs';
import { type HostArray, zeros } from '../base/index.js';
import { checkNumber, checkOptions } from '../base/internal.js';
import { DeviceTensor, fromArray } from '../tensor/index.js';
import { type Parameter, read } from './flat.js';

/** η at one step: a number, or a scalar of the graph. */
export type Rate = number | tf.Tensor;

/** The product, a number where both are. */
export const times = (a: Rate, b: Rate): Rate => (typeof a === 'number' ? (typeof b === 'number' ? a * b : b.mul(a)) : a.mul(b));

/**
 * A learning rate that changes as training goes on. Where it stands is part of the optimiser's state, so a compiled step is
 * traced once and a run that resumes goes on at the same rate.
 */
export interface Schedule {
  /** Its place before the first step: the leaf `schedule` of the optimiser's state. */
  readonly start: HostArray<Float32Array>;
  /** The rate at a place, a scalar. */
  rate(at: tf.Tensor): tf.Tensor;
  /** The place after one more step. */
  next(at: tf.Tensor): tf.Tensor;
}

/**
 * The state with another place of a schedule that moves by hand, of the same kind as before: array, tensor, or tensor on the device.
 *
 * @param size  how many numbers its place has
 * @throws      when the state has no such place
 */
export function moved<S extends { readonly schedule?: unknown }>(
  who: string,
  state: S,
  size: number,
  to: (place: readonly number[]) => readonly number[],
): S {
  const { schedule } = state;
  const place = schedule === undefined ? [] : Array.from(read(schedule as Parameter));
  if (place.length !== size)
    throw new Error(`${who}: the state has no place of this schedule; make its optimizer with it: adam(params, { learningRate: rate })`);
  const next = Float32Array.from(to(place));
  if (schedule instanceof tf.Tensor) return { ...state, schedule: tf.tensor1d(next) };
  if (schedule instanceof DeviceTensor) return { ...state, schedule: fromArray(next, [size]) };
  return { ...state, schedule: { data: next, shape: [size] } };
}

/** Steps are counted in float32, which adds 1 to no number above 2²⁴. */
const checkSteps = (who: string, steps: number): void =>
  checkNumber(who, 'steps', steps, { above: 0, to: 2 ** 24 }, 'steps are counted in float32, which holds whole numbers up to 2^24');

/** A rate that is a function of the number t of steps done. */
const ofStep = (rate: (t: tf.Tensor) => tf.Tensor): Schedule => ({ start: zeros([]), rate, next: (t) => t.add(1) });

/**
 * Half a cosine from one rate down to another, which then stays.
 *
 *     η(t) = to + (from − to) (1 + cos(π t / steps)) / 2
 *
 * @throws when `from` or `steps` is not positive, or `to` negative
 *
 * Loshchilov & Hutter 2017, eq. 5, without restarts: after `steps`, where PyTorch's `CosineAnnealingLR` climbs again, it stays.
 */
export function cosine(config: { from: number; to?: number; steps: number }): Schedule {
  checkOptions('cosine', config, ['from', 'to', 'steps']);
  const { from, to = 0, steps } = config;
  checkNumber('cosine', 'from', from, { above: 0 });
  checkNumber('cosine', 'to', to, { from: 0 });
  checkSteps('cosine', steps);
  return ofStep((t) => halfCosine(from, to, t.div(steps)));
}

/**
 * A straight line from one rate to another, which then stays.
 *
 *     η(t) = from + (to − from) min(t / steps, 1)
 *
 * @throws when `from` or `steps` is not positive, or `to` negative
 *
 * PyTorch's `LinearLR`. Mnih et al. 2016, section 5.1, and Schulman et al. 2017 anneal to 0.
 */
export function linearDecay(config: { from: number; to?: number; steps: number }): Schedule {
  checkOptions('linearDecay', config, ['from', 'to', 'steps']);
  const { from, to = 0, steps } = config;
  checkNumber('linearDecay', 'from', from, { above: 0 });
  checkNumber('linearDecay', 'to', to, { from: 0 });
  checkSteps('linearDecay', steps);
  return ofStep((t) =>
    tf
      .minimum(t.div(steps), 1)
      .mul(to - from)
      .add(from),
  );
}

/**
 * A rate, constant or scheduled, that is reached in equal increments: at step t of the first `steps` it is multiplied by
 *
 *     start + (1 − start) t / steps
 *
 * A schedule begins when the warm-up ends.
 *
 * @throws when `steps` is not positive, `start` not in [0, 1), or the schedule is a plateau
 *
 * PyTorch's `LinearLR`, followed by the schedule through `SequentialLR`. Goyal et al. 2017, section 2.2.
 */
export function warmUp(rate: number | Schedule, config: { steps: number; start?: number }): Schedule {
  checkOptions('warmUp', config, ['steps', 'start']);
  const { steps, start = 0.01 } = config;
  checkSteps('warmUp', steps);
  checkNumber('warmUp', 'start', start, { from: 0, below: 1 });
  if (typeof rate === 'number') checkNumber('warmUp', 'rate', rate, { above: 0 });
  else if (rate.start.shape.length > 0)
    throw new Error(
      'warmUp: the rate must be a number or a function of the step, as cosine is; a plateau starts at once, and so does an adjustable rate',
    );
  return ofStep((t) => {
    const share = tf
      .minimum(t.div(steps), 1)
      .mul(1 - start)
      .add(start);
    return typeof rate === 'number' ? share.mul(rate) : share.mul(rate.rate(t.sub(steps).relu()));
  });
}

/**
 * One cycle: half a cosine up to the peak in the first `rise` of the steps, then half a cosine down to nearly nothing.
 *
 *     η:  peak / 25  →  peak  →  peak / 25 / 10⁴
 *
 * @throws when `peak` is not positive or the steps leave no room for both halves
 *
 * Smith & Topin 2018, as PyTorch's `OneCycleLR` without its cycle of the momentum.
 */
export function oneCycle(config: { peak: number; steps: number; rise?: number }): Schedule {
  checkOptions('oneCycle', config, ['peak', 'steps', 'rise']);
  const { peak, steps, rise = 0.3 } = config;
  checkNumber('oneCycle', 'peak', peak, { above: 0 });
  checkSteps('oneCycle', steps);
  const top = rise * steps - 1;
  if (!(top > 0 && top < steps - 1))
    throw new Error(`oneCycle: rise ${rise} of ${steps} steps leaves no step to go up or down; use more steps`);
  return ofStep((t) => {
    const up = halfCosine(peak / 25, peak, t.div(top));
    const down = halfCosine(peak, peak / 25 / 1e4, t.sub(top).div(steps - 1 - top));
    return tf.where(t.lessEqual(top), up, down);
  });
}

/**
 * A rate that falls with the root of the number of steps, as bounds of regret ask for.
 *
 *     η(t) = from / √(1 + t)        after t steps, so that step number k goes at from / √k
 *
 * @throws when `from` is not positive
 *
 * Zinkevich 2003, theorem 1. thm:amsgrad-regret.
 */
export function inverseRoot(config: { from: number }): Schedule {
  checkOptions('inverseRoot', config, ['from']);
  const { from } = config;
  checkNumber('inverseRoot', 'from', from, { above: 0 });
  return ofStep((t) => t.add(1).rsqrt().mul(from));
}

/** From one value to another as the share goes from 0 to 1, along half a cosine; flat outside. */
const halfCosine = (from: number, to: number, share: tf.Tensor): tf.Tensor =>
  share
    .clipByValue(0, 1)
    .mul(Math.PI)
    .cos()
    .add(1)
    .mul((from - to) / 2)
    .add(to);
