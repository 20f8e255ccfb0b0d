import { copyOf } from './leaves.js';
import { type Loss, lossValue } from './loss.js';
import type { Run } from './run.js';

/** When and on what a training is validated, and what follows from it. */
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
  const value = lossValue(await loss(training.state));
  const { step } = training;
  if (!Number.isFinite(value))
    throw new Error(
      `fit: the validation loss is ${value} after step ${step}, though the loss of training is ${training.losses.at(-1)}; ` +
        'look for missing values in the data for validation, and for a division by their number when there are none',
    );
  const { state } = training;
  const next = adjust ? adjust(state, value) : state; // first: when it throws, the validation has not taken place
  training.validations.push({ step, loss: value });
  if (!(value >= (training.best?.loss ?? Infinity))) training.best = { step, loss: value, state: copyOf(state) };
  training.state = next;
}

/** Whether patience has run out. */
export function isExhausted({ best, validations }: Run<unknown>, { patience = Infinity }: { readonly patience?: number }): boolean {
  let since = 0;
  while (best && validations[validations.length - 1 - since].step > best.step) since++;
  return since >= patience;
}
