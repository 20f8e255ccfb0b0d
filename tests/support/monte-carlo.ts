import { expect } from 'vitest';

/** The mean of simulated values and its standard error. */
export function estimate(values: ArrayLike<number>): { readonly mean: number; readonly standardError: number } {
  const n = values.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/**
 * The mean of simulated values is the wanted one within four of its standard errors, and what the theorem itself leaves open.
 *
 * @param open  the theorem's own remainder, as T^(−3/2); 0 for an exact statement
 */
export function expectMean(values: ArrayLike<number>, want: number, { open = 0 } = {}): void {
  const { mean, standardError } = estimate(values);
  const says = `mean ${mean.toPrecision(5)} ± ${standardError.toPrecision(2)} of ${values.length} draws`;
  expect(Math.abs(mean - want), says).toBeLessThanOrEqual(4 * standardError + open);
}

/** A simulation that several formulas are held against, made once: those of one name are the same. */
export function simulatedOnce<V>(name: string, make: () => V): V {
  if (!made.has(name)) made.set(name, make());
  return made.get(name) as V;
}
const made = new Map<string, unknown>();
