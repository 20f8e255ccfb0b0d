import type { Elements } from '../../src/tensor/interpret/interpret.js';
import type { Random } from './random.js';

/** The least normal float32; what is smaller is denormal, and both runtimes flush it to 0. */
export const LEAST = 2 ** -126;
const HALF_UNIT = 2 ** -24;

/** Half the distance from |x| to the next float32, for a normal number about; at least that of the denormals. */
export const halfUnit = (x: number): number => Math.max(Math.abs(x) * HALF_UNIT, 2 ** -150);

/** How one evaluation of a graph rounds. Right results lie within what several of them give. */
export interface Rounding {
  /** Denormals become 0, as on both runtimes. */
  readonly flush: boolean;
  /** Errors of the size that the tolerances allow; absent: to the nearest float32. */
  readonly noise?: Random;
}

/** A number as an evaluation keeps it: a float32, flushed if asked for, with either sign of zero where there is noise. */
export function kept(x: number, { flush, noise }: Rounding): number {
  const y = Math.fround(x);
  const z = flush && Math.abs(y) < LEAST ? Math.sign(y) * 0 : y;
  return z === 0 && noise ? (noise.chance(0.5) ? 0 : -0) : z;
}

/** x with each element moved by at most `units` half-units of its own. */
export const jittered = (x: Elements, units: number, noise: Random): Elements =>
  x instanceof Float64Array ? x.map((v) => (Number.isFinite(v) ? Math.fround(v + (2 * noise.uniform() - 1) * units * halfUnit(v)) : v)) : x;
