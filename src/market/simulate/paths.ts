import { type HostArray, type Key, normal, split } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';

/** Paths of one process: `data[p * T + t]` with shape [P, T]. The first column is where they start. */
export type Paths = HostArray<Float64Array>;

/** How long simulated paths are, and how many. */
export interface Extent {
  /** T, the start among them */
  readonly steps: number;
  /** P; 1 unless told */
  readonly paths?: number;
}

/** Fills arrays [paths, steps] path by path, each from its own key, so that more paths or more steps leave the earlier numbers as they were. */
export function eachPath(k: Key, { steps, paths = 1 }: Extent, fill: (pathKey: Key, at: number) => void): [number, number] {
  for (const [p, pathKey] of split(k, paths).entries()) fill(pathKey, p * steps);
  return [paths, steps];
}

/** Paths of a recursion x_t = next(x_{t−1}, z_t) in standard normals z. */
export function recur(
  name: string,
  k: Key,
  paths: number,
  steps: number,
  first: (z: number) => number,
  next: (x: number, z: number) => number,
): Paths {
  const data = roomFor(name, { steps, paths });
  const shape = eachPath(k, { steps, paths }, (pathKey, at) => {
    const { data: z } = normal(pathKey, [steps], 'float64');
    let x = first(z[0]);
    for (let t = 0; t < steps; t++) {
      if (t > 0) x = next(x, z[t]);
      data[at + t] = x;
    }
  });
  return { data, shape };
}

/** An array for [paths, steps] numbers, after a check of both. */
export function roomFor(name: string, { steps, paths = 1 }: Extent): Float64Array {
  for (const [what, count] of Object.entries({ paths, steps })) checkWhole(name, what, count);
  return new Float64Array(paths * steps);
}

/** Throws on a standard deviation below zero. */
export function requireScale(name: string, sigma: number): void {
  if (!(sigma >= 0)) throw new Error(`${name}: sigma is a standard deviation, zero or more: got ${sigma}`);
}
