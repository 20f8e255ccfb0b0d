import type { Matrix } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';

/** ∇f(x) [p] by central differences of values, each with a step of ε^⅓ of its number's size: some ten digits. */
export function centralGradient(f: (x: Float64Array) => number, x: Float64Array): Float64Array {
  return steps(x).map((h, j) => {
    const [above, below] = moved(x, j, h);
    return (f(above) - f(below)) / (above[j] - below[j]);
  });
}

/**
 * The Hessian ∇²f(x) [p, p] by central differences of the gradient, made symmetric.
 *
 * @param gradient  ∇f of x [p]: [p]
 * @param x         [p]
 * @param h         steps [p]; ε^⅓ of each number's size
 */
export function hessian(gradient: (x: Float64Array) => Float64Array, x: Float64Array, h = steps(x)): Matrix {
  const p = x.length;
  const rows = Array.from(x, (_, j) => {
    const [above, below] = moved(x, j, h[j]);
    const [up, down] = [gradient(above), gradient(below)];
    return up.map((g, i) => (g - down[i]) / (above[j] - below[j]));
  });
  const out = zeroMatrix(p, p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) out.data[i * p + j] = (rows[i][j] + rows[j][i]) / 2;
  return out;
}

/** ε^⅓ of the size of each number [p]. */
export const steps = (x: Float64Array): Float64Array => x.map((value) => Math.cbrt(Number.EPSILON) * Math.max(Math.abs(value), 1e-2));

/** x [p] with its j-th number h higher, and h lower. */
export function moved(x: Float64Array, j: number, h: number): [above: Float64Array, below: Float64Array] {
  const [above, below] = [x.slice(), x.slice()];
  above[j] += h;
  below[j] -= h;
  return [above, below];
}
