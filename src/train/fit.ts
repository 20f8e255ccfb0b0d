/** A training run: its state and how far it is. `fit` moves it in place, so that it can be looked at and continued at any time. */
export interface Run<S> {
  state: S;
  /** Steps done. */
  step: number;
  /** The loss before each step done. */
  losses: number[];
}

export interface FitOptions<S, B> {
  /** One step: a compiled function, or any other; `loss` is a number or has one in `item()` or `dataSync()`. */
  step: (state: S, batch: B) => Stepped<S> | Promise<Stepped<S>>;
  /** The batch of step k. Make it from `fold(key, k)`, and a continued run sees what an unbroken one would have seen. */
  batch: (k: number) => B;
  /** How many steps in all, those that the run has behind it included. */
  steps: number;
  /** Called after each step: `(done, note) => bar.tick(done, note)`. */
  onStep?: (done: number, note: string) => void;
  /** Stops between two steps; the current cell's signal when left out. */
  signal?: AbortSignal;
}

interface Stepped<S> {
  state: S;
  loss: Loss;
}

/** A number, or a scalar of the engine or of tfjs. */
export type Loss = number | { item(): number; dispose(): void } | { dataSync(): ArrayLike<number>; dispose(): void };

export const run = <S>(state: S): Run<S> => ({ state, step: 0, losses: [] });

/**
 * Trains until `steps` are done.
 *
 *     const training = run(initial);
 *     await fit(training, { step, batch: (k) => rowsAt(fold(batches, k)), steps: 2000 });
 *
 * An interrupt takes effect between two steps: `training.state` is then the state after `training.step` steps, and calling `fit`
 * again goes on from there. The event loop gets a turn every 10 ms, so that prints, progress and interrupts work.
 *
 * @throws when a loss is not finite, naming the step; and the signal's reason when it aborts
 */
export async function fit<S, B>(training: Run<S>, { step, batch, steps, onStep, signal = cellSignal() }: FitOptions<S, B>): Promise<void> {
  let turn = performance.now();
  while (training.step < steps) {
    signal?.throwIfAborted();
    const { state, loss } = await step(training.state, batch(training.step));
    training.state = state;
    training.losses.push(lossOf(loss));
    training.step++;
    assertFinite(training);
    onStep?.(training.step, `loss ${training.losses.at(-1)!.toPrecision(4)}`);
    if (performance.now() - turn < 10) continue;
    await new Promise(setImmediate);
    turn = performance.now();
  }
}

function lossOf(loss: Loss): number {
  if (typeof loss === 'number') return loss;
  const value = 'item' in loss ? loss.item() : loss.dataSync()[0];
  loss.dispose();
  return value;
}

function assertFinite({ losses, step }: Run<unknown>): void {
  const loss = losses.at(-1)!;
  if (Number.isFinite(loss)) return;
  const before = losses.slice(-4, -1).map((value) => value.toPrecision(3));
  throw new Error(
    `fit: the loss is ${loss} at step ${step}, after ${before.join(', ') || 'no step'}; ` +
      'a smaller learning rate, scaled inputs or clipped gradients help, and log or √ of 0 in the loss also gives this',
  );
}

/** The abort signal of the notebook cell that runs, when there is one. */
const cellSignal = () => (globalThis as Record<symbol, unknown>)[Symbol.for('lemmata.abort')] as AbortSignal | undefined;
