import { cellHook, checkOptions, checkWhole } from '../base/internal.js';
import { saveCheckpoint } from './checkpoint.js';
import { assertFinite, assertSound } from './guard.js';
import { type Loss, lossValue } from './loss.js';
import type { Run } from './run.js';
import { logRun } from './run-log.js';
import { goOn, isDue, isExhausted, type Validation, validateLast, validateNow } from './validation.js';

/** What `fit` is told: the step and its batches, how long, and what else happens on the way. */
export interface FitOptions<S, B> {
  /** One step: a compiled function, or any other; `loss` is a number or has one in `item()` or `dataSync()`. */
  readonly step: (state: S, batch: B) => Stepped<S> | Promise<Stepped<S>>;
  /**
   * Where batches come from: what `batches` made, or the batch of step k. Make that from `fold(key, k)`, and a continued run sees what an
   * unbroken one would have seen.
   */
  readonly batch: ((k: number) => B | Promise<B>) | EpochBatches<B>;
  /**
   * Makes the batch of step k + 1 while step k runs, which takes no time where a core is free. Each batch has arrays of its own then: one
   * that is filled anew would change under the step.
   */
  readonly ahead?: boolean;
  /** How many steps in all, those that the run has behind it included; this or `epochs`. */
  readonly steps?: number;
  /** How many times all rows are seen, in place of `steps`; for a `batch` that knows its epochs. */
  readonly epochs?: number;
  /** Validation on data that training does not see, with early stopping. */
  readonly validate?: Validation<Fixed<S>>;
  /** Writes the run to this file every so many steps, when it is interrupted and at the end; `resume` reads it. */
  readonly checkpoint?: { readonly file: string; readonly every: number };
  /** A file of JSON lines that is told when the run begins and how it ends; `readLog` reads it. */
  readonly log?: string;
  /** Shows how it goes: `report.watch('LSTM')`. */
  readonly watch?: Watch;
  /** Called after each step: `(done, note) => bar.tick(done, note)`. */
  readonly onStep?: (done: number, note: string) => void;
  /** Stops between two steps; the current cell's signal when left out. */
  readonly signal?: AbortSignal;
}

/** Batches that know how many of them are an epoch: those of `batches`, `windowBatches` and `parquetBatches`. */
export interface EpochBatches<B> {
  /** Whole batches in an epoch. */
  readonly stepsPerEpoch: number;
  /** The batch of step k. */
  batch(k: number): B | Promise<B>;
}

/** `S`, as the run and the step have it: what validates does not take part in inferring it. */
type Fixed<S> = [S][S extends unknown ? 0 : never];

interface Stepped<S> {
  readonly state: S;
  readonly loss: Loss;
}

/** What looks on while a run trains. */
export interface Watch {
  /** After each step, with the steps in all. */
  step(training: Run<unknown>, steps: number): void;
  /** After the last one, also when it failed. */
  end(training: Run<unknown>): void | Promise<void>;
}

/**
 * Trains until `steps` or `epochs` are done, or patience with the validation loss has run out.
 *
 *     const training = run(optimizer.init(params));
 *     await fit(training, { step, batch: batches({ x, y }, { size: 256, key: key(7) }), epochs: 20, validate: { every: 100, loss, patience: 5 } });
 *     optimizer.params(toTf((training.best ?? training).state));
 *
 * An interrupt takes effect between two steps: `training.state` is then the state after `training.step` steps, and calling `fit`
 * again goes on from there. The event loop gets a turn every 10 ms, so that prints, progress and interrupts work.
 *
 * @throws when an option is unknown or it is not said how long; when a loss is not finite or diverges, naming the step, what is wrong and the likely cause; when a checkpoint cannot be
 *         written; and the signal's reason when it aborts
 */
export async function fit<S, B>(training: Run<S>, options: FitOptions<S, B>): Promise<void> {
  const { log, watch, step, validate, checkpoint } = options;
  checkOptions('fit', options, OPTIONS);
  checkOptions('fit: validate', validate, ['every', 'loss', 'patience', 'adjust']);
  checkOptions('fit: checkpoint', checkpoint, ['file', 'every']);
  const counts = {
    steps: options.steps,
    epochs: options.epochs,
    'validate.every': validate?.every,
    'validate.patience': validate?.patience,
    'checkpoint.every': checkpoint?.every,
  };
  for (const [name, count] of Object.entries(counts)) if (count !== undefined) checkWhole('fit', name, count);
  const steps = stepsOf(options);
  const ended = log === undefined ? undefined : logRun(log, training, step);
  try {
    const early = await train(training, steps, options);
    ended?.(early ? 'stopped early' : 'finished');
  } catch (error) {
    try {
      ended?.((options.signal ?? cellHook('abort'))?.aborted ? 'interrupted' : 'failed', error);
    } catch {} // a disk too full for the log: the first error says more
    throw error;
  } finally {
    await watch?.end(training);
  }
}

const OPTIONS = ['step', 'batch', 'ahead', 'steps', 'epochs', 'validate', 'checkpoint', 'log', 'watch', 'onStep', 'signal'] as const;

/** How many steps a training has in all. */
function stepsOf<S, B>({ steps, epochs, batch }: FitOptions<S, B>): number {
  if (steps !== undefined && epochs !== undefined)
    throw new Error(`fit: steps ${steps} and epochs ${epochs} both say how long to train; leave one out`);
  if (steps !== undefined) return steps;
  if (epochs === undefined) throw new Error('fit: how long to train is missing; give steps: 2000, or batch: batches(…) with epochs: 20');
  if (typeof batch === 'function')
    throw new Error(
      'fit: epochs are counted in batches of data, and batch is a function of the step; give batch: data instead of data.batch, or steps',
    );
  return epochs * batch.stepsPerEpoch;
}

/** True when patience ran out before the steps did. */
async function train<S, B>(training: Run<S>, steps: number, options: FitOptions<S, B>): Promise<boolean> {
  const { step, batch, ahead = false, validate, checkpoint, watch, onStep, signal = cellHook('abort') } = options;
  const batchOf = typeof batch === 'function' ? batch : (k: number) => batch.batch(k);
  if (training.step < steps) goOn(training);
  let next: Promise<B> | undefined;
  let saved = training.step;
  const save = (file: string) => {
    if (saved === training.step) return;
    assertFinite(training);
    saveCheckpoint(file, training);
    saved = training.step;
  };
  let turn = performance.now();
  let before = turn;
  for (;;) {
    if (validate && isDue(training, validate)) await validateNow(training, validate as Validation<S>);
    const now = performance.now();
    training.seconds += (now - before) / 1000;
    before = now;
    const early = validate !== undefined && isExhausted(training, validate);
    const done = early || training.step >= steps;
    if (checkpoint && (done || signal?.aborted || training.step % checkpoint.every === 0)) save(checkpoint.file);
    if (done) {
      if (validate) await validateLast(training, validate as Validation<S>);
      return training.step < steps;
    }
    signal?.throwIfAborted();
    const given = await (next ?? batchOf(training.step));
    const running = step(training.state, given);
    next = ahead && training.step + 1 < steps ? begun(batchOf, training.step + 1) : undefined;
    const { state, loss } = returned(await running);
    training.state = state;
    training.losses.push(lossValue(loss));
    training.step++;
    assertSound(training, given);
    onStep?.(training.step, `loss ${training.losses.at(-1)!.toPrecision(4)}`);
    watch?.step(training, steps);
    if (performance.now() - turn < 10) continue;
    await new Promise(setImmediate);
    turn = performance.now();
  }
}

/** A batch that is being made. That it fails is said when its step is due, and by no one if it never is. */
function begun<B>(batchOf: (k: number) => B | Promise<B>, k: number): Promise<B> {
  const batch = (async () => {
    await new Promise(setImmediate); // when the step has been handed over to its thread
    return batchOf(k);
  })();
  batch.catch(() => {});
  return batch;
}

/** What a step returned; a step of another kind has its losses under other names, and no type may have said so. */
function returned<S>(stepped: Stepped<S>): Stepped<S> {
  if (stepped?.state !== undefined && stepped.loss !== undefined) return stepped;
  const got = stepped && typeof stepped === 'object' ? `{ ${Object.keys(stepped).join(', ')} }` : String(stepped);
  throw new Error(`fit: the step must return { state, loss }, got ${got}; name the loss to watch: return { state, loss: criticLoss }`);
}
