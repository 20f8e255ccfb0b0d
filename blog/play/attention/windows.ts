import { fold, key, normal } from '../../../src/base/browser.js';

/** Days of a window. */
export const DAYS = 32;
/** The planted echo: each return has a part of the one this many days before. */
export const LAG = 5;
const ECHO = 0.8;
const BURN = 40;

/**
 * Simulated returns with an echo, in units of their own noise.
 *
 *     rₜ = 0.8 rₜ₋₅ + zₜ
 *
 * @param seed  other seeds, other windows
 * @returns     [count, DAYS + 1]: a window, and the return of the day after it
 */
export function echoes(seed: number, count: number): Float32Array {
  const length = BURN + DAYS + 1;
  const z = normal(fold(key(5), seed), [count, length]).data;
  const out = new Float32Array(count * (DAYS + 1));
  for (let n = 0; n < count; n++) {
    const r = new Float64Array(length);
    for (let t = 0; t < length; t++) r[t] = (t < LAG ? 0 : ECHO * r[t - LAG]) + z[n * length + t];
    out.set(r.subarray(BURN), n * (DAYS + 1));
  }
  return out;
}
