import { cellHook, checkOptions, checkWhole } from '../base/internal.js';
import { type Loss, lossValue } from './loss.js';

/** How an adversarial training is run. */
export interface FitGanOptions<S, B> {
  /** A compiled `ganStep`, or anything that returns what it does. */
  readonly step: (state: S, batch: B) => Played<S> | Promise<Played<S>>;
  /** The batch of step k, made from `fold(key, k)` so that a training can be repeated. */
  readonly batch: (k: number) => B;
  /** How many steps. */
  readonly steps: number;
  /** Called after each step with its number and the state, to sample or to show: `(done, state, note) => bar.tick(done, note)`. */
  readonly onStep?: (done: number, state: S, note: string) => void | Promise<void>;
  /** Stops between two steps; the current cell's signal when left out. */
  readonly signal?: AbortSignal;
}

interface Played<S> {
  readonly state: S;
  readonly criticLoss: Loss;
  readonly generatorLoss: Loss;
}

/** What is left of an adversarial training. */
export interface FittedGan<S> {
  /** After the last step. */
  readonly state: S;
  /** Of each step [steps]: without its penalty, minus the distance that the critic sees. */
  readonly criticLosses: Float64Array;
  /** Of each step [steps]. */
  readonly generatorLosses: Float64Array;
}

/** Losses of a game on standardised data are of order 1 to 10. */
const DIVERGED = 1e4;

/**
 * Trains two networks against each other, step by step, and stops where their losses diverge.
 *
 *     const { state, criticLosses } = await fitGan(start, { step: compile(ganStep(…), { donate: [0] }), batch, steps: 1500 });
 *
 * The event loop gets a turn every 10 ms, so that prints, progress and interrupts work.
 *
 * @throws when a loss is not finite or is beyond 10,000 times its size at first (or 1), naming the step, the losses before it and the likely
 *         cause; when steps is no whole number from 1 up; and the signal's reason when it aborts
 */
export async function fitGan<S, B>(start: S, options: FitGanOptions<S, B>): Promise<FittedGan<S>> {
  checkOptions('fitGan', options, ['step', 'batch', 'steps', 'onStep', 'signal']);
  const { step, batch, steps, onStep, signal = cellHook('abort') } = options;
  checkWhole('fitGan', 'steps', steps);
  const losses = { critic: new Float64Array(steps), generator: new Float64Array(steps) };
  let state = start;
  let turn = performance.now();
  for (let k = 0; k < steps; k++) {
    signal?.throwIfAborted();
    const played = await step(state, batch(k));
    state = played.state;
    losses.critic[k] = lossValue(played.criticLoss);
    losses.generator[k] = lossValue(played.generatorLoss);
    for (const who of ['critic', 'generator'] as const) assertBounded(who, losses[who].subarray(0, k + 1));
    await onStep?.(k + 1, state, `critic ${losses.critic[k].toPrecision(3)}, generator ${losses.generator[k].toPrecision(3)}`);
    if (performance.now() - turn < 10) continue;
    await new Promise(setImmediate);
    turn = performance.now();
  }
  return { state, criticLosses: losses.critic, generatorLosses: losses.generator };
}

function assertBounded(who: 'critic' | 'generator', losses: Float64Array): void {
  const loss = losses[losses.length - 1];
  if (Number.isFinite(loss) && Math.abs(loss) <= DIVERGED * Math.max(1, Math.abs(losses[0]))) return;
  const before = Array.from(losses.slice(-4, -1), (value) => value.toPrecision(3)).join(', ');
  const cause = Number.isFinite(loss)
    ? `scores without a bound mean that nothing holds the ${who === 'critic' ? 'critic' : 'critic which the generator follows'}: raise the weight of the gradient penalty (10), lower both learning rates tenfold`
    : 'a rate that is too large, or data with a value that is no number; lower both learning rates tenfold';
  throw new Error(
    `fitGan: the ${who}'s loss is ${Number.isFinite(loss) ? loss.toPrecision(3) : loss} at step ${losses.length}, after ${before || 'no step'}; ${cause}, and standardise the data`,
  );
}
