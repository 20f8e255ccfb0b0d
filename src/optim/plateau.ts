import { checkNumber, checkOptions, checkWhole } from '../base/internal.js';
import { moved, type Schedule } from './schedule.js';

/** A schedule that validation losses move. */
export interface Plateau extends Schedule {
  /**
   * The optimiser's state after a validation loss was seen: with a smaller rate when the loss has not improved for too long.
   * `fit` calls it where `validate.adjust` names it; a loop of your own calls it between steps, once for each validation.
   */
  observe<S extends { readonly schedule?: unknown }>(state: S, loss: number): S;
}

/** How η falls: from where, by how much, and after how many validations without improvement. */
export interface PlateauConfig {
  /** η of the first steps. */
  readonly from: number;
  /** What a reduction multiplies η by. */
  readonly factor?: number;
  /** How many validations in a row may bring no improvement before η is reduced. */
  readonly patience?: number;
  /** The share of the best loss by which a loss must be below it. */
  readonly threshold?: number;
}

/**
 * A rate that is reduced when the validation loss stops improving.
 *
 *     const rate = plateau({ from: 1e-3, patience: 5 });
 *     const optimizer = adam(params, { learningRate: rate });
 *     await fit(training, { …, validate: { every: 100, loss, adjust: rate.observe } });
 *
 * Its place in the optimiser's state is [rate, the best loss, validations since].
 *
 * @throws when `from` is not positive, `factor` not in [0, 1), `patience` or `threshold` negative; when it observes a state of an optimiser
 *         that does not follow it
 *
 * PyTorch's `ReduceLROnPlateau`, but a loss below zero improves when it falls by a share of its magnitude.
 */
export function plateau(config: PlateauConfig): Plateau {
  checkOptions('plateau', config, ['from', 'factor', 'patience', 'threshold']);
  const { from, factor = 0.1, patience = 10, threshold = 1e-4 } = config;
  checkNumber('plateau', 'from', from, { above: 0 });
  checkNumber('plateau', 'factor', factor, { from: 0, below: 1 });
  checkWhole('plateau', 'patience', patience, { from: 0 });
  checkNumber('plateau', 'threshold', threshold, { from: 0 });
  return {
    start: { data: Float32Array.of(from, LARGEST_FLOAT32, 0), shape: [3] },
    rate: (at) => at.slice(0, 1).squeeze(),
    next: (at) => at,
    observe(state, loss) {
      const seen = Math.fround(loss); // as the state keeps it: else a loss would be below itself
      return moved('plateau.observe', state, 3, ([rate, best, since]) => {
        const first = best === LARGEST_FLOAT32;
        if (first || seen < best - threshold * Math.abs(best)) return [rate, seen, 0];
        return since < patience ? [rate, best, since + 1] : [rate * factor, best, 0];
      });
    },
  };
}

/** In place of ∞, so that every number in a state is finite. */
const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
