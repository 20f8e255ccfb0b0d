import { checkValues } from '../../linalg/internal.js';

/** Two series of the same rows, without a missing value. */
export function comparable(caller: string, series: Readonly<Record<string, ArrayLike<number>>>): void {
  const [[first, a], [second, b]] = Object.entries(series);
  if (a.length !== b.length || a.length === 0)
    throw new Error(
      `${caller}: outcomes and forecasts must be as many, and at least one: got ${first} ${a.length} and ${second} ${b.length}; align them on their dates`,
    );
  for (const [name, values] of Object.entries(series)) checkValues(caller, name, values, 'drop or fill the row before scoring');
}

/** Outcomes [n], as many as a forecast has rows. */
export function checkOutcomes(caller: string, y: ArrayLike<number>, rows = y.length): void {
  if (y.length === 0 || y.length !== rows)
    throw new Error(`${caller}: outcomes and forecasts must be as many, and at least one: got y ${y.length} and forecasts ${rows}`);
  checkValues(caller, 'y', y, 'drop or fill the row before scoring');
}

/** Probabilities, not scores or logits. */
export function checkProbabilities(caller: string, probabilities: ArrayLike<number>): void {
  for (let i = 0; i < probabilities.length; i++)
    if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
      throw new Error(`${caller}: probabilities must be in [0, 1], got ${probabilities[i]} at row ${i}; are these scores or logits?`);
}
