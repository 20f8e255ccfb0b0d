import { divided, type NamedArray, namedArrays } from './leaves.js';
import type { Run } from './run.js';

/** A loss this many times the first one (or 1) has diverged, even if float32 still holds it. */
const DIVERGED = 1e8;

/**
 * Throws when the loss of the latest step is not finite or has diverged, and says why as far as the batch, the losses before and
 * the state tell.
 */
export function assertSound(training: Run<unknown>, batch: unknown): void {
  const { losses, step } = training;
  const loss = losses[step - 1];
  if (Number.isFinite(loss) && Math.abs(loss) <= DIVERGED * Math.max(1, Math.abs(losses[0]))) return;
  const before = losses.slice(-4, -1).map((value) => value.toPrecision(3));
  const reason = wrongBatch(batch) ?? divergence(losses) ?? suddenly(training, batch);
  throw new Error(`fit: the loss is ${figure(loss)} at step ${step}, after ${before.join(', ') || 'no step'}; ${reason}`);
}

/** Throws when a state that is about to be kept is not finite: its loss was, but its gradient was not. */
export function assertFinite(training: Run<unknown>): void {
  const wrong = notFinite(training);
  if (wrong)
    throw new Error(
      `fit: after step ${training.step} ${wrong}, though the loss was ${figure(training.losses.at(-1))}, so no checkpoint is written and the ` +
        `last one stays; ${BREAKS}`,
    );
}

const BREAKS = 'a gradient breaks where the loss does not: at √ or log of 0, at 0/0, in a norm of zeros; add a small ε inside';

/** What is wrong with the batch, when something is. */
function wrongBatch(batch: unknown): string | undefined {
  for (const { path, data, shape } of readable(batch)) {
    if (data.length === 0) return `${path} is empty, [${shape}], and the mean of nothing is not a number; leave such a batch out`;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) return `${path} has ${data[at]} at ${place(at, shape)}; drop or fill missing values before they are batched`;
  }
  return undefined;
}

/** The arrays of a batch; none when the step disposed of it or it is something else altogether. */
function readable(batch: unknown): NamedArray[] {
  try {
    return namedArrays(batch, 'batch');
  } catch {
    return [];
  }
}

/** `row 17, column 3`, and the whole index where there are more axes. */
export function place(at: number, shape: readonly number[]): string {
  const index = indexOf(at, shape);
  if (index.length < 2) return `row ${index[0] ?? 0}`;
  return `row ${index[0]}, column ${index.at(-1)}${index.length > 2 ? ` ([${index}])` : ''}`;
}

function indexOf(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(at % shape[axis]);
    at = Math.floor(at / shape[axis]);
  }
  return index;
}

/** A loss that grew a thousandfold: over some steps, so the step is too long, or in one, for which a batch may be to blame. */
function divergence(losses: readonly number[]): string | undefined {
  const overflown = !Number.isFinite(losses.at(-1));
  const recent = losses.slice(-30, overflown ? -1 : undefined).map(Math.abs);
  const lowest = recent.lastIndexOf(Math.min(...recent));
  const last = recent.at(-1);
  const steps = recent.length - 1 - lowest;
  if (last === undefined || !(last > 1000 * recent[lowest]) || (overflown && steps < 2)) return undefined;
  return (
    `it grew from ${figure(recent[lowest])} to ${figure(last)} in ${steps === 1 ? 'one step' : `${steps} steps`}, so the learning rate is ` +
    `too large${steps === 1 ? ', or this batch has a row far from all others' : ''}: ` +
    'divide it by ten, warm it up, clip the gradient (clipNorm: 1) or scale the inputs'
  );
}

function suddenly(training: Run<unknown>, batch: unknown): string {
  const wrong = notFinite(training);
  return [
    ...(wrong ? [wrong] : []),
    ...(readable(batch).length > 0 ? ['the batch is finite'] : []),
    ...labels(batch),
    ...zeros(batch),
    ...(training.losses.length === 1 ? ['look at the initial parameters and the scale of the inputs'] : []),
    'a smaller learning rate or clipped gradients help, and log or √ of 0 in the loss or its gradient also gives this',
  ].join('; ');
}

/** What a batch has for labels: a loss makes NaN of one that is no class. */
const labels = (batch: unknown): string[] =>
  readable(batch)
    .filter(({ dtype }) => dtype === 'int32')
    .map(({ path, data }) => {
      const sorted = data.toSorted();
      return `${path} holds integers from ${sorted[0]} to ${sorted.at(-1)}, and a label that is no class makes a loss NaN`;
    });

/** What a batch has of nothing but zeros: a mask or weights over which there is no mean. */
const zeros = (batch: unknown): string[] =>
  readable(batch)
    .filter(({ data }) => data.length > 1 && data.every((value) => value === 0))
    .map(({ path }) => `${path} holds zeros alone, and a mean by weights or a mask that are all 0 is not a number`);

/** Which parameters, or leaves of the state, are not finite: `params.w (3 of 12 entries) is not finite`. */
function notFinite({ state, vectors }: Run<unknown>): string | undefined {
  const found = namedArrays(state, 'state')
    .flatMap((leaf) => divided(leaf, vectors, 'state'))
    .flatMap(countWrong);
  if (found.length === 0) return undefined;
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return `${found.slice(0, 3).join(', ')}${more} ${found.length > 1 ? 'are' : 'is'} not finite`;
}

function countWrong({ path, data }: NamedArray): string[] {
  let wrong = 0;
  for (const value of data) if (!Number.isFinite(value)) wrong++;
  return wrong > 0 ? [`${path} (${wrong} of ${data.length} entries)`] : [];
}

const figure = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? String(value) : value.toPrecision(3);
