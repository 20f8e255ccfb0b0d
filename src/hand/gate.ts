import { linearBackward, linearForward } from './linear.js';

/** Weights of a gate by hand: a [F] and c [1], of a state. */
export interface Gate {
  /** [F]. */
  readonly a: Float64Array;
  /** [1]. */
  readonly c: Float64Array;
}

/** What a gate stands between: the stream x and the branch f, both [N, D], and the state v [N, F] that opens it. */
export interface Branch {
  /** [N, D]. */
  readonly x: Float64Array;
  /** [N, D]. */
  readonly f: Float64Array;
  /** [N, F]. */
  readonly v: Float64Array;
}

/**
 * A gate on a residual branch, by hand: one number for each row.
 *
 *     y = x + g f        g = σ(v a + c)
 *
 * @param gate    a [F] and c [1]
 * @param branch  x and f [N, D], v [N, F]
 * @returns       y [N, D], and g [N]
 */
export function gateForward({ a, c }: Gate, { x, f, v }: Branch): { y: Float64Array; g: Float64Array } {
  const g = linearForward({ w: a, b: c }, v).map((score) => 1 / (1 + Math.exp(-score)));
  const D = x.length / g.length;
  return { y: x.map((value, at) => value + g[Math.floor(at / D)] * f[at]), g };
}

/**
 * The backward of `gateForward`.
 *
 *     ∂f = g ∂y    ∂g = Σ ∂y f over a row    ∂(v a + c) = g (1 − g) ∂g, and from there as a linear map
 *
 * @param dy     [N, D]
 * @param gate   that of the forward
 * @param saved  f and v of the forward, and its g
 * @returns      gradients in the shapes of x, f, v, a and c
 */
export function gateBackward(
  dy: Float64Array,
  { a, c }: Gate,
  { f, v, g }: Pick<Branch, 'f' | 'v'> & { readonly g: Float64Array },
): Record<'dx' | 'df' | 'dv' | 'da' | 'dc', Float64Array> {
  const D = f.length / g.length;
  const dg = new Float64Array(g.length);
  dy.forEach((d, at) => {
    dg[Math.floor(at / D)] += d * f[at];
  });
  const back = linearBackward(
    dg.map((d, n) => d * g[n] * (1 - g[n])),
    { w: a, b: c },
    v,
  );
  return { dx: dy.slice(), df: dy.map((d, at) => d * g[Math.floor(at / D)]), dv: back.dx, da: back.dw, dc: back.db };
}
