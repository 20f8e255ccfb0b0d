import { copyOf } from './leaves.js';
import { type Loss, lossValue } from './loss.js';
import type { Run, Validated } from './run.js';

/** When and on what a training is validated, and what follows from it. The state at the end is validated as well. */
export interface Validation<S> {
  /** How many steps lie between two validations. */
  readonly every: number;
  /** The loss on data that training does not see. */
  readonly loss: (state: S) => Loss | Promise<Loss>;
  /** Early stopping: ends the training when this many validations in a row have not been the best. */
  readonly patience?: number;
  /** The state to go on with, knowing the loss; called once for each validation. `adjust: rate.observe` for the schedule `rate = plateau(…)`. */
  readonly adjust?: (state: S, loss: number) => S;
}

/** Whether the state as it is now is to be validated, and has not been. */
export const isDue = ({ step, validations }: Run<unknown>, { every }: { readonly every: number }): boolean =>
  step > 0 && step % every === 0 && validations.at(-1)?.step !== step;

/** Validates the state, and keeps a copy when it is the best so far. */
export async function validateNow<S>(training: Run<S>, { loss, adjust }: Validation<S>): Promise<void> {
  const validated = await lossOf(training, loss);
  const { state } = training;
  const next = adjust ? adjust(state, validated.loss) : state; // first: when it throws, the validation has not taken place
  training.validations.push(validated);
  keepBest(training, validated);
  training.state = next;
}

/**
 * Validates the state that a run ends with, where no validation was due. It is no part of the run's course, which a longer run would not
 * have: nothing is adjusted, and `goOn` takes it back.
 */
export async function validateLast<S>(training: Run<S>, { loss }: Validation<S>): Promise<void> {
  const { step, validations, last, best: before } = training;
  if (step === 0 || validations.at(-1)?.step === step || last?.step === step) return;
  const validated = await lossOf(training, loss);
  training.last = { ...validated, ...(before && { before }) };
  keepBest(training, validated);
}

/** Takes back the validation of the last state. */
export function goOn<S>(training: Run<S>): void {
  if (!training.last) return;
  const { before } = training.last;
  delete training.last;
  if (before) training.best = before;
  else delete training.best;
}

async function lossOf<S>({ state, step, losses }: Run<S>, loss: Validation<S>['loss']): Promise<Validated> {
  const value = lossValue(await loss(state));
  if (!Number.isFinite(value))
    throw new Error(
      `fit: the validation loss is ${value} after step ${step}, though the loss of training is ${losses.at(-1)}; ` +
        'look for missing values in the data for validation, and for a division by their number when there are none',
    );
  return { step, loss: value };
}

function keepBest<S>(training: Run<S>, validated: Validated): void {
  if (!(validated.loss >= (training.best?.loss ?? Infinity))) training.best = { ...validated, state: copyOf(training.state) };
}

/** Whether patience has run out. */
export function isExhausted({ best, validations }: Run<unknown>, { patience = Infinity }: { readonly patience?: number }): boolean {
  let since = 0;
  while (best && validations.length > since && validations[validations.length - 1 - since].step > best.step) since++;
  return since >= patience;
}
